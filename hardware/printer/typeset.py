"""Sets a document in type: each item becomes a black-and-white strip as wide as the paper.

Vietnamese goes to the printer as a picture: code pages of receipt printers lack half of its letters or name them
differently from model to model. Letters are drawn by FreeType at the printer's own resolution, without grey and
without dithering, so every edge falls on a dot.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.printer.document import Align, Columns, Cut, Document, DrawerPulse, Feed, Item, Qr, Rule, Size, Text

WHITE, BLACK = 1, 0

# Dots per em at 203 dpi: 24 dots are 3 mm, the height of the printers' own font A. Narrow paper keeps the reading
# sizes and lowers the display sizes, so that a total and its amount still share a line.
_EM_WIDE_DOTS = {Size.SMALL: 20, Size.NORMAL: 24, Size.LARGE: 34, Size.HUGE: 52}
_EM_NARROW_DOTS = {Size.SMALL: 20, Size.NORMAL: 24, Size.LARGE: 30, Size.HUGE: 46}
_NARROW_DOTS = 448

# Judged on enlarged prints: Medium leaves stems of one dot beside stems of two, SemiBold has two or three throughout.
_REGULAR_FACE = "BeVietnamPro-SemiBold.ttf"
_BOLD_FACE = "BeVietnamPro-ExtraBold.ttf"

# All capitals with two marks above, and all that reaches below: a line is as high as the highest of them.
_TALLEST = "ẮẰẲẴẤẦẨẪẾỀỂỄỐỒỔỖỚỜỞỠỨỪỬỮ"
_DEEPEST = "ẶẬỆỘỢỰỴặậệộợựỵgjpqy₫,;()/@"

_QUIET_MODULES = 4  # white border a QR reader needs, ISO/IEC 18004 section 9.1
_MIN_LEFT_SHARE = 0.35  # less room than this beside the amount and the label goes above it
_GAP_EM = 0.6  # between label and amount


@dataclass(frozen=True, slots=True)
class Face:
    """One font at one size.

    Attributes:
        font: The font.
        line_dots: Height of a line: the tallest capital with two marks fits above, the lowest dot below.
        baseline_dots: Where letters stand, from the top of the line.
        words: Widths measured before, dots.
    """

    font: ImageFont.FreeTypeFont
    line_dots: int
    baseline_dots: int
    words: dict[str, int] = field(default_factory=dict)

    def width(self, text: str) -> int:
        """Return the room ``text`` takes with all of its ink, dots."""
        if not text:
            return 0
        advance, ink = self.font.getlength(text, mode="1"), self.font.getbbox(text, mode="1")[2]
        return math.ceil(max(advance, ink)) + self.overhang(text)

    def overhang(self, text: str) -> int:
        """Return how far ink stands to the left of the starting point (the grave of a leading ``ì``), dots."""
        return max(0, -math.floor(self.font.getbbox(text, mode="1")[0]))

    def word_width(self, word: str) -> int:
        """Return the width of a word, from memory where possible: measuring is what typesetting spends its time on."""
        if word not in self.words:
            self.words[word] = self.width(word)
        return self.words[word]


class Typesetter:
    """Draws documents for one paper width.

    Args:
        font_dir: Folder with the Be Vietnam Pro files.
        width_dots: Printable width, dots.

    Raises:
        OSError: A font file is missing.
    """

    def __init__(self, font_dir: Path, width_dots: int) -> None:
        self._font_dir = font_dir
        self._width = width_dots
        self._em = _EM_NARROW_DOTS if width_dots < _NARROW_DOTS else _EM_WIDE_DOTS
        self._faces: dict[tuple[Size, bool], Face] = {}

    def page(self, document: Document) -> Image.Image:
        """Return the whole paper as a picture, one bit a dot."""
        return stack([strip for item in document.items for strip in self.strips(item)], self._width)

    def strips(self, item: Item) -> list[Image.Image]:
        """Return the strips of one item, from top to bottom; none for actions."""
        match item:
            case Text():
                return self._text(item)
            case Columns():
                return self._columns(item)
            case Rule():
                return [self._rule(item)]
            case Qr():
                return [self._qr(item)]
            case Feed():
                return [self._blank(item.height_dots)] if item.height_dots > 0 else []
            case Cut() | DrawerPulse():
                return []

    def _blank(self, height_dots: int, ink: int = WHITE) -> Image.Image:
        return Image.new("1", (self._width, height_dots), ink)

    def _face(self, size: Size, bold: bool) -> Face:
        key = (size, bold)
        if key not in self._faces:
            em = self._em[size]
            path = self._font_dir / (_BOLD_FACE if bold else _REGULAR_FACE)
            # Basic layout: the text is composed (NFC), and the result is the same with or without libraqm.
            font = ImageFont.truetype(str(path), em, layout_engine=ImageFont.Layout.BASIC)
            top = math.floor(font.getbbox(_TALLEST, mode="1", anchor="ls")[1])
            bottom = math.ceil(font.getbbox(_DEEPEST, mode="1", anchor="ls")[3])
            leading = max(2, em // 10)
            self._faces[key] = Face(font, bottom - top + leading, leading // 2 - top)
        return self._faces[key]

    def _line(self, parts: list[tuple[int, str]], face: Face, inverse: bool = False) -> Image.Image:
        strip = self._blank(face.line_dots, BLACK if inverse else WHITE)
        draw = ImageDraw.Draw(strip)
        draw.fontmode = "1"
        for left, text in parts:
            at = (left + face.overhang(text), face.baseline_dots)
            draw.text(at, text, WHITE if inverse else BLACK, face.font, anchor="ls")
        return strip

    def _text(self, item: Text) -> list[Image.Image]:
        face = self._face(item.size, item.bold)
        strips = []
        lines = wrap(item.text, face, self._width)
        if item.align is Align.CENTER:
            lines = _balanced(item.text, face, self._width, lines)
        for line in lines:
            free = self._width - face.width(line)
            left = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[item.align]
            strips.append(self._line([(left, line)], face, item.inverse))
        return strips

    def _columns(self, item: Columns) -> list[Image.Image]:
        right = _clean(item.right)
        face, amount_face = self._face(item.size, item.bold), self._fitting(right, item)
        free = self._width - amount_face.width(right)
        room = free - int(self._em[item.size] * _GAP_EM)
        beside = room >= self._width * _MIN_LEFT_SHARE or face.width(_clean(item.left)) <= room
        lines = wrap(item.left, face, room if beside else self._width) if item.left else [""]
        if not beside:
            lines.append("")
        strips = [self._line([(0, line)], face) for line in lines[:-1]]
        if amount_face is face:
            return [*strips, self._line([(0, lines[-1]), (free, right)], face)]
        overlong = wrap(right, amount_face, self._width)
        return strips + [self._line([(self._width - amount_face.width(t), t)], amount_face) for t in overlong]

    def _fitting(self, right: str, item: Columns) -> Face:
        # An amount wider than the paper is set smaller before it is ever broken.
        order = (Size.HUGE, Size.LARGE, Size.NORMAL, Size.SMALL)
        faces = [self._face(size, item.bold) for size in order[order.index(item.size) :]]
        return next((face for face in faces if face.width(right) <= self._width), faces[-1])

    def _rule(self, item: Rule) -> Image.Image:
        strip = self._blank(18)
        draw = ImageDraw.Draw(strip)
        step = 12 if item.dashed else self._width
        for left in range(0, self._width, step):
            draw.rectangle((left, 8, left + (5 if item.dashed else step - 1), 9), fill=BLACK)
        return strip

    def _qr(self, item: Qr) -> Image.Image:
        # make_qr, never make: that one chooses Micro QR for short texts, which many scanners cannot read.
        rows = [list(row) for row in segno.make_qr(item.data, error="m").matrix]
        modules = len(rows) + 2 * _QUIET_MODULES
        scale = max(1, min(item.module_dots, self._width // modules))
        code = Image.new("1", (len(rows), len(rows)), WHITE)
        code.putdata([BLACK if dark else WHITE for row in rows for dark in row])
        code = code.resize((len(rows) * scale, len(rows) * scale), Image.Resampling.NEAREST)
        strip = self._blank(modules * scale)
        strip.paste(code, ((self._width - code.width) // 2, _QUIET_MODULES * scale))
        return strip


def stack(strips: list[Image.Image], width_dots: int) -> Image.Image:
    """Put strips under each other on paper ``width_dots`` wide; no strips give paper of one white row."""
    height_dots = sum(strip.height for strip in strips)
    page = Image.new("1", (width_dots, max(1, height_dots)), WHITE)
    top = 0
    for strip in strips:
        page.paste(strip, (0, top))
        top += strip.height
    return page


def render(document: Document, width_dots: int, font_dir: Path) -> Image.Image:
    """Return the paper as a picture for a preview: dot for dot what the printer burns.

    Args:
        document: What to draw.
        width_dots: Printable width, dots.
        font_dir: Folder with the Be Vietnam Pro files.
    """
    return Typesetter(font_dir, width_dots).page(document)


def wrap(text: str, face: Face, room_dots: int) -> list[str]:
    """Break ``text`` into lines no wider than ``room_dots``.

    Lines break at spaces (never at a no-break space), and inside a word only when it is wider than the paper.
    """
    lines = []
    space = face.word_width(" ")
    for paragraph in text.split("\n"):
        line, used = "", 0
        for word in _clean(paragraph).split(" "):
            width = face.word_width(word)
            if line and used + space + width <= room_dots:
                line, used = f"{line} {word}", used + space + width
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, face, room_dots)
            lines += full
            used = face.word_width(line)
        lines.append(line)
    return lines


def _broken(word: str, face: Face, room_dots: int) -> list[str]:
    pieces = []
    while len(word) > 1 and face.word_width(word) > room_dots:
        length = next((n for n in range(len(word) - 1, 1, -1) if face.width(word[:n]) <= room_dots), 1)
        pieces.append(word[:length])
        word = word[length:]
    return [*pieces, word]


def _balanced(text: str, face: Face, room_dots: int, lines: list[str]) -> list[str]:
    # A centred paragraph must not end in a lonely word: the narrowest setting with as many lines looks even.
    narrow, wide = room_dots // 2, room_dots
    while wide - narrow > 4:
        middle = (narrow + wide) // 2
        tried = wrap(text, face, middle)
        if len(tried) > len(lines):
            narrow = middle
        else:
            wide, lines = middle, tried
    return lines


def _clean(text: str) -> str:
    # Composed letters only: the fonts have ready-made glyphs for all of Vietnamese, placed better than two drawn
    # over each other. Control characters would print as boxes.
    composed = unicodedata.normalize("NFC", text).replace("\t", " ")
    return "".join(char for char in composed if unicodedata.category(char)[0] != "C").rstrip()
