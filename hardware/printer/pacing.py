"""When each piece of a slip may leave, so that a printer on a line without flow control never loses a byte.

A serial line of 115,200 baud carries a picture more slowly than any printer prints it, but text, feeds and codes make
more paper of a byte than the mechanics can follow; what does not fit the printer's buffer is lost without a word.

Source of the commands' lengths: Epson, ESC/POS Command Reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SLICE_BYTES = 256
_PIECE_BYTES = 64  # how finely a long command without rows of its own is taken to be consumed
_LINE_ROWS = 34  # 1/6 inch at 203 dpi, what ESC 2 sets
_CODE_ROWS = 240  # a QR or bar code drawn by the printer; its true height is not worth a second encoder here
_CUT_ROWS = 400  # half a second at 800 rows a second
# Fixed lengths, name included; a command that is not here and has no length of its own is taken for two bytes.
_LENGTHS = {b"\x1b@": 2, b"\x1b2": 2, b"\x1b$": 4, b"\x1b\\": 4, b"\x1bp": 5, b"\x1dP": 4, b"\x1dL": 4, b"\x1dW": 4}
_LENGTHS |= {b"\x1c.": 2, b"\x1c&": 2, b"\x10\x04": 3, b"\x10\x14": 5, b"\x1b=": 3}
_LENGTHS |= {bytes((0x1B, code)): 3 for code in b"!-3EGMRSTUVadJtr{"}
_LENGTHS |= {bytes((0x1D, code)): 3 for code in b"!BHfhwra"}
_LETTERS = re.compile(rb"[^\x00-\x1f]+")
_GUARD_NUMERATOR, _GUARD_DENOMINATOR = 7, 8  # of the buffer: its size and the paper speed are the maker's words


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the slip.

    Attributes:
        start: Index of its first byte.
        end: Index after its last byte.
        earliest_s: When it may leave, seconds after the first byte of the slip.
        carried_s: When the line will have carried it if it does; what is later than that moves everything after it.
    """

    start: int
    end: int
    earliest_s: float
    carried_s: float


def plan(data: bytes, *, line_bytes_per_s: float, buffer_bytes: int, dots_per_s: int) -> list[Slice]:
    """Return the pieces in order; the first leaves at once, and none later than the printer's buffer demands.

    Args:
        data: ESC/POS bytes.
        line_bytes_per_s: What the line carries.
        buffer_bytes: The printer's receive buffer.
        dots_per_s: Rows of dots the printer prints in a second.
    """
    room = max(1, buffer_bytes * _GUARD_NUMERATOR // _GUARD_DENOMINATOR)
    if len(data) <= room:
        return [Slice(0, len(data), 0.0, len(data) / line_bytes_per_s)] if data else []
    paper = _PaperClock(data, dots_per_s)
    slices: list[Slice] = []
    line_free_s, start = 0.0, 0
    while start < len(data):
        end = min(start + min(room, _SLICE_BYTES if start else room), len(data))
        earliest_s = paper.done_s(end - room)
        sent_s = max(earliest_s, line_free_s)
        line_free_s, line_was_free_s = sent_s + (end - start) / line_bytes_per_s, line_free_s
        if slices and earliest_s <= line_was_free_s:  # the line is the bottleneck: one piece with what goes before
            slices[-1] = Slice(slices[-1].start, end, slices[-1].earliest_s, line_free_s)
        else:
            slices.append(Slice(start, end, earliest_s, line_free_s))
        paper.arrives(end, sent_s, line_bytes_per_s)
        start = end
    return slices


class _PaperClock:
    """Knows when the printer has consumed the bytes that have arrived."""

    def __init__(self, data: bytes, dots_per_s: int) -> None:
        self._steps = _pieces(data)
        self._dots_per_s = dots_per_s
        self._arrived = 0
        self._waiting: tuple[int, int] | None = next(self._steps, None)
        self._done: list[tuple[int, float]] = [(0, 0.0)]  # bytes consumed, since when

    def arrives(self, end: int, sent_s: float, line_bytes_per_s: float) -> None:
        """The bytes up to ``end`` leave from ``sent_s`` on."""
        while self._waiting is not None and self._waiting[0] <= end:
            step_end, rows = self._waiting
            arrival_s = sent_s + max(0, step_end - self._arrived) / line_bytes_per_s
            begins_s = max(self._done[-1][1], arrival_s)
            self._done.append((step_end, begins_s + rows / self._dots_per_s))
            self._waiting = next(self._steps, None)
        self._arrived = end

    def done_s(self, count: int) -> float:
        """Return when ``count`` bytes are consumed; asked in growing order, of bytes that have arrived."""
        while len(self._done) > 1 and self._done[0][0] < count:
            self._done.pop(0)
        return self._done[0][1] if count > 0 else 0.0


def _pieces(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (end, rows of paper) of pieces small enough to be consumed one by one."""
    start = 0
    for end, rows in _commands(data):
        size = end - start
        count = rows if 0 < rows < size else max(1, min(size, size // _PIECE_BYTES))
        for number in range(1, count + 1):
            yield start + size * number // count, rows * number // count - rows * (number - 1) // count
        start = end


def _commands(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (end, rows of paper) of each command or character; a cut-off last one ends with the data."""
    at, line_rows = 0, _LINE_ROWS
    while at < len(data):
        if (letters := _LETTERS.match(data, at)) is not None:
            at = letters.end()
            yield at, 0
            continue
        name = data[at : at + 2]
        if name == b"\x1b3" and at + 2 < len(data):
            line_rows = data[at + 2]
        elif name == b"\x1b2":
            line_rows = _LINE_ROWS
        length, rows = _measure(data[at : at + 16], line_rows)
        at = min(at + length, len(data))
        yield at, rows


def _measure(head: bytes, line_rows: int) -> tuple[int, int]:
    """Return length and rows of the command that begins here; ``head`` is its first 16 bytes."""
    name, rest = head[:2], head[2:].ljust(14, b"\0")
    match name:
        case b"\x1dv":  # GS v 0 m xL xH yL yH
            rows = rest[4] | rest[5] << 8
            return 8 + (rest[2] | rest[3] << 8) * rows, rows * (2 if rest[1] % 48 in (2, 3) else 1)
        case b"\x1d(" | b"\x1c(":
            draws = (rest[0] == ord("k") and rest[4] == 81) or (rest[0] == ord("L") and rest[4] in (2, 50))
            return 5 + (rest[1] | rest[2] << 8), _CODE_ROWS if draws else 0
        case b"\x1d8":  # GS 8 L p1 p2 p3 p4
            return 7 + int.from_bytes(rest[1:5], "little"), 0
        case b"\x1dk":  # GS k m n d1…, function B
            return 4 + rest[1], _CODE_ROWS
        case b"\x1b*":  # ESC * m nL nH
            return 5 + (rest[1] | rest[2] << 8) * (3 if rest[0] in (32, 33) else 1), 0
        case b"\x1bd":
            return 3, rest[0] * line_rows
        case b"\x1bJ":
            return 3, rest[0]
        case b"\x1dV":
            return (4 if rest[0] in (65, 66) else 3), _CUT_ROWS + (rest[1] if rest[0] in (65, 66) else 0)
    if head[0] in (0x10, 0x1B, 0x1C, 0x1D):
        return _LENGTHS.get(name, 2), 0
    return 1, line_rows if head[0] == 0x0A else 0
