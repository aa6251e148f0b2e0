"""What can be done now, as plain values, for presenters: each is a button with its key."""

from __future__ import annotations

from dataclasses import dataclass

from pos.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class BarAction:
    """One thing that can be done now.

    Args:
        id: what the page calls it.
        key: as shown and as pressed: `Enter`, `Del`, `Esc`, `F5`, `Ctrl+P`.
    """

    id: str
    label: str
    key: str
    primary: bool = False
    tone: Tone = Tone.BRAND
