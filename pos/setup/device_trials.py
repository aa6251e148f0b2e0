"""Trials of scanner and printer: what came from the one, what the other did with a page."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pos.settings import Settings
from pos.setup.trials import Overlay, Sort, Stage, Told, TrialResult
from pos.till.views import Message

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice
    from hardware.scanner.reading import Reading
    from hardware.scanner.scan_loop import ScannerStatus
    from hardware.scanner.test_mode import Observation
    from pos.receipts.printer_test import PageEnded, PrinterTest, PrinterTestEvent

SCAN_WAIT_S = 60.0
"""How long an installer may look for something to scan."""
_HOPELESS = frozenset({"bad_address", "library_missing", "permission_denied"})
"""What waiting does not mend; a scanner that is not there may still be plugged in."""
_LOOK_S = 0.1


class ScannerTrial:
    """Waits for one reading of a scanner on a line of its own. No code is kept or shown whole.

    Args:
        address: `serial:…` or `hid:…`.
        settings: framing, prefix, suffix.
        wait_s: how long.
        told: hears that it waits; `seen`: each reading that was none, too.
    """

    def __init__(
        self,
        address: str,
        settings: Settings,
        *,
        values: Mapping[str, str] | None = None,
        wait_s: float = SCAN_WAIT_S,
        told: Told = lambda _: None,
        seen: Callable[[Observation], None] = lambda _: None,
    ) -> None:
        self._address, self._wait_s, self._told, self._seen = address, wait_s, told, seen
        self._settings = Overlay(settings, values or {})
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Wait no longer."""
        self._cancelled.set()

    def run(self) -> TrialResult:
        """The first reading that the till would take, or why none came."""
        from hardware.errors import DeviceError
        from hardware.scanner.scan_loop import ScannerStatus
        from hardware.scanner.test_mode import observe
        from pos.scanner_setup import build_scanner

        began = time.monotonic()
        inbox: queue.SimpleQueue[Reading | ScannerStatus] = queue.SimpleQueue()
        try:
            scanner = build_scanner(self._address, self._settings, on_scan=inbox.put, on_status=inbox.put)
        except DeviceError as error:
            return _trouble("scanner", error.code.partition(".")[2], began)
        status, other = ScannerStatus.CONNECTING, ""
        scanner.start()
        try:
            while not self._cancelled.is_set() and time.monotonic() < began + self._wait_s:
                try:
                    word = inbox.get(timeout=_LOOK_S)
                except queue.Empty:
                    continue
                if isinstance(word, ScannerStatus):
                    status = word
                    if word is ScannerStatus.READY:
                        self._told(Stage.WAITING)
                    if word.value in _HOPELESS:
                        return _trouble("scanner", word.value, began)
                    continue
                reading = observe(word)
                self._seen(reading)
                if reading.verdict == "scan":
                    return _read(reading, began)
                other = reading.verdict
        finally:
            scanner.stop()
        if self._cancelled.is_set():
            return TrialResult("scanner", Sort.CANCELLED, Message("trial.scanner.cancelled"))
        if status is not ScannerStatus.READY:
            return _trouble("scanner", status.value, began)
        cause = Message(f"hint.{other}") if other else None
        return TrialResult("scanner", Sort.SILENT, Message("trial.scanner.silent"), cause, time.monotonic() - began)


def _read(seen: Observation, began: float) -> TrialResult:
    facts = (("ending", seen.text), ("length", seen.length), ("symbology", seen.symbology), ("aim", seen.aim),
             ("controls", seen.controls))  # fmt: skip
    message = Message("trial.scanner.works", facts)
    return TrialResult("scanner", Sort.WORKS, message, took_s=time.monotonic() - began)


def _trouble(what: str, word: str, began: float) -> TrialResult:
    message = Message(f"trial.{what}.unusable")
    return TrialResult(what, Sort.DEVICE, message, Message(f"device.{word}"), time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Paper:
    """The printer of the settings and what tries it; `put` runs an errand on the printer's thread, `close` ends it."""

    test: PrinterTest
    put: Callable[[Callable[[], None]], None]
    close: Callable[[], None]


def open_paper(
    settings: Settings,
    *,
    profile_dir: Path,
    font_dir: Path,
    told: Callable[[PrinterTestEvent], None],
    language: Callable[[], str],
) -> Paper:
    """What tries the printer that the settings name; a till that runs already has one of its own.

    Args:
        settings: address, kind, paper; the proof of a code page is written there.
        profile_dir: where the kinds of printers are described.
        font_dir: where the slip's fonts are.
        told: hears what became of a page, on the printer's thread.
        language: of the page.
    """
    from pos.i18n import Translator
    from pos.receipts.printer_test import PrinterTest
    from pos.receipts.slip_printer import DriverSlipPrinter

    def no_slip(_: object) -> object:
        raise AssertionError("only pages of the test are printed here")

    printer = DriverSlipPrinter(
        settings.text("printer.address"),
        settings.text("printer.profile") or f"generic-{settings.text('printer.paper_mm')}",
        text_codepage=settings.text("printer.text_codepage"),
        profile_dir=profile_dir,
        font_dir=font_dir,
        cache_dir=settings.folder / "cache",
        facts=no_slip,  # type: ignore[arg-type]
        words=lambda: Translator(language()),
        on_device=lambda _: None,
    )
    errands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def work() -> None:
        while (errand := errands.get()) is not None:
            errand()

    threading.Thread(target=work, name="printer trial", daemon=True).start()
    test = PrinterTest(
        printer,
        errands.put,
        words=lambda: Translator(language()),
        keep=lambda _: None,  # here the page alone is judged; a code page is proven in the till, by a manager's name
        told=told,
    )
    return Paper(test, errands.put, lambda: errands.put(None))


def page_result(page: PageEnded) -> TrialResult:
    """How a printed page came out, in the words of the other trials. On paper is what a person says it is."""
    if page.outcome in ("not_sent", "doubtful"):
        sort = Sort.DEVICE if page.outcome == "not_sent" else Sort.UNSURE
        return TrialResult("printer", sort, Message(f"trial.printer.{page.outcome}"), Message(page.reason))
    return TrialResult("printer", Sort.UNSURE, Message("trial.printer.look"))


def found_devices(kind: str) -> tuple[FoundDevice, ...]:
    """What is plugged in and may be a `scanner` or a `printer`, most likely ones first; up to 6 s."""
    from hardware.discovery import LOOK_S, DeviceKind, discover

    schemes = {"scanner": ("serial:", "hid:"), "printer": ("serial:", "usb:", "cups:")}[kind]
    found = [each for looked in discover(None, LOOK_S) for each in looked.devices]
    able = [each for each in found if each.addresses[0].startswith(schemes)]
    wanted = DeviceKind(kind)
    able = [each for each in able if each.kind in (wanted, DeviceKind.UNKNOWN)]
    return tuple(sorted(able, key=lambda each: each.kind is not wanted))
