"""What a printer's bytes mean, one class a kind of command; ``decoder`` makes them, ``paper`` and ``brain`` obey them.

Source: Epson, ESC/POS Command Reference; each class names its commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture over its own lines (``GS v 0``, ``GS ( L``); black is 0.

    Attributes:
        image: The points sent.
        across: Dots each point is wide.
        down: Dots each point is high.
    """

    image: Image.Image
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class ColumnImage:
    """``ESC *``: a picture within the line being built; black is 0."""

    image: Image.Image
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Characters:
    """Text bytes, in the code page of the moment."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LineFeed:
    """``LF``: print the line and feed one."""


@dataclass(frozen=True, slots=True)
class Tab:
    """``HT``."""


@dataclass(frozen=True, slots=True)
class Fed:
    """Print the line, then feed: ``ESC J`` in vertical motion units, ``ESC d`` in lines."""

    amount: int
    in_lines: bool = False


@dataclass(frozen=True, slots=True)
class QrPrinted:
    """``GS ( k``: a QR code drawn by the printer."""

    data: str = field(repr=False)
    module_dots: int
    level: str = "L"


@dataclass(frozen=True, slots=True)
class BarsPrinted:
    """``GS k``: bars drawn by the printer; ``kind`` is the m of function B."""

    kind: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mode:
    """A setting that holds until it is changed or ``ESC @``: see ``_MODES`` and ``_PAIRS`` for the names."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class PaperCut:
    """``GS V``, ``ESC i``, ``ESC m``."""

    partial: bool = False


@dataclass(frozen=True, slots=True)
class Pulse:
    """``ESC p``, or in real time ``DLE DC4``: the drawer opens."""

    pin: int
    realtime: bool = False


@dataclass(frozen=True, slots=True)
class Initialised:
    """``ESC @``."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """``DLE EOT n`` (real-time) or ``GS r n`` (in turn)."""

    number: int
    realtime: bool


@dataclass(frozen=True, slots=True)
class IdAsked:
    """``GS I n``."""

    number: int


@dataclass(frozen=True, slots=True)
class AsbSet:
    """``GS a n``: which changes the printer tells by itself; 0: none."""

    mask: int


@dataclass(frozen=True, slots=True)
class ProcessIdSet:
    """``GS ( H`` function 48: to be answered when everything before is printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Recovered:
    """``DLE ENQ n``: go on after an error (1), or clear the buffers first (2)."""

    number: int


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Bytes that are no command we know; strict tests want none of them."""

    data: bytes


Event = (
    Raster | ColumnImage | Characters | LineFeed | Tab | Fed | QrPrinted | BarsPrinted | Mode | PaperCut | Pulse
    | Initialised | StatusAsked | IdAsked | AsbSet | ProcessIdSet | Recovered | NotUnderstood
)  # fmt: skip
