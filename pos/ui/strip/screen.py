"""The strip drawn: entries with their shapes, shortened from the right when room is short; the badge always whole."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.strip.presenter import Item, StripModel
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.shapes import paint_shape
from pos.ui.widgets.text import literal

_SHORTEN_FIRST = ("person", "queue", "printer", "scanner", "network")

_HIDE_FIRST = ("scanner", "clock", "printer", "date")


class StripEntry(QLabel):
    """One entry: a shape and a few words. Its text stays a label's text, so that assistive tools can read it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._item = Item("", "", "")
        self.setFont(look.font(14.5, 500))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_item(self, item: Item, *, brief: bool) -> None:
        """Show this entry, in short if `brief`."""
        self._item = item
        text = item.brief if brief else item.text
        if text != self.text():
            self.setText(text)
        self.setObjectName(f"strip.{item.name}")
        self.setToolTip(literal(item.text) if brief and item.text != item.brief else "")
        self.updateGeometry()
        self.update()

    def width_of(self, text: str) -> int:
        """Room this text takes, shape and divider included."""
        sign = self._look.px(18) if self._item.shape is not Shape.NONE else 0
        return QFontMetrics(self.font()).horizontalAdvance(text) + sign + self._look.px(24)

    def sizeHint(self) -> QSize:
        """Exactly its words."""
        return QSize(self.width_of(self.text()), self._look.px(44))

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw shape, words and divider."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        left, middle = look.px(10), self.height() / 2
        item = self._item
        if item.shape is not Shape.NONE:
            size = look.px(12 if item.shape is not Shape.SHIELD else 15)
            ink = look.ink(item.tone) if item.tone is not Tone.NEUTRAL else QColor(theme.muted)
            paint_shape(painter, item.shape, QRectF(left, middle - size / 2, size, size), ink)
            left += look.px(18)
        painter.setPen(QColor(theme.text))
        painter.setFont(self.font())
        painter.drawText(
            QRectF(left, 0, self.width() - left, self.height()),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            self.text(),
        )
        painter.fillRect(QRectF(self.width() - 1, middle - look.px(12), 1, look.px(24)), QColor(theme.line))


class Badge(QLabel):
    """The environment badge: anything but production, in a colour nothing else has."""

    def __init__(self, look: Look, *, design_px: float = 15, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFont(look.font(design_px, 800))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(look.px(12), 0, look.px(12), 0)
        self.setFixedHeight(look.px(design_px * 1.9))
        palette = self.palette()
        palette.setColor(self.foregroundRole(), QColor(look.theme.on_badge))
        self.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, then the word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.theme.badge))
        painter.drawRoundedRect(self.rect(), self._look.px(6), self._look.px(6))
        painter.end()
        super().paintEvent(event)


class StatusStrip(QWidget):
    """The bottom line of every screen.

    Args:
        slips_key: the key that opens the list of slips; `cases_key` that of the cases.

    Signals:
        slips_wanted(), cases_wanted(): their button was pressed.
    """

    slips_wanted = Signal()
    cases_wanted = Signal()

    def __init__(self, look: Look, slips_key: str, cases_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = StripModel((), "")
        self._entries: list[StripEntry] = []
        self.setFixedHeight(look.px(50))
        self.setAccessibleName(look.tr.t("strip.name"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(6), 0, look.px(16), 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self.cases = KeyButton(look, "", cases_key, design_px=14.5, height=48, parent=self)
        self.cases.clicked.connect(self.cases_wanted)
        self.cases.hide()
        self._row.addWidget(self.cases)
        self._row.addSpacing(look.px(4))
        self.slips = KeyButton(look, "", slips_key, design_px=14.5, height=48, parent=self)
        self.slips.clicked.connect(self.slips_wanted)
        self.slips.hide()
        self._row.addWidget(self.slips)
        self._row.addSpacing(look.px(8))
        self._badge = Badge(look, parent=self)
        self._row.addWidget(self._badge)

    def show_model(self, model: StripModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model = model
        while len(self._entries) < len(model.items):
            entry = StripEntry(self._look, self)
            self._row.insertWidget(len(self._entries), entry)
            self._entries.append(entry)
        for entry in self._entries[len(model.items) :]:
            entry.hide()
        self.cases.relabel(model.cases)
        self.cases.setVisible(bool(model.cases))
        self.slips.relabel(model.slips)
        self.slips.setVisible(bool(model.slips))
        self._badge.setText(model.badge)
        self._badge.setVisible(bool(model.badge))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten or lengthen the entries."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Never makes the window wider: entries give way instead."""
        return QSize(0, self.height())

    def _fit(self) -> None:
        """Full texts while they fit; otherwise in short, those with most to spare first."""
        items = self._model.items
        room = self.width() - self._look.px(38)
        if self._model.badge:
            room -= self._badge.sizeHint().width()
        for button in (self.cases, self.slips):
            if not button.isHidden():
                room -= button.sizeHint().width() + self._look.px(4)
        for entry, item in zip(self._entries, items, strict=False):
            entry.show_item(item, brief=False)
        used = sum(entry.width_of(item.text) for entry, item in zip(self._entries, items, strict=False))
        for name in _SHORTEN_FIRST:
            for entry, item in zip(self._entries, items, strict=False):
                if used > room and item.name == name and item.brief != item.text:
                    used -= entry.width_of(item.text) - entry.width_of(item.brief)
                    entry.show_item(item, brief=True)
        for entry in self._entries[: len(items)]:
            entry.show()
        for name in _HIDE_FIRST:  # all is well with it: what is not well needs the room
            for entry, item in zip(self._entries, items, strict=False):
                if used > room and item.name == name and item.tone in (Tone.USABLE, Tone.NEUTRAL):
                    used -= entry.width_of(entry.text())
                    entry.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line above."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.surface))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._look.theme.line))
