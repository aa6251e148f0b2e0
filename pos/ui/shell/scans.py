"""Where a scan goes: from whatever scanner to the box, the page or the bill that is open, or refused aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.wedge_filter import WedgeFilter

if TYPE_CHECKING:
    from pos.ui.window import MainWindow


class Scans(QObject):
    """Takes them from the bridge, from a keyboard scanner and from the field for codes.

    Args:
        window: whose scans.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        queued = Qt.ConnectionType.QueuedConnection
        window.bridge.scan.connect(self.take, queued)
        window.bridge.scan_dropped.connect(self.take_dropped, queued)
        machine = window.config.wedge
        self._wedge = WedgeFilter(machine, self) if machine is not None else None
        if self._wedge is not None:
            self._wedge.scan.connect(self.take)
            self._wedge.dropped.connect(self.take_dropped)
            self._wedge.install()

    def close(self) -> None:
        """A keyboard scanner's keys are keys again."""
        if self._wedge is not None:
            self._wedge.remove()

    @Slot(str)
    def take(self, text: str) -> None:
        """One scan, or a code typed by hand: to the current bill, or refused so that it is noticed."""
        window = self._window
        window.turns.idle.touched()
        if window.settings_boxes.scanner_test.take_scan(text):
            return
        refusal = window.shell.refuse_scan(box_open=window.box.is_open)
        if refusal is None and window.pages.take_scan(window.shell.screen, text):
            window.banners.say_hint(None)
            window.screens.show_page()
            return
        if refusal is None:
            if window.shell.screen is not Screen.COUNTER:
                window.navigation.open_screen(Screen.COUNTER)
            refusal = window.counter.scan(text)
        window.banners.say_hint(refusal)
        if refusal is None:
            window.screens.show_counter()
            window.screens.counter_screen.focus_home()

    @Slot(str)
    def take_dropped(self, why: str) -> None:
        """A scan that was thrown away, as in `hint.<why>`."""
        window = self._window
        if window.settings_boxes.scanner_test.take_dropped(why):
            return
        if why != "repeated":
            window.banners.say_hint(f"hint.{why}")
        elif window.shell.hint:  # says why the first one was not taken, which is what matters
            window.player.hear(Sound.REPEATED)
        else:
            window.banners.say_hint("hint.repeated", Sound.REPEATED)
