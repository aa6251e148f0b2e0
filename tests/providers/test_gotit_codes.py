"""The table of result codes against the list of contracts/gotit.md §8."""

from __future__ import annotations

import pytest

from pos.domain.reasons import CLASS_OF, Reason
from pos.providers.gotit import codes
from tests.providers.vectors import load

CLASS_BY_CODE: dict[str, str] = load("codes")


def test_the_table_has_exactly_the_codes_of_the_contract() -> None:
    """None forgotten, none invented."""
    assert set(codes.REASON_OF) == set(CLASS_BY_CODE)


@pytest.mark.parametrize(("code", "wanted"), CLASS_BY_CODE.items())
def test_each_code_has_the_class_of_the_contract(code: str, wanted: str) -> None:
    """The class decides what the till does."""
    assert codes.class_of(code).value == wanted


def test_reasons_that_a_person_must_tell_apart_are_apart() -> None:
    """Only the three "held for one bill" codes share a reason: the advice is the same."""
    shared = [r for r in set(codes.REASON_OF.values()) if list(codes.REASON_OF.values()).count(r) > 1]
    assert shared == [Reason.HELD_ELSEWHERE]


@pytest.mark.parametrize("code", ["", None, "000", "1", "258", "99999", "GI_VOUCHER_USED"])
def test_an_unknown_code_is_unrecognised(code: str | None) -> None:
    """Total: nothing is guessed."""
    assert codes.reason_of(code) is Reason.UNRECOGNISED


def test_states_name_reasons_that_refuse() -> None:
    """Every state that contradicts "success" has a reason with a class."""
    assert set(codes.REASON_OF_STATE) == {0, 4, 8, 9, 10, 11}
    assert all(reason in CLASS_OF for reason in codes.REASON_OF_STATE.values())
    assert not set(codes.REASON_OF_STATE) & codes.USABLE_STATES
