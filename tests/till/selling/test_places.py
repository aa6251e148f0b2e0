"""Money once, bought once, handed over once: with every single fault, and every pair, at every port call of a sale.

`QUAY_PLACES=all` runs every pair; without it a part of them, another one each day of the month.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import open_journal
from tests.till.selling.places import Place, Story, all_places

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
PAIRS_S = 9.0
"""What the pairs may take in the suite."""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has a place for it: a power cut here is an exception, no disk need be waited for."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty journal: making one takes longer than the story."""
    path = tmp_path_factory.mktemp("template") / "journal.db"
    open_journal(path, HandClock(), CountingChance()).close()
    return path


def found(folder: Path, template: Path, *places: Place) -> list[str]:
    """What goes wrong with these faults."""
    return [f"{' + '.join(map(str, places))}: {what}" for what in Story(folder, template, places).run()]


def test_without_a_fault_the_story_is_as_long_as_said(tmp_path: Path, template: Path) -> None:
    story = Story(tmp_path / "s", template, ())
    assert story.run() == []
    assert (story.seller.calls, story.disk.count, story.rig.printer.count) == (["buy"], 5, 1)  # type: ignore[attr-defined]


def test_every_single_fault_at_every_place(tmp_path: Path, template: Path) -> None:
    wrong = []
    for number, place in enumerate(all_places()):
        wrong += found(tmp_path / str(number), template, place)
    assert wrong == []


def test_every_pair_of_faults(tmp_path: Path, template: Path) -> None:
    pairs = list(itertools.combinations(all_places(), 2))
    pairs = [(one, two) for one, two in pairs if (one.port, one.number) != (two.port, two.number)]
    everything = os.environ.get("QUAY_PLACES") == "all"
    first = 0 if everything else (time.localtime().tm_mday * 997) % len(pairs)
    wrong, until = [], time.monotonic() + PAIRS_S
    tried = 0
    for number, pair in enumerate(pairs[first:] + pairs[:first]):
        if not everything and time.monotonic() > until:
            break
        wrong += found(tmp_path / str(number), template, *pair)
        tried += 1
    assert tried > 50
    assert wrong[:10] == []
