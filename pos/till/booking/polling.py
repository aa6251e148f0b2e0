"""Asking for the end of a payment until it has really ended (contracts/gotadi.md §8.4).

| the record says | then |
|---|---|
| paid and issued | issued: the ticket is there |
| payment failed, refunded; expired, and the booking too | over: the customer's money goes back |
| anything else | at once, 5, 10, 20, 30 s …; after 15 min one query-trans, then held: every 5 min, after 24 h by hand |
| no answer | the same |
| 403 or 404, three times in a row | held |
| as before the commit, and commit was refused unprocessed | not committed: a person mends the set-up and sends it |

No answer, time or word of commit ends a payment; only the record of the booking does.
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.booking import Booking, CommitAnswer, CommitWord, Journey, NoSuchBooking
from pos.domain.booking_payment import (
    ASKED_ABOUT,
    BY_HAND_AFTER_S,
    FOREGROUND_S,
    HELD_PAUSE_S,
    MOST_BARRED,
    BookingCaseKind,
    BookingEvent,
    JourneyFact,
    poll_pause_s,
)
from pos.domain.errors import SetupFault
from pos.till.booking.desk import Asked, BookingDesk
from pos.till.booking.paying import NOT_COMMITTED_S
from pos.till.booking.ports import BookingWrites, Payment
from pos.till.booking.views import StepKind
from pos.till.ports import JournalTx

_REFUSED_WORDS = frozenset({CommitWord.FAILED.value, CommitWord.REFUSED.value})
_ENDS = {
    Journey.PAYMENT_FAILED: (BookingEvent.PAYMENT_FAILED, StepKind.PAYMENT_FAILED),
    Journey.REFUNDED: (BookingEvent.REFUNDED, StepKind.REFUNDED),
    Journey.EXPIRED: (BookingEvent.EXPIRED, StepKind.EXPIRED),
}


class Poller:
    """Asks about one payment at a time and writes what the answer proves.

    Args:
        desk: services.
        here: read at the moment of the verdict: does a cashier wait for this payment?
    """

    def __init__(self, desk: BookingDesk, here: Callable[[str], bool] = lambda _: False) -> None:
        self._desk = desk
        self._here = here

    def ask(self, payment: Payment, actor: str, *, by_hand: bool = False) -> None:
        """One poll of a payment whose commit may have counted.

        Args:
            payment: as the journal has it now.
            actor: who stands in the audit chain.
            by_hand: a person wants to know: query-trans is asked too.

        Raises:
            JournalError: nothing was written; it is asked about again later.
        """
        desk = self._desk
        # After "refused" one look confirms (§7.1); the long poll would hang, for nothing is going on.
        quick = payment.polls == 0 and payment.word in _REFUSED_WORDS
        asked: Asked[Booking | NoSuchBooking] = desk.call(
            payment.issuer,
            "poll",
            lambda issuer, trace: (
                issuer.detail(payment.number, trace) if quick else issuer.await_end(payment.number, trace)
            ),
        )
        with desk.store.journal.transaction(actor) as tx:
            fresh = desk.payment(payment.id)
            writes = desk.write_asked(tx, payment.id, asked, _word(asked))
            # A commit sent meanwhile is asked about anew: this answer may be older than it.
            if fresh.state.journey not in ASKED_ABOUT or fresh.commits != payment.commits:
                return
            over = self._write(tx, writes, fresh, asked)
        if not over:
            self._go_on(payment, asked, actor, by_hand=by_hand)

    # ------------------------------------------------------------ what the record proves

    def _write(
        self, tx: JournalTx, writes: BookingWrites, payment: Payment, asked: Asked[Booking | NoSuchBooking]
    ) -> bool:
        barred = isinstance(asked.answer, NoSuchBooking) or isinstance(asked.fault, SetupFault)
        writes.mark(payment.id, polls=payment.polls + 1, barred=payment.barred + 1 if barred else 0)
        writes.add_step(payment.id, StepKind.ASKED, word=_word(asked))
        booking = asked.answer
        if not isinstance(booking, Booking):
            return False
        writes.mark(payment.id, payment_status=booking.payment_status, issue_status=booking.issue_status)
        if booking.failed_issue:
            writes.open_case(payment.id, BookingCaseKind.FAILED_ISSUE)  # its support; never paid back by itself
        if booking.journey is Journey.ISSUED:
            self._write_issued(tx, writes, payment, booking)
            return True
        if booking.journey in _ENDS and _confirmed(booking):
            self._write_unpaid(writes, payment, booking)
            return True
        if booking.payable and payment.word == CommitWord.REFUSED.value and payment.unclear_commits == 1:
            # The issuer's signed word and its record agree: that commit, the only one, was not processed.
            writes.move(payment.id, BookingEvent.COMMIT_REFUSED)
            writes.mark(payment.id, unclear_commits=0)
            writes.add_step(payment.id, StepKind.COMMIT_REFUSED)
            writes.set_due(payment.id, self._desk.due(NOT_COMMITTED_S))
            return True
        return False

    def _write_issued(self, tx: JournalTx, writes: BookingWrites, payment: Payment, booking: Booking) -> None:
        desk = self._desk
        open_cases = [case for case in desk.store.cases(payment.id) if case.closed_utc is None]
        here = self._here(payment.id) and payment.state.journey is JourneyFact.OPEN and not open_cases
        write_issued(desk, tx, writes, payment, here=here)
        writes.mark(
            payment.id, payment_ref=booking.payment_ref, passenger_ref=booking.passenger_ref, tickets=booking.tickets
        )
        if booking.paid_vnd and booking.paid_vnd != payment.taken_vnd:
            writes.open_case(payment.id, BookingCaseKind.AMOUNT_MISMATCH)

    def _write_unpaid(self, writes: BookingWrites, payment: Payment, booking: Booking) -> None:
        event, step = _ENDS[booking.journey]
        write_unpaid(writes, payment, event, step)
        if booking.journey is Journey.REFUNDED:
            writes.open_case(payment.id, BookingCaseKind.REFUNDED)

    # ------------------------------------------------------------ not over

    def _go_on(self, payment: Payment, asked: Asked[Booking | NoSuchBooking], actor: str, *, by_hand: bool) -> None:
        desk = self._desk
        fresh = desk.payment(payment.id)
        since_s = desk.since_s(fresh.committed) if fresh.committed is not None else 0.0
        to_hold = fresh.state.journey is JourneyFact.OPEN and (since_s >= FOREGROUND_S or fresh.barred >= MOST_BARRED)
        restarted = payment.due is not None and payment.due.session != desk.store.journal.session
        second = self._second_opinion(payment) if to_hold or by_hand or restarted else None
        with desk.store.journal.transaction(actor) as tx:
            fresh = desk.payment(payment.id)
            writes = desk.store.writes(tx)
            unprocessed = False
            if second is not None:
                desk.write_asked(tx, payment.id, second, second.answer.code if second.answer else "no_answer")
                unprocessed = second.answer is not None and second.answer.word is CommitWord.NOT_YET
                word = second.answer.code if second.answer else second.fault.code if second.fault else ""
                writes.add_step(payment.id, StepKind.SECOND_OPINION, word=word)
            if fresh.state.journey not in ASKED_ABOUT or fresh.commits != payment.commits:
                return
            unpaid = isinstance(asked.answer, Booking) and asked.answer.payable
            writes.mark(payment.id, can_resend=unpaid and (unprocessed or (second is None and fresh.can_resend)))
            if to_hold:
                writes.move(payment.id, BookingEvent.HOLD)
                writes.mark(payment.id, held_utc=desk.clock.now_utc())
                writes.open_case(payment.id, BookingCaseKind.HELD)
                writes.add_step(payment.id, StepKind.HELD)
            self._schedule(writes, fresh, since_s, held=to_hold or fresh.state.journey is JourneyFact.HELD)

    def _schedule(self, writes: BookingWrites, payment: Payment, since_s: float, *, held: bool) -> None:
        desk = self._desk
        if not held:
            writes.set_due(payment.id, desk.due(min(poll_pause_s(payment.polls), max(1.0, FOREGROUND_S - since_s))))
        elif since_s < BY_HAND_AFTER_S:
            writes.set_due(payment.id, desk.due(HELD_PAUSE_S))
        else:
            writes.open_case(payment.id, BookingCaseKind.BY_HAND)
            if payment.due is not None:
                writes.add_step(payment.id, StepKind.BY_HAND)
            writes.set_due(payment.id, None)

    def _second_opinion(self, payment: Payment) -> Asked[CommitAnswer]:
        return self._desk.call(
            payment.issuer,
            "commit_result",
            lambda issuer, trace: issuer.commit_result(payment.number, payment.product, trace),
        )


def write_issued(desk: BookingDesk, tx: JournalTx, writes: BookingWrites, payment: Payment, *, here: bool) -> None:
    """Paid and issued: the slip of the ticket, and who hands it over."""
    if not here:
        writes.open_case(payment.id, BookingCaseKind.TICKET_TO_GIVE)
    writes.move(payment.id, BookingEvent.ISSUED_HERE if here else BookingEvent.ISSUED)
    writes.add_step(payment.id, StepKind.ISSUED)
    if not here:
        writes.set_due(payment.id, None)
    job = tx.add_print_job(desk.chance.new_id(), payment.bill_number)
    writes.mark(payment.id, ticket_copy=job.copy)


def write_unpaid(writes: BookingWrites, payment: Payment, event: BookingEvent, step: StepKind) -> None:
    """The booking is not paid for sure: the customer's money goes back, and a voucher used for it is a manager's."""
    writes.open_case(payment.id, BookingCaseKind.PAY_BACK)
    writes.move(payment.id, event)
    writes.add_step(payment.id, step)
    writes.set_due(payment.id, None)


def _confirmed(booking: Booking) -> bool:
    """EXPIRED counts only if the booking itself has expired (§8.4)."""
    return booking.journey is not Journey.EXPIRED or booking.booking_status == "EXPIRED"


def _word(asked: Asked[Booking | NoSuchBooking]) -> str:
    if asked.fault is not None:
        return asked.fault.code
    if isinstance(asked.answer, Booking):
        return f"{asked.answer.payment_status or '?'}/{asked.answer.issue_status or '?'}"
    return "not_found"
