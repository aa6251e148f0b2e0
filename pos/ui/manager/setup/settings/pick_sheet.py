"""A box with all values one setting may have."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from pos.ui.keys import key_name
from pos.ui.look import Look
from pos.ui.manager.setup.settings.model import Option
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet

_ONE_COLUMN = 8
_COLUMNS = 4
_DIGITS = 9


class PickSheet(Sheet):
    """Asks for one value; the present one is filled and has the keyboard.

    Signals:
        chosen(str): the value; the box has gone.
    """

    chosen = Signal(str)

    def __init__(
        self, look: Look, title: str, hint: str, options: tuple[Option, ...], now: str, parent: QWidget
    ) -> None:
        super().__init__(look, title, hint, width=560, parent=parent)
        self._columns = 1 if len(options) <= _ONE_COLUMN else _COLUMNS
        self.buttons: list[KeyButton] = []
        self._home = 0
        grid = QGridLayout()
        grid.setSpacing(look.px(8))
        for number, option in enumerate(options):
            key = str(number + 1) if len(options) <= _DIGITS else ""
            button = KeyButton(look, option.words, key, design_px=16, height=48, parent=self.card)
            button.setProperty("value", option.value)
            button.clicked.connect(self._pressed)
            if option.value == now:
                button.set_primary(primary=True, tone=Tone.BRAND)
                self._home = number
            grid.addWidget(button, number // self._columns, number % self._columns)
            self.buttons.append(button)
        self.body.addLayout(grid)

    def focus_home(self) -> None:
        """The present value."""
        self.buttons[self._home].setFocus()

    @Slot()
    def accept(self) -> None:
        """Enter on no button: nothing."""

    def keyed(self) -> Iterable[KeyButton]:
        """Their digits."""
        return self.buttons

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk."""
        steps = {"Up": -self._columns, "Down": self._columns, "Left": -1, "Right": 1}
        step = steps.get(key_name(event))
        held = next((number for number, one in enumerate(self.buttons) if one.hasFocus()), self._home)
        if step is not None:
            if 0 <= held + step < len(self.buttons):
                self.buttons[held + step].setFocus()
            event.accept()
            return
        super().keyPressEvent(event)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            value = str(sender.property("value"))
            self.dismiss()
            self.chosen.emit(value)
