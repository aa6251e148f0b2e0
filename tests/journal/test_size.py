"""Nothing the counter asks costs the size of the journal: every statement of the port goes through an index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.domain.redemption import Event
from pos.journal.store import SqliteJournal
from pos.till.ports import PrintState, RememberedCheck, Trace
from tests.journal.shop import GOTIT, NOON, accept_offline, code, stamp

BIG = ("redemption", "bill", "attempt", "answer", "audit", "print_job", "last_check", "r", "o")
"""Tables that grow with every sale, under the names that statements give them."""
SMALL_INDEXES = ("redemption_alive", "print_job_waiting", "case_open")
"""Partial indexes that hold only what somebody still has to look at."""

QUESTIONS: dict[str, Callable[[SqliteJournal], object]] = {
    "bill": lambda j: j.bill("B1"),
    "redemption": lambda j: j.redemption("r1"),
    "redemptions_of": lambda j: j.redemptions_of("B1"),
    "redemptions_by_bill": lambda j: j.redemptions_by_bill(["B1", "B2"]),
    "paid_vnd": lambda j: j.paid_vnd(["B1", "B2"]),
    "standing": lambda j: j.standing(GOTIT, code(1)),
    "last_check": lambda j: j.last_check(GOTIT, code(1)),
    "remember_check": lambda j: j.remember_check(GOTIT, code(1), RememberedCheck(NOON, "s", 1.0, 5, None)),
    "risk": lambda j: j.risk(),
    "in_flight": lambda j: j.in_flight(),
    "open_holds": lambda j: j.open_holds(),
    "open_bills": lambda j: j.open_bills(),
    "unshown": lambda j: j.unshown(),
    "outbox_of": lambda j: j.outbox_of("B1"),
    "cases": lambda j: j.cases(),
    "cases_of": lambda j: j.cases_of("B1"),
    "print_jobs": lambda j: j.print_jobs(states=[PrintState.PENDING, PrintState.DOUBTFUL]),
    "latest_record_utc": lambda j: j.latest_record_utc(),
    "next_number": lambda j: j.next_number("bill"),
    "accept_offline": lambda j: accept_offline(j, "r2", 2, bill_number="B2"),
    "settle": lambda j: settle(j),
}


def settle(journal: SqliteJournal) -> None:
    with journal.transaction("settle") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
    with journal.transaction("settle") as tx:
        tx.add_answer("c1", "used", Trace(), offset_s=None)
        tx.move("r1", Event.USED)
        tx.unschedule("r1")
        tx.mark_shown(["r1"])
        tx.set_print_state("slip-r1", PrintState.SENT)


# Looks for children of a bill that came before it; runs only with deferred foreign keys pending, and there are none.
NOT_RUN = (["INSERT", "INTO", "bill"], "SCAN print_job")


def plans(journal: SqliteJournal, ask: Callable[[SqliteJournal], object]) -> list[str]:
    connection, heard = journal._core.connections.get(), list[str]()
    connection.set_trace_callback(heard.append)
    ask(journal)
    connection.set_trace_callback(None)
    asked = [sql for sql in heard if sql.lstrip().split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]
    assert asked
    steps = [(sql, row[3]) for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return [step for sql, step in steps if (sql.split()[:3], step) != NOT_RUN]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_reads_what_it_is_about_and_not_the_whole_journal(journal: SqliteJournal, name: str) -> None:
    accept_offline(journal, "r1", 1)
    for step in plans(journal, QUESTIONS[name]):
        words = step.split()
        if words[0] == "SCAN" and words[1] in BIG:
            # The end of the chain is the one whole-table step: it stops at its first row.
            assert any(index in step for index in SMALL_INDEXES) or (name in ENDS and words[1] == "audit"), step


ENDS = ("latest_record_utc", "next_number", "remember_check", "accept_offline", "settle")


def test_the_list_of_bills_stops_where_it_is_told(journal: SqliteJournal) -> None:
    assert plans(journal, lambda j: j.bill_numbers(limit=5)) == ["SCAN bill"]  # by rowid backwards, LIMIT 5


def test_the_list_of_work_reads_the_outbox_and_only_its_rows(journal: SqliteJournal) -> None:
    steps = plans(journal, lambda j: j.outbox())
    assert steps == ["SCAN o", "SEARCH r USING PRIMARY KEY (id=?)"]
