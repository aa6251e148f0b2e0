"""Code pages with Vietnamese letters that receipt printers offer, under which bytes each letter stands.

Which ``ESC t`` number selects a page differs from model to model and stands in the printer's profile. Printers of one
name carry different pages, so none of them is used before a person has read a line of it: see ``proving``.

Source: ``tcvn3``: Epson, TM-T20II Technical Reference Guide, appendix "Character code tables", pages 30 and 31 [TCVN-3:
Vietnamese]. ``tcvn5712`` and ``tcvn5712-3``: TCVN 5712:1993, VN1 and VN3. ``viscii``: RFC 1456. ``cp1258``: Microsoft
code page 1258, tone marks as characters of their own that stand after their letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
"""Every small letter of Vietnamese; ``upper()`` gives the capitals."""
DONG = "₫"

Table = Mapping[str, bytes]

# From byte A0 on; a space: nothing of ours stands there.
_TCVN_SMALL = "        ăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ "
_TCVN3_CAPITALS = " ĂÂ    Đ  ÊÔƠƯ       ÀẢÃÁẠ ẰẲẴẮ       ẶẦẨẪẤẬÈ ẺẼÉẸỀỂỄẾỆÌỈ   ĨÍỊÒ ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ "
_TCVN_PLAIN_CAPITALS = " ĂÂÊÔƠƯĐ"
# From byte 80 on. The twelve capitals that VN1 has below 20 are missing: a printer takes those bytes for commands.
_TCVN5712 = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ ĂÂÊÔƠƯĐăâêôơưđẰ     àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
# From byte 80 on; six capitals below 20 are missing for the same reason.
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_CP1258_MARKS = "\u0300\u0301\u0303\u0309\u0323"


def _table(first: int, letters: str) -> Table:
    return MappingProxyType({char: bytes((first + at,)) for at, char in enumerate(letters) if char != " "})


def _cp1258() -> Table:
    table = {DONG: DONG.encode("cp1258")}
    for letter in VIETNAMESE + VIETNAMESE.upper():
        parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts if mark in _CP1258_MARKS), "")
        body = unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts)
        if not letter.isascii():
            table[letter] = (body + tone).encode("cp1258")
    return MappingProxyType(table)


ENCODINGS: Mapping[str, tuple[Table, ...]] = MappingProxyType(
    {
        "tcvn3": (_table(0xA0, _TCVN_SMALL), _table(0xA0, _TCVN3_CAPITALS)),
        "tcvn5712": (_table(0x80, _TCVN5712),),
        "tcvn5712-3": (_table(0xA0, _TCVN_PLAIN_CAPITALS + _TCVN_SMALL[len(_TCVN_PLAIN_CAPITALS) :]),),
        "viscii": (_table(0x80, _VISCII),),
        "cp1258": (_cp1258(),),
    }
)
"""Name → its tables; each table is one page of the printer (capitals may have a page of their own)."""


@dataclass(frozen=True, slots=True)
class TextPage:
    """An encoding with the numbers by which one printer selects it.

    Attributes:
        encoding: A name in ``ENCODINGS``.
        numbers: ``n`` of ``ESC t n`` for each of its tables.
    """

    encoding: str
    numbers: tuple[int, ...]

    def has(self, text: str) -> bool:
        """Say whether every character of ``text`` stands in it."""
        return all(" " <= char <= "~" or any(char in table for table in ENCODINGS[self.encoding]) for char in text)

    def encode(self, text: str) -> bytes:
        """Return ``text`` with the page changes it needs; the first page is selected before its first character.

        Raises:
            ValueError: A character stands in no table; ask :meth:`has` first.

        Source: Epson, ESC/POS Command Reference, ESC t n.
        """
        out, selected = bytearray(), -1
        for char in text:
            if " " <= char <= "~":
                number, data = selected if selected >= 0 else self.numbers[0], char.encode()
            else:
                number, data = self._find(char)
            if number != selected:
                out += bytes((0x1B, 0x74, number))
                selected = number
            out += data
        return bytes(out)

    def _find(self, char: str) -> tuple[int, bytes]:
        for number, table in zip(self.numbers, ENCODINGS[self.encoding], strict=True):
            if char in table:
                return number, table[char]
        raise ValueError("a character that this code page does not have")
