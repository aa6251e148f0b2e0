"""The tiles drawn: supplier, value, price, stock. One is chosen by finger or by arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.sell.model import Tile
from pos.ui.theme import Tone
from pos.ui.widgets.window_table import scroll_bar_style

NARROWEST, GAP = 158, 10
"""Design px: least width of a tile, and between two."""


class TileButton(QPushButton):
    """One tile."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._chosen = look, False
        self._tile: Tile | None = None
        self._fonts = (look.font(15, 600), look.font(22, 800), look.font(14, 600))
        self.setFixedHeight(look.px(104))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def key(self) -> str:
        """Which tile it shows."""
        return self._tile.key if self._tile is not None else ""

    def show_tile(self, tile: Tile, *, chosen: bool) -> None:
        """Draw this one."""
        if tile != self._tile or chosen != self._chosen:
            self._tile, self._chosen = tile, chosen
            self.setAccessibleName(tile.spoken)
            self.update()

    def sizeHint(self) -> QSize:
        """At least wide enough for an amount."""
        return QSize(self._look.px(NARROWEST), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, words and the ring of the chosen one."""
        del event
        tile, look, theme = self._tile, self._look, self._look.theme
        if tile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(
            look.tint(Tone.BRAND) if self._chosen else QColor(theme.background if tile.dull else theme.surface)
        )
        painter.setPen(QPen(QColor(theme.focus if self._chosen else theme.outline), look.px(3 if self._chosen else 1)))
        painter.drawRoundedRect(box, look.px(10), look.px(10))
        ink = QColor(theme.muted if tile.dull else theme.text)
        pad = look.px(13)
        room = self.rect().adjusted(pad, look.px(11), -pad, -look.px(11))
        self._line(painter, room, 0, tile.supplier, ink, Qt.AlignmentFlag.AlignTop)
        self._line(painter, room.adjusted(0, look.px(22), 0, 0), 1, tile.value, ink, Qt.AlignmentFlag.AlignTop)
        stock = look.ink(tile.stock_tone) if tile.stock_tone is not Tone.NEUTRAL else QColor(theme.muted)
        bottom = Qt.AlignmentFlag.AlignBottom
        self._line(painter, room, 2, tile.price, ink, bottom)
        stock_room = room if not tile.price else room.adjusted(room.width() // 2, 0, 0, 0)
        self._line(painter, stock_room, 2, tile.stock, stock, bottom, right=bool(tile.price))

    def _line(
        self, painter: QPainter, room: QRect, font: int, text: str, ink: QColor, side: Qt.AlignmentFlag, *,
        right: bool = False,
    ) -> None:  # fmt: skip
        painter.setFont(self._fonts[font])
        painter.setPen(ink)
        # The middle of a name: those of one supplier begin alike, and differ at their end.
        cut = Qt.TextElideMode.ElideMiddle if font == 0 else Qt.TextElideMode.ElideRight
        words = QFontMetrics(self._fonts[font]).elidedText(text, cut, room.width())
        across = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, int(across | side), words)


class TileGrid(QScrollArea):
    """All tiles, as many a row as fit.

    Signals:
        chosen(str): key of the tile that was touched.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._tiles: tuple[Tile, ...] = ()
        self.buttons: list[TileButton] = []
        self.columns = 0
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._ground = QWidget()
        self._ground.setObjectName("tiles")
        self.setStyleSheet(f"QScrollArea, #tiles {{ background: {look.theme.surface}; }}")
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        self._grid = QGridLayout(self._ground)
        self._grid.setContentsMargins(look.px(14), look.px(12), look.px(14), look.px(12))
        self._grid.setSpacing(look.px(GAP))
        self.setWidget(self._ground)

    def show_tiles(self, tiles: tuple[Tile, ...], selected: int) -> None:
        """Draw these; the chosen one is kept in sight."""
        if len(tiles) != len(self.buttons):
            self._remake(len(tiles))
        for number, (button, tile) in enumerate(zip(self.buttons, tiles, strict=True)):
            button.show_tile(tile, chosen=number == selected)
        self._tiles = tiles
        if 0 <= selected < len(self.buttons):
            self.ensureWidgetVisible(self.buttons[selected], 0, self._look.px(GAP))

    def _remake(self, count: int) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [TileButton(self._look, self._ground) for _ in range(count)]
        for button in self.buttons:
            button.clicked.connect(self._pressed)
        self.columns = 0
        self._arrange()

    def _arrange(self) -> None:
        look = self._look
        room = self.viewport().width() - look.px(28)
        columns = max(1, (room + look.px(GAP)) // look.px(NARROWEST + GAP))
        if columns == self.columns:
            return
        for column in range(max(columns, self.columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.columns = columns
        for number, button in enumerate(self.buttons):
            self._grid.addWidget(button, number // columns, number % columns)
            button.show()
        self._grid.setRowStretch(len(self.buttons) // columns + 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other width, other number of columns."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, TileButton):
            self.chosen.emit(sender.key)
