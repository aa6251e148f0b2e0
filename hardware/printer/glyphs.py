"""Letters as black-and-white pictures, drawn once each; lines are put together from them.

Drawing a line anew with FreeType costs a millisecond, pasting its letters a few microseconds. Only letters are kept,
never words: a slip may carry a code that nobody shall find in memory later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

INK, PAPER = 255, 0
"""Pictures of this package hold ink: what is not 0 burns a dot, as a 1 of ``GS v 0`` does."""

# All capitals with two marks above, and all that reaches below: a line is as high as the highest of them.
_TALLEST = "ẮẰẲẴẤẦẨẪẾỀỂỄỐỒỔỖỚỜỞỠỨỪỬỮ"
_DEEPEST = "ẶẬỆỘỢỰỴặậệộợựỵgjpqy₫,;()/@"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter.

    Attributes:
        picture: Its ink, without white around; None for a space.
        left: Where its ink begins, dots right of the pen (negative: to the left).
        top: Where its ink begins, dots below the baseline (negative: above).
        right: Where its ink ends, dots right of the pen.
        advance: How far the pen moves on, dots.
    """

    picture: Image.Image | None
    left: int
    top: int
    right: int
    advance: int


@dataclass(frozen=True, slots=True)
class Face:
    """One font at one size; draws without grey, so every edge falls on a dot.

    Attributes:
        font: The font.
        line_dots: Height of a line: the tallest capital with two marks fits above, the lowest dot below.
        baseline_dots: Where letters stand, from the top of the line.
        glyphs: Letters drawn before.
    """

    font: ImageFont.FreeTypeFont
    line_dots: int
    baseline_dots: int
    glyphs: dict[str, Glyph] = field(default_factory=dict)

    def glyph(self, char: str) -> Glyph:
        """Return one letter."""
        found = self.glyphs.get(char)
        if found is None:
            if len(self.glyphs) >= _MOST_GLYPHS:
                self.glyphs.clear()
            found = self.glyphs[char] = self._drawn(char)
        return found

    def width(self, text: str) -> int:
        """Return the room ``text`` takes with all of its ink, dots."""
        pen = high = low = 0
        for char in text:
            glyph = self.glyph(char)
            low = min(low, pen + glyph.left)
            high = max(high, pen + glyph.right)
            pen += glyph.advance
        return max(pen, high) - low

    def draw(self, strip: Image.Image, left: int, text: str) -> None:
        """Burn ``text`` into ``strip`` with all of its ink right of ``left``."""
        pen = left
        low = 0
        for char in text:
            glyph = self.glyph(char)
            low = min(low, pen - left + glyph.left)
            pen += glyph.advance
        pen = left - low
        for char in text:
            glyph = self.glyph(char)
            if glyph.picture is not None:
                strip.paste(INK, (pen + glyph.left, self.baseline_dots + glyph.top), glyph.picture)
            pen += glyph.advance

    def _drawn(self, char: str) -> Glyph:
        advance = round(self.font.getlength(char, mode="1"))
        left, top, right, bottom = (int(edge) for edge in self.font.getbbox(char, mode="1", anchor="ls"))
        picture = Image.new("1", (max(1, right - left), max(1, bottom - top)), PAPER)
        draw = ImageDraw.Draw(picture)
        draw.fontmode = "1"
        draw.text((-left, -top), char, INK, self.font, anchor="ls")
        ink = picture.getbbox()
        if ink is None:
            return Glyph(None, 0, 0, 0, advance)
        return Glyph(picture.crop(ink), left + ink[0], top + ink[1], left + ink[2], advance)


# Vietnamese and ASCII are some 250; a text in another script must not grow the store for ever.
_MOST_GLYPHS = 2_000


def load_face(file: Path, em_dots: int) -> Face:
    """Load a font at one size.

    Args:
        file: A TrueType font.
        em_dots: Its size, dots per em.

    Raises:
        OSError: The file is missing or no font.
    """
    # Basic layout: the text is composed (NFC), and the result is the same with or without libraqm.
    font = ImageFont.truetype(str(file), em_dots, layout_engine=ImageFont.Layout.BASIC)
    top = math.floor(font.getbbox(_TALLEST, mode="1", anchor="ls")[1])
    bottom = math.ceil(font.getbbox(_DEEPEST, mode="1", anchor="ls")[3])
    leading = max(2, em_dots // 10)
    return Face(font, bottom - top + leading, leading // 2 - top)
