"""Every device is found under an address that stays right, and no broken way of looking hides what the others find."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.address import parse_address
from hardware.discovery import (
    BackEnd,
    DeviceKind,
    FoundDevice,
    check_access,
    discover,
    hid_scanners,
    queues,
    serial_ports,
    usb_printers,
)
from hardware.errors import (
    DeviceAddressError,
    DeviceBusyError,
    DeviceDriverMissingError,
    DeviceError,
    DeviceLibraryMissingError,
    DeviceNotFoundError,
    DevicePermissionError,
    DeviceSpoolerMissingError,
)
from hardware.printer.cups import list_queues
from hardware.scanner.hid_report import USAGE_PAGE
from hardware.virtual.scanner import VirtualPort
from tests.hardware.cups_server import cups_server
from tests.hardware.test_cups import HAS_CUPS
from tests.hardware.test_usb_printer import Bus, without_root

EPSON = "04b8:0e15"


def everything(_: str) -> bool:
    return True


def nothing(_: str) -> bool:
    return False


@dataclass(frozen=True)
class NamedPort(VirtualPort):
    """A port as pyserial lists one, with what the device calls itself."""

    manufacturer: str | None = None
    product: str | None = None


@pytest.fixture
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        Path(folder).chmod(0o755)  # not pytest's: whoever is not root must get as far as the node
        made = Bus(Path(folder))
        yield made
        made.unplug_all()


def test_a_usb_serial_device_is_offered_by_identity_first_then_by_its_port() -> None:
    ports = [VirtualPort("/dev/ttyS0", None, None, None), NamedPort("/dev/ttyACM3", 0x05E0, 0x1701, "S77")]

    usb, plain = serial_ports(lambda: ports, everything)

    assert usb.addresses == ("serial:usb:05e0:1701:S77", "serial:/dev/ttyACM3")
    assert plain.addresses == ("serial:/dev/ttyS0",)
    assert (usb.kind, usb.label, usb.trouble) == (DeviceKind.SCANNER, "Zebra", "")
    assert (plain.kind, plain.label) == (DeviceKind.UNKNOWN, "")


def test_two_devices_that_are_alike_are_offered_by_their_ports_first() -> None:
    """By identity both would be the first of them."""
    ports = [VirtualPort(f"/dev/ttyUSB{n}", 0x1A86, 0x7523, None) for n in (1, 0)]

    found = serial_ports(lambda: ports, everything)

    assert [each.addresses[0] for each in found] == ["serial:/dev/ttyUSB0", "serial:/dev/ttyUSB1"]
    assert {each.addresses[1] for each in found} == {"serial:usb:1a86:7523"}


@pytest.mark.parametrize("serial", ["a?baud=1", "", "x\ny"])
def test_a_serial_number_that_no_address_can_hold_is_left_out(serial: str) -> None:
    (found,) = serial_ports(lambda: [VirtualPort("/dev/ttyACM0", 0x0C2E, 0x0B61, serial)], everything)

    assert found.addresses[0] == "serial:usb:0c2e:0b61"
    for text in found.addresses:
        assert parse_address(text).scheme == "serial"


@pytest.mark.parametrize(
    ("vendor", "product", "kind"),
    [
        (0x1A86, "USB Serial", DeviceKind.UNKNOWN),
        (0x1A86, "Barcode Scanner", DeviceKind.SCANNER),
        (0x0519, "mC-Print2", DeviceKind.PRINTER),
        (0x1504, None, DeviceKind.PRINTER),
        (None, None, DeviceKind.UNKNOWN),
    ],
)
def test_what_a_device_calls_itself_goes_before_who_made_it(
    vendor: int | None, product: str | None, kind: DeviceKind
) -> None:
    pid = None if vendor is None else 1
    (found,) = serial_ports(lambda: [NamedPort("/dev/ttyUSB0", vendor, pid, None, "Maker", product)], everything)

    assert found.kind is kind


def test_a_port_this_user_may_not_open_names_the_group_and_the_rule() -> None:
    (found,) = serial_ports(lambda: [VirtualPort("/dev/ttyACM0", 0x05E0, 0x1701, "")], nothing)

    assert found.trouble == "device.permission_denied"
    assert found.hint is not None
    assert found.hint.params["group"] == "dialout"


def test_usb_printers_are_found_in_sysfs_with_and_without_their_driver(bus: Bus) -> None:
    bus.plug(0, EPSON, "A1")
    bus.plug(4, "0416:5011", driver=False)
    device = bus.sys_dir / "devices/usb1"
    (device / "1-0" / "manufacturer").write_text("EPSON\n")
    (device / "1-0" / "product").write_text("TM-T82\n")
    for number in (0, 4):
        (device / f"1-{number}/1-{number}:1.0/bInterfaceClass").write_text("07\n")
    (device / "1-0/1-0:1.0/usbmisc/lp0").mkdir(parents=True)

    held, unheld = usb_printers(bus.sys_dir, bus.dev_dir, everything)

    assert held == FoundDevice((f"usb:{EPSON}:A1",), DeviceKind.PRINTER, "EPSON TM-T82")
    assert (unheld.addresses, unheld.trouble) == (("usb:0416:5011",), DeviceDriverMissingError.code)


def test_a_usb_printer_this_user_may_not_open_is_listed_with_what_is_missing(bus: Bus) -> None:
    """With a real node, as somebody who is not root."""
    printer = bus.plug(0)
    os.chmod(os.ttyname(printer.far), 0)

    with without_root():
        (found,) = usb_printers(bus.sys_dir, bus.dev_dir)
        with pytest.raises(DevicePermissionError):
            check_access(parse_address(f"usb:{EPSON}"), sys_dir=bus.sys_dir, dev_dir=bus.dev_dir)

    assert found.trouble == DevicePermissionError.code
    assert found.hint is not None
    assert found.hint.params["group"] == "lp"
    check_access(parse_address(f"usb:{EPSON}"), sys_dir=bus.sys_dir, dev_dir=bus.dev_dir, may=everything)


class Library:
    """``hidapi`` with two interfaces of one scanner."""

    def enumerate(self) -> Sequence[Mapping[str, Any]]:
        base = {"vendor_id": 0x05E0, "product_id": 0x1300, "serial_number": "H5", "product_string": "DS9308"}
        return [
            {**base, "path": b"/dev/hidraw0", "usage_page": 1},
            {**base, "path": b"/dev/hidraw1", "usage_page": USAGE_PAGE},
        ]

    def device(self) -> Any:
        raise AssertionError("looking must not open")


def test_a_hid_scanner_is_its_scanning_interface_only() -> None:
    (found,) = hid_scanners(Library, nothing)

    assert (found.addresses, found.kind, found.label) == (("hid:05e0:1300:H5",), DeviceKind.SCANNER, "DS9308")
    assert found.hint is not None
    assert found.hint.params["group"] == "plugdev"


@pytest.mark.skipif(not HAS_CUPS, reason="CUPS is not installed here (Debian: cups, cups-client)")
def test_queues_of_a_real_cups_are_found() -> None:
    with cups_server() as server:
        assert queues(server.environment) == []
        server.add_queue("receipts", 9)
        server.add_queue("bar", 9)

        found = queues(server.environment)

    assert [each.addresses[0] for each in found] == ["cups:bar", "cups:receipts"]
    assert {(each.kind, each.label) for each in found} == {(DeviceKind.PRINTER, "socket 127.0.0.1:9")}


def test_a_password_in_a_queues_uri_is_not_shown(tmp_path: Path) -> None:
    """CUPS leaves it out itself as a rule; this one does not."""
    lpstat = tmp_path / "lpstat"
    lpstat.write_text("#!/bin/sh\necho 'device for office: smb://till:s3cret@desk/TM%20T82'\n")
    lpstat.chmod(0o755)

    assert [each.label for each in queues({"PATH": str(tmp_path)})] == ["smb desk/TM T82"]


def test_a_cups_that_does_not_run_or_is_not_installed_is_absent(tmp_path: Path) -> None:
    stopped = {**os.environ, "CUPS_SERVER": str(tmp_path / "nobody")}
    for environment in (stopped, {"PATH": str(tmp_path)}):
        with pytest.raises(DeviceSpoolerMissingError):
            list_queues(environment)


def test_broken_slow_and_absent_back_ends_are_named_and_hide_nothing() -> None:
    hang = threading.Event()
    found = FoundDevice(("serial:/dev/ttyS0",), DeviceKind.UNKNOWN)

    def look(error: BaseException) -> list[FoundDevice]:
        raise error

    looked = discover(
        [
            BackEnd("slow", lambda: [found] if hang.wait() else []),
            BackEnd("odd", lambda: look(ZeroDivisionError("code 4471902835"))),
            BackEnd("busy", lambda: look(DeviceBusyError("x:"))),
            BackEnd("refused", lambda: look(PermissionError(13, "no"))),
            BackEnd("lacking", lambda: look(DeviceLibraryMissingError("hid:", "hidapi"))),
            BackEnd("good", lambda: [found]),
        ],
        timeout_s=0.3,
    )
    hang.set()

    assert [(each.back_end, each.trouble, each.absent) for each in looked] == [
        ("slow", "device.timeout", False),
        ("odd", "device.failed", False),
        ("busy", "device.busy", False),
        ("refused", "device.permission_denied", False),
        ("lacking", "device.library_missing", True),
        ("good", "", False),
    ]
    assert looked[-1].devices == (found,)
    assert "4471902835" not in repr(looked)


def test_an_address_is_checked_without_opening_it(tmp_path: Path) -> None:
    node = tmp_path / "port"
    node.touch()
    port = VirtualPort(str(node), 0x1A86, 0x7523, None)

    check_access(parse_address(f"serial:{node}"), may=everything)
    check_access(parse_address("serial:usb:1a86:7523"), ports=lambda: [port], may=everything)
    check_access(parse_address("tcp:127.0.0.1:1"))
    check_access(parse_address(f"file:{tmp_path}/new/"))
    wrong: list[tuple[str, type[DeviceError]]] = [
        (f"serial:{tmp_path}/none", DeviceNotFoundError),
        ("serial:usb:0403:6001", DeviceNotFoundError),
        ("cups:-x", DeviceAddressError),
    ]
    for text, family in wrong:
        with pytest.raises(family):
            check_access(parse_address(text), ports=lambda: [port])
    with pytest.raises(DevicePermissionError):
        check_access(parse_address(f"serial:{node}"), may=nothing)
