"""A week as a grid: a column a day, a row a figure, each figure with its bar; one column is chosen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.levels.model import Cell, DayColumn
from pos.ui.signs import Shape
from pos.ui.widgets.shapes import paint_shape

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
_MIDDLE = int(Qt.AlignmentFlag.AlignCenter)
_HEAD, _ROW = 44, 35


class WeekGrid(QWidget):
    """Draws the columns.

    Signals:
        chosen(int): a column, by key or finger.
    """

    chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[DayColumn, ...] = ()
        self._chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.px(_HEAD + 5 * _ROW + 2))
        self.setAccessibleName(look.tr.t("levels.grid"))

    def show_week(self, rows: tuple[str, ...], columns: tuple[DayColumn, ...], chosen: int) -> None:
        """Draw these."""
        self._rows, self._columns, self._chosen = rows, columns, chosen
        if columns:
            self.setAccessibleDescription(columns[chosen].spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """Takes the width there is."""
        return QSize(self._look.px(600), self.height())

    # ------------------------------------------------------------ hands

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from day to day."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            event.ignore()
            return
        self.chosen.emit(self._chosen + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A finger on a day."""
        for number in range(len(self._columns)):
            if self._column_at(number).contains(event.position().toPoint()):
                self.chosen.emit(number)

    # ------------------------------------------------------------ drawing

    def _column_at(self, number: int) -> QRect:
        names = self._look.px(164)
        width = (self.width() - names) / max(1, len(self._columns))
        left = names + width * number
        return QRect(round(left), 0, round(left + width) - round(left), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows' names, then day by day."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head, high = look.px(_HEAD), look.px(_ROW)
        painter.setFont(look.font(13.5, 600))
        for number, name in enumerate(self._rows):
            top = head + high * number
            painter.fillRect(QRect(0, top, self.width(), 1), QColor(theme.line))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRect(0, top, look.px(160), high), _LEFT, name)
        for number, column in enumerate(self._columns):
            self._paint_column(painter, self._column_at(number), column, is_chosen=number == self._chosen)

    def _paint_column(self, painter: QPainter, room: QRect, column: DayColumn, *, is_chosen: bool) -> None:
        look, theme = self._look, self._look.theme
        if is_chosen:
            painter.setBrush(QColor(theme.background))
            painter.setPen(QPen(QColor(theme.focus), look.px(3 if self.hasFocus() else 2)))
            edge = QRectF(room).adjusted(2, 2, -2, -2)
            painter.drawRoundedRect(edge, look.px(9), look.px(9))
        painter.setPen(QColor(theme.text))
        painter.setFont(look.font(14.5, 700))
        painter.drawText(QRect(room.left(), look.px(4), room.width(), look.px(20)), _MIDDLE, column.head)
        painter.setPen(QColor(theme.muted))
        painter.setFont(look.font(12, 500))
        painter.drawText(QRect(room.left(), look.px(23), room.width(), look.px(17)), _MIDDLE, column.head_note)
        head, high = look.px(_HEAD), look.px(_ROW)
        for number, cell in enumerate(column.cells):
            self._paint_cell(painter, QRect(room.left(), head + high * number, room.width(), high), cell)

    def _paint_cell(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        look, theme = self._look, self._look.theme
        ink = look.ink(cell.tone)
        font = look.font(14, 700 if cell.shape is not Shape.NONE else 500)
        painter.setFont(font)
        words = QRect(room.left() + look.px(4), room.top() + look.px(2), room.width() - look.px(8), look.px(23))
        if cell.shape is not Shape.NONE:
            sign = look.px(13)
            width = min(words.width(), painter.fontMetrics().horizontalAdvance(cell.words) + sign + look.px(5))
            left = words.center().x() - width // 2
            paint_shape(painter, cell.shape, QRectF(left, words.center().y() - sign / 2, sign, sign), ink)
            words = QRect(left + sign + look.px(5), words.top(), width - sign, words.height())
        painter.setPen(ink)
        painter.setFont(font)
        fitted = painter.fontMetrics().elidedText(cell.words, Qt.TextElideMode.ElideRight, words.width() + 2)
        painter.drawText(words, _MIDDLE, fitted)
        if cell.part <= 0:
            return
        track = QRectF(room.left() + look.px(12), room.bottom() - look.px(7), room.width() - look.px(24), look.px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setBrush(ink if cell.shape is not Shape.NONE else QColor(theme.focus))
        track.setWidth(max(track.height(), track.width() * min(1.0, cell.part)))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
