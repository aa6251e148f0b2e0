"""Voucher codes: what a scan must look like before it is asked about, and how a code is shown.

Source: contracts/gotit.md §4 (10 to 16 characters, leading zeros kept, blanks at both ends stripped, nothing else
changed, not digits only) and §14 no. 30 (a web link is not the code).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MIN_LENGTH = 10
MAX_LENGTH = 16
_MASK = "••••"
_URL_SIGNS = ("://", "www.", ".vn/", ".com/")


class ScanFault(StrEnum):
    """Why a scanned or typed text cannot be a voucher code; nothing was asked of any issuer."""

    EMPTY = "empty"
    WEB_ADDRESS = "web_address"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    JOINED = "joined"  # long enough for two codes read as one
    CONTROL_CHARACTERS = "control_characters"
    OTHER_ALPHABET = "other_alphabet"  # not printable ASCII: an input method or keyboard layout changed it
    INNER_BLANK = "inner_blank"
    NO_ISSUER = "no_issuer"  # its length or characters are those of no issuer's codes


@dataclass(frozen=True, slots=True, repr=False)
class VoucherCode:
    """A whole voucher code: money to whoever reads it.

    `str`, `repr` and formatting show at most the last 4 characters; `reveal()` is the only way to the text and is
    called where a request, an encrypted field or a look-up hash is made.
    """

    _text: str

    def reveal(self) -> str:
        """The whole code, for the wire and the vault only."""
        return self._text

    @property
    def ending(self) -> str:
        """The last 4 characters, which screens, slips, logs and exports may show."""
        return self._text[-4:]

    def __str__(self) -> str:
        return _MASK + self.ending

    def __repr__(self) -> str:
        return f"VoucherCode({_MASK}{self.ending})"


def read_code(text: str, shortest: int = MIN_LENGTH, longest: int = MAX_LENGTH) -> VoucherCode | ScanFault:
    """Read one scanned or typed text as a voucher code.

    Args:
        text: what the scanner or the keyboard gave, any length, any characters.
        shortest: characters of the shortest code there is.
        longest: of the longest.

    Returns:
        The code with blanks at both ends stripped and nothing else changed, or why it is none.
    """
    code = text.strip()
    if not code:
        return ScanFault.EMPTY
    lowered = code[:2048].lower()
    if any(sign in lowered for sign in _URL_SIGNS):
        return ScanFault.WEB_ADDRESS
    fault = _fault_of_characters(code)
    if fault is not None:
        return fault
    if len(code) < shortest:
        return ScanFault.TOO_SHORT
    if len(code) > longest:
        return ScanFault.JOINED if 2 * shortest <= len(code) <= 2 * longest else ScanFault.TOO_LONG
    return VoucherCode(code)


def _fault_of_characters(code: str) -> ScanFault | None:
    if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in code):
        return ScanFault.CONTROL_CHARACTERS
    if not code.isascii():
        return ScanFault.OTHER_ALPHABET
    if " " in code:
        return ScanFault.INNER_BLANK
    return None
