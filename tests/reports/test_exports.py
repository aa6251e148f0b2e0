"""The export desk: figures and rows of one moment, all of them, and a stop that leaves nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from pos import reports_setup
from pos.domain.errors import ReportError
from pos.i18n import Translator
from pos.reports.day import counted, described
from pos.reports.model import clean
from pos.setup import trials
from pos.till.review.day_views import Query, RowKind, RowStatus, Slip, Standing
from pos.till.review.exports import Format
from tests.reports.fake_day import DAY, SHOP, FakeReads, rows
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


def test_part_of_a_day_says_that_it_is_part_and_of_what(tmp_path: Path) -> None:
    """Nobody takes a filtered list for the whole day."""
    part = Query(
        DAY, DAY, issuers=frozenset({"gotit"}), standings=frozenset({Standing.LOSS}), people=frozenset({"Lan"}),
        low_vnd=50_000, from_minute=8 * 60, to_minute=12 * 60, text="2835",
    )  # fmt: skip
    told = described(part, SHOP, Translator("vi"))
    for words in ("Got It", "Bị lỗ", "Lan", "≥ 50.000", "08:00–12:00", "“2835”"):
        assert words in told
    assert described(QUERY, SHOP, Translator("vi")) == ""
    desk_on(FakeReads(rows(5))).export(part, tmp_path / "part.xlsx", Format.XLSX, Still())
    first = openpyxl.load_workbook(tmp_path / "part.xlsx").worksheets[0]
    assert ("Chỉ gồm", clean(told)) in {(row[0].value, row[1].value) for row in first}


def test_every_word_of_a_day_has_its_words_in_both_languages(tmp_path: Path) -> None:
    """A new standing or status that nobody has named would stand in an accountant's file as code."""
    for language in ("vi", "en"):
        words = Translator(language)
        keys = [f"day.kind.{kind}" for kind in RowKind] + [f"day.standing.{standing}" for standing in Standing]
        keys += [f"day.status.{status}" for status in RowStatus] + [f"day.slip.{slip}" for slip in Slip]
        assert [key for key in keys if not words.has(key)] == []
        name = tmp_path / f"{language}.csv"
        desk_on(FakeReads(rows(40)), language).export(QUERY, name, Format.CSV, Still())
        cells = {cell for row in csv.reader(name.read_text("utf-8-sig").splitlines()) for cell in row}
        assert [cell for cell in cells if cell.startswith(("report.", "day.", "provider."))] == []


def test_a_folder_that_is_none_is_not_guessed() -> None:
    desk = desk_on(FakeReads(rows(5)))
    with pytest.raises(ReportError, match=r"report\.folder_gone"):
        desk.export_anew(QUERY, "somewhere", Format.CSV, Still())


def test_every_issuer_that_can_be_set_up_has_a_name_for_people() -> None:
    """A stable name such as `vinid-evoucher` is the program's word, not the manager's."""
    assert set(reports_setup.ISSUERS) == set(trials.ISSUERS)
    for language in ("vi", "en"):
        assert [name for name in reports_setup.ISSUERS if not Translator(language).has(f"provider.{name}")] == []
