"""A day at the counter, told under the recorder: every kind of sale, each in the same journal as the one before."""

from __future__ import annotations

from pathlib import Path

from pos.domain.reasons import Reason
from pos.till.counter import CounterBill
from pos.till.printing import Printing
from pos.till.views import Phase
from tests.crash.marking import MarkingIssuer, MarkingJournal, MarkingPrinter, Marks
from tests.till.fake_issuer import Truth
from tests.till.hand_clock import NOON, CountingChance, HandClock
from tests.till.rig import Rig

SERIES = "bill/day"


class LaterIds(CountingChance):
    """Ids that no other run on the same folder makes."""

    def __init__(self, life: int) -> None:
        super().__init__()
        self._life = life

    def new_id(self) -> str:
        return f"{self._life}{super().new_id()[1:]}"


class Day:
    """A day at the counter: every kind of sale, each in the same journal as the one before."""

    STORIES = ("direct", "reserving", "reserving_then_dropped", "offline", "drain", "inquiry_of_a_use",
               "inquiry_of_nothing", "late_effect", "drain_answer_lost", "loss", "hold_answer_lost", "checkpoint",
               "closed_and_opened", "direct", "offline", "closed_and_opened", "drain")  # fmt: skip

    def __init__(
        self, folder: Path, pages: int = 4000, synchronous: str = "FULL", *, life: int = 0, since_noon_s: float = 0.0
    ) -> None:
        self.marks = MarkingJournal.marks = Marks(folder)
        MarkingJournal.pages, MarkingJournal.synchronous = pages, synchronous
        self.marks.put("story", name="first_start" if life == 0 else "restart")
        self.issuer, self.clock = MarkingIssuer(self.marks), HandClock()
        self.printer = MarkingPrinter(self.marks)
        self.issuer.date = self.clock.now_utc
        self.clock.pass_s(10_000 * life + since_noon_s)
        self.till = Rig(folder, self.issuer, self.clock, LaterIds(life), journal=MarkingJournal)
        self._codes = iter(range(4471900000 + 1000 * life, 4471999999))

    def tell(self) -> None:
        """All stories, then the end of the day."""
        for name in self.STORIES:
            self.marks.put("story", name=name)
            getattr(self, name)()
            self.pass_s(30)
        self.marks.put("story", name="end")
        self.till.close()
        self.marks.put("closed")

    def pass_s(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        self.marks.put("clock", since_noon_s=(self.clock.now_utc() - NOON).total_seconds())

    def bill(self, count: int = 2, *, reserving: bool = False) -> CounterBill:
        """A new bill, its vouchers scanned."""
        self.issuer.set_reserving(reserving)
        number = f"B{self.till.journal.next_number(SERIES)}"
        bill = self.till.bill(number, 2_650_000)
        for _ in range(count):
            code = str(next(self._codes))
            self.issuer.vouchers[code] = Truth()
            bill.scan(code)
        self.issuer.tell()
        return bill

    def hand_over(self, bill: CounterBill) -> None:
        """The cashier sees the verdict and gives the value: from here on the customer has it."""
        view = bill.view()
        assert view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE), view.phase
        self.marks.put("told", bill=view.number, endings=[line.ending for line in view.lines])

    # ------------------------------------------------------------ stories

    def direct(self) -> None:
        bill = self.bill()
        bill.confirm()
        self.hand_over(bill)
        number, journal = bill.view().number, self.till.journal
        with journal.transaction("lan") as tx:
            tx.mark_shown([row.id for row in journal.redemptions_of(number)])
        Printing(journal, self.printer, self.till.chance).run_pending()

    def reserving(self) -> None:
        bill = self.bill(reserving=True)
        bill.confirm()
        bill.confirm()
        self.hand_over(bill)

    def reserving_then_dropped(self) -> None:
        bill = self.bill(reserving=True)
        bill.confirm()
        bill.drop()

    def offline(self) -> None:
        bill = self.bill()
        self.issuer.cable_in = False
        bill.confirm()
        bill.accept_offline()
        self.hand_over(bill)
        self.issuer.cable_in = True

    def drain(self) -> None:
        self.till.settle(now=True)

    def inquiry_of_a_use(self) -> None:
        bill = self.bill()
        self.issuer.faults["mark_used"] = ["lost_after"]
        bill.confirm()
        bill.ask_again()
        self.hand_over(bill)

    def inquiry_of_nothing(self) -> None:
        bill = self.bill()
        self.issuer.faults["mark_used"] = ["lost_before"]
        bill.confirm()
        self.pass_s(61)
        bill.ask_again()
        bill.confirm()
        self.hand_over(bill)

    def late_effect(self) -> None:
        bill = self.bill(1)
        self.issuer.faults["mark_used"] = ["late"]
        bill.confirm()
        self.pass_s(20)
        bill.ask_again()
        self.issuer.commit_late()
        bill.ask_again()
        self.hand_over(bill)

    def drain_answer_lost(self) -> None:
        self.offline()
        self.issuer.faults["mark_used"] = ["lost_after"]
        self.drain()
        self.till.settle(now=True)

    def loss(self) -> None:
        self.offline()
        code = list(self.issuer.vouchers)[-1]
        self.issuer.vouchers[code].refused = Reason.EXPIRED
        self.issuer.tell()
        self.drain()

    def hold_answer_lost(self) -> None:
        bill = self.bill(reserving=True)
        self.issuer.faults["reserve"] = ["lost_after"]
        bill.confirm()
        bill.ask_again()
        self.issuer.faults["release"] = ["lost_after"]
        bill.drop()
        self.pass_s(61)
        self.till.settle(now=True)

    def checkpoint(self) -> None:
        self.till.journal._core.connections.get().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def closed_and_opened(self) -> None:
        self.till.close()
        self.marks.put("closed")
        self.clock.reboot()
        self.till.open()
