"""Letters as black-and-white pictures, drawn once each; lines are put together from them.

Drawing a line anew with FreeType costs a millisecond, pasting its letters a few microseconds. Only letters are kept,
never words: a slip may carry a code that nobody shall find in memory later.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

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
        glyph, body = self._as_hinted(char), _body(char)
        if body == char:
            return glyph
        plain = self._as_hinted(body)
        whole = _on_its_body(glyph, plain)
        if char.islower() and _TILDE in unicodedata.normalize("NFD", char) and _has_bar_above(whole, plain.top):
            designed = self._as_designed(char, glyph.advance)
            rows = plain.top + plain.picture.height - designed.top if plain.picture and designed.picture else 0
            if designed.picture and 0 < rows < designed.picture.height:  # its own body ends lower: not its mark
                designed = replace(designed, picture=designed.picture.crop((0, 0, designed.picture.width, rows)))
            whole = _on_its_body(designed, plain)
        return whole

    def _as_designed(self, char: str, advance: int) -> Glyph:
        """Return one letter as its outline is, eight times too large and then made small: its tilde keeps its wave."""
        font = self.font.font_variant(size=self.font.size * _FINER)
        left, top, right, bottom = (int(edge) for edge in font.getbbox(char, anchor="ls"))
        left, top = left // _FINER - 1, top // _FINER - 1
        width, height = right // _FINER - left + 2, bottom // _FINER - top + 2
        large = Image.new("L", (width * _FINER, height * _FINER), 0)
        ImageDraw.Draw(large).text((-left * _FINER, -top * _FINER), char, 255, font, anchor="ls")
        grey = large.resize((width, height), Image.Resampling.BOX)
        picture = grey.point(lambda share: 255 * (share > _INK_SHARE)).convert("1")
        ink = picture.getbbox() or (0, 0, 1, 1)
        return Glyph(picture.crop(ink), left + ink[0], top + ink[1], left + ink[2], advance)

    def _as_hinted(self, char: str) -> Glyph:
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


_HORN, _TILDE, _DOTLESS = "\u031b", "\u0303", {"i": "ı"}
_FINER, _INK_SHARE = 8, 110  # of 255: what makes a dot black
_BAR_SHARE = 0.84  # of its box; a tilde with its wave fills two thirds to four fifths


def _body(char: str) -> str:
    """Return the letter without the marks above and below it; a horn is part of the letter."""
    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 1:
        return char
    first, marks = parts[0], parts[1:]
    return unicodedata.normalize("NFC", first + _HORN) if _HORN in marks else _DOTLESS.get(first, first)


def _on_its_body(marked: Glyph, body: Glyph) -> Glyph:
    """Return the marks of ``marked`` on the very picture of ``body``.

    The hinter fits a letter with its marks to whole dots as one thing, and comes to another letter than without: the
    õ of one size stands a dot above the o beside it, the È of another is a dot thinner than the E. A line of Vietnamese
    dances then; with one body for all it does not.
    """
    if marked.picture is None or body.picture is None:
        return marked
    down = _best_shift(marked, body)
    left, right = min(marked.left, body.left), max(marked.right, body.right)
    top = min(marked.top + down, body.top)
    bottom = max(marked.top + down + marked.picture.height, body.top + body.picture.height)
    size = (right - left, bottom - top)
    picture, letter = Image.new("1", size, PAPER), Image.new("1", size, PAPER)
    picture.paste(marked.picture, (marked.left - left, marked.top + down - top))
    letter.paste(body.picture, (body.left - left, body.top - top))
    # What lies on the body or right beside it, between its top and its bottom, is the other body: away with it. A mark
    # beside a body (the dot of an ỵ, the accent over a horn) keeps its distance.
    near = letter.convert("L").filter(ImageFilter.MaxFilter(3)).convert("1")
    near.paste(PAPER, (0, 0, size[0], body.top - top))
    near.paste(PAPER, (0, body.top - top + body.picture.height, *size))
    picture.paste(PAPER, (0, 0), near)
    picture.paste(INK, (0, 0), letter)
    return Glyph(picture, left, top, right, marked.advance)


def _has_bar_above(glyph: Glyph, body_top: int) -> bool:
    """Say whether the hinter made a bar of what stands above the body: a tilde without its wave is hard to read."""
    if glyph.picture is None or body_top <= glyph.top:
        return False
    above = glyph.picture.crop((0, 0, glyph.picture.width, body_top - glyph.top))
    ink = above.getbbox()
    return ink is not None and _ink_share(above.crop(ink)) > _BAR_SHARE


def _ink_share(picture: Image.Image) -> float:
    return picture.histogram()[-1] / (picture.width * picture.height)


def _best_shift(marked: Glyph, body: Glyph) -> int:
    """Return by how many dots ``marked`` must go down so that its body lies on ``body`` best."""

    def covered(down: int) -> int:
        if marked.picture is None or body.picture is None:
            return 0
        left, top = body.left - marked.left, body.top - marked.top - down
        seen = marked.picture.crop((left, top, left + body.picture.width, top + body.picture.height))
        return ImageChops.logical_and(seen, body.picture).histogram()[-1]

    return max((0, 1, -1), key=covered)


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
