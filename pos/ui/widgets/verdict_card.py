"""A verdict and, below it, what can be done about it. What is not in the row cannot be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.ui.counter.model import Panel
from pos.ui.look import Look
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.button_row import ButtonRow
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.verdict import VerdictPanel


class _Actions(ButtonRow):
    """The filled button is larger and takes the spare width. None stays when others come: a new state is never
    confirmed by a finger that came down for the old one.
    """

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, height=64)
        self._row.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        self._row.setSpacing(look.px(10))
        self.setFixedHeight(look.px(64 + 30))

    def _staying(self, action: BarAction, before: dict[str, KeyButton]) -> None:
        del action, before

    def _share(self, action: BarAction) -> int:
        return 1 if action.primary else 0

    def _letters_px(self, action: BarAction) -> float:
        return 19 if action.primary else 16


class VerdictCard(Card):
    """Draws a `Panel` above its actions.

    Signals:
        acted(str): id of an action that is shown.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.verdict = VerdictPanel(look, self)
        column.addWidget(self.verdict, 1)
        self._rule = Rule(look, self)
        column.addWidget(self._rule)
        self._bar = _Actions(look, self)
        self._bar.acted.connect(self.acted)
        column.addWidget(self._bar)

    def show_panel(self, panel: Panel, actions: Sequence[BarAction]) -> bool:
        """Draw these; whether other actions stand there now."""
        self.verdict.show_panel(panel)
        self._rule.setVisible(bool(actions))
        return self._bar.show_actions(actions)

    def press(self, key: str) -> bool:
        """Do what this key stands for; False if it stands for nothing now."""
        return self._bar.press(key)
