"""A redemption is two independent facts: what the issuer did, and whether the customer has had the value.

Its state is nothing but their pair, and `TABLE` is the only way from one pair to the next (design.md §2). A pair
and event that the table does not hold raise `RuleBroken`; nothing forces a state.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pos.domain.errors import RuleBroken


class Outcome(StrEnum):
    """What the issuer did with the voucher, as far as this till knows."""

    UNSENT = "unsent"  # the intent is on disk, nothing has left
    IN_FLIGHT = "in_flight"  # bytes may have left
    UNKNOWN = "unknown"  # the call ended without a verdict: only an inquiry may decide
    USED = "used"  # the issuer counts it as used for our bill
    REFUSED = "refused"  # the issuer will not have it
    DROPPED = "dropped"  # given up while provably unused: ends unsent/no only


class State(NamedTuple):
    """The pair of facts."""

    outcome: Outcome
    given: bool


class Event(StrEnum):
    """What can happen to a redemption."""

    SEND = "send"  # committed before the first byte of a changing call leaves
    NOT_SENT = "not_sent"  # proof: nothing left, or the issuer refused the caller and not the voucher
    LOST = "lost"  # the call ended without a verdict
    USED_HERE = "used_here"  # verdict "used" and a cashier waits for it: she hands over now
    USED = "used"  # verdict "used" while nobody waits for it at the counter
    REFUSED = "refused"  # the issuer's refusal of this voucher
    PROVEN_UNUSED = "proven_unused"  # an inquiry proved that our call took no effect
    ACCEPT_OFFLINE = "accept_offline"  # value given at the shop's risk
    HAND_OVER = "hand_over"  # the cashier finished a sale whose voucher the issuer already has
    DROP = "drop"  # given up before it was sent
    RESTART = "restart"  # the program started again
    LATE_EFFECT = "late_effect"  # proven unused, dropped perhaps, and found used for our bill after all


UNSENT, UNSENT_GIVEN = State(Outcome.UNSENT, False), State(Outcome.UNSENT, True)
IN_FLIGHT, IN_FLIGHT_GIVEN = State(Outcome.IN_FLIGHT, False), State(Outcome.IN_FLIGHT, True)
UNKNOWN, UNKNOWN_GIVEN = State(Outcome.UNKNOWN, False), State(Outcome.UNKNOWN, True)
USED_NOT_GIVEN, DONE = State(Outcome.USED, False), State(Outcome.USED, True)
REFUSED, LOSS = State(Outcome.REFUSED, False), State(Outcome.REFUSED, True)
DROPPED = State(Outcome.DROPPED, False)

TABLE: dict[tuple[State, Event], State] = {
    (UNSENT, Event.SEND): IN_FLIGHT,
    (UNSENT, Event.REFUSED): REFUSED,  # refused by check or reserve, before mark-use
    (UNSENT, Event.ACCEPT_OFFLINE): UNSENT_GIVEN,
    (UNSENT, Event.DROP): DROPPED,
    (UNSENT_GIVEN, Event.SEND): IN_FLIGHT_GIVEN,
    (UNSENT_GIVEN, Event.REFUSED): LOSS,
    (IN_FLIGHT, Event.NOT_SENT): UNSENT,
    (IN_FLIGHT, Event.LOST): UNKNOWN,
    (IN_FLIGHT, Event.USED_HERE): DONE,
    (IN_FLIGHT, Event.USED): USED_NOT_GIVEN,
    (IN_FLIGHT, Event.REFUSED): REFUSED,
    (IN_FLIGHT, Event.RESTART): UNKNOWN,
    (IN_FLIGHT_GIVEN, Event.NOT_SENT): UNSENT_GIVEN,
    (IN_FLIGHT_GIVEN, Event.LOST): UNKNOWN_GIVEN,
    (IN_FLIGHT_GIVEN, Event.USED): DONE,
    (IN_FLIGHT_GIVEN, Event.REFUSED): LOSS,
    (IN_FLIGHT_GIVEN, Event.RESTART): UNKNOWN_GIVEN,
    (UNKNOWN, Event.USED_HERE): DONE,
    (UNKNOWN, Event.USED): USED_NOT_GIVEN,
    (UNKNOWN, Event.REFUSED): REFUSED,
    (UNKNOWN, Event.PROVEN_UNUSED): UNSENT,
    (UNKNOWN_GIVEN, Event.USED): DONE,
    (UNKNOWN_GIVEN, Event.REFUSED): LOSS,
    (UNKNOWN_GIVEN, Event.PROVEN_UNUSED): UNSENT_GIVEN,
    (USED_NOT_GIVEN, Event.HAND_OVER): DONE,
    (UNSENT, Event.LATE_EFFECT): USED_NOT_GIVEN,
    (UNSENT_GIVEN, Event.LATE_EFFECT): DONE,
    (DROPPED, Event.LATE_EFFECT): USED_NOT_GIVEN,
}

STATES = (UNSENT, UNSENT_GIVEN, IN_FLIGHT, IN_FLIGHT_GIVEN, UNKNOWN, UNKNOWN_GIVEN, USED_NOT_GIVEN, DONE, REFUSED,
          LOSS, DROPPED)  # fmt: skip

SETTLED = frozenset({DONE, REFUSED, DROPPED})
"""States in which nothing is owed to anybody."""

AT_RISK = frozenset({UNSENT_GIVEN, IN_FLIGHT_GIVEN, UNKNOWN_GIVEN})
"""Value given, the issuer's word still out: what the offline policy counts."""

NEVER_AGAIN = frozenset({UNSENT_GIVEN, IN_FLIGHT, IN_FLIGHT_GIVEN, UNKNOWN, UNKNOWN_GIVEN, USED_NOT_GIVEN, DONE, LOSS})
"""States in which the same code must not be taken a second time by this till."""


def after(state: State, event: Event) -> State:
    """The state that follows.

    Raises:
        RuleBroken: the table does not hold this pair; nothing was changed.
    """
    try:
        return TABLE[state, event]
    except KeyError:
        raise RuleBroken("rule.transition", outcome=state.outcome.value, given=state.given, event=event.value) from None


class Hold(StrEnum):
    """What is known of a reservation (RESERVE_FLOW, contracts/gotit.md §10)."""

    NONE = "none"  # none was asked for, or it provably did not take effect
    RESERVING = "reserving"  # bytes may have left
    UNKNOWN = "unknown"  # the reserve or release call ended without a verdict
    HELD = "held"  # ours
    RELEASING = "releasing"  # the release may have left
    RELEASED = "released"
    CONSUMED = "consumed"  # ended by mark-use


class HoldEvent(StrEnum):
    """What can happen to a reservation."""

    RESERVE = "reserve"
    HELD = "held"
    NOT_HELD = "not_held"  # proof that the issuer holds nothing for our bill
    LOST = "lost"
    RELEASE = "release"
    RELEASED = "released"
    CONSUMED = "consumed"
    RESTART = "restart"


HOLD_TABLE: dict[tuple[Hold, HoldEvent], Hold] = {
    (Hold.NONE, HoldEvent.RESERVE): Hold.RESERVING,
    (Hold.RELEASED, HoldEvent.RESERVE): Hold.RESERVING,
    (Hold.RESERVING, HoldEvent.HELD): Hold.HELD,
    (Hold.RESERVING, HoldEvent.NOT_HELD): Hold.NONE,
    (Hold.RESERVING, HoldEvent.LOST): Hold.UNKNOWN,
    (Hold.RESERVING, HoldEvent.RESTART): Hold.UNKNOWN,
    (Hold.UNKNOWN, HoldEvent.HELD): Hold.HELD,
    (Hold.UNKNOWN, HoldEvent.NOT_HELD): Hold.NONE,
    (Hold.UNKNOWN, HoldEvent.CONSUMED): Hold.CONSUMED,
    (Hold.HELD, HoldEvent.RELEASE): Hold.RELEASING,
    (Hold.HELD, HoldEvent.CONSUMED): Hold.CONSUMED,
    (Hold.HELD, HoldEvent.NOT_HELD): Hold.NONE,
    (Hold.RELEASING, HoldEvent.RELEASED): Hold.RELEASED,
    (Hold.RELEASING, HoldEvent.HELD): Hold.HELD,
    (Hold.RELEASING, HoldEvent.LOST): Hold.UNKNOWN,
    (Hold.RELEASING, HoldEvent.RESTART): Hold.UNKNOWN,
}

OPEN_HOLDS = frozenset({Hold.RESERVING, Hold.UNKNOWN, Hold.HELD, Hold.RELEASING})
"""Holds that may lock the customer's voucher: each needs an end."""


def hold_after(hold: Hold, event: HoldEvent) -> Hold:
    """The hold that follows; `RuleBroken` for a pair the table does not know."""
    try:
        return HOLD_TABLE[hold, event]
    except KeyError:
        raise RuleBroken("rule.hold_transition", hold=hold.value, event=event.value) from None
