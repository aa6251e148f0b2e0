"""One error family for every device: what a caller can show, log and test by a stable code."""

from __future__ import annotations

import errno
import socket
from typing import ClassVar


class DeviceError(Exception):
    """A device could not do what was asked.

    Args:
        address: The device's address string, for example ``tcp:192.168.1.50:9100``.
        detail: A technical word for the log; never shown to a cashier, never holds what was scanned or printed.
        sent_bytes: How many bytes may have reached the device before the failure.
    """

    code: ClassVar[str] = "device.failed"

    def __init__(self, address: str, detail: str = "", *, sent_bytes: int = 0) -> None:
        super().__init__(f"{self.code} {address} {detail}".rstrip())
        self.address = address
        self.detail = detail
        self.sent_bytes = sent_bytes


class DeviceAddressError(DeviceError):
    """The address string is not one we understand: a setting is wrong."""

    code = "device.bad_address"


class DeviceNotFoundError(DeviceError):
    """Nothing answers at this address: unplugged, switched off, or the wrong address."""

    code = "device.not_found"


class DeviceLibraryMissingError(DeviceError):
    """This kind of device needs a library that is not installed; ``detail`` names it."""

    code = "device.library_missing"


class DeviceBusyError(DeviceError):
    """Another program holds the device."""

    code = "device.busy"


class DeviceDisconnectedError(DeviceError):
    """The device was there and went away."""

    code = "device.disconnected"


class DeviceTimeoutError(DeviceError):
    """The device took longer than the time it was given."""

    code = "device.timeout"


class DevicePermissionError(DeviceError):
    """The operating system does not let this user open the device (on Debian: group ``dialout`` or ``lp``)."""

    code = "device.permission_denied"


class DeviceStorageError(DeviceError):
    """A device that is a file could not take more: disk full or read-only."""

    code = "device.storage"


_BY_ERRNO: dict[int, type[DeviceError]] = {
    errno.ENOENT: DeviceNotFoundError,
    errno.ENODEV: DeviceNotFoundError,
    errno.ENXIO: DeviceNotFoundError,
    errno.ENOTDIR: DeviceNotFoundError,
    errno.EISDIR: DeviceAddressError,
    errno.ENOTTY: DeviceAddressError,
    errno.EINVAL: DeviceAddressError,
    errno.ECONNREFUSED: DeviceNotFoundError,
    errno.EHOSTUNREACH: DeviceNotFoundError,
    errno.ENETUNREACH: DeviceNotFoundError,
    errno.EHOSTDOWN: DeviceNotFoundError,
    errno.EADDRNOTAVAIL: DeviceNotFoundError,
    errno.EBUSY: DeviceBusyError,
    errno.EAGAIN: DeviceBusyError,  # what pyserial's flock says when another program has the port
    errno.EACCES: DevicePermissionError,
    errno.EPERM: DevicePermissionError,
    errno.ETIMEDOUT: DeviceTimeoutError,
    errno.ENOSPC: DeviceStorageError,
    errno.EDQUOT: DeviceStorageError,
    errno.EROFS: DeviceStorageError,
}


def device_error(address: str, cause: BaseException, *, sent_bytes: int = 0) -> DeviceError:
    """Sort an operating system failure into our family; what we do not know counts as disconnected.

    Args:
        address: The device's address string.
        cause: Usually an ``OSError`` (pyserial's ``SerialException`` is one, often without a number).
        sent_bytes: How many bytes may have reached the device.
    """
    number = cause.errno if isinstance(cause, OSError) else None
    family = _BY_ERRNO.get(number or 0, DeviceDisconnectedError)
    if isinstance(cause, TimeoutError):  # a connect that ran out of time carries no number
        family = DeviceTimeoutError
    elif isinstance(cause, socket.gaierror):  # the host name is unknown; its number is not an errno
        family, number = DeviceNotFoundError, None
    detail = errno.errorcode.get(number or 0, type(cause).__name__)
    return family(address, detail, sent_bytes=sent_bytes)
