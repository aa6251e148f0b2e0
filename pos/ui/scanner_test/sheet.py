"""The scanner test's box: scan anything, nothing is sent."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from pos.ui.look import Look
from pos.ui.scanner_test.presenter import Shown
from pos.ui.theme import Tone
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_ROWS = 5


class ScannerTestSheet(Sheet):
    """Shows the last reading until it is closed.

    Signals:
        typed(): letters and an Enter that were typing to the till, which here can only be a keyboard scanner's.
    """

    typed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        tr = look.tr
        title, hint = tr.t("scanner_test.title"), tr.t("scanner_test.hint")
        super().__init__(look, title, hint, back=tr.t("action.close"), width=580, parent=parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        self.verdict = Text(
            look, tr.t("scanner_test.waiting"), design_px=22, weight=700, wrap=True, align=centre, parent=self.card
        )
        self.verdict.setMinimumHeight(look.px(72))
        self.body.addWidget(self.verdict)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(16))
        grid.setColumnStretch(1, 1)
        self._read = self._letters = False
        self.cells: list[tuple[Text, Text]] = []
        for row in range(_ROWS):
            label = Text(look, design_px=15, colour=look.theme.muted, parent=self.card)
            value = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
            value.setMinimumHeight(look.px(26))
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            self.cells.append((label, value))
        self.body.addLayout(grid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter is a scanner's that types too slowly."""
        self._letters = self._letters or (event.text().isprintable() and bool(event.text()))
        super().keyPressEvent(event)

    @Slot()
    def accept(self) -> None:
        """Enter closes nothing: what comes from a scanner has one at its end."""
        if self._letters:
            self._letters = False
            self.typed.emit()

    def show_trouble(self, trouble: str) -> None:
        """Why the scanner cannot be used, as long as it has said nothing; empty: it is waited for."""
        if self._read:
            return
        self.verdict.setText(f"✗ {trouble}" if trouble else self.look.tr.t("scanner_test.waiting"))
        self.verdict.set_colour(self.look.ink(Tone.REFUSED if trouble else Tone.NEUTRAL))

    def show_reading(self, reading: Shown) -> None:
        """Draw one reading in place of the one before."""
        self._read = True
        tone = Tone.USABLE if reading.good else Tone.REFUSED
        self.verdict.setText(f"{'✓' if reading.good else '✗'} {reading.verdict}")
        self.verdict.set_colour(QColor(self.look.theme.tones[tone].ink))
        rows = [*reading.rows, *[("", "")] * _ROWS]
        for (label, value), (name, text) in zip(self.cells, rows, strict=False):
            label.setText(name)
            value.setText(text)
