"""A low row of buttons below a panel: what can be done now, each with its key. It leaves the room to what is above."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.action_bar import BarAction
from pos.ui.widgets.buttons import KeyButton, fit_buttons

_EDGE, _GAP = 12, 8


class ActionRow(QWidget):
    """Draws actions and says which was pressed.

    Signals:
        acted(str): id of an action that is shown.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._actions: tuple[BarAction, ...] = ()
        self.buttons: dict[str, KeyButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(_EDGE), look.px(7), look.px(_EDGE), look.px(7))
        self._row.setSpacing(look.px(_GAP))
        self._row.addStretch(1)
        self.setMinimumHeight(look.px(48 + 14))

    def show_actions(self, actions: Sequence[BarAction]) -> None:
        """Draw these; buttons that stay keep the keyboard."""
        if tuple(actions) == self._actions:
            return
        self._actions = tuple(actions)
        wanted = {action.id for action in actions}
        for name in [name for name in self.buttons if name not in wanted]:
            gone = self.buttons.pop(name)
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for number, action in enumerate(actions):
            button = self.buttons.get(action.id) or self._make(action)
            button.relabel(action.label, action.key)
            button.set_primary(action.primary, action.tone)
            self._row.insertWidget(number, button, 0, Qt.AlignmentFlag.AlignVCenter)
            button.show()
        self._fit()

    def press(self, key: str) -> bool:
        """Do what this key stands for; False if it stands for nothing now."""
        action = next((action for action in self._actions if action.key == key), None)
        if action is None:
            return False
        self.acted.emit(action.id)
        return True

    def _make(self, action: BarAction) -> KeyButton:
        button = KeyButton(self._look, action.label, action.key, design_px=15, height=48, parent=self)
        button.setProperty("action", action.id)
        button.clicked.connect(self._pressed)
        self.buttons[action.id] = button
        return button

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    def _fit(self) -> None:
        fit_buttons(list(self.buttons.values()), self.width() - 2 * self._look.px(_EDGE), self._look.px(_GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons take the form that fits."""
        super().resizeEvent(event)
        self._fit()
