"""Builds the desk of the cases on an opened till. Part of the bootstrap; imported when a manager first looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.journal.case_store import CaseStore
from pos.till.review.cases import CaseDesk, CaseRules, DayCases
from pos.till.review.cases_redemption import RedemptionCases
from pos.till.review.cases_views import CaseSource, CaseView

if TYPE_CHECKING:
    from pos.bootstrap import Program


def build_cases(
    program: Program,
    here: Callable[[str], bool],
    ask_booking: Callable[[str], None] | None,
    changed: Callable[[CaseView], None],
) -> CaseDesk:
    """Wire it; nothing is read.

    Args:
        program: the opened till.
        here: whether a cashier waits at the bill of this number.
        ask_booking: asks about the payment of this id at once; None: there are no bookings here.
        changed: hears of every case that was worked on.
    """
    cases = CaseStore(program.journal)
    rules: dict[CaseSource, CaseRules] = {
        CaseSource.REDEMPTION: RedemptionCases(program.desk, program.undecided, program.take_back, here),
        CaseSource.DAY: DayCases(cases),
    }
    if program.sells:
        from pos.till.review.cases_sale import SaleCases

        rules[CaseSource.SALE] = SaleCases(program.selling.desk)
    if program.books and ask_booking is not None:
        from pos.till.review.cases_booking import BookingCases

        rules[CaseSource.BOOKING] = BookingCases(program.booking, ask_booking)
    labels = program.built.labels
    return CaseDesk(cases, rules, program.people, label=lambda issuer: labels.get(issuer, issuer), changed=changed)
