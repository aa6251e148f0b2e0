"""The slip of a payment: one durable job like every slip, in the words that are true when it is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.till.booking.ports import BookingJournal, Payment
from pos.till.ports import JournalTx, PrintJob, PrintState, StoredBill


class PaidSlipPrinter(Protocol):
    """Prints the slip of a payment; as `SlipPrinter`."""

    def print_payment(
        self, job: PrintJob, payment: Payment, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """See `SlipPrinter.print_slip`."""


class BookingSlips:
    """The `SlipKind` of payments of bookings."""

    def __init__(self, store: BookingJournal, printer: PaidSlipPrinter) -> None:
        self._store = store
        self._printer = printer

    @property
    def copy_needs_manager(self) -> bool:
        """A repeat is worth nothing: the ticket is the issuer's."""
        return False

    def owns(self, bill_number: str) -> bool:
        """Whether this bill is a payment's."""
        return self._store.payment_of(bill_number) is not None

    def print_slip(
        self, job: PrintJob, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Print how the payment stands now."""
        payment = self._store.payment_of(job.bill_number)
        if payment is None:
            return PrintState.CANCELLED, "journal.no_such_row"
        return self._printer.print_payment(job, payment, bill, begin=begin)

    def ended(self, tx: JournalTx, job: PrintJob, state: PrintState) -> None:
        """Paper changes nothing of a payment."""
