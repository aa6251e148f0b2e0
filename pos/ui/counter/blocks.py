"""The blocks of the bill's card: bill number, goods and total above; voucher and left to pay below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.text import Text

LONGEST = 16
"""Characters of a figure that stand in its full size on the smallest screen."""
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class ValueButton(QPushButton):
    """A small label with its key over a value; a press changes the value, while that is allowed."""

    def __init__(
        self, look: Look, *, value_px: float, weight: int, right: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._right = look, right
        self._label, self._key, self._value = "", "", ""
        self._label_font, self._value_font = look.font(13, 500), look.font(value_px, weight)
        self.setFixedHeight(look.px(58))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def show_value(self, label: str, key: str, value: str) -> None:
        """Show this; an empty key means that it cannot be changed now."""
        if (label, key, value) == (self._label, self._key, self._value):
            return
        self._label, self._key, self._value = label, key, value
        self.setEnabled(bool(key))
        self.setAccessibleName(f"{label}: {value}")
        self.setAccessibleDescription(key)
        self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its longer line."""
        label = QFontMetrics(self._label_font).horizontalAdvance(self._caption())
        value = QFontMetrics(self._value_font).horizontalAdvance(self._value)
        return QSize(max(label, value) + self._look.px(14), self.height())

    def minimumSizeHint(self) -> QSize:
        """A long bill number may be elided."""
        return QSize(min(self.sizeHint().width(), self._look.px(130)), self.height())

    def _caption(self) -> str:
        return f"{self._label} · {self._key}" if self._key else self._label

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw label over value, and the focus ring."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or (self.underMouse() and self._key):
            painter.setPen(QPen(QColor(theme.focus), look.px(2.5)) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.background))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.px(8), look.px(8))
        pad = look.px(6)
        room = self.rect().adjusted(pad, look.px(7), -pad, -look.px(6))
        side = _RIGHT if self._right else _LEFT
        painter.setFont(self._label_font)
        painter.setPen(QColor(theme.muted))
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignTop), self._caption())
        painter.setFont(self._value_font)
        painter.setPen(QColor(theme.text))
        metrics = QFontMetrics(self._value_font)
        value = metrics.elidedText(self._value, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignBottom), value)


class Figure(QWidget):
    """A small label over a large figure."""

    def __init__(self, look: Look, *, value_px: float, right: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = _RIGHT if right else _LEFT
        self._look, self._value_px = look, value_px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._label = Text(look, design_px=13, weight=500, colour=look.theme.muted, align=side, parent=self)
        self._value = Text(look, design_px=value_px, weight=800, align=side, parent=self)
        self._label.setBuddy(self._value)
        column.addStretch(1)
        column.addWidget(self._label)
        column.addWidget(self._value)

    def show_value(self, label: str, value: str) -> None:
        """Show this; what is paid and what waits, together, in a smaller letter: neither may be cut."""
        self._label.say(label)
        self._value.setFont(self._look.font(min(self._value_px, 16) if len(value) > LONGEST else self._value_px, 800))
        self._value.say(value)
