"""A damaged journal: what can be read is shown, what cannot is said, and nothing that can be read is counted wrong."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.redemption import UNSENT_GIVEN
from pos.journal.connection import Connections
from pos.journal.review_day import ReviewReads
from pos.journal.write_tx import Core
from pos.security.vault import Vault
from pos.till.review.day_views import RowKind, RowsPage
from tests.journal.review_shop import ALL, FIRST, Quiet, Shop, way
from tests.journal.shop import KEY, SteadyClock, open_journal

ROWS = 240
VND = 1000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of some pages, closed in order. Row number n is worth n thousand đồng."""
    path = tmp_path_factory.mktemp("damage") / "journal.db"
    clock = SteadyClock()
    journal = open_journal(path, clock)
    shop = Shop(journal, clock)
    for number in range(ROWS):
        shop.at(FIRST + timedelta(days=number // 60), 9, number % 60)
        shop.redeem(*way(UNSENT_GIVEN), amount_vnd=VND * (1 + number), prints=False)
    journal.close()
    return path


Damage = Callable[[str, int], ReviewReads]


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Iterator[Damage]:
    """A copy of which one leaf page of a table or an index is garbage: the nth of so many, in percent."""
    path = tmp_path / "journal.db"
    shutil.copy(whole, path)
    opened: list[Connections] = []

    def spoil(name: str, per_cent: int) -> ReviewReads:
        with closing(sqlite3.connect(path)) as connection:
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            leaves = connection.execute(
                "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", (name,)
            ).fetchall()
        assert len(leaves) > 2
        with path.open("r+b") as file:
            file.seek((leaves[len(leaves) * per_cent // 100][0] - 1) * size)
            file.write(b"\xa5" * size)
        opened.append(Connections(path))
        return ReviewReads(Core(path, opened[0], Vault(KEY), SteadyClock()))

    yield spoil
    for connections in opened:
        connections.close()


def everything(reads: ReviewReads) -> RowsPage:
    return reads.rows(ALL, 0, 10_000, Quiet())


TOTAL_VND = sum(VND * (1 + number) for number in range(ROWS))


def test_the_whole_journal_is_read_and_nothing_is_said(whole: Path, damaged: Damage) -> None:
    connections = Connections(whole)
    reads = ReviewReads(Core(whole, connections, Vault(KEY), SteadyClock()))
    page, view = everything(reads), reads.view(ALL, Quiet())
    assert (len(page.rows), page.total, page.unreadable) == (ROWS, ROWS, 0)
    assert (view.figures.at_risk_vnd, view.unreadable) == (TOTAL_VND, 0)
    connections.close()


@pytest.mark.parametrize("per_cent", [0, 30, 60, 99])
def test_figures_are_whole_although_pages_of_the_rows_cannot_be_read(damaged: Damage, per_cent: int) -> None:
    """Sums come from the day's index; a row on the bad page is shown with what stands there, and says so."""
    reads = damaged("redemption", per_cent)
    view = reads.view(ALL, Quiet())
    assert (view.figures.at_risk_vnd, view.figures.at_risk, view.rows) == (TOTAL_VND, ROWS, ROWS)
    assert view.unreadable > 0
    page = everything(reads)
    assert sorted(row.amount_vnd for row in page.rows) == [VND * (1 + number) for number in range(ROWS)]
    bad = [row for row in page.rows if row.unreadable]
    assert 0 < len(bad) < ROWS / 2
    assert page.unreadable == len(bad)
    assert all(len(row.ending) == 4 and row.bill_number == "" for row in bad)
    told = reads.timeline(RowKind.REDEMPTION, bad[0].id)
    assert (told.row.amount_vnd, told.row.unreadable) == (bad[0].amount_vnd, True)
    assert told.unreadable > 0


@pytest.mark.parametrize("per_cent", [0, 30, 60, 99])
def test_a_bad_page_of_the_days_index_costs_time_and_no_row(damaged: Damage, per_cent: int) -> None:
    """The rows themselves are read instead."""
    reads = damaged("redemption_of_day", per_cent)
    view, page = reads.view(ALL, Quiet()), everything(reads)
    assert (view.figures.at_risk_vnd, view.rows) == (TOTAL_VND, ROWS)
    assert [row.amount_vnd for row in page.rows] == [VND * (ROWS - number) for number in range(ROWS)]
    assert view.unreadable > 0
    assert page.unreadable > 0
    assert not any(row.unreadable for row in page.rows)


def test_a_bad_page_of_the_days_index_also_leaves_windows_right(
    damaged: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos.journal.review_day._NEAR", 10)
    page = damaged("redemption_of_day", 50).rows(ALL, 100, 7, Quiet())
    assert [row.amount_vnd for row in page.rows] == [VND * (ROWS - number) for number in range(100, 107)]
    assert page.total == ROWS


def test_a_timeline_without_its_audit_links_says_that_something_is_missing(damaged: Damage) -> None:
    reads = damaged("audit", 50)
    told = [reads.timeline(RowKind.REDEMPTION, row.id) for row in everything(reads).rows]
    broken = [one for one in told if one.unreadable]
    assert 0 < len(broken) < ROWS / 2
    assert all(any(entry.kind == "redemption" for entry in one.entries) for one in told if not one.unreadable)


def test_bills_that_cannot_be_read_leave_the_money_right(damaged: Damage) -> None:
    view = damaged("bill", 50).view(ALL, Quiet())
    assert (view.figures.at_risk_vnd, view.rows) == (TOTAL_VND, ROWS)
    assert view.figures.customer_s is None
    assert view.unreadable > 0
