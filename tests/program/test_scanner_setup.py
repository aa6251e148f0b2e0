"""The scanner settings reach the driver: what the counter is given is the code and nothing around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.errors import DeviceLibraryMissingError
from hardware.scanner.hid_scanner import hid_library
from hardware.scanner.reading import Reading
from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import Program, open_folder
from pos.running import RunningTill
from pos.till.views import StripChanged, TillEvent
from tests.hardware.collector import Collector

GS1_CODE = "]C1010893456789012721VCH7K2M9XQ1"


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


class Counter:
    """What a running till hears of its scanner."""

    def __init__(self, folder: Path) -> None:
        self.scans: Collector[str] = Collector()
        self.dropped: Collector[str] = Collector()
        self.events: Collector[TillEvent] = Collector()
        self.running = RunningTill(Program(folder), on_scan=self.scans, on_scan_dropped=self.dropped)


def _scanner_is(event: TillEvent, word: str) -> bool:
    return isinstance(event, StripChanged) and event.view.scanner.word == word


@contextmanager
def counter(folder: Path, says: str = "ready", **settings: str) -> Iterator[Counter]:
    open_folder(folder).settings.set_many({key.replace("__", "."): value for key, value in settings.items()})
    made = Counter(folder)
    made.running.till.subscribe(made.events)
    made.running.start()
    try:
        made.events.wait_until(lambda seen: any(_scanner_is(event, says) for event in seen))
        yield made
    finally:
        assert made.running.close()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner") as device:
        yield device


def test_framing_and_gs1_element_are_obeyed_and_a_repeat_is_told(tmp_path: Path, scanner: VirtualScanner) -> None:
    setup = {"scanner__framing": "stx_etx", "scanner__gs1_ai": "21", "scanner__address": scanner.address}
    with counter(tmp_path / "till", **setup) as till:
        scanner.send(b"\x02" + GS1_CODE.encode() + b"\x03\r\n")
        till.scans.wait_until(lambda seen: len(seen) == 1)
        scanner.send(b"\x02" + GS1_CODE.encode() + b"\x03\r\nVCH-HALF\x03\x02]C1010893456789012799\x03")
        till.dropped.wait_until(lambda seen: len(seen) == 3)

    assert till.scans.items == ["VCH7K2M9XQ1"]
    assert till.dropped.items == ["repeated", "cut_short", "gs1_ai_missing"]


def test_in_test_mode_nothing_reaches_the_counter(tmp_path: Path, scanner: VirtualScanner) -> None:
    seen: Collector[Reading] = Collector()
    with counter(tmp_path / "till", scanner__address=scanner.address) as till:
        till.running.watch_scanner(seen)
        scanner.scan("VCH7K2M9XQ1")
        (reading,) = seen.wait_until(lambda readings: len(readings) == 1)
        till.running.watch_scanner(None)
        scanner.scan("VCH7K2M9XQ2")
        till.scans.wait_until(lambda scans: len(scans) == 1)

    assert reading.text == "VCH7K2M9XQ1"
    assert till.scans.items == ["VCH7K2M9XQ2"]
    assert till.dropped.items == []


def test_a_hid_scanner_is_built_for_its_address_and_a_missing_one_does_not_keep_the_till_shut(tmp_path: Path) -> None:
    try:
        hid_library()
        says = "not_found"
    except DeviceLibraryMissingError:
        says = "library_missing"
    with counter(tmp_path / "till", says, scanner__address="hid:05e0:1300") as till:
        assert till.scans.items == []


@pytest.mark.parametrize("address", ["hid:printer", "usb:05e0:1300", "serial:/dev/ttyACM0?speed=9600"])
def test_an_address_that_is_no_scanner_is_told_and_does_not_keep_the_till_shut(tmp_path: Path, address: str) -> None:
    """Codes can be typed, and the setting is mended in the window: who cannot open it has no way back."""
    with counter(tmp_path / "till", "bad_address", scanner__address=address) as till:
        assert till.scans.items == []
