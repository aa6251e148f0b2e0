"""One copy of a whole journal beside a selling till: in small steps, checked, flushed, put in place by a rename."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from pos.domain.errors import JournalDamaged, JournalUnavailable
from pos.durable import flush_folder, make_folder

PAGES = 256
"""Pages (of 4 KiB) that are copied in one step: about a millisecond."""
_FLUSH_EVERY = 16
"""Steps between two flushes. All at the end would keep the disk, and with it a sale's commit, busy for a second."""
_CHUNK = 1 << 20
LEAVE_FREE = 256 << 20
"""Bytes that a copy leaves on the disk, because selling needs them."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What is in a copy, read from the copy itself.

    Args:
        bytes: length of the file; `sum`: CRC-32 (hex) over all of it, for what a disk does to it in a year. It keeps no
            forger out: a copy is opened under the till's key, and proves itself by its chain.
        rows: bills, redemptions, sales and bookings.
        schema: of the journal.
        links: length of the audit chain; `last_hash` (hex) its end.
    """

    bytes: int
    sum: str
    rows: int
    schema: int
    links: int
    last_hash: str


def copy_whole(
    source: sqlite3.Connection,
    target: Path,
    *,
    aside: Callable[[], None] = lambda: None,
    leave: int = LEAVE_FREE,
    step: Callable[[int, int], None] = lambda *_: None,
) -> Copied:
    """Copy the journal through SQLite's backup call, check the copy, flush it, put it in place.

    Args:
        source: a connection that nothing is written through meanwhile. In a read transaction, so that sales going on
            beside it neither show in the copy nor begin it anew.
        target: the file; its folder is made. What stands there is replaced only by a good copy.
        aside: called every few milliseconds; waits while somebody else should come first.
        leave: bytes that stay free on the disk.
        step: hears how many pages of how many are copied.

    Raises:
        JournalDamaged: the copy does not pass its check.
        JournalUnavailable: `backup.no_room`.
        sqlite3.Error, OSError: it could not be made.
    """
    make_folder(target.parent)
    _want_room(source, target.parent, leave)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        _fill(source, draft, file, aside, step)
        _flush(file)
        facts = facts_of(draft, aside=aside)
        _flush(file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(file)
    os.replace(draft, target)
    flush_folder(target.parent)
    return facts


def _fill(
    source: sqlite3.Connection, draft: Path, file: int, aside: Callable[[], None], step: Callable[[int, int], None]
) -> None:
    steps = 0

    def step_made(_status: int, remaining: int, total: int) -> None:
        nonlocal steps
        steps += 1
        if steps % _FLUSH_EVERY == 0:
            _flush(file)
        step(total - remaining, total)
        aside()

    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        # A draft that a crash leaves behind is thrown away: it needs neither a log of its own nor SQLite's flushes.
        copy.execute("PRAGMA journal_mode = OFF").fetchone()
        copy.execute("PRAGMA synchronous = OFF")
        source.backup(copy, pages=PAGES, progress=step_made, sleep=0.0)
        # One self-contained file: no log beside it that could be left behind when it is carried off.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()


def _flush(file: int) -> None:
    """On the disk, and out of memory: the check then reads what the disk kept, and the till's own pages stay."""
    os.fsync(file)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a file system that has no cache to leave
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def _want_room(source: sqlite3.Connection, folder: Path, leave: int) -> None:
    pages, size = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    missing = pages * size + leave - shutil.disk_usage(folder).free
    if missing > 0:
        raise JournalUnavailable("backup.no_room", megabytes=-(-missing // (1 << 20)))


def facts_of(path: Path, *, aside: Callable[[], None] = lambda: None) -> Copied:
    """Read a copy through and say what is in it; nothing beside it is made.

    Raises:
        JournalDamaged: `quick_check` found something, or it is no journal.
        OSError: it cannot be read.
    """
    try:
        # First: it reads from end to end, and the pages that the check then jumps among are in memory.
        length, found = path.stat().st_size, _sum(path, aside)
        with contextlib.closing(open_copy(path)) as copy:
            if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise JournalDamaged("journal.damaged", what="backup")
            aside()
            schema = int(copy.execute("PRAGMA user_version").fetchone()[0])
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            counted = [t for t in ("bill", "redemption", "sale", "booking") if t in tables]
            rows = sum(copy.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in counted)  # noqa: S608 - our names
            end = copy.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise JournalDamaged("journal.damaged", what="backup") from error
    links, digest = end or (0, bytes(32))
    return Copied(length, found, rows, schema, links, bytes(digest).hex())


def open_copy(path: Path) -> sqlite3.Connection:
    """A copy for looking into: nothing is locked, made or changed. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _sum(path: Path, aside: Callable[[], None]) -> str:
    found, room = 0, bytearray(_CHUNK)
    with path.open("rb", buffering=0) as file:
        while length := file.readinto(room):
            found = crc32(memoryview(room)[:length], found)
            aside()
    return f"{found:08x}"
