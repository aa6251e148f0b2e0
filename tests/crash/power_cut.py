"""Cut the power after every step of a recorded story, build every disk that may be left, start on each, and judge."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

from tests.crash.disk import Disk, Image, Mark, Step, Sync, SyncFolder
from tests.crash.disk_record import BEGUN, record
from tests.crash.images import fingerprint, images, put


class Knowing(Protocol):
    """What the world knows; grows with each mark."""

    story: str
    version: int

    def take(self, mark: Mark) -> None:
        """One mark."""


W = TypeVar("W", bound=Knowing)


@dataclass(slots=True)
class Found:
    """What came of one story's cuts."""

    moments: int = 0
    sync_points: int = 0
    images: int = 0
    by_story: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    took_s: float = 0.0

    def add(self, other: Found) -> None:
        """Count another story's cuts in, without its violations."""
        self.moments += other.moments
        self.sync_points += other.sync_points
        self.images += other.images
        self.by_story.update(other.by_story)
        self.took_s += other.took_s

    def __str__(self) -> str:
        return (
            f"{self.moments} moments, {self.sync_points} sync points, {self.images} images, "
            f"{len(self.violations)} violations, {self.took_s:.0f} s"
        )


def ram_folder() -> Path:
    """Where images stand: in memory if the machine has a place for that."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
    return Path(tempfile.mkdtemp(prefix="power-cut-", dir=shared if shared.is_dir() else None))


def recorded(*story: str, before: Image | None = None) -> list[Step]:
    """The steps of a story of `tests.crash.recorded`, on an empty disk or on what another cut has left."""
    folder = ram_folder()
    try:
        root = folder / "disk"
        put(before or Image(), root)
        return record(["tests.crash.recorded", story[0], str(root / "till"), *story[1:]], root, before)
    finally:
        shutil.rmtree(folder)


def cuts(
    steps: list[Step], world: Knowing, *, seed: int, lies: bool = False, share: float = 1.0
) -> Iterator[tuple[int, str, Image]]:
    """Every image of every moment, each once for what the world knew then; `world` is as at the moment.

    Args:
        steps: the record.
        world: nothing known yet.
        seed: of mixtures and of the choice below.
        lies: the disk's syncs do nothing.
        share: of the images that are built, at random.
    """
    disk, chance, seen = Disk(lies=lies), Random(seed), set[tuple[int, int]]()
    begun = next(number for number, step in enumerate(steps) if isinstance(step, Mark) and step.kind == BEGUN)
    for number, step in enumerate(steps):
        if number <= begun:
            disk.take(step)
            continue
        for how, image in images(disk, chance, thorough=isinstance(step, Sync | SyncFolder), share=share):
            key = (fingerprint(image), world.version)
            if key not in seen:
                seen.add(key)
                yield number, how, image
        if isinstance(step, Mark):
            world.take(step)
        disk.take(step)


def judged(
    steps: list[Step],
    new_world: Callable[[], W],
    judge: Callable[[Path, W], list[str]],
    *,
    seed: int,
    lies: bool = False,
    share: float = 1.0,
    stop_after: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Found:
    """Judge every image (or, in a bounded run, a share of them).

    Args:
        steps: the record.
        new_world: knows nothing yet.
        judge: starts on a folder and says what is wrong.
        seed: see `cuts`.
        lies: see `cuts`.
        share: see `cuts`.
        stop_after: so many violations are enough.
        tell: hears of progress.
    """
    found, world, began = Found(), new_world(), time.monotonic()
    found.moments = len(steps)
    found.sync_points = sum(isinstance(step, Sync | SyncFolder) for step in steps)
    base, chance = ram_folder(), Random(seed)
    try:
        for number, how, image in cuts(steps, world, seed=seed, lies=lies, share=share):
            folder = base / f"{found.images}"
            put(image, folder)
            if chance.random() < 0.2 and (folder / "till").is_dir():
                # Memory that processes share is no storage: whatever is left of it must not matter.
                (folder / "till" / "journal.db-shm").write_bytes(chance.randbytes(32768))
            wrong = judge(folder / "till", world)
            shutil.rmtree(folder)
            found.images += 1
            found.by_story[world.story] += 1
            found.violations += [f"{world.story}, before step {number}, {how}: {what}" for what in wrong]
            if found.images % 500 == 0:
                tell(f"  step {number} of {len(steps)} ({world.story}): {found.images} images, "
                     f"{len(found.violations)} violations")  # fmt: skip
            if stop_after is not None and len(found.violations) >= stop_after:
                break
    finally:
        shutil.rmtree(base)
    found.took_s = time.monotonic() - began
    return found
