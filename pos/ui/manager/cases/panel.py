"""One case drawn: what happened, what is safe, what to do now; then what stands in the books, and every call."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.cases.model import Block, CasePanel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import scroll_bar_style


class CaseView(QScrollArea):
    """Draws a `CasePanel`; scrolls where it does not fit."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._panel: CasePanel | None = None
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet(f"QScrollArea, #case {{ background: {look.theme.surface}; }}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))

    def show_panel(self, panel: CasePanel) -> None:
        """Draw this; the same case keeps its place."""
        if panel == self._panel:
            return
        at = self.verticalScrollBar().value() if self._panel is not None and self._panel.key == panel.key else 0
        self._panel = panel
        self.setAccessibleName(panel.title)
        ground = QWidget()
        ground.setObjectName("case")
        column = QVBoxLayout(ground)
        column.setContentsMargins(self._look.px(20), self._look.px(10), self._look.px(20), self._look.px(12))
        column.setSpacing(self._look.px(10))
        for block in panel.blocks:
            column.addWidget(_BlockView(self._look, block, ground))
        for words in panel.not_now:
            column.addLayout(self._locked(words, ground))
        column.addWidget(Rule(self._look, ground))
        column.addLayout(self._facts(panel, ground))
        column.addWidget(Rule(self._look, ground))
        self._add_calls(column, panel, ground)
        column.addStretch(1)
        self.setWidget(ground)
        self.verticalScrollBar().setValue(at)

    def sizeHint(self) -> QSize:
        """Takes the room there is: what is in it scrolls, the page does not."""
        return self.minimumSizeHint()

    def _locked(self, words: str, ground: QWidget) -> QHBoxLayout:
        look = self._look
        line = QHBoxLayout()
        line.setSpacing(look.px(10))
        sign = ShapeView(look, 18, ground)
        sign.show_shape(Shape.LOCK, look.ink(Tone.UNKNOWN))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        said = Text(look, words, design_px=15, weight=500, wrap=True, parent=ground)
        said.set_colour(look.ink(Tone.UNKNOWN))
        line.addWidget(said, 1)
        return line

    def _facts(self, panel: CasePanel, ground: QWidget) -> QGridLayout:
        look = self._look
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(4))
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, value) in enumerate(panel.facts):
            grid.addWidget(Text(look, name, design_px=14, colour=look.theme.muted, parent=ground), row, 0, top)
            told = Text(look, value, design_px=14.5, weight=600, wrap=True, parent=ground)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(told, row, 1, top)
        return grid

    def _add_calls(self, column: QVBoxLayout, panel: CasePanel, ground: QWidget) -> None:
        look, muted = self._look, self._look.theme.muted
        head = look.tr.t("cases.evidence")
        column.addWidget(Text(look, head, design_px=14, weight=700, colour=muted, parent=ground))
        if panel.evidence:
            column.addWidget(Text(look, panel.evidence, design_px=14.5, parent=ground))
        for call in panel.calls:
            line = QHBoxLayout()
            line.setSpacing(look.px(12))
            time = Text(look, call.time, design_px=14, weight=500, colour=muted, parent=ground)
            line.addWidget(time, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Text(look, call.words, design_px=14.5, weight=500, wrap=True, parent=ground), 1)
            column.addLayout(line)


class _BlockView(QWidget):
    """A heading and its sentence; what is to be done stands on a ground of its own."""

    def __init__(self, look: Look, block: Block, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._tone = look, block.tone
        column = QVBoxLayout(self)
        side = look.px(12) if block.tone is not Tone.NEUTRAL else 0
        column.setContentsMargins(side, side * 2 // 3, side, side * 2 // 3)
        column.setSpacing(look.px(2))
        head = Text(look, block.head, design_px=13.5, weight=700, colour=look.theme.muted, parent=self)
        if block.tone is not Tone.NEUTRAL:
            head.set_colour(look.ink(block.tone))
        column.addWidget(head)
        weight = 600 if block.tone is not Tone.NEUTRAL else 500
        column.addWidget(Text(look, block.text, design_px=16.5, weight=weight, wrap=True, parent=self))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its ground."""
        del event
        if self._tone is Tone.NEUTRAL:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.tint(self._tone))
        painter.drawRoundedRect(QRectF(self.rect()), self._look.px(8), self._look.px(8))
