"""Pull the plug, by the thousand.

python -m tests.crash --power-cuts [--all] [--seed S]     every disk that a power cut may leave
python -m tests.crash --needed-syncs                      which syncs a sale stands on: each left out once
python -m tests.crash --kills N [--seed S]                a running till killed at random moments
python -m tests.crash --kills N --damaged [--seed S]      the same, and its journal damaged before the next start
python -m tests.crash --issuer-kills N [--story NAME]     the same in sales, bookings and e-vouchers, N of each
"""

from __future__ import annotations

import argparse
import re
import sys
import time

from tests.crash.kill import kills
from tests.crash.kill_issuers import STORIES as STORIES_OF_ISSUERS
from tests.crash.kill_issuers import Town, issuer_kills, open_town
from tests.crash.needed_syncs import each_left_out
from tests.crash.power_cut import Found, recorded
from tests.crash.stories import LAZY, LYING, STORIES, cut_twice


def power_cuts(*, everything: bool, seed: int) -> int:
    """All stories; prints counts; returns the number of violations."""
    violations = images = 0
    for story in STORIES:
        say(f"{story.name}: {story.about}")
        found = story.cut(seed=seed, share=1.0 if everything else story.bounded_share, tell=say)
        violations, images = violations + _reported(story.name, found), images + found.images
    say("cut twice: the start after a cut, and the sale after it, are cut again")
    found = cut_twice(24 if everything else 2, seed=seed, share=1.0 if everything else 0.1, tell=say)
    violations, images = violations + _reported("cut twice", found), images + found.images
    say(f"{images} images, {violations} violations")
    return violations + _checked_checker(seed)


def _reported(name: str, found: Found) -> int:
    say(f"{name}: {found}")
    for what in found.violations[:20]:
        say(f"  VIOLATION {what}")
    return len(found.violations)


def _checked_checker(seed: int) -> int:
    """Faults that no till survives, each of which must be noticed; returns how many were not."""
    faulty = {
        LYING.about: LYING.cut(seed=seed, share=0.01, stop_after=400),
        LAZY.about: LAZY.cut(seed=seed, share=0.01, stop_after=400),
        "a disk whose syncs lie": STORIES[0].cut(seed=seed, share=0.01, lies=True, stop_after=20),
    }
    for about, found in faulty.items():
        kinds = {re.sub(r"^.*?: (B[0-9]+: )?", "", what) for what in found.violations}
        say(f"the checker is checked: {about}: noticed in {found.images} images, {len(kinds)} kinds of violation")
    return sum(not found.violations for found in faulty.values())


def say(text: str) -> None:
    """Progress, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line; 0 only if nothing was violated."""
    reader = argparse.ArgumentParser(prog="python -m tests.crash")
    reader.add_argument("--power-cuts", action="store_true")
    reader.add_argument("--all", action="store_true", help="every image instead of a share")
    reader.add_argument("--needed-syncs", action="store_true", help="leave out each sync, one at a time")
    reader.add_argument("--kills", type=int, default=0, metavar="N")
    reader.add_argument("--damaged", action="store_true", help="of the kills: hurt the journal after each chain")
    reader.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    reader.add_argument("--issuer-kills", type=int, default=0, metavar="N")
    reader.add_argument("--story", choices=STORIES_OF_ISSUERS, help="of the kills at the issuers: only this one")
    reader.add_argument("--unchecked", action="store_true", help="do not check the checker of those kills")
    given = reader.parse_args()
    say(f"seed {given.seed}")
    violations = power_cuts(everything=given.all, seed=given.seed) if given.power_cuts else 0
    for story in STORIES if given.needed_syncs else ():
        left_out = each_left_out(recorded(*story.words), story.world, story.judge, seed=given.seed)
        say(f"{story.name}: {left_out}")
    if given.kills:
        toll = kills(given.kills, seed=given.seed, damaged=given.damaged, tell=say)
        say(str(toll))
        say("what the kills left: " + ", ".join(f"{what} {count}" for what, count in toll.found.most_common()))
        violations += len(toll.violations)
        if given.damaged:
            return 1 if violations else 0
        hasty = kills(200, seed=given.seed, hasty=True)
        say(f"the checker is checked: a cashier who hands over before the verdict is noticed after {hasty.kills} kills")
        violations += not hasty.violations
    if given.issuer_kills:
        with open_town() as town:
            for name in (given.story,) if given.story else STORIES_OF_ISSUERS:
                violations += _killed_at_issuers(town, name, given.issuer_kills, seed=given.seed)
                violations += 0 if given.unchecked else _checked_judge(town, name, seed=given.seed)
    return 1 if violations else 0


def _killed_at_issuers(town: Town, story: str, count: int, *, seed: int) -> int:
    """Prints what happened; returns the number of violations."""
    losses = issuer_kills(town, story, count, seed=seed, tell=say)
    say(str(losses))
    say("what the kills left: " + ", ".join(f"{what} {times}" for what, times in losses.left.most_common()))
    say("told before a kill: " + ", ".join(f"{what} {times}" for what, times in sorted(losses.told.items())))
    say("ended as: " + ", ".join(f"{what} {times}" for what, times in losses.ends.most_common()))
    return len(losses.violations)


def _checked_judge(town: Town, story: str, *, seed: int) -> bool:
    """Whether a fault that must be noticed was not."""
    hasty = issuer_kills(town, story, 100, seed=seed, hasty=True)
    say(f"the checker is checked: people who hand over before the verdict are noticed after {hasty.kills} kills")
    return not hasty.violations


if __name__ == "__main__":
    sys.exit(main())
