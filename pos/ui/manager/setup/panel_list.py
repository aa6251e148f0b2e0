"""The list of panels: a word, its digit, and how many wait there. Chosen by arrows, digit or finger."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.row_list import ROW, Index, RowList, RowPainter

_HEIGHT = 50
_Role = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One line of the list.

    Args:
        about: what is found there, for assistive tools and as a tool tip.
        key: its digit.
        count: how many wait there; 0 is not shown.
    """

    id: str
    label: str
    about: str
    key: str
    count: int = 0


class _Painter(RowPainter):
    """Draws one entry."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, _HEIGHT, parent)
        self._plain, self._bold, self._key = look.font(16, 500), look.font(16, 700), look.font(12.5, 600)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, word, count, digit."""
        look, box = self._look, QRectF(option.rect)
        entry: PanelEntry = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.paint_ground(painter, option)
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(look.theme.focus), look.px(2.5)))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), look.px(6), look.px(6))
        room = box.adjusted(look.px(16), 0, -look.px(14), 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(look.theme.text if chosen else look.theme.muted))
        painter.setFont(self._key)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | middle), entry.key)
        room.adjust(0, 0, -look.px(20), 0)
        if entry.count:
            words = str(entry.count)
            painter.setFont(self._bold)
            painter.setPen(look.ink(Tone.UNKNOWN))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | middle), words)
            room.adjust(0, 0, -QFontMetrics(self._bold).horizontalAdvance(words) - look.px(8), 0)
        font = self._bold if chosen else self._plain
        painter.setFont(font)
        painter.setPen(QColor(look.theme.text))
        label = QFontMetrics(font).elidedText(entry.label, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | middle), label)
        painter.restore()


class PanelList(RowList[PanelEntry]):
    """The list.

    Signals:
        entered(): Enter on the chosen entry.
    """

    entered = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, look.tr.t("setup.panels"), _words, parent)
        self.setItemDelegate(_Painter(look, self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter enters, once however long it is held."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.entered.emit()


def _words(entry: PanelEntry) -> dict[int, str]:
    said = f"{entry.label} ({entry.count})" if entry.count else entry.label
    return {
        _Role.DisplayRole: said, _Role.AccessibleTextRole: said,
        _Role.AccessibleDescriptionRole: entry.about, _Role.ToolTipRole: entry.about,
    }  # fmt: skip
