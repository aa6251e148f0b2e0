"""A row of buttons below a verdict: what can be done now, each with its key. What is not in the row cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton, fit_buttons


@dataclass(frozen=True, slots=True)
class BarAction:
    """One thing that can be done now.

    Args:
        id: what the page calls it.
        key: as shown and as pressed: `Enter`, `Del`, `Esc`, `F5`, `Ctrl+P`.
    """

    id: str
    label: str
    key: str
    primary: bool = False
    tone: Tone = Tone.BRAND


class ActionBar(QWidget):
    """Draws actions and says which was pressed.

    Signals:
        acted(str): id of an action that is shown.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._actions: tuple[BarAction, ...] = ()
        self.buttons: list[KeyButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        self._row.setSpacing(look.px(10))
        self.setFixedHeight(look.px(64 + 30))
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._fit_row)
        self.hide()

    def show_actions(self, actions: Sequence[BarAction]) -> bool:
        """Draw these; False if they stand there already."""
        if tuple(actions) == self._actions:
            return False
        self._actions = tuple(actions)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._make(action) for action in self._actions]
        self.setVisible(bool(self.buttons))
        self._fit_row()
        return True

    def press(self, key: str) -> bool:
        """Do what this key stands for; False if it stands for nothing now."""
        action = next((action for action in self._actions if action.key == key), None)
        if action is None:
            return False
        self.acted.emit(action.id)
        return True

    def _make(self, action: BarAction) -> KeyButton:
        button = KeyButton(
            self._look,
            action.label,
            action.key,
            primary=action.primary,
            tone=action.tone,
            design_px=19 if action.primary else 16,
            height=64,
            parent=self,
        )
        button.setProperty("action", action.id)
        button.clicked.connect(self._pressed)
        self._row.addWidget(button, 1 if action.primary else 0, Qt.AlignmentFlag.AlignVCenter)
        button.show()
        return button

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    @Slot()
    def _fit_row(self) -> None:
        fit_buttons(self.buttons, self.width() - self._look.px(28), self._look.px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons take the form that fits."""
        super().resizeEvent(event)
        self._fit.start()
