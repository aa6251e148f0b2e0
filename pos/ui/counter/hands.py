"""What is pressed on the counter goes to its presenter; what comes of it is drawn, or asked in a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from pos.ui.counter.effects import Effect
from pos.ui.counter.model import ActionId
from pos.ui.counter.screen import CounterScreen

if TYPE_CHECKING:
    from pos.ui.window import MainWindow


class CounterHands(QObject):
    """Lives as long as the window.

    Args:
        window: whose counter it is, with its boxes; owns this object.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def listen(self, screen: CounterScreen) -> None:
        """This screen is pressed from now on."""
        screen.acted.connect(self._on_acted)
        screen.typed.connect(self._window.scans.take)  # a code typed by hand is treated as a scan
        screen.selected.connect(self._on_selected)
        screen.declared.connect(self._on_declared)
        screen.pin_given.connect(self._on_manager_pin)
        screen.was_painted.connect(self._on_painted)

    @Slot(object)
    def _on_acted(self, action: object) -> None:
        if not isinstance(action, ActionId):
            return
        window = self._window
        window.shell.hint = ""
        effect = window.counter.act(action)
        window.screens.show_counter()
        window.screens.show_banner()
        box = window.counter_boxes.box_for(effect, *window.box.room())
        if box is not None:
            window.box.open(box)
        elif effect is Effect.OPEN_DRAWER:
            window.desk_boxes.open_drawer()
        elif effect is Effect.FOCUS_ENTRY:
            window.screens.counter_screen.focus_home()

    @Slot(str)
    def _on_selected(self, line_id: str) -> None:
        self._window.counter.select(line_id)
        self._window.screens.show_counter()

    @Slot(str)
    def _on_declared(self, digits: str) -> None:
        self._window.counter.declare(int(digits or "0"))
        self._window.screens.show_counter()

    @Slot(str)
    def _on_manager_pin(self, pin: str) -> None:
        self._window.counter.give_pin(pin)
        self._window.screens.show_counter()

    @Slot()
    def _on_painted(self) -> None:
        counter, view = self._window.counter, self._window.counter.view
        if view is not None:
            counter.painted()
            self._window.verdict_painted.emit(view.key, view.phase.value)
