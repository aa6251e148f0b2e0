"""What matters before anything else, across the section."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.model import ClosingModel
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView


class Notice(QWidget):
    """A word, a shape and a colour on a tinted ground; no room while there is nothing to say."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        row.setSpacing(look.px(10))
        self._shape = ShapeView(look, 26, self)
        row.addWidget(self._shape)
        self._words = Text(look, design_px=15, weight=600, wrap=True, parent=self)
        row.addWidget(self._words, 1)
        self._ground = QColor(look.theme.surface)
        self.hide()

    def show_notice(self, model: ClosingModel) -> None:
        """Draw it, or take no room."""
        self.setVisible(bool(model.notice))
        if not model.notice:
            return
        ink = self._look.ink(model.notice_tone)
        self._words.setText(model.notice)
        self._words.set_colour(ink)
        self._shape.show_shape(model.notice_shape, ink)
        self._ground = self._look.tint(model.notice_tone)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted ground."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground)
        painter.drawRoundedRect(QRectF(self.rect()), self._look.px(10), self._look.px(10))
