"""Small files that hold secrets: readable by their owner only, replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

from pos.domain.errors import SecurityError
from pos.durable import make_folder, replace_file


def write_private(path: Path, data: bytes) -> None:
    """Put `data` at `path` (0600), flushed: after a power cut either the old file stands or the new one.

    Raises:
        SecurityError: `secrets.not_written`: full disk, read-only or forbidden folder; the old file stands.
    """
    try:
        make_folder(path.parent)
        replace_file(path, data)
    except OSError as error:
        raise SecurityError("secrets.not_written", file=path.name) from error


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
