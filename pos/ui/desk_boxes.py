"""The boxes beside the bill: one slip, the cash drawer. They tell the till what a person said."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.till.commands import CounterTill
from pos.till.views import ListsView, Message
from pos.ui.drawer.presenter import DrawerPresenter
from pos.ui.drawer.sheet import DrawerSheet
from pos.ui.look import Look
from pos.ui.signs import Sound
from pos.ui.slips.presenter import slip_model
from pos.ui.slips.screen import SlipSheet
from pos.ui.widgets.sheet import Sheet


class DeskBoxes(QObject):
    """Makes them, and keeps what is asked in step with the till.

    Signals:
        heard(object): a `Sound` for a drawer that stayed shut.
    """

    heard = Signal(object)

    def __init__(self, till: CounterTill, parent: QObject) -> None:
        super().__init__(parent)
        self._till = till

    def slip(self, job_id: str, lists: ListsView, look: Look, over: QWidget) -> SlipSheet | None:
        """The box of this slip; None if it is on paper by now."""
        row = next((row for row in lists.slips if row.job_id == job_id), None)
        if row is None:
            return None
        sheet = SlipSheet(look, slip_model(look.tr, row), over)
        sheet.print_wanted.connect(self.print_now)
        sheet.seen.connect(self._on_seen)
        sheet.copy_wanted.connect(self._on_copy)
        return sheet

    def drawer(self, look: Look, over: QWidget) -> DrawerSheet:
        """The box of the drawer."""
        sheet = DrawerSheet(look, DrawerPresenter(self._till), over)
        sheet.refused.connect(self._on_refused)
        return sheet

    @staticmethod
    def take_lists(lists: ListsView, open_box: Sheet | None) -> None:
        """A slip's box goes when its slip is no longer as the box says: its question would be out of date."""
        if isinstance(open_box, SlipSheet):
            model = open_box.model
            if not any(row.job_id == model.job_id and row.state is model.state for row in lists.slips):
                open_box.dismiss()

    @staticmethod
    def take_failure(command: str, message: Message, open_box: Sheet | None) -> bool:
        """Whether the drawer's box has told of this failure."""
        if command != "open_drawer" or not isinstance(open_box, DrawerSheet):
            return False
        open_box.failed(message)
        return True

    @Slot()
    def _on_refused(self) -> None:
        self.heard.emit(Sound.REFUSED)

    @Slot()
    def print_now(self) -> None:
        """Try the waiting slips now."""
        self._till.print_now()

    @Slot()
    def _on_seen(self) -> None:
        sheet = self.sender()
        if isinstance(sheet, SlipSheet):
            self._till.slip_seen(sheet.model.job_id)

    @Slot()
    def _on_copy(self) -> None:
        sheet = self.sender()
        if isinstance(sheet, SlipSheet):
            self._till.reprint(sheet.model.bill_number)
