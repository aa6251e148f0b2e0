"""PDF on A4 in our own typeface: shop, dates and mark, figures, chart by hour in vectors, the table, totals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path

from pos.domain.errors import ReportError
from pos.paths import resource_dir
from pos.reports.model import Cell, Column, Kind, Report
from pos.reports.pdf_page import Page
from pos.reports.pdf_text import shown
from pos.reports.progress import Progress
from pos.reports.saving import Draft

MOST_ROWS = 20_000
"""Nobody prints more; about 400 pages."""
_LEADING, _SIZE, _PAD = 10.5, 7.6, 2.8
_MOST_LINES = 6
_MEASURED = 300
"""Rows whose text decides on the columns' widths."""
_LONGEST_WORD, _WIDEST, _GAP = 125.0, 180.0, 2 * _PAD + 0.5


def write(report: Report, draft: Draft, progress: Progress) -> None:
    """Write the report.

    Raises:
        OSError, Stopped: the file is of no use.
        ReportError: `report.too_long_for_paper`.
    """
    if report.table.count > MOST_ROWS:
        raise ReportError("report.too_long_for_paper", count=report.table.count, most=MOST_ROWS)
    page = Page(report, fonts())
    page.title()
    page.figures()
    page.chart()
    _table(report, page, progress)
    page.end()
    draft.write(page.bytes())


def fonts() -> Path:
    """The folder of the shipped typeface."""
    return resource_dir() / "fonts" / "be-vietnam-pro"


def _table(report: Report, page: Page, progress: Progress) -> None:
    every = report.table.columns
    places = [index for index, column in enumerate(every) if column.on_paper]
    columns = [every[index] for index in places]
    rows = progress.over(report.table)
    first = list(islice(rows, _MEASURED))
    widths = column_widths(columns, [[row[index] for index in places] for row in first], page)
    page.need(60)
    page.on_new_page = lambda: _header(columns, widths, page)
    _header(columns, widths, page)
    sums = {index: 0 for index, column in enumerate(every) if column.summed}
    count = 0
    for count, row in enumerate(chain(first, rows), 1):
        if count > MOST_ROWS:
            raise ReportError("report.too_long_for_paper", count=count, most=MOST_ROWS)
        _row(columns, widths, page, [row[index] for index in places])
        for index in sums:
            cell = row[index]
            sums[index] += cell if isinstance(cell, int) else 0
    page.on_new_page = lambda: None
    if not count:
        page.line_of_text(report.words.empty)
    for index, amount in sums.items() if count else ():
        page.sum_line(f"{report.words.total} · {every[index].title}", shown(amount, every[index].kind))


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], page: Page) -> list[float]:
    """What each column needs, as a browser lays out a table: no word is broken as long as all words fit beside each
    other, and what room is left goes to those with the most text.
    """
    least, natural = [], []
    for index, column in enumerate(columns):
        texts = {shown(row[index], column.kind) for row in rows}
        words = {word for text in texts for word in ([text] if right(column) else text.split(" "))}
        heads = [page.width_of(word, _SIZE, "semibold") for word in column.title.split(" ")]
        narrow = max([*heads, *(page.width_of(word, _SIZE, "regular") for word in words)])
        wide = max([narrow, *(page.width_of(text, _SIZE, "regular") for text in texts)])
        least.append(min(narrow, _LONGEST_WORD) + _GAP)
        natural.append(min(wide, _WIDEST) + _GAP)
    spare = page.width - sum(least)
    if spare <= 0:
        return [width * page.width / sum(least) for width in least]
    wishes = [wish - width for wish, width in zip(natural, least, strict=True)]
    share = min(1.0, spare / (sum(wishes) or 1))
    widths = [width + wish * share for width, wish in zip(least, wishes, strict=True)]
    left = (page.width - sum(widths)) / len(widths)
    return [width + left for width in widths]


def right(column: Column) -> bool:
    """Numbers stand at the right."""
    return column.kind in (Kind.MONEY, Kind.COUNT, Kind.PERCENT, Kind.SECONDS)


def _header(columns: Sequence[Column], widths: Sequence[float], page: Page) -> None:
    lines = [
        page.wrapped(column.title, width - 2 * _PAD, _SIZE, "semibold", 3)
        for column, width in zip(columns, widths, strict=True)
    ]
    height = max(map(len, lines)) * _LEADING + 2 * _PAD
    page.fill_row(height, "brand")
    _cells(columns, widths, page, lines, height, "semibold", "white")


def _row(columns: Sequence[Column], widths: Sequence[float], page: Page, row: Sequence[Cell]) -> None:
    lines = []
    for column, width, cell in zip(columns, widths, row, strict=True):
        text = shown(cell, column.kind)
        lines.append([text] if right(column) else page.wrapped(text, width - 2 * _PAD, _SIZE, "regular", _MOST_LINES))
    height = max(map(len, lines)) * _LEADING + _PAD
    page.need(height + 1)
    _cells(columns, widths, page, lines, height, "regular", "text")
    page.rule()


def _cells(
    columns: Sequence[Column], widths: Sequence[float], page: Page, lines: Sequence[Sequence[str]], height: float,
    weight: str, colour: str,
) -> None:  # fmt: skip
    left = 0.0
    for column, width, texts in zip(columns, widths, lines, strict=True):
        page.cell(left + _PAD, width - 2 * _PAD, texts, _SIZE, _LEADING, weight, colour, at_right=right(column))
        left += width
    page.down(height)
