"""Rows of a statement as lines to compare, by a layout. A row is understood as a whole or named with its problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pos.domain.statement_layout import Cell, Cells, Layout, Part
from pos.domain.statement_rows import Line
from pos.domain.statement_values import (
    Meaning,
    UnreadableCell,
    amount_of,
    day_of,
    ending_of,
    fold,
    meaning_of,
    reference_of,
    text_of,
)

_TOTAL = re.compile(r"(tong( cong| so| tien)?|cong|total|grand total|sub ?total|sum)\b")
_MOST_TOTAL_WORDS = 40


class Unread(NamedTuple):
    """A row that cannot be compared, with what could be read of it."""

    number: int
    problem: str
    transaction: str = ""
    bill: str = ""
    ending: str = ""
    day: str = ""


class LeftOut(NamedTuple):
    """A row that is none of either side: a title, a total, a remark, something that was not done."""

    number: int
    why: str


class Reading:
    """Reads rows in the order of their file."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._at = {part: layout.column(part) for part in Part}
        self._needs = max((column for _, column in layout.columns), default=0) + 1
        self._header: Cells = ()

    def read(self, number: int, cells: Cells | None) -> Line | Unread | LeftOut | None:
        """One row; None: nothing stands there, or it is the header."""
        if number <= self._layout.header:
            if number == self._layout.header and cells is not None:
                self._header = cells
            return None
        if cells is None:
            return Unread(number, "broken")
        filled = sum(cell not in (None, "") for cell in cells)
        if not filled or cells == self._header:
            return None
        extra = cells[len(self._header) :] if self._header else ()
        if any(cell not in (None, "") for cell in extra):
            return Unread(number, "uneven")  # a sign of the file's own stands in a text: the columns have shifted
        try:
            return self._line(number, cells, filled)
        except UnreadableCell as error:
            return self._unread(number, cells, filled, error.problem)

    def _cell(self, part: Part, cells: Cells) -> Cell:
        column = self._at[part]
        return cells[column] if column is not None and column < len(cells) else None

    def _line(self, number: int, cells: Cells, filled: int) -> Line | Unread | LeftOut:
        layout = self._layout
        if len(cells) < self._needs and filled > 2:
            raise UnreadableCell("uneven")
        status = text_of(self._cell(Part.STATUS, cells))
        meaning = meaning_of(status) if status else Meaning.COUNTS
        amount = amount_of(self._cell(Part.AMOUNT, cells), layout.decimal)
        line = Line(
            number,
            reference_of(self._cell(Part.TRANSACTION, cells)),
            reference_of(self._cell(Part.BILL, cells)),
            ending_of(self._cell(Part.ENDING, cells)),
            abs(amount),
            day_of(self._cell(Part.TIME, cells), layout.date_order),
            amount < 0 or meaning is Meaning.BACK,
        )
        if meaning is Meaning.LEFT_OUT:
            return LeftOut(number, "not_done")
        if not line.day and _says_total(cells):
            return LeftOut(number, "total")
        if not (line.transaction or line.bill or line.ending):
            raise UnreadableCell("no_reference")
        return line

    def _unread(self, number: int, cells: Cells, filled: int, problem: str) -> Unread | LeftOut:
        """What can be said of a row with a problem; a total and a remark below the table are none."""
        day = _soft(lambda cell: day_of(cell, self._layout.date_order), self._cell(Part.TIME, cells))
        if not day and _says_total(cells):
            return LeftOut(number, "total")
        if not day and filled <= 2 and problem in ("no_amount", "uneven"):
            return LeftOut(number, "remark")
        transaction, bill = (_soft(reference_of, self._cell(part, cells)) for part in (Part.TRANSACTION, Part.BILL))
        return Unread(number, problem, transaction, bill, _soft(ending_of, self._cell(Part.ENDING, cells)), day)


def _soft(read: Callable[[Cell], str], cell: Cell) -> str:
    try:
        return read(cell)
    except UnreadableCell:
        return ""


def _says_total(cells: Cells) -> bool:
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return len(first) <= _MOST_TOTAL_WORDS and _TOTAL.match(fold(first)) is not None
