"""Gotadi's codes in words of ours. Total: an unknown code is never guessed.

Source: contracts/gotadi.md §7.1 (`error_code` of sealed answers), §7.2 (HTTP status), §7.3 (business codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pos.domain.booking import CommitWord
from pos.domain.errors import OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.providers.gotadi.wire import Fault

PROCESSED = "00"

COMMIT_WORDS: dict[str, CommitWord] = {
    PROCESSED: CommitWord.DONE,
    "01": CommitWord.WORKING,
    "02": CommitWord.FAILED,
    "03": CommitWord.REFUSED,
    "04": CommitWord.REFUSED,
    "05": CommitWord.REFUSED,
    "06": CommitWord.REFUSED,
    "07": CommitWord.REFUSED,
    "08": CommitWord.ALREADY,
    "09": CommitWord.NOT_YET,
    "99": CommitWord.UNCLEAR,
}
"""On commit and query-trans; compared as two characters: `0` is not `00`."""

LOGIN_REFUSALS: dict[str, str] = {
    "03": "gotadi.account_refused",
    "04": "gotadi.our_signature_refused",
    "05": "gotadi.our_data_refused",
    "06": "gotadi.access_code_refused",
    "07": "gotadi.our_data_refused",
    "10": "gotadi.user_unknown",
}
"""Login is not repeated on these; each has a sentence."""

_PASSING_STATUS = frozenset({408, 500, 502, 503, 504})


def word_of(error_code: str) -> CommitWord:
    """What an `error_code` says about a commit; anything undocumented or missing says nothing."""
    return COMMIT_WORDS.get(error_code, CommitWord.UNCLEAR)


def fault_of_status(status: int) -> ProviderError:
    """What a status other than 200 means without a word in the body (§7.2), for a call that only reads."""
    if status == 401:
        return SetupFault("gotadi.not_authenticated", status=status)
    if status in (402, 403):
        return SetupFault("gotadi.not_allowed", status=status)
    if status == 429:
        return Throttled("gotadi.throttled", status=status)
    if status in _PASSING_STATUS or status >= 500:
        return OutcomeUnknown("gotadi.out_of_order", status=status)
    return SetupFault("gotadi.caller_refused", status=status)


# ---------------------------------------------------------------- business codes


@dataclass(frozen=True, slots=True)
class Business:
    """What a business code means: the reason below `booking.`, and whether it may pass by itself."""

    reason: str
    passing: bool = False


REFUSED = Business("refused")
"""An undocumented code, or none: a refusal told in the issuer's own words (§12 no. 14)."""
_UNAUTHORISED = "11001"
"""`11001_UNAUTHORIZED`"""

_BUSINESS: dict[str, Business] = {
    "7200_VOUCHER_VALIDATION_ERROR": Business("voucher_not_checked", passing=True),
    "7201_VOUCHER_REDEMPTION_ERROR": Business("voucher_not_redeemed"),
    "7202_VOUCHER_NOT_ACTIVE_YET": Business("voucher_not_active"),
    "7203_VOUCHER_NOT_FOUND": Business("voucher_not_found"),
    "7204_VOUCHER_EXPIRED": Business("voucher_expired"),
    "7205_VOUCHER_DISABLE": Business("voucher_disabled"),
    "7206_VOUCHER_GIFT_AMOUNT_EXCEEDED": Business("voucher_used_up"),
    "7207_VOUCHER_NOT_VALID": Business("voucher_not_valid"),
    "7208_VOUCHER_ONLY_ONEWAY": Business("voucher_only_one_way"),
    "7209_VOUCHER_ONLY_ROUNDTRIP": Business("voucher_only_round_trip"),
    "7210_VOUCHER_ONLY_HOTEL": Business("voucher_only_hotel"),
    "7211_VOUCHER_CAMPAIGN_NOTFOUND": Business("voucher_campaign"),
    "7212_VOUCHER_CAMPAIGN_ERROR": Business("voucher_campaign"),
    "7213_VOUCHER_QUANTITY_EXCEEDED": Business("voucher_uses_exceeded"),
    "7214_VOUCHER_NOT_ENOUGH_MIN_AMOUNT": Business("voucher_below_minimum"),
    "7215_VOUCHER_NOT_ENOUGH_MAX_AMOUNT": Business("voucher_outside_maximum"),
    "7216_VOUCHER_ONLY_COMBO": Business("voucher_only_combo"),
    "7217_VOUCHER_NOT_VALID_IGNORE_DAYS": Business("voucher_not_these_days"),
    "7218_VOUCHER_ONLY_KREDIVO": Business("voucher_only_other_payment"),
    "5_BOOKING_NOT_FOUND": Business("not_found"),
    "6103_PAYMENT_BOOKING_NOT_FOUND": Business("not_found"),
    "5_BOOKING_CANNOT_CHANGE_STATUS": Business("not_payable"),
    "6100_PAYMENT_ERROR": Business("payment_fault"),
    "6101_PAYMENT_REQ_ERROR": Business("payment_fault"),
    "6102_PAYMENT_RES_ERROR": Business("payment_fault"),
    "6104_PAYMENT_BOOKING_ALREADY_PAID": Business("already_paid"),
    "6105_PAYMENT_BOOKING_NOT_PAID": Business("not_payable"),
    "6106_PAYMENT_BOOKING_NOT_BOOKED": Business("not_payable"),
    "0001_SYSTEM_ERROR": Business("busy", passing=True),
    "0005_SYSTEM_IS_BUSY": Business("busy", passing=True),
    "0005_SYSTEM_IS_BUSY_BOOKING_PAYMENT": Business("busy", passing=True),
    "10003_BOOKING_API_UNAVAILABLE": Business("busy", passing=True),
    "10004_PRICING_API_UNAVAILABLE": Business("busy", passing=True),
}
_UNKNOWN = Business("busy", passing=True)
"""`<n>_UNKNOWN`, per family."""
_BY_DIGITS = {code.partition("_")[0]: meaning for code, meaning in _BUSINESS.items() if not code.startswith("5_")}
"""Family 5 has one digit for all its codes, so there the digits alone say nothing."""
_CODE = re.compile(r"[0-9]{1,6}(?:_[A-Z0-9_]+)?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MAX_CODE = 64
_LEADING_DIGITS = re.compile(r"[0-9]{4,5}(?=_|$)")

REASONS = frozenset({REFUSED.reason, *(meaning.reason for meaning in _BUSINESS.values())})
"""Every reason a business code can have."""


def business(faults: tuple[Fault, ...]) -> Business:
    """What the errors of an answer mean together: the first known one's reason; passing if any of them is."""
    known = [meaning for meaning in map(_one, faults) if meaning is not None]
    if not known:
        return REFUSED
    return Business(known[0].reason, passing=any(meaning.passing for meaning in known))


def code_of(faults: tuple[Fault, ...]) -> str:
    """The first error's code or id, for support; nothing that does not look like one: it might be a voucher's."""
    return next((name for fault in faults for name in (fault.code, fault.id) if is_code(name)), "")


def is_code(text: str) -> bool:
    """Has the form of a business code (§6.2)."""
    return len(text) <= _MAX_CODE and _CODE.fullmatch(text) is not None


def unauthorised(faults: tuple[Fault, ...]) -> bool:
    """One of the errors is about the caller, not about booking or voucher."""
    names = (name for fault in faults for name in (fault.code, fault.id))
    return any((digits := _LEADING_DIGITS.match(name)) and digits[0] == _UNAUTHORISED for name in names)


def _one(fault: Fault) -> Business | None:
    """Matched on code, then id, then leading digits (§6.2)."""
    for name in (fault.code, fault.id):
        if name in _BUSINESS:
            return _BUSINESS[name]
        if name.endswith("_UNKNOWN"):
            return _UNKNOWN
    for name in (fault.code, fault.id):
        digits = _LEADING_DIGITS.match(name)
        if digits and digits[0] in _BY_DIGITS:
            return _BY_DIGITS[digits[0]]
    return None
