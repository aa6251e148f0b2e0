"""What a manager sees of a day: how each row stands, and figures that agree with the rows of any filter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from pos.domain.business_date import local_time
from pos.domain.cases import CaseKind
from pos.domain.redemption import (
    DONE,
    DROPPED,
    IN_FLIGHT,
    IN_FLIGHT_GIVEN,
    LOSS,
    REFUSED,
    UNKNOWN,
    UNKNOWN_GIVEN,
    UNSENT,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Event,
    State,
)
from pos.domain.sale import SaleEvent
from pos.journal.review_day import ReviewReads
from pos.till.ports import TakeBackStep
from pos.till.review.day_views import UNPRINTED, DayRow, Figures, Query, RowKind, RowStatus, Standing
from tests.journal.review_shop import (
    ALL,
    BOOKINGS,
    FIRST,
    LAST,
    PEOPLE,
    QUERIES,
    SALES,
    Quiet,
    Shop,
    every_row,
    late,
    the_row,
    way,
)

# ---------------------------------------------------------------- how a row stands


@pytest.mark.parametrize(
    ("state", "standing", "status"),
    [
        (UNSENT, Standing.OPEN, RowStatus.UNSENT),
        (UNSENT_GIVEN, Standing.AT_RISK, RowStatus.OFFLINE_UNSENT),
        (IN_FLIGHT, Standing.OPEN, RowStatus.SENDING),
        (IN_FLIGHT_GIVEN, Standing.AT_RISK, RowStatus.OFFLINE_SENDING),
        (UNKNOWN, Standing.OPEN, RowStatus.UNKNOWN),
        (UNKNOWN_GIVEN, Standing.AT_RISK, RowStatus.OFFLINE_UNKNOWN),
        (USED_NOT_GIVEN, Standing.OPEN, RowStatus.NOT_GIVEN),
        (DONE, Standing.DONE, RowStatus.USED),
        (REFUSED, Standing.REFUSED, RowStatus.REFUSED),
        (LOSS, Standing.LOSS, RowStatus.LOST),
        (DROPPED, Standing.DROPPED, RowStatus.DROPPED),
    ],
)
def test_a_state_stands_as_what_it_means_for_the_money(
    shop: Shop, reads: ReviewReads, state: State, standing: Standing, status: RowStatus
) -> None:
    row = the_row(reads, shop.redeem(*way(state)))
    assert (row.standing, row.status) == (standing, status)


@pytest.mark.parametrize(
    ("steps", "standing", "status"),
    [
        ((TakeBackStep.BEGUN,), Standing.OPEN, RowStatus.TAKING_BACK),
        ((TakeBackStep.BEGUN, TakeBackStep.DONE), Standing.TAKEN_BACK, RowStatus.TAKEN_BACK),
        ((TakeBackStep.BEGUN, TakeBackStep.REFUSED), Standing.DONE, RowStatus.USED),
        ((TakeBackStep.BEGUN, TakeBackStep.BY_HAND), Standing.DONE, RowStatus.NOT_TAKEN_BACK),
    ],
)
def test_what_may_be_taken_back_counts_as_nothing_until_it_is_known(
    shop: Shop, reads: ReviewReads, steps: tuple[TakeBackStep, ...], standing: Standing, status: RowStatus
) -> None:
    row_id = shop.redeem(Event.SEND, Event.USED_HERE)
    shop.taken_back(row_id, *steps)
    row = the_row(reads, row_id)
    assert (row.standing, row.status) == (standing, status)
    assert reads.view(ALL, Quiet()).figures.redeemed_vnd == (50_000 if standing is Standing.DONE else 0)


def test_a_late_effect_is_open_until_its_case_is_closed_and_never_redeemed(shop: Shop, reads: ReviewReads) -> None:
    left, closed = late(shop, closed=False), late(shop, closed=True)
    assert [(the_row(reads, one).standing, the_row(reads, one).status) for one in (left, closed)] == [
        (Standing.OPEN, RowStatus.LATE), (Standing.DROPPED, RowStatus.LATE_SETTLED),
    ]  # fmt: skip
    assert reads.view(ALL, Quiet()).figures.redeemed_vnd == 0


def test_used_on_a_managers_word_says_so(shop: Shop, reads: ReviewReads) -> None:
    row_id = shop.redeem(Event.SEND, Event.LOST)
    with shop.journal.transaction("Mai") as tx:
        tx.add_decision(row_id, accepted=True, manager="Mai", reason="thấy tận mắt")
        tx.move(row_id, Event.USED_HERE)
    row = the_row(reads, row_id)
    assert (row.standing, row.status) == (Standing.DONE, RowStatus.USED_BY_WORD)


@pytest.mark.parametrize("events", SALES)
def test_a_sale_counts_as_sold_only_when_the_customer_has_her_codes(
    shop: Shop, reads: ReviewReads, events: tuple[SaleEvent, ...]
) -> None:
    shop.sell(*events, quantity=3)
    figures = reads.view(ALL, Quiet()).figures
    ended = bool(events) and events[-1] in (SaleEvent.HANDED_OVER, SaleEvent.PAID_BACK)
    sold = events[-1:] == (SaleEvent.HANDED_OVER,)
    assert (figures.sales, figures.codes, figures.sold_vnd) == ((1, 3, 150_000) if sold else (0, 0, 0))
    assert figures.sales_waiting == (0 if ended else 1)


def test_every_state_of_sale_and_booking_has_a_status(days: ReviewReads) -> None:
    found = {row.status for row in every_row(days, ALL)}
    assert {status for status in RowStatus if status.value.startswith(("sale_", "booking_"))} <= found
    assert len(BOOKINGS) == 12


# ---------------------------------------------------------------- figures and filters


def summed(rows: Iterable[DayRow]) -> dict[str, int]:
    """The figures by adding up rows, the slow and plain way."""
    sums: Counter[str] = Counter()
    bills: set[str] = set()
    waiting: set[str] = set()
    for row in rows:
        word = (row.kind, row.standing)
        if word == (RowKind.REDEMPTION, Standing.DONE):
            bills.add(row.bill_number)
            sums.update(redeemed_vnd=row.amount_vnd, vouchers=1)
        sums.update({
            (RowKind.REDEMPTION, Standing.AT_RISK): {"at_risk_vnd": row.amount_vnd, "at_risk": 1},
            (RowKind.REDEMPTION, Standing.LOSS): {"loss_vnd": row.amount_vnd, "losses": 1},
            (RowKind.REDEMPTION, Standing.OPEN): {"open_vnd": row.amount_vnd, "open": 1},
            (RowKind.REDEMPTION, Standing.TAKEN_BACK): {"taken_back": 1},
            (RowKind.SALE, Standing.DONE): {"sold_vnd": row.amount_vnd, "sales": 1, "codes": row.quantity},
            (RowKind.SALE, Standing.OPEN): {"sales_waiting": 1},
            (RowKind.BOOKING, Standing.DONE): {"booked_vnd": row.amount_vnd, "bookings": 1},
            (RowKind.BOOKING, Standing.OPEN): {"bookings_waiting": 1},
        }.get(word, {}))  # fmt: skip
        if row.slip in UNPRINTED:
            waiting.add(row.bill_number)
    return {**sums, "bills": len(bills), "unprinted": len(waiting)}


_NOT_SUMS = {"at_risk_oldest_utc", "cases", "case_oldest_utc", "customer_s"}


def sums_of(figures: Figures) -> dict[str, int]:
    names = [name for name in figures.__dataclass_fields__ if name not in _NOT_SUMS]
    return {name: getattr(figures, name) for name in names}


def wanted(query: Query, row: DayRow) -> bool:
    """Whether the row is one of the query's, in plain Python."""
    at = local_time(row.at_utc)
    minute = at.hour * 60 + at.minute
    start = query.from_minute or 0
    end = 1440 if query.to_minute is None else query.to_minute
    within = start <= minute < end if start <= end else (minute >= start or minute < end)
    return (
        query.first <= row.business_date <= query.last
        and (not query.kinds or row.kind in query.kinds)
        and (not query.issuers or row.issuer in query.issuers)
        and (not query.standings or row.standing in query.standings)
        and (not query.people or row.cashier in query.people)
        and (query.low_vnd is None or row.amount_vnd >= query.low_vnd)
        and (query.high_vnd is None or row.amount_vnd <= query.high_vnd)
        and within
    )


@settings(max_examples=150, deadline=None)
@given(query=QUERIES)
def test_figures_hours_and_count_are_those_of_the_rows_that_the_filters_leave(days: ReviewReads, query: Query) -> None:
    rows = every_row(days, query)
    assert rows == tuple(row for row in every_row(days, replace(ALL, first=date(2020, 1, 1))) if wanted(query, row))
    view = days.view(query, Quiet())
    assert sums_of(view.figures) == {**dict.fromkeys(sums_of(Figures()), 0), **summed(rows)}
    assert view.rows == len(rows)
    bars: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if (row.kind, row.standing) == (RowKind.REDEMPTION, Standing.DONE):
            bar = bars[local_time(row.at_utc).hour, row.issuer]
            bar[0] += row.amount_vnd
            bar[1] += 1
    assert [(bar.hour, bar.issuer, bar.amount_vnd, bar.count) for bar in view.hours] == [
        (hour, issuer, *both) for (hour, issuer), both in sorted(bars.items())
    ]
    assert view.unreadable == 0


def test_rows_of_all_kinds_come_newest_first(days: ReviewReads) -> None:
    rows = every_row(days, ALL)
    assert {row.kind for row in rows} == set(RowKind)
    assert [row.at_utc for row in rows] == sorted((row.at_utc for row in rows), reverse=True)


def test_choices_are_all_that_occur_whatever_is_chosen(days: ReviewReads) -> None:
    view = days.view(replace(ALL, people=frozenset({"Lan"}), issuers=frozenset({"vinid"})), Quiet())
    assert view.people == tuple(sorted(PEOPLE))
    assert view.issuers == ("codes", "gotadi", "gotit", "vinid")


def test_a_cashier_of_today_is_among_the_choices_at_once(shop: Shop, reads: ReviewReads) -> None:
    shop.at(FIRST, 9).redeem(*way(DONE), who="Lan")
    assert reads.view(ALL, Quiet()).people == ("Lan",)
    shop.at(LAST, 9).redeem(*way(DONE), who="Hoa", issuer="vinid")
    shop.redeem(*way(DONE), who="Minh")
    view = reads.view(ALL, Quiet())
    assert (view.people, view.issuers) == (("Hoa", "Lan", "Minh"), ("gotit", "vinid"))
    assert reads.view(Query(FIRST, FIRST), Quiet()).people == ("Lan",)


def test_a_day_without_sales_is_a_day_of_zeros(days: ReviewReads) -> None:
    empty = FIRST + timedelta(days=2)
    view = days.view(Query(empty, empty), Quiet())
    assert (view.rows, view.hours, view.people) == (0, (), ())
    assert sums_of(view.figures) == sums_of(Figures())
    assert view.figures.customer_s is None


def test_open_cases_of_any_day_are_counted_whatever_is_chosen(shop: Shop, reads: ReviewReads) -> None:
    shop.at(FIRST, 9).redeem(*way(LOSS))
    opened = shop.journal.cases()[0].opened_utc
    late(shop.at(LAST, 9), closed=False)
    figures = reads.view(Query(LAST + timedelta(days=5), LAST + timedelta(days=5)), Quiet()).figures
    assert (figures.cases, figures.case_oldest_utc) == (2, opened)
    assert shop.journal.cases()[0].kind is CaseKind.LOSS


def test_at_risk_tells_since_when(shop: Shop, reads: ReviewReads) -> None:
    shop.at(FIRST, 9).redeem(*way(UNSENT_GIVEN))
    given = shop.clock.wall
    shop.at(LAST, 9).redeem(*way(UNKNOWN_GIVEN))
    assert reads.view(ALL, Quiet()).figures.at_risk_oldest_utc == given


def test_time_per_customer_is_from_the_bill_to_its_value_given(shop: Shop, reads: ReviewReads) -> None:
    shop.redeem(*way(DONE))  # 12 s to the row, 2 more to the verdict
    shop.redeem(*way(UNSENT_GIVEN))  # 13 s
    shop.redeem(*way(REFUSED))
    assert reads.view(ALL, Quiet()).figures.customer_s == pytest.approx(13.5, abs=0.01)


def test_a_bill_of_two_vouchers_is_one_bill_also_across_midnight(shop: Shop, reads: ReviewReads) -> None:
    shop.at(FIRST, 23, 59).redeem(*way(DONE), bill="B7")
    shop.at(FIRST + timedelta(days=1), 0, 1).redeem(*way(DONE), bill="B7")
    figures = reads.view(ALL, Quiet()).figures
    assert (figures.vouchers, figures.bills) == (2, 1)
    assert reads.view(Query(FIRST, FIRST), Quiet()).figures.vouchers == 1


def test_a_clock_that_was_wrong_leaves_every_row_on_its_own_date(shop: Shop, reads: ReviewReads) -> None:
    """Ids sort by the clock too; a row of a date is found there whatever came before or after."""
    shop.at(LAST, 9).redeem(*way(DONE), amount_vnd=10_000)
    shop.at(date(2019, 1, 1), 0, 5).redeem(*way(DONE), amount_vnd=20_000)
    shop.at(LAST, 10).redeem(*way(DONE), amount_vnd=30_000)
    assert [row.amount_vnd for row in every_row(reads, Query(LAST, LAST))] == [30_000, 10_000]
    assert reads.view(Query(date(2019, 1, 1), date(2019, 1, 1)), Quiet()).figures.redeemed_vnd == 20_000


@pytest.mark.parametrize("last", [LAST, LAST + timedelta(days=400)])
@pytest.mark.parametrize("standing", Standing)
def test_each_standing_is_found_in_a_short_and_in_a_long_range(
    days: ReviewReads, standing: Standing, last: date
) -> None:
    """A long range looks only where something did not go as usual, and misses nothing of it."""
    expected = tuple(row for row in every_row(days, ALL) if row.standing is standing)
    assert expected
    query = replace(ALL, last=last, standings=frozenset({standing}))
    assert every_row(days, query) == expected
    assert days.view(query, Quiet()).rows == len(expected)
