"""A pill: a word on its colour with its shape, so that none of the three is the only sign."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.shapes import paint_shape


@dataclass(frozen=True, slots=True)
class Pill:
    """One state, ready to be drawn."""

    word: str
    tone: Tone
    shape: Shape


class PillPainter:
    """Draws pills of one look. Each is drawn once and then copied: a table of them scrolls at the speed of plain text.

    Args:
        design_px: of the word.
        dots: pixels of the screen in one pixel of Qt.
    """

    def __init__(self, look: Look, design_px: float = 14, dots: float = 1.0) -> None:
        self._look, self._dots = look, dots
        self._font = look.font(design_px, 700)
        self._metrics = QFontMetrics(self._font)
        self._high = look.px(design_px * 2)
        self._drawn: dict[tuple[Pill, int, bool], QPixmap] = {}

    def size_of(self, pill: Pill) -> QSize:
        """Room it needs."""
        look = self._look
        sign = 0 if pill.shape is Shape.NONE else look.px(19)
        return QSize(self._metrics.horizontalAdvance(pill.word) + sign + look.px(22), self._high)

    def paint(self, painter: QPainter, pill: Pill, room: QRect, *, on_surface: bool = False) -> None:
        """Draw it at the left of this room, in the middle of its height; a word too long ends in an ellipsis.

        `on_surface`: on the plain surface, where what is around it has a tint already.
        """
        width = min(self.size_of(pill).width(), room.width())
        picture = self._drawn.get((pill, width, on_surface))
        if picture is None:
            picture = self._drawn[pill, width, on_surface] = self._draw(pill, width, on_surface=on_surface)
        painter.drawPixmap(QPointF(room.left(), room.top() + (room.height() - self._high) // 2), picture)

    def _draw(self, pill: Pill, width: int, *, on_surface: bool) -> QPixmap:
        look = self._look
        picture = QPixmap(round(width * self._dots), round(self._high * self._dots))
        picture.setDevicePixelRatio(self._dots)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = look.ink(pill.tone)
        box = QRectF(0, 0, width, self._high).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(QColor(look.theme.surface) if on_surface else look.tint(pill.tone))
        painter.setPen(ink if look.theme.line == look.theme.text else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        left = float(look.px(11))
        if pill.shape is not Shape.NONE:
            sign = look.px(13)
            paint_shape(painter, pill.shape, QRectF(left, (self._high - sign) / 2, sign, sign), ink)
            left += look.px(19)
        painter.setPen(ink)
        painter.setFont(self._font)
        room = width - left - look.px(8)
        word = self._metrics.elidedText(pill.word, Qt.TextElideMode.ElideRight, int(room) + 2)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, room + 4, self._high), int(side), word)
        painter.end()
        return picture


class PillLabel(QWidget):
    """One pill as a widget; its word is its accessible name."""

    def __init__(self, look: Look, pill: Pill, *, design_px: float = 15, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter = PillPainter(look, design_px, self.devicePixelRatioF())
        self._pill = pill
        self.setAccessibleName(pill.word)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_pill(self, pill: Pill) -> None:
        """Another state."""
        if pill != self._pill:
            self._pill = pill
            self.setAccessibleName(pill.word)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Exactly its word."""
        return self._painter.size_of(self._pill)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        self._painter.paint(QPainter(self), self._pill, self.rect())
