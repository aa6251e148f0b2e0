"""The ways from screen to screen: by the top bar, the strip, a page, or a bill that is wanted at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from pos.ui.shell.presenter import Screen

if TYPE_CHECKING:
    from pos.ui.window import MainWindow


class Navigation(QObject):
    """Leads her who is signed in to another screen.

    Args:
        window: between whose screens.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @Slot(object)
    def open_screen(self, screen: object) -> None:
        """Go to a `Screen`, if this till has it."""
        window = self._window
        if isinstance(screen, Screen) and window.shell.person is not None and window.pages.has(screen):
            window.shell.screen = screen
            window.screens.show_screen()
            window.screens.show_counter()
            window.screens.show_page()
            window.screens.show_banner()
            window.box.focus_home()

    @Slot()
    def open_cases(self) -> None:
        """Go to what needs a manager."""
        self._window.pages.resume(Screen.MANAGER, "cases")
        self.open_screen(Screen.MANAGER)

    @Slot()
    def open_slips(self) -> None:
        """Go to the slips that are not on paper for sure."""
        self.open_screen(Screen.SLIPS)

    @Slot(str)
    def resume(self, bill_number: str) -> None:
        """Bring an open bill to the counter."""
        window = self._window
        window.shell.forget_bill(bill_number)
        window.counter.resume(bill_number)
        self.open_screen(Screen.COUNTER)
        window.screens.show_banner()

    @Slot(object, str)
    def follow(self, screen: object, bill_number: str) -> None:
        """A page sends her to what stands on a bill elsewhere."""
        if screen is Screen.COUNTER:
            self.resume(bill_number)
        elif isinstance(screen, Screen):
            self._window.pages.resume(screen, bill_number)
            self.open_screen(screen)
