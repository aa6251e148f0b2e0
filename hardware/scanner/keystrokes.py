"""A burst of keys in a scanner's rhythm, and the signs that something between scanner and till has changed it.

A wedge scanner presses the keys of a keyboard it believes to be there. An input method for Vietnamese takes letters
together on their way (Telex ``AW`` → ``Ă``, VNI ``A1`` → ``Á``), another keyboard layout gives other characters (the
digits of AZERTY are ``&é"'(-è_çà``), Caps Lock swaps capitals and small letters. What such a scan should have been can
be guessed and must not be: another voucher may be called that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

# What the digits of AZERTY give, less what stands in voucher codes (- _) and what Vietnamese writes (é è à).
_TELLS_OF_AZERTY = frozenset("&\"'(ç")
_DIGITS = frozenset("0123456789")


class Change(StrEnum):
    """What changed a scan on its way."""

    IME = "changed_by_ime"
    LAYOUT = "changed_by_layout"
    CAPS_LOCK = "caps_lock"


@dataclass(frozen=True, slots=True, repr=False)
class Burst:
    """Keys held until it is known what they are.

    Attributes:
        text: Their characters in order; a composed text or a dead key is one character that stands for it.
        composed: An input method has put keys together, or taken typed ones back.
        dead_key: An accent key waited for a letter: no layout a scanner knows has one in its way.
        odd_digits: Keys of the row of digits that gave, without Shift, something else.
        caps_lock: A letter came in the other case than its Shift key says, or while Caps Lock was on.
    """

    text: str = ""
    composed: bool = False
    dead_key: bool = False
    odd_digits: str = ""
    caps_lock: bool = False

    def with_key(self, char: str, *, shift: bool, caps_lock: bool, digit_row: bool) -> Burst:
        """The burst with one more key."""
        letter = char.isascii() and char.isalpha()
        odd = digit_row and not shift and char not in _DIGITS
        return replace(
            self,
            text=self.text + char,
            composed=self.composed or char == "\b",
            odd_digits=self.odd_digits + char * odd,
            caps_lock=self.caps_lock or (letter and (caps_lock or (shift and char.islower()))),
        )

    def with_composed(self, mark: str, *, dead_key: bool) -> Burst:
        """The burst with a composed text or a dead key, which ``mark`` stands for."""
        return replace(
            self,
            text=self.text + mark,
            composed=self.composed or not dead_key,
            dead_key=self.dead_key or dead_key,
        )

    @property
    def change(self) -> Change | None:
        """What has changed it; None when there is no sign of it."""
        has_digits = bool(_DIGITS & set(self.text))
        # With digits of its own it is the layout the scanner was set to, which has its digits above the symbols.
        symbols = not has_digits and "://" not in self.text and bool(_TELLS_OF_AZERTY & set(self.text))
        if self.dead_key or symbols or (self.odd_digits and not (has_digits and self.odd_digits.isascii())):
            return Change.LAYOUT
        if self.composed or not self.text.isascii():
            return Change.IME
        return Change.CAPS_LOCK if self.caps_lock else None
