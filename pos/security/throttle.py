"""Slow down whoever tries PINs: pure bookkeeping on the monotonic clock, which nobody can set.

A new start is no way round a wait, and neither is the wall clock, forward or back: the wait of an earlier run counts on
by the machine's monotonic clock, which goes on across programs until the machine itself starts anew. Then the time
that has really passed is not known, and the wait of the last try begins once more in full; it is ten minutes at most.
"""

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

    def restore(self, name: str, tries: int, tried_mono_s: float | None, now_mono_s: float) -> bool:
        """Wrong tries of an earlier run.

        Args:
            name: whose.
            tries: in a row.
            tried_mono_s: the last of them, by the clock of the run that kept it; None: not known.
            now_mono_s: the same clock now.

        Returns:
            Whether the wait begins anew: the machine was started since, so that its clock ran backwards. Never less is
            waited than was left, because a restarted clock can only show less time than has passed.
        """
        anew = tried_mono_s is None or tried_mono_s > now_mono_s
        since_s = 0.0 if tried_mono_s is None or anew else now_mono_s - tried_mono_s
        self._wrong[name] = tries
        self._until_mono_s[name] = now_mono_s + pause_after_s(tries) - since_s
        return anew

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
