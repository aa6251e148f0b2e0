"""A box with a few answers, each with its digit. No answer is the ready one: Enter alone chooses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `name` goes back, `label` stands on its button, `means` below it."""

    name: str
    label: str
    means: str = ""


class ChoiceSheet(Sheet):
    """Asks for one of at most nine answers.

    Signals:
        chosen(str): the answer's name; the box has gone.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, title: str, hint: str, answers: Sequence[Answer], parent: QWidget) -> None:
        super().__init__(look, title, hint, parent=parent)
        self.buttons: dict[str, KeyButton] = {}
        for digit, answer in enumerate(answers[:9], start=1):
            button = KeyButton(look, answer.label, str(digit), design_px=17, parent=self.card)
            button.setProperty("answer", answer.name)
            button.clicked.connect(self._pressed)
            self.body.addWidget(button)
            self.buttons[str(digit)] = button
            if answer.means:
                self.body.addWidget(Text(look, answer.means, design_px=15, wrap=True, parent=self.card))

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.dismiss()
            self.chosen.emit(sender.property("answer"))

    @Slot()
    def accept(self) -> None:
        """Enter on no button: nothing."""

    def keyed(self) -> Iterable[KeyButton]:
        """The digits shown on the answers."""
        return self.buttons.values()
