"""What the panel of the copies shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


class Act(StrEnum):
    """What a button does; each has a key."""

    COPY = "copy"
    VERIFY = "verify"
    FOLDER = "folder"
    RESTORE = "restore"
    SEEN = "seen"


KEYS = {Act.COPY: "F5", Act.VERIFY: "F6", Act.FOLDER: "F7", Act.RESTORE: "F8", Act.SEEN: "F4"}


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its sentence."""

    label: str
    words: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class BackupModel:
    """The panel.

    Args:
        title: the verdict over all copies.
        notices: what a manager must know of a journal that was rebuilt or restored.
        says: what became of the last press.
    """

    title: str
    tone: Tone
    shape: Shape
    lines: tuple[Line, ...]
    notices: tuple[str, ...]
    says: str
    says_tone: Tone
    empty: str
    actions: tuple[BarAction, ...]
