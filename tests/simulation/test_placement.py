"""Every single fault at every port call of every scripted sale, and a seeded sample of the pairs.

The whole enumeration of pairs is a command: `python -m tests.simulation.placement --pairs`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.faults import AT_CONNECT, AT_READ, AT_WRITE, Fault
from tests.simulation.placement import Plan, Run, place, sampled_pairs, singles, tell, tell_all
from tests.simulation.shop import CRASH, Astray, options
from tests.simulation.stories import HASTY, PATIENT, STORIES

PAIRS_OF_EACH = 12
PORTS = {
    "direct": 24, "direct_two": 33, "reserving": 33, "reserving_two": 42, "reserving_then_dropped": 28,
    "reserving_expired": 45, "offline": 50, "offline_unchecked": 40, "drain": 22, "drain_reserving": 40,
    "inquiry_of_a_use": 15, "inquiry_of_nothing": 10, "one_bad": 30, "one_bad_reserving": 30, "over_20": 26,
    "sku": 27, "recheck": 7, "recheck_late": 7, "recheck_late_and_paid": 15,
}  # fmt: skip
"""The least number of port calls of each story: fewer, and the faults are not where they should be."""


@pytest.fixture(scope="module", autouse=True)
def folder() -> Iterator[Path]:
    with place() as folder:
        yield folder


def told(runs: list[Run]) -> str:
    """Commands that repeat what went wrong."""
    return "\n".join(f"{run.command}\n    {run.wrong[0]}" for run in runs[:5])


def _today() -> int:
    return int(time.time()) // 86_400


@pytest.mark.timeout(900)  # a busy machine
@pytest.mark.parametrize("story", STORIES)
def test_one_fault_anywhere_breaks_no_promise(story: str) -> None:
    """Whatever goes wrong once, wherever, at whichever cashier's: nothing lost, doubled, or told wrongly.

    Each day another quarter of the faults; `python -m tests.simulation.placement` places all of them.
    """
    jobs = singles(story)
    assert len({plan[0][0] for _, _, plan in jobs}) >= PORTS[story]
    bad = [run for job in jobs[_today() % 4 :: 4] for run in tell_all(job) if run.wrong]
    assert not bad, told(bad)


@pytest.mark.timeout(900)  # a busy machine
@pytest.mark.parametrize("story", STORIES)
def test_two_faults_break_no_promise(story: str) -> None:
    """Some pairs of all, other ones every day; the command that repeats a bad run is in the message."""
    pairs = list(sampled_pairs(story, PAIRS_OF_EACH, _today()))
    bad = [run for job in pairs for run in tell_all(job) if run.wrong]
    assert len(pairs) == PAIRS_OF_EACH
    assert not bad, told(bad)


def test_the_same_plan_is_the_same_run() -> None:
    """A placement can be repeated: same port calls, same end."""
    plan: Plan = ((12, Fault.LATE), (19, CRASH))
    first, second = tell("direct", PATIENT, plan), tell("direct", PATIENT, plan)
    assert first.trace == second.trace
    assert len(first.trace) > 24, "the crash and what follows it are part of the run"


def test_a_fault_that_has_no_place_is_not_skipped_in_silence() -> None:
    """A plan for another version of the story says so."""
    run = tell("direct", HASTY, ((2, "mute"),))
    assert run.wrong[0].startswith(f"stumbled: {Astray.__name__}")


def test_every_kind_of_fault_has_its_place() -> None:
    """No fault of the network is left out of the options, and every port call can be a power cut."""
    ports = ["net.connect", *(f"net.{at} {op}" for at in ("write", "read") for op in ("check", "mark_use", "reserve"))]
    placed = {what for port in ports for what in options(port, 3)}
    assert {str(fault) for fault in (*AT_CONNECT, *AT_WRITE, *AT_READ)} <= placed
    for story in STORIES:
        places = [place for _, _, plan in singles(story) for place in plan]
        assert {number for number, _ in places} == {number for number, what in places if what == CRASH}
