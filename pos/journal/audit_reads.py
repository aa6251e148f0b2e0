"""The audit chain for a manager's eyes: newest first, filtered, a bounded part of it at a time."""
# ruff: noqa: S608 – SQL is put together from this file's own constants; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from pos.domain.audit import AuditRow
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core
from pos.till.review.audit import ClosingMark, Wanted, beginnings

_LOOKED_THROUGH = 20_000
"""Links looked through for one page."""
_ACTORS_OF = 5_000
_COLUMNS = ", ".join(f"CAST({name} AS BLOB)" for name in ("at_utc", "kind", "ref", "actor", "facts"))
_READ = f"SELECT seq, {_COLUMNS}, hash FROM audit WHERE seq < ? AND seq >= ?"
_PAGE_OF_FILE = 64
"""Links that one damaged page of the file may hold, at the most; a few more are passed over."""


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
        sql = _READ
        values: list[int | str] = [before, lowest]
        if wanted.actor:
            sql += " AND actor = ?"
            values.append(wanted.actor)
        kinds = beginnings(wanted.group)
        if kinds:
            sql += f" AND ({' OR '.join('instr(facts, ?)' for _ in kinds)})"
            values += [f'"kind":"{kind}' for kind in kinds]
        found: list[AuditRow] = []
        at = before
        try:
            for seq, *raws, digest in self._core.connections.get().execute(f"{sql} ORDER BY seq DESC", values):
                at_utc, kind, ref, actor, facts = (raw.decode(errors="replace") for raw in raws)
                found.append(AuditRow(seq, at_utc, kind, ref, actor, facts, digest.hex()))
                at = seq
                if len(found) == limit:
                    break
            else:
                at = lowest
        except sqlite3.DatabaseError:
            at = max(lowest, at - _PAGE_OF_FILE)  # what lies behind a damaged page can still be read
        return tuple(found), 0 if at <= 1 else at

    def about(self, refs: Iterable[str], limit: int) -> tuple[AuditRow, ...]:
        """See the port. By the index of what a link is about: as fast in a chain of years as in one of a day."""
        wanted = tuple(refs)
        sql = f"SELECT seq, {_COLUMNS}, hash FROM audit WHERE ref IN ({', '.join('?' * len(wanted))})"
        found = []
        for seq, *raws, digest in self._rows(f"{sql} ORDER BY seq DESC LIMIT ?", (*wanted, limit)):
            at_utc, kind, ref, actor, facts = (raw.decode(errors="replace") for raw in raws)
            found.append(AuditRow(seq, at_utc, kind, ref, actor, facts, digest.hex()))
        return tuple(found)

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
