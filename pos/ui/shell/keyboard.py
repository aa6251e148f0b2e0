"""Which key does what: the actions as their buttons show them, then letters for the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos.ui.keys import key_name
from pos.ui.shell.presenter import CASES_KEY, SCREEN_KEYS, Screen
from pos.ui.shell.slow_scan import SlowScan

if TYPE_CHECKING:
    from pos.ui.window import MainWindow


MOVES = ("Up", "Down", "Left", "Right")


class Keyboard(QObject):
    """Hands the keys that nobody below wanted to what is in sight.

    Args:
        window: whose keys.
        mono_s: tells the time, monotonic seconds.
    """

    def __init__(self, window: MainWindow, mono_s: Callable[[], float]) -> None:
        super().__init__(window)
        self._window = window
        self._slow_scan = SlowScan(mono_s)

    def take(self, event: QKeyEvent) -> bool:
        """Whether the key did something; a key held down does its thing once, but for moving about."""
        name = key_name(event)
        if name and not (event.isAutoRepeat() and name not in MOVES) and self.press(name):
            return True
        if self._type(event.text()):
            return True
        application = QCoreApplication.instance()
        if self._slow_scan.note(event.text()) and application is not None:
            application.installEventFilter(self)
        return False

    def close(self) -> None:
        """Whatever Enter comes now is another window's."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """After such letters: the Enter, before a button that has the keyboard can take it for a press."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or key_name(event) != "Enter":
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return False
        self.close()
        if not self._slow_scan.ends():
            return False
        self._window.bridge.scan_dropped.emit("slow_scan")
        return True

    def _type(self, text: str) -> bool:
        """A letter on the counter goes into its field."""
        window = self._window
        page = window.screens.page_in_sight
        if page is not None:
            return not window.box.is_open and bool(text) and text.isprintable() and page.take_letter(text)
        field = window.screens.counter_screen.entry
        here = window.screens.counter_in_sight and not window.box.is_open
        if here and not field.isEnabled() and text.isdigit() and self._press_counter(text):
            return True  # a digit is an answer only where it cannot be the beginning of a code
        if not (here and field.isEnabled() and text and text.isprintable()) or field.hasFocus():
            return False
        field.setFocus()
        field.insert(text)
        return True

    def press(self, name: str) -> bool:
        """Press a key by its name; false if it means nothing now."""
        window = self._window
        if window.box.is_open:
            return False
        if name == "Ctrl+,":
            window.open_settings()
            return True
        if window.shell.person is None:
            return window.screens.signin_screen.press_key(name) or (name == "Esc" and self._dismiss())
        screen = next((screen for screen, key in SCREEN_KEYS.items() if key == name), None)
        if screen is not None:
            window.navigation.open_screen(screen)
            return True
        if name == CASES_KEY and window.pages.has(Screen.MANAGER):
            window.navigation.open_cases()
            return True
        if name == "Ctrl+L":
            window.turns.lock()
            return True
        return self._press_here(name)

    def _press_here(self, name: str) -> bool:
        window = self._window
        page = window.screens.page_in_sight
        if page is not None and page.press(name):
            return True
        if window.screens.counter_in_sight and self._press_counter(name):
            return True
        if name == "F8" and window.screens.lists.act(window.shell.screen):
            return True
        if name == "Esc" and self._dismiss():
            return True
        if name == "Ctrl+O" and window.screens.banner_bar.can_open:
            window.banners.open()
            return True
        return False

    def _dismiss(self) -> bool:
        if self._window.screens.banner_bar.isHidden():
            return False
        self._window.banners.dismiss()
        return True

    def _press_counter(self, name: str) -> bool:
        window = self._window
        model = window.counter.model(window.screens.look.tr)
        action = model.action_for(name) if model else None
        if action is not None:
            window.screens.counter_screen.press(action.id)
            return True
        if name in ("Up", "Down"):
            window.screens.counter_screen.move_selection(-1 if name == "Up" else 1)
            return True
        return False
