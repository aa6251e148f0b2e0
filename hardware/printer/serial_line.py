"""A printer on a serial line (RS-232, USB-CDC)."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from hardware.address import DeviceAddress
from hardware.errors import DeviceDisconnectedError, DeviceTimeoutError, device_error
from hardware.printer.descriptor import write_all
from hardware.serial_port import SERIAL_FAILURES, open_serial

_POLL_S = 0.01
_PORTABLE_CHUNK_BYTES = 64


class SerialTransport:
    """Bytes to and from ``serial:/dev/ttyS0?baud=115200``.

    Args:
        address: The port and its settings.
        portable: Write through pyserial alone, as Windows needs it; elsewhere the descriptor is written, which counts
            what has left to the byte.
    """

    answers = True

    def __init__(self, address: DeviceAddress, *, portable: bool = os.name == "nt") -> None:
        self.address = address
        self._portable = portable
        self._byte_s = 11 / address.integer("baud", 9600)  # start, eight, parity, stop
        self._port: Any = None

    def open(self) -> None:
        """Open the port for this program alone; old input is thrown away."""
        self._port = open_serial(self.address, timeout_s=0)

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Send and wait until the line has carried all of it."""
        port = self._connected()
        if self._portable:
            self._write_portable(port, data, deadline_mono_s)
        else:
            # Not pyserial's own write: it cannot say how much had left when it ran out of time.
            write_all(port.fileno(), data, deadline_mono_s, self.address.text)
        while waiting := self._waiting(port, len(data)):
            if time.monotonic() >= deadline_mono_s:
                sent = max(0, len(data) - waiting)
                raise DeviceTimeoutError(self.address.text, "printer holds the line", sent_bytes=sent)
            # The system tells nobody when its buffer is empty, and its own wait for that knows no deadline.
            time.sleep(min(_POLL_S, waiting * self._byte_s))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return what came within ``timeout_s`` seconds."""
        port = self._connected()
        try:
            if port.timeout != timeout_s:
                port.timeout = timeout_s
            # One byte, then what is there: asking for more at once would always last the full time.
            first = port.read(1)
            rest = port.read(min(max_bytes - 1, port.in_waiting)) if first and max_bytes > 1 else b""
        except SERIAL_FAILURES as error:
            raise device_error(self.address.text, error) from error
        return bytes(first + rest)

    def close(self) -> None:
        """Give the port back."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*SERIAL_FAILURES):
                port.close()

    def _connected(self) -> Any:  # noqa: ANN401  pyserial has no types
        if self._port is None:
            raise DeviceDisconnectedError(self.address.text, "not open")
        return self._port

    def _write_portable(self, port: Any, data: bytes, deadline_mono_s: float) -> None:  # noqa: ANN401  as above
        """Write in small pieces: a piece that ran out of time counts as sent, more of it than that cannot be said."""
        import serial

        for start in range(0, len(data), _PORTABLE_CHUNK_BYTES):
            piece = data[start : start + _PORTABLE_CHUNK_BYTES]
            left_s = deadline_mono_s - time.monotonic()
            if left_s <= 0:
                raise DeviceTimeoutError(self.address.text, "printer holds the line", sent_bytes=start)
            try:
                port.write_timeout = left_s
                port.write(piece)
            except serial.SerialTimeoutException as error:
                sent = start + len(piece)
                raise DeviceTimeoutError(self.address.text, "printer holds the line", sent_bytes=sent) from error
            except SERIAL_FAILURES as error:
                # At the very first piece, nothing may have left as well as all of it.
                raise device_error(self.address.text, error, sent_bytes=start + len(piece)) from error

    def _waiting(self, port: Any, sent: int) -> int:  # noqa: ANN401  pyserial has no types
        try:
            return int(port.out_waiting)
        except SERIAL_FAILURES as error:
            raise device_error(self.address.text, error, sent_bytes=sent) from error
