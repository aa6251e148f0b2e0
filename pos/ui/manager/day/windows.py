"""The rows that have come, by their place; and which to ask for next."""

from __future__ import annotations

from pos.till.review.day_views import DayRow, RowsPage

AHEAD = 40
"""Rows asked for beyond what is in sight, to either side."""
_KEPT = 3000


class Windows:
    """Pages of one query and one revision, put together. A page of a newer revision takes the place of all older ones.

    `total` is None while nobody has counted.
    """

    def __init__(self) -> None:
        self.total: int | None = None
        self.revision = -1
        self._rows: dict[int, DayRow] = {}
        self._most = 0

    def row(self, number: int) -> DayRow | None:
        """The row at this place; None if it is not here."""
        return self._rows.get(number)

    @property
    def length(self) -> int:
        """How many rows there are, as far as is known."""
        return self._most if self.total is None else self.total

    def take(self, page: RowsPage) -> None:
        """One page."""
        if page.revision != self.revision:
            self._rows, self._most = {}, 0  # the count stays until another one comes: the table keeps its length
            self.revision = page.revision
        if len(self._rows) > _KEPT:
            self._rows = {}
        for number, row in enumerate(page.rows, start=page.first_index):
            self._rows[number] = row
        self._most = max(self._most, page.first_index + len(page.rows))
        if page.total is not None:
            self.total = page.total

    def count(self, total: int, revision: int) -> None:
        """All rows were counted, at the moment of this revision; a page that tells its own count knows better."""
        if self.total is None or revision >= self.revision:
            self.total = total

    def place_of(self, kind_and_id: tuple[str, str]) -> int | None:
        """Where this row stands, if it is here."""
        return next((place for place, row in self._rows.items() if (row.kind, row.id) == kind_and_id), None)

    def missing(self, first: int, last: int) -> tuple[int, int] | None:
        """First row and count to ask for, so that all between is here; None: it is."""
        last = min(last, self.length - 1)
        if all(number in self._rows for number in range(max(0, first), last + 1)):
            return None
        begin = max(0, first - AHEAD)
        return begin, last + AHEAD + 1 - begin
