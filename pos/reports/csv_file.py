"""CSV by RFC 4180, UTF-8 with a mark so that spreadsheets read Vietnamese: one header line, then rows, nothing else.

Numbers are bare, moments are `2026-11-21 09:41:07` in shop time, so that a script and a spreadsheet read the same.
"""

from __future__ import annotations

import csv
from datetime import date, datetime

from pos.domain.business_date import local_time
from pos.domain.spreadsheet import harmless
from pos.reports.model import Cell, Report, clean
from pos.reports.progress import Progress
from pos.reports.saving import Draft


def write(report: Report, draft: Draft, progress: Progress) -> None:
    """Write the report's table.

    Raises:
        OSError, Stopped: the file is of no use.
    """
    draft.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Utf8(draft), lineterminator="\r\n")
    writer.writerow([harmless(column.title) for column in report.table.columns])
    writer.writerows([_text(cell) for cell in row] for row in progress.over(report.table))


class _Utf8:
    """Text in, bytes out."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def write(self, text: str) -> int:
        return self._draft.write(text.encode())


def _text(cell: Cell) -> object:
    if isinstance(cell, str):
        return harmless(clean(cell))
    if isinstance(cell, datetime):
        return f"{local_time(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".")
    return cell
