"""Asks a printer how it is: the query bytes, and what the answer bytes mean.

Source: Epson, ESC/POS Command Reference, "DLE EOT" (transmit real-time status), "GS r" (transmit status), "GS a"
(enable automatic status back) and "GS ( H" function 48 (process ID response), read 2026-11. A real-time query is
answered while the printer is offline too; ``GS r`` is answered in turn, after everything before it has been processed;
a process id when everything before it has been printed.
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
    ERROR = "error"  # cutter, overheated head, broken: see ErrorCause
    OFFLINE = "offline"  # anything else that keeps it from printing: feed button held, switched offline, not reached
    UNKNOWN = "unknown"

    @property
    def can_print(self) -> bool:
        """False only when the printer itself said that it cannot."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_LOW, PrinterStatus.UNKNOWN)


class ErrorCause(Enum):
    """Why a printer is in the state ERROR."""

    CUTTER = "cutter"
    RECOVERABLE = "recoverable"  # a person mends it and tells the printer: paper jam, mechanics
    PASSING = "passing"  # mends itself: head too hot
    UNRECOVERABLE = "unrecoverable"  # switch off and on, or have it repaired


class Query(IntEnum):
    """The ``n`` of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


END_QUERY = b"\x1dr\x01"  # GS r 1: paper sensor status, in turn
ASB_ON = b"\x1da\x0e"  # GS a n: tell of each change of on-line state (bit 1), errors (2) and paper (3); not the drawer
ASB_OFF = b"\x1da\x00"
PROCESS_ID_BYTES = 4

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
# The same four bits in n=3 and in the second automatic byte; the first is "undefined" or "reserved" on older printers.
_CAUSES = (
    (0b0010_0000, ErrorCause.UNRECOVERABLE),
    (0b0000_1000, ErrorCause.CUTTER),
    (0b0000_0100, ErrorCause.RECOVERABLE),
    (0b0100_0000, ErrorCause.PASSING),
)
# Automatic status: bits 0, 1 and 7 of the first byte are 0, bit 4 is 1; bits 4 and 7 of the three others are 0.
_ASB_FIRST_MASK, _ASB_FIRST_FIXED, _ASB_REST_MASK = 0b1001_0011, 0b0001_0000, 0b1001_0000
_ASB_OFFLINE, _ASB_COVER_OPEN = 0b0000_1000, 0b0010_0000  # first byte, bits 3 and 5
_ASB_NEAR_END, _ASB_PAPER_END = 0b0000_0011, 0b0000_1100  # third byte


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


def process_id_query(process_id: bytes) -> bytes:
    """Return GS ( H function 48: answer with this id when everything before it has been printed.

    Raises:
        ValueError: Not four bytes from 32 to 126.
    """
    if len(process_id) != PROCESS_ID_BYTES or not all(is_process_id_byte(byte) for byte in process_id):
        raise ValueError("a process id is four printable ASCII bytes")
    return b"\x1d(H\x06\x00\x30\x30" + process_id


def is_process_id_byte(byte: int) -> bool:
    """Say whether ``byte`` may stand in a process id."""
    return 32 <= byte <= 126


def is_asb_byte(place: int, byte: int) -> bool:
    """Say whether ``byte`` has the fixed bits of an automatic status byte at ``place``, 0 to 3."""
    return byte & _ASB_FIRST_MASK == _ASB_FIRST_FIXED if place == 0 else byte & _ASB_REST_MASK == 0


def parse_asb(block: bytes) -> PrinterStatus:
    """Make one status of the four automatic bytes; UNKNOWN when they are none."""
    if len(block) != 4 or not all(is_asb_byte(place, byte) for place, byte in enumerate(block)):
        return PrinterStatus.UNKNOWN
    if block[0] & _ASB_COVER_OPEN:
        return PrinterStatus.COVER_OPEN
    if block[2] & _ASB_PAPER_END:
        return PrinterStatus.PAPER_OUT
    if _cause(block[1]) is not None:
        return PrinterStatus.ERROR
    if block[0] & _ASB_OFFLINE:
        return PrinterStatus.OFFLINE
    return PrinterStatus.PAPER_LOW if block[2] & _ASB_NEAR_END else PrinterStatus.READY


def parse_error_cause(byte: int) -> ErrorCause | None:
    """Read the answer to DLE EOT 3, the worst cause first; None when it names none, or is no answer."""
    return _cause(byte) if is_realtime_answer(byte) else None


def _cause(byte: int) -> ErrorCause | None:
    return next((cause for bit, cause in _CAUSES if byte & bit), None)


def parse_status(answers: Mapping[Query, int]) -> PrinterStatus:
    """Make one status of the answer bytes; the worst news wins, a missing or odd answer is UNKNOWN.

    Args:
        answers: The byte that came for each query; a query without an answer is left out.
    """
    if not all(is_realtime_answer(byte) for byte in answers.values()):
        return PrinterStatus.UNKNOWN
    printer, cause, paper = (answers.get(query) for query in (Query.PRINTER, Query.OFFLINE_CAUSE, Query.PAPER))
    if cause is not None and cause & _COVER_OPEN:
        return PrinterStatus.COVER_OPEN
    if (paper is not None and paper & _PAPER_END) or (cause is not None and cause & _PAPER_STOPPED):
        return PrinterStatus.PAPER_OUT
    if cause is not None and cause & _ERROR:
        return PrinterStatus.ERROR
    if printer is not None and printer & _OFFLINE:
        return PrinterStatus.OFFLINE
    if printer is None or paper is None:
        return PrinterStatus.UNKNOWN
    return PrinterStatus.PAPER_LOW if paper & _NEAR_END else PrinterStatus.READY
