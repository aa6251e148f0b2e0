"""The set-up section drawn: the list of panels at the left, the chosen one beside it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos.ui.look import Look
from pos.ui.manager.screen_stack import ScreenStack
from pos.ui.manager.setup.panel_list import PanelEntry, PanelList
from pos.ui.widgets.card import Card

_DIGITS = "1234567890-"
"""As they stand side by side on the keyboard."""


class SetupScreen(ScreenStack):
    """Draws list and panel, and hands the keyboard to whichever has it.

    Signals:
        chosen(str): a panel's name.
    """

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.tr.t("manager.setup.title"))
        self._names: list[str] = []
        self._counts: dict[str, int] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(10))
        card = Card(look, self)
        card.setFixedWidth(look.px(196))
        column = QVBoxLayout(card)
        column.setContentsMargins(1, look.px(6), 1, look.px(6))
        self.list = PanelList(look, card)
        self.list.moved.connect(self.chosen)
        self.list.entered.connect(self._enter)
        column.addWidget(self.list)
        row.addWidget(card)
        row.addWidget(self._stack, 1)

    def add_entry(self, name: str) -> None:
        """One more line at the end of the list."""
        self._names.append(name)
        self._show_entries()

    def show_panel(self, name: str) -> None:
        """Bring this panel to the front."""
        drawn = self.screens[name]
        self.list.choose(name)
        if self._stack.currentWidget() is not drawn:
            self._stack.setCurrentWidget(drawn)
        drawn.refresh()

    def show_counts(self, waiting: dict[str, int]) -> None:
        """How many wait in each panel; cheap if nothing changed."""
        if waiting != self._counts:
            self._counts = waiting
            self._show_entries()

    def _show_entries(self) -> None:
        tr = self._look.tr
        entries = tuple(
            PanelEntry(name, tr.t(f"setup.panel.{name}"), tr.t(f"setup.about.{name}"), key, self._counts.get(name, 0))
            for name, key in zip(self._names, _DIGITS, strict=False)
        )
        self.list.show_rows(entries, self.list.chosen)

    # ------------------------------------------------------------ PageScreen

    def focus_home(self) -> None:
        """The list: up and down go through the panels."""
        self.list.setFocus()

    def press(self, name: str) -> bool:
        """The panel first; then `Esc` and `Left` go back to the list, `Right` and `Enter` into the panel."""
        if super().press(name):
            return True
        if name in ("Esc", "Left") and not self.list.hasFocus():
            self.list.setFocus()
            return True
        if name in ("Right", "Enter") and self.list.hasFocus():
            self._enter()
            return True
        return False

    def take_letter(self, text: str) -> bool:
        """The panel first; a digit goes to its panel."""
        if super().take_letter(text):
            return True
        name = dict(zip(_DIGITS, self._names, strict=False)).get(text)
        if name is None:
            return False
        self.chosen.emit(name)
        self.list.setFocus()
        return True

    @Slot()
    def _enter(self) -> None:
        if self._current is not None:
            self._current.focus_home()
