"""`verify` finds every planted change: any byte of any link, any column of any row the chain speaks of, and where.

`QUAY_EVERY_BYTE=1` flips every byte of the chain and not one in a few.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain import audit
from pos.domain.audit import BreakKind, RowFaultKind
from pos.journal import chain
from pos.journal.booking_store import BookingStore
from pos.journal.connection import connect
from pos.journal.row_seals import KEYS, MAY_GO, columns
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.journal.verify import Unhurried, Verdict
from pos.journal.verify_chain import walk
from pos.journal.verify_rows import prove
from tests.journal import test_booking_rules, test_rules, test_sale_rules
from tests.journal.day_bites import DAY
from tests.journal.shop import SteadyClock, accept_offline, open_journal
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import open_journal as open_rig_journal

STEP = 1 if os.environ.get("QUAY_EVERY_BYTE") else 29
"""One byte in so many is flipped."""
LEAVES = "name = 'audit' AND pagetype = 'leaf' ORDER BY pageno"
COLUMNS = ("at_utc", "kind", "ref", "actor", "facts", "hash")


def a_day(journal: SqliteJournal) -> None:
    with journal.transaction("Hương") as tx:
        for statement in DAY:
            tx.run(statement)
        tx.run("INSERT INTO saved_filter VALUES ('loss', '{}', 'Hương', 'x')")
        tx.run("INSERT INTO statement_layout VALUES ('gotit', '{}', 'Hương', 'x')")


def everything(journal: SqliteJournal) -> None:
    test_rules.a_full_shop(journal)
    a_day(journal)


SHOPS: dict[str, Callable[[SqliteJournal], None]] = {
    "redeem": everything,
    "sell": lambda journal: test_sale_rules.a_shop(SaleStore(journal)),
    "book": lambda journal: test_booking_rules.a_shop(BookingStore(journal)),
}


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest, journal: SqliteJournal, clock: SteadyClock) -> SqliteJournal:
    """A shop of the real engine, whose clock jumps back once."""
    accept_offline(journal, "r0", 99, bill_number="B-before")
    clock.pass_s(-30)
    SHOPS[request.param](journal)
    return journal


@contextmanager
def thief(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody with a tool for SQLite who takes every rule out first."""
    with closing(connect(path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("BEGIN")
        yield raw
        if raw.in_transaction:
            raw.execute("COMMIT")


@contextmanager
def planted(raw: sqlite3.Connection, sql: str, *values: object) -> Iterator[bool]:
    """A change that stands for a moment; false if the table itself refused it."""
    raw.execute("SAVEPOINT planted")
    try:
        changed = raw.execute(sql, values).rowcount == 1
    except sqlite3.IntegrityError:
        changed = False
    yield changed
    raw.execute("ROLLBACK TO planted")


def test_a_shop_as_the_program_left_it_is_whole(shop: SqliteJournal) -> None:
    verdict = shop.verify()
    assert verdict.whole, verdict.faults
    assert verdict.seals > 10
    assert verdict.sealed_from == 1


def test_each_byte_of_each_link_counts(shop: SqliteJournal) -> None:
    flips = 0
    with thief(shop.path) as raw:
        links = raw.execute(
            f"SELECT seq, {', '.join(f'CAST({name} AS BLOB)' for name in COLUMNS)} FROM audit"
        ).fetchall()
        for seq, *fields in links:
            for name, field in zip(COLUMNS, fields, strict=True):
                for place in range(flips % STEP, len(field), STEP):
                    flipped = bytes((*field[:place], field[place] ^ (1 << flips % 8), *field[place + 1 :]))
                    new = "?" if name == "hash" else "CAST(? AS TEXT)"
                    with planted(raw, f"UPDATE audit SET {name} = {new} WHERE seq = ?", flipped, seq):
                        first = walk(raw, Unhurried()).breaks[0]
                    assert (first.kind, first.first) == (BreakKind.CHANGED, seq), (name, place)
                    flips += 1
    assert flips > len(links)


def test_each_byte_of_number_and_latest_time_counts(shop: SqliteJournal) -> None:
    with thief(shop.path) as raw:
        links = raw.execute("SELECT seq, high_utc FROM audit").fetchall()
        assert any(high for _, high in links)
        for seq, high in links:
            for bit in range(63):
                with planted(raw, "UPDATE audit SET seq = ? WHERE seq = ?", seq ^ (1 << bit), seq) as free:
                    found = walk(raw, Unhurried())
                if free:
                    assert found.breaks[0].kind is BreakKind.TAKEN_OUT or seq == len(links)
                    assert found.breaks[0].first == seq
            for other in ["2026-11-21T05:00:01.000Z"] if high is None else [None, high.replace("5", "4", 1)]:
                with planted(raw, "UPDATE audit SET high_utc = ? WHERE seq = ?", other, seq):
                    assert walk(raw, Unhurried()).breaks[0].first == seq


def another(value: Any) -> Any:
    """The least other value of the same type."""
    match value:
        case None:
            return 1
        case int() | float():
            return value + 1
        case bytes():
            return bytes((value[0] ^ 1, *value[1:]))
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    raise TypeError(value)


def test_each_column_of_each_row_that_the_chain_speaks_of_counts(shop: SqliteJournal) -> None:
    changed: set[str] = set()
    with thief(shop.path) as raw:
        for table, key in KEYS.items():
            names = (*key, *(name for name in columns(raw, table) if name not in key))
            for row in raw.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall():
                keys = row[: len(key)]
                where = " AND ".join(f"{name} = ?" for name in key)
                for name, value in zip(names[len(key) :], row[len(key) :], strict=True):
                    sql = f"UPDATE {table} SET {name} = ? WHERE {where}"
                    with planted(raw, sql, another(value), *keys) as done:
                        found = prove(raw, Unhurried(), 0)
                    if not done:  # a column that must be unique, or two columns that only change together
                        continue
                    changed.add(f"{table}.{name}")
                    faults = {(fault.kind, fault.table, fault.key) for fault in found.faults}
                    assert faults == {(RowFaultKind.CHANGED, table, "/".join(map(str, keys)))}
                    assert name in found.faults[0].columns
                    assert found.faults[0].link > 0
    assert len(changed) > 60


def test_a_row_taken_out_or_put_in_is_named(shop: SqliteJournal) -> None:
    seen = 0
    with thief(shop.path) as raw:
        for table, key in KEYS.items():
            keys = raw.execute(f"SELECT {', '.join(key)} FROM {table}").fetchall()
            where = " AND ".join(f"{name} = ?" for name in key)
            for row in keys:
                with planted(raw, f"DELETE FROM {table} WHERE {where}", *row):
                    (fault,) = prove(raw, Unhurried(), 0).faults
                name = "/".join(map(str, row))
                assert (fault.kind, fault.table, fault.key) == (RowFaultKind.TAKEN_OUT, table, name)
                seen += 1
            if keys and table not in MAY_GO:
                other = f"UPDATE {table} SET {key[0]} = ? WHERE rowid = (SELECT min(rowid) FROM {table})"
                sql = (
                    other
                    if key == ("id",) and isinstance(keys[0][0], int)
                    else f"{other.split(' WHERE')[0]} WHERE {where}"
                )
                values = (77,) if "rowid" in sql else ("77", *keys[0])
                with planted(raw, sql, *values) as done:
                    kinds = {fault.kind for fault in prove(raw, Unhurried(), 0).faults}
                if done:
                    assert kinds == {RowFaultKind.TAKEN_OUT, RowFaultKind.PUT_IN}, table
    assert seen > 10


def test_links_taken_out_swapped_or_put_in_show_where(shop: SqliteJournal) -> None:
    with thief(shop.path) as raw:
        last = raw.execute("SELECT max(seq) FROM audit").fetchone()[0]
        for seq in range(1, last):
            with planted(raw, "DELETE FROM audit WHERE seq = ?", seq):
                first = walk(raw, Unhurried()).breaks[0]
            assert (first.kind, first.first, first.last) == (BreakKind.TAKEN_OUT, seq, seq)
        with planted(raw, "DELETE FROM audit WHERE seq IN (2, 3)"):
            first = walk(raw, Unhurried()).breaks[0]
        assert (first.first, first.last) == (2, 3)
        for seq in range(1, last):
            with planted(raw, "UPDATE audit SET seq = seq + 1000000 WHERE seq = ?", seq):
                raw.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq, seq + 1))
                raw.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq + 1, seq + 1_000_000))
                found = walk(raw, Unhurried())
            assert (found.breaks[0].kind, found.breaks[0].first) == (BreakKind.CHANGED, seq)
        forged = (
            "INSERT INTO audit SELECT seq + 1, at_utc, 'drawer', ref, 'Lan', '[]', hash, NULL FROM audit WHERE seq = ?"
        )
        with planted(raw, forged, last):
            assert walk(raw, Unhurried()).breaks[0].first == last + 1


def against(journal: SqliteJournal, slip: Verdict) -> Verdict:
    return journal.verify(against=(slip.links, slip.last_hash))


def test_a_tail_cut_off_shows_by_its_rows_and_against_the_slip(shop: SqliteJournal) -> None:
    slip = shop.verify()
    assert against(shop, slip).whole
    with thief(shop.path) as raw:
        raw.execute("DELETE FROM audit WHERE seq > ?", (slip.links - 2,))
    alone = shop.verify()
    assert alone.first_break is None
    assert alone.row_faults  # the tables tell more than the chain
    held = against(shop, slip)
    assert (held.breaks[0].kind, held.breaks[0].first, held.breaks[0].last) == (
        BreakKind.CUT, slip.links - 1, slip.links,
    )  # fmt: skip


def test_a_closing_in_the_journal_knows_how_long_the_chain_was(journal: SqliteJournal) -> None:
    for number in range(3):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    with journal.transaction("Hương") as tx:
        tx.run("INSERT INTO day_close VALUES ('2026-11-21', 1, 'x', 'Hương', 0, 3, 3, '{}')")
    with thief(journal.path) as raw:
        raw.execute("DELETE FROM audit WHERE seq > 2")
    assert journal.verify().breaks[0].kind is BreakKind.CUT


def test_a_chain_made_anew_by_somebody_clever_shows_against_the_slip_only(journal: SqliteJournal) -> None:
    """Who can write the file and knows the rule can write another whole chain: that is what the slip is for."""
    for number in range(4):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    slip = journal.verify()
    with thief(journal.path) as raw:
        previous = audit.GENESIS
        for link in list(chain.rows(raw)):
            forged = replace(link, actor="Minh" if link.seq == 2 else link.actor)
            previous = audit.link_hash(
                previous,
                seq=link.seq,
                at_utc=link.at_utc,
                kind=link.kind,
                ref=link.ref,
                actor=forged.actor,
                facts=link.facts,
            )
            raw.execute(
                "UPDATE audit SET actor = ?, hash = ? WHERE seq = ?", (forged.actor, bytes.fromhex(previous), link.seq)
            )
    assert journal.verify().breaks == ()
    held = against(journal, slip)
    assert (held.breaks[0].kind, held.breaks[0].first) == (BreakKind.OTHER, slip.links)
    assert journal.verify(against=(1, slip.last_hash[:8])).breaks[0].kind is BreakKind.OTHER


def test_a_damaged_page_is_named_and_what_lies_behind_it_is_still_checked(path: Path, clock: SteadyClock) -> None:
    with closing(open_journal(path, clock)) as journal:
        for number in range(400):
            accept_offline(journal, f"r{number:03}", number, bill_number=f"B{number:03}")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            page, size = raw.execute(f"SELECT pageno, pgsize FROM dbstat WHERE {LEAVES} LIMIT 1 OFFSET 20").fetchone()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat to find a page with")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 64)
    with closing(open_journal(path, clock, writing=False)) as journal:
        verdict = journal.verify()
    assert verdict.breaks[0].kind is BreakKind.UNREADABLE
    assert 0 < verdict.breaks[0].first <= verdict.breaks[0].last < 400
    assert verdict.links == 400
    assert "unreadable:audit" in verdict.faults
    assert not verdict.row_faults


class Impatient(Unhurried):
    def stopped(self) -> bool:
        return True


def test_nobody_waits_any_more(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    verdict = journal.verify(Impatient())
    assert not verdict.complete
    assert not verdict.whole


OLD = Path(__file__).with_name("journal-v1.db.gz")


def test_rows_from_before_there_were_seals_are_judged_by_what_their_links_say(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    with closing(open_rig_journal(path, HandClock(), CountingChance())) as journal:
        assert journal.verify().whole, journal.verify().faults
    with thief(path) as raw:
        before = [row[0] for row in raw.execute("SELECT id FROM redemption")]
        for column in ("amount_vnd", "worth_vnd", "outcome", "code_ending", "bill_number"):
            for row in before:
                (value,) = raw.execute(f"SELECT {column} FROM redemption WHERE id = ?", (row,)).fetchone()
                with planted(raw, f"UPDATE redemption SET {column} = ? WHERE id = ?", another(value), row) as done:
                    (fault,) = prove(raw, Unhurried(), 0).faults
                assert done
                assert (fault.table, fault.key, fault.columns) == ("redemption", row, (column,))
        with planted(raw, "UPDATE bill SET total_vnd = total_vnd + 1 WHERE seq = 1"):
            assert [fault.columns for fault in prove(raw, Unhurried(), 0).faults] == [("total_vnd",)]
        with planted(raw, "UPDATE print_job SET state = 'printed' WHERE state = 'doubtful'"):
            assert [fault.columns for fault in prove(raw, Unhurried(), 0).faults] == [("state",)]
        with planted(raw, "DELETE FROM redemption WHERE id = ?", before[0]):
            assert [fault.kind for fault in prove(raw, Unhurried(), 0).faults] == [RowFaultKind.TAKEN_OUT]
        raw.execute("UPDATE redemption SET id = 'forged' WHERE id = ?", (before[0],))
        kinds = sorted(fault.kind for fault in prove(raw, Unhurried(), 0).faults)
    assert kinds == [RowFaultKind.PUT_IN, RowFaultKind.TAKEN_OUT]
