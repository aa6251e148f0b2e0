"""The set-up section's frame: the list leads to every panel, by arrows and digits, and remembers the last."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.page import ManagerPage
from pos.ui.manager.setup.section import SetupSection
from pos.ui.shell.presenter import Screen
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock
from tests.ui.hands import Hands
from tests.ui.test_manager import PlainSection

BEFORE = ("day", "cases", "closing", "statement", "levels", "audit")
PANELS = ("people", "shop", "issuers", "devices", "policy", "reports", "looks", "backup", "health", "about", "updates")


class SetupOffice:
    """A window whose set-up section has plain panels."""

    def __init__(self, qtbot: QtBot) -> None:
        application()
        self.clock, self.till, self.review = ManualClock(), FakeTill(), FakeReview()
        self.panels = {name: PlainSection(name) for name in PANELS}
        self.made = 0
        self.section = SetupSection(self._make)
        self.page = ManagerPage(
            self.review, lambda _: HUONG, lambda _: (*(PlainSection(name) for name in BEFORE), self.section)
        )
        config = UiConfig(
            choices=Choices(volume_percent=0), mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, pages=(self.page,)
        )
        self.window = build_window(self.till, config)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.hands = Hands(qtbot, self.window, self.till, self.clock)
        self.hands.sign_in(HUONG)

    def _make(self) -> tuple[PlainSection, ...]:
        self.made += 1
        return tuple(self.panels.values())

    @property
    def in_sight(self) -> str:
        return self.window.pages.screens[Screen.MANAGER].verdict_title


@pytest.fixture
def office(qtbot: QtBot) -> SetupOffice:
    return SetupOffice(qtbot)


def test_the_panels_are_made_when_the_section_first_opens(office: SetupOffice) -> None:
    """A manager who only looks at her day does not wait for ten panels."""
    office.hands.press("F9")
    assert office.made == 0
    office.hands.press("Ctrl+7")
    assert office.made == 1
    assert office.in_sight == "people"
    assert office.panels["people"].life == ["opened"]


def test_arrows_and_digits_go_from_panel_to_panel(office: SetupOffice) -> None:
    office.hands.press("F9", "Ctrl+7", "Down", "Down")
    assert office.in_sight == "issuers"
    assert office.panels["shop"].life == ["opened", "closed"]
    office.hands.type("0")
    assert office.in_sight == "about"
    office.hands.type("-")  # right of the digits
    assert office.in_sight == "updates"
    office.hands.type("5")
    assert office.in_sight == "policy"


def test_the_panel_is_remembered_and_its_work_ends_with_the_section(office: SetupOffice) -> None:
    office.hands.press("F9", "Ctrl+7")
    office.hands.type("4")
    office.hands.press("Ctrl+1")
    assert office.panels["devices"].life == ["opened", "closed"]
    office.hands.press("Ctrl+7")
    assert office.in_sight == "devices"
    assert office.panels["devices"].life == ["opened", "closed", "opened"]


def test_the_panel_hears_its_keys_before_the_list_does(office: SetupOffice) -> None:
    office.hands.press("F9", "Ctrl+7", "F5")
    assert office.panels["people"].pressed[-1] == "F5"
