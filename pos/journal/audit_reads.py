"""The audit chain for a manager's eyes: newest first, filtered, a bounded part of it at a time."""


from __future__ import annotations

import sqlite3
from typing import Any

from pos.domain.audit import AuditRow
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core
from pos.till.review.audit import ClosingMark, Wanted, beginnings

_LOOKED_THROUGH = 20_000
"""Links looked through for one page."""
_ACTORS_OF = 5_000
_READ = "SELECT seq, at_utc, kind, ref, actor, facts, hash FROM audit WHERE seq < ? AND seq >= ?"


class AuditReader:
    """Implements `AuditReads` on the journal's file. Any thread but the GUI's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def newest(self) -> int:
        """Number of the last link; 0 for none."""
        return int(self._rows("SELECT ifnull(max(seq), 0) FROM audit")[0][0])

    def links(self, wanted: Wanted, before: int, limit: int) -> tuple[tuple[AuditRow, ...], int]:
        """See the port. A change anywhere in a link counts, not only its first."""
        lowest = max(1, before - _LOOKED_THROUGH)
        sql, values = _READ, [before, lowest]
        if wanted.actor:
            sql += " AND actor = ?"
            values.append(wanted.actor)  # type: ignore[arg-type]
        kinds = beginnings(wanted.group)
        if kinds:
            sql += f" AND ({' OR '.join('instr(facts, ?)' for _ in kinds)})"
            values += [f'"kind":"{kind}' for kind in kinds]  # type: ignore[misc]
        rows = self._rows(f"{sql} ORDER BY seq DESC LIMIT ?", (*values, limit))
        older = rows[-1][0] if len(rows) == limit else lowest
        return tuple(AuditRow(*row[:6], row[6].hex()) for row in rows), 0 if older <= 1 else older

    def actors(self) -> tuple[str, ...]:
        """Names in the newest part of the chain."""
        sql = "SELECT DISTINCT actor FROM audit WHERE seq > (SELECT max(seq) FROM audit) - ? AND actor <> '' ORDER BY 1"
        return tuple(row[0] for row in self._rows(sql, (_ACTORS_OF,)))

    def last_closing(self) -> ClosingMark | None:
        """The newest Z report."""
        rows = self._rows("SELECT number, business_date, audit_seq FROM day_close ORDER BY number DESC LIMIT 1")
        return ClosingMark(*rows[0]) if rows else None

    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error
