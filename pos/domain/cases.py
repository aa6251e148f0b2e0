"""Cases: what needs a person. Closed by a person with a reason, never by a timer."""

from __future__ import annotations

from enum import StrEnum

from pos.domain.redemption import LOSS, USED_NOT_GIVEN, State


class CaseKind(StrEnum):
    """Why a person is needed."""

    LOSS = "loss"  # refused by the issuer after the value was given
    UNDECIDABLE = "undecidable"  # used, but the issuer does not say for which bill
    USED_NOT_GIVEN = "used_not_given"  # the issuer has it, the customer has not had the value
    VALUE_MISMATCH = "value_mismatch"  # the issuer took another amount than the bill was given
    LATE_EFFECT = "late_effect"  # a dropped voucher turned out used for our bill
    STUCK_HOLD = "stuck_hold"  # a reservation that could not be released
    NOT_TAKEN_BACK = "not_taken_back"  # the issuer was told twice to free the voucher, and it still counts as used


def case_of(state: State) -> CaseKind | None:
    """The case that a state opens by itself, if any."""
    if state == LOSS:
        return CaseKind.LOSS
    return None


def closable_state(kind: CaseKind, state: State, *, over: bool = False) -> bool:
    """Whether the redemption's state lets a person close this case (used/no is finished by handing over first).

    Args:
        kind: of the case.
        state: of the redemption.
        over: its value is never handed over any more: it was taken back, or is a late effect.
    """
    return over or not (kind is CaseKind.USED_NOT_GIVEN and state == USED_NOT_GIVEN)
