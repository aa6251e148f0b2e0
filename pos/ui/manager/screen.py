"""The manager's page drawn: a row of tabs, below it one section or the gate."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.gate import Gate
from pos.ui.manager.screen_stack import ScreenStack
from pos.ui.page import PageScreen
from pos.ui.widgets.buttons import KeyButton, fit_buttons

_EDGE, _GAP = 6, 4
"""Of the tabs: seven of them stand in one line of 1024 pixels, in Vietnamese too."""


class ManagerScreen(ScreenStack):
    """Draws tabs and the open section, and hands the keyboard to it.

    Signals:
        pin_given(str): at the gate. section_chosen(str): a section's name.
        in_sight(bool): it came into sight, or went.
    """

    pin_given = Signal(str)
    section_chosen = Signal(str)
    in_sight = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.tr.t("manager.gate.title"))
        self._tabs: dict[str, KeyButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._bar = _TabBar(look, self)
        column.addWidget(self._bar)
        self.gate = Gate(look, self)
        self.gate.pin_given.connect(self.pin_given)
        self._stack.addWidget(self.gate)
        column.addWidget(self._stack, 1)
        self._bar.hide()

    def add_section(self, name: str, drawn: PageScreen) -> None:
        """Take in a section, in the order of the tabs."""
        tr = self._look.tr
        tab = self._bar.add(tr.t(f"manager.{name}.title"), f"Ctrl+{len(self._tabs) + 1}")
        tab.setProperty("section", name)
        tab.clicked.connect(self._chosen)
        self._tabs[name] = tab
        self.add_screen(name, drawn)

    def show_gate(self) -> None:
        """Nobody acts: ask for the PIN."""
        self._bar.hide()
        if self._stack.currentWidget() is not self.gate:
            self.gate.begin()
            self._stack.setCurrentWidget(self.gate)
        self.focus_home()

    def show_section(self, name: str, waiting: dict[str, int]) -> None:
        """Bring this section to the front; `waiting`: how many wait on each."""
        self._bar.show()
        for known, tab in self._tabs.items():
            tab.set_current(known == name)
        self.show_counts(waiting)
        drawn = self.screens[name]
        if self._stack.currentWidget() is not drawn:
            self._stack.setCurrentWidget(drawn)
            drawn.focus_home()
        drawn.refresh()

    def show_counts(self, waiting: dict[str, int]) -> None:
        """How many wait on each section; cheap if nothing changed."""
        changed = False
        for name, tab in self._tabs.items():
            label, count = self._look.tr.t(f"manager.{name}.title"), waiting.get(name, 0)
            words = f"{label} ({count})" if count else label
            if words != tab.accessibleName():
                tab.relabel(words)
                changed = True
        if changed:
            self._bar.fit()

    # ------------------------------------------------------------ PageScreen

    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs."""
        if self._current is not None:
            self._current.focus_home()
        else:
            self.gate.pad.setFocus()

    def press(self, name: str) -> bool:
        """Tabs first, then the section."""
        if self._current is None:
            return False
        tab = next((tab for tab in self._tabs.values() if tab.key == name), None)
        if tab is not None:
            self.section_chosen.emit(str(tab.property("section")))
            return True
        return super().press(name)

    @Slot()
    def _chosen(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.section_chosen.emit(str(sender.property("section")))

    def showEvent(self, event: QShowEvent) -> None:
        """It came into sight."""
        super().showEvent(event)
        self.in_sight.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """It went out of sight."""
        super().hideEvent(event)
        self.in_sight.emit(False)


class _TabBar(QWidget):
    """The tabs, as wide as their words; they give up the keys' places before their words."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._buttons: list[KeyButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(look.tr.t("manager.tabs"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(_EDGE), look.px(4), look.px(_EDGE), look.px(4))
        self._row.setSpacing(look.px(_GAP))
        self._row.addStretch(1)

    def add(self, label: str, key: str) -> KeyButton:
        """One more tab at the right end."""
        button = KeyButton(self._look, label, key, design_px=14, height=48, on_bar=True, parent=self)
        self._buttons.append(button)
        self._row.insertWidget(len(self._buttons) - 1, button)
        return button

    def fit(self) -> None:
        """Let all of them fit."""
        fit_buttons(self._buttons, self.width() - self._look.px(2 * _EDGE), self._look.px(_GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tabs take the form that fits."""
        super().resizeEvent(event)
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The brand's colour, as the bar above it, a little lighter."""
        del event
        QPainter(self).fillRect(self.rect(), QColor(self._look.theme.brand).lighter(125))
