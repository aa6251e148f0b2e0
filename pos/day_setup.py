"""Builds the manager's day over an opened journal. Imported when a manager first looks."""

from __future__ import annotations

from pos.bootstrap import Program
from pos.journal.review_day import ReviewReads
from pos.journal.review_filters import JournalFilters
from pos.till.review.day import DayDesk


def build_day(program: Program) -> DayDesk:
    """The desk that screen, exports and command line ask."""
    core = program.journal.core
    return DayDesk(ReviewReads(core), JournalFilters(core), program.clock, core.change_hour)
