"""Rows of the journal as a statement sees them: redemptions, sales and bookings of one issuer and some days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from pos.domain.statement_rows import OurRow, Standing

REDEMPTIONS = """
SELECT id, bill_number, code_ending, transaction_id, amount_vnd, amount_vnd + lost_vnd, sent_utc,
    created_utc, outcome, given, taking_back
FROM redemption WHERE business_date BETWEEN ? AND ? AND provider = ? ORDER BY business_date, id LIMIT ?
"""

SALES = """
SELECT s.id, s.bill_number, s.transaction_id, s.order_id, ifnull(s.charged_vnd, s.price_vnd), s.price_vnd,
    s.sent_utc, s.created_utc, s.outcome,
    CASE WHEN s.quantity = 1 THEN (SELECT substr(c.serial, -4) FROM sale_code c WHERE c.sale_id = s.id) END
FROM sale s WHERE s.business_date BETWEEN ? AND ? AND s.seller = ? ORDER BY s.business_date, s.id LIMIT ?
"""

BOOKINGS = """
SELECT id, bill_number, code_ending, transaction_id, number, payment_ref,
    ifnull(signed_vnd, price_vnd - applied_vnd), price_vnd, committed_utc,
    created_utc, journey, money
FROM booking WHERE business_date BETWEEN ? AND ? AND issuer = ? ORDER BY business_date, id LIMIT ?
"""


def _day(at_utc: str | None) -> str:
    """The calendar's day at the counter: issuers know no hour of change. Empty for none."""
    if at_utc is None:
        return ""
    return at_utc[:10] if at_utc[11:13] < _MIDNIGHT_UTC else _day_after(at_utc[:10])


_MIDNIGHT_UTC = "17"
"""The hour at which Viet Nam's next day begins."""


@lru_cache(maxsize=1024)
def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


_NOTES = {"used": "", "refused": "loss", "unsent": "never_sent"}
_SOLD = {"bought": Standing.DUE, "in_flight": Standing.OPEN, "unknown": Standing.OPEN}


def redemption(row: Sequence[Any]) -> OurRow:
    """One redemption: used there or given here, it belongs into the statement."""
    row_id, bill, ending, transaction, amount, worth, sent, created, outcome, given, taking_back = row
    standing, note = Standing.NOT_GIVEN, ""
    if taking_back == "done":
        standing = Standing.TAKEN_BACK
    elif given or outcome == "used":
        standing = Standing.DUE
        note = _NOTES.get(outcome, "not_confirmed")
    elif outcome in ("in_flight", "unknown"):
        standing = Standing.OPEN
    references = (transaction,) if transaction else ()
    return OurRow(
        "redemption",
        row_id,
        bill,
        ending.upper(),
        references,
        amount,
        worth,
        _day(created),
        _day(sent),
        created,
        standing,
        note,
    )


def sale(row: Sequence[Any]) -> OurRow:
    """One sale of codes: bought at the seller, it is billed."""
    row_id, bill, transaction, order, charged, price, sent, created, outcome, serial = row
    references = tuple(dict.fromkeys(each for each in (transaction, order) if each))
    return OurRow(
        "sale", row_id, bill, (serial or "").upper(), references, charged, price, _day(created), _day(sent),
        created,
        _SOLD.get(outcome, Standing.NOT_GIVEN),
    )  # fmt: skip


def booking(row: Sequence[Any]) -> OurRow:
    """One payment of a booking: issued, it is billed."""
    row_id, bill, ending, transaction, number, payment, amount, price, sent, created, journey, money = row
    standing = Standing.NOT_GIVEN
    if journey == "issued":
        standing = Standing.DUE
    elif journey == "refunded":
        standing = Standing.TAKEN_BACK
    elif money == "taken":
        standing = Standing.OPEN
    references = tuple(dict.fromkeys(each for each in (transaction, number, payment) if each))
    return OurRow(
        "booking",
        row_id,
        bill,
        (ending or "").upper(),
        references,
        amount,
        price,
        _day(created),
        _day(sent),
        created,
        standing,
    )


def batches(cursor: Any, size: int = 5000) -> Iterator[list[Sequence[Any]]]:  # noqa: ANN401 - a `sqlite3.Cursor`
    """What a question finds, piece by piece."""
    while found := cursor.fetchmany(size):
        yield found
