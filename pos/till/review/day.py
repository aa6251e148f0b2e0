"""The manager's day: figures, table, timelines and saved filters. Synchronous; runs on the `report` thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from pos.domain.business_date import business_date
from pos.domain.errors import RuleBroken
from pos.till.ports import Clock
from pos.till.review.day_filters import query_of, query_text
from pos.till.review.day_views import DayView, Query, RowKind, RowsPage, SavedFilter
from pos.till.review.events import Running
from pos.till.review.timeline_views import SupportFacts, Timeline


class DayReads(Protocol):
    """What the day needs from the journal. Each answer is of one moment.

    Raises (all): `JournalUnavailable`, `JournalDamaged` where nothing at all could be read.
    """

    def view(self, query: Query, running: Running) -> DayView:
        """Figures, hours and choices."""

    def rows(self, query: Query, first_index: int, count: int, running: Running) -> RowsPage:
        """Some rows, newest first."""

    def timeline(self, kind: RowKind, row_id: str) -> Timeline:
        """All about one row. Raises `JournalError("journal.no_such_row")`."""

    def support_facts(self, kind: RowKind, row_id: str) -> SupportFacts:
        """What its issuer's support needs. Raises as `timeline`."""


class SavedFilters(Protocol):
    """Queries under a name, as text; writing is audited."""

    def all(self) -> Sequence[tuple[str, str]]:
        """Name and text, by name."""

    def put(self, name: str, text: str, who: str) -> None:
        """Keep, in place of one of the same name."""

    def delete(self, name: str, who: str) -> None:
        """Forget; one that is not there is no error."""


class DayDesk:
    """What the day's screen and the command line ask. Any thread, one at a time per journal connection."""

    def __init__(
        self, reads: DayReads, saved: SavedFilters, clock: Clock, change_hour: Callable[[], int] = lambda: 0
    ) -> None:
        self._change_hour = change_hour
        self._reads = reads
        self._saved = saved
        self._clock = clock

    def today(self) -> date:
        """The shop's date now."""
        return business_date(self._clock.now_utc(), self._change_hour())

    def view(self, query: Query, running: Running) -> DayView:
        """Figures, hours and choices of a query."""
        view, begins = self._reads.view(query, running), self._change_hour()
        return replace(view, hours=tuple(sorted(view.hours, key=lambda bar: ((bar.hour - begins) % 24, bar.issuer))))

    def rows(self, query: Query, first_index: int, count: int, running: Running) -> RowsPage:
        """`count` rows from `first_index` on, newest first; fewer at the end."""
        return self._reads.rows(query, first_index, count, running)

    def timeline(self, kind: RowKind, row_id: str) -> Timeline:
        """All about one row. Raises `JournalError("journal.no_such_row")`."""
        return self._reads.timeline(kind, row_id)

    def support_facts(self, kind: RowKind, row_id: str) -> SupportFacts:
        """What its issuer's support needs. Raises as `timeline`."""
        return self._reads.support_facts(kind, row_id)

    def filters(self) -> tuple[SavedFilter, ...]:
        """The saved filters by name, their dates as of today."""
        today = self.today()
        return tuple(SavedFilter(name, query_of(text, today)) for name, text in self._saved.all())

    def save_filter(self, name: str, query: Query, who: str) -> None:
        """Keep a query under a name, in place of one of the same name. `RuleBroken("rule.filter_name")`: no name."""
        name = " ".join(name.split())
        if not name:
            raise RuleBroken("rule.filter_name")
        self._saved.put(name, query_text(query, self.today()), who)

    def delete_filter(self, name: str, who: str) -> None:
        """Forget a saved filter."""
        self._saved.delete(name, who)
