"""A journal with a million redemptions, made by SQL on a copy of a real one.

Every row is at rest (used and given), with bill and audit row as a till leaves them. Codes, ids and hashes are made
up: nothing opens them. The chain's rows do not follow from each other, so `journal verify` would object.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.tills import OfflineCounter, fresh_codes, open_till

_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
_NUMBER = "printf('CH01-T1-20260101-%07d', i)"
_STAMP = "strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + i * 20, 'unixepoch')"
_DAY = "date(1767250800 + i * 20, 'unixepoch')"
_ID = "printf('%012x%014x', 1767225600000 + i * 20000, i)"
_FILL = (
    f"""INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier, slips)
        {_COUNT} SELECT {_NUMBER}, 100000, {_STAMP}, {_DAY}, 'Lan', 1 FROM n""",
    f"""INSERT INTO redemption (id, bill_number, position, provider, code_sealed, code_hash, code_ending, outcome,
            given, given_utc, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, transaction_id, created_utc,
            business_date, cashier, sent_utc, sent_session, sent_mono_s, sends, answered, proven_unused, shown_utc)
        {_COUNT} SELECT {_ID}, {_NUMBER}, 0, 'gotit', randomblob(41), randomblob(16), printf('%04d', i % 10000),
            'used', 1, {_STAMP}, 'none', 0, 100000, 100000, 0, 0, '5120_' || i, {_STAMP}, {_DAY}, 'Lan', {_STAMP},
            'made up', 1.5, 1, 0, 0, {_STAMP} FROM n""",
    f"""INSERT INTO audit (seq, at_utc, kind, ref, actor, facts, hash)
        {_COUNT} SELECT (SELECT max(seq) FROM audit) + i, {_STAMP}, 'bill', {_NUMBER}, 'Lan', '[]', randomblob(32)
        FROM n""",
)  # fmt: skip


def make(folder: Path, count: int) -> None:
    """Make a data folder whose journal holds `count` redemptions at rest.

    Raises:
        RuntimeError: the rows did not arrive.
    """
    began = folder.with_name(folder.name + "-seed")
    with open_till(began) as till:
        OfflineCounter(till).fill(fresh_codes(3, seed=9))
    shutil.copytree(began, folder)
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -256000")
        connection.execute("BEGIN")
        for statement in _FILL:
            connection.execute(statement, {"count": count})
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        stands: int = connection.execute("SELECT count(*) FROM redemption").fetchone()[0]
    with (folder / "journal.db").open("rb") as file:
        os.fsync(file.fileno())  # else the disk is busy with it for a minute
    if stands != count + 3:
        raise RuntimeError(f"{stands} rows instead of {count}")
