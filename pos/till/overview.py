"""Lists and strip: what stands open, read from the journal for the screens and the command line."""

from __future__ import annotations

from collections.abc import Collection

from pos.domain.redemption import AT_RISK, DONE, UNSENT, Hold, Outcome
from pos.till.lines import row_status
from pos.till.ports import Journal, OutboxRow, PrintJob, Redemption
from pos.till.slips import slip_rows
from pos.till.views import ListsView, OpenBill, Phase, QueueRow

_MOST = 200


def rows_phase(rows: tuple[Redemption, ...], parked: Collection[str] = ()) -> Phase:
    """Where a bill stands, judged by its journal rows alone; most urgent first.

    Args:
        rows: of the bill.
        parked: ids of those that are left to a person: they do not hide what can be done about the others.
    """
    states = {row.state for row in rows}
    if any(row.state.outcome is Outcome.IN_FLIGHT and not row.state.given for row in rows):
        return Phase.SENDING
    unknown = [row for row in rows if not row.state.given and _unclear(row)]
    if any(row.id not in parked for row in unknown):
        return Phase.UNKNOWN
    if any(row.to_hand_over for row in rows):
        return Phase.FINISH
    if any(row.state == UNSENT for row in rows if row not in unknown):
        return Phase.HELD if any(row.hold is Hold.HELD for row in rows if row.state == UNSENT) else Phase.UNSENT
    if unknown:
        return Phase.UNKNOWN
    if states & AT_RISK:
        return Phase.ACCEPTED_OFFLINE
    return Phase.DONE if DONE in states else Phase.CLOSED


def _unclear(row: Redemption) -> bool:
    hold_unclear = row.hold in (Hold.UNKNOWN, Hold.RESERVING, Hold.RELEASING)
    return row.state.outcome is Outcome.UNKNOWN or (row.state == UNSENT and hold_unclear)


def lists_view(journal: Journal, provider_label: dict[str, str], slips: tuple[PrintJob, ...] = ()) -> ListsView:
    """Open bills, queue and slips (of these jobs), oldest first."""
    outbox = journal.outbox(_MOST * 5)
    by_bill: dict[str, list[OutboxRow]] = {}
    for entry in outbox:
        by_bill.setdefault(entry.bill_number, []).append(entry)
    numbers = journal.open_bills()[:_MOST]
    rows = journal.redemptions_by_bill(numbers)
    bills = [_open_bill(journal, number, rows[number], by_bill.get(number, [])) for number in numbers]
    return ListsView(tuple(bills), queue_rows(journal, provider_label), slip_rows(journal, slips[:_MOST]))


def queue_rows(journal: Journal, provider_label: dict[str, str]) -> tuple[QueueRow, ...]:
    """What was given and is not settled, oldest first, at most 200."""
    return tuple(_queue_row(journal, entry, row, provider_label) for entry, row in journal.unsettled(_MOST))


def _open_bill(journal: Journal, number: str, rows: tuple[Redemption, ...], due: list[OutboxRow]) -> OpenBill:
    dues = [entry.due_mono_s for entry in due if entry.due_session == journal.session and not entry.quarantine]
    return OpenBill(
        number=number,
        phase=rows_phase(rows, {entry.redemption_id for entry in due if entry.quarantine}),
        amount_vnd=sum(row.amount_vnd for row in rows),
        endings=tuple(row.ending for row in rows),
        opened_utc=rows[0].created_utc,
        next_inquiry_mono_s=min(dues, default=None),
        inquiries=max((entry.unanswered for entry in due), default=0),
    )


def _queue_row(journal: Journal, entry: OutboxRow, row: Redemption, labels: dict[str, str]) -> QueueRow:
    mine = entry.due_session == journal.session and not entry.quarantine
    return QueueRow(
        redemption_id=row.id,
        bill_number=row.bill_number,
        ending=row.ending,
        provider=labels.get(row.provider, row.provider),
        amount_vnd=row.amount_vnd,
        accepted_utc=row.created_utc,
        status=row_status(row),
        tries=row.sends,
        next_try_mono_s=entry.due_mono_s if mine else None,
        quarantine=entry.quarantine,
    )
