"""What the till tells a screen or the command line of paying bookings: frozen snapshots, words left to the edge.

No whole voucher code, no tracking code. Times are UTC instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.domain.booking_payment import BookingCaseKind, JourneyFact, MoneyFact, VoucherFact
from pos.till.views import Message


class BookingPhase(StrEnum):
    """Where a payment stands; what a screen says in its largest words."""

    LOOKING = "looking"  # the issuer is asked for the booking
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"  # the look-up had no answer: try again
    NOT_PAYABLE = "not_payable"  # `message` says why; nothing can be begun
    READY = "ready"  # shown: try a voucher, or ask for the amount due
    CHECKING_VOUCHER = "checking_voucher"
    REDEEMING = "redeeming"
    VOUCHER_UNKNOWN = "voucher_unknown"  # nobody knows whether the voucher was used: take no money; the till looks
    VOUCHER_UNSENT = "voucher_unsent"  # provably not used: redeem again, or drop it
    ORDERING = "ordering"  # asking for the signed amount
    AMOUNT_DIFFERS = "amount_differs"  # the signed amount is not what was shown: take no money
    AMOUNT_DUE = "amount_due"  # take exactly `due_vnd`
    COMMITTING = "committing"
    NOT_COMMITTED = "not_committed"  # money taken, nothing has left: send, or give up and pay back
    WAITING = "waiting"  # asked about every few seconds; never pay back, never pay again
    HELD = "held"  # asked about in the background, then by hand; never pay back
    ISSUED = "issued"  # the ticket is there: hand over
    PAY_BACK = "pay_back"  # not paid: the customer gets her money back
    DONE = "done"
    PAID_BACK = "paid_back"
    GIVEN_UP = "given_up"


class BookingAction(StrEnum):
    """What may be asked of the till for a payment now; commands of `BookingTill` of the same names."""

    LOOK_UP = "look_up"
    TRY_VOUCHER = "try_voucher"
    DROP_VOUCHER = "drop_voucher"
    REDEEM = "redeem"
    ORDER = "order"
    MONEY_TAKEN = "money_taken"
    SET_ASIDE = "set_aside"
    ASK_NOW = "ask_now"
    SEND_COMMIT = "send_commit"
    GIVE_UP = "give_up"
    PAID_BACK = "paid_back"
    CLOSE = "close"
    SETTLE = "settle"  # a manager's
    REPRINT = "reprint"


class VoucherOutcome(StrEnum):
    """The voucher's line."""

    CHECKING = "checking"
    USABLE = "usable"  # validated, nothing used yet
    COVERS_ALL = "covers_all"  # its discount reaches the price: shown, never redeemed (§12 no. 21)
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNSENT = "unsent"
    REDEEMING = "redeeming"
    UNKNOWN = "unknown"
    USED = "used"


@dataclass(frozen=True, slots=True)
class BookingVoucherView:
    """The voucher on a booking.

    Args:
        reason: stable word below `booking.` of a refusal; `reason_code` and `reason_text` are the issuer's own.
    """

    ending: str
    outcome: VoucherOutcome
    discount_vnd: int | None = None
    reason: str | None = None
    reason_code: str | None = None
    reason_text: str | None = None


class StepKind(StrEnum):
    """An entry of the timeline (`booking.step.<word>` in the locale files)."""

    LOOKED_UP = "looked_up"
    VOUCHER_SENT = "voucher_sent"
    VOUCHER_USED = "voucher_used"
    VOUCHER_REFUSED = "voucher_refused"
    VOUCHER_NOT_SENT = "voucher_not_sent"
    VOUCHER_LOST = "voucher_lost"
    VOUCHER_UNUSED = "voucher_unused"
    VOUCHER_DROPPED = "voucher_dropped"
    VOUCHER_LATE = "voucher_late"
    ORDERED = "ordered"  # `amount_vnd` is the signed amount
    ORDER_REFUSED = "order_refused"
    ORDER_FAILED = "order_failed"
    AMOUNT_DIFFERS = "amount_differs"
    MONEY_TAKEN = "money_taken"
    COMMIT_SENT = "commit_sent"
    COMMIT_NOT_SENT = "commit_not_sent"
    COMMIT_ANSWERED = "commit_answered"  # `word` is the issuer's
    COMMIT_LOST = "commit_lost"
    COMMIT_REFUSED = "commit_refused"
    RESTARTED = "restarted"  # the program started again in between
    ASKED = "asked"  # `word` is payment and issue state, or why there was no answer
    SECOND_OPINION = "second_opinion"
    SET_ASIDE = "set_aside"
    HELD = "held"
    BY_HAND = "by_hand"
    ISSUED = "issued"
    PAYMENT_FAILED = "payment_failed"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    GIVEN_UP = "given_up"
    PAID_BACK = "paid_back"
    CLOSED = "closed"
    SETTLED = "settled"  # a manager's word, from the issuer's support


@dataclass(frozen=True, slots=True)
class StepView:
    """One entry of the timeline. `times`: how often in a row it came, the last at `at_utc`."""

    at_utc: datetime
    kind: StepKind
    who: str
    word: str | None = None
    amount_vnd: int | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class BookingView:
    """One payment for the counter.

    Args:
        key: names the payment in commands, from look-up to end; stays the same after a restart once it is on disk.
        bill_number: `""` while nothing is on disk.
        price_vnd: as the customer is shown it. `applied_vnd`: taken off by a voucher that was on the booking before.
        shown_vnd: price less every discount: what the signed amount must equal.
        signed_vnd: what the issuer's signed statement says; None: not asked yet.
        due_vnd: to be taken now, or taken; None: take no money.
        deadline_utc: payment deadline; `begin_until_utc` the last moment at which anything is begun.
        actions: what is allowed now.
        steps: oldest first.
        busy: a call runs, since `busy_since_utc`.
        next_ask_utc: when the till asks again by itself.
        message: what stopped the last command.
        waiting: a cashier stands at it.
    """

    key: str
    phase: BookingPhase
    issuer: str
    label: str
    number: str
    bill_number: str = ""
    product: str = ""
    title: str = ""
    starts: str = ""
    price_vnd: int | None = None
    applied_vnd: int = 0
    shown_vnd: int | None = None
    signed_vnd: int | None = None
    due_vnd: int | None = None
    deadline_utc: datetime | None = None
    begin_until_utc: datetime | None = None
    voucher: BookingVoucherView | None = None
    actions: frozenset[BookingAction] = frozenset()
    steps: tuple[StepView, ...] = ()
    voucher_fact: VoucherFact = VoucherFact.NONE
    money: MoneyFact = MoneyFact.NOT_TAKEN
    journey: JourneyFact = JourneyFact.UNSENT
    closed: bool = False
    cases: tuple[BookingCaseKind, ...] = ()
    busy: bool = False
    busy_since_utc: datetime | None = None
    next_ask_utc: datetime | None = None
    committed_utc: datetime | None = None
    held_since_utc: datetime | None = None
    payment_status: str = ""
    issue_status: str = ""
    payment_ref: str | None = None
    passenger_ref: str | None = None
    tickets: tuple[str, ...] = ()
    cashier: str = ""
    waiting: bool = True
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class OpenBooking:
    """A row of the list of open bookings: not closed, or with an open case."""

    key: str
    bill_number: str
    number: str
    label: str
    title: str
    phase: BookingPhase
    due_vnd: int | None
    money: MoneyFact
    opened_utc: datetime
    next_ask_utc: datetime | None
    cases: tuple[BookingCaseKind, ...]


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """A payment has a new snapshot."""

    view: BookingView


@dataclass(frozen=True, slots=True)
class OpenBookingsChanged:
    """The list of open bookings, oldest first (at most 200); `count` is of all."""

    rows: tuple[OpenBooking, ...]
    count: int


@dataclass(frozen=True, slots=True)
class BookingEnded:
    """A payment that nobody waited for has come to an end, or to a person: a banner with its sound."""

    view: BookingView


@dataclass(frozen=True, slots=True)
class BookingFailed:
    """A command was not carried out; nothing changed, but for what `BookingChanged` tells."""

    command: str
    key: str
    message: Message


BookingNews = BookingChanged | OpenBookingsChanged | BookingEnded | BookingFailed
