"""The timeline of one row: every piece of evidence as an entry of `ENTRY_PARAMS`, in the order of writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.journal.review_evidence import Call, Change, Evidence, Place, began, calls_of, evidence_of
from pos.journal.review_facts import facts_of, references_of
from pos.journal.review_look import Look, Row
from pos.till.review.day_views import DayRow, RowKind
from pos.till.review.timeline_views import ENTRY_PARAMS, Entry, SupportCall, SupportFacts, Timeline, Tone

Placed = tuple[Place, Entry]

_DECISION = "SELECT accepted, manager, reason, at_utc FROM decision WHERE redemption_id = :id"
_TAKEN_BACK = "SELECT step, call_id, manager, reason, at_utc FROM taken_back WHERE redemption_id = :id"
_SHOWINGS = "SELECT how, who, approved_by, reason, at_utc FROM code_showing WHERE sale_id = :id ORDER BY id"
_STEPS = "SELECT kind, who, word, amount_vnd, at_utc FROM booking_step WHERE booking_id = :id ORDER BY id"

_ATTEMPTS = ("attempt", "sale.attempt", "booking.attempt")
_OPENED = ("case.opened", "sale.case.opened", "booking.case.opened", "day_case.opened")
_CLOSED = ("case.closed", "sale.case.closed", "booking.case.closed", "day_case.closed")
# Changes that a table tells better, and those that only repeat what another entry says.
_TOLD_BY_TABLES = frozenset({
    *_ATTEMPTS, *_OPENED, *_CLOSED, "answer", "decision", "taken_back", "sale.shown", "booking.move", "booking.mark",
    "drawer.end", "rows",
})  # fmt: skip
_REPEATED = frozenset({"move.send", "hold.reserve", "hold.release", "sale.move.send"})
_TONES = {
    Tone.GOOD: (
        "move.used", "move.used_here", "move.hand_over", "hold.held", "sale.move.bought", "sale.move.handed_over",
        "sale.codes", "slip.printed", "slip.sent", "taken_back.done", "booking.step.issued", "booking.step.closed",
        "booking.step.voucher_used",
    ),
    Tone.BAD: (
        "move.refused", "taken_back.refused", "sale.move.not_bought", "booking.step.voucher_refused",
        "booking.step.payment_failed", "booking.step.expired", "booking.step.order_refused",
        "booking.step.commit_refused",
    ),
    Tone.UNKNOWN: (
        "no_answer", "move.lost", "move.restart", "move.late_effect", "hold.lost", "hold.restart", "quarantine",
        "sale.move.lost", "sale.move.restart", "slip.doubtful", "taken_back.by_hand", "booking.step.voucher_lost",
        "booking.step.commit_lost", "booking.step.held", "booking.step.by_hand", "case.opened",
    ),
    Tone.RISK: ("move.accept_offline", "offline_accepted"),
    Tone.PERSON: (
        "decision.accepted", "decision.rejected", "taken_back.begun", "taken_back.again", "case.closed", "case.owner",
        "unparked", "booking.settled", "booking.step.settled", "sale.move.paid_back", "booking.step.paid_back",
    ),
}  # fmt: skip
_TONE = {kind: tone for tone, kinds in _TONES.items() for kind in kinds}


def timeline(now: Look, kind: RowKind, row: DayRow) -> Timeline:
    """All about one row, oldest first."""
    known = evidence_of(now, kind, row)
    placed = [*_calls(known), *_cases(known), *_changes(known), *_by_hand(now, known)]
    placed.sort(key=lambda one: one[0].order)
    entries = tuple(entry for _, entry in placed)
    return Timeline(row, facts_of(now, kind, row), entries, now.unreadable)


def support_facts(now: Look, kind: RowKind, row: DayRow) -> SupportFacts:
    """What an issuer's support needs to find it."""
    reference, transaction_id = references_of(now, kind, row.id)
    return SupportFacts(
        kind.value, row.issuer, row.bill_number, row.ending, row.amount_vnd, row.at_utc, row.status.value, reference,
        transaction_id, tuple(_support_call(call) for call in calls_of(now, kind, row.id)),
    )  # fmt: skip


def _support_call(call: Call) -> SupportCall:
    last = call.answers[-1] if call.answers else None
    return SupportCall(
        call.call_id, call.operation, from_utc_text(call.at_utc), None if last is None else from_utc_text(last[1]),
        None if last is None else last[4], "" if last is None else last[2],
    )  # fmt: skip


def _entry(
    place: Place, kind: str, facts: dict[str, Any], *, who: str | None = None, took_s: float | None = None
) -> Placed:
    if kind not in ENTRY_PARAMS:  # written by a later program
        kind, facts = "other", {"kind": kind}
    params = tuple((name, facts[name]) for name in ENTRY_PARAMS[kind] if facts.get(name) is not None)
    tone = _TONE.get(kind, Tone.PLAIN)
    return place, Entry(from_utc_text(place.at_utc), kind, place.actor if who is None else who, params, took_s, tone)


def _calls(known: Evidence) -> Iterator[Placed]:
    for call in known.calls:
        start = began(call, known.change(_ATTEMPTS, call.call_id))
        yield _entry(start, f"call.{call.operation}", {"call": call.call_id})
        for answer in call.answers:
            yield _answer(known, call, start, answer)


def _answer(known: Evidence, call: Call, start: Place, answer: Row) -> Placed:
    nth, at_utc, result, answered, http_status, failure, raw = answer
    change = known.change(("answer",), call.call_id, nth)
    place = known.place(at_utc, change)
    took_s = (from_utc_text(at_utc) - from_utc_text(call.at_utc)).total_seconds()
    facts = {
        "operation": call.operation, "result": result, "http_status": http_status, "failure": failure, "raw": raw,
        "call": call.call_id, "again": True if nth else None,
    }  # fmt: skip
    kind = "answer" if answered or http_status is not None else "no_answer"
    who = start.actor if change is None else None
    return _entry(place, kind, facts, who=who, took_s=took_s if took_s >= 0 else None)


def _cases(known: Evidence) -> Iterator[Placed]:
    turns: Counter[tuple[str, str]] = Counter()
    for kind, opened_utc, closed_utc, closed_by, closure, ref, amount_vnd, reason in known.cases:
        nth = turns[ref, kind]
        opening = known.change(_OPENED, ref, nth, kind=kind)
        opened = {"case": kind, "amount_vnd": amount_vnd, "reason": reason}
        yield _entry(known.place(opened_utc, opening), "case.opened", opened)
        if closed_utc is not None:
            closing = known.change(_CLOSED, ref, nth, kind=kind)
            told = {"case": kind, "closure": closure}
            yield _entry(known.place(closed_utc, closing), "case.closed", told, who=closed_by)
        turns[ref, kind] += 1


def _changes(known: Evidence) -> Iterator[Placed]:
    for change in known.changes:
        if change.kind not in _TOLD_BY_TABLES:
            told = _told(known, change)
            if told is not None and told[0] not in _REPEATED:
                yield _entry(change.place, *told)
    seen = {change.ref for change in known.changes if change.kind == "slip.state"}
    for job_id, copy, state, created_utc, note in known.jobs.values():
        if job_id not in seen and state != "pending":  # its links cannot be read
            yield _entry(known.place(created_utc), f"slip.{state}", {"copy": copy, "note": note})


def _told(known: Evidence, change: Change) -> tuple[str, dict[str, Any]] | None:
    """Kind and facts of a change's entry; None: it is about something else, or a table tells it."""
    kind, facts, row = change.kind, change.facts, known.row
    if change.ref not in (row.id, row.bill_number, *known.jobs):
        return None
    if kind == "case.owner":
        return kind, {"case": facts.get("kind"), "owner": facts.get("owner")}
    if change.ref in known.jobs:
        copy = known.jobs[change.ref][1]
        return (f"slip.{facts.get('state')}" if kind == "slip.state" else kind), {"copy": copy, **facts}
    if change.ref == row.bill_number and kind == "bill":
        return kind, {"bill": change.ref, **facts}
    if kind in ("move", "hold", "sale.move"):
        return f"{kind}.{facts.get('event')}", facts
    return kind, facts


def _by_hand(now: Look, known: Evidence) -> Iterator[Placed]:
    """What persons decided, saw and did, as the tables of evidence have it."""
    row_id = known.row.id
    values = {"id": row_id}
    if known.row.kind is RowKind.REDEMPTION:
        for accepted, manager, reason, at_utc in now.readable(_DECISION, values):
            place = known.place(at_utc, known.change(("decision",), row_id))
            kind = "decision.accepted" if accepted else "decision.rejected"
            yield _entry(place, kind, {"manager": manager, "reason": reason}, who=manager)
        for step, call_id, manager, reason, at_utc in now.readable(_TAKEN_BACK, values):
            place = known.place(at_utc, known.change(("taken_back",), row_id, step=step))
            facts = {"manager": manager, "reason": reason, "call": call_id}
            yield _entry(place, f"taken_back.{step}", facts)
    elif known.row.kind is RowKind.SALE:
        for nth, (how, who, approved_by, reason, at_utc) in enumerate(now.readable(_SHOWINGS, values)):
            place = known.place(at_utc, known.change(("sale.shown",), row_id, nth))
            yield _entry(place, f"sale.shown.{how}", {"approved_by": approved_by, "reason": reason}, who=who)
    else:
        for kind, who, word, amount_vnd, at_utc in now.readable(_STEPS, values):
            facts = {"word": word, "amount_vnd": amount_vnd}
            yield _entry(known.place(at_utc), f"booking.step.{kind}", facts, who=who)
