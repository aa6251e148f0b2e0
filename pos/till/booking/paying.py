"""The signed amount, the money, and one commit (contracts/gotadi.md §8.1, §8.2).

What happens if the plug is pulled, line by line:

1. before "money taken" is on disk: nobody has told the till; the payment stands as it was.
2. after it, before commit's intent is: the till has the money and nothing has left. A person sends it, or gives up
   and pays back.
3. after the intent: a commit may have counted. The next start asks the issuer's record; nothing is sent by itself.
4. after the answer, whatever it said: as 3.
"""

from __future__ import annotations

from pos.domain.booking import AmountDue, Booking, BookingRefused, CommitAnswer, CommitWord
from pos.domain.booking_payment import (
    ASKED_ABOUT,
    RESEND_AFTER_S,
    BookingCaseKind,
    BookingEvent,
    JourneyFact,
    VoucherFact,
    can,
)
from pos.domain.errors import NotSent, RuleBroken
from pos.till.booking.desk import Asked, BookingDesk
from pos.till.booking.look import look_again, shown_vnd, too_late
from pos.till.booking.ports import Payment
from pos.till.booking.views import StepKind
from pos.till.booking.voucher import IN_FLIGHT_S, refused, rest
from pos.till.views import Message

NOT_COMMITTED_S = 60.0
"""Money taken and no commit gone: after this a case says so to everybody."""


class Cashdesk:
    """Asks for the amount, takes the money down, commits. Used by the worker of the payment."""

    def __init__(self, desk: BookingDesk) -> None:
        self._desk = desk

    # ------------------------------------------------------------ the amount

    def order(self, payment: Payment, actor: str) -> Message | None:
        """Ask for the signed amount, once, after a look at the booking. Returns why no money may be taken, if so.

        Raises:
            RuleBroken: the payment is in no state for it; nothing was sent.
        """
        desk = self._desk
        if not can(payment.state, BookingEvent.TAKE_MONEY):
            raise RuleBroken("rule.booking_transition")
        looked = look_again(desk, payment, actor)
        if looked.message is not None:
            return looked.message
        asked = desk.call(
            payment.issuer, "order", lambda issuer, trace: issuer.place_order(payment.number, payment.product, trace)
        )
        with desk.store.journal.transaction(actor) as tx:
            result = "signed" if isinstance(asked.answer, AmountDue) else "refused"
            writes = desk.write_asked(tx, payment.id, asked, result)
            rest(desk, writes, payment)
            if isinstance(asked.answer, BookingRefused):
                writes.add_step(payment.id, StepKind.ORDER_REFUSED, word=asked.answer.reason)
                return refused(asked.answer)
            if not isinstance(asked.answer, AmountDue):
                why = asked.fault.code if asked.fault is not None else ""
                writes.add_step(payment.id, StepKind.ORDER_FAILED, word=why)
                return Message("booking.order_failed", (("why", why),))
            signed_vnd, wanted_vnd = asked.answer.total_vnd, shown_vnd(looked.payment)
            writes.mark(payment.id, signed_vnd=signed_vnd)
            writes.add_step(payment.id, StepKind.ORDERED, amount_vnd=signed_vnd)
            if signed_vnd == wanted_vnd:
                return None
            # Stop: take no money, do not commit (§8.1). A voucher used up for it is somebody's to settle.
            writes.add_step(payment.id, StepKind.AMOUNT_DIFFERS, amount_vnd=wanted_vnd)
            if looked.payment.state.voucher is VoucherFact.USED:
                writes.open_case(payment.id, BookingCaseKind.AMOUNT_MISMATCH)
            return Message("booking.amount_differs", (("shown_vnd", wanted_vnd), ("signed_vnd", signed_vnd)))

    # ------------------------------------------------------------ the money

    def take_money(self, payment: Payment, actor: str) -> None:
        """Write that the customer has paid exactly the signed amount. Sends nothing.

        Raises:
            RuleBroken: there is no signed amount, or it is not what was shown: nothing was written.
        """
        desk = self._desk
        if payment.signed_vnd is None or payment.signed_vnd != shown_vnd(payment):
            raise RuleBroken("rule.amount_differs")
        if too_late(payment.deadline_utc, desk.now_utc()):
            raise RuleBroken("booking.too_late")
        with desk.store.journal.transaction(actor) as tx:
            writes = desk.store.writes(tx)
            writes.mark(payment.id, taken_vnd=payment.signed_vnd)
            writes.move(payment.id, BookingEvent.TAKE_MONEY)
            writes.set_due(payment.id, desk.due(NOT_COMMITTED_S))
            writes.add_step(payment.id, StepKind.MONEY_TAKEN, amount_vnd=payment.signed_vnd)

    # ------------------------------------------------------------ commit

    def commit(self, payment: Payment, actor: str) -> Message | None:
        """Send commit: the first one, or by a person's hand one more under the same transaction id where the contract
        allows (§8.2). Returns why nothing was sent, or why it did not leave.

        Raises:
            JournalError: the intent could not be written (nothing was sent), or the answer could not (IN_FLIGHT stays
                on disk and is asked about later).
            RuleBroken: the payment is in no state for it; nothing was sent.
        """
        if not can(payment.state, BookingEvent.COMMIT):
            raise RuleBroken("rule.booking_transition")
        why_not = (
            self._may_send_again(payment, actor)
            if payment.state.journey in ASKED_ABOUT
            else self._may_send(payment, actor)
        )
        if why_not is not None:
            return why_not
        desk, call_id = self._desk, self._desk.chance.new_id()
        with desk.store.journal.transaction(actor) as tx:
            writes, stamp = desk.store.writes(tx), desk.stamp()
            writes.move(payment.id, BookingEvent.COMMIT, sent=stamp)
            writes.set_due(payment.id, desk.due(IN_FLIGHT_S))
            writes.add_attempt(payment.id, call_id, "commit", stamp)
            writes.add_step(payment.id, StepKind.COMMIT_SENT, amount_vnd=payment.taken_vnd)
        asked = desk.call(
            payment.issuer,
            "commit",
            lambda issuer, trace: issuer.commit(payment.number, payment.product, payment.transaction_id, trace),
            call_id=call_id,
        )
        return self._write_end(desk.payment(payment.id), asked, actor)

    def _may_send(self, payment: Payment, actor: str) -> Message | None:
        """The booking must still be what the customer has paid for."""
        looked = look_again(self._desk, payment, actor)
        if looked.message is not None:
            return looked.message
        if looked.payment.taken_vnd != shown_vnd(looked.payment):
            return Message("booking.voucher_late")
        return None

    def _may_send_again(self, payment: Payment, actor: str) -> Message | None:
        """Only when the record says PENDING and query-trans says 09, both now, and the last commit is no longer on
        its way (§8.2).
        """
        desk = self._desk
        if payment.committed is None or desk.since_s(payment.committed) < RESEND_AFTER_S:
            return Message("booking.commit_may_be_on_its_way")
        looked = desk.call(payment.issuer, "look", lambda issuer, trace: issuer.detail(payment.number, trace))
        second = desk.call(
            payment.issuer,
            "commit_result",
            lambda issuer, trace: issuer.commit_result(payment.number, payment.product, trace),
        )
        unpaid = isinstance(looked.answer, Booking) and looked.answer.payable
        untouched = second.answer is not None and second.answer.word is CommitWord.NOT_YET
        with desk.store.journal.transaction(actor) as tx:
            desk.write_asked(tx, payment.id, looked, "payable" if unpaid else "not_payable")
            word = second.answer.word.value if second.answer is not None else "no_answer"
            writes = desk.write_asked(tx, payment.id, second, word)
            writes.add_step(payment.id, StepKind.SECOND_OPINION, word=word)
            writes.mark(payment.id, can_resend=unpaid and untouched)
        if desk.payment(payment.id).commits != payment.commits or not (unpaid and untouched):
            return Message("booking.commit_may_count")
        return None

    def _write_end(self, payment: Payment, asked: Asked[CommitAnswer], actor: str) -> Message | None:
        """Whatever the answer, the next thing is to ask for the booking. Only `NotSent` proves that nothing left."""
        desk, answer = self._desk, asked.answer
        with desk.store.journal.transaction(actor) as tx:
            result = "no_answer" if answer is None else answer.code or answer.word.value
            writes = desk.write_asked(tx, payment.id, asked, result, attempt=False)
            if payment.state.journey is not JourneyFact.IN_FLIGHT:
                return None  # it hung so long that the record was asked meanwhile
            if isinstance(asked.fault, NotSent):
                unclear = payment.unclear_commits - 1
                writes.mark(payment.id, unclear_commits=unclear)
                writes.add_step(payment.id, StepKind.COMMIT_NOT_SENT, word=asked.fault.code)
                event = BookingEvent.COMMIT_ENDED if unclear else BookingEvent.COMMIT_NOT_SENT
                writes.move(payment.id, event, note=asked.fault.code)
                writes.set_due(payment.id, desk.due(0.0 if unclear else NOT_COMMITTED_S))
                return Message("booking.commit_not_sent", (("why", asked.fault.code),))
            writes.move(payment.id, BookingEvent.COMMIT_ENDED, note=result)
            writes.set_due(payment.id, desk.due(0.0))
            if answer is None:
                why = asked.fault.code if asked.fault is not None else ""
                writes.add_step(payment.id, StepKind.COMMIT_LOST, word=why)
                return None
            writes.mark(payment.id, word=answer.word.value)
            writes.add_step(payment.id, StepKind.COMMIT_ANSWERED, word=answer.code or answer.word.value)
            if answer.total_vnd is not None and answer.total_vnd != payment.taken_vnd:
                writes.open_case(payment.id, BookingCaseKind.AMOUNT_MISMATCH)  # shown, it undoes nothing (§8.2)
            return None
