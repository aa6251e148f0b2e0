"""The timeline of one redemption, sale or booking: what happened, in order, in stable words. No secret, no whole code.

`ENTRY_PARAMS` lists every kind of entry with the params it may carry: `timeline.<kind>` in the locale files. A param
without a value is left out. Params whose values are stable words themselves: `reason`, `result`, `failure`, `case`,
`note`, `word`, `why`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.till.review.day_views import DayRow

Value = str | int | bool


class Tone(StrEnum):
    """What an entry means, for its colour and sign."""

    PLAIN = "plain"
    GOOD = "good"  # the issuer says yes, the paper is there
    BAD = "bad"  # refused, lost
    UNKNOWN = "unknown"  # nobody knows, or it waits
    RISK = "risk"  # given at the shop's risk
    PERSON = "person"  # somebody decided


_CALL = ("call",)
_ANSWER = ("operation", "result", "http_status", "failure", "raw", "call", "again")
_MOVE = ("reason", "worth_vnd", "transaction", "note", "inquiry")
_SALE_MOVE = ("reason", "reason_code", "transaction_id", "charged_vnd", "note")
_STEP = ("word", "amount_vnd")

ENTRY_PARAMS: dict[str, tuple[str, ...]] = {
    # the bill and its row
    "bill": ("bill", "total_vnd", "lines"),
    "redemption": ("amount_vnd", "worth_vnd", "declared"),
    "amounts": ("amount_vnd", "worth_vnd", "lost_vnd"),
    "sale": ("product", "quantity", "price_vnd", "by_phone"),
    "booking": ("booking", "product", "price_vnd", "applied_vnd"),
    # calls: how long each took stands on its answer
    **{f"call.{operation}": _CALL for operation in (
        "mark_used", "reserve", "release", "inquire", "recheck", "take_back",
        "buy", "ask", "status",
        "look", "validate", "redeem", "order", "commit", "poll", "commit_result",
    )},
    "answer": _ANSWER,
    "no_answer": ("operation", "failure", "result", "call", "again", "http_status", "raw"),
    # a redemption's changes (pos.domain.redemption.Event, HoldEvent)
    **{f"move.{event}": _MOVE for event in (
        "not_sent", "lost", "used_here", "used", "refused", "proven_unused", "accept_offline", "hand_over",
        "drop", "restart", "late_effect",
    )},
    "offline_accepted": ("worth_vnd", "declared", "checked_age_s", "at_risk_vnd", "alone", "manager"),
    **{f"hold.{event}": () for event in (
        "reserve", "held", "not_held", "lost", "release", "released", "consumed", "restart",
    )},
    "shown": (),
    "quarantine": ("why",),
    "unparked": ("why",),
    # persons
    "decision.accepted": ("manager", "reason"),
    "decision.rejected": ("manager", "reason"),
    **{f"taken_back.{step}": ("manager", "reason", "call") for step in (
        "begun", "again", "done", "refused", "by_hand",
    )},
    "case.opened": ("case", "amount_vnd", "reason"),
    "case.closed": ("case", "closure"),
    "case.owner": ("case", "owner"),
    # a sale's changes (pos.domain.sale.SaleEvent)
    **{f"sale.move.{event}": _SALE_MOVE for event in (
        "not_sent", "lost", "bought", "not_bought", "never_arrived", "drop", "handed_over", "paid_back",
        "restart",
    )},
    "sale.mark": ("confirming", "incomplete", "unreadable"),
    "sale.codes": ("count", "endings"),
    **{f"sale.shown.{how}": ("approved_by", "reason") for how in ("print", "screen", "decrypt")},
    # a booking's steps (pos.till.booking.views.StepKind; their words: `booking.step.<kind>`)
    "booking.voucher": ("ending", "discount_vnd"),
    **{f"booking.step.{kind}": _STEP for kind in (
        "looked_up", "voucher_sent", "voucher_used", "voucher_refused", "voucher_not_sent", "voucher_lost",
        "voucher_unused", "voucher_dropped", "voucher_late", "ordered", "order_refused", "order_failed",
        "amount_differs", "money_taken", "commit_sent", "commit_not_sent", "commit_answered", "commit_lost",
        "commit_refused", "restarted", "asked", "second_opinion", "set_aside", "held", "by_hand", "issued",
        "payment_failed", "refunded", "expired", "given_up", "paid_back", "closed", "settled",
    )},
    "booking.settled": ("finding", "closure"),
    # paper and drawer
    "slip": ("copy",),
    **{f"slip.{state}": ("copy", "note") for state in (
        "pending", "printing", "printed", "sent", "doubtful", "cancelled",
    )},
    "drawer": ("reason",),
    # what a later program wrote: its own word, and nothing else of it
    "other": ("kind",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Args:
        kind: a key of `ENTRY_PARAMS`; `params` the values, by the names that stand there.
        who: person or part of the program (`printer`, `settle`, …); empty: not recorded.
        took_s: seconds from the call to this answer, by the wall clock; None: no answer, or it was set back meanwhile.
    """

    at_utc: datetime
    kind: str
    who: str = ""
    params: tuple[tuple[str, Value], ...] = ()
    took_s: float | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Timeline:
    """One row and all that is known of it.

    Args:
        facts: what stands in the row, by stable name (`timeline.fact.<name>`), see `FACTS`.
        entries: oldest first, in the order in which they were written.
        unreadable: parts that stand on damaged pages and are missing here.
    """

    row: DayRow
    facts: tuple[tuple[str, Value], ...]
    entries: tuple[Entry, ...]
    unreadable: int = 0


FACTS = (
    "bill_total_vnd", "worth_vnd", "lost_vnd", "declared", "transaction_id", "given_utc", "hold", "sends", "quarantine",
    "order_id", "product_code", "supplier", "charged_vnd", "by_phone",
    "booking_number", "price_vnd", "applied_vnd", "discount_vnd", "payment_status", "issue_status", "payment_ref",
)  # fmt: skip
"""Names of facts, in the order shown."""


@dataclass(frozen=True, slots=True)
class SupportCall:
    """One call as the issuer's support can find it in its own log."""

    call_id: str
    operation: str
    at_utc: datetime
    answered_utc: datetime | None
    http_status: int | None
    result: str


@dataclass(frozen=True, slots=True)
class SupportFacts:
    """What an issuer's support needs to find a voucher's use, and nothing secret.

    Args:
        reference: our order id (sale), transaction id sent with the payment (booking), empty for a redemption.
        transaction_id: the issuer's own, if it gave one.
    """

    kind: str
    issuer: str
    bill_number: str
    ending: str
    amount_vnd: int
    at_utc: datetime
    status: str
    reference: str
    transaction_id: str
    calls: tuple[SupportCall, ...]
