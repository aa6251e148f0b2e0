"""Bytes of one frame in, what they say out: text, what was printed, and whether a till may use it. Pure.

The rule behind every choice here: a code is money, so what is not certain is refused and told, never guessed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum

from hardware.scanner.aim import GS1, Symbology, split_identifier, symbology_of
from hardware.scanner.gs1 import SEPARATOR, Element, parse_elements
from hardware.scanner.repeat import REPEAT_WINDOW_S

# Line ends and tabs stand in QR codes; GS, RS and EOT are the separators of GS1 and ISO/IEC 15434.
_ALLOWED_CONTROLS = frozenset("\t\r\n\x1d\x1e\x04")


class ReadingKind(Enum):
    """What became of one thing the scanner said."""

    SCAN = "scan"  # a code; only this carries text a till may take
    REPEATED = "repeated"  # the same code again within a moment: already taken
    TOO_LONG = "too_long"  # more bytes than any code has
    CUT_SHORT = "cut_short"  # its end or beginning never came
    NOISE = "noise"  # no text: a wrong baud rate, a bad cable, a check digit that does not fit
    GS1_AI_MISSING = "gs1_ai_missing"  # a GS1 code without the element that was asked for


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What a till wants of a code.

    Attributes:
        gs1_ai: The application identifier whose value is the code, as ``21`` or ``255``; empty: the whole text of a GS1
            code, its separators left out. Other codes are not touched by it.
        repeat_s: The same text again within this time is the same scan, seconds.
    """

    gs1_ai: str = ""
    repeat_s: float = REPEAT_WINDOW_S


def masked(text: str) -> str:
    """Return ``text`` fit for a log: dots and the last 4 characters, nothing but dots when it is short."""
    return "…" + text[-4:] if len(text) > 8 else "…" * bool(text)


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What was made of one frame.

    Attributes:
        kind: What it is.
        text: The code without identifier and separators; empty for what is no text.
        symbology: What was printed, where the scanner says so.
        mono_s: When its end was seen, seconds of the monotonic clock.
        raw: Every byte as it came, for the test mode.
        aim: The AIM identifier that was taken off, 3 characters or empty.
        encoding: How the bytes were read: ``utf-8``, ``utf-16``, ``cp1258`` or ``latin-1``.
        check_digit_ok: Whether the last digit of a number as long as an EAN fits the others; None where there is none.
        elements: The elements of a GS1 code.
    """

    kind: ReadingKind
    text: str = ""
    symbology: Symbology = Symbology.UNKNOWN
    mono_s: float = 0.0
    raw: bytes = b""
    aim: str = ""
    encoding: str = ""
    check_digit_ok: bool | None = None
    elements: tuple[Element, ...] = ()

    def __repr__(self) -> str:
        parts = f"{self.kind.name}, {masked(self.text)!r}, length={len(self.text)}, {self.symbology.value}"
        return f"Reading({parts}, mono_s={self.mono_s:.3f})"


def read_bytes(data: bytes, rules: ReadingRules | None = None, *, mono_s: float = 0.0, raw: bytes = b"") -> Reading:
    """Read the bytes of one whole frame.

    Args:
        data: The code as the scanner sent it, without ends.
        rules: What the till wants of it.
        mono_s: When it was scanned.
        raw: What to keep for the test mode.
    """
    decoded = decode(data)
    if decoded is None:
        return Reading(ReadingKind.NOISE, mono_s=mono_s, raw=raw)
    text, encoding = decoded
    return read_text(text, rules, mono_s=mono_s, raw=raw, encoding=encoding)


def read_text(
    text: str, rules: ReadingRules | None = None, *, mono_s: float = 0.0, raw: bytes = b"", encoding: str = ""
) -> Reading:
    """Read a code that is text already, as from a keyboard wedge."""
    rules = rules or ReadingRules()
    aim, content = split_identifier(text)
    symbology = symbology_of(aim)
    kind, check, elements = ReadingKind.SCAN, _check_digit(content, aim), None
    if aim.startswith("]E") and _is_broken_ean(content, aim, check):
        kind = ReadingKind.NOISE  # the scanner saw a good code: its digits were changed on the line
    if symbology in GS1 or (SEPARATOR in content and not content.startswith("[)>")):  # ISO/IEC 15434 has its own
        elements = parse_elements(content)
        wanted = next((element.value for element in elements or () if element.ai == rules.gs1_ai), None)
        if rules.gs1_ai and wanted is None:
            kind = ReadingKind.GS1_AI_MISSING
        if not content.isascii():
            kind = ReadingKind.NOISE  # GS1 knows plain characters only (General Specifications, section 7.11)
        content = wanted if wanted is not None else content.replace(SEPARATOR, "")
    kept = content if kind is ReadingKind.SCAN else ""
    return Reading(kind, kept, symbology, mono_s, raw, aim, encoding, check, elements or ())


def decode(data: bytes) -> tuple[str, str] | None:
    """Find out how a code is encoded.

    UTF-8 is certain when it fits. What is not is taken for UTF-16 with its mark, or for one of the single-byte
    encodings of old label programs, only where it makes a text of letters, mostly plain ones. What a single-byte
    encoding was guessed for has letters no voucher code has, so a guess can never become one.

    Returns:
        The text and the name of its encoding; None when it is no text.
    """
    text = _decoded(data, "utf-8-sig")
    if text is not None:
        return (text, "utf-8") if text and not any(map(_is_stray, text)) else None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # also what a wrong baud rate makes of a start bit
        text = _decoded(data, "utf-16")
        return (text, "utf-16") if text and _is_prose(text) else None
    for encoding in ("cp1258", "latin-1"):
        text = _decoded(data, encoding)
        if text is not None and _is_prose(text := unicodedata.normalize("NFC", text)):
            return text, encoding
    return None


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def gtin_check_digit_fits(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (GS1 General Specifications, section 7.9)."""
    weighted = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits[:-1])))
    return (sum(weighted) + int(digits[-1])) % 10 == 0


def _check_digit(content: str, aim: str) -> bool | None:
    number = content[:13] if aim == "]E3" else content  # an add-on of two or five digits follows the EAN-13
    if not number.isascii() or not number.isdigit() or len(number) not in (8, 12, 13) or aim[:2] not in ("", "]E"):
        return None
    return gtin_check_digit_fits(number)


def _is_broken_ean(content: str, aim: str, check: bool | None) -> bool:
    if not content.isascii() or not content.isdigit():
        return True
    # A number of 12 may be a UPC-A, or an EAN-13 whose check digit the scanner keeps to itself: it proves nothing.
    return check is False and len(content) != 12


def _is_stray(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Cn") and char not in _ALLOWED_CONTROLS


def _is_prose(text: str) -> bool:
    foreign = [char for char in text if not char.isascii()]
    return text.isprintable() and all(map(str.isalpha, foreign)) and 2 * len(foreign) <= len(text)
