"""CSV: a spreadsheet and a script read the same, and no cell does anything but stand there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pos.domain.spreadsheet import harmless
from pos.reports.files import save_report
from pos.till.review.exports import Format
from tests.reports.samples import COLUMNS, Still, redeemed_vnd, report


def written(path: Path, count: int = 60) -> bytes:
    save_report(report(count), path, Format.CSV, Still())
    return path.read_bytes()


def test_it_is_rfc_4180_with_a_mark_that_tells_excel_the_encoding(tmp_path: Path) -> None:
    raw = written(tmp_path / "day.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), strict=True))
    assert rows[0] == [column.title for column in COLUMNS]
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert len(rows) == 61
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_amounts_are_bare_numbers_and_times_are_the_shops(tmp_path: Path) -> None:
    rows = list(csv.DictReader(written(tmp_path / "day.csv").decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[0]["Giờ"] == "2026-11-21 21:30:00"  # 14:30 UTC
    assert sum(int(row["Đã đổi"] or 0) for row in rows) == redeemed_vnd(60)
    assert rows[4]["Nhà phát hành"] == "Mùa thu Hà Nội"  # composed, whatever it was


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    for row in csv.reader(written(tmp_path / "day.csv").decode("utf-8-sig").splitlines(keepends=True)):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x"])
def test_what_a_spreadsheet_would_calculate_stands_behind_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "50-50", "a=b", "••••0217", "Đã dùng"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
