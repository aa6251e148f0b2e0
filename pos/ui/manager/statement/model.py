"""What the statement section shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.counter.model import Panel
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.figure import FigureModel
from pos.ui.widgets.rows import TableRow
from pos.ui.widgets.window_table import WindowRow


class Pane(StrEnum):
    """What stands in the section."""

    HOME = "home"  # choose issuer and file, or an earlier check
    MAPPING = "mapping"  # how the file is understood
    PANEL = "panel"  # it works, was refused, or everything agrees
    RESULT = "result"


class Act(StrEnum):
    """Everything that can be done here."""

    CHOOSE_FILE = "choose_file"
    LOOK = "look"  # at the file whose path is typed
    COMPARE = "compare"
    DATES = "dates"
    DECIMAL = "decimal"
    SHEET = "sheet"
    HEADER = "header"
    ENCODING = "encoding"
    SEPARATOR = "separator"
    PERIOD = "period"
    MARK = "mark"
    MARK_ALL = "mark_all"
    CASES = "cases"
    COLUMNS = "columns"  # from the result back to how it is understood
    STOP = "stop"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class IssuerTile:
    """One issuer to choose."""

    issuer: str
    label: str
    key: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class HomeModel:
    """Issuer, file, earlier checks."""

    issuers: tuple[IssuerTile, ...]
    note: str
    path: str
    rows: tuple[WindowRow, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class MappingModel:
    """How the file is understood. `parts`: a card for each thing a column can be."""

    title: str
    note: str
    note_tone: Tone
    parts: tuple[FigureModel, ...]
    options: tuple[BarAction, ...]
    meanings: str
    rows: tuple[WindowRow, ...]


@dataclass(frozen=True, slots=True)
class ResultModel:
    """What came out. `cards`: the first counts what agrees, each other filters the table.

    Args:
        shown: which rows the table shows now, told apart by this value; the rows themselves come one by one.
        total: how many rows. `current`: the chosen one, -1 for none; `detail` of it.
        empty: in place of a table without rows; USABLE: because everything agrees.
    """

    title: str
    sums: str
    note: str
    note_tone: Tone
    cards: tuple[FigureModel, ...]
    shown: tuple[object, ...]
    total: int
    current: int
    detail: str
    empty: str
    empty_tone: Tone


@dataclass(frozen=True, slots=True)
class StatementModel:
    """The whole section at one moment; what is not in sight is None."""

    pane: Pane
    actions: tuple[BarAction, ...]
    home: HomeModel | None = None
    mapping: MappingModel | None = None
    panel: Panel | None = None
    result: ResultModel | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A list to choose one of: `what` goes back with the chosen id."""

    what: str
    title: str
    hint: str
    rows: tuple[TableRow, ...]
    columns: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class PeriodBox:
    """The days to compare; as typed."""

    title: str
    hint: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ReasonBox:
    """Cases are made: why?"""

    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class FileBox:
    """The system's own window for choosing a file."""

    title: str
    kinds: str


Box = Pick | PeriodBox | ReasonBox | FileBox
