"""The audit chain against itself: one pass over its raw bytes, and exactly where it does not follow."""
# ruff: noqa: S608 – SQL is put together from this file's own constants; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from pos.domain.audit import GENESIS, Break, BreakKind

if TYPE_CHECKING:
    from pos.till.review.events import Running

_COLUMNS = "seq, " + ", ".join(f"CAST({name} AS BLOB)" for name in ("at_utc", "kind", "ref", "actor", "facts"))
_READ = f"SELECT {_COLUMNS}, hash, CAST(high_utc AS BLOB) FROM audit WHERE seq > ? ORDER BY seq"
_LOOK, _TELL = 127, 8191
"""Rows between two looks whether anybody still waits (or whether the counter comes first), and two words of how far it
has come, less one.
"""
_SHORT = 4096
_MOST = 50
"""Breaks that are told one by one."""
_LENGTHS = [length.to_bytes(4, "big") for length in range(_SHORT)]
_PROBE_MOST = 1 << 40

_Row = tuple[int, bytes, bytes, bytes, bytes, bytes, bytes, bytes | None]


@dataclass(slots=True)
class ChainFound:
    """What the pass found.

    Args:
        last: number of the last.
        breaks: the first of them, in order; `count` of them in all.
        stopped: nobody waited any more: the rest was not read.
    """

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
    walker = _Walker(running, _length(connection))
    while True:
        try:
            walker.read(connection.execute(_READ, (walker.at,)))
        except sqlite3.DatabaseError:
            if not walker.pass_over(_next_readable(connection, walker.at)):
                if walker.at == 0:
                    raise
                break
        else:
            break
    found = walker.found
    found.last = walker.at
    _tell_ends(connection, found)
    return found


class _Walker:
    """Where the pass is.

    Args:
        total: the number of the last link, as far as that can be read.
    """

    def __init__(self, running: Running, total: int) -> None:
        self.found = ChainFound()
        self.at = 0
        self._running, self._total = running, total
        self._previous: bytes | None = self.found.last_hash
        """Hash of the link before, as it stands; None: it is missing, and whether the next follows nobody can say."""
        self._computed: bytes | None = None
        """What the hash of the link before should be, where that is another."""
        self._high = b""

    def read(self, rows: Iterable[_Row]) -> None:
        """Follow these. The loop is the whole cost of proving a chain: what nearly every link needs stands in it."""
        lengths = _LENGTHS
        for row in rows:
            seq, at_utc, kind, ref, actor, facts, digest, high = row
            plain = False
            if seq == self.at + 1 and high is None and at_utc >= self._high and self._previous is not None:
                number = b"%d" % seq
                if len(kind) < _SHORT and len(ref) < _SHORT and len(actor) < _SHORT and len(at_utc) < _SHORT:
                    link = sha256(
                        b"".join((
                            self._previous, lengths[len(number)], number, lengths[len(at_utc)], at_utc,
                            lengths[len(kind)], kind, lengths[len(ref)], ref, lengths[len(actor)], actor,
                            len(facts).to_bytes(4, "big"), facts,
                        ))
                    ).digest()  # fmt: skip
                    plain = link == digest and self._computed is None
            if plain:
                self.at, self._previous, self._high = seq, digest, at_utc
            else:
                self._judge(row)
            if not seq & _LOOK and self._stopped(seq):
                return

    def _stopped(self, seq: int) -> bool:
        if not seq & _TELL:
            self._running.progress(seq, self._total)
        self.found.stopped = self._running.stopped()
        return self.found.stopped

    def _judge(self, row: _Row) -> None:
        """A link that is not plainly the next one."""
        seq, at_utc, kind, ref, actor, facts, digest, stored_high = row
        fields = (b"%d" % seq, at_utc, kind, ref, actor, facts)
        rest = b"".join(len(raw).to_bytes(4, "big") + raw for raw in fields)
        if seq != self.at + 1 and self._previous is not None:
            self.found.add(_told(BreakKind.TAKEN_OUT, row, first=self.at + 1, last=seq - 1))
            self._previous = None
        if self._previous is not None:
            link = sha256(self._previous + rest).digest()
            # Where only the hash of a link was changed, the next still follows from what it should be.
            follows = link == digest or (
                self._computed is not None and sha256(self._computed + rest).digest() == digest
            )
            if not follows or (self._high if at_utc < self._high else None) != stored_high:
                self.found.add(_told(BreakKind.CHANGED, row, first=seq, last=seq))
            self._computed = None if link == digest else link
        self._high = max(self._high, at_utc)
        self.at, self._previous = seq, digest

    def pass_over(self, after: int | None) -> bool:
        """Links up to this one cannot be read. False: nothing can be read behind them."""
        last = self._total if after is None else after - 1
        self.found.add(Break(BreakKind.UNREADABLE, self.at + 1, max(last, self.at + 1), "", "", ""))
        if after is not None:
            self.at, self._previous, self._computed = after - 1, None, None
        return after is not None


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
