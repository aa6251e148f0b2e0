"""How cells of a workbook look, and how a spreadsheet counts days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pos.domain.business_date import local_time
from pos.reports.model import Cell, Kind
from pos.reports.palette import BRAND, MARK, MUTED, SURFACE

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no time zones, and counts from this day
_DAY = timedelta(days=1)
MONEY, COUNT = "#,##0\\ [$₫-42A]", "#,##0"
FORMATS = {
    Kind.TEXT: "@",
    Kind.MONEY: MONEY,
    Kind.COUNT: COUNT,
    Kind.PERCENT: "0.0%",
    Kind.SECONDS: '#,##0.0" s"',
    Kind.MOMENT: "dd/mm/yyyy hh:mm:ss",
    Kind.CLOCK: "dd/mm/yyyy hh:mm:ss",
    Kind.DATE: "dd/mm/yyyy",
}
AT_LEFT = frozenset({Kind.TEXT, Kind.MOMENT, Kind.CLOCK, Kind.DATE})
FONT = "Arial"
"""On every machine, and it has every Vietnamese letter; ours is not on the accountant's."""


class Styles:
    """The book's cell formats, each made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
        left = {"align": "left", "indent": 1}  # else an amount and the words after it touch
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.label = book.add_format({**base, "font_color": MUTED})
        self.text = book.add_format(base)
        self.note = book.add_format({**base, **left, "font_color": MUTED, "font_size": 9})
        self.mark = book.add_format({**base, "bold": True, "font_size": 14, "font_color": "#FFFFFF", "bg_color": MARK})
        head = {**base, "bold": True, "font_color": "#FFFFFF", "bg_color": BRAND, "text_wrap": True}
        self.head = book.add_format({**head, **left})
        self.head_right = book.add_format({**head, "align": "right"})
        total = {**base, "bold": True, "top": 1, "bg_color": SURFACE}
        self.total_text = book.add_format({**total, **left})
        self.cell = {
            kind: book.add_format({**base, "num_format": text, **(left if kind in AT_LEFT else {})})
            for kind, text in FORMATS.items()
        }
        self.total = {kind: book.add_format({**total, "num_format": text}) for kind, text in FORMATS.items()}
        self.figure = {
            kind: book.add_format({**base, "bold": True, "font_size": 12, "align": "right", "num_format": text})
            for kind, text in FORMATS.items()
        }


def number_of(cell: Cell) -> float | int | None:
    """A number, date or moment as a spreadsheet counts it; None for what is text or nothing."""
    if isinstance(cell, datetime):
        return (local_time(cell).replace(tzinfo=None) - _EPOCH) / _DAY
    if isinstance(cell, date):
        return (datetime(cell.year, cell.month, cell.day) - _EPOCH).days  # noqa: DTZ001 - a day has no zone
    return None if isinstance(cell, str) else cell
