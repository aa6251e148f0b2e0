"""Builds the desk of the cases on an opened till. Part of the bootstrap; imported when a manager first looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.journal.case_store import CaseStore
from pos.till.review.cases import CaseDesk, CaseRules, DayCases
from pos.till.review.cases_booking import BookingCases
from pos.till.review.cases_redemption import RedemptionCases
from pos.till.review.cases_sale import SaleCases
from pos.till.review.cases_views import CaseSource, CaseView

if TYPE_CHECKING:
    from pos.bootstrap import Program


def build_cases(
    program: Program,
    *,
    here: Callable[[str], bool] = lambda _: False,
    ask_booking: Callable[[str], None],
    changed: Callable[[CaseView], None] = lambda _: None,
) -> CaseDesk:
    """Wire it; nothing is read.

    Args:
        program: the opened till.
        here: whether a cashier waits at the bill of this number.
        ask_booking: asks about the payment of this id at once.
        changed: hears of every case that was worked on.
    """
    cases = CaseStore(program.journal)
    rules: dict[CaseSource, CaseRules] = {
        CaseSource.REDEMPTION: RedemptionCases(program.desk, program.undecided, program.take_back, here),
        CaseSource.SALE: SaleCases(program.selling.desk),
        CaseSource.BOOKING: BookingCases(program.booking, ask_booking),
        CaseSource.DAY: DayCases(cases),
    }
    built = program.built
    labels = {name: provider.capabilities.label for name, provider in built.vouchers.items()}
    labels |= {name: seller.capabilities.label for name, seller in built.sellers.items()}
    labels |= {name: issuer.capabilities.label for name, issuer in built.bookings.items()}
    return CaseDesk(cases, rules, program.people, label=lambda issuer: labels.get(issuer, issuer), changed=changed)
