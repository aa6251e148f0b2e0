"""How the beginning of a file would be understood by a layout, before anything is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pos.domain.statement_layout import Cells, Layout, Part
from pos.domain.statement_propose import header_words
from pos.domain.statement_reading import LeftOut, Reading, Unread
from pos.domain.statement_rows import Line
from pos.domain.statement_values import Meaning, meaning_of, text_of_or_empty
from pos.till.review.statement import FileSample, Preview, PreviewLine

PREVIEW_LINES = 20
_MOST_MEANINGS = 8


def missing(layout: Layout) -> tuple[str, ...]:
    """What has to be chosen before anything can be compared, as stable words."""
    parts = {part for part, _ in layout.columns}
    needed = [] if Part.AMOUNT in parts else ["amount"]
    if not parts & {Part.TRANSACTION, Part.BILL, Part.ENDING}:
        needed.append("reference")
    elif not parts & {Part.TRANSACTION, Part.BILL} and Part.TIME not in parts:
        needed.append("time")
    return tuple(needed)


def heads(sample: FileSample, layout: Layout) -> tuple[str, ...]:
    """A word for each column: what stands above it."""
    width = max((len(row) for row in sample.rows), default=0)
    header: Cells = ()
    if layout.header in sample.numbers:
        header = sample.rows[sample.numbers.index(layout.header)]
    return tuple(text_of_or_empty(header[column]) if column < len(header) else "" for column in range(width))


def understood(sample: FileSample, layout: Layout) -> tuple[PreviewLine, ...]:
    """The first rows that are more than titles."""
    reading = Reading(layout)
    lines: list[PreviewLine] = []
    for number, cells in zip(sample.numbers, sample.rows, strict=True):
        row = reading.read(number, cells)
        if row is not None and len(lines) < PREVIEW_LINES:
            lines.append(_preview_line(row))
    return tuple(lines)


def _preview_line(row: Line | Unread | LeftOut) -> PreviewLine:
    if isinstance(row, Line):
        amount = -row.amount_vnd if row.back else row.amount_vnd
        return PreviewLine(row.number, row.transaction, row.bill, row.ending, amount, row.day, row.back)
    if isinstance(row, Unread):
        return PreviewLine(
            row.number, row.transaction, row.bill, row.ending, None, row.day, back=False, problem=row.problem
        )
    return PreviewLine(row.number, "", "", "", None, "", back=False, left_out=row.why)


def meanings(sample: FileSample, layout: Layout) -> tuple[tuple[str, Meaning], ...]:
    """What each status of the sample counts as."""
    column = layout.column(Part.STATUS)
    if column is None:
        return ()
    words = dict.fromkeys(
        text_of_or_empty(row[column])
        for number, row in zip(sample.numbers, sample.rows, strict=True)
        if number > layout.header and column < len(row)
    )
    return tuple((word, meaning_of(word)) for word in words if word)[:_MOST_MEANINGS]


def with_columns(preview: Preview, columns: Mapping[Part, int]) -> Layout:
    """The layout with other columns, found again next time by the words above them."""
    sample, header = preview.sample, preview.layout.header
    names = sample.rows[sample.numbers.index(header)] if header in sample.numbers else ()
    layout = replace(preview.layout, columns=tuple(sorted(columns.items())))
    return header_words(layout, names)
