"""Which stories are recorded and cut, and who judges each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.judge_day import World, judge_day
from tests.crash.judge_setup import Setup, judge_setup
from tests.crash.judge_upgrade import Schema, judge_upgrade
from tests.crash.power_cut import Found, judged, recorded


@dataclass(frozen=True, slots=True)
class Story:
    """A recorded story.

    Args:
        words: for `tests.crash.recorded`.
        world: knows nothing yet.
        judge: starts on an image and says what is wrong.
        bounded_share: of its images, for a run of seconds.
    """

    name: str
    about: str
    words: tuple[str, ...]
    world: Callable[[], Any]
    judge: Callable[[Path, Any], list[str]]
    bounded_share: float

    def cut(
        self,
        *,
        seed: int,
        share: float = 1.0,
        lies: bool = False,
        stop_after: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Found:
        """Record it and judge what every power cut may leave."""
        return judged(
            recorded(*self.words), self.world, self.judge, seed=seed, share=share, lies=lies,
            stop_after=stop_after, tell=tell,
        )  # fmt: skip


STORIES = (
    Story("day", "every kind of sale, two restarts, the log folded back when the day ends",
          ("day", "4000"), World, judge_day, 0.03),
    Story("day with checkpoints", "the same, the log folded back into the file every few pages",
          ("day", "8"), World, judge_day, 0.04),
    Story("killed", "three starts, two of them after a kill in mid-call", ("killed",), World, judge_day, 0.05),
    Story("set-up", "first start, settings, secrets, people, another environment", ("setup",), Setup, judge_setup, 0.5),
    Story("upgrade", "a later schema, with its backup", ("upgrade",), Schema, judge_upgrade, 0.3),
)  # fmt: skip

LYING = Story("no syncs", "the day again with SQLite told not to sync: the checker must notice",
              ("day", "4000", "off"), World, judge_day, 0.01)  # fmt: skip
