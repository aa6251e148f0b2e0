"""The plug is pulled: what was told stands, what was not told is whole or absent, nothing is half."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pos.domain.redemption import DONE, IN_FLIGHT, Event
from pos.journal.connection import connect
from tests.journal.child import STEPS
from tests.journal.shop import accept_offline, add, open_journal, stamp

CHILD = [sys.executable, "-m", "tests.journal.child"]


@pytest.mark.parametrize("step", STEPS)
def test_a_sale_killed_at_any_step_is_whole_or_absent(path: Path, step: str) -> None:
    first = open_journal(path)
    accept_offline(first, "r1", 1)
    first.close()
    done = subprocess.run([*CHILD, "die", step, str(path)], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    journal = open_journal(path)
    stands = ("B2", "B1") if step == "committed" else ("B1",)
    assert journal.bill_numbers() == stands
    assert journal.risk().count == len(journal.outbox()) == len(stands)
    assert journal.verify().whole
    journal.close()


@pytest.mark.parametrize("lines", [1, 2, 7, 150])
def test_every_commit_that_was_told_stands_after_a_kill(path: Path, lines: int) -> None:
    with subprocess.Popen([*CHILD, "sell", str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().split() for _ in range(lines)]
        process.kill()
        told += [line.split() for line in process.stdout.read().splitlines()]
    journal = open_journal(path)
    last = {row: event for row, event in told}
    for row, event in last.items():
        state = journal.redemption(row).state
        assert state == DONE or (event == "send" and state == IN_FLIGHT)
    more = journal.bill_numbers(limit=1000)
    assert len(last) <= len(more) <= len(last) + 1  # at most the one that nobody was told of yet
    assert journal.verify().whole
    journal.close()


def test_what_was_in_flight_is_found_at_the_next_start(path: Path) -> None:
    journal = open_journal(path)
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
    # No close(): the process is gone.
    again = open_journal(path)
    assert [row.id for row in again.in_flight()] == ["r1"]
    again.close()
    journal.close()


def test_a_commit_is_in_the_log_before_it_is_told(path: Path) -> None:
    """Copying the two files while the till runs is what a power cut leaves on the disk."""
    journal = open_journal(path)
    accept_offline(journal, "r1", 1)
    copy = path.parent / "copy.db"
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    journal.close()
    after_the_cut = open_journal(copy)
    assert after_the_cut.risk().count == 1
    after_the_cut.close()


def test_a_torn_commit_at_the_end_of_the_log_is_as_if_it_had_not_been(path: Path) -> None:
    journal = open_journal(path)
    accept_offline(journal, "r1", 1)
    whole = path.with_name("journal.db-wal").stat().st_size
    accept_offline(journal, "r2", 2, bill_number="B2")
    log = path.with_name("journal.db-wal").read_bytes()
    stored = path.read_bytes()
    journal.close()
    cut = path.parent / "cut.db"
    for size in (whole, whole + 24, (whole + len(log)) // 2, len(log) - 1):
        cut.write_bytes(stored)
        cut.with_name("cut.db-wal").write_bytes(log[:size])
        after_the_cut = open_journal(cut)
        assert after_the_cut.bill_numbers() == ("B1",)
        assert after_the_cut.verify().whole
        after_the_cut.close()


def test_every_connection_flushes_every_commit(path: Path) -> None:
    open_journal(path).close()
    connection = connect(path)
    settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in
                ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")]  # fmt: skip
    connection.close()
    assert settings == ["wal", 2, 1, 5000, 1]
