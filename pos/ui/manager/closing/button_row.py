"""A row of buttons, each with its key, made anew only when they are others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.action_bar import BarAction
from pos.ui.widgets.buttons import KeyButton, fit_buttons


class ButtonRow(QWidget):
    """Draws actions and says which was pressed.

    Args:
        height, design_px: of the buttons, in the 1024×768 design.
        wide: they share the whole width.

    Signals:
        acted(str): id of an action that is shown.
    """

    acted = Signal(str)

    def __init__(
        self, look: Look, parent: QWidget, *, height: float = 52, design_px: float = 16, wide: bool = False
    ) -> None:
        super().__init__(parent)
        self._look, self._height, self._design_px, self._wide = look, height, design_px, wide
        self._actions: tuple[BarAction, ...] = ()
        self.buttons: list[KeyButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(8))
        self.hide()

    def show_actions(self, actions: Sequence[BarAction]) -> None:
        """Draw these; a button that only changes its words keeps the keyboard."""
        actions = tuple(actions)
        if actions == self._actions:
            return
        same = [action.id for action in actions] == [action.id for action in self._actions]
        self._actions = actions
        if not same:
            for button in self.buttons:
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self.buttons = [self._make(action) for action in actions]
        for button, action in zip(self.buttons, actions, strict=True):
            button.relabel(action.label, action.key)
            button.set_primary(action.primary, action.tone)
        self.setVisible(bool(self.buttons))
        self._fit()

    def press(self, key: str) -> bool:
        """Do what this key stands for; False if it stands for nothing now."""
        action = next((action for action in self._actions if action.key == key), None)
        if action is None:
            return False
        self.acted.emit(action.id)
        return True

    def _make(self, action: BarAction) -> KeyButton:
        button = KeyButton(
            self._look, action.label, action.key, primary=action.primary, tone=action.tone,
            design_px=self._design_px, height=self._height, parent=self,
        )  # fmt: skip
        button.setProperty("action", action.id)
        button.clicked.connect(self._pressed)
        self._row.addWidget(button, 1 if self._wide else 0)
        button.show()
        return button

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    def _fit(self) -> None:
        if self._wide:
            fit_buttons(self.buttons, self.width(), self._look.px(8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons take the form that fits."""
        super().resizeEvent(event)
        self._fit()
