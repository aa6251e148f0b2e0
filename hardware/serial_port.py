"""Opens a serial port the same way for scanners and printers: exclusively, with our errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hardware.errors import DeviceAddressError, device_error

if TYPE_CHECKING:
    from hardware.address import DeviceAddress

# pyserial lets both through: its SerialException is an OSError, but in_waiting raises the plain one, and setting a
# port up can raise termios.error, which is not an OSError (and does not exist on Windows).
SERIAL_FAILURES: tuple[type[Exception], ...] = (OSError,)
try:
    import termios
except ImportError:
    pass
else:
    SERIAL_FAILURES = (OSError, termios.error)


def open_serial(address: DeviceAddress, *, timeout_s: float | None) -> Any:  # noqa: ANN401  pyserial has no types
    """Open the port for this program alone.

    Args:
        address: ``serial:<path>?baud=<n>&parity=N|E|O&rtscts=1&xonxoff=1``; baud is 9600 unless told.
        timeout_s: How long a read waits, seconds; None waits for ever.

    Returns:
        pyserial's ``Serial``.

    Raises:
        DeviceError: Not found, busy (another program has it), not permitted, or not a serial port.
    """
    import serial  # 10 ms that a start without a scanner need not pay

    try:
        return serial.Serial(
            address.target,
            baudrate=address.integer("baud", 9600),
            parity=address.options.get("parity", "N"),
            rtscts=address.flag("rtscts"),
            xonxoff=address.flag("xonxoff"),
            timeout=timeout_s,
            exclusive=True,
        )
    except SERIAL_FAILURES as error:
        raise device_error(address.text, _numbered(error)) from error
    except ValueError as error:  # a baud rate or parity the system does not know
        raise DeviceAddressError(address.text, "not a serial setting") from error


def _numbered(error: BaseException) -> BaseException:
    """Return the failure behind pyserial's "could not configure port", which keeps no number itself."""
    inner = error.__context__
    if getattr(error, "errno", None) is None and inner is not None and inner.args:
        number = inner.args[0]
        return OSError(number, "") if isinstance(number, int) else error
    return error
