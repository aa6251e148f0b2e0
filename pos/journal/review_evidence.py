"""All that the journal holds about one bill's row: calls and answers, cases, slips, and what the audit chain says."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pos.domain.business_date import from_utc_text, utc_text
from pos.journal.review_look import Look, Row
from pos.till.review.day_views import DayRow, RowKind

_ATTEMPTS = {
    RowKind.REDEMPTION: "SELECT call_id, operation, at_utc FROM attempt WHERE redemption_id = :id",
    RowKind.SALE: "SELECT call_id, operation, at_utc FROM sale_attempt WHERE sale_id = :id",
    RowKind.BOOKING: "SELECT call_id, operation, at_utc FROM booking_attempt WHERE booking_id = :id",
}
_ANSWERS = (
    "SELECT call_id, nth, at_utc, result, answered, http_status, failure, raw FROM answer"
    " WHERE call_id IN (SELECT value FROM json_each(:calls)) ORDER BY call_id, nth"
)
_CASE_COLUMNS = "kind, opened_utc, closed_utc, closed_by, closure"
_OF_REDEMPTION = "redemption_id, amount_vnd, reason FROM cases WHERE redemption_id = :id"
_CASES = {
    RowKind.REDEMPTION: f"SELECT {_CASE_COLUMNS}, {_OF_REDEMPTION}",
    RowKind.SALE: f"SELECT {_CASE_COLUMNS}, sale_id, NULL, NULL FROM sale_case WHERE sale_id = :id",
    RowKind.BOOKING: f"SELECT {_CASE_COLUMNS}, booking_id, NULL, NULL FROM booking_case WHERE booking_id = :id",
}
_DAY_CASES = (
    f"SELECT {_CASE_COLUMNS}, ref, amount_vnd, reason FROM day_case WHERE ref IN (SELECT value FROM json_each(:refs))"
)
_JOBS = "SELECT id, copy, state, created_utc, note FROM print_job WHERE bill_number = :bill ORDER BY copy"
# A link stands under its first change only: that is of the same bill, or of one of its rows, calls or slips.
_FAMILY = (
    "SELECT id FROM redemption WHERE bill_number = :bill UNION SELECT a.call_id FROM redemption r"
    " JOIN attempt a ON a.redemption_id = r.id WHERE r.bill_number = :bill"
)
_LINKS = (
    "SELECT seq, at_utc, actor, facts, high_utc FROM audit INDEXED BY audit_ref"
    " WHERE ref IN (SELECT value FROM json_each(:refs))"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, with its answers: `nth, at_utc, result, answered, http_status, failure, raw`."""

    call_id: str
    operation: str
    at_utc: str
    answers: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the order of writing.

    Args:
        order: time, corrected where the clock had been set back; number of the link; number within it.
        at_utc: the time as written.
    """

    order: tuple[str, int, int]
    at_utc: str
    actor: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the audit chain."""

    place: Place
    kind: str
    ref: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Evidence:
    """What is known of one row, and where each piece stands."""

    row: DayRow
    calls: tuple[Call, ...]
    cases: list[Row]
    jobs: dict[str, Row]
    changes: list[Change]
    _by_time: dict[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for change in self.changes:
            self._by_time.setdefault(change.place.at_utc, change.place)

    def change(self, kinds: tuple[str, ...], ref: str, nth: int = 0, **facts: str) -> Change | None:
        """The `nth` change of one of these kinds about that thing, with these facts."""
        found = [
            change
            for change in self.changes
            if change.ref == ref
            and change.kind in kinds
            and all(change.facts.get(name) == value for name, value in facts.items())
        ]
        return found[nth] if nth < len(found) else None

    def place(self, at_utc: str, change: Change | None = None) -> Place:
        """Where a row written at that moment stands: at its own change, else behind the first link of that moment."""
        if change is not None:
            return change.place
        found = self._by_time.get(at_utc)
        if found is None:
            return Place((at_utc, 1 << 62, 0), at_utc, "")
        return Place((found.order[0], found.order[1], 1 << 30), at_utc, found.actor)


def calls_of(now: Look, kind: RowKind, row_id: str) -> tuple[Call, ...]:
    """The calls made for this row, oldest first, with their answers."""
    made = now.readable(f"{_ATTEMPTS[kind]} ORDER BY at_utc, call_id", {"id": row_id})
    answers: dict[str, list[Row]] = {}
    for answer in now.readable(_ANSWERS, {"calls": json.dumps([call[0] for call in made])}):
        answers.setdefault(answer[0], []).append(answer[1:])
    return tuple(Call(one[0], one[1], one[2], tuple(answers.get(one[0], ()))) for one in made)


def evidence_of(now: Look, kind: RowKind, row: DayRow) -> Evidence:
    """Read it all."""
    values = {"id": row.id, "bill": row.bill_number}
    calls = calls_of(now, kind, row.id)
    jobs = {job[0]: job for job in now.readable(_JOBS, values)}
    family = [found[0] for found in now.readable(_FAMILY, values)] if kind is RowKind.REDEMPTION else []
    refs = {row.id, row.bill_number, *family, *(call.call_id for call in calls), *jobs}
    cases = now.readable(_CASES[kind], values)
    cases += now.readable(_DAY_CASES, {"refs": json.dumps([row.id, row.bill_number, *jobs])})
    changes = _changes(now.readable(_LINKS, {"refs": json.dumps(sorted(refs))}))
    return Evidence(row, calls, cases, jobs, changes)


def _changes(links: list[Row]) -> list[Change]:
    changes = []
    for seq, at_utc, actor, text, high_utc in sorted(links):
        for number, change in enumerate(_facts(text)):
            place = Place((high_utc or at_utc, seq, number), at_utc, actor)
            changes.append(Change(place, change["kind"], change["ref"], change["facts"]))
    return changes


def _facts(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:  # the chain's check says where; the rest of the timeline is of use all the same
        return []
    return [one for one in found if isinstance(one, dict) and {"kind", "ref", "facts"} <= one.keys()]


def began(call: Call, change: Change | None) -> Place:
    """Where a call begins: its row may have been written with its answer, later than it began."""
    if change is None:
        return Place((call.at_utc, 1 << 62, 0), call.at_utc, "")
    high, seq, number = change.place.order
    written = change.place.at_utc
    if call.at_utc >= written or high != written:  # the clock was set back: only the order of writing is known
        return Place((high, seq, number), call.at_utc, change.place.actor)
    earlier: timedelta = from_utc_text(written) - from_utc_text(call.at_utc)
    return Place((utc_text(from_utc_text(high) - earlier), seq, number), call.at_utc, change.place.actor)
