"""The box in which a person gives a name and, twice, a new PIN. She types it herself: nobody else need know it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.field import Field
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

MOST_NAME_CHARS = 60


class PersonSheet(Sheet):
    """Asks for the name, if it is wanted, then for the PIN and for the PIN again; stays until it is told the end.

    Args:
        title: what it is about; `hint`: what kind of PIN is wanted.
        wants_name: somebody new.

    Signals:
        given(str, str): name (`""` if not asked) and PIN, typed twice alike.
    """

    given = Signal(str, str)

    def __init__(self, look: Look, title: str, hint: str, *, wants_name: bool, parent: QWidget) -> None:
        super().__init__(look, title, hint, ok=look.tr.t("keypad.ok"), parent=parent)
        self._name, self._first = "", ""
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._says = Text(look, design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._error)
        self.body.addWidget(self._says)
        self.field = Field(look, look.tr.t("people.name"), parent=self.card)
        self.field.setMaxLength(MOST_NAME_CHARS)
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)
        self.pad = DigitPad(look, secret=True, parent=self.card)
        self.pad.submitted.connect(self._pin_given)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        self._wants_name = wants_name
        self._ask_name() if wants_name else self._ask_pin("people.pin.first")

    def _ask_name(self) -> None:
        self._show("people.pin.name", pin=False)

    def _ask_pin(self, says: str) -> None:
        self._show(says, pin=True)

    def _show(self, says: str, *, pin: bool) -> None:
        self._at_pin = pin
        self._says.say(self.look.tr.t(says))
        self.field.setVisible(not pin)
        self.pad.setVisible(pin)
        self.focus_home()

    def failed(self, why: str, *, name: bool) -> None:
        """It was refused: say why and ask for the PIN, or the name, again."""
        self._first = ""
        self.ok_button.setEnabled(True)
        if name and self._wants_name:
            self._ask_name()
        else:
            self._ask_pin("people.pin.first")
        self._error.say(why)

    @Slot()
    def accept(self) -> None:
        """Enter: the name, or the PIN on the pad."""
        if self._at_pin:
            self.pad.submit()
            return
        self._name = " ".join(self.field.text().split())
        self._error.say("" if self._name else self.look.tr.t("people.need_name"))
        if self._name:
            self._ask_pin("people.pin.first")

    @Slot(str)
    def _pin_given(self, pin: str) -> None:
        if not pin or not self.ok_button.isEnabled():
            return
        self._error.say("")
        if not self._first:
            self._first = pin
            self._ask_pin("people.pin.again")
            return
        first, self._first = self._first, ""
        if pin != first:
            self._ask_pin("people.pin.first")
            self._error.say(self.look.tr.t("people.pin.differ"))
            return
        self._says.say(self.look.tr.t("people.doing"))
        self.ok_button.setEnabled(False)
        self.given.emit(self._name, pin)

    def focus_home(self) -> None:
        """Where the next key belongs."""
        (self.pad if self._at_pin else self.field).setFocus()


class SureSheet(Sheet):
    """Asks once before something that is not taken back.

    Signals:
        sure(): yes.
    """

    sure = Signal()

    def __init__(self, look: Look, title: str, hint: str, yes: str, parent: QWidget) -> None:
        super().__init__(look, title, hint, ok=yes, parent=parent)

    @Slot()
    def accept(self) -> None:
        """Yes."""
        self.dismiss()
        self.sure.emit()
