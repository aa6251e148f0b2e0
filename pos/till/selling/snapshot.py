"""A sale's snapshot for screen and shell, made from journal rows only."""

from __future__ import annotations

from pos.domain.phone import masked_mobile
from pos.domain.sale import SaleOutcome
from pos.till.ports import PrintJob, PrintState
from pos.till.selling.buy import may_send
from pos.till.selling.ports import NewSale, Sale, SaleJournal
from pos.till.selling.views import SaleCaseKind, SalePhase, SaleView, SoldCodeView
from pos.till.views import Message


def draft_view(new: NewSale, label: str) -> SaleView:
    """A sale of which nothing is written."""
    return SaleView(
        id=new.id,
        phase=SalePhase.DRAFT,
        seller=new.seller,
        label=label,
        bill_number="",
        product_code=new.order.product_code,
        product_name=new.product_name,
        quantity=new.order.quantity,
        face_vnd=new.order.face_vnd,
        price_vnd=new.price_vnd,
        phone=masked_mobile(new.order.phone),
    )


def sale_view(sales: SaleJournal, sale: Sale, label: str, *, fault: Message | None = None) -> SaleView:
    """A sale as the journal has it now.

    Args:
        sales: reads its codes, cases and slips.
        sale: the row.
        label: the seller's name for people.
        fault: why the last call ended without a verdict.
    """
    cases = tuple(case.kind for case in sales.cases(sale.id) if case.closed_utc is None)
    slips = sales.slips(sale.bill_number)
    bought = sale.state.outcome is SaleOutcome.BOUGHT
    unsent = sale.state.outcome is SaleOutcome.UNSENT
    return SaleView(
        id=sale.id,
        phase=phase_of(sale, cases, slips),
        seller=sale.seller,
        label=label,
        bill_number=sale.bill_number,
        product_code=sale.order.product_code,
        product_name=sale.product_name,
        quantity=sale.order.quantity,
        face_vnd=sale.order.face_vnd,
        price_vnd=sale.price_vnd,
        order_id=sale.order.id,
        outcome=sale.state.outcome,
        created_utc=sale.created_utc,
        cashier=sale.cashier,
        can_send=may_send(sale),
        can_drop=unsent,
        reason=sale.reason,
        reason_code=sale.reason_code,
        fault=fault,
        next_ask_utc=sale.due.at_utc if sale.due and sale.state.outcome is SaleOutcome.UNKNOWN else None,
        asks=sale.asks,
        transaction_id=sale.transaction_id,
        charged_vnd=sale.charged_vnd,
        codes=tuple(SoldCodeView(c.serial, c.face_vnd, c.expires) for c in sales.codes(sale.id)) if bought else (),
        cases=cases,
        copies=max(0, len(slips) - 1),
        phone=masked_mobile(sale.order.phone),
    )


def phase_of(sale: Sale, cases: tuple[SaleCaseKind, ...], slips: tuple[PrintJob, ...]) -> SalePhase:
    """Where a written sale stands.

    Args:
        sale: the row.
        cases: its open ones.
        slips: its print jobs, oldest first.
    """
    outcome, closed = sale.state
    if outcome is SaleOutcome.BOUGHT:
        return _bought_phase(sale, slips)
    if outcome is SaleOutcome.UNKNOWN:
        asked = sale.due is not None
        return SalePhase.WAITING if asked else SalePhase.BY_HAND
    if closed:
        return SalePhase.PAID_BACK
    return {
        SaleOutcome.UNSENT: SalePhase.UNSENT,
        SaleOutcome.IN_FLIGHT: SalePhase.BUYING,
    }.get(outcome, SalePhase.PAY_BACK)


def _bought_phase(sale: Sale, slips: tuple[PrintJob, ...]) -> SalePhase:
    states = {slip.state for slip in slips}
    if PrintState.DOUBTFUL in states:
        return SalePhase.DOUBTFUL
    if sale.state.closed:
        return SalePhase.DONE
    if sale.incomplete:
        return SalePhase.INCOMPLETE
    if sale.unreadable:
        return SalePhase.UNREADABLE
    if states & {PrintState.PENDING, PrintState.PRINTING}:
        return SalePhase.PRINTING
    return SalePhase.TO_HAND_OVER
