"""The list screens together: open bills, queue, slips."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos.ui.config import UiConfig
from pos.ui.look import Look
from pos.ui.open_bills.presenter import open_bills_model
from pos.ui.open_bills.screen import OpenBillsScreen
from pos.ui.queue.presenter import queue_model
from pos.ui.queue.screen import QueueScreen
from pos.ui.shell.presenter import Screen, ShellPresenter
from pos.ui.slips.presenter import slips_model
from pos.ui.slips.screen import SlipsScreen
from pos.ui.widgets.list_model import ListModel
from pos.ui.widgets.list_screen import ListScreen


class ListDeck(QObject):
    """Makes the list screens for one look and draws the one that is open.

    Signals:
        bill_wanted(str): bring this bill to the counter. settle_wanted(): drain the queue now.
        slip_wanted(str): show this slip. print_wanted(): try to print now.
    """

    bill_wanted = Signal(str)
    settle_wanted = Signal()
    slip_wanted = Signal(str)
    print_wanted = Signal()

    def __init__(self, look: Look, shell: ShellPresenter, config: UiConfig) -> None:
        super().__init__()
        self._look, self._shell, self._config = look, shell, config
        self.screens: dict[Screen, ListScreen] = {
            Screen.OPEN_BILLS: OpenBillsScreen(look, self._model(Screen.OPEN_BILLS)),
            Screen.QUEUE: QueueScreen(look, self._model(Screen.QUEUE)),
            Screen.SLIPS: SlipsScreen(look, self._model(Screen.SLIPS)),
        }
        self.screens[Screen.OPEN_BILLS].opened.connect(self.bill_wanted)
        self.screens[Screen.QUEUE].acted.connect(self.settle_wanted)
        self.screens[Screen.SLIPS].opened.connect(self.slip_wanted)
        self.screens[Screen.SLIPS].acted.connect(self.print_wanted)

    def show(self, screen: Screen) -> None:
        """Draw this list, if it is one."""
        shown = self.screens.get(screen)
        if shown is not None:
            shown.show_model(self._model(screen))

    def act(self, screen: Screen) -> bool:
        """Press the action button of this list, as its key does; False if it has none now."""
        shown = self.screens.get(screen)
        if shown is None or shown.button.isHidden():
            return False
        shown.button.click()
        return True

    def _model(self, screen: Screen) -> ListModel:
        tr, lists = self._look.tr, self._shell.lists
        now_utc, mono_s = self._config.now_utc(), self._config.mono_s()
        if screen is Screen.OPEN_BILLS:
            return open_bills_model(tr, lists, now_utc=now_utc, mono_s=mono_s)
        if screen is Screen.QUEUE:
            return queue_model(tr, lists, self._shell.strip, now_utc=now_utc, mono_s=mono_s)
        return slips_model(tr, lists, self._shell.strip, now_utc=now_utc)
