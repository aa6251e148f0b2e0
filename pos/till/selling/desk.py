"""Selling codes, step by step and without threads: what the counter and the command line share.

Every step that changes a sale holds its lease, so that "send again" and "drop" can never both happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.bill import Bill
from pos.domain.errors import JournalError, PosError, RuleBroken, SecurityError
from pos.domain.permissions import Action
from pos.domain.phone import read_mobile
from pos.domain.sale import CodeStatus, Order, SaleEvent, SaleOutcome, order_id
from pos.till.issuers import CallFailed
from pos.till.leases import Leases
from pos.till.ports import Chance, Clock, Person, PrintState, Trace
from pos.till.rights import answers_for, may, note_approval
from pos.till.sale_port import CodeSeller
from pos.till.selling.ask import AskEnd, Asker
from pos.till.selling.buy import BuyEnd, Buyer
from pos.till.selling.ports import How, NewSale, Sale, SaleJournal, Showing
from pos.till.selling.products import Products
from pos.till.selling.sellers import Sellers
from pos.till.selling.slips import shown_codes
from pos.till.selling.snapshot import sale_view
from pos.till.selling.verdicts import Verdicts
from pos.till.selling.views import SaleCaseKind, SaleView, ShownCode
from pos.till.views import Message

WITH_ISSUER = (SaleCaseKind.INCOMPLETE, SaleCaseKind.UNREADABLE, SaleCaseKind.OTHER_ORDER, SaleCaseKind.BY_HAND)
"""Cases that a manager settles with the issuer."""


@dataclass(frozen=True, slots=True)
class SaleInfo:
    """What the shop gives a sale.

    Args:
        next_bill_number: takes the next number of the bills' series for a business date's text.
        order_prefix: the till's mark at the head of its order ids, `A-Z0-9`, at most 6.
    """

    next_bill_number: Callable[[str], str]
    order_prefix: str


class SaleDesk:
    """Everything that can be done with a sale. Any till thread."""

    def __init__(
        self,
        sales: SaleJournal,
        sellers: Sellers,
        clock: Clock,
        chance: Chance,
        leases: Leases,
        products: Products,
        verdicts: Verdicts,
        buyer: Buyer,
        asker: Asker,
        info: SaleInfo,
    ) -> None:
        self.sales = sales
        self.sellers = sellers
        self.clock = clock
        self.leases = leases
        self.products = products
        self.verdicts = verdicts
        self.asker = asker
        self._chance = chance
        self._buyer = buyer
        self._info = info

    # ------------------------------------------------------------ buying

    def new_id(self) -> str:
        """An id for a sale to come."""
        return self._chance.new_id()

    def draft(
        self, seller: str, product_code: str, quantity: int, *, phone: str | None = None, sale_id: str | None = None
    ) -> NewSale:
        """A sale of which nothing is written; its bill number comes with the money.

        Args:
            seller: the issuer's id.
            product_code: of its list.
            quantity: codes.
            phone: as typed; where the issuer is to send the one code. None: the codes come to the till.
            sale_id: its id, if it has one already.

        Raises:
            ConfigError, RuleBroken: it cannot be sold; see `Products.to_sell`, `read_mobile`. `sale.no_sms`: this
                seller sends nothing.
        """
        number = read_mobile(phone) if phone is not None else ""
        if number:
            self._buyer.must_send_sms(seller)
        product, price_vnd = self.products.to_sell(seller, product_code, quantity, by_phone=bool(number))
        unique = int(self._chance.new_id(), 16)
        order = Order(order_id(self._info.order_prefix, unique), product.code, quantity, product.face_vnd, number)
        new_id = sale_id or self._chance.new_id()
        return NewSale(new_id, "", seller, order, product.name, product.supplier, price_vnd)

    def record(self, draft: NewSale, *, actor: str) -> str:
        """The money is taken: write the sale. A second time changes nothing. Returns the bill number.

        Raises:
            RuleBroken: the list has become too old meanwhile. JournalError: nothing was written.
        """
        with self.leases.hold(draft.id):
            known = self.sales.sale(draft.id)
            if known is not None:
                return known.bill_number
            self.products.to_sell(draft.seller, draft.order.product_code, draft.order.quantity)
            now = self.clock.now_utc()
            number = self._info.next_bill_number(self.sales.journal.business_date(now).strftime("%Y%m%d"))
            new = NewSale(
                draft.id, number, draft.seller, draft.order, draft.product_name, draft.supplier, draft.price_vnd
            )
            self._buyer.record(new, Bill(number, draft.price_vnd, now), actor=actor)
            return number

    def send(self, sale_id: str, *, actor: str, here: Callable[[], bool]) -> BuyEnd:
        """Send the order of an UNSENT sale. Raises as `Buyer.send`."""
        with self.leases.hold(sale_id):
            return self._buyer.send(sale_id, actor=actor, here=here)

    def ask(self, sale_id: str, *, actor: str, here: Callable[[], bool]) -> AskEnd:
        """Ask now. Raises as `Asker.ask`."""
        with self.leases.hold(sale_id):
            return self.asker.ask(self.sale(sale_id), actor=actor, here=here, background=False)

    def drop(self, sale_id: str, *, actor: str) -> None:
        """Give an UNSENT sale up. Raises `RuleBroken` for any other."""
        with self.leases.hold(sale_id), self.sales.journal.transaction(actor) as tx:
            self.sales.writes(tx).move(sale_id, SaleEvent.DROP)
            self.verdicts.remind(tx, sale_id)

    def paid_back(self, sale_id: str, *, actor: str) -> None:
        """The customer has her money back. Raises `RuleBroken` where anything was or may be bought."""
        with self.leases.hold(sale_id), self.sales.journal.transaction(actor) as tx:
            self.verdicts.paid_back(tx, self.sale(sale_id))

    # ------------------------------------------------------------ codes

    def show(
        self, sale_id: str, *, person: Person | None, manager: Person | None, reason: str
    ) -> tuple[ShownCode, ...]:
        """Readable codes; the showing is on disk before the first of them is read.

        Without a manager only what the person's own customer waits for: her sale, whose slip is not on paper for sure
        not. Shown codes are handed over, so a slip that still waits is not printed any more.

        Raises:
            SecurityError: `sale.needs_manager`, `sale.needs_reason`. RuleBroken: there are no codes, they went to the
            customer's phone, or they cannot be read.
        """
        with self.leases.hold(sale_id):
            sale = self._bought(sale_id)
            if sale.order.phone:
                raise RuleBroken("sale.by_sms")
            waits = [slip.state for slip in self.sales.slips(sale.bill_number)] == [PrintState.PENDING]
            own = person is not None and person.name == sale.cashier and not sale.state.closed and waits
            own = own and may(Action.SHOW_CODES, person)
            if not own:
                _answering(Action.SHOW_CODES_AGAIN, manager)
            if not own and not reason.strip():
                raise SecurityError("sale.needs_reason")
            self._must_be_readable(sale)
            who = person.name if person else (manager.name if manager else sale.cashier)
            with self.sales.journal.transaction(who) as tx:
                approved_by = manager.name if manager else None
                self.sales.writes(tx).add_showing(
                    Showing(sale.id, who, How.SCREEN, approved_by, reason.strip() or None)
                )
                for slip in self.sales.slips(sale.bill_number):
                    if slip.state is PrintState.PENDING:
                        tx.set_print_state(slip.id, PrintState.CANCELLED, note="sale.shown")
                if not sale.state.closed and not sale.incomplete:
                    self.verdicts.handed_over(tx, sale)
            return shown_codes(self.sales, self.verdicts, sale)

    def reprint(self, sale_id: str, *, person: Person | None, manager: Person | None, reason: str) -> None:
        """Queue another slip. It settles every doubt whether an earlier one came out.

        Raises:
            SecurityError: `sale.needs_manager`, `sale.needs_reason`. RuleBroken: no codes, not readable, a slip still
            waits to be printed, or nothing is proven yet of a code that the issuer was to send.
        """
        with self.leases.hold(sale_id):
            sale = self._bought(sale_id)
            if sale.order.phone and not sale.state.closed:
                raise RuleBroken("sale.by_sms")
            approved = _answering(Action.REPRINT_CODES, manager)
            if not reason.strip():
                raise SecurityError("sale.needs_reason")
            if not sale.order.phone:
                self._must_be_readable(sale)
            slips = self.sales.slips(sale.bill_number)
            if any(slip.state in (PrintState.PENDING, PrintState.PRINTING) for slip in slips):
                raise RuleBroken("sale.slip_waits")
            who = person.name if person else approved.name
            with self.sales.journal.transaction(who) as tx:
                for slip in slips:
                    if slip.state is PrintState.DOUBTFUL:
                        tx.set_print_state(slip.id, PrintState.CANCELLED, note=slip.note)
                self.verdicts.queue_slip(tx, sale, who=who, approved_by=approved.name, reason=reason.strip())

    def hand_over_late(self, sale_id: str, *, person: Person | None, manager: Person | None) -> None:
        """The customer is back: queue the slip, if every code is still good (contracts/vinid.md §12.4).

        Raises:
            SecurityError: `sale.needs_manager`. RuleBroken: `sale.code_not_active`, or there is nothing to hand over.
            PosError: of the seller, which could not be asked; nothing was changed.
        """
        with self.leases.hold(sale_id):
            sale = self._bought(sale_id)
            approved = _answering(Action.HAND_OVER_LATE, manager)
            slips = self.sales.slips(sale.bill_number)
            if sale.state.closed or sale.incomplete or any(s.state is not PrintState.CANCELLED for s in slips):
                raise RuleBroken("sale.not_to_hand_over")
            self._must_be_readable(sale)
            self._must_be_active(sale, approved.name)
            who = person.name if person else approved.name
            with self.sales.journal.transaction(who) as tx:
                self.verdicts.queue_slip(tx, sale, who=who, approved_by=approved.name)

    def decrypt_again(self, sale_id: str, *, actor: str, here: bool = False) -> bool:
        """Read the stored codes again after key or padding were mended. True: they can be read now."""
        with self.leases.hold(sale_id):
            sale = self._bought(sale_id)
            if sale.state.closed or not sale.unreadable or sale.incomplete:
                raise RuleBroken("sale.not_unreadable")
            codes = self.sales.codes(sale.id)
            with self.sales.journal.transaction(actor) as tx:
                self.sales.writes(tx).add_showing(Showing(sale.id, actor, How.DECRYPT))
                readable = self.verdicts.readable(sale, codes)
                if readable:
                    self.verdicts.present(tx, sale, codes, here=here)
                    self.sales.writes(tx).close_cases(sale.id, [SaleCaseKind.UNREADABLE], closure="decrypted")
            return readable

    # ------------------------------------------------------------ by hand

    def close_case(
        self, sale_id: str, *, manager: Person | None, closure: str, not_bought: bool, cashier: str = ""
    ) -> None:
        """A manager has settled it with the issuer. A bought sale is then over, as she says; see `SaleTill.close_case`.

        Raises:
            SecurityError: `sale.needs_manager`, `sale.needs_reason`. RuleBroken: it may not be settled so.
        """
        with self.leases.hold(sale_id):
            sale, approved = self.sale(sale_id), _answering(Action.CLOSE_SALE, manager)
            if not closure.strip():
                raise SecurityError("sale.needs_reason")
            if not any(case.closed_utc is None for case in self.sales.cases(sale.id)):
                raise RuleBroken("sale.no_case")
            if not_bought and sale.state.outcome is not SaleOutcome.UNKNOWN:
                raise RuleBroken("sale.verdict_known")
            with self.sales.journal.transaction(approved.name) as tx:
                note_approval(tx, Action.CLOSE_SALE, sale.id, manager=approved.name, cashier=cashier)
                writes = self.sales.writes(tx)
                if not_bought:
                    self.verdicts.not_bought(tx, sale, reason="by_hand", code=None, closure=closure.strip())
                elif sale.state.outcome is SaleOutcome.UNKNOWN:
                    self.verdicts.ask_next(tx, sale.id, 0)
                elif sale.state.outcome is SaleOutcome.BOUGHT and not sale.state.closed:
                    self.verdicts.handed_over(tx, sale, closure=closure.strip())
                writes.close_cases(sale.id, WITH_ISSUER, closure=closure.strip())

    # ------------------------------------------------------------ looking

    def sale(self, sale_id: str) -> Sale:
        """One sale. Raises `JournalError("journal.no_such_row")`."""
        sale = self.sales.sale(sale_id)
        if sale is None:
            raise JournalError("journal.no_such_row")
        return sale

    def view(self, sale_id: str, *, fault: PosError | None = None) -> SaleView:
        """Its snapshot."""
        sale = self.sale(sale_id)
        message = None if fault is None else Message(fault.code, tuple(fault.params.items()))
        return sale_view(self.sales, sale, self.label(sale.seller), fault=message)

    def label(self, seller: str) -> str:
        """The seller's name for people; of one that is not set up any more its id."""
        return self.sellers.line(seller).seller.capabilities.label if seller in self.sellers.names() else seller

    def _bought(self, sale_id: str) -> Sale:
        sale = self.sale(sale_id)
        if sale.state.outcome is not SaleOutcome.BOUGHT:
            raise RuleBroken("sale.no_codes")
        return sale

    def _must_be_readable(self, sale: Sale) -> None:
        if not self.verdicts.readable(sale, self.sales.codes(sale.id)):
            raise RuleBroken("sale.unreadable")

    def _must_be_active(self, sale: Sale, actor: str) -> None:
        if not self.sellers.line(sale.seller).seller.capabilities.has_status:
            return
        for code in self.sales.codes(sale.id):
            status = self._status(sale, code.serial, actor)
            if status is not CodeStatus.ACTIVE:
                raise RuleBroken("sale.code_not_active", ending=code.serial[-4:], status=status.value)

    def _status(self, sale: Sale, serial: str, actor: str) -> CodeStatus:
        def ask(seller: CodeSeller, trace: Trace) -> CodeStatus:
            return seller.status(serial, trace)

        with self.sellers.turn(sale.seller, background=False):
            call_id, stamp = self._chance.new_id(), self.sellers.stamp(sale.seller)
            try:
                status, trace = self.sellers.call_now(sale.seller, ask)
                word = status.value
            except CallFailed as failed:
                raise failed.error from failed
        with self.sales.journal.transaction(actor) as tx:
            self.sales.writes(tx).add_attempt(sale.id, call_id, "status", stamp)
            tx.add_answer(call_id, word, trace, offset_s=self.sellers.line(sale.seller).watch.offset_s())
        return status


def _answering(action: Action, person: Person | None) -> Person:
    """Raises `SecurityError("sale.needs_manager")`."""
    if person is None or not answers_for(action, person):
        raise SecurityError("sale.needs_manager")
    return person
