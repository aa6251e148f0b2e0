"""An installer in front of the first run's window: keys, fingers and pastes only."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pos.setup.steps import Step
from pos.ui.first_run.boxes import KeyBox, SetupField
from pos.ui.first_run.tiles import Pressed
from pos.ui.first_run.window import FirstRunWindow
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from tests.ui.hands import KEYS

LONGEST_S = 30.0


class Fingers:
    """Somebody in front of any window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def wait(self, until: Callable[[], bool], what: str = "") -> None:
        """Let the program go on until this holds."""
        end = time.monotonic() + LONGEST_S
        while not until():
            assert time.monotonic() < end, f"not within {LONGEST_S:g} s: {what or until}; shown: {self.shown()}"
            QTest.qWait(5)

    def press(self, *names: str) -> None:
        """Keys, as a keyboard sends them."""
        for name in names:
            held = Qt.KeyboardModifier.NoModifier
            if name.startswith("Ctrl+"):
                held = Qt.KeyboardModifier.ControlModifier
            elif name.startswith("Alt+"):
                held = Qt.KeyboardModifier.AltModifier
            key = KEYS.get(name) or KEYS.get(name.partition("+")[2]) or Qt.Key(ord(name[-1]))
            QTest.keyClick(QApplication.focusWidget() or self._window, key, held)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Letters into whatever has the keyboard."""
        type_into(QApplication.focusWidget() or self._window, text)

    def click(self, widget: QWidget) -> None:
        """A finger."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 3, widget.height() // 2))
        QApplication.processEvents()

    def tap(self, pad: DigitPad, digits: str) -> None:
        """A PIN by finger: keys this fast would be a keyboard scanner's."""
        keys = {key.property("digits"): key for key in pad.findChildren(KeyButton)}
        for digit in digits:
            self.click(keys[digit])

    def shown(self) -> str:
        """What is on the screen, for a failure's message."""
        words = (label.text() for label in self._window.findChildren(QLabel) if label.isVisible() and label.text())
        return f"{' | '.join(words)} – focus: {QApplication.focusWidget()}"


class Installer(Fingers):
    """Drives the first run's window."""

    def __init__(self, window: FirstRunWindow) -> None:
        super().__init__(window)
        self.window = window

    def rest(self) -> None:
        """Everything that was asked for is done and drawn."""
        flow = self.window.flow
        self.wait(lambda: not flow.busy and not flow.drafts.keys() - flow.wrong.keys() - {"manager"}, "at rest")
        QApplication.processEvents()

    def at(self, step: Step) -> None:
        """Wait for a step."""
        self.wait(lambda: self.window.flow.at is step and not self.window.flow.busy, f"step {step}")
        QApplication.processEvents()

    def fill(self, field: str, text: str) -> None:
        """Go to a field with the mouse or a finger and type."""
        edit = self.window.page.field(field).edit
        assert isinstance(edit, SetupField)
        self.window.page.area.ensureWidgetVisible(edit)
        self.click(edit)
        edit.selectAll()
        type_into(edit, text)

    def paste(self, field: str, text: str) -> None:
        """Go to a field and paste."""
        box = self.window.page.field(field).edit
        self.window.page.area.ensureWidgetVisible(box)
        self.click(box)
        QGuiApplication.clipboard().setText(text)
        if isinstance(box, SetupField):
            box.selectAll()
            QTest.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        else:
            assert isinstance(box, KeyBox)
            QTest.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()

    def fill_address(self, field: str, text: str) -> None:
        """Paste what nobody types: a keyboard scanner is listened for at the scanner's step."""
        self.paste(field, text)
        self.rest()

    def choose(self, name: str) -> None:
        """Press the tile or line of this name."""
        button = next(b for b in self.window.page.buttons() if isinstance(b, Pressed) and b.name == name)
        self.window.page.area.ensureWidgetVisible(button)
        self.click(button)

    def shown(self) -> str:
        """The words on the page, for a failure's message."""
        page = self.window.page
        return " | ".join(
            text for text in (page.title.text(), page.error.what.text(), page.means.text()) if text
        ) + f" | {self.window.flow.trials} {self.window.flow.wrong}"  # fmt: skip


def type_into(widget: QWidget, text: str) -> None:
    """Keys for what a keyboard has, an input method for what it has not."""
    for char in text:
        if char.isascii():
            QTest.keyClicks(widget, char)
        else:
            composed = QInputMethodEvent()
            composed.setCommitString(char)
            QApplication.sendEvent(widget, composed)
    QApplication.processEvents()
