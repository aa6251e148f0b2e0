"""What the loops ask all day is read from the file only when the journal has changed, and is never old."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.errors import RuleBroken
from pos.domain.redemption import Event, Outcome
from pos.journal.store import SqliteJournal
from pos.till.ports import JournalTx, PrintState, RememberedCheck
from tests.journal.shop import GOTIT, NOON, accept_offline, code, open_journal, stamp

WAITING = (PrintState.PENDING, PrintState.PRINTING)


def ask(journal: SqliteJournal) -> tuple[list[str], list[str]]:
    """Ids of what waits for the issuer, and of what waits for the printer."""
    return [e.redemption_id for e in journal.outbox()], [job.id for job in journal.print_jobs(states=WAITING)]


def statements(journal: SqliteJournal) -> int:
    """How many statements it takes to ask."""
    connection, heard = journal._core.connections.get(), list[str]()
    connection.set_trace_callback(heard.append)
    ask(journal)
    connection.set_trace_callback(None)
    return len(heard)


def finish(tx: JournalTx, then_ask: SqliteJournal | None = None) -> None:
    """Settle r1 and print its slip; then, if asked to, look, and stumble over a rule."""
    tx.move("r1", Event.SEND, sent=stamp())
    tx.move("r1", Event.USED)
    tx.unschedule("r1")
    tx.set_print_state("slip-r1", PrintState.PRINTED)
    if then_ask is not None:
        assert ask(then_ask) == ([], [])
        tx.move("r1", Event.USED)


def test_an_idle_till_does_not_read_its_journal(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    assert [statements(journal) for _ in range(3)] == [2, 0, 0]
    journal.remember_check(GOTIT, code(2), RememberedCheck(NOON, "run", 1.0, 50_000, None))
    assert statements(journal) == 0, "a remembered check is not what waits"


def test_what_changed_is_seen_at_once(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    assert ask(journal) == (["r1"], ["slip-r1"])
    accept_offline(journal, "r2", 2, bill_number="B2")
    assert ask(journal) == (["r1", "r2"], ["slip-r1", "slip-r2"])
    with journal.transaction("settle") as tx:
        finish(tx)
        assert ask(journal) == (["r2"], ["slip-r2"]), "its own half-done work"
    assert ask(journal) == (["r2"], ["slip-r2"])


def test_half_done_work_that_was_given_up_is_forgotten(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with pytest.raises(RuleBroken), journal.transaction("settle") as tx:
        finish(tx, then_ask=journal)
    assert ask(journal) == (["r1"], ["slip-r1"])


def test_another_program_s_reader_sees_each_commit(tmp_path: Path) -> None:
    till = open_journal(tmp_path / "journal.db")
    accept_offline(till, "r1", 1)
    reader = open_journal(tmp_path / "journal.db", writing=False)
    assert ask(reader) == (["r1"], ["slip-r1"])
    accept_offline(till, "r2", 2, bill_number="B2")
    assert ask(reader) == (["r1", "r2"], ["slip-r1", "slip-r2"])
    reader.close()
    till.close()


def test_limits_and_states_are_questions_of_their_own(journal: SqliteJournal) -> None:
    for nth in (1, 2):
        accept_offline(journal, f"r{nth}", nth, bill_number=f"B{nth}")
    assert len(journal.outbox()) == 2
    assert len(journal.outbox(1)) == 1
    assert len(journal.print_jobs(states=WAITING)) == 2
    assert journal.print_jobs(states=[PrintState.PRINTED]) == ()


def test_a_row_that_moved_is_told_as_it_stands(journal: SqliteJournal) -> None:
    """Rows are kept deciphered by what their columns say, so other columns are another row."""
    accept_offline(journal, "r1", 1)
    before = journal.redemption("r1")
    assert journal.redemption("r1") is before
    with journal.transaction("settle") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
    after = journal.redemption("r1")
    assert (after.state.outcome, after.sends, after.code) == (Outcome.IN_FLIGHT, 1, before.code)
