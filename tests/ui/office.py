"""A window in which Hương, the manager, is signed in: for tests and pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from pos.till.views import Environment, SignedIn, StripChanged, StripView
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.section import Section
from pos.ui.theme import ThemeName
from pos.ui.widgets.sheet import Sheet
from tests.ui.camera import settle
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip


def config_of(clock: ManualClock, language: str, size: tuple[int, int], theme: ThemeName, scale: int = 100) -> UiConfig:
    """A silent sandbox till of this look."""
    return UiConfig(
        choices=Choices(language=language, theme=theme, volume_percent=0, scale_percent=scale), store="03", till="2",
        environment=Environment.SANDBOX, mono_s=clock.mono_s, now_utc=clock.now_utc, size=size, maximised=False,
    )  # fmt: skip


class ManagerOffice(ABC):
    """The manager's page with the heir's sections; `run` lets the review service answer."""

    def __init__(
        self, language: str = "vi", size: tuple[int, int] = (1024, 768), theme: ThemeName = ThemeName.LIGHT,
        scale: int = 100, clock: ManualClock | None = None,
    ) -> None:  # fmt: skip
        application()
        self.clock, self.till, self.review = clock or ManualClock(), FakeTill(), FakeReview()
        self.page = ManagerPage(self.review, lambda _: HUONG, self._sections)
        config = config_of(self.clock, language, size, theme, scale)
        self.window = build_window(self.till, replace(config, pages=(self.page,)))
        self.review.subscribe(self.window.bridge.post)
        self.window.show()
        self.window.activateWindow()
        self.till.say(StripChanged(self.strip()))
        self.till.say(SignedIn(HUONG))
        self.settle()

    @abstractmethod
    def _sections(self, acting: Acting) -> Sequence[Section]:
        """What the page has."""

    def strip(self) -> StripView:
        """The state of the world."""
        return strip(Environment.SANDBOX)

    def settle(self) -> None:
        """Let queued events arrive and be drawn."""
        settle(application())

    def press(self, *names: str) -> None:
        """Keys that the window gets."""
        for name in names:
            if len(name) == 1:
                self.window._keyboard._type(name)
            else:
                self.window._keyboard.press(name)
            self.settle()

    def run(self) -> None:
        """What waits is answered, and what was asked because of it."""
        for _ in range(3):
            self.review.run()
            self.settle()

    @property
    def box(self) -> Sheet:
        """The box that is open."""
        assert self.window.box.sheet is not None
        return self.window.box.sheet

    def close(self) -> None:
        self.window.close()
