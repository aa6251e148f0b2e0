"""A journal with a million redemptions of the last two years, made by SQL on a copy of a real one.

Every bill, redemption and audit row is as a till leaves it. Codes, ids and hashes are made up: nothing opens them. The
chain's rows do not follow from each other, so `journal verify` would object.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.tills import OfflineCounter, fresh_codes, open_till

DAYS = 730
_S_PER_DAY = 86400
# The shop is open from 08:00 to 22:00 (01:00 to 15:00 UTC). Every fourth voucher is the second one of its bill.
_MADE = """CREATE TEMP TABLE made AS
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1),
    spread(i, turn, s) AS (
        SELECT i, i % :per_day, :first_s + i / :per_day * 86400 + 3600 + i % :per_day * 50400 / :per_day FROM n)
    SELECT i, turn % 4 = 3 AS position, strftime('%Y-%m-%dT%H:%M:%S.000Z', s, 'unixepoch') AS stamp,
        date(s, 'unixepoch') AS day, printf('%012x%014x', s * 1000, i) AS id,
        strftime('CH01-T1-%Y%m%d-', s, 'unixepoch') || printf('%06d', turn + (turn % 4 <> 3)) AS number,
        CASE WHEN i % 10 < 7 THEN 'gotit' ELSE 'vinid' END AS issuer,
        CASE i / 300 % 3 WHEN 0 THEN 'Lan' WHEN 1 THEN 'Minh' ELSE 'Hương' END AS who,
        50000 * (1 + i % 5) AS vnd, 'used' AS outcome, 1 AS given
    FROM spread"""
_STATES = (
    "UPDATE made SET outcome = 'refused', given = i % 2000 >= 1000 WHERE i % 1000 = 7",
    "UPDATE made SET outcome = 'dropped', given = 0 WHERE i % 1000 = 501",
    "UPDATE made SET outcome = 'unsent' WHERE i % 90 = 11 AND i > :count - 2000",
    "UPDATE made SET outcome = 'unknown', given = 0 WHERE i % 90 = 41 AND i > :count - 2000",
)
"""About 0.3 % of the rows; what waits is of the last two days."""
_ROWS = (
    """INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier, slips)
        SELECT number, 2 * vnd, strftime('%Y-%m-%dT%H:%M:%S.000Z', stamp, '-20 seconds'), day, who, 1
        FROM made WHERE position = 0""",
    """INSERT INTO redemption (id, bill_number, position, provider, code_sealed, code_hash, code_ending, outcome,
            given, given_utc, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, transaction_id, created_utc,
            business_date, cashier, sent_utc, sent_session, sent_mono_s, sends, answered, proven_unused, shown_utc)
        SELECT id, number, position, issuer, randomblob(41), randomblob(16), printf('%04d', i * 7919 % 10000), outcome,
            given, CASE WHEN given THEN stamp END, 'none', 0, vnd, vnd, 0, 0,
            CASE WHEN outcome = 'used' THEN '5120_' || i END, stamp, day, who, stamp, 'made up', 1.5, 1, 0, 0,
            CASE WHEN outcome IN ('used', 'refused', 'dropped') THEN stamp END FROM made""",
)
_EVIDENCE = (
    """INSERT INTO attempt (redemption_id, call_id, operation, at_utc, session, mono_s)
        SELECT id, 'c' || id, 'mark_used', stamp, 'made up', 1.5 FROM made
        WHERE outcome NOT IN ('unsent', 'dropped')""",
    """INSERT INTO answer (call_id, nth, at_utc, result, answered, http_status, raw)
        SELECT 'c' || id, 0, strftime('%Y-%m-%dT%H:%M:%S.400Z', stamp), outcome, 1, 200,
            '{"stateCode":0,"message":"ok","transactionRefId":"5120_' || i || '"}'
        FROM made WHERE outcome IN ('used', 'refused')""",
    """INSERT INTO print_job (id, bill_number, copy, state, created_utc, tries)
        SELECT 'p' || id, number, 0, CASE WHEN i > :count - 3 THEN 'pending' ELSE 'printed' END, stamp, 1
        FROM made WHERE position = 0""",
    """INSERT INTO outbox (redemption_id, work, unanswered, failures, due_session, due_mono_s, due_utc)
        SELECT id, CASE outcome WHEN 'unsent' THEN 'send' ELSE 'inquire' END, 0, 0, 'made up', 1.5, stamp
        FROM made WHERE outcome IN ('unsent', 'unknown')""",
    """INSERT INTO cases (redemption_id, kind, opened_utc, amount_vnd)
        SELECT id, 'loss', stamp, vnd FROM made WHERE outcome = 'refused' AND given""",
    """UPDATE cases SET closed_utc = opened_utc, closed_by = 'Mai', closure = 'issuer paid'
        WHERE id < (SELECT max(id) FROM cases) - 20""",
)
_AUDIT = """INSERT INTO audit (seq, at_utc, kind, ref, actor, facts, hash)
    SELECT (SELECT max(seq) FROM audit) + 2 * i + 1, stamp, iif(position, 'redemption', 'bill'),
        iif(position, id, number), who,
        '[' || iif(position, '',
            printf('{"facts":{"lines":0,"total_vnd":%d},"kind":"bill","ref":"%s"},', 2 * vnd, number))
        || printf('{"facts":{"amount_vnd":%d,"bill":"%s","declared":false,"ending":"0000","provider":"%s",'
            || '"worth_vnd":%d},"kind":"redemption","ref":"%s"},'
            || '{"facts":{"operation":"mark_used","rows":"%s"},"kind":"attempt","ref":"c%s"}]',
            vnd, number, issuer, vnd, id, id, id),
        randomblob(32)
    FROM made
    UNION ALL SELECT (SELECT max(seq) FROM audit) + 2 * i + 2, stamp, 'answer', 'c' || id, who,
        printf('[{"facts":{"failure":null,"http_status":200,"result":"%s"},"kind":"answer","ref":"c%s"},'
            || '{"facts":{"event":"used_here","from":"in_flight/no","to":"%s/yes","transaction":"5120_%d"},'
            || '"kind":"move","ref":"%s"},{"facts":{"bill":"%s","copy":0},"kind":"slip","ref":"p%s"}]',
            outcome, id, outcome, i, id, number, id),
        randomblob(32)
    FROM made"""
_PLAIN_AUDIT = """INSERT INTO audit (seq, at_utc, kind, ref, actor, facts, hash)
    SELECT (SELECT max(seq) FROM audit) + 1 + i, stamp, 'bill', number, who, '[]', randomblob(32) FROM made"""
# Every 300th moment a code is sold, every 500th a booking paid; each on a bill of its own.
_SOLD = (
    """INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier, slips)
        SELECT 'S-' || number, 100000, stamp, day, who, 1 FROM made WHERE i % 300 = 0
        UNION ALL SELECT 'B-' || number, 2000000, stamp, day, who, 1 FROM made WHERE i % 500 = 0""",
    """INSERT INTO sale (id, bill_number, seller, order_id, product_code, product_name, supplier, quantity, face_vnd,
            price_vnd, outcome, closed, sends, unclear_sends, asks, not_found, confirming, incomplete, unreadable,
            due_session, due_mono_s, due_utc, created_utc, business_date, cashier)
        SELECT id || 's', 'S-' || number, 'appotapay', 'CH01' || i, 'VT50', 'Viettel 50.000', 'Viettel', 2, 50000,
            100000, 'unsent', 0, 0, 0, 0, 0, 0, 0, 0, 'made up', 1.5, stamp, stamp, day, who
        FROM made WHERE i % 300 = 0""",
    "UPDATE sale SET outcome = 'in_flight', sends = 1, sent_utc = created_utc",
    "UPDATE sale SET outcome = 'bought'",
    """INSERT INTO sale_code (sale_id, position, sealed, serial, expires, vendor, at_utc)
        SELECT id, 1, randomblob(60), printf('%012d', rowid_of), '2030-01-01', 'VT', created_utc
        FROM (SELECT id, created_utc, row_number() OVER (ORDER BY id) AS rowid_of FROM sale)""",
    """UPDATE sale SET closed = 1, closed_utc = created_utc, due_session = NULL, due_mono_s = NULL, due_utc = NULL
        WHERE id < (SELECT max(id) FROM sale)""",
    """INSERT INTO booking (id, bill_number, issuer, number, product, title, starts, price_vnd, applied_vnd,
            transaction_id, voucher, money, journey, closed, due_session, due_mono_s, due_utc, created_utc,
            business_date, cashier)
        SELECT id || 'b', 'B-' || number, 'gotadi', 'HT' || printf('%08d', i), 'hotel', 'Khách sạn Biển Xanh',
            '2030-01-01', 2000000, 0, 'T' || i, 'none', 'not_taken', 'unsent', 0, 'made up', 1.5, stamp, stamp, day, who
        FROM made WHERE i % 500 = 0""",
    "UPDATE booking SET signed_vnd = 2000000, taken_vnd = 2000000, money = 'taken'",
    "UPDATE booking SET journey = 'in_flight', commits = 1, committed_utc = created_utc",
    "UPDATE booking SET journey = 'open'",
    """UPDATE booking SET journey = 'issued', closed = 1, closed_utc = created_utc, due_session = NULL,
        due_mono_s = NULL, due_utc = NULL WHERE id < (SELECT max(id) FROM booking)""",
)


def make(folder: Path, count: int, *, whole: bool = False) -> None:
    """Make a data folder whose journal holds `count` redemptions, the last of them of yesterday.

    Args:
        folder: the data folder; must not exist.
        count: how many.
        whole: with their evidence, a few in every other state, and some sales and bookings. Else all are at rest, so
            that a till may take more offline.

    Raises:
        RuntimeError: the rows did not arrive.
    """
    began = folder.with_name(folder.name + "-seed")
    with open_till(began) as till:
        OfflineCounter(till).fill(fresh_codes(3, seed=9))
    shutil.copytree(began, folder)
    today_s = int(datetime.now(UTC).timestamp()) // _S_PER_DAY * _S_PER_DAY
    values = {"count": count, "per_day": -(-count // DAYS), "first_s": today_s - DAYS * _S_PER_DAY}
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -256000")
        connection.execute("BEGIN")
        _fill(connection, (_MADE, *(_STATES if whole else ()), *_ROWS), values)
        _fill(connection, (*_EVIDENCE, _AUDIT, *_SOLD) if whole else (_PLAIN_AUDIT,), values)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        stands: int = connection.execute("SELECT count(*) FROM redemption").fetchone()[0]
    with (folder / "journal.db").open("rb") as file:
        os.fsync(file.fileno())  # else the disk is busy with it for a minute
    if stands != count + 3:
        raise RuntimeError(f"{stands} rows instead of {count}")


def _fill(connection: sqlite3.Connection, statements: Sequence[str], values: dict[str, int]) -> None:
    for statement in statements:
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(statement, wanted)
