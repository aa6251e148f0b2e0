"""How an issuer's file is laid out: which column is what, and a proposal from header words and sample values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Cells = tuple[Cell, ...]


class Part(StrEnum):
    """What a column can be."""

    TRANSACTION = "transaction"
    BILL = "bill"
    ENDING = "ending"  # the code or its end
    AMOUNT = "amount"
    TIME = "time"
    STATUS = "status"


class DateOrder(StrEnum):
    """How a date with slashes is meant; a date that begins with the year always says it itself."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Layout:
    """Remembered once per issuer.

    Args:
        columns: part → column, from 0. `names`: the header words of those columns, by which they are found again.
        header: number of the header row in the file, from 1; 0 for none.
        sheet, encoding, separator: empty: found by themselves.
        decimal: the sign before a fraction: `.`, `,` or empty for none (both are thousands).
    """

    columns: tuple[tuple[Part, int], ...]
    names: tuple[tuple[Part, str], ...] = ()
    header: int = 1
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    date_order: DateOrder = DateOrder.DAY_FIRST
    decimal: str = ""

    def column(self, part: Part) -> int | None:
        """Where it stands, from 0."""
        return dict(self.columns).get(part)
