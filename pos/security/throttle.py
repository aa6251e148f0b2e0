"""Slow down whoever tries PINs: pure bookkeeping on the monotonic clock."""

from __future__ import annotations

FREE_TRIES = 5
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 600.0


class Throttle:
    """Counts wrong tries by name. The fifth wrong one costs 30 s, each further one twice as long, 10 min at most."""

    def __init__(self) -> None:
        self._wrong: dict[str, int] = {}
        self._until_mono_s: dict[str, float] = {}

    def wait_s(self, name: str, now_mono_s: float) -> float:
        """Seconds until `name` may try again; 0 for at once."""
        return max(0.0, self._until_mono_s.get(name, now_mono_s) - now_mono_s)

    def wrong(self, name: str, now_mono_s: float) -> float:
        """Note a wrong try. Returns the seconds to wait now."""
        tries = self._wrong[name] = self._wrong.get(name, 0) + 1
        pause_s = pause_after_s(tries)
        self._until_mono_s[name] = now_mono_s + pause_s
        return pause_s

    def restore(self, name: str, tries: int, since_s: float, now_mono_s: float) -> None:
        """Wrong tries of an earlier run, the last of them `since_s` seconds ago."""
        self._wrong[name] = tries
        self._until_mono_s[name] = now_mono_s + pause_after_s(tries) - max(0.0, since_s)

    def right(self, name: str) -> None:
        """A right try wipes the slate."""
        self._wrong.pop(name, None)
        self._until_mono_s.pop(name, None)

    def tries(self, name: str) -> int:
        """Wrong tries in a row."""
        return self._wrong.get(name, 0)


def pause_after_s(tries: int) -> float:
    """Seconds to wait after so many wrong tries in a row."""
    if tries < FREE_TRIES:
        return 0.0
    # The exponent is bounded before the power: ten thousand tries must not make a number of a thousand digits.
    doublings = min(tries - FREE_TRIES, 16)
    return float(min(FIRST_WAIT_S * (1 << doublings), LONGEST_WAIT_S))
