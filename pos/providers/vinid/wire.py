"""VinID's bytes: builds request bodies, reads answers. Pure: no network, no clock.

Source: contracts/vinid.md §6 (common rules), §7 (giftcodes), §8 (e-vouchers). Answers are read tolerantly: a field that
is missing, null or of a wrong type counts as missing; only a body without a whole number in `meta.code` is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from pos.domain.sale import Order, SealedCode

GATEWAY = "/merchant-integration/v1/gateway"
VERIFY = "/merchant-integration/v1/e-voucher/verify"
MARK_USED = "/merchant-integration/v1/e-voucher/mark-used"
REFUND = "/merchant-integration/v1/e-voucher/refund"

THOUSAND_VND = 1_000
MAX_VALUE = 1_000_000
"""Of a face value in thousands."""
MAX_TEXT = 300
_MILLISECONDS_ABOVE = 100_000_000_000

Json = object
"""A decoded JSON value, not looked at yet."""
Hide = Callable[[str], str]
"""Takes voucher codes out of a text."""


class Malformed(ValueError):
    """The body is no answer at all.

    Args:
        code: `http.not_json` or `http.no_verdict`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# ---------------------------------------------------------------- requests


def encode(fields: Mapping[str, Json]) -> bytes:
    """Sorted, compact, ASCII: the same text whether VinID checks the raw body or one that it wrote anew (§4)."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def stock_body(place: Mapping[str, str], values: Sequence[int]) -> bytes:
    """How many codes are left (§7.1); no values: of all."""
    asked = {"card_type": [str(value) for value in values]} if values else {}
    return encode({**place, **asked})


def withdraw_body(place: Mapping[str, str], order: Order) -> bytes:
    """One line an order, so that each outcome stands alone (§7.2)."""
    line = {"card_type": order.product_code, "quantity": order.quantity}
    return encode({**place, "order_id": order.id, "order_info": [line]})


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `data` as decoded, numbers with a point as `Decimal`."""

    code: int
    message: str | None = None
    data: Json = field(default=None, repr=False)


def read(body: bytes, hide: Hide) -> Answer:
    """Read one answer.

    Args:
        body: as received.
        hide: takes secrets out of the message, which screens and journal keep.

    Raises:
        Malformed: no JSON object, or no whole number in `meta.code`.
    """
    try:
        # RecursionError: brackets nested a hundred thousand deep; ValueError also covers numbers without an end.
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        raise Malformed("http.not_json") from None
    if not isinstance(answer, dict):
        raise Malformed("http.not_json")
    meta = as_map(answer.get("meta"))
    code, message = _whole(meta.get("code")), meta.get("message")
    if code is None:
        raise Malformed("http.no_verdict")
    told = _text(_LONG_RUN.sub(DOTS, hide(message))) if isinstance(message, str) else None
    return Answer(code, told, answer.get("data"))


def read_stock(data: Json) -> dict[int, int]:
    """Codes left by face value in thousands of đồng (§7.1)."""
    stock: dict[int, int] = {}
    for entry in map(as_map, _list(data)):
        value, quantity = card_value(entry.get("card_type")), _whole(entry.get("quantity"))
        if value is not None:
            stock[value] = quantity or 0
    return stock


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The codes of an order (§7.2, §7.4).

    Args:
        order_id: whose they are; None: it does not say.
        cards: all that could be read, in their order; `face_vnd` None where the value cannot be read.
        entries: how many there were, readable or not.
    """

    order_id: str | None
    cards: tuple[SealedCode, ...]
    entries: int
    at: str | None


def read_withdrawal(data: Json) -> Withdrawal:
    """The codes of an order, whatever stands there."""
    fields = as_map(data)
    cards, entries = [], 0
    for line in map(as_map, _list(fields.get("order_info"))):
        value, found = card_value(line.get("card_type")), _list(line.get("cards"))
        entries += len(found)
        cards += [_card(card, value) for card in found if isinstance(card, dict)]
    at = read_time(fields.get("created_at"))
    return Withdrawal(
        _text(fields.get("merchant_order_id")), tuple(cards), entries, at.isoformat(timespec="seconds") if at else None
    )


def read_status(data: Json) -> str:
    """`data.status` in capitals; empty if there is none (§7.3)."""
    return (_text(as_map(data).get("status")) or "").upper()


@dataclass(frozen=True, slots=True)
class Voucher:
    """What verify says of an e-voucher (§8.1).

    Args:
        from_utc: begin of validity, `to_utc` its end; None: not said, so not checked.
        kind: `discount_type` as received.
        unclear: a bound on its use stands there and cannot be read.
    """

    from_utc: datetime | None
    to_utc: datetime | None
    min_order_vnd: Decimal | None
    discount: Decimal | None
    kind: str
    on_holidays: bool
    merchant_voucher_code: str
    unclear: bool


def read_voucher(data: Json) -> Voucher:
    """What verify says of an e-voucher; older answers lack the validity (§8.1)."""
    fields = as_map(data)
    least, holidays = fields.get("min_order_value"), fields.get("apply_in_holiday")
    min_order_vnd = _decimal(least)
    return Voucher(
        from_utc=read_time(fields.get("available_from")),
        to_utc=read_time(fields.get("available_to")),
        min_order_vnd=min_order_vnd,
        discount=_decimal(fields.get("discount_value")),
        kind=_text(fields.get("discount_type")) or "",
        on_holidays=holidays is not False and str(holidays).lower() != "false",
        merchant_voucher_code=_text(fields.get("merchant_voucher_code")) or "",
        unclear=least not in (None, "") and min_order_vnd is None,
    )


def card_value(raw: Json) -> int | None:
    """A face value in thousands of đồng (§6)."""
    value = _whole(raw)
    return value if value is not None and 0 < value <= MAX_VALUE else None


def read_time(raw: Json) -> datetime | None:
    """Seconds or milliseconds since 1970, told apart by size (§6); None for 0 and for what is no time."""
    number = _whole(raw)
    if not number:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_ABOVE else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def as_map(raw: Json) -> Mapping[str, Json]:
    """The object, or an empty one."""
    return raw if isinstance(raw, dict) else {}


def _card(fields: Mapping[str, Json], value: int | None) -> SealedCode:
    ciphertext, serial = fields.get("code"), fields.get("serial")
    return SealedCode(
        # As received; half a surrogate pair, which no ciphertext has, would not fit SQLite.
        ciphertext=ciphertext.encode("utf-8", "backslashreplace").decode() if isinstance(ciphertext, str) else "",
        serial=_text(str(serial) if _whole(serial) is not None else serial) or "",
        face_vnd=None if value is None else value * THOUSAND_VND,
        expires=_expiry(_text(fields.get("expire_date")) or ""),
    )


def _expiry(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return text


def _list(raw: Json) -> list[Json]:
    return raw if isinstance(raw, list) else []


def _whole(raw: Json) -> int | None:
    """A whole number from 0 up, as a number or as text (§6), of at most 18 digits."""
    if isinstance(raw, str) and raw.isascii() and raw.strip().isdigit() and len(raw) <= 18:
        raw = int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**18 else None


_DECIMAL = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,6})?", re.ASCII)


def _decimal(raw: Json) -> Decimal | None:
    """An amount or a percentage from 0 up, exact, with at most 6 digits after the point; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        return None
    if isinstance(raw, Decimal):
        if not (raw.is_finite() and -6 <= int(raw.as_tuple().exponent) <= 6):
            return None
        raw = f"{raw:f}"
    text = str(raw).strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _text(raw: Json) -> str | None:
    """Text fit for screens, slips and SQLite: one line, no control characters, no lone surrogates, bounded."""
    if not isinstance(raw, str):
        return None
    text = raw[:MAX_TEXT]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text.strip() or None


DOTS = "••••"
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_\\-]{40,}")
