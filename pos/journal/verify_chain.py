"""The audit chain against itself: one pass over its raw bytes, and exactly where it does not follow."""
# ruff: noqa: S608 – SQL is put together from this file's own constants; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from pos.domain.audit import GENESIS, Break, BreakKind

if TYPE_CHECKING:
    from pos.till.review.events import Running

_COLUMNS = "seq, " + ", ".join(f"CAST({name} AS BLOB)" for name in ("at_utc", "kind", "ref", "actor", "facts"))
_READ = f"SELECT {_COLUMNS}, hash, CAST(high_utc AS BLOB) FROM audit WHERE seq > ? ORDER BY seq"
_LOOK = 8191
"""Rows between two looks whether anybody still waits, less one."""
_MOST = 50
"""Breaks that are told one by one."""
_LENGTHS = [length.to_bytes(4, "big") for length in range(4096)]
_PROBE_MOST = 1 << 40

_Row = tuple[int, bytes, bytes, bytes, bytes, bytes, bytes, bytes | None]


@dataclass(slots=True)
class ChainFound:
    """What the pass found.

    Args:
        links: rows read.
        last: number of the last.
        breaks: the first of them, in order; `count` of them in all.
        stopped: nobody waited any more: the rest was not read.
    """

    links: int = 0
    last: int = 0
    last_hash: bytes = bytes.fromhex(GENESIS)
    last_utc: str = ""
    since_utc: str = ""
    breaks: list[Break] = field(default_factory=list)
    count: int = 0
    stopped: bool = False

    def add(self, found: Break) -> None:
        """Count one more."""
        self.count += 1
        if len(self.breaks) < _MOST:
            self.breaks.append(found)


def walk(connection: sqlite3.Connection, running: Running) -> ChainFound:
    """Read the chain from its first link to its last, over unreadable pages too.

    Raises:
        sqlite3.Error: not even one row could be read.
    """
    found = ChainFound()
    total = _length(connection)
    previous: bytes | None = found.last_hash
    computed: bytes | None = None
    high = b""
    at = 0
    while True:
        try:
            for row in connection.execute(_READ, (at,)):
                seq, at_utc, kind, ref, actor, facts, digest, stored_high = row
                number = b"%d" % seq
                rest = b"".join((
                    _LENGTHS[len(number)], number, _length_of(at_utc), at_utc, _length_of(kind), kind, _length_of(ref),
                    ref, _length_of(actor), actor, len(facts).to_bytes(4, "big"), facts,
                ))  # fmt: skip
                if seq != at + 1 and previous is not None:
                    found.add(_told(BreakKind.TAKEN_OUT, row, first=at + 1, last=seq - 1))
                    previous = None  # whether this one follows from what is missing, nobody can say; the next can
                if previous is not None:
                    link = sha256(previous + rest).digest()
                    follows = link == digest or (computed is not None and sha256(computed + rest).digest() == digest)
                    if not follows or (high if at_utc < high else None) != stored_high:
                        found.add(_told(BreakKind.CHANGED, row, first=seq, last=seq))
                    # Where only the hash of a link was changed, the next still follows from what it should be.
                    computed = None if link == digest else link
                high = max(high, at_utc)
                at, previous = seq, digest
                found.links += 1
                if not seq & _LOOK:
                    if running.stopped():
                        found.stopped = True
                        break
                    running.progress(seq, total)
        except sqlite3.DatabaseError:
            after = _next_readable(connection, at)
            if found.links == 0 and after is None:
                raise
            last = total if after is None else after - 1
            found.add(Break(BreakKind.UNREADABLE, at + 1, max(last, at + 1), "", "", ""))
            if after is None:
                break
            at, previous = after - 1, None
            continue
        break
    found.last = at
    _tell_ends(connection, found)
    return found


def _length_of(raw: bytes) -> bytes:
    length = len(raw)
    return _LENGTHS[length] if length < len(_LENGTHS) else length.to_bytes(4, "big")


def _told(kind: BreakKind, row: _Row, *, first: int, last: int) -> Break:
    at_utc, link_kind, actor = (raw.decode(errors="replace") for raw in (row[1], row[2], row[4]))
    return Break(kind, first, last, at_utc, actor, link_kind)


def _length(connection: sqlite3.Connection) -> int:
    try:
        row = connection.execute("SELECT max(seq) FROM audit").fetchone()
    except sqlite3.DatabaseError:
        return 0
    return row[0] or 0


def _next_readable(connection: sqlite3.Connection, at: int) -> int | None:
    """The number of the first link that can be read behind a damaged page, as near as doubling steps find it."""
    step = 1
    while step < _PROBE_MOST:
        try:
            row = connection.execute(f"{_READ} LIMIT 1", (at + step,)).fetchone()
        except sqlite3.DatabaseError:
            step *= 2
            continue
        return None if row is None else int(row[0])
    return None


def _tell_ends(connection: sqlite3.Connection, found: ChainFound) -> None:
    for name, order in (("since_utc", "ASC"), ("last_utc", "DESC")):
        try:
            row = connection.execute(f"SELECT at_utc, hash FROM audit ORDER BY seq {order} LIMIT 1").fetchone()
        except sqlite3.Error:  # the page, or text that is none any more: said by the breaks
            continue
        if row is not None:
            setattr(found, name, row[0])
            found.last_hash = row[1]


def hash_of(connection: sqlite3.Connection, number: int) -> bytes | None:
    """The stored hash of one link; None: there is no such link."""
    row = connection.execute("SELECT hash FROM audit WHERE seq = ?", (number,)).fetchone()
    return None if row is None else row[0]


def closings_beyond(connection: sqlite3.Connection, last: int) -> Iterator[int]:
    """Links that a closing has printed and that the chain does not reach (any more)."""
    for (number,) in connection.execute(
        "SELECT audit_seq FROM day_close WHERE audit_seq > ? ORDER BY 1 LIMIT 1", (last,)
    ):
        yield number
