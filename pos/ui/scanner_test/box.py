"""Runs the scanner test: while its box is open every scan is shown there and none is a voucher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.scanner_test.presenter import Shown, dropped, keyed, shown
from pos.ui.scanner_test.sheet import ScannerTestSheet
from pos.ui.signs import Sound

if TYPE_CHECKING:
    from hardware.scanner.test_mode import Observation


class ScannerTest(QObject):
    """Opens the box, and gives the scanner back to the counter when it is gone.

    Args:
        switch: as `UiConfig.test_scanner`.
        parent: owns this object.

    Signals:
        heard(object): a `Sound` for what was scanned.
    """

    heard = Signal(object)

    def __init__(self, switch: Callable[[bool], None] | None, parent: QObject) -> None:
        super().__init__(parent)
        self._switch = switch or (lambda _: None)
        self._sheet: ScannerTestSheet | None = None

    def open(self, look: Look, over: QWidget, trouble: str = "") -> ScannerTestSheet:
        """The box; from now on what is scanned is shown there. `trouble`: why the scanner cannot be used now."""
        self._sheet = ScannerTestSheet(look, over)
        self._sheet.show_trouble(trouble)
        self._sheet.closed.connect(self.end)
        self._sheet.typed.connect(self._take_typed)
        self._switch(True)
        return self._sheet

    @Slot()
    def end(self) -> None:
        """The box is gone, or about to go with the screen it stands on: the counter has the scanner again."""
        if self._sheet is not None:
            self._sheet = None
            self._switch(False)

    def show_trouble(self, trouble: str) -> None:
        """Why the scanner cannot be used at this moment; empty if it can."""
        if self._sheet is not None:
            self._sheet.show_trouble(trouble)

    @Slot(object)
    def take_reading(self, observation: Observation) -> None:
        """A scanner on a line of its own said something; one that was still on its way is nobody's."""
        if self._sheet is not None:
            self._show(self._sheet, shown(self._sheet.look.tr, observation))

    def take_scan(self, text: str) -> bool:
        """A keyboard scanner's scan; false if no test is open."""
        if self._sheet is None:
            return False
        self._show(self._sheet, keyed(self._sheet.look.tr, text))
        return True

    def take_dropped(self, why: str) -> bool:
        """A scan that was thrown away, as in `hint.<why>`; false if no test is open."""
        if self._sheet is None:
            return False
        self._show(self._sheet, dropped(self._sheet.look.tr, why))
        return True

    @Slot()
    def _take_typed(self) -> None:
        self.take_dropped("slow_scan")

    def _show(self, sheet: ScannerTestSheet, reading: Shown) -> None:
        sheet.show_reading(reading)
        self.heard.emit(Sound.USABLE if reading.good else Sound.REFUSED)
