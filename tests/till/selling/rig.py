"""A till that sells, without threads: real engine and journal; seller, printer and clock of the test's choice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from pos.domain.errors import PosError, RuleBroken
from pos.domain.sale import Order, SaleOutcome
from pos.journal.store import SqliteJournal
from pos.selling_setup import Selling, build_selling
from pos.till.ports import Chance, JournalTx, Person, PrintJob, PrintState, Redemption, Role, StoredBill
from pos.till.printing import Printing
from pos.till.selling.buy import BuyEnd
from pos.till.selling.desk import SaleInfo
from pos.till.selling.ports import Sale
from pos.till.selling.slips import SaleSlips, SoldSlip
from pos.till.selling.views import SalePhase, SaleView
from pos.till.slips import seen_on_paper
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import open_journal
from tests.till.selling.fake_seller import PRODUCT, SELLER, FakeSeller

LAN = Person("p1", "Lan", Role.CASHIER)
MINH = Person("p2", "Minh", Role.MANAGER)


class Paper:
    """A printer that does what it is told and keeps what came out: the codes of each slip."""

    def __init__(self) -> None:
        self.slips: list[tuple[PrintJob, tuple[str, ...]]] = []
        self.ends: list[Callable[[], tuple[PrintState, str | None]]] = []

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        raise AssertionError("a sale's slip is not a redemption's")

    def print_sold(
        self, job: PrintJob, sold: SoldSlip, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        begin()
        self.slips.append(
            (job, tuple(str(code.code.reveal()) for code in sold.codes if not isinstance(code.code, str)))
        )
        return self.ends.pop(0)() if self.ends else (PrintState.PRINTED, None)


Transact = Callable[[str], AbstractContextManager[JournalTx]]


class SaleRig:
    """One selling till on one data folder. `restart` ends it as a power cut does and opens it anew."""

    def __init__(
        self,
        folder: Path,
        seller: FakeSeller,
        clock: HandClock,
        *,
        printer: Paper | None = None,
        chance: Chance | None = None,
        wrapped: Callable[[SqliteJournal], SqliteJournal] = lambda journal: journal,
    ) -> None:
        self.folder, self.seller, self.clock = folder, seller, clock
        self.chance: Chance = chance or CountingChance()
        self.printer = printer or Paper()
        self.waiting = True
        self._wrapped = wrapped
        self.open()

    def open(self) -> None:
        """As every start of the program does."""
        self.journal = self._wrapped(open_journal(self.folder / "journal.db", self.clock, self.chance))
        info = SaleInfo(lambda day: f"B-{day}-{self.journal.next_number('bill')}", "T1")
        self.selling: Selling = build_selling(self.journal, {SELLER: self.seller}, {}, self.clock, self.chance, info)
        self.desk = self.selling.desk
        self.slips: SaleSlips = self.selling.slips(self.printer)
        self.printing = Printing(self.journal, self.printer, self.chance, kinds=(self.slips,))
        self.settler = self.selling.settler(here=lambda _: self.waiting)
        self.settler.recover()

    def restart(self) -> None:
        """The program starts again; what was not on disk is gone, and so is the customer."""
        self.journal.close()
        self.waiting = False
        self.open()

    def stock_up(self) -> None:
        """A fresh list of products."""
        self.desk.products.renew(SELLER, actor="lan")

    # ------------------------------------------------------------ a cashier

    def paid(self, quantity: int = 2, phone: str | None = None) -> str:
        """A sale whose money is taken; returns its id."""
        draft = self.desk.draft(SELLER, PRODUCT.code, quantity, phone=phone)
        self.desk.record(draft, actor=LAN.name)
        return draft.id

    def send(self, sale_id: str) -> BuyEnd:
        """Send its order."""
        return self.desk.send(sale_id, actor=LAN.name, here=lambda: self.waiting)

    def sold(self, quantity: int = 2, phone: str | None = None) -> str:
        """Paid and sent."""
        sale_id = self.paid(quantity, phone)
        self.send(sale_id)
        return sale_id

    def sale(self, sale_id: str) -> Sale:
        """As the journal has it."""
        return self.desk.sale(sale_id)

    def view(self, sale_id: str) -> SaleView:
        """As a screen shows it."""
        return self.desk.view(sale_id)

    def phase(self, sale_id: str) -> SalePhase:
        """As a screen shows it."""
        return self.view(sale_id).phase

    # ------------------------------------------------------------ time

    def settle(self, *, now: bool = False) -> float:
        """One pass; seconds to the next."""
        return self.settler.run_pass(now=now)

    def settle_for(self, seconds: float) -> int:
        """Let time go by and settle whenever something is due. Returns the number of passes."""
        passes, end_mono_s = 0, self.clock.mono_s() + seconds
        while True:
            wait_s = self.settle()
            passes += 1
            if self.clock.mono_s() + max(0.05, wait_s) > end_mono_s:
                self.clock.pass_s(max(0.0, end_mono_s - self.clock.mono_s()))
                return passes
            self.clock.pass_s(max(0.05, wait_s))

    def print(self) -> None:
        """What waits for paper."""
        self.printing.run_pending()

    def seen(self, sale_id: str) -> None:
        """A person finds the doubtful slip on paper."""
        for slip in self.desk.sales.slips(self.sale(sale_id).bill_number):
            if slip.state is PrintState.DOUBTFUL:
                seen_on_paper(self.journal, slip.id, actor=LAN.name, kinds=(self.slips,))

    def people_act(self, sale_id: str) -> None:
        """Cashier and manager do what the screen offers, once."""
        phase, desk = self.phase(sale_id), self.desk
        try:
            if phase is SalePhase.UNSENT:
                if self.view(sale_id).can_send and self.sale(sale_id).sends < 3:
                    self.send(sale_id)
                else:
                    desk.drop(sale_id, actor=LAN.name)
            elif phase is SalePhase.PAY_BACK:
                desk.paid_back(sale_id, actor=LAN.name)
            elif phase is SalePhase.TO_HAND_OVER:
                desk.hand_over_late(sale_id, person=LAN, manager=MINH)
            elif phase is SalePhase.DOUBTFUL:
                self.seen(sale_id)
            elif phase is SalePhase.WAITING:
                desk.ask(sale_id, actor=LAN.name, here=lambda: self.waiting)
        except PosError as error:
            if isinstance(error, RuleBroken) and error.code.startswith("rule."):
                raise

    # ------------------------------------------------------------ the judge

    def broken_promises(self, *, at_rest: bool = False) -> list[str]:
        """What is wrong between the shop's book, the seller's and the paper, in words."""
        wrong = [f"verify: {fault}" for fault in self.journal.verify().faults] if at_rest else []
        taken = self.seller.taken
        if len(taken) != len(set(taken)):
            wrong.append("an order was bought twice")
        sales = self._all_sales()
        ids = {sale.order.id for sale in sales}
        if set(taken) - ids:
            wrong.append("something was bought that the book does not know")
        for sale in sales:
            wrong += [f"{sale.id} {sale.state}: {what}" for what in self._wrong_with(sale, at_rest=at_rest)]
        for job, _ in self.printer.slips:
            if not any(s.job_id == job.id for sale in sales for s in self.desk.sales.showings(sale.id)):
                wrong.append("codes on paper without a record of it")
        return wrong

    def _all_sales(self) -> list[Sale]:
        found = [self.desk.sales.sale_of(number) for number in self.journal.bill_numbers(limit=-1)]
        return [sale for sale in found if sale is not None]

    def _wrong_with(self, sale: Sale, *, at_rest: bool) -> list[str]:
        bought, outcome = self.seller.purchased(sale.order.id), sale.state.outcome
        cases = [case for case in self.desk.sales.cases(sale.id) if case.closed_utc is None]
        handed_over = sale.state.closed and outcome is SaleOutcome.BOUGHT
        papers = [codes for job, codes in self.printer.slips if job.bill_number == sale.bill_number and job.copy == 0]
        showings, by_sms = self.desk.sales.showings(sale.id), bool(sale.order.phone)
        rules = (
            ("bought in our book only", outcome is SaleOutcome.BOUGHT and not bought),
            ("given up although it is bought", outcome in (SaleOutcome.NOT_BOUGHT, SaleOutcome.DROPPED) and bought),
            ("handed over and nothing bought", handed_over and not bought),
            ("nobody owns it", not sale.state.closed and sale.due is None and not cases),
            ("never came to rest", at_rest and not sale.state.closed and not cases),
            ("two original slips", len(papers) > 1),
            ("codes lost", outcome is SaleOutcome.BOUGHT and not by_sms and not self.desk.sales.codes(sale.id)),
            ("handed over without paper or screen", handed_over and not by_sms and not showings),
            ("a code that the issuer sent by SMS", by_sms and any(papers)),
        )
        return [what for what, broken in rules if broken]


def standing_on_disk(path: Path, order: Order) -> str | None:
    """What somebody else reads in the file about an order right now: its outcome, if it is committed at all."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as other:
        row = other.execute("SELECT outcome FROM sale WHERE order_id = ?", (order.id,)).fetchone()
    return None if row is None else str(row[0])
