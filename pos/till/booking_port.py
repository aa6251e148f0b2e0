"""What paying a booking needs from an issuer. Threads and error families as in `pos.till.ports.VoucherProvider`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pos.domain.booking import (
    AmountDue,
    Booking,
    BookingRefused,
    CommitAnswer,
    NoSuchBooking,
    VoucherOffer,
    VoucherRedeemed,
)
from pos.domain.codes import VoucherCode
from pos.till.ports import Trace


@dataclass(frozen=True, slots=True)
class BookingCapabilities:
    """How issuers differ, in words of the till. `label`: name for people."""

    label: str


class BookingIssuer(Protocol):
    """One issuer whose bookings are paid at the counter.

    All calls block until answer or deadline and raise `NotSent`, `OutcomeUnknown`, `SetupFault`, `Throttled` of
    `pos.domain.errors`. From the reading calls (`detail`, `await_end`, `validate`, `commit_result`) they mean "no
    answer". From `redeem` and `commit`, `NotSent` proves that nothing was done; everything else that is raised,
    `SetupFault` and `Throttled` included, means that nobody knows before the booking was looked at. `place_order`
    changes no money; it is repeated by itself only if the connection could not be opened.

    `await_end` may block for more than two minutes and runs beside the other calls.
    """

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""

    @property
    def capabilities(self) -> BookingCapabilities:
        """As set up now."""

    def reach(self) -> None:
        """Make a connection and no request. Raises `NotSent` if that cannot be done."""

    def prove_access(self) -> None:
        """Whether this shop is let in: a login where the issuer has one. Changes nothing; errors as `detail`."""

    def detail(
        self, number: str, trace: Trace, *, code: VoucherCode | None = None, tracking: str | None = None
    ) -> Booking | NoSuchBooking:
        """The issuer's record now; `code` and `tracking` are compared with the voucher that it names."""

    def await_end(self, number: str, trace: Trace) -> Booking | NoSuchBooking:
        """The same, answered when payment and issue have come to an end or the issuer's patience has (long poll)."""

    def validate(self, number: str, code: VoucherCode, trace: Trace) -> VoucherOffer | BookingRefused:
        """May this voucher be used for this booking, and for how much. Repeats itself where the contract allows."""

    def redeem(self, number: str, code: VoucherCode, tracking: str, trace: Trace) -> VoucherRedeemed | BookingRefused:
        """Use the voucher up for this booking. Changing, never repeats itself."""

    def place_order(self, number: str, product: str, trace: Trace) -> AmountDue | BookingRefused:
        """Start the payment: the signed amount.

        Raises:
            SetupFault: also `booking.signature`, `booking.unreadable`: take no money.
        """

    def commit(self, number: str, product: str, transaction_id: str, trace: Trace) -> CommitAnswer:
        """Say that the money was taken: pays and issues. Changing, cannot be undone, never repeats itself."""

    def commit_result(self, number: str, product: str, trace: Trace) -> CommitAnswer:
        """A second opinion on a commit."""
