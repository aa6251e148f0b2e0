"""A scanner on a serial line (USB-CDC or RS-232) that heals itself when it is unplugged and plugged in again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hardware.address import DeviceAddress, parse_address
from hardware.errors import DeviceAddressError, device_error
from hardware.scanner.framing import FramingRules
from hardware.scanner.reader import ScanReader
from hardware.scanner.reading import Reading, ReadingRules
from hardware.scanner.scan_loop import IDLE_S, RETRY_S, ScanLoop, ScannerStatus
from hardware.serial_port import SERIAL_FAILURES, PortList, list_ports, open_serial


class SerialScanner(ScanLoop):
    """Reads one serial scanner on a thread of its own; see `ScanLoop` for the callbacks.

    A scanner named by its port (``serial:/dev/ttyACM0``) is whatever stands there. One named by identity
    (``serial:usb:1a86:7523``) is looked for anew at each try: another port is found, another device is not taken.

    Args:
        address: ``serial:…``.
        on_scan: Called with every reading.
        on_status: Called on each change of status.
        rules: How the scanner is set up.
        reading: What the till wants of a code.
        retry_s: Pause between two tries to open the port, seconds.
        clock: Monotonic clock, seconds.
        ports: Lists the ports of this machine.

    Raises:
        DeviceAddressError: The address is not a serial one.
    """

    def __init__(
        self,
        address: str,
        on_scan: Callable[[Reading], None],
        on_status: Callable[[ScannerStatus], None],
        *,
        rules: FramingRules | None = None,
        reading: ReadingRules | None = None,
        retry_s: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
        ports: PortList = list_ports,
    ) -> None:
        parsed = parse_address(address)
        if parsed.scheme != "serial":
            raise DeviceAddressError(address, "a serial scanner needs serial:")
        super().__init__(
            address,
            lambda: _SerialLink(parsed, ports),
            ScanReader(rules, reading),
            on_scan,
            on_status,
            retry_s=retry_s,
            clock=clock,
        )


class _SerialLink:
    """An open serial port, as `ScanLoop` reads it."""

    def __init__(self, address: DeviceAddress, ports: PortList) -> None:
        self._address = address.text
        self._port: Any = open_serial(address, timeout_s=IDLE_S, ports=ports)

    def read(self, timeout_s: float) -> bytes:
        # One blocking byte, then whatever else is there: a scan is handed on with its last byte, no timer involved.
        try:
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s
            data: bytes = self._port.read(1)
            return data + self._port.read(self._port.in_waiting) if data else data
        except SERIAL_FAILURES as error:
            raise device_error(self._address, error) from error

    def wake(self) -> None:
        self._port.cancel_read()

    def close(self) -> None:
        self._port.close()
