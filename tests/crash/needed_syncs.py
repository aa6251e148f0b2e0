"""Leave out one sync of a record at a time: does the checker notice? It tells which syncs a sale stands on.

A sync that can be left out unnoticed is no fault: SQLite syncs some things twice, and drafts are synced before anybody
is told of them. But a commit whose sync is not missed by anyone would mean that the checker looks away.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crash.disk import Disk, Image, Mark, Step, Sync, SyncFolder
from tests.crash.disk_record import BEGUN
from tests.crash.images import images, put
from tests.crash.power_cut import W, ram_folder


@dataclass(slots=True)
class Ablation:
    """How many syncs were left out, one at a time, and of which kinds those are that nobody missed."""

    left_out: int = 0
    images: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    unmissed: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"{self.left_out} syncs left out one at a time, {self.images} images; missed: {dict(self.missed)}; "
            f"not missed: {dict(self.unmissed)}"
        )


def each_left_out(
    steps: list[Step],
    new_world: Callable[[], W],
    judge: Callable[[Path, W], list[str]],
    *,
    seed: int,
    once: bool = False,
) -> Ablation:
    """Leave out each sync after the beginning and judge until the next sync of the same thing.

    Args:
        steps: the record.
        new_world: knows nothing yet.
        judge: starts on a folder and says what is wrong.
        seed: of mixtures.
        once: a thing whose sync has been missed is not tried again; for a run of seconds.
    """
    result, disk, world, base = Ablation(), Disk(), new_world(), ram_folder()
    names: dict[int, str] = {}
    begun = next(number for number, step in enumerate(steps) if isinstance(step, Mark) and step.kind == BEGUN)
    try:
        for number, step in enumerate(steps):
            names |= {file: name for name, file in disk.known_names()}
            if number > begun and isinstance(step, Sync | SyncFolder):
                kind = f"{names[step.file]} {world.story}" if isinstance(step, Sync) else f"{step.folder}/"
                if once and kind in result.missed:
                    disk.take(step)
                    continue
                result.left_out += 1
                noticed = False
                for image, knowing in _without(steps, number, deepcopy(disk), deepcopy(world), seed):
                    result.images += 1
                    put(image, base / "image")
                    noticed = bool(judge(base / "image" / "till", knowing))
                    shutil.rmtree(base / "image")
                    if noticed:
                        break
                (result.missed if noticed else result.unmissed)[kind] += 1
            if isinstance(step, Mark) and number > begun:
                world.take(step)
            disk.take(step)
    finally:
        shutil.rmtree(base)
    return result


def _without(steps: list[Step], left_out: int, disk: Disk, world: W, seed: int) -> Iterator[tuple[Image, W]]:
    """What a cut may leave between the sync that was left out and the next of the same thing."""
    chance, after = Random(seed), steps[left_out + 1 :]
    for step in after:
        if isinstance(step, Mark):
            world.take(step)
            if step.kind in ("committed", "told", "issuer", "paper", "number", "kept", "closed"):
                yield disk.image([], []), world
        elif step == steps[left_out]:
            break
        else:
            disk.take(step)
    for _, image in images(disk, chance, thorough=False):
        yield image, world
