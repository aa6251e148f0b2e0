"""The scanner driver alone, on a pseudo-terminal: how soon a scan is an event, none is missed, nothing grows."""

from __future__ import annotations

import gc
import os
import threading
import time
import tracemalloc
from pathlib import Path

from hardware.scanner.reading import Reading, ReadingKind
from hardware.scanner.scan_loop import ScannerStatus
from hardware.scanner.serial_scanner import SerialScanner
from hardware.usb_identity import UsbIdentity
from hardware.virtual.scanner import VirtualScanner
from tests.bench.table import Row
from tests.bench.tills import scratch
from tests.bench.timing import percentile, undisturbed

SCANS = 10_000
P99_MS = 5.0
UNPLUGS = 24 * 60
_WARM_UP = 100
_WAIT_S = 30.0


class Driver:
    """A driver on a virtual scanner and what it said last."""

    def __init__(self, folder: Path) -> None:
        self.virtual = VirtualScanner(folder / "ttyACM0", usb=UsbIdentity(0x1A86, 0x7523))
        self.texts: list[str] = []
        self.others = 0
        self._changed = threading.Condition()
        self.ready = 0
        self.driver = SerialScanner(
            self.virtual.address, self._hear, self._status, retry_s=0.001, ports=self.virtual.ports
        )
        self.driver.start()
        self.wait_ready(1)

    def _hear(self, reading: Reading) -> None:
        with self._changed:
            if reading.kind is ReadingKind.SCAN:
                self.texts.append(reading.text)
            else:
                self.others += 1
            self._changed.notify_all()

    def _status(self, status: ScannerStatus) -> None:
        with self._changed:
            self.ready += status is ScannerStatus.READY
            self._changed.notify_all()

    def wait_ready(self, times: int) -> None:
        """Until the port was opened for the so-manyth time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.ready >= times, _WAIT_S):
                raise RuntimeError("the scanner did not come back")

    def scan(self, text: str) -> float:
        """Scan and wait for the event: seconds from the first byte to the callback."""
        count = len(self.texts)
        began = time.perf_counter()
        self.virtual.scan(text)
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.texts) > count, _WAIT_S):
                raise RuntimeError("a scan never came")
        return time.perf_counter() - began

    def close(self) -> None:
        """Stop and put both away."""
        self.driver.stop()
        self.virtual.close()


def run() -> list[Row]:
    """Measure both."""
    with scratch() as folder:
        return [*_scans(folder), _unplugging(folder)]


def _scans(folder: Path) -> list[Row]:
    driver = Driver(folder)
    codes = [f"VCH{number:08d}" for number in range(_WARM_UP + SCANS)]
    with undisturbed():
        taken_ms = [1000 * driver.scan(code) for code in codes][_WARM_UP:]
    missed = len(codes) - len(driver.texts) + driver.others + (driver.texts != codes)
    driver.close()
    p99 = percentile(taken_ms, 99)
    note = f"{SCANS} scans of 12 bytes, pseudo-terminal to callback; median {percentile(taken_ms, 50):.2f} ms"
    return [
        Row("scan byte → event, p99", f"{p99:.2f} ms", "–", p99 / P99_MS, f"≤ {P99_MS:.0f} ms", p99 <= P99_MS, note),
        Row(f"{SCANS} scans in a row, missed", str(missed), "–", None, "0", missed == 0),
    ]


def _unplugging(folder: Path) -> Row:
    """A day in which the cable is pulled every minute, the minutes left out."""
    driver = Driver(folder)
    tracemalloc.start()
    before = after = (0, 0, 0)
    for number in range(1, UNPLUGS + 1):
        driver.virtual.unplug()
        driver.virtual.replug(folder / f"ttyACM{number % 2}")
        driver.wait_ready(number + 1)
        driver.scan(f"VCH{number:08d}")
        if number == UNPLUGS // 10:
            driver.texts.clear()
            before = _in_use()
    driver.texts.clear()
    after = _in_use()
    tracemalloc.stop()
    driver.close()
    grown = tuple(late - early for early, late in zip(before, after, strict=True))
    flat = grown[0] < 50_000 and grown[1:] == (0, 0)
    ours = f"{grown[0] / 1024:+.1f} KiB, {grown[1]:+d} threads, {grown[2]:+d} files"
    note = f"{UNPLUGS} times unplugged and found again under another name, a scan after each"
    return Row("24 h of unplugging each minute, growth", ours, "–", None, "flat", flat, note)


def _in_use() -> tuple[int, int, int]:
    gc.collect()
    return tracemalloc.get_traced_memory()[0], threading.active_count(), len(os.listdir("/proc/self/fd"))
