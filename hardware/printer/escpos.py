"""A document in, ESC/POS bytes out: python-escpos encodes, our transports send."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from hardware.printer.document import Cut, Document, DrawerPulse, Qr
from hardware.printer.profile import PrinterProfile
from hardware.printer.typeset import Typesetter, stack

_import_lock = threading.Lock()
_QR_LEVEL_M = 1  # python-escpos' QR_ECLEVEL_M


class EscposEncoder:
    """Encodes documents for one kind of printer.

    The first :meth:`encode` loads python-escpos (some 60 to 180 ms): call it on the printer's thread.

    Args:
        profile: What the printer can do.
        font_dir: Folder with the Be Vietnam Pro files.
        cache_dir: A folder that only this user can write; python-escpos keeps its parsed capabilities there and
            loads them back without a check.
    """

    def __init__(self, profile: PrinterProfile, font_dir: Path, cache_dir: Path) -> None:
        self.profile = profile
        self._typesetter = Typesetter(font_dir, profile.width_dots)
        self._cache_dir = cache_dir

    def encode(self, document: Document) -> bytes:
        """Return the bytes that print ``document``."""
        printer = self._new_printer()
        printer.hw("INIT")
        printer.set(align="left")
        strips: list[Image.Image] = []
        for item in document.items:
            if isinstance(item, Cut | DrawerPulse) or (isinstance(item, Qr) and self.profile.native_qr):
                self._flush(printer, strips)
                self._act(printer, item)
            else:
                strips += self._typesetter.strips(item)
        self._flush(printer, strips)
        return bytes(printer.output)

    def render(self, document: Document) -> Image.Image:
        """Return the paper as a picture, dot for dot."""
        return self._typesetter.page(document)

    def _new_printer(self) -> Any:  # noqa: ANN401  python-escpos' types are partial
        dummy, profile_class = _load_escpos(self._cache_dir)
        profile = profile_class(features={"paperFullCut": True})
        # A width of "Unknown" makes python-escpos print() a remark for every picture.
        profile.profile_data = {**profile.profile_data, "media": {"width": {"pixels": self.profile.width_dots}}}
        return dummy(profile=profile)

    def _flush(self, printer: Any, strips: list[Image.Image]) -> None:  # noqa: ANN401  as above
        if strips:
            for band in bands(stack(strips, self.profile.width_dots), self.profile.band_dots):
                printer.image(band, impl="bitImageRaster", fragment_height=self.profile.band_dots)
            strips.clear()

    def _act(self, printer: Any, item: Qr | Cut | DrawerPulse) -> None:  # noqa: ANN401  as above
        match item:
            case Qr():
                printer.set(align="center")
                printer.qr(item.data, ec=_QR_LEVEL_M, size=min(16, item.module_dots), native=True)
                printer.set(align="left")
            case Cut() if self.profile.has_cutter:
                printer.cut()
            case Cut():
                printer.print_and_feed(4)
            case DrawerPulse():
                printer.cashdraw(item.pin)


def bands(page: Image.Image, tallest_dots: int) -> Iterator[Image.Image]:
    """Cut a page into pictures no taller than ``tallest_dots``, between lines of text where possible.

    A printer stops for a moment between two pictures, and a letter cut in two there shows a seam. White paper on the
    right is left out, it only costs time on the line.
    """
    top = 0
    while top < page.height:
        bottom = min(top + tallest_dots, page.height)
        if bottom < page.height:
            bottom = _white_row_above(page, top, bottom)
        band = page.crop((0, top, page.width, bottom))
        ink = _ink(band)
        width = 8 if ink is None else min(page.width, (ink[2] + 7) // 8 * 8)
        yield band.crop((0, 0, width, band.height))
        top = bottom


def _white_row_above(page: Image.Image, top: int, bottom: int) -> int:
    for row in range(bottom, top + (bottom - top) // 2, -1):
        if _ink(page.crop((0, row - 1, page.width, row))) is None:
            return row
    return bottom


def _ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    return picture.convert("L").point(lambda grey: 255 - grey).getbbox()


def _load_escpos(cache_dir: Path) -> tuple[Any, Any]:
    """Import python-escpos without its side effects.

    WORKAROUND python-escpos 3.1 (test again with the next): on import it calls ``logging.basicConfig()``, and makes
    one temporary folder that it never removes, even when ESCPOS_CAPABILITIES_PICKLE_DIR names the one to use. It also
    writes its cache in place: a program that died meanwhile has left half of it, which no later start could load.
    """
    with _import_lock:
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private_temporary_folder(cache_dir), _untouched_root_logger():
            try:
                from escpos.capabilities import Profile
            except Exception:  # noqa: BLE001 - unpickling half a file raises anything; without it the file is made anew
                for half in cache_dir.glob("*.pickle"):
                    half.unlink()
                from escpos.capabilities import Profile
            from escpos.printer import Dummy
    return Dummy, Profile


@contextlib.contextmanager
def _private_temporary_folder(cache_dir: Path) -> Iterator[None]:
    before_variable = os.environ.get("ESCPOS_CAPABILITIES_PICKLE_DIR")
    before_folder = tempfile.tempdir
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(cache_dir)
    tempfile.tempdir = str(cache_dir)
    try:
        yield
    finally:
        tempfile.tempdir = before_folder
        if before_variable is None:
            del os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"]
        else:
            os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = before_variable
        for left_over in cache_dir.glob("tmp*"):
            with contextlib.suppress(OSError):
                left_over.rmdir()


@contextlib.contextmanager
def _untouched_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    stand_in = logging.NullHandler()
    # basicConfig() does nothing while the root logger has a handler.
    root.addHandler(stand_in)
    try:
        yield
    finally:
        root.removeHandler(stand_in)
