"""CSV as issuers write it: encoding and separator found, every broken line named by its number and none swallowed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from pos.domain.statement import StatementRefused
from pos.domain.statement_layout import Cells
from pos.reports.statement_bytes import Loaded
from pos.reports.statement_encoding import find_encoding

SEPARATORS = (";", ",", "\t", "|")
MOST_CHARS = 64 << 10
"""Of one line."""
_MOST_JOINED = 20
"""Lines that one quoted text may go over; beyond, the quote was never closed."""
_LOOK_LINES = 60


class CsvRows:
    """The lines of one file.

    Args:
        loaded: its bytes. `encoding`, `separator`: empty: found from them.
    """

    def __init__(self, loaded: Loaded, encoding: str = "", separator: str = "") -> None:
        found, mark = find_encoding(loaded.data)
        self.encoding = encoding or found
        self._mark = mark if self.encoding == found else 0
        self._loaded = loaded
        beginning = [text for _, text in islice(self._lines(), _LOOK_LINES) if text]
        if _is_no_text(beginning):
            raise StatementRefused("statement.other_kind", file=loaded.name)
        named = beginning[0] if beginning and beginning[0].lower().startswith("sep=") else ""
        self._says_separator = bool(named)
        self.separator = separator or (named[4:5] if named[4:5] in SEPARATORS and named[4:5] else _separator(beginning))

    def rows(self) -> Iterator[tuple[int, Cells | None]]:
        """Number of the line at which a row begins, from 1, and its cells; None: it cannot be taken apart."""
        lines = _Ahead(self._lines())
        for number, text in lines:
            if text is None:
                yield number, None
            elif not (number == 1 and self._says_separator):
                yield number, self._cells(text, lines)

    def _lines(self) -> Iterator[tuple[int, str | None]]:
        """Each line with its number; None for one that is too long."""
        source = io.BytesIO(self._loaded.data)
        source.seek(self._mark)
        text = io.TextIOWrapper(source, encoding=self.encoding, errors="replace", newline=None)
        number = 0
        while line := text.readline(MOST_CHARS):
            number += 1
            if len(line) < MOST_CHARS or line.endswith("\n"):
                yield number, line.rstrip("\n")
                continue
            while (rest := text.readline(MOST_CHARS)) and not rest.endswith("\n"):
                pass
            yield number, None

    def _cells(self, text: str, lines: _Ahead) -> Cells | None:
        if '"' not in text:
            return tuple(text.split(self.separator))
        joined = [text]
        while True:
            cells, is_open = self._quoted("\n".join(joined))
            if not is_open:
                return cells
            following = lines.peek(len(joined) - 1)
            if following is None or len(joined) >= _MOST_JOINED or sum(map(len, joined)) > MOST_CHARS:
                return None  # the quote was never closed: this line is broken, those after it are not
            joined.append(following)
            if not self._quoted("\n".join(joined))[1]:
                lines.drop(len(joined) - 1)

    def _quoted(self, text: str) -> tuple[Cells | None, bool]:
        """The cells, and whether a quote is still open."""
        try:
            return tuple(next(csv.reader([text], delimiter=self.separator, strict=True), [])), False
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                return None, True
        try:  # a quote within a text
            return tuple(next(csv.reader([text], delimiter=self.separator), [])), False
        except csv.Error:
            return None, False


class _Ahead:
    """Lines with a look at those that follow."""

    def __init__(self, lines: Iterator[tuple[int, str | None]]) -> None:
        self._lines = lines
        self._kept: list[tuple[int, str | None]] = []

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        while True:
            if self._kept:
                yield self._kept.pop(0)
                continue
            following = next(self._lines, None)
            if following is None:
                return
            yield following

    def peek(self, index: int) -> str | None:
        """The text of the line so many further on; None: there is none, or it is too long."""
        while len(self._kept) <= index:
            following = next(self._lines, None)
            if following is None:
                return None
            self._kept.append(following)
        return self._kept[index][1]

    def drop(self, count: int) -> None:
        """They belong to the line before."""
        del self._kept[:count]


def _is_no_text(lines: list[str]) -> bool:
    text = "".join(lines)[:4096]
    strange = sum(1 for letter in text if letter < " " and letter not in "\t\r\n\f\x00")
    return strange > 0.02 * len(text) + 1


def _separator(lines: list[str]) -> str:
    """The one that cuts most lines into the same number of parts."""
    best, most = ",", 0.0
    for separator in SEPARATORS:
        counts = [len(next(csv.reader([line], delimiter=separator), [])) for line in lines if len(line) < 10_000]
        tables = [count for count in counts if count > 1]
        if not tables:
            continue
        usual = max(set(tables), key=lambda count: (tables.count(count), count))
        worth = tables.count(usual) + min(usual, 20) / 100
        if worth > most:
            best, most = separator, worth
    return best
