"""From a path to a journal that may be trusted: made whole, refused, or brought up to date – never overwritten."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from pos.domain.errors import JournalDamaged, JournalTooNew, JournalUnavailable
from pos.durable import flush_file, flush_folder, flush_way_to, make_folder
from pos.journal.connection import connect, read_start, wal_of
from pos.journal.failures import os_error, sorted_error, suspicion
from pos.journal.migrations import APPLICATION_ID, Told, known_version, migrate, version_of

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_CLEAN = "clean_end"


def prepare(path: Path, *, now_utc: str, writing: bool, closely: bool = False, told: Told = lambda *_: None) -> None:
    """Make the file if there is none, else make sure that it is a sound journal of a schema we know.

    After a run that did not end in order, or that met damage, the file is checked as a whole (0.15 s for a million
    rows); else only its header is, because the till must open quickly.

    Args:
        path: the journal file; its folder is made (0700) when it is missing.
        now_utc: time text for the record of a migration.
        writing: a reader beside a running till neither makes nor upgrades nor checks.
        closely: check it as a whole in any case.
        told: hears of an upgrade how far it has come.

    Raises:
        JournalUnavailable, JournalDamaged, JournalTooNew: and the file is as it was. `journal.older` of a reader: the
            file is of an earlier schema.
    """
    try:
        if not path.exists():
            if not writing:
                raise JournalUnavailable("journal.missing")
            _create(path, now_utc)
        found = _check_header(path)
        if writing:
            _upgrade(path, now_utc, closely=closely, told=told)
        elif found < known_version():
            raise JournalUnavailable("journal.older", found=found, known=known_version())
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error
    except OSError as error:
        raise os_error(error) from error


def _create(path: Path, now_utc: str) -> None:
    """Build the file under another name and rename it, so that an empty or half-made journal is always damage."""
    if path.with_name(path.name + "-wal").exists():  # the journal is gone, but what it did last is still here
        raise JournalDamaged("journal.damaged", what="lost")
    make_folder(path.parent)
    draft = path.with_name(path.name + ".new")
    for leftover in (draft, draft.with_name(draft.name + "-wal"), draft.with_name(draft.name + "-shm")):
        leftover.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as file:
        file.write(_empty())
    with closing(connect(draft)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE migration SET applied_utc = ?", (now_utc,))
        connection.execute("INSERT INTO meta VALUES ('created_utc', ?), (?, 1)", (now_utc.encode(), _CLEAN))
        connection.execute("COMMIT")
    flush_file(draft)
    os.replace(draft, path)
    flush_folder(path.parent)
    flush_way_to(path.parent)  # a start that died may have made the folder and not synced its name


@cache
def _empty() -> bytes:
    """A journal of today's schema without a row. Made once in a run: a till needs one, its tests need thousands."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        migrate(model, Path(), now_utc="")
        return model.serialize()


def upgrade_due(path: Path) -> bool:
    """Whether the next opening brings the file to a later schema. Reads its header; what is no journal is not due."""
    try:
        return 0 < _check_header(path) < known_version()
    except (OSError, JournalDamaged, JournalTooNew):
        return False


def _check_header(path: Path) -> int:
    header = read_start(path, _HEADER)
    if header is None:  # this process has opened it, and looked at it then
        with closing(connect(path)) as connection:
            return version_of(connection)
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise JournalDamaged("journal.damaged", what="header")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise JournalDamaged("journal.damaged", what="foreign")
    found, known = int.from_bytes(header[60:64], "big"), known_version()  # `user_version` of the file format
    log = wal_of(path)
    logged = log.exists() and log.stat().st_size > 0
    if logged:
        found = _version_with_log(path, found)
    if found > known:
        raise JournalTooNew("journal.too_new", found=found, known=known)
    if not logged:  # else the missing pages may still be in the log
        page_bytes = int.from_bytes(header[16:18], "big") or 1
        pages = int.from_bytes(header[28:32], "big")
        if path.stat().st_size < pages * (65536 if page_bytes == 1 else page_bytes):
            raise JournalDamaged("journal.damaged", what="size")
    return found


def _version_with_log(path: Path, found: int) -> int:
    """The schema as SQLite's own log leaves it: a newer program may have died right behind its upgrade.

    Read-only: whoever opens a journal for writing and closes it folds the log into the file, also one that is refused.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return version_of(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return found  # damaged, or in use: whoever opens it in earnest says what it is


def _upgrade(path: Path, now_utc: str, *, closely: bool, told: Told) -> None:
    mark = suspicion(path)
    with closing(connect(path)) as connection:
        migrate(connection, path, now_utc=now_utc, told=told)
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (_CLEAN,)).fetchone()
        if closely or row is None or row[0] != 1 or mark.exists():
            check_quickly(connection)
    mark.unlink(missing_ok=True)


def check_quickly(connection: sqlite3.Connection) -> None:
    """Raise `JournalDamaged` unless every page reads as it should."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise JournalDamaged("journal.damaged", what="check")


def mark_running(connection: sqlite3.Connection, *, running: bool) -> None:
    """Remember on disk that the journal is in use, or that it was closed in order."""
    connection.execute("UPDATE meta SET value = ? WHERE name = ?", (0 if running else 1, _CLEAN))
