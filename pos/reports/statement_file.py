"""Files of issuers, CSV or XLSX: the ports `StatementFiles` and `StatementFile`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pos.domain.statement_layout import Cells
from pos.reports.statement_bytes import Loaded, load
from pos.reports.statement_csv import CsvRows
from pos.reports.statement_xlsx import XlsxRows
from pos.till.review.statement import FileSample

SAMPLE_ROWS = 300


class OpenFile:
    """One file, its bytes in memory: what happens on the disk from now on does not matter."""

    def __init__(self, loaded: Loaded, rows: CsvRows | XlsxRows) -> None:
        self._loaded, self._rows = loaded, rows

    @property
    def name(self) -> str:
        """Without its folder."""
        return self._loaded.name

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return self._loaded.sha256

    def rows(self) -> Iterator[tuple[int, Cells | None]]:
        """Number and cells of each row; None for one that cannot be taken apart."""
        return self._rows.rows()


class DiskFiles:
    """Reads from the disk. Has no state: any thread may call."""

    def sample(self, path: str, sheet: str = "", encoding: str = "", separator: str = "") -> FileSample:
        """The beginning; empty choices are found from the file itself."""
        loaded = load(path)
        rows = _rows(loaded, sheet, encoding, separator)
        found = [(number, cells) for number, cells in islice(rows.rows(), SAMPLE_ROWS) if cells is not None]
        return FileSample(
            name=loaded.name,
            kind=loaded.kind,
            size_bytes=len(loaded.data),
            sha256=loaded.sha256,
            sheet=rows.sheet if isinstance(rows, XlsxRows) else "",
            sheets=rows.sheets if isinstance(rows, XlsxRows) else (),
            hidden=rows.hidden if isinstance(rows, XlsxRows) else (),
            encoding=rows.encoding if isinstance(rows, CsvRows) else "",
            separator=rows.separator if isinstance(rows, CsvRows) else "",
            numbers=tuple(number for number, _ in found),
            rows=tuple(cells for _, cells in found),
        )

    def open(self, path: str, sheet: str = "", encoding: str = "", separator: str = "") -> OpenFile:
        """The whole."""
        loaded = load(path)
        return OpenFile(loaded, _rows(loaded, sheet, encoding, separator))


def _rows(loaded: Loaded, sheet: str, encoding: str, separator: str) -> CsvRows | XlsxRows:
    if loaded.kind == "xlsx":
        return XlsxRows(loaded, sheet)
    return CsvRows(loaded, encoding, separator)
