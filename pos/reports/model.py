"""What a file for people says, whatever its format: a head, figures, a chart, one table of typed columns.

Made in one language from a desk's views (`day.py`, `cases.py`, …) and written by `csv_file`, `xlsx_file`, `pdf_file`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

Cell = str | int | float | date | datetime | None
"""Of its column's kind; None is an empty cell. Instants are aware, writers show them as the shop's clock does."""


class Kind(Enum):
    """What a column's cells are."""

    TEXT = "text"
    MONEY = "money"
    """Whole đồng."""
    COUNT = "count"
    PERCENT = "percent"
    """0.25 is 25 %."""
    SECONDS = "seconds"
    MOMENT = "moment"
    """An instant, shown with seconds in shop time."""
    CLOCK = "clock"
    """An instant of a day that stands in the head: on paper only its time is shown."""
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        key: stable English name, for scripts.
        width: in characters of body text.
        summed: its cells add up to something true, which stands below the last row.
        on_paper: it has a place in the table on paper; its sum is told there in any case.
    """

    key: str
    title: str
    kind: Kind
    width: int
    summed: bool = False
    on_paper: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `rows` is walked once; `count` is how many there will be, 0 while nobody knows."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the day at a glance."""

    label: str
    kind: Kind
    value: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Amounts in đồng, stacked: `bars` are (label, one amount a series)."""

    title: str
    series: Sequence[str]
    bars: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Words:
    """The writers' own words, in the report's language.

    Args:
        page: with `{page}` in it, as "Trang {page}".
        of: what stands between page and number of pages.
        million: short, as "tr".
    """

    total: str
    page: str
    of: str
    overview: str
    rows: str
    hour: str
    million: str
    empty: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole file.

    Args:
        head: lines of (label, text): shop, till, dates, when it was made.
        mark: "" where money is real; else words that must not be missed on any page.
        author: the shop; nothing of the machine.
        made_utc: when it was made.
        foot: evidence: the audit chain's last hash; may be empty.
    """

    title: str
    head: Sequence[tuple[str, str]]
    mark: str
    author: str
    made_utc: datetime
    words: Words
    table: Table
    figures: Sequence[Figure] = ()
    chart: Chart | None = None
    foot: str = ""


def clean(text: str) -> str:
    """The text composed (fonts and readers expect it) and without what no reader can show."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed
    return "".join(sign if sign.isprintable() else " " for sign in composed)
