"""What the panel of updates shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.manager.setup.panel_presenter import VerdictModel


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
class UpdatesModel(VerdictModel):
    """The panel.

    Args:
        notes: what is new; empty: nothing is offered.
    """

    notes_title: str
    notes: str
