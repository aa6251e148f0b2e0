"""Scheduled copies on a running till: its threads, its journal, a real closing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pos.bootstrap import Program
from pos.office import Office
from pos.running import RunningTill
from tests.integration.counter import Counter
from tests.sandbox_process import SandboxProcess


def until(seen: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until it was seen."""
    end_s = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < end_s, "not within the time"
        threading.Event().wait(0.05)


def started(counter: Counter) -> RunningTill:
    running = RunningTill(Program(counter.folder), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    running.start()
    return running


def close_the_day(counter: Counter) -> None:
    running = started(counter)
    office = Office(running)
    office.closing.close(office.today(), "Hương", leave_as_cases=True)
    assert running.close()


def test_a_folder_set_on_a_running_till_gets_its_copies_without_a_restart(counter: Counter, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    running = started(counter)
    try:
        office = Office(running)
        office.closing.close(office.today(), "Hương", leave_as_cases=True)
        running.program.settings_noted.change({"reports.copy_folder": str(tmp_path / "copies")}, actor="Hương")
        until(lambda: running.copies().day == office.today())
    finally:
        assert running.close()


def test_a_closed_day_is_copied_after_the_start_and_only_once(
    counter: Counter, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    counter.redeem("B1", sandbox.labelled("plain")[0])
    close_the_day(counter)
    assert counter.here("config", "set", "reports.copy_folder", str(folder)).status == 0

    running = started(counter)  # the stick is not there: told, and the till runs on
    until(lambda: running.copies().fault is not None)
    fault = running.copies().fault
    assert fault is not None
    assert fault.code == "report.folder_gone"
    assert running.close()

    folder.mkdir()
    running = started(counter)
    until(lambda: running.copies().day is not None)
    assert sorted(file.suffix for file in folder.iterdir()) == [".csv", ".pdf", ".xlsx"]
    assert running.close()

    written = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    running = started(counter)
    threading.Event().wait(2.5)  # two idle seconds of the report thread
    assert running.close()
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == written


def test_a_till_without_a_folder_starts_no_thread_for_it(counter: Counter) -> None:
    running = started(counter)
    assert [thread.name for thread in threading.enumerate() if thread.name in ("report", "manager")] == []
    assert running.close()
