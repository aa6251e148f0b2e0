"""Small files that hold secrets: readable by their owner only, replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pos.domain.errors import SecurityError


def write_private(path: Path, data: bytes) -> None:
    """Put `data` at `path` (0600), flushed: after a power cut either the old file stands or the new one.

    Raises:
        SecurityError: `secrets.not_written`: full disk, read-only or forbidden folder; the old file stands.
    """
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise SecurityError("secrets.not_written", file=path.name) from error


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there; the rename is journalled by the file system
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_private(path: Path) -> bytes | None:
    """The file's bytes, None if there is no such file.

    Raises:
        SecurityError: `secrets.not_readable`.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecurityError("secrets.not_readable", file=path.name) from error
