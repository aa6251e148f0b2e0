"""A journal of an earlier schema with a million redemptions: how long an upgrade takes, and how often it says so."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from pos.journal.migrations import ALL, Stage, copy_before, known_version, split, version_of
from pos.upgrading import Progress, upgrade
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import scratch
from tests.bench.timing import undisturbed
from tests.bench.volume import ROWS

MOST_S, MOST_SILENT_S = 30.0, 5.0
_FROM = (known_version() - 1, 5)
"""The release before, and the last schema before the day's indexes, which are the longest step there is."""


def run() -> list[Row]:
    """One upgrade from each, on the disk, with everything it says."""
    rows = []
    for schema in _FROM:
        with scratch() as folder:
            million.make(folder / "till", ROWS)
            _take_down(folder / "till" / "journal.db", schema)
            rows.append(_measure(folder / "till", schema))
    return rows


def _measure(till: Path, schema: int) -> Row:
    times = [time.perf_counter()]

    def show(_: Stage, __: int) -> None:
        times.append(time.perf_counter())

    with undisturbed():
        upgrade(till, Progress(show, after_s=0.0))
    times.append(time.perf_counter())
    took_s, silent_s = times[-1] - times[0], max(b - a for a, b in pairwise(times))
    path = till / "journal.db"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(copy_before(path, known_version()))) as copy:
        assert (version_of(db), version_of(copy)) == (known_version(), schema)
        assert db.execute("SELECT count(*) FROM redemption").fetchone()[0] >= ROWS
    good = took_s <= MOST_S and silent_s <= MOST_SILENT_S
    return Row(
        f"upgrade from schema {schema}", f"{took_s:.1f} s", f"limit {MOST_S:.0f} s", took_s / MOST_S, "≤ 1", good,
        f"{ROWS:,} redemptions, {path.stat().st_size / 1e6:,.0f} MB, with the checked copy of before on the disk; "
        f"{len(times) - 2} words of progress, {silent_s:.1f} s without one at most (limit {MOST_SILENT_S:.0f} s)",
    )  # fmt: skip


def _take_down(path: Path, schema: int) -> None:
    """The same rows in a file of this schema, built by the program's own steps."""
    older = path.with_name("older.db")
    with closing(sqlite3.connect(older, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_utc TEXT) STRICT")
        for step in ALL[:schema]:
            for statement in split(step.statements):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema}")
        db.execute("PRAGMA application_id = 0x51565431")
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("ATTACH DATABASE ? AS now", (str(path),))
        db.execute("BEGIN")
        for (table,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
            if table != "migration":
                names = ", ".join(columns)
                db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        db.execute("COMMIT")
        for _, sql in triggers:
            db.execute(sql)
        db.execute("DETACH DATABASE now")
        db.execute("PRAGMA journal_mode = WAL")
    for side in ("", "-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    older.rename(path)
