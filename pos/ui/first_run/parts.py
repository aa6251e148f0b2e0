"""What a screen of the first run is made of. Plain values: presenters make them, `draw` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill


@dataclass(frozen=True, slots=True)
class Tile:
    """One of a few answers, large enough for a finger.

    Args:
        name: goes back to the presenter. key: the key that chooses it; empty for none.
        badge: a word in the environment's colour (SANDBOX).
    """

    name: str
    label: str
    about: str = ""
    key: str = ""
    chosen: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Answers, of which one is chosen. `columns`: beside each other where there is room."""

    name: str
    tiles: tuple[Tile, ...]
    columns: int = 1
    tall: bool = False


class FieldKind(StrEnum):
    """How a field is filled."""

    TEXT = "text"
    PLAIN = "plain"  # codes, addresses: no input method
    SECRET = "secret"  # noqa: S105 - one line, shown as dots
    KEY = "key"  # several lines: pasted, dropped, or from a file
    FILE = "file"


@dataclass(frozen=True, slots=True)
class FieldPart:
    """One thing to enter.

    Args:
        name: key of the setting, or a word.
        text: what is kept; never that of a secret.
        length: characters of the secret that is kept.
        note: below it; `tone` is its colour.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    text: str = ""
    length: int = 0
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    most: int = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A few words beside each other, one of them chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class PinPart:
    """The pad for a PIN; `asks` counts the questions, so that each begins with an empty pad."""

    label: str
    asks: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its state that opens or does something."""

    name: str
    label: str
    about: str = ""
    key: str = ""
    pill: Pill | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines below each other. `live`: they can be pressed. `low`: one line each, for a summary."""

    name: str
    rows: tuple[Row, ...]
    live: bool = True
    low: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a trial stands or ended: a sentence with its colour and shape; `busy`: it is at it."""

    what: str = ""
    safe: str = ""
    do: str = ""
    detail: str = ""
    tone: Tone = Tone.NEUTRAL
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A button of its own."""

    name: str
    label: str
    key: str = ""
    primary: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Presses:
    """Buttons beside each other."""

    name: str
    presses: tuple[Press, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A line of text; `loud`: to be read first."""

    text: str
    loud: bool = False


Part = Tiles | FieldPart | Choice | PinPart | Rows | Result | Presses | Say


@dataclass(frozen=True, slots=True)
class Page:
    """A whole screen.

    Args:
        name: another name is another screen; the same one is brought up to date in place.
        on: label of the way on; empty for none. `on_enabled`: whether it can be taken.
        back: label of the way back; empty for none. later: of putting it off; empty for none.
        later_means: what putting it off means.
        doing: what is done with the answers here, always in sight below them.
        error: what could not be kept or done, above everything.
    """

    name: str
    title: str
    hint: str
    parts: tuple[Part, ...]
    on: str = ""
    on_enabled: bool = True
    back: str = ""
    later: str = ""
    later_means: str = ""
    doing: Presses | None = None
    error: str = ""
