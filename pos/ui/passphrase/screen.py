"""The passphrase window drawn: one card, one field or two, and what was wrong with the last try."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pos.ui.before import BeforeWindow
from pos.ui.look import Look
from pos.ui.passphrase.presenter import PassphraseModel
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.text import Text

SHOW_KEY = "F2"


class PassphraseScreen(BeforeWindow):
    """Draws a `PassphraseModel`. What is typed is dots until somebody asks to see it.

    Signals:
        submitted(str, str): Enter or the button, with both fields. left(): Esc, or the window was closed.
    """

    submitted = Signal(str, str)
    left = Signal()

    def __init__(self, look: Look, *, new: bool, shop: str = "", parent: QWidget | None = None) -> None:
        kind = "new" if new else "existing"
        super().__init__(look, look.tr.t(f"passphrase.{kind}.title"), shop, spacing=10, parent=parent)
        self._new = new
        card, column = self._card, self._column
        hint = look.tr.t(f"passphrase.{kind}.hint")
        column.addWidget(Text(look, hint, design_px=16, colour=look.theme.muted, wrap=True, parent=card))
        column.addSpacing(look.px(6))
        self.field = self._build_field("passphrase.field_new" if new else "passphrase.field", card)
        column.addWidget(self.field)
        self.again = self._build_field("passphrase.field_again", card)
        self.again.setVisible(new)
        column.addWidget(self.again)
        self._said = Text(look, design_px=16, weight=700, wrap=True, parent=card)
        self._said.setMinimumHeight(look.px(48))  # the card does not jump when it has something to say
        column.addWidget(self._said)
        column.addLayout(self._build_buttons(kind, card))

    def _build_field(self, key: str, card: QWidget) -> Field:
        field = Field(self._look, self._look.tr.t(key), parent=card)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setMaxLength(512)
        # No dictionary of an on-screen keyboard learns it, and the clipboard gets nothing of it.
        field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        field.setDragEnabled(False)
        field.entered.connect(self._entered)
        return field

    def _build_buttons(self, kind: str, card: QWidget) -> QHBoxLayout:
        look = self._look
        row = QHBoxLayout()
        row.setSpacing(look.px(12))
        self.button = KeyButton(
            look, look.tr.t(f"passphrase.{kind}.button"), "Enter", primary=True, design_px=18, parent=card
        )
        self.button.clicked.connect(self._pressed)
        self.show_button = KeyButton(look, look.tr.t("passphrase.show"), SHOW_KEY, parent=card)
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self._reveal)
        self.back = KeyButton(look, look.tr.t("passphrase.leave"), "Esc", parent=card)
        self.back.clicked.connect(self.left)
        row.addWidget(self.button, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.back)
        return row

    @Slot(object)
    def show_model(self, model: PassphraseModel) -> None:
        """Draw this."""
        look = self._look
        said = look.tr.t("passphrase.busy") if model.busy else model.error
        self._said.setText(said)
        self._said.set_colour(look.ink(Tone.NEUTRAL if model.busy else Tone.REFUSED))
        self.setAccessibleDescription(said)
        for part in (self.field, self.again, self.button, self.show_button, self.back):
            part.setEnabled(not model.busy)
        if model.clear:
            self.clear()
        if not model.busy:
            self.field.setFocus()
            self.field.selectAll()

    def clear(self) -> None:
        """Take out what was typed."""
        self.field.clear()
        self.again.clear()

    @Slot(str)
    def _entered(self, _: str) -> None:
        self._pressed()

    @Slot()
    def _pressed(self) -> None:
        if self._new and not self.again.text():
            (self.again if self.field.text() else self.field).setFocus()
            return
        self.submitted.emit(self.field.text(), self.again.text())

    @Slot(bool)
    def _reveal(self, shown: bool) -> None:
        echo = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for field in (self.field, self.again):
            field.setEchoMode(echo)
        self.show_button.relabel(self._look.tr.t("passphrase.hide" if shown else "passphrase.show"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc leaves, F2 shows what is typed."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.back.isEnabled():
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat() and self.button.isEnabled():
            self._pressed()
        elif key == Qt.Key.Key_F2 and self.show_button.isEnabled():
            self.show_button.toggle()
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window is leaving."""
        event.ignore()
        self.left.emit()
