"""Pictures of the levels section: `python -m tests.ui.shots_levels OUT [language] [width] [theme]`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pos.domain.business_date import local_date
from pos.domain.level_counts import Count
from pos.domain.levels import End, What, bucket_of
from pos.till.review.levels import LevelDesk
from pos.ui.manager.levels.section import LevelsSection
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.office import ManagerOffice
from tests.ui.test_manager import PlainSection

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
LABELS = {"gotit": "Got It", "vinid": "VinID", "gotadi": "Gotadi", "appotapay": "AppotaPay"}


def day(dice: random.Random, on: date, slow: str = "", *, line_down: bool = False, alone: str = "") -> list[Count]:
    """A day's counts."""
    text, found = on.isoformat(), []
    for hour in range(8, 21):
        for issuer in LABELS:
            middle = 4_000 if issuer == slow else 350
            for _ in range(dice.randrange(4, 14)):
                took = bucket_of(dice.lognormvariate(0, 0.5) * middle)
                found.append(Count(text, hour, What.ASK, issuer, took, 1))
                found.append(Count(text, hour, What.VERDICT, issuer, took + 2, 1))
                found.append(Count(text, hour, What.CHANGE, issuer, took + 4, 1))
                found.append(Count(text, hour, What.ENDED, issuer, End.KNOWN, 1))
        found.append(Count(text, hour, What.SLIP, "", 0, 20))
    if line_down:
        found += [Count(text, 11, What.OFFLINE, issuer, minute, 60) for issuer in LABELS for minute in range(12, 43)]
        found += [Count(text, 17, What.OFFLINE, issuer, minute, 50) for issuer in LABELS for minute in range(3, 9)]
    if alone:
        found += [Count(text, 9, What.OFFLINE, alone, minute, 60) for minute in range(12)]
        found += [Count(text, 9, What.REACHED, "gotit", minute, 1) for minute in range(12)]
        found += [Count(text, 9, What.ENDED, alone, End.UNKNOWN, 9), Count(text, 9, What.SILENT, alone, 0, 14)]
    return found


class Counted:
    """A week that was counted."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self.counts = counts

    def levels(self, first: date, last: date) -> Sequence[Count]:
        return [one for one in self.counts if first.isoformat() <= one.business_date <= last.isoformat()]

    def measured_since(self) -> date | None:
        return min((date.fromisoformat(one.business_date) for one in self.counts), default=None)


def a_week() -> list[Count]:
    dice = random.Random(4)
    found = []
    for back in range(6):
        on = TODAY - timedelta(days=back)
        found += day(dice, on, "vinid" if back == 2 else "", line_down=back == 1, alone="gotadi" if back == 4 else "")
    found.append(Count(TODAY.isoformat(), 9, What.SLIP, "", 1, 30))
    return found


class LevelsOffice(ManagerOffice):
    """The levels section open and read."""

    def __init__(self, camera: Camera, counts: Sequence[Count]) -> None:
        self.desk = LevelDesk(Counted(counts))
        super().__init__(camera.language, camera.size, camera.theme)
        self.press("F9", "Ctrl+5")
        self.run()

    def _sections(self, acting: Acting) -> tuple[Section, ...]:
        del acting
        self.section = LevelsSection(self.desk, self.review, LABELS, lambda: local_date(NOW))
        before = (PlainSection(name) for name in ("day", "cases", "closing", "statement"))
        return (*before, self.section, PlainSection("audit"))


def draw(camera: Camera) -> None:
    s = LevelsOffice(camera, a_week())
    camera.take(s.window, "week")
    for name in ("today", "line-down", "vinid-slow"):
        s.press("Left")
        camera.take(s.window, name)
    s.press("Left", "Left")
    camera.take(s.window, "gotadi-down")
    s.close()
    empty = LevelsOffice(camera, ())
    camera.take(empty.window, "empty")
    empty.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
