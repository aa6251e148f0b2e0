"""What of Gotadi's answers may be kept. Pure.

A record of a booking is full of names, addresses and numbers of documents, so nothing is kept but a list of fields
known to be harmless, and of those only short plain words and numbers (contracts/gotadi.md §12 no. 37). An answer that
is no JSON is told by its size alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from pos.providers.gotadi import codes, wire

_RAW_LIMIT = 8 * 1024
_DOTS = "••••"
_ENDING = 4
_MAX_ENTRIES = 20
_MAX_DEPTH = 4

_KEPT = frozenset({
    "success", "isSuccess", "duration", "voucherValid", "redeemValid", "discountAmount", "percentOff", "amountOff",
    "amountLimited", "type", "bookingNumber", "supplierType", "status", "paymentStatus", "issuedStatus",
    "issueStatus", "supplierBookingStatus", "bookingFinalStatus", "totalFare", "baseFare", "equivFare", "serviceTax",
    "totalTax", "totalSsrValue", "additionalFee", "paymentFee", "paymentTotalAmount", "paymentType", "timeToLive",
    "bookingDate", "discountDate", "supplierCode",
})  # fmt: skip
_ENDINGS = frozenset({"voucherCode", "trackingCode", "discountVoucherCode", "discountTrackingCode"})
_DOTTED = frozenset({"key", "data", "discountRedeemId", "discountRedeemCode"})
"""Whether they were there helps; what they were is nobody's business."""
_CODES = frozenset({"id", "code"})
_INSIDE = frozenset({"result", "bookingInfo", "errors", "infos", "transactionInfos"})
_PLAIN = re.compile(r"[A-Za-z0-9_.:+ •-]{0,64}")


Hide = Callable[[str], str]
"""Takes secrets out of a text."""


def hider(secrets: Iterable[str], credential: str = "") -> Hide:
    """A function that cuts each of these down to its last 4 characters wherever it stands, and dots the credential."""
    longest_first = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, ending_of(secret))
        return text.replace(credential, _DOTS) if credential else text

    return hide


def ending_of(secret: str) -> str:
    """Dots and at most the last 4 characters, which logs may carry; none of a short one."""
    return _DOTS + (secret[-_ENDING:] if len(secret) >= 2 * _ENDING else "")


def masked(body: bytes, hide: Hide) -> str:
    """An answer for the journal: harmless fields only, at most 8 KiB of UTF-8."""
    try:
        answer = wire.read_object(body)
    except wire.Unreadable:
        return f"({len(body)} bytes, no JSON object)"
    kept = json.dumps(_reduced(answer, hide, depth=0), ensure_ascii=False, separators=(",", ":"))
    # An ending may be half a surrogate pair, which has no bytes.
    return kept.encode("utf-8", "replace")[:_RAW_LIMIT].decode("utf-8", "ignore")


def _reduced(fields: wire.Fields, hide: Hide, depth: int) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in fields.items():
        if name in _INSIDE and depth < _MAX_DEPTH:
            kept[name] = _inside(value, hide, depth + 1)
        elif name in _KEPT:
            kept[name] = _plain(value, hide)
        elif name in _CODES and isinstance(value, str | Decimal) and codes.is_code(str(value)):
            kept[name] = hide(str(value))
        elif name in _ENDINGS and isinstance(value, str):
            kept[name] = ending_of(value)
        elif name in _DOTTED:
            kept[name] = _DOTS if value else None
    return kept


def _inside(value: wire.Json, hide: Hide, depth: int) -> object:
    if isinstance(value, dict):
        return _reduced(value, hide, depth)
    if isinstance(value, list):
        return [_reduced(entry, hide, depth) if isinstance(entry, dict) else _DOTS for entry in value[:_MAX_ENTRIES]]
    return None if value is None else _DOTS


def _plain(value: wire.Json, hide: Hide) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return int(value) if wire.whole_vnd(value) is not None else str(value)[:40]
    if isinstance(value, str) and _PLAIN.fullmatch(hidden := hide(value)):
        return hidden
    return _DOTS
