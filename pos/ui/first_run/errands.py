"""Threads of the first run: the engine's own, one for each trial; everything comes back on the GUI thread."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pos.domain.errors import PosError

T = TypeVar("T")
log = logging.getLogger(__name__)
_Errand = Callable[[], None]


class ThreadErrands(QObject):
    """Implements `pos.ui.first_run.flow.Errands`. Lives on the GUI thread; `back` may be called from any."""

    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inbox: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._closed = False
        self._came.connect(self._call, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work, name="set-up", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], T], done: Callable[[T | PosError], None]) -> None:
        """In order, one after the other."""
        self._inbox.put(lambda: self._run(work, done))

    def apart(self, work: Callable[[], T], done: Callable[[T | PosError], None]) -> None:
        """On a thread of its own."""
        threading.Thread(target=lambda: self._run(work, done), name="trial", daemon=True).start()

    def back(self, told: Callable[[], None]) -> None:
        """Call it on the GUI thread."""
        if not self._closed:
            self._came.emit(told)

    def close(self, wait_s: float = 10.0) -> None:
        """End what was asked for, then the thread; nothing comes back any more."""
        self._inbox.put(None)
        self._thread.join(wait_s)
        self._closed = True

    def _work(self) -> None:
        while (errand := self._inbox.get()) is not None:
            errand()

    def _run(self, work: Callable[[], T], done: Callable[[T | PosError], None]) -> None:
        came: T | PosError
        try:
            came = work()
        except PosError as error:
            came = error
        except Exception:  # the person waits for a word, and what was entered before is kept
            log.exception("a step of the set-up failed")
            came = PosError("setup.failed")
        self.back(lambda: done(came))

    @Slot(object)
    def _call(self, told: _Errand) -> None:
        told()
