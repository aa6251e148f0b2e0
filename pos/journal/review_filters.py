"""Saved filters in the journal: the port `SavedFilters`. Who saved or deleted one stands in the audit chain."""

from __future__ import annotations

from pos.journal.review_look import look
from pos.journal.write_tx import Core, WriteTx

_PUT = """INSERT INTO saved_filter (name, query, saved_by, saved_utc) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET query = excluded.query, saved_by = excluded.saved_by, saved_utc = excluded.saved_utc
"""


class JournalFilters:
    """Queries under a name."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self) -> list[tuple[str, str]]:
        """Name and text, by name."""
        with look(self._core) as now:
            return [(name, text) for name, text in now.all("SELECT name, query FROM saved_filter ORDER BY name")]

    def put(self, name: str, text: str, who: str) -> None:
        """Keep, in place of one of the same name."""
        with WriteTx(self._core, who) as tx:
            tx.run(_PUT, (name, text, who, tx.now_text))
            tx.note("filter.saved", name, {"query": text})

    def delete(self, name: str, who: str) -> None:
        """Forget; one that is not there is no error."""
        with WriteTx(self._core, who) as tx:
            if tx.run("DELETE FROM saved_filter WHERE name = ?", (name,)).rowcount:
                tx.note("filter.deleted", name, {})
