"""Several threads: each its own connection, one writer at a time, readers never in the way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from pos.domain.errors import JournalUnavailable, RuleBroken
from pos.domain.redemption import Event
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from tests.journal.shop import accept_offline, open_journal, stamp


def in_a_thread(work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(30)


def test_many_writers_lose_nothing_and_keep_one_chain(journal: SqliteJournal) -> None:
    def sell(who: int) -> None:
        for number in range(40):
            accept_offline(journal, f"r{who}-{number:03d}", who * 1000 + number, bill_number=f"B{who}-{number}")
        journal.close_thread()

    with ThreadPoolExecutor(4) as pool:
        for work in [pool.submit(sell, who) for who in range(4)]:
            work.result(60)
    assert journal.risk().count == 160
    verdict = journal.verify()
    assert verdict.whole
    assert verdict.links == 160


def test_two_tills_cannot_take_one_code_at_the_same_time(journal: SqliteJournal) -> None:
    start = threading.Barrier(2)

    def take(who: int) -> str:
        start.wait(10)
        try:
            accept_offline(journal, f"r{who}", 1, bill_number=f"B{who}")
        except RuleBroken as error:
            return error.code
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(take, (1, 2)))
    assert sorted(taken) == ["rule.already_taken", "taken"]
    assert journal.risk().count == 1


def test_a_reader_sees_the_last_commit_while_somebody_writes(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
        seen: list[str] = []
        in_a_thread(lambda: seen.append(journal.redemption("r1").state.outcome.value))
        assert seen == ["unsent"]
    assert journal.redemption("r1").state.outcome.value == "in_flight"


def test_readers_see_whole_commits_only(journal: SqliteJournal) -> None:
    """Every commit adds a row and its outbox entry: no reader ever counts one without the other."""
    done, strange = threading.Event(), []

    def look() -> None:
        reader = open_journal(journal.path, writing=False)
        connection = reader._core.connections.get()
        while not done.is_set():
            counts = connection.execute(
                "SELECT (SELECT count(*) FROM redemption), (SELECT count(*) FROM outbox)"
            ).fetchone()
            if counts[0] != counts[1]:
                strange.append(counts)
        reader.close()

    with ThreadPoolExecutor(2) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        for number in range(150):
            accept_offline(journal, f"r{number:03d}", number, bill_number=f"B{number}")
        done.set()
        for look_ended in looking:
            look_ended.result(30)
    assert strange == []
    assert journal.risk().count == 150


def test_connections_of_ended_threads_are_closed(journal: SqliteJournal) -> None:
    for _ in range(10):
        in_a_thread(journal.bill_numbers)
    assert len(journal._core.connections._open) <= 2
    journal.close_thread()
    assert journal.bill_numbers() == ()  # a new one is opened when needed


def test_a_write_by_another_process_is_met_by_one_refusal_and_no_broken_chain(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    other = open_journal(journal.path)
    accept_offline(other, "r2", 2, bill_number="B2")
    other.close()
    with pytest.raises(JournalUnavailable, match=r"journal\.busy"):
        accept_offline(journal, "r3", 3, bill_number="B3")
    accept_offline(journal, "r3", 3, bill_number="B3")
    assert journal.risk().count == 3
    assert journal.verify().whole


def test_a_begun_transaction_has_the_journal_to_itself_before_its_first_row(journal: SqliteJournal) -> None:
    with closing(connect(journal.path)) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with journal.transaction("lan"), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_journal_moved_away_while_open_is_not_made_anew_by_the_next_thread(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    journal.path.rename(journal.path.with_name("moved"))
    with pytest.raises(JournalUnavailable):
        in_a_thread(journal.bill_numbers)
    assert not journal.path.exists()
    journal.path.with_name("moved").rename(journal.path)
