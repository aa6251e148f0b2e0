"""The first sheet of a workbook: what it is, the mark if nothing is real, figures, amounts by hour and their chart."""

from __future__ import annotations

from typing import Any

from pos.reports.model import Chart, Figure, Kind, Report, clean
from pos.reports.palette import LINE, MARK, SERIES
from pos.reports.xlsx_styles import Styles, number_of


def write_overview(book: Any, styles: Styles, report: Report) -> None:  # noqa: ANN401 - XlsxWriter has no types
    """Add the sheet."""
    sheet = book.add_worksheet(clean(report.words.overview)[:31])
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 8, 18)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    at = 0
    if report.mark:
        sheet.set_tab_color(MARK)
        sheet.set_row(at, 28)
        sheet.write_string(at, 0, clean(report.mark), styles.mark)
        for index in (1, 2, 3, 4):
            sheet.write_blank(at, index, None, styles.mark)
        at += 1
    sheet.set_row(at, 26)
    sheet.write_string(at, 0, clean(report.title), styles.title)
    at += 1
    for label, text in report.head:
        sheet.write_string(at, 0, clean(label), styles.label)
        sheet.write_string(at, 1, clean(text), styles.text)
        at += 1
    at += 1
    for figure in report.figures:
        _figure(sheet, styles, at, figure)
        at += 1
    if report.chart is not None and report.chart.bars:
        at = _chart(book, sheet, styles, at + 1, report.chart, report.words.hour)
    if report.foot:
        sheet.write_string(at + 1, 0, clean(report.foot), styles.note)


def _figure(sheet: Any, styles: Styles, at: int, figure: Figure) -> None:  # noqa: ANN401
    sheet.set_row(at, 20)
    sheet.write_string(at, 0, clean(figure.label), styles.text)
    value = number_of(figure.value)
    if value is not None:
        sheet.write_number(at, 1, value, styles.figure[figure.kind])
    else:
        sheet.write_string(at, 1, clean(str(figure.value or "–")), styles.figure[Kind.TEXT])
    sheet.write_string(at, 2, clean(figure.note), styles.note)


def _chart(book: Any, sheet: Any, styles: Styles, at: int, chart: Chart, hour: str) -> int:  # noqa: ANN401
    """The table by hour, and beside nothing else the chart below it. Returns the first free row."""
    head = at
    sheet.write_string(head, 0, clean(hour), styles.head)
    for number, name in enumerate(chart.series, 1):
        sheet.write_string(head, number, clean(name), styles.head_right)
    for at, (label, amounts) in enumerate(chart.bars, head + 1):
        sheet.write_string(at, 0, clean(label), styles.text)
        for number, amount in enumerate(amounts, 1):
            sheet.write_number(at, number, amount, styles.cell[Kind.MONEY])
    drawn = book.add_chart({"type": "column", "subtype": "stacked"})
    for number, name in enumerate(chart.series, 1):
        drawn.add_series(
            {
                "name": clean(name),
                "categories": [sheet.name, head + 1, 0, at, 0],
                "values": [sheet.name, head + 1, number, at, number],
                "fill": {"color": SERIES[(number - 1) % len(SERIES)]},
                "gap": 40,
            }
        )
    drawn.set_title({"name": clean(chart.title), "name_font": {"size": 12}})
    drawn.set_legend({"position": "bottom"})
    drawn.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": LINE}}})
    drawn.set_size({"width": 900, "height": 280})
    sheet.insert_chart(at + 2, 0, drawn)
    return at + 17
