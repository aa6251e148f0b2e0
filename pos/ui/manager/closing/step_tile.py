"""One of the four steps: its number (which is its key), its name, and its state as word, shape and colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.model import StepModel
from pos.ui.theme import Tone
from pos.ui.widgets.shapes import paint_shape

NARROWEST, LOWEST = 220, 72


class StepTile(QPushButton):
    """Draws a `StepModel`; a press opens it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model: StepModel | None = None
        self._open = False
        self._number, self._title = look.font(13, 700), look.font(15, 600)
        self._state, self._detail = look.font(19, 800), look.font(13, 500)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(look.px(NARROWEST), look.px(LOWEST))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_step(self, model: StepModel, *, is_open: bool) -> None:
        """Draw this one."""
        if model == self._model and is_open == self._open:
            return
        self._model, self._open = model, is_open
        self.setAccessibleName(f"{model.number}. {model.title}: {model.state}")
        self.setAccessibleDescription(model.detail)
        self.update()

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(self._look.px(NARROWEST), self._look.px(96))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the focused step."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the screen's matter
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, number, words and shape."""
        del event
        model, look, theme = self._model, self._look, self._look.theme
        if model is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(look.tint(model.tone))
        edge = theme.focus if self.hasFocus() else look.ink(Tone.BRAND) if self._open else theme.line
        painter.setPen(QPen(QColor(edge), look.px(3 if self.hasFocus() or self._open else 1)))
        painter.drawRoundedRect(box, look.px(10), look.px(10))
        size = look.px(34)
        shape_box = QRectF(box.right() - size - look.px(12), box.center().y() - size / 2, size, size)
        paint_shape(painter, model.shape, shape_box, look.ink(model.tone))
        self._paint_words(painter, box.adjusted(look.px(12), 0, -size - look.px(20), 0))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        model, look = self._model, self._look
        if model is None:
            return
        lines = [(model.title, self._title, QColor(look.theme.text)), (model.state, self._state, look.ink(model.tone))]
        if model.detail:
            lines.append((model.detail, self._detail, QColor(look.theme.text)))
        heights = [QFontMetrics(font).height() for _, font, _ in lines]
        top = room.center().y() - sum(heights) / 2
        number = QRectF(room.left(), top + (heights[0] - look.px(20)) / 2, look.px(20), look.px(20))
        painter.setPen(QPen(QColor(look.theme.text), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(number, look.px(5), look.px(5))
        painter.setFont(self._number)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignCenter), str(model.number))
        for at, ((text, font, colour), height) in enumerate(zip(lines, heights, strict=True)):
            left = room.left() + (look.px(28) if at == 0 else 0)
            line = QRectF(left, top, room.right() - left, height)
            painter.setFont(font)
            painter.setPen(colour)
            words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
            top += height


class ProgressLine(QWidget):
    """A thin bar: how far what runs has come. Words beside it say the same."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._done, self._total = look, 0, 0
        self.setFixedHeight(look.px(8))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, done: int, total: int) -> None:
        """Draw this share; nothing runs with a total of 0."""
        self.setVisible(total > 0)
        if (done, total) != (self._done, self._total):
            self._done, self._total = done, total
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(QColor(self._look.theme.line))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        share = min(1.0, self._done / self._total) if self._total else 0.0
        painter.setBrush(self._look.ink(Tone.BRAND))
        painter.drawRoundedRect(QRectF(0, 0, max(self.height(), self.width() * share), self.height()), radius, radius)
