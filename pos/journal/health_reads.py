"""What the journal tells of its own and the till's health. Reads only; each is quick on a journal of a million rows."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.audit import GENESIS, link_hash
from pos.domain.business_date import from_utc_text
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core

_COLUMNS = ", ".join(f"CAST({name} AS BLOB)" for name in ("at_utc", "kind", "ref", "actor", "facts"))
_LAST_LINKS = f"SELECT seq, {_COLUMNS}, hash FROM audit ORDER BY seq DESC LIMIT ?"  # noqa: S608 - constants
_OFFSET = """
SELECT offset_s, at_utc FROM (SELECT offset_s, at_utc FROM answer ORDER BY call_id DESC, nth DESC LIMIT 5000)
WHERE offset_s IS NOT NULL LIMIT 1
"""
_WAITING = "SELECT count(*), min(created_utc) FROM print_job WHERE state IN ('pending', 'printing', 'doubtful')"
_DOUBTFUL = "SELECT count(*) FROM print_job WHERE state = 'doubtful'"


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last links of the audit chain. `broken_at`: the first of them that does not follow; None: all do."""

    looked: int
    links: int
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class ClockMark:
    """How far an issuer's clock was ahead of ours, and when that was seen."""

    offset_s: float
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class SlipsWaiting:
    """Slips that are not on paper for sure; `doubtful` of them may be."""

    count: int
    doubtful: int
    oldest_utc: datetime | None


class HealthReads:
    """On the journal's file. Any thread but the GUI's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def chain_end(self, links: int) -> ChainEnd:
        """Follow the newest links, at most so many."""
        rows = self._rows(_LAST_LINKS, links + 1)[::-1]
        if not rows:
            return ChainEnd(0, 0, None)
        previous = GENESIS if rows[0][0] == 1 else None
        expected = rows[0][0]
        for seq, *raws, digest in rows:
            at_utc, kind, ref, actor, facts = (raw.decode(errors="replace") for raw in raws)
            follows = previous is None or bytes(digest).hex() == link_hash(
                previous, seq=seq, at_utc=at_utc, kind=kind, ref=ref, actor=actor, facts=facts
            )
            if seq != expected or not follows:
                return ChainEnd(len(rows), rows[-1][0], seq)
            previous, expected = bytes(digest).hex(), seq + 1
        return ChainEnd(len(rows), rows[-1][0], None)

    def last_offset(self) -> ClockMark | None:
        """The newest comparison with an issuer's clock."""
        rows = self._rows(_OFFSET)
        return ClockMark(rows[0][0], from_utc_text(rows[0][1])) if rows else None

    def slips_waiting(self) -> SlipsWaiting:
        """What should be on paper by now."""
        ((count, oldest),) = self._rows(_WAITING)
        ((doubtful,),) = self._rows(_DOUBTFUL)
        return SlipsWaiting(count, doubtful, from_utc_text(oldest) if oldest else None)

    def size_bytes(self) -> int:
        """Of the file and its write-ahead log."""
        path = self._core.path
        files = (path, path.with_name(path.name + "-wal"))
        return sum(os.stat(file).st_size for file in files if file.exists())

    def _rows(self, sql: str, *values: int) -> list[tuple[Any, ...]]:
        try:
            return self._core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error
