"""A receipt printer made of software: a real socket, strict decoding, paper to look at, and every way to fail."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
from collections.abc import Callable
from enum import Enum

from hardware.virtual.decoder import EscposDecoder, StatusAsked
from hardware.virtual.paper import Paper, Slip


class PrinterFault(Enum):
    """What is wrong with the printer."""

    NONE = "none"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    MUTE = "mute"  # prints, answers nothing
    CLOSE_MID_SLIP = "close_mid_slip"  # closes the connection after some bytes
    NEVER_READ = "never_read"  # accepts the connection and reads nothing
    DEAD = "dead"  # switched off: nothing listens


# Answers to DLE EOT 1, 2, 4. Source: as in ``decoder``; written out here apart from ``printer.status``.
_FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
_ANSWERS: dict[PrinterFault, dict[int, int]] = {
    PrinterFault.PAPER_LOW: {**_FINE, 4: 0x1E},
    PrinterFault.PAPER_OUT: {**_FINE, 1: 0x1A, 2: 0x32, 4: 0x7E},
    PrinterFault.COVER_OPEN: {**_FINE, 1: 0x1A, 2: 0x16},
    PrinterFault.OFFLINE: {**_FINE, 1: 0x1A, 2: 0x52, 3: 0x1A},
}
_STOPPED = {PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.OFFLINE}
_REALTIME = re.compile(rb"\x10\x04([\x01-\x04])", re.DOTALL)


class PrinterBrain:
    """The part of a printer behind its plug: takes bytes, gives answers, keeps slips. One thread at a time.

    Args:
        width_dots: Printable width, dots.
        on_slip: Called with each finished slip.
    """

    def __init__(self, width_dots: int = 576, on_slip: Callable[[Slip], None] | None = None) -> None:
        self.fault = PrinterFault.NONE
        self.slips: list[Slip] = []
        self._on_slip = on_slip
        self._decoder = EscposDecoder()
        self._paper = Paper(width_dots)
        self._held = b""

    def receive(self, data: bytes) -> bytes:
        """Take bytes and return the answer to them."""
        if self.fault in _STOPPED:
            # A stopped printer fills its buffer and answers only what is asked in real time.
            self._held += _REALTIME.sub(b"", data)
            return bytes(self._realtime_answer(match[1][0]) for match in _REALTIME.finditer(data))
        data, self._held = self._held + data, b""
        answers = b""
        for event in self._decoder.feed(data):
            if isinstance(event, StatusAsked):
                answers += self._answer(event)
            elif slip := self._paper.take(event):
                self._finish(slip)
        return b"" if self.fault is PrinterFault.MUTE else answers

    def line_closed(self) -> None:
        """The host went away: what is printed but not cut is torn off."""
        if self.fault not in _STOPPED and (slip := self._paper.tear(cut=False)):
            self._finish(slip)

    def switch_off(self) -> None:
        """Lose everything not yet on paper."""
        self._held = b""
        self._decoder = EscposDecoder()
        self.line_closed()

    def _answer(self, asked: StatusAsked) -> bytes:
        if asked.realtime:
            return bytes((self._realtime_answer(asked.number),))
        low = self.fault is PrinterFault.PAPER_LOW
        return bytes((0x03 if low else 0x00,)) if asked.number in (1, 49) else b"\x00"

    def _realtime_answer(self, number: int) -> int:
        return _ANSWERS.get(self.fault, _FINE)[number]

    def _finish(self, slip: Slip) -> None:
        self.slips.append(slip)
        if self._on_slip is not None:
            self._on_slip(slip)


class VirtualPrinter:
    """A :class:`PrinterBrain` behind a TCP port on the loopback address; one host at a time, as printers are.

    Args:
        width_dots: Printable width, dots.
        on_slip: Called on the printer's thread with each finished slip.
        close_after_bytes: Where CLOSE_MID_SLIP closes the connection.
    """

    def __init__(
        self,
        width_dots: int = 576,
        on_slip: Callable[[Slip], None] | None = None,
        *,
        close_after_bytes: int = 2_000,
    ) -> None:
        self._brain = PrinterBrain(width_dots, self._slip_done)
        self._user_on_slip = on_slip
        self._changed = threading.Condition()
        self._close_after_bytes = close_after_bytes
        self._wake_in, self._wake_out = socket.socketpair()
        self._stopping = False
        self._listener: socket.socket | None = None
        self._port = 0
        self._listen()
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The address a driver is given; stays the same through every fault."""
        return f"tcp:127.0.0.1:{self._port}"

    @property
    def slips(self) -> list[Slip]:
        """Everything printed so far, oldest first."""
        with self._changed:
            return list(self._brain.slips)

    @property
    def fault(self) -> PrinterFault:
        """What is wrong with it now."""
        return self._brain.fault

    def set_fault(self, fault: PrinterFault) -> None:
        """Make something go wrong, or right again; returns when the printer behaves so."""
        with self._changed:
            self._brain.fault = fault
            self._settled = False
            self._wake_in.send(b"!")
            self._changed.wait_for(lambda: self._settled, timeout=5)

    def wait_for_slips(self, count: int, timeout_s: float = 5.0) -> list[Slip]:
        """Wait until ``count`` slips are there and return all; fewer when time runs out."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._brain.slips) >= count, timeout=timeout_s)
            return list(self._brain.slips)

    def close(self) -> None:
        """Switch off for good."""
        self._stopping = True
        self._wake_in.send(b"!")
        self._thread.join(5)
        for end in (self._wake_in, self._wake_out, self._listener):
            if end is not None:
                end.close()

    def __enter__(self) -> VirtualPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _slip_done(self, slip: Slip) -> None:
        with self._changed:
            self._changed.notify_all()
        if self._user_on_slip is not None:
            self._user_on_slip(slip)

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Small, so that a printer which never reads is noticed after some kilobytes, as with a real one.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(8)
        self._listener, self._port = listener, listener.getsockname()[1]

    def _run(self) -> None:
        while not self._stopping:
            self._apply_fault()
            waiting = [self._wake_out] + ([self._listener] if self._listener else [])
            ready = select.select(waiting, [], [])[0]
            if self._listener in ready:
                self._serve_next()
            elif self._wake_out in ready:
                self._wake_out.recv(64)

    def _apply_fault(self) -> None:
        if self.fault is PrinterFault.DEAD and self._listener is not None:
            self._listener.close()
            self._listener = None
            self._brain.switch_off()
        elif self.fault is not PrinterFault.DEAD and self._listener is None:
            self._listen()
        self._brain.receive(b"")  # paper is back: what waits in the buffer prints
        with self._changed:
            self._settled = True
            self._changed.notify_all()

    def _serve_next(self) -> None:
        if self._listener is None:
            return
        host, _ = self._listener.accept()
        with host, contextlib.suppress(ConnectionError):
            received = 0
            while not self._stopping and self.fault is not PrinterFault.DEAD:
                reading = [] if self.fault is PrinterFault.NEVER_READ else [host]
                ready = select.select([self._wake_out, *reading], [], [])[0]
                if self._wake_out in ready:
                    self._wake_out.recv(64)
                    self._apply_fault()
                    continue
                data = host.recv(4096)
                received += len(data)
                too_much = self.fault is PrinterFault.CLOSE_MID_SLIP and received > self._close_after_bytes
                if not data or too_much:
                    break
                host.sendall(self._brain.receive(data))
        self._brain.line_closed()
