"""XLSX: its container is measured before anything is unpacked for good; values are read, formulas never evaluated."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar
from xml.parsers import expat

from pos.domain.statement import StatementRefused
from pos.domain.statement_layout import Cells
from pos.reports.statement_bytes import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_PARTS = 2000
_MOST_UNPACKED = 400 << 20
_CHUNK = 1 << 20
MOST_CELLS = 16_000_000
"""Of the smallest rectangle around all cells of a sheet: the library lays a sheet out whole."""
_FEW_ROWS = 99_999
_MANY = re.compile(rb"""r\s*=\s*["']\$?(?:[A-Za-z]{2,}\$?\d|[A-Za-z]?\$?\d{6})""")  # quick: seldom found
_MANY_COLUMNS = re.compile(rb"""\br\s*=\s*["']\$?([A-Za-z]{2,})\$?\d""")
_MANY_ROWS = re.compile(rb"""\br\s*=\s*["']\$?[A-Za-z]*\$?(\d{6,})["']""")
_OVERLAP = 64
_T = TypeVar("_T")


class XlsxRows:
    """The rows of one sheet.

    Args:
        loaded: the bytes. `sheet`: empty: the first visible one in which something stands.
    """

    def __init__(self, loaded: Loaded, sheet: str = "") -> None:
        self._name = loaded.name
        measure(loaded)
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        self._book = self._guard(lambda: CalamineWorkbook.from_filelike(io.BytesIO(loaded.data)))
        tables = [each for each in self._book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        self.sheets = tuple(each.name for each in tables if each.visible == SheetVisibleEnum.Visible)
        self.hidden = tuple(each.name for each in tables if each.visible != SheetVisibleEnum.Visible)
        if sheet and sheet not in self.sheets + self.hidden:
            raise StatementRefused("statement.no_such_sheet", file=self._name, sheet=sheet)
        for name in (sheet,) if sheet else self.sheets:
            self._rows = self._guard(lambda name=name: self._book.get_sheet_by_name(name))  # type: ignore[misc]
            self.sheet = name
            if self._rows.start is not None:
                return
        code = "statement.only_hidden" if self.hidden and not sheet else "statement.empty"
        raise StatementRefused(code, file=self._name)

    def rows(self) -> Iterator[tuple[int, Cells | None]]:
        """Number of each row, from 1, and its cells."""
        rows = self._guard(self._rows.iter_rows)
        number = 0
        while (row := self._guard(lambda: next(rows, None))) is not None:
            number += 1
            yield number, tuple(row)

    def _guard(self, call: Callable[[], _T]) -> _T:
        """The library's errors in our words. Its panics are no `Exception`."""
        from python_calamine import CalamineError, PasswordError

        try:
            return call()
        except PasswordError as error:
            raise StatementRefused("statement.locked", file=self._name) from error
        except (CalamineError, OSError, ValueError, MemoryError, OverflowError) as error:
            raise StatementRefused("statement.damaged", file=self._name) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise StatementRefused("statement.damaged", file=self._name) from error


def measure(loaded: Loaded) -> None:
    """Look at the container without trusting what it says of itself.

    Raises:
        StatementRefused: it is no spreadsheet, is locked, or would unpack to more than this till should hold.
    """
    name = loaded.name
    try:
        with zipfile.ZipFile(io.BytesIO(loaded.data)) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise StatementRefused("statement.damaged", file=name) from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise StatementRefused("statement.bomb", file=name)
    if any(part.flag_bits & 1 for part in parts):
        raise StatementRefused("statement.locked", file=name)
    if not any(part.filename.lstrip("/").lower() == "xl/workbook.xml" for part in parts):
        raise StatementRefused("statement.other_kind", file=name)
    left = _MOST_UNPACKED
    for part in parts:
        left -= _measure_part(loaded, part, left)


def _measure_part(loaded: Loaded, part: zipfile.ZipInfo, left: int) -> int:
    """Bytes it really unpacks to; refuses what is too wide and too long for one sheet."""
    size, rows, columns, tail = 0, _FEW_ROWS, 26, b""
    for chunk in _unpacked(loaded, part):
        size += len(chunk)
        if size > left:
            raise StatementRefused("statement.bomb", file=loaded.name)
        text = tail + chunk
        if _MANY.search(text):
            rows = max(rows, *(int(digits[:9]) for digits in _MANY_ROWS.findall(text)), 0)
            columns = max(columns, *map(_column, set(_MANY_COLUMNS.findall(text))), 0)
        tail = text[-_OVERLAP:]
    if rows * columns > MOST_CELLS and _spread(loaded, part) > MOST_CELLS:
        raise StatementRefused("statement.too_wide", file=loaded.name)
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def _spread(loaded: Loaded, part: zipfile.ZipInfo) -> int:
    """Rows × columns up to the furthest cell in which something stands; spreadsheets like to end in empty rows."""
    furthest, at, row_now = [0, 0], [0, 0], [0]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        word, place = tag.rpartition(":")[2], attributes.get("r", "")
        if word == "row":
            row_now[0] = int(place) if place.isdigit() else row_now[0] + 1
            at[:] = [row_now[0], 0]
        elif word == "c":
            letters, digits = place.rstrip("0123456789$").replace("$", ""), place.lstrip("$").lstrip(_LETTERS)
            at[0] = int(digits) if digits.isdigit() else at[0]
            at[1] = _column(letters.encode("ascii", "ignore")) if letters else at[1] + 1
        elif word in ("v", "t", "is", "f"):
            furthest[0], furthest[1] = max(furthest[0], at[0]), max(furthest[1], at[1])

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        for chunk in _unpacked(loaded, part):
            parser.Parse(chunk, False)
    except (expat.ExpatError, ValueError) as error:
        raise StatementRefused("statement.damaged", file=loaded.name) from error
    return furthest[0] * furthest[1]


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _unpacked(loaded: Loaded, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What really comes out, piece by piece, whatever size the directory claims."""
    data, start = loaded.data, part.header_offset
    if data[start : start + 4] != b"PK\x03\x04" or len(data) < start + 30:
        raise StatementRefused("statement.damaged", file=loaded.name)
    begin = start + 30 + int.from_bytes(data[start + 26 : start + 28], "little")
    begin += int.from_bytes(data[start + 28 : start + 30], "little")
    packed = memoryview(data)[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise StatementRefused("statement.damaged", file=loaded.name)
    unpack = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), _CHUNK):
            chunk = unpack.decompress(packed[at : at + _CHUNK], _CHUNK)
            while chunk or unpack.unconsumed_tail:
                yield chunk
                chunk = unpack.decompress(unpack.unconsumed_tail, _CHUNK)
    except zlib.error as error:
        raise StatementRefused("statement.damaged", file=loaded.name) from error
