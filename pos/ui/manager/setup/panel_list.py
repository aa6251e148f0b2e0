"""The list of panels: a word, its digit, and how many wait there. Chosen by arrows, digit or finger."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.row_list import ROW, Index, RowList, RowPainter

_HEIGHT = 50
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
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
        look = self._look
        entry: PanelEntry = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.paint_ground(painter, option)
        self.paint_ring(painter, option)
        room = option.rect.adjusted(look.px(16), 0, -look.px(14), 0)
        text, muted = QColor(look.theme.text), QColor(look.theme.muted)
        self.write(painter, self._key, text if chosen else muted, room, entry.key, _RIGHT)
        room.adjust(0, 0, -look.px(20), 0)
        if entry.count:
            words = str(entry.count)
            self.write(painter, self._bold, look.ink(Tone.UNKNOWN), room, words, _RIGHT)
            room.adjust(0, 0, -QFontMetrics(self._bold).horizontalAdvance(words) - look.px(8), 0)
        self.write(painter, self._bold if chosen else self._plain, text, room, entry.label)
        painter.restore()


class PanelList(RowList[PanelEntry]):
    """The list; Enter goes into the chosen panel."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, look.tr.t("setup.panels"), _words, parent, enters=True)
        self.setItemDelegate(_Painter(look, self))


def _words(entry: PanelEntry) -> dict[int, str]:
    said = f"{entry.label} ({entry.count})" if entry.count else entry.label
    return {
        _Role.DisplayRole: said, _Role.AccessibleTextRole: said,
        _Role.AccessibleDescriptionRole: entry.about, _Role.ToolTipRole: entry.about,
    }  # fmt: skip
