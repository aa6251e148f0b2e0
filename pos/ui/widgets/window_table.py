"""A table of any length: it knows how many rows there are, and holds only what is in sight and near it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill, PillPainter

_Index = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MOST_FITTED = 4000


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        width: at least so much of the 1024×768 design.
        share: of the room that is left; 0 for none.
        right: figures stand at the right.
        spare: left out where there is no room, the highest first; 0: always there.
    """

    title: str
    width: float
    share: int = 0
    right: bool = False
    spare: int = 0


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One row, ready to be drawn: words or a pill for each column."""

    id: str
    cells: tuple[str | Pill, ...]


def scroll_bar_style(look: Look) -> str:
    """A calm upright scroll bar that a finger can take hold of."""
    theme = look.theme
    return (
        f"QScrollBar:vertical{{background:{theme.surface};width:{look.px(16)}px;margin:0}}"
        f"QScrollBar::handle:vertical{{background:{theme.outline};border-radius:{look.px(4)}px;"
        f"min-height:{look.px(48)}px;margin:{look.px(2)}px {look.px(4)}px}}"
        "QScrollBar::add-line,QScrollBar::sub-line{height:0}"
        "QScrollBar::add-page,QScrollBar::sub-page{background:none}"
    )


class RowSource(Protocol):
    """Where the rows come from. GUI thread; no call waits."""

    def total(self) -> int:
        """How many rows there are."""

    def row(self, number: int) -> WindowRow | None:
        """The row at this place, from 0; None while it is on its way."""


class WindowModel(QAbstractTableModel):
    """The source as Qt reads it."""

    def __init__(self, source: RowSource, columns: tuple[Column, ...], waiting: str, parent: QObject) -> None:
        super().__init__(parent)
        self.source, self.columns, self._waiting = source, columns, waiting
        self._total = source.total()

    def take_total(self) -> None:
        """Follow the source's length without losing place: rows come and go at the end, and all are read anew."""
        total = self.source.total()
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words, for assistive tools; the delegate asks the source itself."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.source.row(index.row())
        if row is None:
            return self._waiting
        cell = row.cells[index.column()]
        words = cell.word if isinstance(cell, Pill) else cell
        return f"{self.columns[index.column()].title}: {words}" if role == Qt.ItemDataRole.AccessibleTextRole else words


class _Delegate(QStyledItemDelegate):
    """Draws a cell straight from the source: one look-up and one line of text."""

    def __init__(self, look: Look, source: RowSource, columns: tuple[Column, ...], parent: QTableView) -> None:
        super().__init__(parent)
        theme = look.theme
        self._source, self.columns, self._table = source, columns, parent
        self._font = look.font(15)
        self._metrics = QFontMetrics(self._font)
        self._pills = PillPainter(look, 14, parent.devicePixelRatioF())
        self._pad, self._mark, self._bone = look.px(10), look.px(4), look.px(10)
        self._text, self._line = QColor(theme.text), QColor(theme.line)
        self._chosen, self._brand = QColor(theme.tones[Tone.BRAND].tint), look.ink(Tone.BRAND)
        self._focus = QColor(theme.focus)
        self._fitted: dict[tuple[str, int], str] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        column = index.column()
        rect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, self._chosen)
            if column == 0:
                colour = self._focus if self._table.hasFocus() else self._brand
                painter.fillRect(QRect(rect.left(), rect.top(), self._mark, rect.height()), colour)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._line)
        inner = rect.adjusted(self._pad, 0, -self._pad, -1)
        row = self._source.row(index.row())
        if row is None:
            self._paint_bone(painter, inner)
            return
        cell = row.cells[column]
        if isinstance(cell, Pill):
            self._pills.paint(painter, cell, inner, on_surface=chosen)
        elif cell:
            painter.setFont(self._font)
            painter.setPen(self._text)
            painter.drawText(inner, _RIGHT if self.columns[column].right else _LEFT, self._fit(cell, inner.width()))

    def _fit(self, text: str, width: int) -> str:
        fitted = self._fitted.get((text, width))
        if fitted is None:
            if len(self._fitted) > _MOST_FITTED:
                self._fitted.clear()
            fitted = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._fitted[text, width] = fitted
        return fitted

    def _paint_bone(self, painter: QPainter, inner: QRect) -> None:
        """A row that is on its way: a quiet bar where its words will stand."""
        bone = QRect(inner.left(), inner.center().y() - self._bone // 2, inner.width() * 2 // 3, self._bone)
        painter.fillRect(bone, self._line)


class WindowTable(QTableView):
    """The table.

    Args:
        name: what it is, spoken.
        waiting: spoken for a row that is on its way.

    Signals:
        seen(int, int): the first and the last row in sight, after it moved or grew.
        chosen(int): a row was chosen by key or finger. opened(int): it was pressed, or Enter was pressed on it.
    """

    seen = Signal(int, int)
    chosen = Signal(int)
    opened = Signal(int)

    def __init__(
        self, look: Look, name: str, columns: tuple[Column, ...], source: RowSource, waiting: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._quiet = False
        self._model = WindowModel(source, columns, waiting, self)
        self.setModel(self._model)
        self._delegate = _Delegate(look, source, columns, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(name)
        self._dress(look)
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self._say_seen)
        self.verticalScrollBar().valueChanged.connect(self._moved)
        self.clicked.connect(self._clicked)
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    def _dress(self, look: Look) -> None:
        theme = look.theme
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setMinimumSectionSize(1)
        side.setDefaultSectionSize(look.px(48))
        head = self.horizontalHeader()
        head.setFont(look.font(13.5, 600))
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(look.px(40))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(look.px(34))
        palette = self.palette()  # a style sheet on the table itself would have every scroll paint all of it anew
        palette.setColor(QPalette.ColorRole.Base, QColor(theme.surface))
        self.setPalette(palette)
        head.setStyleSheet(
            f"QHeaderView{{background:{theme.surface}}}"
            f"QHeaderView::section{{background:{theme.surface};color:{theme.muted};border:none;"
            f"border-bottom:1px solid {theme.line};padding:0 {look.px(10)}px}}"
        )
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))

    # ------------------------------------------------------------ what is drawn

    def refresh(self, *, anew: bool, current: int = -1, moved: int = 0) -> None:
        """The source has other rows.

        Args:
            anew: another question: begin at the top. Otherwise stay where it is.
            current: the row that is chosen now, -1 for none.
            moved: so many rows came in above what is in sight: what a person reads stays under her eyes.
        """
        self._quiet = True
        self._model.take_total()
        if anew:
            self.scrollToTop()
        elif moved:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + moved * self.verticalHeader().defaultSectionSize())
        self._choose(current)
        self._quiet = False
        self.viewport().update()
        self._look_again.start(0)

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Other words or widths; as many columns as before."""
        if columns != self._model.columns:
            self._model.columns = columns
            self._delegate.columns = columns
            self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
            self._share_width()
            self.viewport().update()

    def step(self, by: int) -> None:
        """Choose the row so many further down; it comes into sight."""
        last = self._model.rowCount() - 1
        if last >= 0:
            self.selectRow(min(last, max(0, self.currentIndex().row() + by)))

    def _choose(self, current: int) -> None:
        if current < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif current != self.currentIndex().row() and current < self._model.rowCount():
            keep = self.verticalScrollBar().value()
            self.selectRow(current)
            self.verticalScrollBar().setValue(keep)

    def rows_in_sight(self) -> tuple[int, int]:
        """First and last row of which anything is seen; (0, -1) for none."""
        first = self.rowAt(0)
        if first < 0:
            return 0, -1
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._model.rowCount() - 1

    @property
    def at_top(self) -> bool:
        """Whether the first row is wholly in sight."""
        return self.verticalScrollBar().value() == 0

    def sizeHint(self) -> QSize:
        """Takes what room there is."""
        return QSize(self._look.px(400), self._look.px(200))

    def minimumSizeHint(self) -> QSize:
        """The head and one row."""
        return QSize(self._look.px(200), self._look.px(84))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width."""
        super().resizeEvent(event)
        self._share_width()
        self._look_again.start(0)

    def _share_width(self) -> None:
        columns, room = self._model.columns, self.viewport().width()
        shown = list(columns)
        for spare in sorted((column for column in columns if column.spare), key=lambda column: -column.spare):
            if sum(self._look.px(column.width) for column in shown) > room:
                shown.remove(spare)
        left = max(0, room - sum(self._look.px(column.width) for column in shown))
        shares = sum(column.share for column in shown) or 1
        for number, column in enumerate(columns):
            self.setColumnHidden(number, column not in shown)
            self.setColumnWidth(number, self._look.px(column.width) + left * column.share // shares)

    # ------------------------------------------------------------ hands

    @Slot(int)
    def _moved(self, value: int) -> None:
        del value
        self._say_seen()

    @Slot()
    def _say_seen(self) -> None:
        if not self._quiet:
            self.seen.emit(*self.rows_in_sight())

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        del before
        if not self._quiet and now.isValid():
            self.chosen.emit(now.row())

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens once, however long it is held; letters belong to the page."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            row = self.currentIndex().row()
            if row >= 0 and not event.isAutoRepeat():
                self.opened.emit(row)
            event.accept()
            return
        if key in _ENDS:
            row = 0 if key == Qt.Key.Key_Home else self._model.rowCount() - 1
            self.selectRow(row)
            self.scrollTo(self._model.index(row, 0))
            event.accept()
            return
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
            return
        event.ignore()


_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
