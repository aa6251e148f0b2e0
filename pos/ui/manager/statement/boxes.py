"""The boxes of the statement section as plain values: lists to choose from, days, a reason."""

from __future__ import annotations

from datetime import date

from pos.domain.statement_layout import DateOrder, Part
from pos.domain.statement_values import text_of_or_empty
from pos.i18n import Translator
from pos.till.review.statement import Preview
from pos.ui.manager.statement.model import Act, PeriodBox, Pick, ReasonBox
from pos.ui.widgets.rows import Cell, TableRow

PARTS = (Part.TRANSACTION, Part.BILL, Part.ENDING, Part.AMOUNT, Part.TIME, Part.STATUS)
"""In the order of their cards and keys."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1258", "cp1252")
SEPARATORS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
DECIMALS = {"": "none", ",": "comma", ".": "point"}
_HIDDEN_FROM = 8
"""A word so long without any sign in it may be a whole code: only its end is shown."""
_HEADER_ROWS = 40


def column_letter(column: int) -> str:
    """As spreadsheets name it: A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def masked(text: str) -> str:
    """A sample that never shows a whole code."""
    return f"••••{text[-4:]}" if len(text) >= _HIDDEN_FROM and text.isalnum() else text[:40]


def column_pick(tr: Translator, preview: Preview, part: Part) -> Pick:
    """Which column is it?"""
    current = preview.layout.column(part)
    rows = [TableRow("", (Cell("–"), Cell(tr.t("statement.column.none")), Cell("")))]
    for column, head in enumerate(preview.heads):
        rows.append(
            TableRow(str(column), (Cell(column_letter(column)), Cell(head), Cell(masked(_sample(preview, column)))))
        )
    return Pick(
        what=part.value,
        title=tr.t("statement.pick.column", part=tr.t(f"statement.part.{part}")),
        hint=tr.t(f"statement.part.{part}.hint"),
        rows=tuple(rows),
        columns=(tr.t("statement.pick.place"), tr.t("statement.pick.head"), tr.t("statement.pick.sample")),
        chosen="" if current is None else str(current),
    )


def _sample(preview: Preview, column: int) -> str:
    sample = preview.sample
    for number, row in zip(sample.numbers, sample.rows, strict=True):
        if number > preview.layout.header and column < len(row) and (text := text_of_or_empty(row[column])):
            return text
    return ""


def _choice(tr: Translator, act: Act, rows: list[TableRow], chosen: str) -> Pick:
    return Pick(
        act.value, tr.t(f"statement.pick.{act}"), tr.t(f"statement.pick.{act}.hint"), tuple(rows),
        (tr.t("statement.pick.choice"),), chosen,
    )  # fmt: skip


def dates_pick(tr: Translator, preview: Preview) -> Pick:
    """Day or month first?"""
    rows = [TableRow(order.value, (Cell(tr.t(f"statement.dates.{order}")),)) for order in DateOrder]
    return _choice(tr, Act.DATES, rows, preview.layout.date_order.value)


def decimal_pick(tr: Translator, preview: Preview) -> Pick:
    """Which sign stands before a fraction?"""
    rows = [TableRow(sign, (Cell(tr.t(f"statement.decimal.{name}")),)) for sign, name in DECIMALS.items()]
    return _choice(tr, Act.DECIMAL, rows, preview.layout.decimal)


def sheet_pick(tr: Translator, preview: Preview) -> Pick:
    """Which sheet?"""
    sample = preview.sample
    rows = [TableRow(name, (Cell(name),)) for name in sample.sheets]
    rows += [TableRow(name, (Cell(tr.t("statement.sheet.hidden", name=name)),)) for name in sample.hidden]
    return _choice(tr, Act.SHEET, rows, sample.sheet)


def header_pick(tr: Translator, preview: Preview) -> Pick:
    """In which row do the columns have their names?"""
    rows = [TableRow("0", (Cell(tr.t("statement.header.none")),))]
    sample = preview.sample
    for number, row in list(zip(sample.numbers, sample.rows, strict=True))[:_HEADER_ROWS]:
        words = " · ".join(masked(text) for cell in row if (text := text_of_or_empty(cell)))
        if words:
            rows.append(TableRow(str(number), (Cell(f"{number}: {words[:90]}"),)))
    return _choice(tr, Act.HEADER, rows, str(preview.layout.header))


def encoding_pick(tr: Translator, preview: Preview) -> Pick:
    """How are letters written?"""
    rows = [TableRow(name, (Cell(tr.t(f"statement.encoding.{name}")),)) for name in ENCODINGS]
    return _choice(tr, Act.ENCODING, rows, preview.sample.encoding)


def separator_pick(tr: Translator, preview: Preview) -> Pick:
    """What stands between the columns?"""
    rows = [TableRow(sign, (Cell(tr.t(f"statement.separator.{name}")),)) for sign, name in SEPARATORS.items()]
    return _choice(tr, Act.SEPARATOR, rows, preview.sample.separator)


def period_box(tr: Translator, period: tuple[date, date] | None) -> PeriodBox:
    """Which days?"""
    first, last = ("", "") if period is None else (tr.date(period[0]), tr.date(period[1]))
    return PeriodBox(tr.t("statement.pick.period"), tr.t("statement.pick.period.hint"), first, last)


def reason_box(tr: Translator, count: int) -> ReasonBox:
    """Why are these cases?"""
    return ReasonBox(tr.t("statement.cases.title", count=count), tr.t("statement.cases.hint"))
