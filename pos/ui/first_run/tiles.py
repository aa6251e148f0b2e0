"""Answers and lines that are pressed: large, flat, each with its key and its state."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from pos.ui.first_run.parts import Row, Tile
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import PillPainter
from pos.ui.widgets.shapes import paint_shape

_PAD, _MARK, _LABEL = 16, 22, 158
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class Pressed(QPushButton):
    """What tile and line have in common: two texts and a frame; its height follows its words.

    Enter on one that is chosen already goes on to the window, which takes it as the way on.
    """

    def __init__(self, look: Look, part: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self.part, self.name = look, part, name
        self.key = ""
        self._least = look.px(60)
        self._label, self._about = "", ""
        self._label_font, self._about_font, self._key_font = look.font(18, 700), look.font(15), look.font(12.5, 600)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, label: str, about: str, key: str) -> None:
        """The words."""
        self._label, self._about, self.key = label, about, key
        self.setAccessibleName(label)
        self.setAccessibleDescription(" ".join(part for part in (about, key) if part))
        self.updateGeometry()
        self.update()

    def room_beside(self) -> tuple[int, int]:
        """Pixels that are taken left and right of the words."""
        return self.look.px(_PAD), self.look.px(_PAD) + self._key_width()

    def _key_width(self) -> int:
        return QFontMetrics(self._key_font).horizontalAdvance(self.key) + self.look.px(19) if self.key else 0

    def heightForWidth(self, width: int) -> int:
        """As high as the words in that width, at least a finger."""
        left, right = self.room_beside()
        room = max(80, width - left - right)
        high = self._high(self._label, self._label_font, room) + self.look.px(2 * 14)
        if self._about:
            high += self._high(self._about, self._about_font, room) + self.look.px(3)
        return max(self._least, high)

    def hasHeightForWidth(self) -> bool:
        """It does."""
        return True

    def sizeHint(self) -> QSize:
        """For layouts that do not ask for the width first."""
        width = max(self.look.px(240), self.width())
        return QSize(self.look.px(240), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Narrow if it must be."""
        return QSize(self.look.px(200), self._least)

    @staticmethod
    def _high(text: str, font: QFont, width: int) -> int:
        return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), _WRAP, text).height() if text else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses; on what is chosen it is the way on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.takes_enter():
                if not event.isAutoRepeat():
                    self.click()
                event.accept()
            else:
                event.ignore()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
            event.accept()
            return
        super().keyPressEvent(event)

    def takes_enter(self) -> bool:
        """Whether Enter does something here."""
        return True

    def paint_frame(self, painter: QPainter, *, marked: bool) -> None:
        """Ground and border."""
        look, theme = self.look, self.look.theme
        brand = theme.tones[Tone.BRAND]
        ground = QColor(brand.tint if marked else theme.surface)
        if self.isDown():
            ground = ground.darker(108)
        elif self.underMouse() and self.isEnabled() and not marked:
            ground = ground.darker(103) if ground.lightness() > 40 else ground.lighter(125)
        painter.setBrush(ground)
        edge = theme.focus if self.hasFocus() else brand.ink if marked else theme.line
        painter.setPen(QPen(QColor(edge), look.px(2.5) if self.hasFocus() or marked else 1.2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), look.px(10), look.px(10))

    def paint_words(self, painter: QPainter, top: int | None = None) -> None:
        """Label, what it means, key."""
        look, theme = self.look, self.look.theme
        left, right = self.room_beside()
        room = self.rect().adjusted(left, 0, -right, 0)
        label_high = self._high(self._label, self._label_font, room.width())
        about_high = self._high(self._about, self._about_font, room.width())
        both = label_high + (about_high + look.px(3) if about_high else 0)
        top = (self.height() - both) // 2 if top is None else top
        painter.setPen(QColor(theme.text))
        painter.setFont(self._label_font)
        painter.drawText(QRect(room.left(), top, room.width(), label_high + 2), _WRAP, self._label)
        if self._about:
            painter.setPen(QColor(theme.muted))
            painter.setFont(self._about_font)
            below = QRect(room.left(), top + label_high + look.px(3), room.width(), about_high + 2)
            painter.drawText(below, _WRAP, self._about)
        if self.key:
            self._paint_key(painter)

    def _paint_key(self, painter: QPainter) -> None:
        look = self.look
        width = QFontMetrics(self._key_font).horizontalAdvance(self.key) + look.px(11)
        box = QRectF(self.width() - look.px(_PAD) - width, (self.height() - look.px(22)) / 2, width, look.px(22))
        painter.setFont(self._key_font)
        painter.setPen(QPen(QColor(look.theme.muted), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, look.px(5), look.px(5))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.key)


class TileButton(Pressed):
    """One answer of a few; a ring at its left is filled when it is chosen."""

    def __init__(self, look: Look, part: str, tile: Tile, parent: QWidget, *, tall: bool = False) -> None:
        super().__init__(look, part, tile.name, parent)
        self._tile = tile
        self._least = look.px(104 if tall else 60)
        self.setCheckable(True)
        self.show_tile(tile)

    def show_tile(self, tile: Tile) -> None:
        """Another word, another state."""
        self._tile = tile
        self.setChecked(tile.chosen)
        self.say(tile.label, tile.about, tile.key)

    def nextCheckState(self) -> None:
        """The presenter says what is chosen."""

    def takes_enter(self) -> bool:
        """Not where it is chosen already: then Enter is the way on."""
        return not self._tile.chosen

    def room_beside(self) -> tuple[int, int]:
        """The ring stands left, badge and key right."""
        left, right = super().room_beside()
        return left + self.look.px(_MARK + 12), right + self._badge_width()

    def _badge_width(self) -> int:
        if not self._tile.badge:
            return 0
        return QFontMetrics(self.look.font(13, 700)).horizontalAdvance(self._tile.badge) + self.look.px(34)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        look, theme = self.look, self.look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._tile.chosen
        self.paint_frame(painter, marked=chosen)
        size = look.px(_MARK)
        box = QRectF(look.px(_PAD), (self.height() - size) / 2, size, size)
        ink = look.ink(Tone.BRAND)
        painter.setPen(QPen(ink if chosen else QColor(theme.outline), look.px(2)))
        painter.setBrush(QColor(theme.tones[Tone.BRAND].fill) if chosen else QColor(theme.surface))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        if chosen:
            inner = size * 0.27
            paint_shape(
                painter, Shape.TICK, box.adjusted(inner, inner, -inner, -inner),
                QColor(theme.tones[Tone.BRAND].on_fill),
            )  # fmt: skip
        self.paint_words(painter)
        if self._tile.badge:
            self._paint_badge(painter)

    def _paint_badge(self, painter: QPainter) -> None:
        look, theme = self.look, self.look.theme
        width = self._badge_width() - look.px(14)
        right = self.width() - look.px(_PAD) - self._key_width()
        box = QRectF(right - width, (self.height() - look.px(26)) / 2, width, look.px(26))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.badge))
        painter.drawRoundedRect(box, look.px(6), look.px(6))
        painter.setPen(QColor(theme.on_badge))
        painter.setFont(look.font(13, 700))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._tile.badge)


class RowButton(Pressed):
    """A line with its state at the right.

    Args:
        live: can be pressed.
        low: label and what it means beside each other.
    """

    def __init__(self, look: Look, part: str, row: Row, parent: QWidget, *, live: bool, low: bool = False) -> None:
        super().__init__(look, part, row.name, parent)
        self._row, self._low = row, low
        if low:
            self._least = look.px(50)
            self._label_font = look.font(16, 700)
        self._pills = PillPainter(look, 14, self.devicePixelRatioF())
        if not live:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setCursor(Qt.CursorShape.ArrowCursor)
            self.setEnabled(False)
        self.show_row(row)

    def show_row(self, row: Row) -> None:
        """Another state."""
        self._row = row
        self.say(row.label, row.about, row.key)
        if row.pill is not None:
            self.setAccessibleDescription(f"{row.pill.word}. {self.accessibleDescription()}")

    def heightForWidth(self, width: int) -> int:
        """A low one is as low as a finger allows."""
        return self._least if self._low else super().heightForWidth(width)

    def _paint_low(self, painter: QPainter) -> None:
        look, middle = self.look, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        left, right = self.room_beside()
        painter.setPen(QColor(look.theme.text))
        painter.setFont(self._label_font)
        painter.drawText(QRect(left, 0, look.px(_LABEL), self.height()), middle, self._label)
        painter.setPen(QColor(look.theme.muted))
        painter.setFont(self._about_font)
        room = QRect(left + look.px(_LABEL), 0, self.width() - left - look.px(_LABEL) - right, self.height())
        words = painter.fontMetrics().elidedText(self._about, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, words)

    def room_beside(self) -> tuple[int, int]:
        """The state stands right of the words."""
        left, right = super().room_beside()
        pill = self._pills.size_of(self._row.pill).width() + self.look.px(12) if self._row.pill else 0
        return left, right + pill

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_frame(painter, marked=False)
        if self._low:
            self._paint_low(painter)
        else:
            self.paint_words(painter)
        if self._row.pill is not None:
            size = self._pills.size_of(self._row.pill)
            left = self.width() - self.look.px(_PAD) - self._key_width() - size.width()
            self._pills.paint(painter, self._row.pill, QRect(left, 0, size.width(), self.height()))
