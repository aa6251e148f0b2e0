"""Fetching a signed file: beside its place, checked whole, flushed, then put there by a rename.

Whatever cuts it off – line, stick, power – leaves a part that nobody believes; the next try goes on with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tuf.api.exceptions import DownloadLengthMismatchError, LengthOrHashMismatchError

from pos.domain.errors import UpdateError
from pos.durable import flush_folder, make_folder
from pos.till.updates import Offer
from pos.updates.client import Signed
from pos.updates.source import PIECE, Gone, Source

LEAVE_FREE = 256 << 20
"""Bytes that fetching leaves on the disk, because selling needs them."""
_CHUNK = 1 << 20


def fetch(
    signed: Signed,
    source: Source,
    folder: Path,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
    leave: int = LEAVE_FREE,
) -> Path:
    """Bring the file here; returns where it lies.

    Args:
        signed: what is wanted.
        source: where it is.
        folder: where it goes; other files in it go away once it is here.
        progress: hears bytes done and in all.
        stopped: asked between two pieces: give up for now.
        leave: bytes that stay free on the disk.

    Raises:
        UpdateError: `update.no_room`, `update.stopped`; to be sorted by `client.sorted_failures`: the framework's
            errors, `Gone`, OSError. Nothing is there that was not there before but a part.
    """
    make_folder(folder)
    part, wanted = folder / f"{signed.offer.sha256}.part", folder / signed.offer.file
    if is_staged(folder, signed.offer):
        return wanted
    have = part.stat().st_size if part.exists() else 0
    if shutil.disk_usage(folder).free < signed.info.length - have + leave:
        raise UpdateError("update.no_room", need_mb=(signed.info.length - have + leave) >> 20)
    descriptor = os.open(part, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(0, os.SEEK_END)
        _fill(signed, source, file, progress, stopped)
        file.flush()
        try:
            signed.info.verify_length_and_hashes(file)
        except LengthOrHashMismatchError:
            part.unlink()  # going on with it could only fail again
            raise
        os.fsync(descriptor)
    os.replace(part, wanted)
    flush_folder(folder)
    forget_all_but(folder, signed.offer.file)
    return wanted


def _fill(
    signed: Signed, source: Source, file: IO[bytes], progress: Callable[[int, int], None], stopped: Callable[[], bool]
) -> None:
    length = signed.info.length
    while (at := file.tell()) < length:
        for chunk in source.read_from(signed.path, at, min(PIECE, length - at)):
            if file.tell() + len(chunk) > length:
                raise DownloadLengthMismatchError("more than signed")
            file.write(chunk)
            progress(file.tell(), length)
            if stopped():
                raise UpdateError("update.stopped")
        if file.tell() == at:
            raise Gone(UpdateError("update.half", have=at, length=length))


def is_staged(folder: Path, offer: Offer) -> bool:
    """Whether the file lies there, byte by byte as it was signed. Reads it whole."""
    try:
        with (folder / offer.file).open("rb") as file:
            found = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                found.update(chunk)
            return file.tell() == offer.length and found.hexdigest() == offer.sha256
    except OSError:
        return False


def forget_all_but(folder: Path, name: str = "") -> None:
    """Take every other file out of the folder."""
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.name != name:
            with contextlib.suppress(OSError):
                file.unlink()
