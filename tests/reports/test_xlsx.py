"""XLSX read by another library: numbers are numbers, dates are dates, the total follows the filter."""

from __future__ import annotations

import socket
import zipfile
from dataclasses import replace
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pos.reports import xlsx_file
from pos.reports.files import save_report
from pos.reports.model import Table
from pos.reports.progress import Progress
from pos.reports.saving import save
from pos.till.review.exports import Format
from tests.reports.samples import COLUMNS, NASTY, Still, redeemed_vnd, report, rows


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("xlsx") / "day.xlsx"
    save_report(report(60, mark="THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ"), path, Format.XLSX, Still())
    return path


def sheets(path: Path, *, values: bool = False) -> Any:  # openpyxl has no types
    return openpyxl.load_workbook(path, data_only=values)


def test_cells_have_their_types(book: Path) -> None:
    sheet = sheets(book)["Chi tiết"]
    at, bill, code, _, amount, status, redeemed, _ = sheet[3]
    assert at.value == datetime(2026, 11, 21, 21, 30)  # noqa: DTZ001 - shop time, as a spreadsheet has it
    assert at.is_date
    assert (bill.data_type, code.data_type, status.data_type) == ("s", "s", "s")
    assert (amount.value, amount.data_type) == (50_000, "n")
    assert "₫" in amount.number_format
    assert redeemed.value == 50_000
    assert sheet["C12"].value == "••••0009"  # leading zeros stay


def test_nothing_but_totals_is_a_formula_and_nothing_is_a_link(book: Path) -> None:
    sheet = sheets(book)["Chi tiết"]
    formulas = {cell.coordinate: cell.value for row in sheet for cell in row if cell.data_type == "f"}
    assert formulas == {"G63": "=SUBTOTAL(109,G3:G62)"}
    assert not [cell for row in sheet for cell in row if cell.hyperlink]
    assert NASTY[1] in {cell.value for cell in sheet["D"]}  # as text


def test_the_total_is_there_for_who_does_not_calculate(book: Path) -> None:
    assert sheets(book, values=True)["Chi tiết"]["G63"].value == redeemed_vnd(60)


def test_the_header_stays_in_sight_and_rows_can_be_filtered(book: Path) -> None:
    sheet = sheets(book)["Chi tiết"]
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:H62"  # the total is not among them
    assert [cell.value for cell in sheet[2]] == [column.title for column in COLUMNS]
    widths = {key: sheet.column_dimensions[key].width for key in "ABD"}
    assert widths == {"A": pytest.approx(19, abs=1), "B": pytest.approx(26, abs=1), "D": pytest.approx(28, abs=1)}


def test_figures_hours_and_the_mark_stand_on_the_first_sheet(book: Path) -> None:
    sheet = sheets(book).worksheets[0]
    told = {row[0].value: row[1].value for row in sheet if row[0].value}
    assert sheet["A1"].value == "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ"
    assert told["Đã đổi"] == redeemed_vnd(60)
    assert told["Phiếu chưa in"] == 2
    assert told["Trung bình mỗi khách"] == 8.4
    assert told["12h"] == 422_000
    assert "THỬ NGHIỆM" in sheets(book)["Chi tiết"]["A1"].value


def test_the_file_says_nothing_of_the_machine(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        text = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml")).decode()
    properties = sheets(book).properties
    assert (properties.creator, properties.lastModifiedBy) == ("Quầy Lê Lợi", "Quầy Lê Lợi")
    for word in (socket.gethostname(), str(Path.home()), str(book.parent)):
        assert word not in text
    if len(getuser()) > 4:
        assert getuser() not in text


def test_what_one_sheet_cannot_hold_goes_on_in_the_next_each_with_its_total(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    save(path, lambda draft: xlsx_file.write(report(25), draft, Progress(Still()), most_rows=10))
    parts = sheets(path, values=True)
    assert parts.sheetnames == ["Tổng quan", "Chi tiết", "Chi tiết 2", "Chi tiết 3"]
    totals = [parts[name].cell(row=parts[name].max_row, column=7).value for name in parts.sheetnames[1:]]
    assert sum(totals) == redeemed_vnd(25)
    bills = [row[1] for name in parts.sheetnames[1:] for row in parts[name].iter_rows(min_row=3, values_only=True)]
    assert [bill for bill in bills if bill] == [row[1] for row in rows(25)]


def test_a_day_without_rows_is_a_sheet_with_its_header(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    save_report(replace(report(0), table=Table(COLUMNS, ())), path, Format.XLSX, Still())
    sheet = sheets(path)["Chi tiết"]
    assert [cell.value for cell in sheet[2]] == [column.title for column in COLUMNS]
    assert sheet["A3"].value == "Không có dòng nào."
