"""How to go back to a copy: it needs the window closed, so the box tells it step by step, with the command to type."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_COPY = "F5"
_STEPS = 4


class RestoreSheet(Sheet):
    """Explains the way back.

    Args:
        made: when the copy was made, in words.
        command: what to type.

    Signals:
        copied(): the command is on the clipboard.
    """

    copied = Signal()

    def __init__(self, look: Look, made: str, command: str, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(
            look, tr.t("setup.backup.restore.title", at=made), tr.t("setup.backup.restore.hint"),
            back=tr.t("action.close"), width=640, parent=parent,
        )  # fmt: skip
        self._command = command
        for number in range(1, _STEPS + 1):
            text = Text(look, design_px=16, wrap=True, parent=self.card)
            text.say(f"{number}. {tr.t(f'setup.backup.restore.step{number}')}")
            self.body.addWidget(text)
            if number == 2:
                line = Text(look, command, design_px=16, weight=700, wrap=True, parent=self.card)
                self.body.addWidget(line)
        self.says = Text(look, design_px=15, weight=600, parent=self.card)
        self.says.set_colour(look.ink(Tone.USABLE))
        self.body.addWidget(self.says)
        self.copy_button = KeyButton(look, tr.t("setup.backup.restore.copy"), _COPY, design_px=16, parent=self.card)
        self.copy_button.clicked.connect(self._copy)
        self.body.addWidget(self.copy_button)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.says.say(f"✓ {self.look.tr.t('backup.restore.copied')}")
        self.copied.emit()

    def keyed(self) -> Iterable[KeyButton]:
        """The button that copies."""
        return (self.copy_button,)

    def focus_home(self) -> None:
        """The button that copies."""
        self.copy_button.setFocus()
