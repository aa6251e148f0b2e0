"""Using a voucher up for a booking, and finding out whether that happened (contracts/gotadi.md §5.3).

What happens if the plug is pulled, line by line:

1. before the intent's commit: nothing stands, nothing was sent.
2. after it, before, during or after the call: the voucher is IN_FLIGHT; the next start makes it UNKNOWN and looks.
3. during the verdict's commit: as 2; the issuer's record decides, not our memory.
4. after it: the verdict stands.

Redeem is never repeated by itself: only a record that is empty twice, 10 s apart, lets a person begin a new one.
"""

from __future__ import annotations

from pos.domain.booking import AppliedVoucher, Booking, BookingRefused, NoSuchBooking, VoucherRedeemed
from pos.domain.booking_payment import (
    EMPTY_LOOKS,
    LOOK_APART_S,
    STALE_S,
    BookingCaseKind,
    BookingEvent,
    VoucherFact,
    look_pause_s,
)
from pos.domain.errors import NotSent, RuleBroken
from pos.till.booking.desk import Asked, BookingDesk
from pos.till.booking.ports import BookingWrites, Payment
from pos.till.booking.views import StepKind
from pos.till.views import Message

IN_FLIGHT_S = 300.0
"""Longer than any call: a verdict that could not be written is looked up after this."""


class VoucherDesk:
    """Makes the redeem call and writes what became of it."""

    def __init__(self, desk: BookingDesk) -> None:
        self._desk = desk

    def redeem(self, payment: Payment, actor: str) -> Message | None:
        """Use the voucher on disk up, in one call. Returns why it is not used, if so.

        Raises:
            JournalError: the intent could not be written (nothing was sent), or the verdict could not (IN_FLIGHT stays
                on disk and is looked up later).
            RuleBroken: the payment is in no state for it; nothing was sent.
        """
        code, tracking = payment.code, payment.tracking
        if code is None or tracking is None:
            raise RuleBroken("rule.booking_transition")
        desk, call_id = self._desk, self._desk.chance.new_id()
        with desk.store.journal.transaction(actor) as tx:
            writes, stamp = desk.store.writes(tx), desk.stamp()
            writes.move(payment.id, BookingEvent.REDEEM, sent=stamp)
            writes.mark(payment.id, signed_vnd=None, empties=0, looked=None, unanswered=0)
            writes.set_due(payment.id, desk.due(IN_FLIGHT_S))
            writes.add_attempt(payment.id, call_id, "redeem", stamp)
            writes.add_step(payment.id, StepKind.VOUCHER_SENT, amount_vnd=payment.discount_vnd)
        asked = desk.call(
            payment.issuer,
            "redeem",
            lambda issuer, trace: issuer.redeem(payment.number, code, tracking, trace),
            call_id=call_id,
        )
        return self._write_end(desk.payment(payment.id), asked, actor)

    def _write_end(
        self, payment: Payment, asked: Asked[VoucherRedeemed | BookingRefused], actor: str
    ) -> Message | None:
        desk, answer = self._desk, asked.answer
        result = answer.reason if isinstance(answer, BookingRefused) else "redeemed"
        with desk.store.journal.transaction(actor) as tx:
            writes = desk.write_asked(tx, payment.id, asked, result, attempt=False)
            if payment.state.voucher is not VoucherFact.IN_FLIGHT:
                return None  # it hung so long that the record was asked meanwhile
            if isinstance(answer, VoucherRedeemed):
                write_used(desk, writes, payment)
                return None
            if isinstance(answer, BookingRefused) and not answer.passing:
                writes.move(payment.id, BookingEvent.VOUCHER_REFUSED, note=answer.reason)
                writes.add_step(payment.id, StepKind.VOUCHER_REFUSED, word=answer.reason)
                rest(desk, writes, payment)
                return refused(answer)
            if isinstance(asked.fault, NotSent):
                writes.move(payment.id, BookingEvent.VOUCHER_NOT_SENT, note=asked.fault.code)
                writes.add_step(payment.id, StepKind.VOUCHER_NOT_SENT, word=asked.fault.code)
                rest(desk, writes, payment)
                return Message("booking.redeem_not_sent", (("why", asked.fault.code),))
            # Even a refusal that may pass goes this way: the record decides (contracts/gotadi.md §7.3).
            why = asked.fault.code if asked.fault is not None else result
            writes.move(payment.id, BookingEvent.VOUCHER_LOST, note=why)
            writes.add_step(payment.id, StepKind.VOUCHER_LOST, word=why)
            writes.set_due(payment.id, desk.due(0.0))
            return Message("booking.voucher_unknown", (("why", why),))

    # ------------------------------------------------------------ recovery

    def look(self, payment: Payment, actor: str) -> None:
        """One look at the record of a booking whose voucher is UNKNOWN, and what it proves."""
        desk = self._desk
        asked = desk.call(
            payment.issuer,
            "look",
            lambda issuer, trace: issuer.detail(payment.number, trace, code=payment.code, tracking=payment.tracking),
        )
        with desk.store.journal.transaction(actor) as tx:
            fresh = desk.payment(payment.id)
            stale = fresh.state.voucher is not VoucherFact.UNKNOWN or fresh.redeems != payment.redeems
            result = "no_booking" if isinstance(asked.answer, NoSuchBooking) else _proof(asked.answer)
            writes = desk.write_asked(tx, payment.id, asked, result)
            if not stale:
                self._write_look(writes, fresh, asked)

    def _write_look(self, writes: BookingWrites, payment: Payment, asked: Asked[Booking | NoSuchBooking]) -> None:
        desk = self._desk
        if not isinstance(asked.answer, Booking):
            unanswered = payment.unanswered + 1
            writes.mark(payment.id, unanswered=unanswered, empties=0, looked=None)
            writes.set_due(payment.id, desk.due(look_pause_s(unanswered)))
            why = asked.fault.code if asked.fault is not None else "no_booking"
            writes.add_step(payment.id, StepKind.ASKED, word=why)
            return
        proof = _proof(asked.answer)
        if proof == "used" and _discount_fits(payment, asked.answer.voucher):
            write_used(desk, writes, payment)
        elif proof == "empty":
            self._write_empty(writes, payment, asked)
        else:
            # Another code, another amount, or ours without a redemption: hold and show (§5.3).
            kind = BookingCaseKind.AMOUNT_MISMATCH if proof == "used" else BookingCaseKind.OTHER_VOUCHER
            writes.open_case(payment.id, kind)
            writes.add_step(payment.id, StepKind.ASKED, word=proof)
            writes.set_due(payment.id, None)

    def _write_empty(self, writes: BookingWrites, payment: Payment, asked: Asked[Booking | NoSuchBooking]) -> None:
        desk, last = self._desk, payment.looked
        if last is not None and last.session != desk.store.journal.session:
            last = None  # how long ago it was, nobody knows for sure
        apart = last is not None and asked.began.mono_s - last.mono_s >= LOOK_APART_S
        if payment.empties + 1 >= EMPTY_LOOKS and apart:
            writes.move(payment.id, BookingEvent.VOUCHER_UNUSED)
            writes.mark(payment.id, empties=0, looked=None, unanswered=0)
            writes.add_step(payment.id, StepKind.VOUCHER_UNUSED)
            rest(desk, writes, payment)
            return
        if last is None:
            # Counted from the end of this look: what it saw was the record of some moment before now.
            writes.mark(payment.id, empties=1, looked=desk.due(0.0), unanswered=0)
            writes.add_step(payment.id, StepKind.ASKED, word="empty")
            writes.set_due(payment.id, desk.due(LOOK_APART_S))
        else:
            writes.set_due(payment.id, desk.due(max(0.0, LOOK_APART_S - desk.since_s(last))))


def write_used(desk: BookingDesk, writes: BookingWrites, payment: Payment) -> None:
    """The voucher is used up for this booking: from now on somebody owes the customer its value."""
    writes.move(payment.id, BookingEvent.VOUCHER_USED)
    writes.mark(payment.id, unanswered=0, empties=0, looked=None)
    writes.add_step(payment.id, StepKind.VOUCHER_USED, amount_vnd=payment.discount_vnd)
    rest(desk, writes, payment)


def rest(desk: BookingDesk, writes: BookingWrites, payment: Payment) -> None:
    """The payment waits for a person; it is looked after if she does not come."""
    writes.set_due(payment.id, desk.due(STALE_S))


def refused(answer: BookingRefused) -> Message:
    """The issuer's refusal as a sentence."""
    return Message(f"booking.{answer.reason}", (("code", answer.code), ("text", answer.message)))


def _proof(answer: object) -> str:
    if not isinstance(answer, Booking):
        return "no_answer"
    voucher = answer.voucher
    if voucher is None:
        return "empty"
    if not voucher.ours:
        return "other_voucher"
    return "used" if voucher.redeemed else "not_redeemed"


def _discount_fits(payment: Payment, voucher: AppliedVoucher | None) -> bool:
    return voucher is not None and voucher.discount_vnd in (None, payment.discount_vnd)
