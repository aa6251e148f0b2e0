"""Prints decoded events on a roll of paper and keeps what was on it.

Source: as in ``decoder``; what holds for a line (alignment, spacing, size) is described there under each command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageChops

from hardware.virtual import codes
from hardware.virtual.events import (
    BarsPrinted,
    Characters,
    ColumnImage,
    Event,
    Fed,
    Initialised,
    LineFeed,
    Mode,
    NotUnderstood,
    PaperCut,
    Pulse,
    QrPrinted,
    Raster,
    Tab,
)
from hardware.virtual.letters import Letters
from hardware.virtual.pages import EPSON_PAGES, decode

_Note = TypeVar("_Note")
_WHITE = 255
_MAX_SLIP_DOTS = 40_000  # 5 m at 203 dpi: then it is torn off, whatever the host forgot
_MOST_FED_INCHES = 40  # 1016 mm: what one command feeds at most (Epson, ESC d, ESC J)
_MAX_NOTES, _MAX_PIECES = 1_000, 200
_TAB_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What kind of printer a virtual one is.

    Attributes:
        width_dots: Printable width, dots.
        dpi: Dots per inch, both ways.
        units_per_inch: Vertical motion units until ``GS P`` changes them; Epson's are half dots.
        pages: ``ESC t`` number → code page, names of ``pages.decode``.
        kanji: Starts in two-byte Chinese mode, as many printers made for China do.
        font: A TrueType font with the letters of its pages; None: what Pillow brings along.
    """

    width_dots: int = 576
    dpi: int = 203
    units_per_inch: int = 203
    pages: Mapping[int, str] = field(default_factory=lambda: EPSON_PAGES)
    kanji: bool = False
    font: Path | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """One piece of paper.

    Attributes:
        image: All of it, black is 0, as wide as the roll.
        texts: Lines sent as plain text.
        qr_codes: Contents of QR codes the printer drew itself.
        bars: Contents of bar codes the printer drew itself.
        pulses: Drawer pins pulsed while it was printed.
        cut: False when it was torn off.
        overrun_bytes: How many bytes were lost while it was printed, because its buffer was full.
        not_understood: Byte sequences the printer did not know.
    """

    image: Image.Image
    texts: tuple[str, ...] = ()
    qr_codes: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    pulses: tuple[int, ...] = ()
    cut: bool = True
    overrun_bytes: int = 0
    not_understood: tuple[bytes, ...] = ()

    def save(self, path: Path) -> None:
        """Write the paper as a PNG."""
        self.image.convert("L").save(path, format="PNG")


class Paper:
    """The roll in a virtual printer, with its print head and the modes of the moment."""

    def __init__(self, build: Build | None = None) -> None:
        self.build = build or Build()
        self._pen = 0
        self._letters = Letters(self.build.font)
        self._clear()
        self._reset()

    @property
    def is_blank(self) -> bool:
        """True while nothing has been printed since the last cut."""
        return not (self._strips or self._pulses or self._not_understood)

    @property
    def height_dots(self) -> int:
        """How much paper has come out since the last cut."""
        return self._height

    def take(self, event: Event) -> Slip | None:
        """Print one event; returns the slip when it was cut."""
        match event:
            case Mode(name, value):
                self._set(name, value)
            case Characters(data):
                self._type(data)
            case Tab():
                self._pen = (self._pen // self._tab + 1) * self._tab
            case ColumnImage(image, across, down):
                self._place(_enlarged(image, across, down))
            case LineFeed():
                self._end_line(feed=True)
            case Fed(amount, in_lines):
                self._end_line(feed=False)
                self._feed(amount * self._spacing if in_lines else self._vertical(amount))
            case Raster(image, across, down):
                self._own_lines(_enlarged(image, across, down))
            case QrPrinted():
                self._qr(event)
            case BarsPrinted():
                self._bars_of(event)
            case PaperCut():
                self._end_line(feed=False)
                return self.tear(cut=True)
            case _:
                self._note(event)
        return self.tear(cut=False) if self._height > _MAX_SLIP_DOTS else None

    def _note(self, event: Event) -> None:
        """Take what leaves no ink; questions are not the paper's."""
        match event:
            case Pulse(pin):
                _note(self._pulses, pin)
            case NotUnderstood(data):
                self._not(data)
            case Initialised():
                self._reset()
            case _:
                pass

    def tear(self, *, cut: bool) -> Slip | None:
        """End the slip; None when there is nothing on it."""
        self._end_line(feed=False)
        if self.is_blank:
            return None
        page = Image.new("1", (self.build.width_dots, max(1, self._height)), _WHITE)
        for top, strip in self._strips:
            page.paste(strip, (0, top))
        slip = Slip(
            image=page,
            texts=tuple(self._texts),
            qr_codes=tuple(self._qr_codes),
            bars=tuple(self._bars),
            pulses=tuple(self._pulses),
            cut=cut,
            not_understood=tuple(self._not_understood),
        )
        self._clear()
        return slip

    def drop_line(self) -> None:
        """Forget the line being built, as a printer does that is cleared or loses power."""
        self._pieces: list[tuple[int, Image.Image]] = []
        self._line_text = ""
        self._pen = 0

    # ------------------------------------------------------------ modes

    def _clear(self) -> None:
        self._strips: list[tuple[int, Image.Image]] = []
        self._height = 0
        self._texts: list[str] = []
        self._qr_codes: list[str] = []
        self._bars: list[str] = []
        self._pulses: list[int] = []
        self._not_understood: list[bytes] = []

    def _reset(self) -> None:
        """ESC @: every mode as at power-on; the line being built is lost."""
        self._modes: dict[str, int] = {"line_spacing": -1, "kanji": int(self.build.kanji), "bar_height": 162}
        self.drop_line()

    def _mode(self, name: str) -> int:
        return self._modes.get(name, 0)

    def _set(self, name: str, value: int) -> None:
        match name:
            case "print_mode":  # ESC !: font, bold, double height, double width, underline in one byte
                self._modes |= {"font": value & 1, "bold": value >> 3 & 1, "underline": value >> 7}
                self._modes["character_size"] = (value >> 5 & 1) << 4 | (value >> 4 & 1)
            case "line_spacing":
                # The unit of the moment counts; a later GS P does not change it.
                self._modes["line_spacing"] = value if value < 0 else self._vertical(value)
            case "position":
                self._pen = self._horizontal(value)
            case "moved_by":
                self._pen = max(0, self._pen + self._horizontal(value - 0x10000 if value >= 0x8000 else value))
            case "left_margin" | "area_width":
                if not self._pieces:  # only at the beginning of a line
                    self._modes[name] = self._horizontal(value)
            case "align":
                if not self._pieces:
                    self._modes["align"] = value % 48
            case _:
                self._modes[name] = value

    def _vertical(self, units: int) -> int:
        return units * self.build.dpi // (self._mode("unit_y") or self.build.units_per_inch)

    def _horizontal(self, units: int) -> int:
        return units * self.build.dpi // (self._mode("unit_x") or self.build.dpi)

    @property
    def _spacing(self) -> int:
        return self.build.dpi // 6 if self._mode("line_spacing") < 0 else self._mode("line_spacing")

    @property
    def _area(self) -> tuple[int, int]:
        """Left edge and width of the printing area, dots."""
        left = min(self._mode("left_margin"), self.build.width_dots - 1)
        return left, min(self._mode("area_width") or self.build.width_dots, self.build.width_dots - left)

    @property
    def _cell(self) -> tuple[int, int]:
        """Width and height of a character, dots."""
        size, small = self._mode("character_size"), self._mode("font") % 48 != 0
        across, down = (size >> 4 & 7) + 1, (size & 7) + 1
        return (9 if small else 12) * across, (17 if small else 24) * down

    @property
    def _tab(self) -> int:
        return _TAB_CHARACTERS * self._cell[0]

    # ------------------------------------------------------------ lines

    def _type(self, data: bytes) -> None:
        page = "gb18030" if self._mode("kanji") else self.build.pages.get(self._mode("code_page"), "")
        text = decode(data, page)
        if page == "cp1258" and self._line_text:
            # A tone mark may come in the next piece of bytes than its letter.
            joined = decode((self._line_text[-1] + text[:1]).encode("cp1258", "replace"), page)
            if len(joined) == 1 and self._pieces:
                self._pen, text = self._pieces.pop()[0], joined + text[1:]
                self._line_text = self._line_text[:-1]
        width, height = self._cell
        for letter in text:
            if self._pen + width > self._area[1]:
                self._end_line(feed=True)  # buffer full: it prints and goes on in the next line
            picture = self._letters.picture(
                letter, width, height, bold=bool(self._mode("bold") & 1), inverse=bool(self._mode("inverse") & 1)
            )
            self._add(picture)
            self._line_text += letter
            self._pen += width + self._horizontal(self._mode("character_spacing"))

    def _place(self, picture: Image.Image) -> None:
        self._add(picture)
        self._pen += picture.width

    def _add(self, picture: Image.Image) -> None:
        if len(self._pieces) >= _MAX_PIECES:  # a host that jumps back and forth fills the print buffer
            self._end_line(feed=True)
        room = self._area[1] - self._pen
        if room > 0:
            fits = picture if picture.width <= room else picture.crop((0, 0, room, picture.height))
            self._pieces.append((self._pen, fits))

    def _end_line(self, *, feed: bool) -> None:
        """Print the line being built; with ``feed`` move on by the line spacing, else only past its ink."""
        if not self._pieces:
            if feed:
                _note(self._texts, "")
                self._feed(self._spacing)
            self._pen = 0
            return
        height = max(picture.height for _, picture in self._pieces)
        left, width = self._area
        end = max(at + picture.width for at, picture in self._pieces)
        left += max(0, width - end) * self._mode("align") // 2
        strip = Image.new("1", (self.build.width_dots, height), _WHITE)
        for at, picture in self._pieces:
            _overlay(strip, picture, left + at, height - picture.height)
        self._strips.append((self._height, strip))
        if self._line_text or feed:
            _note(self._texts, self._line_text)
        self._feed(max(height, self._spacing) if feed else height)
        self.drop_line()

    def _feed(self, dots: int) -> None:
        dots = min(dots, _MOST_FED_INCHES * self.build.dpi)
        # White paper at the top of a slip is not its beginning: a printer that only fed has printed nothing.
        if dots and (self._strips or self._height):
            self._height += dots
        elif dots:
            self._strips.append((0, Image.new("1", (self.build.width_dots, dots), _WHITE)))
            self._height = dots

    def _own_lines(self, picture: Image.Image) -> None:
        """Print a picture that takes lines of its own: left of it what ``ESC $`` or ``GS L`` say, or as aligned."""
        if self._pieces:
            self._end_line(feed=False)
        left, width = self._area
        at = left + self._pen if self._pen else left + max(0, width - picture.width) * self._mode("align") // 2
        strip = Image.new("1", (self.build.width_dots, picture.height), _WHITE)
        strip.paste(picture.crop((0, 0, max(1, min(picture.width, left + width - at)), picture.height)), (at, 0))
        self._strips.append((self._height, strip))
        self._height += picture.height
        self._pen = 0

    def _qr(self, event: QrPrinted) -> None:
        picture = codes.qr(event.data, event.module_dots, event.level)
        if picture is None or picture.width > self._area[1]:
            self._not(b"\x1d(k, a QR code that does not fit")  # a real printer prints nothing either
            return
        self._qr_codes.append(event.data)
        self._own_lines(picture)

    def _bars_of(self, event: BarsPrinted) -> None:
        known = codes.bars(event.kind, event.data, self._mode("bar_width") or 3, self._mode("bar_height"))
        if known is None or known[1].width > self._area[1]:
            self._not(b"\x1dk" + bytes((event.kind,)))
            return
        text, picture = known
        self._bars.append(text)
        hri = self._mode("hri") % 48
        for shown, what in ((hri & 1, text), (1, None), (hri & 2, text)):
            if shown:
                self._own_lines(picture if what is None else self._letters.line(what, 12, 24))

    def _not(self, data: bytes) -> None:
        _note(self._not_understood, data[:64])


def _note(notes: list[_Note], note: _Note) -> None:
    if len(notes) < _MAX_NOTES:
        notes.append(note)


def _overlay(strip: Image.Image, picture: Image.Image, left: int, top: int) -> None:
    """Burn ``picture`` into ``strip``; ink stays ink where pieces meet. Beyond the edge it is lost."""
    box = (left, top, left + picture.width, top + picture.height)
    strip.paste(ImageChops.logical_and(strip.crop(box), picture), box)


def _enlarged(image: Image.Image, across: int, down: int) -> Image.Image:
    if across == down == 1:
        return image
    return image.resize((image.width * across, image.height * down), Image.Resampling.NEAREST)
