"""Got It's result codes as reasons of ours. Total: an unknown code is `UNRECOGNISED`.

Source: contracts/gotit.md §8 (codes and meanings) and §7 (voucher states).
"""

from __future__ import annotations

from pos.domain.reasons import CLASS_OF, Reason, ReasonClass

UNDEFINED = "004"
"""The issuer's own "something went wrong": says nothing about the voucher."""
USED = "101"
SKU_INVALID = "240"
NEEDS_SKUS = "241"
HELD = frozenset({"105", "207", "213"})
"""Codes that mean "held for one bill number": which one, only `redemptions.bill_number` tells."""

REASON_OF: dict[str, Reason] = {
    "002": Reason.TOO_MANY_CODES,
    UNDEFINED: Reason.ISSUER_ERROR,
    "100": Reason.NOT_ACTIVE,
    USED: Reason.ALREADY_USED,
    "102": Reason.EXPIRED,
    "103": Reason.CANCELLED,
    "104": Reason.INVALID,
    "105": Reason.HELD_ELSEWHERE,
    "200": Reason.PIN_WRONG,
    "201": Reason.PIN_UNKNOWN,
    "202": Reason.PIN_MISSING,
    "203": Reason.CODE_WRONG,
    "204": Reason.CODE_UNKNOWN,
    "205": Reason.CODES_MISSING,
    "206": Reason.OTHER_STORE,
    "207": Reason.HELD_ELSEWHERE,
    "208": Reason.NOT_HELD,
    "209": Reason.THROTTLED,
    "210": Reason.BILL_NUMBER_MISSING,
    "211": Reason.TOTAL_TOO_SMALL,
    "212": Reason.HOLD_MISMATCH,
    "213": Reason.HELD_ELSEWHERE,
    "230": Reason.BILL_NUMBER_TOO_LONG,
    "231": Reason.CODE_TWICE,
    "232": Reason.NEEDS_CONSENT,
    SKU_INVALID: Reason.SKU_INVALID,
    NEEDS_SKUS: Reason.NEEDS_SKUS,
    "242": Reason.SKU_TWICE,
    "243": Reason.SKU_TOO_FEW,
    "244": Reason.TOO_MANY_OF_KIND,
    "245": Reason.SKU_NO_MATCH,
    "246": Reason.PRODUCT_MISCONFIGURED,
    "247": Reason.OUTSIDE_PERIOD,
    "248": Reason.SKU_CATEGORY,
    "250": Reason.TOTAL_NOT_ENOUGH,
    "251": Reason.TOTAL_MISSING,
    "252": Reason.TOTAL_INVALID,
    "253": Reason.STACK_OTHER_CAMPAIGN,
    "254": Reason.STACK_CASH,
    "255": Reason.STACK_SAME_CAMPAIGN,
    "256": Reason.CAMPAIGN_COUNT_USED_UP,
    "257": Reason.CAMPAIGN_VALUE_USED_UP,
}

STATE_USED = 4
STATE_SPLIT = 10
STATE_RESERVED = 11
REASON_OF_STATE: dict[int, Reason] = {
    0: Reason.NOT_ACTIVE,
    STATE_USED: Reason.ALREADY_USED,
    8: Reason.EXPIRED,
    9: Reason.CANCELLED,
    STATE_SPLIT: Reason.SPLIT,
    STATE_RESERVED: Reason.HELD_ELSEWHERE,
}
"""States that cannot be used: together with "success" they are a contradiction (§7)."""
USABLE_STATES = frozenset({1, 2, 3, 5})


def reason_of(return_code: str | None) -> Reason:
    """The reason a code names; `UNRECOGNISED` for a missing or undocumented one."""
    return REASON_OF.get(return_code or "", Reason.UNRECOGNISED)


def class_of(return_code: str | None) -> ReasonClass:
    """What the till does about a code."""
    return CLASS_OF[reason_of(return_code)]


def reason_with_state(return_code: str | None, state: int | None) -> Reason:
    """The reason of a refusal, made more exact by the voucher's state where the code is vague.

    104 is "invalid"; with state 10 the customer can be told that the code was split. A code that is not in the table
    beside a state that is: the state's reason says more than "not recognised".
    """
    reason = reason_of(return_code)
    if reason is Reason.INVALID and state == STATE_SPLIT:
        return Reason.SPLIT
    if reason is Reason.UNRECOGNISED and state is not None:
        return REASON_OF_STATE.get(state, reason)
    return reason
