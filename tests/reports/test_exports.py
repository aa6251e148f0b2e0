"""The export desk: figures and rows of one moment, all of them, and a stop that leaves nothing."""

from __future__ import annotations

import csv
from pathlib import Path

from pos.reports.day import counted
from pos.till.review.day_views import Query
from pos.till.review.exports import Format
from tests.reports.fake_day import DAY, FakeReads, rows
from tests.reports.samples import Still
from tests.ui.shots_export import desk_on

QUERY = Query(DAY, DAY)


def test_every_row_is_written_once_however_many_pages_it_takes(tmp_path: Path) -> None:
    stock = rows(4_321)
    done = desk_on(FakeReads(stock)).export(QUERY, tmp_path / "day.csv", Format.CSV, Still())
    assert done is not None
    assert done.rows == 4_321
    written = list(csv.DictReader((tmp_path / "day.csv").read_text("utf-8-sig").splitlines()))
    assert [row["Hóa đơn"] for row in written] == [row.bill_number for row in stock]


def test_the_summed_columns_are_the_figures_of_the_window(tmp_path: Path) -> None:
    reads = FakeReads(rows(160))
    figures = reads.view(QUERY, Still()).figures
    sums = [sum(part or 0 for part in column) for column in zip(*map(counted, reads.stock), strict=True)]
    wanted = (figures.redeemed_vnd, figures.at_risk_vnd, figures.loss_vnd, figures.sold_vnd, figures.booked_vnd)
    assert tuple(sums) == wanted


def test_who_stops_gets_no_answer_and_no_file(tmp_path: Path) -> None:
    done = desk_on(FakeReads(rows(4_000))).export(QUERY, tmp_path / "day.xlsx", Format.XLSX, Still(looks=2))
    assert done is None
    assert list(tmp_path.iterdir()) == []
