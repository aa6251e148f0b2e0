"""Slips as durable jobs: each on paper once, whatever the printer, the disk and the plug do."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from pos.domain.errors import JournalUnavailable
from pos.till.ports import SEEN_ON_PAPER, JournalTx, PrintJob, PrintState, Redemption, SlipPrinter, StoredBill
from pos.till.printing import Printing, PrintLoop
from pos.till.slips import seen_on_paper
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.record import changes
from tests.till.rig import Rig


class CountingPrinter:
    """A printer that does what it is told and counts its papers."""

    def __init__(self) -> None:
        self.papers = 0

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        begin()
        self.papers += 1
        return PrintState.PRINTED, None


def test_a_slip_whose_end_cannot_be_written_is_not_printed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills while the slip is printed must not make the printer put out one proof after the other; told of
    when there is room again.
    """
    printer, told = CountingPrinter(), []
    with closing(Rig(tmp_path, FakeIssuer(), HandClock(), CountingChance())) as till:
        till.sold("5550000001")
        printing = Printing(till.journal, printer, till.chance, told=lambda job, state, note: told.append(state))

        real = till.journal.transaction

        def full_disk(actor: str) -> AbstractContextManager[JournalTx]:
            if printer.papers:
                raise JournalUnavailable("journal.disk_full")
            return real(actor)

        with monkeypatch.context() as disk:
            disk.setattr(till.journal, "transaction", full_disk)
            for _ in range(3):
                with pytest.raises(JournalUnavailable):
                    printing.run_pending()
        assert (printer.papers, told) == (1, [])
        assert printing.run_pending() is None
        assert (printer.papers, told) == (1, [PrintState.PRINTED])
        assert [job.state for job in till.journal.print_jobs(states=list(PrintState))] == [PrintState.PRINTED]


class PowerCut(BaseException):
    """The program ends here; nothing of it runs on."""


class DyingPrinter(CountingPrinter):
    """The slip comes out, and before anybody can write that down the plug is pulled."""

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        super().print_slip(job, lines, bill, begin=begin)
        raise PowerCut


class UntakingPrinter(CountingPrinter):
    """It was ready, and then it took nothing: so often."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        if not self.left:
            return super().print_slip(job, lines, bill, begin=begin)
        self.left -= 1
        begin()
        return PrintState.PENDING, "device.disconnected"


Tell = tuple[PrintState, str | None]


def printing_of(till: Rig, printer: SlipPrinter, told: list[Tell] | None = None) -> Printing:
    """As every start of the program builds it."""
    heard = told if told is not None else []
    return Printing(till.journal, printer, till.chance, told=lambda _, state, note: heard.append((state, note)))


def jobs(till: Rig) -> list[tuple[int, PrintState]]:
    return [(job.copy, job.state) for job in till.journal.print_jobs(states=list(PrintState))]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Rig]:
    with closing(Rig(tmp_path, FakeIssuer(), HandClock(), CountingChance())) as till:
        till.sold("5550000001")
        yield till


def test_that_it_is_begun_is_on_disk_before_its_first_byte_leaves(till: Rig) -> None:
    """Read from the file by somebody else: it is committed, and not only meant."""
    seen = []

    class Looking(CountingPrinter):
        def print_slip(
            self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
        ) -> tuple[PrintState, str | None]:
            begin()
            with closing(sqlite3.connect(f"{till.journal.path.as_uri()}?mode=ro", uri=True)) as other:
                seen.extend(other.execute("SELECT id, state FROM print_job").fetchall())
            return PrintState.PRINTED, None

    printing_of(till, Looking()).run_pending()
    (job,) = till.journal.print_jobs(states=list(PrintState))
    assert seen == [(job.id, "printing")]
    assert (job.state, job.tries) == (PrintState.PRINTED, 1)


def test_a_power_cut_between_paper_and_record_prints_no_second_original(till: Rig) -> None:
    """The next start says that the slip may be on paper; what is asked for again is a copy."""
    told: list[Tell] = []
    dying = DyingPrinter()
    with pytest.raises(PowerCut):
        printing_of(till, dying).run_pending()
    till.restart()
    printer = CountingPrinter()
    assert printing_of(till, printer, told).run_pending() is None
    assert (dying.papers, printer.papers) == (1, 0)
    assert told == [(PrintState.DOUBTFUL, "printer.interrupted")]
    assert jobs(till) == [(0, PrintState.DOUBTFUL)]
    till.restart()
    assert printing_of(till, printer, told).run_pending() is None
    assert len(told) == 1, "told once, not at every start"
    with till.journal.transaction("lan") as tx:
        tx.add_print_job("again", "B1")
    printing_of(till, printer).run_pending()
    assert printer.papers == 1
    assert jobs(till) == [(0, PrintState.DOUBTFUL), (1, PrintState.PRINTED)]


def test_a_printer_that_provably_took_nothing_gets_the_same_original_again(till: Rig) -> None:
    printer = UntakingPrinter(times=2)
    printing = printing_of(till, printer)
    for _ in range(2):
        assert printing.run_pending() == 2.0 * (2 - printer.left)
        assert jobs(till) == [(0, PrintState.PENDING)]
    printing.run_pending()
    assert printer.papers == 1
    assert jobs(till) == [(0, PrintState.PRINTED)]


@pytest.mark.parametrize("stands", [False, True])
def test_a_beginning_that_cannot_be_written_lets_nothing_out(
    till: Rig, monkeypatch: pytest.MonkeyPatch, stands: bool
) -> None:
    """Whether or not the commit stands after all: no paper now, one paper when the disk is well again."""
    printer, real = CountingPrinter(), till.journal.transaction

    @contextmanager
    def failing(actor: str) -> Iterator[JournalTx]:
        if stands:
            with real(actor) as tx:
                yield tx
        raise JournalUnavailable("journal.io_error")

    printing = printing_of(till, printer)
    with monkeypatch.context() as disk:
        disk.setattr(till.journal, "transaction", failing)
        with pytest.raises(JournalUnavailable):
            printing.run_pending()
    assert printer.papers == 0
    assert jobs(till) == [(0, PrintState.PRINTING if stands else PrintState.PENDING)]
    assert printing.run_pending() is None
    assert printer.papers == 1
    assert jobs(till) == [(0, PrintState.PRINTED)]


def test_a_bug_after_the_first_byte_makes_the_slip_doubtful(till: Rig) -> None:
    class Buggy(CountingPrinter):
        def print_slip(
            self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
        ) -> tuple[PrintState, str | None]:
            super().print_slip(job, lines, bill, begin=begin)
            raise ZeroDivisionError("a bug of ours")

    printer = Buggy()
    printing = printing_of(till, printer)
    with pytest.raises(ZeroDivisionError):
        printing.run_pending()
    assert printing.run_pending() is None
    assert printer.papers == 1
    assert jobs(till) == [(0, PrintState.DOUBTFUL)]


class StumblingPrinter(CountingPrinter):
    """A driver with a bug that shows once."""

    def __init__(self) -> None:
        super().__init__()
        self.stumbled, self.printed = threading.Event(), threading.Event()

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        if not self.stumbled.is_set():
            self.stumbled.set()
            raise EOFError
        self.printed.set()
        return super().print_slip(job, lines, bill, begin=begin)


def test_a_bug_with_one_slip_does_not_end_printing_for_the_day(tmp_path: Path) -> None:
    """The printer's thread lives on and tries again."""
    printer = StumblingPrinter()
    with closing(Rig(tmp_path, FakeIssuer(), HandClock(), CountingChance())) as till:
        till.sold("5550000001")
        printing = Printing(till.journal, printer, till.chance)
        loop = PrintLoop(printing, on_end=till.journal.close_thread, storage=lambda error: None)
        loop.start()
        assert printer.stumbled.wait(10)
        loop.wake()
        assert printer.printed.wait(10)
        assert loop.stop(10)
        assert printer.papers == 1


def test_a_drawer_that_opens_with_the_original_is_written_down_with_its_beginning(till: Rig) -> None:
    """Before the first byte leaves, and for the copy not at all."""
    seen: list[int] = []

    class Looking(CountingPrinter):
        def print_slip(
            self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
        ) -> tuple[PrintState, str | None]:
            begin()
            seen.append(len(changes(till, "drawer")))
            return PrintState.PRINTED, None

    with till.journal.transaction("lan") as tx:
        tx.add_print_job("again", "B1")
    Printing(till.journal, Looking(), till.chance, opens_drawer=lambda job: job.copy == 0).run_pending()
    assert seen == [1, 1]
    assert changes(till, "drawer") == [{"reason": "slip", "bill": "B1", "cashier": "lan"}]


def test_who_looks_at_the_list_sees_that_a_slip_is_being_printed(till: Rig) -> None:
    """Told once it stands on disk."""
    seen: list[PrintState] = []
    begun = lambda: seen.extend(state for _, state in jobs(till))  # noqa: E731 - a word for the argument
    Printing(till.journal, CountingPrinter(), till.chance, begun=begun).run_pending()
    assert seen == [PrintState.PRINTING]


def test_what_a_person_wants_of_the_printer_does_not_wait_behind_a_row_of_slips(till: Rig) -> None:
    """After the slip in hand and before the next; a failing one is not run again and keeps no slip from its paper."""
    till.sold("5550000002", number="B2")
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError("a bug of ours")

    class Asked(CountingPrinter):
        def print_slip(
            self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
        ) -> tuple[PrintState, str | None]:
            if not self.papers:
                loop.put(lambda: done.append(printer.papers))
                loop.put(fail)
            else:
                last.set()
            return super().print_slip(job, lines, bill, begin=begin)

    printer, last = Asked(), threading.Event()
    loop = PrintLoop(
        Printing(till.journal, printer, till.chance), on_end=till.journal.close_thread, storage=lambda error: None
    )
    loop.start()
    while not last.is_set():
        loop.wake()
        last.wait(0.05)
    assert loop.stop(10)
    assert (done, printer.papers) == ([1], 2)


def test_what_a_person_says_of_a_doubtful_slip_is_no_try(till: Rig) -> None:
    printing_of(till, DoubtfulPrinter()).run_pending()
    (job,) = till.journal.print_jobs(states=[PrintState.DOUBTFUL])
    seen_on_paper(till.journal, job.id, actor="lan")
    (job,) = till.journal.print_jobs(states=list(PrintState))
    assert (job.state, job.note, job.tries) == (PrintState.PRINTED, SEEN_ON_PAPER, 1)


def test_only_a_doubtful_slip_can_be_seen_on_paper(till: Rig) -> None:
    """One that waits would never come out."""
    (job,) = till.journal.print_jobs(states=[PrintState.PENDING])
    seen_on_paper(till.journal, job.id, actor="lan")
    assert jobs(till) == [(0, PrintState.PENDING)]


class DoubtfulPrinter(CountingPrinter):
    """Half of it came out."""

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        super().print_slip(job, lines, bill, begin=begin)
        return PrintState.DOUBTFUL, "device.disconnected"
