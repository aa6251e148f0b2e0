"""Every disk that a power cut may leave at one moment: nothing, all, one missing, one alone, torn, any mixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.crash.disk import Change, Disk, Image, NameChange, Resize, Write, sectors

_MIXTURES = 3
"""Random mixtures of whole, torn and lost writes at each moment."""


def images(disk: Disk, chance: Random, *, thorough: bool, share: float = 1.0) -> Iterator[tuple[str, Image]]:
    """What may stand on the disk if the power goes now, each with how it came about.

    Args:
        disk: with everything that happened so far.
        chance: for the mixtures.
        thorough: also each pending write missing alone and there alone: worth it once for a set of pending writes,
            just before a sync takes them off the list.
        share: of the images that are built, at random.
    """
    for how_names, names in _names(disk.names, chance):
        for how, changes in _changes(disk, chance, thorough=thorough and how_names in ("all", "none")):
            if chance.random() < share:
                yield f"names {how_names}, data {how}", disk.image(changes, names)


def _names(pending: list[NameChange], chance: Random) -> Iterator[tuple[str, list[NameChange]]]:
    yield "all", pending
    if not pending:
        return
    yield "none", []
    if len(pending) > 1:
        for at in range(len(pending)):
            yield f"without {at}", pending[:at] + pending[at + 1 :]
            yield f"only {at}", [pending[at]]
        yield "mixed", [change for change in pending if chance.random() < 0.5]


def _changes(disk: Disk, chance: Random, *, thorough: bool) -> Iterator[tuple[str, list[Change]]]:
    pending = disk.changes
    yield "none", []
    if not pending:
        return
    yield "all", pending
    last = pending[-1]
    if isinstance(last, Write):
        yield from _torn(pending[:-1], last)
    yield "lengths only", [Write(file, end, b"") for file, end in _ends(pending).items()]
    yield "lengths and rubbish", list(_rubbish(disk, _ends(pending), chance))
    for number in range(_MIXTURES):
        yield f"mixed {number}", list(_mixed(pending, chance))
    if thorough and len(pending) > 1:
        for at in range(len(pending)):
            yield f"without {at}", pending[:at] + pending[at + 1 :]
            yield f"only {at}", [pending[at]]


def _torn(before: list[Change], last: Write) -> Iterator[tuple[str, list[Change]]]:
    pieces = sectors(last)
    if len(pieces) > 1:
        for count in sorted({1, len(pieces) // 2, len(pieces) - 1}):
            yield f"last torn after {count} sectors", [*before, *pieces[:count]]
            yield f"last torn before {count} sectors", [*before, *pieces[count:]]


def _ends(pending: list[Change]) -> dict[int, int]:
    """How long each file would be."""
    ends: dict[int, int] = {}
    for change in pending:
        end = change.size if isinstance(change, Resize) else change.offset + len(change.data)
        ends[change.file] = max(ends.get(change.file, 0), end)
    return ends


def _rubbish(disk: Disk, ends: dict[int, int], chance: Random) -> Iterator[Write]:
    """The files have grown, but the new bytes never came: what stood there before shows."""
    for file, end in ends.items():
        if (length := disk.length(file)) < end:
            yield Write(file, length, chance.randbytes(end - length))


def _mixed(pending: list[Change], chance: Random) -> Iterator[Change]:
    kept = chance.random()
    for change in pending:
        if chance.random() > kept:
            continue
        if isinstance(change, Write) and chance.random() < 0.3:
            yield from (piece for piece in sectors(change) if chance.random() < 0.5)
        else:
            yield change


def fingerprint(image: Image) -> int:
    """The same for two images that are the same, within one run of Python."""
    return hash((frozenset(image.folders), frozenset(image.files.items())))


def put(image: Image, root: Path) -> None:
    """Make the image a folder (`root` is empty or missing)."""
    root.mkdir(parents=True, exist_ok=True)
    for folder in sorted(image.folders):
        (root / folder).mkdir(mode=0o700, exist_ok=True)
    for name, content in image.files.items():
        (root / name).write_bytes(content)
