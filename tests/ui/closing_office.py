"""A window with the closing section open, over a desk without an engine: for tests and pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos.till.review.closing import ClosingView
from pos.till.views import DeviceView, Environment, Link, SignedIn, StripChanged, StripView
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.closing.around import Around
from pos.ui.manager.closing.section import ClosingSection
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.section import Section
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_closing import EVENING, LABELS, FakeClosingDesk
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import EVERYONE, HUONG, FakeTill, ManualClock, strip
from tests.ui.hands import KEYS
from tests.ui.test_manager import PlainSection

ORDER = ("day", "cases", "closing", "statement", "levels", "audit", "setup")


class Evening(ManualClock):
    """The end of the day."""

    def now_utc(self) -> datetime:
        return EVENING + timedelta(seconds=self.mono - 1000.0)


class ClosingOffice:
    """Hương signed in, the closing section in sight; `run` lets the review service answer."""

    def __init__(
        self, language: str = "vi", size: tuple[int, int] = (1024, 768), theme: ThemeName = ThemeName.LIGHT
    ) -> None:
        application()
        self.clock, self.till, self.desk, self.review = Evening(), FakeTill(), FakeClosingDesk(), FakeReview()
        self.printed_now = 0
        self.plain = {name: PlainSection(name) for name in ORDER if name != "closing"}
        self.page = ManagerPage(self.review, lambda _: HUONG, self._sections)
        config = UiConfig(
            choices=Choices(language=language, theme=theme, volume_percent=0), store="03", till="2",
            environment=Environment.SANDBOX, mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, size=size,
            maximised=False, pages=(self.page,),
        )  # fmt: skip
        self.window: MainWindow = build_window(self.till, config)
        self.review.subscribe(self.window.bridge.post)
        self.window.show()
        self.window.activateWindow()
        self.till.say(StripChanged(self.strip()))
        self.till.say(SignedIn(HUONG))
        self.settle()

    def _sections(self, acting: Acting) -> tuple[Section, ...]:
        around = Around(
            lambda: acting.name, lambda: EVERYONE, self._print_now, LABELS, self.review.say, self.clock.mono_s,
            self.clock.now_utc,
        )  # fmt: skip
        self.section = ClosingSection(self.desk, self.review, around)
        return tuple(self.plain.get(name, self.section) for name in ORDER)

    def _print_now(self) -> None:
        self.printed_now += 1

    def strip(self, *, online: bool = True) -> StripView:
        view = strip(Environment.SANDBOX)
        return view if online else replace(view, network=_DOWN)

    # ------------------------------------------------------------ hands

    def settle(self) -> None:
        for _ in range(6):
            QApplication.processEvents()

    def open(self) -> None:
        self.press("F9")
        self.page.show_section("closing")
        self.settle()

    def press(self, *names: str) -> None:
        """Keys as they come from the keyboard, to whatever has it."""
        for name in names:
            target = QApplication.focusWidget() or self.window
            if len(name) == 1:
                QTest.keyClicks(target, name)
            else:
                control = Qt.KeyboardModifier.ControlModifier if "+" in name else Qt.KeyboardModifier.NoModifier
                QTest.keyClick(target, KEYS[name], control)
            self.settle()

    def run(self, *keys: str) -> None:
        """What waits is answered, and what was asked because of it."""
        for _ in range(3):
            self.review.run(*keys)
            self.settle()

    def show(self, view: ClosingView) -> None:
        """The day looks like this now."""
        self.desk.now = view
        self.review.journal_changed()
        self.settle()
        self.run()

    def go_offline(self) -> None:
        self.till.say(StripChanged(self.strip(online=False)))
        self.settle()

    def pass_s(self, seconds: float) -> None:
        self.clock.mono += seconds
        self.window._on_page_changed()
        self.settle()

    # ------------------------------------------------------------ eyes

    @property
    def drawn(self) -> Any:
        return self.section._drawn

    @property
    def model(self) -> Any:
        return self.drawn._model

    @property
    def box(self) -> Any:
        return self.window._sheet

    def close_button(self) -> str:
        """What the one button says; empty if it is not there."""
        return next((b.accessibleName() for b in self.drawn.close_row.buttons.values() if b.key == "F8"), "")

    def states(self) -> list[str]:
        return [step.state for step in self.model.steps]


_DOWN = DeviceView(Link.DOWN, "net.unreachable", EVENING)
