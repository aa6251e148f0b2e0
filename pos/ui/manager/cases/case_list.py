"""The list of cases drawn: three lines a case – what it is and how old, what it is about, who looks after it."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.manager.cases.model import CaseRow
from pos.ui.theme import Tone
from pos.ui.widgets.window_table import scroll_bar_style

_Index = QModelIndex | QPersistentModelIndex
_HEIGHT = 86


class _Rows(QAbstractListModel):
    """Rows as they are drawn."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[CaseRow, ...] = ()

    def show_rows(self, rows: tuple[CaseRow, ...]) -> bool:
        """Take a new snapshot; True if other cases stand in it, or in another order."""
        if rows == self.rows:
            return False
        same = [row.id for row in rows] == [row.id for row in self.rows]
        if same:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words; assistive tools hear all of them."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.kind
        return row.spoken if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) else None


class _Delegate(QStyledItemDelegate):
    """Draws one case."""

    def __init__(self, look: Look, rows: _Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._rows = look, rows
        self._kind, self._age = look.font(16, 700), look.font(13.5, 700)
        self._line = look.font(14, 500)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Three lines, and never less than a finger needs."""
        del option, index
        return QSize(1, self._look.px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw it."""
        look, theme = self._look, self._look.theme
        row, box = self._rows.rows[index.row()], option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, look.tint(Tone.BRAND))
            painter.fillRect(QRect(box.left(), box.top(), look.px(5), box.height()), look.ink(Tone.BRAND))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(theme.line))
        inner = box.adjusted(look.px(18), look.px(9), -look.px(14), -look.px(9))
        third = inner.height() // 3
        top, middle, low = (QRect(inner.left(), inner.top() + n * third, inner.width(), third) for n in range(3))
        age_width = QFontMetrics(self._age).horizontalAdvance(row.age) if row.age else 0
        plain = QColor(theme.text if chosen else theme.muted)
        ink = plain if row.age_tone is Tone.NEUTRAL else look.ink(row.age_tone)
        self._write(painter, self._age, ink, top, row.age, Qt.AlignmentFlag.AlignRight)
        room = top.adjusted(0, 0, -age_width - look.px(10), 0)
        self._write(painter, self._kind, QColor(theme.text), room, row.kind)
        self._write(painter, self._line, QColor(theme.text), middle, row.about)
        self._write(painter, self._line, plain, low, row.owner)

    @staticmethod
    def _write(
        painter: QPainter, font: QFont, ink: QColor, room: QRect, text: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:  # fmt: skip
        painter.setFont(font)
        painter.setPen(ink)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), elided)


class CaseList(QListView):
    """The list.

    Signals:
        chosen(str): key of the case the keyboard or a finger has gone to.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(look, self._rows, self))
        self.setAccessibleName(look.tr.t("cases.title"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setStyleSheet(f"QListView{{background:{look.theme.surface};border:none;outline:none}}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        self.selectionModel().currentChanged.connect(self._moved)
        self._telling = True

    def show_rows(self, rows: tuple[CaseRow, ...], chosen: str) -> None:
        """Draw these; `chosen` is marked."""
        self._telling = False
        fresh = self._rows.show_rows(rows)
        at = next((number for number, row in enumerate(rows) if row.id == chosen), -1)
        if at >= 0 and (fresh or self.currentIndex().row() != at):
            self.setCurrentIndex(self._rows.index(at))
        self._telling = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move; all other keys are the page's."""
        moves = (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        )
        if event.key() in moves:
            super().keyPressEvent(event)
        else:
            event.ignore()

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, now: QModelIndex, was: QModelIndex) -> None:
        del was
        if self._telling and 0 <= now.row() < len(self._rows.rows):
            self.chosen.emit(self._rows.rows[now.row()].id)
