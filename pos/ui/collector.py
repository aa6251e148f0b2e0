"""Python's collector of cycles, on the GUI thread only.

By itself it runs on whatever thread happens to make an object. Found on another thread than its own, a Qt object is
taken apart there while its timers are still listed here, and the next of them that fires ends the program: in the
middle of a sale, perhaps. So it is stopped, and run from the event loop.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimerEvent

_EVERY_MS = 2000


class Collector(QObject):
    """Collects what is due, by Python's own thresholds, as long as `parent` lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.startTimer(_EVERY_MS, Qt.TimerType.VeryCoarseTimer)

    def timerEvent(self, event: QTimerEvent) -> None:
        """The oldest generation that has grown enough; the younger ones are in it."""
        del event
        due = [number for number, (grown, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
               if grown > most]  # fmt: skip
        if due:
            gc.collect(due[-1])
