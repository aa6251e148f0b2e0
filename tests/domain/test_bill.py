"""Amounts, goods and what a voucher takes off: whole đồng, nothing made up, nothing lost without saying so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.bill import (
    MAX_BILL_NUMBER,
    MAX_SKU_LINES,
    MAX_VND,
    SkuLine,
    deduct,
    merge_skus,
    read_bill_number,
    read_sku,
    read_vnd,
)
from pos.domain.errors import ConfigError

AMOUNTS = st.integers(0, MAX_VND)


FORMS = st.sampled_from(["{}", "{:,}", " {} ", "{:,} đ", "{} VND", "{:,}₫", "{:,}\u00a0₫"])


@given(AMOUNTS, FORMS, st.sampled_from(",. "))
def test_an_amount_is_read_however_people_group_it(amount: int, form: str, separator: str) -> None:
    assert read_vnd(form.format(amount).replace(",", separator)) == amount


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "-5", "+5", "265.5", "265.50", "1.2345", "1,23", "12.34.567", "1..000", ".500", "500.", "1e5",
     "１２３", "٣", "265k", "0x10", "1_000", str(MAX_VND + 1), "9" * 500, "đ", "1.000,5"],
)  # fmt: skip
def test_what_is_no_whole_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(ConfigError, match=r"amount\.unreadable"):
        read_vnd(text)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = read_vnd(text)
    except ConfigError:
        return
    assert 0 <= amount <= MAX_VND
    assert str(amount).lstrip("0") in "".join(c for c in text if c.isdigit()) or amount == 0


@given(AMOUNTS, st.lists(AMOUNTS, max_size=20))
def test_vouchers_never_take_more_than_the_bill_and_what_is_lost_is_said(total: int, worths: list[int]) -> None:
    deductions = deduct(total, worths)
    assert len(deductions) == len(worths)
    assert sum(d.amount_vnd for d in deductions) == min(total, sum(worths))
    for worth, deduction in zip(worths, deductions, strict=True):
        assert deduction.amount_vnd + deduction.lost_vnd == worth
        assert deduction.amount_vnd >= 0
        assert deduction.lost_vnd >= 0


@given(AMOUNTS, st.lists(AMOUNTS, max_size=10), AMOUNTS)
def test_a_later_voucher_changes_nothing_for_the_earlier(total: int, worths: list[int], one_more: int) -> None:
    assert deduct(total, [*worths, one_more])[: len(worths)] == deduct(total, worths)


SKU_NAMES = st.text("ABC:-", min_size=1, max_size=4)
LINES = st.lists(st.builds(SkuLine, SKU_NAMES, st.integers(1, 9), st.integers(0, 3)), max_size=12)


@given(LINES)
def test_goods_are_merged_by_sku_and_no_piece_is_lost(lines: list[SkuLine]) -> None:
    prices: dict[str, set[int]] = {}
    for line in lines:
        prices.setdefault(line.sku, set()).add(line.price_vnd)
    if any(len(found) > 1 for found in prices.values()):
        with pytest.raises(ConfigError, match=r"sku\.two_prices"):
            merge_skus(lines)
        return
    merged = merge_skus(lines)
    assert [line.sku for line in merged] == list(dict.fromkeys(line.sku for line in lines))
    assert sum(line.quantity for line in merged) == sum(line.quantity for line in lines)


@pytest.mark.parametrize("line", [SkuLine("", 1, 1), SkuLine("A", 0, 1), SkuLine("A", -1, 1), SkuLine("A", 1, -1)])
def test_impossible_goods_are_refused(line: SkuLine) -> None:
    with pytest.raises(ConfigError, match=r"sku\.unreadable"):
        merge_skus([line])


def test_more_lines_than_the_issuer_takes_are_refused() -> None:
    lines = [SkuLine(f"S{n}", 1, 1) for n in range(MAX_SKU_LINES + 1)]
    with pytest.raises(ConfigError, match=r"sku\.too_many"):
        merge_skus(lines)
    assert len(merge_skus(lines[:-1])) == MAX_SKU_LINES


@given(SKU_NAMES, st.integers(1, 999), AMOUNTS)
def test_a_typed_goods_line_is_read_from_its_end(sku: str, quantity: int, price: int) -> None:
    assert read_sku(f" {sku}:{quantity}:{price} ") == SkuLine(sku, quantity, price)


@pytest.mark.parametrize(
    "text", ["", "A", "A:1", ":1:1", "A:x:1", "A:1:x", "A::1", "A:-1:1", "A:²:1", "A:٣:1", "A:" + "9" * 5000 + ":1"]
)
def test_a_goods_line_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_sku(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "bill.number_missing"), ("  ", "bill.number_missing"), ("A" * (MAX_BILL_NUMBER + 1), "bill.number_too_long"),
     ("HN03\x00", "bill.number_unreadable"), ("HN\u200b03", "bill.number_unreadable")],
)  # fmt: skip
def test_a_bill_number_no_receipt_carries_is_refused(text: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_bill_number(text)
    assert caught.value.code == code


def test_a_bill_number_is_taken_as_it_is() -> None:
    assert read_bill_number(" HN03-T2-20261121-000148\r\n") == "HN03-T2-20261121-000148"
    assert read_bill_number("Hóa đơn số 7") == "Hóa đơn số 7"
    assert len(read_bill_number("A" * MAX_BILL_NUMBER)) == MAX_BILL_NUMBER
