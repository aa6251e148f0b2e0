"""What a kind of printer can do, kept as data: one TOML file a family, read strictly.

A wrong fact here prints rubbish or nothing, so an unknown key, a wrong type or an impossible value is refused, never
guessed. Each fact names its source in the file's ``[sources]``; what nobody tried on the device says "unverified".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from hardware.errors import DeviceError
from hardware.printer.codepages import ENCODINGS

CUTTERS = ("none", "partial", "full")
DENSITIES_DPI = (180, 203)
PAPERS_MM = (58, 80)
_MAX_FILE_BYTES = 16_384
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PrinterProfileError(DeviceError):
    """A printer profile is missing or wrong: the installation or a setting needs mending."""

    code: ClassVar[str] = "device.bad_profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterProfile:
    """One kind of printer.

    Attributes:
        name: Stable name for the settings; the file's name without its ending.
        label: Name for people.
        paper_mm: Width of the roll.
        width_dots: Printable width, dots; a multiple of 8.
        dpi: Dots per inch, both ways.
        cutter: ``none`` (paper is fed to the tear bar), ``partial`` or ``full``.
        native_qr: Draws QR codes itself (``GS ( k``): fewer bytes, but not every clone can.
        native_code128: Draws Code 128 itself (``GS k``, function B).
        raster_shift: ``ESC $`` moves a ``GS v 0`` picture to the right, so white on its left need not be sent.
        raster_scaling: ``GS v 0`` doubles dots when asked (m = 1 to 3), so a QR code takes a quarter of the bytes.
        motion_units: Knows ``GS P``; without it feeds are counted in the printer's own unit, taken for one dot.
        kanji_mode: Starts in two-byte Chinese mode, which ``FS .`` ends; matters for text only.
        band_dots: Tallest picture sent in one command, dots; cheap printers have small buffers.
        buffer_bytes: Receive buffer; who sends more than this ahead of the paper loses bytes on a line without
            flow control.
        dots_per_s: Paper speed while printing.
        end_answer: Answers ``GS r`` once everything before is printed; the proof behind "confirmed".
        realtime_status: Answers ``DLE EOT``.
        asb: Sends automatic status (``GS a``).
        process_id: Answers ``GS ( H`` function 48 with the id it was given.
        drawer_pins: Drawer connector pins it can pulse; empty: no drawer connector.
        codepages: Pages that may be tried for Vietnamese: name in ``codepages.ENCODINGS`` → numbers for ``ESC t``, one
            for each table of the encoding. None is used before a person has read it: see ``proving``.
        sources: Fact → where it stands.
        notes: Anything else an installer should know.

    Raises:
        PrinterProfileError: A value is impossible.
    """

    name: str
    label: str
    paper_mm: int
    width_dots: int
    dpi: int = 203
    cutter: str = "full"
    native_qr: bool = False
    native_code128: bool = False
    raster_shift: bool = False
    raster_scaling: bool = False
    motion_units: bool = False
    kanji_mode: bool = False
    band_dots: int = 256
    buffer_bytes: int = 4096
    dots_per_s: int = 800
    end_answer: bool = True
    realtime_status: bool = True
    asb: bool = False
    process_id: bool = False
    drawer_pins: tuple[int, ...] = (2, 5)
    codepages: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    notes: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name, fits in _CHECKS.items():
            value = getattr(self, name)
            if not fits(value):
                raise PrinterProfileError(str(self.name)[:80], f"{name} cannot be {value!r:.80}")


def load_profile(folder: Path, name: str) -> PrinterProfile:
    """Read the profile ``name`` from its file.

    Args:
        folder: Where the profiles are.
        name: One of :func:`profile_names`.

    Raises:
        PrinterProfileError: There is no such profile, or its file is wrong.
    """
    if not _NAME.fullmatch(name):
        raise PrinterProfileError(name[:80], "not a name of a profile")
    try:
        with (folder / f"{name}.toml").open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise PrinterProfileError(name, "no such profile") from error
    return parse_profile(name, data)


def profile_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all profiles in ``folder``, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def parse_profile(name: str, data: bytes) -> PrinterProfile:
    """Make a profile of a file's bytes.

    Args:
        name: Its name.
        data: TOML; label, paper_mm, dpi and width_dots are required.

    Raises:
        PrinterProfileError: It is not TOML, has an unknown or missing key, or a wrong value.
    """
    if len(data) > _MAX_FILE_BYTES:
        raise PrinterProfileError(name, "file too long")
    try:
        table: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or nested beyond reason
        raise PrinterProfileError(name, f"not TOML: {str(error)[:80]}") from error
    known = {each.name for each in fields(PrinterProfile)} - {"name"}
    if unknown := sorted(set(table) - known):
        raise PrinterProfileError(name, f"unknown key {unknown[0]!r:.80}")
    if missing := sorted(_REQUIRED - set(table)):
        raise PrinterProfileError(name, f"{missing[0]} is missing")
    if "drawer_pins" in table:
        table["drawer_pins"] = _numbers(name, table["drawer_pins"])
    for key in ("codepages", "sources"):
        if not isinstance(table.setdefault(key, {}), dict):
            raise PrinterProfileError(name, f"{key} is no table")
    pages = {encoding: _numbers(name, numbers) for encoding, numbers in table["codepages"].items()}
    table["codepages"], table["sources"] = MappingProxyType(pages), MappingProxyType(table["sources"])
    return PrinterProfile(name=name, **table)


def _numbers(name: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise PrinterProfileError(name, f"expected a list of numbers, not {value!r:.80}")
    return tuple(value)


def _whole(low: int, high: int, step: int = 1) -> Callable[[Any], bool]:
    # type(…) is int: True is an int for isinstance, and no number of dots.
    return lambda value: type(value) is int and low <= value <= high and value % step == 0


def _flag(value: object) -> bool:
    return type(value) is bool


def _text(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and low <= len(value) <= high


def _one_of(*allowed: object) -> Callable[[Any], bool]:
    return lambda value: any(type(value) is type(each) and value == each for each in allowed)


def _pins(value: Any) -> bool:  # noqa: ANN401  whatever a file says
    return isinstance(value, tuple) and value in ((), (2,), (5,), (2, 5))


def _pages(value: Any) -> bool:  # noqa: ANN401  as above
    return all(
        name in ENCODINGS
        and len(numbers) == len(ENCODINGS[name])
        and all(type(number) is int and 0 <= number <= 255 for number in numbers)
        for name, numbers in value.items()
    )


def _told(value: Any) -> bool:  # noqa: ANN401  as above
    return all(fact in FACTS and isinstance(text, str) and text.strip() for fact, text in value.items())


_CHECKS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "name": _text(1, 40),
        "label": _text(1, 80),
        "paper_mm": _one_of(*PAPERS_MM),
        "dpi": _one_of(*DENSITIES_DPI),
        "width_dots": _whole(256, 832, 8),
        "cutter": _one_of(*CUTTERS),
        "native_qr": _flag,
        "native_code128": _flag,
        "raster_shift": _flag,
        "raster_scaling": _flag,
        "motion_units": _flag,
        "kanji_mode": _flag,
        "band_dots": _whole(24, 2303),  # GS v 0 takes at most 2303 rows (yH up to 8)
        "buffer_bytes": _whole(32, 16_777_216),
        "dots_per_s": _whole(50, 4000),
        "end_answer": _flag,
        "realtime_status": _flag,
        "asb": _flag,
        "process_id": _flag,
        "drawer_pins": _pins,
        "codepages": _pages,
        "sources": _told,
        "notes": _text(0, 2000),
    }
)
FACTS = frozenset(_CHECKS) - {"name", "label", "sources", "notes"}
"""What a file may name a source for."""
_REQUIRED = {
    each.name for each in fields(PrinterProfile) if each.default is MISSING and each.default_factory is MISSING
} - {"name"} | {"dpi"}
