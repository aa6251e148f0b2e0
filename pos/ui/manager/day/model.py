"""What the day's section shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.theme import Tone
from pos.ui.widgets.figure import FigureModel
from pos.ui.widgets.hour_chart import HourChartModel


class Act(StrEnum):
    """Everything that can be done here."""

    PERIOD = "period"
    FILTERS = "filters"
    SAVED = "saved"
    EXPORT = "export"
    CLOSE_DAY = "close_day"
    CASES = "cases"
    PLAIN = "plain"  # back to today, all of it
    AGAIN = "again"
    AT_RISK = "at_risk"
    REDEEMED = "redeemed"
    SOLD = "sold"


class Body(StrEnum):
    """What stands where the table is."""

    LOADING = "loading"
    ROWS = "rows"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One of the newest cases, as it stands beside the chart."""

    title: str
    facts: str
    age: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class CasesModel:
    """The card beside the chart."""

    title: str
    count: int
    lines: tuple[CaseLine, ...]
    words: str


@dataclass(frozen=True, slots=True)
class DayModel:
    """The whole section at one moment.

    Args:
        figures: the five cards, each with the act that pressing it does.
        period: words of the button; `filters` of the next one.
        summary: the filters in words with what they add up to; empty while none is set.
        note: something to be told above the table, in its tone.
        body, title, hint: what stands where the table is; `hint` is what to do.
        ticking: draw again soon.
    """

    figures: tuple[tuple[FigureModel, Act | None], ...]
    chart: HourChartModel
    cases: CasesModel
    period: str
    filters: str
    summary: str
    note: str
    note_tone: Tone
    body: Body
    title: str
    hint: str
    can_retry: bool
    ticking: bool
