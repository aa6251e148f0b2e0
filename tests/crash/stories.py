"""Which stories are recorded and cut, and who judges each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.crash.judge_day import World, judge_day
from tests.crash.judge_setup import Setup, judge_setup
from tests.crash.judge_upgrade import Schema, judge_back, judge_upgrade
from tests.crash.power_cut import Found, cuts, judged, recorded


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
          ("day", "4000"), World, judge_day, 0.012),
    Story("day with checkpoints", "the same, the log folded back into the file every few pages",
          ("day", "8"), World, judge_day, 0.01),
    Story("killed", "three starts, two of them after a kill in mid-call", ("killed",), World, judge_day, 0.015),
    Story("set-up", "first start, settings, secrets, people, another environment",
          ("setup",), Setup, judge_setup, 0.04),
    Story("upgrade", "a journal of the first schema brought to today's, with its backup",
          ("upgrade",), Schema, judge_upgrade, 0.07),
    Story("way back", "the same journal brought back to the first schema", ("back",), Schema, judge_back, 0.07),
)  # fmt: skip

LYING = Story("no syncs", "the day again with SQLite told not to sync: the checker must notice",
              ("day", "4000", "OFF"), World, judge_day, 0.01)  # fmt: skip
LAZY = Story("late syncs", "the day again with SQLite told to sync at checkpoints only: the checker must notice",
             ("day", "4000", "NORMAL"), World, judge_day, 0.01)  # fmt: skip

PAPER_FIRST = Story("paper first", "slips come out before it is on disk that they are begun: the checker must notice",
                    ("paper_first",), World, judge_day, 0.2)  # fmt: skip


def cut_twice(times: int, *, seed: int, share: float = 1.0, tell: Callable[[str], None] = lambda _: None) -> Found:
    """Cut the power in the day, start on what is left, and cut it again during that start and the sale after it.

    Args:
        times: how many images of the first cut are taken, at random.
        seed: of which, and of the second cuts.
        share: of the second cuts' images.
        tell: hears of progress.
    """
    total, chance = Found(), Random(seed)
    steps, world = recorded(*STORIES[1].words), World()
    some = sorted(chance.sample(range(len(steps) * 2), times))
    for count, (number, how, image) in enumerate(cuts(steps, world, seed=seed, share=0.5)):
        if not some:
            break
        if count < some[0] or not world.opened or world.issuer["late"]:
            continue
        some.pop(0)
        known = json.dumps({"vouchers": world.issuer["vouchers"], "since_noon_s": world.since_noon_s})
        second = recorded("again", known, before=image)
        found = judged(second, partial(replace, world), judge_day, seed=seed, share=share)
        total.add(found)
        total.violations += [f"first cut before step {number}, {how}; {what}" for what in found.violations]
        tell(f"  {len(some)} first cuts to go: {total}")
    return total
