"""One till in one thread, its issuer, disk and printer: every port call is numbered, and faults stand at numbers.

The real engine, journal, client and transport run here without threads; `run` of `placement` tells a story in it again
and again, each time with something else going wrong at one or two of its port calls.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from greenlet import GreenletExit

from pos.domain.bill import Bill
from pos.domain.errors import PosError
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.till.counter import CounterBill
from pos.till.ports import Chance, Clock
from pos.till.printing import Printing
from pos.till.views import BillView
from tests.simulation import invariants
from tests.simulation.disk import Disk, DiskFault, disks
from tests.simulation.faults import AT_CONNECT, AT_READ, AT_WRITE, Fault, makes_sense
from tests.simulation.invariants import Told, Violation, Watch
from tests.simulation.issuer import IssuerModel
from tests.simulation.network import CallSeen, SimNetwork, Trouble, build_gotit, plugged_in
from tests.simulation.printer import PrinterFault, SimPrinter
from tests.simulation.teller import Teller
from tests.simulation.threads import Group, Scheduler
from tests.simulation.turned_time import TurnedTime
from tests.till.hand_clock import CountingChance
from tests.till.rig import KEY, Rig

if TYPE_CHECKING:
    from tests.simulation.world import TillBox

CRASH = "crash"
STAYS_FULL = "stays_full"
"""The disk is full from this begin on, until somebody makes room."""
TILL = "T1"
DAY_S = 24 * 3600.0
_AT_BEGIN = (DiskFault.READ_ONLY, DiskFault.FULL_EARLY)


class Port(NamedTuple):
    """One port call: its number in the run, its name, and how many vouchers its request names."""

    number: int
    name: str
    codes: int


class PowerCut(BaseException):
    """The till ends here. No `except Exception` of the engine sees it."""


class Astray(BaseException):
    """The story went another way up to the fault: its place is not there. No `except Exception` hides it."""


@dataclass(slots=True)
class _Engine:
    """What the teller reads."""

    journal: SqliteJournal


class Shop:
    """A till with everything around it.

    Args:
        plan: number of a port call → what goes wrong there.
        reserving: the store's flow.
    """

    name = TILL

    def __init__(self, folder: Path, plan: Mapping[int, str], *, reserving: bool, max_vouchers: int = 20) -> None:
        self.folder = folder
        self.plan = plan
        self.reserving = reserving
        self.time = TurnedTime()
        self.time.on_port = self._port
        self.issuer = IssuerModel(lambda: self.time.now_s, self.time.true_utc, pin="0730")
        self.network = SimNetwork(self.time, self.issuer)
        self.network.choose = self._network_fault
        self.trace: list[Port] = []
        self.counting = False
        self.cuts = 0
        self.told: list[Told] = []
        self.violations: list[Violation] = []
        self.by_ending: dict[str, str] = {}
        self._full = False
        self._begin_number = 0
        self._watch = Watch(TILL)
        self._teller = Teller(cast("TillBox", self))
        self._printer = SimPrinter(cast(Scheduler, self.time), self._printer_fault, self._teller.printed)
        self._process = Group("till")
        self._disk = self._new_disk()
        self._max_vouchers = max_vouchers
        self.present = False
        """A cashier waits at the bill: read when the settler brings a verdict."""

    # ------------------------------------------------------------ life

    def open(self) -> None:
        """The first start."""
        self.rig = Rig(
            self.folder,
            build_gotit(self.network, self.time, reserving=self.reserving),
            self.time,
            CountingChance(),
            max_vouchers=self._max_vouchers,
            journal=self._journal,
        )
        self._begin_run()

    def restart(self) -> None:
        """After a power cut: memory is gone, the disk stays; what cannot be opened is opened again later.

        A till that does not open says that its disk is full: then somebody makes room.
        """
        self.bury()
        for tried in itertools.count():
            self.time.sleep(10.0)
            self._full = self._full and tried < 2
            self._process = Group("till")
            self._disk = self._new_disk()
            self.rig.issuer = build_gotit(self.network, self.time, reserving=self.reserving)
            try:
                self.rig.open()
            except PosError:
                self.bury()
                continue
            except (PowerCut, GreenletExit):
                self.cuts += 1
                self.bury()
                continue
            self._begin_run()
            return

    def _begin_run(self) -> None:
        self.rig.here = lambda _: self.present
        self._printing = Printing(self.rig.journal, self._printer, CountingChance())
        if self.trace:
            self.look(at_rest=False)

    def bury(self) -> None:
        """What the operating system does with a dead process: files closed, nothing committed."""
        connections = self._journal_made._core.connections
        for connection in connections._open.values():
            connection.close()
        connections._open.clear()

    def _journal(self, path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
        self._journal_made = SqliteJournal(path, vault(), clock, chance)
        return self._journal_made

    def _new_disk(self) -> Disk:
        return Disk(cast(Scheduler, self.time), self._process, self._disk_fault)

    def disk_now(self) -> Disk:
        """Of the process that runs."""
        return self._disk

    # ------------------------------------------------------------ what the teller reads of a world

    @property
    def world(self) -> Shop:
        """Itself."""
        return self

    @property
    def scheduler(self) -> TurnedTime:
        """Virtual time."""
        return self.time

    @property
    def engine(self) -> _Engine:
        """The journal of the till that runs."""
        return _Engine(self._journal_made)

    # ------------------------------------------------------------ the counter

    def issue(self, *codes: str, **more: Any) -> None:
        """Vouchers in customers' hands."""
        for code in codes:
            self.issuer.add(code, **more)
            self.by_ending[code[-4:]] = code

    def bill(self, number: str, total_vnd: int) -> CounterBill:
        """A fresh bill whose views are noted."""
        draft = Bill(number, total_vnd, self.time.now_utc())
        return CounterBill(self.rig.desk, number, draft, actor="lan", publish=self._teller.shown)

    def resume(self, number: str) -> CounterBill:
        """A bill as the journal has it."""
        return CounterBill.resume(self.rig.desk, number, number, actor="lan", publish=self._teller.shown)

    def painted(self, view: BillView) -> None:
        """The window has drawn it."""
        self._teller.painted(view)

    def print(self) -> None:
        """The printer's thread has its turn."""
        with suppress(PosError):  # the disk: later
            self._printing.run_pending()

    def background(self, bill: CounterBill | None = None) -> None:
        """The settle thread and the printer have their turn."""
        with suppress(PosError):  # the disk: later
            self.rig.settle()
        if bill is not None:
            bill.publish()
        self.print()

    # ------------------------------------------------------------ faults

    def _port(self, name: str) -> None:
        if self._process.dead:
            raise GreenletExit
        if not self.counting:
            return
        codes = len(self.network.calls[-1].codes) if name.startswith(("net.read", "net.answer")) else 0
        self.trace.append(Port(len(self.trace) + 1, name, codes))
        what = self.plan.get(len(self.trace))
        if what is not None and what not in options(name, 2):
            raise Astray(f"port call {len(self.trace)} is {name}: no place for {what}")
        if what == CRASH:
            self._process.dead = True
            raise PowerCut

    def _planned(self, ahead: int) -> str | None:
        return self.plan.get(len(self.trace) + ahead) if self.counting else None

    def _network_fault(self, call: CallSeen) -> Fault | Trouble | None:
        """At a connect the port call is counted already; a request's write is, its read comes next."""
        now, next_one = self._planned(0), self._planned(1)
        if call.stage == "connect":
            return Fault(now) if now in AT_CONNECT else None
        if now in AT_WRITE:
            return Fault(now)
        word, _, delay_s = (next_one or "").partition("@")
        return Trouble(Fault(word), float(delay_s) if delay_s else None) if word in AT_READ else None

    def _disk_fault(self, what: str) -> DiskFault | None:
        """Asked before a begin is counted; its commit comes right after it."""
        del what
        begin, commit = self._planned(1), self._planned(2)
        self._full = self._full or begin == STAYS_FULL
        if self._full:
            return DiskFault.FULL
        if begin in _AT_BEGIN:
            return DiskFault(begin)
        return DiskFault(commit) if commit in _AT_COMMIT else None

    def _printer_fault(self) -> PrinterFault | None:
        planned = self._planned(1)
        return PrinterFault(planned) if planned in tuple(PrinterFault) else None

    def heal(self) -> None:
        """No more faults; room on the disk, the cable in, every window in which something could go wrong closed."""
        self.counting = self._full = False
        self.network.cable_in = True

    # ------------------------------------------------------------ judging

    def look(self, *, at_rest: bool, day_closed: bool = False) -> None:
        """Everything that is wrong now."""
        book = invariants.book_of(self.rig.journal, self.issuer)
        found = self._watch.look(book)
        found += invariants.check(
            self.rig.journal, self.issuer, self.told, at_rest=at_rest, till=TILL, day_closed=day_closed, book=book,
            owns=lambda number: number.startswith("B"),
        )  # fmt: skip
        self.violations += found
        bugs = {entry.quarantine for entry in book.waiting.values() if (entry.quarantine or "").startswith("bug:")}
        self.violations += [Violation("runs_on", "The till never meets a bug of its own.", f"{bug}") for bug in bugs]


_LATE = ("late@2", "late@7", "late@58")
"""Effects before the first inquiry, just after it, and at the last moment in which §12 still waits for them."""
_DELAYED = ("delay@34",)
"""An inquiry answered just before its deadline."""
_AT_COMMIT = tuple(fault for fault in DiskFault if fault not in _AT_BEGIN)


@lru_cache(maxsize=256)
def options(port: str, codes: int) -> tuple[str, ...]:
    """What can go wrong at a port call of this name, whose request names so many vouchers."""
    kind, _, operation = port.partition(" ")
    words: tuple[str, ...] = ()
    if kind == "net.connect":
        words = AT_CONNECT
    elif kind == "net.write":
        words = tuple(fault for fault in AT_WRITE if makes_sense(fault, operation, codes))
    elif kind == "net.read":
        words = tuple(fault for fault in AT_READ if makes_sense(fault, operation, codes))
        words += _DELAYED if operation == "check" else _LATE
    elif kind == "disk.begin":
        words = (*_AT_BEGIN, STAYS_FULL)
    elif kind.startswith("disk.commit."):
        words = _AT_COMMIT
    elif kind == "printer.print":
        words = tuple(PrinterFault)
    return (*map(str, words), CRASH)


@lru_cache(maxsize=1)
def vault() -> Vault:
    """One for all: deriving its keys costs more than a sale."""
    return Vault(KEY)


# ---------------------------------------------------------------- folders


def memory_folder() -> Path:
    """A new folder on a memory disk where there is one: real files, no waiting for a platter. The caller removes it."""
    shared = Path("/dev/shm")  # noqa: S108 - nothing secret, and removed at the end
    return Path(tempfile.mkdtemp(prefix="placement-", dir=shared if shared.is_dir() else None))


@lru_cache(maxsize=1)
def _empty_journal() -> bytes:
    folder = memory_folder()
    try:
        SqliteJournal(folder / "journal.db", vault(), TurnedTime(), CountingChance()).close()
        return (folder / "journal.db").read_bytes()
    finally:
        shutil.rmtree(folder)


@contextmanager
def shop(folder: Path, plan: Mapping[int, str], *, reserving: bool, max_vouchers: int) -> Iterator[Shop]:
    """An opened shop on a fresh journal; its files are gone afterwards."""
    folder.mkdir(parents=True)
    (folder / "journal.db").write_bytes(_empty_journal())
    made = Shop(folder, plan, reserving=reserving, max_vouchers=max_vouchers)
    with plugged_in(made.network), disks(made.disk_now):
        try:
            made.open()
            yield made
        finally:
            made.bury()
            shutil.rmtree(folder)
