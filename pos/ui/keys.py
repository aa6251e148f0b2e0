"""Names of keys as people read them on the buttons. One table: what is shown is what is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NAMES: dict[int, str] = {
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    **{Qt.Key.Key_F1 + number: f"F{number + 1}" for number in range(12)},
}
_CONTROL: dict[int, str] = {
    Qt.Key.Key_P: "Ctrl+P",
    Qt.Key.Key_N: "Ctrl+N",
    Qt.Key.Key_S: "Ctrl+S",
    Qt.Key.Key_L: "Ctrl+L",
    Qt.Key.Key_O: "Ctrl+O",
    Qt.Key.Key_I: "Ctrl+I",
    Qt.Key.Key_D: "Ctrl+D",
    Qt.Key.Key_B: "Ctrl+B",
    Qt.Key.Key_E: "Ctrl+E",
    Qt.Key.Key_Comma: "Ctrl+,",
    **{Qt.Key.Key_1 + number: f"Ctrl+{number + 1}" for number in range(7)},
}


def key_name(event: QKeyEvent) -> str:
    """The name of this key press, or an empty text for a key that means nothing by itself."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.ControlModifier:
        return _CONTROL.get(event.key(), "")
    if modifiers == Qt.KeyboardModifier.NoModifier:
        return _NAMES.get(event.key(), "")
    return ""
