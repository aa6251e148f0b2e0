"""A bill as one JSON object, the same for `redeem` and `bills` (fixed for scripts)."""

from __future__ import annotations

from typing import Any

from pos.cli import output
from pos.domain.business_date import utc_text
from pos.domain.redemption import AT_RISK, SETTLED, UNSENT, Hold, Outcome
from pos.till.ports import Case, Journal, Redemption, TakingBack
from pos.till.views import LineView

_EXIT = {"used": output.OK, "refused": output.REFUSED, "unknown": output.UNKNOWN,
         "accepted_offline": output.ACCEPTED_OFFLINE}  # fmt: skip


def exit_status(bill: dict[str, Any]) -> int:
    """The exit status that goes with a bill's outcome."""
    return _EXIT[bill["outcome"]]


def bill_object(journal: Journal, number: str, drafts: tuple[LineView, ...] = ()) -> dict[str, Any]:
    """`{"bill_number", "outcome", "vouchers", "transaction_id"}`.

    Args:
        journal: where the bill stands, if it does.
        number: the bill number.
        drafts: lines of the counter that never reached the journal.
    """
    rows = journal.redemptions_of(number)
    return {
        "bill_number": number,
        "outcome": _outcome(rows),
        "vouchers": [_voucher(row) for row in rows] + [_draft(line) for line in drafts],
        "transaction_id": next((row.transaction_id for row in rows if row.transaction_id), None),
    }


def _outcome(rows: tuple[Redemption, ...]) -> str:
    """The bill in one word; most urgent first. What is unknown is never called used."""
    if any(not row.state.given and _unclear(row) for row in rows):
        return "unknown"
    if any(row.state in AT_RISK for row in rows):
        return "accepted_offline"
    # A late effect pays for nothing, nor does what was taken back: a script that reads "used" would hand goods over.
    alive = [
        row for row in rows
        if row.state.outcome not in (Outcome.REFUSED, Outcome.DROPPED) and not row.late and not row.taken_back
    ]  # fmt: skip
    if alive and all(row.state.outcome is Outcome.USED and (row.state.given or row.to_hand_over) for row in alive):
        return "used"
    return "refused"


def _unclear(row: Redemption) -> bool:
    return (
        row.state.outcome in (Outcome.IN_FLIGHT, Outcome.UNKNOWN)
        or row.taking_back is TakingBack.OPEN
        or (row.state == UNSENT and row.hold in (Hold.UNKNOWN, Hold.RESERVING, Hold.RELEASING))
    )


def _voucher(row: Redemption) -> dict[str, Any]:
    dropped = row.state.outcome is Outcome.DROPPED
    return {
        "ending": row.ending,
        "outcome": "unsent" if dropped else row.state.outcome.value,
        "given": row.state.given,
        "amount_vnd": row.amount_vnd,
        "reason": "dropped" if dropped else _reason(row),
    }


def _reason(row: Redemption) -> str | None:
    if row.late:
        return "late"
    if row.taken_back:
        return "taken_back"
    return row.reason.value if row.reason else None


def _draft(line: LineView) -> dict[str, Any]:
    refused = line.status.value == "refused"
    return {
        "ending": line.ending,
        "outcome": "refused" if refused else "unsent",
        "given": False,
        "amount_vnd": 0 if refused else line.amount_vnd,
        "reason": line.reason.value if line.reason else None,
    }


def case_object(case: Case) -> dict[str, Any]:
    """One case."""
    return {
        "id": case.id,
        "kind": case.kind.value,
        "ending": case.ending,
        "amount_vnd": case.amount_vnd,
        "reason": case.reason.value if case.reason else None,
        "opened_utc": utc_text(case.opened_utc),
        "open": case.closed_utc is None,
        "closure": case.closure,
    }


def at_rest(rows: tuple[Redemption, ...]) -> bool:
    """Whether nothing is owed to anybody on this bill."""
    return all(row.state in SETTLED for row in rows)
