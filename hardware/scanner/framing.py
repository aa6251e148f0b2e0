"""Bytes of a serial scanner in, frames out: a pure machine without thread, clock or port.

The clock comes in as ``mono_s`` (seconds of a monotonic clock), so the same bytes at the same times always give the
same frames, however the operating system splits them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_STX, _ETX, _CR, _LF = 0x02, 0x03, 0x0D, 0x0A


class Terminator(Enum):
    """What ends a frame."""

    AUTO = "auto"  # CR, LF, CRLF or a pause, whichever comes first: right for nearly every scanner
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    STX_ETX = "stx_etx"  # between STX (0x02) and ETX (0x03); what stands outside is no code
    GAP = "gap"  # a pause only


class FrameKind(Enum):
    """What a frame is."""

    WHOLE = "whole"  # bytes between two ends
    TOO_LONG = "too_long"  # more bytes than any code has; said once, the rest is dropped until the next end
    CUT_SHORT = "cut_short"  # a configured end or beginning never came: half a code must not pass for a whole one


@dataclass(frozen=True, slots=True)
class FramingRules:
    """How a scanner is set up.

    Attributes:
        terminator: What ends a frame.
        gap_s: Pause after the last byte that ends a frame for AUTO and GAP, seconds.
        stale_s: Pause after which a frame still lacking its configured terminator is given up, seconds.
        prefix: Text the scanner puts before each code; taken off.
        suffix: Text the scanner puts after each code, before the terminator; taken off.
        max_bytes: Longest frame taken, prefix and suffix included.
    """

    terminator: Terminator = Terminator.AUTO
    gap_s: float = 0.050
    stale_s: float = 0.500
    prefix: str = ""
    suffix: str = ""
    max_bytes: int = 512

    @property
    def pause_s(self) -> float:
        """The pause that ends whatever stands in the buffer, seconds."""
        ends_by_pause = self.terminator in (Terminator.AUTO, Terminator.GAP)
        return self.gap_s if ends_by_pause else max(self.gap_s, self.stale_s)


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One thing the scanner said.

    Attributes:
        kind: What it is; only WHOLE carries data.
        data: The bytes of the code, without prefix, suffix and ends. Not checked any further here.
        raw: Every byte as it came, ends included, for the test mode; of a frame too long its beginning.
        mono_s: When its end was seen, seconds of the monotonic clock.
    """

    kind: FrameKind
    data: bytes
    raw: bytes
    mono_s: float

    def __repr__(self) -> str:
        return f"Frame({self.kind.name}, {len(self.data)} bytes, mono_s={self.mono_s:.3f})"


class ScanFramer:
    """Cuts a stream of bytes into frames.

    Args:
        rules: How the scanner is set up.
    """

    def __init__(self, rules: FramingRules | None = None) -> None:
        self.rules = rules or FramingRules()
        self._prefix = self.rules.prefix.encode()
        self._suffix = self.rules.suffix.encode()
        self._buffer = bytearray()
        self._raw = bytearray()
        self._begun = False
        self._flooded = False
        self._last_byte = 0
        self._last_mono_s = 0.0

    @property
    def deadline_mono_s(self) -> float | None:
        """When :meth:`tick` has to be called at the latest; None while nothing is open."""
        return self._last_mono_s + self.rules.pause_s if self._open else None

    @property
    def _open(self) -> bool:
        return bool(self._buffer) or self._begun or self._flooded

    def feed(self, data: bytes, mono_s: float) -> list[Frame]:
        """Take bytes that were read at ``mono_s`` and return the frames they complete.

        A pause is only what :meth:`tick` was told of, after a read that found nothing: bytes that waited in the
        system's buffer while the till was busy came in time, and half a code must not pass for a whole one.
        """
        if not data:
            return []
        self._last_mono_s = mono_s
        return [frame for byte in data for frame in self._take(byte, mono_s)]

    def tick(self, mono_s: float) -> list[Frame]:
        """Say that it is now ``mono_s`` and return what a pause has ended."""
        deadline_mono_s = self.deadline_mono_s
        if deadline_mono_s is None or mono_s < deadline_mono_s:
            return []
        return self._end(mono_s, whole=self.rules.terminator in (Terminator.AUTO, Terminator.GAP))

    def reset(self) -> None:
        """Forget a half frame: the device went away in the middle of it."""
        self._buffer.clear()
        self._raw.clear()
        self._begun = False
        self._flooded = False
        self._last_byte = 0

    def _take(self, byte: int, mono_s: float) -> list[Frame]:
        if self.rules.terminator is Terminator.STX_ETX and byte == _STX:
            frames = self._end(mono_s, whole=False)
            self._begun = True
            self._raw.append(byte)
            return frames
        previous, self._last_byte = self._last_byte, byte
        if len(self._raw) <= self.rules.max_bytes + len(b"\r\n"):
            self._raw.append(byte)
        if self._is_end(previous, byte):
            return self._end(mono_s, whole=self._begun or self.rules.terminator is not Terminator.STX_ETX)
        if self._flooded:
            return []
        self._buffer.append(byte)
        # CRLF is the one end of two bytes: its first must not count as part of an over-long code.
        if len(self._buffer) <= self.rules.max_bytes + (self.rules.terminator is Terminator.CRLF):
            return []
        self._buffer.clear()
        self._flooded = True
        return [Frame(FrameKind.TOO_LONG, b"", bytes(self._raw), mono_s)]

    def _is_end(self, previous: int, byte: int) -> bool:
        match self.rules.terminator:
            case Terminator.AUTO:
                return byte in (_CR, _LF)
            case Terminator.CR:
                return byte == _CR
            case Terminator.LF:
                return byte == _LF
            case Terminator.CRLF:
                return previous == _CR and byte == _LF
            case Terminator.STX_ETX:
                return byte == _ETX
            case Terminator.GAP:
                return False

    def _end(self, mono_s: float, *, whole: bool) -> list[Frame]:
        raw, data, flooded = bytes(self._raw), bytes(self._buffer), self._flooded
        self.reset()
        data = data.strip(b"\r\n")
        if flooded or not data:
            return []
        if not whole:
            return [Frame(FrameKind.CUT_SHORT, b"", raw, mono_s)]
        data = data.removeprefix(self._prefix).removesuffix(self._suffix)
        return [Frame(FrameKind.WHOLE, data, raw, mono_s)] if data else []
