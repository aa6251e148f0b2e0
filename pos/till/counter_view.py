"""How a bill looks: one pure reading of its lines and journal rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pos.domain.bill import Bill, Deduction
from pos.domain.redemption import AT_RISK, DONE, REFUSED, UNKNOWN, UNSENT, Hold, Outcome
from pos.domain.voucher import NotUsable
from pos.till.lines import Line, line_view
from pos.till.ports import Redemption
from pos.till.views import BillView, IssuerChoice, LineStatus, LineView, Message, OfflineOffer, Phase, Verdicts

if TYPE_CHECKING:
    from pos.till.desk import Desk

SET_ASIDE_AFTER_S = 8.0
"""Seconds without an answer after which the cashier may leave the bill (design.md §3, Threads)."""
_PAID = frozenset({LineStatus.USABLE, LineStatus.HELD, LineStatus.UNSENT, LineStatus.USED, LineStatus.ACCEPTED_OFFLINE})
_VERDICTS = (Outcome.USED, Outcome.REFUSED)
_WAITING = frozenset({LineStatus.UNKNOWN, LineStatus.SENDING})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the counter knows of its bill at this moment.

    Args:
        parked: rows that are left to a person; by itself nothing more becomes of them.
    """

    lines: tuple[Line, ...]
    rows: Mapping[str, Redemption]
    deductions: Mapping[str, Deduction]
    focus: str | None
    message: Message | None
    sending: bool
    busy_since_mono_s: float | None
    offer: OfflineOffer | None
    confirm_loss_vnd: int
    set_aside: bool
    parked: frozenset[str] = frozenset()


def bill_view(desk: Desk, bill: Bill, key: str, now: Snapshot) -> BillView:
    """The bill for a screen. What is unknown is never counted as paid."""
    lines = tuple(_line(desk, line, number, now) for number, line in enumerate(now.lines, start=1))
    paid_vnd = sum(line.amount_vnd for line in lines if line.status in _PAID and not line.taken_back)
    phase = phase_of(now)
    due = [entry for entry in desk.journal.outbox_of(bill.number)] if phase is Phase.UNKNOWN else []
    session = desk.journal.session
    return BillView(
        key=key,
        number=bill.number,
        total_vnd=bill.total_vnd,
        phase=phase,
        lines=lines,
        skus=bill.skus,
        voucher_vnd=paid_vnd,
        waiting_vnd=sum(line.amount_vnd for line in lines if line.status in _WAITING),
        left_vnd=max(0, bill.total_vnd - paid_vnd),
        lost_vnd=sum(line.lost_vnd for line in lines if line.status in _PAID),
        focus=_focus(now, lines),
        busy=now.busy_since_mono_s is not None,
        since_mono_s=now.busy_since_mono_s,
        can_set_aside=_can_set_aside(desk, now, phase),
        next_inquiry_mono_s=min((e.due_mono_s for e in due if e.due_session == session), default=None),
        inquiries=max((entry.unanswered for entry in due), default=0),
        throttled_until_mono_s=desk.issuers.throttled_until_mono_s(),
        confirm_loss=now.confirm_loss_vnd,
        offer=now.offer,
        set_aside=now.set_aside,
        transaction_id=next((row.transaction_id for row in now.rows.values() if row.transaction_id), None),
        message=now.message,
        verdicts=verdicts_of(now.rows.values()),
    )


def verdicts_of(rows: Iterable[Redemption]) -> Verdicts:
    """What the issuer has decided about these rows."""
    return frozenset((row.id, row.state.outcome) for row in rows if row.state.outcome in _VERDICTS)


def phase_of(now: Snapshot) -> Phase:
    """The one thing that matters most about the bill, most urgent first."""
    mine = [row for line in now.lines if (row := now.rows.get(line.row_id or "")) is not None]
    states = {row.state for row in mine}
    # A line that the issuer or the journal refused and that never reached the journal is no reason to go on.
    open_draft = any(line.row_id not in now.rows and not isinstance(line.answer, NotUsable) for line in now.lines)
    sending = any(
        (row.state.outcome is Outcome.IN_FLIGHT and not row.state.given) or row.hold in (Hold.RESERVING, Hold.RELEASING)
        for row in mine
    )
    unknown = [row for row in mine if nobody_knows(row)]
    if now.sending or sending:
        return Phase.SENDING
    if any(row.id not in now.parked for row in unknown):
        return Phase.UNKNOWN
    if any(row.to_hand_over for row in mine):
        return Phase.FINISH
    if now.offer is not None:
        return Phase.OFFERED
    if any(row.state == UNSENT for row in mine if row not in unknown):
        return Phase.HELD if any(row.hold is Hold.HELD for row in mine if row.state == UNSENT) else Phase.UNSENT
    if unknown:  # a person's, who must not keep the bill's other vouchers from their end
        return Phase.UNKNOWN
    if open_draft or not mine:
        return Phase.DRAFT
    if states & AT_RISK:
        return Phase.ACCEPTED_OFFLINE
    return Phase.DONE if DONE in states else Phase.CLOSED


def nobody_knows(row: Redemption) -> bool:
    """Whether the outcome, or the hold of what was not sent, is unknown while the customer waits for its value."""
    return not row.state.given and (
        row.state.outcome is Outcome.UNKNOWN or (row.hold is Hold.UNKNOWN and row.state == UNSENT)
    )


def _line(desk: Desk, line: Line, number: int, now: Snapshot) -> LineView:
    label = desk.issuers.label(line.provider)
    row = now.rows.get(line.row_id or "")
    choices = tuple(IssuerChoice(name, desk.issuers.label(name)) for name in line.choices if name != line.provider)
    view = line_view(line, number, label, row, now.deductions.get(line.id), choices)
    if row is not None:
        return _written(desk, view, row, parked=row.id in now.parked)
    if line.offline and line.answer is None and not desk.issuers.takes_offline(line.provider):
        return replace(view, needs_network=True, needs_value=False)
    return view


def _written(desk: Desk, view: LineView, row: Redemption, *, parked: bool) -> LineView:
    """What else the journal says of a line that stands in it."""
    weak = desk.issuers.weak_inquiry(row.provider)
    return replace(
        view,
        needs_decision=weak and parked and row.state == UNKNOWN,
        rejected=weak and row.state == REFUSED and desk.journal.decided(row.id) is False,
        can_take_back=desk.take_back is not None and desk.take_back.offered(row),
    )


def _focus(now: Snapshot, lines: tuple[LineView, ...]) -> str | None:
    """The line the cashier must look at: a refused row after a call, else the last scanned."""
    sent = {line.id for line in now.lines if (row := now.rows.get(line.row_id or "")) is not None and row.sends}
    refused = [line.id for line in lines if line.id in sent and line.status is LineStatus.REFUSED]
    if refused:
        return refused[-1]
    return now.focus or (lines[-1].id if lines else None)


def _can_set_aside(desk: Desk, now: Snapshot, phase: Phase) -> bool:
    if phase is Phase.UNKNOWN:
        return True
    since = now.busy_since_mono_s
    return since is not None and desk.clock.mono_s() - since >= SET_ASIDE_AFTER_S
