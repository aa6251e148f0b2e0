"""The settings and the tests of scanner and printer behind them: opens their boxes, tells them how the devices are."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from pos.domain.permissions import Action
from pos.till.rights import may
from pos.ui.config import Choices, UiConfig
from pos.ui.printer_test.presenter import PrinterTestPresenter
from pos.ui.printer_test.sheet import PrinterTestSheet
from pos.ui.scanner_test.box import ScannerTest
from pos.ui.settings.screen import SettingsSheet
from pos.ui.shell.box import OpenBox
from pos.ui.shell.presenter import ShellPresenter

SIZE = (640, 660)
"""Design size in which each of them has room."""


class SettingsBoxes(QObject):
    """Opens one box at a time.

    Args:
        config: with what tests the devices.
        shell: who is signed in and how the devices are.
        box: where they open.
        parent: owns this object.

    Signals:
        chosen(object): new `Choices`. heard(object): a `Sound` of a test.
    """

    chosen = Signal(object)
    heard = Signal(object)

    def __init__(self, config: UiConfig, shell: ShellPresenter, box: OpenBox, parent: QObject) -> None:
        super().__init__(parent)
        self._config, self._shell, self._box = config, shell, box
        self.scanner_test = ScannerTest(config.test_scanner, self)
        self.scanner_test.heard.connect(self.heard)
        self._printer_sheet: PrinterTestSheet | None = None

    def open(self, choices: Choices) -> None:
        """Language, colours, size, sound, and the way to the tests."""
        look, over = self._box.room(SIZE)
        troubles = [trouble for name in ("scanner", "printer") if (trouble := self._shell.trouble(look.tr, name))]
        printer = self._config.printer_test is not None
        sheet = SettingsSheet(look, choices, self._config.version, "\n".join(troubles), over, printer=printer)
        sheet.chosen.connect(self.chosen)
        sheet.scanner_test_wanted.connect(self.test_scanner)
        sheet.printer_test_wanted.connect(self.test_printer)
        self._box.open(sheet)

    @Slot()
    def test_scanner(self) -> None:
        """Show what the scanner sends; nothing scanned meanwhile is a voucher."""
        look, over = self._box.room(SIZE)
        self._box.open(self.scanner_test.open(look, over, self._shell.trouble(look.tr, "scanner")))

    @Slot()
    def test_printer(self) -> None:
        """A test page, or which lines can be read."""
        desk = self._config.printer_test
        if desk is None:
            return
        look, over = self._box.room(SIZE)
        person, strip = self._shell.person, self._shell.strip
        presenter = PrinterTestPresenter(
            desk,
            manager=may(Action.CHANGE_SETTINGS, person),
            access=self._shell.access(look.tr, "printer"),
        )
        sheet = PrinterTestSheet(look, presenter, self._shell.trouble(look.tr, "printer"), over)
        sheet.heard.connect(self.heard)
        sheet.closed.connect(self._leave_printer)
        if strip is not None:
            sheet.show_printer(strip.printer, self._shell.trouble(look.tr, "printer"))
        self._box.open(sheet)
        self._printer_sheet = sheet

    def end(self) -> None:
        """The open box is gone, or about to go with the screen it stands on."""
        self.scanner_test.end()
        self._leave_printer()

    @Slot()
    def _leave_printer(self) -> None:
        if self._printer_sheet is not None:
            self._printer_sheet.presenter.leave()
            self._printer_sheet = None

    @Slot(object)
    def take_printed(self, event: object) -> None:
        """The printer's thread told of a test."""
        if self._printer_sheet is not None:
            self._printer_sheet.take(event)

    def take_devices(self) -> None:
        """The devices may be otherwise by now."""
        strip = self._shell.strip
        if strip is None:
            return
        tr = self._box.room(SIZE)[0].tr
        if self._printer_sheet is not None:
            self._printer_sheet.show_printer(strip.printer, self._shell.trouble(tr, "printer"))
        self.scanner_test.show_trouble(self._shell.trouble(tr, "scanner"))
