"""What `quay settle` asks about besides vouchers: code sales and bookings that are not over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pos.cli.output import Output
from pos.domain.booking_payment import JourneyFact, VoucherFact
from pos.domain.sale import SaleOutcome
from pos.till.booking.attend import Attendant
from pos.till.booking.poll_loop import Rounds
from pos.till.booking.polling import Poller
from pos.till.booking.show import phase_of

if TYPE_CHECKING:
    from pos.bootstrap import Program

_MOST = 1000
_SALE_UNKNOWN = frozenset({SaleOutcome.IN_FLIGHT, SaleOutcome.UNKNOWN})
_JOURNEY_UNKNOWN = frozenset({JourneyFact.IN_FLIGHT, JourneyFact.OPEN, JourneyFact.HELD})
_VOUCHER_UNKNOWN = frozenset({VoucherFact.IN_FLIGHT, VoucherFact.UNKNOWN})


@dataclass(slots=True)
class Rest:
    """Asks, and remembers what was worked on. A command has no cashier who waits: what ends is a case or a slip."""

    program: Program
    out: Output
    _sales: list[str] = field(default_factory=list)
    _bookings: list[str] = field(default_factory=list)

    def run_pass(self, *, now: bool) -> None:
        """Ask about everything that is due, each once.

        Args:
            now: also about sales that are not due yet.

        Raises:
            JournalError: the disk is in trouble; what was done so far stands.
        """
        self.program.selling.settler(on_settled=self._sale_worked_on).run_pass(now=now)
        desk = self.program.booking
        poller, attendant = Poller(desk), Attendant(desk)
        for issuer in (*desk.issuers, None):
            due = desk.store.due(desk.clock.mono_s(), journeys=issuer is not None)
            rounds = Rounds(desk, issuer, poller, attendant, changed=self._booking_worked_on)
            for _ in range(sum(issuer in (None, payment.issuer) for payment in due)):
                rounds.step()

    def _sale_worked_on(self, sale_id: str) -> None:
        if sale_id not in self._sales:
            self._sales.append(sale_id)
        self.out.hint("  ".join(self._told_sale(sale_id).values()))

    def _booking_worked_on(self, payment_id: str) -> None:
        if payment_id not in self._bookings:
            self._bookings.append(payment_id)
        self.out.hint("  ".join(self._told_booking(payment_id).values()))

    # ------------------------------------------------------------ telling

    def sales(self) -> dict[str, Any]:
        """What was asked about, and what is left: `unknown` outcomes, open `cases`."""
        store = self.program.selling.desk.sales
        left = store.open_sales(_MOST)
        cases = [case for sale in left for case in store.cases(sale.id) if case.closed_utc is None]
        return {
            "asked": [self._told_sale(sale_id) for sale_id in self._sales],
            "unknown": sum(sale.state.outcome in _SALE_UNKNOWN for sale in left),
            "cases": len(cases),
        }

    def bookings(self) -> dict[str, Any]:
        """The same of bookings."""
        store = self.program.booking.store
        left = store.open_payments(_MOST)
        cases = [case for payment in left for case in store.cases(payment.id) if case.closed_utc is None]
        return {
            "asked": [self._told_booking(payment_id) for payment_id in self._bookings],
            "unknown": sum(
                payment.state.journey in _JOURNEY_UNKNOWN or payment.state.voucher in _VOUCHER_UNKNOWN
                for payment in left
            ),
            "cases": len(cases),
        }

    def _told_sale(self, sale_id: str) -> dict[str, str]:
        sale = self.program.selling.desk.sales.sale(sale_id)
        return {} if sale is None else {"bill_number": sale.bill_number, "outcome": sale.state.outcome.value}

    def _told_booking(self, payment_id: str) -> dict[str, str]:
        payment = self.program.booking.payment(payment_id)
        return {"bill_number": payment.bill_number, "booking": payment.number, "phase": phase_of(payment).value}
