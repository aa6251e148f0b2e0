"""A keyboard scanner that types too slowly, or a code too short, to be told from typing: its Enter presses nothing."""

from __future__ import annotations

from collections.abc import Callable

CHARS = 3
PAUSE_S = 1.0
"""So many letters that nobody wanted, no longer than this after one another and before an Enter, are no person's: the
Enter must not say that money was taken."""


class SlowScan:
    """Counts the letters that nobody wanted.

    Args:
        mono_s: tells the time, monotonic seconds.
    """

    def __init__(self, mono_s: Callable[[], float]) -> None:
        self._mono_s = mono_s
        self._letters = 0
        self._last_mono_s = 0.0

    def note(self, text: str) -> bool:
        """What a key typed that nobody wanted; whether an Enter now would end such a scan."""
        if text and text.isprintable():
            now_mono_s = self._mono_s()
            again = now_mono_s - self._last_mono_s < PAUSE_S
            self._letters, self._last_mono_s = (self._letters if again else 0) + 1, now_mono_s
        return self._letters >= CHARS

    def ends(self) -> bool:
        """An Enter came: whether it ends such a scan, which is forgotten."""
        many, self._letters = self._letters >= CHARS, 0
        return many and self._mono_s() - self._last_mono_s < PAUSE_S
