"""What is to be printed, said without naming a printer: a list of lines, codes and actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal


class Size(Enum):
    """Letter height, the same in millimetres on every printer; its dots stand in ``typeset``."""

    SMALL = "small"  # small print, footers
    NORMAL = "normal"
    LARGE = "large"  # headings, totals
    HUGE = "huge"  # one word to be seen across the counter


class Align(Enum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped at words; a line break in it starts a new line, a no-break space holds two words together.

    Attributes:
        text: Any Unicode; never shown in a repr, a slip may carry a code.
        size: Letter height.
        bold: Heavier weight.
        align: Where its lines stand.
        inverse: White on a black band over the full width, for what must not be overlooked.
    """

    text: str = field(repr=False)
    size: Size = Size.NORMAL
    bold: bool = False
    align: Align = Align.LEFT
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """A label on the left, an amount on the right; the amount is never cut nor wrapped while the paper can hold it.

    Attributes:
        left: Wrapped in the room the right part leaves, or on lines of its own when that is too little.
        right: Kept whole on one line, aligned right beside the last line of ``left``.
        size: Letter height.
        bold: Heavier weight.
    """

    left: str = field(repr=False)
    right: str = field(repr=False)
    size: Size = Size.NORMAL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line over the full width."""

    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Ruler:
    """A scale in millimetres over the full width, with a thick line at either edge: shows what the paper cuts off."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code in the middle of the paper.

    Attributes:
        data: What it says.
        module_dots: Size of one square, dots of the printer; made smaller only when the paper is too narrow.
    """

    data: str = field(repr=False)
    module_dots: int = 8


@dataclass(frozen=True, slots=True)
class Code128:
    """A Code 128 in the middle of the paper, what it says written below.

    On paper that is too narrow for bars of two dots it becomes a QR code: thinner bars burn into each other.

    Attributes:
        data: What it says: 1 to 80 printable ASCII characters.
        height_mm: Length of its bars.
        module_dots: Width of its thinnest bar, dots of the printer, at least 2.
    """

    data: str = field(repr=False)
    height_mm: int = 10
    module_dots: int = 3


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in the middle of the paper, in black and white; left out when its file cannot be read.

    Attributes:
        file: A PNG file, at most 4,000 dots each way.
        width_mm: How wide at most; it is never wider than the paper and never enlarged.
    """

    file: Path
    width_mm: int = 48


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper.

    Attributes:
        height_dots: Its height, in eighths of a millimetre: dots at 203 dpi.
    """

    height_dots: int = 24


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut, as far through as the printer can; one without a cutter feeds to its tear bar."""


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """Open the cash drawer.

    Attributes:
        pin: Connector pin of the drawer, 2 (first drawer) or 5 (second).
    """

    pin: Literal[2, 5] = 2


Item = Text | Columns | Rule | Ruler | Qr | Code128 | Logo | Feed | Cut | DrawerPulse


@dataclass(frozen=True, slots=True)
class Document:
    """A slip, from top to bottom."""

    items: tuple[Item, ...]
