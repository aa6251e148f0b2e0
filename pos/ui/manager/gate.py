"""The gate: a manager's PIN, where a cashier is signed in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.text import Text


class Gate(QWidget):
    """Asks for the PIN; says why it was refused.

    Signals:
        pin_given(str).
    """

    pin_given = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        tr = look.tr
        outer = QVBoxLayout(self)
        card = Card(look, self)
        card.setFixedWidth(look.px(440))
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(24), look.px(18), look.px(24), look.px(20))
        column.setSpacing(look.px(8))
        column.addWidget(Text(look, tr.t("manager.gate.title"), design_px=24, weight=800, wrap=True, parent=card))
        column.addWidget(
            Text(look, tr.t("manager.gate.hint"), design_px=15, colour=look.theme.muted, wrap=True, parent=card)
        )
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        column.addWidget(self._error)
        self.pad = DigitPad(look, secret=True, parent=card)
        self.pad.submitted.connect(self._submitted)
        column.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        button = KeyButton(look, tr.t("keypad.ok"), "Enter", primary=True, design_px=18, parent=card)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # digits go on to the pad
        button.clicked.connect(self.pad.submit)
        column.addWidget(button)

    def failed(self, why: str) -> None:
        """The PIN was refused; ask again."""
        self._error.say(why)
        self.pad.setEnabled(True)
        self.pad.setFocus()

    def begin(self) -> None:
        """Ask anew."""
        self._error.say("")
        self.pad.setEnabled(True)

    @Slot(str)
    def _submitted(self, pin: str) -> None:
        self.pad.setEnabled(False)  # until the answer is here
        self._error.say(self._look.tr.t("manager.gate.checking"))
        self.pin_given.emit(pin)
