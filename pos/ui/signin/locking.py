"""What stays and what goes when the till locks in the middle of something."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from pos.till.ports import Person
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet


def holds_input(sheet: Sheet) -> bool:
    """Whether somebody has typed what would be lost: an amount, a number, a reason."""
    pads = any(pad.digits for pad in sheet.findChildren(DigitPad) if not pad.secret)
    return pads or any(field.text() for field in sheet.findChildren(QLineEdit))


def forget_pins(root: QWidget) -> None:
    """No digit of a PIN waits for the next person at the till."""
    for pad in root.findChildren(DigitPad):
        if pad.secret:
            pad.clear()


class HeldBox:
    """A box that was open when the till locked: it comes back to the person who typed in it, and to nobody else."""

    def __init__(self) -> None:
        self.sheet: Sheet | None = None
        self.person: Person | None = None

    def put_by(self, sheet: Sheet, person: Person) -> None:
        """Take it out of sight; what was typed stays in it."""
        self.sheet, self.person = sheet, person
        sheet.hide()

    def take_back(self, person: Person) -> Sheet | None:
        """For whom it was put by; anybody else's turn ends it."""
        sheet, whose = self.sheet, self.person
        self.forget()
        if sheet is not None and (whose is None or whose.id != person.id):
            sheet.dismiss()
            return None
        return sheet

    def forget(self) -> None:
        """It is gone."""
        self.sheet = self.person = None
