"""Prints bytes and says honestly what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from hardware.errors import DeviceError
from hardware.printer.clock import SYSTEM_CLOCK, Clock
from hardware.printer.dialogue import Dialogue
from hardware.printer.outcome import PrintOutcome, PrintResult, StatusReport
from hardware.printer.profile import PrinterProfile
from hardware.printer.run import Limits, PrintRun, Proof
from hardware.printer.status import PrinterStatus
from hardware.printer.transport import Transport, make_transport

__all__ = ["PrintOutcome", "PrintResult", "PrinterDriver", "StatusReport"]

_PULSE_M = {2: 0, 5: 1}


class PrinterDriver:
    """Drives one printer; every call connects, acts and lets go, so that tills can share a network printer.

    All calls block and belong to one thread.

    Args:
        address: ``usb:…``, ``serial:…``, ``tcp:…``, ``cups:…`` or ``file:…``.
        profile: What the printer can do.
        write_timeout_s: How long the printer may take to accept a slip, seconds.
        end_timeout_s: How long it may take to print what it has accepted, seconds.
        mend_timeout_s: How long a person may take to put paper in or close the cover while a slip is half printed,
            seconds; then the slip is given up as doubtful.
        on_status: Hears at once, on the calling thread, when a slip stops for a trouble and when that is mended.
        transport: How to reach an address; tests may bring their own.
        clock: Time.

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
        mend_timeout_s: float = 60.0,
        on_status: Callable[[PrinterStatus], None] = lambda _: None,
        transport: Callable[[str], Transport] = make_transport,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.address = address
        self.profile = profile
        self._limits = Limits(write_timeout_s, end_timeout_s, mend_timeout_s)
        self._on_status = on_status
        self._transport = transport(address)
        self._clock = clock
        self._proof = Proof(profile)

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
        return self.report().status

    def report(self) -> StatusReport:
        """Ask the printer how it is and why; see :meth:`status`."""
        try:
            self._transport.open()
        except DeviceError as error:
            return StatusReport(PrinterStatus.OFFLINE, error.code)
        try:
            if not self._transport.answers or not self.profile.realtime_status:
                return StatusReport(PrinterStatus.UNKNOWN, "printer.cannot_answer")
            dialogue = Dialogue(self._transport, self._clock, talks=self._proof.talks)
            status = dialogue.status()
            if status is not PrinterStatus.UNKNOWN:
                return StatusReport(status, cause=dialogue.cause)
            return StatusReport(status, "printer.garbled" if dialogue.garbage_bytes else "printer.mute")
        except DeviceError as error:
            return StatusReport(PrinterStatus.OFFLINE, error.code)
        finally:
            self._transport.close()

    def _while_connected(self, data: bytes, begin: Callable[[], None] = lambda: None) -> PrintResult:
        try:
            self._transport.open()
        except DeviceError as error:
            return PrintResult(PrintOutcome.NOT_SENT, error.code, PrinterStatus.OFFLINE)
        try:
            if not self._transport.answers:
                return self._hand_over(data, begin)
            run = PrintRun(self._transport, self.profile, self._proof, self._limits, self._clock, self._on_status)
            return run.print(data, begin)
        finally:
            self._transport.close()

    def _hand_over(self, data: bytes, begin: Callable[[], None]) -> PrintResult:
        begin()
        try:
            self._transport.write(data, self._clock.monotonic() + self._limits.write_timeout_s)
        except DeviceError as error:
            outcome = PrintOutcome.DOUBTFUL if error.sent_bytes else PrintOutcome.NOT_SENT
            return PrintResult(outcome, error.code, PrinterStatus.OFFLINE)
        return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.cannot_answer")
