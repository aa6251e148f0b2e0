"""A serial scanner on a real pseudo-terminal: quick, honest about its line, and back by itself after a pulled cable."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from hardware.errors import DeviceAddressError
from hardware.scanner.framing import FramingRules, Terminator
from hardware.scanner.reading import Reading, ReadingKind
from hardware.scanner.scan_loop import ScannerStatus
from hardware.scanner.serial_scanner import SerialScanner
from hardware.virtual.scanner import VirtualScanner
from tests.hardware.collector import Collector


class Till:
    """A running scanner driver with what it said."""

    def __init__(self, address: str, rules: FramingRules | None = None) -> None:
        self.frames: Collector[Reading] = Collector()
        self.statuses: Collector[ScannerStatus] = Collector()
        self.driver = SerialScanner(address, self.frames, self.statuses, rules=rules, retry_s=0.05)
        self.driver.start()

    def wait_for(self, status: ScannerStatus, times: int = 1) -> None:
        self.statuses.wait_until(lambda seen: seen.count(status) >= times)

    def wait_for_scans(self, count: int) -> list[str]:
        return [frame.text for frame in self.frames.wait_until(lambda seen: len(seen) >= count)]


@pytest.fixture
def till(scanner: VirtualScanner) -> Iterator[Till]:
    running = Till(scanner.address)
    running.wait_for(ScannerStatus.READY)
    yield running
    assert running.driver.stop()


def test_a_scan_arrives_whole(till: Till, scanner: VirtualScanner) -> None:
    scanner.scan("VCH-7K2M9XQ1")

    assert till.wait_for_scans(1) == ["VCH-7K2M9XQ1"]


def test_a_scan_without_terminator_arrives_after_the_pause(till: Till, scanner: VirtualScanner) -> None:
    scanner.send(b"VCH-7K2M9XQ1")

    assert till.wait_for_scans(1) == ["VCH-7K2M9XQ1"]


def test_noise_does_not_hurt_the_next_scan(till: Till, scanner: VirtualScanner) -> None:
    scanner.noise()
    scanner.scan("VCH-7K2M9XQ1")

    frames = till.frames.wait_until(lambda seen: len(seen) >= 2)
    assert [frame.kind for frame in frames] == [ReadingKind.NOISE, ReadingKind.SCAN]


def test_a_megabyte_without_an_end_is_one_event_and_the_next_scan_works(scanner: VirtualScanner) -> None:
    till = Till(scanner.address, FramingRules(gap_s=60))  # however busy this machine is
    till.wait_for(ScannerStatus.READY)
    for _ in range(256):
        _send_all(scanner, b"A" * 4096)
    _send_all(scanner, b"\rVCH-7K2M9XQ1\r")

    frames = till.frames.wait_until(lambda seen: any(f.kind is ReadingKind.SCAN for f in seen), 20)
    assert [frame.kind for frame in frames] == [ReadingKind.TOO_LONG, ReadingKind.SCAN]
    assert till.driver.stop()


def _send_all(scanner: VirtualScanner, data: bytes) -> None:
    while True:
        try:
            scanner.send(data)
        except BlockingIOError:
            os.sched_yield()
        else:
            return


def test_unplugged_and_plugged_in_again_it_heals_within_three_seconds(till: Till, scanner: VirtualScanner) -> None:
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    scanner.replug()
    replugged_mono_s = time.monotonic()
    till.wait_for(ScannerStatus.READY, times=2)

    assert time.monotonic() - replugged_mono_s < 3
    scanner.scan("VCH-7K2M9XQ1")
    assert till.wait_for_scans(1) == ["VCH-7K2M9XQ1"]


def test_an_unplugged_scanner_stays_disconnected_and_never_becomes_a_wrong_setting(
    till: Till, scanner: VirtualScanner
) -> None:
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    threading.Event().wait(0.2)  # several tries to open it again

    assert till.statuses.items == [ScannerStatus.READY, ScannerStatus.DISCONNECTED]


def test_half_a_code_before_the_cable_was_pulled_is_not_joined_to_the_next(scanner: VirtualScanner) -> None:
    till = Till(scanner.address, FramingRules(Terminator.CR, stale_s=60))
    till.wait_for(ScannerStatus.READY)
    scanner.send(b"VCH-AAAA1111\rVCH-HALF")
    till.wait_for_scans(1)
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    scanner.replug()
    till.wait_for(ScannerStatus.READY, times=2)
    scanner.scan("VCH-BBBB2222")

    assert till.wait_for_scans(2) == ["VCH-AAAA1111", "VCH-BBBB2222"]
    assert till.driver.stop()


def test_it_heals_every_time(till: Till, scanner: VirtualScanner) -> None:
    for round_number in range(1, 6):
        scanner.unplug()
        till.wait_for(ScannerStatus.DISCONNECTED, round_number)
        scanner.replug()
        till.wait_for(ScannerStatus.READY, round_number + 1)
        scanner.scan(f"VCH-ROUND-{round_number}")
        assert till.wait_for_scans(round_number)[-1] == f"VCH-ROUND-{round_number}"


def test_a_scanner_that_is_not_there_yet_is_found_when_it_comes(tmp_path: Path) -> None:
    till = Till(f"serial:{tmp_path}/scanner")
    till.wait_for(ScannerStatus.NOT_FOUND)
    with VirtualScanner(tmp_path / "scanner"):
        till.wait_for(ScannerStatus.READY)
        assert till.driver.stop()

    assert till.statuses.items == [ScannerStatus.NOT_FOUND, ScannerStatus.READY, ScannerStatus.STOPPED]


def test_a_port_held_by_another_program_is_named_and_taken_when_free(scanner: VirtualScanner) -> None:
    other = serial.Serial(str(scanner.path), exclusive=True)
    till = Till(scanner.address)
    till.wait_for(ScannerStatus.BUSY)
    other.close()
    till.wait_for(ScannerStatus.READY)

    assert till.driver.stop()
    assert till.statuses.items[0] is ScannerStatus.BUSY


def test_a_file_that_is_no_serial_port_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    till = Till(f"serial:{tmp_path}/plain")
    till.wait_for(ScannerStatus.BAD_ADDRESS)

    assert till.driver.stop()


@pytest.mark.parametrize("address", ["tcp:1.2.3.4:1", "serial:", "serial:/dev/x?speed=9600", "usb:1", ""])
def test_an_address_that_cannot_be_a_serial_scanner_is_refused(address: str) -> None:
    with pytest.raises(DeviceAddressError) as caught:
        SerialScanner(address, print, print)

    assert caught.value.code == "device.bad_address"


def test_stopping_gives_the_port_back_at_once(scanner: VirtualScanner) -> None:
    till = Till(scanner.address)
    till.wait_for(ScannerStatus.READY)
    started_mono_s = time.monotonic()

    assert till.driver.stop()

    assert time.monotonic() - started_mono_s < 0.5
    serial.Serial(str(scanner.path), exclusive=True).close()


def test_a_fault_in_the_till_does_not_cost_it_its_scanner(scanner: VirtualScanner) -> None:
    seen: Collector[Reading] = Collector()
    ready = threading.Event()

    def fragile(frame: Reading) -> None:
        seen(frame)
        raise RuntimeError(frame.text)

    driver = SerialScanner(scanner.address, fragile, lambda _: ready.set())
    driver.start()
    assert ready.wait(5)
    scanner.scan("VCH-AAAA1111")
    scanner.scan("VCH-BBBB2222")

    assert len(seen.wait_until(lambda frames: len(frames) >= 2)) == 2
    assert driver.stop()


def test_waiting_for_a_scan_costs_no_processor_time(till: Till, scanner: VirtualScanner) -> None:
    scanner.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    before_s = time.process_time()
    threading.Event().wait(0.6)

    assert time.process_time() - before_s < 0.15


def test_a_configured_terminator_is_obeyed(scanner: VirtualScanner) -> None:
    till = Till(scanner.address, FramingRules(Terminator.CRLF))
    till.wait_for(ScannerStatus.READY)
    scanner.send(b"VCH-AAAA\r1111\r\n")

    assert till.wait_for_scans(1) == ["VCH-AAAA\r1111"]
    assert till.driver.stop()
