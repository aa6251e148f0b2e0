"""XLSX: an overview sheet with figures and chart, and the rows typed, filtered, with a frozen header and a total.

Rows go to temporary files one by one, so a million of them need no memory; what one sheet cannot hold goes on in
another. A total is a formula that follows the filter, with its value beside it for programs that do not calculate.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from pos.domain.business_date import local_time
from pos.reports.model import Cell, Column, Report, clean
from pos.reports.overview_sheet import write_overview
from pos.reports.palette import MARK
from pos.reports.progress import Progress
from pos.reports.saving import Draft
from pos.reports.xlsx_styles import AT_LEFT, Styles, number_of

MOST_ROWS = 1_000_000
"""Of one sheet; Excel reads 1,048,576."""
_HEAD, _FIRST = 1, 2


def write(report: Report, draft: Draft, progress: Progress, *, most_rows: int = MOST_ROWS) -> None:
    """Write the report; what is more than `most_rows` goes on in another sheet.

    Raises:
        OSError, Stopped: the file is of no use.
    """
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="quay-report-") as folder:
        book = xlsxwriter.Workbook(
            draft, {"constant_memory": True, "tmpdir": folder, "use_zip64": True, "strings_to_urls": False}
        )
        try:
            book.set_properties(
                {
                    "title": clean(report.title),
                    "author": clean(report.author),
                    "created": local_time(report.made_utc).replace(tzinfo=None),
                }
            )
            styles = Styles(book)
            if report.figures or report.chart is not None:
                write_overview(book, styles, report)
            _write_rows(book, styles, report, progress, most_rows)
            book.close()
        except BaseException:
            _tear_down(book)
            raise


def _tear_down(book: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
    """Close the temporary files, which Windows does not delete while they are open."""
    for sheet in book.worksheets():
        if not sheet.row_data_fh_closed:
            sheet._opt_close()  # noqa: SLF001 - the library closes them only at a good end


def _write_rows(book: Any, styles: Styles, report: Report, progress: Progress, most_rows: int) -> None:  # noqa: ANN401
    rows = progress.over(report.table)
    number = 0
    first = next(rows, None)
    while number == 0 or first is not None:  # a day without rows has a sheet with its header too
        number += 1
        here = islice(chain(() if first is None else (first,), rows), most_rows)
        name = report.words.rows if number == 1 else f"{report.words.rows} {number}"
        _RowSheet(book, styles, report, clean(name)[:31]).write(here)
        first = next(rows, None)


@dataclass(slots=True)
class _RowSheet:
    """One sheet of rows."""

    book: Any
    styles: Styles
    report: Report
    name: str

    def write(self, rows: Iterator[Sequence[Cell]]) -> None:
        columns = self.report.table.columns
        sheet = self.book.add_worksheet(self.name)
        self._prepare(sheet, columns)
        sums = [0] * len(columns)
        summed = [index for index, column in enumerate(columns) if column.summed]
        formats = [self.styles.cell[column.kind] for column in columns]
        at = _FIRST
        for row in rows:
            for index, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, index, clean(cell)[:32_000], formats[index])
                elif cell is not None:
                    sheet.write_number(at, index, number_of(cell), formats[index])
            for index in summed:
                cell = row[index]
                sums[index] += cell if isinstance(cell, int) else 0
            at += 1
        self._finish(sheet, columns, at, sums)

    def _prepare(self, sheet: Any, columns: Sequence[Column]) -> None:  # noqa: ANN401
        report, styles = self.report, self.styles
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        shop = " · ".join(text for _, text in report.head if text)
        top = f"{report.mark} · {report.title}" if report.mark else report.title
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, clean(f"{top} · {shop}"), styles.mark if report.mark else styles.title)
        if report.mark:
            for index in range(1, len(columns)):
                sheet.write_blank(0, index, None, styles.mark)
            sheet.set_tab_color(MARK)
        sheet.set_row(_HEAD, 32)
        for index, column in enumerate(columns):
            sheet.write_string(
                _HEAD, index, clean(column.title), styles.head if column.kind in AT_LEFT else styles.head_right
            )
        sheet.freeze_panes(_FIRST, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD)
        sheet.set_footer(f"&L{_plain(report.title)}&R&P / &N")

    def _finish(self, sheet: Any, columns: Sequence[Column], at: int, sums: Sequence[int]) -> None:  # noqa: ANN401
        from xlsxwriter.utility import xl_range

        styles = self.styles
        sheet.autofilter(_HEAD, 0, max(at - 1, _HEAD), len(columns) - 1)
        if at == _FIRST:
            sheet.write_string(at, 0, clean(self.report.words.empty), styles.note)
            return
        if not any(column.summed for column in columns):
            return
        for index, column in enumerate(columns):
            if column.summed:
                formula = f"=SUBTOTAL(109,{xl_range(_FIRST, index, at - 1, index)})"
                sheet.write_formula(at, index, formula, styles.total[column.kind], sums[index])
            elif index == 0:
                sheet.write_string(at, 0, clean(self.report.words.total), styles.total_text)
            else:
                sheet.write_blank(at, index, None, styles.total_text)


def _plain(text: str) -> str:
    """Text for a footer, in which `&` begins a command."""
    return clean(text).replace("&", "&&")[:100]
