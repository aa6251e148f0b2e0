"""One till in the simulated world: its data folder, its surroundings, and the processes that live and die on it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pos.domain.errors import SecurityError
from pos.domain.offline_policy import OfflinePolicy
from pos.domain.voucher import Evidence
from pos.journal.store import SqliteJournal
from pos.providers.gotit.client import GotIt
from pos.security.vault import Vault
from pos.till.clockwatch import ClockWatch
from pos.till.desk import Desk
from pos.till.inquiry import Inquirer
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.offline import OfflineDesk
from pos.till.ports import Person, Role, SlipPrinter
from pos.till.printing import Printing, PrintLoop
from pos.till.redeem import Redeemer
from pos.till.reserve import Reserver
from pos.till.service import Till, TillInfo
from pos.till.settle import Settled, Settler
from pos.till.views import Environment
from tests.simulation.disk import Disk, DiskFault
from tests.simulation.network import SimNetwork, build_gotit
from tests.simulation.threads import Event, Group, RLock, Scheduler, running

OPENING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""When every world begins: eight in the morning at the shop."""
PIN = "7305"
MANAGER_PIN = "4711"
KEY = bytes(range(32))
CLOSE_S = 45.0
MANAGER = Person("2", "Hoa", Role.MANAGER)
CASHIER = Person("1", "Lan", Role.CASHIER)


@cache
def vault() -> Vault:
    """The one key of all simulated tills: deriving it anew for each would cost more than a sale."""
    return Vault(KEY)


class BoxClock:
    """A till's clocks: the wall clock may be set by somebody, the monotonic one begins anywhere at each start."""

    def __init__(self, scheduler: Scheduler, mono_offset_s: float, wall_offset_s: float) -> None:
        self._scheduler = scheduler
        self._mono_offset_s = mono_offset_s
        self.wall_offset_s = wall_offset_s

    def now_utc(self) -> datetime:
        return OPENING + timedelta(seconds=self._scheduler.now_s + self.wall_offset_s)

    def mono_s(self) -> float:
        return self._scheduler.now_s + self._mono_offset_s


class BoxChance:
    """Randomness from the seed, in the shape of the real one: milliseconds of the wall clock, then chance."""

    def __init__(self, dice: random.Random, now_utc: Callable[[], datetime]) -> None:
        self._dice = dice
        self._now_utc = now_utc

    def random01(self) -> float:
        return self._dice.random()

    def new_id(self) -> str:
        return f"{int(self._now_utc().timestamp() * 1000):012x}{self._dice.getrandbits(56):014x}"


class PlainPeople:
    """Who works here, without the price of hashing a PIN."""

    def everyone(self) -> tuple[Person, ...]:
        return (MANAGER, CASHIER)

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        raise SecurityError("pin.unusable")

    def verify(self, person_id: str, pin: str) -> Person:
        found = next((person for person in self.everyone() if person.id == person_id), None)
        if found is None or (pin == MANAGER_PIN) is not (found is MANAGER):
            raise SecurityError("pin.wrong", wait_s=0)
        return found

    def manager_by_pin(self, pin: str) -> Person:
        if pin != MANAGER_PIN:
            raise SecurityError("pin.wrong", wait_s=0)
        return MANAGER


class Process(Group):
    """One run of the till's program, from its start to its end or death."""

    def __init__(self, name: str, scheduler: Scheduler, disk_fault: Callable[[str], DiskFault | None]) -> None:
        super().__init__(name)
        self.over = Event()
        self.in_order = False
        """It was closed, and did not die."""
        self.disk = Disk(scheduler, self, disk_fault)
        self.journal: SqliteJournal | None = None

    def bury(self) -> None:
        """What the operating system does with a dead process: its connections are closed, nothing is committed."""
        if self.journal is not None:
            connections = self.journal._core.connections
            for connection in connections._open.values():
                connection.close()
            connections._open.clear()


class Engine:
    """The real till on one data folder, built as `pos.bootstrap` and `pos.running` build it.

    Args:
        process: the process whose threads it has.
        folder: the data folder.
        network: the line to the issuer.
        clock: this run's clocks.
        chance: the till's randomness.
        name: the till's code.
        reserving: the store's flow, which may change from one start to the next.
        policy: the shop's risk policy.
    """

    def __init__(
        self,
        process: Process,
        folder: Path,
        network: SimNetwork,
        clock: BoxClock,
        chance: BoxChance,
        *,
        name: str,
        reserving: bool,
        max_vouchers: int,
        policy: OfflinePolicy,
        printer: SlipPrinter,
    ) -> None:
        self.name = name
        self._policy = policy
        self.process = process
        self.clock = clock
        self.journal = process.journal = SqliteJournal(folder / "journal.db", vault(), clock, chance)
        # `Core` took its lock's maker when the class was made, before the stand-ins were there.
        self.journal._core.lock = RLock()  # type: ignore[assignment]
        if not self.journal.people.records():  # the window asks for the first manager until there is one
            self.journal.people.add(MANAGER, "-", actor=MANAGER.name)
        self.provider = build_gotit(network, clock, reserving=reserving)
        _label_inquiries(self.provider)
        self.desk = self._desk(chance, max_vouchers)
        self.settler().recover()
        self.till = Till(
            self.desk,
            self.settler,
            PlainPeople(),
            TillInfo(Environment.PRODUCTION, lambda day, n: f"HN03-{name}-{day}-{n:06d}", lambda day: f"bill/{day}"),
            wake_printer=lambda: self.print_loop.wake(),
            end_thread=self.journal.close_thread,
            pause_s=0.25,
        )
        self.link_changed = self.till.link_changed
        self.print_loop = PrintLoop(
            Printing(self.journal, printer, chance, told=self.till.slip_ended),
            storage=self.till.storage_fault,
            on_end=self.journal.close_thread,
        )

    def _desk(self, chance: BoxChance, max_vouchers: int) -> Desk:
        journal, clock = self.journal, self.clock
        self.link_changed = lambda: None
        watch = ClockWatch(clock, journal.latest_record_utc())
        issuers = Issuers({"gotit": self.provider}, clock, watch, link_changed=lambda: self.link_changed())
        redeemer = Redeemer(journal, issuers, clock, chance)
        return Desk(
            journal=journal,
            issuers=issuers,
            clock=clock,
            chance=chance,
            leases=Leases(clock),
            redeemer=redeemer,
            reserver=Reserver(journal, issuers, chance, redeemer),
            inquirer=Inquirer(journal, issuers, clock, chance, redeemer),
            offline=OfflineDesk(journal, issuers, clock, chance, redeemer, lambda: self._policy),
            provider="gotit",
            max_vouchers=max_vouchers,
        )

    def settler(
        self,
        on_settled: Callable[[Settled], None] = lambda _: None,
        here: Callable[[str], bool] = lambda _: False,
        pause: Callable[[], bool] = lambda: False,
    ) -> Settler:
        """As `pos.bootstrap.Program.settler`."""
        desk = self.desk
        return Settler(
            desk.journal,
            desk.issuers,
            desk.clock,
            desk.chance,
            desk.leases,
            desk.redeemer,
            desk.reserver,
            desk.inquirer,
            on_settled=on_settled,
            here=here,
            pause=pause,
        )

    def start(self) -> None:
        """As `pos.running.RunningTill.start`."""
        self.till.start()
        self.print_loop.start()

    def close(self) -> bool:
        """As `pos.running.RunningTill.close`."""
        ended = self.till.close(CLOSE_S)
        ended = self.print_loop.stop(CLOSE_S) and ended
        self.provider.close()
        self.journal.close()
        return ended


def _label_inquiries(provider: GotIt) -> None:
    """An inquiry is a check on the wire; the coverage table tells them apart."""
    ask = provider.inquire

    def labelled(*args: Any, **more: Any) -> Evidence:
        facts = running().current.facts
        facts["asking"] = "yes"
        try:
            return ask(*args, **more)
        finally:
            facts["asking"] = ""

    vars(provider)["inquire"] = labelled
