"""When a newer program may take over: every combination, and which version is newer."""

from __future__ import annotations

from itertools import product

import pytest

from pos.domain.updates import Hindrance, Standing, hindrance, read_version

YES, NO = True, False
ROWS = {
    # shift open, unsettled, copied: what stands in the way with the day (open and somebody here, else free)
    (YES, 0, NO): (Hindrance.SHIFT_OPEN, Hindrance.SHIFT_OPEN),
    (YES, 0, YES): (Hindrance.SHIFT_OPEN, Hindrance.SHIFT_OPEN),
    (YES, 3, NO): (Hindrance.SHIFT_OPEN, Hindrance.SHIFT_OPEN),
    (YES, 3, YES): (Hindrance.SHIFT_OPEN, Hindrance.SHIFT_OPEN),
    (NO, 3, NO): (Hindrance.UNSETTLED, Hindrance.UNSETTLED),
    (NO, 3, YES): (Hindrance.DAY_OPEN, None),
    (NO, 0, NO): (Hindrance.DAY_OPEN, None),
    (NO, 0, YES): (Hindrance.DAY_OPEN, None),
}


@pytest.mark.parametrize(("row", "wanted"), ROWS.items())
@pytest.mark.parametrize(("day_closed", "somebody_here"), list(product((YES, NO), repeat=2)))
def test_never_in_a_shift_never_with_money_open_and_only_at_the_closing_hour(
    row: tuple[bool, int, bool], wanted: tuple[Hindrance | None, ...], day_closed: bool, somebody_here: bool
) -> None:
    shift_open, unsettled, copied = row
    standing = Standing(
        shift_open=shift_open, unsettled=unsettled, copied=copied, day_closed=day_closed, somebody_here=somebody_here
    )
    assert hindrance(standing) is wanted[day_closed or not somebody_here]


def test_ten_is_newer_than_nine() -> None:
    assert read_version("0.10.0") > read_version("0.9.12")
    assert read_version("1.0.0") > read_version("0.999999.0")


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0rc1", "1.0.0\n", " 1.0.0", "1.0.-1", "٣.0.0", "1.0." + "9" * 7]
)
def test_what_is_no_version_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        read_version(text)
