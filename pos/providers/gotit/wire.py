"""Got It's bytes: builds the four request bodies, reads the answers. Pure: no network, no clock.

Source: contracts/gotit.md §5 (requests), §6 (answers), §13 (older names). Answers are read tolerantly: any field may
be missing, null or of a wrong type, which all count as missing; only a body that is no JSON object or has no verdict
is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pos.domain.bill import MAX_VND, Bill, SkuLine
from pos.domain.business_date import local_time
from pos.domain.codes import VoucherCode

CHECK, MARK_USED, RESERVE, UNRESERVE = "checkmultiple", "usemultiple", "reserved", "unreserved"
"""Paths below the prefix (§5), also the names of the operations in logs."""

MIN_TOTAL_VND = 1001
"""`total_bill` must be above 1000 (code 211); a smaller one is left out, never made up."""
MAX_TEXT = 300
_RAW_LIMIT = 8 * 1024
_DOTS = "••••"

Json = object
"""A decoded JSON value, not looked at yet."""
T = TypeVar("T")


class Malformed(ValueError):
    """The body is no answer at all.

    Args:
        code: `http.not_json` or `http.no_verdict`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# ---------------------------------------------------------------- requests


def sale_body(pin: str, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool) -> bytes:
    """The body of check and of mark-use, which carry the same fields (§5.1, §5.2).

    The skip flag is JSON `true` in DIRECT_FLOW and left out in RESERVE_FLOW (§14 no. 10).
    """
    fields = _head(pin, codes, bill, with_total=True)
    if not reserving:
        fields["skip_reserved_when_mark_used"] = True
    return _encode(fields, skus)


def reserve_body(pin: str, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine]) -> bytes:
    """The body of reserve (§5.3)."""
    fields = _head(pin, codes, bill, with_total=True)
    fields["bill_created_at"] = _created_at(bill)
    return _encode(fields, skus)


def unreserve_body(pin: str, codes: Sequence[VoucherCode], bill: Bill) -> bytes:
    """The body of unreserve (§5.4): no total, no goods."""
    fields = _head(pin, codes, bill, with_total=False)
    fields["bill_created_at"] = _created_at(bill)
    return _encode(fields, ())


def _head(pin: str, codes: Sequence[VoucherCode], bill: Bill, *, with_total: bool) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "pin": pin,
        "codes": [code.reveal() for code in codes],
        "bill_number": bill.number,
    }
    if with_total and bill.total_vnd >= MIN_TOTAL_VND:
        fields["total_bill"] = bill.total_vnd
    return fields


def _created_at(bill: Bill) -> str:
    return local_time(bill.created_utc).strftime("%Y-%m-%d %H:%M:%S")


def _encode(fields: dict[str, Json], skus: Sequence[SkuLine]) -> bytes:
    if skus:
        fields["skus_info"] = [{"sku": s.sku, "quantity": s.quantity, "price": s.price_vnd} for s in skus]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class VoucherRecord:
    """One voucher object of an answer (§6.2), older names already folded in.

    Args:
        bill_number: the bill it was used or reserved for, byte for byte as sent.
        redeems: goods that were or would be redeemed.
    """

    code: VoucherCode
    state: int | None = None
    value_vnd: int | None = None
    redemption_vnd: int | None = None
    conditional: bool = False
    expiry_date: date | None = None
    cancel_date: date | None = None
    start_date: date | None = None
    excluded: tuple[str, ...] = ()
    order_value_vnd: int | None = None
    redeemable_skus: tuple[str, ...] = ()
    redeems: tuple[SkuLine, ...] = ()
    store_vi: str | None = None
    store_en: str | None = None
    used_date: str | None = None
    bill_number: str | None = None

    @property
    def worth_vnd(self) -> int | None:
        """The amount to deduct (§6.3): what is redeemed of a conditional voucher, else its face value."""
        if self.conditional and self.redemption_vnd:
            return self.redemption_vnd
        return self.value_vnd


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer (§6.1).

    Args:
        return_code: three digits, or whatever text stood there; None on success or when missing.
        unnamed: objects in `data` that name no voucher; they are no use as evidence.
    """

    success: bool
    return_code: str | None = None
    message_vi: str | None = None
    message_en: str | None = None
    vouchers: tuple[VoucherRecord, ...] = ()
    unnamed: int = 0
    transaction_id: str | None = None
    bill_number: str | None = None

    def voucher(self, code: VoucherCode) -> VoucherRecord | None:
        """The object of this code, matched by `code`, never by position."""
        return next((v for v in self.vouchers if v.code == code), None)


def read(body: bytes, hide: Hide) -> Envelope:
    """Read one answer.

    Args:
        body: as received.
        hide: takes secrets out of the issuer's messages, which screens and journal keep.

    Raises:
        Malformed: no JSON object, or no boolean `success` in it.
    """
    try:
        # RecursionError: brackets nested a hundred thousand deep; ValueError also covers numbers without an end.
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("http.not_json") from None
    if not isinstance(answer, dict):
        raise Malformed("http.not_json")
    success = answer.get("success")
    if not isinstance(success, bool):
        raise Malformed("http.no_verdict")
    objects = _list(answer.get("data"))
    vouchers = tuple(record for record in map(_voucher, objects) if record is not None)
    return Envelope(
        success=success,
        return_code=_return_code(answer.get("return_code"), hide),
        message_vi=_message(answer.get("message_vi"), hide),
        message_en=_message(answer.get("message_en"), hide),
        vouchers=vouchers,
        unnamed=len(objects) - len(vouchers),
        transaction_id=_text(answer.get("transaction_id")),
        bill_number=_exact(answer.get("bill_number")),
    )


def _voucher(raw: Json) -> VoucherRecord | None:
    fields = _map(raw)
    code = _exact(fields.get("code"))
    if code is None:
        return None
    conditions, redemptions = _map(fields.get("conditions")), _map(fields.get("redemptions"))
    older, product = _map(fields.get("redeem_sku")), _map(fields.get("product"))
    store = _map(_first(redemptions.get("used_store"), fields.get("used_store")))
    return VoucherRecord(
        code=VoucherCode(code),
        state=_int(fields.get("state")),
        value_vnd=_first(_int(fields.get("value")), _int(product.get("value"))),
        redemption_vnd=_first(_int(redemptions.get("redemption_value")), _int(older.get("sku_redemption_value"))),
        conditional=fields.get("voucher_type") in ("conditional", "redeemable_sku"),
        expiry_date=_date(fields.get("expiry_date")),
        cancel_date=_date(fields.get("cancel_date")),
        start_date=_date(conditions.get("start_date")),
        excluded=_texts(conditions.get("exclude_specific_date")) + _texts(conditions.get("exclude_recurring_day")),
        order_value_vnd=_int(conditions.get("order_value")),
        redeemable_skus=_texts(conditions.get("redeemable_skus")) or _texts(fields.get("redeemable_skus")),
        redeems=_skus(redemptions.get("redeem_sku_codes")) or _skus(older.get("redeem_sku_codes")),
        store_vi=_text(store.get("name_vi")),
        store_en=_text(store.get("name_en")),
        used_date=_first(_text(redemptions.get("used_date")), _text(fields.get("used_date"))),
        bill_number=_first(_exact(redemptions.get("bill_number")), _exact(fields.get("bill_number"))),
    )


def _first(preferred: T | None, other: T | None) -> T | None:
    return preferred if preferred is not None else other


def _map(raw: Json) -> Mapping[str, Json]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: Json) -> list[Json]:
    return raw if isinstance(raw, list) else []


def _int(raw: Json) -> int | None:
    """A whole number from 0 to `MAX_VND`; digits in quotes count too. More would not fit a bill nor SQLite."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= 11:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return raw if 0 <= raw <= MAX_VND else None


def _exact(raw: Json) -> str | None:
    """A non-empty string as it is: codes and bill numbers are compared exactly."""
    return raw if isinstance(raw, str) and raw else None


def _text(raw: Json) -> str | None:
    """Text fit for screens, slips and SQLite: one line, no control characters, no lone surrogates, bounded."""
    if not isinstance(raw, str):
        return None
    text = raw[:MAX_TEXT]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text.strip() or None


def _message(raw: Json, hide: Hide) -> str | None:
    """Hidden before it is cut to length: a code cut in two would no longer be found."""
    return _text(hide(raw)) if isinstance(raw, str) else None


def _texts(raw: Json) -> tuple[str, ...]:
    return tuple(text for text in map(_text, _list(raw)) if text is not None)


def _date(raw: Json) -> date | None:
    if not isinstance(raw, str):
        return None
    try:
        return date.fromisoformat(raw.strip()[:10])
    except ValueError:
        return None


def _skus(raw: Json) -> tuple[SkuLine, ...]:
    lines = []
    for item in map(_map, _list(raw)):
        sku, quantity, price_vnd = _text(item.get("sku")), _int(item.get("quantity", 1)), _int(item.get("price"))
        if sku is not None:
            lines.append(SkuLine(sku, 1 if quantity is None else quantity, price_vnd or 0))
    return tuple(lines)


def _return_code(raw: Json, hide: Hide) -> str | None:
    """Padded to 3 digits when a number was sent (§14 no. 35); any other text is kept short, for support."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if 0 <= raw <= 999 else None
    text = _message(raw, hide)
    if text is None:
        return None
    return text.zfill(3) if text.isascii() and text.isdigit() else text[:32]


# ---------------------------------------------------------------- masking

_CODE_FIELD = re.compile(r'("code"\s*:\s*"?)([^",}\]]*)')

Hide = Callable[[str], str]
"""Takes secrets out of a text."""


def hider(pin: str, codes: Iterable[VoucherCode]) -> Hide:
    """A function that cuts these codes down to their endings and blots the PIN out wherever it stands alone."""
    # Longest first: a code may be part of a longer one.
    longest_first = sorted(codes, key=lambda code: -len(code.reveal()))
    standing_alone = re.compile(rf"(?<![0-9A-Za-z]){re.escape(pin)}(?![0-9A-Za-z])") if pin else None

    def hide(text: str) -> str:
        for code in longest_first:
            text = text.replace(code.reveal(), str(code))
        return standing_alone.sub(_DOTS, text) if standing_alone else text

    return hide


def masked(body: bytes, hide: Hide) -> str:
    """An answer for the journal: no whole voucher code, no PIN, at most 8 KiB of UTF-8.

    Codes nobody asked for are masked too (any `"code"` field). One that a limit or a lost connection cuts in two
    loses its ending.
    """
    text = hide(body[: 2 * _RAW_LIMIT].decode("utf-8", "replace"))
    return _CODE_FIELD.sub(_mask_field, text).encode()[:_RAW_LIMIT].decode("utf-8", "ignore")


def _mask_field(match: re.Match[str]) -> str:
    code = match[2]
    whole = len(code) >= 2 * len(_DOTS) and match.end() < len(match.string)
    return match[1] + _DOTS + (code[-4:] if whole else "")
