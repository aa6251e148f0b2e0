"""Which copies may go, and when one is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.backups import DAYS_KEPT, FOR_EVER, HOURLY_KEPT, CopyFacts, CopyReason, due, may_go

NOW = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
_ages = st.integers(min_value=-600, max_value=100 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
_copies = st.lists(
    st.builds(CopyFacts, st.uuids().map(str), _ages, st.sampled_from(CopyReason), st.booleans()), max_size=60
)


@given(_copies, st.none() | _ages)
def test_what_a_rebuilding_may_need_never_goes(copies: list[CopyFacts], oldest: datetime | None) -> None:
    gone = set(may_go(copies, NOW, oldest))
    kept = [copy for copy in copies if copy.name not in gone]
    good = [copy for copy in copies if copy.verified]
    if good:
        assert max(copy.made_utc for copy in good) == max(copy.made_utc for copy in kept if copy.verified)
    assert all(oldest is None or copy.made_utc < oldest for copy in copies if copy.name in gone)
    assert not {copy.reason for copy in copies if copy.name in gone} & FOR_EVER
    young = NOW - timedelta(days=DAYS_KEPT)
    assert all(copy.made_utc < young for copy in copies if copy.name in gone and copy.reason is CopyReason.CLOSING)
    assert sum(copy.reason is CopyReason.HOURLY and copy.verified for copy in kept) >= min(
        HOURLY_KEPT, sum(copy.reason is CopyReason.HOURLY and copy.verified for copy in copies)
    )


@given(_copies)
def test_a_till_at_rest_keeps_a_bounded_number(copies: list[CopyFacts]) -> None:
    gone = set(may_go(copies, NOW, None))
    old = [copy for copy in copies if copy.name not in gone and copy.made_utc < NOW - timedelta(days=DAYS_KEPT)]
    assert sum(copy.reason not in FOR_EVER for copy in old) <= HOURLY_KEPT + 1


def made(minutes_ago: int, reason: CopyReason = CopyReason.HOURLY, *, verified: bool = True) -> CopyFacts:
    return CopyFacts(f"{minutes_ago}", NOW - timedelta(minutes=minutes_ago), reason, verified)


def wanted(
    *copies: CopyFacts, changed: bool = True, unsettled: bool = True, closed: int | None = None, broken: bool = False,
    since: int = 0,
) -> CopyReason | None:  # fmt: skip
    closed_utc = None if closed is None else NOW - timedelta(minutes=closed)
    return due(
        NOW, copies, changed=changed, unsettled=unsettled, closed_utc=closed_utc,
        since_utc=NOW - timedelta(minutes=since), log_broken=broken,
    )  # fmt: skip


def test_hourly_while_something_is_unsettled_and_has_changed() -> None:
    assert wanted(made(61)) is CopyReason.HOURLY
    assert wanted(made(59)) is None
    assert wanted(made(61), changed=False) is None
    assert wanted(made(61), unsettled=False) is None
    assert wanted(made(-5)) is CopyReason.HOURLY  # the clock jumped back behind the newest copy


def test_a_new_till_has_an_hour_before_its_first_copy() -> None:
    assert wanted(since=59) is None
    assert wanted(since=61) is CopyReason.HOURLY


def test_each_closing_once() -> None:
    assert wanted(made(10), closed=5, unsettled=False) is CopyReason.CLOSING
    assert wanted(made(4, CopyReason.CLOSING), closed=5, unsettled=False) is None
    assert wanted(made(4, CopyReason.CLOSING, verified=False), closed=5, unsettled=False) is CopyReason.CLOSING


def test_at_once_where_the_second_log_has_a_gap() -> None:
    assert wanted(made(1), changed=False, unsettled=False, broken=True) is CopyReason.HOURLY
