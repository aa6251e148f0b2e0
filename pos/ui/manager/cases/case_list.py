"""The list of cases drawn: three lines a case – what it is and how old, what it is about, who looks after it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.manager.cases.model import CaseRow
from pos.ui.theme import Tone
from pos.ui.widgets.row_list import ROW, Index, RowList, RowPainter

_HEIGHT = 86
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Role = Qt.ItemDataRole


class _Painter(RowPainter):
    """Draws one case."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, _HEIGHT, parent)
        self._kind, self._age = look.font(16, 700), look.font(13.5, 700)
        self._line = look.font(14, 500)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw it."""
        look, theme, box = self._look, self._look.theme, option.rect
        row: CaseRow = index.data(ROW)
        chosen = self.paint_ground(painter, option)
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(theme.line))
        inner = box.adjusted(look.px(18), look.px(9), -look.px(14), -look.px(9))
        third = inner.height() // 3
        top, middle, low = (QRect(inner.left(), inner.top() + n * third, inner.width(), third) for n in range(3))
        age_width = QFontMetrics(self._age).horizontalAdvance(row.age) if row.age else 0
        plain = QColor(theme.text if chosen else theme.muted)
        ink = plain if row.age_tone is Tone.NEUTRAL else look.ink(row.age_tone)
        self.write(painter, self._age, ink, top, row.age, _RIGHT)
        room = top.adjusted(0, 0, -age_width - look.px(10), 0)
        self.write(painter, self._kind, QColor(theme.text), room, row.kind)
        self.write(painter, self._line, QColor(theme.text), middle, row.about)
        self.write(painter, self._line, plain, low, row.owner)


class CaseList(RowList[CaseRow]):
    """The list."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, look.tr.t("cases.title"), _words, parent)
        self.setItemDelegate(_Painter(look, self))


def _words(row: CaseRow) -> dict[int, str]:
    return {_Role.DisplayRole: row.kind, _Role.AccessibleTextRole: row.spoken, _Role.ToolTipRole: row.spoken}
