"""The window: makes its parts, joins them, and hands them Qt's keys, focus, time and size. It decides nothing.

What is known: `ShellPresenter`, `SignInPresenter`, `PageDeck`, `CounterPresenter`. What is seen: `Screens`, and over
them one `OpenBox`. What comes in: `Keyboard`, `Scans`, `TillEvents`. What happens then around the bill: `Navigation`,
`Banners`, `Turns`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from pos.till.commands import CounterTill
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig
from pos.ui.counter.boxes import CounterBoxes
from pos.ui.counter.hands import CounterHands
from pos.ui.counter.presenter import CounterPresenter
from pos.ui.desk_boxes import DeskBoxes
from pos.ui.look import Look
from pos.ui.settings.boxes import SettingsBoxes
from pos.ui.shell.banners import Banners
from pos.ui.shell.box import OpenBox
from pos.ui.shell.events import TillEvents
from pos.ui.shell.keyboard import Keyboard
from pos.ui.shell.navigation import Navigation
from pos.ui.shell.pages import PageDeck
from pos.ui.shell.presenter import Screen, ShellPresenter
from pos.ui.shell.scans import Scans
from pos.ui.shell.screens import Screens
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.signin.turns import Turns
from pos.ui.signs import Sound
from pos.ui.sounds import Player

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_MS = 250


class MainWindow(QMainWindow):
    """The till's window; `till` takes commands and returns at once, events come from `bridge`.

    Signals:
        verdict_painted(str, str): bill key and phase, after the panel was really drawn (for measuring).
        closed(): the window is about to go.
    """

    verdict_painted = Signal(str, str)
    closed = Signal()

    def __init__(self, till: CounterTill, config: UiConfig, bridge: Bridge) -> None:
        super().__init__()
        self.till, self.config, self.bridge = till, config, bridge
        self.choices = config.choices
        self.shell = ShellPresenter(config.access)
        self.signin = SignInPresenter(till)
        self.pages = PageDeck(config.pages, self)
        self.counter = CounterPresenter(till, config.mono_s)
        self.counter.takes_back = config.takes_back
        self.counter.has_bookings = self.pages.has(Screen.BOOKING)
        self.player = Player(self.choices.volume_percent, parent=self)
        self.screens = Screens(
            self, config, shell=self.shell, counter=self.counter, signin=self.signin, pages=self.pages
        )
        self.box = OpenBox(self.screens, self)
        self.counter_boxes = CounterBoxes(self.counter, till, self)
        self.desk_boxes = DeskBoxes(till, self.shell, self.box, self)
        self.settings_boxes = SettingsBoxes(config, self.shell, self.box, self)
        # Whatever holds the window is made here, before any widget: the collector takes a window that is left apart in
        # this order, and a screen that went before its window would still tell it where the keyboard is.
        self.navigation = Navigation(self)
        self.banners = Banners(self)
        self.scans = Scans(self)
        self.turns = Turns(self)  # after the scans: its filter then sees a key before they can take it away
        self._events = TillEvents(self)
        self._counter_hands = CounterHands(self)
        self._keyboard = Keyboard(self, config.mono_s)
        self._join()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        self._ticks = 0
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self.resize(*config.size)
        self.draw_anew()
        self._tick.start()

    def _join(self) -> None:
        """What the parts want from each other, whatever the screens look like."""
        queued = Qt.ConnectionType.QueuedConnection
        self.bridge.reading.connect(self.settings_boxes.scanner_test.take_reading, queued)
        self.bridge.printer_test.connect(self.settings_boxes.take_printed, queued)
        self.counter_boxes.bill_wanted.connect(self.navigation.resume)
        self.counter_boxes.manager.box_wanted.connect(self.box.open_made)
        self.counter_boxes.manager.heard.connect(self.player.hear)
        self.desk_boxes.heard.connect(self.player.hear)
        self.settings_boxes.heard.connect(self.player.hear)
        self.settings_boxes.chosen.connect(self._on_chosen)
        self.pages.heard.connect(self.player.hear)
        self.pages.box_wanted.connect(self.box.open_made)
        self.pages.changed.connect(self.screens.show_changed_page)
        self.pages.told.connect(self.banners.take_told)
        self.pages.leads.connect(self.navigation.follow)
        self.pages.test_wanted.connect(self._on_test_wanted)
        self.pages.choices_wanted.connect(self._on_choices_wanted)

    # ------------------------------------------------------------ the screens

    def draw_anew(self) -> None:
        """Make every screen anew for the current look, from the same snapshots."""
        self.box.forget()
        self.settings_boxes.end()  # its box goes with the old screens
        self.counter_boxes.manager.end()
        self.screens.build(self.choices)
        self._join_screens()
        self.screens.refresh()

    def _join_screens(self) -> None:
        """What is pressed on the new screens goes to whoever does it."""
        screens = self.screens
        screens.top.screen_chosen.connect(self.navigation.open_screen)
        screens.top.settings_wanted.connect(self.open_settings)
        screens.top.lock_wanted.connect(self.turns.lock)
        screens.banner_bar.open_wanted.connect(self.banners.open)
        screens.banner_bar.dismissed.connect(self.banners.dismiss)
        self._counter_hands.listen(screens.counter_screen)
        screens.lists.bill_wanted.connect(self.navigation.resume)
        screens.lists.settle_wanted.connect(self.settle_now)
        screens.lists.slip_wanted.connect(self.desk_boxes.open_slip)
        screens.lists.print_wanted.connect(self.desk_boxes.print_now)
        screens.strip.cases_wanted.connect(self.navigation.open_cases)
        screens.strip.slips_wanted.connect(self.navigation.open_slips)

    def set_side(self, make: Callable[[Look], QWidget], width_px: int) -> None:
        """Put a panel beside the till (training mode); the window grows by its width, but not beyond the screen."""
        self.screens.put_beside(make, width_px)
        room, wanted = self.screen().availableGeometry().width(), self.width() + width_px
        self.resize(room if self.width() <= room < wanted else wanted, self.height())
        self.draw_anew()

    # ------------------------------------------------------------ settings and tests

    @Slot()
    def open_settings(self) -> None:
        """Language, colours, size, sound, the tests of the devices."""
        self.settings_boxes.open(self.choices)

    @Slot(object)
    def _on_chosen(self, choices: object) -> None:
        if isinstance(choices, Choices):
            self.choose(choices)
            self.open_settings()
            self.player.hear(Sound.USABLE)

    @Slot(object)
    def _on_choices_wanted(self, choices: object) -> None:
        """From the set-up: as from the settings box, but without it."""
        if isinstance(choices, Choices) and choices != self.choices:
            self.choose(choices)

    def choose(self, choices: Choices) -> None:
        """Another language, theme, size or volume: draw everything anew and remember it."""
        self.choices = choices
        self.player.volume_percent = choices.volume_percent
        self.config.save(choices)
        self.draw_anew()

    @Slot(str)
    def _on_test_wanted(self, device: str) -> None:
        if device == "drawer":
            self.desk_boxes.open_drawer()
        elif device == "printer":
            self.settings_boxes.test_printer()
        else:
            self.settings_boxes.test_scanner()

    @Slot()
    def settle_now(self) -> None:
        """Send the queue now."""
        self.till.settle_now()

    # ------------------------------------------------------------ keys, focus, time, size

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys nobody below wanted: the actions as their buttons show them, then letters for the field."""
        if self._keyboard.take(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    @Slot(QWidget, QWidget)
    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        self.box.keep_focus(old, now)

    @Slot()
    def _on_tick(self) -> None:
        self._ticks += 1
        screens = self.screens
        model = self.counter.model(screens.look.tr)
        if model is not None and model.ticking:
            screens.show_counter()
        if self._ticks % 4 == 0:
            self.turns.idle.look()
            if self.shell.expire(self.config.mono_s()):
                screens.show_banner()
            screens.show_strip()
            screens.show_lists()
            screens.show_page()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A larger window is drawn larger."""
        super().resizeEvent(event)
        if self.screens.outgrown():
            self.draw_anew()

    def changeEvent(self, event: QEvent) -> None:
        """Coming back to the window: the keyboard goes where it belongs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.focusWidget() is None:
            self.box.focus_home()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is asked: what runs goes on to its end in the till's own shutdown."""
        self._tick.stop()
        self.turns.idle.remove()
        self.scans.close()
        self._keyboard.close()
        self.player.close()
        self.closed.emit()
        super().closeEvent(event)
