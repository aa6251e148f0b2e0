"""The one kind of text field: big, a visible focus ring, and Enter and Del belong to the window while it is empty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from pos.ui.look import Look


class Field(QLineEdit):
    """A field to type in. Its colours come from one short style sheet, parsed once when it is made.

    Args:
        hint: shown while empty; also the accessible name unless `name` is given.
        plain: for codes, which have no accents: input methods are told to keep out. (Unikey on Windows does not ask.)

    Signals:
        entered(str): Enter was pressed on a text, blanks stripped; the field is left as it is.
    """

    entered = Signal(str)

    def __init__(
        self,
        look: Look,
        hint: str,
        *,
        name: str = "",
        height: float = 52,
        plain: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plain = plain
        theme = look.theme
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setFont(look.font(17, 500))
        self.setFixedHeight(look.px(max(48, height)))
        self.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
        self.setStyleSheet(
            f"QLineEdit{{border:{look.px(1.5)}px solid {theme.outline};border-radius:{look.px(9)}px;"
            f"padding:0 {look.px(14)}px;background:{theme.field};color:{theme.text};"
            f"selection-background-color:{theme.focus};selection-color:{theme.field};"
            f"placeholder-text-color:{theme.muted}}}"
            f"QLineEdit:disabled{{background:{theme.background};border-color:{theme.line}}}"
            f"QLineEdit:focus{{border:{look.px(2.5)}px solid {theme.focus}}}"
        )

    def inputMethodQuery(self, query: Qt.InputMethodQuery, /, *argument: object) -> object:
        """What an input method asks before it takes a key; `WA_InputMethodEnabled` alone does not stop it here."""
        if self._plain and query == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(query, *argument)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter hands the text over; Enter and Del in an empty field belong to the window."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.text().strip()
            if text and not event.isAutoRepeat():
                self.entered.emit(text)
                event.accept()
            elif text:
                event.accept()
            else:
                event.ignore()
            return
        if (key == Qt.Key.Key_Delete and not self.text()) or key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that belong to the window while the field is empty are not claimed as editing keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.text():
            event.ignore()
            return False
        return super().event(event)
