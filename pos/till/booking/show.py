"""From what is on disk and in hand to what a screen shows of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pos.domain.booking import Booking, BookingRefused, VoucherOffer
from pos.domain.booking_payment import (
    DEADLINE_MARGIN_S,
    RESEND_AFTER_S,
    UNPAID,
    BookingEvent,
    JourneyFact,
    MoneyFact,
    VoucherFact,
    can,
)
from pos.domain.codes import VoucherCode
from pos.till.booking.desk import BookingDesk
from pos.till.booking.look import applied_vnd, shown_vnd
from pos.till.booking.ports import Payment
from pos.till.booking.views import (
    BookingAction,
    BookingPhase,
    BookingView,
    BookingVoucherView,
    OpenBooking,
    VoucherOutcome,
)
from pos.till.views import Message


@dataclass(slots=True)
class InHand:
    """What is known of a payment beside its row: nothing here is needed after a restart.

    Args:
        number, issuer: what was looked up.
        booking: the last look at it before anything was written.
        stop: why it cannot be paid.
        code, offer: the voucher in hand and what validate said; `offered_mono_s` when.
        working: the phase to show while a call runs, since `since_utc`.
        waiting: a cashier stands at it.
    """

    number: str
    issuer: str
    booking: Booking | None = None
    phase: BookingPhase = BookingPhase.LOOKING
    stop: Message | None = None
    code: VoucherCode | None = None
    offer: VoucherOffer | BookingRefused | None = None
    offered_mono_s: float = 0.0
    no_answer: Message | None = None
    working: BookingPhase | None = None
    since_utc: datetime | None = None
    message: Message | None = None
    waiting: bool = True


def covers_all(hand: InHand, price_vnd: int) -> bool:
    """Whether the voucher's discount reaches what is to be paid: then nothing is redeemed (§12 no. 21)."""
    return isinstance(hand.offer, VoucherOffer) and hand.offer.discount_vnd >= price_vnd


def view_of(desk: BookingDesk, key: str, hand: InHand, payment: Payment | None) -> BookingView:
    """The snapshot of one payment."""
    return _of_draft(desk, key, hand) if payment is None else _of_payment(desk, hand, payment)


# ---------------------------------------------------------------- nothing on disk


def _of_draft(desk: BookingDesk, key: str, hand: InHand) -> BookingView:
    booking = hand.booking
    phase = hand.working or hand.phase
    price_vnd = booking.total_vnd if booking is not None else None
    applied = applied_vnd(booking) if booking is not None else 0
    shown = price_vnd - applied if price_vnd is not None else None
    return BookingView(
        key=key,
        phase=phase,
        issuer=hand.issuer,
        label=_label(desk, hand.issuer),
        number=hand.number,
        product=booking.product if booking is not None else "",
        title=booking.title if booking is not None else "",
        starts=booking.starts if booking is not None else "",
        price_vnd=price_vnd,
        applied_vnd=applied,
        shown_vnd=shown,
        deadline_utc=booking.deadline_utc if booking is not None else None,
        begin_until_utc=_begin_until(booking.deadline_utc if booking is not None else None),
        voucher=_voucher_in_hand(hand, shown or 0),
        actions=_draft_actions(hand, phase, applied, shown or 0),
        payment_status=booking.payment_status if booking is not None else "",
        issue_status=booking.issue_status if booking is not None else "",
        payment_ref=booking.payment_ref if booking is not None else None,
        passenger_ref=booking.passenger_ref if booking is not None else None,
        tickets=booking.tickets if booking is not None else (),
        busy=hand.working is not None,
        busy_since_utc=hand.since_utc,
        waiting=hand.waiting,
        message=hand.message or hand.stop,
    )


def _draft_actions(hand: InHand, phase: BookingPhase, applied: int, shown: int) -> frozenset[BookingAction]:
    if hand.working is not None:
        return frozenset()
    if phase is not BookingPhase.READY:
        return frozenset({BookingAction.LOOK_UP})
    actions = {BookingAction.LOOK_UP, BookingAction.GIVE_UP}
    if applied == 0:
        actions.add(BookingAction.TRY_VOUCHER)
    if hand.code is not None:
        actions.add(BookingAction.DROP_VOUCHER)
    if isinstance(hand.offer, VoucherOffer):
        if not covers_all(hand, shown):
            actions.add(BookingAction.REDEEM)
    else:
        actions.add(BookingAction.ORDER)
    return frozenset(actions)


def _voucher_in_hand(hand: InHand, shown: int) -> BookingVoucherView | None:
    if hand.code is None:
        return None
    ending = hand.code.ending
    if hand.working is BookingPhase.CHECKING_VOUCHER:
        return BookingVoucherView(ending, VoucherOutcome.CHECKING)
    offer = hand.offer
    if isinstance(offer, VoucherOffer):
        outcome = VoucherOutcome.COVERS_ALL if covers_all(hand, shown) else VoucherOutcome.USABLE
        return BookingVoucherView(ending, outcome, offer.discount_vnd)
    if isinstance(offer, BookingRefused):
        return BookingVoucherView(
            ending, VoucherOutcome.REFUSED, None, offer.reason, offer.code, offer.message
        )  # fmt: skip
    return BookingVoucherView(ending, VoucherOutcome.NO_ANSWER)


# ---------------------------------------------------------------- on disk


def _of_payment(desk: BookingDesk, hand: InHand, payment: Payment) -> BookingView:
    state, shown = payment.state, shown_vnd(payment)
    signed_fits = payment.signed_vnd == shown
    return BookingView(
        key=payment.id,
        phase=hand.working or phase_of(payment),
        issuer=payment.issuer,
        label=_label(desk, payment.issuer),
        number=payment.number,
        bill_number=payment.bill_number,
        product=payment.product,
        title=payment.title,
        starts=payment.starts,
        price_vnd=payment.price_vnd,
        applied_vnd=payment.applied_vnd,
        shown_vnd=shown,
        signed_vnd=payment.signed_vnd,
        due_vnd=payment.taken_vnd if state.money is not MoneyFact.NOT_TAKEN else shown if signed_fits else None,
        deadline_utc=payment.deadline_utc,
        begin_until_utc=_begin_until(payment.deadline_utc),
        voucher=_voucher_on_disk(hand, payment, shown),
        actions=_actions(desk, hand, payment),
        steps=desk.store.steps(payment.id),
        voucher_fact=state.voucher,
        money=state.money,
        journey=state.journey,
        closed=state.closed,
        cases=tuple(case.kind for case in desk.store.cases(payment.id) if case.closed_utc is None),
        busy=hand.working is not None,
        busy_since_utc=hand.since_utc,
        next_ask_utc=payment.due.at_utc if payment.due is not None and _is_asked(payment) else None,
        committed_utc=payment.committed.at_utc if payment.committed is not None else None,
        held_since_utc=payment.held_utc,
        payment_status=payment.payment_status,
        issue_status=payment.issue_status,
        payment_ref=payment.payment_ref,
        passenger_ref=payment.passenger_ref,
        tickets=payment.tickets,
        cashier=payment.cashier,
        waiting=hand.waiting,
        message=hand.message,
    )


_OF_JOURNEY = {
    JourneyFact.IN_FLIGHT: BookingPhase.COMMITTING,
    JourneyFact.OPEN: BookingPhase.WAITING,
    JourneyFact.HELD: BookingPhase.HELD,
}


def phase_of(payment: Payment) -> BookingPhase:
    """Where a payment stands by what is on disk."""
    state = payment.state
    if state.money is MoneyFact.PAID_BACK:
        return BookingPhase.PAID_BACK
    if state.journey is JourneyFact.ISSUED:
        return BookingPhase.DONE if state.closed else BookingPhase.ISSUED
    if state.journey in UNPAID:
        return BookingPhase.GIVEN_UP if state.money is MoneyFact.NOT_TAKEN else BookingPhase.PAY_BACK
    if state.journey in _OF_JOURNEY:
        return _OF_JOURNEY[state.journey]
    if state.money is MoneyFact.TAKEN:
        return BookingPhase.NOT_COMMITTED
    return _before_money(payment)


def _before_money(payment: Payment) -> BookingPhase:
    voucher = payment.state.voucher
    if voucher is VoucherFact.IN_FLIGHT:
        return BookingPhase.REDEEMING
    if voucher is VoucherFact.UNKNOWN:
        return BookingPhase.VOUCHER_UNKNOWN
    if voucher is VoucherFact.UNSENT:
        return BookingPhase.VOUCHER_UNSENT
    if payment.signed_vnd is None:
        return BookingPhase.READY
    return BookingPhase.AMOUNT_DUE if payment.signed_vnd == shown_vnd(payment) else BookingPhase.AMOUNT_DIFFERS


def _actions(desk: BookingDesk, hand: InHand, payment: Payment) -> frozenset[BookingAction]:
    """What the table and the contract let a person ask for now."""
    state = payment.state
    actions: set[BookingAction] = set()
    if any(case.closed_utc is None for case in desk.store.cases(payment.id)):
        actions.add(BookingAction.SETTLE)
    if payment.ticket_copy is not None or desk.store.slips(payment.bill_number):
        actions.add(BookingAction.REPRINT)
    if state.journey in (JourneyFact.OPEN, JourneyFact.HELD) or state.voucher is VoucherFact.UNKNOWN:
        actions |= {BookingAction.ASK_NOW, BookingAction.SET_ASIDE}
    if hand.working is not None:
        return frozenset(actions & {BookingAction.SET_ASIDE, BookingAction.REPRINT})
    if state.voucher is VoucherFact.UNSENT and state.money is MoneyFact.NOT_TAKEN:
        actions |= {BookingAction.REDEEM, BookingAction.DROP_VOUCHER}
    if can(state, BookingEvent.TAKE_MONEY):
        fits = payment.signed_vnd == shown_vnd(payment)
        actions.add(BookingAction.MONEY_TAKEN if fits else BookingAction.ORDER)
        if payment.redeems == 0 and payment.applied_vnd == 0:
            actions.add(BookingAction.TRY_VOUCHER)
            actions = _with_voucher_in_hand(actions, hand, payment)
    if can(state, BookingEvent.COMMIT) and (state.journey is JourneyFact.UNSENT or _may_resend(desk, payment)):
        actions.add(BookingAction.SEND_COMMIT)
    for event, action in _BY_TABLE.items():
        if can(state, event):
            actions.add(action)
    return frozenset(actions)


def _with_voucher_in_hand(actions: set[BookingAction], hand: InHand, payment: Payment) -> set[BookingAction]:
    """A usable voucher in hand is redeemed or dropped before any money is taken."""
    if hand.code is not None:
        actions = actions | {BookingAction.DROP_VOUCHER}
    if isinstance(hand.offer, VoucherOffer):
        actions = actions - {BookingAction.ORDER, BookingAction.MONEY_TAKEN}
        if not covers_all(hand, shown_vnd(payment)):
            actions.add(BookingAction.REDEEM)
    return actions


_BY_TABLE = {
    BookingEvent.GIVE_UP: BookingAction.GIVE_UP,
    BookingEvent.PAY_BACK: BookingAction.PAID_BACK,
    BookingEvent.CLOSE: BookingAction.CLOSE,
}


def _may_resend(desk: BookingDesk, payment: Payment) -> bool:
    late = payment.committed is not None and desk.since_s(payment.committed) >= RESEND_AFTER_S
    return payment.can_resend and late


def _voucher_on_disk(hand: InHand, payment: Payment, shown: int) -> BookingVoucherView | None:
    if payment.code is None or (payment.redeems == 0 and payment.state.voucher is VoucherFact.NONE):
        return _voucher_in_hand(hand, shown)
    outcome = {
        VoucherFact.UNSENT: VoucherOutcome.UNSENT,
        VoucherFact.IN_FLIGHT: VoucherOutcome.REDEEMING,
        VoucherFact.UNKNOWN: VoucherOutcome.UNKNOWN,
        VoucherFact.USED: VoucherOutcome.USED,
        VoucherFact.REFUSED: VoucherOutcome.REFUSED,
    }.get(payment.state.voucher)
    if outcome is None:
        return None  # dropped
    return BookingVoucherView(payment.code.ending, outcome, payment.discount_vnd)


def _is_asked(payment: Payment) -> bool:
    """Whether the till itself asks next; else the due time only looks after a payment left lying."""
    return payment.state.voucher is VoucherFact.UNKNOWN or payment.state.journey in (JourneyFact.OPEN, JourneyFact.HELD)


def _begin_until(deadline_utc: datetime | None) -> datetime | None:
    return None if deadline_utc is None else deadline_utc - timedelta(seconds=DEADLINE_MARGIN_S)


def _label(desk: BookingDesk, issuer: str) -> str:
    found = desk.issuers.get(issuer)
    return found.capabilities.label if found is not None else issuer


def open_row(desk: BookingDesk, payment: Payment) -> OpenBooking:
    """A row of the open list."""
    shown = shown_vnd(payment)
    fits = payment.signed_vnd == shown
    return OpenBooking(
        key=payment.id,
        bill_number=payment.bill_number,
        number=payment.number,
        label=_label(desk, payment.issuer),
        title=payment.title,
        phase=phase_of(payment),
        due_vnd=payment.taken_vnd if payment.taken_vnd is not None else shown if fits else None,
        money=payment.state.money,
        opened_utc=payment.created_utc,
        next_ask_utc=payment.due.at_utc if payment.due is not None and _is_asked(payment) else None,
        cases=tuple(case.kind for case in desk.store.cases(payment.id) if case.closed_utc is None),
    )
