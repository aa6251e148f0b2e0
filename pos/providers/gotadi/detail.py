"""Gotadi's record of a booking in words of ours. Pure. No personal data is read, let alone kept.

Source: contracts/gotadi.md §8.4 (how far the payment is), §9 (fields), §9.1 (states). Fields on which money depends
are read strictly; what is only shown is left out when it is odd.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pos.domain.booking import AppliedVoucher, Booking, Journey, NoSuchBooking
from pos.domain.codes import VoucherCode
from pos.domain.errors import OutcomeUnknown
from pos.providers.gotadi import codes, wire
from pos.providers.gotadi.wire import Fields

_SAME_WORD = {"SUCCESS": "SUCCEEDED", "REFUND": "REFUNDED", "CANCEL": "CANCELLED"}
_BLANKS = re.compile(r"[\s_]+")
_BETWEEN_TICKETS = re.compile(r"[,;|\s]+")
_PAYABLE = ("BOOKED", "PENDING", "PENDING")
_MAX_TICKETS = 20
_VOUCHER_FIELDS = (
    "discountVoucherCode", "discountVoucherName", "discountRedeemId", "discountRedeemCode", "discountDate",
    "discountTrackingCode",
)  # fmt: skip


def read(
    answer: Fields, number: str, code: VoucherCode | None = None, tracking: str | None = None
) -> Booking | NoSuchBooking:
    """Read the answer to either detail call.

    Args:
        answer: with status 200; a wrapper `result` is tolerated.
        number: asked for.
        code: voucher and its tracking code, to be compared with what the record names.
        tracking: see `code`.

    Raises:
        wire.Unreadable: a field that counts has a wrong type.
        OutcomeUnknown: the record is of another booking, or the issuer tells a fault of its own instead.
    """
    record = _record(answer)
    info = wire.part(record, "bookingInfo")
    if info is None:
        return _missing(record)
    _ours(record, info, number)
    status, payment, issue = _word(info, "status"), _word(info, "paymentStatus"), _issue(info)
    deadline_utc, deadline_known = _deadline(info)
    return Booking(
        number=number,
        product=(wire.text(record, "supplierType") or wire.text(info, "supplierType")).strip().upper(),
        title=_title(record, info),
        starts=_starts(record, info),
        total_vnd=wire.whole_vnd(wire.amount(info, "totalFare")),
        deadline_utc=deadline_utc,
        payable=(status, payment, issue) == _PAYABLE and deadline_known,
        journey=journey(payment, issue),
        booking_status=status,
        payment_status=payment,
        issue_status=issue,
        failed_issue=(payment, issue) == ("SUCCEEDED", "FAILED"),
        voucher=_voucher(info, code, tracking),
        paid_vnd=wire.whole_vnd(wire.amount(info, "paymentTotalAmount")) or None,
        payment_ref=_shown(info, "paymentRefNumber") or None,
        passenger_ref=_shown(info, "passengerNameRecords") or None,
        tickets=_tickets(info),
    )


def journey(payment: str, issue: str) -> Journey:
    """The table of §8.4. Whatever it does not name is not over."""
    if payment == "SUCCEEDED":
        return Journey.ISSUED if issue == "SUCCEEDED" else Journey.NOT_OVER
    ends = {"FAILED": Journey.PAYMENT_FAILED, "REFUNDED": Journey.REFUNDED, "EXPIRED": Journey.EXPIRED}
    return ends.get(payment, Journey.NOT_OVER)


def _record(answer: Fields) -> Fields:
    inner = answer.get("result")
    return inner if isinstance(inner, Mapping) and "bookingInfo" not in answer else answer


def _missing(record: Fields) -> NoSuchBooking:
    """No `bookingInfo` is "not found" (§12 no. 31), unless the issuer says that something else is wrong."""
    common = wire.common(record)
    if common.faults and codes.business(common.faults).reason != "not_found":
        raise OutcomeUnknown("gotadi.undefined", result=codes.code_of(common.faults))
    return NoSuchBooking()


def _ours(record: Fields, info: Fields, number: str) -> None:
    names = {wire.text(record, "bookingNumber"), wire.text(info, "bookingNumber")} - {""}
    if not names:
        names = {wire.text(record, "bookingCode"), wire.text(info, "bookingCode")} - {""}
    if names != {number}:
        raise OutcomeUnknown("gotadi.other_answer")


# ---------------------------------------------------------------- states


def _word(info: Fields, name: str) -> str:
    word = _BLANKS.sub("_", wire.text(info, name).strip().upper())[:40]
    return _SAME_WORD.get(word, word)


def _issue(info: Fields) -> str:
    """Both names of the field occur; two that differ say nothing, which is "not over" and not payable."""
    words = {_word(info, "issuedStatus"), _word(info, "issueStatus")} - {""}
    return words.pop() if len(words) == 1 else ""


def _deadline(info: Fields) -> tuple[datetime | None, bool]:
    """The payment deadline, and whether that is known: one that cannot be read is not "none"."""
    text = wire.text(info, "timeToLive").strip()
    if not text:
        return None, True
    try:
        instant = datetime.fromisoformat(text)
        return (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)), True
    except (ValueError, OverflowError):
        return None, False


# ---------------------------------------------------------------- voucher


def _voucher(info: Fields, code: VoucherCode | None, tracking: str | None) -> AppliedVoucher | None:
    """The voucher on the booking; any sign of one counts, so that "none" is said only when all fields are empty."""
    named = {name: wire.text(info, name).strip() for name in _VOUCHER_FIELDS}
    discount = wire.amount(info, "discountAmount")
    if not any(named.values()) and not discount:
        return None
    theirs = named["discountTrackingCode"]
    return AppliedVoucher(
        ours=code is not None and named["discountVoucherCode"] == code.reveal().strip(),
        redeemed=bool(named["discountRedeemId"] or named["discountRedeemCode"]),
        discount_vnd=wire.whole_vnd(discount),
        tracking=theirs == tracking.strip() if theirs and tracking is not None else None,
    )


# ---------------------------------------------------------------- for people


def _shown(fields: Fields, *names: str) -> str:
    return next((shown for name in names if (shown := wire.one_line(fields.get(name), 100))), "")


def _objects(raw: wire.Json) -> Iterable[Fields]:
    return [entry for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []


def _title(record: Fields, info: Fields) -> str:
    hotel = record.get("hotelProduct")
    if isinstance(hotel, dict) and (name := _shown(hotel, "propertyName")):
        return name
    legs = [_leg(group, "origin", "destination") for group in _objects(record.get("groupPricedItineraries"))]
    return ", ".join(filter(None, legs))[:100] or _leg(info, "from", "to")


def _leg(fields: Fields, start: str, end: str) -> str:
    ends = [_shown(fields, f"{side}LocationCode", f"{side}LocationName") for side in (start, end)]
    if ends[0] == ends[1]:  # a hotel stands where it stands
        return _shown(fields, f"{start}LocationName", f"{start}LocationCode")
    return " – ".join(filter(None, ends))


def _starts(record: Fields, info: Fields) -> str:
    groups = [_shown(group, "departureDateTime") for group in _objects(record.get("groupPricedItineraries"))]
    return next(filter(None, groups), "") or _shown(info, "departureDate")


def _tickets(info: Fields) -> tuple[str, ...]:
    """E-ticket numbers of the booking, else those of its legs, each once."""
    texts = [_shown(info, "etickets")]
    if not texts[0]:
        texts = [_shown(leg, "etickets") for leg in _objects(info.get("transactionInfos"))]
    tickets = [ticket for text in texts for ticket in _BETWEEN_TICKETS.split(text) if ticket]
    return tuple(dict.fromkeys(tickets))[:_MAX_TICKETS]
