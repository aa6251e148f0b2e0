"""A travel booking at the counter: what the issuer says of it, of a voucher on it, and of its payment.

Source: contracts/gotadi.md §5, §8, §9. Refusals are values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Journey(StrEnum):
    """How far the payment of a booking has come, by the issuer's two states (contracts/gotadi.md §8.4)."""

    NOT_OVER = "not_over"  # hold, keep asking
    ISSUED = "issued"  # paid and issued
    PAYMENT_FAILED = "payment_failed"  # a new payment may start
    REFUNDED = "refunded"  # money returned; settled by hand
    EXPIRED = "expired"  # its deadline has passed


@dataclass(frozen=True, slots=True)
class AppliedVoucher:
    """The voucher that the issuer's record of a booking names; the code itself never leaves the adapter.

    Args:
        ours: its code equals the one asked about.
        redeemed: a redemption id stands beside it.
        tracking: the record names our tracking code; None: it names none.
    """

    ours: bool
    redeemed: bool
    discount_vnd: int | None = None
    tracking: bool | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """The issuer's record of one booking. No personal data.

    Args:
        product: `AIR` or `HOTEL`; anything else cannot be paid here.
        title: what it is, in a line (route or hotel), as the issuer wrote it; display only.
        starts: its first departure or check-in as the issuer wrote it; display only.
        total_vnd: its price, None if the record names none.
        deadline_utc: payment deadline; None: none is set.
        payable: booked, not paid, not issued (contracts/gotadi.md §9.1): redeem, order and commit start only so.
        journey: of its payment.
        payment_status, issue_status: the issuer's own words, upper case, `""` if missing.
        failed_issue: paid, and the issue failed in the issuer's manual processing: hold, call its support.
        voucher: the voucher on it, if any.
        payment_ref, passenger_ref, tickets: for the receipt.
    """

    number: str
    product: str
    title: str
    starts: str
    total_vnd: int | None
    deadline_utc: datetime | None
    payable: bool
    journey: Journey
    booking_status: str
    payment_status: str
    issue_status: str
    failed_issue: bool = False
    voucher: AppliedVoucher | None = None
    paid_vnd: int | None = None
    payment_ref: str | None = None
    passenger_ref: str | None = None
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoSuchBooking:
    """The issuer knows no booking of that number."""


@dataclass(frozen=True, slots=True)
class VoucherOffer:
    """A voucher may be used for a booking.

    Args:
        discount_vnd: taken off, more than 0.
        tracking: what redeem must send back, verbatim; a secret like a code.
    """

    discount_vnd: int
    tracking: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VoucherRedeemed:
    """The voucher has been used up for the booking."""


@dataclass(frozen=True, slots=True)
class BookingRefused:
    """The issuer refused.

    Args:
        reason: stable word below `booking.` for the sentence to people.
        code: the issuer's own, for support; `message` its wording, plain text.
        passing: validate may be tried again later.
    """

    reason: str
    code: str
    message: str | None = None
    passing: bool = False


@dataclass(frozen=True, slots=True)
class AmountDue:
    """The issuer's signed statement of what is to be paid for the booking."""

    total_vnd: int


class CommitWord(StrEnum):
    """What the answer to commit or query-trans says; none of them says that the ticket is issued (§7.1)."""

    DONE = "done"  # 00: processed; ask for the end
    WORKING = "working"  # 01
    FAILED = "failed"  # 02: confirm by one look at the booking
    REFUSED = "refused"  # 03 to 07: refused before processing; confirm by one look
    ALREADY = "already"  # 08: an earlier commit counted
    NOT_YET = "not_yet"  # 09
    UNCLEAR = "unclear"  # 99, anything else


@dataclass(frozen=True, slots=True)
class CommitAnswer:
    """The verified answer to commit or query-trans. `total_vnd` differing from what was taken is shown, not undone."""

    word: CommitWord
    code: str
    total_vnd: int | None = None
