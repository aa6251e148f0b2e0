"""Totals as lines of words and numbers, and the Z report as it can be read on the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.model import Figure, ReportModel
from pos.ui.theme import Tone
from pos.ui.widgets.button_row import ButtonRow
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import scroll_bar_style


class FigureList(QScrollArea):
    """Label left, value right, a note below where there is one. Where not all of it fits it scrolls, by Tab and arrows
    as well.
    """

    def __init__(self, look: Look, parent: QWidget, *, design_px: float = 14) -> None:
        super().__init__(parent)
        self._look, self._design_px = look, design_px
        self._shown: tuple[Figure, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStyleSheet(
            f"QScrollArea, #figures {{ background: {look.theme.surface}; }}"
            f"QScrollArea:focus {{ border: {look.px(2.5)}px solid {look.theme.focus}; }}"
        )
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._fill()

    def show_figures(self, figures: tuple[Figure, ...]) -> None:
        """Draw these."""
        if figures != self._shown:
            self._shown = figures
            self._fill()

    @Slot(int, int)
    def _on_range(self, least: int, most: int) -> None:
        """A stop of the Tab key only where there is something to scroll."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most > least else Qt.FocusPolicy.NoFocus)

    def _fill(self) -> None:
        look, size = self._look, self._design_px
        ground = QWidget()
        ground.setObjectName("figures")
        grid = QGridLayout(ground)
        grid.setContentsMargins(0, 0, look.px(4), 0)
        grid.setVerticalSpacing(look.px(3))
        grid.setHorizontalSpacing(look.px(8))
        grid.setColumnStretch(0, 1)
        row = 0
        for figure in self._shown:
            if figure.strong and row:
                grid.addWidget(Rule(look, ground), row, 0, 1, 2)
                row += 1
            self._line(grid, ground, row, figure)
            row += 1
            if figure.note:
                note = Text(look, figure.note, design_px=size - 1, colour=look.theme.muted, wrap=True, parent=ground)
                note.setContentsMargins(look.px(10), 0, 0, 0)
                grid.addWidget(note, row, 0, 1, 2)
                row += 1
        grid.setRowStretch(row, 1)
        self.setWidget(ground)
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(ground.minimumSizeHint().width() + bar)  # an amount is never cut

    def _line(self, grid: QGridLayout, ground: QWidget, row: int, figure: Figure) -> None:
        look, size = self._look, self._design_px
        label = Text(look, figure.label, design_px=size, weight=700 if figure.strong else 500, wrap=True, parent=ground)
        if not figure.strong and figure.value:
            label.setContentsMargins(look.px(10), 0, 0, 0)
        value = Text(
            look, figure.value, design_px=size + (1 if figure.strong else 0), weight=700 if figure.strong else 600,
            align=Qt.AlignmentFlag.AlignRight, parent=ground,
        )  # fmt: skip
        if figure.tone is not Tone.NEUTRAL:
            label.set_colour(look.ink(figure.tone))
            value.set_colour(look.ink(figure.tone))
        grid.addWidget(label, row, 0, 1, 1 if figure.value else 2)
        grid.addWidget(value, row, 1)


class ReportCard(Card):
    """Draws a `ReportModel`.

    Signals:
        acted(str): an action below it.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(18), look.px(14), look.px(18), look.px(14))
        column.setSpacing(look.px(6))
        head = QHBoxLayout()
        head.setSpacing(look.px(12))
        self._shape = ShapeView(look, 40, self)
        head.addWidget(self._shape)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = Text(look, design_px=22, weight=800, wrap=True, parent=self)
        self._note = Text(look, design_px=14, colour=look.theme.muted, wrap=True, parent=self)
        words.addWidget(self._title)
        words.addWidget(self._note)
        head.addLayout(words, 1)
        column.addLayout(head)
        self._verdict = Text(look, design_px=16, weight=700, wrap=True, parent=self)
        column.addWidget(self._verdict)
        column.addWidget(Rule(look, self))
        self.figures = FigureList(look, self, design_px=15)
        column.addWidget(self.figures, 1)
        column.addWidget(Rule(look, self))
        self._chain = Text(look, design_px=13, weight=500, wrap=True, parent=self)
        self._chain.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._chain.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._chain)
        self.bar = ButtonRow(look, self)
        self.bar.acted.connect(self.acted)
        column.addWidget(self.bar)
        self._look = look

    def show_report(self, model: ReportModel | None) -> None:
        """Draw this one; the card stays empty without one."""
        self.setVisible(model is not None)
        if model is None:
            return
        ink = self._look.ink(model.tone)
        self._shape.show_shape(model.shape, ink)
        self._title.say(model.title)
        self._note.say(model.note)
        self._verdict.say(model.verdict)
        self._verdict.set_colour(ink)
        self.figures.show_figures(model.figures)
        self._chain.say("\n".join(model.chain))
        self.bar.show_actions(model.actions)
