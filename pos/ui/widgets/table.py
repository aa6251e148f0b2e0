"""A plain table: rows of words painted in columns, one row chosen by key or finger, whole rows spoken."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.rows import TableRow

_Index = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractTableModel):
    """Rows as they are drawn."""

    def __init__(self, look: Look, columns: tuple[str, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._look, self.columns = look, columns
        self.rows: tuple[TableRow, ...] = ()
        self._bold, self._plain = look.font(15.5, 700), look.font(15.5)

    def show_rows(self, rows: tuple[TableRow, ...]) -> None:
        """Take a new snapshot; same ids in the same order only change their words."""
        if rows == self.rows:
            return
        same = tuple(row.id for row in rows) == tuple(row.id for row in self.rows)
        if same:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = bool(self.rows) and self.rows[0].cells[section].right
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, colours and sides."""
        if not 0 <= index.row() < len(self.rows):
            return None
        cell = self.rows[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.columns[index.column()]}: {cell.text}"
        if role == Qt.ItemDataRole.ForegroundRole:
            toned = cell.tone is not Tone.NEUTRAL
            return self._look.ink(cell.tone) if toned else QColor(self._look.theme.text)
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if cell.tone is not Tone.NEUTRAL else self._plain
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class _Delegate(QStyledItemDelegate):
    """Keeps a cell's own colour in the chosen row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: N802 - Qt override
        """Write the chosen row in its cells' colours."""
        super().initStyleOption(option, index)
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        if isinstance(colour, QColor):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour)


class Table(QTableView):
    """The table.

    Signals:
        opened(str): id of the row that was pressed or on which Enter was pressed.
    """

    opened = Signal(str)

    def __init__(self, look: Look, name: str, columns: tuple[str, ...], stretch: int, parent: QWidget) -> None:
        super().__init__(parent)
        theme = look.theme
        self._rows = _Rows(look, columns, self)
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setFont(look.font(16))
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look.px(52))
        head = self.horizontalHeader()
        head.setFont(look.font(13.5, 600))
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        head.setFixedHeight(look.px(40))
        self.setStyleSheet(
            f"QTableView{{background:{theme.surface};border:none;outline:none}}"
            f"QTableView::item{{border-bottom:1px solid {theme.line};padding:0 {look.px(10)}px}}"
            f"QTableView::item:selected{{background:{theme.tones[Tone.BRAND].tint}}}"
            f"QHeaderView::section{{background:{theme.surface};color:{theme.muted};border:none;"
            f"border-bottom:1px solid {theme.line};padding:0 {look.px(10)}px}}"
        )
        self.setItemDelegate(_Delegate(self))
        self.activated.connect(self._activated)
        self.clicked.connect(self._activated)

    def show_rows(self, rows: tuple[TableRow, ...]) -> None:
        """Draw these rows; the chosen one stays chosen by its id."""
        held = self.chosen()
        self._rows.show_rows(rows)
        wanted = next((number for number, row in enumerate(rows) if row.id == held), 0)
        if rows and self.currentIndex().row() != wanted:
            self.selectRow(wanted)

    def chosen(self) -> str | None:
        """Id of the chosen row."""
        row = self.currentIndex().row()
        return self._rows.rows[row].id if 0 <= row < len(self._rows.rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens once, however long it is held."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            held = self.chosen()
            if held is not None and not event.isAutoRepeat():
                self.opened.emit(held)
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
            return
        event.ignore()

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._rows.rows):
            self.opened.emit(self._rows.rows[index.row()].id)
