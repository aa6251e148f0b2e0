"""What a test does with a window: sign in, press keys, show bills."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos.till.ports import Person
from pos.till.views import BillChanged, BillView, SignedIn, StripChanged
from pos.ui.window import MainWindow
from tests.ui.fake_till import LAN, FakeTill, ManualClock, strip
from tests.ui.scenes import scenes

KEYS = {
    "Enter": Qt.Key.Key_Return, "Del": Qt.Key.Key_Delete, "Esc": Qt.Key.Key_Escape, "Tab": Qt.Key.Key_Tab,
    "Ctrl+B": Qt.Key.Key_B, "Ctrl+D": Qt.Key.Key_D, "Ctrl+I": Qt.Key.Key_I, "Ctrl+N": Qt.Key.Key_N,
    "Ctrl+S": Qt.Key.Key_S, "Ctrl+O": Qt.Key.Key_O, "Ctrl+,": Qt.Key.Key_Comma,
    "Up": Qt.Key.Key_Up, "Down": Qt.Key.Key_Down, "Left": Qt.Key.Key_Left, "Right": Qt.Key.Key_Right,
    "Ctrl+L": Qt.Key.Key_L, "Ctrl+P": Qt.Key.Key_P, "Ctrl+E": Qt.Key.Key_E, "Back": Qt.Key.Key_Backspace,
    **{f"Ctrl+{number}": Qt.Key(Qt.Key.Key_0.value + number) for number in range(1, 8)},
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1.value + number - 1) for number in range(1, 13)},
}  # fmt: skip


class Hands:
    """A cashier in front of one window."""

    def __init__(self, qtbot: QtBot, window: MainWindow, till: FakeTill, clock: ManualClock) -> None:
        self.qtbot, self.window, self.till, self.clock = qtbot, window, till, clock

    def settle(self) -> None:
        """Let queued events arrive and be drawn."""
        for _ in range(5):
            QApplication.processEvents()

    def sign_in(self, person: Person = LAN) -> None:
        self.till.say(StripChanged(strip(person=person)))
        self.till.say(SignedIn(person))
        self.settle()

    def show(self, name_or_view: str | BillView) -> BillView:
        """The engine says that the current bill looks like this; half a second goes by."""
        view = scenes()[name_or_view] if isinstance(name_or_view, str) else name_or_view
        view = replace(view, key=self.window.counter.key or "k1")
        self.till.say(BillChanged(view))
        self.settle()
        self.clock.mono += 0.5
        self.till.commands.clear()
        return view

    def press(self, *names: str) -> None:
        for name in names:
            control = Qt.KeyboardModifier.ControlModifier if "+" in name else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(self.target(), KEYS[name], control)
            self.settle()

    def type(self, text: str) -> None:
        for char in text:
            QTest.keyClicks(self.target(), char)
        self.settle()

    def target(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def scan(self, text: str) -> None:
        """The serial scanner reads something."""
        self.window.bridge.scanned(text)
        self.settle()

    def title(self) -> str:
        """The word of the verdict."""
        return self.window.screens.counter_screen.verdict._title.text()

    def buttons(self) -> dict[str, str]:
        """Key → label of every button that is shown."""
        screen = self.window.screens.counter_screen
        return {button.key: button.accessibleName() for button in screen._buttons if not button.isHidden()}
