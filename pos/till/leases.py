"""Which bill is being worked on by which thread: never two calls for one bill, and no lock that outlives its thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pos.till.ports import Clock

LEASE_S = 900.0
"""Longer than any chain of calls for one bill (20 inquiries of 35 s); after it a lost thread no longer blocks it."""


class Leases:
    """Leases on bill numbers, in memory: a second program on the same folder is refused at its start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_mono_s: dict[str, float] = {}
        self._cond = threading.Condition()

    @contextmanager
    def hold(self, bill_number: str) -> Iterator[None]:
        """Wait for the bill (a cashier's worker)."""
        with self._cond:
            self._cond.wait_for(lambda: self._free(bill_number), timeout=LEASE_S)
            self._take(bill_number)
        try:
            yield
        finally:
            self._release(bill_number)

    @contextmanager
    def try_hold(self, bill_number: str) -> Iterator[bool]:
        """Take the bill if nobody has it (the settle thread); yields whether it was taken."""
        with self._cond:
            taken = self._free(bill_number)
            if taken:
                self._take(bill_number)
        try:
            yield taken
        finally:
            if taken:
                self._release(bill_number)

    def _free(self, bill_number: str) -> bool:
        return self._until_mono_s.get(bill_number, 0.0) <= self._clock.mono_s()

    def _take(self, bill_number: str) -> None:
        self._until_mono_s[bill_number] = self._clock.mono_s() + LEASE_S

    def _release(self, bill_number: str) -> None:
        with self._cond:
            self._until_mono_s.pop(bill_number, None)
            self._cond.notify_all()
