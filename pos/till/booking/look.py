"""Whether a booking may be paid, and whether it still is what the customer was shown (contracts/gotadi.md §8.1, §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pos.domain.booking import Booking, NoSuchBooking
from pos.domain.booking_payment import DEADLINE_MARGIN_S, PAYABLE_PRODUCTS, BookingEvent, VoucherFact, can
from pos.till.booking.desk import Asked, BookingDesk
from pos.till.booking.ports import Payment
from pos.till.booking.views import StepKind
from pos.till.views import Message


def why_not(booking: Booking, now_utc: datetime) -> Message | None:
    """Why nothing may be begun with this booking; None: it may be paid."""
    if booking.product not in PAYABLE_PRODUCTS:
        return Message("booking.product_not_paid_here", (("product", booking.product),))
    if not booking.payable:
        states = (("booking", booking.booking_status), ("payment", booking.payment_status))
        return Message(
            "booking.paid_already" if booking.payment_status == "SUCCEEDED" else "booking.not_payable", states
        )
    if not booking.total_vnd or booking.total_vnd <= applied_vnd(booking):
        return Message("booking.no_price")
    if booking.voucher is not None and booking.voucher.redeemed and booking.voucher.discount_vnd is None:
        return Message("booking.voucher_without_amount")
    if too_late(booking.deadline_utc, now_utc):
        return Message("booking.too_late")
    return None


def too_late(deadline_utc: datetime | None, now_utc: datetime) -> bool:
    """Whether nothing is begun any more: later than 2 minutes before the deadline."""
    return deadline_utc is not None and now_utc > deadline_utc - timedelta(seconds=DEADLINE_MARGIN_S)


def applied_vnd(booking: Booking) -> int:
    """What a voucher that is redeemed on the booking takes off its price."""
    voucher = booking.voucher
    return voucher.discount_vnd or 0 if voucher is not None and voucher.redeemed else 0


def shown_vnd(payment: Payment) -> int:
    """What the customer was shown: the only amount that may be taken."""
    used_vnd = payment.discount_vnd if payment.state.voucher is VoucherFact.USED else 0
    return payment.price_vnd - payment.applied_vnd - used_vnd


@dataclass(frozen=True, slots=True)
class LookEnd:
    """What a look before redeem, order or commit ended in; `message` None: go on with `payment`."""

    payment: Payment
    message: Message | None


def look_again(desk: BookingDesk, payment: Payment, actor: str) -> LookEnd:
    """Ask for the booking once more and compare it with what stands on disk. Money hangs on "the same as shown"."""
    asked = desk.call(
        payment.issuer,
        "look",
        lambda issuer, trace: issuer.detail(payment.number, trace, code=payment.code, tracking=payment.tracking),
    )
    message, late = _compare(desk, payment, asked)
    with desk.store.journal.transaction(actor) as tx:
        writes = desk.write_asked(tx, payment.id, asked, "ok" if message is None else message.code)
        if late and can(desk.payment(payment.id).state, BookingEvent.VOUCHER_LATE):
            writes.move(payment.id, BookingEvent.VOUCHER_LATE)
            writes.mark(payment.id, signed_vnd=None)
            writes.add_step(payment.id, StepKind.VOUCHER_LATE, amount_vnd=payment.discount_vnd)
    return LookEnd(desk.payment(payment.id), message)


def _compare(desk: BookingDesk, payment: Payment, asked: Asked[Booking | NoSuchBooking]) -> tuple[Message | None, bool]:
    if asked.fault is not None:
        return Message("booking.look_failed", (("why", asked.fault.code),)), False
    if not isinstance(asked.answer, Booking):
        return Message("booking.not_found", (("number", payment.number),)), False
    booking = asked.answer
    message = why_not(booking, desk.now_utc())
    if message is not None:
        return message, False
    if (booking.product, booking.total_vnd) != (payment.product, payment.price_vnd):
        prices = (("shown_vnd", payment.price_vnd), ("now_vnd", booking.total_vnd))
        return Message("booking.price_changed", prices), False
    return _compare_voucher(payment, booking)


def _compare_voucher(payment: Payment, booking: Booking) -> tuple[Message | None, bool]:
    """The voucher on the record against ours; True: a redeem of ours took effect after it was called ineffective."""
    on_record = booking.voucher if booking.voucher is not None and booking.voucher.redeemed else None
    if payment.state.voucher is VoucherFact.USED:
        ours = on_record is None or (on_record.ours and on_record.discount_vnd in (None, payment.discount_vnd))
        return (None if ours else Message("booking.other_voucher")), False
    if on_record is not None and on_record.ours and payment.redeems:
        return Message("booking.voucher_late"), True
    if (on_record.discount_vnd if on_record is not None else 0) != payment.applied_vnd:
        return Message("booking.other_voucher"), False
    return None, False
