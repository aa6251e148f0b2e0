"""What became of a print, how a printer is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hardware.printer.status import ErrorCause, PrinterStatus


class PrintOutcome(Enum):
    """What became of a print."""

    CONFIRMED = "confirmed"  # the printer itself said that everything is on paper
    SENT_UNCONFIRMED = "sent_unconfirmed"  # all bytes taken, but this printer does not answer
    NOT_SENT = "not_sent"  # nothing of it can be on paper: try again freely
    DOUBTFUL = "doubtful"  # part or all may be on paper: a repeat must say that it is one


@dataclass(frozen=True, slots=True)
class PrintResult:
    """The outcome with its reason.

    Attributes:
        outcome: What became of it.
        reason: A stable code: a DeviceError's, ``printer.<status>``, or one of ``printer.cannot_answer`` (a file, a
            spooler), ``printer.mute``, ``printer.no_end_answer``, ``printer.fell_silent``, ``printer.garbled`` (what
            comes back is no printer that we understand: wrong baud rate); empty when confirmed.
        status: The last that the printer said of itself.
        cause: Why, where the status is ERROR and the printer told.
    """

    outcome: PrintOutcome
    reason: str = ""
    status: PrinterStatus = PrinterStatus.UNKNOWN
    cause: ErrorCause | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """How a printer is, with the reason.

    Attributes:
        status: How it is.
        reason: Why it is OFFLINE (a DeviceError's code) or UNKNOWN (``printer.cannot_answer``, ``printer.mute``,
            ``printer.garbled``); empty when the printer itself said how it is.
        cause: Why, where the status is ERROR and the printer told.
    """

    status: PrinterStatus
    reason: str = ""
    cause: ErrorCause | None = None
