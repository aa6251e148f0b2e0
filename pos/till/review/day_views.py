"""What the manager's day is asked and answers: frozen, without words, no whole code. Times are UTC instants.

Every figure is of exactly the rows that `DayDesk.rows` lists for the same query, but for the cases, which are all that
are open: a case of last week is today's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RowKind(StrEnum):
    """What a row is."""

    REDEMPTION = "redemption"
    SALE = "sale"
    BOOKING = "booking"


class Standing(StrEnum):
    """How a row stands, in one word for filter and colour."""

    DONE = "done"  # value given and the issuer agrees; codes sold and handed over; booking paid and its ticket given
    AT_RISK = "at_risk"  # value given, the issuer's word still out
    LOSS = "loss"  # value given, refused by the issuer
    OPEN = "open"  # not ended, or nobody knows: counted as nothing
    REFUSED = "refused"  # the issuer said no, nothing was given (or the money was paid back)
    DROPPED = "dropped"  # given up, nothing was given (or the money was paid back)
    TAKEN_BACK = "taken_back"  # the issuer has made it usable again, for sure


class RowStatus(StrEnum):
    """The same in more words: `day.status.<word>` in the locale files."""

    USED = "used"
    USED_BY_WORD = "used_by_word"  # given; a manager decided that the issuer has it, the issuer does not say for whom
    OFFLINE_UNSENT = "offline_unsent"  # given offline, waits for the network
    OFFLINE_SENDING = "offline_sending"
    OFFLINE_UNKNOWN = "offline_unknown"  # given offline, sent, no verdict: the till asks
    LOST = "lost"  # given offline, then refused
    UNSENT = "unsent"  # on disk, nothing has left
    SENDING = "sending"
    UNKNOWN = "unknown"  # no verdict: nothing is handed over, the till asks
    NOT_GIVEN = "not_given"  # the issuer has it, the customer has not had the value yet
    LATE = "late"  # the issuer has it, the voucher had been given up before: a case
    LATE_SETTLED = "late_settled"  # the same, and a person has closed the case
    REFUSED = "refused"
    DROPPED = "dropped"
    TAKING_BACK = "taking_back"  # being taken back; nobody knows yet
    NOT_TAKEN_BACK = "not_taken_back"  # told to the issuer twice, still used: to be settled by hand
    TAKEN_BACK = "taken_back"
    SALE_UNSENT = "sale_unsent"  # money taken, the order has not left
    SALE_SENDING = "sale_sending"
    SALE_WAITING = "sale_waiting"  # nobody knows whether the codes were bought
    SALE_TO_HAND_OVER = "sale_to_hand_over"  # bought, the customer has not had the codes yet
    SALE_DONE = "sale_done"
    SALE_TO_PAY_BACK = "sale_to_pay_back"  # not bought, the customer's money is still here
    SALE_PAID_BACK = "sale_paid_back"
    BOOKING_BEGUN = "booking_begun"  # no money taken yet
    BOOKING_NOT_SENT = "booking_not_sent"  # money taken, payment has not left
    BOOKING_WAITING = "booking_waiting"
    BOOKING_HELD = "booking_held"  # waits in the background or for a person
    BOOKING_TO_HAND_OVER = "booking_to_hand_over"  # the ticket is there, the customer has not had it yet
    BOOKING_DONE = "booking_done"
    BOOKING_TO_PAY_BACK = "booking_to_pay_back"
    BOOKING_PAID_BACK = "booking_paid_back"
    BOOKING_GIVEN_UP = "booking_given_up"  # nothing was ever taken


class Slip(StrEnum):
    """The newest slip of the row's bill: `day.slip.<word>` in the locale files."""

    NONE = "none"
    PENDING = "pending"  # waits for the printer, or prints now
    PRINTED = "printed"
    SENT = "sent"  # all bytes taken; this printer cannot confirm
    DOUBTFUL = "doubtful"  # it may be on paper: somebody must look
    COPY = "copy"  # a copy is on paper
    CANCELLED = "cancelled"


UNPRINTED = frozenset({Slip.PENDING, Slip.DOUBTFUL})
"""Slips of which nobody knows yet that they are on paper."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows. An empty set means all.

    Args:
        first, last: business dates, both included.
        issuers: their ids (`provider` of a redemption, `seller` of a sale).
        people: names of cashiers.
        low_vnd, high_vnd: amount of a row, both included.
        from_minute, to_minute: minutes since midnight on the shop's wall clock, `to_minute` not included; from > to
            goes over midnight.
        text: last 4 characters of a code, or a bill number: whole, its beginning (6 characters at least) or its last
            digits; fewer than 4 digits are a running number, `148` finds `…000148`. Empty: no search.
    """

    first: date
    last: date
    kinds: frozenset[RowKind] = frozenset()
    issuers: frozenset[str] = frozenset()
    standings: frozenset[Standing] = frozenset()
    people: frozenset[str] = frozenset()
    low_vnd: int | None = None
    high_vnd: int | None = None
    from_minute: int | None = None
    to_minute: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One redemption, sale or booking in the table.

    Args:
        id: names it for `DayDesk.timeline`, together with `kind`.
        at_utc: when it was written; filters of time and the chart's hours are about this moment.
        ending: last 4 characters of the code (of a sale's one serial number); empty where there is none.
        issuer: its id.
        what: goods of the voucher, product of the sale, booking number and title; may be empty.
        quantity: codes of a sale, else 1.
        amount_vnd: off the bill; price of the sale; money taken, or to be taken, for the booking.
        reason: stable word below `reason.` (a sale's below `sale.`) of a refusal.
        unreadable: part of this row stands on a damaged page: only what could be read is here.
    """

    kind: RowKind
    id: str
    at_utc: datetime
    business_date: date
    bill_number: str
    ending: str
    issuer: str
    what: str
    quantity: int
    amount_vnd: int
    standing: Standing
    status: RowStatus
    slip: Slip
    cashier: str
    reason: str | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The day at a glance. Money in đồng; what is unknown or open counts as nothing redeemed.

    Args:
        redeemed_vnd: given and not taken back; `vouchers` so many, on `bills` bills.
        at_risk_vnd: given, the issuer's word still out; `at_risk_oldest_utc` the first of them was given then.
        loss_vnd: given and refused, whether its case is closed or not.
        open_vnd: redemptions that have not ended.
        taken_back: redemptions that the issuer has made usable again.
        sold_vnd: price of `sales` sales whose customer has her `codes`; `sales_waiting` have not ended.
        booked_vnd: taken for `bookings` paid bookings; `bookings_waiting` have not ended.
        unprinted: bills among the rows whose newest slip is not known to be on paper.
        cases: all open ones, of any day and kind.
        customer_s: average seconds from a bill's beginning to its value given, over the newest 2,000 vouchers at most;
            bills that took longer than an hour, or whose clock was set back, are left out. None: there is none.
    """

    redeemed_vnd: int = 0
    vouchers: int = 0
    bills: int = 0
    at_risk_vnd: int = 0
    at_risk: int = 0
    at_risk_oldest_utc: datetime | None = None
    loss_vnd: int = 0
    losses: int = 0
    open_vnd: int = 0
    open: int = 0
    taken_back: int = 0
    sold_vnd: int = 0
    sales: int = 0
    codes: int = 0
    sales_waiting: int = 0
    booked_vnd: int = 0
    bookings: int = 0
    bookings_waiting: int = 0
    unprinted: int = 0
    cases: int = 0
    case_oldest_utc: datetime | None = None
    customer_s: float | None = None


@dataclass(frozen=True, slots=True)
class HourBar:
    """What was redeemed of one issuer in one hour (0–23) of the shop's wall clock, all days of the query together."""

    hour: int
    issuer: str
    amount_vnd: int
    count: int


def hours_of(bars: Sequence[HourBar]) -> tuple[int, ...]:
    """Every hour from the first bar's to the last one's, over midnight too, so that a quiet hour is seen as one."""
    if not bars:
        return ()
    first, last = bars[0].hour, bars[-1].hour
    return tuple((first + n) % 24 for n in range((last - first) % 24 + 1))


@dataclass(frozen=True, slots=True)
class DayView:
    """The answer to a query but for its rows; all of one moment.

    Args:
        rows: how many the query has.
        hours: from the hour at which the shop's day begins, then by issuer; hours without any are missing. Their sum
            is `figures.redeemed_vnd`.
        issuers, people: all that occur in the dates of the query, whatever its other filters; for choosing.
        unreadable: parts of the journal that stand on damaged pages and are missing here; 0: all was read.
        revision: of the journal; a later number on `JournalChanged` says that this may be old.
    """

    query: Query
    figures: Figures
    rows: int
    hours: tuple[HourBar, ...]
    issuers: tuple[str, ...]
    people: tuple[str, ...]
    unreadable: int
    revision: int


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some rows of a query, newest first (by business date, then by time of making); all of one moment.

    Args:
        first_index: of `rows[0]` among all rows of the query.
        total: how many there are; None: not counted yet (the page came before the count did).
        unreadable: as in `DayView`.
        revision: pages of one number fit together; one of another may repeat or skip a row.
    """

    query: Query
    first_index: int
    rows: tuple[DayRow, ...]
    total: int | None
    unreadable: int
    revision: int


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A query under a name. Its dates are kept as days before today (0: today), so that it stays of use tomorrow."""

    name: str
    query: Query
