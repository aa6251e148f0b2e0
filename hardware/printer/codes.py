"""QR codes and Code 128 as pictures of one point a module, ink only."""

from __future__ import annotations

import segno
from PIL import Image

QR_QUIET_MODULES = 4  # white border a QR reader needs: ISO/IEC 18004 section 9.1
_BAR_QUIET_MODULES = 10  # left and right of a Code 128: ISO/IEC 15417 section 4.4
_MIN_BAR_DOTS = 2  # thermal paper: a bar of one dot burns into its neighbour


def qr(data: str) -> Image.Image:
    """Return the QR code of ``data``, error correction at least M, without its quiet zone."""
    # make_qr, never make: that one chooses Micro QR for short texts, which many scanners cannot read.
    rows = segno.make_qr(data, error="m").matrix
    picture = Image.new("1", (len(rows), len(rows)))
    picture.putdata([255 if dark else 0 for row in rows for dark in row])
    return picture


def code128(data: str) -> Image.Image:
    """Return the bars of ``data`` as a row of modules, without their quiet zones.

    Raises:
        ValueError: Not 1 to 80 printable ASCII characters.
    """
    # Loaded late: most slips carry no bars.
    from barcode.codex import Code128 as Bars

    if not 1 <= len(data) <= 80 or not data.isascii() or not data.isprintable():
        raise ValueError("Code 128 holds 1 to 80 printable ASCII characters")
    (modules,) = Bars(data).build()
    picture = Image.new("1", (len(modules), 1))
    picture.putdata([255 if module == "1" else 0 for module in modules])
    return picture


def fitting_module(modules: int, wanted_dots: int, width_dots: int) -> int:
    """Return the widest module up to ``wanted_dots`` with which a Code 128 fits; 0 when not even 2 dots do."""
    dots = min(max(wanted_dots, _MIN_BAR_DOTS), width_dots // (modules + 2 * _BAR_QUIET_MODULES))
    return dots if dots >= _MIN_BAR_DOTS else 0


def enlarged(picture: Image.Image, across: int, down: int) -> Image.Image:
    """Return ``picture`` with each point ``across`` wide and ``down`` high."""
    return picture.resize((picture.width * across, picture.height * down), Image.Resampling.NEAREST)
