"""Turns what the till tells into what is shown and heard. Every event comes queued, by the bridge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    BookingScanned,
    CommandFailed,
    DeviceView,
    DrawerOpened,
    Link,
    ListsChanged,
    Message,
    SignedIn,
    StripChanged,
    TakeBackEnded,
)
from pos.ui.counter.manager_boxes import DONE, end_banner, end_message
from pos.ui.readiness.watch import ReadinessFound
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from pos.ui.window import MainWindow


class TillEvents(QObject):
    """Hands each event to the presenters it concerns, then draws what has changed.

    Args:
        window: what is drawn; its other parts are there already.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._takers: dict[type, Callable[..., None]] = {
            BillChanged: self._on_bill,
            StripChanged: self._on_strip,
            ListsChanged: self._on_lists,
            BannerRaised: window.banners.take,
            SignedIn: window.turns.take,
            CommandFailed: self._on_failed,
            DrawerOpened: window.desk_boxes.take_opened,
            BookingScanned: self._on_booking_scanned,
            TakeBackEnded: self._on_take_back_ended,
            ReadinessFound: window.banners.take_readiness,
        }
        queued = Qt.ConnectionType.QueuedConnection
        window.bridge.happened.connect(self._on_event, queued)
        window.bridge.device.connect(self._on_device, queued)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if self._window.pages.take_event(event):
            self._window.screens.show_changed_page()
            return
        take = self._takers.get(type(event))
        if take is not None:
            take(event)

    def _on_bill(self, event: BillChanged) -> None:
        window, counter = self._window, self._window.counter
        sound = counter.on_bill(event.view)
        window.counter_boxes.manager.take_bill(event.view)
        if window.shell.person is None and sound is not None and event.view.key == counter.key:
            window.banners.say_hint("hint.result_waits", sound)  # seen first thing by whoever signs in next
            return
        if event.view.key == counter.key:
            window.shell.forget_bill(event.view.number)
            window.screens.show_counter()
            window.screens.show_banner()
        window.player.hear(sound)

    def _on_strip(self, event: StripChanged) -> None:
        window = self._window
        before = window.screens.environment
        window.player.hear(window.shell.take_strip(event.view))
        window.counter.has_drawer = event.view.printer.link is not Link.OFF
        if event.view.environment is not before:
            window.draw_anew()
            return
        window.screens.refresh()
        window.settings_boxes.take_devices()

    def _on_lists(self, event: ListsChanged) -> None:
        window = self._window
        window.shell.take_lists(event.view)
        window.desk_boxes.take_lists(event.view)
        window.screens.show_screen()
        window.screens.show_banner()

    def _on_failed(self, event: CommandFailed) -> None:
        window = self._window
        if event.command == "sign_in":
            window.signin.failed(event.message)
            window.player.hear(Sound.REFUSED)
            window.screens.show_screen()
            return
        if window.desk_boxes.take_failure(event.command, event.message):
            return
        if window.counter_boxes.manager.take_failure(window.screens.look, event.message):
            return
        if event.command == "resume_bill":
            window.counter.on_missing()
        if (
            event.command == "resume_bill" or window.shell.screen is not Screen.COUNTER
        ):  # the counter's panel is not in sight
            window.banners.raise_banner(Banner(BannerKind.STORAGE, message=event.message))
            return
        self._refuse(event.message)

    def _on_booking_scanned(self, event: BookingScanned) -> None:
        """The bill at the counter stays; its number is looked up where bookings are paid."""
        window = self._window
        if event.key != window.counter.key or window.shell.person is None:
            return
        if window.pages.has(Screen.BOOKING) and not window.box.is_open:
            window.navigation.open_screen(Screen.BOOKING)
            window.pages.take_scan(Screen.BOOKING, event.number)
            window.screens.show_page()
        else:
            code = "scan.is_booking" if window.pages.has(Screen.BOOKING) else "scan.no_bookings"
            self._refuse(Message(code, (("number", event.number),)))

    def _on_take_back_ended(self, event: TakeBackEnded) -> None:
        window = self._window
        window.counter_boxes.manager.take_end(event)
        if not window.banners.counter_shows(event.bill_number):
            window.banners.raise_banner(end_banner(event))
        elif event.end == DONE:
            window.player.hear(Sound.NOTICE)  # the panel says it
        else:
            self._refuse(end_message(event))

    def _refuse(self, message: Message) -> None:
        """The counter's panel says it."""
        self._window.player.hear(self._window.counter.on_failed(message))
        self._window.screens.show_counter()

    @Slot(str, object)
    def _on_device(self, name: str, view: object) -> None:
        strip = self._window.shell.strip
        if strip is None or not isinstance(view, DeviceView):
            return
        if name == "printer":
            self._on_strip(StripChanged(replace(strip, printer=view)))
        elif name == "scanner":
            self._on_strip(StripChanged(replace(strip, scanner=view)))
