"""Opens a serial port the same way for scanners and printers: exclusively, with our errors."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from hardware.errors import DeviceAddressError, DeviceBusyError, DeviceNotFoundError, device_error

if TYPE_CHECKING:
    from hardware.address import DeviceAddress
    from hardware.usb_identity import UsbIdentity

# pyserial lets both through: its SerialException is an OSError, but in_waiting raises the plain one, and setting a
# port up can raise termios.error, which is not an OSError (and does not exist on Windows).
SERIAL_FAILURES: tuple[type[Exception], ...] = (OSError,)
try:
    import termios
except ImportError:
    pass
else:
    SERIAL_FAILURES = (OSError, termios.error)


class PortInfo(Protocol):
    """One serial port as the system lists it (pyserial's ``ListPortInfo``); None where it is no USB device."""

    @property
    def device(self) -> str:
        """Its name, as ``/dev/ttyACM0`` or ``COM3``."""

    @property
    def vid(self) -> int | None:
        """USB vendor."""

    @property
    def pid(self) -> int | None:
        """USB product."""

    @property
    def serial_number(self) -> str | None:
        """USB serial number."""


def list_ports() -> Sequence[PortInfo]:
    """Return every serial port of this machine.

    Raises:
        OSError: They cannot be listed now.
    """
    from serial.tools import list_ports

    try:
        ports: Sequence[PortInfo] = list_ports.comports()
    except (TypeError, ValueError) as error:  # pyserial 3.5 stumbles over a device that goes away while it looks
        raise OSError(errno.ENODEV, "a port went away while the ports were listed") from error
    return ports


PortList = Callable[[], Sequence[PortInfo]]
"""What lists the serial ports of this machine."""


def open_serial(address: DeviceAddress, *, timeout_s: float | None, ports: PortList = list_ports) -> Any:  # noqa: ANN401  pyserial has no types
    """Open the port for this program alone.

    Args:
        address: ``serial:<port>?baud=<n>&parity=N|E|O|M|S&bits=7|8&stop=1|2&rtscts=1&xonxoff=1``; 9600 8N1 unless told.
            A port named by identity (``serial:usb:1a86:7523``) is looked for anew at each call.
        timeout_s: How long a read waits, seconds; None waits for ever.
        ports: Lists the ports of this machine.

    Returns:
        pyserial's ``Serial``.

    Raises:
        DeviceError: Not found, busy (another program has it), not permitted, or not a serial port.
    """
    import serial  # 10 ms that a start without a scanner need not pay

    port = address.target if address.usb is None else find_port(address.text, address.usb, ports)
    try:
        return serial.Serial(
            port,
            baudrate=address.integer("baud", 9600),
            parity=address.options.get("parity", "N"),
            bytesize=address.integer("bits", 8),
            stopbits=address.integer("stop", 1),
            rtscts=address.flag("rtscts"),
            xonxoff=address.flag("xonxoff"),
            timeout=timeout_s,
            exclusive=True,
        )
    except SERIAL_FAILURES as error:
        if _held_on_windows(error):
            raise DeviceBusyError(address.text, "access denied") from error
        raise device_error(address.text, _numbered(error)) from error
    except ValueError as error:  # a baud rate or parity the system does not know
        raise DeviceAddressError(address.text, "not a serial setting") from error


def find_port(address: str, identity: UsbIdentity, ports: PortList = list_ports) -> str:
    """Return the name of the port that the device of this identity has now.

    Two devices that are alike (same identity, no serial numbers) cannot be told apart: the first by name is taken,
    which stays the same as long as both stay plugged in.

    Raises:
        DeviceNotFoundError: It is not plugged in.
        DeviceError: The ports cannot be listed.
    """
    try:
        present = ports()
    except OSError as error:
        raise device_error(address, error) from error
    names = sorted(port.device for port in present if identity.matches(port.vid, port.pid, port.serial_number))
    if not names:
        raise DeviceNotFoundError(address, "no port has this identity")
    return names[0]


def _held_on_windows(error: BaseException) -> bool:
    """Say whether Windows refused the port because another program has it: there a port has no rights of its own.

    Source: pyserial 3.5, ``serialwin32.Serial.open``: a ``SerialException`` without a number that says
    ``could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)``; the sentence inside is in the
    system's language, the rest is not.
    Microsoft, CreateFile, "Communications Resources": a port is opened by one program at a time. Elsewhere pyserial
    gives a number (``[Errno 13]``), and that is a matter of rights. Not tried on Windows.
    """
    return getattr(error, "errno", None) is None and "PermissionError(13," in str(error)


def _numbered(error: BaseException) -> BaseException:
    """Return the failure behind pyserial's "could not open" or "configure port", which keeps no number itself."""
    if getattr(error, "errno", None) is None and "FileNotFoundError(2," in str(error):  # Windows: no such COM port
        return OSError(errno.ENOENT, "")
    inner = error.__context__
    if getattr(error, "errno", None) is None and inner is not None and inner.args:
        number = inner.args[0]
        return OSError(number, "") if isinstance(number, int) else error
    return error
