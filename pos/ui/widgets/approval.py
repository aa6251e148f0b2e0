"""The box in which a person gives a reason and a manager her PIN, for one act that the journal keeps with both."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.field import Field
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

MOST_REASON_CHARS = 120


class ApprovalSheet(Sheet):
    """Asks for the reason first, then for the PIN; stays until it is told that the act was done, or is given up.

    Args:
        title: the act; `hint` what it means and what cannot be undone.
        wants_reason, wants_pin: what is asked; at least one.
        waiting: what is said until the answer is here; empty: that it is being written down.

    Signals:
        approved(str, str): reason and PIN, each `""` where it was not asked.
    """

    approved = Signal(str, str)

    def __init__(
        self, look: Look, title: str, hint: str, *, wants_reason: bool, wants_pin: bool, parent: QWidget,
        waiting: str = "",
    ) -> None:  # fmt: skip
        super().__init__(look, title, hint, ok=look.tr.t("keypad.ok"), parent=parent)
        self._wants_pin = wants_pin
        self._reason, self._waiting = "", waiting or look.tr.t("approval.waiting")
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._says = Text(look, design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._error)
        self.body.addWidget(self._says)
        self.field = Field(look, look.tr.t("approval.reason"), name=look.tr.t("approval.reason"), parent=self.card)
        self.field.setMaxLength(MOST_REASON_CHARS)
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)
        self.pad = DigitPad(look, secret=True, parent=self.card)
        self.pad.submitted.connect(self._pin_given)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        self._ask(pin=not wants_reason)

    def _ask(self, *, pin: bool) -> None:
        self._at_pin = pin
        self._says.say(self.look.tr.t("approval.pin" if pin else "approval.why"))
        self.field.setVisible(not pin)
        self.pad.setVisible(pin)
        self.focus_home()

    def failed(self, why: str) -> None:
        """The act was refused: say why and ask for the PIN, or the reason, again."""
        self._error.say(why)
        self.ok_button.setEnabled(True)
        self._ask(pin=self._wants_pin)

    @Slot()
    def accept(self) -> None:
        """Enter: the reason, or the PIN on the pad."""
        if self._at_pin:
            self.pad.submit()
            return
        reason = self.field.text().strip()
        if not reason:
            self._error.say(self.look.tr.t("approval.reason_missing"))
            return
        self._reason = reason
        self._error.say("")
        if self._wants_pin:
            self._ask(pin=True)
        else:
            self._approve("")

    @Slot(str)
    def _pin_given(self, pin: str) -> None:
        if pin:
            self._approve(pin)

    def _approve(self, pin: str) -> None:
        self._error.say("")
        self._says.say(self._waiting)
        self.ok_button.setEnabled(False)
        self.approved.emit(self._reason, pin)

    def focus_home(self) -> None:
        """Where the next key belongs."""
        (self.pad if self._at_pin else self.field).setFocus()
