"""A USB printer by its identity, over the Linux kernel's printer driver (usblp).

Source: Linux, ``drivers/usb/class/usblp.c`` (class ``usbmisc``, nodes ``/dev/usb/lp0``…, one opener at a time, a write
returns before its transfer is over, a printer that only listens answers a read with EINVAL);
``Documentation/ABI/testing/sysfs-bus-usb`` (``idVendor``, ``idProduct``, ``serial``, ``manufacturer``, ``product``,
``bInterfaceClass``).
"""

from __future__ import annotations

import errno
import os
import select
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.address import DeviceAddress
from hardware.errors import (
    DeviceDisconnectedError,
    DeviceDriverMissingError,
    DeviceNotFoundError,
    DeviceTimeoutError,
    device_error,
)
from hardware.printer.descriptor import write_all
from hardware.usb_identity import UsbIdentity

_POLL_S = 0.01
_MAX_STALE_BYTES = 65_536
_READ_BYTES = 4096
_PRINTER_CLASS = "07"  # bInterfaceClass; USB-IF, "Defined Class Codes"


@dataclass(frozen=True, slots=True)
class UsbPrinterNode:
    """A printer that usblp holds.

    Attributes:
        path: Its node below ``/dev``; another one after each replug.
        identity: Who it is.
        label: What it calls itself, for people; may be empty.
    """

    path: Path
    identity: UsbIdentity
    label: str = ""


def list_usb_printers(sys_dir: Path = Path("/sys"), dev_dir: Path = Path("/dev")) -> list[UsbPrinterNode]:
    """Return every printer that usblp holds now, by node name; what goes away meanwhile is left out."""
    found = []
    for entry in sorted((sys_dir / "class" / "usbmisc").glob("lp*")):
        interface = (entry / "device").resolve()
        identity = _identity(interface.parent)
        if identity is not None:
            found.append(UsbPrinterNode(dev_dir / "usb" / entry.name, identity, _label(interface.parent)))
    return found


def list_unheld_usb_printers(sys_dir: Path = Path("/sys")) -> list[tuple[UsbIdentity, str]]:
    """Return identity and label of every USB printer that is plugged in and that usblp does not hold."""
    found = []
    for interface in sorted((sys_dir / "bus" / "usb" / "devices").glob("*:*")):
        device = interface.resolve().parent
        identity = _identity(device)
        is_held = any((interface / "usbmisc").glob("lp*")) or (interface / "driver").resolve().name == "usblp"
        if identity is not None and not is_held and _text(interface / "bInterfaceClass") == _PRINTER_CLASS:
            found.append((identity, _label(device)))
    return found


def find_usb_printer(address: str, wanted: UsbIdentity, sys_dir: Path, dev_dir: Path) -> Path:
    """Return the node that the printer of this identity has now.

    Two printers that are alike (same identity, no serial numbers) cannot be told apart: the first by name is taken.

    Raises:
        DeviceDriverMissingError: It is plugged in, but has no node: another program has taken the driver away from it
            (libusb does), or the module usblp is missing.
        DeviceNotFoundError: It is not plugged in.
    """
    for node in list_usb_printers(sys_dir, dev_dir):
        if _matches(wanted, node.identity):
            return node.path
    for device in (sys_dir / "bus" / "usb" / "devices").glob("*"):
        identity = _identity(device)
        if identity is not None and _matches(wanted, identity):
            raise DeviceDriverMissingError(address, "plugged in, but usblp does not hold it")
    raise DeviceNotFoundError(address, "no USB device has this identity")


class UsbTransport:
    """Bytes to and from ``usb:VVVV:PPPP[:SERIAL]``; the node is looked for anew at each open.

    Args:
        address: Who the printer is.
        sys_dir: Where sysfs is mounted.
        dev_dir: Where the nodes are.
    """

    answers = True

    def __init__(self, address: DeviceAddress, *, sys_dir: Path = Path("/sys"), dev_dir: Path = Path("/dev")) -> None:
        if address.usb is None:
            raise ValueError("not a USB address")
        self.address = address
        self._identity = address.usb
        self._sys_dir = sys_dir
        self._dev_dir = dev_dir
        self._descriptor: int | None = None

    def open(self) -> None:
        """Open the node that has this identity; answers to earlier questions are thrown away."""
        path = self._find()
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            raise device_error(self.address.text, error) from error
        try:
            # Unplugged and another plugged in since it was found: the number may be somebody else's by now.
            if self._find() != path:
                raise DeviceDisconnectedError(self.address.text, "replugged while opening")
            self._discard_stale()
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Send and wait until the printer has taken the last transfer."""
        descriptor = self._connected()
        write_all(descriptor, data, deadline_mono_s, self.address.text)
        # The driver takes a piece before the printer has; it is writable again when the piece has gone over.
        left_s = max(0.0, deadline_mono_s - time.monotonic())
        if not select.select([], [descriptor], [], left_s)[1]:
            raise DeviceTimeoutError(self.address.text, "printer does not take the last bytes", sent_bytes=len(data))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return what came within ``timeout_s`` seconds."""
        descriptor = self._connected()
        deadline_mono_s = time.monotonic() + timeout_s
        while True:
            left_s = max(0.0, deadline_mono_s - time.monotonic())
            if not select.select([descriptor], [], [], left_s)[0]:
                return b""
            if data := self._read_now(descriptor, max_bytes):
                return data
            if time.monotonic() >= deadline_mono_s:
                return b""
            time.sleep(min(_POLL_S, max(0.0, deadline_mono_s - time.monotonic())))

    def close(self) -> None:
        """Give the node back."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _find(self) -> Path:
        return find_usb_printer(self.address.text, self._identity, self._sys_dir, self._dev_dir)

    def _connected(self) -> int:
        if self._descriptor is None:
            raise DeviceDisconnectedError(self.address.text, "not open")
        return self._descriptor

    def _discard_stale(self) -> None:
        descriptor = self._connected()
        for _ in range(_MAX_STALE_BYTES // _READ_BYTES):
            if not select.select([descriptor], [], [], 0)[0] or not self._read_now(descriptor, _READ_BYTES):
                return

    def _read_now(self, descriptor: int, max_bytes: int) -> bytes:
        """Return what is there; an empty transfer and a printer that only listens are silence, not an end."""
        try:
            return os.read(descriptor, max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno == errno.EINVAL:
                return b""
            raise device_error(self.address.text, error) from error


def _identity(device: Path) -> UsbIdentity | None:
    """Read who the USB device in this sysfs folder is; None when it is none, or has just gone."""
    try:
        vendor, product = (int((device / name).read_text(), 16) for name in ("idVendor", "idProduct"))
    except (OSError, ValueError):
        return None
    return UsbIdentity(vendor, product, _text(device / "serial"))


def _label(device: Path) -> str:
    return " ".join(word for name in ("manufacturer", "product") if (word := _text(device / name)))


def _text(file: Path) -> str:
    """Read an attribute; empty where the device has none."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _matches(wanted: UsbIdentity, is_there: UsbIdentity) -> bool:
    return wanted.matches(is_there.vendor, is_there.product, is_there.serial)
