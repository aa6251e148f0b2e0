"""What the closing section shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


class Act(StrEnum):
    """Everything that can be done here."""

    STEP = "step"  # what the open step needs: ask now, print now, count, go to the cases
    X_REPORT = "x_report"
    HAND_OVER = "hand_over"
    REPORTS = "reports"  # to the Z reports, and back
    CLOSE_DAY = "close_day"
    STOP = "stop"  # leave what runs
    PRINT = "print"  # a Z report once more
    OTHER_DAY = "other_day"  # the next of the days that can be closed
    AGAIN = "again"  # what could not be read


class Step(StrEnum):
    """The four things that have to agree, in the order in which they are settled."""

    ISSUER = "issuer"
    SLIPS = "slips"
    PAPERS = "papers"
    CASES = "cases"


class Pane(StrEnum):
    """What stands below the shift."""

    LOADING = "loading"
    CLOSING = "closing"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class LeftRow:
    """One thing that is left, or one Z report, in two lines.

    Args:
        id: names it when it is opened.
        end: at the right: an amount, or what opening it does.
    """

    id: str
    title: str
    note: str
    end: str
    tone: Tone
    shape: Shape


@dataclass(frozen=True, slots=True)
class StepModel:
    """One step: a word, a shape and a colour for its state; `detail` is one line below it."""

    step: Step
    number: int
    title: str
    state: str
    detail: str
    tone: Tone
    shape: Shape


@dataclass(frozen=True, slots=True)
class BodyModel:
    """What is left in the step that is open.

    Args:
        hint: what the rows are and what to do with them. `empty` stands in for a list without rows.
        actions: what this step needs; none where nothing is left to do.
        done, total: progress of what runs; total 0: nothing runs. `running`: in words, with how long.
    """

    title: str
    hint: str
    rows: tuple[LeftRow, ...]
    empty: str
    actions: tuple[BarAction, ...]
    running: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of totals. `strong`: a sum, with a line above; `tone` only with a word that says the same. One without a
    value takes the whole width.
    """

    label: str
    value: str
    note: str = ""
    strong: bool = False
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class ReportModel:
    """A report to read: number and day, who closed it, whether all was zero, figures, the audit chain's hashes."""

    title: str
    note: str
    figures: tuple[Figure, ...]
    verdict: str
    tone: Tone
    shape: Shape
    chain: tuple[str, ...]
    actions: tuple[BarAction, ...]


@dataclass(frozen=True, slots=True)
class ClosingModel:
    """The section at one moment.

    Args:
        shift, shift_note: who has it and since when.
        top: the buttons beside it.
        notice: what matters before anything else; empty: nothing.
        day_title: of the totals. `close`: the one button at the bottom; None where the day cannot be closed now.
        close_note: what the button means, or why it is not there.
        rows: earlier Z reports; `report` the chosen one.
    """

    pane: Pane
    shift: str
    shift_note: str
    top: tuple[BarAction, ...]
    notice: str = ""
    notice_tone: Tone = Tone.NEUTRAL
    notice_shape: Shape = Shape.NONE
    steps: tuple[StepModel, ...] = ()
    open: Step = Step.ISSUER
    body: BodyModel | None = None
    day_title: str = ""
    figures: tuple[Figure, ...] = ()
    close: tuple[BarAction, ...] = ()
    close_note: str = ""
    rows: tuple[LeftRow, ...] = ()
    chosen: str = ""
    empty: str = ""
    report: ReportModel | None = None
