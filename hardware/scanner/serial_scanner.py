"""A scanner on a serial line (USB-CDC or RS-232) that heals itself when it is unplugged and plugged in again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Any

from hardware.address import parse_address
from hardware.errors import (
    DeviceAddressError,
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DevicePermissionError,
    device_error,
)
from hardware.scanner.framing import Frame, FramingRules, ScanFramer
from hardware.serial_port import SERIAL_FAILURES, open_serial

_log = logging.getLogger(__name__)

_IDLE_S = 1.0  # longest wait in one read; only a safety net, stop() wakes the read at once


class ScannerStatus(Enum):
    """What a scanner's line looks like."""

    CONNECTING = "connecting"  # not tried yet
    READY = "ready"
    DISCONNECTED = "disconnected"  # was there and went away
    NOT_FOUND = "not_found"  # has not been there since the start
    BUSY = "busy"  # another program has the port
    PERMISSION_DENIED = "permission_denied"
    BAD_ADDRESS = "bad_address"  # not a serial port: a setting is wrong
    STOPPED = "stopped"


_STATUS: tuple[tuple[type[DeviceError], ScannerStatus], ...] = (
    (DeviceNotFoundError, ScannerStatus.NOT_FOUND),
    (DeviceBusyError, ScannerStatus.BUSY),
    (DevicePermissionError, ScannerStatus.PERMISSION_DENIED),
    (DeviceAddressError, ScannerStatus.BAD_ADDRESS),
)


class SerialScanner:
    """Reads one serial scanner on a thread of its own.

    Both callbacks run on that thread with frozen values; they must be quick (hand over to another thread's inbox).

    Args:
        address: ``serial:/dev/ttyACM0?baud=9600``.
        on_scan: Called with every frame, noise and over-long ones too: look at ``frame.kind``.
        on_status: Called on each change of status.
        rules: How the scanner is set up.
        retry_s: Pause between two tries to open the port, seconds.
        clock: Monotonic clock, seconds.

    Raises:
        DeviceAddressError: The address is not a serial one.
    """

    def __init__(
        self,
        address: str,
        on_scan: Callable[[Frame], None],
        on_status: Callable[[ScannerStatus], None],
        *,
        rules: FramingRules | None = None,
        retry_s: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = parse_address(address)
        if self._address.scheme != "serial":
            raise DeviceAddressError(address, "a serial scanner needs serial:")
        self._on_scan = on_scan
        self._on_status = on_status
        self._framer = ScanFramer(rules)
        self._retry_s = retry_s
        self._clock = clock
        self._status = ScannerStatus.CONNECTING
        self._was_ready = False
        self._stop = threading.Event()
        self._port: Any = None
        self._port_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"scanner {address}", daemon=True)

    @property
    def status(self) -> ScannerStatus:
        """The last status published."""
        return self._status

    def start(self) -> None:
        """Start reading; returns at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Stop reading and give the port back; True when the thread ended within ``timeout_s`` seconds."""
        self._stop.set()
        with self._port_lock:
            if self._port is not None:
                self._port.cancel_read()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                port = open_serial(self._address, timeout_s=_IDLE_S)
            except DeviceError as error:
                self._publish(self._status_of(error))
                self._stop.wait(self._retry_s)
                continue
            self._serve(port)
            self._stop.wait(self._retry_s)  # a port that opens and fails at once must not spin
        self._publish(ScannerStatus.STOPPED)

    def _serve(self, port: Any) -> None:  # noqa: ANN401  pyserial has no types
        with self._port_lock:
            self._port = port
        self._was_ready = True
        self._framer.reset()
        try:
            self._publish(ScannerStatus.READY)
            while not self._stop.is_set():
                self._read_once(port)
        except SERIAL_FAILURES as error:
            _log.info("scanner %s lost: %s", self._address.text, device_error(self._address.text, error).detail)
            self._publish(ScannerStatus.DISCONNECTED)
        finally:
            with self._port_lock:
                self._port = None
            port.close()

    def _read_once(self, port: Any) -> None:  # noqa: ANN401  pyserial has no types
        # One blocking byte, then whatever else is there: a scan is handed on with its last byte, no timer involved.
        timeout_s = self._framer.rules.pause_s if self._framer.deadline_mono_s is not None else _IDLE_S
        if port.timeout != timeout_s:
            port.timeout = timeout_s
        data = port.read(1)
        if data:
            data += port.read(port.in_waiting)
        now_s = self._clock()
        for frame in self._framer.feed(data, now_s) if data else self._framer.tick(now_s):
            self._deliver(frame)

    def _deliver(self, frame: Frame) -> None:
        try:
            self._on_scan(frame)
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
