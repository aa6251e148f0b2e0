"""Nothing unsettled disappears: each look at a journal is compared with the look before."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.book import Book, Row
from tests.simulation.promise import OPEN_HOLDS, UNCLEAR, Violation

_SENTENCE = "Nothing unsettled disappears: what was once written stays until it is settled, and a person closes cases."
_PROGRAMS = frozenset({"till", "printer", ""})
"""Actors that are no person."""
_PRINTED = frozenset({"printed", "sent", "doubtful", "cancelled"})
_SETTLED_DOUBT = {"doubtful": "cancelled"}
"""A doubtful slip ends when a person asks for a copy."""


class Watch:
    """Remembers how a journal looked; one for each data folder, for the whole run, over crashes and restarts."""

    def __init__(self, till: str) -> None:
        self._till = till
        self._before: Book | None = None

    def look(self, book: Book) -> list[Violation]:
        """What has disappeared, or changed that must not, since the last look."""
        before, self._before = self._before, book
        found = [] if before is None else _differences(before, book)
        return [Violation("nothing_disappears", _SENTENCE, f"{self._till}: {what}") for what in found]


def _differences(before: Book, now: Book) -> Iterator[str]:
    if now.chain[: len(before.chain)] != before.chain:
        yield "the audit chain was rewritten"
    for row in before.rows.values():
        if row.id not in now.rows:
            yield f"bill {row.bill_number} ••••{row.ending}: its row is gone"
        else:
            yield from _row_changes(row, now)
    yield from _gone_cases(before, now)
    if not {(a.row_id, a.call_id) for a in before.attempts} <= {(a.row_id, a.call_id) for a in now.attempts}:
        yield "an attempt is gone"
    if not before.answers.keys() <= now.answers.keys():
        yield "an answer is gone"
    states = {job.id: job.state for job in now.jobs}
    for job in before.jobs:
        if job.id not in states:
            yield f"bill {job.bill_number}: a slip's job is gone"
        elif job.state in _PRINTED and states[job.id] not in (job.state, _SETTLED_DOUBT.get(job.state)):
            yield f"bill {job.bill_number}: a printed slip is {states[job.id]} again"


def _row_changes(row: Row, now: Book) -> Iterator[str]:
    after, name = now.rows[row.id], f"bill {row.bill_number} ••••{row.ending}"
    if (after.bill_number, after.code_hash) != (row.bill_number, row.code_hash):
        yield f"{name}: became another voucher"
    if row.given and not after.given:
        yield f"{name}: value given is called not given"
    if row.outcome in ("used", "refused") and after.outcome != row.outcome:
        yield f"{name}: {row.outcome} became {after.outcome}"
    if row.sends > after.sends:
        yield f"{name}: a call that was made is forgotten"
    if row.proven_unused and not after.proven_unused:
        yield f"{name}: that it was proven unused is forgotten"
    final = row.given or row.outcome == "used"
    unclear = row.outcome in UNCLEAR and not _sent_again(now, row.id)
    if (final or unclear) and after.amount_vnd != row.amount_vnd:
        yield f"{name}: {row.amount_vnd} became {after.amount_vnd}"
    if row.hold in OPEN_HOLDS and after.hold == "none" and not _told(now, row.id, "hold", "not_held"):
        yield f"{name}: its hold is forgotten"


def _sent_again(book: Book, row_id: str) -> bool:
    """Proven not sent or unused, it was free to be worked out anew with the bill's other vouchers."""
    return any(_told(book, row_id, "move", event) for event in ("proven_unused", "not_sent"))


def _gone_cases(before: Book, now: Book) -> Iterator[str]:
    cases = {case.id: case for case in now.cases}
    for case in before.cases:
        after = cases.get(case.id)
        if after is None or (after.kind, after.row_id) != (case.kind, case.row_id):
            yield f"case {case.id} ({case.kind}) is gone"
        elif case.closed_utc is not None and after.closed_utc != case.closed_utc:
            yield f"case {case.id} ({case.kind}) was closed and is not"
        elif after.closed_utc is not None and after.closed_by in _PROGRAMS:
            yield f"case {case.id} ({case.kind}) was closed by nobody"
    for entry in before.waiting.values():
        row = now.rows.get(entry.row_id)
        unsettled = row is not None and (row.outcome in UNCLEAR or row.state == ("unsent", True))
        if unsettled and entry.row_id not in now.waiting:
            yield f"row {entry.row_id}: left the queue unsettled"


def _told(book: Book, row_id: str, kind: str, event: str) -> bool:
    return any(c.ref == row_id and c.kind == kind and c.facts["event"] == event for c in book.changes)
