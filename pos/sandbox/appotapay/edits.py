"""Answers of AppotaPay with one thing spoiled or shown in another of the forms that its pages leave open.

Source: contracts/appotapay.md §7, §10, §16.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pos.sandbox.incoming import Json

_NUMBERS: Final = frozenset({"errorCode", "value", "amount", "balance"})


def _numbers_as_text(answer: Json) -> Json:
    return {name: _as_text(value, name) for name, value in answer.items()}


def _as_text(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _as_text(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value) if name in _NUMBERS else value


def _flat_transaction(answer: Json) -> Json | None:
    if "transaction" not in answer:
        return None
    flat = {name: answer["transaction"][name] for name in ("amount", "time")}
    return {**answer, "transaction": {"appotapayTransId": answer["transaction"]["appotapayTransId"]}, **flat}


def _expiry_year_first(answer: Json) -> Json | None:
    return _each_card(answer, lambda card: {**card, "expiry": "-".join(reversed(card["expiry"].split("-")))})


def _duplicate_serial(answer: Json) -> Json | None:
    cards = answer.get("cards") or []
    return _each_card(answer, lambda card: {**card, "serial": cards[0]["serial"]}) if len(cards) > 1 else None


def _wrong_value(answer: Json) -> Json | None:
    return _each_card(answer, lambda card: {**card, "value": card["value"] + 1000})


def _each_card(answer: Json, change: Callable[[Json], Json]) -> Json | None:
    cards = answer.get("cards")
    return {**answer, "cards": [change(card) for card in cards]} if cards else None


def _extra_fields(answer: Json) -> Json:
    cards = [{**card, "note": {"colour": ["red"]}} for card in answer.get("cards") or []]
    return {**answer, "signature": "0" * 64, "traceId": 7, **({"cards": cards} if cards else {})}


def _no_error_code(answer: Json) -> Json | None:
    return {name: value for name, value in answer.items() if name != "errorCode"} if "errorCode" in answer else None


EDITS: Final[dict[str, Callable[[Json], Json | None]]] = {
    "numbers_as_text": _numbers_as_text,
    "flat_transaction": _flat_transaction,
    "expiry_year_first": _expiry_year_first,
    "duplicate_serial": _duplicate_serial,
    "wrong_value": _wrong_value,
    "extra_fields": _extra_fields,
    "no_error_code": _no_error_code,
    "cards_null": lambda answer: {**answer, "cards": None},
    "cards_missing": lambda answer: {name: value for name, value in answer.items() if name != "cards"},
}
