"""Cells of a statement: what they say for certain, and what is not read because it is not certain."""
# ruff: noqa: DTZ001 – spreadsheets know no time zones

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.statement_layout import Cell, DateOrder, Layout, Part
from pos.domain.statement_propose import find_again, propose
from pos.domain.statement_reading import LeftOut, Reading, Unread
from pos.domain.statement_rows import Line
from pos.domain.statement_values import (
    Meaning,
    UnreadableCell,
    amount_of,
    day_of,
    ending_of,
    meaning_of,
    reference_of,
    text_of,
)


@pytest.mark.parametrize(
    ("cell", "vnd"),
    [
        ("1.234.567", 1_234_567), ("1,234,567.00", 1_234_567), ("1 234 567 đ", 1_234_567), ("50.000 ₫", 50_000),
        ("50,000 VND", 50_000), ("-50.000", -50_000), ("(50.000)", -50_000), ("50.000-", -50_000), ("−5.000", -5_000),
        ("+50.000", 50_000), ("50000.00", 50_000), ("50.000,00", 50_000), ("1'234'567", 1_234_567), (50_000.0, 50_000),
        (-7, -7), ("0", 0), ("50\u00a0000", 50_000),
    ],
)  # fmt: skip
def test_amounts_as_shops_write_them(cell: Cell, vnd: int) -> None:
    assert amount_of(cell) == vnd


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("=SUM(A1:A9)", "amount"), ("@5", "amount"), ("50.00.000", "amount"), ("1.23.456", "amount"), ("", "no_amount"),
        (None, "no_amount"), ("50000.5", "amount_not_whole"), (5.5, "amount_not_whole"), ("1e5", "amount"),
        ("--5", "amount"), ("(5", "amount"), (1e15, "amount"), (float("nan"), "amount"), (True, "no_amount"),
        ("9" * 40, "amount"), ("٥٠٠٠", "amount"), (date(2026, 1, 1), "amount"), ("50\x00000", "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_amount_for_certain_is_none(cell: Cell, problem: str) -> None:
    with pytest.raises(UnreadableCell) as raised:
        amount_of(cell)
    assert raised.value.problem == problem


def test_the_sign_before_fractions_decides_where_it_is_known() -> None:
    assert amount_of("50.000") == 50_000
    assert amount_of("50.000", ".") == 50
    assert amount_of("1,234.000", ".") == 1_234
    assert amount_of("50.000,00", ",") == 50_000


@pytest.mark.parametrize(
    "cell",
    [
        "21/11/2026", "21-11-2026 14:05", "21.11.26", "2026-11-21", "2026/11/21 14:05:33", "2026-11-21T17:00:00+07:00",
        "2026-11-20T18:30:00Z", "14:05 21/11/2026", "20261121", "20261121140533", "21-Nov-2026", 46347, 46347.6,
        "46347", 20261121, 1795228200, 1795228200000, date(2026, 11, 21), datetime(2026, 11, 21, 23, 59),
        datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
    ],
)  # fmt: skip
def test_days_as_they_come(cell: Cell) -> None:
    assert day_of(cell) == "2026-11-21"


@pytest.mark.parametrize("cell", ["31/02/2026", "hôm qua", "13/13/2026", "1/1/1900", time(3), 12, -1.0, float("inf")])
def test_what_is_no_day_is_none(cell: Cell) -> None:
    with pytest.raises(UnreadableCell):
        day_of(cell)


def test_the_order_of_dates_decides_between_two_readings() -> None:
    assert day_of("03/04/2026") == "2026-04-03"
    assert day_of("03/04/2026", DateOrder.MONTH_FIRST) == "2026-03-04"


@pytest.mark.parametrize(
    ("cell", "ending"),
    [
        ("****2835", "2835"), ("GOTIT-1234-2835", "2835"), ("abcd efgh", "EFGH"), (835.0, "0835"), ("835", "0835"),
        ("2835****", ""), ("", ""), (None, ""), ('="0012"', "0012"), ("'0012", "0012"), ("•••• 7719", "7719"),
    ],
)  # fmt: skip
def test_of_a_code_only_its_end_is_kept(cell: Cell, ending: str) -> None:
    assert ending_of(cell) == ending


@pytest.mark.parametrize("cell", [1.2345678901234567e17, "5.12E+17", "5,12E+17"])
def test_a_number_that_a_spreadsheet_has_rounded_is_no_reference(cell: Cell) -> None:
    with pytest.raises(UnreadableCell) as raised:
        reference_of(cell)
    assert raised.value.problem == "rounded"


def test_a_formula_is_text_and_shown_as_it_stands() -> None:
    assert reference_of("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert text_of("+84 \u202eabc\x07") == "+84 abc"
    assert len(reference_of("x" * 500)) == 80


def test_combining_marks_become_letters() -> None:
    assert text_of(unicodedata.normalize("NFD", "Đã hủy")) == "Đã hủy"


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("Thành công", Meaning.COUNTS), ("Đã hoàn thành", Meaning.COUNTS), ("Hoàn tất", Meaning.COUNTS),
        ("Hoàn tiền", Meaning.BACK), ("Đã hủy", Meaning.BACK), ("Đã huỷ", Meaning.BACK), ("REFUNDED", Meaning.BACK),
        ("Chưa hủy", Meaning.COUNTS), ("Non-refundable", Meaning.COUNTS), ("Không thành công", Meaning.LEFT_OUT),
        ("Thất bại", Meaning.LEFT_OUT), ("Pending", Meaning.LEFT_OUT), ("Đang xử lý", Meaning.LEFT_OUT),
        ("Used", Meaning.COUNTS), ("Giao dịch thu hồi", Meaning.BACK),
    ],
)  # fmt: skip
def test_what_a_status_means(status: str, meaning: Meaning) -> None:
    assert meaning_of(status) is meaning


TITLE = ("BẢNG ĐỐI SOÁT THÁNG 11/2026", "", "", "", "", "", "")
HEAD = ("STT", "Mã giao dịch", "Số hóa đơn", "Mã voucher", "Giá trị voucher", "Ngày sử dụng", "Trạng thái")
BODY = (
    (1.0, "5120_1", "HN03-T2-20261121-000148", "****2835", "50.000 đ", "21/11/2026 14:05", "Thành công"),
    (2.0, "5120_2", "HN03-T2-20261121-000149", "****7719", "55.000 đ", "21/11/2026 14:09", "Hoàn tiền"),
)
TABLE = (TITLE, ("",) * 7, HEAD, *BODY, ("Tổng cộng", "", "", "", "105.000 đ", "", ""), ("Người lập", *[""] * 6))


def test_a_vietnamese_file_with_a_title_above_is_understood_without_help() -> None:
    layout = propose(TABLE, range(1, 8))
    assert (layout.header, dict(layout.columns)) == (3, {
        Part.TRANSACTION: 1, Part.BILL: 2, Part.ENDING: 3, Part.AMOUNT: 4, Part.TIME: 5, Part.STATUS: 6,
    })  # fmt: skip
    reading = Reading(layout)
    assert [reading.read(number, row) for number, row in enumerate(TABLE, 1)] == [
        None, None, None,
        Line(4, "5120_1", "HN03-T2-20261121-000148", "2835", 50_000, "2026-11-21"),
        Line(5, "5120_2", "HN03-T2-20261121-000149", "7719", 55_000, "2026-11-21", back=True),
        LeftOut(6, "total"), LeftOut(7, "remark"),
    ]  # fmt: skip


def test_an_english_file_with_american_dates_and_fees_is_understood() -> None:
    head = ("Transaction ID", "Fee amount", "Amount", "Used date", "Voucher code", "Store name")
    rows = (
        head,
        ("t1", "500.00", "50,000.00", "11/21/2026", "X1232835", "HN"),
        ("t2", "5.00", "1,000.00", "11/22/2026", "Y", "HN"),
    )
    layout = propose(rows, (1, 2, 3))
    assert dict(layout.columns) == {Part.TRANSACTION: 0, Part.AMOUNT: 2, Part.TIME: 3, Part.ENDING: 4}
    assert (layout.date_order, layout.decimal) == (DateOrder.MONTH_FIRST, ".")


def test_without_header_words_only_what_the_values_show_is_proposed() -> None:
    rows = (("5120_20261121101932", "50000", "21/11/2026 10:19"), ("5120_20261121101955", "20000", "21/11/2026 10:19"))
    layout = propose(rows, (1, 2))
    assert (layout.header, dict(layout.columns)) == (0, {Part.TRANSACTION: 0, Part.AMOUNT: 1, Part.TIME: 2})


def test_a_remembered_layout_finds_its_columns_wherever_they_stand_now() -> None:
    layout = propose(TABLE, range(1, 8))
    moved = tuple((row[6], *row[:6]) for row in TABLE[2:])
    found = find_again(layout, moved, range(1, 9))
    assert found is not None
    assert (found.header, dict(found.columns)[Part.AMOUNT]) == (1, 5)
    assert find_again(layout, (("Khác", "Hẳn"),), (1,)) is None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("1", "T1", "B1", "1234", "50.000", "21/11/2026", "", "000"), "uneven"),
        (("1", "T1", "B1", "1234"), "uneven"),
        (("1", "", "", "", "50.000", "21/11/2026", ""), "no_reference"),
        (("1", "T1", "B1", "1234", "", "21/11/2026", ""), "no_amount"),
        (("1", "T1", "B1", "1234", "50k", "21/11/2026", ""), "amount"),
        (("1", "T1", "B1", "1234", "50.000", "hôm qua", ""), "day"),
        (("1", "T\x00", "B1", "1234", "50.000", "21/11/2026", ""), "damaged"),
        (None, "broken"),
    ],
)
def test_a_row_with_a_problem_is_named_by_its_line_and_not_guessed(cells: tuple[Cell, ...], problem: str) -> None:
    reading = Reading(propose(TABLE, range(1, 8)))
    reading.read(3, HEAD)
    found = reading.read(9, cells)
    assert isinstance(found, Unread)
    assert (found.number, found.problem) == (9, problem)


def test_a_header_that_comes_again_and_empty_rows_are_no_lines() -> None:
    reading = Reading(propose(TABLE, range(1, 8)))
    assert [reading.read(3, HEAD), reading.read(40, HEAD), reading.read(41, ("",) * 7)] == [None] * 3


_cells = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=20), st.datetimes(), st.dates(), st.times(),
    st.timedeltas(),
)  # fmt: skip
_layouts = st.builds(
    Layout, st.dictionaries(st.sampled_from(Part), st.integers(0, 6)).map(lambda found: tuple(found.items())),
    header=st.integers(0, 2), decimal=st.sampled_from(["", ".", ","]), date_order=st.sampled_from(DateOrder),
)  # fmt: skip


@given(_layouts, st.lists(st.lists(_cells, max_size=8).map(tuple), max_size=6))
def test_whatever_stands_in_a_row_it_is_read_or_named(layout: Layout, rows: list[tuple[Cell, ...]]) -> None:
    reading = Reading(layout)
    for number, cells in enumerate(rows, 1):
        found = reading.read(number, cells)
        assert found is None or found.number == number
        if isinstance(found, Line):
            assert found.amount_vnd >= 0
            assert len(found.ending) <= 4
    propose(rows, range(1, len(rows) + 1))
