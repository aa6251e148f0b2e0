"""The timeline drawn: on the left what the row is, on the right what happened, with a way to copy it for support."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.timeline.model import Step, TimelineModel
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Rule
from pos.ui.widgets.pill import PillLabel
from pos.ui.widgets.shapes import paint_shape
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import scroll_bar_style

WIDTH, FACTS_WIDTH = 960, 272
_TOP = Qt.AlignmentFlag.AlignTop


class TimelineSheet(Sheet):
    """Draws a `TimelineModel` over the whole page.

    Signals:
        copied(): it is on the clipboard.
    """

    copied = Signal()

    def __init__(self, look: Look, model: TimelineModel, parent: QWidget) -> None:
        super().__init__(look, model.title, back=look.tr.t("timeline.close"), width=WIDTH, parent=parent)
        self._model: TimelineModel | None = None
        self.card.setFixedHeight(max(look.px(380), parent.height() - look.px(32)))
        self.body.addLayout(self._build_head(model))
        self.body.addWidget(Rule(look, self.card))
        row = QHBoxLayout()
        row.setSpacing(look.px(18))
        self._facts = _Scroll(look, "facts", self.card)
        self._facts.setFixedWidth(look.px(FACTS_WIDTH))
        self._steps = _Scroll(look, "steps", self.card)
        self._steps.setAccessibleName(look.tr.t("timeline.steps"))
        self._facts.setAccessibleName(look.tr.t("timeline.facts"))
        row.addWidget(self._facts)
        row.addWidget(self._steps, 1)
        self.body.addLayout(row, 1)
        self._told = Text(look, design_px=15, weight=600, colour=look.theme.tones[Tone.USABLE].ink, parent=self.card)
        self._told.hide()
        self.body.addWidget(self._told)
        self.show_model(model)

    def _build_head(self, model: TimelineModel) -> QHBoxLayout:
        look = self.look
        head = QHBoxLayout()
        head.setSpacing(look.px(12))
        self._pill = PillLabel(look, model.pill, parent=self.card)
        self._subtitle = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        head.addWidget(self._pill)
        head.addWidget(self._subtitle, 1)
        return head

    def _build_buttons(self, ok: str, back: str) -> QHBoxLayout:
        look = self.look
        row = super()._build_buttons(ok, back)
        self.copy_button = KeyButton(look, look.tr.t("timeline.copy"), "Ctrl+C", parent=self.card)
        self.copy_button.clicked.connect(self.copy)
        row.insertWidget(0, self.copy_button, 1)
        return row

    def show_model(self, model: TimelineModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model = model
        self._pill.show_pill(model.pill)
        self._subtitle.say(model.subtitle)
        self.copy_button.setEnabled(bool(model.text))
        self._facts.put(self._fact_lines(model))
        self._steps.put(self._step_lines(model))

    def _fact_lines(self, model: TimelineModel) -> QWidget:
        look = self.look
        ground, column = _column(look, "facts")
        for label, value in model.facts:
            column.addWidget(Text(look, label, design_px=13, weight=500, colour=look.theme.muted, parent=ground))
            text = Text(look, value, design_px=15, weight=600, wrap=True, parent=ground)
            text.setContentsMargins(0, 0, 0, look.px(6))
            column.addWidget(text)
        column.addStretch(1)
        return ground

    def _step_lines(self, model: TimelineModel) -> QWidget:
        look = self.look
        ground, column = _column(look, "steps")
        for words in (model.note, model.words):
            if words:
                column.addWidget(Text(look, words, design_px=16, weight=600, wrap=True, parent=ground))
        last = len(model.steps) - 1
        for number, step in enumerate(model.steps):
            if step.gap:
                column.addLayout(self._gap_line(step.gap, ground))
            column.addLayout(self._step_line(step, ground, first=number == 0, last=number == last))
        column.addStretch(1)
        return ground

    def _gap_line(self, gap: str, ground: QWidget) -> QHBoxLayout:
        look = self.look
        line = QHBoxLayout()
        line.setSpacing(look.px(10))
        line.addSpacing(look.px(82))
        line.addWidget(_Rail(look, None, ground), 0)
        line.addWidget(Text(look, gap, design_px=13, weight=600, colour=look.theme.muted, parent=ground), 1)
        return line

    def _step_line(self, step: Step, ground: QWidget, *, first: bool, last: bool) -> QHBoxLayout:
        look = self.look
        line = QHBoxLayout()
        line.setSpacing(look.px(10))
        time = Text(look, step.time, design_px=14.5, weight=500, colour=look.theme.muted, align=_TOP, parent=ground)
        time.setFixedWidth(look.px(72))
        time.setContentsMargins(0, look.px(1), 0, 0)
        line.addWidget(time, 0, _TOP)
        line.addWidget(_Rail(look, step, ground, first=first, last=last), 0)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, look.px(6), look.px(8))
        words.setSpacing(0)
        toned = step.tone is not Tone.NEUTRAL
        text = Text(look, step.words, design_px=15.5, weight=700 if toned else 500, wrap=True, parent=ground)
        if toned:
            text.set_colour(look.ink(step.tone))
        words.addWidget(text)
        if step.details:
            words.addWidget(Text(look, step.details, design_px=13.5, colour=look.theme.muted, wrap=True, parent=ground))
        line.addLayout(words, 1)
        return line

    # ------------------------------------------------------------ hands

    @Slot()
    def copy(self) -> None:
        """Put the text on the clipboard."""
        if self._model is not None and self._model.text:
            QGuiApplication.clipboard().setText(self._model.text)
            self._told.say(self.look.tr.t("timeline.copied"))
            self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies; arrows and pages move through what happened."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
        elif Qt.Key(event.key()) in _STEPS:
            self._steps.move_by(_STEPS[Qt.Key(event.key())])
            event.accept()
        else:
            super().keyPressEvent(event)

    def focus_home(self) -> None:
        """The steps, so that arrows move them."""
        self.setFocus()


_STEPS = {
    Qt.Key.Key_Up: -0.15,
    Qt.Key.Key_Down: 0.15,
    Qt.Key.Key_PageUp: -0.9,
    Qt.Key.Key_PageDown: 0.9,
    Qt.Key.Key_Home: -1e6,
    Qt.Key.Key_End: 1e6,
}
"""How far each key moves, in heights of what is seen."""


def _column(look: Look, name: str) -> tuple[QWidget, QVBoxLayout]:
    ground = QWidget()
    ground.setObjectName(name)
    column = QVBoxLayout(ground)
    column.setContentsMargins(0, look.px(4), 0, look.px(4))
    column.setSpacing(0)
    return ground, column


class _Scroll(QScrollArea):
    """One column of the box."""

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet(f"QScrollArea, #{name} {{ background: {look.theme.surface}; }}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))

    def put(self, ground: QWidget) -> None:
        """Other lines, at the same place."""
        held = self.verticalScrollBar().value()
        self.setWidget(ground)
        self.verticalScrollBar().setValue(held)

    def move_by(self, heights: float) -> None:
        """Scroll by so many heights of what is seen."""
        bar = self.verticalScrollBar()
        bar.setValue(round(min(bar.maximum(), max(0.0, bar.value() + heights * self.viewport().height()))))


class _Rail(QWidget):
    """The line beside the steps, with the shape of this one."""

    def __init__(
        self, look: Look, step: Step | None, parent: QWidget, *, first: bool = False, last: bool = False
    ) -> None:
        super().__init__(parent)
        self._look, self._step, self._first, self._last = look, step, first, last
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFixedWidth(look.px(20))

    def sizeHint(self) -> QSize:
        """As high as its step."""
        return QSize(self._look.px(20), self._look.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line and shape."""
        del event
        look, step = self._look, self._step
        painter = QPainter(self)
        middle, sign = self.width() / 2, look.px(16)
        top = look.px(12) if self._first else 0
        bottom = look.px(12) if self._last else self.height()
        painter.fillRect(QRectF(middle - 1, top, 2, bottom - top), QColor(look.theme.line))
        if step is None:
            return
        size = sign if step.tone is not Tone.NEUTRAL else look.px(8)
        box = QRectF(middle - size / 2, look.px(12) - size / 2, size, size)
        painter.fillRect(box.adjusted(-2, -2, 2, 2), QColor(look.theme.surface))
        ink = look.ink(step.tone) if step.tone is not Tone.NEUTRAL else QColor(look.theme.muted)
        paint_shape(painter, step.shape, box, ink)
