"""In which encoding a text is written, found from its bytes."""

from __future__ import annotations

import codecs
import re

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1258", "cp1252")
"""Those that a person may choose."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOK = 1 << 16
# Windows-1258 writes an accent behind its letter; in Windows-1252 the same bytes are Ì Ò Þ ì ò, which seldom follow a
# vowel. đ, ơ, ư, ă, Đ, Ơ, Ư, Ă and ₫ stand where Windows-1252 has ð õ ý ã Ð Õ Ý Ã þ.
_MARKED = re.compile(rb"[aeiouyAEIOUY\xe2\xca\xea\xd4\xf4\xc2\xe3\xc3\xf5\xd5\xfd\xdd][\xcc\xd2\xde\xec\xf2]")
_MARKS = re.compile(rb"[\xcc\xd2\xde\xec\xf2]")
_LETTERS = re.compile(rb"[\xd0\xf0\xf5\xfd\xdd\xfe]")


def find_encoding(data: bytes) -> tuple[str, int]:
    """The codec, and how many bytes of mark stand before the text."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, len(mark)
    if wide := _wide(data[:_LOOK]):
        return wide, 0
    if _mostly_utf8(data):
        return "utf-8", 0
    marks = len(_MARKS.findall(data))
    marked = len(_MARKED.findall(data))
    vietnamese = (marks and marked >= 0.8 * marks) or (not marks and _LETTERS.search(data))
    return ("cp1258" if vietnamese else "cp1252"), 0


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of digits, commas and line ends is zero."""
    if len(data) < 4:
        return ""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _mostly_utf8(data: bytes) -> bool:
    """A few broken letters do not make another encoding of it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        beyond = sum(1 for letter in text if letter > "\x7f")
        return text.count("\ufffd") < 0.02 * beyond
    return True
