"""Rows of a table as plain values, for presenters."""

from __future__ import annotations

from dataclasses import dataclass

from pos.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry; `tone` colours its words, which say the same without the colour."""

    text: str
    tone: Tone = Tone.NEUTRAL
    right: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; `id` names it when it is opened."""

    id: str
    cells: tuple[Cell, ...]
