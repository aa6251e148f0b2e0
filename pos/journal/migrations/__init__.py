"""Bring a journal file to this program's schema: each step one transaction, a checked backup before the first.

A module `m0001_…` is frozen when it has been released: it holds its SQL as text and imports nothing of today's code.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos.domain.errors import JournalTooNew
from pos.journal.migrations import (
    m0001_first,
    m0002_printing,
    m0003_sales,
    m0004_bookings,
    m0005_taken_back,
    m0006_managers_day,
    m0007_changing_keys,
)

APPLICATION_ID = 0x51565431
"""`QVT1` in the file's header: this is a journal of ours and nothing else."""

_RECORD = """CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_utc TEXT NOT NULL) STRICT"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    statements: str


_STEPS = (
    m0001_first,
    m0002_printing,
    m0003_sales,
    m0004_bookings,
    m0005_taken_back,
    m0006_managers_day,
    m0007_changing_keys,
)
ALL = tuple(Migration(m.NUMBER, m.NAME, m.STATEMENTS) for m in _STEPS)


def known_version(steps: Sequence[Migration] = ALL) -> int:
    """The newest schema this program knows."""
    return steps[-1].number


def version_of(connection: sqlite3.Connection) -> int:
    """The schema the file is at; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, path: Path, *, now_utc: str, steps: Sequence[Migration] = ALL, copy: bool = True
) -> Path | None:
    """Apply what the file lacks. Returns the backup made first, or None if nothing was to be done or it is new.

    `copy`: False for a file that is made from a copy.

    Raises:
        JournalTooNew: the file knows a later schema; nothing was touched.
        JournalDamaged: the backup did not pass its check; nothing was changed.
        sqlite3.Error: a step failed and left no trace; earlier steps stand.
    """
    found, known = version_of(connection), known_version(steps)
    if found > known:
        raise JournalTooNew("journal.too_new", found=found, known=known)
    missing = [step for step in steps if step.number > found]
    backup = copy_before(path, missing[-1].number) if missing and found and copy else None
    if backup is not None and not _holds_older(backup, found):
        back_up(connection, backup)
    for step in missing:
        _apply(connection, step, now_utc)
    return backup


def _holds_older(copy_path: Path, found: int) -> bool:
    """Whether the copy is of before an upgrade that was cut off between two steps: only that one an older program can
    read, so it is not overwritten by the half-way schema.
    """
    if not copy_path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(copy_path)) as copy:
            return 0 < version_of(copy) < found
    except sqlite3.DatabaseError:
        return False


def _apply(connection: sqlite3.Connection, step: Migration, now_utc: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_RECORD)
        for statement in split(step.statements):
            connection.execute(statement)
        connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (step.number, step.name, now_utc))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {step.number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def split(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit what is open and end the one transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def copy_before(path: Path, towards: int) -> Path:
    """Where the copy of before an upgrade to this schema lies."""
    return path.parent / "copies" / f"before-{towards:04d}.db"


def back_up(connection: sqlite3.Connection, target: Path) -> Path:
    """Copy the whole journal as it is before the upgrade.

    Raises:
        JournalDamaged: the copy does not pass its check.
    """
    from pos.journal.copying import copy_whole

    copy_whole(connection, target, leave=0)
    return target
