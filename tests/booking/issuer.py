"""An issuer of bookings by the contract's rules, with the truth in sight and a fault at each call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from pos.domain.booking import (
    AmountDue,
    AppliedVoucher,
    Booking,
    BookingRefused,
    CommitAnswer,
    CommitWord,
    Journey,
    NoSuchBooking,
    VoucherOffer,
    VoucherRedeemed,
)
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, SetupFault, Throttled
from pos.till.booking_port import BookingCapabilities
from pos.till.ports import Trace
from tests.booking.ports import Crash, Ports
from tests.till.hand_clock import NOON

T = TypeVar("T")
NUMBER = "ADCO2611210000001"
CODE = "Tet24aBc"
PRICE_VND, OFF_VND = 1_550_000, 50_000


@dataclass(slots=True)
class Truth:
    """What the issuer knows of one booking."""

    total_vnd: int = PRICE_VND
    product: str = "AIR"
    status: str = "BOOKED"
    payment: str = "PENDING"
    issue: str = "PENDING"
    deadline_utc: datetime | None = NOON + timedelta(hours=30)
    voucher: str | None = None
    redemptions: int = 0
    paid: list[tuple[str, int]] = field(default_factory=list)
    polls_to_issue: int = 2
    fails: bool = False


class FakeBookings:
    """Implements `BookingIssuer`."""

    name = "gotadi"
    capabilities = BookingCapabilities("Gotadi")

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.bookings: dict[str, Truth] = {NUMBER: Truth()}
        self.vouchers = {CODE: OFF_VND}
        self.lowers = True
        self.word: CommitWord | None = None
        self.commits: list[str] = []
        self.redeems = 0
        self.committing = 0.0
        self.before: dict[str, list[Callable[[], None]]] = {}

    def reach(self) -> None:
        pass

    def prove_access(self) -> None:
        pass

    def detail(
        self, number: str, trace: Trace, *, code: VoucherCode | None = None, tracking: str | None = None
    ) -> Booking | NoSuchBooking:
        return self._do("detail", trace, lambda: self._booking(number, code))

    def await_end(self, number: str, trace: Trace) -> Booking | NoSuchBooking:
        def end() -> Booking | NoSuchBooking:
            truth = self.bookings.get(number)
            if truth is not None and truth.payment == "SUCCEEDED" and truth.issue == "TICKET_ON_PROCESS":
                truth.polls_to_issue -= 1
                if truth.polls_to_issue <= 0:
                    truth.issue = "SUCCEEDED"
            return self._booking(number, None)

        return self._do("await_end", trace, end)

    def _booking(self, number: str, code: VoucherCode | None) -> Booking | NoSuchBooking:
        truth = self.bookings.get(number)
        if truth is None:
            return NoSuchBooking()
        voucher = None
        if truth.voucher is not None:
            ours = code is not None and code.reveal() == truth.voucher
            voucher = AppliedVoucher(ours, redeemed=True, discount_vnd=self.vouchers[truth.voucher])
        journey = {"FAILED": Journey.PAYMENT_FAILED, "REFUNDED": Journey.REFUNDED, "EXPIRED": Journey.EXPIRED}.get(
            truth.payment, Journey.NOT_OVER
        )
        if (truth.payment, truth.issue) == ("SUCCEEDED", "SUCCEEDED"):
            journey = Journey.ISSUED
        return Booking(
            number=number,
            product=truth.product,
            title="SGN–HAN",
            starts="2026-12-01T07:00",
            total_vnd=truth.total_vnd,
            deadline_utc=truth.deadline_utc,
            payable=(truth.status, truth.payment, truth.issue) == ("BOOKED", "PENDING", "PENDING"),
            journey=journey,
            booking_status=truth.status,
            payment_status=truth.payment,
            issue_status=truth.issue,
            failed_issue=(truth.payment, truth.issue) == ("SUCCEEDED", "FAILED"),
            voucher=voucher,
            paid_vnd=sum(amount for _, amount in truth.paid),
            payment_ref="PR1" if truth.paid else None,
            tickets=("738-1",) if truth.issue == "SUCCEEDED" else (),
        )

    def validate(self, number: str, code: VoucherCode, trace: Trace) -> VoucherOffer | BookingRefused:
        def look() -> VoucherOffer | BookingRefused:
            off_vnd = self.vouchers.get(code.reveal())
            if off_vnd is None or self.bookings[number].voucher is not None:
                return BookingRefused("voucher_not_found", "7203_VOUCHER_NOT_FOUND")
            return VoucherOffer(off_vnd, f"track-{code.reveal()}")

        return self._do("validate", trace, look)

    def redeem(self, number: str, code: VoucherCode, tracking: str, trace: Trace) -> VoucherRedeemed | BookingRefused:
        def use() -> VoucherRedeemed | BookingRefused:
            truth = self.bookings[number]
            truth.redemptions += 1  # nobody says that a second one would be refused (§12 no. 17)
            truth.voucher = code.reveal()
            return VoucherRedeemed()

        return self._do("redeem", trace, use)

    def due_vnd(self, number: str) -> int:
        truth = self.bookings[number]
        off = self.vouchers[truth.voucher] if truth.voucher is not None and self.lowers else 0
        return truth.total_vnd - off

    def place_order(self, number: str, product: str, trace: Trace) -> AmountDue | BookingRefused:
        def sign() -> AmountDue | BookingRefused:
            if self.bookings[number].payment != "PENDING":
                return BookingRefused("already_paid", "6104_PAYMENT_BOOKING_ALREADY_PAID")
            return AmountDue(self.due_vnd(number))

        return self._do("place_order", trace, sign)

    def commit(self, number: str, product: str, transaction_id: str, trace: Trace) -> CommitAnswer:
        def pay() -> CommitAnswer:
            self.commits.append(transaction_id)
            truth = self.bookings[number]
            if self.word is not None:
                return CommitAnswer(self.word, "04")
            if truth.payment != "PENDING":
                return CommitAnswer(CommitWord.ALREADY, "08")
            if truth.fails:
                truth.payment = "FAILED"
                return CommitAnswer(CommitWord.FAILED, "02")
            truth.paid.append((transaction_id, self.due_vnd(number)))
            truth.payment, truth.issue = "SUCCEEDED", "TICKET_ON_PROCESS"
            return CommitAnswer(CommitWord.WORKING, "01", self.due_vnd(number))

        return self._do("commit", trace, pay)

    def commit_result(self, number: str, product: str, trace: Trace) -> CommitAnswer:
        def tell() -> CommitAnswer:
            paid = number in self.bookings and self.bookings[number].paid
            return CommitAnswer(CommitWord.WORKING, "01") if paid else CommitAnswer(CommitWord.NOT_YET, "09")

        return self._do("commit_result", trace, tell)

    def _do(self, operation: str, trace: Trace, carry_out: Callable[[], T]) -> T:
        for job in self.before.pop(operation, []):
            job()
        fault = self.ports.visit(operation)
        if fault == "crash_before":
            raise Crash
        if fault == "not_sent":
            raise NotSent("net.refused")
        if fault == "lost_before":
            raise OutcomeUnknown("net.read_timeout")
        if fault == "setup":
            raise SetupFault("booking.denied")
        if fault == "throttled":
            raise Throttled("booking.busy")
        if operation == "redeem":
            self.redeems += 1
        answer = carry_out()
        if fault == "crash_after":
            raise Crash
        if fault == "lost_after":
            raise OutcomeUnknown("net.read_timeout")
        trace.answered, trace.http_status = True, 200
        return answer
