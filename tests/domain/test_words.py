"""Reasons, errors and dates: total maps, stable codes, the shop's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain import errors
from pos.domain.business_date import business_date, from_utc_text, local_time, utc_text
from pos.domain.reasons import CLASS_OF, Reason, ReasonClass


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_class_that_says_what_the_till_does(reason: Reason) -> None:
    assert CLASS_OF[reason] in ReasonClass
    assert reason.value == reason.name.lower()


def test_every_class_is_used() -> None:
    assert set(CLASS_OF.values()) == set(ReasonClass)


def test_every_error_is_of_one_family_and_says_its_code_and_facts_only() -> None:
    families = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, errors.PosError) for kind in families)
    error = errors.JournalUnavailable("journal.busy", what="SQLITE_BUSY", tries=3)
    assert str(error) == "journal.busy (what=SQLITE_BUSY, tries=3)"
    assert str(errors.RuleBroken("rule.x")) == "rule.x"


INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(INSTANTS)
def test_a_moment_keeps_its_millisecond_on_paper(instant: datetime) -> None:
    text = utc_text(instant)
    assert text.endswith("Z")
    assert len(text) == len("2026-11-21T05:00:00.000Z")
    assert timedelta(0) <= instant - from_utc_text(text) < timedelta(milliseconds=1)
    assert utc_text(from_utc_text(text)) == text


@given(INSTANTS, INSTANTS)
def test_times_on_paper_sort_as_they_happened(one: datetime, two: datetime) -> None:
    if utc_text(one) < utc_text(two):
        assert one < two


@given(INSTANTS, OFFSETS)
def test_the_shops_day_does_not_depend_on_the_computers_time_zone(instant: datetime, zone: timezone) -> None:
    assert business_date(instant.astimezone(zone), 0) == business_date(instant, 0)
    assert utc_text(instant.astimezone(zone)) == utc_text(instant)
    assert business_date(instant, 0) == (instant + timedelta(hours=7)).date()
    assert local_time(instant) == instant


def test_the_day_turns_at_midnight_in_viet_nam() -> None:
    assert business_date(datetime(2026, 11, 21, 16, 59, 59, 999999, UTC), 0) == date(2026, 11, 21)
    assert business_date(datetime(2026, 11, 21, 17, 0, tzinfo=UTC), 0) == date(2026, 11, 22)
