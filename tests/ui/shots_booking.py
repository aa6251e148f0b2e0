"""Pictures of the booking page: `python -m tests.ui.shots_booking OUT`."""

from __future__ import annotations

from dataclasses import replace

from pos.till.booking.views import BookingChanged
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.booking.page import BookingPage
from pos.ui.window import MainWindow
from tests.ui.camera import Camera, render, settle
from tests.ui.fake_bookings import FakeBookings, bookings, open_bookings
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.office import config_of


def make(camera: Camera) -> tuple[MainWindow, FakeBookings, ManualClock]:
    """A window with the booking page open."""
    clock, till, paying = ManualClock(), FakeTill(), FakeBookings()
    config = config_of(clock, camera.language, camera.size, camera.theme)
    window = build_window(till, replace(config, pages=(BookingPage(paying, clock.mono_s, clock.now_utc),)))
    paying.subscribe(window.bridge.happened.emit)
    window.show()
    till.say(StripChanged(strip(Environment.SANDBOX, person=HUONG)))
    till.say(SignedIn(HUONG))
    settle(application())
    window._keyboard.press("F3")
    return window, paying, clock


def scenes(window: MainWindow, paying: FakeBookings, clock: ManualClock, camera: Camera) -> None:
    """Every state of the page."""
    camera.take(window, "idle")
    window.scans.take("ADCO2401010000001")
    for name, view in bookings().items():
        paying.say(BookingChanged(view))
        camera.take(window, name)
    paying.say(BookingChanged(bookings()["used"]))
    settle(application())
    clock.mono += 1
    window._keyboard.press("Del")
    camera.take(window, "give-up")
    paying.say(BookingChanged(bookings()["held"]))
    settle(application())
    clock.mono += 1
    window._keyboard.press("Ctrl+B")
    camera.take(window, "settle")
    clock.mono += 1
    window._keyboard.press("Esc")
    window.scans.take("x")
    camera.take(window, "busy")
    paying.say(open_bookings())
    settle(application())
    window._keyboard.press("F6")
    camera.take(window, "open")


def draw(camera: Camera) -> None:
    window, paying, clock = make(camera)
    scenes(window, paying, clock, camera)
    window.close()


if __name__ == "__main__":
    render(draw)
