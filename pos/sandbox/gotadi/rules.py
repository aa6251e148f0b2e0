"""May a voucher be used, may a booking be paid, and what became of it. Source: contracts/gotadi.md §7, §9.1."""

from __future__ import annotations

import secrets
import time

from pos.sandbox.gotadi.bookings import SUCCEEDED, Booking, Voucher
from pos.sandbox.incoming import Quirks


def voucher_refusal(
    booking: Booking | None, voucher: Voucher | None, quirks: Quirks, *, again: bool = False
) -> str | None:
    """Return the business code of a refusal; `again`: what was used on this booking already does not refuse."""
    if "refuse_voucher" in quirks:
        return quirks["refuse_voucher"].text or "7207_VOUCHER_NOT_VALID"
    if booking is None:
        return "5_BOOKING_NOT_FOUND"
    payment = payment_refusal(booking)
    if payment is not None:
        return payment
    if voucher is None:
        return "7203_VOUCHER_NOT_FOUND"
    if booking.voucher_code is not None:
        return None if again and booking.voucher_code == voucher.code else "7213_VOUCHER_QUANTITY_EXCEEDED"
    return voucher.complaint(booking)


def payment_refusal(booking: Booking) -> str | None:
    """Return the business code for a booking that is not held and waiting for payment, or None."""
    if booking.payable and booking.committed_s is None:
        return None
    paid = booking.payment_status == SUCCEEDED
    return "6104_PAYMENT_BOOKING_ALREADY_PAID" if paid else "6106_PAYMENT_BOOKING_NOT_BOOKED"


def use_up(booking: Booking, voucher: Voucher) -> None:
    """Use the voucher up for the booking, once more if it was already."""
    # Money: the customer's voucher is gone from here on.
    voucher.uses += 1
    voucher.uses_left -= 1
    booking.redeems_done += 1
    booking.voucher_code = voucher.code
    booking.redeem_id = f"r_{secrets.token_hex(6)}"
    booking.redeemed_s = time.time()
    booking.discount_vnd = voucher.discount_vnd(booking.total_fare_vnd)


def result_code(booking: Booking) -> str:
    """Return the `error_code` of query-trans (§7.1)."""
    if booking.committed_s is None:
        return "00" if booking.final and booking.payment_status == SUCCEEDED else "09"
    if booking.final:
        return "00" if booking.payment_status == SUCCEEDED else "02"
    return "01"
