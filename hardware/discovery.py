"""Finds the devices of this machine: each back end looks by itself, within a bound of time, and none hides another.

Nothing is opened and no byte is sent: what a device is, is guessed from what it calls itself.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hardware.address import DeviceAddress, parse_address
from hardware.errors import (
    DeviceAddressError,
    DeviceDriverMissingError,
    DeviceError,
    DeviceLibraryMissingError,
    DeviceNotFoundError,
    DevicePermissionError,
    DeviceSpoolerMissingError,
    DeviceTimeoutError,
    PermissionHint,
    device_error,
    permission_hint,
)
from hardware.printer.cups import CupsSpooler, list_queues
from hardware.printer.usb import find_usb_printer, list_unheld_usb_printers, list_usb_printers
from hardware.scanner.hid_report import USAGE_PAGE
from hardware.scanner.hid_scanner import HidLibrary, hid_library
from hardware.serial_port import PortInfo, PortList, find_port, list_ports
from hardware.usb_identity import UsbIdentity

LOOK_S = 6.0
"""How long all back ends together may take, seconds; ``lpstat`` alone may take 5."""
_SYS, _DEV = Path("/sys"), Path("/dev")

# Makers of one kind of device, as usb.ids (linux-usb.org) names them. Makers of adapter chips (WCH, Prolific, FTDI,
# Silicon Labs) are left out: anything may be behind one.
_SCANNER_MAKERS = {0x05E0: "Zebra", 0x0C2E: "Honeywell", 0x0536: "Honeywell", 0x05F9: "Datalogic", 0x1EAB: "Newland"}
_PRINTER_MAKERS = {0x04B8: "Epson", 0x0519: "Star", 0x1504: "Bixolon", 0x0A5F: "Zebra"}
_SCANNER_WORDS = re.compile(r"scan|bar ?code|imager", re.IGNORECASE)
_PRINTER_WORDS = re.compile(r"print|receipt|thermal", re.IGNORECASE)


class DeviceKind(Enum):
    """What a device most likely is."""

    SCANNER = "scanner"
    PRINTER = "printer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that is there now.

    Attributes:
        addresses: What may stand in the settings for it; the one that stays right the longest first.
        kind: What it most likely is.
        label: What it calls itself, for people; may be empty.
        trouble: Code of what would keep this user from opening it; empty when nothing is known to.
        hint: What is missing, where the trouble is the permission.
    """

    addresses: tuple[str, ...]
    kind: DeviceKind
    label: str = ""
    trouble: str = ""
    hint: PermissionHint | None = None


@dataclass(frozen=True, slots=True)
class BackEnd:
    """One way to look for devices.

    Attributes:
        name: For people and scripts.
        look: Returns what it finds; may raise anything.
    """

    name: str
    look: Callable[[], Sequence[FoundDevice]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of one back end.

    Attributes:
        back_end: Its name.
        devices: What it found.
        trouble: Code of why it could not look; empty: it did.
        detail: A technical word on that, for support.
        absent: What it looks with is not installed or does not run: an ordinary state, no fault.
    """

    back_end: str
    devices: tuple[FoundDevice, ...] = ()
    trouble: str = ""
    detail: str = ""
    absent: bool = False


MayOpen = Callable[[str], bool]
"""Whether this user may read and write the device node of this path."""


def may_open(path: str) -> bool:
    """Say whether this user may read and write a device node; Windows has no nodes and says so only at the opening."""
    return os.name == "nt" or os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def standard_back_ends() -> tuple[BackEnd, ...]:
    """Return every way to look for devices that this system has."""
    everywhere = (BackEnd("serial", serial_ports), BackEnd("hid", hid_scanners))
    return everywhere if os.name == "nt" else (*everywhere, BackEnd("usb", usb_printers), BackEnd("cups", queues))


def discover(back_ends: Sequence[BackEnd] | None = None, timeout_s: float = LOOK_S) -> list[Looked]:
    """Let every back end look at the same time; returns one answer each, in their order.

    Args:
        back_ends: Who looks; None: :func:`standard_back_ends`.
        timeout_s: How long all of them may take, seconds. One that takes longer is told as ``device.timeout``, and its
            thread is left behind: a system call that hangs cannot be ended.
    """
    wanted = standard_back_ends() if back_ends is None else back_ends
    answers: queue.SimpleQueue[Looked] = queue.SimpleQueue()
    for each in wanted:
        threading.Thread(
            target=lambda each=each: answers.put(_look(each)), name=f"look for {each.name}", daemon=True
        ).start()
    deadline_mono_s = time.monotonic() + timeout_s
    came: dict[str, Looked] = {}
    while len(came) < len(wanted):
        try:
            answer = answers.get(timeout=max(0.0, deadline_mono_s - time.monotonic()))
        except queue.Empty:
            break
        came[answer.back_end] = answer
    late = DeviceTimeoutError.code
    return [came.get(each.name) or Looked(each.name, trouble=late, detail=f"{timeout_s:g} s") for each in wanted]


def _look(back_end: BackEnd) -> Looked:
    try:
        return Looked(back_end.name, tuple(back_end.look()))
    except (DeviceLibraryMissingError, DeviceSpoolerMissingError) as error:
        return Looked(back_end.name, trouble=error.code, detail=error.detail, absent=True)
    except DeviceError as error:
        return Looked(back_end.name, trouble=error.code, detail=error.detail)
    except OSError as error:
        sorted_error = device_error(f"{back_end.name}:", error)
        return Looked(back_end.name, trouble=sorted_error.code, detail=sorted_error.detail)
    except Exception as error:  # noqa: BLE001  whatever a library does, the other back ends are shown
        return Looked(back_end.name, trouble=DeviceError.code, detail=type(error).__name__)


def serial_ports(ports: PortList = list_ports, may: MayOpen = may_open) -> list[FoundDevice]:
    """Return every serial port, those with a USB identity first.

    Raises:
        OSError: They cannot be listed.
    """
    present = sorted(ports(), key=lambda port: (port.vid is None, port.device))
    return [_serial_port(port, present, may) for port in present]


def _serial_port(port: PortInfo, present: Sequence[PortInfo], may: MayOpen) -> FoundDevice:
    by_name = f"serial:{port.device}"
    # Not every port that is listed has these.
    label = _label(port.vid, [getattr(port, name, None) for name in ("manufacturer", "product")])
    addresses = [by_name]
    if port.vid is not None and port.pid is not None:
        identity = UsbIdentity(port.vid, port.pid, port.serial_number or "")
        alike = [p for p in present if identity.matches(p.vid, p.pid, p.serial_number)]
        # Of two devices that are alike the first by name would be opened: only the port tells them apart.
        addresses.insert(0 if len(alike) == 1 else 1, _by_identity("serial:usb:", identity))
    return _node(tuple(addresses), _kind(port.vid, label), label, port.device, may)


def usb_printers(sys_dir: Path = _SYS, dev_dir: Path = _DEV, may: MayOpen = may_open) -> list[FoundDevice]:
    """Return every USB printer, also those that the kernel's printer driver does not hold."""
    held = [
        _node((_by_identity("usb:", node.identity),), DeviceKind.PRINTER, node.label, str(node.path), may)
        for node in list_usb_printers(sys_dir, dev_dir)
    ]
    unheld = [
        FoundDevice((_by_identity("usb:", identity),), DeviceKind.PRINTER, label, DeviceDriverMissingError.code)
        for identity, label in list_unheld_usb_printers(sys_dir)
    ]
    return [*held, *unheld]


def queues(environment: Mapping[str, str] | None = None) -> list[FoundDevice]:
    """Return every queue of CUPS. Anybody may print into one as a rule, so no permission is looked at.

    Raises:
        DeviceError: CUPS is not there or does not answer.
    """
    found = sorted(list_queues(environment))
    return [FoundDevice((f"cups:{name}",), DeviceKind.PRINTER, _where(uri)) for name, uri in found]


def hid_scanners(library: Callable[[], HidLibrary] = hid_library, may: MayOpen = may_open) -> list[FoundDevice]:
    """Return every scanner in HID-POS mode (usage page 8Ch); a scanner that plays a keyboard is none.

    Raises:
        DeviceLibraryMissingError: ``hidapi`` is not installed.
        OSError: The library cannot list.
    """
    present = [each for each in library().enumerate() if each["usage_page"] == USAGE_PAGE]
    return [_hid_scanner(each, may) for each in sorted(present, key=lambda each: bytes(each["path"]))]


def _hid_scanner(interface: Mapping[str, Any], may: MayOpen) -> FoundDevice:
    identity = UsbIdentity(interface["vendor_id"], interface["product_id"], interface["serial_number"] or "")
    label = _label(identity.vendor, [interface.get("manufacturer_string"), interface.get("product_string")])
    node = os.fsdecode(interface["path"])
    # Without hidraw the path is the library's own word for a device, and no node to look at.
    if not node.startswith(str(_DEV)):
        return FoundDevice((_by_identity("hid:", identity),), DeviceKind.SCANNER, label)
    return _node((_by_identity("hid:", identity),), DeviceKind.SCANNER, label, node, may)


def check_access(
    address: DeviceAddress, *, ports: PortList = list_ports, sys_dir: Path = _SYS, dev_dir: Path = _DEV,
    may: MayOpen = may_open,
) -> None:  # fmt: skip
    """Look whether a device is there and this user may open it, without opening it; a network printer is not asked.

    Raises:
        DeviceError: What stands in the way.
    """
    if address.scheme == "cups" and os.name != "nt":
        CupsSpooler(address.text, address.target).check()
    elif address.scheme == "hid":
        hid_library()
    elif (node := _node_of(address, ports, sys_dir, dev_dir)) is not None:
        if not os.path.exists(node):
            raise DeviceNotFoundError(address.text, "no such node")
        if not may(node):
            raise DevicePermissionError(address.text, permission_hint(address.text).code)


def _node_of(address: DeviceAddress, ports: PortList, sys_dir: Path, dev_dir: Path) -> str | None:
    """The device node of an address now; None where there is none to look at."""
    if os.name == "nt":
        return None
    if address.scheme == "serial":
        return address.target if address.usb is None else find_port(address.text, address.usb, ports)
    if address.scheme == "usb" and address.usb is not None:
        return str(find_usb_printer(address.text, address.usb, sys_dir, dev_dir))
    return address.target if address.scheme == "file" and address.target.startswith(f"{_DEV}/") else None


def _node(addresses: tuple[str, ...], kind: DeviceKind, label: str, path: str, may: MayOpen) -> FoundDevice:
    if may(path):
        return FoundDevice(addresses, kind, label)
    return FoundDevice(addresses, kind, label, DevicePermissionError.code, permission_hint(addresses[0]))


def _by_identity(scheme: str, identity: UsbIdentity) -> str:
    """The address of an identity; without a serial number that an address cannot hold (``?``)."""
    text = f"{scheme}{identity}"
    try:
        parsed = parse_address(text)
    except DeviceAddressError:
        parsed = None
    if parsed is None or parsed.usb != identity or not text.isprintable():
        return f"{scheme}{UsbIdentity(identity.vendor, identity.product)}"
    return text


def _kind(vendor: int | None, label: str) -> DeviceKind:
    if _SCANNER_WORDS.search(label):
        return DeviceKind.SCANNER
    if _PRINTER_WORDS.search(label):
        return DeviceKind.PRINTER
    if vendor in _SCANNER_MAKERS:
        return DeviceKind.SCANNER
    return DeviceKind.PRINTER if vendor in _PRINTER_MAKERS else DeviceKind.UNKNOWN


def _label(vendor: int | None, words: Sequence[object]) -> str:
    """What a device calls itself; its maker, where it calls itself nothing."""
    makers = {**_SCANNER_MAKERS, **_PRINTER_MAKERS}
    return " ".join(str(word) for word in words if word) or makers.get(vendor or 0, "")


def _where(uri: str) -> str:
    """Where a queue leads, for people; never the name and password that a URI may carry."""
    parts = urlsplit(uri)
    return unquote(f"{parts.scheme} {parts.netloc.rpartition('@')[2]}{parts.path}").strip()
