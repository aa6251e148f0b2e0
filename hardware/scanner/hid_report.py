"""Input reports of a HID-POS scanner (usage page 0x8C) in, readings out: pure.

Layout of the scanned data report, 64 bytes: 0 report ID 2 · 1 length of the data · 2 to 4 AIM symbology identifier ·
5 to 60 data · 61 the maker's own symbology identifier · 62 reserved · 63 bit 0: the code goes on in the next report.
Source: USB HID Point of Sale Usage Tables 1.02 (what the fields mean); the places as a scanner's manual gives them
(Access-IS LSR118 Product Manual, appendix B.1). Honeywell and Zebra are believed to use the same, not tried here. A
device whose report descriptor places them otherwise is not understood: its reports are noise.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.scanner.framing import Frame, FrameKind, FramingRules
from hardware.scanner.reader import FrameReader
from hardware.scanner.reading import Reading, ReadingKind, ReadingRules

USAGE_PAGE = 0x8C
REPORT_BYTES = 64
_SCANNED_DATA = 2
_DATA_AT, _DATA_BYTES, _CONTINUED_AT = 5, 56, 63


@dataclass(frozen=True, slots=True, repr=False)
class ScannedData:
    """What one report says.

    Attributes:
        identifier: The AIM identifier, 3 bytes; empty when the scanner gives none.
        data: The code, or a part of it.
        continued: True when the next report goes on with it.
    """

    identifier: bytes
    data: bytes
    continued: bool


def parse_report(report: bytes) -> ScannedData | None:
    """Read a scanned data report; None when its layout is another."""
    if len(report) <= _CONTINUED_AT or report[0] != _SCANNED_DATA or report[1] > _DATA_BYTES:
        return None
    identifier = report[2:_DATA_AT]
    data = report[_DATA_AT : _DATA_AT + report[1]]
    return ScannedData(identifier if identifier[:1] == b"]" else b"", data, bool(report[_CONTINUED_AT] & 1))


class HidReader:
    """Puts reports together to codes and reads them.

    Args:
        framing: Of a serial scanner's rules, prefix, suffix, longest code and how long a second report may take.
        rules: What the till wants of a code.
    """

    def __init__(self, framing: FramingRules | None = None, rules: ReadingRules | None = None) -> None:
        self._framing = framing or FramingRules()
        self._frames = FrameReader(rules)
        self._identifier = b""
        self._data = bytearray()
        self._raw = bytearray()
        self._flooded = False
        self._deadline_mono_s: float | None = None

    @property
    def pause_s(self) -> float | None:
        """How long to wait for the next report of a code; None while none is open, seconds."""
        return None if self._deadline_mono_s is None else self._framing.stale_s

    def feed(self, data: bytes, mono_s: float) -> list[Reading]:
        """Take one report that arrived at ``mono_s``."""
        if data[:1] != bytes((_SCANNED_DATA,)):
            return []  # a button or a status
        part = parse_report(data)
        if part is None:
            self.reset()
            return [Reading(ReadingKind.NOISE, mono_s=mono_s, raw=data[:REPORT_BYTES])]
        return self._take(part, data, mono_s)

    def tick(self, mono_s: float) -> list[Reading]:
        """Say that it is now ``mono_s``: half a code whose rest never came is given up."""
        if self._deadline_mono_s is None or mono_s < self._deadline_mono_s:
            return []
        return self._end(FrameKind.CUT_SHORT, mono_s)

    def reset(self) -> None:
        """Forget half a code."""
        self._identifier = b""
        self._data.clear()
        self._raw.clear()
        self._flooded = False
        self._deadline_mono_s = None

    def _take(self, part: ScannedData, report: bytes, mono_s: float) -> list[Reading]:
        self._identifier = self._identifier or part.identifier
        if not self._flooded:
            self._data += part.data
            self._raw += report[:REPORT_BYTES]
        too_long = len(self._data) > self._framing.max_bytes
        self._deadline_mono_s = mono_s + self._framing.stale_s if part.continued else None
        if too_long and not self._flooded:
            said = self._end(FrameKind.TOO_LONG, mono_s)
            self._flooded = part.continued
            self._deadline_mono_s = mono_s + self._framing.stale_s if part.continued else None
            return said
        return [] if part.continued else self._end(FrameKind.WHOLE, mono_s)

    def _end(self, kind: FrameKind, mono_s: float) -> list[Reading]:
        identifier, data, raw, flooded = self._identifier, bytes(self._data), bytes(self._raw), self._flooded
        self.reset()
        data = data.strip(b"\r\n")
        if kind is FrameKind.WHOLE:
            data = data.removeprefix(self._framing.prefix.encode()).removesuffix(self._framing.suffix.encode())
        if flooded or not data:
            return []
        data = identifier + data if kind is FrameKind.WHOLE else b""
        return [self._frames.read(Frame(kind, data, raw, mono_s))]
