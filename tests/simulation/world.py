"""A simulated world: an issuer, tills on their data folders, cashiers, weather – and everything that was said.

One seed makes one world and one course of it. Nothing here looks into the engine: the journal is read as a file, the
screen as events, the slips as paper, and the issuer's own record is the truth.
"""

from __future__ import annotations

import logging
import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from httpcore._sync import http11

from pos.domain.errors import PosError
from pos.domain.offline_policy import OfflinePolicy
from pos.providers import transport
from pos.security import vault as vault_module
from tests.simulation import invariants
from tests.simulation.book import read_book
from tests.simulation.box import MANAGER_PIN, OPENING, PIN, BoxChance, BoxClock, Engine, Process, vault
from tests.simulation.cashier import DAY_S, Cashier
from tests.simulation.coverage import Coverage, watching
from tests.simulation.crashes import Crashes
from tests.simulation.disk import DiskFault, disks
from tests.simulation.invariants import Told, Violation, Watch
from tests.simulation.issuer import IssuerModel
from tests.simulation.line_faults import LineFaults
from tests.simulation.network import CallSeen, SimNetwork, Trouble
from tests.simulation.plan import Plan
from tests.simulation.printer import Paper, PrinterFault, SimPrinter
from tests.simulation.teller import Teller
from tests.simulation.threads import Group, Scheduler, Task, installed

__all__ = ["MANAGER_PIN", "TillBox", "World"]

MOST_EVENTS = 4_000_000
"""Switches after which a world counts as one that never comes to its end."""


class TillBox:
    """One till: its folder outlives its processes, its cashier outlives both."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.name = f"T{number}"
        self.folder = world.folder / self.name
        self.folder.mkdir(parents=True)
        self.dice = random.Random(f"{world.plan.seed} till {number}")
        plan = world.plan
        self.network = SimNetwork(world.scheduler, world.issuer, date_offset_s=plan.date_offset_s)
        self.network.lag_s = plan.lag_s
        self.network.choose = self._network_fault
        self.wall_offset_s = self.most_ahead_s = 0.0
        self.calm = False
        """The end of the run: no more faults here."""
        self.disk_trouble: tuple[DiskFault, float] | None = None
        self.process: Process | None = None
        self.engine: Engine | None = None
        self.cashier = Cashier(self)
        self.teller = Teller(self)
        self.watch = Watch(self.name)
        self.finished = False
        self.opened = False
        """Some process of it has come up on this folder."""
        self.last_day = False
        self.runs = 0
        self._line_faults = LineFaults(plan, self.dice, world.coverage.struck)
        self._look = True
        self._mono_offset_s = self.dice.uniform(10.0, 1e6)
        self._chance_dice = random.Random(f"{world.plan.seed} chance {number}")

    # ------------------------------------------------------------ life

    def shifts(self) -> None:
        """One process after the other, until the cashier has done her part and the last one came to rest."""
        world, scheduler = self.world, self.world.scheduler
        while not self.finished:
            self.runs += 1
            self._look = self.runs <= 6 or self.dice.random() < 0.25  # looking costs as much as forty sales
            crashed = self.process is not None and not self.process.in_order
            process = self.process = Process(f"{self.name}#{self.runs}", scheduler, self._disk_fault)
            process.disk.met = self.disk_met
            task = scheduler.spawn(self._live, "main", process)
            task.facts["fault"] = "crash" if crashed else "none"
            process.over.wait()
            process.bury()
            if self._look and _query(
                self.folder / "journal.db", "SELECT 1 FROM sqlite_schema WHERE name = 'case_closed_stays'"
            ):
                world.check(self, at_rest=False)  # what is left now, before the next start mends anything
            self.engine = None
            if self.dice.random() < 0.5:
                self._mono_offset_s = self.dice.uniform(10.0, 1e6)  # the machine was started anew, too
            pause_s = self.cashier.night_s() if process.in_order else self.dice.choice((1.0, 5.0, 70.0, 700.0))
            if not self.finished:
                scheduler.sleep(pause_s)
        world.over_one()

    def _live(self) -> None:
        process, world = self.process, self.world
        assert process is not None
        try:
            engine = self.engine = self._open(process)
        except PosError as error:
            self._may_not_open(error)
            process.over.set()
            return
        if self._look:
            world.check(self, at_rest=False, just_opened=True)
        self.opened = True
        world.scheduler.current.facts["fault"] = "none"
        engine.till.subscribe(self.cashier.hear)
        engine.start()
        self.cashier.work(engine)
        engine.close()
        process.in_order = True
        process.over.set()
        world.scheduler.doom(process)  # the program ends: what did not end in time ends now

    def _open(self, process: Process) -> Engine:
        dice, plan = self.dice, self.world.plan
        clock = BoxClock(self.world.scheduler, self._mono_offset_s, self.wall_offset_s)
        return Engine(
            process,
            self.folder,
            self.network,
            clock,
            BoxChance(self._chance_dice, clock.now_utc),
            name=self.name,
            reserving=dice.random() < plan.reserving,
            max_vouchers=25 if plan.bulk else 20,
            policy=OfflinePolicy(**asdict(plan.limits)),
            printer=SimPrinter(self.world.scheduler, self._printer_fault, self._on_paper, self._printer_met),
        )

    def _may_not_open(self, error: PosError) -> None:
        if self.calm or not self.world.plan.disk or not error.code.startswith("journal."):
            self.world.stumbled(f"{self.name}: does not open: {error.code}")
            self.finished = True

    def jump_clock(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.wall_offset_s = min(self.wall_offset_s + seconds, 3 * DAY_S)
        self.most_ahead_s = max(self.most_ahead_s, self.wall_offset_s)
        if self.engine is not None:
            self.engine.clock.wall_offset_s = self.wall_offset_s

    def _on_paper(self, paper: Paper) -> None:
        self.teller.printed(paper)

    # ------------------------------------------------------------ faults

    def _network_fault(self, call: CallSeen) -> Trouble | None:
        scheduler = self.world.scheduler
        facts = scheduler.current.facts
        facts["fault"] = "none" if self.network.cable_in else "cable"
        if self.calm:
            return None
        trouble = self._line_faults.choose(call, scheduler.now_s, asking=bool(facts.get("asking")))
        if trouble is not None:
            facts["fault"] = trouble.fault.value
        return trouble

    def _disk_fault(self, what: str) -> DiskFault | None:
        """A single stumble, or trouble that lasts a while: a full disk does not mend itself between two sales."""
        del what
        plan, dice, now_s = self.world.plan, self.dice, self.world.scheduler.now_s
        if self.calm or not plan.disk:
            return None
        if self.disk_trouble is not None:
            fault, ends_s = self.disk_trouble
            if now_s < ends_s:
                return fault
            self.disk_trouble = None
        if dice.random() >= plan.disk_rate:
            return None
        fault = dice.choice(plan.disk)
        lasting = fault in (DiskFault.FULL, DiskFault.READ_ONLY, DiskFault.FULL_EARLY, DiskFault.IO_BEFORE)
        if lasting and dice.random() < 0.15:
            self.disk_trouble = (fault, now_s + dice.choice((10.0, 120.0)))
        return fault

    def disk_met(self, kind: str, fault: DiskFault) -> None:
        """A disk fault came to pass."""
        self.world.coverage.struck[f"disk × {fault}"] += 1
        self.world.coverage.triples[f"disk {kind} × {fault}"] += 1
        self.world.scheduler.current.facts["fault"] = f"disk.{fault}"

    def _printer_fault(self) -> PrinterFault | None:
        plan = self.world.plan
        if self.calm or not plan.printer or self.dice.random() >= plan.printer_rate:
            return None
        return self.dice.choice(plan.printer)

    def _printer_met(self, fault: PrinterFault) -> None:
        self.world.coverage.struck[f"printer × {fault}"] += 1


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run amounted to."""

    redemptions: int
    bills: int
    steps: int
    ports: int
    switches: int
    virtual_s: float
    crashes: int
    calls: int


class World:
    """Everything there is, from one seed.

    Args:
        plan: what kind of world.
        folder: an empty folder for the tills' data; on a memory disk it goes faster.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.scheduler = Scheduler(plan.seed)
        self.issuer = IssuerModel(
            lambda: self.scheduler.now_s, self.issuer_utc, pin=PIN, hold_lasts_s=plan.hold_lasts_s
        )
        self.dice = random.Random(f"{plan.seed} weather")
        self.coverage = Coverage()
        self.told: list[Told] = []
        self.violations: list[Violation] = []
        self.recent: list[str] = []
        """Codes that customers have shown lately, at any till."""
        self.by_ending: dict[str, str] = {}
        """Every code a customer ever showed, by its last 4 characters, which no two share."""
        self.codes = 0
        self.bills = 0
        self.steps = 0
        self.crashes = 0
        self.boxes: list[TillBox] = []
        self._at_work = 0
        self._crashes = Crashes(plan, self.coverage)

    def issuer_utc(self) -> datetime:
        """The issuer's clock is right."""
        return OPENING + timedelta(seconds=self.scheduler.now_s)

    # ------------------------------------------------------------ running

    def run(self) -> None:
        """From the first customer to the rest after the last day; stops at the first violation."""
        scheduler = self.scheduler
        scheduler.on_port, scheduler.on_death = self._port, self._died
        self._crashes.draw(self.scheduler.ports)
        with self._surroundings():
            self.boxes = [TillBox(self, number) for number in range(1, self.plan.tills + 1)]
            self._at_work = len(self.boxes)
            shop = Group("shop")
            for box in self.boxes:
                scheduler.spawn(box.shifts, f"shifts {box.name}", shop)
            scheduler.spawn(self._weather, "weather", shop)
            try:
                scheduler.run(self._over)
                self._check_shop()
            finally:
                scheduler.kill_all()
                for box in self.boxes:
                    if box.process is not None:
                        box.process.bury()

    def _over(self) -> bool:
        if self.scheduler.switches > MOST_EVENTS:
            self.stumbled("the world does not come to an end")
        return not self._at_work or bool(self.violations)

    def over_one(self) -> None:
        """A till has come to rest for good."""
        self._at_work -= 1

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        listener = _Stumbles(self)
        log = logging.getLogger("pos")
        names: list[tuple[Any, str, object]] = [
            (vault_module, "os", SimpleNamespace(urandom=random.Random(f"{self.plan.seed} nonces").randbytes)),
            (transport, "_resolve", self._resolve),
            (http11, "time", SimpleNamespace(monotonic=lambda: self.scheduler.now_s)),
        ]
        kept = [(module, name, vars(module)[name]) for module, name, _ in names]
        with ExitStack() as stack:
            stack.enter_context(installed(self.scheduler))
            stack.enter_context(disks(self._disk_now, racked="journal.db"))
            stack.enter_context(watching(self.coverage))
            for module, name, stand_in in names:
                vars(module)[name] = stand_in
            log.addHandler(listener)
            try:
                yield
            finally:
                log.removeHandler(listener)
                for module, name, original in kept:
                    vars(module)[name] = original

    def _disk_now(self) -> Any:
        group = self.scheduler.current.group
        return group.disk if isinstance(group, Process) else None

    def _resolve(self, host: str, port: int, left_s: float) -> list[str]:
        box = self.box_now()
        assert box is not None
        return box.network.resolve(host, port, left_s)

    def box_now(self) -> TillBox | None:
        """The till whose process is running."""
        group = self.scheduler.current.group
        return next((box for box in self.boxes if box.process is group), None)

    # ------------------------------------------------------------ crashes and other weather

    def _port(self, number: int, name: str, task: Task) -> None:
        self.coverage.ports[name] += 1
        if not isinstance(task.group, Process):
            return
        box = next((box for box in self.boxes if box.process is task.group), None)
        if box is not None and not box.calm and self._crashes.due(number, name, opened=box.opened):
            self.crash(box)

    def crash(self, box: TillBox) -> None:
        """The till's process dies where it stands."""
        assert box.process is not None
        self.crashes += 1
        self._crashes.draw(self.scheduler.ports)
        box.process.over.set()
        self.scheduler.doom(box.process)

    def _weather(self) -> None:
        plan, dice = self.plan, self.dice
        while not all(box.calm for box in self.boxes):
            self.scheduler.sleep(dice.expovariate(1 / 40.0) if any(box.engine for box in self.boxes) else 1800.0)
            box = dice.choice(self.boxes)
            if box.calm:
                continue
            what = dice.random()
            if what < 0.4 and "cable" in plan.others:
                self._cable(box)
            elif what < 0.5 and "clock" in plan.others:
                box.jump_clock(dice.choice((-3.0, -60.0, -7200.0, 3.0, 60.0, 4000.0, 90_000.0)))
            elif what < 0.6 and "elsewhere" in plan.others and self.recent:
                code = dice.choice(self.recent[-12:])
                if code in self.issuer.vouchers:
                    self.issuer.use_elsewhere(code)
            elif what < 0.65:
                box.jump_clock(-box.wall_offset_s)  # somebody sets it right

    def _cable(self, box: TillBox) -> None:
        box.network.cable_in = False
        self.scheduler.sleep(self.dice.choice((1.0, 20.0, 60.0, 60.0, 240.0)))
        box.network.cable_in = True

    # ------------------------------------------------------------ checking

    def check(self, box: TillBox, *, at_rest: bool, day_closed: bool = False, just_opened: bool = False) -> None:
        """Read everything from outside and compare."""
        journal = SimpleNamespace(path=box.folder / "journal.db")
        book = read_book(journal.path, vault(), self.by_ending.values())
        self.violations += invariants.check(
            journal,
            self.issuer,
            self.told,
            at_rest=at_rest,
            till=box.name,
            day_closed=day_closed,
            just_opened=just_opened,
            owns=lambda number: f"-{box.name}-" in number,
            limits=self.plan.limits,
            book=book,
        )
        self.violations += box.watch.look(book)

    def _check_shop(self) -> None:
        """What no till can see alone."""
        books = {
            box.name: read_book(box.folder / "journal.db", vault(), self.by_ending.values())
            for box in self.boxes
            if not self.violations
        }
        self.violations += invariants.check_between_tills(books, self.issuer)

    def stumbled(self, what: str) -> None:
        """Something that is no question of truth but must not happen either."""
        self.violations.append(
            Violation("runs_on", "The till never stumbles over its own feet: no bug is met, whatever happens.", what)
        )

    def lied(self, what: str) -> None:
        """A screen said what was not so."""
        sentence = next(one.sentence for one in invariants.ALL if one.name == "told_true")
        self.violations.append(Violation("told_true", sentence, what))

    def _died(self, task: Task, error: Exception) -> None:
        self.stumbled(f"{task.group.name}: thread {task.name} ended by {type(error).__name__}: {error}")
        logging.getLogger("tests.simulation").debug("death", exc_info=error)

    def counts(self) -> Counts:
        """How much was done."""
        rows = sum(_used(box.folder / "journal.db") for box in self.boxes)
        return Counts(
            redemptions=rows,
            bills=self.bills,
            steps=self.steps,
            ports=self.scheduler.ports,
            switches=self.scheduler.switches,
            virtual_s=self.scheduler.now_s,
            crashes=self.crashes,
            calls=len(self.issuer.requests),
        )


class _Stumbles(logging.Handler):
    """The engine logs an error only for its own bugs."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        error = record.exc_info[1] if record.exc_info else ""
        self._world.stumbled(f"{record.name}: {record.getMessage()} ({kind.__name__ if kind else ''}: {error})")


def _used(path: Path) -> int:
    """Vouchers for which a call was made or value given: what a shop would call redemptions."""
    rows = _query(path, "SELECT count(*) FROM redemption WHERE sends > 0 OR given = 1")
    return int(rows[0][0]) if rows else 0


def _query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()
