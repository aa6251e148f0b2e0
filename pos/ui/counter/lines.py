"""The vouchers of the bill as a list: one model, one painted row, whole rows spoken by assistive tools."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from pos.ui.counter.model import Row
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.widgets.row_list import ROW, Index, RowPainter, RowsModel
from pos.ui.widgets.shapes import paint_shape

_Role = Qt.ItemDataRole
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class RowDelegate(RowPainter):
    """Draws one voucher: number, ending, what it is, amount, chip."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(look, 56, parent)
        self._small, self._title = look.font(14), look.font(15)
        self._ending, self._amount, self._chip = look.font(17, 600), look.font(19, 600), look.font(14, 700)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        row: Row = index.data(ROW)
        look, theme = self._look, self._look.theme
        rect = QRect(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tones[row.tone].tint))
            painter.fillRect(QRect(rect.left(), rect.top(), look.px(4), rect.height()), look.ink(row.tone))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.focus))
            painter.drawRect(rect.adjusted(1, 1, -2, -3))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.line))
        inner = rect.adjusted(look.px(16), 0, -look.px(14), 0)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        inner.setRight(self._paint_chip(painter, row, inner, selected=selected) - look.px(8))
        self._paint_words(painter, row, inner, selected=selected)
        painter.restore()

    def _paint_chip(self, painter: QPainter, row: Row, inner: QRect, *, selected: bool) -> int:
        look, metrics = self._look, QFontMetrics(self._chip)
        sign = look.px(13) if row.shape is not Shape.NONE else 0
        room = look.px(150)
        word = metrics.elidedText(row.chip, Qt.TextElideMode.ElideRight, room - sign)
        width = max(look.px(104), metrics.horizontalAdvance(word) + (sign + look.px(6) if sign else 0) + look.px(22))
        box = QRectF(inner.right() - width, 0, width, look.px(31))
        box.moveTop(inner.center().y() - box.height() / 2)
        painter.setBrush(QColor(look.theme.surface) if selected else look.tint(row.tone))
        painter.setPen(look.ink(row.tone) if look.theme.line == look.theme.text else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        used = metrics.horizontalAdvance(word) + (sign + look.px(6) if sign else 0)
        left = box.center().x() - used / 2
        if sign:
            paint_shape(painter, row.shape, QRectF(left, box.center().y() - sign / 2, sign, sign), look.ink(row.tone))
            left += sign + look.px(6)
        painter.setPen(look.ink(row.tone))
        painter.setFont(self._chip)
        painter.drawText(QRectF(left, box.top(), box.right() - left, box.height()), int(_LEFT), word)
        return int(box.left())

    def _paint_words(self, painter: QPainter, row: Row, inner: QRect, *, selected: bool) -> None:
        look, theme = self._look, self._look.theme
        muted = QColor(theme.text if selected else theme.muted)
        left = inner.left()
        painter.setPen(muted)
        painter.setFont(self._small)
        painter.drawText(QRect(left, inner.top(), look.px(22), inner.height()), int(_LEFT), row.number)
        left += look.px(22)
        painter.setPen(QColor(theme.text))
        painter.setFont(self._ending)
        ending = QFontMetrics(self._ending).horizontalAdvance(row.ending)
        painter.drawText(QRect(left, inner.top(), ending + 4, inner.height()), int(_LEFT), row.ending)
        left += ending + look.px(10)
        painter.setFont(self._amount)
        amount = QFontMetrics(self._amount).horizontalAdvance(row.amount)
        painter.drawText(inner, int(_RIGHT), row.amount)
        room = QRect(left, inner.top(), inner.right() - amount - look.px(8) - left, inner.height())
        self.write(painter, self._title, muted, room, row.title)


class LinesView(QListView):
    """The list itself; the selected row is the voucher the panel speaks of."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = RowsModel(_words, self)
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(look, self))
        self.setAccessibleName(look.tr.t("counter.lines_name"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(look.theme.surface))
        self.setPalette(palette)

    def show_rows(self, rows: tuple[Row, ...], selected: int) -> None:
        """Draw these rows; the selected one is kept in sight."""
        self._rows.show_rows(rows)
        index = self._rows.index(selected) if selected >= 0 else QModelIndex()
        if self.currentIndex() != index:
            self.setCurrentIndex(index)
            if index.isValid():
                self.scrollTo(index)

    def line_at(self, index: Index) -> str | None:
        """The voucher of a row."""
        row = index.data(ROW)
        return row.id if isinstance(row, Row) else None


def _words(row: Row) -> dict[int, str]:
    return {_Role.DisplayRole: row.spoken, _Role.AccessibleTextRole: row.spoken}
