"""A document in, ESC/POS bytes out: python-escpos encodes single commands, our transports send.

Own bytes stand where python-escpos has no command (``ESC J``, ``ESC $``, ``GS P``, ``FS .``) or is in the way: its
``image()`` converts each picture five times over and cannot shift one, its ``barcode()`` prints to standard output.

Source: Epson, ESC/POS Command Reference, the commands named below.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from hardware.printer import codes
from hardware.printer.codepages import TextPage
from hardware.printer.document import Code128, Cut, Document, DrawerPulse, Item, Qr
from hardware.printer.profile import PrinterProfile
from hardware.printer.textmode import FONT_A_DOTS, text_lines
from hardware.printer.typeset import Strip, Typesetter

_import_lock = threading.Lock()
_QR_LEVEL_M = 1  # python-escpos' QR_ECLEVEL_M
_TEXT_LINE_DOTS = 30  # at 203 dpi: the 24 of font A and some air, as on the printer's own 1/6 inch
_TEXT_AIR_DOTS = 4  # above a run of text: its air is below each line, a picture's is not
_MAX_NATIVE_QR_DOTS = 16


class EscposEncoder:
    """Encodes documents for one kind of printer. Belongs to one thread.

    The first :meth:`encode` loads python-escpos (some 60 to 180 ms): call it on the printer's thread.

    Args:
        profile: What the printer can do.
        font_dir: Folder with the Be Vietnam Pro files.
        cache_dir: A folder that only this user can write; python-escpos keeps its parsed capabilities there and
            loads them back without a check.
        page: A code page that was proven on this very printer (``proving``); None: all text goes as a picture.
    """

    def __init__(
        self, profile: PrinterProfile, font_dir: Path, cache_dir: Path, *, page: TextPage | None = None
    ) -> None:
        self.profile = profile
        self._page = page
        self._typesetter = Typesetter(font_dir, profile)
        self._cache_dir = cache_dir
        self._dummy: Any = None

    def encode(self, document: Document) -> bytes:
        """Return the bytes that print ``document``."""
        job = _Job(self.profile)
        job.out += self._command(lambda printer: printer.hw("INIT"))
        if self.profile.motion_units:
            job.out += bytes((0x1D, 0x50, self.profile.dpi, self.profile.dpi))  # GS P x y: one unit is one dot
        for item in document.items:
            if action := self._action(item):
                job.leave_text()
                job.feed()
                job.out += action
            elif (lines := self._lines(item)) is not None:
                job.text(lines, self._page, bold=getattr(item, "bold", False), line_dots=self._line_dots)
            else:
                job.leave_text()
                for strip in self._typesetter.strips(item):
                    job.strip(strip)
        job.leave_text()
        job.feed()
        return bytes(job.out)

    def render(self, document: Document) -> Image.Image:
        """Return the paper as a picture, dot for dot; what goes as text or native code only looks alike."""
        return self._typesetter.page(document)

    @property
    def _line_dots(self) -> int:
        return self._typesetter.dots(_TEXT_LINE_DOTS)

    def _lines(self, item: Item) -> list[str] | None:
        return text_lines(item, self._page, self.profile.width_dots // FONT_A_DOTS) if self._page else None

    def _action(self, item: Item) -> bytes:
        """Return the bytes of what is no picture; none for the rest."""
        match item:
            case Qr() if self.profile.native_qr:
                return self._native_qr(item)
            case Code128() if self.profile.native_code128:
                return _print_code128(item, self._typesetter.dots(item.height_mm * 8), self.profile.width_dots)
            case Cut() if self.profile.cutter != "none":
                mode = "PART" if self.profile.cutter == "partial" else "FULL"
                return self._command(lambda printer: printer.cut(mode=mode))
            case Cut():
                return self._command(lambda printer: printer.print_and_feed(4))
            case DrawerPulse(pin) if pins := self.profile.drawer_pins:
                return self._command(lambda printer: printer.cashdraw(pin if pin in pins else pins[0]))
        return b""

    def _native_qr(self, item: Qr) -> bytes:
        # The printer draws no quiet zone and refuses a code wider than the paper: ours tells how large it will be.
        across = codes.qr(item.data).width + 2 * codes.QR_QUIET_MODULES
        module_dots = max(1, min(item.module_dots, self.profile.width_dots // across, _MAX_NATIVE_QR_DOTS))
        quiet = _fed(codes.QR_QUIET_MODULES * module_dots)

        def write(printer: Any) -> None:  # noqa: ANN401  python-escpos' types are partial
            printer.set(align="center")
            printer.qr(item.data, ec=_QR_LEVEL_M, size=module_dots, native=True)
            printer.set(align="left")

        return quiet + self._command(write) + quiet

    def _command(self, write: Callable[[Any], None]) -> bytes:
        if self._dummy is None:
            self._dummy = self._new_dummy()
        self._dummy.clear()
        write(self._dummy)
        return bytes(self._dummy.output)

    def _new_dummy(self) -> Any:  # noqa: ANN401  python-escpos' types are partial
        dummy, profile_class = _load_escpos(self._cache_dir)
        return dummy(profile=profile_class(features={"paperFullCut": True, "paperPartCut": True}))


class _Job:
    """The bytes of one document while they grow: white paper is gathered and fed, not sent as dots."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.out = bytearray()
        self._profile = profile
        self._white_dots = 0
        self._in_text = False
        self._one_byte = not profile.kanji_mode

    def strip(self, strip: Strip) -> None:
        """Print a strip's ink; the white above and below becomes paper feed."""
        ink = strip.picture.getbbox()
        if ink is None:
            self._white_dots += strip.height_dots
            return
        left, top, right, bottom = ink
        self._white_dots += top * strip.down
        self.feed()
        # Whole bytes on both sides: a picture that begins between two bytes prints slower (Epson, GS v 0).
        left = left // 8 * 8 if self._profile.raster_shift else 0
        for first, last in bands(strip.picture, top, bottom, self._profile.band_dots // strip.down):
            self.out += _raster(strip.picture.crop((left, first, (right + 7) // 8 * 8, last)), left, strip)
        self._white_dots += (strip.picture.height - bottom) * strip.down

    def feed(self) -> None:
        """ESC J n: feed what white has been gathered."""
        while self._white_dots:
            dots = min(255, self._white_dots)
            self.out += _fed(dots)
            self._white_dots -= dots

    def text(self, lines: list[str], page: TextPage | None, *, bold: bool, line_dots: int) -> None:
        """Print lines in the printer's own letters: ESC 3 n, FS ., ESC E n, ESC t n, LF."""
        if page is None:
            return
        if not self._in_text:
            self._white_dots += _TEXT_AIR_DOTS
            self.feed()
            self.out += bytes((0x1B, 0x33, line_dots))
            self._in_text = True
        if not self._one_byte:
            self.out += b"\x1c."
            self._one_byte = True
        if bold:
            self.out += b"\x1bE\x01"
        for line in lines:
            self.out += page.encode(line) + b"\n"
        if bold:
            self.out += b"\x1bE\x00"

    def leave_text(self) -> None:
        """ESC 2: the line spacing that feeding to the cutter counts in."""
        if self._in_text:
            self.out += b"\x1b2"
            self._in_text = False


def bands(picture: Image.Image, top: int, bottom: int, tallest: int) -> Iterator[tuple[int, int]]:
    """Split the rows from ``top`` to ``bottom`` into runs no taller than ``tallest``, at white rows where possible.

    A printer stops for a moment between two pictures, and a letter cut in two there shows a seam. A strip holds one
    line of text and is lower than any band: only codes and logos are ever split.
    """
    while bottom - top > tallest:
        cut = top + tallest
        for row in range(cut, top + tallest // 2, -1):
            if picture.crop((0, row - 1, picture.width, row)).getbbox() is None:
                cut = row
                break
        yield top, cut
        top = cut
    yield top, bottom


def _raster(picture: Image.Image, left: int, strip: Strip) -> bytes:
    """ESC $ nL nH (where needed) and GS v 0 m xL xH yL yH d1…dk; m: bit 0 doubles the width, bit 1 the height."""
    mode = (strip.across - 1) | (strip.down - 1) << 1
    width_bytes, rows, shift_dots = (picture.width + 7) // 8, picture.height, left * strip.across
    shift = bytes((0x1B, 0x24, shift_dots & 0xFF, shift_dots >> 8)) if shift_dots else b""
    head = bytes((0x1D, 0x76, 0x30, mode, width_bytes & 0xFF, width_bytes >> 8, rows & 0xFF, rows >> 8))
    return shift + head + without_realtime(picture.tobytes())


# What a printer obeys in real time even in the middle of a picture: status, recover and clear, pulse and power off.
_REALTIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def without_realtime(dots: bytes) -> bytes:
    """Return ``dots`` with nothing in them that a printer could take for a real-time command.

    Dots that happen to read ``DLE DC4 1`` would open the drawer, ``DLE ENQ 2`` would clear the slip, and ``DLE EOT``
    would send an answer nobody asked for. One more dot beside a lonely one changes nothing that an eye can see.

    Source: Epson, ESC/POS Command Reference, DLE EOT, DLE ENQ, DLE DC4, notes: "executed even if it is in other data".
    """
    return _REALTIME.sub(b"\x18", dots)


def _fed(dots: int) -> bytes:
    """ESC J n."""
    return bytes((0x1B, 0x4A, dots)) if dots else b""


def _print_code128(item: Code128, height_dots: int, width_dots: int) -> bytes:
    """ESC a, GS h, GS w, GS f, GS H, GS k m n (m = 73, code set B); none when it does not fit the paper that way."""
    data = item.data.replace("{", "{{").encode("ascii")
    module_dots = codes.fitting_module(11 * (len(item.data) + 2) + 13, min(6, item.module_dots), width_dots)
    if not module_dots or len(data) > 250 or not item.data.isprintable():
        return b""
    look = bytes((0x1D, 0x68, min(255, height_dots), 0x1D, 0x77, module_dots, 0x1D, 0x66, 0, 0x1D, 0x48, 2))
    return b"\x1ba\x01" + look + bytes((0x1D, 0x6B, 73, len(data) + 2)) + b"{B" + data + b"\x1ba\x00"


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
