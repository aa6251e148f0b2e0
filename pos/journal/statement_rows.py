"""Rows of the journal as a statement sees them: redemptions, sales and bookings of one issuer and some days."""
# ruff: noqa: S608 – SQL is put together from this module's own constants; values are always bound

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pos.domain.statement_rows import OurRow, Standing

_LOCAL = "date({}, '+7 hours')"
"""The calendar's day at the counter: issuers know no hour of change."""

REDEMPTIONS = f"""
SELECT id, bill_number, code_ending, transaction_id, amount_vnd, amount_vnd + lost_vnd, {_LOCAL.format("created_utc")},
    ifnull({_LOCAL.format("sent_utc")}, ''), created_utc, outcome, given, taking_back
FROM redemption WHERE business_date BETWEEN ? AND ? AND provider = ? ORDER BY business_date, id LIMIT ?
"""

SALES = f"""
SELECT s.id, s.bill_number, s.transaction_id, s.order_id, ifnull(s.charged_vnd, s.price_vnd), s.price_vnd,
    {_LOCAL.format("s.created_utc")}, ifnull({_LOCAL.format("s.sent_utc")}, ''), s.created_utc, s.outcome,
    CASE WHEN s.quantity = 1 THEN (SELECT substr(c.serial, -4) FROM sale_code c WHERE c.sale_id = s.id) END
FROM sale s WHERE s.business_date BETWEEN ? AND ? AND s.seller = ? ORDER BY s.business_date, s.id LIMIT ?
"""

BOOKINGS = f"""
SELECT id, bill_number, code_ending, transaction_id, number, payment_ref,
    ifnull(signed_vnd, price_vnd - applied_vnd), price_vnd, {_LOCAL.format("created_utc")},
    ifnull({_LOCAL.format("committed_utc")}, ''), created_utc, journey, money
FROM booking WHERE business_date BETWEEN ? AND ? AND issuer = ? ORDER BY business_date, id LIMIT ?
"""


def redemption(row: Sequence[Any]) -> OurRow:
    """One redemption: used there or given here, it belongs into the statement."""
    row_id, bill, ending, transaction, amount, worth, day, sent, created, outcome, given, taking_back = row
    standing, note = Standing.NOT_GIVEN, ""
    if taking_back == "done":
        standing = Standing.TAKEN_BACK
    elif given or outcome == "used":
        standing = Standing.DUE
        note = {"used": "", "refused": "loss", "unsent": "never_sent"}.get(outcome, "not_confirmed")
    elif outcome in ("in_flight", "unknown"):
        standing = Standing.OPEN
    references = (transaction,) if transaction else ()
    return OurRow(
        "redemption", row_id, bill, ending.upper(), references, amount, worth, day, sent, created, standing, note
    )


def sale(row: Sequence[Any]) -> OurRow:
    """One sale of codes: bought at the seller, it is billed."""
    row_id, bill, transaction, order, charged, price, day, sent, created, outcome, serial = row
    standing = {"bought": Standing.DUE, "in_flight": Standing.OPEN, "unknown": Standing.OPEN}
    references = tuple(dict.fromkeys(each for each in (transaction, order) if each))
    return OurRow(
        "sale", row_id, bill, (serial or "").upper(), references, charged, price, day, sent, created,
        standing.get(outcome, Standing.NOT_GIVEN),
    )  # fmt: skip


def booking(row: Sequence[Any]) -> OurRow:
    """One payment of a booking: issued, it is billed."""
    row_id, bill, ending, transaction, number, payment, amount, price, day, sent, created, journey, money = row
    standing = Standing.NOT_GIVEN
    if journey == "issued":
        standing = Standing.DUE
    elif journey == "refunded":
        standing = Standing.TAKEN_BACK
    elif money == "taken":
        standing = Standing.OPEN
    references = tuple(dict.fromkeys(each for each in (transaction, number, payment) if each))
    return OurRow(
        "booking", row_id, bill, (ending or "").upper(), references, amount, price, day, sent, created, standing
    )


def batches(cursor: Any, size: int = 5000) -> Iterator[list[Sequence[Any]]]:  # noqa: ANN401 - a `sqlite3.Cursor`
    """What a question finds, piece by piece."""
    while found := cursor.fetchmany(size):
        yield found
