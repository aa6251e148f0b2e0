"""The power goes at any moment: what the world had been told stands, what it had not been told is whole or absent."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.crash.disk import Disk, Image, Named, Resize, Sync, SyncFolder, Write, applied, sectors
from tests.crash.disk_record import RecordError, _Reader
from tests.crash.needed_syncs import each_left_out
from tests.crash.power_cut import recorded
from tests.crash.stories import LAZY, LYING, PAPER_FIRST, STORIES, Story, cut_twice

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace records the disk (Linux)")
SYNC_POINTS = {"day": 120, "day with checkpoints": 240, "killed": 90, "set-up": 40, "upgrade": 26, "way back": 36}
"""The least number that a story must have: fewer, and the record or the till no longer syncs what it should."""


@needs_strace
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_whatever_a_power_cut_leaves_nothing_is_lost_or_doubled(story: Story) -> None:
    """A share of all images with a fresh seed; `python -m tests.crash --power-cuts --all` takes every one."""
    seed = time.time_ns() % 1_000_000
    found = story.cut(seed=seed, share=story.bounded_share)
    assert found.violations == [], f"seed {seed}"
    assert found.sync_points >= SYNC_POINTS[story.name]
    assert found.images >= 100


@needs_strace
def test_a_second_power_cut_during_the_start_after_the_first_changes_nothing() -> None:
    """Recovery, settling and the next sale are cut as the day was."""
    seed = time.time_ns() % 1_000_000
    found = cut_twice(2, seed=seed, share=0.05)
    assert found.violations == [], f"seed {seed}"
    assert found.sync_points >= 20


@needs_strace
@pytest.mark.parametrize("story", [LYING, LAZY], ids=lambda story: story.name)
def test_the_checker_notices_a_journal_that_does_not_sync_each_commit(story: Story) -> None:
    """Told commits are gone, value handed over is forgotten, the issuer's doings are unknown."""
    kinds = {what.partition(": ")[2] for what in story.cut(seed=1, share=0.005, stop_after=200).violations}
    assert {"a commit that was told is gone", "a bill number may be given twice"} <= kinds
    assert any("value was handed over" in kind for kind in kinds)
    assert any("used at the issuer, unknown to us" in kind for kind in kinds)


@needs_strace
def test_the_checker_notices_a_slip_that_is_begun_before_that_is_on_disk() -> None:
    """The plug between paper and record: the same original a second time."""
    violations = PAPER_FIRST.cut(seed=1, share=0.05).violations
    assert violations
    assert all("a slip came out twice" in what for what in violations)


@needs_strace
def test_every_sync_of_a_small_file_is_missed_when_it_is_left_out() -> None:
    """Key, secrets, settings, environment, each file and its name: none is synced for nothing, none is unwatched."""
    (setup,) = (story for story in STORIES if story.name == "set-up")
    left_out = each_left_out(recorded(*setup.words), setup.world, setup.judge, seed=1, once=True)
    missed = {what.split(" ")[0] for what in left_out.missed}
    files = {f"till/{name}.part" for name in ("key", "keystore.json", "secrets.bin", "settings.json", "environment")}
    assert files | {"till/", "till/journal.db-wal", "till/journal.db"} <= missed


@needs_strace
def test_the_checker_notices_a_disk_whose_syncs_lie() -> None:
    """No program survives that; an instrument that says otherwise is blind."""
    found = STORIES[0].cut(seed=1, share=0.01, lies=True, stop_after=1)
    assert found.violations


def test_only_what_was_synced_is_certain() -> None:
    """The rules of the disk that all this stands on."""
    disk = Disk()
    for step in (Named("a", 1), Write(1, 0, b"first"), Sync(1), Write(1, 0, b"later"), Resize(1, 2)):
        disk.take(step)
    assert disk.image([], []) == Image()  # no name, no file
    assert disk.image([], disk.names) == Image(files={"a": b"first"})
    assert disk.image(disk.changes, disk.names) == Image(files={"a": b"la"})
    disk.take(SyncFolder("."))
    disk.take(Named("b", 1, was="a"))
    assert disk.image([], []) == Image(files={"a": b"first"})
    assert disk.image([], disk.names) == Image(files={"b": b"first"})


def test_a_write_is_torn_where_sectors_begin() -> None:
    """The pieces are the write, whole sectors apart from its ends."""
    write = Write(1, 500, bytes(range(256)) * 5)
    pieces = sectors(write)
    assert [piece.offset for piece in pieces] == [500, 512, 1024, 1536]
    assert applied(b"", list(pieces)) == applied(b"", [write])


def test_threads_that_only_take_memory_do_not_spoil_a_record(tmp_path: Path) -> None:
    """A PIN's hash takes some; a write whose place in the order cannot be told does spoil it."""
    memory = [
        "7 mmap(NULL, 8392704, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0 <unfinished ...>",
        "8 +++ exited with 0 +++",
        "7 <... mmap resumed>)               = 0x7fdc8d91c000",
    ]
    assert list(_Reader(tmp_path).read(iter(memory))) == []
    for line in ("7 mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, 5, 0 <unfinished ...>", "7 fsync(5 <unfinished ...>"):
        with pytest.raises(RecordError, match="two threads"):
            list(_Reader(tmp_path).read(iter([line])))
