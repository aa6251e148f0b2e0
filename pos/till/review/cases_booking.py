"""What may be done about the cases of a booking's payment, and doing it with the use cases that there are.

| case | choices | closed |
|---|---|---|
| held, by hand | ask; the support says "issued" or "not paid" | by giving ticket or money |
| not committed | send it, or give it up, on the booking page | the same |
| pay back, ticket to give | the money, the ticket is given | by that |
| other voucher, amount mismatch | the support says "used" or "not used" | by that, or by the manager |
| failed issue, refunded, voucher used and not paid | – | by the manager, as above |
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.booking_payment import (
    CLOSED_WITH_THE_SALE,
    BookingEvent,
    JourneyFact,
    VoucherFact,
    can,
)
from pos.till.booking.commands import Finding
from pos.till.booking.counter import BookingCounter
from pos.till.booking.desk import BookingDesk
from pos.till.booking.ports import Payment
from pos.till.booking.settle_cases import settle
from pos.till.ports import Person
from pos.till.review.cases_views import CaseFacts, CaseView, Choice, ChoiceKind
from pos.till.views import Message

_WITH_THE_SALE = frozenset(kind.value for kind in CLOSED_WITH_THE_SALE)
_FINDINGS = {
    ChoiceKind.ISSUED: Finding.ISSUED,
    ChoiceKind.NOT_PAID: Finding.NOT_PAID,
    ChoiceKind.VOUCHER_USED: Finding.VOUCHER_USED,
    ChoiceKind.VOUCHER_UNUSED: Finding.VOUCHER_UNUSED,
    ChoiceKind.CLOSE: Finding.NONE,
}


class BookingCases:
    """Rules and doing for cases of bookings. Any thread.

    Args:
        desk: services of all payments.
        ask_now: asks about the payment of this id at once, on a thread that may wait for a long poll.
    """

    def __init__(self, desk: BookingDesk, ask_now: Callable[[str], None]) -> None:
        self._desk = desk
        self._ask_now = ask_now

    def facts(self, view: CaseView) -> CaseFacts:
        """How the payment stands."""
        payment = self._desk.payment(view.ref)
        state = payment.state
        return CaseFacts(
            state=f"{state.voucher.value}/{state.money.value}/{state.journey.value}",
            transaction_id=payment.transaction_id,
            order_id=payment.number,
            created_utc=payment.created_utc,
            business_date=payment.business_date.isoformat(),
            cashier=payment.cashier,
        )

    def choices(self, view: CaseView, open_kinds: frozenset[str]) -> tuple[Choice, ...]:
        """What the rules allow now."""
        payment = self._desk.payment(view.ref)
        state = payment.state
        settled = _settled(payment, open_kinds)
        words = tuple(sorted(settled))
        choices = []
        in_doubt = state.voucher is VoucherFact.UNKNOWN
        if payment.issuer in self._desk.issuers and (in_doubt or state.journey in (JourneyFact.OPEN, JourneyFact.HELD)):
            choices.append(Choice(ChoiceKind.ASK, needs_reason=False))
        if state.journey is JourneyFact.HELD:
            choices += [Choice(ChoiceKind.ISSUED, closes=words), Choice(ChoiceKind.NOT_PAID, closes=words)]
        if in_doubt:
            choices += [Choice(ChoiceKind.VOUCHER_USED, closes=words), Choice(ChoiceKind.VOUCHER_UNUSED, closes=words)]
        over = tuple(sorted(open_kinds & _WITH_THE_SALE))
        if can(state, BookingEvent.CLOSE):
            choices.append(Choice(ChoiceKind.TICKET_GIVEN, needs_reason=False, closes=over))
        if can(state, BookingEvent.PAY_BACK):
            choices.append(Choice(ChoiceKind.PAID_BACK, needs_reason=False, closes=over))
        if not state.closed:
            choices.append(Choice(ChoiceKind.OPEN_BOOKING, needs_reason=False))
        why_not = _why_not_closed(view, payment, open_kinds, settled)
        return (*choices, Choice(ChoiceKind.CLOSE, why_not, closes=words))

    def carry_out(self, view: CaseView, kind: ChoiceKind, *, manager: Person, reason: str, no_other_till: bool) -> None:
        """Do what was offered. Raises as the use case that does it; then nothing was changed by it."""
        if kind is ChoiceKind.ASK:
            self._ask_now(view.ref)
        elif kind in _FINDINGS:
            settle(self._desk, view.ref, manager=manager.name, closure=reason, finding=_FINDINGS[kind])
        else:
            counter = BookingCounter.resume(self._desk, self._desk.payment(view.ref))
            if kind is ChoiceKind.PAID_BACK:
                counter.paid_back(manager.name)
            else:
                counter.close(manager.name)


def _settled(payment: Payment, open_kinds: frozenset[str]) -> frozenset[str]:
    """Kinds that a settlement ends: what the payment still owes the customer is ended by giving it to her."""
    return open_kinds if payment.state.closed else open_kinds - _WITH_THE_SALE


def _why_not_closed(
    view: CaseView, payment: Payment, open_kinds: frozenset[str], settled: frozenset[str]
) -> Message | None:
    if view.kind not in settled:
        known = payment.state.journey not in (JourneyFact.IN_FLIGHT, JourneyFact.OPEN, JourneyFact.HELD)
        return Message("case.give_first" if known else "case.not_known_yet")
    if not payment.state.closed and payment.due is None and not open_kinds - settled:
        return Message("case.last_owner")  # the payment is open, and nothing else looks after it
    return None
