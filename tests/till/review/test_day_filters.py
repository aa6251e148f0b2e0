"""Saved filters: kept under a name, of use on another day, written down with who saved or deleted them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import RuleBroken
from pos.journal.chain import rows as links
from pos.journal.review_day import ReviewReads
from pos.journal.review_filters import JournalFilters
from pos.journal.store import SqliteJournal
from pos.till.review.day import DayDesk
from pos.till.review.day_filters import query_of, query_text
from pos.till.review.day_views import Query, RowKind, SavedFilter, Standing
from tests.journal.shop import SteadyClock, open_journal

TODAY = date(2026, 11, 21)
LOSSES = Query(
    TODAY - timedelta(days=6), TODAY, frozenset({RowKind.REDEMPTION}), frozenset({"gotit"}),
    frozenset({Standing.LOSS, Standing.AT_RISK}), frozenset({"Hương"}), 10_000, None, 480, 1320, "2835",
)  # fmt: skip


def the_desk(journal: SqliteJournal, clock: SteadyClock, change_hour: int = 0) -> DayDesk:
    return DayDesk(ReviewReads(journal.core), JournalFilters(journal.core), clock, lambda: change_hour)


def test_a_saved_filter_is_there_after_a_restart_and_means_the_days_before_today(tmp_path: Path) -> None:
    clock = SteadyClock()
    journal = open_journal(tmp_path / "journal.db", clock)
    the_desk(journal, clock).save_filter("  Mất  tuần này ", LOSSES, "Mai")
    journal.close()
    journal = open_journal(tmp_path / "journal.db", clock)
    clock.pass_s(86_400)
    tomorrow = replace(LOSSES, first=LOSSES.first + timedelta(days=1), last=TODAY + timedelta(days=1))
    assert the_desk(journal, clock).filters() == (SavedFilter("Mất tuần này", tomorrow),)
    journal.close()


def test_filters_are_replaced_and_deleted_by_name_and_the_chain_says_by_whom(tmp_path: Path) -> None:
    clock = SteadyClock()
    journal = open_journal(tmp_path / "journal.db", clock)
    desk = the_desk(journal, clock)
    desk.save_filter("b", LOSSES, "Mai")
    desk.save_filter("a", Query(TODAY, TODAY), "Mai")
    desk.save_filter("b", Query(TODAY, TODAY, text="148"), "Hoa")
    assert [(saved.name, saved.query.text) for saved in desk.filters()] == [("a", ""), ("b", "148")]
    desk.delete_filter("b", "Hoa")
    desk.delete_filter("b", "Hoa")
    assert [saved.name for saved in desk.filters()] == ["a"]
    written = [(row.kind, row.ref, row.actor) for row in links(journal.core.connections.get())]
    assert written == [
        ("filter.saved", "b", "Mai"), ("filter.saved", "a", "Mai"), ("filter.saved", "b", "Hoa"),
        ("filter.deleted", "b", "Hoa"),
    ]  # fmt: skip
    assert journal.verify().faults == ()
    journal.close()


def test_a_filter_without_a_name_is_not_saved(tmp_path: Path) -> None:
    clock = SteadyClock()
    journal = open_journal(tmp_path / "journal.db", clock)
    with pytest.raises(RuleBroken, match=r"rule\.filter_name"):
        the_desk(journal, clock).save_filter("  ", LOSSES, "Mai")
    assert the_desk(journal, clock).filters() == ()
    journal.close()


def test_today_is_the_shops_day(tmp_path: Path) -> None:
    """At 02:00 a shop whose day changes at 04:00 is still at yesterday."""
    clock = SteadyClock()
    clock.pass_s(14 * 3600)
    journal = open_journal(tmp_path / "journal.db", clock)
    assert the_desk(journal, clock).today() == TODAY + timedelta(days=1)
    assert the_desk(journal, clock, change_hour=4).today() == TODAY
    journal.close()


@given(
    st.builds(
        Query,
        first=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        last=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        kinds=st.frozensets(st.sampled_from(RowKind)),
        issuers=st.frozensets(st.text(max_size=5)),
        standings=st.frozensets(st.sampled_from(Standing)),
        people=st.frozensets(st.text(max_size=5)),
        low_vnd=st.none() | st.integers(0),
        high_vnd=st.none() | st.integers(0),
        from_minute=st.none() | st.integers(0, 1439),
        to_minute=st.none() | st.integers(0, 1440),
        text=st.text(max_size=8),
    )
)
def test_a_query_comes_back_as_it_was_saved(query: Query) -> None:
    assert query_of(query_text(query, TODAY), TODAY) == query


def test_words_of_a_later_program_are_left_aside() -> None:
    text = '{"first_days_ago":1,"standings":["vanished","loss"],"kinds":["ghost"],"moon":"full"}'
    kept = Query(TODAY - timedelta(days=1), TODAY, standings=frozenset({Standing.LOSS}))
    assert query_of(text, TODAY) == kept
