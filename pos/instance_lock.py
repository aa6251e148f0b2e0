"""One till per data folder: a second one is refused with a clear sentence, whoever started it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO

from pos.domain.errors import ConfigError, JournalUnavailable
from pos.durable import make_folder


class InstanceLock:
    """Held while the program runs; the operating system frees it when the process dies, however it dies."""

    def __init__(self, data_dir: Path, *, wait_s: float = 0.0) -> None:
        """Take the lock.

        Args:
            data_dir: made if it is missing, for its owner only.
            wait_s: how long another short-lived command may finish first.

        Raises:
            ConfigError: `lock.other_window`: another till uses this folder.
            JournalUnavailable: the folder cannot be written.
        """
        try:
            make_folder(data_dir)
            self._file: IO[bytes] = (data_dir / "lock").open("a+b")
        except OSError as error:
            raise JournalUnavailable("journal.read_only", folder=data_dir.name) from error
        end_mono_s = time.monotonic() + wait_s
        while not _try_lock(self._file):
            if time.monotonic() >= end_mono_s:
                self._file.close()
                raise ConfigError("lock.other_window")
            time.sleep(0.05)

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
