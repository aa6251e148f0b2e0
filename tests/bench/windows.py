"""The real window on the real till, drawn offscreen, with a virtual scanner on a pseudo-terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEventLoop,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)

from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import Program, open_folder
from pos.running import RunningTill
from pos.till.ports import Role
from pos.till.review.service import ReviewService
from pos.till.views import BillView, LineStatus
from pos.ui.app import build_window
from pos.ui.bridge import Bridge
from pos.ui.start import ui_config
from pos.ui.window import MainWindow
from tests.bench.tills import set_up
from tests.sandbox_process import SandboxProcess

_WITHIN_S = 20.0
_PIN = "4826"


class Counter(QObject):
    """A signed-in cashier at the window: scans, and sees when the verdict stands on the screen."""

    def __init__(self, running: RunningTill, window: MainWindow, scanner: VirtualScanner) -> None:
        super().__init__()
        self._running, self._window, self._scanner = running, window, scanner
        self._painted_s = 0.0
        self._loop = QEventLoop(self)
        self._give_up = QTimer(self)
        self._give_up.setSingleShot(True)
        self._give_up.timeout.connect(self._loop.quit)
        window.verdict_painted.connect(self._on_painted)

    @Slot(str, str)
    def _on_painted(self, key: str, phase: str) -> None:
        del key, phase
        line = self._window.counter.line()
        if line is not None and line.status is LineStatus.USABLE:
            self._painted_s = time.perf_counter()
            self._loop.quit()

    def sign_in(self) -> None:
        """By PIN, as in the morning; returns with a bill on the screen and the scanner's line open."""
        person = self._running.program.people.add("Lan", Role.CASHIER, _PIN, actor="bench")
        self._running.till.sign_in(person.id, _PIN)
        self._until(lambda: self.view is not None and self._scanner_ready(), "no bill on the screen")

    def _scanner_ready(self) -> bool:
        scanner = self._running._scanner
        return scanner is not None and scanner.status.value == "ready"

    @property
    def review(self) -> ReviewService:
        """Where a manager's questions run."""
        return self._running.review

    @property
    def view(self) -> BillView | None:
        """The bill on the screen."""
        return self._window.counter.view

    def scan(self, code: str) -> float:
        """Seconds from the last byte on the line to the painted verdict. The bill is empty again afterwards."""
        self._painted_s = 0.0
        self._give_up.start(
            int(_WITHIN_S * 1000)
        )  # one timer, begun anew: one of an earlier scan must not end this one
        self._scanner.scan(code)
        began = time.perf_counter()
        self._loop.exec()
        if not self._painted_s:
            raise RuntimeError("no verdict was painted")
        took = self._painted_s - began
        self._clear()
        return took

    def _clear(self) -> None:
        view = self.view
        assert view is not None
        for line in view.lines:
            self._running.till.remove_line(view.key, line.id)
        self._until(lambda: self.view is not None and not self.view.lines, "the bill was not emptied")

    @staticmethod
    def _until(holds: Callable[[], bool], otherwise: str) -> None:
        ends = time.monotonic() + _WITHIN_S
        while not holds():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
            if time.monotonic() > ends:
                raise RuntimeError(otherwise)


def quietly(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
    """Qt's messages but for one that the offscreen plugin repeats for every window."""
    del kind, where
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


@contextmanager
def open_counter(folder: Path, sandbox: SandboxProcess) -> Iterator[Counter]:
    """Everything `quay run` starts, with a cashier signed in."""
    qInstallMessageHandler(quietly)
    set_up(folder / "till", sandbox)
    with VirtualScanner(folder / "scanner") as scanner:
        open_folder(folder / "till").settings.set_many({"scanner.address": scanner.address})
        program, bridge = Program(folder / "till"), Bridge()
        running = RunningTill(program, on_scan=bridge.scanned, on_scan_dropped=bridge.dropped_scan)
        window = build_window(running.till, ui_config(program.settings, running.keep_looks, maximised=False), bridge)
        window.show()
        running.start()
        try:
            counter = Counter(running, window, scanner)
            counter.sign_in()
            yield counter
        finally:
            window.close()
            running.close()
