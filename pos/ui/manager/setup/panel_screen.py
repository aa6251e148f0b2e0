"""What the panels of the set-up share in which something can be done: a card, and at its foot a low row of buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.widgets.button_row import ButtonRow, Spread
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.text import Text


class PanelScreen(PageScreen):
    """A card whose panel fills `_column`, with `_title` somewhere in it.

    Args:
        name: largest words while the panel knows nothing yet.
        spacing, height: between its parts, and its least; in the 1024×768 design.

    Signals:
        acted(str): id of a button.
    """

    acted = Signal(str)

    def __init__(self, look: Look, name: str, *, spacing: float = 6, height: float = 420) -> None:
        super().__init__()
        self._look, self._name = look, name
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._card = card = Card(look, self)
        outer.addWidget(card)
        whole = QVBoxLayout(card)
        whole.setContentsMargins(1, look.px(10), 1, 1)
        whole.setSpacing(look.px(spacing))
        self._column = QVBoxLayout()
        whole.addLayout(self._column, 1)
        whole.addWidget(Rule(look, card))
        foot = QHBoxLayout()
        foot.setContentsMargins(look.px(12), look.px(7), look.px(12), look.px(7))
        foot.addStrut(look.px(48))  # nothing jumps while there is no button
        self.bar = ButtonRow(look, card, height=48, design_px=15, spread=Spread.LEFT)
        self.bar.acted.connect(self.acted)
        foot.addWidget(self.bar)
        whole.addLayout(foot)
        self._title = Text(look, design_px=20, weight=800, wrap=True, parent=card)
        self.setMinimumSize(look.px(480), look.px(height))

    def refresh(self) -> None:
        """Nothing counts here by itself."""

    @property
    def verdict_title(self) -> str:
        """The panel's title."""
        return self._title.text() or self._name

    def press(self, name: str) -> bool:
        """The keys on the buttons."""
        return self.bar.press(name)
