"""The chart's hours begin when the shop's day does."""

from __future__ import annotations

from datetime import date
from typing import cast

from pos.till.review.day import DayDesk, DayReads, SavedFilters
from pos.till.review.day_views import DayView, Figures, HourBar, Query, hours_of
from pos.till.review.events import Running
from tests.till.hand_clock import HandClock


class ThreeSales:
    """One sale each at 18, at 23 and at 1 o'clock."""

    def view(self, query: Query, running: Running) -> DayView:
        del running
        bars = tuple(HourBar(hour, "gotit", 1_000, 1) for hour in (1, 18, 23))
        return DayView(query, Figures(), 3, bars, ("gotit",), (), 0, 1)


class AtEase:
    """Nobody waits."""

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        del done, total


def test_the_chart_of_a_shop_open_past_midnight_ends_with_the_night() -> None:
    desk = DayDesk(cast("DayReads", ThreeSales()), cast("SavedFilters", None), HandClock(), lambda: 4)
    view = desk.view(Query(date(2026, 11, 21), date(2026, 11, 21)), AtEase())
    assert [bar.hour for bar in view.hours] == [18, 23, 1]
    assert hours_of(view.hours) == (18, 19, 20, 21, 22, 23, 0, 1)
    assert hours_of(()) == ()
