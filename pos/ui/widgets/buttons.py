"""Buttons that show the key that does the same. Touch height is at least 48 px of the design."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.shapes import paint_shape
from pos.ui.widgets.text import literal


class Fit(StrEnum):
    """How a button lays out its label and its key."""

    LINE = "line"
    TWO_LINES = "two_lines"  # the primary button's label wraps
    STACKED = "stacked"  # the key stands below the label


def fit_buttons(buttons: Sequence[KeyButton], room_px: int, spacing_px: int) -> None:
    """Give every button of a row the roomiest form in which all of them fit."""
    for fit in Fit:
        needed = sum(button.width_in(fit) for button in buttons) + spacing_px * max(0, len(buttons) - 1)
        if needed <= room_px or fit is Fit.STACKED:
            for button in buttons:
                button.set_fit(fit)
            return


class KeyButton(QPushButton):
    """A flat button with its label and, right of it, the key that does the same.

    Args:
        key: as people read it (`F5`, `Enter`); empty for none.
        primary: filled with the tone's colour; otherwise an outline on the surface.
        height: of the 1024×768 design.
        centred: label in the middle (keypads), not at the left.
    """

    def __init__(
        self,
        look: Look,
        label: str,
        key: str = "",
        *,
        primary: bool = False,
        tone: Tone = Tone.BRAND,
        design_px: float = 16,
        height: float = 56,
        centred: bool = False,
        on_bar: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._key, self._primary, self._tone = look, key, primary, tone
        self._centred, self._on_bar, self._current = centred, on_bar, False
        self._sign = Shape.NONE
        self._fit = Fit.LINE
        self._design_px = design_px
        self._key_font = look.font(12.5, 600)
        self._weigh()
        self._height = look.px(max(48, height))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._height)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.relabel(label, key)

    @property
    def key(self) -> str:
        """The key shown on the button."""
        return self._key

    def relabel(self, label: str, key: str | None = None) -> None:
        """Another word, another key."""
        self._key = self._key if key is None else key
        self.setText(label.replace("&", "&&"))
        self.setAccessibleName(label)
        self.setAccessibleDescription(self._key)
        self.updateGeometry()
        self.update()

    def draw_sign(self, sign: Shape) -> None:
        """Draw a sign in place of the label; the label stays for assistive tools and as a tool tip."""
        self._sign = sign
        self.setToolTip(literal(self.accessibleName()))
        self.updateGeometry()

    def set_primary(self, primary: bool, tone: Tone, *, bold: bool = False) -> None:
        """Fill the button with a tone, or outline it; `bold`: a filled one has bold letters, and takes more room."""
        self._primary, self._tone = primary, tone
        if bold:
            self._weigh()
            self.updateGeometry()
        self.update()

    def set_current(self, current: bool) -> None:
        """Mark the button as the screen that is open."""
        self._current = current
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button, as everybody expects; a key held down presses it once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def set_fit(self, fit: Fit) -> None:
        """Take less room: the label in two lines, then the key below it."""
        if fit is not self._fit:
            self._fit = fit
            self.setFixedHeight(self._look.px(78) if fit is Fit.STACKED else self._height)
            self.updateGeometry()
            self.update()

    def width_in(self, fit: Fit) -> int:
        """Room this button needs in that form."""
        label = self._label_width() if fit is Fit.LINE or not self._primary else self._two_lines_width()
        if not self._key:
            return label + 2 * self._pad()
        if fit is Fit.STACKED:
            return max(label, self._hint_width()) + 2 * self._look.px(12)
        return label + self._gap() + self._hint_width() + 2 * self._pad()

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def sizeHint(self) -> QSize:
        """Exactly its words, in the form that was set."""
        return QSize(self.width_in(self._fit), self.height() if self._fit is Fit.STACKED else self._height)

    def _weigh(self) -> None:
        weight = 700 if self._primary else 600
        self._label_font = self._look.font(self._design_px, weight)
        self._small_font = self._look.font(min(self._design_px, 16.5), weight)

    def _two_lines_width(self) -> int:
        metrics = QFontMetrics(self._label_font)
        words = self.accessibleName().split()
        widths = [
            max(metrics.horizontalAdvance(" ".join(words[:cut])), metrics.horizontalAdvance(" ".join(words[cut:])))
            for cut in range(1, len(words))
        ]
        return min(widths, default=self._label_width()) + 2

    def _label_width(self) -> int:
        if self._sign is not Shape.NONE:
            return self._look.px(22)
        return QFontMetrics(self._label_font).horizontalAdvance(self.accessibleName()) + 2

    def _pad(self) -> int:
        return self._look.px(10 if self._on_bar else 14)

    def _gap(self) -> int:
        return self._look.px(6 if self._on_bar else 9)

    def _hint_width(self) -> int:
        frame = 0 if self._on_bar else self._look.px(11)
        return QFontMetrics(self._key_font).horizontalAdvance(self._key) + frame

    def _colours(self) -> tuple[QColor, QColor, QColor]:
        theme = self._look.theme
        if self._on_bar:
            if self._current:
                return QColor(theme.on_brand), QColor(theme.brand), QColor(theme.on_brand)
            return QColor(theme.brand), QColor(theme.on_brand), QColor(theme.brand)
        colours = theme.tones[self._tone]
        if self._primary:
            return QColor(colours.fill), QColor(colours.on_fill), QColor(colours.fill)
        return QColor(theme.surface), QColor(theme.text), QColor(theme.outline)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, label, key and focus ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink, border = self._colours()
        if not self.isEnabled():
            ground, ink = QColor(self._look.theme.surface), QColor(self._look.theme.muted)
            border = QColor(self._look.theme.line)
        elif self.isDown():
            ground = ground.darker(115)
        elif self.underMouse() and not self._current:
            ground = ground.darker(104) if ground.lightness() > 40 else ground.lighter(120)
        self._paint_ground(painter, ground, ink, border)
        self._paint_words(painter, ink)

    def _paint_ground(self, painter: QPainter, ground: QColor, ink: QColor, border: QColor) -> None:
        look, box = self._look, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = look.px(9)
        painter.setPen(QPen(border, 1.5))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            filled = self._primary or (self._on_bar and not self._current)
            inner = look.px(3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.theme.focus), look.px(3)))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
            if filled:
                painter.setPen(QPen(ink, 2))
                painter.drawRoundedRect(box.adjusted(inner, inner, -inner, -inner), radius - 2, radius - 2)

    def _paint_words(self, painter: QPainter, ink: QColor) -> None:
        """Label and key in the middle, as one group."""
        stacked = self._fit is Fit.STACKED and bool(self._key)
        pad = self._look.px(12) if stacked else self._pad()
        room = self.rect().adjusted(pad, 0, -pad, 0)
        beside = self._hint_width() + self._gap() if self._key and not stacked else 0
        width = min(self._label_width(), room.width() - beside)
        left = room.left() + (room.width() - beside - width) // 2
        below = self._look.px(28) if stacked else 0
        label = QRect(left, 0, width, self.height() - below)
        painter.setPen(ink)
        if self._sign is not Shape.NONE:
            size = self._look.px(22)
            paint_shape(painter, self._sign, QRectF(left, (self.height() - size) / 2, size, size), ink)
        else:
            painter.setFont(self._small_font if stacked else self._label_font)
            centred = self._centred or not self._key or stacked
            side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
            flags = int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(label, flags, self.accessibleName())
        if stacked:
            self._paint_key(painter, ink, (self.width() - self._hint_width()) // 2, self.height() - self._look.px(29))
        elif self._key:
            self._paint_key(painter, ink, left + width + self._gap(), (self.height() - self._look.px(22)) // 2)

    def _paint_key(self, painter: QPainter, ink: QColor, left: int, top: int) -> None:
        look = self._look
        hint = QRectF(left, top, self._hint_width(), look.px(22))
        painter.setFont(self._key_font)
        if not self._on_bar:
            painter.setPen(QPen(ink, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(hint, look.px(5), look.px(5))
        painter.setPen(ink)
        painter.drawText(hint, int(Qt.AlignmentFlag.AlignCenter), self._key)
