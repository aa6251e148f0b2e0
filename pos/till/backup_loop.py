"""The thread that makes copies of the journal while the till sells; another one like it looks after updates."""

from __future__ import annotations

import threading
from collections.abc import Callable

FIRST_S, EVERY_S = 20.0, 30.0
"""A start is for the first customer; then twice a minute is often enough to notice that an hour is over."""


class BackupLoop:
    """Looks whether a copy is due. Its own thread: a copy of seconds keeps neither a manager nor the printer waiting.

    Args:
        look: makes the copy that is due, if one is; never raises for what can be expected to go wrong.
        end_thread: last thing the thread does (closes its journal connection).
        name: of the thread.
    """

    def __init__(
        self, look: Callable[[], None], end_thread: Callable[[], None] = lambda: None, name: str = "backup"
    ) -> None:
        self._look = look
        self._name = name
        self._end_thread = end_thread
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; once begun, nothing more."""
        if self._thread is None and not self._ending.is_set():
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look soon: a day was closed, perhaps."""
        self._wake.set()

    def stop(self, timeout_s: float) -> bool:
        """End; a copy under way gives up by itself. True if it ended in time."""
        self._ending.set()
        self._wake.set()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def ending(self) -> bool:
        """Whether the program ends: a copy under way gives up."""
        return self._ending.is_set()

    def _run(self) -> None:
        self._wake.wait(FIRST_S)
        while not self._ending.is_set():
            self._wake.clear()
            self._look()
            self._wake.wait(EVERY_S)
        self._end_thread()
