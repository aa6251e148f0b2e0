"""Time and chance turned by hand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


class HandClock:
    """Both clocks stand until a test moves them."""

    def __init__(self, wall: datetime = NOON, mono_s: float = 1000.0) -> None:
        self._wall = wall
        self._mono_s = mono_s

    def now_utc(self) -> datetime:
        return self._wall

    def mono_s(self) -> float:
        return self._mono_s

    def pass_s(self, seconds: float) -> None:
        """Time goes by."""
        self._wall += timedelta(seconds=seconds)
        self._mono_s += seconds

    def jump_s(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self._wall += timedelta(seconds=seconds)

    def reboot(self) -> None:
        """The monotonic clock of the next run starts anywhere."""
        self._mono_s = 17.0


class CountingChance:
    """Ids that count up over all runs of a test; no jitter. Thread-safe."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def random01(self) -> float:
        return 0.5

    def new_id(self) -> str:
        return f"{next(self._numbers):026d}"
