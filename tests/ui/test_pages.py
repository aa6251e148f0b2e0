"""Pages beside the counter: the window hands each what is its own, and shows none that the shop has no issuer for."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from pos.till.ports import Person
from pos.till.views import Banner, BannerKind, CommandFailed, Message, SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.window import MainWindow
from tests.ui.fake_till import LAN, FakeTill, ManualClock
from tests.ui.hands import Hands


class SheetOfPaper(PageScreen):
    """Draws nothing and notes what it is told."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def refresh(self) -> None:
        self._told.append("refresh")

    def focus_home(self) -> None:
        self.setFocus()

    def press(self, name: str) -> bool:
        self._told.append(f"key {name}")
        return name == "F5"

    def take_letter(self, text: str) -> bool:
        self._told.append(f"letter {text}")
        return True


class NotePage:
    """A page that notes what it is told and takes scans that begin with `B`."""

    screen = Screen.SELL

    def __init__(self) -> None:
        self.told: list[str] = []
        self.count = 0

    def build(self, look: Look) -> PageScreen:
        del look
        return SheetOfPaper(self.told)

    def take_event(self, event: object) -> bool:
        if isinstance(event, CommandFailed) and event.command.startswith("sale."):
            self.told.append(event.command)
            self.count += 1
            return True
        return False

    def take_scan(self, text: str) -> bool:
        self.told.append(f"scan {text}")
        return text.startswith("B")

    def signed_in(self, person: Person | None) -> None:
        self.told.append(person.name if person else "nobody")

    def resume(self, bill_number: str) -> None:
        self.told.append(f"resume {bill_number}")

    def calling(self) -> bool:
        return False

    def waiting(self) -> int:
        return self.count


@pytest.fixture
def page() -> NotePage:
    return NotePage()


@pytest.fixture
def hands(qtbot: QtBot, page: NotePage) -> Hands:
    application()
    till, clock = FakeTill(), ManualClock()
    config = UiConfig(choices=Choices(volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc, pages=(page,))
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    made = Hands(qtbot, window, till, clock)
    till.say(SignedIn(LAN))
    qtbot.waitUntil(lambda: window.shell.person is not None)
    return made


def test_its_key_opens_the_page_and_its_keys_and_letters_reach_it(hands: Hands, page: NotePage) -> None:
    """F2 opens it; what its buttons show works there, and the counter hears none of it."""
    hands.press("F2")
    assert hands.window.screens.page_in_sight is not None
    hands.press("F5")
    hands.type("7")
    assert [word for word in page.told if word.startswith(("key", "letter"))] == ["key F5", "letter 7"]


def test_a_scan_is_the_pages_if_it_wants_it_and_else_the_counters(hands: Hands, page: NotePage) -> None:
    """A scan is never lost: what the page does not know goes to the bill, and the counter comes to the front."""
    hands.press("F2")
    hands.scan("B123456789")
    after_ours = hands.window.shell.screen
    hands.scan("V123456789")
    assert (after_ours, hands.window.shell.screen) == (Screen.SELL, Screen.COUNTER)
    assert [word for word in page.told if word.startswith("scan")] == ["scan B123456789", "scan V123456789"]


def test_its_events_reach_it_in_the_background_and_the_bar_counts_what_waits(hands: Hands, page: NotePage) -> None:
    """Whoever stands at the counter sees on the bar that a page wants her."""
    hands.till.say(CommandFailed("sale.buy", Message("net.refused")))
    hands.qtbot.waitUntil(lambda: "sale.buy" in page.told)
    assert "(1)" in hands.window.screens.top.screens[Screen.SELL].text()


def test_a_page_the_shop_has_no_issuer_for_is_not_there(hands: Hands, window: MainWindow) -> None:
    """No key and no button leads to an empty screen."""
    assert Screen.BOOKING not in hands.window.screens.top.screens
    hands.press("F3")
    assert hands.window.shell.screen is Screen.COUNTER
    assert set(window.screens.top.screens) & {Screen.SELL, Screen.BOOKING} == set()


def test_the_page_knows_who_is_there(hands: Hands, page: NotePage) -> None:
    """What a person began ends with her turn."""
    hands.till.say(SignedIn(None))
    hands.qtbot.waitUntil(lambda: page.told[-1] == "nobody")
    assert page.told[0] == LAN.name


def test_its_news_come_up_as_a_banner_that_leads_back_to_it(hands: Hands, page: NotePage) -> None:
    """A sale that ended while the cashier served somebody else calls her, wherever she is."""
    hands.window.pages.told.emit(Banner(BannerKind.SALE_READY, "B-17"))
    assert not hands.window.screens.banner_bar.isHidden()
    hands.press("Ctrl+O")
    assert (hands.window.shell.screen, page.told[-3:].count("resume B-17")) == (Screen.SELL, 1)
    assert hands.window.screens.banner_bar.isHidden()
