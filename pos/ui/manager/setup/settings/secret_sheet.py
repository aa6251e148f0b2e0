"""A box that takes a secret: typed as dots, pasted, or from a file. What it holds it never shows and never copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from pos.i18n import Translator
from pos.security.secret import Secret
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_PASTE, _FILE = "F5", "F6"
Judge = Callable[[Translator, Secret], tuple[str, bool]]
MOST_BYTES = 20_000
"""Longer than any key; a file that is longer is none."""


class SecretSheet(Sheet):
    """Takes one secret.

    Args:
        lines: it has several lines, as a key in PEM has: then it is pasted or read, never typed.
        judge: what can be told of a secret, and whether it can be one.

    Signals:
        given(object): the `Secret`; the box has gone.
    """

    given = Signal(object)

    def __init__(self, look: Look, title: str, hint: str, *, lines: bool, judge: Judge, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, title, hint, ok=tr.t("setup.secret.take"), width=560, parent=parent)
        self._lines, self._judge = lines, judge
        self._held = Secret("")
        self.says = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self.field = Field(look, tr.t("setup.secret.type"), name=title, plain=True, parent=self.card)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.field.entered.connect(self.accept)
        self.field.setVisible(not lines)
        self.body.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        self.paste_button = self._button("setup.secret.paste", _PASTE)
        self.paste_button.clicked.connect(self.paste)
        self.file_button = self._button("setup.secret.file", _FILE)
        self.file_button.clicked.connect(self._choose_file)
        row.addWidget(self.paste_button, 1)
        row.addWidget(self.file_button, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.says)
        self._say(tr.t("setup.secret.never"), Tone.NEUTRAL)

    def _button(self, word: str, key: str) -> KeyButton:
        return KeyButton(self.look, self.look.tr.t(word), key, design_px=16, parent=self.card)

    def _say(self, text: str, tone: Tone) -> None:
        signs = {Tone.USABLE: "✓ ", Tone.REFUSED: "✗ "}
        self.says.say(signs.get(tone, "") + text)
        self.says.set_colour(self.look.ink(tone))

    # ------------------------------------------------------------ where it comes from

    @Slot()
    def paste(self) -> None:
        """From the clipboard, which is empty afterwards: nobody finds the secret there."""
        clipboard = QGuiApplication.clipboard()
        text = clipboard.text().strip()
        if not text:
            self._say(self.look.tr.t("setup.secret.clipboard_empty"), Tone.REFUSED)
            return
        clipboard.clear()
        self._hold(text, "setup.secret.pasted")

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self.window(), self.look.tr.t("setup.secret.file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def read_file(self, name: str) -> None:
        """Of a small text file all of it. The file stays where it is; that is said."""
        try:
            with Path(name).open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
            text = raw.decode("utf-8-sig").strip()
        except (OSError, ValueError):
            self._say(self.look.tr.t("setup.secret.file_unreadable"), Tone.REFUSED)
            return
        if not text or len(raw) > MOST_BYTES:
            self._say(self.look.tr.t("setup.secret.file_unreadable"), Tone.REFUSED)
            return
        self._hold(text, "setup.secret.read")

    def _hold(self, text: str, said: str) -> None:
        if not self._lines and len(text.splitlines()) > 1:
            self._say(self.look.tr.t("setup.secret.one_line"), Tone.REFUSED)
            return
        secret = Secret(text)
        told, fits = self._judge(self.look.tr, secret)
        self._held = secret if fits else Secret("")
        self.field.clear()
        taken = self.look.tr.t(said, count=len(text)) if fits else ""
        self._say(" ".join(part for part in (told, taken) if part), Tone.USABLE if fits else Tone.REFUSED)
        self.ok_button.setFocus()

    # ------------------------------------------------------------ hands

    @Slot()
    def accept(self) -> None:
        """What was typed, else what was pasted or read."""
        typed = self.field.text().strip()
        secret = Secret(typed) if typed else self._held
        told, fits = self._judge(self.look.tr, secret) if secret else (self.look.tr.t("setup.secret.nothing"), False)
        if not fits:
            self._say(told, Tone.REFUSED)
            return
        self.dismiss()
        self.given.emit(secret)

    @Slot()
    def dismiss(self) -> None:
        """Gone; nothing of it is left in the field."""
        self.field.clear()
        self._held = Secret("")
        super().dismiss()

    def keyed(self) -> Iterable[KeyButton]:
        """Those that bring a key here."""
        return self.paste_button, self.file_button

    def focus_home(self) -> None:
        """The field, or the button that pastes."""
        (self.paste_button if self._lines else self.field).setFocus()
