"""What a panel of settings shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


class Kind(StrEnum):
    """Which control a setting gets."""

    FLAG = "flag"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    FILE = "file"
    FOLDER = "folder"
    ADDRESS = "address"  # of a device: typed, or taken from what is plugged in
    SECRET = "secret"  # noqa: S105 - a kind, not a secret


class Act(StrEnum):
    """What a button of the panel does; each has a key."""

    SAVE = "save"
    UNDO = "undo"
    SHIPPED = "shipped"
    HISTORY = "history"


KEYS = {Act.SAVE: "F8", Act.UNDO: "F4", Act.SHIPPED: "F7", Act.HISTORY: "F6"}


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class RowModel:
    """One setting.

    Args:
        title: of the group that begins with this row; empty: it goes on.
        text: what stands in the control, as it would be typed; of a secret nothing.
        shown: the same in words; of a secret whether there is one.
        unit, allowed: of a number.
        note: shipped value and who changed it.
        applies: when a change takes effect, and whether one waits for that.
        error: why it cannot be saved.
        edited: changed here and not saved.
        has_secret: there is one already, saved or not.
    """

    key: str
    kind: Kind
    title: str
    label: str
    help: str
    text: str
    shown: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    allowed: str = ""
    note: str = ""
    applies: str = ""
    waits: bool = False
    error: str = ""
    edited: bool = False
    has_secret: bool = False


@dataclass(frozen=True, slots=True)
class SettingsModel:
    """The panel.

    Args:
        says: what became of the last save or trial, with its tone.
        notes: what the whole panel must tell (waits for a restart).
        chips: name and word of each part that can be looked at; `chip`: the one in sight.
    """

    title: str
    hint: str
    says: str
    tone: Tone
    notes: str
    rows: tuple[RowModel, ...]
    actions: tuple[BarAction, ...]
    chips: tuple[Option, ...] = ()
    chip: str = ""
    busy: bool = False
