"""What virtual printers on every kind of line share: a thread that owns the brain and the line."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from hardware.virtual.brain import PrinterBrain, PrinterFault
from hardware.virtual.paper import Slip

NEVER = float("inf")
_LOOK_S = 0.002  # while something is due: the printer's clock need not run like the computer's


class Device(ABC):
    """A brain on a line of some kind, and the thread that owns both."""

    address: str

    def __init__(self, brain: PrinterBrain, close_after_bytes: int, clock: Callable[[], float]) -> None:
        self._brain = brain
        self._changed = threading.Condition()
        self._close_after_bytes = close_after_bytes
        self._clock = clock
        self._received = 0
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)
        self._stopping = False
        self._asked: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)

    @property
    def slips(self) -> list[Slip]:
        """The last slips, oldest first."""
        with self._changed:
            return self._brain.slips

    @property
    def overrun_bytes(self) -> int:
        """How many bytes were lost because the buffer was full."""
        return self._brain.overrun_bytes

    @property
    def fault(self) -> PrinterFault:
        """What is wrong with it now."""
        return self._brain.fault

    def set_fault(self, fault: PrinterFault) -> None:
        """Make something go wrong, or right again; returns when the printer behaves so."""

        def change() -> None:
            self._brain.fault = fault

        self._on_thread(change)

    def load_paper(self, dots: int | None = None) -> None:
        """Put in a roll of ``dots`` (None: endless) and close the cover; returns when the printer has noticed."""
        self._on_thread(lambda: self._brain.load_paper(dots))

    def power_cycle(self) -> None:
        """Pull the plug and put it back: buffer and connection are lost; returns when it is on again."""

        def change() -> None:
            self._brain.power_cycle()
            self._unplug()  # and in again by what follows

        self._on_thread(change)

    def wait_for_slips(self, count: int, timeout_s: float = 5.0) -> list[Slip]:
        """Wait until ``count`` slips have come out and return the last ones; fewer when time runs out."""
        with self._changed:
            self._changed.wait_for(lambda: self._brain.printed >= count, timeout=timeout_s)
            return self._brain.slips

    def close(self) -> None:
        """Switch off for good."""
        self._stopping = True
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(5)
        self._unplug()
        for end in (self._wake_in, self._wake_out):
            end.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _slip_done(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_in.send(b"!")

    def _on_thread(self, change: Callable[[], None]) -> None:
        done = threading.Event()

        def run() -> None:
            change()
            self._follow_fault()
            done.set()

        with self._changed:
            self._asked.append(run)
        self._wake()
        done.wait(5)

    def _run(self) -> None:
        while not self._stopping:
            due = self._brain.due_mono_s
            line, wait_s = self._line()
            if due is not None:
                wait_s = min(wait_s, _LOOK_S, max(0.0, due - self._clock()))
            wake = self._wake_out.fileno()
            ready = select.select([wake, *line], [], [], None if wait_s == NEVER else wait_s)[0]
            if wake in ready:
                with contextlib.suppress(BlockingIOError):
                    self._wake_out.recv(64)
                with self._changed:
                    asked, self._asked = self._asked, []
                for change in asked:
                    change()
                continue
            for end in ready:
                self._take(end)
            self._answer(self._brain.tick())

    def _count(self, data: bytes) -> bool:
        """Count what came; False when the printer goes away in the middle of it."""
        self._received += len(data)
        return not (self.fault is PrinterFault.CLOSE_MID_SLIP and self._received > self._close_after_bytes)

    @abstractmethod
    def _line(self) -> tuple[list[int], float]:
        """Return what to listen to, and how long at most."""

    @abstractmethod
    def _take(self, end: int) -> None:
        """Read what waits at this end and give it to the brain."""

    @abstractmethod
    def _answer(self, data: bytes) -> None:
        """Send to the host."""

    @abstractmethod
    def _follow_fault(self) -> None:
        """Plug or unplug as the fault wants it."""

    @abstractmethod
    def _drop_host(self) -> None:
        """Let go of the host."""

    @abstractmethod
    def _unplug(self) -> None:
        """Take the line away."""
