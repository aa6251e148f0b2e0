"""A row of buttons, each with its key: what can be done now. A button that stays keeps the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.buttons import KeyButton, fit_buttons


class Spread(StrEnum):
    """How the buttons stand in the width of their row."""

    TIGHT = "tight"  # the row is no wider than they are
    LEFT = "left"  # from the left, in the form that fits
    WHOLE = "whole"  # they share all of it, in the form that fits


class ButtonRow(QWidget):
    """Draws actions and says which was pressed; without one it is hidden.

    Args:
        height, design_px: of the buttons, in the 1024×768 design.
        spread: from the left, letters keep their weight, for buttons must not move when another one is filled.

    Signals:
        acted(str): id of an action that is shown.
    """

    acted = Signal(str)

    def __init__(
        self, look: Look, parent: QWidget, *, height: float = 52, design_px: float = 16, spread: Spread = Spread.WHOLE
    ) -> None:
        super().__init__(parent)
        self._look, self._height, self._design_px, self._spread = look, height, design_px, spread
        self._actions: tuple[BarAction, ...] = ()
        self.buttons: dict[str, KeyButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(8))
        if spread is Spread.LEFT:
            self._row.addStretch(1)
        self.hide()

    def show_actions(self, actions: Sequence[BarAction]) -> bool:
        """Draw these; the Tab key goes through them in their order. False if they stand there already."""
        actions = tuple(actions)
        if actions == self._actions:
            return False
        self._actions, before = actions, self.buttons
        self.buttons = {action.id: self._staying(action, before) or self._make(action) for action in actions}
        for name, gone in before.items():
            if self.buttons.get(name) is not gone:
                self._row.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
        for number, action in enumerate(actions):
            button = self.buttons[action.id]
            button.relabel(action.label, action.key)
            button.set_primary(action.primary, action.tone, bold=self._spread is not Spread.LEFT)
            self._row.insertWidget(number, button, self._share(action))
            button.show()
        for one, following in pairwise(self.buttons.values()):
            QWidget.setTabOrder(one, following)
        self.setVisible(bool(self.buttons))
        self._fit()
        return True

    def press(self, key: str) -> bool:
        """Do what this key stands for; False if it stands for nothing now."""
        action = next((action for action in self._actions if action.key == key), None)
        if action is None:
            return False
        self.acted.emit(action.id)
        return True

    def _staying(self, action: BarAction, before: dict[str, KeyButton]) -> KeyButton | None:
        """The button that was this action's before and goes on."""
        return before.get(action.id)

    def _share(self, action: BarAction) -> int:
        """How much of the spare width its button takes."""
        del action
        return 1 if self._spread is Spread.WHOLE else 0

    def _letters_px(self, action: BarAction) -> float:
        del action
        return self._design_px

    def _make(self, action: BarAction) -> KeyButton:
        button = KeyButton(
            self._look, action.label, action.key, design_px=self._letters_px(action), height=self._height, parent=self
        )
        button.setProperty("action", action.id)
        button.clicked.connect(self._pressed)
        return button

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    def _fit(self) -> None:
        if self._spread is not Spread.TIGHT:
            edges = self._row.contentsMargins()
            room_px = self.width() - edges.left() - edges.right()
            fit_buttons(list(self.buttons.values()), room_px, self._row.spacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons take the form that fits."""
        super().resizeEvent(event)
        self._fit()
