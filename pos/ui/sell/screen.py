"""The selling page drawn: on the left what is on offer, the codes or the sales that wait; on the right the sale."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.halves import HalvesScreen
from pos.ui.look import Look
from pos.ui.sell.code_list import CodeList
from pos.ui.sell.model import Act, Left, SellModel
from pos.ui.sell.tile_grid import TileGrid
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import ElidedText, Text

_ARROWS = {"Left": -1, "Right": 1}


class SellScreen(HalvesScreen):
    """Draws a `SellModel` and says what is pressed.

    Signals:
        acted(str): an `Act` that is shown. opened(str): a sale that waits.
        chosen(str): a tile. stepped(int): arrows. digit(str): a digit for the quantity.
    """

    chosen = Signal(str)
    stepped = Signal(int)
    digit = Signal(str)

    def __init__(self, look: Look, first: SellModel) -> None:
        super().__init__(look)
        self._model = first
        self._build_left(self.left, first)

    def _build_left(self, card: Card, first: SellModel) -> None:
        look = self._look
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(18), look.px(10), look.px(12), look.px(10))
        head.setSpacing(look.px(8))
        self._title = ElidedText(look, design_px=22, weight=800, parent=card)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head.addWidget(self._title, 1)
        head.addWidget(self.edge)
        column.addLayout(head)
        self._note = Text(look, design_px=14, weight=500, wrap=True, parent=card)
        self._note.setContentsMargins(look.px(18), 0, look.px(18), look.px(8))
        column.addWidget(self._note)
        column.addWidget(Rule(look, card))
        self.tiles = TileGrid(look, card)
        self.tiles.chosen.connect(self.chosen)
        self.codes = CodeList(look, card)
        self.table = Table(look, first.title, first.columns, 0, card)
        self.table.opened.connect(self.opened)
        self._empty = Text(look, design_px=20, weight=600, colour=look.theme.muted, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(18), 0, look.px(18), 0)
        self._stack = QStackedWidget(card)
        for widget in (self.tiles, self.codes, self.table, self._empty):
            self._stack.addWidget(widget)
        column.addWidget(self._stack, 1)

    # ------------------------------------------------------------ drawing

    def show_model(self, model: SellModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        moved = model.left is not self._model.left
        self._model = model
        self._title.say(model.title)
        self._note.say(model.note)
        self._note.set_colour(self._look.ink(model.note_tone))
        self.tiles.show_tiles(model.tiles, model.selected)
        self.codes.show_rows(model.codes)
        self.table.show_rows(model.rows)
        self._empty.setText(model.empty)  # whether it is seen is the stack's matter
        self._stack.setCurrentWidget(self._left_widget(model))
        self.right.setVisible(model.left is not Left.OPEN)  # the list needs the width
        self.edge.show_actions(model.edge)
        fresh = self.right.show_panel(model.panel, model.actions)
        if fresh or moved:
            self.focus_home()

    def _left_widget(self, model: SellModel) -> QWidget:
        if model.left is Left.OPEN:
            return self.table if model.rows else self._empty
        return self.codes if model.left is Left.CODES else self.tiles

    @property
    def verdict_title(self) -> str:
        """The largest words on the page."""
        return self._model.panel.title

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The list that waits, else the page itself: no button holds Enter, so that a new state cannot be confirmed by
        an Enter that was meant for the old one.
        """
        if self._model.left is Left.OPEN and self._model.rows:
            self.table.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if self.edge.press(name) or self.right.press(name):
            return True
        if self._model.left is Left.TILES and name in ("Left", "Right", "Up", "Down"):
            down = self.tiles.columns or 1
            self.stepped.emit(_ARROWS.get(name, down if name == "Down" else -down))
            return True
        if self._model.left is Left.OPEN and name == "Esc":
            self.acted.emit(Act.OPEN_LIST)
            return True
        return False

    def take_letter(self, text: str) -> bool:
        """Digits are the quantity, plus and minus change it."""
        if self.right.press(text):
            return True
        if self._model.selected >= 0 and text.isascii() and text.isdigit():
            self.digit.emit(text)
            return True
        return False
