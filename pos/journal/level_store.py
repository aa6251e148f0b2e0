"""Service levels on disk: table `level`. Not in the audit chain: nobody decided anything, and no money is in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pos.domain.levels import What
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core, WriteTx

if TYPE_CHECKING:
    from pos.domain.level_counts import Count

_ADD = """
INSERT INTO level (business_date, hour, what, issuer, bucket, count) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (business_date, hour, what, issuer, bucket) DO UPDATE SET count = count + excluded.count
"""
_READ = """
SELECT business_date, hour, what, issuer, bucket, count FROM level WHERE business_date BETWEEN ? AND ?
ORDER BY business_date, hour, what, issuer, bucket
"""
_KNOWN = frozenset(What)


class LevelStore:
    """Implements `LevelWrites` and `LevelReads` on the journal's file. Any thread but the GUI's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def add(self, counts: Sequence[Count]) -> None:
        """Add these to what stands there, in one transaction. Raises `JournalError`: nothing was added."""
        with WriteTx(self._core, "") as tx:
            for one in counts:
                tx.run(_ADD, (one.business_date, one.hour, one.what.value, one.issuer, one.bucket, one.count))

    def levels(self, first: date, last: date) -> tuple[Count, ...]:
        """All counts of these business dates; what a later program counted besides is left out."""
        from pos.domain.level_counts import Count

        core = self._core
        try:
            rows = core.connections.get().execute(_READ, (first.isoformat(), last.isoformat())).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return tuple(Count(day, hour, What(what), *rest) for day, hour, what, *rest in rows if what in _KNOWN)

    def measured_since(self) -> date | None:
        """The first business date that anything was counted on."""
        core = self._core
        try:
            row = core.connections.get().execute("SELECT min(business_date) FROM level").fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return None if row[0] is None else date.fromisoformat(row[0])
