"""What the database itself refuses, whoever asks: each rule is shown to bite, and to be the one that bites."""
# ruff: noqa: E501 – one rule a line

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import RuleBroken
from pos.domain.redemption import (
    DROPPED,
    LOSS,
    NEVER_AGAIN,
    REFUSED,
    SETTLED,
    STATES,
    TABLE,
    UNKNOWN,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Event,
    HoldEvent,
    State,
)
from pos.journal.connection import connect
from pos.journal.rows import STANDS
from pos.journal.store import SqliteJournal
from pos.till.ports import Person, PrintState, Role, TakeBackStep, Trace, Work
from tests.journal.booking_bites import BOOKING_BITES
from tests.journal.day_bites import DAY, DAY_BITES
from tests.journal.sale_bites import SALE_BITES
from tests.journal.shop import GOTIT, NOON, accept_offline, add, bring_to, code, new, stamp

_SET_STATE = (
    "UPDATE redemption SET outcome = ?, given = ?, given_utc = ifnull(given_utc, 'x'), sent_utc = 'x' WHERE id = 'r1'"
)


def a_full_shop(journal: SqliteJournal) -> None:
    """One row in every table: r1 accepted offline and unknown, r2 a loss with its case, r3 dropped with a stuck hold,
    r4 used too late, the slip of its bill sent; r1 decided about, r6 used and being taken back.
    """
    accept_offline(journal, "r1", 1)
    bring_to_unknown_by_queue(journal)
    add(journal, "r2", 2, bill_number="B2")
    bring_to(journal, "r2", LOSS)
    add(journal, "r3", 3, bill_number="B3")
    with journal.transaction("lan") as tx:
        tx.move_hold("r3", HoldEvent.RESERVE, sent=stamp())
        tx.schedule("r3", Work.RELEASE, session="s", due_mono_s=0.0, due_utc=NOON)
        tx.open_case("r3", CaseKind.STUCK_HOLD)
        tx.add_answer("c1", "lost", Trace(), offset_s=None)
    add(journal, "r4", 4, bill_number="B4")
    bring_to(journal, "r4", USED_NOT_GIVEN)
    with journal.transaction("lan") as tx:
        tx.open_case("r4", CaseKind.LATE_EFFECT)
        tx.add_print_job("slip-r4", "B4")
        tx.set_print_state("slip-r4", PrintState.SENT)
        tx.add_decision("r1", accepted=True, manager="Hương", reason="saw it")
    add(journal, "r5", 5, bill_number="B5")
    with journal.transaction("lan") as tx:
        tx.move("r5", Event.SEND, sent=stamp())
        tx.add_attempt("c5", "mark_used", ["r5"], stamp())
        tx.move("r5", Event.USED_HERE)
    add(journal, "r6", 6, bill_number="B6")
    with journal.transaction("lan") as tx:
        tx.move("r6", Event.SEND, sent=stamp())
        tx.add_attempt("c6", "mark_used", ["r6"], stamp())
        tx.move("r6", Event.USED)
        tx.add_take_back("r6", TakeBackStep.BEGUN, manager="Hương", reason="voided", call_id="c9")
    journal.next_number("bill")
    journal.people.add(person(), "$argon2…", actor="setup")


def person() -> Person:
    return Person("p1", "Lan", Role.CASHIER)


def bring_to_unknown_by_queue(journal: SqliteJournal) -> None:
    with journal.transaction("settle") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
    with journal.transaction("settle") as tx:
        tx.move("r1", Event.LOST)


BITES = [
    ("bill_stays", "DELETE FROM bill", "rule.nothing_deleted"),
    ("redemption_stays", "DELETE FROM redemption WHERE id = 'r3'", "rule.nothing_deleted"),
    ("attempt_stays", "DELETE FROM attempt", "rule.nothing_deleted"),
    ("answer_stays", "DELETE FROM answer", "rule.nothing_deleted"),
    ("cases_stays", "DELETE FROM cases", "rule.nothing_deleted"),
    ("print_job_stays", "DELETE FROM print_job", "rule.nothing_deleted"),
    ("audit_stays", "DELETE FROM audit WHERE seq = 1", "rule.nothing_deleted"),
    ("counter_stays", "DELETE FROM counter", "rule.nothing_deleted"),
    ("person_stays", "DELETE FROM person", "rule.nothing_deleted"),
    ("print_job_stays", "REPLACE INTO print_job SELECT id, bill_number, 7, state, created_utc, tries, note FROM print_job",
     "rule.nothing_deleted"),
    ("attempt_fixed", "UPDATE attempt SET operation = 'check'", "rule.append_only"),
    ("answer_fixed", "UPDATE answer SET result = 'used'", "rule.append_only"),
    ("audit_fixed", "UPDATE audit SET actor = 'nobody'", "rule.append_only"),
    ("redemption_who_is_fixed", "UPDATE redemption SET code_ending = '9999'", "rule.identity_is_fixed"),
    ("redemption_code_is_fixed", "UPDATE redemption SET code_hash = randomblob(16) WHERE id = 'r1'",
     "rule.identity_is_fixed"),
    ("redemption_code_is_fixed", "UPDATE redemption SET code_sealed = x'00' WHERE id = 'r1'", "rule.identity_is_fixed"),
    ("redemption_given_stays", "UPDATE redemption SET given = 0 WHERE id = 'r1'", "rule.given_stays"),
    ("redemption_verdict_stays", "UPDATE redemption SET outcome = 'used' WHERE id = 'r2'", "rule.verdict_stays"),
    ("redemption_amount_stays", "UPDATE redemption SET amount_vnd = 1 WHERE id = 'r1'", "rule.amount_stays"),
    ("redemption_sends_grow", "UPDATE redemption SET sends = 0 WHERE id = 'r1'", "rule.sends_grow"),
    ("bill_sent_stays", "UPDATE bill SET total_vnd = 1 WHERE number = 'B1'", "rule.bill_sent"),
    ("bill_who_is_fixed", "UPDATE bill SET cashier = 'nobody'", "rule.identity_is_fixed"),
    ("outbox_work_left", "DELETE FROM outbox WHERE redemption_id = 'r1'", "rule.work_left"),
    ("outbox_work_left", "DELETE FROM outbox WHERE redemption_id = 'r3'", "rule.work_left"),
    ("outbox_who_is_fixed", "UPDATE outbox SET redemption_id = 'r2' WHERE redemption_id = 'r1'", "rule.identity_is_fixed"),
    ("case_opened_is_fixed", "UPDATE cases SET amount_vnd = 0", "rule.identity_is_fixed"),
    ("case_opens_open", "INSERT INTO cases (redemption_id, kind, opened_utc, amount_vnd, closed_utc, closed_by, closure)"
     " VALUES ('r1', 'loss', 'x', 0, 'x', 'x', 'x')", "rule.case_closed"),
    ("print_job_who_is_fixed", "UPDATE print_job SET copy = 3", "rule.identity_is_fixed"),
    ("print_job_on_paper_stays", "UPDATE print_job SET state = 'pending' WHERE state = 'sent'", "rule.slip_on_paper"),
    ("redemption_late_stays", "UPDATE redemption SET given = 1, given_utc = 'x' WHERE id = 'r4'", "rule.late_is_a_case"),
    ("decision_stays", "DELETE FROM decision", "rule.nothing_deleted"),
    ("decision_fixed", "UPDATE decision SET accepted = 0", "rule.append_only"),
    ("taken_back_stays", "DELETE FROM taken_back", "rule.nothing_deleted"),
    ("taken_back_fixed", "UPDATE taken_back SET step = 'done', call_id = NULL", "rule.append_only"),
    ("taken_back_was_ours", "INSERT INTO taken_back VALUES ('r2', 'begun', 'c', 'm', 'r', 'x')", "rule.never_sent"),
    ("taken_back_in_order", "INSERT INTO taken_back SELECT 'r5', 'done', NULL, 'm', 'r', 'x'", "rule.taken_back_ended"),
    ("redemption_new_not_taken_back", "INSERT INTO redemption SELECT 'r9', bill_number, 9, provider, code_sealed,"
     " code_hash, code_ending, outcome, given, given_utc, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, skus,"
     " reason, detail, transaction_id, created_utc, business_date, cashier, sent_utc, sent_session, sent_mono_s,"
     " sent_issuer_utc, sends, answered, proven_unused, shown_utc, 'done' FROM redemption WHERE id = 'r1'",
     "rule.append_only"),
    ("redemption_taking_back_as_told", "UPDATE redemption SET taking_back = 'done' WHERE id = 'r6'", "rule.append_only"),
    ("redemption_taken_back_rests", "UPDATE redemption SET given = 1, given_utc = 'x' WHERE id = 'r6'",
     "rule.being_taken_back"),
    ("counter_grows", "UPDATE counter SET value = 1", "rule.counter_grows"),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "sql", "rule"), BITES)
def test_a_rule_bites_and_is_the_one_that_bites(journal: SqliteJournal, trigger: str, sql: str, rule: str) -> None:
    a_full_shop(journal)
    with closing(connect(journal.path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match=rule.replace(".", r"\.")):
            raw.execute(sql)
        raw.execute("BEGIN")
        raw.execute(f"DROP TRIGGER {trigger}")
        assert raw.execute(sql).rowcount >= 1
        raw.execute("ROLLBACK")


@pytest.mark.parametrize(("trigger", "sql", "rule"), DAY_BITES)
def test_a_rule_of_the_managers_day_bites(journal: SqliteJournal, trigger: str, sql: str, rule: str) -> None:
    with closing(connect(journal.path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for statement in DAY:
            raw.execute(statement)
        with pytest.raises(sqlite3.IntegrityError, match=rule.replace(".", r"\.")):
            raw.execute(sql)
        raw.execute("BEGIN")
        raw.execute(f"DROP TRIGGER {trigger}")
        assert raw.execute(sql).rowcount >= 1
        raw.execute("ROLLBACK")


@pytest.mark.parametrize("rule", ["case_closed_stays", "redemption_settled_stays", "taken_back_tells"])
def test_every_rule_of_the_schema_is_in_this_file(journal: SqliteJournal, rule: str) -> None:
    with closing(connect(journal.path)) as raw:
        found = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    assert found - {trigger for trigger, _, _ in (*BITES, *SALE_BITES, *BOOKING_BITES, *DAY_BITES)} == {
        "case_closed_stays",
        "redemption_settled_stays",
        "taken_back_tells",
    }
    assert rule in found


@pytest.mark.parametrize("before", sorted(SETTLED | {USED_NOT_GIVEN, LOSS}), ids=str)
def test_a_settled_row_changes_in_no_way_but_the_tables(journal: SqliteJournal, before: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", before)
    ways = {after for (state, _), after in TABLE.items() if state == before}
    with closing(connect(journal.path)) as raw:
        for after in set(STATES) - {before}:
            raw.execute("BEGIN")
            if after in ways:
                assert raw.execute(_SET_STATE, (after.outcome.value, int(after.given))).rowcount == 1
            else:
                with pytest.raises(sqlite3.IntegrityError, match=r"rule\."):
                    raw.execute(_SET_STATE, (after.outcome.value, int(after.given)))
            raw.execute("ROLLBACK")


def test_a_closed_case_is_closed(journal: SqliteJournal) -> None:
    a_full_shop(journal)
    with journal.transaction("minh") as tx:
        tx.close_case(journal.cases()[0].id, closure="paid in cash")
    with closing(connect(journal.path)) as raw:
        for sql in (
            "UPDATE cases SET closed_utc = NULL, closed_by = NULL, closure = NULL WHERE closure IS NOT NULL",
            "UPDATE cases SET closure = 'another story' WHERE closure IS NOT NULL",
        ):
            with pytest.raises(sqlite3.IntegrityError, match=r"rule\.case_closed"):
                raw.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE redemption SET outcome = 'lost' WHERE id = 'r1'",
        "UPDATE redemption SET given = 2 WHERE id = 'r1'",
        "UPDATE redemption SET hold = 'maybe' WHERE id = 'r1'",
        "UPDATE redemption SET worth_vnd = -1 WHERE id = 'r1'",
        "UPDATE redemption SET outcome = 'dropped' WHERE id = 'r1'",  # given: a drop would lose it
        "INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier) VALUES ('B9', -1, 'x', 'x', 'x')",
        "INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier) VALUES ('', 1, 'x', 'x', 'x')",
        "INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier) VALUES ('B9', 'ten', 'x', 'x', 'x')",
        "UPDATE cases SET closed_utc = 'x' WHERE redemption_id = 'r2'",
        "UPDATE cases SET closed_utc = 'x', closed_by = 'minh', closure = ' ' WHERE redemption_id = 'r2'",
        "INSERT INTO print_job (id, bill_number, copy, state, created_utc, tries) VALUES ('p9', 'NONE', 0, 'sent', 'x', 0)",
        "INSERT INTO outbox VALUES ('nobody', 'send', 0, 0, 's', 0.0, 'x', NULL)",
    ],
)  # fmt: skip
def test_impossible_values_are_refused(journal: SqliteJournal, sql: str) -> None:
    a_full_shop(journal)
    with closing(connect(journal.path)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(sql)


@pytest.mark.parametrize("state", sorted(NEVER_AGAIN), ids=str)
def test_the_index_lets_a_code_stand_once(journal: SqliteJournal, state: State) -> None:
    accept_offline(journal, "r0", 1)
    with closing(connect(journal.path)) as raw, pytest.raises(sqlite3.IntegrityError, match="code_hash"):
        raw.execute(
            "INSERT INTO redemption SELECT 'r9', bill_number, 9, provider, code_sealed, code_hash, code_ending, ?, ?, 'x',"
            " hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, skus, reason, detail, transaction_id,"
            " created_utc, business_date, cashier, 'x', 's', 0.0, NULL, sends, answered, proven_unused, shown_utc,"
            " taking_back FROM redemption WHERE id = 'r0'",
            (state.outcome.value, int(state.given)),
        )


@pytest.mark.parametrize(
    ("end", "stands"),
    [(None, True), (TakeBackStep.DONE, False), (TakeBackStep.REFUSED, True), (TakeBackStep.BY_HAND, True)],
)
def test_a_code_may_be_used_again_only_when_it_is_proven_taken_back(
    journal: SqliteJournal, end: TakeBackStep | None, stands: bool
) -> None:
    """The file itself refuses the second use; no program has to look first."""
    a_full_shop(journal)
    if end is not None:
        with journal.transaction("minh") as tx:
            tx.add_take_back("r6", end, manager="Hương", reason="voided")
    assert (journal.standing(GOTIT, code(6)) is not None) is stands
    with closing(connect(journal.path)) as raw:
        again = (
            "INSERT INTO redemption SELECT 'r9', bill_number, 9, provider, code_sealed, code_hash, code_ending, outcome,"
            " given, given_utc, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, skus, reason, detail,"
            " transaction_id, created_utc, business_date, cashier, sent_utc, sent_session, sent_mono_s, sent_issuer_utc,"
            " sends, answered, proven_unused, shown_utc, 'no' FROM redemption WHERE id = 'r6'"
        )
        if stands:
            with pytest.raises(sqlite3.IntegrityError, match="code_hash"):
                raw.execute(again)
        else:
            assert raw.execute(again).rowcount == 1
            plan = raw.execute(
                f"EXPLAIN QUERY PLAN SELECT 1 FROM redemption WHERE code_hash = ? AND provider = ? AND {STANDS}",
                (b"", ""),
            ).fetchall()
            assert "redemption_standing" in plan[0][3], "a look-up must not cost the size of the journal"


@pytest.mark.parametrize("state", STATES, ids=str)
def test_an_outbox_row_goes_when_its_work_is_done(journal: SqliteJournal, state: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    with journal.transaction("settle") as tx:
        tx.schedule("r1", Work.SEND, session="s", due_mono_s=0.0, due_utc=NOON)
    at_work = state in {s for s in STATES if s.outcome in (UNKNOWN.outcome, s.outcome.IN_FLIGHT)} | {UNSENT_GIVEN}
    if at_work:
        with pytest.raises(RuleBroken, match=r"rule\.work_left"), journal.transaction("settle") as tx:
            tx.unschedule("r1")
    else:
        with journal.transaction("settle") as tx:
            tx.unschedule("r1")
    assert len(journal.outbox()) == int(at_work)


@pytest.mark.parametrize("state", [DROPPED, REFUSED])
def test_a_hold_nobody_waits_for_is_work_until_released(journal: SqliteJournal, state: State) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move_hold("r1", HoldEvent.RESERVE, sent=stamp())
        tx.move_hold("r1", HoldEvent.HELD)
        tx.schedule("r1", Work.RELEASE, session="s", due_mono_s=0.0, due_utc=NOON)
        tx.move("r1", Event.DROP if state == DROPPED else Event.REFUSED)
    with pytest.raises(RuleBroken, match=r"rule\.work_left"), journal.transaction("settle") as tx:
        tx.unschedule("r1")
    with journal.transaction("settle") as tx:
        tx.move_hold("r1", HoldEvent.RELEASE)
        tx.move_hold("r1", HoldEvent.RELEASED)
        tx.unschedule("r1")
    assert journal.outbox() == ()


def test_a_person_may_end_the_work_on_a_stuck_hold(journal: SqliteJournal) -> None:
    a_full_shop(journal)
    stuck = next(case for case in journal.cases() if case.kind is CaseKind.STUCK_HOLD)
    with journal.transaction("minh") as tx:
        tx.close_case(stuck.id, closure="the issuer released it by hand")
        tx.unschedule("r3")
    assert [row.redemption_id for row in journal.outbox()] == ["r1"]


def test_no_whole_code_is_in_the_file(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    journal.close()
    stored = journal.path.read_bytes()
    assert new("r1", 1).code.reveal().encode() not in stored
    assert new("r1", 1).code.ending.encode() in stored
