"""What may be done about a redemption's case, and doing it with the use cases that there are.

| case | choices | closed |
|---|---|---|
| loss, value mismatch | – | once it is settled with customer or issuer |
| undecidable | ask; where the issuer never says for whom: accept or reject, then take back | there once decided |
| used, not given | finish at the counter; take back; or never give it: a late effect then | once one of them is done |
| late effect, not taken back | take back where the issuer can | once it is settled with the issuer |
| stuck hold | ask, or release once more | once the issuer has freed it |
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.cases import CaseKind, closable_state
from pos.domain.errors import RuleBroken
from pos.domain.redemption import UNKNOWN, UNSENT, Hold, Outcome, State
from pos.till.desk import Desk
from pos.till.inquiry import OVER
from pos.till.ports import Person, Redemption, Work
from pos.till.review.cases_views import CaseFacts, CaseView, Choice, ChoiceKind
from pos.till.take_back import TakeBackDesk
from pos.till.undecided import UndecidedDesk
from pos.till.views import Message

_ASKED = frozenset({Hold.UNKNOWN})


class RedemptionCases:
    """Rules and doing for cases of redemptions. Any thread that may wait for a network.

    Args:
        desk: what every bill shares.
        undecided: where a manager decides what the issuer cannot tell.
        take_back: takes redemptions back.
        here: whether a cashier waits at this bill, with the customer.
    """

    def __init__(
        self, desk: Desk, undecided: UndecidedDesk, take_back: TakeBackDesk, here: Callable[[str], bool]
    ) -> None:
        self._desk = desk
        self._undecided = undecided
        self._take_back = take_back
        self._here = here

    def facts(self, view: CaseView) -> CaseFacts:
        """How the redemption stands."""
        row = self._desk.journal.redemption(view.ref)
        return CaseFacts(
            state=state_word(row.state),
            transaction_id=row.transaction_id or "",
            created_utc=row.created_utc,
            business_date=row.business_date.isoformat(),
            cashier=row.cashier,
            decided=self._desk.journal.decided(row.id),
            taking_back=row.taking_back.value,
        )

    def choices(self, view: CaseView, open_kinds: frozenset[str]) -> tuple[Choice, ...]:
        """What the rules allow now."""
        row = self._desk.journal.redemption(view.ref)
        waits = any(waiting.id == row.id for waiting in self._undecided.waiting(row.bill_number))
        choices = []
        if self._may_ask(row):
            choices.append(Choice(ChoiceKind.ASK, needs_reason=False))
        if waits and view.kind == CaseKind.UNDECIDABLE:
            choices += [Choice(ChoiceKind.ACCEPT), Choice(ChoiceKind.REJECT)]
        if row.to_hand_over or row.state in (UNKNOWN, UNSENT):
            choices.append(Choice(ChoiceKind.OPEN_BILL, needs_reason=False))
        if self._take_back.offered(row):
            doubt = self._desk.journal.decided(row.id) is False or row.unconfirmed
            choices.append(Choice(ChoiceKind.TAKE_BACK, other_till=doubt))
        if view.kind == CaseKind.USED_NOT_GIVEN and row.to_hand_over:
            choices.append(Choice(ChoiceKind.NEVER_GIVEN, closes=(view.kind,)))
        return (*choices, Choice(ChoiceKind.CLOSE, self._why_not_closed(view, row, waits=waits), closes=(view.kind,)))

    def carry_out(self, view: CaseView, kind: ChoiceKind, *, manager: Person, reason: str, no_other_till: bool) -> None:
        """Do what was offered. Raises as the use case that does it; then nothing was changed by it."""
        if kind is ChoiceKind.ASK:
            self._ask(view.ref, manager.name)
        elif kind in (ChoiceKind.ACCEPT, ChoiceKind.REJECT):
            accept = kind is ChoiceKind.ACCEPT
            here = self._here_at(view.bill_number)
            self._undecided.decide(view.ref, accept=accept, manager=manager, reason=reason, here=here)
        elif kind is ChoiceKind.TAKE_BACK:
            self._take_back.take_back(view.ref, manager=manager, reason=reason, no_other_till=no_other_till)
        elif kind is ChoiceKind.NEVER_GIVEN:
            self._never_give(view, manager.name, reason)
        else:
            with self._desk.journal.transaction(manager.name) as tx:
                tx.close_case(view.id, closure=reason)

    def _why_not_closed(self, view: CaseView, row: Redemption, *, waits: bool) -> Message | None:
        if waits and view.kind == CaseKind.UNDECIDABLE:
            return Message("case.decide_first")
        if not closable_state(CaseKind(view.kind), row.state, over=row.taken_back or row.late):
            return Message("case.hand_over_first")
        return None

    # ------------------------------------------------------------ asking

    def _may_ask(self, row: Redemption) -> bool:
        if row.provider not in self._desk.issuers.names():
            return False
        return row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN or self._may_release(row)

    @staticmethod
    def _may_release(row: Redemption) -> bool:
        return row.hold is Hold.HELD and row.state.outcome in OVER

    def _ask(self, redemption_id: str, actor: str) -> None:
        """Ask now, whatever the schedule says; what the answer proves is written by the inquiry itself."""
        desk = self._desk
        row = desk.journal.redemption(redemption_id)
        with desk.leases.hold(row.bill_number):
            row = desk.journal.redemption(redemption_id)
            if not self._may_ask(row):
                raise RuleBroken("case.not_offered")
            if self._may_release(row):
                fault = desk.reserver.release(row, actor=actor).fault
            else:
                entry = next((e for e in desk.journal.outbox_of(row.bill_number) if e.redemption_id == row.id), None)
                work = Work.RELEASE if entry is not None and entry.work is Work.RELEASE else Work.INQUIRE
                fault = desk.inquirer.ask(row, actor=actor, here=self._here_at(row.bill_number), work=work).fault
        if fault is not None:
            raise fault

    def _here_at(self, bill_number: str) -> Callable[[], bool]:
        return lambda: self._here(bill_number)

    # ------------------------------------------------------------ the customer does not come back

    def _never_give(self, view: CaseView, actor: str, reason: str) -> None:
        """The value is never handed over any more: from now on it is to be settled with the issuer, as a late effect.

        No money moves: the issuer has the voucher, the customer has nothing, and that stays so until a person has
        closed the new case.
        """
        desk = self._desk
        with desk.leases.hold(view.bill_number):
            if not desk.journal.redemption(view.ref).to_hand_over:
                raise RuleBroken("case.not_offered")
            with desk.journal.transaction(actor) as tx:
                tx.open_case(view.ref, CaseKind.LATE_EFFECT)
                tx.close_case(view.id, closure=reason)
                desk.redeemer.slip_when_complete(tx, view.bill_number, given_now=False)


def state_word(state: State) -> str:
    """`used/given`, `unknown/not_given`, …"""
    return f"{state.outcome.value}/{'given' if state.given else 'not_given'}"
