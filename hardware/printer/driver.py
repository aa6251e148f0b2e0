"""Prints bytes and says honestly what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from hardware.errors import DeviceError
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import (
    END_QUERY,
    PrinterStatus,
    Query,
    end_answer_has_paper,
    is_end_answer,
    is_realtime_answer,
    parse_status,
    query_bytes,
)
from hardware.printer.transport import Transport, make_transport

_ANSWER_S = 0.2  # a real-time answer comes in a millisecond; three silent queries must not be felt
_SHORT_END_S = 0.3
_MAX_STRAY_BYTES = 16
_PULSE_M = {2: 0, 5: 1}


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
        reason: A stable code: a DeviceError's, ``printer.<status>`` or a word below; empty when confirmed.
        status: The last that the printer said of itself.
    """

    outcome: PrintOutcome
    reason: str = ""
    status: PrinterStatus = PrinterStatus.UNKNOWN


class PrinterDriver:
    """Drives one printer; every call connects, acts and lets go, so that tills can share a network printer.

    All calls block and belong to one thread.

    Args:
        address: ``tcp:host:port``, ``serial:/dev/…?baud=…`` or ``file:/path``.
        profile: What the printer can do.
        write_timeout_s: How long the printer may take to accept a slip, seconds.
        end_timeout_s: How long it may take to print what it has accepted, seconds.
        transport: How to reach an address; tests may bring their own.

    Raises:
        DeviceAddressError: The address is not one we understand.
    """

    def __init__(
        self,
        address: str,
        profile: PrinterProfile,
        *,
        write_timeout_s: float = 15.0,
        end_timeout_s: float = 8.0,
        transport: Callable[[str], Transport] = make_transport,
    ) -> None:
        self.address = address
        self.profile = profile
        self._write_timeout_s = write_timeout_s
        self._end_timeout_s = end_timeout_s
        self._transport = transport(address)
        self._end_wait_s = end_timeout_s

    def print(self, data: bytes, *, begin: Callable[[], None] = lambda: None) -> PrintResult:
        """Print encoded bytes; never raises for what a printer can do.

        Args:
            data: From :class:`~hardware.printer.escpos.EscposEncoder`.
            begin: Called right before the first of them leaves; what it raises goes through and none has left. Not
                called for a printer that cannot be reached or says that it cannot print.
        """
        return self._while_connected(data, begin)

    def pulse(self, pin: Literal[2, 5] = 2) -> PrintResult:
        """Open the cash drawer on connector pin 2 or 5.

        Not sent to a printer that says it cannot print: the pulse would lie in its buffer and open the drawer
        whenever the paper is changed.

        Source: Epson, ESC/POS Command Reference, ESC p m t1 t2; times in units of 2 ms: 100 ms on, 100 ms off.
        """
        return self._while_connected(bytes((0x1B, 0x70, _PULSE_M[pin], 50, 50)))

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; OFFLINE when it cannot be reached, UNKNOWN when it does not answer."""
        try:
            self._transport.open()
        except DeviceError:
            return PrinterStatus.OFFLINE
        try:
            return self._ask()
        except DeviceError:
            return PrinterStatus.OFFLINE
        finally:
            self._transport.close()

    def _while_connected(self, data: bytes, begin: Callable[[], None] = lambda: None) -> PrintResult:
        try:
            self._transport.open()
        except DeviceError as error:
            return PrintResult(PrintOutcome.NOT_SENT, error.code, PrinterStatus.OFFLINE)
        try:
            return self._send(data, begin)
        finally:
            self._transport.close()

    def _send(self, data: bytes, begin: Callable[[], None]) -> PrintResult:
        try:
            before = self._ask()
        except DeviceError as error:
            return PrintResult(PrintOutcome.NOT_SENT, error.code, PrinterStatus.OFFLINE)
        if not before.can_print:
            return PrintResult(PrintOutcome.NOT_SENT, f"printer.{before.value}", before)
        begin()
        try:
            self._transport.write(data, time.monotonic() + self._write_timeout_s)
        except DeviceError as error:
            outcome = PrintOutcome.DOUBTFUL if error.sent_bytes else PrintOutcome.NOT_SENT
            return PrintResult(outcome, error.code, PrinterStatus.OFFLINE)
        if not self._transport.answers:
            return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.cannot_answer")
        try:
            return self._confirm(before)
        except DeviceError as error:
            return PrintResult(PrintOutcome.DOUBTFUL, error.code, PrinterStatus.OFFLINE)

    def _confirm(self, before: PrinterStatus) -> PrintResult:
        end = self._ask_end(before)
        after = self._ask()
        if not after.can_print:
            return PrintResult(PrintOutcome.DOUBTFUL, f"printer.{after.value}", after)
        if end is not None and not end_answer_has_paper(end):
            return PrintResult(PrintOutcome.DOUBTFUL, "printer.paper_out", PrinterStatus.PAPER_OUT)
        if after is PrinterStatus.UNKNOWN:
            if before is after and end is None:
                return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.mute")
            # It talked before the slip and fell silent during it.
            return PrintResult(PrintOutcome.DOUBTFUL, "printer.fell_silent")
        if end is None:
            # It talks but gave no end answer: most likely a model that has none. Do not wait so long for the next.
            self._end_wait_s = _SHORT_END_S
            return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.no_end_answer", after)
        return PrintResult(PrintOutcome.CONFIRMED, "", after)

    def _ask(self) -> PrinterStatus:
        answers: dict[Query, int] = {}
        if self._transport.answers:
            for query in Query:
                byte = self._exchange(query_bytes(query), _ANSWER_S, is_realtime_answer)
                if byte is None:
                    break  # mute: asking on would only make the cashier wait
                answers[query] = byte
        return parse_status(answers)

    def _ask_end(self, before: PrinterStatus) -> int | None:
        if not self.profile.end_answer:
            return None
        wait_s = _SHORT_END_S if before is PrinterStatus.UNKNOWN else self._end_wait_s
        end = self._exchange(END_QUERY, wait_s, is_end_answer)
        if end is not None:
            self._end_wait_s = self._end_timeout_s
        return end

    def _exchange(self, query: bytes, timeout_s: float, fits: Callable[[int], bool]) -> int | None:
        """Send a query and return the first byte that can be its answer; stray bytes are passed over."""
        deadline_mono_s = time.monotonic() + timeout_s
        self._transport.write(query, deadline_mono_s)
        for _ in range(_MAX_STRAY_BYTES):
            left_s = deadline_mono_s - time.monotonic()
            data = self._transport.read(1, max(0.0, left_s))
            if not data or fits(data[0]):
                return data[0] if data else None
        return None
