"""The training panel beside the till: vouchers to scan, faults to try, the paper that comes out."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.training.desk import TrainingControls, TrainingDesk, meaning_of
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.widgets.slip import SlipPreview
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import Text
from pos.ui.window import MainWindow

WIDTH_PX = 340
_SWITCHES = {
    "cable": ("training.cable_in", "training.cable_out"),
    "hang": ("training.hang_off", "training.hang_on"),
    "paper": ("training.paper_in", "training.paper_out"),
}
_FAULT_WHEN = {"cable": False, "hang": True, "paper": False}


class TrainingPanel(QWidget):
    """Draws a `TrainingDesk`."""

    def __init__(self, look: Look, desk: TrainingDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._desk = look, desk
        tr = look.tr
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(12), look.px(12), look.px(12))
        column.setSpacing(look.px(8))
        column.addWidget(Text(look, tr.t("training.title"), design_px=20, weight=800, parent=self))
        column.addWidget(self._caption("training.samples"))
        self.table = self._build_table()
        column.addWidget(self.table, 3)
        self.buttons: dict[str, KeyButton] = {}
        for name in _SWITCHES:
            button = KeyButton(look, "", height=48, parent=self)
            button.setProperty("switch", name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._flipped)
            column.addWidget(button)
            self.buttons[name] = button
        self._failed = Text(look, design_px=14, weight=600, wrap=True, parent=self)
        self._failed.set_colour(look.ink(Tone.REFUSED))
        column.addWidget(self._failed)
        column.addWidget(self._caption("training.printer"))
        column.addWidget(self._build_paper(), 4)
        desk.changed.connect(self._show_switches)
        desk.printed.connect(self._show_paper)
        self._show_switches()
        self._show_paper()

    @staticmethod
    def beside(window: MainWindow, controls: TrainingControls) -> TrainingDesk:
        """Put the panel beside the till's window. The desk lives as long as the window."""
        desk = TrainingDesk(controls, parent=window)
        window.closed.connect(desk.close)
        window.set_side(lambda look: TrainingPanel(look, desk), WIDTH_PX)
        return desk

    def _caption(self, key: str) -> Text:
        look = self._look
        return Text(look, look.tr.t(key), design_px=14, weight=600, colour=look.theme.muted, wrap=True, parent=self)

    def _build_table(self) -> Table:
        look, tr = self._look, self._look.tr
        columns = (tr.t("training.col.code"), tr.t("training.col.meaning"))
        table = Table(look, tr.t("training.samples"), columns, 1, self)
        table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        rows = (
            TableRow(sample.code, (Cell(f"…{sample.code[-6:]}"), Cell(meaning_of(tr, sample))))
            for sample in self._desk.samples
        )
        table.show_rows(tuple(rows))
        table.opened.connect(self._scanned)
        return table

    def _build_paper(self) -> QScrollArea:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._paper = QVBoxLayout(inside)
        self._paper.setContentsMargins(0, 0, 0, 0)
        self._paper.setAlignment(Qt.AlignmentFlag.AlignTop)
        area.setWidget(inside)
        return area

    @Slot(str)
    def _scanned(self, code: str) -> None:
        self._desk.scan(code)

    @Slot()
    def _flipped(self) -> None:
        sender: QObject | None = self.sender()
        if sender is not None:
            self._desk.flip(str(sender.property("switch")))

    @Slot()
    def _show_switches(self) -> None:
        tr = self._look.tr
        for name, (mend, trouble) in _SWITCHES.items():
            faulty = self._desk.on[name] is _FAULT_WHEN[name]
            self.buttons[name].relabel(tr.t(mend if faulty else trouble))
            self.buttons[name].set_primary(faulty, Tone.UNKNOWN)
        self._failed.say(tr.t("training.failed") if self._desk.failed else "")

    @Slot()
    def _show_paper(self) -> None:
        while (item := self._paper.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for picture in self._desk.slips:
            self._paper.addWidget(SlipPreview(self._look, picture, self))
        if not self._desk.slips:
            self._paper.addWidget(self._caption("training.no_paper"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the badge's colour along the till."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.surface))
        painter.fillRect(0, 0, 5, self.height(), QColor(self._look.theme.badge))
