"""Virtual time for one thread: it passes when somebody sleeps, and what falls due on the way happens on the way."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


class TurnedTime:
    """A till's clock, the network's waiter, and the issuer's clock in one.

    Args:
        wall: the till's wall clock at the beginning.
    """

    def __init__(self, wall: datetime = NOON) -> None:
        self.now_s = 0.0
        self.on_port: Callable[[str], None] = lambda _: None
        self._begun = self._till_wall = wall
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    # ------------------------------------------------------------ the till's clock

    def now_utc(self) -> datetime:
        """The till's wall clock."""
        return self._till_wall + timedelta(seconds=self.now_s)

    def mono_s(self) -> float:
        """The till's monotonic clock."""
        return 1000.0 + self.now_s

    def pass_s(self, seconds: float) -> None:
        """Time goes by."""
        self.sleep(seconds)

    def jump_s(self, seconds: float) -> None:
        """Somebody sets the till's wall clock; the issuer's stays."""
        self._till_wall += timedelta(seconds=seconds)

    def true_utc(self) -> datetime:
        """The issuer's clock."""
        return self._begun + timedelta(seconds=self.now_s)

    # ------------------------------------------------------------ the network's waiter

    def sleep(self, seconds: float) -> None:
        """Time goes by, and everything that falls due meanwhile happens at its instant."""
        ends_s = self.now_s + max(0.0, seconds)
        while self._due and self._due[0][0] <= ends_s:
            at_s, _, action = heapq.heappop(self._due)
            self.now_s = max(self.now_s, at_s)
            action()
        self.now_s = ends_s

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do it when so much time has gone by."""
        heapq.heappush(self._due, (self.now_s + delay_s, next(self._order), action))

    def port(self, name: str) -> None:
        """A point at which a crash may be placed."""
        self.on_port(name)
