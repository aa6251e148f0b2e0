"""Time as a port, so that deadlines and pacing are tested without waiting."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What a driver needs of time."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class SystemClock:
    """The machine's own."""

    def monotonic(self) -> float:
        """Return ``time.monotonic``."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Call ``time.sleep``."""
        time.sleep(seconds)


SYSTEM_CLOCK = SystemClock()
