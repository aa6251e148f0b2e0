"""A window on the manager's day, over fakes: for tests and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from pos.till.ports import Person
from pos.till.review.day_views import Query
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.look import Look
from pos.ui.manager.day.screen import DayScreen
from pos.ui.manager.day.section import DaySection
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.section import Section
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from tests.ui.fake_day import FakeReads, FakeSaved, ShopClock, fake_desk
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip


class FakeExports:
    """Notes what is to be exported."""

    def __init__(self) -> None:
        self.opened: list[tuple[Query, int]] = []

    def open(self, screen: PageScreen, query: Query, rows: int) -> None:
        del screen
        self.opened.append((query, rows))

    def take_event(self, event: object) -> bool:
        del event
        return False


class _Elsewhere(PageScreen):
    """Another section, empty."""

    def refresh(self) -> None:
        pass

    def focus_home(self) -> None:
        self.setFocus()

    def press(self, name: str) -> bool:
        del name
        return False


class OtherSection:
    """A section that notes when it comes into sight."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen = 0

    def build(self, look: Look) -> PageScreen:
        del look
        return _Elsewhere()

    def take_event(self, event: object) -> bool:
        del event
        return False

    def opened(self) -> None:
        self.seen += 1

    def closed(self) -> None:
        pass

    def waiting(self) -> int:
        return 0


class Shop:
    """The window. `review.run()` lets questions be answered."""

    section: DaySection

    def __init__(
        self,
        reads: FakeReads,
        language: str = "vi",
        size: tuple[int, int] = (1024, 768),
        theme: ThemeName = ThemeName.LIGHT,
        scale: int = 100,
    ) -> None:
        self.clock, self.till, self.review = ManualClock(), FakeTill(), FakeReview()
        self.reads, self.saved, self.exports = reads, FakeSaved(), FakeExports()
        self.others = [OtherSection("cases"), OtherSection("closing")]
        self.page = ManagerPage(self.review, self._pin, self._sections)
        config = UiConfig(
            choices=Choices(language=language, theme=theme, volume_percent=0, scale_percent=scale), store="03",
            till="2", environment=Environment.SANDBOX, mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, size=size,
            maximised=False, pages=(self.page,),
        )  # fmt: skip
        self.window = build_window(self.till, config)
        self.review.subscribe(self.window.bridge.happened.emit)
        self.window.show()
        self.till.say(StripChanged(strip(Environment.SANDBOX, HUONG)))
        self.till.say(SignedIn(HUONG))
        self.settle()

    @staticmethod
    def _pin(pin: str) -> Person:
        del pin
        return HUONG

    def _sections(self, acting: Acting) -> Sequence[Section]:
        self.section = DaySection(
            self.review,
            fake_desk(self.reads, self.saved, ShopClock(self.clock)),
            now_utc=self.clock.now_utc,
            mono_s=self.clock.mono_s,
            who=lambda: acting.name,
            open_cases=lambda: self.reads.cases,
            exporting=self.exports,
        )
        return (self.section, *self.others)

    def settle(self) -> None:
        """Let queued events arrive and be drawn."""
        for _ in range(6):
            application().processEvents()

    def open(self) -> None:
        """Go to the page; nothing has been answered yet."""
        self.window.open_screen(Screen.MANAGER)
        self.settle()

    def run(self) -> None:
        """Let everything be answered, and what follows from it."""
        for _ in range(3):
            self.review.run()
            self.settle()

    def press(self, key: str) -> None:
        """A key that the window gets."""
        self.window._keyboard.press(key)
        self.settle()

    def type(self, text: str) -> None:
        """Search for this."""
        self.drawn.take_letter(text)
        self.drawn._entered(text)
        self.settle()

    def close_box(self) -> None:
        """Away with the box that is open."""
        assert self.window._sheet is not None
        self.window._sheet.dismiss()
        self.settle()

    @property
    def drawn(self) -> DayScreen:
        """The section's screen."""
        assert self.section._drawn is not None
        return self.section._drawn
