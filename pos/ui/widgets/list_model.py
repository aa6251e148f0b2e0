"""What a list screen shows, as plain values, for presenters."""

from __future__ import annotations

from dataclasses import dataclass

from pos.ui.theme import Tone
from pos.ui.widgets.rows import TableRow


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at a glance above the table."""

    label: str
    value: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class ListModel:
    """What a list screen shows; `empty` stands in for a table without rows."""

    title: str
    hint: str
    empty: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    figures: tuple[Figure, ...] = ()
    action: str = ""
