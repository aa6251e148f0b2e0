"""A HID-POS scanner: reports become codes, parts are put together, and it heals itself like a serial one."""

from __future__ import annotations

import importlib.util
import queue
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import DeviceAddressError, DeviceLibraryMissingError
from hardware.scanner.aim import Symbology
from hardware.scanner.framing import FramingRules
from hardware.scanner.hid_report import HidReader, parse_report
from hardware.scanner.hid_scanner import HidScanner, hid_library
from hardware.scanner.reading import Reading, ReadingKind
from hardware.scanner.scan_loop import ScannerStatus
from tests.hardware.collector import Collector


def report(data: bytes, aim: bytes = b"]Q1", *, continued: bool = False) -> bytes:
    """As the manual draws it (Access-IS LSR118, appendix B.1)."""
    assert len(data) <= 56
    return bytes((2, len(data))) + aim + data.ljust(56, b"\0") + bytes((0x73, 0, int(continued)))


def reports(data: bytes, aim: bytes = b"]Q1") -> list[bytes]:
    parts = [data[i : i + 56] for i in range(0, len(data), 56)]
    return [report(part, aim, continued=part is not parts[-1]) for part in parts]


def kinds(readings: list[Reading]) -> list[str]:
    return [reading.kind.value for reading in readings]


def test_the_manuals_example_of_two_reports_is_one_code() -> None:
    code = b"M1GATHERGOOD/MICHAEL YABCDEF LHRDURAK 3542 052Y003D23   100"
    reader = HidReader()
    first, second = reports(code, b"]Q0")

    assert (first[1], first[63], second[1], second[63]) == (56, 1, len(code) - 56, 0)
    assert reader.feed(first, 1.0) == []
    (reading,) = reader.feed(second, 1.01)
    assert (reading.text, reading.symbology) == (code.decode(), Symbology.QR)


@given(st.text("ABC]0123456789", min_size=1, max_size=300))
def test_a_code_of_any_length_arrives_whole(code: str) -> None:
    reader = HidReader()

    readings = [r for one in reports(code.encode()) for r in reader.feed(one, 1.0)]

    assert [(r.kind, r.text) for r in readings] == [(ReadingKind.SCAN, code)]


def test_a_line_end_prefix_and_suffix_in_the_data_are_taken_off() -> None:
    (reading,) = HidReader(FramingRules(prefix="<", suffix=">")).feed(report(b"<VCH7K2M9XQ1>\r\n"), 1.0)

    assert (reading.text, reading.aim) == ("VCH7K2M9XQ1", "]Q1")


def test_a_scanner_that_names_no_symbology_is_understood() -> None:
    (reading,) = HidReader().feed(report(b"VCH7K2M9XQ1", b"\0\0\0"), 1.0)

    assert (reading.text, reading.symbology) == ("VCH7K2M9XQ1", Symbology.UNKNOWN)


def test_half_a_code_whose_rest_never_came_is_told_and_not_joined_to_the_next() -> None:
    reader = HidReader()
    reader.feed(report(b"A" * 56, continued=True), 1.0)

    assert kinds(reader.tick(1.4)) == []
    assert kinds(reader.tick(1.6)) == ["cut_short"]
    assert reader.feed(report(b"VCH7K2M9XQ1"), 2.0)[0].text == "VCH7K2M9XQ1"


def test_a_code_without_end_is_told_once_and_dropped() -> None:
    reader = HidReader()
    endless = [reader.feed(report(b"A" * 56, continued=True), 1.0) for _ in range(100)]

    assert [kinds(readings) for readings in endless if readings] == [["too_long"]]
    assert reader.feed(report(b"A"), 1.0) == []
    assert kinds(reader.feed(report(b"VCH7K2M9XQ1"), 1.0)) == ["scan"]


@pytest.mark.parametrize("bad", [b"\x02", b"\x02\x39" + bytes(62), b"\x02\x05]Q1HELLO", bytes((2, 255)) + bytes(62)])
def test_a_report_of_another_layout_is_noise(bad: bytes) -> None:
    assert parse_report(bad) is None
    assert kinds(HidReader().feed(bad, 1.0)) == ["noise"]


def test_buttons_and_status_are_no_scan() -> None:
    assert HidReader().feed(b"\x03\x01" + bytes(62), 1.0) == []


class FakeHid:
    """The library ``hidapi`` with devices made of a queue: what a read gives, or that the device is gone."""

    def __init__(self, *, usage_page: int = 0x8C, vendor: int = 0x05E0) -> None:
        self.plugged = False
        self.usage_page, self.vendor = usage_page, vendor
        self.opened = 0
        self.said: queue.Queue[bytes | None] = queue.Queue()

    def plug(self) -> None:
        self.said = queue.Queue()
        self.plugged = True

    def unplug(self) -> None:
        self.plugged = False
        self.said.put(None)

    def enumerate(self) -> list[dict[str, Any]]:
        keyboard = {
            "vendor_id": self.vendor,
            "product_id": 0x1300,
            "serial_number": "S1",
            "path": b"0",
            "usage_page": 1,
        }
        return [keyboard, {**keyboard, "path": b"1", "usage_page": self.usage_page}] if self.plugged else []

    def device(self) -> FakeDevice:
        return FakeDevice(self)


class FakeDevice:
    def __init__(self, hid: FakeHid) -> None:
        self._hid, self._said = hid, hid.said

    def open_path(self, path: bytes) -> None:
        if not self._hid.plugged or path != b"1":
            raise OSError("open failed")
        self._hid.opened += 1

    def read(self, size: int, timeout_ms: int) -> list[int]:
        try:
            said = self._said.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if said is None:
            raise OSError("read error")
        return list(said[:size])

    def close(self) -> None:
        pass


class Till:
    def __init__(self, hid: FakeHid, address: str = "hid:05e0:1300") -> None:
        self.readings: Collector[Reading] = Collector()
        self.statuses: Collector[ScannerStatus] = Collector()
        self.driver = HidScanner(address, self.readings, self.statuses, retry_s=0.02, library=lambda: hid)
        self.driver.start()

    def wait_for(self, status: ScannerStatus, times: int = 1) -> None:
        self.statuses.wait_until(lambda seen: seen.count(status) >= times)


@pytest.fixture
def hid() -> FakeHid:
    return FakeHid()


@pytest.fixture
def till(hid: FakeHid) -> Iterator[Till]:
    running = Till(hid)
    yield running
    assert running.driver.stop()
    assert running.driver.status is ScannerStatus.STOPPED


def test_it_waits_for_its_scanner_reads_it_and_comes_back_after_the_cable_was_pulled(hid: FakeHid, till: Till) -> None:
    till.wait_for(ScannerStatus.NOT_FOUND)
    hid.plug()
    till.wait_for(ScannerStatus.READY)
    hid.said.put(report(b"VCH7K2M9XQ1"))
    till.readings.wait_until(lambda seen: len(seen) == 1)
    hid.said.put(report(b"A" * 56, continued=True))
    hid.unplug()
    till.wait_for(ScannerStatus.DISCONNECTED)
    hid.plug()
    till.wait_for(ScannerStatus.READY, times=2)
    hid.said.put(report(b"VCH7K2M9XQ2"))

    readings = till.readings.wait_until(lambda seen: len(seen) == 2)
    assert [reading.text for reading in readings] == ["VCH7K2M9XQ1", "VCH7K2M9XQ2"]


def test_a_scanner_left_in_keyboard_mode_is_a_wrong_setting(till: Till, hid: FakeHid) -> None:
    hid.usage_page = 1
    hid.plug()
    till.wait_for(ScannerStatus.BAD_ADDRESS)

    assert hid.opened == 0


def test_another_device_is_not_taken_for_the_scanner(hid: FakeHid) -> None:
    till = Till(hid, "hid:05e0:1300:OTHER")
    hid.plug()
    till.wait_for(ScannerStatus.NOT_FOUND)
    assert till.driver.stop()

    assert hid.opened == 0


def test_a_missing_library_is_said_and_does_not_keep_the_till_from_opening() -> None:
    statuses: Collector[ScannerStatus] = Collector()

    def missing() -> FakeHid:
        raise DeviceLibraryMissingError("hid:", "hidapi")

    driver = HidScanner("hid:05e0:1300", print, statuses, retry_s=0.02, library=missing)
    driver.start()
    statuses.wait_until(lambda seen: ScannerStatus.LIBRARY_MISSING in seen)
    assert driver.stop()


@pytest.mark.skipif(importlib.util.find_spec("hid") is not None, reason="the library is installed here")
def test_without_the_package_the_error_names_it() -> None:
    with pytest.raises(DeviceLibraryMissingError) as caught:
        hid_library()

    assert (caught.value.code, caught.value.detail) == ("device.library_missing", "hidapi")


@pytest.mark.parametrize("address", ["serial:/dev/ttyS0", "usb:05e0:1300", "hid:1300", "hid:"])
def test_an_address_that_is_no_hid_one_is_refused(address: str) -> None:
    with pytest.raises(DeviceAddressError):
        HidScanner(address, print, print)
