"""One voucher on the screen: what is known of its worth, whose word that is, what its journal row makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pos.domain.errors import NotSent
from pos.domain.reasons import Reason
from pos.domain.redemption import IN_FLIGHT, UNKNOWN, UNSENT, Hold
from pos.domain.voucher import NotUsable, Usable
from pos.till.lines import Line, line_view, row_status
from pos.till.overview import rows_phase
from pos.till.ports import RememberedCheck
from pos.till.views import LineStatus, Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.rig import Rig, voucher

A, B = "4471902835", "880213457719"
SAID_YES = RememberedCheck(datetime(2026, 11, 21, 5, 0, tzinfo=UTC), "1", 0.0, 70_000, None)
SAID_NO = replace(SAID_YES, worth_vnd=None, reason=Reason.EXPIRED)


def line(**facts: object) -> Line:
    return replace(Line("1", voucher(A), "gotit"), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "worth_vnd", "declared"),
    [
        ({"answer": Usable(100_000)}, 100_000, False),
        ({"answer": Usable(100_000), "declared_vnd": 100_000}, 100_000, False),
        ({"answer": NotUsable(Reason.EXPIRED), "last_check": SAID_YES}, None, False),
        ({"last_check": SAID_YES}, 70_000, False),
        ({"last_check": SAID_YES, "declared_vnd": 80_000}, 70_000, False),
        ({"last_check": SAID_NO, "declared_vnd": 80_000}, 80_000, True),
        ({"declared_vnd": 80_000}, 80_000, True),
        ({}, None, False),
    ],
)
def test_whose_word_a_worth_is(facts: dict[str, object], worth_vnd: int | None, declared: bool) -> None:
    """The issuer's now, else what it last said, else what the cashier read on the voucher."""
    one = line(**facts)
    assert (one.worth_vnd, one.declared) == (worth_vnd, declared)


def test_a_draft_shows_until_when_the_voucher_is_good() -> None:
    good_until = date(2027, 1, 31)
    assert line_view(line(answer=Usable(1, expires_on=good_until)), 1, "Got It", None).expires_on == good_until
    assert line_view(line(answer=NotUsable(Reason.EXPIRED)), 1, "Got It", None).expires_on is None


def test_the_journals_word_wins_over_the_draft(till: Rig, issuer: FakeIssuer) -> None:
    """A row is declared as it was written, and wants no value any more."""
    till.sold(A)
    row = till.row()
    unasked = line(fault=NotSent("net.refused"))
    assert line_view(unasked, 1, "Got It", None).needs_value
    view = line_view(unasked, 1, "Got It", replace(row, declared=True))
    assert (view.needs_value, view.declared, view.worth_vnd) == (False, True, 100_000)


@pytest.mark.parametrize(
    ("hold", "status"),
    [(Hold.NONE, LineStatus.UNSENT), (Hold.RESERVING, LineStatus.SENDING), (Hold.UNKNOWN, LineStatus.UNKNOWN),
     (Hold.HELD, LineStatus.HELD), (Hold.RELEASED, LineStatus.UNSENT)],
)  # fmt: skip
def test_what_an_unsent_row_shows_is_its_hold(till: Rig, hold: Hold, status: LineStatus) -> None:
    till.sold(A)
    assert row_status(replace(till.row(), state=UNSENT, hold=hold)) is status


def test_a_bills_phase_is_that_of_its_most_urgent_row(till: Rig, issuer: FakeIssuer) -> None:
    """Sending before unknown, unknown before done, held only while a held row is still to be sold."""
    till.sold(A, B)
    first, second = till.journal.redemptions_of("B1")
    sending, unclear = replace(first, state=IN_FLIGHT), replace(second, state=UNKNOWN)
    assert rows_phase((sending, unclear)) is Phase.SENDING
    assert rows_phase((first, unclear)) is Phase.UNKNOWN
    assert rows_phase((first, second)) is Phase.DONE
    unsent = replace(second, state=UNSENT)
    assert rows_phase((replace(first, hold=Hold.HELD), unsent)) is Phase.UNSENT
    assert rows_phase((first, replace(unsent, hold=Hold.HELD))) is Phase.HELD
