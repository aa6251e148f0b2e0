"""The boxes of the closing section drawn."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.boxes import CloseBox, CountBox, HandOverBox
from pos.ui.manager.closing.left_list import ROW_PX, LeftList
from pos.ui.manager.closing.model import LeftRow
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

LEAVE_KEY = "1"


class CloseSheet(Sheet):
    """What closing means, before it cannot be undone. Where something is left, Enter does not do it: the digit does.

    Signals:
        agreed(): close the day as it says.
    """

    agreed = Signal()

    def __init__(self, look: Look, box: CloseBox, parent: QWidget) -> None:
        super().__init__(look, box.title, width=600, parent=parent)
        self._facts = Text(look, design_px=16, weight=500, wrap=True, parent=self.card)
        self._left_title = Text(look, design_px=17, weight=700, wrap=True, parent=self.card)
        self._left_title.set_colour(look.ink(Tone.UNKNOWN))
        self._left = Text(look, design_px=15, weight=500, wrap=True, parent=self.card)
        self._warning = Text(look, design_px=15, weight=600, wrap=True, parent=self.card)
        for text in (self._facts, self._left_title, self._left, self._warning):
            self.body.addWidget(text)
        self.ok_button = KeyButton(look, box.ok, "Enter", primary=True, design_px=18, height=64, parent=self.card)
        self.ok_button.clicked.connect(self._agree)
        self.body.addWidget(self.ok_button)
        self.show_box(box)

    def show_box(self, box: CloseBox) -> None:
        """The day has moved on while the box is open."""
        self._facts.say(box.facts)
        self._left_title.say(box.left_title)
        self._left.say("\n".join(f"• {line}" for line in box.left))
        self._warning.say(box.warning)
        self._sure = not box.left
        tone = Tone.USABLE if self._sure else Tone.UNKNOWN
        self.ok_button.relabel(box.ok, "Enter" if self._sure else LEAVE_KEY)
        self.ok_button.set_primary(primary=True, tone=tone)

    @Slot()
    def accept(self) -> None:
        """Enter agrees only where nothing is left."""
        if self._sure:
            self._agree()

    @Slot()
    def _agree(self) -> None:
        self.agreed.emit()
        self.dismiss()

    def keyed(self) -> Iterable[KeyButton]:
        """The digit on the button."""
        return (self.ok_button,)


class CountSheet(Sheet):
    """How many papers, on the digit pad.

    Signals:
        counted(str, int): issuer and papers.
    """

    counted = Signal(str, int)

    def __init__(self, look: Look, box: CountBox, parent: QWidget) -> None:
        super().__init__(look, box.title, box.hint, ok=look.tr.t("keypad.ok"), parent=parent)
        self._issuer = box.issuer
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._error.say("")
        self.body.addWidget(self._error)
        self.pad = DigitPad(look, secret=False, counts=True, parent=self.card)
        self.pad.submitted.connect(self._given)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)

    @Slot()
    def accept(self) -> None:
        """Enter: what stands on the pad."""
        self.pad.submit()

    @Slot(str)
    def _given(self, digits: str) -> None:
        if not digits:
            self._error.say(self.look.tr.t("closing.count.missing"))  # nothing typed is not a count of zero
            return
        self.counted.emit(self._issuer, int(digits))
        self.dismiss()

    def focus_home(self) -> None:
        """The pad."""
        self.pad.setFocus()


class HandOverSheet(Sheet):
    """Who takes the shift, then her PIN; stays until it is hers or is given up.

    Signals:
        given(str, str): the person's id and her PIN.
    """

    given = Signal(str, str)

    def __init__(self, look: Look, box: HandOverBox, parent: QWidget) -> None:
        super().__init__(look, box.title, box.hint, ok=look.tr.t("action.continue"), parent=parent)
        tr = look.tr
        self._box = box
        self._person_id = ""
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._error.say("")
        self._says = Text(look, design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._error)
        self.body.addWidget(self._says)
        self.list = LeftList(look, box.title, self.card)
        self.list.show_rows(
            tuple(
                LeftRow(person.id, person.name, tr.t(f"role.{person.role}"), "", Tone.BRAND, Shape.RING)
                for person in box.people
            )
        )
        self.list.setFixedHeight(look.px(ROW_PX * min(4, max(1, len(box.people))) + 2))
        self.list.opened.connect(self._chosen)
        self.body.addWidget(self.list)
        self.pad = DigitPad(look, secret=True, parent=self.card)
        self.pad.submitted.connect(self._pin_given)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        self._ask()

    def _ask(self) -> None:
        tr, chosen = self.look.tr, bool(self._person_id)
        name = next((person.name for person in self._box.people if person.id == self._person_id), "")
        self._says.say(tr.t("signin.pin_for", name=name) if chosen else tr.t("closing.hand_over.who"))
        if not self._box.people:
            self._says.say(tr.t("closing.hand_over.nobody"))
        self.list.setVisible(not chosen and bool(self._box.people))
        self.pad.setVisible(chosen)
        self.ok_button.setEnabled(bool(self._box.people))
        self.focus_home()

    def failed(self, why: str) -> None:
        """The PIN was refused: say why and ask again."""
        self._error.say(why)
        self.ok_button.setEnabled(True)
        self._ask()

    @Slot(str)
    def _chosen(self, person_id: str) -> None:
        self._person_id = person_id
        self._error.say("")
        self._ask()

    @Slot()
    def accept(self) -> None:
        """Enter: the person, or the PIN on the pad."""
        if self._person_id:
            self.pad.submit()
        elif self.list.chosen:
            self._chosen(self.list.chosen)

    @Slot(str)
    def _pin_given(self, pin: str) -> None:
        if pin:
            self._error.say("")
            self._says.say(self.look.tr.t("signin.busy"))
            self.ok_button.setEnabled(False)
            self.given.emit(self._person_id, pin)

    def focus_home(self) -> None:
        """Where the next key belongs."""
        (self.pad if self._person_id else self.list).setFocus()
