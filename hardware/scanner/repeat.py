"""The same code twice within a moment is one scan."""

from __future__ import annotations

REPEAT_WINDOW_S = 1.5
_REMEMBERED = 32


class RepeatGuard:
    """Tells a repeated scan from a new one by text and monotonic time.

    A scanner left in continuous mode repeats a code for as long as it sees it. Each repeat moves the window on, so
    one presentation of a voucher stays one scan however long it lasts.

    Args:
        window_s: How long a text counts as just seen, seconds. 0 switches the guard off.
    """

    def __init__(self, window_s: float = REPEAT_WINDOW_S) -> None:
        self._window_s = window_s
        self._seen_mono_s: dict[str, float] = {}

    def is_repeat(self, text: str, mono_s: float) -> bool:
        """Say whether ``text`` was seen within the window before ``mono_s``, and remember it."""
        last_mono_s = self._seen_mono_s.pop(text, None)
        self._seen_mono_s[text] = mono_s
        if len(self._seen_mono_s) > _REMEMBERED:
            del self._seen_mono_s[next(iter(self._seen_mono_s))]
        return last_mono_s is not None and mono_s - last_mono_s < self._window_s
