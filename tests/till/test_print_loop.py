"""The printer's thread, round by round: when it prints, when it asks the printer how it is, what ends it not."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from pos.domain.errors import JournalError, JournalUnavailable
from pos.till.ports import PrintJob, PrintState, Redemption, StoredBill
from pos.till.printing import Printing, PrintLoop
from tests.till.record import changes
from tests.till.rig import Rig

IDLE_S, BUG_S = 10.0, 10.0


class Wake(threading.Event):
    """Never waits: says as told whether somebody woke it, and keeps how long it would have slept."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self.slept: list[float | None] = []
        self.woken: list[bool] = []
        self._stop = stop

    def wait(self, timeout: float | None = None) -> bool:
        self.slept.append(timeout)
        woken = self.woken.pop(0)
        if not self.woken:
            self._stop()
        return woken


class Rounds:
    """A loop over printing that goes as the test says; `asked`: before which rounds the printer was asked how it is."""

    def __init__(self) -> None:
        self.ends: list[float | Exception | None] = []
        self.asked: list[int] = []
        self.storage: list[JournalError] = []
        self.ended: list[threading.Thread] = []
        self._round = 0
        self.loop = PrintLoop(
            self,  # type: ignore[arg-type]
            on_end=lambda: self.ended.append(threading.current_thread()), storage=self.storage.append, idle=self._idle,
        )  # fmt: skip
        self.wake = Wake(self._stop)
        self.loop._wake = self.wake

    def _stop(self) -> None:
        self.loop._stop = True

    def _idle(self) -> None:
        self.asked.append(self._round)

    def run_pending(self, _: Callable[[], None]) -> float | None:
        self._round += 1
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    def go(self, *rounds: tuple[float | Exception | None, bool]) -> list[float | None]:
        """How each round of printing ends, and whether it is woken afterwards; how long it would have slept."""
        self.ends, self.wake.woken = [end for end, _ in rounds], [woken for _, woken in rounds]
        self.loop._run()
        return self.wake.slept


@pytest.fixture
def loop() -> Rounds:
    return Rounds()


def test_an_idle_printer_is_asked_how_it_is_every_ten_seconds(loop: Rounds) -> None:
    """At the start too; a slip that comes does not wait for the answer."""
    assert loop.go((None, False), (None, True), (None, False), (None, False)) == [IDLE_S] * 4
    assert loop.asked == [0, 1, 3], "woken for a slip: it is printed, not asked"


def test_a_printer_that_is_tried_again_is_not_asked_as_well(loop: Rounds) -> None:
    """The try says how it is; the next one comes after its pause."""
    assert loop.go((2.0, False), (4.0, True), (None, False)) == [2.0, 4.0, IDLE_S]
    assert loop.asked == [0]


def test_a_disk_in_trouble_is_told_and_printing_goes_on(loop: Rounds) -> None:
    fault = JournalUnavailable("journal.full")
    assert loop.go((fault, False), (None, False)) == [IDLE_S, IDLE_S]
    assert (loop.storage, loop.asked) == ([fault], [0, 1])


def test_a_bug_is_not_told_as_the_disk_s_and_printing_goes_on(loop: Rounds) -> None:
    assert loop.go((ZeroDivisionError(), False), (None, False)) == [BUG_S, IDLE_S]
    assert (loop.storage, loop.asked) == ([], [0])


def test_one_slip_wakes_it_for_one_round(loop: Rounds) -> None:
    loop.loop.wake()
    assert loop.wake.is_set()
    loop.go((None, False))
    assert not loop.wake.is_set()


def test_the_printer_s_thread_ends_by_its_name() -> None:
    """There its journal connection is closed; a printer that hangs does not keep the program from ending."""
    rounds = Rounds()
    rounds.loop._wake = threading.Event()
    rounds.ends = [None] * 10
    rounds.loop.start()
    assert rounds.loop.stop(10)
    (thread,) = rounds.ended
    assert (thread.name, thread.daemon) == ("printer", True)


# ---------------------------------------------------------------- jobs


class Paper:
    """Prints everything."""

    def __init__(self) -> None:
        self.bills: list[str] = []

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        begin()
        self.bills.append(bill.bill.number)
        return PrintState.PRINTED, None


def test_a_job_whose_bill_is_gone_keeps_no_other_slip(till: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cannot happen; if it does the next customer's slip prints all the same."""
    till.sold("5550000001", number="B1")
    till.sold("5550000002", number="B2")
    real, paper = till.journal.bill, Paper()
    monkeypatch.setattr(till.journal, "bill", lambda number: None if number == "B1" else real(number))
    Printing(till.journal, paper, till.chance).run_pending()
    assert paper.bills == ["B2"]


def test_what_the_printer_did_stands_under_its_own_name(till: Rig) -> None:
    """Beginning and end of each slip: the audit chain tells them from a cashier's doing."""
    till.sold("5550000001")
    Printing(till.journal, Paper(), till.chance).run_pending()
    with closing(sqlite3.connect(till.folder / "journal.db")) as reader:
        actors = [row[0] for row in reader.execute("SELECT actor FROM audit ORDER BY seq")]
    assert actors[-2:] == ["printer", "printer"]


class NotTaking(Paper):
    """Takes nothing of its first slip, or the plug is pulled after its first byte."""

    def __init__(self, *, dies: bool = False) -> None:
        super().__init__()
        self._first, self._dies = True, dies

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        if not self._first:
            return super().print_slip(job, lines, bill, begin=begin)
        self._first = False
        begin()
        if self._dies:
            raise KeyboardInterrupt
        return PrintState.PENDING, "device.disconnected"


def test_a_slip_of_which_nothing_was_taken_prints_although_the_disk_was_full_in_between(
    till: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It provably is on no paper: no doubt may keep the customer from the proof."""
    till.sold("5550000001")
    paper = NotTaking()
    printing = Printing(till.journal, paper, till.chance)
    real, begun = till.journal.transaction, []

    def full_at_the_second(actor: str) -> Any:
        begun.append(actor)
        if len(begun) == 2:
            raise JournalUnavailable("journal.full")
        return real(actor)

    with monkeypatch.context() as disk:
        disk.setattr(till.journal, "transaction", full_at_the_second)
        with pytest.raises(JournalUnavailable):
            printing.run_pending()
    assert printing.run_pending() is None
    assert paper.bills == ["B1"]
    assert [job.state for job in till.journal.print_jobs(states=list(PrintState))] == [PrintState.PRINTED]


def test_the_start_says_why_a_slip_is_doubtful_and_that_it_was_not_a_cashier(till: Rig) -> None:
    """The program ended while it was printed."""
    till.sold("5550000001")
    with pytest.raises(KeyboardInterrupt):
        Printing(till.journal, NotTaking(dies=True), till.chance).run_pending()
    till.restart()
    Printing(till.journal, Paper(), till.chance).run_pending()
    (job,) = till.journal.print_jobs(states=list(PrintState))
    assert (job.state, job.note) == (PrintState.DOUBTFUL, "printer.interrupted")
    with closing(sqlite3.connect(till.folder / "journal.db")) as reader:
        actors = [row[0] for row in reader.execute("SELECT actor FROM audit ORDER BY seq")]
    assert actors[-1] == "printer"


def test_an_errand_wakes_the_printer_s_thread_and_is_run_once_before_anything_is_printed(loop: Rounds) -> None:
    """A drawer to be opened does not wait for a slip, of which there may be none."""
    ran: list[int] = []
    loop.loop.put(lambda: ran.append(loop._round))
    assert loop.wake.is_set()
    loop.go((None, False), (None, False))
    assert ran == [0]


def test_a_slip_that_opens_no_drawer_writes_of_none(till: Rig) -> None:
    """A till without a drawer, or a shop that wants it shut."""
    till.sold("5550000001")
    Printing(till.journal, Paper(), till.chance).run_pending()
    assert changes(till, "drawer") == []
