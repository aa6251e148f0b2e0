"""Tells a keyboard-wedge scan from typing by its rhythm: a pure machine fed with characters and their times.

A wedge scanner is a keyboard that types very fast and ends with Enter or Tab. Until the machine knows which of the
two it sees, it holds the keystrokes; after a pause no scanner makes, it gives them back to be typed.

A scan that something changed on its way (see `hardware.scanner.keystrokes`) is dropped with the cause, never handed on.

How an event filter uses it, on every key press *with text*, with the event's own time stamp::

    decision = machine.feed(event.text(), event_time_s)
    if decision.release:                    # was typing after all
        deliver(decision.release)           # to the focused field, in order, before this key
    if decision.scan is not None:
        on_scan(decision.scan)
    if decision.dropped:
        on_dropped(decision.dropped)
    if machine.deadline_mono_s is not None:
        timer.start(...)                    # one single-shot timer, then machine.tick(now) and deliver its release
    return decision.held                    # True: swallow this key; False: let it go its way

Keys without text (arrows, function keys), key presses with a modifier and *automatic repeats* go through
:meth:`WedgeMachine.interrupt`, so that order is kept and a key held down never looks like a scan. When the window was
busy, key presses wait in the queue with old time stamps: let the timer's handler drain them before it ticks.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.scanner.gs1 import SEPARATOR
from hardware.scanner.keystrokes import Burst
from hardware.scanner.reading import ReadingKind, ReadingRules, masked, read_text
from hardware.scanner.repeat import RepeatGuard

TOO_LONG = "too_long"


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


@dataclass(frozen=True, slots=True, repr=False)
class Decision:
    """What to do with a key and those held before it.

    Attributes:
        scan: A whole scan, or None.
        release: Characters that were typing: deliver them in this order before the current key.
        held: True when the current key must not be delivered now.
        dropped: Why a scan was swallowed, empty when none was: ``too_long`` (said once), a `Change` of keys on their
            way, or a `ReadingKind` other than SCAN (``repeated``, ``noise``, ``gs1_ai_missing``).
    """

    scan: str | None = None
    release: str = ""
    held: bool = False
    dropped: str = ""

    def __repr__(self) -> str:
        scan = None if self.scan is None else masked(self.scan)
        release = f"{len(self.release)} characters"
        return f"Decision(scan={scan!r}, release={release}, held={self.held}, dropped={self.dropped!r})"


class WedgeMachine:
    """Holds keystrokes until their rhythm says scan or typing.

    Args:
        rules: What counts as a scan.
        reading: What the till wants of a code.
    """

    def __init__(self, rules: WedgeRules | None = None, reading: ReadingRules | None = None) -> None:
        self.rules = rules or WedgeRules()
        self._reading = reading or ReadingRules()
        self._repeats = RepeatGuard(self._reading.repeat_s)
        self._burst = Burst()
        self._flooded = False
        self._first_mono_s = 0.0
        self._last_mono_s = 0.0

    @property
    def deadline_mono_s(self) -> float | None:
        """When :meth:`tick` has to be called; None while nothing is held."""
        held = len(self._burst.text)
        if not held and not self._flooded:
            return None
        rules = self.rules
        burst = held >= rules.burst_chars and self._is_fast(self._last_mono_s, held - 1)
        return self._last_mono_s + (rules.burst_pause_s if burst else rules.pause_s)

    def feed(
        self, char: str, mono_s: float, /, *, shift: bool = False, caps_lock: bool = False, digit_row: bool = False
    ) -> Decision:
        """Take one typed character (Enter as CR, Tab as HT, Backspace as BS) with the time of its key press, seconds.

        Args:
            char: What it gave.
            mono_s: When.
            shift: A Shift key was down.
            caps_lock: Caps Lock was on.
            digit_row: The key is one of those that are 1 to 0 on most keyboards.
        """
        if not char:
            return self.interrupt()
        typed = self.tick(mono_s).release
        if char in self.rules.terminators:
            return self._terminate(typed, mono_s)
        if not char.isprintable() and not self._belongs(char, mono_s):
            return Decision(release=typed + self._let_go())
        burst = self._burst.with_key(char, shift=shift, caps_lock=caps_lock, digit_row=digit_row)
        return self._hold(burst, typed, mono_s)

    def composed(self, mark: str, mono_s: float, /, *, dead_key: bool = False) -> Decision:
        """Take a text an input method made of several keys, or a dead key.

        Args:
            mark: One character that stands for it, given back in ``release`` at its place.
            mono_s: When.
            dead_key: It is an accent that waits for its letter.
        """
        typed = self.tick(mono_s).release
        return self._hold(self._burst.with_composed(mark, dead_key=dead_key), typed, mono_s)

    def tick(self, mono_s: float) -> Decision:
        """Say that it is now ``mono_s``: after a pause what is held was typing and is released."""
        deadline_mono_s = self.deadline_mono_s
        if deadline_mono_s is None or mono_s < deadline_mono_s:
            return Decision()
        return Decision(release=self._let_go())

    def interrupt(self) -> Decision:
        """Give back what is held: a key that no scanner sends came, or the focus is about to move."""
        return Decision(release=self._let_go())

    def _belongs(self, char: str, mono_s: float) -> bool:
        """Whether a control character is part of a burst: a GS1 separator, or an input method taking a letter back."""
        swift = mono_s - self._last_mono_s <= self.rules.mean_gap_s + 1e-9
        return char in (SEPARATOR, "\b") and bool(self._burst.text) and swift

    def _hold(self, burst: Burst, typed: str, mono_s: float) -> Decision:
        if not self._burst.text and not self._flooded:
            self._first_mono_s = mono_s
        self._last_mono_s = mono_s
        if self._flooded:
            return Decision(held=True)
        held, prefix = burst.text, self.rules.prefix
        if prefix and not held.startswith(prefix) and not prefix.startswith(held):
            return Decision(release=typed + self._let_go())
        if len(held) > self.rules.max_chars:
            self._burst, self._flooded = Burst(), True
            return Decision(release=typed, held=True, dropped=TOO_LONG)
        if len(held) >= self.rules.min_chars and not self._is_fast(mono_s, len(held) - 1):
            # A quick typist: holding the rest until a pause would be felt.
            return Decision(release=typed + self._let_go())
        self._burst = burst
        return Decision(release=typed, held=True)

    def _terminate(self, typed: str, mono_s: float) -> Decision:
        if self._flooded:
            self._let_go()
            return Decision(held=True)
        if not self._is_scan(mono_s):
            return Decision(release=typed + self._let_go())
        change = self._burst.change
        text = self._let_go().removeprefix(self.rules.prefix).removesuffix(self.rules.suffix)
        if change is not None:
            return Decision(held=True, dropped=change.value)
        reading = read_text(text, self._reading, mono_s=mono_s)
        if reading.kind is not ReadingKind.SCAN:
            return Decision(held=True, dropped=reading.kind.value)
        if self._repeats.is_repeat(reading.text, mono_s):
            return Decision(held=True, dropped=ReadingKind.REPEATED.value)
        return Decision(scan=reading.text, held=True)

    def _is_scan(self, mono_s: float) -> bool:
        code = self._burst.text.removeprefix(self.rules.prefix).removesuffix(self.rules.suffix)
        if len(code) < self.rules.min_chars or not self._burst.text.startswith(self.rules.prefix):
            return False
        return self._is_fast(mono_s, len(self._burst.text))

    def _is_fast(self, mono_s: float, gaps: int) -> bool:
        return mono_s - self._first_mono_s <= gaps * self.rules.mean_gap_s + 1e-9

    def _let_go(self) -> str:
        held, self._burst, self._flooded = self._burst.text, Burst(), False
        return held
