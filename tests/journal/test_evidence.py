"""The audit chain, the check of a whole journal, and what may leave it."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain import audit
from pos.domain.redemption import LOSS, Event
from pos.journal import chain
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from pos.till.ports import Person, Role, Trace
from tests.journal.shop import SteadyClock, accept_offline, add, bring_to, code, stamp

FACTS = st.dictionaries(st.text(min_size=1), st.none() | st.booleans() | st.integers() | st.text())


@given(FACTS)
def test_the_chain_writes_facts_as_the_domain_does(facts: dict[str, audit.AuditValue]) -> None:
    assert chain.facts_text(facts) == audit.canonical(facts)


def test_links_follow_the_domains_rule_and_say_who_and_when(journal: SqliteJournal, clock: SteadyClock) -> None:
    accept_offline(journal, "r1", 1)
    clock.pass_s(-60)
    with journal.transaction("minh") as tx:
        tx.audit("policy.changed", "offline", never=True, note="thử “nhiều” chữ")
    links = list(chain.rows(journal._core.connections.get()))
    assert audit.first_break(links) is None
    assert [(link.seq, link.actor, link.at_utc) for link in links] == [
        (1, "lan", "2026-11-21T05:00:00.000Z"), (2, "minh", "2026-11-21T04:59:00.000Z"),
    ]  # fmt: skip
    assert [change["kind"] for change in json.loads(links[0].facts)] == [
        "bill", "redemption", "move", "slip", "rows",
    ]  # fmt: skip
    (change,) = json.loads(links[1].facts)
    assert change == {"kind": "policy.changed", "ref": "offline", "facts": {"never": True, "note": "thử “nhiều” chữ"}}


def test_a_transaction_that_changes_nothing_adds_no_link(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.mark_shown([])
    assert journal.verify().links == 1


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 3", 3),
        ("UPDATE audit SET facts = replace(facts, '50000', '5000') WHERE seq = 2", 2),
        ("UPDATE audit SET at_utc = '2026-11-22T00:00:00.000Z' WHERE seq = 1", 1),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET seq = 99 WHERE seq = 5", 5),
    ],
)
def test_a_changed_history_shows_where_it_was_changed(journal: SqliteJournal, tampering: str, broken_at: int) -> None:
    for number in range(5):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    with closing(connect(journal.path)) as raw:
        raw.execute("DROP TRIGGER audit_fixed")
        raw.execute("DROP TRIGGER audit_stays")
        raw.execute(tampering)
    verdict = journal.verify()
    assert verdict.first_break == broken_at
    assert {f"audit_chain:{broken_at}", "missing:audit_fixed", "missing:audit_stays"} <= set(verdict.faults)


def test_a_cut_off_tail_shows_against_the_printed_hash(journal: SqliteJournal) -> None:
    for number in range(3):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    printed = journal.verify().last_hash
    with closing(connect(journal.path)) as raw:
        raw.execute("DROP TRIGGER audit_stays")
        raw.execute("DELETE FROM audit WHERE seq = 3")
    assert journal.verify().first_break is None
    assert journal.verify().last_hash != printed


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("DROP TRIGGER outbox_work_left", "missing:outbox_work_left"),
        ("DROP INDEX redemption_standing", "missing:redemption_standing"),
        ("DROP TRIGGER outbox_work_left; DELETE FROM outbox", "without_work:r0"),
        ("DROP TRIGGER cases_stays; DELETE FROM cases", "loss_without_case:r1"),
        ("DROP TRIGGER bill_sent_stays; CREATE TRIGGER bill_sent_stays AFTER UPDATE ON bill BEGIN SELECT 1; END",
         "changed:bill_sent_stays"),
        ("PRAGMA foreign_keys = OFF; DROP TRIGGER bill_stays; DELETE FROM bill WHERE number = 'B1'",
         "foreign_key:redemption"),
        ("DROP TRIGGER redemption_taking_back_as_told; UPDATE redemption SET taking_back = 'done' WHERE id = 'r0'",
         "taken_back_unlike:r0"),
        ("PRAGMA ignore_check_constraints = ON;"
         "UPDATE redemption SET outcome = 'dropped' WHERE id = 'r0'", "state:dropped:1"),
    ],
)  # fmt: skip
def test_verify_finds_what_was_taken_out(journal: SqliteJournal, tampering: str, fault: str) -> None:
    accept_offline(journal, "r0", 1)
    add(journal, "r1", 2)
    bring_to(journal, "r1", LOSS)
    assert journal.verify().whole
    with closing(connect(journal.path)) as raw:
        raw.executescript(tampering)
    assert any(found.startswith(fault) for found in journal.verify().faults)


def exported(journal: SqliteJournal) -> list[dict[str, object]]:
    target = journal.path.with_name("export.jsonl")
    count = journal.export(target)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == count
    return lines


def test_the_export_is_complete_and_holds_no_code_and_no_pin(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    journal.people.add(Person("p1", "Lan", Role.CASHIER), "$argon2id$hash", actor="setup")
    with journal.transaction("settle") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
        tx.add_answer("c1", "used", Trace(200, raw='{"voucher":"••••0001"}'), offset_s=0.5)
    lines = exported(journal)
    tables = {str(line["table"]) for line in lines}
    assert tables == {"bill", "redemption", "attempt", "answer", "outbox", "print_job", "person", "audit"}
    text = journal.path.with_name("export.jsonl").read_text(encoding="utf-8")
    assert code(1).reveal() not in text
    assert "argon2" not in text
    (row,) = [line for line in lines if line["table"] == "redemption"]
    assert (row["ending"], row["outcome"], row["given"]) == ("0001", "in_flight", 1)


@pytest.mark.parametrize("number", ["=HYPERLINK(1)", " =HYPERLINK(1)", "＝HYPERLINK(1)"])
def test_the_csv_export_opens_in_a_spreadsheet_without_running_formulas(
    journal: SqliteJournal, tmp_path: Path, number: str
) -> None:
    accept_offline(journal, "r1", 1, bill_number=number)
    journal.export(tmp_path / "csv", as_csv=True)
    with (tmp_path / "csv" / "bill.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["number"], row["total_vnd"]) == (f"'{number}", "265000")
    assert (tmp_path / "csv" / "bill.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_sale_may_go_on_while_an_export_runs(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    reader = connect(journal.path, writing=False)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM redemption").fetchone() == (1,)
    accept_offline(journal, "r2", 2, bill_number="B2")
    assert reader.execute("SELECT count(*) FROM redemption").fetchone() == (1,)
    reader.close()
    assert journal.risk().count == 2
