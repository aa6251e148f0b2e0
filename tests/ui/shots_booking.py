"""Pictures of the booking page: `python -m tests.ui.shots_booking OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

from pos.till.booking.views import BookingChanged
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.booking.page import BookingPage
from pos.ui.config import Choices, UiConfig
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_bookings import FakeBookings, bookings, open_bookings
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


def make(language: str, size: tuple[int, int], theme: ThemeName) -> tuple[MainWindow, FakeBookings, ManualClock]:
    """A window with the booking page open."""
    clock, till, paying = ManualClock(), FakeTill(), FakeBookings()
    page = BookingPage(paying, clock.mono_s, clock.now_utc)
    config = UiConfig(
        choices=Choices(language=language, theme=theme, volume_percent=0), store="03", till="2",
        environment=Environment.SANDBOX, mono_s=clock.mono_s, now_utc=clock.now_utc, size=size, maximised=False,
        pages=(page,),
    )  # fmt: skip
    window = build_window(till, config)
    paying.subscribe(window.bridge.happened.emit)
    window.show()
    till.say(StripChanged(strip(Environment.SANDBOX, person=HUONG)))
    till.say(SignedIn(HUONG))
    settle(application())
    window._keyboard.press("F3")
    return window, paying, clock


def scenes(window: MainWindow, paying: FakeBookings, clock: ManualClock, out: Path, tag: str) -> None:
    """Every state of the page."""
    shoot(window, out, f"{tag}-idle")
    window.take_scan("ADCO2401010000001")
    for name, view in bookings().items():
        paying.say(BookingChanged(view))
        shoot(window, out, f"{tag}-{name}")
    paying.say(BookingChanged(bookings()["used"]))
    settle(application())
    clock.mono += 1
    window._keyboard.press("Del")
    shoot(window, out, f"{tag}-give-up")
    paying.say(BookingChanged(bookings()["held"]))
    settle(application())
    clock.mono += 1
    window._keyboard.press("Ctrl+B")
    shoot(window, out, f"{tag}-settle")
    clock.mono += 1
    window._keyboard.press("Esc")
    window.take_scan("x")
    shoot(window, out, f"{tag}-busy")
    paying.say(open_bookings())
    settle(application())
    window._keyboard.press("F6")
    shoot(window, out, f"{tag}-open")


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in ThemeName:
                window, paying, clock = make(language, size, theme)
                scenes(window, paying, clock, out, f"booking-{language}-{size[0]}-{theme}")
                window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
