"""Folders that a file may go to: sticks that are plugged in, the person's documents, where copies go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pos.paths import documents_dir
from pos.till.review.exports import Place, PlaceKind

_MOST_STICKS = 3
_REMOVABLE = 2  # Windows: DRIVE_REMOVABLE


def find_places(
    copy_folder: str, *, media: tuple[Path, ...] = (Path("/media"), Path("/run/media"))
) -> tuple[Place, ...]:
    """Those that are there now, the likeliest first.

    Args:
        copy_folder: as set; empty: none.
        media: where Linux mounts sticks, a folder a user.
    """
    found = [Place(PlaceKind.STICK, str(path), path.name or str(path)) for path in _sticks(media)][:_MOST_STICKS]
    found.append(Place(PlaceKind.DOCUMENTS, str(documents_dir())))
    if copy_folder:
        found.append(Place(PlaceKind.COPIES, copy_folder))
    return tuple(found)


def _sticks(media: tuple[Path, ...]) -> Iterator[Path]:
    if sys.platform == "win32":
        yield from _drives()
        return
    for folder in media:
        for user in _folders(folder):
            yield from (path for path in _folders(user) if path.is_mount())


def _folders(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return  # no such folder, or another user's


if sys.platform == "win32":

    def _drives() -> Iterator[Path]:
        import ctypes
        import string

        there = ctypes.windll.kernel32.GetLogicalDrives()
        for number, letter in enumerate(string.ascii_uppercase):
            path = f"{letter}:\\"
            if there & 1 << number and ctypes.windll.kernel32.GetDriveTypeW(path) == _REMOVABLE:
                yield Path(path)
