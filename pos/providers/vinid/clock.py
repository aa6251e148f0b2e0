"""Timestamps that VinID accepts: never ahead of its clock, never two hours behind (contracts/vinid.md §3).

The `Date` of each answer tells how far the till's clock is off. Small differences are corrected; above `LIMIT_S`
nothing is sent until the clock has been set.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from pos.domain.errors import SetupFault
from pos.till.ports import Clock

LIMIT_S = 600.0
BEHIND_S = 5
"""A timestamp later than the server's clock is refused; one that is earlier is not."""
_JUMP_S = 30.0
_LOOK_AGAIN_S = 60.0


class IssuerClock:
    """VinID's clock as far as it is known. Thread-safe."""

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

    def now_utc(self) -> datetime:
        """Now on VinID's clock; the till's own while the difference is not known."""
        return self._clock.now_utc() + timedelta(seconds=self._offset_s() or 0.0)

    def timestamp(self) -> str:
        """`X-Timestamp` for a request that leaves now."""
        return str(int(self.now_utc().timestamp()) - BEHIND_S)

    def refuse_if_off(self, *, changing: bool) -> None:
        """Stop calls while the till's clock is off by more than `LIMIT_S`.

        A reading call goes out once a minute all the same: its answer tells that the clock was set right little by
        little, or that the `Date` that spoke against it was the wrong one.

        Raises:
            SetupFault: `vinid.clock_off`, `offset_s` without its sign; nothing was sent.
        """
        offset_s = self._offset_s()
        if offset_s is None or abs(offset_s) <= LIMIT_S:
            return
        with self._lock:
            seen_mono_s = self._seen[2] if self._seen else self._clock.mono_s()
        if changing or self._clock.mono_s() - seen_mono_s < _LOOK_AGAIN_S:
            raise SetupFault("vinid.clock_off", offset_s=abs(offset_s))

    def _offset_s(self) -> float | None:
        """VinID's clock minus ours; forgotten when ours was set, or the machine slept, since it was seen."""
        with self._lock:
            if self._seen is None:
                return None
            offset_s, seen_utc, seen_mono_s = self._seen
            wall_s = (self._clock.now_utc() - seen_utc).total_seconds()
            if abs(wall_s - (self._clock.mono_s() - seen_mono_s)) > _JUMP_S:
                self._seen = None
                return None
            return offset_s
