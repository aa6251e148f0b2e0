"""What every way to a printer can do, and which one an address means."""

from __future__ import annotations

import os
from typing import Protocol

from hardware.address import DeviceAddress, parse_address
from hardware.errors import DeviceAddressError


class Transport(Protocol):
    """Moves bytes and knows time; knows nothing of what they mean. Used by one thread at a time.

    Attributes:
        address: Where it leads.
        answers: False for a way that never carries anything back (a file).
    """

    address: DeviceAddress
    answers: bool

    def open(self) -> None:
        """Connect.

        Raises:
            DeviceError: Not found, busy, not permitted, or no answer within 3 s.
        """

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Hand over all of ``data``, or say how much may have got through.

        Args:
            data: What to send.
            deadline_mono_s: When to give up, seconds of ``time.monotonic``.

        Raises:
            DeviceTimeoutError: The device did not take it in time; ``sent_bytes`` says how much left.
            DeviceDisconnectedError: The device went away; ``sent_bytes`` says how much left.
        """

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return what came, at most ``max_bytes``; empty after ``timeout_s`` seconds of silence.

        Raises:
            DeviceDisconnectedError: The device went away.
        """

    def close(self) -> None:
        """Let go of the device; never raises, may be called twice."""


def make_transport(address: str) -> Transport:
    """Return the transport for ``address``, not yet open.

    Raises:
        DeviceAddressError: The address is not one we understand.
    """
    # Imported late: they import this module, and a start needs one of them at most.
    from hardware.printer.file import FileTransport
    from hardware.printer.serial_line import SerialTransport
    from hardware.printer.tcp import TcpTransport
    from hardware.printer.usb import UsbTransport

    parsed = parse_address(address)
    match parsed.scheme:
        case "tcp":
            return TcpTransport(parsed)
        case "serial":
            return SerialTransport(parsed)
        case "file":
            return FileTransport(parsed)
        case "usb":
            return UsbTransport(parsed)
        case "cups":
            return _spooler(parsed)
        case _:
            raise DeviceAddressError(address, "no way to a printer")


def _spooler(address: DeviceAddress) -> Transport:
    from hardware.printer.spooler import Spooler, SpoolerTransport

    spooler: Spooler
    if os.name == "nt":
        from hardware.printer.spooler_windows import WindowsSpooler

        spooler = WindowsSpooler(address.text, address.target)
    else:
        from hardware.printer.cups import CupsSpooler

        spooler = CupsSpooler(address.text, address.target)
    return SpoolerTransport(address, spooler)


def open_transport(address: str) -> Transport:
    """Return an open transport for ``address``.

    Raises:
        DeviceError: See :meth:`Transport.open` and :func:`make_transport`.
    """
    transport = make_transport(address)
    transport.open()
    return transport
