"""Every planted bug is caught, and the engine without one is not accused."""

from __future__ import annotations

import inspect
import json

import pytest

from pos.domain import schedule
from tests.simulation.bugs.__main__ import KNOWN, LONG, SHORT
from tests.simulation.bugs.catalogue import BUGS
from tests.simulation.bugs.hunt import hunt
from tests.simulation.bugs.planting import Bug, Drifted, together, words

_KNOWN = json.loads(KNOWN.read_text())
_MORE = (*((seed, SHORT) for seed in range(1, 41)), *((seed, LONG) for seed in range(1, 41)))
"""Where to look when the known world has become another one: the seeds stay, the worlds change with the simulator.
`python -m tests.simulation.bugs --write` finds the new ones, and this test is quick again."""


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    """In the world where it was caught before, or in another one."""
    known = _KNOWN[bug.name]
    assert hunt(bug, [(known["seed"], known["steps"]), *_MORE]).by, bug.sentence


def test_the_same_worlds_without_a_bug_are_sound() -> None:
    """What catches a bug is the bug, not the world: a sample of the catching worlds is quiet without it."""
    sound = Bug("none", "Nothing is wrong.", together)
    worlds = sorted({(known["seed"], known["steps"]) for known in _KNOWN.values()})[:6]
    assert hunt(sound, worlds).by == ""


def test_there_are_enough_of_them_and_each_has_its_own_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 25
    assert _KNOWN.keys() == {bug.name for bug in BUGS}


def test_a_bug_is_gone_when_its_time_is_over() -> None:
    before = inspect.unwrap(schedule.proves_unused).__code__
    with words(schedule.proves_unused, ("since_request_s >= (WEAK_LOOKS_S[-1] if weak else PROOF_AFTER_S)", "True")):
        assert schedule.proves_unused(0.0, server_answered=False)
    assert schedule.proves_unused.__code__ is before
    assert not schedule.proves_unused(0.0, server_answered=False)


def test_a_bug_that_no_longer_fits_the_engine_is_told() -> None:
    with pytest.raises(Drifted), words(schedule.proves_unused, ("words that are not there", "True")):
        pass
