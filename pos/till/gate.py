"""Who may call an issuer now: two calls at a time, cashiers first, pauses and stops for automatic calls.

Source: contracts/gotit.md §11 (at most two requests in flight, the background gives way, 209: 60 s then 5 min, five
unknown codes in a row: ask the supervisor) and §14 no. 32 (after 200/201 no further automatic call with that PIN).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pos.domain.errors import PosError
from pos.domain.schedule import throttle_pause_s
from pos.till.ports import Clock

SLOTS = 2
MAX_UNKNOWN_CODES = 5
_GIVE_WAY_S = 40.0


class Gate:
    """Admission of calls. Thread-safe; waiting is bounded by the provider's own deadline."""

    def __init__(self, clock: Clock, *, slots: int = SLOTS) -> None:
        self._clock = clock
        self._free = slots
        self._cashiers = 0
        self._cond = threading.Condition()
        self._throttles = 0
        self._throttled_until_mono_s = 0.0
        self._setup_fault: PosError | None = None
        self._unknown_codes = 0

    @contextmanager
    def cashier_call(self) -> Iterator[None]:
        """A call that a person waits for."""
        with self._cond:
            self._cashiers += 1
            self._cond.wait_for(lambda: self._free > 0)
            self._free -= 1
        try:
            yield
        finally:
            with self._cond:
                self._cashiers -= 1
                self._free += 1
                self._cond.notify_all()

    @contextmanager
    def background_call(self) -> Iterator[None]:
        """A call of the queue or an inquiry: waits while any cashier's call runs or waits."""
        with self._cond:
            self._cond.wait_for(lambda: self._free > 0 and not self._cashiers, timeout=_GIVE_WAY_S)
            self._cond.wait_for(lambda: self._free > 0)
            self._free -= 1
        try:
            yield
        finally:
            with self._cond:
                self._free += 1
                self._cond.notify_all()

    def throttled(self) -> None:
        """The issuer asked to slow down: no automatic call for 60 s, then for 5 min."""
        with self._cond:
            self._throttles += 1
            self._throttled_until_mono_s = self._clock.mono_s() + throttle_pause_s(self._throttles)

    def setup_fault(self, fault: PosError) -> None:
        """The issuer does not accept this till: no automatic call until a person's call went through."""
        with self._cond:
            self._setup_fault = fault

    def answered(self) -> None:
        """A call went through: pauses and stops are over."""
        with self._cond:
            self._setup_fault = None
            if self._clock.mono_s() >= self._throttled_until_mono_s:
                self._throttles = 0

    @property
    def fault(self) -> PosError | None:
        """Why automatic calls are stopped, if they are."""
        with self._cond:
            return self._setup_fault

    @property
    def throttled_until_mono_s(self) -> float | None:
        """Until when automatic calls pause, or None."""
        with self._cond:
            until = self._throttled_until_mono_s
            return until if until > self._clock.mono_s() else None

    def count_unknown_code(self, unknown: bool) -> None:
        """Keep count of codes in a row that the issuer does not know."""
        with self._cond:
            self._unknown_codes = self._unknown_codes + 1 if unknown else 0

    @property
    def needs_manager(self) -> bool:
        """Too many unknown codes in a row: somebody may be guessing."""
        with self._cond:
            return self._unknown_codes >= MAX_UNKNOWN_CODES
