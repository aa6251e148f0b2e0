"""Paying a booking: three independent facts, and the one table of what may follow what (contracts/gotadi.md §5.3, §8).

- `voucher` – what the issuer did with the voucher on it;
- `money` – whether the shop has the customer's money;
- `journey` – how far payment and issue have come since commit.

`closed`: nobody is owed anything – the customer has the ticket or her money, or nothing was ever taken. What no rule
holds raises `RuleBroken`; nothing forces a state. Money is at stake in three places: commit leaves once by itself,
money goes back only where the booking cannot be paid any more, and a voucher's use is final.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from typing import NamedTuple

from pos.domain.codes import ScanFault, VoucherCode
from pos.domain.errors import ConfigError, RuleBroken

# ---------------------------------------------------------------- facts


class VoucherFact(StrEnum):
    """What the issuer did with the voucher, as far as this till knows."""

    NONE = "none"  # none is used for this payment
    UNSENT = "unsent"  # on disk, and provably not redeemed
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"  # only the issuer's record of the booking decides
    USED = "used"
    REFUSED = "refused"


class MoneyFact(StrEnum):
    """Whether the shop has the customer's money."""

    NOT_TAKEN = "not_taken"
    TAKEN = "taken"
    PAID_BACK = "paid_back"


class JourneyFact(StrEnum):
    """How far payment and issue have come."""

    UNSENT = "unsent"  # no commit has left, or all that left were refused unprocessed
    IN_FLIGHT = "in_flight"  # a commit may be leaving
    OPEN = "open"  # asked about in front of the cashier
    HELD = "held"  # asked about in the background, then by hand
    ISSUED = "issued"
    PAYMENT_FAILED = "payment_failed"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    GIVEN_UP = "given_up"


class BookingState(NamedTuple):
    """The facts together."""

    voucher: VoucherFact
    money: MoneyFact
    journey: JourneyFact
    closed: bool


class BookingEvent(StrEnum):
    """What can happen to the payment of a booking."""

    ADD_VOUCHER = "add_voucher"  # a validated voucher is written down
    REDEEM = "redeem"  # committed before the first byte of redeem leaves
    VOUCHER_NOT_SENT = "voucher_not_sent"  # proof: the redeem did not leave
    VOUCHER_LOST = "voucher_lost"  # the redeem ended without a verdict
    VOUCHER_USED = "voucher_used"
    VOUCHER_REFUSED = "voucher_refused"
    VOUCHER_UNUSED = "voucher_unused"  # the issuer's record proved twice that the redeem had no effect
    VOUCHER_LATE = "voucher_late"  # proven unused, and found used after all
    DROP_VOUCHER = "drop_voucher"
    TAKE_MONEY = "take_money"
    COMMIT = "commit"  # committed before the first byte leaves; again only by a person
    COMMIT_NOT_SENT = "commit_not_sent"  # proof: it did not leave, and no other one may have
    COMMIT_ENDED = "commit_ended"  # whatever its answer: the issuer's record decides
    COMMIT_REFUSED = "commit_refused"  # refused before processing, and the record agrees
    HOLD = "hold"
    ISSUED_HERE = "issued_here"  # a cashier waits: she hands the ticket over with the verdict
    ISSUED = "issued"
    PAYMENT_FAILED = "payment_failed"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    GIVE_UP = "give_up"
    PAY_BACK = "pay_back"
    CLOSE = "close"  # the customer has the ticket
    RESTART = "restart"


V, M, J = VoucherFact, MoneyFact, JourneyFact
UNPAID = frozenset({J.PAYMENT_FAILED, J.REFUNDED, J.EXPIRED, J.GIVEN_UP})
"""Ends in which the issuer does not have the payment: money goes back only here."""
ASKED_ABOUT = frozenset({J.OPEN, J.HELD})
"""A commit may have counted and its end is not known."""
VOUCHER_AT_REST = frozenset({V.NONE, V.USED, V.REFUSED})
"""States of the voucher in which the amount due is certain."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: from which facts (an empty set: any), to which (None: as it was)."""

    voucher: frozenset[VoucherFact] = frozenset()
    money: frozenset[MoneyFact] = frozenset()
    journey: frozenset[JourneyFact] = frozenset()
    to_voucher: VoucherFact | None = None
    to_money: MoneyFact | None = None
    to_journey: JourneyFact | None = None
    closes: bool = False

    def holds(self, state: BookingState) -> bool:
        """Whether this line is about that state. What is closed has no way on."""
        return (
            not state.closed
            and (not self.voucher or state.voucher in self.voucher)
            and (not self.money or state.money in self.money)
            and (not self.journey or state.journey in self.journey)
        )

    def applied(self, state: BookingState) -> BookingState:
        """The state that follows."""
        return BookingState(
            self.to_voucher or state.voucher,
            self.to_money or state.money,
            self.to_journey or state.journey,
            self.closes,
        )


def _of_voucher(*before: VoucherFact, to: VoucherFact) -> tuple[Rule, ...]:
    """Only before money is taken: the amount due hangs on it."""
    return (Rule(frozenset(before), frozenset({M.NOT_TAKEN}), frozenset({J.UNSENT}), to_voucher=to),)


def _of_journey(*before: JourneyFact, to: JourneyFact, closes: bool = False) -> tuple[Rule, ...]:
    return (Rule(VOUCHER_AT_REST, frozenset({M.TAKEN}), frozenset(before), to_journey=to, closes=closes),)


_QUIET_VOUCHER = frozenset({V.NONE, V.UNSENT, V.REFUSED, V.USED})
_UNSENT = frozenset({J.UNSENT})

TABLE: dict[BookingEvent, tuple[Rule, ...]] = {
    BookingEvent.ADD_VOUCHER: _of_voucher(V.NONE, to=V.UNSENT),
    BookingEvent.REDEEM: _of_voucher(V.UNSENT, to=V.IN_FLIGHT),
    BookingEvent.VOUCHER_NOT_SENT: _of_voucher(V.IN_FLIGHT, to=V.UNSENT),
    BookingEvent.VOUCHER_LOST: _of_voucher(V.IN_FLIGHT, to=V.UNKNOWN),
    BookingEvent.VOUCHER_USED: _of_voucher(V.IN_FLIGHT, V.UNKNOWN, to=V.USED),
    BookingEvent.VOUCHER_REFUSED: _of_voucher(V.IN_FLIGHT, V.UNKNOWN, to=V.REFUSED),
    BookingEvent.VOUCHER_UNUSED: _of_voucher(V.UNKNOWN, to=V.UNSENT),
    BookingEvent.VOUCHER_LATE: (
        Rule(
            frozenset({V.NONE, V.UNSENT, V.REFUSED}),
            frozenset({M.NOT_TAKEN, M.TAKEN}),
            _UNSENT,
            to_voucher=V.USED,
        ),
    ),
    BookingEvent.DROP_VOUCHER: _of_voucher(V.UNSENT, to=V.NONE),
    BookingEvent.TAKE_MONEY: (
        Rule(VOUCHER_AT_REST, frozenset({M.NOT_TAKEN}), _UNSENT, to_money=M.TAKEN),
    ),
    BookingEvent.COMMIT: _of_journey(J.UNSENT, J.OPEN, J.HELD, to=J.IN_FLIGHT),
    BookingEvent.COMMIT_NOT_SENT: _of_journey(J.IN_FLIGHT, to=J.UNSENT),
    BookingEvent.COMMIT_ENDED: _of_journey(J.IN_FLIGHT, to=J.OPEN),
    BookingEvent.COMMIT_REFUSED: _of_journey(J.OPEN, J.HELD, to=J.UNSENT),
    BookingEvent.HOLD: _of_journey(J.OPEN, to=J.HELD),
    BookingEvent.ISSUED_HERE: _of_journey(J.OPEN, J.HELD, to=J.ISSUED, closes=True),
    BookingEvent.ISSUED: _of_journey(J.OPEN, J.HELD, to=J.ISSUED),
    BookingEvent.PAYMENT_FAILED: _of_journey(J.OPEN, J.HELD, to=J.PAYMENT_FAILED),
    BookingEvent.REFUNDED: _of_journey(J.OPEN, J.HELD, to=J.REFUNDED),
    BookingEvent.EXPIRED: _of_journey(J.OPEN, J.HELD, to=J.EXPIRED),
    BookingEvent.GIVE_UP: (
        Rule(_QUIET_VOUCHER, frozenset({M.NOT_TAKEN}), _UNSENT, to_journey=J.GIVEN_UP, closes=True),
        Rule(_QUIET_VOUCHER, frozenset({M.TAKEN}), _UNSENT, to_journey=J.GIVEN_UP),
    ),
    BookingEvent.PAY_BACK: (
        Rule(money=frozenset({M.TAKEN}), journey=UNPAID, to_money=M.PAID_BACK, closes=True),
    ),
    BookingEvent.CLOSE: _of_journey(J.ISSUED, to=J.ISSUED, closes=True),
    BookingEvent.RESTART: (
        *_of_voucher(V.IN_FLIGHT, to=V.UNKNOWN),
        *_of_journey(J.IN_FLIGHT, to=J.OPEN),
    ),
}  # fmt: skip

BEGIN = BookingState(V.NONE, M.NOT_TAKEN, J.UNSENT, closed=False)


def booking_after(state: BookingState, event: BookingEvent) -> BookingState:
    """The state that follows.

    Raises:
        RuleBroken: the table does not hold this pair; nothing was changed.
    """
    for rule in TABLE[event]:
        if rule.holds(state):
            return rule.applied(state)
    raise RuleBroken(
        "rule.booking_transition",
        voucher=state.voucher.value,
        money=state.money.value,
        journey=state.journey.value,
        event=event.value,
    )


def can(state: BookingState, event: BookingEvent) -> bool:
    """Whether the table lets this happen now."""
    return any(rule.holds(state) for rule in TABLE[event])


@cache
def reachable() -> frozenset[BookingState]:
    """Every state that any order of events leads to; all others are damage."""
    seen: set[BookingState] = set()
    new = {BEGIN}
    while new:
        seen |= new
        new = {booking_after(state, event) for state, event in product(new, BookingEvent) if can(state, event)} - seen
    return frozenset(seen)


# ---------------------------------------------------------------- cases


class BookingCaseKind(StrEnum):
    """Why the payment of a booking needs a person. Closed by what a person does, never by a timer."""

    NOT_COMMITTED = "not_committed"  # money taken, and no commit has left: send it, or pay back
    HELD = "held"  # no end within 15 minutes
    BY_HAND = "by_hand"  # no end within 24 hours: the till has stopped asking
    FAILED_ISSUE = "failed_issue"  # paid, and the issue failed: the issuer's support
    REFUNDED = "refunded"
    PAY_BACK = "pay_back"  # not paid: the customer gets her money back
    TICKET_TO_GIVE = "ticket_to_give"  # issued while nobody waited
    VOUCHER_USED_NOT_PAID = "voucher_used_not_paid"  # redeemed for a payment that was given up
    AMOUNT_MISMATCH = "amount_mismatch"  # the issuer's amounts are not what the customer was shown
    OTHER_VOUCHER = "other_voucher"  # the record names a voucher that is not the one redeemed


CLOSED_WITH_THE_SALE = frozenset(
    {
        BookingCaseKind.NOT_COMMITTED,
        BookingCaseKind.HELD,
        BookingCaseKind.BY_HAND,
        BookingCaseKind.PAY_BACK,
        BookingCaseKind.TICKET_TO_GIVE,
    }
)
"""Cases that are over when a person has handed over the ticket or the money; the others a manager closes."""


# ---------------------------------------------------------------- when to ask (contracts/gotadi.md §8.4, §5.3)

FOREGROUND_S = 15 * 60.0
"""From the last commit; then one query-trans, then held."""
HELD_PAUSE_S = 5 * 60.0
BY_HAND_AFTER_S = 24 * 3600.0
MOST_BARRED = 3
"""Answers 403 or 404 in a row; then held."""
RESEND_AFTER_S = 60.0
"""No second commit is offered earlier: the first may still be on its way."""
DEADLINE_MARGIN_S = 120.0
"""No redeem, order or commit later than this before the booking's deadline (§9)."""
OFFER_LIVES_S = 5 * 60.0
"""A tracking code is used within this; then validated anew (§5.2)."""
EMPTY_LOOKS = 2
LOOK_APART_S = 10.0
"""So many looks, so far apart, with no voucher on the booking: not redeemed (§5.3)."""
STALE_S = 15 * 60.0
"""A payment that was begun and rests in a person's hand is looked after then."""
_POLL_PAUSES_S = (0.0, 5.0, 10.0, 20.0)
_LOOK_PAUSES_S = (0.0, 15.0, 60.0, 300.0)


def poll_pause_s(polls: int) -> float:
    """Seconds to the next poll after so many since the commit: at once, 5, 10, 20, then every 30 s."""
    return _POLL_PAUSES_S[polls] if polls < len(_POLL_PAUSES_S) else 30.0


def look_pause_s(unanswered: int) -> float:
    """Seconds to the next look at a voucher after so many without an answer."""
    return _LOOK_PAUSES_S[min(unanswered, len(_LOOK_PAUSES_S) - 1)]


# ---------------------------------------------------------------- what people type

PAYABLE_PRODUCTS = ("AIR", "HOTEL")
_NUMBER = re.compile(r"[A-Za-z0-9:_-]{6,32}")
_CODE = re.compile(r"[!-~]{4,64}")


def read_booking_number(text: str) -> str:
    """A booking number; contracts/gotadi.md §9. Raises `ConfigError("booking.number_unreadable")`."""
    number = text.strip()
    if not _NUMBER.fullmatch(number):
        raise ConfigError("booking.number_unreadable")
    return number


def read_booking_voucher(text: str) -> VoucherCode | ScanFault:
    """A voucher code for a booking: case and signs as they are, blanks around it gone (contracts/gotadi.md §5.2)."""
    code = text.strip()
    if not code:
        return ScanFault.EMPTY
    if "://" in code or code.lower().startswith("www."):
        return ScanFault.WEB_ADDRESS
    if not code.isascii():
        return ScanFault.OTHER_ALPHABET
    if " " in code:
        return ScanFault.INNER_BLANK
    if not code.isprintable():
        return ScanFault.CONTROL_CHARACTERS
    if not _CODE.fullmatch(code):
        return ScanFault.TOO_SHORT if len(code) < 4 else ScanFault.TOO_LONG
    return VoucherCode(code)
