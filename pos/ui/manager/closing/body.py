"""The open step drawn: what is left in it, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.left_list import LeftList
from pos.ui.manager.closing.model import BodyModel
from pos.ui.manager.closing.step_tile import ProgressLine
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.button_row import ButtonRow
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView


class Body(Card):
    """What is left in the open step.

    Signals:
        acted(str): its action.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, look.px(10), 1, look.px(10))
        column.setSpacing(look.px(6))
        self._title = Text(look, design_px=18, weight=800, wrap=True, parent=self)
        self._hint = Text(look, design_px=14, weight=500, colour=look.theme.muted, wrap=True, parent=self)
        self._running = Text(look, design_px=14, weight=700, wrap=True, parent=self)
        self._running.set_colour(look.ink(Tone.BRAND))
        for text in (self._title, self._hint, self._running):
            text.setContentsMargins(look.px(14), 0, look.px(14), 0)
            column.addWidget(text)
        line = QHBoxLayout()
        line.setContentsMargins(look.px(14), 0, look.px(14), 0)
        self.progress = ProgressLine(look, self)
        line.addWidget(self.progress)
        column.addLayout(line)
        column.addWidget(Rule(look, self))
        self.list = LeftList(look, look.tr.t("closing.left"), self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._build_empty())
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(look.px(12), 0, look.px(12), 0)
        self.bar = ButtonRow(look, self)
        self.bar.acted.connect(self.acted)
        foot.addWidget(self.bar)
        column.addLayout(foot)

    def _build_empty(self) -> QWidget:
        look = self._look
        ground = QWidget(self)
        column = QVBoxLayout(ground)
        column.setContentsMargins(look.px(20), 0, look.px(20), look.px(20))
        column.setSpacing(look.px(12))
        check = ShapeView(look, 72, ground)
        check.show_shape(Shape.CHECK, look.ink(Tone.USABLE))
        centre = Qt.AlignmentFlag.AlignHCenter
        self._empty = Text(look, design_px=17, weight=600, wrap=True, align=centre, parent=ground)
        column.addStretch(1)
        column.addWidget(check, 0, centre)
        column.addWidget(self._empty)
        column.addStretch(1)
        return ground

    def show_body(self, model: BodyModel) -> None:
        """Draw this."""
        self._title.say(model.title)
        self._hint.say(model.hint)
        self._running.say(model.running)
        self.progress.show_progress(model.done, model.total)
        self.list.setAccessibleName(model.title)
        self.list.show_rows(model.rows)
        self._empty.setText(model.empty)  # whether it is seen is the stack's matter
        self._stack.setCurrentIndex(0 if model.rows else 1)
        self.bar.show_actions(model.actions)
