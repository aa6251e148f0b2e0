"""The devices panel as the set-up section knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from pos.i18n import Translator
from pos.settings import Group
from pos.setup.settings_desk import SettingsDesk
from pos.till.review.events import Reported, ReportFailed
from pos.ui.look import Look, fitting
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.devices.found_sheet import FoundSheet
from pos.ui.manager.setup.settings.model import SettingsModel
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.settings.presenter import PanelSpec, SettingsPresenter
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import say_message

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice

SPEC = PanelSpec("devices", {"scanner": (Group.SCANNER,), "printer": (Group.PRINTER,), "drawer": (Group.DRAWER,)})
TEST, TEST_KEY = "test", "F5"
FOUND = "setup/devices/found"


class DevicesPresenter(SettingsPresenter):
    """The settings of the devices, with the test of the one in sight."""

    def __init__(self, desk: SettingsDesk, review: Asking, who: Callable[[], str]) -> None:
        super().__init__(SPEC, desk, review, who)

    def model(self, tr: Translator) -> SettingsModel:
        """The rows, and a button that tests."""
        model = super().model(tr)
        test = BarAction(TEST, tr.t(f"setup.do.test_{self.part}"), TEST_KEY)
        return replace(model, actions=(test, *model.actions))


class DevicesPanel(SettingsPanel):
    """Settings with tests and with a list of what is plugged in.

    Args:
        find: what is plugged in and may be a `scanner` or a `printer`; up to 6 s, on the report thread.
    """

    def __init__(
        self, presenter: DevicesPresenter, review: Asking, find: Callable[[str], tuple[FoundDevice, ...]]
    ) -> None:
        super().__init__(presenter)
        self._review, self._find = review, find
        self._ticket = 0
        self._box: KeptBox[FoundSheet] = KeptBox(self)
        self._box.gone.connect(self._gone)

    @Slot(str)
    def act(self, name: str) -> None:
        """Also: the test of the device in sight, which is the window's own."""
        if name == TEST and self._drawn is not None:
            self._drawn.test_wanted.emit(self.presenter.part)
        else:
            super().act(name)

    def take_event(self, event: object) -> bool:
        """Also what was found."""
        if not isinstance(event, Reported | ReportFailed) or event.key != FOUND:
            return super().take_event(event)
        sheet = self._box.sheet
        if event.ticket == self._ticket and sheet is not None:
            if isinstance(event, ReportFailed):
                sheet.show_fault(str(say_message(sheet.look.tr, event.message)))
            elif isinstance(event.value, tuple):
                sheet.show_found(event.value)
        return True

    def look_for(self, key: str) -> None:
        """Look for what may stand under this key."""
        if self._drawn is not None:
            kind = key.partition(".")[0]
            self._ticket = self._review.ask(FOUND, lambda _: self._find(kind))
            self._drawn.box_wanted.emit(self._found_box)

    def _found_box(self, look: Look, over: QWidget) -> Sheet:
        box = FoundSheet(fitting(look, over.width(), over.height(), 660, 700), over)
        box.chosen.connect(self.choose_value)
        return self._box.keep(box)

    @Slot()
    def _gone(self) -> None:
        self._review.forget(FOUND)
