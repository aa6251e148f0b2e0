"""The letters a virtual printer has in its own memory: cells of fixed width, drawn from a font of the computer."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

_WHITE, _BLACK = 255, 0
_EM_SHARE = 0.74  # of the cell's height: capitals with two marks above still fit


class Letters:
    """Draws characters in cells.

    Args:
        font: A TrueType font; None: the one Pillow brings along, which lacks most of Vietnamese.
    """

    def __init__(self, font: Path | None) -> None:
        self._file = font
        self._font = lru_cache(16)(self._load)
        self.picture = lru_cache(500)(self._picture)

    def line(self, text: str, width: int, height: int) -> Image.Image:
        """Return a line of characters, black on white."""
        line = Image.new("1", (max(1, width * len(text)), height), _WHITE)
        for at, letter in enumerate(text):
            line.paste(self.picture(letter, width, height, bold=False, inverse=False), (at * width, 0))
        return line

    def _load(self, em_dots: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        if self._file is None:
            return ImageFont.load_default(em_dots)
        return ImageFont.truetype(str(self._file), em_dots, layout_engine=ImageFont.Layout.BASIC)

    def _picture(self, letter: str, width: int, height: int, *, bold: bool, inverse: bool) -> Image.Image:
        """Return one character in its cell, black on white: never wider, never higher."""
        font = self._font(max(6, round(height * _EM_SHARE)))
        drawn = Image.new("1", (height * 2, height), _WHITE)
        draw = ImageDraw.Draw(drawn)
        draw.fontmode = "1"
        draw.text((height // 2, round(height * 0.79)), letter, _BLACK, font, anchor="ls")
        ink = ImageChops.invert(drawn.convert("L")).getbbox()
        cell = Image.new("1", (width, height), _WHITE)
        if ink is not None:
            body = drawn.crop((ink[0], 0, ink[2], height))
            if body.width > width:  # an M or a W is squeezed into its cell
                body = body.convert("L").resize((width, height)).point(lambda grey: 255 * (grey > 150)).convert("1")
            cell.paste(body, ((width - body.width) // 2, 0))
            if bold:
                cell = ImageChops.logical_and(cell, ImageChops.offset(cell, 1, 0))
        return ImageChops.invert(cell.convert("L")).convert("1") if inverse else cell
