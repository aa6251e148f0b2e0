"""What paying bookings needs from the journal. Threads as in `pos.till.ports`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypedDict, Unpack

from pos.domain.booking_payment import BookingCaseKind, BookingEvent, BookingState
from pos.domain.codes import VoucherCode
from pos.till.booking.views import StepKind, StepView
from pos.till.ports import Journal, JournalTx, PrintJob, SentStamp


@dataclass(frozen=True, slots=True)
class Due:
    """When the till does the next thing by itself. `mono_s` counts in `session`; of another run: now."""

    session: str
    mono_s: float
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class NewPayment:
    """The payment of a booking about to be written; nothing has been asked of the issuer but to look.

    Args:
        price_vnd: as the customer was shown it. `applied_vnd`: off by a voucher that was on the booking before.
        transaction_id: made once, sent with every commit of this payment.
    """

    id: str
    bill_number: str
    issuer: str
    number: str
    product: str
    title: str
    starts: str
    price_vnd: int
    applied_vnd: int
    deadline_utc: datetime | None
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment of a booking, as the journal has it. Fields of `NewPayment` mean the same.

    Args:
        code, tracking: of the voucher; they stay once a redeem was sent, so that a late effect is known as ours.
        redeems, commits: calls that were about to leave. `unclear_commits`: of those, the ones that may have counted.
        redeemed: when the last redeem began; `committed` the same of commit.
        signed_vnd: the issuer's signed statement. `taken_vnd`: what the shop has taken: never another amount.
        polls: since the last commit; `barred` of them in a row were refused or found no booking.
        empties: looks in a row that found no voucher on the booking, the last at `looked`.
        unanswered: looks in a row without an answer.
        word: the issuer's word on the last commit.
        can_resend: the record says unpaid and query-trans "not processed": a person may send commit again.
        ticket_copy: the number of the first slip that tells of the ticket.
        due: None: nothing is done by itself; then the payment is closed or has an open case.
    """

    id: str
    bill_number: str
    issuer: str
    number: str
    product: str
    title: str
    starts: str
    price_vnd: int
    applied_vnd: int
    deadline_utc: datetime | None
    transaction_id: str
    state: BookingState
    code: VoucherCode | None = field(repr=False)
    tracking: str | None = field(repr=False)
    discount_vnd: int
    redeems: int
    redeemed: SentStamp | None
    signed_vnd: int | None
    taken_vnd: int | None
    commits: int
    unclear_commits: int
    committed: SentStamp | None
    polls: int
    barred: int
    empties: int
    looked: Due | None
    unanswered: int
    word: str | None
    can_resend: bool
    payment_status: str
    issue_status: str
    payment_ref: str | None
    passenger_ref: str | None
    tickets: tuple[str, ...]
    held_utc: datetime | None
    ticket_copy: int | None
    due: Due | None
    created_utc: datetime
    business_date: date
    cashier: str


class Marks(TypedDict, total=False):
    """What may be kept beside the state; the names are those of `Payment`."""

    signed_vnd: int | None
    taken_vnd: int | None
    unclear_commits: int
    polls: int
    barred: int
    empties: int
    looked: Due | None
    unanswered: int
    word: str | None
    can_resend: bool
    payment_status: str
    issue_status: str
    payment_ref: str | None
    passenger_ref: str | None
    tickets: tuple[str, ...]
    held_utc: datetime | None
    ticket_copy: int | None


@dataclass(frozen=True, slots=True)
class BookingCase:
    """Why a payment needs a person, and how it ended."""

    id: int
    payment_id: str
    kind: BookingCaseKind
    opened_utc: datetime
    closed_utc: datetime | None
    closed_by: str | None
    closure: str | None


class BookingWrites(Protocol):
    """The bookings' half of a transaction. Every change of state or money goes into the audit chain."""

    def add(self, new: NewPayment, due: Due) -> None:
        """Write a payment. Its bill stands already and holds nothing else.

        Raises:
            RuleBroken: `rule.booking_open`: another payment of this booking is not closed.
        """

    def keep_voucher(self, payment_id: str, code: VoucherCode, tracking: str, discount_vnd: int) -> None:
        """The validated voucher, sealed. Another code is refused once a redeem was sent."""

    def move(
        self, payment_id: str, event: BookingEvent, *, sent: SentStamp | None = None, note: str | None = None
    ) -> BookingState:
        """Apply one event by the domain's table.

        REDEEM and COMMIT stamp the row and count; COMMIT also counts as unclear and begins polling anew.
        Closing takes the due time away.

        Raises:
            RuleBroken: the pair is not in the table; the transaction must be abandoned.
        """

    def mark(self, payment_id: str, **marks: Unpack[Marks]) -> None:
        """Keep what an answer said beside the state."""

    def set_due(self, payment_id: str, due: Due | None) -> None:
        """When the next thing is done. None is refused while the payment is open and has no open case."""

    def add_attempt(self, payment_id: str, call_id: str, operation: str, sent: SentStamp) -> None:
        """Append that a call is about to be made; how it ended goes to `JournalTx.add_answer`."""

    def add_step(
        self, payment_id: str, kind: StepKind, *, word: str | None = None, amount_vnd: int | None = None
    ) -> None:
        """Append to the timeline."""

    def open_case(self, payment_id: str, kind: BookingCaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""

    def close_cases(self, payment_id: str, kinds: Sequence[BookingCaseKind], *, closure: str) -> None:
        """Close the open cases of these kinds by the transaction's actor."""


class BookingJournal(Protocol):
    """Payments on disk, in the same file and transactions as everything else. Reads see the last commit."""

    @property
    def journal(self) -> Journal:
        """Begins the transactions; keeps bills and print jobs."""

    def writes(self, tx: JournalTx) -> BookingWrites:
        """The bookings' half of a transaction of `journal`."""

    def payment(self, payment_id: str) -> Payment | None:
        """One payment, if it was ever written."""

    def payment_of(self, bill_number: str) -> Payment | None:
        """The payment of this bill, if it is one's."""

    def open_payment(self, issuer: str, number: str) -> Payment | None:
        """The payment of this booking that is not closed, if there is one."""

    def steps(self, payment_id: str) -> tuple[StepView, ...]:
        """The timeline, oldest first; equal steps in a row are one."""

    def cases(self, payment_id: str) -> tuple[BookingCase, ...]:
        """Open and closed, oldest first."""

    def slips(self, bill_number: str) -> tuple[PrintJob, ...]:
        """Print jobs of the bill, oldest first."""

    def in_flight(self) -> tuple[Payment, ...]:
        """Those whose redeem or commit was leaving, for the start."""

    def open_payments(self, limit: int) -> tuple[Payment, ...]:
        """Not closed, or with an open case; oldest first."""

    def count_open(self) -> int:
        """How many there are of those."""

    def due(self, mono_s: float, *, journeys: bool) -> tuple[Payment, ...]:
        """What is due at `mono_s` of this run, the longest due first.

        Args:
            mono_s: now.
            journeys: those whose commit is asked about; False: all others.
        """

    def next_due_mono_s(self, *, journeys: bool) -> float | None:
        """When the next thing is due in this run; -inf: at once."""
