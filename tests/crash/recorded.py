"""Stories told under the recorder: a day at the counter, and a till's set-up. Each marks what the world saw, and when.

python -m tests.crash.recorded day FOLDER PAGES [SYNCHRONOUS]
python -m tests.crash.recorded setup FOLDER
python -m tests.crash.recorded killed FOLDER
python -m tests.crash.recorded upgrade FOLDER
python -m tests.crash.recorded again FOLDER KNOWN
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from pos.bootstrap import Program
from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.reasons import Reason
from pos.domain.voucher import CallDone, CallRefused, MarkedUsed
from pos.journal.connection import connect
from pos.journal.migrations import ALL, Migration, migrate
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.security.vault import Vault
from pos.till.counter import CounterBill
from pos.till.ports import Chance, Clock, PrintState, Role, Trace
from pos.till.views import Phase
from tests.crash.disk_record import MARKS
from tests.till.fake_issuer import FakeIssuer, Truth
from tests.till.hand_clock import NOON, CountingChance, HandClock
from tests.till.rig import KEY, Rig

SERIES = "bill/day"


class Marks:
    """The story's side channel into the record."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder.parent.with_name(MARKS), os.O_CREAT | os.O_WRONLY, 0o600)

    def put(self, mark: str, **facts: object) -> None:
        """One mark, at this point of the record."""
        os.write(self._file, json.dumps({"mark": mark, **facts}).encode() + b"\n")


class MarkingIssuer(FakeIssuer):
    """Tells of each effect at the moment at which it takes effect. `die_at`: the till dies with this effect."""

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks
        self._pending: dict[str, object] | None = None
        self.die_at: str | None = None

    def _use(self, codes: Sequence[VoucherCode], bill: Bill, *, reserving: bool) -> MarkedUsed | CallRefused:
        answer = super()._use(codes, bill, reserving=reserving)
        self._pending = None
        self.tell()
        self._die("use")
        return answer

    def _hold(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        answer = super()._hold(codes, bill)
        self.tell()
        self._die("hold")
        return answer

    def _let_go(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        answer = super()._let_go(codes, bill)
        self.tell()
        return answer

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        if self.faults["mark_used"][:1] == ["late"]:
            self._pending = {"codes": [code.reveal() for code in codes], "bill": bill.number}
            self.tell()
        return super().mark_used(codes, bill, skus, reserving=reserving, trace=trace)

    def _die(self, effect: str) -> None:
        if effect == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def tell(self) -> None:
        """The whole truth, and what will still come true without a further call."""
        vouchers = {code: asdict(truth) for code, truth in self.vouchers.items()}
        self._marks.put("issuer", vouchers=vouchers, late=self._pending, reserving=self.capabilities.reserving)


class MarkingTransaction(AbstractContextManager[SqliteTx]):
    """Tells of a commit once the journal has said that it stands."""

    def __init__(self, inner: SqliteTx, journal: MarkingJournal) -> None:
        self._inner, self._journal = inner, journal

    def __enter__(self) -> SqliteTx:
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)
        tail = self._journal._core.tail
        if tail is not None:
            self._journal.marks.put("committed", links=tail[0])


class MarkingJournal(SqliteJournal):
    """The real journal; its checkpoints come as often as the story wants."""

    marks: Marks
    pages = 4000
    synchronous = "FULL"

    def __init__(self, path: Path, clock: Clock, chance: Chance) -> None:
        super().__init__(path, Vault(KEY), clock, chance)
        connection = self._core.connections.get()
        connection.execute(f"PRAGMA wal_autocheckpoint = {self.pages}")
        connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {self.pages * 4096}")  # so that the log is cut short, too
        self.marks.put("opened")

    def transaction(self, actor: str) -> Any:
        return MarkingTransaction(super().transaction(actor), self)

    def next_number(self, series: str) -> int:
        number = super().next_number(series)
        self.marks.put("number", number=number)
        return number


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
        for job in journal.print_jobs(states=[PrintState.PENDING]):
            with journal.transaction("printer") as tx:
                tx.set_print_state(job.id, PrintState.PRINTED)

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


def killed(folder: Path) -> None:
    """Three lives of a till: two are killed with a call under way, so the next finds a full log and rows in flight."""
    for life, die_at in enumerate(("use", "hold", None)):
        child = os.fork()
        if child == 0:
            one_life(folder, life, die_at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) == (die_at is not None)


def one_life(folder: Path, life: int, die_at: str | None) -> None:
    """Start, settle what was left, sell; perhaps die of it. The issuer's book outlives the till."""
    book = folder.parent.with_name("issuer-book")
    day = Day(folder, life=life)
    for code, facts in (json.loads(book.read_text()) if book.exists() else {}).items():
        day.issuer.vouchers[code] = truth_of(facts)
    day.issuer.tell()
    if life:
        day.till.settle_to_rest()
        day.pass_s(1)
    day.offline()
    day.direct()
    bill = day.bill(reserving=die_at == "hold")
    after = {code: asdict(truth) for code, truth in day.issuer.vouchers.items()}
    effect: dict[str, object] = {"held_for": bill.bill.number}
    if die_at == "use":
        effect = {"used_for": bill.bill.number, "times_used": 1}
    for code in list(after)[-2:] if die_at else ():
        after[code].update(effect)
    book.write_text(json.dumps(after))
    day.issuer.die_at = die_at
    day.marks.put("story", name=f"killed in a {die_at}" if die_at else "end")
    bill.confirm()
    day.till.settle_to_rest()
    day.till.close()


def again(folder: Path, known: dict[str, Any]) -> None:
    """The start after a power cut, settling to rest, a sale, and the end of the day; to be cut a second time.

    Args:
        folder: what the first cut left.
        known: the issuer's book and the time, as at the first cut.
    """
    day = Day(folder, life=8, since_noon_s=known["since_noon_s"])
    for code, facts in known["vouchers"].items():
        day.issuer.vouchers[code] = truth_of(facts)
    day.pass_s(5)
    day.till.settle_to_rest()
    day.pass_s(1)
    day.direct()
    day.till.close()
    day.marks.put("closed")


def truth_of(facts: dict[str, Any]) -> Truth:
    """The issuer's record as a mark tells it."""
    return Truth(**{**facts, "refused": facts["refused"] and Reason(facts["refused"])})


LATER = Migration(2, "later", "CREATE TABLE later (x INTEGER) STRICT;\nALTER TABLE bill ADD COLUMN note TEXT;\n")
"""A schema that is still to come."""


def upgrade(folder: Path) -> None:
    """A journal with a sale in it is brought to a later schema."""
    day = Day(folder)
    day.direct()
    day.till.close()
    day.marks.put("story", name="upgrade")
    path = folder / "journal.db"
    with closing(connect(path)) as connection:
        migrate(connection, path, now_utc="2027-01-01T00:00:00.000Z", steps=(*ALL, LATER))
        day.marks.put("upgraded")
    day.marks.put("story", name="end")


def setup(folder: Path) -> None:
    """A till is set up, its first manager made, its settings changed, its program started again."""
    marks = Marks(folder)
    marks.put("story", name="first_start")
    program = Program(folder)
    marks.put("kept", environment=program.settings.environment.value)
    marks.put("story", name="settings")
    for number in range(2):
        program.settings.set_many({"store.code": f"HN{number}", "gotit.pin": f"pin-{number}", "gotit.flow": "reserve"})
        marks.put("kept", store=f"HN{number}", pin=f"pin-{number}")
    marks.put("story", name="people")
    program.people.add("Hoa", Role.MANAGER, "739152", actor="Hoa")
    marks.put("kept", people=["Hoa"])
    program.close()
    marks.put("story", name="production")
    program = Program(folder)
    program.settings.set_many({"gotit.base_url": "https://openapi.gotit.vn"})
    program.close()
    program = Program(folder)
    marks.put("kept", environment=program.settings.environment.value)
    now = program.clock.now_utc()
    with program.journal.transaction("Hoa") as tx:
        tx.add_bill(Bill("B1", 0, now), business_date=now.date())
    marks.put("kept", bill="B1")
    program.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["day", folder, pages, *more]:
            Day(Path(folder), int(pages), *more).tell()
        case ["again", folder, known]:
            again(Path(folder), json.loads(known))
        case ["setup", folder]:
            setup(Path(folder))
        case ["killed", folder]:
            killed(Path(folder))
        case ["upgrade", folder]:
            upgrade(Path(folder))
