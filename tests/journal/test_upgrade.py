"""A journal of an earlier program: brought up to date with every row, every rule, and a copy of what it was.

`journal-v1.db.gz` is a day's journal that the program wrote when its schema was 1: a sale whose slip is printed, ones
whose slips are sent, doubtful, cancelled and waiting, a copy that waits, a voucher taken offline, and a late effect.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import RuleBroken
from pos.domain.redemption import USED_NOT_GIVEN, Event
from pos.journal.connection import connect
from pos.journal.migrations import copy_before, known_version, version_of
from pos.journal.store import SqliteJournal
from pos.till.ports import PrintState
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import open_journal

OLD = Path(__file__).with_name("journal-v1.db.gz")
COLUMNS = {"redemption": 31}
"""Of tables that got further columns at their end since."""
TABLES = ("bill", "redemption", "attempt", "answer", "outbox", "cases", "print_job", "audit", "counter", "last_check")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def opened(path: Path) -> SqliteJournal:
    """As the program of today opens it."""
    return open_journal(path, HandClock(), CountingChance())


def rows_of(path: Path) -> dict[str, list[Any]]:
    """Everything in it that the schema of then had a column for."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        rows = {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
    return {table: [row[: COLUMNS.get(table)] for row in found] for table, found in rows.items()}


def test_every_row_and_every_rule_is_there_and_a_copy_of_before(old: Path) -> None:
    before = rows_of(old)
    assert {row[3] for row in before["print_job"]} == {"pending", "printed", "sent", "doubtful", "cancelled"}
    with closing(opened(old)) as journal:
        assert journal.verify().whole
        assert rows_of(old) == before
    with closing(connect(old)) as raw:
        assert version_of(raw) == known_version()
    copy = copy_before(old, known_version())
    assert rows_of(copy) == before
    with closing(sqlite3.connect(copy)) as raw:
        assert version_of(raw) == 1


def test_its_slips_go_on_and_a_slip_can_be_begun(old: Path) -> None:
    with closing(opened(old)) as journal:
        waiting = journal.print_jobs(states=[PrintState.PENDING])
        assert [(job.bill_number, job.copy) for job in waiting] == [("B5", 0), ("B9", 0), ("B1", 1)]
        for state in (PrintState.PRINTING, PrintState.PRINTED):
            with journal.transaction("printer") as tx:
                tx.set_print_state(waiting[0].id, state)
        assert len(journal.print_jobs(states=[PrintState.PENDING])) == 2


@pytest.mark.parametrize("state", [PrintState.PRINTED, PrintState.SENT, PrintState.DOUBTFUL, PrintState.CANCELLED])
@pytest.mark.parametrize("then", [PrintState.PENDING, PrintState.PRINTING])
def test_what_was_on_paper_never_waits_for_the_printer_again(old: Path, state: PrintState, then: PrintState) -> None:
    with closing(opened(old)) as journal:
        (job,) = journal.print_jobs(states=[state])
        with pytest.raises(RuleBroken, match=r"rule\.slip_on_paper"), journal.transaction("printer") as tx:
            tx.set_print_state(job.id, then)
        assert journal.print_jobs(states=[state]) == (job,)


def test_a_late_effect_of_yesterday_is_handed_over_by_nobody(old: Path) -> None:
    with closing(opened(old)) as journal:
        late = journal.redemptions_of("B1")[0]
        assert (late.state, late.late) == (USED_NOT_GIVEN, True)
        with pytest.raises(RuleBroken, match=r"rule\.late_is_a_case"), journal.transaction("lan") as tx:
            tx.move(late.id, Event.HAND_OVER)
        assert not journal.redemption(late.id).state.given
