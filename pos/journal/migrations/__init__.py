"""Bring a journal file to this program's schema: a checked copy first, then every step in one transaction.

Whatever interrupts it, the file is of the old schema or of this program's, never of one between, which neither the
program of before nor this one was tried with.

A module `m0001_…` is frozen when it has been released: it holds its SQL as text and imports nothing of today's code.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.errors import JournalTooNew, JournalUnavailable
from pos.journal.migrations import (
    m0001_first,
    m0002_printing,
    m0003_sales,
    m0004_bookings,
    m0005_taken_back,
    m0006_managers_day,
    m0007_changing_keys,
)

if TYPE_CHECKING:
    from pos.journal.copying import Copied

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


class Stage(StrEnum):
    """What an upgrade is at."""

    COPY = "copy"
    CHECK = "check"
    CHANGE = "change"


Told = Callable[[Stage, int, int], None]
"""Hears of an upgrade how far its stage has come: done, of how many. On the thread that upgrades."""


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
    connection: sqlite3.Connection,
    path: Path,
    *,
    now_utc: str,
    steps: Sequence[Migration] = ALL,
    copy: bool = True,
    told: Told = lambda *_: None,
) -> Path | None:
    """Apply what the file lacks. Returns the backup made first, or None if nothing was to be done or it is new.

    Args:
        connection: to the file, in autocommit mode; nobody else writes.
        path: of the file.
        now_utc: time text for its record.
        steps: every step this program knows.
        copy: False for a file that is made from a copy.
        told: hears how far it has come.

    Raises:
        JournalTooNew: the file knows a later schema; nothing was touched.
        JournalDamaged: the backup did not pass its check; nothing was changed.
        JournalUnavailable: `upgrade.no_room`: the disk has no room for the backup; nothing was changed.
        sqlite3.Error, OSError: it failed and left no trace but, perhaps, the backup.
    """
    found, known = version_of(connection), known_version(steps)
    if found > known:
        raise JournalTooNew("journal.too_new", found=found, known=known)
    missing = [step for step in steps if step.number > found]
    if not missing:
        return None
    backup = copy_before(path, known) if found and copy else None
    if backup is not None:
        back_up(connection, backup, told, now_utc=now_utc)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, step in enumerate(missing):
            told(Stage.CHANGE, number, len(missing))
            _apply(connection, step, now_utc)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    told(Stage.CHANGE, len(missing), len(missing))
    return backup


def _apply(connection: sqlite3.Connection, step: Migration, now_utc: str) -> None:
    connection.execute(_RECORD)
    for statement in split(step.statements):
        connection.execute(statement)
    connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (step.number, step.name, now_utc))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {step.number}")


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


def back_up(connection: sqlite3.Connection, target: Path, told: Told = lambda *_: None, *, now_utc: str = "") -> Path:
    """Copy the whole journal as it is before the upgrade, check the copy, and note it among the copies.

    Raises:
        JournalDamaged: the copy does not pass its check.
        JournalUnavailable: `upgrade.no_room`.
    """
    from pos.journal.copying import copy_whole

    def step(done: int, total: int) -> None:
        told(Stage.COPY if done < total else Stage.CHECK, done, total)

    try:
        copied = copy_whole(connection, target, leave=0, step=step)
    except JournalUnavailable as error:
        raise JournalUnavailable("upgrade.no_room", **error.params) from error
    if now_utc:
        _note(target, copied, now_utc)
    return target


def _note(target: Path, copied: Copied, now_utc: str) -> None:
    """Else every look at the copies would read this one through again."""
    from pos.domain.backups import CopyReason
    from pos.domain.business_date import from_utc_text
    from pos.journal.shelf import Entry, Shelf

    with contextlib.suppress(OSError, ValueError):  # the copy is what counts; it is met without its line, too
        Shelf(target.parent).put(Entry(target.name, from_utc_text(now_utc), CopyReason.MIGRATION, copied))
