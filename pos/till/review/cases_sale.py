"""What may be done about the cases of a code sale, and doing it with the use cases that there are.

| case | choices | closed |
|---|---|---|
| by hand, another order | ask; the support says "nothing was bought" | by the manager, and the till asks on |
| incomplete | ask once more | by the manager: the customer has what she is owed |
| unreadable | read the codes again | the same, or when they can be read |
| not delivered | bought: hand over on the selling page; not bought: pay the money back | by giving codes or money |
"""

from __future__ import annotations

from pos.domain.errors import RuleBroken
from pos.domain.sale import SaleOutcome
from pos.till.ports import Person
from pos.till.review.cases_views import CaseFacts, CaseView, Choice, ChoiceKind
from pos.till.selling.ask import is_asked_about
from pos.till.selling.desk import WITH_ISSUER, SaleDesk
from pos.till.selling.ports import Sale
from pos.till.selling.views import SaleCaseKind
from pos.till.views import Message

_BY_HANDING_OVER = frozenset({SaleCaseKind.NOT_DELIVERED.value, SaleCaseKind.UNREADABLE.value})
_NOTHING_BOUGHT = frozenset({SaleOutcome.NOT_BOUGHT, SaleOutcome.DROPPED})
_ASKING = (SaleCaseKind.BY_HAND.value, SaleCaseKind.OTHER_ORDER.value)


class SaleCases:
    """Rules and doing for cases of sales. Any thread that may wait for a network."""

    def __init__(self, desk: SaleDesk) -> None:
        self._desk = desk

    def facts(self, view: CaseView) -> CaseFacts:
        """How the sale stands."""
        sale = self._desk.sale(view.ref)
        return CaseFacts(
            state=f"{sale.state.outcome.value}/{'closed' if sale.state.closed else 'open'}",
            transaction_id=sale.transaction_id or "",
            order_id=sale.order.id,
            created_utc=sale.created_utc,
            business_date=sale.business_date.isoformat(),
            cashier=sale.cashier,
        )

    def choices(self, view: CaseView, open_kinds: frozenset[str]) -> tuple[Choice, ...]:
        """What the rules allow now."""
        sale = self._desk.sale(view.ref)
        outcome, closed = sale.state
        set_up = sale.seller in self._desk.sellers.names()
        choices = []
        if set_up and is_asked_about(sale):
            choices.append(Choice(ChoiceKind.ASK, needs_reason=False))
        if set_up and outcome is SaleOutcome.BOUGHT and not closed and sale.unreadable and not sale.incomplete:
            choices.append(Choice(ChoiceKind.READ_AGAIN, needs_reason=False))
        if outcome is SaleOutcome.UNKNOWN:
            choices.append(Choice(ChoiceKind.NOT_BOUGHT, closes=tuple(sorted(open_kinds & {*WITH_ISSUER}))))
        if outcome in _NOTHING_BOUGHT and not closed:
            paid = tuple(sorted(open_kinds & {SaleCaseKind.NOT_DELIVERED.value}))
            choices.append(Choice(ChoiceKind.PAID_BACK, needs_reason=False, closes=paid))
        if not closed:
            choices.append(Choice(ChoiceKind.OPEN_SALE, needs_reason=False))
        closes = _closes(sale, open_kinds)
        why_not = None if view.kind in closes else _first(sale)
        return (*choices, Choice(ChoiceKind.CLOSE, why_not, closes=tuple(sorted(closes))))

    def carry_out(self, view: CaseView, kind: ChoiceKind, *, manager: Person, reason: str, no_other_till: bool) -> None:
        """Do what was offered. Raises as the use case that does it; then nothing was changed by it."""
        desk = self._desk
        if kind is ChoiceKind.ASK:
            fault = desk.ask(view.ref, actor=manager.name, here=lambda: False).fault
            if fault is not None:
                raise fault
        elif kind is ChoiceKind.READ_AGAIN:
            if not desk.decrypt_again(view.ref, actor=manager.name):
                raise RuleBroken("sale.unreadable")
        elif kind is ChoiceKind.PAID_BACK:
            desk.paid_back(view.ref, actor=manager.name)
        else:
            not_bought = kind is ChoiceKind.NOT_BOUGHT
            desk.close_case(view.ref, manager=manager, closure=reason, not_bought=not_bought)


def _first(sale: Sale) -> Message:
    """What the customer waits for: no word of a manager's ends that."""
    bought = sale.state.outcome is SaleOutcome.BOUGHT
    return Message("case.give_codes_first" if bought else "case.pay_back_first")


def _closes(sale: Sale, open_kinds: frozenset[str]) -> frozenset[str]:
    """Kinds that the manager's word ends: a bought sale is then over."""
    ends = {kind.value for kind in WITH_ISSUER}
    if sale.state.outcome is SaleOutcome.BOUGHT and not sale.state.closed:
        ends |= _BY_HANDING_OVER
    return frozenset(open_kinds & ends)
