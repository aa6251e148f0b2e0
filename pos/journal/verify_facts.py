"""Rows from before the chain had seals, judged by what the facts of their links say.

Only what a fact says of a column in so many words: amounts, outcome, reasons, states, how a case was closed. The rest
of such a row stands by its link only, until it is written again and sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Said = tuple[str, str, dict[str, object]]
"""Table, key, and what its columns should be."""

_SAME: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "bill": ("bill", (("total_vnd", "total_vnd"),)),
    "redemption": (
        "redemption",
        (
            ("bill", "bill_number"), ("provider", "provider"), ("ending", "code_ending"), ("worth_vnd", "worth_vnd"),
            ("amount_vnd", "amount_vnd"), ("declared", "declared"),
        ),
    ),
    "amounts": (
        "redemption", (("worth_vnd", "worth_vnd"), ("amount_vnd", "amount_vnd"), ("lost_vnd", "lost_vnd")),
    ),
    "move": ("redemption", (("transaction", "transaction_id"), ("worth_vnd", "worth_vnd"))),
    "hold": ("redemption", (("to", "hold"),)),
    "slip": ("print_job", (("bill", "bill_number"), ("copy", "copy"))),
    "slip.state": ("print_job", (("state", "state"), ("note", "note"))),
    "decision": ("decision", (("accepted", "accepted"), ("manager", "manager"), ("reason", "reason"))),
    "person.added": ("person", (("name", "name"), ("role", "role"))),
    "sale": (
        "sale",
        (
            ("bill", "bill_number"), ("seller", "seller"), ("order", "order_id"), ("product", "product_code"),
            ("quantity", "quantity"), ("face_vnd", "face_vnd"), ("price_vnd", "price_vnd"),
        ),
    ),
    "sale.move": ("sale", (("transaction_id", "transaction_id"), ("charged_vnd", "charged_vnd"))),
    "booking": (
        "booking",
        (
            ("bill", "bill_number"), ("issuer", "issuer"), ("booking", "number"), ("price_vnd", "price_vnd"),
            ("applied_vnd", "applied_vnd"), ("transaction", "transaction_id"),
        ),
    ),
    "booking.voucher": ("booking", (("ending", "code_ending"), ("discount_vnd", "discount_vnd"))),
}  # fmt: skip
"""By kind: the table whose key is the change's `ref`, and which fact is which column."""


def said(change: dict[str, Any]) -> Iterator[Said]:
    """What one change says of rows."""
    kind, ref, facts = change["kind"], change["ref"], change["facts"]
    if kind in _SAME:
        table, pairs = _SAME[kind]
        columns = {column: _plain(facts[fact]) for fact, column in pairs if fact in facts}
        columns.update(_state(kind, facts))
        yield table, ref, columns
    if kind == "case.closed":
        yield "cases", str(facts["case"]), {"kind": facts["kind"], "closure": facts["closure"]}


def _state(kind: str, facts: dict[str, Any]) -> dict[str, object]:
    if kind == "move":
        outcome, _, given = facts["to"].partition("/")
        return {"outcome": outcome, "given": int(given == "yes"), "reason": facts.get("reason")}
    if kind == "sale.move":
        outcome, _, closed = facts["to"].partition("/")
        return {"outcome": outcome, "closed": int(closed == "closed")}
    return {}


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value
