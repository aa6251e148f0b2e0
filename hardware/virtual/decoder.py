"""Reads printer bytes as a strict printer would, and says what it does not know.

Written from the manual alone and apart from the encoder, so that the one can judge the other.

Source: Epson, ESC/POS Command Reference: ESC @, ESC a, ESC d, ESC J, ESC p, ESC !, ESC E, ESC t, ESC 2, ESC 3, ESC M,
GS !, GS B, GS V, GS v 0, GS ( k, GS r, DLE EOT, DLE ENQ, DLE DC4; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Raster:
    """``GS v 0``: a picture, black is 0."""

    image: Image.Image


@dataclass(frozen=True, slots=True)
class TextLine:
    """Plain text ended by a line feed."""

    text: str


@dataclass(frozen=True, slots=True)
class FeedDots:
    """Paper moved without print."""

    dots: int


@dataclass(frozen=True, slots=True)
class QrPrinted:
    """``GS ( k``: a QR code drawn by the printer."""

    data: str
    module_dots: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """``ESC a``: 0 left, 1 centre, 2 right."""

    position: int


@dataclass(frozen=True, slots=True)
class PaperCut:
    """``GS V``."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """``ESC p`` or ``DLE DC4``: the drawer opens."""

    pin: int


@dataclass(frozen=True, slots=True)
class Initialised:
    """``ESC @``."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """``DLE EOT n`` (real-time) or ``GS r n`` (in turn)."""

    number: int
    realtime: bool


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Bytes that are no command we know; strict tests want none of them."""

    data: bytes


Event = (
    Raster | TextLine | FeedDots | QrPrinted | Aligned | PaperCut | Pulse | Initialised | StatusAsked | NotUnderstood
)

LINE_DOTS = 34  # 1/6 inch at 203 dpi
_ESC, _GS, _DLE, _LF, _CR, _HT = 0x1B, 0x1D, 0x10, 0x0A, 0x0D, 0x09
_MAX_RASTER_BYTES = 104 * 4096
# Commands that only set something up, with the number of their parameter bytes.
_SETTINGS = {b"\x1b!": 1, b"\x1bE": 1, b"\x1bM": 1, b"\x1bt": 1, b"\x1b2": 0, b"\x1b3": 1, b"\x1dB": 1, b"\x1d!": 1}
_SETTINGS |= {b"\x1b-": 1, b"\x1bG": 1, b"\x1b{": 1, b"\x1bV": 1, b"\x1bR": 1}


class _Incomplete(Exception):
    pass


class EscposDecoder:
    """Turns a stream of bytes into events, whatever the pieces it comes in."""

    def __init__(self) -> None:
        self._pending = b""
        self._text = bytearray()
        self._qr_data = ""
        self._qr_module_dots = 3
        self._commands: dict[bytes, Callable[[], list[Event]]] = {
            b"\x1b@": self._initialise,
            b"\x1ba": self._align,
            b"\x1bd": lambda: self._with_line([FeedDots(self._byte() * LINE_DOTS)]),
            b"\x1bJ": lambda: self._with_line([FeedDots(self._byte())]),
            b"\x1bp": self._pulse,
            b"\x1dV": self._cut,
            b"\x1dv": self._raster,
            b"\x1d(": self._extended,
            b"\x1dr": lambda: [StatusAsked(self._byte(), realtime=False)],
            b"\x10\x04": self._realtime_status,
            b"\x10\x14": self._realtime_pulse,
        }
        self._at = 0

    @property
    def idle(self) -> bool:
        """True between commands: nothing begun, no text waiting for its line feed."""
        return not self._pending and not self._text

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes and return what they complete."""
        self._pending += data
        return list(self._events())

    def _events(self) -> Iterator[Event]:
        while self._pending:
            self._at = 0
            try:
                events = self._next()
            except _Incomplete:
                return
            self._pending = self._pending[self._at :]
            yield from events

    def _next(self) -> list[Event]:
        byte = self._byte()
        if byte in (_ESC, _GS, _DLE):
            return self._command(bytes((byte, self._byte())))
        if byte == _LF:
            line, self._text = self._text.decode("cp437"), bytearray()
            return [TextLine(line)]
        if byte in (_CR, _HT):
            return []
        if byte < 0x20:
            return [NotUnderstood(bytes((byte,)))]
        self._text.append(byte)
        return []

    def _command(self, name: bytes) -> list[Event]:
        if name in self._commands:
            return self._commands[name]()
        if name in _SETTINGS:
            self._bytes(_SETTINGS[name])
            return []
        return [NotUnderstood(name)]

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        taken = self._pending[self._at : self._at + count]
        if len(taken) < count:
            raise _Incomplete
        self._at += count
        return taken

    def _with_line(self, events: list[Event]) -> list[Event]:
        """Print a started line first: feeding commands say "print and feed"."""
        if not self._text:
            return events
        line, self._text = self._text.decode("cp437"), bytearray()
        return [TextLine(line), *events]

    def _initialise(self) -> list[Event]:
        self._text.clear()  # ESC @ clears the line being built
        self._qr_data, self._qr_module_dots = "", 3
        return [Initialised()]

    def _align(self) -> list[Event]:
        n = self._byte()
        return [Aligned(n % 48)] if n in (0, 1, 2, 48, 49, 50) else [NotUnderstood(b"\x1ba" + bytes((n,)))]

    def _pulse(self) -> list[Event]:
        m, on, off = self._bytes(3)
        known = m in (0, 1, 48, 49)
        return [Pulse(2 if m % 48 == 0 else 5)] if known else [NotUnderstood(bytes((_ESC, 0x70, m, on, off)))]

    def _cut(self) -> list[Event]:
        m = self._byte()
        if m in (0, 1, 48, 49):
            return self._with_line([PaperCut()])
        if m in (65, 66):
            return self._with_line([FeedDots(self._byte()), PaperCut()])
        return [NotUnderstood(bytes((_GS, 0x56, m)))]

    def _raster(self) -> list[Event]:
        head = self._bytes(6)
        mode, width_bytes, rows = head[1], head[2] | head[3] << 8, head[4] | head[5] << 8
        if head[0] != 0x30 or mode not in (0, 48) or not 0 < width_bytes * rows <= _MAX_RASTER_BYTES:
            return [NotUnderstood(b"\x1dv" + head)]
        data = self._bytes(width_bytes * rows)
        # On the wire 1 is black; in a picture of mode "1" it is white.
        picture = Image.frombytes("1", (width_bytes * 8, rows), bytes(byte ^ 0xFF for byte in data))
        return self._with_line([Raster(picture)])

    def _extended(self) -> list[Event]:
        kind, low, high = self._bytes(3)
        body = self._bytes(low | high << 8)
        if kind != 0x6B or len(body) < 3 or body[0] != 0x31:
            return [NotUnderstood(b"\x1d(" + bytes((kind, low, high)) + body)]
        match list(body[1:]):
            case [65, _, 0]:  # model
                return []
            case [67, size] if 1 <= size <= 16:
                self._qr_module_dots = size
                return []
            case [69, level] if 48 <= level <= 51:
                return []
            case [80, 48, *data]:
                self._qr_data = bytes(data).decode("utf-8", "replace")
                return []
            case [81, 48] if self._qr_data:
                return self._with_line([QrPrinted(self._qr_data, self._qr_module_dots)])
        return [NotUnderstood(b"\x1d(k" + body)]

    def _realtime_status(self) -> list[Event]:
        n = self._byte()
        return [StatusAsked(n, realtime=True)] if 1 <= n <= 4 else [NotUnderstood(bytes((_DLE, 0x04, n)))]

    def _realtime_pulse(self) -> list[Event]:
        fn, m, t = self._bytes(3)
        known = fn == 1 and m in (0, 1) and 1 <= t <= 8
        return [Pulse(2 if m == 0 else 5)] if known else [NotUnderstood(bytes((_DLE, 0x14, fn, m, t)))]
