"""The manager's page around its sections: who gets in, what is asked when it opens, what is left when she goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from pos.domain.errors import SecurityError
from pos.till.ports import Person
from pos.till.review.events import Reported
from pos.till.review.service import ReviewService
from pos.till.views import SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.look import Look
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.section import Section
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from tests.ui.fake_till import HUONG, LAN, FakeTill, ManualClock
from tests.ui.hands import Hands

PIN = "482913"


class _Drawn(PageScreen):
    def __init__(self, look: Look, section: PlainSection) -> None:
        super().__init__()
        self.section = section
        column = QVBoxLayout(self)
        column.addWidget(QLabel(look.tr.t(f"manager.{section.name}.title")))

    def refresh(self) -> None:
        self.section.refreshed += 1

    @property
    def verdict_title(self) -> str:
        return self.section.name

    def focus_home(self) -> None:
        self.setFocus()

    def press(self, name: str) -> bool:
        self.section.pressed.append(name)
        return True


class PlainSection:
    """A section that writes down what happens to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.life: list[str] = []
        self.events: list[object] = []
        self.pressed: list[str] = []
        self.refreshed = 0

    def build(self, look: Look) -> PageScreen:
        return _Drawn(look, self)

    def take_event(self, event: object) -> bool:
        self.events.append(event)
        return isinstance(event, Reported) and event.key.startswith(f"{self.name}/")

    def opened(self) -> None:
        self.life.append("opened")

    def closed(self) -> None:
        self.life.append("closed")

    def waiting(self) -> int:
        return 2 if self.name == "cases" else 0


class Office:
    """A window with a manager's page whose sections are plain."""

    def __init__(self, qtbot: QtBot) -> None:
        application()
        self.clock, self.till = ManualClock(), FakeTill()
        self.sections = {name: PlainSection(name) for name in ("day", "cases", "closing")}
        self.made: list[Acting] = []
        self.service = ReviewService(self.clock, lambda: 1)
        self.page = ManagerPage(self.service, self._by_pin, self._make)
        config = UiConfig(
            choices=Choices(volume_percent=0), mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, pages=(self.page,)
        )
        self.window = build_window(self.till, config)
        self.service.subscribe(self.window.bridge.post)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.hands = Hands(qtbot, self.window, self.till, self.clock)
        self.qtbot = qtbot

    def _by_pin(self, pin: str) -> Person:
        if pin != PIN:
            raise SecurityError("pin.wrong", wait_s=0)
        return HUONG

    def _make(self, acting: Acting) -> Sequence[Section]:
        self.made.append(acting)
        return tuple(self.sections.values())

    def until(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(seen, timeout=10_000)

    @property
    def told(self) -> str:
        """What the gate says of the last PIN."""
        assert self.page._drawn is not None
        return self.page._drawn.gate._error.text()

    @property
    def drawn(self) -> PageScreen:
        page = self.window.screens.page_in_sight
        assert page is not None
        return page


@pytest.fixture
def office(qtbot: QtBot) -> Office:
    return Office(qtbot)


def test_a_cashier_gets_in_by_a_managers_pin_only_and_is_out_when_she_leaves(office: Office) -> None:
    office.hands.sign_in(LAN)
    office.hands.press("F9")
    assert office.window.shell.screen is Screen.MANAGER
    assert office.made == []  # nothing of the day is made, let alone shown, before the PIN
    office.hands.type("111111")
    office.hands.press("Enter")
    office.until(lambda: "PIN" in office.told and "…" not in office.told)
    assert office.page.acting.person is None
    office.hands.type(PIN)
    office.hands.press("Enter")
    office.until(lambda: office.page.acting.person == HUONG)
    assert office.sections["day"].life == ["opened"]
    office.hands.press("F1")
    assert office.page.acting.name == ""
    assert office.sections["day"].life == ["opened", "closed"]
    office.hands.press("F9")
    assert office.sections["day"].life == ["opened", "closed"]


def test_a_manager_who_is_signed_in_is_asked_for_nothing(office: Office) -> None:
    office.hands.sign_in(HUONG)
    office.hands.press("F9")
    assert (office.page.acting.name, office.drawn.verdict_title) == ("Hương", "day")
    office.till.say(SignedIn(None))
    office.hands.settle()
    assert office.page.acting.person is None
    assert office.sections["day"].life == ["opened", "closed"]


def test_f12_leads_to_the_cases_and_tabs_to_every_section(office: Office) -> None:
    office.hands.sign_in(HUONG)
    office.hands.press("F12")
    assert office.drawn.verdict_title == "cases"
    for key, name in (("Ctrl+3", "closing"), ("Ctrl+1", "day"), ("Ctrl+2", "cases")):
        office.window._keyboard.press(key)
        assert office.drawn.verdict_title == name
    office.hands.press("F5")
    assert office.sections["cases"].pressed == ["F5"]
    assert office.sections["closing"].life == ["opened", "closed"]


def test_an_answer_goes_to_its_section_and_a_new_look_keeps_what_is_open(office: Office) -> None:
    office.hands.sign_in(HUONG)
    office.hands.press("F12")
    office.service.ask("cases/inbox", lambda _: "rows")
    office.until(lambda: any(isinstance(event, Reported) for event in office.sections["cases"].events))
    office.window.choose(Choices(language="en", theme=ThemeName.DARK, volume_percent=0))
    office.hands.settle()
    assert office.drawn.verdict_title == "cases"
    assert office.page.acting.name == "Hương"
    assert office.sections["cases"].life[-1] == "opened"


def test_a_scan_on_the_managers_page_goes_to_the_counter(office: Office) -> None:
    office.hands.sign_in(HUONG)
    office.hands.press("F9")
    office.hands.scan("GIFT2835")
    assert office.window.shell.screen is Screen.COUNTER
