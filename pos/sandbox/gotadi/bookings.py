"""The bookings and vouchers the stand-in holds, and how a committed booking goes on by its script."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

AIR: Final = "AIR"
HOTEL: Final = "HOTEL"

BOOKED: Final = "BOOKED"
EXPIRED: Final = "EXPIRED"
PENDING: Final = "PENDING"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"
REFUNDED: Final = "REFUNDED"
ON_PROCESS: Final = "TICKET_ON_PROCESS"

# What a commit leads to: payment and issue status, first after the payment time, then after the issue time (§9.1).
SCRIPTS: Final[dict[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "good": ((SUCCEEDED, ON_PROCESS), (SUCCEEDED, SUCCEEDED)),
    "payment_failed": ((FAILED, PENDING), (FAILED, PENDING)),
    "issue_failed": ((SUCCEEDED, ON_PROCESS), (SUCCEEDED, FAILED)),
    "on_process": ((SUCCEEDED, ON_PROCESS), (SUCCEEDED, ON_PROCESS)),
    "stuck": ((PENDING, PENDING), (PENDING, PENDING)),
    "refunded": ((SUCCEEDED, ON_PROCESS), (REFUNDED, FAILED)),
    "expired": ((EXPIRED, FAILED), (EXPIRED, FAILED)),
}


@dataclass(slots=True)
class Booking:
    """One booking.

    Attributes:
        total_fare_vnd: Price before a discount.
        time_to_live_s: Payment deadline, Unix seconds; None means no limit.
        script: Key of `SCRIPTS`.
        voucher_code: Of the redeemed voucher.
        tracking_code: From the newest validation, which was for `tracked_voucher`.
        committed_s: Unix seconds of the first commit carried out.
        redeems_done: How often a voucher was really used up for it: more than 1 is a customer's loss.
        commits_done: How often it was really paid: more than 1 is the shop's loss.
    """

    number: str
    product: str
    total_fare_vnd: int
    label: str
    time_to_live_s: float | None = None
    script: str = "good"
    status: str = BOOKED
    payment_status: str = PENDING
    issued_status: str = PENDING
    discount_vnd: int = 0
    voucher_code: str | None = None
    tracking_code: str | None = None
    tracked_voucher: str | None = None
    redeem_id: str | None = None
    redeemed_s: float | None = None
    partner_trans_ids: list[str] = field(default_factory=list)
    committed_s: float | None = None
    validations: int = 0
    redeem_requests: int = 0
    redeems_done: int = 0
    orders_placed: int = 0
    commit_requests: int = 0
    commits_done: int = 0

    @property
    def due_vnd(self) -> int:
        """What is to be paid after the discount."""
        return self.total_fare_vnd - self.discount_vnd

    @property
    def payable(self) -> bool:
        """Held and waiting for payment."""
        return (self.status, self.payment_status, self.issued_status) == (BOOKED, PENDING, PENDING)

    @property
    def final(self) -> bool:
        """Nothing more is to come (§8.4)."""
        over = self.payment_status in (FAILED, REFUNDED, EXPIRED)
        return over or (self.payment_status, self.issued_status) == (SUCCEEDED, SUCCEEDED)

    def settle(self, now_s: float, payment_after_s: float, issue_after_s: float) -> None:
        """Bring the states up to now: the deadline, or the script after a commit.

        A status set by hand after the commit is overwritten by the next step of the script: change the script.
        """
        if self.committed_s is None:
            if self.payable and self.time_to_live_s is not None and now_s > self.time_to_live_s:
                self.status = EXPIRED
            return
        since_s = now_s - self.committed_s
        paid, issued = SCRIPTS[self.script]
        if since_s >= payment_after_s + issue_after_s:
            self.payment_status, self.issued_status = issued
        elif since_s >= payment_after_s:
            self.payment_status, self.issued_status = paid


@dataclass(slots=True)
class Voucher:
    """One voucher code.

    Attributes:
        amount_off_vnd: Face amount; None for a percentage.
        percent_off: Percentage; None for an amount.
        limit_vnd: Most that a percentage takes off; 0 for no limit.
        least_vnd: Smallest price it may be used on.
        product: The only product it is for, if there is but one.
        refusal: Business code it always refuses with.
        uses_left: How often it can still be used.
        uses: How often it was really used up.
    """

    code: str
    label: str
    amount_off_vnd: int | None = None
    percent_off: int | None = None
    limit_vnd: int = 0
    least_vnd: int = 0
    product: str | None = None
    refusal: str | None = None
    uses_left: int = 1
    uses: int = 0

    def discount_vnd(self, price_vnd: int) -> int:
        """Return what it takes off a price; never more than the price."""
        if self.amount_off_vnd is not None:
            return min(self.amount_off_vnd, price_vnd)
        share = Decimal(price_vnd) * (self.percent_off or 0) / 100
        off = int(share.to_integral_value(ROUND_FLOOR))
        return min(off, self.limit_vnd) if self.limit_vnd else off

    def complaint(self, booking: Booking) -> str | None:
        """Return the business code (§7.3) it is refused with for this booking, or None."""
        if self.refusal is not None:
            return self.refusal
        if self.uses_left < 1:
            return "7213_VOUCHER_QUANTITY_EXCEEDED"
        if booking.total_fare_vnd < self.least_vnd:
            return "7214_VOUCHER_NOT_ENOUGH_MIN_AMOUNT"
        if self.product not in (None, booking.product):
            return "7210_VOUCHER_ONLY_HOTEL" if self.product == HOTEL else "7207_VOUCHER_NOT_VALID"
        return None


@dataclass(slots=True)
class Book:
    """All that outlives a restart."""

    bookings: dict[str, Booking]
    vouchers: dict[str, Voucher]
    payment_after_s: float = 0.0
    issue_after_s: float = 1.0
    patience_s: float = 5.0
    token_life_s: float = 3600.0

    def settle(self, now_s: float) -> None:
        """Bring all bookings up to now."""
        for booking in self.bookings.values():
            booking.settle(now_s, self.payment_after_s, self.issue_after_s)

    def to_json(self) -> dict[str, Any]:
        """Return everything, for the disk and for the control plane."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Book:
        """Read what `to_json` gave."""
        bookings = {number: Booking(**each) for number, each in record["bookings"].items()}
        vouchers = {code: Voucher(**each) for code, each in record["vouchers"].items()}
        return cls(**{**record, "bookings": bookings, "vouchers": vouchers})

    def changed(self, wish: dict[str, Any]) -> Book:
        """Return a book with times, a booking or a voucher changed or added.

        Raises:
            ValueError: An unknown field or script, a required field missing, or a time that is no number.
        """
        record = self.to_json()
        for name, value in wish.items():
            if name in ("booking", "voucher") and isinstance(value, dict):
                key = value.get("number" if name == "booking" else "code")
                record[f"{name}s"][key] = {**record[f"{name}s"].get(key, {}), **value}
            elif name.endswith("_s") and name in record and isinstance(value, int | float):
                record[name] = value
            else:
                raise ValueError(f"cannot change {name!r}")
        try:
            book = Book.from_json(record)
        except TypeError as error:
            raise ValueError(str(error)) from error
        if any(each.script not in SCRIPTS for each in book.bookings.values()):
            raise ValueError(f"script is one of {', '.join(SCRIPTS)}")
        return book
