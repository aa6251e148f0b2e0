"""The steps at the left: where one is, what is done, what was put off. Each that may be opened can be pressed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pos.setup.first_run import Progress
from pos.setup.steps import Step, StepState
from pos.ui.first_run.pages import PILLS
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.card import Card
from pos.ui.widgets.shapes import paint_shape

WIDTH = 238


class _Line(QPushButton):
    def __init__(self, look: Look, step: Step, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self.step, self._number = look, step, number
        self._state, self._open = StepState.TODO, False
        self.setFixedHeight(look.px(52))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, state: StepState, *, open_now: bool, may: bool) -> None:
        tr = self._look.tr
        self._state, self._open = state, open_now
        self.setEnabled(may)
        self.setAccessibleName(f"{self._number}. {tr.t(f'first_run.{self.step}')}")
        self.setAccessibleDescription(tr.t(f"first_run.state.{'now' if open_now else state}"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0, 2, 0, -2)
        if self._open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.tint(Tone.BRAND))
            painter.drawRoundedRect(box, look.px(9), look.px(9))
        size = look.px(30)
        mark = QRectF(look.px(12), (self.height() - size) / 2, size, size)
        self._paint_mark(painter, mark)
        painter.setPen(QColor(theme.text if self.isEnabled() or self._open else theme.muted))
        painter.setFont(look.font(16, 700 if self._open else 500))
        left = look.px(54)
        room = QRectF(left, 0, self.width() - left - look.px(8), self.height())
        words = painter.fontMetrics().elidedText(
            look.tr.t(f"first_run.{self.step}"), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        """The number until the step is behind us, then its state."""
        look, theme = self._look, self._look.theme
        behind = self._state is not StepState.TODO and self.step is not Step.DONE
        if self._open:
            fill = theme.tones[Tone.BRAND]
            painter.setBrush(QColor(fill.fill))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(mark)
            painter.setPen(QColor(fill.on_fill))
        elif behind:
            tone, shape = PILLS[self._state]
            painter.setBrush(look.tint(tone))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(mark)
            inner = mark.width() * (0.36 if shape is Shape.DOT else 0.26)
            paint_shape(painter, shape, mark.adjusted(inner, inner, -inner, -inner), look.ink(tone))
            return
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.outline), 1.5))
            painter.drawEllipse(mark.adjusted(1, 1, -1, -1))
            painter.setPen(QColor(theme.muted))
        painter.setFont(look.font(14, 700))
        painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), str(self._number))


class Rail(Card):
    """The list of steps.

    Signals:
        wanted(str): a step was pressed.
    """

    wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.look = look
        self.lines: list[_Line] = []
        self.setFixedWidth(look.px(WIDTH))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(look.px(10), look.px(12), look.px(10), look.px(12))
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def show_progress(self, progress: Progress) -> None:
        """Draw how the steps stand."""
        if [line.step for line in self.lines] != [step for step, _ in progress.steps]:
            self._rebuild(progress)
        for line, (step, state) in zip(self.lines, progress.steps, strict=True):
            may = step in progress.may_open and not progress.locked
            line.show_state(state, open_now=step is progress.at, may=may)

    def _rebuild(self, progress: Progress) -> None:
        for line in self.lines:
            self._column.removeWidget(line)
            line.deleteLater()
        self.lines = []
        for number, (step, _) in enumerate(progress.steps, start=1):
            line = _Line(self.look, step, number, self)
            line.clicked.connect(self._pressed)
            self._column.insertWidget(number - 1, line)
            self.lines.append(line)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, _Line):
            self.wanted.emit(sender.step.value)
