"""Slips as durable jobs: each on paper once, whatever the printer and the disk do."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from pos.domain.errors import JournalUnavailable
from pos.till.ports import JournalTx, PrintJob, PrintState, Redemption, StoredBill
from pos.till.printing import Printing, PrintLoop
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig


class CountingPrinter:
    """A printer that does what it is told and counts its papers."""

    def __init__(self) -> None:
        self.papers = 0

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill
    ) -> tuple[PrintState, str | None]:
        self.papers += 1
        return PrintState.PRINTED, None


def test_a_slip_whose_end_cannot_be_written_is_not_printed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not make the printer put out one proof after the other; told of when there is room again."""
    printer, told = CountingPrinter(), []
    with closing(Rig(tmp_path, FakeIssuer(), HandClock(), CountingChance())) as till:
        till.sold("5550000001")
        printing = Printing(till.journal, printer, till.chance, told=lambda job, state, note: told.append(state))

        def full_disk(actor: str) -> JournalTx:
            raise JournalUnavailable("journal.disk_full")

        with monkeypatch.context() as disk:
            disk.setattr(till.journal, "transaction", full_disk)
            for _ in range(3):
                with pytest.raises(JournalUnavailable):
                    printing.run_pending()
        assert (printer.papers, told) == (1, [])
        assert printing.run_pending() is None
        assert (printer.papers, told) == (1, [PrintState.PRINTED])
        assert [job.state for job in till.journal.print_jobs(states=list(PrintState))] == [PrintState.PRINTED]


class StumblingPrinter(CountingPrinter):
    """A driver with a bug that shows once."""

    def __init__(self) -> None:
        super().__init__()
        self.stumbled, self.printed = threading.Event(), threading.Event()

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill
    ) -> tuple[PrintState, str | None]:
        if not self.stumbled.is_set():
            self.stumbled.set()
            raise EOFError
        self.printed.set()
        return super().print_slip(job, lines, bill)


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
