"""QR and bar codes that a virtual printer draws by itself; black is 0."""

from __future__ import annotations

import segno
from barcode.codex import Code39
from barcode.codex import Code128 as Code128Bars
from barcode.ean import EuropeanArticleNumber8, EuropeanArticleNumber13
from barcode.errors import BarcodeError
from barcode.itf import ITF
from PIL import Image

_CODE128 = 73
_CODE_SETS = {b"{A": "A", b"{B": "B", b"{C": "C"}


def qr(data: str, module_dots: int, level: str) -> Image.Image | None:
    """Return a QR code without quiet zone, None when it would hold too much."""
    try:
        rows = segno.make_qr(data, error=level.lower(), boost_error=False).matrix
    except segno.DataOverflowError:
        return None
    return _enlarged([[not dark for dark in row] for row in rows], module_dots, module_dots)


def bars(kind: int, data: bytes, module_dots: int, height_dots: int) -> tuple[str, Image.Image] | None:
    """Return what the bars say and their picture; None: a kind or content this printer refuses.

    Args:
        kind: m of ``GS k`` function B.
        data: Its data, for Code 128 with the code sets.
        module_dots: Width of the thinnest bar.
        height_dots: Length of the bars.
    """
    try:
        text = _code128_text(data) if kind == _CODE128 else data.decode("ascii")
        modules = _modules(kind, text)
    except (BarcodeError, ValueError, KeyError, IndexError):
        return None
    row = [module == "0" for module in modules]
    return text, _enlarged([row], min(module_dots, 6), height_dots)


def _modules(kind: int, text: str) -> str:
    if not text:
        raise ValueError("nothing to encode")
    match kind:
        case 73:
            return str(Code128Bars(text).build()[0])
        case 65:
            return str(EuropeanArticleNumber13("0" + text).build()[0])
        case 67:
            return str(EuropeanArticleNumber13(text).build()[0])
        case 68:
            return str(EuropeanArticleNumber8(text).build()[0])
        case 69:
            return str(Code39(text.strip("*"), add_checksum=False).build()[0])
        case 70:
            return str(ITF(text).build()[0])
    raise ValueError("a kind of bars this printer does not have")


def _code128_text(data: bytes) -> str:
    """Return what Code 128 data say; it must begin with a code set.

    Source: Epson, ESC/POS Command Reference, GS k, "Code128": {A, {B, {C select a set, {{ is a brace; in set C a byte
    is a pair of digits.
    """
    text, code_set, at = "", _CODE_SETS[data[:2]], 2
    while at < len(data):
        if data[at : at + 1] == b"{":
            mark = data[at : at + 2]
            at += 2
            if mark == b"{{":
                text += "{"
            else:
                code_set = _CODE_SETS[mark]
        elif code_set == "C":
            if data[at] > 99:
                raise ValueError("set C holds 00 to 99")
            text += f"{data[at]:02d}"
            at += 1
        else:
            text += bytes((data[at],)).decode("ascii")
            at += 1
    return text


def _enlarged(white: list[list[bool]], across: int, down: int) -> Image.Image:
    picture = Image.new("1", (len(white[0]), len(white)))
    picture.putdata([255 if point else 0 for row in white for point in row])
    return picture.resize((picture.width * across, picture.height * down), Image.Resampling.NEAREST)
