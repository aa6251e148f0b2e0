"""What the panel of updates shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


class Act(StrEnum):
    """What a button does; each has a key."""

    SOURCE = "source"
    LOOK = "look"
    FETCH = "fetch"
    STOP = "stop"
    LATER = "later"
    NOT_LATER = "not_later"
    APPLY = "apply"


KEYS = {
    Act.SOURCE: "F4", Act.LOOK: "F5", Act.FETCH: "F6", Act.STOP: "F6", Act.LATER: "F7", Act.NOT_LATER: "F7",
    Act.APPLY: "F8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its sentence."""

    label: str
    words: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class UpdatesModel:
    """The panel.

    Args:
        title: the verdict.
        notes: what is new; empty: nothing is offered.
        says: what became of the last press, or how far it is.
    """

    title: str
    tone: Tone
    shape: Shape
    lines: tuple[Line, ...]
    notes_title: str
    notes: str
    says: str
    says_tone: Tone
    actions: tuple[BarAction, ...]
