"""The rows of the manager's table: from columns to `DayRow`."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from datetime import date
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.journal.review_sql import AMOUNT, BOOKING_STANDING, REDEMPTION_STANDING, SALE_STANDING
from pos.journal.rows import skus
from pos.till.review.day_views import DayRow, RowKind, RowStatus, Slip, Standing

_NEWEST_SLIP = "(SELECT {} FROM print_job p WHERE p.bill_number = {}.bill_number ORDER BY p.copy DESC LIMIT 1)"


def _slip(table: str) -> str:
    return f"{_NEWEST_SLIP.format('p.state', table)}, {_NEWEST_SLIP.format('p.copy', table)}"


_REDEMPTION = (
    f"id, created_utc, business_date, cashier, provider, amount_vnd, code_ending, {REDEMPTION_STANDING}, outcome,"
    " given, taking_back"
)
"""All of it stands in the day's index too."""
DETAILS = {
    RowKind.REDEMPTION: f"""SELECT {_REDEMPTION}, bill_number, {_slip("redemption")}, skus, reason,
        EXISTS (SELECT 1 FROM cases l WHERE l.redemption_id = redemption.id AND l.kind = 'late_effect'),
        EXISTS (SELECT 1 FROM decision d WHERE d.redemption_id = redemption.id AND d.accepted = 1)
        FROM redemption""",
    RowKind.SALE: f"""SELECT id, created_utc, business_date, cashier, seller, price_vnd,
        ifnull((SELECT substr(c.serial, -4) FROM sale_code c WHERE c.sale_id = sale.id AND sale.quantity = 1), ''),
        {SALE_STANDING}, outcome, closed, quantity, bill_number, {_slip("sale")}, product_name, reason FROM sale""",
    RowKind.BOOKING: f"""SELECT id, created_utc, business_date, cashier, issuer, {AMOUNT[RowKind.BOOKING]},
        ifnull(code_ending, ''), {BOOKING_STANDING}, money, journey, closed, bill_number, {_slip("booking")},
        number || ' ' || title, NULL FROM booking""",
}
"""Columns of one row each; `WHERE id …` follows."""
BARE_REDEMPTIONS = (
    f"SELECT {_REDEMPTION} FROM redemption INDEXED BY redemption_of_day"
    " WHERE business_date BETWEEN :first AND :last AND id = :i"
)
"""What is left of a redemption whose own page cannot be read."""

_SLIPS = {
    "pending": Slip.PENDING, "printing": Slip.PENDING, "printed": Slip.PRINTED, "sent": Slip.SENT,
    "doubtful": Slip.DOUBTFUL, "cancelled": Slip.CANCELLED, None: Slip.NONE,
}  # fmt: skip
_ON_PAPER = frozenset({Slip.PRINTED, Slip.SENT})
_REDEMPTION_STATUS = {
    ("unsent", 0): RowStatus.UNSENT,
    ("unsent", 1): RowStatus.OFFLINE_UNSENT,
    ("in_flight", 0): RowStatus.SENDING,
    ("in_flight", 1): RowStatus.OFFLINE_SENDING,
    ("unknown", 0): RowStatus.UNKNOWN,
    ("unknown", 1): RowStatus.OFFLINE_UNKNOWN,
    ("used", 0): RowStatus.NOT_GIVEN,
    ("used", 1): RowStatus.USED,
    ("refused", 0): RowStatus.REFUSED,
    ("refused", 1): RowStatus.LOST,
    ("dropped", 0): RowStatus.DROPPED,
}
_SALE_STATUS = {
    ("unsent", 0): RowStatus.SALE_UNSENT,
    ("in_flight", 0): RowStatus.SALE_SENDING,
    ("unknown", 0): RowStatus.SALE_WAITING,
    ("bought", 0): RowStatus.SALE_TO_HAND_OVER,
    ("not_bought", 0): RowStatus.SALE_TO_PAY_BACK,
    ("dropped", 0): RowStatus.SALE_TO_PAY_BACK,
    ("bought", 1): RowStatus.SALE_DONE,
    ("not_bought", 1): RowStatus.SALE_PAID_BACK,
    ("dropped", 1): RowStatus.SALE_PAID_BACK,
}
_BOOKING_OPEN = {
    "unsent": RowStatus.BOOKING_NOT_SENT,
    "in_flight": RowStatus.BOOKING_WAITING,
    "open": RowStatus.BOOKING_WAITING,
    "held": RowStatus.BOOKING_HELD,
    "issued": RowStatus.BOOKING_TO_HAND_OVER,
}


def day_row(kind: RowKind, row: tuple[Any, ...]) -> DayRow:
    """A row of `DETAILS[kind]`, or of `BARE_REDEMPTIONS`."""
    bare = len(row) == 11
    slip = Slip.NONE if bare else _SLIPS[row[12]]
    if slip in _ON_PAPER and row[13]:
        slip = Slip.COPY
    return DayRow(
        kind=kind,
        id=row[0],
        at_utc=from_utc_text(row[1]),
        business_date=date.fromisoformat(row[2]),
        bill_number="" if bare else row[11],
        ending=row[6],
        issuer=row[4],
        what="" if bare else _what(kind, row[14]),
        quantity=row[10] if kind is RowKind.SALE else 1,
        amount_vnd=row[5],
        standing=Standing(row[7]),
        status=_STATUS[kind](row),
        slip=slip,
        cashier=row[3],
        reason=None if bare else row[15],
        unreadable=bare,
    )


def _what(kind: RowKind, text: str | None) -> str:
    if kind is not RowKind.REDEMPTION:
        return (text or "").strip()
    return ", ".join(f"{line.quantity} × {line.sku}" for line in skus(text))


def _redemption_status(row: tuple[Any, ...]) -> RowStatus:
    standing, outcome, given, taking_back = row[7:11]
    late, by_word = row[16:18] if len(row) > 16 else (0, 0)
    if taking_back == "done":
        return RowStatus.TAKEN_BACK
    if taking_back in ("open", "by_hand"):
        return RowStatus.TAKING_BACK if taking_back == "open" else RowStatus.NOT_TAKEN_BACK
    if outcome == "used" and not given and (late or standing == "dropped"):
        return RowStatus.LATE_SETTLED if standing == "dropped" else RowStatus.LATE
    if by_word and (outcome, given) == ("used", 1):
        return RowStatus.USED_BY_WORD
    return _REDEMPTION_STATUS[outcome, given]


def _sale_status(row: tuple[Any, ...]) -> RowStatus:
    return _SALE_STATUS[row[8], row[9]]


def _booking_status(row: tuple[Any, ...]) -> RowStatus:
    money, journey, closed = row[8:11]
    if closed:
        if money == "taken":
            return RowStatus.BOOKING_DONE
        return RowStatus.BOOKING_PAID_BACK if money == "paid_back" else RowStatus.BOOKING_GIVEN_UP
    if money == "not_taken":
        return RowStatus.BOOKING_BEGUN
    return _BOOKING_OPEN.get(journey, RowStatus.BOOKING_TO_PAY_BACK)


_STATUS = {
    RowKind.REDEMPTION: _redemption_status,
    RowKind.SALE: _sale_status,
    RowKind.BOOKING: _booking_status,
}
