"""Cells as text on paper, grouped as the shop writes them."""

from __future__ import annotations

from datetime import date, datetime

from pos.domain.business_date import local_time
from pos.reports.model import Cell, Kind, clean


def shown(cell: Cell, kind: Kind) -> str:
    """The cell as text; empty for None."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime):
        return f"{local_time(cell):%H:%M:%S}" if kind is Kind.CLOCK else f"{local_time(cell):%d/%m/%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if kind is Kind.PERCENT:
        return f"{cell * 100:.1f}".replace(".", ",") + " %"
    if kind is Kind.SECONDS:
        return f"{cell:,.1f}".replace(",", " ").replace(".", ",") + " s"
    grouped = f"{cell:,.0f}".replace(",", ".")
    return f"{grouped} ₫" if kind is Kind.MONEY else grouped
