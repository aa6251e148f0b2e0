"""Looking after payments that no commit of ours is waiting for: voucher in doubt, money without commit, left lying."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.booking_payment import (
    STALE_S,
    BookingCaseKind,
    BookingEvent,
    JourneyFact,
    MoneyFact,
    VoucherFact,
)
from pos.till.booking.desk import BookingDesk
from pos.till.booking.ports import Payment
from pos.till.booking.views import StepKind
from pos.till.booking.voucher import VoucherDesk


def recover(desk: BookingDesk, actor: str = "till") -> None:
    """At the start, before any screen opens: what was leaving when the program ended may have left."""
    for payment in desk.store.in_flight():
        _restart(desk, payment, actor)


def _restart(desk: BookingDesk, payment: Payment, actor: str) -> None:
    with desk.store.journal.transaction(actor) as tx:
        fresh = desk.payment(payment.id)
        if fresh.state.voucher is not VoucherFact.IN_FLIGHT and fresh.state.journey is not JourneyFact.IN_FLIGHT:
            return
        writes = desk.store.writes(tx)
        writes.move(payment.id, BookingEvent.RESTART)
        writes.set_due(payment.id, desk.due(0.0))
        writes.add_step(payment.id, StepKind.RESTARTED)


class Attendant:
    """Does what is due for a payment whose commit is not asked about.

    Args:
        desk: services.
        here: does a cashier stand at this payment?
    """

    def __init__(self, desk: BookingDesk, here: Callable[[str], bool] = lambda _: False) -> None:
        self._desk = desk
        self._vouchers = VoucherDesk(desk)
        self._here = here

    def attend(self, payment: Payment, actor: str) -> None:
        """The next step of one due payment.

        Raises:
            JournalError: nothing was written; it stays due.
        """
        state = payment.state
        if state.voucher is VoucherFact.IN_FLIGHT or state.journey is JourneyFact.IN_FLIGHT:
            _restart(self._desk, payment, actor)  # the end of the call could not be written, or it hangs for ever
        elif state.voucher is VoucherFact.UNKNOWN:
            self._vouchers.look(payment, actor)
        elif state.money is MoneyFact.TAKEN:
            self._to_a_person(payment, BookingCaseKind.NOT_COMMITTED, actor)
        elif self._here(payment.id) or self._of_another_run(payment):
            with self._desk.store.journal.transaction(actor) as tx:
                self._desk.store.writes(tx).set_due(payment.id, self._desk.due(STALE_S))
        elif state.voucher is VoucherFact.USED:
            self._to_a_person(payment, BookingCaseKind.VOUCHER_USED_NOT_PAID, actor)
        else:
            self._give_up(payment, actor)

    def _of_another_run(self, payment: Payment) -> bool:
        return payment.due is None or payment.due.session != self._desk.store.journal.session

    def _to_a_person(self, payment: Payment, kind: BookingCaseKind, actor: str) -> None:
        with self._desk.store.journal.transaction(actor) as tx:
            fresh = self._desk.payment(payment.id)
            if fresh.state != payment.state or fresh.due != payment.due:
                return  # somebody went on with it meanwhile
            writes = self._desk.store.writes(tx)
            writes.open_case(payment.id, kind)
            writes.set_due(payment.id, None)

    def _give_up(self, payment: Payment, actor: str) -> None:
        """Nothing was taken and nothing used: nobody is owed anything."""
        with self._desk.store.journal.transaction(actor) as tx:
            fresh = self._desk.payment(payment.id)
            if fresh.state != payment.state or fresh.due != payment.due:
                return
            writes = self._desk.store.writes(tx)
            writes.move(payment.id, BookingEvent.GIVE_UP, note="left lying")
            writes.add_step(payment.id, StepKind.GIVEN_UP)
