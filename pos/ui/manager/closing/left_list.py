"""Rows of two lines with a shape: what is left in a step, or the reports. Chosen by keys, opened by Enter or finger."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.model import LeftRow
from pos.ui.theme import Tone
from pos.ui.widgets.row_list import ROW, Index, RowList, RowPainter
from pos.ui.widgets.shapes import paint_shape

ROW_PX = 64
_Side, _Role = Qt.AlignmentFlag, Qt.ItemDataRole


class _Painter(RowPainter):
    """Draws one row."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, ROW_PX, parent)
        self._bold, self._plain, self._end = look.font(16, 700), look.font(14, 500), look.font(15, 700)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, shape, two lines, what stands at the end."""
        look, theme, box = self._look, self._look.theme, QRectF(option.rect)
        row: LeftRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, option, bar=False)
        self.paint_ring(painter, option)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        pad, size = look.px(12), look.px(22)
        paint_shape(
            painter, row.shape, QRectF(box.left() + pad, box.center().y() - size / 2, size, size), look.ink(row.tone)
        )
        room = option.rect.adjusted(pad + size + look.px(10), look.px(9), -pad, -look.px(9))
        self.write(painter, self._plain, QColor(theme.muted), room, row.note, _Side.AlignLeft | _Side.AlignBottom)
        title, end = QFontMetrics(self._bold), QFontMetrics(self._end)
        together = title.horizontalAdvance(row.title) + end.horizontalAdvance(row.end) + look.px(10)
        if row.end and together <= room.width():  # the title goes first
            self.write(painter, self._end, look.ink(Tone.BRAND), room, row.end, _Side.AlignRight | _Side.AlignTop)
        self.write(painter, self._bold, QColor(theme.text), room, row.title, _Side.AlignLeft | _Side.AlignTop)
        painter.restore()


class LeftList(RowList[LeftRow]):
    """The list.

    Signals:
        opened(str): id of the row that was pressed or on which Enter was pressed.
    """

    opened = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(look, name, _words, parent, enters=True)
        self.setItemDelegate(_Painter(look, self))
        self.entered.connect(self.opened)
        self.clicked.connect(self._pressed)

    @Slot(QModelIndex)
    def _pressed(self, index: QModelIndex) -> None:
        row: LeftRow = index.data(ROW)
        self.opened.emit(row.id)


def _words(row: LeftRow) -> dict[int, str]:
    said = ". ".join(part for part in (row.title, row.note, row.end) if part)
    return {_Role.DisplayRole: said, _Role.AccessibleTextRole: said}
