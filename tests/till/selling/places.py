"""One story of selling, with a fault at any port call of it: each call of the seller, each commit, each printing.

A place is numbered as the story reaches it, restarts included, so that a second fault may fall into the recovery from
the first. After each plug pulled the till starts again on its file; at the end it is brought to rest by the hands of
people, and book, seller and paper are compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos.domain.errors import JournalUnavailable, PosError
from pos.journal.store import SqliteJournal
from pos.till.ports import PrintState
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller, Fault, PowerCut
from tests.till.selling.rig import Paper, SaleRig

DISK = ("full", "cut_before", "cut_after")
PAPER = ("none", "doubtful", "sent", "cut_before", "cut_begun", "cut_after")
CALLS, COMMITS, PRINTINGS = 3, 8, 2
"""Places of each kind that the story is tried at; the story without faults has 1 call, 5 commits and 1 printing."""


@dataclass(frozen=True)
class Place:
    """Where, the how-manieth, and what goes wrong there."""

    port: str
    number: int
    fault: str

    def __str__(self) -> str:
        return f"{self.port}{self.number}:{self.fault}"


def all_places() -> tuple[Place, ...]:
    """Every single one."""
    return (
        *(Place("call", n, fault.value) for n in range(CALLS) for fault in Fault),
        *(Place("commit", n, fault) for n in range(COMMITS) for fault in DISK),
        *(Place("print", n, fault) for n in range(PRINTINGS) for fault in PAPER),
    )


class FaultyDisk:
    """Counts the commits of a till over its restarts, and lets the named ones go wrong."""

    def __init__(self, faults: dict[int, str]) -> None:
        self.faults, self.count = faults, 0
        self.on = False

    def wrap(self, journal: SqliteJournal) -> SqliteJournal:
        """The journal whose transactions count."""
        real: Callable[[str], Any] = journal.transaction

        @contextmanager
        def transaction(actor: str) -> Iterator[Any]:
            fault = self._next()
            if fault == "full":
                raise JournalUnavailable("journal.disk_full")
            with real(actor) as tx:
                yield tx
                if fault == "cut_before":
                    raise PowerCut
            if fault == "cut_after":
                raise PowerCut

        journal.transaction = transaction  # type: ignore[method-assign,assignment]
        return journal

    def _next(self) -> str | None:
        if not self.on:
            return None
        self.count += 1
        return self.faults.get(self.count - 1)


class FaultyPaper(Paper):
    """Counts the printings and lets the named ones go wrong."""

    def __init__(self, faults: dict[int, str]) -> None:
        super().__init__()
        self.faults, self.count = faults, 0

    def print_sold(self, job: Any, sold: Any, bill: Any, *, begin: Callable[[], None]) -> tuple[PrintState, str | None]:
        self.count += 1
        fault = self.faults.get(self.count - 1)
        if fault == "none":
            return PrintState.PENDING, "device.disconnected"
        if fault == "cut_before":
            raise PowerCut
        if fault == "cut_begun":
            begin()
            raise PowerCut
        end = super().print_sold(job, sold, bill, begin=begin)
        if fault == "cut_after":
            raise PowerCut
        return {"doubtful": (PrintState.DOUBTFUL, "device.disconnected"), "sent": (PrintState.SENT, None)}.get(
            fault or "", end
        )


class Story:
    """A customer buys two codes; whatever happens, people and till go on until nothing is left to do."""

    def __init__(self, folder: Path, template: Path, places: tuple[Place, ...]) -> None:
        folder.mkdir()
        shutil.copy(template, folder / "journal.db")
        by_port: dict[str, dict[int, str]] = {"call": {}, "commit": {}, "print": {}}
        for place in places:
            by_port[place.port][place.number] = place.fault
        self.clock = HandClock()
        self.seller = FakeSeller(self.clock, {n: Fault(f) for n, f in by_port["call"].items()})
        self.disk = FaultyDisk(by_port["commit"])
        self.rig = SaleRig(
            folder, self.seller, self.clock, printer=FaultyPaper(by_port["print"]), wrapped=self.disk.wrap
        )
        self.rig.stock_up()
        self.disk.on = True
        self.wrong: list[str] = []
        self.cuts = 0

    def run(self) -> list[str]:
        """What was wrong, in words; nothing is good."""
        rig = self.rig
        draft = rig.desk.draft("codes", "VT50", 2)
        sale_id = draft.id
        self._step(lambda: rig.desk.record(draft, actor="Lan"))
        if rig.desk.sales.sale(sale_id) is None:  # never written: the customer has her money still
            self._judge(at_rest=True)
            rig.journal.close()
            return self.wrong
        if not self.cuts:
            self._step(lambda: rig.send(sale_id))
        self._step(rig.print)
        for _ in range(60):
            if rig.sale(sale_id).state.closed:
                break
            self._step(lambda: rig.settle_for(60.0))
            self._step(lambda: rig.people_act(sale_id))
            self._step(rig.print)
        self._step(lambda: rig.settle_for(2 * 3600.0))
        self._judge(at_rest=True)
        rig.journal.close()
        return self.wrong

    def _step(self, act: Callable[[], object]) -> None:
        """One step of till or people; a plug pulled in it is a new start, and the book must be good at once."""
        try:
            act()
        except PowerCut:
            self._start_again()
        except PosError:
            pass  # told to the cashier; the story goes on
        self._judge(at_rest=False)

    def _start_again(self) -> None:
        while True:
            self.cuts += 1
            try:
                self.rig.restart()
            except PowerCut:
                continue
            except JournalUnavailable:
                continue
            return

    def _judge(self, *, at_rest: bool) -> None:
        self.wrong += self.rig.broken_promises(at_rest=at_rest)
