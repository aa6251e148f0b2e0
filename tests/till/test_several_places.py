"""Every single fault on a bill with two issuers, and a seeded sample of the pairs: `python -m tests.till.several_places
--pairs` tells them all.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.shop import memory_folder
from tests.till.several_places import MANNERS, _told, sampled_pairs, singles, tell

PLACES = 8
"""The least number of places: fewer, and the faults are not where they should be."""
PAIRS = 20


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    folder = memory_folder()
    yield folder / "journal"
    shutil.rmtree(folder)


@pytest.mark.timeout(300)  # a busy machine
@pytest.mark.parametrize("manner", MANNERS)
def test_one_fault_anywhere_breaks_no_promise(folder: Path, manner: str) -> None:
    plans = singles(folder, manner)
    assert len({plan[0][0] for plan in plans}) >= PLACES
    bad = [f"{_told(manner, plan)}: {wrong[0]}" for plan in plans if (wrong := tell(folder, manner, plan)[1])]
    assert bad == []


@pytest.mark.timeout(300)  # a busy machine
@pytest.mark.parametrize("manner", MANNERS)
def test_two_faults_break_no_promise(folder: Path, manner: str) -> None:
    """Some pairs of all, other ones every day."""
    plans = sampled_pairs(folder, manner, PAIRS, int(time.time()) // 86_400)
    bad = [f"{_told(manner, plan)}: {wrong[0]}" for plan in plans if (wrong := tell(folder, manner, plan)[1])]
    assert bad == []
