"""Which letters stand in a printer's code pages: printed pages typed off, apart from the encoder's tables.

Source: Epson, TM-T20II Technical Reference Guide, appendix "Character code tables", pages 30 and 31; TCVN 5712:1993;
RFC 1456 (VISCII). A space stands where a page has nothing that matters here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

# Rows 8x to Fx, sixteen characters each.
_TCVN3_SMALL = (
    "                ", "                ", "        ăâêôơưđ ", "     àảãáạ ằẳẵắ ",
    "      ặầẩẫấậè ẻẽ", "éẹềểễếệìỉ   ĩíịò", " ỏõóọồổỗốộờởỡớợù", " ủũúụừửữứựỳỷỹýỵ ",
)  # fmt: skip
_TCVN3_CAPITALS = (
    "                ", "                ", " ĂÂ    Đ  ÊÔƠƯ  ", "     ÀẢÃÁẠ ẰẲẴẮ ",
    "      ẶẦẨẪẤẬÈ ẺẼ", "ÉẸỀỂỄẾỆÌỈ   ĨÍỊÒ", " ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ", " ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ ",
)  # fmt: skip
_TCVN5712 = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ", "ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ", " ĂÂÊÔƠƯĐăâêôơưđẰ", "     àảãáạẲằẳẵắẴ",
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ", "éẹềểễếệìỉỄẾỒĩíịò", "Ổỏõóọồổỗốộờởỡớợù", "ỖủũúụừửữứựỳỷỹýỵỐ",
)  # fmt: skip
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ", "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ", "Õắằặấầẩậẽẹếềểễệố", "ồổỗỠƠộờởịỰỨỪỬơớƯ",
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ", "ĐứÒÓÔạỷừửÙÚỹỵÝỡư", "àáâãảăữẫèéêẻìíĩỉ", "đựòóôõỏọụùúũủýợỮ",
)  # fmt: skip
_TABLES = {
    "tcvn3-small": "".join(_TCVN3_SMALL),
    "tcvn3-capitals": "".join(_TCVN3_CAPITALS),
    "tcvn5712": "".join(_TCVN5712),
    "viscii": "".join(_VISCII),
}

EPSON_PAGES: Mapping[int, str] = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858",
    30: "tcvn3-small", 31: "tcvn3-capitals", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254", 52: "cp1258",
}  # fmt: skip
"""``ESC t`` number → page, as Epson has them."""

BLOB = "\u25a1"
"""What a page that this printer does not have prints."""


def decode(data: bytes, page: str) -> str:
    """Return the letters that ``data`` prints in ``page``, tone marks put on their letters."""
    if page in _TABLES:
        table = _TABLES[page]
        text = "".join(chr(byte) if byte < 0x80 else table[byte - 0x80] for byte in data)
    else:
        text = data.decode(page, "replace") if page else "".join(chr(b) if b < 0x80 else BLOB for b in data)
    return unicodedata.normalize("NFC", text)
