"""A USB printer is found by who it is, wherever it is plugged in, and never mistaken for another."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.address import parse_address
from hardware.errors import (
    DeviceBusyError,
    DeviceDisconnectedError,
    DeviceDriverMissingError,
    DeviceError,
    DeviceNotFoundError,
    DevicePermissionError,
    DeviceTimeoutError,
    device_error,
)
from hardware.printer.driver import PrinterDriver, PrintOutcome
from hardware.printer.status import PrinterStatus
from hardware.printer.usb import UsbTransport, list_usb_printers
from hardware.usb_identity import UsbIdentity
from tests.hardware.profiles import PAPER_80
from tests.hardware.test_transports import SerialPrinter

EPSON = "04b8:0e15"
SLIP = b"\x1b@" + b"a line of the slip\n" * 40 + b"\x1dV\x00"


class Bus:
    """sysfs and /dev as the kernel shows them, with pseudo-terminals as printers."""

    def __init__(self, root: Path) -> None:
        self.sys_dir, self.dev_dir = root / "sys", root / "dev"
        self._printers: dict[int, SerialPrinter] = {}
        for folder in ("class/usbmisc", "bus/usb/devices"):
            (self.sys_dir / folder).mkdir(parents=True)
        (self.dev_dir / "usb").mkdir(parents=True)

    def plug(self, number: int, identity: str = EPSON, serial: str = "", *, driver: bool = True) -> SerialPrinter:
        """Plug a printer in; the kernel calls it lp<number>."""
        device = self.sys_dir / "devices" / f"usb1/1-{number}"
        interface = device / f"1-{number}:1.0"
        interface.mkdir(parents=True)
        vendor, _, product = identity.partition(":")
        (device / "idVendor").write_text(vendor + "\n")
        (device / "idProduct").write_text(product + "\n")
        if serial:
            (device / "serial").write_text(serial + "\n")
        (self.sys_dir / "bus/usb/devices" / device.name).symlink_to(device)
        (self.sys_dir / "bus/usb/devices" / interface.name).symlink_to(interface)
        if driver:
            entry = self.sys_dir / "class/usbmisc" / f"lp{number}"
            entry.mkdir()
            (entry / "device").symlink_to(interface)
        self._printers[number] = SerialPrinter(self.dev_dir / "usb" / f"lp{number}")
        return self._printers[number]

    def unplug(self, number: int) -> None:
        """Pull it out."""
        shutil.rmtree(self.sys_dir / "devices" / f"usb1/1-{number}")
        (self.sys_dir / "bus/usb/devices" / f"1-{number}").unlink()
        (self.sys_dir / "bus/usb/devices" / f"1-{number}:1.0").unlink()
        shutil.rmtree(self.sys_dir / "class/usbmisc" / f"lp{number}", ignore_errors=True)
        (self.dev_dir / "usb" / f"lp{number}").unlink()
        self._printers.pop(number).unplug()

    def unplug_all(self) -> None:
        """Leave nothing open."""
        for number in list(self._printers):
            self.unplug(number)

    def at(self, address: str) -> UsbTransport:
        """Stand in for ``make_transport``."""
        return UsbTransport(parse_address(address), sys_dir=self.sys_dir, dev_dir=self.dev_dir)

    def driver(self, address: str = f"usb:{EPSON}") -> PrinterDriver:
        """Return a driver on this bus."""
        return PrinterDriver(address, PAPER_80, transport=self.at, write_timeout_s=1.0, end_timeout_s=5.0)


@contextmanager
def without_root() -> Iterator[None]:
    """Be nobody for a moment where the tests run as root, who may open everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    made = Bus(tmp_path)
    yield made
    made.unplug_all()


def test_a_slip_is_printed_and_confirmed_over_usb(bus: Bus) -> None:
    printer = bus.plug(0)

    assert bus.driver().print(SLIP).outcome is PrintOutcome.CONFIRMED
    assert len(printer.brain.slips) == 1
    assert bus.driver().status() is PrinterStatus.READY


def test_a_replug_under_another_number_is_found_by_the_same_driver(bus: Bus) -> None:
    bus.plug(0)
    driver = bus.driver()
    assert driver.print(SLIP).outcome is PrintOutcome.CONFIRMED

    bus.unplug(0)
    assert driver.print(SLIP).reason == "device.not_found"
    printer = bus.plug(3)

    assert driver.print(SLIP).outcome is PrintOutcome.CONFIRMED
    assert len(printer.brain.slips) == 1


def test_another_device_at_the_same_number_is_not_taken(bus: Bus) -> None:
    bus.plug(0, serial="J5XK")
    driver = bus.driver(f"usb:{EPSON}:J5XK")
    assert driver.print(SLIP).outcome is PrintOutcome.CONFIRMED
    bus.unplug(0)
    label_printer = bus.plug(0, "0a5f:00a0", serial="J5XK")
    twin = bus.plug(1, serial="OTHER")

    result = driver.print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.not_found")
    assert bytes(label_printer.received + twin.received) == b""


def test_one_that_comes_back_as_another_between_looking_and_opening_is_let_go(bus: Bus) -> None:
    bus.plug(0)
    other = bus.plug(1, "0a5f:00a0")
    transport = bus.at(f"usb:{EPSON}")
    found = transport._find()

    class Swapping(UsbTransport):
        looked = 0

        def _find(self) -> Path:
            self.looked += 1
            return found if self.looked == 1 else bus.dev_dir / "usb" / "lp1"

    swapping = Swapping(parse_address(f"usb:{EPSON}"), sys_dir=bus.sys_dir, dev_dir=bus.dev_dir)
    with pytest.raises(DeviceDisconnectedError):
        swapping.open()
    assert bytes(other.received) == b""


def test_a_printer_whose_driver_was_taken_away_has_its_own_sentence(bus: Bus) -> None:
    bus.plug(0, driver=False)

    with pytest.raises(DeviceDriverMissingError, match="usblp"):
        bus.at(f"usb:{EPSON}").open()
    assert bus.driver().print(SLIP).reason == "device.no_driver"


def test_no_usb_at_all_is_not_found(tmp_path: Path) -> None:
    transport = UsbTransport(parse_address(f"usb:{EPSON}"), sys_dir=tmp_path / "none", dev_dir=tmp_path)
    with pytest.raises(DeviceNotFoundError):
        transport.open()


def test_every_printer_is_listed_with_its_identity(bus: Bus) -> None:
    bus.plug(0, serial="ABC")
    bus.plug(1, "1fc9:2016")
    bus.plug(2, driver=False)

    assert [(node.path.name, node.identity) for node in list_usb_printers(bus.sys_dir, bus.dev_dir)] == [
        ("lp0", UsbIdentity(0x04B8, 0x0E15, "ABC")),
        ("lp1", UsbIdentity(0x1FC9, 0x2016)),
    ]


def test_unplugged_in_mid_slip_is_doubtful_and_heals_at_the_next_socket(bus: Bus) -> None:
    printer = bus.plug(0)
    driver = bus.driver()
    seen = threading.Event()
    receive = printer.brain.receive

    def pull(data: bytes) -> bytes:
        if b"slip" in data or seen.is_set():  # from here on it answers nothing more
            seen.set()
            return b""
        return receive(data)

    printer.brain.receive = pull  # type: ignore[method-assign]

    def unplug_when_it_prints() -> None:
        seen.wait(5)
        bus.unplug(0)

    puller = threading.Thread(target=unplug_when_it_prints)
    puller.start()
    result = driver.print(SLIP)
    puller.join(5)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.disconnected")
    bus.plug(1)
    assert driver.print(SLIP).outcome is PrintOutcome.CONFIRMED


def test_a_printer_that_never_reads_is_given_up_at_the_deadline(bus: Bus) -> None:
    with_node = bus.plug(0)
    with_node.stop_reading()
    transport = bus.at(f"usb:{EPSON}")
    transport.open()
    with pytest.raises(DeviceTimeoutError) as caught:
        transport.write(b"x" * 1_000_000, time.monotonic() + 0.3)
    transport.close()

    assert 0 < caught.value.sent_bytes < 1_000_000


def test_answers_to_an_earlier_program_are_thrown_away(bus: Bus) -> None:
    printer = bus.plug(0)
    os.write(printer.near, b"\x00\x12\x00")
    transport = bus.at(f"usb:{EPSON}")
    transport.open()

    assert transport.read(10, 0.05) == b""
    transport.close()


def test_a_refused_node_names_the_group_and_the_rule() -> None:
    error = device_error(f"usb:{EPSON}", PermissionError(13, "denied"))

    assert isinstance(error, DevicePermissionError)
    assert "lp" in error.detail.split()
    assert "70-quay-voucher.rules" in error.detail


def test_a_node_without_rights_is_refused() -> None:
    root = Path(tempfile.mkdtemp(prefix="usb-"))
    root.chmod(0o755)
    bus = Bus(root)
    try:
        printer = bus.plug(0)
        os.chmod(os.ttyname(printer.far), 0)
        with without_root(), pytest.raises(DevicePermissionError, match="lp"):
            bus.at(f"usb:{EPSON}").open()
        with without_root():
            result = bus.driver().print(SLIP)
        assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.permission_denied")
        os.chmod(os.ttyname(printer.far), 0o666)  # noqa: S103  what the rule does
        with without_root():
            assert bus.driver().print(SLIP).outcome is PrintOutcome.CONFIRMED
    finally:
        bus.unplug_all()
        shutil.rmtree(root)


def test_a_node_that_another_program_holds_is_busy() -> None:
    assert isinstance(device_error(f"usb:{EPSON}", OSError(16, "busy")), DeviceBusyError)


def test_a_transport_that_is_not_open_says_so(bus: Bus) -> None:
    transport = bus.at(f"usb:{EPSON}")
    for call in (lambda: transport.write(b"x", 0.0), lambda: transport.read(1, 0.0)):
        with pytest.raises(DeviceError):
            call()
    transport.close()
    transport.close()
