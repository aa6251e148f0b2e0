"""The manager's table: slips, search, any window of a long list, a run that is not wanted, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.errors import JournalError
from pos.domain.redemption import DONE, LOSS, REFUSED
from pos.domain.sale import SaleEvent
from pos.journal.review_day import ReviewReads
from pos.till.ports import PrintState
from pos.till.review.day_views import Query, RowKind, Slip, Standing
from tests.journal.review_shop import ALL, FIRST, LAST, QUERIES, Quiet, Shop, every_row, the_row, way
from tests.journal.shop import SteadyClock, open_journal

# ---------------------------------------------------------------- slips


def test_a_row_tells_of_the_newest_slip_of_its_bill(shop: Shop, reads: ReviewReads) -> None:
    row_id = shop.redeem(*way(DONE))
    bill = shop.journal.redemption(row_id).bill_number
    assert the_row(reads, row_id).slip is Slip.PENDING
    shop.printed(row_id, PrintState.PRINTING)
    assert the_row(reads, row_id).slip is Slip.PENDING
    with shop.journal.transaction("printer") as tx:
        tx.set_print_state(f"p{row_id}", PrintState.DOUBTFUL)
    assert the_row(reads, row_id).slip is Slip.DOUBTFUL
    assert reads.view(ALL, Quiet()).figures.unprinted == 1
    with shop.journal.transaction("Lan") as tx:
        tx.set_print_state(f"p{row_id}", PrintState.CANCELLED)
        tx.add_print_job("copy", bill)
        tx.set_print_state("copy", PrintState.SENT)
    assert the_row(reads, row_id).slip is Slip.COPY
    assert reads.view(ALL, Quiet()).figures.unprinted == 0
    assert the_row(reads, shop.redeem(*way(REFUSED), prints=False)).slip is Slip.NONE


# ---------------------------------------------------------------- search


def test_a_search_finds_the_last_four_characters_and_bill_numbers(shop: Shop, reads: ReviewReads) -> None:
    one = shop.redeem(*way(DONE), code="447190002835", bill="HN03-T2-20261121-000148")
    two = shop.redeem(*way(REFUSED), code="GOTITXYAB12", bill="HN03-T2-20261121-001148")
    shop.redeem(*way(DONE), code="447190002836", bill="HN03-T2-20261121-000149")

    def search(text: str, last: date = LAST) -> list[str]:
        query = replace(ALL, text=text, last=last)
        rows = every_row(reads, query)
        view = reads.view(query, Quiet())
        assert (view.rows, view.figures.vouchers) == (len(rows), sum(r.standing is Standing.DONE for r in rows))
        return [row.id for row in rows]

    assert search("2835") == [one]
    assert search("ab12") == search("AB12") == [two]
    assert search("148") == [one]
    assert search("1148") == [two]
    assert search("0148") == [one]
    assert search(" HN03-T2-20261121-000148 ") == [one]
    assert len(search("HN03-T2")) == len(search("HN03-T2-20261121-00")) == 3
    assert search("1-000148") == [one]
    assert search("HN03") == search("47190002835") == search("%") == search("9999") == []
    assert search("2835", last=LAST - timedelta(days=1)) == []


def test_a_search_finds_sales_by_serial_and_order_and_bookings_by_their_number(shop: Shop, reads: ReviewReads) -> None:
    sale_id = shop.sell(SaleEvent.SEND, SaleEvent.BOUGHT, quantity=1)
    booking_id = shop.book()
    sale, booking = the_row(reads, sale_id), the_row(reads, booking_id)
    number = booking.what.split()[0]
    for text in (sale.ending, sale.bill_number):
        assert [row.id for row in every_row(reads, replace(ALL, text=text))] == [sale_id]
    for text in (number, number.lower(), number[-4:], booking.bill_number):
        assert [row.id for row in every_row(reads, replace(ALL, text=text))] == [booking_id]


# ---------------------------------------------------------------- windows


@settings(max_examples=60, deadline=None)
@given(first=st.integers(0, 400), count=st.integers(1, 120), query=QUERIES)
def test_every_window_is_a_slice_of_the_whole(days: ReviewReads, first: int, count: int, query: Query) -> None:
    whole = every_row(days, query)
    page = days.rows(query, first, count, Quiet())
    assert page.rows == whole[first : first + count]
    assert page.total in (None, len(whole))


def test_a_window_far_down_is_right_also_after_rows_were_added(
    shop: Shop, reads: ReviewReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far down, days are counted and the window is looked for in its own: also then it is the slice of the whole."""
    monkeypatch.setattr("pos.journal.review_day._NEAR", 5)
    for day in range(4):
        for minute in range(9):
            shop.at(FIRST + timedelta(days=day), 9, minute).redeem(*way(DONE), prints=False)
            shop.sell()
    for added in range(3):
        whole = every_row(reads, ALL)
        for first in (6, 17, 18, 35, 40, 71, 72, 500):
            page = reads.rows(ALL, first, 7, Quiet())
            assert page.total == len(whole) == 72 + added
            assert page.rows == whole[first : first + 7]
            assert page.revision == shop.journal.revision
        shop.at(FIRST + timedelta(days=added), 20).redeem(*way(REFUSED), prints=False)


def test_a_far_window_costs_its_own_days(shop: Shop, reads: ReviewReads, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days are counted once, until something is written."""
    monkeypatch.setattr("pos.journal.review_day._NEAR", 2)
    for minute in range(9):
        shop.at(FIRST, 9, minute).redeem(*way(DONE), prints=False)
    heard: list[str] = []
    reads.rows(ALL, 4, 2, Quiet())
    shop.journal.core.connections.get().set_trace_callback(heard.append)
    reads.rows(ALL, 6, 2, Quiet())
    assert not [sql for sql in heard if "GROUP BY business_date" in sql]
    shop.journal.core.connections.get().set_trace_callback(None)


# ---------------------------------------------------------------- a run that is not wanted any more


class StopsAtOnce(Quiet):
    """Nobody waits."""

    def stopped(self) -> bool:
        return True


def test_a_stopped_run_ends_and_the_next_one_is_answered(tmp_path: Path) -> None:
    clock = SteadyClock()
    journal = open_journal(tmp_path / "journal.db", clock)
    shop = Shop(journal, clock).at(LAST, 9)
    for _ in range(300):
        shop.redeem(prints=False)
    reads = ReviewReads(journal.core)
    with pytest.raises(JournalError):
        reads.view(ALL, StopsAtOnce())
    assert not journal.core.connections.get().in_transaction
    assert reads.view(ALL, Quiet()).rows == 300
    journal.close()


def test_progress_is_told_day_by_day(days: ReviewReads) -> None:
    told: list[tuple[int, int]] = []

    class Telling(Quiet):
        def progress(self, done: int, total: int) -> None:
            told.append((done, total))

    days.view(ALL, Telling())
    assert told == [(day, 5) for day in range(5)]


# ---------------------------------------------------------------- what a question costs

BIG = ("redemption", "bill", "attempt", "answer", "audit", "print_job", "r", "b")
"""Tables that grow with every sale, under the names that statements give them."""
FEW = ("redemption_alive", "redemption_apart", "print_job_waiting", "case_still_open")
"""Indexes of what did not go as usual."""
ONE_DAY = Query(LAST, LAST)
YEARS = Query(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    "query",
    [
        ONE_DAY,
        replace(YEARS, text="2835"),
        replace(YEARS, text="148"),
        replace(YEARS, standings=frozenset({Standing.LOSS, Standing.OPEN})),
    ],
)
def test_a_day_a_search_and_what_went_wrong_cost_what_they_are_about(
    shop: Shop, reads: ReviewReads, query: Query
) -> None:
    """No statement walks through a table or an index that grows with every sale."""
    connection, heard = shop.journal.core.connections.get(), list[str]()
    row_id = shop.redeem(*way(LOSS))
    connection.set_trace_callback(heard.append)
    reads.view(query, Quiet())
    reads.rows(query, 0, 100, Quiet())
    reads.timeline(RowKind.REDEMPTION, row_id)
    reads.support_facts(RowKind.REDEMPTION, row_id)
    connection.set_trace_callback(None)
    asked = [sql for sql in heard if sql.startswith("SELECT")]
    assert len(asked) > 20
    for sql in asked:
        for step in (row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")):
            words = step.split()
            if words[0] == "SCAN" and words[1] in BIG:
                assert any(index in step for index in FEW), (step, sql)


def test_windows_are_right_although_ids_and_dates_disagree(
    shop: Shop, reads: ReviewReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id made before the clock was set, a date after it: the list goes by date."""
    monkeypatch.setattr("pos.journal.review_day._NEAR", 2)
    for number in range(12):
        row_id = f"{99 - number:012x}{number:014x}"
        shop.at(FIRST + timedelta(days=number // 3), 9, number).redeem(*way(DONE), row_id=row_id, prints=False)
    whole = every_row(reads, ALL)
    assert [row.business_date for row in whole] == sorted((row.business_date for row in whole), reverse=True)
    for first in range(13):
        assert reads.rows(ALL, first, 4, Quiet()).rows == whole[first : first + 4]
