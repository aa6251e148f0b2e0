"""What the panel of the people shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


class Act(StrEnum):
    """What a button does; each has a key."""

    ADD = "add"
    PIN = "pin"
    ROLE = "role"
    RETIRE = "retire"
    RESET = "reset"
    RIGHTS = "rights"
    PEOPLE = "people"


KEYS = {
    Act.ADD: "F5", Act.PIN: "F6", Act.ROLE: "F7", Act.RETIRE: "Del", Act.RESET: "F8", Act.RIGHTS: "F4",
    Act.PEOPLE: "F4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleModel:
    """The panel.

    Args:
        rights: the table of rights is in sight instead of the people.
        says: what became of the last press.
    """

    title: str
    hint: str
    rights: bool
    says: str
    says_tone: Tone
    actions: tuple[BarAction, ...]
