"""Paints decoded printer events on paper and keeps what was on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.virtual.decoder import (
    LINE_DOTS,
    Aligned,
    Event,
    FeedDots,
    Initialised,
    NotUnderstood,
    PaperCut,
    Pulse,
    QrPrinted,
    Raster,
    TextLine,
)

_WHITE = 1
_QUIET_MODULES = 4


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """One piece of paper.

    Attributes:
        image: All of it, black is 0, as wide as the roll.
        raster: Only its pictures, without paper feeds: dot for dot what was encoded.
        texts: Lines sent as plain text.
        qr_codes: Contents of codes the printer drew itself.
        pulses: Drawer pins pulsed while it was printed.
        cut: False when it was torn off by the end of the connection.
        not_understood: Byte sequences the printer did not know.
    """

    image: Image.Image
    raster: Image.Image
    texts: tuple[str, ...] = ()
    qr_codes: tuple[str, ...] = ()
    pulses: tuple[int, ...] = ()
    cut: bool = True
    not_understood: tuple[bytes, ...] = ()

    def save(self, path: Path) -> None:
        """Write the paper as a PNG."""
        self.image.convert("L").save(path, format="PNG")


class Paper:
    """The roll in a virtual printer.

    Args:
        width_dots: Printable width, dots.
    """

    def __init__(self, width_dots: int) -> None:
        self._width = width_dots
        self._position = 0
        self._clear()

    @property
    def is_blank(self) -> bool:
        """True while nothing has been printed since the last cut."""
        return not (self._strips or self._pulses or self._not_understood)

    def take(self, event: Event) -> Slip | None:
        """Print one event; returns the slip when it was cut."""
        match event:
            case Raster(image):
                self._print(image, raster=True)
            case TextLine(text):
                self._texts.append(text)
                self._print(_text_picture(text))
            case QrPrinted(data, module_dots):
                self._qr_codes.append(data)
                self._print(_qr_picture(data, module_dots))
            case FeedDots(dots) if dots:
                self._strips.append((Image.new("1", (self._width, dots), _WHITE), False))
            case Aligned(position):
                self._position = position
            case Initialised():
                self._position = 0
            case Pulse(pin):
                self._pulses.append(pin)
            case NotUnderstood(data):
                self._not_understood.append(data)
            case PaperCut():
                return self.tear(cut=True)
            case _:
                pass
        return None

    def tear(self, *, cut: bool) -> Slip | None:
        """End the slip; None when there is nothing on it."""
        if self.is_blank:
            return None
        slip = Slip(
            image=self._stack([strip for strip, _ in self._strips]),
            raster=self._stack([strip for strip, raster in self._strips if raster]),
            texts=tuple(self._texts),
            qr_codes=tuple(self._qr_codes),
            pulses=tuple(self._pulses),
            cut=cut,
            not_understood=tuple(self._not_understood),
        )
        self._clear()
        return slip

    def _clear(self) -> None:
        self._strips: list[tuple[Image.Image, bool]] = []
        self._texts: list[str] = []
        self._qr_codes: list[str] = []
        self._pulses: list[int] = []
        self._not_understood: list[bytes] = []

    def _print(self, picture: Image.Image, *, raster: bool = False) -> None:
        strip = Image.new("1", (self._width, picture.height), _WHITE)
        strip.paste(picture, ((self._width - picture.width) * self._position // 2, 0))  # beyond the edge: lost
        self._strips.append((strip, raster))

    def _stack(self, strips: list[Image.Image]) -> Image.Image:
        page = Image.new("1", (self._width, max(1, sum(strip.height for strip in strips))), _WHITE)
        top = 0
        for strip in strips:
            page.paste(strip, (0, top))
            top += strip.height
        return page


def _text_picture(text: str) -> Image.Image:
    font = ImageFont.load_default(24)
    picture = Image.new("1", (max(8, int(font.getlength(text)) + 1), LINE_DOTS), _WHITE)
    ImageDraw.Draw(picture).text((0, 2), text, 0, font)
    return picture


def _qr_picture(data: str, module_dots: int) -> Image.Image:
    rows = [list(row) for row in segno.make_qr(data, error="m").matrix]
    side = len(rows) + 2 * _QUIET_MODULES
    code = Image.new("1", (side, side), _WHITE)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                code.putpixel((x + _QUIET_MODULES, y + _QUIET_MODULES), 0)
    return code.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)
