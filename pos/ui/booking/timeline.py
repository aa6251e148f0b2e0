"""The timeline drawn: one line a step, the newest on top, the one that goes on marked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pos.ui.booking.model import Step
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.text import Text


class Timeline(QScrollArea):
    """Steps of one payment."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[Step, ...] | None = None
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(look.tr.t("bookpay.timeline"))
        self.setStyleSheet(f"QScrollArea, #steps {{ background: {look.theme.surface}; }}")

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Draw these."""
        if steps == self._steps:
            return
        self._steps = steps
        look = self._look
        ground = QWidget()
        ground.setObjectName("steps")
        column = QVBoxLayout(ground)
        column.setContentsMargins(look.px(18), look.px(8), look.px(18), look.px(8))
        column.setSpacing(look.px(7))
        for step in steps:
            column.addLayout(self._line(step, ground))
        column.addStretch(1)
        self.setWidget(ground)

    def _line(self, step: Step, ground: QWidget) -> QHBoxLayout:
        look = self._look
        line = QHBoxLayout()
        line.setSpacing(look.px(12))
        time = Text(look, step.time, design_px=14.5, weight=500, colour=look.theme.muted, parent=ground)
        line.addWidget(time, 0, Qt.AlignmentFlag.AlignTop)
        toned = step.tone is not Tone.NEUTRAL
        words = Text(look, step.words, design_px=15.5, weight=700 if toned else 500, wrap=True, parent=ground)
        if toned:
            words.set_colour(look.ink(step.tone))
        line.addWidget(words, 1)
        if step.amount:
            right = Qt.AlignmentFlag.AlignRight
            line.addWidget(Text(look, step.amount, design_px=15.5, weight=600, align=right, parent=ground))
        return line
