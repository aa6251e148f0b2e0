"""Asks a printer how it is: the query bytes, and what the answer bytes mean.

Source: Epson, ESC/POS Command Reference, "DLE EOT" (transmit real-time status) and "GS r" (transmit status),
read 2026-11. A real-time query is answered while the printer is offline too; ``GS r`` is answered in turn, after
everything before it has been printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum


class PrinterStatus(Enum):
    """How a printer is. Silence is UNKNOWN, never fine."""

    READY = "ready"
    PAPER_LOW = "paper_low"  # prints, but the roll ends soon
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"  # anything else that keeps it from printing: cutter, overheated, switched offline
    UNKNOWN = "unknown"

    @property
    def can_print(self) -> bool:
        """False only when the printer itself said that it cannot."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_LOW, PrinterStatus.UNKNOWN)


class Query(IntEnum):
    """The ``n`` of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    PAPER = 4


END_QUERY = b"\x1dr\x01"  # GS r 1: paper sensor status, in turn

# Every DLE EOT answer: bits 0 and 7 are 0, bits 1 and 4 are 1.
_REALTIME_MASK, _REALTIME_FIXED = 0b1001_0011, 0b0001_0010
# A GS r answer: bits 4 and 7 are 0.
_END_MASK = 0b1001_0000

_OFFLINE = 0b0000_1000  # n=1, bit 3
_COVER_OPEN = 0b0000_0100  # n=2, bit 2
_PAPER_STOPPED = 0b0010_0000  # n=2, bit 5: printing stopped for lack of paper
_ERROR = 0b0100_0000  # n=2, bit 6
_NEAR_END = 0b0000_1100  # n=4, bits 2 and 3
_PAPER_END = 0b0110_0000  # n=4, bits 5 and 6
_END_NO_PAPER = 0b0000_1100  # GS r 1, bits 2 and 3


def query_bytes(query: Query) -> bytes:
    """Return DLE EOT n."""
    return bytes((0x10, 0x04, query))


def is_realtime_answer(byte: int) -> bool:
    """Say whether ``byte`` has the fixed bits of a DLE EOT answer."""
    return byte & _REALTIME_MASK == _REALTIME_FIXED


def is_end_answer(byte: int) -> bool:
    """Say whether ``byte`` can be the answer to GS r 1."""
    return byte & _END_MASK == 0


def end_answer_has_paper(byte: int) -> bool:
    """Say whether a GS r 1 answer reports paper."""
    return byte & _END_NO_PAPER != _END_NO_PAPER


def parse_status(answers: Mapping[Query, int]) -> PrinterStatus:
    """Make one status of the answer bytes; the worst news wins, a missing or odd answer is UNKNOWN.

    Args:
        answers: The byte that came for each query; a query without an answer is left out.
    """
    if not all(is_realtime_answer(byte) for byte in answers.values()):
        return PrinterStatus.UNKNOWN
    printer, cause, paper = (answers.get(query) for query in Query)
    if cause is not None and cause & _COVER_OPEN:
        return PrinterStatus.COVER_OPEN
    if (paper is not None and paper & _PAPER_END) or (cause is not None and cause & _PAPER_STOPPED):
        return PrinterStatus.PAPER_OUT
    if (printer is not None and printer & _OFFLINE) or (cause is not None and cause & _ERROR):
        return PrinterStatus.OFFLINE
    if printer is None or paper is None:
        return PrinterStatus.UNKNOWN
    return PrinterStatus.PAPER_LOW if paper & _NEAR_END else PrinterStatus.READY
