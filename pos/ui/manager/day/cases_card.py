"""The card of what needs a person, drawn: as many of the oldest as have room; pressed, it leads to all of them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.day.model import CaseLine, CasesModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill, PillPainter

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CasesCard(QAbstractButton):
    """Draws a `CasesModel`.

    Args:
        key: leads to the cases from anywhere.
    """

    def __init__(self, look: Look, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._key = look, key
        self._model = CasesModel("", 0, (), "")
        self._head, self._small, self._facts = look.font(15, 700), look.font(12.5, 600), look.font(13.5)
        self._pills = PillPainter(look, 13, self.devicePixelRatioF())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(look.px(280), look.px(128))

    def show_cases(self, model: CasesModel) -> None:
        """Draw this."""
        if model != self._model:
            self._model = model
            self.setAccessibleName(f"{model.title}: {model.count}")
            lines = (f"{line.title}, {line.facts}, {line.age}" for line in model.lines)
            self.setAccessibleDescription(". ".join(lines) or model.words)
            self.update()

    def sizeHint(self) -> QSize:
        """Shares the row with the chart."""
        return QSize(self._look.px(300), self._look.px(100))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw card, head and lines."""
        del event
        look, theme, model = self._look, self._look.theme, self._model
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(QColor(theme.focus), look.px(3)) if self.hasFocus() else QPen(QColor(theme.line), 1)
        inset = edge.widthF() / 2
        painter.setBrush(QColor(theme.surface))
        painter.setPen(edge)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), look.px(12), look.px(12))
        room = self.rect().adjusted(look.px(14), look.px(7), -look.px(14), -look.px(4))
        self._paint_head(painter, QRect(room.left(), room.top(), room.width(), look.px(24)))
        below = room.adjusted(0, look.px(27), 0, 0)
        if model.words:
            painter.setFont(look.font(15, 500))
            painter.setPen(QColor(theme.muted))
            painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), model.words)
            return
        high = look.px(45)
        for number, line in enumerate(model.lines[: max(1, (below.height() + look.px(4)) // high)]):
            self._paint_line(painter, line, QRect(below.left(), below.top() + number * high, below.width(), high))

    def _paint_head(self, painter: QPainter, room: QRect) -> None:
        look, model = self._look, self._model
        painter.setFont(self._head)
        painter.setPen(QColor(look.theme.text))
        painter.drawText(room, _LEFT, model.title)
        if model.count:
            used = QFontMetrics(self._head).horizontalAdvance(model.title) + look.px(10)
            self._pills.paint(painter, Pill(str(model.count), Tone.REFUSED, Shape.NONE), room.adjusted(used, 0, 0, 0))
        painter.setFont(self._small)
        painter.setPen(QColor(look.theme.muted))
        painter.drawText(room, _RIGHT, self._key)

    def _paint_line(self, painter: QPainter, line: CaseLine, room: QRect) -> None:
        """Pill and age on one line, what it is about below."""
        look, theme = self._look, self._look.theme
        painter.setFont(self._small)
        painter.setPen(QColor(theme.text))
        top = QRect(room.left(), room.top(), room.width(), look.px(27))
        painter.drawText(top, _RIGHT, line.age)
        age = QFontMetrics(self._small).horizontalAdvance(line.age) + look.px(10)
        shape = Shape.X if line.tone is Tone.REFUSED else Shape.WAIT
        self._pills.paint(painter, Pill(line.title, line.tone, shape), top.adjusted(0, 0, -age, 0))
        painter.setFont(self._facts)
        painter.setPen(QColor(theme.muted))
        facts = QRect(room.left(), room.top() + look.px(26), room.width(), look.px(18))
        text = QFontMetrics(self._facts).elidedText(line.facts, Qt.TextElideMode.ElideRight, facts.width())
        painter.drawText(facts, _LEFT, text)
