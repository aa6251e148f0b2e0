"""What happens to a scanner at a counter, how it ends, and that it heals within 3 s. Each test records ``healed_s``.

The drivers run with their own pause between tries (0.5 s), as in a shop.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from hardware.scanner.framing import FramingRules, Terminator
from hardware.scanner.reading import Reading, ReadingKind
from hardware.scanner.scan_loop import ScannerStatus
from hardware.scanner.serial_scanner import SerialScanner
from hardware.serial_port import PortInfo
from hardware.usb_identity import UsbIdentity
from hardware.virtual.scanner import VirtualScanner
from tests.hardware.collector import Collector

OURS = UsbIdentity(0x1A86, 0x7523, "S1")
HEALED_WITHIN_S = 3.0
Record = Callable[[str, object], None]


class Till:
    """A scanner driver set up as in a shop, and what it said."""

    def __init__(self, address: str, ports: Callable[[], list[PortInfo]], rules: FramingRules | None = None) -> None:
        self.readings: Collector[Reading] = Collector()
        self.statuses: Collector[ScannerStatus] = Collector()
        self.driver = SerialScanner(address, self.readings, self.statuses, rules=rules, ports=ports)
        self.driver.start()

    def wait_for(self, status: ScannerStatus, times: int = 1) -> None:
        self.statuses.wait_until(lambda seen: seen.count(status) >= times)

    def wait_for_readings(self, count: int) -> list[tuple[str, str]]:
        seen = self.readings.wait_until(lambda readings: len(readings) >= count)
        return [(reading.kind.value, reading.text) for reading in seen]


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "ttyACM0", usb=OURS) as device:
        yield device


def ports_of(*scanners: VirtualScanner) -> Callable[[], list[PortInfo]]:
    return lambda: [port for scanner in scanners for port in scanner.ports()]


@pytest.fixture
def till(scanner: VirtualScanner) -> Iterator[Till]:
    running = Till(scanner.address, ports_of(scanner), FramingRules(Terminator.CR))
    running.wait_for(ScannerStatus.READY)
    yield running
    assert running.driver.stop()


def healed(began_mono_s: float, record: Record) -> None:
    healed_s = time.monotonic() - began_mono_s
    record("healed_s", round(healed_s, 3))
    assert healed_s < HEALED_WITHIN_S


def test_pulled_out_in_the_middle_of_a_scan_half_a_code_is_never_taken(
    till: Till, scanner: VirtualScanner, record_property: Record
) -> None:
    """The half is forgotten; the next scan after the replug is whole."""
    for _ in zip(range(6), scanner.in_pieces(scanner.frame("VCH-AAAA1111")), strict=False):
        read_all(scanner)
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    scanner.replug()
    began_mono_s = time.monotonic()
    till.wait_for(ScannerStatus.READY, times=2)
    healed(began_mono_s, record_property)
    scanner.scan("VCH-BBBB2222")

    assert till.wait_for_readings(1) == [("scan", "VCH-BBBB2222")]


def test_plugged_into_another_socket_it_is_found_under_its_new_name(
    till: Till, scanner: VirtualScanner, tmp_path: Path, record_property: Record
) -> None:
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    scanner.replug(tmp_path / "ttyACM7")
    began_mono_s = time.monotonic()
    till.wait_for(ScannerStatus.READY, times=2)
    healed(began_mono_s, record_property)
    scanner.scan("VCH-BBBB2222")

    assert till.wait_for_readings(1) == [("scan", "VCH-BBBB2222")]
    assert not (tmp_path / "ttyACM0").exists()


def test_another_device_that_takes_its_name_is_never_read(
    scanner: VirtualScanner, tmp_path: Path, record_property: Record
) -> None:
    """A scale is given ``ttyACM0`` while the scanner is out; the scanner comes back as ``ttyACM1``."""
    plugged = [scanner]
    till = Till(scanner.address, lambda: [port for device in plugged for port in device.ports()])
    till.wait_for(ScannerStatus.READY)
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    with VirtualScanner(tmp_path / "ttyACM0", usb=UsbIdentity(0x0403, 0x6001)) as scale:
        plugged.insert(0, scale)
        scale.send(b"000.512 kg\r")
        scanner.replug(tmp_path / "ttyACM1")
        began_mono_s = time.monotonic()
        till.wait_for(ScannerStatus.READY, times=2)
        healed(began_mono_s, record_property)
        scanner.scan("VCH-BBBB2222")

        assert till.wait_for_readings(1) == [("scan", "VCH-BBBB2222")]
        assert scale.unread == len(b"000.512 kg\r")
        assert till.driver.stop()


def test_a_port_another_program_holds_is_named_busy_and_taken_when_it_is_free(
    scanner: VirtualScanner, record_property: Record
) -> None:
    other = serial.Serial(str(scanner.path), exclusive=True)
    till = Till(scanner.address, ports_of(scanner))
    till.wait_for(ScannerStatus.BUSY)
    other.close()
    began_mono_s = time.monotonic()
    till.wait_for(ScannerStatus.READY)
    healed(began_mono_s, record_property)
    scanner.scan("VCH-BBBB2222")

    assert till.wait_for_readings(1) == [("scan", "VCH-BBBB2222")]
    assert till.driver.stop()


def test_while_the_till_has_the_port_no_other_program_that_asks_gets_it(till: Till, scanner: VirtualScanner) -> None:
    with pytest.raises(serial.SerialException):
        serial.Serial(str(scanner.path), exclusive=True)
    scanner.scan("VCH-BBBB2222")

    assert till.wait_for_readings(1) == [("scan", "VCH-BBBB2222")]


@pytest.mark.parametrize(("sent", "read"), [(9600, 115200), (115200, 9600), (9600, 19200), (38400, 9600), (9600, 4800)])
def test_a_wrong_baud_rate_is_told_and_gives_no_code_and_the_right_one_works_at_once(
    sent: int, read: int, scanner: VirtualScanner, record_property: Record
) -> None:
    till = Till(scanner.address, ports_of(scanner))
    till.wait_for(ScannerStatus.READY)
    scanner.scan_at_baud("VCH-AAAA1111", sent, read)
    said = till.wait_for_readings(1)
    scanner.scan_at_baud("VCH-BBBB2222", 9600, 9600)
    began_mono_s = time.monotonic()
    till.readings.wait_until(lambda readings: any(reading.kind is ReadingKind.SCAN for reading in readings))
    healed(began_mono_s, record_property)

    assert {kind for kind, _ in said} == {"noise"}
    assert till.wait_for_readings(2)[-1] == ("scan", "VCH-BBBB2222")
    assert till.driver.stop()


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_code_handed_over_in_pieces_arrives_whole(till: Till, scanner: VirtualScanner, size: int) -> None:
    for _ in scanner.in_pieces(scanner.frame("VCH-AAAA1111"), size):
        read_all(scanner)

    assert till.wait_for_readings(1) == [("scan", "VCH-AAAA1111")]


def test_ports_that_cannot_be_listed_for_a_moment_do_not_end_the_scanner(
    scanner: VirtualScanner, record_property: Record
) -> None:
    """A device that goes away while the ports are listed makes the system's list fail."""
    fails = [OSError(19, "gone"), OSError(19, "gone")]

    def shaky() -> list[PortInfo]:
        if fails:
            raise fails.pop()
        return list(scanner.ports())

    began_mono_s = time.monotonic()
    till = Till(scanner.address, shaky)
    till.wait_for(ScannerStatus.READY)
    healed(began_mono_s, record_property)

    assert till.driver.stop()


def read_all(scanner: VirtualScanner) -> None:
    """Until the till has read what was sent."""
    deadline_mono_s = time.monotonic() + 5
    while scanner.unread:
        assert time.monotonic() < deadline_mono_s, "the till does not read"
        os.sched_yield()
