"""A card with one figure: what it is, how much, and the two facts that go with it. Pressed, it shows what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.text import literal

_LEFT = Qt.AlignmentFlag.AlignLeft
_LINE = int(_LEFT | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class FigureModel:
    """What a card shows.

    Args:
        note: below the figure, at most two lines; the whole of it is spoken and stands in the tool tip.
        does: what pressing it does, for assistive tools; empty: it cannot be pressed.
    """

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    note_tone: Tone = Tone.NEUTRAL
    does: str = ""


class FigureCard(QAbstractButton):
    """Draws a `FigureModel`; a click, Enter or the space bar presses it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = FigureModel("", "")
        self._label, self._note, self._note_toned = look.font(13, 500), look.font(13, 400), look.font(13, 600)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.px(92))

    def show_figure(self, model: FigureModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model = model
        self.setAccessibleName(f"{model.label}: {model.value}")
        self.setAccessibleDescription(". ".join(part for part in (model.note, model.does) if part))
        self.setToolTip(literal(model.note))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if model.does else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if model.does else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:
        """Shares the row with the others."""
        return QSize(self._look.px(150), self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, label, figure and note."""
        del event
        look, theme, model = self._look, self._look.theme, self._model
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        over = self.underMouse() and bool(model.does)
        edge = (
            QPen(QColor(theme.focus), look.px(3)) if focused else QPen(QColor(theme.outline if over else theme.line), 1)
        )
        inset = edge.widthF() / 2
        painter.setBrush(QColor(theme.surface))
        painter.setPen(edge)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), look.px(12), look.px(12))
        pad = look.px(13)
        room = self.rect().adjusted(pad, look.px(7), -pad, 0)
        self._name(painter, QRect(room.left(), room.top(), room.width(), look.px(18)))
        self._value(painter, QRect(room.left(), room.top() + look.px(18), room.width(), look.px(29)))
        toned = model.note_tone is not Tone.NEUTRAL
        painter.setPen(look.ink(model.note_tone) if toned else QColor(theme.muted))
        painter.setFont(self._note_toned if toned else self._note)
        for number, line in enumerate(self._two_lines(model.note, room.width())):
            painter.drawText(room.left(), room.top() + look.px(60 + 17 * number), line)

    def _name(self, painter: QPainter, room: QRect) -> None:
        painter.setPen(QColor(self._look.theme.muted))
        painter.setFont(self._label)
        text = QFontMetrics(self._label).elidedText(self._model.label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LINE, text)

    def _value(self, painter: QPainter, room: QRect) -> None:
        """The figure is never cut: a long one is written smaller."""
        for size in (24.0, 21.0, 18.0, 15.5, 13.0):
            font = self._look.font(size, 800)
            if QFontMetrics(font).horizontalAdvance(self._model.value) <= room.width():
                break
        painter.setFont(font)
        painter.setPen(self._look.ink(self._model.tone))
        painter.drawText(room, _LINE, self._model.value)

    def _two_lines(self, note: str, width: int) -> tuple[str, str]:
        """The note as far as two lines hold it."""
        metrics = QFontMetrics(self._note_toned)
        words, first = note.split(" "), ""
        while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= width:
            first = f"{first} {words.pop(0)}".strip()
        rest = metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)
        return first, rest
