"""The shop's logo: a PNG made black and white once, then kept."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

from PIL import Image, ImageChops

_log = logging.getLogger(__name__)

_MAX_SIDE_DOTS = 4_000
_MAX_HEIGHT_DOTS = 400  # 5 cm: a logo must not eat the roll
_MAX_FILE_BYTES = 8_000_000


class LogoStore:
    """Keeps the last logo as it was dithered; made anew when its file or the wanted width changes."""

    def __init__(self) -> None:
        self._key: tuple[str, int, int, int] | None = None
        self._picture: Image.Image | None = None

    def picture(self, file: Path, width_dots: int) -> Image.Image | None:
        """Return the logo's ink, at most ``width_dots`` wide; None when the file cannot be read: a slip goes first."""
        try:
            state = file.stat()
            key = (str(file), state.st_mtime_ns, state.st_size, width_dots)
            if key != self._key:
                self._key, self._picture = key, None  # also remembers a failure: one warning, not one a slip
                self._picture = _read(file, state.st_size, width_dots)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
            # Pillow raises SyntaxError for a damaged PNG.
            _log.warning("logo left out: %s", type(error).__name__)
            return None
        return self._picture


def _read(file: Path, size_bytes: int, width_dots: int) -> Image.Image:
    if size_bytes > _MAX_FILE_BYTES:
        raise ValueError("file too large")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the sides are checked below
        with Image.open(file, formats=["PNG"]) as opened:
            if max(opened.size) > _MAX_SIDE_DOTS:
                raise ValueError("picture too large")
            picture = opened.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(white, picture).convert("L")
    share = min(1.0, width_dots / grey.width, _MAX_HEIGHT_DOTS / grey.height)
    if share < 1:
        grey = grey.resize((max(1, int(grey.width * share)), max(1, int(grey.height * share))))
    return ImageChops.invert(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG)
