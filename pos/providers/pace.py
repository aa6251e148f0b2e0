"""Our own brake on calls to an issuer that states no limit: one call a second, and a pause when it asks for one.

Source: contracts/appotapay.md §13, contracts/vinid.md §13.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pos.domain.errors import NotSent
from pos.providers.http import MonotonicClock

EVERY_S = 1.0
"""From the start of one call to the start of the next."""
PAUSE_S = 60.0
"""After HTTP 429 without a usable `Retry-After`."""
_LONGEST_PAUSE_S = 900.0  # open purchases are asked about at least this often


class Pace:
    """The turns of one issuer's calls. Thread-safe.

    Args:
        clock: what seconds are measured by.
        wait: lets that many seconds pass; may return early when the program ends.
    """

    def __init__(self, clock: MonotonicClock, wait: Callable[[float], None]) -> None:
        self._clock = clock
        self._wait = wait
        self._turns = threading.Lock()
        self._next_mono_s = clock.mono_s()
        self._paused_until_mono_s = clock.mono_s()

    def turn(self) -> None:
        """Wait until the next call may start: one second at most for each call that stands in line before it.

        Raises:
            NotSent: the issuer has asked for a pause (`pace.paused`, `wait_s` left of it).
        """
        with self._turns:
            now_mono_s = self._clock.mono_s()
            left_s = self._paused_until_mono_s - now_mono_s
            if left_s > 0:
                raise NotSent("pace.paused", wait_s=left_s)
            if now_mono_s < self._next_mono_s:
                self._wait(self._next_mono_s - now_mono_s)
            self._next_mono_s = self._clock.mono_s() + EVERY_S

    def pause(self, retry_after_s: float | None) -> float:
        """Send nothing for this long (None: for `PAUSE_S`); the seconds that it will be, from 1 to 900."""
        asked_s = PAUSE_S if retry_after_s is None else retry_after_s
        pause_s = min(max(asked_s, EVERY_S), _LONGEST_PAUSE_S)
        with self._turns:
            self._paused_until_mono_s = self._clock.mono_s() + pause_s
        return pause_s
