"""Reads printer bytes as a strict printer would, and says what it does not know.

Written from the manual alone and apart from the encoder, so that the one can judge the other. It knows the commands
of standard mode that python-escpos and our encoder may send; page mode, macros and stored pictures are named as not
understood.

Source: Epson, ESC/POS Command Reference, read 2026-11; each command stands beside its bytes below.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from hardware.virtual.events import (
    AsbSet,
    BarsPrinted,
    Characters,
    ColumnImage,
    Event,
    Fed,
    IdAsked,
    Initialised,
    LineFeed,
    Mode,
    NotUnderstood,
    PaperCut,
    ProcessIdSet,
    Pulse,
    QrPrinted,
    Raster,
    Recovered,
    StatusAsked,
    Tab,
)

_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
_MAX_ROWS = 4_095  # the manual says 2303 or 2400, by model; clones take more
_MAX_PICTURE_BYTES = 104 * _MAX_ROWS
_MAX_QR_BYTES, _MAX_BARS_BYTES, _MAX_TABS = 7089, 255, 32
_QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}

# Commands with one parameter byte that set a mode, and which values the manual allows (None: any).
_SWITCH = frozenset((0, 1, 48, 49))
_MODES: dict[bytes, tuple[str, frozenset[int] | None]] = {
    b"\x1b ": ("character_spacing", None),
    b"\x1b!": ("print_mode", None),
    b"\x1b-": ("underline", frozenset((0, 1, 2, 48, 49, 50))),
    b"\x1b3": ("line_spacing", None),
    b"\x1b=": ("device", frozenset((1, 2, 3))),
    b"\x1bE": ("bold", None),
    b"\x1bG": ("double_strike", None),
    b"\x1bM": ("font", frozenset((0, 1, 2, 48, 49, 50))),
    b"\x1bR": ("country", None),
    b"\x1bV": ("rotated", frozenset((0, 1, 2, 48, 49, 50))),
    b"\x1ba": ("align", frozenset((0, 1, 2, 48, 49, 50))),
    b"\x1bt": ("code_page", None),
    b"\x1b{": ("upside_down", None),
    b"\x1c!": ("kanji_mode", None),
    b"\x1d!": ("character_size", None),
    b"\x1dB": ("inverse", None),
    b"\x1dH": ("hri", frozenset((0, 1, 2, 3, 48, 49, 50, 51))),
    b"\x1db": ("smooth", None),
    b"\x1df": ("hri_font", frozenset((0, 1, 2, 48, 49, 50))),
    b"\x1dh": ("bar_height", frozenset(range(1, 256))),
    b"\x1dw": ("bar_width", frozenset(range(1, 7)) | frozenset(range(68, 77))),
    b"\x1d|": ("density", None),
}
# The same with a number of two bytes, low one first.
_PAIRS = {b"\x1b$": "position", b"\x1b\\": "moved_by", b"\x1dL": "left_margin", b"\x1dW": "area_width"}


class _Incomplete(Exception):
    pass


class EscposDecoder:
    """Turns a stream of bytes into events, whatever the pieces it comes in.

    Memory is bounded: a command that announces more data than any printer takes is not understood.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._at = 0
        self._commands: dict[bytes, Callable[[], list[Event]]] = {
            b"\x1b@": self._initialise,
            b"\x1b2": lambda: [Mode("line_spacing", -1)],
            b"\x1b*": self._column_image,
            b"\x1bB": lambda: self._ignored(2),  # beep, of Chinese printers
            b"\x1bD": self._tab_stops,
            b"\x1bJ": lambda: [Fed(self._byte())],
            b"\x1bc": self._panel,
            b"\x1bd": lambda: [Fed(self._byte(), in_lines=True)],
            b"\x1bi": lambda: [PaperCut()],
            b"\x1bm": lambda: [PaperCut(partial=True)],
            b"\x1bp": self._pulse,
            b"\x1c.": lambda: [Mode("kanji", 0)],
            b"\x1c&": lambda: [Mode("kanji", 1)],
            b"\x1d(": self._extended,
            b"\x1d8": self._extended_long,
            b"\x1dI": lambda: [IdAsked(self._byte())],
            b"\x1dP": self._motion_units,
            b"\x1dV": self._cut,
            b"\x1da": lambda: [AsbSet(self._byte())],
            b"\x1dk": self._bars,
            b"\x1dr": lambda: [StatusAsked(self._byte(), realtime=False)],
            b"\x1dv": self._raster,
            b"\x10\x04": self._realtime_status,
            b"\x10\x05": self._recover,
            b"\x10\x14": self._realtime_request,
        }
        self._forget()

    def _forget(self) -> None:
        self._qr_data, self._qr_module_dots, self._qr_level = "", 3, "L"
        self._graphic: Raster | None = None

    @property
    def idle(self) -> bool:
        """True between commands: nothing begun."""
        return not self._pending

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes and return what they complete."""
        self.push(data)
        done: list[Event] = []
        while (events := self.take()) is not None:
            done += events
        return done

    def push(self, data: bytes) -> None:
        """Take bytes without obeying them yet."""
        self._pending += data

    def take(self) -> list[Event] | None:
        """Return what the next command means, None when none is complete."""
        if not self._pending:
            return None
        self._at = 0
        try:
            events = self._next()
        except _Incomplete:
            return None
        del self._pending[: self._at]
        return events

    def _next(self) -> list[Event]:
        byte = self._byte()
        if byte in (_ESC, _FS, _GS, _DLE):
            return self._command(bytes((byte, self._byte())))
        if byte >= 0x20:
            return [self._characters()]
        if byte == 0x0D:
            return []  # CR: ignored unless a switch makes it a line feed
        alone: dict[int, Event] = {0x0A: LineFeed(), 0x09: Tab()}
        return [alone.get(byte) or NotUnderstood(bytes((byte,)))]

    def _characters(self) -> Event:
        end = self._at
        while end < len(self._pending) and self._pending[end] >= 0x20:
            end += 1
        start, self._at = self._at - 1, end
        return Characters(bytes(self._pending[start:end]))

    def _command(self, name: bytes) -> list[Event]:
        if name in self._commands:
            return self._commands[name]()
        if name in _MODES:
            mode, allowed = _MODES[name]
            value = self._byte()
            known = allowed is None or value in allowed
            return [Mode(mode, value)] if known else [NotUnderstood(name + bytes((value,)))]
        if name in _PAIRS:
            return [Mode(_PAIRS[name], int.from_bytes(self._bytes(2), "little"))]
        return [NotUnderstood(name)]

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        if len(self._pending) - self._at < count:
            raise _Incomplete
        taken = bytes(self._pending[self._at : self._at + count])
        self._at += count
        return taken

    def _until_nul(self, most: int) -> bytes | None:
        """Return the bytes before a NUL, None when there are too many of them."""
        end = self._pending.find(0, self._at, self._at + most + 1)
        if end < 0:
            if len(self._pending) - self._at > most:
                return None
            raise _Incomplete
        taken = bytes(self._pending[self._at : end])
        self._at = end + 1
        return taken

    def _ignored(self, count: int) -> list[Event]:
        self._bytes(count)
        return []

    def _initialise(self) -> list[Event]:
        self._forget()
        return [Initialised()]

    def _tab_stops(self) -> list[Event]:
        return [] if self._until_nul(_MAX_TABS) is not None else [NotUnderstood(b"\x1bD")]

    def _panel(self) -> list[Event]:
        what, value = self._bytes(2)  # ESC c 3, ESC c 4: paper sensors; ESC c 5: panel buttons
        return [] if what in b"345" else [NotUnderstood(bytes((_ESC, 0x63, what, value)))]

    def _pulse(self) -> list[Event]:
        m, on, off = self._bytes(3)
        known = m in _SWITCH
        return [Pulse(2 if m % 48 == 0 else 5)] if known else [NotUnderstood(bytes((_ESC, 0x70, m, on, off)))]

    def _motion_units(self) -> list[Event]:
        x, y = self._bytes(2)
        return [Mode("unit_x", x), Mode("unit_y", y)]

    def _cut(self) -> list[Event]:
        m = self._byte()
        if m in _SWITCH:
            return [PaperCut(partial=m % 48 == 1)]
        if m in (65, 66):
            return [Fed(self._byte()), PaperCut(partial=m == 66)]
        return [NotUnderstood(bytes((_GS, 0x56, m)))]

    def _raster(self) -> list[Event]:
        head = self._bytes(6)
        mode, width_bytes, rows = head[1] % 48, head[2] | head[3] << 8, head[4] | head[5] << 8
        known = head[0] == 0x30 and head[1] in (0, 1, 2, 3, 48, 49, 50, 51)
        if not known or rows > _MAX_ROWS or not 0 < width_bytes * rows <= _MAX_PICTURE_BYTES:
            return [NotUnderstood(b"\x1dv" + head)]
        picture = _picture(width_bytes * 8, rows, self._bytes(width_bytes * rows))
        return [Raster(picture, 1 + (mode & 1), 1 + (mode >> 1))]

    def _column_image(self) -> list[Event]:
        head = self._bytes(3)
        mode, columns = head[0], head[1] | head[2] << 8
        if mode not in (0, 1, 32, 33) or not 0 < columns <= 2047:
            return [NotUnderstood(b"\x1b*" + head)]
        height = 24 if mode >= 32 else 8
        data = self._bytes(columns * height // 8)
        # Sent column by column: read as rows it lies on its side.
        picture = _picture(height, columns, data).transpose(Image.Transpose.TRANSPOSE)
        return [ColumnImage(picture, 1 if mode in (1, 33) else 2, 1 if mode >= 32 else 3)]

    def _bars(self) -> list[Event]:
        m = self._byte()
        if m <= 6:
            data = self._until_nul(_MAX_BARS_BYTES)
            return [NotUnderstood(b"\x1dk" + bytes((m,)))] if data is None else [BarsPrinted(65 + m, data)]
        if 65 <= m <= 79:
            return [BarsPrinted(m, self._bytes(self._byte()))]
        return [NotUnderstood(b"\x1dk" + bytes((m,)))]

    def _extended(self) -> list[Event]:
        kind = self._byte()
        body = self._bytes(int.from_bytes(self._bytes(2), "little"))
        handlers = {0x6B: self._qr, 0x4C: self._graphics, 0x48: self._response}
        events = handlers[kind](body) if kind in handlers else None
        return [NotUnderstood(b"\x1d(" + bytes((kind,)) + body[:32])] if events is None else events

    def _extended_long(self) -> list[Event]:
        kind, length = self._byte(), int.from_bytes(self._bytes(4), "little")
        if kind != 0x4C or length > _MAX_PICTURE_BYTES + 16:
            return [NotUnderstood(b"\x1d8" + bytes((kind,)))]
        body = self._bytes(length)
        events = self._graphics(body)
        return [NotUnderstood(b"\x1d8L" + body[:32])] if events is None else events

    def _graphics(self, body: bytes) -> list[Event] | None:
        if body in (b"02", b"0\x02") and self._graphic is not None:
            graphic, self._graphic = self._graphic, None
            return [graphic]
        if len(body) < 10 or body[0] != 48 or body[1] not in (112,) or body[2] != 48 or body[5] != 49:
            return None
        across, down = body[3], body[4]
        width, rows = body[6] | body[7] << 8, body[8] | body[9] << 8
        points = body[10:]
        if (
            across not in (1, 2)
            or down not in (1, 2)
            or not width
            or (width + 7) // 8 * rows != len(points)
            or not rows
        ):
            return None
        if not 0 < rows <= _MAX_ROWS:
            return None
        self._graphic = Raster(_picture((width + 7) // 8 * 8, rows, points), across, down)
        return []

    def _response(self, body: bytes) -> list[Event] | None:
        return [ProcessIdSet(body[2:])] if len(body) == 6 and body[:2] in (b"00", b"\x30\x30") else None

    def _qr(self, body: bytes) -> list[Event] | None:
        if not body or body[0] != 0x31:
            return None
        match list(body[1:]):
            case [65, 49 | 50, 0]:  # model
                return []
            case [67, size] if 1 <= size <= 16:
                self._qr_module_dots = size
                return []
            case [69, level] if level in _QR_LEVELS:
                self._qr_level = _QR_LEVELS[level]
                return []
            case [80, 48, *data] if 0 < len(data) <= _MAX_QR_BYTES:
                self._qr_data = bytes(data).decode("utf-8", "replace")
                return []
            case [81, 48] if self._qr_data:
                return [QrPrinted(self._qr_data, self._qr_module_dots, self._qr_level)]
        return None

    def _realtime_status(self) -> list[Event]:
        n = self._byte()
        return [StatusAsked(n, realtime=True)] if 1 <= n <= 4 else [NotUnderstood(bytes((_DLE, 0x04, n)))]

    def _recover(self) -> list[Event]:
        n = self._byte()
        return [Recovered(n)] if n in (0, 1, 2) else [NotUnderstood(bytes((_DLE, 0x05, n)))]

    def _realtime_request(self) -> list[Event]:
        fn = self._byte()
        if fn == 1:
            m, t = self._bytes(2)
            known = m in (0, 1) and 1 <= t <= 8
            return (
                [Pulse(2 if m == 0 else 5, realtime=True)] if known else [NotUnderstood(bytes((_DLE, 0x14, fn, m, t)))]
            )
        if fn == 8:
            body = self._bytes(7)
            return (
                [Recovered(2)] if body == b"\x01\x03\x14\x01\x06\x02\x08" else [NotUnderstood(b"\x10\x14\x08" + body)]
            )
        return [NotUnderstood(bytes((_DLE, 0x14, fn)))]


def _picture(width: int, rows: int, data: bytes) -> Image.Image:
    # On the wire 1 is black; in a picture of mode "1" it is white.
    return Image.frombytes("1", (width, rows), bytes(byte ^ 0xFF for byte in data))
