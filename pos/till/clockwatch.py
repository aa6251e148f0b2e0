"""Is the till's clock to be trusted? Compared with the issuer's `Date` and with the monotonic clock.

An untrusted clock never stops an online redemption (the issuer judges by its own clock); it stops offline acceptance,
whose limits are ages (design.md §2), and is shown in the status strip.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from pos.till.ports import Clock
from pos.till.views import ClockView

OFFSET_LIMIT_S = 120.0
"""An issuer and a till that differ by more than this disagree on ages that decide about money."""
_JUMP_S = 30.0
_BACK_S = 5.0


class ClockWatch:
    """Watches for a wrong or jumping wall clock. Thread-safe."""

    def __init__(self, clock: Clock, latest_record_utc: datetime | None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._offset_s: float | None = None
        now = clock.now_utc()
        self._base = (now, clock.mono_s())
        self._jumped_back = latest_record_utc is not None and now < latest_record_utc - timedelta(seconds=_BACK_S)

    def observe(self, issuer_utc: datetime) -> None:
        """Compare with the issuer's `Date` (1 s resolution) of an answer that has just come."""
        now = self._clock.now_utc()
        with self._lock:
            self._notice_jump(now)
            self._offset_s = (issuer_utc - now).total_seconds()
            if abs(self._offset_s) <= OFFSET_LIMIT_S:
                self._jumped_back = False

    def offset_s(self) -> float | None:
        """Issuer's clock minus ours in seconds, None while never compared since the last jump."""
        with self._lock:
            self._notice_jump(self._clock.now_utc())
            return self._offset_s

    def issuer_now(self) -> datetime | None:
        """Now on the issuer's clock, if the offset is known."""
        offset_s = self.offset_s()
        return None if offset_s is None else self._clock.now_utc() + timedelta(seconds=offset_s)

    def view(self) -> ClockView:
        """Snapshot for the strip and the offline policy."""
        offset_s = self.offset_s()
        with self._lock:
            agrees = offset_s is None or abs(offset_s) <= OFFSET_LIMIT_S
            return ClockView(agrees and not self._jumped_back, offset_s, self._jumped_back)

    def _notice_jump(self, now: datetime) -> None:
        wall_base, mono_base = self._base
        mono = self._clock.mono_s()
        drift_s = (now - wall_base).total_seconds() - (mono - mono_base)
        if drift_s < -_BACK_S:
            self._jumped_back = True
        if abs(drift_s) > _JUMP_S or drift_s < -_BACK_S:
            self._offset_s = None
            self._base = (now, mono)
