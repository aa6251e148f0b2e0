"""What the levels section shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.hour_chart import HourChartModel
from pos.ui.widgets.window_table import WindowRow


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one day. `part`: how full its bar is, 0 to 1; `tone` and `shape` mark what is worth a look."""

    words: str
    part: float = 0.0
    tone: Tone = Tone.NEUTRAL
    shape: Shape = Shape.NONE


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One day, or the whole week: its head in two lines and a cell for each row of the grid; all of it in words."""

    head: str
    head_note: str
    cells: tuple[Cell, ...]
    spoken: str


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the verdict."""

    words: str
    tone: Tone
    shape: Shape


@dataclass(frozen=True, slots=True)
class LevelsModel:
    """The section.

    Args:
        title: the verdict on the chosen day in a few words; `told`: its sentences.
        rows: names of the grid's rows. columns: oldest first, the whole week last.
        chosen: the column that the lower half tells of.
        note: what is on its way or went wrong.
    """

    title: str
    told: tuple[Told, ...]
    rows: tuple[str, ...]
    columns: tuple[DayColumn, ...]
    chosen: int
    issuers: tuple[WindowRow, ...]
    chart: HourChartModel
    note: str
    can_go_on: bool
