"""Sets a document in type: each item becomes strips of ink as wide as the paper.

Vietnamese goes to the printer as a picture: code pages of receipt printers lack half of its letters or name them
differently from model to model. Letters are drawn at the printer's own resolution, without grey and without
dithering, so every edge falls on a dot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from hardware.printer import codes
from hardware.printer.document import (
    Align,
    Code128,
    Columns,
    Cut,
    Document,
    DrawerPulse,
    Feed,
    Item,
    Logo,
    Qr,
    Rule,
    Ruler,
    Size,
    Text,
)
from hardware.printer.glyphs import INK, PAPER, Face, load_face
from hardware.printer.logo import LogoStore
from hardware.printer.profile import PrinterProfile
from hardware.printer.wrapping import clean, wrap, wrap_even

# Dots per em at 203 dpi: 24 dots are 3 mm, the height of the printers' own font A. Narrow paper keeps the reading
# sizes and lowers the display sizes, so that a total and its amount still share a line.
_EM_WIDE = {Size.SMALL: 20, Size.NORMAL: 24, Size.LARGE: 34, Size.HUGE: 52}
_EM_NARROW = {Size.SMALL: 20, Size.NORMAL: 24, Size.LARGE: 30, Size.HUGE: 46}
_NARROW_MM = 56
_REFERENCE_DPI = 203

# Judged on enlarged prints: Medium leaves stems of one dot beside stems of two, SemiBold has two or three throughout.
_REGULAR_FACE = "BeVietnamPro-SemiBold.ttf"
_BOLD_FACE = "BeVietnamPro-ExtraBold.ttf"

_MIN_LEFT_SHARE = 0.35  # less room than this beside the amount and the label goes above it
_GAP_EM = 0.6  # between label and amount


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of paper over its full width.

    Attributes:
        picture: Its ink; what is not 0 is black.
        across: How many dots each point of the picture is wide, 1 or 2.
        down: How many dots each point is high, 1 or 2.
    """

    picture: Image.Image
    across: int = 1
    down: int = 1

    @property
    def height_dots(self) -> int:
        """How much paper it takes, dots."""
        return self.picture.height * self.down

    def at_full_size(self) -> Image.Image:
        """Return its ink, one point a dot."""
        if self.across == self.down == 1:
            return self.picture
        size = (self.picture.width * self.across, self.height_dots)
        return self.picture.resize(size, Image.Resampling.NEAREST)


class Typesetter:
    """Draws documents for one printer. Belongs to one thread.

    Args:
        font_dir: Folder with the Be Vietnam Pro files.
        profile: Paper width, resolution, and whether points of two dots may be used.

    Raises:
        OSError: A font file is missing.
    """

    def __init__(self, font_dir: Path, profile: PrinterProfile) -> None:
        self._font_dir = font_dir
        self._profile = profile
        self._width = profile.width_dots
        self._double = 2 if profile.raster_scaling else 1
        narrow = profile.width_dots * 25.4 / profile.dpi < _NARROW_MM
        self._em = {size: self.dots(em) for size, em in (_EM_NARROW if narrow else _EM_WIDE).items()}
        self._faces: dict[tuple[Size, bool], Face] = {}
        self._logos = LogoStore()

    def dots(self, at_203_dpi: int) -> int:
        """Return how many dots of this printer are as long as ``at_203_dpi`` dots at 203 dpi."""
        return round(at_203_dpi * self._profile.dpi / _REFERENCE_DPI)

    def page(self, document: Document) -> Image.Image:
        """Return the whole paper as a picture to look at: black on white, one bit a dot."""
        strips = [strip.at_full_size() for item in document.items for strip in self.strips(item)]
        page = Image.new("1", (self._width, max(1, sum(strip.height for strip in strips))), PAPER)
        top = 0
        for strip in strips:
            page.paste(strip, (0, top))
            top += strip.height
        return ImageChops.invert(page)

    def strips(self, item: Item) -> list[Strip]:
        """Return the strips of one item, from top to bottom; none for actions."""
        match item:
            case Text():
                return self._text(item)
            case Columns():
                return self._columns(item)
            case Rule():
                return self._rule(item)
            case Ruler():
                return [self._ruler()]
            case Qr():
                return self._qr(item)
            case Code128():
                return self._code128(item)
            case Logo():
                picture = self._logos.picture(item.file, min(self._width, self.dots(item.width_mm * 8)))
                return [self._centred(picture)] if picture else []
            case Feed():
                return [self._blank(self.dots(item.height_dots))] if item.height_dots > 0 else []
            case Cut() | DrawerPulse():
                return []

    def _blank(self, height_dots: int, ink: int = PAPER) -> Strip:
        return Strip(Image.new("1", (self._width, height_dots), ink))

    def _centred(self, picture: Image.Image, across: int = 1, down: int = 1) -> Strip:
        strip = Image.new("1", (self._width // across, picture.height), PAPER)
        strip.paste(picture, ((strip.width - picture.width) // 2, 0))
        return Strip(strip, across, down)

    def _face(self, size: Size, bold: bool) -> Face:
        key = (size, bold)
        if key not in self._faces:
            self._faces[key] = load_face(self._font_dir / (_BOLD_FACE if bold else _REGULAR_FACE), self._em[size])
        return self._faces[key]

    def _line(self, parts: list[tuple[int, str]], face: Face, inverse: bool = False) -> Strip:
        picture = Image.new("1", (self._width, face.line_dots), PAPER)
        for left, text in parts:
            face.draw(picture, left, text)
        return Strip(ImageChops.invert(picture) if inverse else picture)

    def _text(self, item: Text) -> list[Strip]:
        face = self._face(item.size, item.bold)
        breaking = wrap_even if item.align is Align.CENTER else wrap
        strips = []
        for line in breaking(item.text, face.width, self._width):
            free = self._width - face.width(line)
            left = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[item.align]
            strips.append(self._line([(left, line)], face, item.inverse))
        return strips

    def _columns(self, item: Columns) -> list[Strip]:
        right = clean(item.right)
        face, amount_face = self._face(item.size, item.bold), self._fitting(right, item)
        free = self._width - amount_face.width(right)
        room = free - int(self._em[item.size] * _GAP_EM)
        beside = room >= self._width * _MIN_LEFT_SHARE or face.width(clean(item.left)) <= room
        lines = wrap(item.left, face.width, room if beside else self._width) if item.left else [""]
        if not beside:
            lines.append("")
        strips = [self._line([(0, line)], face) for line in lines[:-1]]
        if amount_face is face:
            return [*strips, self._line([(0, lines[-1]), (free, right)], face)]
        overlong = wrap(right, amount_face.width, self._width)
        return strips + [self._line([(self._width - amount_face.width(t), t)], amount_face) for t in overlong]

    def _fitting(self, right: str, item: Columns) -> Face:
        # An amount wider than the paper is set smaller before it is ever broken.
        order = (Size.HUGE, Size.LARGE, Size.NORMAL, Size.SMALL)
        faces = [self._face(size, item.bold) for size in order[order.index(item.size) :]]
        return next((face for face in faces if face.width(right) <= self._width), faces[-1])

    def _rule(self, item: Rule) -> list[Strip]:
        above, thick, below = self.dots(8), 2, self.dots(18) - self.dots(8) - 2
        line = Image.new("1", (self._width // self._double, thick // self._double), PAPER if item.dashed else INK)
        if item.dashed:
            step, dash = 12 // self._double, 6 // self._double
            for left in range(0, line.width, step):
                line.paste(INK, (left, 0, min(left + dash, line.width), line.height))
        return [self._blank(above), Strip(line, self._double, self._double), self._blank(below)]

    def _ruler(self) -> Strip:
        picture = Image.new("1", (self._width, 40), PAPER)
        face = self._face(Size.SMALL, False)
        numbers = Image.new("1", (self._width, face.line_dots), PAPER)
        for mm in range(int(self._width * 25.4 / self._profile.dpi) + 1):
            left = min(round(mm * self._profile.dpi / 25.4), self._width - 2)
            long = 3 if mm % 10 == 0 else 2 if mm % 5 == 0 else 1
            picture.paste(INK, (left, 0, left + 2, 12 * long))
            if mm % 10 == 0 and left + face.width(str(mm)) <= self._width:
                face.draw(numbers, left, str(mm))
        for edge in (0, self._width - 4):
            picture.paste(INK, (edge, 0, edge + 4, 40))
        whole = Image.new("1", (self._width, picture.height + numbers.height), PAPER)
        whole.paste(picture, (0, 0))
        whole.paste(numbers, (0, picture.height))
        return Strip(whole)

    def _qr(self, item: Qr) -> list[Strip]:
        picture = codes.qr(item.data)
        across = picture.width + 2 * codes.QR_QUIET_MODULES
        module_dots = max(1, min(item.module_dots, self._width // across))
        double = self._double if module_dots % 2 == 0 else 1
        code = codes.enlarged(picture, module_dots // double, module_dots // double)
        quiet = self._blank(codes.QR_QUIET_MODULES * module_dots)
        return [quiet, self._centred(code, double, double), quiet]

    def _code128(self, item: Code128) -> list[Strip]:
        bars = codes.code128(item.data)
        module_dots = codes.fitting_module(bars.width, item.module_dots, self._width)
        if not module_dots:
            return self._qr(Qr(item.data))
        across = self._double if module_dots % 2 == 0 else 1
        height_dots = self.dots(item.height_mm * 8) // self._double * self._double
        code = codes.enlarged(bars, module_dots // across, height_dots // self._double)
        below = self._text(Text(item.data, Size.SMALL, align=Align.CENTER))
        return [self._centred(code, across, self._double), self._blank(self.dots(4)), *below]


def render(document: Document, profile: PrinterProfile, font_dir: Path) -> Image.Image:
    """Return the paper as a picture for a preview: dot for dot what the printer burns.

    Args:
        document: What to draw.
        profile: For which printer.
        font_dir: Folder with the Be Vietnam Pro files.
    """
    return Typesetter(font_dir, profile).page(document)
