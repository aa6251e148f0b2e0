"""What the journal wrote down of calls and changes, for comparing it whole."""

from __future__ import annotations

import json
from typing import Any

from tests.till.rig import Rig


def calls(till: Rig) -> list[tuple[str, str | None]]:
    """Each call in order: what was done, and the word for how it ended."""
    found = _all(
        till,
        "SELECT DISTINCT call_id, operation, (SELECT result FROM answer WHERE answer.call_id = attempt.call_id)"
        " FROM attempt",
    )
    return [(operation, result) for _, operation, result in sorted(found)]


def changes(till: Rig, kind: str) -> list[dict[str, Any]]:
    """Facts of every change of this kind, as the audit chain tells them."""
    links = _all(till, "SELECT facts FROM audit ORDER BY seq")
    return [change["facts"] for (text,) in links for change in json.loads(text) if change["kind"] == kind]


def waits(till: Rig, number: str = "B1", nth: int = 0) -> tuple[str, float, int, int, str | None] | None:
    """What the row waits for: work, seconds from now, unanswered, failures, quarantine."""
    row = till.row(number, nth)
    entry = next((e for e in till.journal.outbox_of(number) if e.redemption_id == row.id), None)
    if entry is None:
        return None
    due_s = round(entry.due_mono_s - till.clock.mono_s(), 3)
    return entry.work.value, due_s, entry.unanswered, entry.failures, entry.quarantine


def _all(till: Rig, sql: str) -> list[tuple[Any, ...]]:
    return till.journal._core.connections.get().execute(sql).fetchall()
