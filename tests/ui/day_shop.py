"""A window on the manager's day, over fakes: for tests and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from pos.till.review.day_views import Query
from pos.till.views import Environment, StripView
from pos.ui.look import Look
from pos.ui.manager.day.screen import DayScreen
from pos.ui.manager.day.section import DaySection
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from tests.ui.fake_day import FakeReads, FakeSaved, ShopClock, fake_desk
from tests.ui.fake_till import HUONG, strip
from tests.ui.office import ManagerOffice


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


class Shop(ManagerOffice):
    """The window."""

    section: DaySection

    def __init__(
        self,
        reads: FakeReads,
        language: str = "vi",
        size: tuple[int, int] = (1024, 768),
        theme: ThemeName = ThemeName.LIGHT,
        scale: int = 100,
    ) -> None:
        self.reads, self.saved, self.exports = reads, FakeSaved(), FakeExports()
        self.others = [OtherSection("cases"), OtherSection("closing")]
        super().__init__(language, size, theme, scale)

    def strip(self) -> StripView:
        return strip(Environment.SANDBOX, HUONG)

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

    def open(self) -> None:
        """Go to the page; nothing has been answered yet."""
        self.window.navigation.open_screen(Screen.MANAGER)
        self.settle()

    def type(self, text: str) -> None:
        """Search for this."""
        self.drawn.take_letter(text)
        self.drawn._entered(text)
        self.settle()

    def close_box(self) -> None:
        """Away with the box that is open."""
        self.box.dismiss()
        self.settle()

    @property
    def drawn(self) -> DayScreen:
        """The section's screen."""
        assert self.section._drawn is not None
        return self.section._drawn
