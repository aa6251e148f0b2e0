"""Screens inside a screen, one of them in sight: it hears the keys, and what any of them says is said on."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from pos.ui.look import Look
from pos.ui.page import PageScreen

_SAID_ON = ("heard", "box_wanted", "changed", "told", "leads", "test_wanted", "choices_wanted")


class ScreenStack(PageScreen):
    """Holds `screens` by name in a `_stack`; where it stands, and what goes to the front, is the heir's matter.

    Args:
        title: the largest words while no screen is in sight.
    """

    def __init__(self, look: Look, title: str) -> None:
        super().__init__()
        self._look, self._title = look, title
        self.screens: dict[str, PageScreen] = {}
        self._stack = QStackedWidget(self)

    def add_screen(self, name: str, drawn: PageScreen) -> None:
        """Take in a screen."""
        self.screens[name] = drawn
        for signal in _SAID_ON:
            getattr(drawn, signal).connect(getattr(self, signal))
        self._stack.addWidget(drawn)

    @property
    def _current(self) -> PageScreen | None:
        current = self._stack.currentWidget()
        return current if isinstance(current, PageScreen) else None

    def refresh(self) -> None:
        """Draw what the screen in sight knows now."""
        if self._current is not None:
            self._current.refresh()

    @property
    def verdict_title(self) -> str:
        """The largest words of the screen in sight."""
        return self._current.verdict_title if self._current is not None else self._title

    def press(self, name: str) -> bool:
        """To the screen in sight."""
        return self._current is not None and self._current.press(name)

    def take_letter(self, text: str) -> bool:
        """To the screen in sight."""
        return self._current is not None and self._current.take_letter(text)
