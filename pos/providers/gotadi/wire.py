"""Gotadi's JSON: bodies of requests, common fields of answers, where the sealed parts stand. Pure.

Source: contracts/gotadi.md §5 (voucher calls), §6 (common fields), §8.1, §8.2 (where `key` and `data` stand). Amounts
are `Decimal` from the first byte on, never binary floating point.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from pos.domain.bill import MAX_VND
from pos.domain.codes import VoucherCode
from pos.domain.errors import RuleBroken
from pos.providers.gotadi.envelope import Sealed

LOGIN = "/api/partner/login"
VALIDATE = "/api/payments/voucher/validate"
REDEEM = "/api/payments/voucher/redeem"
PLACE_ORDER = "/api/partner/place-order"
COMMIT = "/api/partner/commit"
QUERY_TRANS = "/api/partner/query-trans"
FINAL_DETAIL = "/api/products/final-booking-detail"
DETAIL = "/api/products/booking-detail"

MAX_TEXT = 300
_IN_URL = re.compile(r"[?&]key=([^?&#]+)[?&]data=([^?&#]+)")
"""The second separator is printed as `?`; `&` would be the usual one (§8.1)."""

Json = object
"""A decoded JSON value, not looked at yet."""
Fields = Mapping[str, Json]


class Unreadable(ValueError):
    """An answer that is none, or with a field of the wrong type (§6.1)."""


# ---------------------------------------------------------------- requests


def sealed_body(sealed: Sealed) -> bytes:
    """The body of login, commit and query-trans."""
    return _encode({"key": sealed.key, "data": sealed.data})


def voucher_body(number: str, code: VoucherCode, tracking: str | None = None) -> bytes:
    """The body of validate, and with the tracking code verbatim that of redeem (§5.2, §5.3)."""
    fields = {"bookingNumber": number, "voucherCode": code.reveal().strip()}
    if tracking is not None:
        fields["trackingCode"] = tracking
    return _encode(fields)


def _encode(fields: dict[str, str]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair; the error's text would hold the code
        raise RuleBroken("rule.unsendable_text") from None


# ---------------------------------------------------------------- answers


def read_object(body: bytes) -> Fields:
    """The answer as a JSON object, numbers exact.

    Raises:
        Unreadable: anything else.
    """
    try:
        # RecursionError: brackets nested a hundred thousand deep. NaN and Infinity are no JSON.
        answer = json.loads(body, parse_float=_decimal, parse_int=_decimal, parse_constant=_decimal)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(answer, dict):
        raise Unreadable
    return answer


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        raise ValueError("no number") from None
    if not number.is_finite():
        raise ValueError("no number")
    return number


def sealed_in(answer: Fields) -> Sealed | None:
    """`key` and `data` at the top, else once inside `result` (§8.2)."""
    for place in (answer, answer.get("result")):
        if isinstance(place, dict) and isinstance(place.get("key"), str) and isinstance(place.get("data"), str):
            return Sealed(place["key"], place["data"])
    return None


def sealed_in_url(address: str) -> Sealed | None:
    """`key` and `data` in the address that place-order answers; the address itself is never opened."""
    found = _IN_URL.search(address)
    return Sealed(unquote(found[1]), unquote(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `errors` (§6.2); what is missing is empty."""

    id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Common:
    """The fields all unsealed answers share (§6.1).

    Args:
        success: at least one of the twins is true, none is false, and there are no errors.
        refused: it says no: a twin is false, or there are errors.
    """

    success: bool
    refused: bool
    faults: tuple[Fault, ...]
    text_message: str


def common(answer: Fields) -> Common:
    """Read the common fields.

    Raises:
        Unreadable: one of them has a wrong type.
    """
    twins = (flag(answer, "success"), flag(answer, "isSuccess"))
    errors = answer.get("errors")
    if not (errors is None or isinstance(errors, list)):
        raise Unreadable
    faults = tuple(_fault(entry) for entry in errors or ())
    return Common(
        success=True in twins and False not in twins and not faults,
        refused=False in twins or bool(faults),
        faults=faults,
        text_message=text(answer, "textMessage"),
    )


def _fault(entry: Json) -> Fault:
    if not isinstance(entry, dict):
        raise Unreadable
    return Fault(*(text(entry, name).strip() for name in ("id", "code", "message")))


def flag(fields: Fields, name: str) -> bool | None:
    """A truth value, None if missing or null.

    Raises:
        Unreadable: of another type.
    """
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise Unreadable


def text(fields: Fields, name: str) -> str:
    """Text as it is, `""` if missing or null; a number counts as its digits (§6.2).

    Raises:
        Unreadable: of another type.
    """
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str):
        return value
    raise Unreadable


def amount(fields: Fields, name: str) -> Decimal | None:
    """A number, None if missing or null.

    Raises:
        Unreadable: of another type.
    """
    value = fields.get(name)
    if value is None or isinstance(value, Decimal):
        return value
    raise Unreadable


def part(fields: Fields, name: str) -> Fields | None:
    """An object, None if missing or null.

    Raises:
        Unreadable: of another type.
    """
    value = fields.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise Unreadable


def whole_vnd(value: Decimal | None) -> int | None:
    """Whole đồng from 0 to `MAX_VND`; None for anything else: an amount is never rounded (§12 no. 11)."""
    if value is None or not 0 <= value <= MAX_VND or value != value.to_integral_value():
        return None
    return int(value)


def one_line(raw: Json, limit: int = MAX_TEXT) -> str:
    """Text fit for screens, slips and SQLite: one line, no control characters, no lone surrogates, bounded."""
    if not isinstance(raw, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in raw[:limit]).strip()
