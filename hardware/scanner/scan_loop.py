"""The thread behind every scanner with a line of its own: opens it, reads it, and comes back when it was pulled out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from hardware.errors import (
    DeviceAddressError,
    DeviceBusyError,
    DeviceError,
    DeviceLibraryMissingError,
    DeviceNotFoundError,
    DevicePermissionError,
)
from hardware.scanner.reading import Reading

_log = logging.getLogger(__name__)

RETRY_S = 0.5
IDLE_S = 1.0  # longest wait in one read; only a safety net where stop() wakes the read at once


class ScannerStatus(Enum):
    """What a scanner's line looks like."""

    CONNECTING = "connecting"  # not tried yet
    READY = "ready"
    DISCONNECTED = "disconnected"  # was there and went away
    NOT_FOUND = "not_found"  # has not been there since the start
    BUSY = "busy"  # another program has the port
    PERMISSION_DENIED = "permission_denied"
    BAD_ADDRESS = "bad_address"  # not a scanner of this kind: a setting is wrong
    LIBRARY_MISSING = "library_missing"  # what reads this kind of scanner is not installed
    STOPPED = "stopped"


_STATUS: tuple[tuple[type[DeviceError], ScannerStatus], ...] = (
    (DeviceNotFoundError, ScannerStatus.NOT_FOUND),
    (DeviceBusyError, ScannerStatus.BUSY),
    (DevicePermissionError, ScannerStatus.PERMISSION_DENIED),
    (DeviceAddressError, ScannerStatus.BAD_ADDRESS),
    (DeviceLibraryMissingError, ScannerStatus.LIBRARY_MISSING),
)


class ScanLink(Protocol):
    """An open scanner. Only the loop's thread uses it, but for `wake`."""

    def read(self, timeout_s: float) -> bytes:
        """What came; empty after at most `timeout_s` seconds.

        Raises:
            DeviceError: the device went away.
        """

    def wake(self) -> None:
        """End a read that waits, from another thread."""

    def close(self) -> None:
        """Give the device back."""


class ScanMachine(Protocol):
    """What turns bytes into readings; `ScanReader` and `HidReader` are such."""

    @property
    def pause_s(self) -> float | None:
        """How long to wait for more before `tick`, seconds; None while nothing is open."""

    def feed(self, data: bytes, mono_s: float) -> list[Reading]:
        """Take what one read gave."""

    def tick(self, mono_s: float) -> list[Reading]:
        """Say that it is now `mono_s`."""

    def reset(self) -> None:
        """Forget a half code."""


class ScanLoop:
    """Reads one scanner on a thread of its own.

    Both callbacks run on that thread with frozen values; they must be quick (hand over to another thread's inbox).

    Args:
        name: The scanner's address, for the thread and the log.
        open_link: Opens the device; raises `DeviceError`. Called again after every failure.
        machine: Turns what is read into readings.
        on_scan: Called with every reading, noise and over-long ones too: look at ``reading.kind``.
        on_status: Called on each change of status.
        retry_s: Pause between two tries to open the device, seconds.
        clock: Monotonic clock, seconds.
    """

    def __init__(
        self,
        name: str,
        open_link: Callable[[], ScanLink],
        machine: ScanMachine,
        on_scan: Callable[[Reading], None],
        on_status: Callable[[ScannerStatus], None],
        *,
        retry_s: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._open_link = open_link
        self._machine = machine
        self._on_scan = on_scan
        self._on_status = on_status
        self._retry_s = retry_s
        self._clock = clock
        self._status = ScannerStatus.CONNECTING
        self._was_ready = False
        self._stop = threading.Event()
        self._link: ScanLink | None = None
        self._link_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"scanner {name}", daemon=True)

    @property
    def status(self) -> ScannerStatus:
        """The last status published."""
        return self._status

    def start(self) -> None:
        """Start reading; returns at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Stop reading and give the device back; True when the thread ended within ``timeout_s`` seconds."""
        self._stop.set()
        with self._link_lock:
            if self._link is not None:
                self._link.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                link = self._open_link()
            except DeviceError as error:
                self._publish(self._status_of(error))
            else:
                self._serve(link)
            self._stop.wait(self._retry_s)  # also for a device that opens and fails at once: it must not spin
        self._publish(ScannerStatus.STOPPED)

    def _serve(self, link: ScanLink) -> None:
        with self._link_lock:
            self._link = link
        self._was_ready = True
        self._machine.reset()
        try:
            self._publish(ScannerStatus.READY)
            while not self._stop.is_set():
                self._read_once(link)
        except DeviceError as error:
            _log.info("scanner %s lost: %s", self._name, error.detail)
            self._publish(ScannerStatus.DISCONNECTED)
        finally:
            with self._link_lock:
                self._link = None
            link.close()

    def _read_once(self, link: ScanLink) -> None:
        pause_s = self._machine.pause_s
        data = link.read(IDLE_S if pause_s is None else pause_s)
        now_s = self._clock()
        for reading in self._machine.feed(data, now_s) if data else self._machine.tick(now_s):
            self._deliver(reading)

    def _deliver(self, reading: Reading) -> None:
        try:
            self._on_scan(reading)
        except Exception as error:  # noqa: BLE001  a fault in the till must not cost it its scanner
            # Only the type: a message or a traceback could carry the code.
            _log.error("scan callback failed: %s", type(error).__name__)

    def _publish(self, status: ScannerStatus) -> None:
        if status is self._status:
            return
        self._status = status
        try:
            self._on_status(status)
        except Exception as error:  # noqa: BLE001  as above
            _log.error("scanner status callback failed: %s", type(error).__name__)

    def _status_of(self, error: DeviceError) -> ScannerStatus:
        status = next((s for family, s in _STATUS if isinstance(error, family)), ScannerStatus.DISCONNECTED)
        # A path that vanished after it worked is an unplugged scanner, not a wrong setting.
        return ScannerStatus.DISCONNECTED if status is ScannerStatus.NOT_FOUND and self._was_ready else status
