"""How far the till's clock is from AppotaPay's: tokens of a wrong clock are refused (contracts/appotapay.md §4)."""

from __future__ import annotations

import threading
from datetime import datetime

from pos.domain.errors import SetupFault
from pos.till.ports import Clock

LIMIT_S = 240.0
"""A token lives 300 s."""
_JUMP_S = 30.0


class Skew:
    """Remembers the offset seen at the last answer. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[float, datetime, float] | None = None

    def observe(self, issuer_utc: datetime | None) -> None:
        """Compare with the `Date` of an answer that has just come."""
        if issuer_utc is None:
            return
        now_utc = self._clock.now_utc()
        with self._lock:
            self._seen = ((issuer_utc - now_utc).total_seconds(), now_utc, self._clock.mono_s())

    def refuse_if_off(self) -> None:
        """Stop what must not be sent under a wrong clock.

        An offset seen before the clock was set, or before the machine slept, says nothing: then the call goes out, and
        AppotaPay refuses the token at its door if the clock is wrong.

        Raises:
            SetupFault: the clock is off by more than `LIMIT_S` (`sale.clock_off`, `offset_s` without its sign).
        """
        with self._lock:
            if self._seen is None:
                return
            offset_s, seen_utc, seen_mono_s = self._seen
            wall_s = (self._clock.now_utc() - seen_utc).total_seconds()
            if abs(wall_s - (self._clock.mono_s() - seen_mono_s)) > _JUMP_S:
                self._seen = None
                return
        if abs(offset_s) > LIMIT_S:
            raise SetupFault("sale.clock_off", offset_s=abs(offset_s))
