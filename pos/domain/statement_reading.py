"""Rows of a statement as lines to compare, by a layout. A row is understood as a whole or named with its problem."""

from __future__ import annotations

import re
import sys
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
)

_TOTAL = re.compile(r"(tong( cong| so| tien)?|cong|total|grand total|sub ?total|sum)\b")
_MOST_TOTAL_WORDS = 40
_FEW_WORDS = 2


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
        self._columns = tuple(layout.column(part) for part in Part)
        self._width = sys.maxsize
        self._needs = max((column for _, column in layout.columns), default=0) + 1
        self._header: Cells = ()

    def read(self, number: int, cells: Cells | None) -> Line | Unread | LeftOut | None:
        """One row; None: nothing stands there, or it is the header."""
        if number <= self._layout.header:
            if number == self._layout.header and cells is not None:
                self._header, self._width = cells, len(cells)
            return None
        if cells is None:
            return Unread(number, "broken")
        if not any(cells) or cells == self._header:
            return None
        if len(cells) > self._width and any(cells[self._width :]):
            return Unread(number, "uneven")  # a sign of the file's own stands in a text: the columns have shifted
        try:
            return self._line(number, cells)
        except UnreadableCell as error:
            return self._unread(number, cells, error.problem)

    def _cell(self, part: Part, cells: Cells) -> Cell:
        column = self._layout.column(part)
        return cells[column] if column is not None and column < len(cells) else None

    def _line(self, number: int, cells: Cells) -> Line | LeftOut:
        if len(cells) < self._needs:
            raise UnreadableCell("uneven")
        transaction, bill, ending, amount, time, status = (
            cells[at] if at is not None else None for at in self._columns
        )  # fmt: skip
        meaning = meaning_of(status) if status else Meaning.COUNTS
        vnd = amount_of(amount, self._layout.decimal)
        line = Line(
            number, reference_of(transaction), reference_of(bill), ending_of(ending), abs(vnd),
            day_of(time, self._layout.date_order), vnd < 0 or meaning is Meaning.BACK,
        )  # fmt: skip
        if meaning is Meaning.LEFT_OUT:
            return LeftOut(number, "not_done")
        if not line.day and _says_total(cells):
            return LeftOut(number, "total")
        if not (line.transaction or line.bill or line.ending):
            raise UnreadableCell("no_reference")
        return line

    def _unread(self, number: int, cells: Cells, problem: str) -> Unread | LeftOut:
        """What can be said of a row with a problem; a total and a remark below the table are none."""
        day = _soft(lambda cell: day_of(cell, self._layout.date_order), self._cell(Part.TIME, cells))
        if not day and _says_total(cells):
            return LeftOut(number, "total")
        filled = sum(cell not in (None, "") for cell in cells)
        if not day and filled <= _FEW_WORDS and problem in ("no_amount", "uneven"):
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
