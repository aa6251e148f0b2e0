"""The list of slips drawn, and the sheet of one slip."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.till.ports import PrintState
from pos.ui.look import Look
from pos.ui.slips.presenter import SlipModel
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.list_model import ListModel
from pos.ui.widgets.list_screen import ListScreen
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text


class SlipsScreen(ListScreen):
    """The list with the columns of its presenter; F8 tries to print now."""

    def __init__(self, look: Look, first: ListModel, parent: QWidget | None = None) -> None:
        super().__init__(look, first, stretch=4, key="F8", parent=parent)


class SlipSheet(Sheet):
    """One slip and what can be done about it. What is doubtful has no Enter: nobody decides it by accident.

    Signals:
        print_wanted(): try the waiting slips now. seen(): the doubtful slip is on paper. copy_wanted(): print a copy.
    """

    print_wanted = Signal()
    seen = Signal()
    copy_wanted = Signal()

    def __init__(self, look: Look, model: SlipModel, parent: QWidget) -> None:
        self.model = model
        waiting = model.state is PrintState.PENDING
        ok = look.tr.t("action.print_now") if waiting else ""
        super().__init__(look, model.title, model.facts, ok=ok, width=540, parent=parent)
        self.body.addWidget(Text(look, model.says, design_px=18, weight=600, wrap=True, parent=self.card))
        self.body.addWidget(Text(look, model.note, design_px=15, wrap=True, parent=self.card))
        self.buttons: dict[str, KeyButton] = {}
        if model.state is PrintState.DOUBTFUL:
            self._add("F6", "action.slip_seen").clicked.connect(self._say_seen)
            self._add("F7", "action.print_copy").clicked.connect(self._ask_copy)

    def _add(self, key: str, label: str) -> KeyButton:
        button = KeyButton(
            self.look, self.look.tr.t(label), key, tone=Tone.UNKNOWN, design_px=17, height=60, parent=self.card
        )
        self.body.addWidget(button)
        self.buttons[key] = button
        return button

    def focus_home(self) -> None:
        """Enter tries again; before a decision no button has the keyboard."""
        if self.model.state is PrintState.PENDING:
            self.ok_button.setFocus()
        else:
            self.setFocus()

    def keyed(self) -> Iterable[KeyButton]:
        """What can be done about a doubtful one."""
        return self.buttons.values()

    @Slot()
    def accept(self) -> None:
        """Try now, while it waits."""
        if self.model.state is PrintState.PENDING:
            self.print_wanted.emit()
            self.dismiss()

    @Slot()
    def _say_seen(self) -> None:
        self.seen.emit()
        self.dismiss()

    @Slot()
    def _ask_copy(self) -> None:
        self.copy_wanted.emit()
        self.dismiss()
