"""What stands in a row itself, for its timeline and for the issuer's support. Nothing secret is read."""

from __future__ import annotations

from pos.journal.review_look import Look
from pos.till.review.day_views import DayRow, RowKind
from pos.till.review.timeline_views import FACTS, Value

_COLUMNS = {
    RowKind.REDEMPTION: (
        "SELECT worth_vnd, nullif(lost_vnd, 0) AS lost_vnd, iif(declared, 1, NULL) AS declared, transaction_id,"
        " given_utc, nullif(hold, 'none') AS hold, sends,"
        " (SELECT quarantine FROM outbox o WHERE o.redemption_id = redemption.id) AS quarantine FROM redemption"
    ),
    RowKind.SALE: (
        "SELECT order_id, product_code, supplier, charged_vnd, transaction_id, sends,"
        " iif(phone_sealed IS NULL, NULL, 1) AS by_phone FROM sale"
    ),
    RowKind.BOOKING: (
        "SELECT number AS booking_number, price_vnd, nullif(applied_vnd, 0), nullif(discount_vnd, 0),"
        " transaction_id,"
        " nullif(payment_status, '') AS payment_status, nullif(issue_status, '') AS issue_status, payment_ref"
        " FROM booking"
    ),
}
_NAMES = {
    RowKind.REDEMPTION: (
        "worth_vnd", "lost_vnd", "declared", "transaction_id", "given_utc", "hold", "sends", "quarantine",
    ),
    RowKind.SALE: (
        "order_id", "product_code", "supplier", "charged_vnd", "transaction_id", "sends", "by_phone",
    ),
    RowKind.BOOKING: (
        "booking_number", "price_vnd", "applied_vnd", "discount_vnd", "transaction_id", "payment_status",
        "issue_status", "payment_ref",
    ),
}  # fmt: skip
_YES = frozenset({"declared", "by_phone"})
_REFERENCES = {
    RowKind.REDEMPTION: "SELECT '', transaction_id FROM redemption WHERE id = :id",
    RowKind.SALE: "SELECT order_id, transaction_id FROM sale WHERE id = :id",
    RowKind.BOOKING: "SELECT transaction_id, payment_ref FROM booking WHERE id = :id",
}


def facts_of(now: Look, kind: RowKind, row: DayRow) -> tuple[tuple[str, Value], ...]:
    """The facts that are there, in the order of `FACTS`."""
    known: dict[str, Value | None] = {}
    for found in now.readable(f"{_COLUMNS[kind]} WHERE id = :id", {"id": row.id}):
        known.update(zip(_NAMES[kind], found, strict=True))
    for total in now.readable("SELECT total_vnd FROM bill WHERE number = :bill", {"bill": row.bill_number}):
        known["bill_total_vnd"] = total[0]
    facts = []
    for name in FACTS:
        value = known.get(name)
        if value is not None:
            facts.append((name, bool(value) if name in _YES else value))
    return tuple(facts)


def references_of(now: Look, kind: RowKind, row_id: str) -> tuple[str, str]:
    """Our own reference and the issuer's; empty where there is none."""
    found = now.readable(_REFERENCES[kind], {"id": row_id})
    return (found[0][0] or "", found[0][1] or "") if found else ("", "")
