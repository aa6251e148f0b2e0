"""A file appears whole or not at all: written beside its place, flushed, renamed; else what stood there stands."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pos.domain.errors import ReportError
from pos.durable import flush_folder
from pos.till.review.exports import Stopped
from pos.umask import share

_CODES = {
    errno.ENOSPC: "report.disk_full",
    errno.EDQUOT: "report.disk_full",
    errno.EFBIG: "report.disk_full",
    errno.EROFS: "report.not_allowed",
    errno.EACCES: "report.not_allowed",
    errno.EPERM: "report.not_allowed",
    errno.ENOENT: "report.folder_gone",
    errno.ENOTDIR: "report.folder_gone",
    errno.ENODEV: "report.folder_gone",
    errno.EISDIR: "report.is_a_folder",
    errno.ENAMETOOLONG: "report.bad_name",
    errno.EINVAL: "report.bad_name",
}


class Draft:
    """What a writer writes to: a binary file that ends with `Stopped` when nobody waits any more.

    After a failure it swallows what libraries still write while they are torn down; the file is thrown away anyway.
    """

    def __init__(self, file: IO[bytes], stopped: Callable[[], bool]) -> None:
        self._file = file
        self._stopped = stopped
        self._at = 0
        self.failed: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write all of it. Raises `OSError`, `Stopped`."""
        if self.failed is not None:
            self._at += len(data)
            return len(data)
        try:
            self.go_on()
            return self._file.write(data)
        except (OSError, Stopped) as error:
            self.failed = error
            raise

    def go_on(self) -> None:
        """Raise `Stopped` if nobody waits any more."""
        if self._stopped():
            raise Stopped

    def flush(self) -> None:
        """Hand over to the system. Raises `OSError`."""
        if self.failed is None:
            self._file.flush()

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._at if self.failed is not None else self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        if self.failed is not None:
            self._at = offset
            return offset
        return self._file.seek(offset, whence)

    def seekable(self) -> bool:
        """It is a file on a disk."""
        return True


def save(path: Path, write: Callable[[Draft], None], stopped: Callable[[], bool] = lambda: False) -> None:
    """Put what `write` writes at `path`; on the disk when this returns.

    Raises:
        ReportError: it could not be written; what stood at `path` stands, and nothing half is left.
        Stopped: `stopped` became true; the same holds.
    """
    part = path.with_name(path.name + ".part")
    try:
        _write(part, write, stopped)
    except OSError as error:
        raise told(error, path) from error
    try:
        os.replace(part, path)
        flush_folder(path.parent)
    except OSError as error:
        _forget(part)
        raise told(error, path, replacing=True) from error


def _write(part: Path, write: Callable[[Draft], None], stopped: Callable[[], bool]) -> None:
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            share(descriptor)  # as the shop's own umask says: the file is for others to read
            draft = Draft(file, stopped)
            try:
                write(draft)
            except Exception as error:
                draft.failed = draft.failed or error
                # A library wraps what the disk said in an error of its own; the disk's word is the true one.
                raise draft.failed from error
            draft.go_on()
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        _forget(part)
        raise


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the stick is gone, and the half file with it


def told(error: OSError, path: Path, *, replacing: bool = False) -> ReportError:
    """What the system said, as an error for people; it names the file, never the folders above it.

    Args:
        error: what it said.
        path: the file that was wanted.
        replacing: the draft is whole, and only its taking the old file's place was refused. Windows says "denied" where
            another program, mostly Excel, has the old file open.
    """
    if replacing and isinstance(error, PermissionError):
        return ReportError("report.file_open", file=path.name)
    return ReportError(_CODES.get(error.errno or 0, "report.not_written"), file=path.name)
