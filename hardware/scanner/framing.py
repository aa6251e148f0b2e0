"""Bytes of a serial scanner in, frames out: a pure machine without thread, clock or port.

The clock comes in as ``mono_s`` (seconds of a monotonic clock), so the same bytes at the same times always give the
same frames, however the operating system splits them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hardware.scanner.repeat import REPEAT_WINDOW_S, RepeatGuard

_CR, _LF = 0x0D, 0x0A


class Terminator(Enum):
    """What ends a frame."""

    AUTO = "auto"  # CR, LF, CRLF or a pause, whichever comes first: right for nearly every scanner
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    GAP = "gap"  # a pause only


class FrameKind(Enum):
    """What a frame is."""

    SCAN = "scan"  # text between two ends, decoded
    TOO_LONG = "too_long"  # more bytes than any code has; said once, the rest is dropped until the next end
    NOISE = "noise"  # not UTF-8
    CUT_SHORT = "cut_short"  # a configured terminator never came: half a code must not pass for a whole one


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
        repeat_s: The same text again within this time is the same scan, seconds.
    """

    terminator: Terminator = Terminator.AUTO
    gap_s: float = 0.050
    stale_s: float = 0.500
    prefix: str = ""
    suffix: str = ""
    max_bytes: int = 512
    repeat_s: float = REPEAT_WINDOW_S

    @property
    def pause_s(self) -> float:
        """The pause that ends whatever stands in the buffer, seconds."""
        ends_by_pause = self.terminator in (Terminator.AUTO, Terminator.GAP)
        return self.gap_s if ends_by_pause else max(self.gap_s, self.stale_s)


def masked(text: str) -> str:
    """Return ``text`` fit for a log: dots and the last 4 characters, nothing but dots when it is short."""
    return "…" + text[-4:] if len(text) > 8 else "…" * bool(text)


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One thing the scanner said.

    Attributes:
        kind: What it is; only SCAN carries text.
        text: The code as scanned, without prefix, suffix and terminator. Not checked any further here.
        mono_s: When its end was seen, seconds of the monotonic clock.
    """

    kind: FrameKind
    text: str
    mono_s: float

    def __repr__(self) -> str:
        return f"Frame({self.kind.name}, {masked(self.text)!r}, length={len(self.text)}, mono_s={self.mono_s:.3f})"


class ScanFramer:
    """Cuts a stream of bytes into frames.

    Args:
        rules: How the scanner is set up.
    """

    def __init__(self, rules: FramingRules | None = None) -> None:
        self.rules = rules or FramingRules()
        self._prefix = self.rules.prefix.encode()
        self._suffix = self.rules.suffix.encode()
        self._repeats = RepeatGuard(self.rules.repeat_s)
        self._buffer = bytearray()
        self._flooded = False
        self._last_byte = 0
        self._last_mono_s = 0.0

    @property
    def deadline_mono_s(self) -> float | None:
        """When :meth:`tick` has to be called at the latest; None while nothing is open."""
        return self._last_mono_s + self.rules.pause_s if self._open else None

    @property
    def _open(self) -> bool:
        return bool(self._buffer) or self._flooded

    def feed(self, data: bytes, mono_s: float) -> list[Frame]:
        """Take bytes that arrived at ``mono_s`` and return the frames they complete."""
        if not data:
            return []
        frames = self.tick(mono_s)
        self._last_mono_s = mono_s
        for byte in data:
            frames += self._take(byte, mono_s)
        return frames

    def tick(self, mono_s: float) -> list[Frame]:
        """Say that it is now ``mono_s`` and return what a pause has ended."""
        deadline_mono_s = self.deadline_mono_s
        if deadline_mono_s is None or mono_s < deadline_mono_s:
            return []
        whole = self.rules.terminator in (Terminator.AUTO, Terminator.GAP)
        return self._end(mono_s, FrameKind.SCAN if whole else FrameKind.CUT_SHORT)

    def reset(self) -> None:
        """Forget a half frame: the device went away in the middle of it."""
        self._buffer.clear()
        self._flooded = False
        self._last_byte = 0

    def _take(self, byte: int, mono_s: float) -> list[Frame]:
        previous, self._last_byte = self._last_byte, byte
        if self._is_end(previous, byte):
            return self._end(mono_s, FrameKind.SCAN)
        if self._flooded:
            return []
        self._buffer.append(byte)
        # CRLF is the one end of two bytes: its first must not count as part of an over-long code.
        if len(self._buffer) <= self.rules.max_bytes + (self.rules.terminator is Terminator.CRLF):
            return []
        self._buffer.clear()
        self._flooded = True
        return [Frame(FrameKind.TOO_LONG, "", mono_s)]

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
            case Terminator.GAP:
                return False

    def _end(self, mono_s: float, kind: FrameKind) -> list[Frame]:
        raw, flooded = bytes(self._buffer), self._flooded
        self.reset()
        raw = raw.strip(b"\r\n")
        if flooded or not raw:
            return []
        if kind is not FrameKind.SCAN:
            return [Frame(kind, "", mono_s)]
        try:
            text = raw.removeprefix(self._prefix).removesuffix(self._suffix).decode("utf-8")
        except UnicodeDecodeError:
            return [Frame(FrameKind.NOISE, "", mono_s)]
        if not text or self._repeats.is_repeat(text, mono_s):
            return []
        return [Frame(FrameKind.SCAN, text, mono_s)]
