"""A number that gets a code: read as people write it, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from pos.domain.errors import RuleBroken
from pos.domain.phone import masked_mobile, read_mobile


@pytest.mark.parametrize("typed", ["0912345678", " 091 234 56 78 ", "+84912345678", "+84 912 345 678"])
def test_blanks_and_the_country_code_are_read(typed: str) -> None:
    assert read_mobile(typed) == "0912345678"


@pytest.mark.parametrize("start", ["03", "05", "07", "08", "09"])
def test_every_mobile_prefix_of_the_country(start: str) -> None:
    assert read_mobile(start + "00000001") == start + "00000001"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "091234567", "09123456789", "0212345678", "0112345678", "84912345678", "+840912345678", "+1912345678",
     "091234567a", "０９１２３４５６７８", "0912345678\n0912345679"],
)  # fmt: skip
def test_anything_else_is_refused_and_not_repeated(typed: str) -> None:
    """A code sent to a wrong number is gone."""
    with pytest.raises(RuleBroken) as refused:
        read_mobile(typed)
    assert (refused.value.code, refused.value.params) == ("sale.phone", {})


def test_screens_and_paper_see_the_last_three_digits() -> None:
    assert masked_mobile("0912345678") == "•••• 678"
    assert masked_mobile("") == ""
