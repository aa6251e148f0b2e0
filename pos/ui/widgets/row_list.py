"""A list whose rows are drawn by hand. Arrows and fingers choose in it; keys that are not its own are the page's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.window_table import scroll_bar_style

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
"""Under it a painter finds the row itself."""
_SIDE = Qt.AlignmentFlag
_K = Qt.Key
_MOVES = (_K.Key_Up, _K.Key_Down, _K.Key_PageUp, _K.Key_PageDown, _K.Key_Home, _K.Key_End)


class ListRow(Protocol):
    """What a list has to know of a row."""

    @property
    def id(self) -> str:
        """What the page calls it."""


Row = TypeVar("Row", bound=ListRow)


class RowsModel(QAbstractListModel, Generic[Row]):
    """Rows as they are drawn; tells only of what changed.

    Args:
        words: of a row, by role: what assistive tools say, and tool tips.
    """

    def __init__(self, words: Callable[[Row], Mapping[int, str]], parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Take a new snapshot."""
        before = self.rows
        if rows == before:
            return
        if [row.id for row in rows] == [row.id for row in before]:
            self.rows = rows
            for number, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(number), self.index(number))
        elif rows[: len(before)] == before:
            self.beginInsertRows(QModelIndex(), len(before), len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, or its words."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        return row if role == ROW else self._words(row).get(role)


class RowPainter(QStyledItemDelegate):
    """Draws one row; `paint` is the heir's.

    Args:
        height: of a row, in the 1024×768 design: never less than a finger needs.
    """

    def __init__(self, look: Look, height: float, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._height = look, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the list."""
        del option, index
        return QSize(1, self._look.px(self._height))

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, *, bar: bool = True) -> bool:
        """Mark the chosen row, with a bar at its left; True if it is this one."""
        look, box = self._look, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, look.tint(Tone.BRAND))
        if chosen and bar:
            painter.fillRect(QRect(box.left(), box.top(), look.px(5), box.height()), look.ink(Tone.BRAND))
        return chosen

    def paint_ring(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """The chosen row of a list that has the keyboard."""
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_HasFocus:
            look = self._look
            painter.setPen(QPen(QColor(look.theme.focus), look.px(2.5)))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2, 2, -2, -2), look.px(6), look.px(6))

    @staticmethod
    def write(
        painter: QPainter, font: QFont, ink: QColor, room: QRect, text: str,
        side: Qt.AlignmentFlag = _SIDE.AlignLeft | _SIDE.AlignVCenter,
    ) -> None:  # fmt: skip
        """One line of words, cut with dots where its room ends."""
        painter.setFont(font)
        painter.setPen(ink)
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(side), elided)


class RowList(QListView, Generic[Row]):
    """The list; its painter is the heir's.

    Args:
        name: for assistive tools.
        words: as of `RowsModel`.
        enters: Enter is the list's.

    Signals:
        moved(str): id of the row the keyboard or a finger has gone to.
        entered(str): Enter on this row, once however long it is held.
    """

    moved = Signal(str)
    entered = Signal(str)

    def __init__(
        self,
        look: Look,
        name: str,
        words: Callable[[Row], Mapping[int, str]],
        parent: QWidget,
        *,
        enters: bool = False,
    ) -> None:
        super().__init__(parent)
        self._rows = RowsModel(words, self)
        self._telling, self._enters = True, enters
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setStyleSheet(f"QListView{{background:{look.theme.surface};border:none;outline:none}}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))

    @property
    def chosen(self) -> str:
        """Id of the marked row; empty for none."""
        return self._id(self.currentIndex())

    def show_rows(self, rows: tuple[Row, ...], chosen: str | None = None) -> None:
        """Draw these; `chosen` is marked; None: the row that was chosen, or the first."""
        if chosen is None:
            chosen = next((row.id for row in rows if row.id == self.chosen), rows[0].id if rows else "")
        self._telling = False
        self._rows.show_rows(rows)
        self._telling = True
        self.choose(chosen)

    def choose(self, row_id: str) -> None:
        """Put the mark on this row; nothing is said of it."""
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == row_id), -1)
        if at >= 0 and self.currentIndex().row() != at:
            self._telling = False
            self.setCurrentIndex(self._rows.index(at))
            self._telling = True

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt override
        """Another row is chosen."""
        super().currentChanged(current, previous)
        if self._telling and self._id(current):
            self.moved.emit(self._id(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter enters; all other keys are the page's."""
        if event.key() in _MOVES:
            super().keyPressEvent(event)
        elif self._enters and event.key() in (_K.Key_Return, _K.Key_Enter):
            if self.chosen and not event.isAutoRepeat():
                self.entered.emit(self.chosen)
            event.accept()
        else:
            event.ignore()

    def _id(self, index: Index) -> str:
        return self._rows.rows[index.row()].id if 0 <= index.row() < len(self._rows.rows) else ""
