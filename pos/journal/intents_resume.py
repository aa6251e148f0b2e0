"""Take the second log up again at the start: it has to end where the journal ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pos.domain.errors import JournalDamaged
from pos.journal.chain import read_tail
from pos.journal.intents import IntentLog, Point, segments
from pos.journal.intents_read import Segment, covers_from, scan
from pos.journal.migrations import version_of
from pos.journal.proven import hash_at, proven_after

_MOST_LINKS = 1000
"""More than that were not missed by a run that died: somebody wrote to the journal without its log."""


def newest_segment(log: IntentLog) -> Segment | None:
    """The newest segment; None: there is none, or none that can be read under this key."""
    newest = segments(log.folder)[-1:]
    try:
        return scan(newest[0], log.key) if newest else None
    except OSError:
        return None


def is_as_closed(path: Path, newest: Segment) -> bool:
    """Whether the journal's file has the length and time that it had when it was closed in order."""
    try:
        stat = path.stat()
    except OSError:
        return False
    return newest.closed == (stat.st_size, stat.st_mtime_ns)


def resume(log: IntentLog, connection: sqlite3.Connection, newest: Segment | None) -> None:
    """Go on with the newest segment, or begin one; what the last run could not append any more is appended.

    A log that cannot be written is left broken; the journal opens all the same.

    Args:
        log: not begun.
        connection: of the journal, before anything is written.
        newest: as `newest_segment` found it.

    Raises:
        JournalDamaged: `behind`: the log knows of transactions that this journal does not hold (any more), or the
            journal is another. Nothing was changed.
    """
    seq, digest, _ = read_tail(connection)
    tail, schema = Point(seq, digest), version_of(connection)
    if newest is not None:
        _compare(connection, newest.end, tail)
    try:
        if newest is None:
            log.begin(tail, schema, whole=not segments(log.folder))
        elif newest.gap:
            log.begin(tail, schema, whole=False)
        elif newest.end == tail and newest.schema == schema and not newest.torn:
            begins = covers_from(log.folder, log.key) or newest.begins
            log.go_on(newest.path, newest.length, newest.check, newest.end, begins)
        else:
            _catch_up(log, connection, newest, tail, schema)
    except OSError as error:
        log.give_up(type(error).__name__)


def _compare(connection: sqlite3.Connection, end: Point, tail: Point) -> None:
    known = tail.hash if end.seq == tail.seq else hash_at(connection, end.seq) if end.seq else end.hash
    if end.seq > tail.seq or known != end.hash:
        raise JournalDamaged("journal.damaged", what="behind")


def _catch_up(log: IntentLog, connection: sqlite3.Connection, newest: Segment, tail: Point, schema: int) -> None:
    missed = proven_after(connection, newest.end, _MOST_LINKS + 1)
    if missed.end(newest.end) != tail:
        log.begin(tail, schema, whole=False)
        return
    log.begin(newest.end, schema, whole=True)
    log.begins = covers_from(log.folder, log.key)
    if missed.links:
        log.catch_up(tail, missed.links, missed.images)
