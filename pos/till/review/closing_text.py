"""A Z report as text and back: JSON that a later program still reads, whatever it knows more."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pos.domain.business_date import from_utc_text, utc_text
from pos.domain.errors import JournalDamaged
from pos.till.review.closing import ZReport

Json = Any
"""What JSON holds, or the value made of it."""
Kind = Any
"""A type as an annotation says it."""
_LEFT_OUT = "link_hash"
"""The hash of the link that closes over this very text: it stands in the chain only."""


def text_of(report: ZReport) -> str:
    """The report as it is stored: one line, keys sorted."""
    stored = plain(report)
    del stored[_LEFT_OUT]
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def report_of(text: str, link_hash: str) -> ZReport:
    """The inverse.

    Raises:
        JournalDamaged: it is none.
    """
    try:
        report: ZReport = _built(ZReport, {**json.loads(text), _LEFT_OUT: link_hash})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise JournalDamaged("journal.damaged", what="day_close") from error
    return report


def plain(value: Json) -> Json:
    """Any of the reports and views in what JSON holds: times as UTC text, dates as `YYYY-MM-DD`."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=32)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Kind, value: Json) -> Json:
    form: object = get_origin(kind)
    if form is UnionType:
        return None if value is None else _built(next(k for k in get_args(kind) if k is not type(None)), value)
    if form is tuple:
        kinds = get_args(kind)
        return tuple(_built(kinds[0 if kinds[-1] is Ellipsis else at], one) for at, one in enumerate(value))
    if is_dataclass(kind):
        known = {f.name: _built(_hints(kind)[f.name], value[f.name]) for f in fields(kind) if _has(f, value)}  # type: ignore[arg-type]
        return kind(**known)  # type: ignore[operator]
    if kind is datetime:
        return from_utc_text(value)
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, StrEnum) else value


def _has(field: Field[Json], value: dict[str, Json]) -> bool:
    return field.name in value or field.default is MISSING
