"""Pictures of the selling page: `python -m tests.ui.shots_sell OUT`."""

from __future__ import annotations

from dataclasses import replace

from pos.till.selling.views import ProductsChanged
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.sell.page import SellPage
from pos.ui.window import MainWindow
from tests.ui.camera import Camera, render, settle
from tests.ui.fake_sales import FakeSales, open_sales, products, sales, say_sale, shown, stale
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.office import config_of


def make(camera: Camera) -> tuple[MainWindow, FakeSales, ManualClock]:
    """A window with the selling page open."""
    clock, till, selling = ManualClock(), FakeTill(), FakeSales()
    config = config_of(clock, camera.language, camera.size, camera.theme)
    window = build_window(till, replace(config, pages=(SellPage(selling, clock.mono_s, clock.now_utc),)))
    selling.subscribe(window.bridge.happened.emit)
    window.show()
    till.say(StripChanged(strip(Environment.SANDBOX)))
    till.say(SignedIn(HUONG))
    settle(application())
    window._keyboard.press("F2")
    return window, selling, clock


def scenes(window: MainWindow, selling: FakeSales, clock: ManualClock, camera: Camera) -> None:
    """Every state of the page."""
    camera.take(window, "empty")
    for news in products():
        selling.say(news)
    camera.take(window, "tiles")
    for key in ("Right", "Right", "Down"):
        window._keyboard.press(key)
    for news in products():
        selling.say(ProductsChanged(replace(news.view, by_phone=True)))
    camera.take(window, "by-sms")
    window._keyboard.press("F7")
    camera.take(window, "phone")
    if window.box.sheet is not None:
        window.box.sheet.accept()
        camera.take(window, "no-phone")
        window.box.sheet.dismiss()
    for news in products():
        selling.say(news)
    settle(application())
    window._keyboard._type("2")
    camera.take(window, "chosen")
    window._keyboard.press("Enter")
    for name, view in sales().items():
        say_sale(selling, view)
        settle(application())
        clock.mono += 9.0
        window.screens.show_changed_page()
        camera.take(window, name)
        clock.mono -= 9.0
    for name in ("draft", "done"):
        say_sale(selling, replace(sales()[name], quantity=1, codes=(), phone="•••• 678"))
        camera.take(window, f"{name}-by-sms")
    say_sale(selling, sales()["printing"])
    selling.say(shown())
    camera.take(window, "shown")
    clock.mono += 1.0
    window._keyboard.press("Enter")
    settle(application())
    clock.mono += 1.0
    say_sale(selling, sales()["done"])
    settle(application())
    clock.mono += 1.0
    window._keyboard.press("Ctrl+P")
    camera.take(window, "copy-box")
    if window.box.sheet is not None:
        window.box.sheet.dismiss()
    selling.say(open_sales())
    settle(application())
    window._keyboard.press("F6")
    camera.take(window, "open")
    window._keyboard.press("Esc")
    selling.say(stale())
    camera.take(window, "stale")


def draw(camera: Camera) -> None:
    window, selling, clock = make(camera)
    scenes(window, selling, clock, camera)
    window.close()


if __name__ == "__main__":
    render(draw)
