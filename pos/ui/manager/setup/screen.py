"""The set-up section drawn: the list of panels at the left, the chosen one beside it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from pos.ui.look import Look
from pos.ui.manager.setup.panel_list import PanelEntry, PanelList
from pos.ui.page import PageScreen
from pos.ui.widgets.card import Card

_DIGITS = "1234567890"


class SetupScreen(PageScreen):
    """Draws list and panel, and hands the keyboard to whichever has it.

    Signals:
        chosen(str): a panel's name.
    """

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._names: list[str] = []
        self._panels: dict[str, PageScreen] = {}
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
        self._stack = QStackedWidget(self)
        row.addWidget(self._stack, 1)

    def add_entry(self, name: str) -> None:
        """One more line at the end of the list."""
        self._names.append(name)
        self._show_entries()

    def has(self, name: str) -> bool:
        """Whether the panel is drawn already."""
        return name in self._panels

    def add_panel(self, name: str, drawn: PageScreen) -> None:
        """Take in a panel of the list."""
        self._panels[name] = drawn
        for signal in ("heard", "box_wanted", "told", "test_wanted", "choices_wanted"):
            getattr(drawn, signal).connect(getattr(self, signal))
        drawn.changed.connect(self.changed)
        drawn.leads.connect(self.leads)
        self._stack.addWidget(drawn)

    def show_panel(self, name: str) -> None:
        """Bring this panel to the front."""
        drawn = self._panels[name]
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
        self.list.show_entries(
            tuple(
                PanelEntry(
                    name, tr.t(f"setup.panel.{name}"), tr.t(f"setup.about.{name}"), key, self._counts.get(name, 0)
                )
                for name, key in zip(self._names, _DIGITS, strict=False)
            )
        )

    # ------------------------------------------------------------ PageScreen

    @property
    def _current(self) -> PageScreen | None:
        current = self._stack.currentWidget()
        return current if isinstance(current, PageScreen) else None

    def refresh(self) -> None:
        """Draw what the panel in sight knows now."""
        if self._current is not None:
            self._current.refresh()

    @property
    def verdict_title(self) -> str:
        """The largest words of the panel in sight."""
        return self._current.verdict_title if self._current is not None else self._look.tr.t("manager.setup.title")

    def focus_home(self) -> None:
        """The list: up and down go through the panels."""
        self.list.setFocus()

    def press(self, name: str) -> bool:
        """The panel first; then `Esc` and `Left` go back to the list, `Right` and `Enter` into the panel."""
        if self._current is not None and self._current.press(name):
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
        if self._current is not None and self._current.take_letter(text):
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
