"""The list of panels: a word, its digit, and how many wait there. Chosen by arrows, digit or finger."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.window_table import scroll_bar_style

_Index = QModelIndex | QPersistentModelIndex
ROW_PX = 50


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One line of the list.

    Args:
        about: what is found there, for assistive tools and as a tool tip.
        key: its digit.
        count: how many wait there; 0 is not shown.
    """

    name: str
    label: str
    about: str
    key: str
    count: int = 0


class _Rows(QAbstractListModel):
    """Entries as they are drawn."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: tuple[PanelEntry, ...] = ()

    def show_entries(self, entries: tuple[PanelEntry, ...]) -> None:
        """Take others."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words; assistive tools hear all of them."""
        if not 0 <= index.row() < len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.label} ({entry.count})" if entry.count else entry.label
        if role in (Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.ToolTipRole):
            return entry.about
        return None


class _Painter(QStyledItemDelegate):
    """Draws one entry."""

    def __init__(self, look: Look, rows: _Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._rows = look, rows
        self._plain, self._bold, self._key = look.font(16, 500), look.font(16, 700), look.font(12.5, 600)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as a finger needs."""
        del option, index
        return QSize(10, self._look.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground, word, count, digit."""
        look, entry, box = self._look, self._rows.entries[index.row()], QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, look.tint(Tone.BRAND))
            painter.fillRect(QRectF(box.left(), box.top(), look.px(5), box.height()), look.ink(Tone.BRAND))
            if option.state & QStyle.StateFlag.State_HasFocus:
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


class PanelList(QListView):
    """The list.

    Signals:
        moved(str): name of the entry the keyboard or a finger has gone to. entered(): Enter on it.
    """

    moved = Signal(str)
    entered = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self._telling = True
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(look, self._rows, self))
        self.setAccessibleName(look.tr.t("setup.panels"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setStyleSheet(f"QListView{{background:{look.theme.surface};border:none;outline:none}}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))

    def show_entries(self, entries: tuple[PanelEntry, ...]) -> None:
        """Draw these; the chosen one stays chosen."""
        if entries == self._rows.entries:
            return
        at = self.currentIndex().row()
        self._telling = False
        self._rows.show_entries(entries)
        if 0 <= at < len(entries):
            self.setCurrentIndex(self._rows.index(at))
        self._telling = True

    def choose(self, name: str) -> None:
        """Put the mark on this entry."""
        at = next((number for number, entry in enumerate(self._rows.entries) if entry.name == name), -1)
        if at >= 0 and self.currentIndex().row() != at:
            self._telling = False
            self.setCurrentIndex(self._rows.index(at))
            self._telling = True

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802 - Qt override
        """Another entry is chosen."""
        super().currentChanged(current, previous)
        if self._telling and 0 <= current.row() < len(self._rows.entries):
            self.moved.emit(self._rows.entries[current.row()].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move and Enter enters; digits and all other keys are the page's."""
        moves = (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.entered.emit()
            event.accept()
        elif event.key() in moves:
            super().keyPressEvent(event)
        else:
            event.ignore()
