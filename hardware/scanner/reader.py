"""Bytes of a serial scanner in, readings out: framing, reading and the guard against repeats, one after the other."""

from __future__ import annotations

from dataclasses import replace

from hardware.scanner.framing import Frame, FrameKind, FramingRules, ScanFramer
from hardware.scanner.reading import Reading, ReadingKind, ReadingRules, read_bytes
from hardware.scanner.repeat import RepeatGuard


class ScanReader:
    """Reads a stream of bytes as codes. Pure: the clock comes in as ``mono_s``.

    Args:
        framing: How the scanner is set up.
        rules: What the till wants of a code.
    """

    def __init__(self, framing: FramingRules | None = None, rules: ReadingRules | None = None) -> None:
        self._framer = ScanFramer(framing)
        self._frames = FrameReader(rules)

    @property
    def pause_s(self) -> float | None:
        """How long to wait for the next byte before :meth:`tick`; None while nothing is open, seconds."""
        return self._framer.rules.pause_s if self._framer.deadline_mono_s is not None else None

    def feed(self, data: bytes, mono_s: float) -> list[Reading]:
        """Take bytes that arrived at ``mono_s`` and return what they complete."""
        return [self._frames.read(frame) for frame in self._framer.feed(data, mono_s)]

    def tick(self, mono_s: float) -> list[Reading]:
        """Say that it is now ``mono_s`` and return what a pause has ended."""
        return [self._frames.read(frame) for frame in self._framer.tick(mono_s)]

    def reset(self) -> None:
        """Forget a half code: the device went away in the middle of it."""
        self._framer.reset()


class FrameReader:
    """Reads whole frames, wherever they come from, and knows which code was just seen.

    Args:
        rules: What the till wants of a code.
    """

    def __init__(self, rules: ReadingRules | None = None) -> None:
        self._rules = rules or ReadingRules()
        self._repeats = RepeatGuard(self._rules.repeat_s)

    def read(self, frame: Frame) -> Reading:
        """Say what a frame is."""
        if frame.kind is not FrameKind.WHOLE:
            return Reading(ReadingKind(frame.kind.value), mono_s=frame.mono_s, raw=frame.raw)
        reading = read_bytes(frame.data, self._rules, mono_s=frame.mono_s, raw=frame.raw)
        if reading.kind is ReadingKind.SCAN and self._repeats.is_repeat(reading.text, frame.mono_s):
            return replace(reading, kind=ReadingKind.REPEATED)
        return reading
