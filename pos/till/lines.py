"""A voucher's row on the counter's bill: what is in memory, and how it looks together with its journal row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos.domain.bill import Deduction
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, PosError, Throttled
from pos.domain.reasons import Reason
from pos.domain.redemption import AT_RISK, LOSS, UNSENT, Hold, Outcome
from pos.domain.voucher import NO_DETAIL, CheckAnswer, Detail, NotUsable, Usable
from pos.till.ports import Redemption, RememberedCheck
from pos.till.views import IssuerChoice, LineStatus, LineView


@dataclass(slots=True)
class Line:
    """One voucher on the bill.

    Args:
        provider: its issuer; empty while a person has not said which it is.
        choices: issuers that a person may say it is of.
        checked_for: total and goods the answer was given for; another bill needs another answer.
        fault: why there is no answer.
        last_check: what the last online check said, for the offline policy.
        row_id: its journal row, once an intent stands.
    """

    id: str
    code: VoucherCode
    provider: str
    checking: bool = False
    answer: CheckAnswer | None = None
    checked_for: object = None
    checked_utc: datetime | None = None
    fault: PosError | None = None
    last_check: RememberedCheck | None = None
    declared_vnd: int | None = None
    row_id: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """The issuer's last word on it is yes."""
        return isinstance(self.answer, Usable)

    @property
    def offline(self) -> bool:
        """Nothing could be asked: the offline policy may speak. Silence after asking counts too."""
        return isinstance(self.fault, NotSent | OutcomeUnknown)

    @property
    def worth_vnd(self) -> int | None:
        """As checked, remembered or declared."""
        if isinstance(self.answer, Usable):
            return self.answer.worth_vnd
        if self.answer is None and self.last_check is not None and self.last_check.reason is None:
            return self.last_check.worth_vnd
        return self.declared_vnd

    @property
    def declared(self) -> bool:
        """Its worth is only what the cashier read on the voucher."""
        return not self.usable and self.declared_vnd is not None and self.worth_vnd == self.declared_vnd


_OUTCOMES = {
    Outcome.UNSENT: LineStatus.UNSENT,
    Outcome.IN_FLIGHT: LineStatus.SENDING,
    Outcome.UNKNOWN: LineStatus.UNKNOWN,
    Outcome.USED: LineStatus.USED,
    Outcome.REFUSED: LineStatus.REFUSED,
    Outcome.DROPPED: LineStatus.DROPPED,
}


def row_status(row: Redemption) -> LineStatus:
    """The status a journal row shows."""
    if row.late:
        return LineStatus.LATE
    if row.state in AT_RISK:
        return LineStatus.ACCEPTED_OFFLINE
    if row.state == LOSS:
        return LineStatus.REFUSED
    if row.state.outcome is Outcome.UNSENT and row.hold is not Hold.NONE:
        return {Hold.HELD: LineStatus.HELD, Hold.RESERVING: LineStatus.SENDING, Hold.UNKNOWN: LineStatus.UNKNOWN}.get(
            row.hold, LineStatus.UNSENT
        )
    return _OUTCOMES[row.state.outcome]


def line_view(
    line: Line,
    number: int,
    label: str,
    row: Redemption | None,
    deduction: Deduction | None = None,
    choices: tuple[IssuerChoice, ...] = (),
) -> LineView:
    """The line for a screen; the journal's word wins over memory.

    Args:
        line: as the counter knows it.
        number: its place on the bill, from 1.
        label: the issuer's name.
        row: its journal row, if it has one.
        deduction: what it would take off the bill if it were sent now.
        choices: issuers that a person may say it is of, while nothing was sent.
    """
    answer, told = line.answer, line if row is None else row
    taken: Deduction | Redemption | None = row
    if deduction is not None and (row is None or row.state == UNSENT):
        taken = deduction
    return LineView(
        id=line.id,
        number=number,
        ending=line.code.ending,
        provider=label,
        status=_draft_status(line) if row is None else row_status(row),
        worth_vnd=told.worth_vnd,
        amount_vnd=0 if taken is None else taken.amount_vnd,
        lost_vnd=0 if taken is None else taken.lost_vnd,
        declared=told.declared,
        redeems=answer.redeems if isinstance(answer, Usable) else (),
        expires_on=answer.expires_on if isinstance(answer, Usable) else None,
        reason=_draft_reason(line) if row is None else row.reason,
        detail=_draft_detail(line) if row is None else row.detail,
        checked_utc=line.checked_utc or (line.last_check.at_utc if line.last_check else None),
        needs_value=row is None and line.fault is not None and line.worth_vnd is None,
        choices=choices if row is None and not line.checking else (),
        unconfirmed=row is not None and row.unconfirmed,
        taken_back=row is not None and row.taken_back,
    )


def _draft_status(line: Line) -> LineStatus:
    if line.checking:
        return LineStatus.CHECKING
    if isinstance(line.answer, NotUsable):
        return LineStatus.REFUSED
    return LineStatus.USABLE if line.usable else LineStatus.UNCHECKED


def _draft_reason(line: Line) -> Reason | None:
    if isinstance(line.answer, NotUsable):
        return line.answer.reason
    if not line.provider:
        return Reason.WHICH_ISSUER
    if line.fault is None:
        return None
    if isinstance(line.fault, Throttled):
        return Reason.THROTTLED
    return Reason.OFFLINE if isinstance(line.fault, NotSent) else Reason.ASKING_FAILED


def _draft_detail(line: Line) -> Detail:
    return line.answer.detail if isinstance(line.answer, NotUsable) else NO_DETAIL
