"""What a day's closing counts and what it may leave over: pure rules.

Every voucher, code sale and booking stands in exactly one `Standing` at any moment, so that the totals of a report add
up to its rows. A closing leaves nothing unnamed: what differs is zero, or a case with an owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.domain.booking_payment import BookingState, JourneyFact, MoneyFact
from pos.domain.errors import RuleBroken
from pos.domain.redemption import AT_RISK, DONE, LOSS, USED_NOT_GIVEN, Outcome, State
from pos.domain.sale import SaleOutcome, SaleState


class Flow(StrEnum):
    """What kind of business a total is about."""

    VOUCHER = "voucher"
    SALE = "sale"
    BOOKING = "booking"


class Standing(StrEnum):
    """How one row counts in a report."""

    USED = "used"  # voucher used at the issuer and given
    AT_RISK = "at_risk"  # given, the issuer's word still out
    LOSS = "loss"  # given and refused
    UNKNOWN = "unknown"  # may be used, not given
    USED_NOT_GIVEN = "used_not_given"
    UNSENT = "unsent"  # on a bill, provably not used
    TAKING_BACK = "taking_back"  # begun; nobody knows yet
    TAKEN_BACK = "taken_back"
    REFUSED = "refused"
    DROPPED = "dropped"
    SOLD = "sold"  # codes bought and handed over; or the ticket issued and handed over
    OPEN = "open"  # sale or booking whose end is not known, or that waits for a person
    PAID_BACK = "paid_back"
    GIVEN_UP = "given_up"  # nothing was ever taken


OPEN_STANDINGS = frozenset(
    {Standing.AT_RISK, Standing.UNKNOWN, Standing.USED_NOT_GIVEN, Standing.UNSENT, Standing.TAKING_BACK, Standing.OPEN}
)
"""What may still become another standing by itself or by a person."""


def voucher_standing(state: State, taking_back: str) -> Standing:
    """How a redemption counts; `taking_back` as `redemption.taking_back`."""
    if taking_back == "done":
        return Standing.TAKEN_BACK
    if taking_back == "open":
        return Standing.TAKING_BACK
    if state in AT_RISK:
        return Standing.AT_RISK
    known = {DONE: Standing.USED, LOSS: Standing.LOSS, USED_NOT_GIVEN: Standing.USED_NOT_GIVEN}
    return known.get(state) or _OF_OUTCOME[state.outcome]


_OF_OUTCOME = {
    Outcome.UNSENT: Standing.UNSENT,
    Outcome.IN_FLIGHT: Standing.UNKNOWN,
    Outcome.UNKNOWN: Standing.UNKNOWN,
    Outcome.REFUSED: Standing.REFUSED,
    Outcome.DROPPED: Standing.DROPPED,
}


def sale_standing(state: SaleState) -> Standing:
    """How a sale of codes counts."""
    if not state.closed:
        return Standing.OPEN
    return Standing.SOLD if state.outcome is SaleOutcome.BOUGHT else Standing.PAID_BACK


def booking_standing(state: BookingState) -> Standing:
    """How the payment of a booking counts."""
    if not state.closed:
        return Standing.OPEN
    if state.money is MoneyFact.PAID_BACK:
        return Standing.PAID_BACK
    return Standing.SOLD if state.journey is JourneyFact.ISSUED else Standing.GIVEN_UP


class DifferenceKind(StrEnum):
    """Why till, issuer, slip and paper do not agree."""

    AT_RISK = "at_risk"
    UNKNOWN = "unknown"
    USED_NOT_GIVEN = "used_not_given"
    UNSENT = "unsent"
    TAKING_BACK = "taking_back"
    HOLD = "hold"  # a reservation that may still lock the customer's voucher
    SALE_OPEN = "sale_open"
    BOOKING_OPEN = "booking_open"
    SLIP_PENDING = "slip_pending"  # nothing of it is on paper
    SLIP_DOUBTFUL = "slip_doubtful"  # it may be on paper
    PAPER = "paper"  # more or fewer voucher papers counted than vouchers given


CASE_OF = {
    DifferenceKind.SLIP_PENDING: "slip",
    DifferenceKind.SLIP_DOUBTFUL: "slip",
    DifferenceKind.PAPER: "paper",
}
"""The kind of `day_case` that a difference left over becomes; all others: `open_row`."""


def case_kind(kind: DifferenceKind) -> str:
    """The kind of `day_case` that a difference left over becomes."""
    return CASE_OF.get(kind, "open_row")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree.

    Args:
        ref: id of the redemption, sale, booking or print job; of papers the business date.
        issuer: stable name; empty for a slip.
        ending: last characters of the voucher's code, at most 4; empty where there is none.
        amount_vnd: what is at stake; 0 where only a count differs.
        count: pieces; of papers how many too many (> 0) or missing (< 0).
    """

    kind: DifferenceKind
    ref: str
    issuer: str
    bill_number: str
    ending: str
    amount_vnd: int
    since_utc: datetime
    count: int = 1


def new_cases(differences: Sequence[Difference], *, leave_as_cases: bool) -> tuple[Difference, ...]:
    """Which differences become cases with a closing: all that no open case is about, each once.

    Args:
        differences: everything that does not agree and that no open case is about.
        leave_as_cases: the manager has seen them and takes them over.

    Raises:
        RuleBroken: `day.differences_left`: nothing may be left without her word.
    """
    left = tuple({(case_kind(one.kind), one.ref, one.issuer): one for one in differences}.values())
    if left and not leave_as_cases:
        raise RuleBroken("day.differences_left", count=len(left))
    return left
