"""What the audit section shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.signs import Shape
from pos.ui.theme import Tone


class Act(StrEnum):
    """What a button does; each has a key."""

    VERIFY = "verify"  # or stop
    GROUP = "group"
    ACTOR = "actor"
    OLDER = "older"
    NEWEST = "newest"


KEYS = {Act.VERIFY: "F5", Act.GROUP: "F6", Act.ACTOR: "F7", Act.OLDER: "F8", Act.NEWEST: "F4"}


@dataclass(frozen=True, slots=True)
class ProofModel:
    """The card on top.

    Args:
        lines: what was found, or what it was proven by.
        mark_error: why what stands in the slip's field is none.
        done: 0 to 1000 while it runs, else -1.
    """

    title: str
    tone: Tone
    shape: Shape
    lines: tuple[str, ...]
    mark_error: str
    done: int
    button: str


@dataclass(frozen=True, slots=True)
class ListModel:
    """The list below; `note` tells how much of the chain it shows, or why it shows nothing."""

    group: str
    actor: str
    note: str
    older: bool
    at_newest: bool
