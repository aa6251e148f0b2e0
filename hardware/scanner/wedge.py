"""Tells a keyboard-wedge scan from typing by its rhythm: a pure machine fed with characters and their times.

A wedge scanner is a keyboard that types very fast and ends with Enter or Tab. Until the machine knows which of the
two it sees, it holds the keystrokes; after a pause no scanner makes, it gives them back to be typed.

How an event filter uses it, on every key press *with text*, with the event's own time stamp::

    decision = machine.feed(event.text(), event_time_s)
    if decision.release:                    # was typing after all
        deliver(decision.release)           # to the focused field, in order, before this key
    if decision.scan is not None:
        on_scan(decision.scan)
    if machine.deadline_mono_s is not None:
        timer.start(...)                    # one single-shot timer, then machine.tick(now) and deliver its release
    return decision.held                    # True: swallow this key; False: let it go its way

Keys without text (arrows, function keys), key presses with a modifier and *automatic repeats* go through
:meth:`WedgeMachine.interrupt`, so that order is kept and a key held down never looks like a scan. When the window was
busy, key presses wait in the queue with old time stamps: let the timer's handler drain them before it ticks.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.scanner.framing import masked
from hardware.scanner.repeat import REPEAT_WINDOW_S, RepeatGuard


@dataclass(frozen=True, slots=True)
class WedgeRules:
    """What counts as a scan.

    Attributes:
        min_chars: Shortest code, characters.
        max_chars: Longest code; beyond it the burst is dropped as too long, never typed into a field.
        mean_gap_s: Slowest rhythm of a scanner, mean time between keys, seconds.
        pause_s: Pause after which held keys are typing, seconds.
        burst_chars: So many keys in a scanner's rhythm are most likely a scan: it may stumble for longer.
        burst_pause_s: Pause after which such keys are typing after all, seconds. A scan that stumbles on a busy machine
            must not leave its beginning in a field.
        prefix: What the scanner types first; when set, nothing else is ever held, so typing is never delayed.
        suffix: What the scanner types before its terminator; taken off.
        terminators: Keys that end a scan.
        repeat_s: The same code again within this time is the same scan, seconds.
    """

    min_chars: int = 6
    max_chars: int = 512
    mean_gap_s: float = 0.035
    pause_s: float = 0.060
    burst_chars: int = 3
    burst_pause_s: float = 0.200
    prefix: str = ""
    suffix: str = ""
    terminators: str = "\r\n\t"
    repeat_s: float = REPEAT_WINDOW_S


@dataclass(frozen=True, slots=True, repr=False)
class Decision:
    """What to do with a key and those held before it.

    Attributes:
        scan: A whole scan, or None.
        release: Characters that were typing: deliver them in this order before the current key.
        held: True when the current key must not be delivered now.
        too_long: True once for a burst longer than any code.
        repeated: True when a scan was swallowed because it was seen a moment ago.
    """

    scan: str | None = None
    release: str = ""
    held: bool = False
    too_long: bool = False
    repeated: bool = False

    def __repr__(self) -> str:
        scan = None if self.scan is None else masked(self.scan)
        return f"Decision(scan={scan!r}, release={len(self.release)} characters, held={self.held})"


class WedgeMachine:
    """Holds keystrokes until their rhythm says scan or typing.

    Args:
        rules: What counts as a scan.
    """

    def __init__(self, rules: WedgeRules | None = None) -> None:
        self.rules = rules or WedgeRules()
        self._repeats = RepeatGuard(self.rules.repeat_s)
        self._held = ""
        self._flooded = False
        self._first_mono_s = 0.0
        self._last_mono_s = 0.0

    @property
    def deadline_mono_s(self) -> float | None:
        """When :meth:`tick` has to be called; None while nothing is held."""
        if not self._held and not self._flooded:
            return None
        rules, gaps = self.rules, len(self._held) - 1
        burst = len(self._held) >= rules.burst_chars and self._is_fast(self._last_mono_s, gaps)
        return self._last_mono_s + (rules.burst_pause_s if burst else rules.pause_s)

    def feed(self, char: str, mono_s: float) -> Decision:
        """Take one typed character (Enter as CR, Tab as HT) with the time of its key press, seconds."""
        if not char:
            return self.interrupt()
        typed = self.tick(mono_s).release
        if char in self.rules.terminators:
            return self._terminate(typed, mono_s)
        if not char.isprintable():
            return Decision(release=typed + self._let_go())
        if not self._held and not self._flooded:
            self._first_mono_s = mono_s
        self._last_mono_s = mono_s
        return self._hold(char, typed, mono_s)

    def tick(self, mono_s: float) -> Decision:
        """Say that it is now ``mono_s``: after a pause what is held was typing and is released."""
        deadline_mono_s = self.deadline_mono_s
        if deadline_mono_s is None or mono_s < deadline_mono_s:
            return Decision()
        return Decision(release=self._let_go())

    def interrupt(self) -> Decision:
        """Give back what is held: a key that no scanner sends came, or the focus is about to move."""
        return Decision(release=self._let_go())

    def _hold(self, char: str, typed: str, mono_s: float) -> Decision:
        if self._flooded:
            return Decision(held=True)
        held = self._held + char
        prefix = self.rules.prefix
        if prefix and not held.startswith(prefix) and not prefix.startswith(held):
            return Decision(release=typed + self._let_go())
        if len(held) > self.rules.max_chars:
            self._held, self._flooded = "", True
            return Decision(release=typed, held=True, too_long=True)
        if len(held) >= self.rules.min_chars and not self._is_fast(mono_s, len(held) - 1):
            # A quick typist: holding the rest until a pause would be felt.
            return Decision(release=typed + self._let_go())
        self._held = held
        return Decision(release=typed, held=True)

    def _terminate(self, typed: str, mono_s: float) -> Decision:
        if self._flooded:
            self._let_go()
            return Decision(held=True)
        if not self._is_scan(mono_s):
            return Decision(release=typed + self._let_go())
        text = self._let_go().removeprefix(self.rules.prefix).removesuffix(self.rules.suffix)
        if self._repeats.is_repeat(text, mono_s):
            return Decision(held=True, repeated=True)
        return Decision(scan=text, held=True)

    def _is_scan(self, mono_s: float) -> bool:
        code = self._held.removeprefix(self.rules.prefix).removesuffix(self.rules.suffix)
        if len(code) < self.rules.min_chars or not self._held.startswith(self.rules.prefix):
            return False
        return self._is_fast(mono_s, len(self._held))

    def _is_fast(self, mono_s: float, gaps: int) -> bool:
        return mono_s - self._first_mono_s <= gaps * self.rules.mean_gap_s + 1e-9

    def _let_go(self) -> str:
        held, self._held, self._flooded = self._held, "", False
        return held
