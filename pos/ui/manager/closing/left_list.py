"""Rows of two lines with a shape: what is left in a step, or the reports. Chosen by keys, opened by Enter or finger."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.model import LeftRow
from pos.ui.theme import Tone
from pos.ui.widgets.shapes import paint_shape
from pos.ui.widgets.window_table import scroll_bar_style

_Index = QModelIndex | QPersistentModelIndex
ROW_PX = 64


class _Rows(QAbstractListModel):
    """Rows as they are drawn."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[LeftRow, ...] = ()

    def show_rows(self, rows: tuple[LeftRow, ...]) -> None:
        """Take a new snapshot; same ids in the same order only change their words."""
        if rows == self.rows:
            return
        if [row.id for row in rows] == [row.id for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row's words in one line, for assistive tools; the delegate draws from `rows`."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ". ".join(part for part in (row.title, row.note, row.end) if part)
        return None


class _Painter(QStyledItemDelegate):
    """Draws one row."""

    def __init__(self, look: Look, rows: _Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._rows = look, rows
        self._bold, self._plain, self._end = look.font(16, 700), look.font(14, 500), look.font(15, 700)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as a finger needs."""
        del option, index
        return QSize(10, self._look.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground, shape, two lines, what stands at the end."""
        look, row = self._look, self._rows.rows[index.row()]
        state = option.state
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, look.tint(Tone.BRAND))
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(QColor(look.theme.focus), look.px(2.5)))
                painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), look.px(6), look.px(6))
        painter.setPen(QPen(QColor(look.theme.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        pad, size = look.px(12), look.px(22)
        paint_shape(
            painter, row.shape, QRectF(box.left() + pad, box.center().y() - size / 2, size, size), look.ink(row.tone)
        )
        room = box.adjusted(pad + size + look.px(10), look.px(9), -pad, -look.px(9))
        self._line(painter, room, row.note, top=False)
        metrics, end_width = QFontMetrics(self._bold), QFontMetrics(self._end).horizontalAdvance(row.end) + look.px(10)
        if row.end and metrics.horizontalAdvance(row.title) + end_width <= room.width():  # the title goes first
            painter.setFont(self._end)
            painter.setPen(look.ink(Tone.BRAND))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), row.end)
        self._line(painter, room, row.title, top=True)
        painter.restore()

    def _line(self, painter: QPainter, room: QRectF, text: str, *, top: bool) -> None:
        font = self._bold if top else self._plain
        painter.setFont(font)
        painter.setPen(QColor(self._look.theme.text if top else self._look.theme.muted))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        side = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignBottom
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | side), words)


class LeftList(QListView):
    """The list.

    Signals:
        opened(str): id of the row that was pressed or on which Enter was pressed.
        moved(str): id of the row that is chosen now.
    """

    opened = Signal(str)
    moved = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(look, self._rows, self))
        self.setAccessibleName(name)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setStyleSheet(f"QListView{{background:{look.theme.surface};border:none;outline:none}}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        self.clicked.connect(self._pressed)

    def show_rows(self, rows: tuple[LeftRow, ...]) -> None:
        """Draw these; the chosen one stays chosen by its id."""
        held = self.chosen()
        self._rows.show_rows(rows)
        wanted = next((number for number, row in enumerate(rows) if row.id == held), 0)
        if rows and self.currentIndex().row() != wanted:
            self.setCurrentIndex(self._rows.index(wanted, 0))

    def choose(self, row_id: str) -> None:
        """Put the mark on this row."""
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == row_id), -1)
        if at >= 0 and self.currentIndex().row() != at:
            self.setCurrentIndex(self._rows.index(at, 0))

    def chosen(self) -> str:
        """Id of the chosen row; empty for none."""
        at = self.currentIndex().row()
        return self._rows.rows[at].id if 0 <= at < len(self._rows.rows) else ""

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802 - Qt override
        """Another row is chosen."""
        super().currentChanged(current, previous)
        if self.hasFocus() and 0 <= current.row() < len(self._rows.rows):
            self.moved.emit(self._rows.rows[current.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens once, however long it is held; only moves stay here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.chosen() and not event.isAutoRepeat():
                self.opened.emit(self.chosen())
            event.accept()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()

    @Slot(QModelIndex)
    def _pressed(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._rows.rows):
            self.opened.emit(self._rows.rows[index.row()].id)
