"""The manager's day out of the journal: the port `DayReads`. On the `report` thread, beside the till's own work."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from pos.domain.errors import JournalDamaged, JournalError
from pos.journal import review_sql as sql
from pos.journal.review_figures import Summing
from pos.journal.review_look import Look, look
from pos.journal.review_rows import BARE_REDEMPTIONS, DETAILS, day_row
from pos.journal.review_timeline import support_facts, timeline
from pos.journal.write_tx import Core
from pos.till.review.day_views import DayRow, DayView, Query, RowKind, RowsPage
from pos.till.review.events import Running
from pos.till.review.timeline_views import SupportFacts, Timeline

_NEAR = 2000
"""So many rows are skipped rather than counted."""
_A_DAY = timedelta(days=1)
_KINDS = tuple(RowKind)
_CHOICES = {
    kind: f"SELECT DISTINCT {sql.ISSUER[kind]}, cashier FROM {kind.value} INDEXED BY {sql.DAY_INDEX[kind]}"
    " WHERE business_date BETWEEN :first AND :last"
    for kind in RowKind
}
_NEWEST_DATE = "SELECT max(business_date) FROM redemption"

Key = tuple[str, str, int]
"""Business date, id, and the place of its kind in `RowKind`."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many rows each date has, newest date first; so any window is found in its own days.

    Args:
        before: index of each date's first row; the last one is the number of all rows.
    """

    query: Query
    revision: int
    dates: tuple[str, ...]
    before: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.before[-1]


class ReviewReads:
    """Implements `DayReads`. One thread at a time."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._counted: _Counted | None = None
        self._named: tuple[tuple[date, date], set[tuple[str, str]]] | None = None

    def view(self, query: Query, running: Running) -> DayView:
        """Figures, hours and choices."""
        revision = self._core.revision  # before looking: what is committed meanwhile makes this an old one
        with look(self._core, running) as now:
            many_bills = self._many_bills(now, query)
            figures, hours, rows = Summing(now, query, many_bills=many_bills).run()
            issuers, people = self._choices(now, query)
            return DayView(query, figures, rows, hours, issuers, people, now.unreadable, revision)

    def _choices(self, now: Look, query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All issuers and people of the dates. Asked again for the same dates, only the newest date is read anew: names
        of two years change no figure, and reading them takes longer than a search.
        """
        dates, values = (query.first, query.last), sql.values_of(query)
        found: set[tuple[str, str]] = set()
        if self._named is not None and self._named[0] == dates:
            found = self._named[1]
            newest = now.readable(_NEWEST_DATE)
            values["first"] = max(values["first"], newest[0][0] or "") if newest else values["first"]
        for kind in RowKind:
            found.update(now.readable(_CHOICES[kind], values))
        if not now.unreadable:
            self._named = dates, found
        return tuple(sorted({issuer for issuer, _ in found})), tuple(sorted({person for _, person in found}))

    def rows(self, query: Query, first_index: int, count: int, running: Running) -> RowsPage:
        """Some rows, newest first."""
        revision = self._core.revision
        with look(self._core, running) as now:
            many_bills = self._many_bills(now, query)
            counted = self._known(now, query, revision)
            if counted is None and first_index > _NEAR:
                counted = self._count(now, query, revision, many_bills=many_bills)
            keys = self._keys(now, query, counted, first_index, count, many_bills=many_bills)
            total = None if counted is None else counted.total
            if total is None and len(keys) < count and (keys or first_index == 0) and not now.unreadable:
                total = first_index + len(keys)
            return RowsPage(query, first_index, self._details(now, keys), total, now.unreadable, revision)

    def _known(self, now: Look, query: Query, revision: int) -> _Counted | None:
        """The counts, if nothing was written since. Another process's journal, or an older moment, is counted anew."""
        counted = self._counted
        if counted is None or now.inside or not self._core.connections.writing:
            return None
        return counted if (counted.query, counted.revision) == (query, revision) else None

    def _count(self, now: Look, query: Query, revision: int, *, many_bills: bool) -> _Counted:
        per_day: dict[str, int] = {}
        for kind in sql.kinds_of(query):
            by_index, by_table = (
                sql.per_day(query, kind, many_bills=many_bills),
                sql.per_day(query, kind, by_table=True),
            )
            for day, rows in self._index_or_table(now, by_index, by_table, sql.values_of(query)):
                per_day[day] = per_day.get(day, 0) + rows
        dates = tuple(sorted(per_day, reverse=True))
        before = tuple(accumulate((per_day[day] for day in dates), initial=0))
        counted = _Counted(query, revision, dates, before)
        if not now.inside:
            self._counted = counted
        return counted

    def _keys(
        self, now: Look, query: Query, counted: _Counted | None, first_index: int, count: int, *, many_bills: bool
    ) -> list[Key]:
        values: dict[str, Any] = {**sql.values_of(query), "count": count, "offset": first_index}
        if counted is not None:
            if first_index >= counted.total:
                return []
            place = bisect_right(counted.before, first_index) - 1
            values.update(last=counted.dates[place], offset=first_index - counted.before[place])
        by_index, by_table = sql.keys(query, many_bills=many_bills), sql.keys(query, by_table=True)
        return self._index_or_table(now, by_index, by_table, values)

    def _index_or_table(self, now: Look, by_index: str, by_table: str, values: dict[str, Any]) -> list[Any]:
        """Through the index; if a page of it is damaged, from the table, and then it says so."""
        try:
            return now.all(by_index, values)
        except JournalDamaged:
            now.unreadable += 1
        return now.readable(by_table, values)

    def _many_bills(self, now: Look, query: Query) -> bool:
        return bool(query.text.strip()) and bool(now.all(sql.MANY_BILLS, sql.values_of(query))[0][0])

    def _details(self, now: Look, keys: list[Key]) -> tuple[DayRow, ...]:
        read: dict[tuple[int, str], DayRow] = {}
        for place, kind in enumerate(_KINDS):
            wanted = [key for key in keys if key[2] == place]
            if wanted:
                for row in self._rows_of(now, kind, wanted):
                    read[place, row.id] = row
        return tuple(read[place, row_id] for _, row_id, place in keys if (place, row_id) in read)

    def _rows_of(self, now: Look, kind: RowKind, keys: list[Key]) -> list[DayRow]:
        """At once; where a page of them cannot be read, one by one and at least what the day's index has."""
        ids = json.dumps([key[1] for key in keys])
        try:
            found = now.all(f"{DETAILS[kind]} WHERE id IN (SELECT value FROM json_each(:ids))", {"ids": ids})
        except JournalDamaged:
            return [row for key in keys if (row := self._row_of(now, kind, key)) is not None]
        return [day_row(kind, row) for row in found]

    def _row_of(self, now: Look, kind: RowKind, key: Key) -> DayRow | None:
        try:
            return day_row(kind, now.all(f"{DETAILS[kind]} WHERE id = :i", {"i": key[1]})[0])
        except JournalDamaged:
            now.unreadable += 1
        if kind is not RowKind.REDEMPTION:
            return None
        found = now.readable(BARE_REDEMPTIONS, {"first": key[0], "last": key[0], "i": key[1]})
        return day_row(kind, found[0]) if found else None

    def timeline(self, kind: RowKind, row_id: str) -> Timeline:
        """All about one row. Raises `JournalError("journal.no_such_row")`."""
        with look(self._core) as now:
            return timeline(now, kind, self._one(now, kind, row_id))

    def support_facts(self, kind: RowKind, row_id: str) -> SupportFacts:
        """What its issuer's support needs. Raises as `timeline`."""
        with look(self._core) as now:
            return support_facts(now, kind, self._one(now, kind, row_id))

    def _one(self, now: Look, kind: RowKind, row_id: str) -> DayRow:
        try:
            found = now.all(f"{DETAILS[kind]} WHERE id = :i", {"i": row_id})
        except JournalDamaged:
            now.unreadable += 1
            found = self._bare(now, row_id) if kind is RowKind.REDEMPTION else []
        if not found:
            raise JournalError("journal.no_such_row")
        return day_row(kind, found[0])

    def _bare(self, now: Look, row_id: str) -> list[tuple[Any, ...]]:
        """By its id's own time, a day wider on both sides: the day's index is not sorted by id alone."""
        try:
            made = date.fromordinal(int(row_id[:12], 16) // sql.MS_PER_DAY + sql.EPOCH)
        except (ValueError, OverflowError):
            return []
        around = {"first": (made - _A_DAY).isoformat(), "last": (made + _A_DAY).isoformat(), "i": row_id}
        return now.readable(BARE_REDEMPTIONS, around)
