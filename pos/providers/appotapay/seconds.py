"""The second of the last token, kept over a restart: the issuer refuses a `jti` that it has seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

TakeSecond = Callable[[int], int]
"""Given the second of now, one that no token had before; never less."""


class FileSeconds:
    """Keeps it in a small file. One till, one folder, one program at a time; not thread-safe by itself.

    Args:
        file: need not exist. Lost, damaged or on a full disk it costs at most one refused call after the next start:
            the door says 401, and nothing is bought.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last_s = self._read()

    def __call__(self, now_s: int) -> int:
        """The next one. Not flushed: it outlives the program, and a power cut takes longer than a second."""
        self._last_s = max(now_s, self._last_s + 1)
        with suppress(OSError):
            self._file.write_text(str(self._last_s), "ascii")
        return self._last_s

    def _read(self) -> int:
        try:
            return int(self._file.read_text("ascii"))
        except (OSError, ValueError):
            return 0
