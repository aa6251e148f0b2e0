"""The box that asks for the number to which the issuer sends a code, and says what that means before money is taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from pos.domain.errors import RuleBroken
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_MOST_CHARS = 24


class PhoneSheet(Sheet):
    """Stays open, and says why, until the number is one.

    Args:
        label: the issuer's name for people.
        begin: takes what was typed; raises `RuleBroken` if it is no number.
    """

    def __init__(self, look: Look, label: str, begin: Callable[[str], None], parent: QWidget) -> None:
        tr = look.tr
        super().__init__(
            look, tr.t("sell.phone.title"), tr.t("sell.phone.hint", label=label), ok=tr.t("keypad.ok"), parent=parent
        )
        self._begin = begin
        self.error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self.error.set_colour(look.ink(Tone.REFUSED))
        self.body.addWidget(self.error)
        self.field = Field(look, tr.t("sell.phone.name"), plain=True, parent=self.card)
        self.field.setMaxLength(_MOST_CHARS)
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)

    def focus_home(self) -> None:
        """Digits go to the field."""
        self.field.setFocus()

    @Slot()
    def accept(self) -> None:
        """Begin the sale for this number."""
        try:
            self._begin(self.field.text())
        except RuleBroken as refused:
            said = self.look.tr.message(refused.code)
            self.error.say(f"{said.what} {said.do}")
            self.field.selectAll()
            return
        self.dismiss()
