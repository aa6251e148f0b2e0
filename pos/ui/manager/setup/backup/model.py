"""What the panel of the copies shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.manager.setup.panel_presenter import VerdictModel


class Act(StrEnum):
    """What a button does; each has a key."""

    COPY = "copy"
    VERIFY = "verify"
    FOLDER = "folder"
    RESTORE = "restore"
    SEEN = "seen"


KEYS = {Act.COPY: "F5", Act.VERIFY: "F6", Act.FOLDER: "F7", Act.RESTORE: "F8", Act.SEEN: "F4"}


@dataclass(frozen=True, slots=True)
class BackupModel(VerdictModel):
    """The panel.

    Args:
        notices: what a manager must know of a journal that was rebuilt or restored.
        empty: stands in for a list without copies.
    """

    notices: tuple[str, ...]
    empty: str
