"""The slip with the codes: one durable job like every slip, and its end on paper is the handing over.

The codes are decrypted right before they go to the printer and forgotten after it; they never wait in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pos.domain.sale import PlainCode, SaleOutcome
from pos.till.ports import Clock, JournalTx, PrintJob, PrintState, StoredBill
from pos.till.selling.ports import Sale, SaleJournal
from pos.till.selling.sellers import Sellers
from pos.till.selling.verdicts import Verdicts
from pos.till.selling.views import SaleCaseKind, ShownCode

LATE_AFTER_S = 900.0
"""A slip that found no printer for so long is not printed by itself any more: nobody stands there to take the codes."""
LATE = "sale.slip_too_late"
UNREADABLE = "sale.unreadable"


@dataclass(frozen=True, slots=True)
class SoldSlip:
    """What the slip of a sale says. `instructions` is the key of the seller's sentence for the customer.

    Where the order has a phone number there are no codes: the slip only proves the purchase.
    """

    sale: Sale
    label: str
    instructions: str
    codes: tuple[ShownCode, ...]


class SoldSlipPrinter(Protocol):
    """Prints the slip of a sale; as `SlipPrinter`."""

    def print_sold(
        self, job: PrintJob, sold: SoldSlip, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """See `SlipPrinter.print_slip`."""


class SaleSlips:
    """The `SlipKind` of sales."""

    def __init__(
        self, sales: SaleJournal, sellers: Sellers, clock: Clock, verdicts: Verdicts, printer: SoldSlipPrinter
    ) -> None:
        self._sales = sales
        self._sellers = sellers
        self._clock = clock
        self._verdicts = verdicts
        self._printer = printer

    @property
    def copy_needs_manager(self) -> bool:
        """A repeat is worth money: see `SaleDesk.reprint`."""
        return True

    def owns(self, bill_number: str) -> bool:
        """Whether this bill is a sale's."""
        return self._sales.sale_of(bill_number) is not None

    def print_slip(
        self, job: PrintJob, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Decrypt and print. CANCELLED: too late, or not to be read any more; then it is a case."""
        sale = self._sales.sale_of(job.bill_number)
        if sale is None:
            return PrintState.CANCELLED, "journal.no_such_row"
        if (self._clock.now_utc() - job.created_utc).total_seconds() > LATE_AFTER_S:
            return PrintState.CANCELLED, LATE
        if sale.seller not in self._sellers.names():
            return PrintState.CANCELLED, UNREADABLE
        # A code that came although the issuer sent it by SMS would be handed out twice.
        codes = () if sale.order.phone else shown_codes(self._sales, self._verdicts, sale)
        if not all(isinstance(code.code, PlainCode) for code in codes):
            return PrintState.CANCELLED, UNREADABLE
        capabilities = self._sellers.line(sale.seller).seller.capabilities
        sold = SoldSlip(sale, capabilities.label, capabilities.instructions, codes)
        return self._printer.print_sold(job, sold, bill, begin=begin)

    def ended(self, tx: JournalTx, job: PrintJob, state: PrintState) -> None:
        """On paper: handed over. Given up: a case, unless the customer has her codes already."""
        sale = self._sales.sale_of(job.bill_number)
        if sale is None or sale.state.closed or sale.state.outcome is not SaleOutcome.BOUGHT:
            return
        if state in (PrintState.PRINTED, PrintState.SENT):
            if not sale.incomplete:
                self._verdicts.handed_over(tx, sale)
        elif state is PrintState.CANCELLED:
            self._verdicts.to_a_person(tx, sale.id, SaleCaseKind.NOT_DELIVERED)


def shown_codes(sales: SaleJournal, verdicts: Verdicts, sale: Sale) -> tuple[ShownCode, ...]:
    """All codes of a sale, decrypted. The caller has written the showing."""
    sealed = sales.codes(sale.id)
    plain = verdicts.opened(sale, sealed)
    return tuple(ShownCode(c.serial, c.face_vnd, c.expires, p) for c, p in zip(sealed, plain, strict=True))
