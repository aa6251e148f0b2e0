"""Small files that hold secrets: readable by their owner only, replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.durable import flush_folder, make_folder, replace_file


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


def wipe_private(path: Path) -> None:
    """Overwrite a file and take it away, as well as that can be done; nothing happens if there is none.

    What that is worth: on a spinning disk with an ordinary file system the bytes are gone. An SSD writes the zeros to
    other cells and keeps the old ones until it needs them, a copy-on-write file system (Btrfs, APFS, ReFS) does the
    like, and a snapshot or backup has its own copy: there only an encrypted disk, or another key, helps.

    Raises:
        SecurityError: `secrets.not_written`.
    """
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        flush_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SecurityError("secrets.not_written", file=path.name) from error
