"""A window with the closing section open, over a desk without an engine: for tests and pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos.till.review.closing import ClosingView
from pos.till.views import DeviceView, Environment, Link, StripChanged, StripView
from pos.ui.manager.closing.around import Around
from pos.ui.manager.closing.section import ClosingSection
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.theme import ThemeName
from tests.ui.fake_closing import EVENING, LABELS, FakeClosingDesk
from tests.ui.fake_till import EVERYONE, ManualClock, strip
from tests.ui.hands import KEYS
from tests.ui.office import ManagerOffice
from tests.ui.test_manager import PlainSection

ORDER = ("day", "cases", "closing", "statement", "levels", "audit", "setup")


class Evening(ManualClock):
    """The end of the day."""

    def now_utc(self) -> datetime:
        return EVENING + timedelta(seconds=self.mono - 1000.0)


class ClosingOffice(ManagerOffice):
    """The closing section in sight."""

    def __init__(
        self, language: str = "vi", size: tuple[int, int] = (1024, 768), theme: ThemeName = ThemeName.LIGHT
    ) -> None:
        self.desk = FakeClosingDesk()
        self.printed_now = 0
        self.plain = {name: PlainSection(name) for name in ORDER if name != "closing"}
        super().__init__(language, size, theme, clock=Evening())

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
        self.window.screens.show_changed_page()
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
        return self.window.box.sheet

    def close_button(self) -> str:
        """What the one button says; empty if it is not there."""
        return next((b.accessibleName() for b in self.drawn.close_row.buttons.values() if b.key == "F8"), "")

    def states(self) -> list[str]:
        return [step.state for step in self.model.steps]


_DOWN = DeviceView(Link.DOWN, "net.unreachable", EVENING)
