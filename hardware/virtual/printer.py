"""Receipt printers made of software, on a real socket or a real pseudo-terminal, for training, support and tests."""

from __future__ import annotations

import contextlib
import os
import socket
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from hardware.virtual.brain import Pace, PrinterBrain, PrinterFault
from hardware.virtual.device import NEVER, Device
from hardware.virtual.paper import Build, Slip

__all__ = ["Build", "Pace", "PrinterBrain", "PrinterFault", "VirtualPrinter", "VirtualSerialPrinter"]

_READ_BYTES = 4_096
_BITS_PER_BYTE = 10  # start, eight, stop
_LINE_STEP_S = 0.005
_GLANCE_BYTES = 64  # read at once where flow control must act in between


class VirtualPrinter(Device):
    """A printer on a TCP port of the loopback address; one host at a time, as printers are.

    With a ``pace`` its buffer holds the host back as TCP does: nothing is lost.

    Args:
        width_dots: Printable width, dots, of the ordinary printer; ``build`` says more.
        on_slip: Called on the printer's thread with each finished slip.
        close_after_bytes: Where CLOSE_MID_SLIP closes the connection.
        build: What kind of printer it is.
        pace: Its speed and buffer; None: everything is printed at once.
        clock: Monotonic clock, seconds.
        port: TCP port; 0: any that is free.
    """

    def __init__(
        self,
        width_dots: int = 576,
        on_slip: Callable[[Slip], None] | None = None,
        *,
        close_after_bytes: int = 2_000,
        build: Build | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: int = 0,
    ) -> None:
        def done(slip: Slip) -> None:
            self._slip_done()
            if on_slip is not None:
                on_slip(slip)

        brain = PrinterBrain(width_dots, done, build=build, pace=pace, clock=clock)
        super().__init__(brain, close_after_bytes, clock)
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._port = port
        self._listen()
        self._thread.start()

    @property
    def address(self) -> str:  # type: ignore[override]
        """The address a driver is given; stays the same through every fault."""
        return f"tcp:127.0.0.1:{self._port}"

    def __enter__(self) -> VirtualPrinter:
        return self

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Small, so that a printer which never reads is noticed after some kilobytes, as with a real one.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(8)
        self._listener, self._port = listener, listener.getsockname()[1]

    def _line(self) -> tuple[list[int], float]:
        if self._host is None:
            return [self._listener.fileno()] if self._listener else [], NEVER
        deaf = self.fault is PrinterFault.NEVER_READ or self._brain.room_bytes <= 0
        return [] if deaf else [self._host.fileno()], NEVER

    def _take(self, end: int) -> None:
        if self._host is None:
            if self._listener is not None and end == self._listener.fileno():
                self._host, _ = self._listener.accept()
                self._received = 0
            return
        try:
            data = self._host.recv(min(_READ_BYTES, self._brain.room_bytes))
        except ConnectionError:
            data = b""
        if not data or not self._count(data):
            self._drop_host()
            return
        self._answer(self._brain.receive(data))

    def _answer(self, data: bytes) -> None:
        if data and self._host is not None:
            try:
                self._host.sendall(data)
            except ConnectionError:
                self._drop_host()

    def _follow_fault(self) -> None:
        if self.fault is PrinterFault.DEAD and self._listener is not None:
            self._brain.switch_off()
            self._unplug()
        elif self.fault is not PrinterFault.DEAD and self._listener is None:
            self._listen()
        self._answer(self._brain.tick())  # paper is back: what waits in the buffer prints

    def _drop_host(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            host.close()
            self._brain.line_closed()

    def _unplug(self) -> None:
        self._drop_host()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()


class VirtualSerialPrinter(Device):
    """A printer on a pseudo-terminal that the till opens like any other serial port.

    The path is a symbolic link that goes away when the printer is off and leads to a new pseudo-terminal when it is on
    again, as ``/dev/serial/by-id/…`` does. Bytes come no faster than the line carries them; a pseudo-terminal has no
    control lines, so ``rtscts`` is played by not reading while the buffer is full.

    Args:
        path: Where the port shall appear; its folder must exist.
        baud: Speed of the line.
        flow: ``none``: who sends too fast loses bytes; ``rtscts``; ``xonxoff`` (the pace's buffer says when).
        width_dots: Printable width, dots, of the ordinary printer; ``build`` says more.
        on_slip: Called on the printer's thread with each finished slip.
        close_after_bytes: Where CLOSE_MID_SLIP unplugs it.
        build: What kind of printer it is.
        pace: Its speed and buffer.
        clock: Monotonic clock, seconds; one that runs faster makes a faster line and a faster printer.
    """

    def __init__(
        self,
        path: Path,
        baud: int = 115_200,
        *,
        flow: Literal["none", "rtscts", "xonxoff"] = "none",
        width_dots: int = 576,
        on_slip: Callable[[Slip], None] | None = None,
        close_after_bytes: int = 2_000,
        build: Build | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def done(slip: Slip) -> None:
            self._slip_done()
            if on_slip is not None:
                on_slip(slip)

        pace = pace or Pace(xonxoff=flow == "xonxoff")
        brain = PrinterBrain(width_dots, done, build=build, pace=pace, clock=clock)
        super().__init__(brain, close_after_bytes, clock)
        self.path = path
        self._baud = baud
        self._flow = flow
        self._ends: tuple[int, int] | None = None
        self._carried_mono_s = clock()
        self._plug()
        self._thread.start()

    @property
    def address(self) -> str:  # type: ignore[override]
        """The address a driver is given."""
        options = {"none": "", "rtscts": "", "xonxoff": "&xonxoff=1"}[self._flow]
        return f"serial:{self.path}?baud={self._baud}{options}"

    def __enter__(self) -> VirtualSerialPrinter:
        return self

    def _plug(self) -> None:
        # The far end stays open here too: with none open the near end reads an error before the till connects.
        near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._ends = near, far
        # Linked under another name first: the path never leads to a half-made device.
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(far))
        fresh.replace(self.path)

    def _carried(self) -> int:
        """Return how many bytes the line has carried since the last were taken."""
        return int((self._clock() - self._carried_mono_s) * self._baud / _BITS_PER_BYTE)

    def _line(self) -> tuple[list[int], float]:
        if self._ends is None or self.fault is PrinterFault.NEVER_READ:
            return [], NEVER
        if self._held_back(self._ends[1]):
            return [], NEVER
        # A line that was idle carries its first byte now, not the hour it could have carried.
        idle_s = max(_LINE_STEP_S, 2 * _BITS_PER_BYTE / self._baud)
        self._carried_mono_s = max(self._carried_mono_s, self._clock() - idle_s)
        return ([self._ends[0]], NEVER) if self._carried() else ([], _LINE_STEP_S / 5)

    def _held_back(self, far: int) -> bool:
        """Say whether the host stops sending: what it wrote meanwhile lies in the system, not on the wire."""
        if self._flow == "rtscts":
            return self._brain.room_bytes <= 0
        return self._brain.held_off and bool(termios.tcgetattr(far)[0] & termios.IXON)

    def _take(self, end: int) -> None:
        most = min(_READ_BYTES if self._flow == "none" else _GLANCE_BYTES, self._carried())
        if self._flow == "rtscts":
            most = min(most, self._brain.room_bytes)
        try:
            data = os.read(end, most) if most > 0 else b""
        except OSError:
            return
        self._carried_mono_s += len(data) * _BITS_PER_BYTE / self._baud
        if data and not self._count(data):
            self._drop_host()
        elif data:
            self._answer(self._brain.receive(data))

    def _answer(self, data: bytes) -> None:
        if data and self._ends is not None:
            with contextlib.suppress(OSError):  # nobody reads: lost, as on a wire
                os.write(self._ends[0], data)

    def _follow_fault(self) -> None:
        if self.fault is PrinterFault.DEAD and self._ends is not None:
            self._brain.switch_off()
            self._unplug()
        elif self.fault is not PrinterFault.DEAD and self._ends is None:
            self._plug()
        self._answer(self._brain.tick())

    def _drop_host(self) -> None:
        """Go away and come back at once, under the same path."""
        self._received = 0
        self._unplug()
        self._brain.line_closed()
        self._plug()

    def _unplug(self) -> None:
        ends, self._ends = self._ends, None
        if ends is not None:
            self.path.unlink(missing_ok=True)
        for end in ends or ():
            with contextlib.suppress(OSError):
                os.close(end)
