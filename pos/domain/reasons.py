"""Why a voucher is not taken: one provider-neutral list, each with the class that decides what the till does.

Classes follow contracts/gotit.md §8; a provider's `codes.py` maps its own codes onto these reasons, and the locale
files hold the sentence and the advice for each (`reason.<name>.what`, `reason.<name>.do`).
"""

from __future__ import annotations

from enum import StrEnum


class ReasonClass(StrEnum):
    """What the till does about a reason."""

    REJECT = "reject"  # the voucher is no good: drop it
    CUSTOMER = "customer"  # the customer must act first
    BILL = "bill"  # does not fit this bill, may fit another
    HOLD = "hold"  # held by another sale
    SETUP = "setup"  # terminal or store settings: stop, call the manager
    REQUEST = "request"  # this program asked wrongly
    THROTTLE = "throttle"  # slow down
    UNKNOWN = "unknown"  # on a changing call nobody knows
    LOCAL = "local"  # decided at this till, the issuer was not asked


class Reason(StrEnum):
    """Every reason the till can name."""

    NOT_ACTIVE = "not_active"
    ALREADY_USED = "already_used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    INVALID = "invalid"
    SPLIT = "split"
    CODE_WRONG = "code_wrong"
    CODE_UNKNOWN = "code_unknown"
    OTHER_STORE = "other_store"
    PRODUCT_MISCONFIGURED = "product_misconfigured"
    CAMPAIGN_COUNT_USED_UP = "campaign_count_used_up"
    CAMPAIGN_VALUE_USED_UP = "campaign_value_used_up"
    NEEDS_CONSENT = "needs_consent"
    HELD_ELSEWHERE = "held_elsewhere"
    NOT_HELD = "not_held"
    HOLD_MISMATCH = "hold_mismatch"
    TOTAL_TOO_SMALL = "total_too_small"
    TOTAL_NOT_ENOUGH = "total_not_enough"
    SKU_INVALID = "sku_invalid"
    NEEDS_SKUS = "needs_skus"
    SKU_TOO_FEW = "sku_too_few"
    SKU_NO_MATCH = "sku_no_match"
    SKU_CATEGORY = "sku_category"
    OUTSIDE_PERIOD = "outside_period"
    TOO_MANY_OF_KIND = "too_many_of_kind"
    STACK_OTHER_CAMPAIGN = "stack_other_campaign"
    STACK_CASH = "stack_cash"
    STACK_SAME_CAMPAIGN = "stack_same_campaign"
    PIN_WRONG = "pin_wrong"
    PIN_UNKNOWN = "pin_unknown"
    PIN_MISSING = "pin_missing"
    TOO_MANY_CODES = "too_many_codes"
    CODES_MISSING = "codes_missing"
    BILL_NUMBER_MISSING = "bill_number_missing"
    BILL_NUMBER_TOO_LONG = "bill_number_too_long"
    CODE_TWICE = "code_twice"
    SKU_TWICE = "sku_twice"
    TOTAL_MISSING = "total_missing"
    TOTAL_INVALID = "total_invalid"
    THROTTLED = "throttled"
    ISSUER_ERROR = "issuer_error"
    UNRECOGNISED = "unrecognised"
    CONTRADICTION = "contradiction"
    VALUE_UNKNOWN = "value_unknown"
    USED_ON_OTHER_BILL = "used_on_other_bill"
    UNKNOWN_OR_USED = "unknown_or_used"  # unknown, expired or used: the issuer does not say which
    NOT_ALLOWED = "not_allowed"
    REQUEST_REFUSED = "request_refused"
    # Decided at the till:
    NOT_ON_BILL = "not_on_bill"
    ALREADY_ON_BILL = "already_on_bill"
    ALREADY_TAKEN_HERE = "already_taken_here"
    BILL_FULL = "bill_full"
    OFFLINE_REFUSED = "offline_refused"
    NEEDS_MANAGER = "needs_manager"
    NEEDS_DECLARED_VALUE = "needs_declared_value"
    OFFLINE = "offline"
    ASKING_FAILED = "asking_failed"
    DROPPED = "dropped"
    LATE = "late"
    BAD_SCAN = "bad_scan"
    WHICH_ISSUER = "which_issuer"


_C = ReasonClass
CLASS_OF: dict[Reason, ReasonClass] = {
    **dict.fromkeys(
        (Reason.NOT_ACTIVE, Reason.ALREADY_USED, Reason.EXPIRED, Reason.CANCELLED, Reason.INVALID, Reason.SPLIT,
         Reason.CODE_WRONG, Reason.CODE_UNKNOWN, Reason.OTHER_STORE, Reason.PRODUCT_MISCONFIGURED,
         Reason.CAMPAIGN_COUNT_USED_UP, Reason.CAMPAIGN_VALUE_USED_UP, Reason.CONTRADICTION, Reason.VALUE_UNKNOWN,
         Reason.USED_ON_OTHER_BILL, Reason.UNKNOWN_OR_USED), _C.REJECT),
    **dict.fromkeys((Reason.NEEDS_CONSENT,), _C.CUSTOMER),
    **dict.fromkeys((Reason.HELD_ELSEWHERE, Reason.NOT_HELD, Reason.HOLD_MISMATCH), _C.HOLD),
    **dict.fromkeys(
        (Reason.TOTAL_TOO_SMALL, Reason.TOTAL_NOT_ENOUGH, Reason.SKU_INVALID, Reason.NEEDS_SKUS, Reason.SKU_TOO_FEW,
         Reason.SKU_NO_MATCH, Reason.SKU_CATEGORY, Reason.OUTSIDE_PERIOD, Reason.TOO_MANY_OF_KIND,
         Reason.STACK_OTHER_CAMPAIGN, Reason.STACK_CASH, Reason.STACK_SAME_CAMPAIGN), _C.BILL),
    **dict.fromkeys((Reason.PIN_WRONG, Reason.PIN_UNKNOWN, Reason.PIN_MISSING, Reason.NOT_ALLOWED), _C.SETUP),
    **dict.fromkeys(
        (Reason.TOO_MANY_CODES, Reason.CODES_MISSING, Reason.BILL_NUMBER_MISSING, Reason.BILL_NUMBER_TOO_LONG,
         Reason.CODE_TWICE, Reason.SKU_TWICE, Reason.TOTAL_MISSING, Reason.TOTAL_INVALID, Reason.REQUEST_REFUSED),
        _C.REQUEST),
    Reason.THROTTLED: _C.THROTTLE,
    **dict.fromkeys((Reason.ISSUER_ERROR, Reason.UNRECOGNISED), _C.UNKNOWN),
    **dict.fromkeys(
        (Reason.NOT_ON_BILL, Reason.ALREADY_ON_BILL, Reason.ALREADY_TAKEN_HERE, Reason.BILL_FULL,
         Reason.OFFLINE_REFUSED, Reason.NEEDS_MANAGER, Reason.NEEDS_DECLARED_VALUE, Reason.OFFLINE,
         Reason.ASKING_FAILED, Reason.DROPPED, Reason.LATE, Reason.BAD_SCAN, Reason.WHICH_ISSUER), _C.LOCAL),
}  # fmt: skip
