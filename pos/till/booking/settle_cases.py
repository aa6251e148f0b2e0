"""What a manager writes after speaking with the issuer's support: the only way past what the till cannot know."""

from __future__ import annotations

from pos.domain.booking_payment import (
    CLOSED_WITH_THE_SALE,
    STALE_S,
    BookingCaseKind,
    BookingEvent,
    JourneyFact,
    VoucherFact,
)
from pos.domain.errors import ConfigError, RuleBroken
from pos.domain.permissions import Action
from pos.till.booking.commands import Finding
from pos.till.booking.desk import BookingDesk
from pos.till.booking.polling import write_issued, write_unpaid
from pos.till.booking.ports import BookingWrites, Payment
from pos.till.booking.views import StepKind
from pos.till.booking.voucher import write_used
from pos.till.ports import JournalTx
from pos.till.rights import note_approval

_VOUCHER = {Finding.VOUCHER_USED, Finding.VOUCHER_UNUSED}


def settle(
    desk: BookingDesk, payment_id: str, *, manager: str, closure: str, finding: Finding, cashier: str = ""
) -> None:
    """Write the finding and close the cases that it settles.

    Args:
        desk: services.
        payment_id: the payment.
        manager: name of the manager who has shown a PIN; stands in the audit chain.
        closure: in words.
        finding: what the support said.
        cashier: at whose counter the manager stands; "" for nobody's.

    Raises:
        ConfigError: `booking.closure_missing`.
        RuleBroken: the payment is in no state for this finding; nothing was written.
    """
    if not closure.strip():
        raise ConfigError("booking.closure_missing")
    with desk.store.journal.transaction(manager) as tx:
        payment, writes = desk.payment(payment_id), desk.store.writes(tx)
        open_now = {case.kind for case in desk.store.cases(payment_id) if case.closed_utc is None}
        tx.audit("booking.settled", payment_id, finding=finding.value, closure=closure)
        note_approval(tx, Action.SETTLE_BOOKING, payment_id, manager=manager, cashier=cashier)
        writes.add_step(payment_id, StepKind.SETTLED, word=finding.value)
        if finding in _VOUCHER:
            _settle_voucher(desk, writes, payment, finding)
        elif finding is not Finding.NONE:
            _settle_journey(desk, tx, writes, payment, finding)
        writes.close_cases(payment_id, sorted(_settled(desk.payment(payment_id), open_now)), closure=closure)


def _settled(payment: Payment, open_now: set[BookingCaseKind]) -> set[BookingCaseKind]:
    """Those that were open before; what the payment still owes the customer is closed by giving it to her."""
    if payment.state.closed:
        return open_now
    return {kind for kind in open_now if kind not in CLOSED_WITH_THE_SALE}


def _settle_voucher(desk: BookingDesk, writes: BookingWrites, payment: Payment, finding: Finding) -> None:
    if payment.state.voucher is not VoucherFact.UNKNOWN:
        raise RuleBroken("rule.booking_not_now", action="settle")
    writes.set_due(payment.id, desk.due(STALE_S))
    if finding is Finding.VOUCHER_USED:
        write_used(desk, writes, payment)
    else:
        writes.move(payment.id, BookingEvent.VOUCHER_UNUSED)
        writes.add_step(payment.id, StepKind.VOUCHER_UNUSED)


def _settle_journey(
    desk: BookingDesk, tx: JournalTx, writes: BookingWrites, payment: Payment, finding: Finding
) -> None:
    """Only once the till has given up asking fast: before that the issuer's record has the word."""
    if payment.state.journey is not JourneyFact.HELD:
        raise RuleBroken("rule.booking_not_now", action="settle")
    if finding is Finding.ISSUED:
        write_issued(desk, tx, writes, payment, here=False)
    else:
        write_unpaid(writes, payment, BookingEvent.PAYMENT_FAILED, StepKind.PAYMENT_FAILED)
