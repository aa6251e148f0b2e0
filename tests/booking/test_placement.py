"""Whatever fails, wherever: one redeem and one effective commit at most, money exactly as signed, nothing ownerless.

`python -m tests.booking.placement --pairs` tells every pair.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.booking.placement import STORIES, Place, faults_of, singles

_PAIRS = 40
_SOME = 24


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with closing(Place()) as place:
        yield place


def test_every_fault_at_every_call(place: Place) -> None:
    assert {tuple(run.plan.items()): run.wrong for run in singles(place) if run.wrong} == {}


@pytest.mark.parametrize("story", [story for story in STORIES if story != "voucher"])
def test_some_faults_where_it_ends_otherwise(place: Place, story: str) -> None:
    dice, ports = random.Random(story), place.tell({}, story).visited[:30]
    numbers = dice.sample(range(1, len(ports) + 1), min(_SOME, len(ports)))
    plans = [{number: dice.choice(faults_of(ports[number - 1]))} for number in numbers]
    assert {tuple(plan.items()): wrong for plan in plans if (wrong := place.tell(plan, story).wrong)} == {}


def test_some_pairs_of_faults(place: Place) -> None:
    dice, wrong = random.Random(7), {}
    calm = place.tell({}).visited
    for _ in range(_PAIRS):
        first = dice.randrange(1, len(calm) + 1)
        plan = {first: dice.choice(faults_of(calm[first - 1]))}
        later = place.tell(plan).visited
        if len(later) > first:
            second = dice.randrange(first + 1, min(len(later), 60) + 1)
            run = place.tell({**plan, second: dice.choice(faults_of(later[second - 1]))})
            if run.wrong:
                wrong[tuple(run.plan.items())] = run.wrong
    assert wrong == {}


def test_every_story_ends_as_it_should(place: Place) -> None:
    ends = {story: place.tell({}, story).end for story in STORIES}
    assert ends == {
        "voucher": "used/taken/issued",
        "fails": "used/paid_back/payment_failed",
        "slow": "used/taken/issued",
        "refused": "used/paid_back/given_up",
        "differs": "used/not_taken/given_up",
    }
