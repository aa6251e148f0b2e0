"""One error family for every device: what a caller can show, log and test by a stable code."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
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


class DeviceDriverMissingError(DeviceError):
    """The device is plugged in, but the system's driver that we talk to does not hold it."""

    code = "device.no_driver"


class DevicePermissionError(DeviceError):
    """The operating system does not let this user open the device; see :func:`permission_hint`."""

    code = "device.permission_denied"


class DeviceStorageError(DeviceError):
    """A device that is a file could not take more: disk full or read-only."""

    code = "device.storage"


class DeviceSpoolerMissingError(DeviceError):
    """This system has no print spooler, or it does not run."""

    code = "device.no_spooler"


class DeviceSpoolerStoppedError(DeviceError):
    """The spooler's queue is stopped: what it is given waits until somebody starts it again."""

    code = "device.spooler_stopped"


class DeviceSpoolerRejectsError(DeviceError):
    """The spooler's queue takes no jobs."""

    code = "device.spooler_rejects"


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
    if family is DevicePermissionError:
        hint = permission_hint(address)
        detail = " ".join((detail, hint.code, *hint.params.values()))
    return family(address, detail, sent_bytes=sent_bytes)


RULE_FILE = "70-quay-voucher.rules"
"""The udev rule in ``packaging/udev`` that lets whoever sits at the till use its devices."""
_GROUPS = {"usb": "lp", "file": "lp", "serial": "dialout", "hid": "plugdev"}


@dataclass(frozen=True, slots=True)
class PermissionHint:
    """What is missing when the system refuses a device.

    Attributes:
        code: ``device.hint.group`` (the user is not in the group, and the rule is not there),
            ``device.hint.login_again`` (in the group by now, but this session began before) or
            ``device.hint.other`` (nothing that a group decides).
        params: ``group`` and ``rule``, for the sentence.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def permission_hint(address: str) -> PermissionHint:
    """Name what this user lacks to open the device at ``address``, by the kind of device.

    Source: Debian's groups for device nodes, ``/usr/lib/udev/rules.d/50-udev-default.rules``.

    Args:
        address: The device's address string.
    """
    scheme, _, target = address.partition(":")
    group = _GROUPS.get(scheme)
    is_device = scheme != "file" or target.startswith("/dev/")
    if group is None or not is_device or os.name == "nt":
        return PermissionHint("device.hint.other")
    if _must_log_in_again(group):
        return PermissionHint("device.hint.login_again", {"group": group})
    return PermissionHint("device.hint.group", {"group": group, "rule": RULE_FILE})


def _must_log_in_again(group: str) -> bool:
    """Say whether the user is in the group by now, while this session still runs without it."""
    try:
        import grp
        import pwd

        entry = grp.getgrnam(group)
        user = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # Windows; a group or user that this system does not have
        return False
    return user in entry.gr_mem and entry.gr_gid not in os.getgroups()
