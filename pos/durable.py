"""Files and folders that a power cut leaves whole: the old one or the new one, never half of one, never none.

A name is on the disk for certain only when its folder was synced, and bytes only when their file was. A rename without
either may leave an empty file, a file of zeros, or the old name.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` at `path`, readable by its owner only; on the disk when this returns. The folder exists.

    Raises:
        OSError: not written; the old file stands.
    """
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    flush_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make the folder and those above it if they are missing, for their owner only; on the disk when this returns.

    Raises:
        OSError: it cannot be made.
    """
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        flush_way_to(path)


def flush_file(path: Path) -> None:
    """Return when the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(path: Path) -> None:
    """Return when names made or changed in the folder are on the disk.

    Nothing to do on Windows: a folder cannot be opened there, and the file system journals its names.
    """
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_way_to(path: Path) -> None:
    """Return when the folder's own name, and those of the folders above it, are on the disk."""
    for parent in path.absolute().parents:
        with contextlib.suppress(OSError):  # folders above that are not ours to open were not made by us either
            flush_folder(parent)
