"""The boxes beside the bill: one slip, the cash drawer. They tell the till what a person said."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from pos.till.commands import CounterTill
from pos.till.views import DrawerOpened, ListsView, Message
from pos.ui.drawer.presenter import DrawerPresenter
from pos.ui.drawer.sheet import DrawerSheet
from pos.ui.shell.box import OpenBox
from pos.ui.shell.presenter import ShellPresenter
from pos.ui.signs import Sound
from pos.ui.slips.presenter import slip_model
from pos.ui.slips.screen import SlipSheet


class DeskBoxes(QObject):
    """Opens them, and keeps what is asked in step with the till.

    Args:
        till: is told what a person said.
        shell: knows the slips.
        box: where they open.
        parent: owns this object.

    Signals:
        heard(object): a `Sound` for a drawer that stayed shut.
    """

    heard = Signal(object)

    def __init__(self, till: CounterTill, shell: ShellPresenter, box: OpenBox, parent: QObject) -> None:
        super().__init__(parent)
        self._till, self._shell, self._box = till, shell, box

    @Slot(str)
    def open_slip(self, job_id: str) -> None:
        """Ask about this slip, unless it is on paper by now."""
        row = next((row for row in self._shell.lists.slips if row.job_id == job_id), None)
        if row is None:
            return
        look, over = self._box.room()
        sheet = SlipSheet(look, slip_model(look.tr, row), over)
        sheet.print_wanted.connect(self.print_now)
        sheet.seen.connect(self._on_seen)
        sheet.copy_wanted.connect(self._on_copy)
        self._box.open(sheet)

    def open_drawer(self) -> None:
        """Ask why the drawer is to be opened."""
        look, over = self._box.room()
        sheet = DrawerSheet(look, DrawerPresenter(self._till), over)
        sheet.refused.connect(self._on_refused)
        self._box.open(sheet)

    def take_lists(self, lists: ListsView) -> None:
        """A slip's box goes when its slip is no longer as the box says: its question would be out of date."""
        sheet = self._box.open_or_held
        if isinstance(sheet, SlipSheet):
            model = sheet.model
            if not any(row.job_id == model.job_id and row.state is model.state for row in lists.slips):
                sheet.dismiss()

    def take_opened(self, event: DrawerOpened) -> None:
        """The drawer is open: its box goes."""
        del event
        sheet = self._box.open_or_held
        if isinstance(sheet, DrawerSheet):
            sheet.dismiss()

    def take_failure(self, command: str, message: Message) -> bool:
        """Whether the drawer's box has told of this failure."""
        sheet = self._box.open_or_held
        if command != "open_drawer" or not isinstance(sheet, DrawerSheet):
            return False
        sheet.failed(message)
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
