"""Pictures of the selling page: `python -m tests.ui.shots_sell OUT`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from pos.till.selling.views import ProductsChanged
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.sell.page import SellPage
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_sales import FakeSales, open_sales, products, sales, say_sale, shown, stale
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


def make(language: str, size: tuple[int, int], theme: ThemeName) -> tuple[MainWindow, FakeTill, FakeSales, ManualClock]:
    """A window with the selling page open."""
    clock, till, selling = ManualClock(), FakeTill(), FakeSales()
    page = SellPage(selling, clock.mono_s, clock.now_utc)
    config = UiConfig(
        choices=Choices(language=language, theme=theme, volume_percent=0), store="03", till="2",
        environment=Environment.SANDBOX, mono_s=clock.mono_s, now_utc=clock.now_utc, size=size, maximised=False,
        pages=(page,),
    )  # fmt: skip
    window = build_window(till, config)
    selling.subscribe(window.bridge.happened.emit)
    window.show()
    till.say(StripChanged(strip(Environment.SANDBOX)))
    till.say(SignedIn(HUONG))
    settle(application())
    window._keyboard.press("F2")
    return window, till, selling, clock


def scenes(window: MainWindow, selling: FakeSales, clock: ManualClock, out: Path, tag: str) -> None:
    """Every state of the page."""
    shoot(window, out, f"{tag}-empty")
    for news in products():
        selling.say(news)
    shoot(window, out, f"{tag}-tiles")
    for key in ("Right", "Right", "Down"):
        window._keyboard.press(key)
    for news in products():
        selling.say(ProductsChanged(replace(news.view, by_phone=True)))
    shoot(window, out, f"{tag}-by-sms")
    window._keyboard.press("F7")
    shoot(window, out, f"{tag}-phone")
    if window._sheet is not None:
        window._sheet.accept()
        shoot(window, out, f"{tag}-no-phone")
        window._sheet.dismiss()
    for news in products():
        selling.say(news)
    settle(application())
    window._keyboard._type("2")
    shoot(window, out, f"{tag}-chosen")
    window._keyboard.press("Enter")
    for name, view in sales().items():
        say_sale(selling, view)
        settle(application())
        clock.mono += 9.0
        window._on_page_changed()
        shoot(window, out, f"{tag}-{name}")
        clock.mono -= 9.0
    for name in ("draft", "done"):
        say_sale(selling, replace(sales()[name], quantity=1, codes=(), phone="•••• 678"))
        shoot(window, out, f"{tag}-{name}-by-sms")
    say_sale(selling, sales()["printing"])
    selling.say(shown())
    shoot(window, out, f"{tag}-shown")
    clock.mono += 1.0
    window._keyboard.press("Enter")
    settle(application())
    clock.mono += 1.0
    say_sale(selling, sales()["done"])
    settle(application())
    clock.mono += 1.0
    window._keyboard.press("Ctrl+P")
    shoot(window, out, f"{tag}-copy-box")
    if window._sheet is not None:
        window._sheet.dismiss()
    selling.say(open_sales())
    settle(application())
    window._keyboard.press("F6")
    shoot(window, out, f"{tag}-open")
    window._keyboard.press("Esc")
    selling.say(stale())
    shoot(window, out, f"{tag}-stale")


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in ThemeName:
                window, _, selling, clock = make(language, size, theme)
                scenes(window, selling, clock, out, f"sell-{language}-{size[0]}-{theme}")
                window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
