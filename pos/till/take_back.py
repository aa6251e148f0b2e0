"""Taking a redemption back: the issuer makes the voucher usable again (contracts/vinid.md §8.3, §12.3).

The issuer is told the voucher and nothing else, and would free it for whoever used it. So only a redemption of this
till's own journal is taken back, on its business date, by a manager with a reason, written before the call leaves:

| what came back | then |
|---|---|
| done | done |
| refused for good | refused: settle it by hand |
| provably not sent | told; the manager may ask again |
| anything else, or the program ended | the voucher is checked; usable: done; else sent once more and checked again |
| still not usable then | a case: a person settles it |

What stays open is gone on with by itself (`go_on`): after a restart, and when the network is back. Until its end is
known, or where a person must settle it, the voucher stands: no other bill of this till takes it, so that a call that
takes effect late frees no second use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pos.domain.business_date import local_date
from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError, NotSent, PosError, SetupFault
from pos.domain.permissions import Action
from pos.domain.redemption import Outcome
from pos.domain.voucher import CallDone, Evidence, Proof
from pos.till.issuers import CallFailed, Issuers
from pos.till.leases import Leases
from pos.till.ports import (
    TAKE_BACK_ENDS,
    Chance,
    Clock,
    Journal,
    OpenTakeBack,
    Person,
    Redemption,
    TakeBackStep,
    TakingBack,
    Trace,
    VoucherProvider,
    VoucherRefunder,
)
from pos.till.redeem import Redeemer
from pos.till.rights import answers_for, note_approval


class TakenBack(StrEnum):
    """How taking back ended for the manager who waits."""

    DONE = "done"
    REFUSED = "refused"
    BY_HAND = "by_hand"
    OPEN = "open"  # nobody knows yet: it is gone on with by itself


class TakeBackDesk:
    """Takes redemptions back, one at a time. Any till thread.

    Args:
        refunders: issuers that can, by name.
    """

    def __init__(
        self, journal: Journal, issuers: Issuers, clock: Clock, chance: Chance, leases: Leases, redeemer: Redeemer,
        refunders: Mapping[str, VoucherRefunder],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance
        self._leases = leases
        self._redeemer = redeemer
        self._refunders = refunders

    def take_back(
        self, redemption_id: str, *, manager: Person, reason: str, no_other_till: bool = False, cashier: str = ""
    ) -> TakenBack:
        """Take one redemption back, or go on where an earlier try ended. Cannot be undone.

        Args:
            redemption_id: the row.
            manager: by PIN.
            reason: in words.
            no_other_till: the manager says that no other till took this voucher meanwhile; demanded where the issuer
                has not confirmed that the use was ours.
            cashier: at whose counter the manager stands; "" for nobody's.

        Raises:
            ConfigError: `take_back.…`: not allowed; nothing was written or sent.
            NotSent, SetupFault: nothing was done by this call; ask again.
            JournalError: nothing was sent, or the next try finds out what became of it.
        """
        if not answers_for(Action.TAKE_BACK, manager):
            raise ConfigError("take_back.manager")
        if not reason.strip():
            raise ConfigError("take_back.reason_missing")
        row = self._journal.redemption(redemption_id)
        with self._leases.hold(row.bill_number):
            row = self._journal.redemption(redemption_id)
            steps = self._journal.take_back_steps(row.id)
            if steps & TAKE_BACK_ENDS:
                raise ConfigError("take_back.ended")
            if not steps:
                self._refuse_unless_ours(row, no_other_till=no_other_till)
            errand = _Errand(row, self._refunder(row), manager.name, reason.strip(), manager.name, cashier=cashier)
            end = TakenBack.OPEN if steps else self._send(errand, TakeBackStep.BEGUN)
            if end is not TakenBack.OPEN:
                return end
            return self._find_out(errand, sent_twice=TakeBackStep.AGAIN in steps)

    def go_on(self, begun: OpenTakeBack, *, actor: str) -> TakenBack | None:
        """Go on with one that is open, on the word of the manager who began it.

        Returns:
            Its end; OPEN: nobody knows yet; None: a manager's command has it, or has ended it meanwhile.

        Raises:
            ConfigError: its issuer is not set up any more.
            NotSent, SetupFault: it stays open.
            JournalError: the next try finds out what became of it.
        """
        with self._leases.try_hold(begun.bill_number) as taken:
            row = self._journal.redemption(begun.redemption_id)
            if not taken or row.taking_back is not TakingBack.OPEN:
                return None
            sent_twice = TakeBackStep.AGAIN in self._journal.take_back_steps(row.id)
            errand = _Errand(row, self._refunder(row), begun.manager, begun.reason, actor=actor, background=True)
            return self._find_out(errand, sent_twice=sent_twice)

    def offered(self, row: Redemption) -> bool:
        """Whether a manager may have this redemption taken back now, or may go on with an earlier try. Asks nobody."""
        if row.provider not in self._refunders:
            return False
        steps = self._journal.take_back_steps(row.id)
        if steps:
            return not steps & TAKE_BACK_ENDS
        try:
            self._refuse_unless_ours(row, no_other_till=True)
        except ConfigError:
            return False
        return True

    def _refunder(self, row: Redemption) -> VoucherRefunder:
        try:
            return self._refunders[row.provider]
        except KeyError:
            raise ConfigError("take_back.not_offered") from None

    def _refuse_unless_ours(self, row: Redemption, *, no_other_till: bool) -> None:
        """A voucher that another till used rightly must not come to life again: that would be given away twice."""
        self._refunder(row)
        rejected = self._journal.decided(row.id) is False
        if row.sends == 0 or not (row.state.outcome is Outcome.USED or rejected):
            raise ConfigError("take_back.not_ours")
        if (rejected or row.unconfirmed) and not no_other_till:
            raise ConfigError("take_back.other_till")
        # The issuer's day is the calendar's, whatever hour the shop's changes.
        if local_date(row.created_utc) != local_date(self._issuers.watch.issuer_now() or self._clock.now_utc()):
            raise ConfigError("take_back.another_day")
        if rejected and self._journal.standing(row.provider, row.code) is not None:
            raise ConfigError("take_back.used_again")  # the issuer frees a voucher, whichever bill used it

    # ------------------------------------------------------------ calls

    def _send(self, errand: _Errand, step: TakeBackStep) -> TakenBack:
        """One call; `OPEN`: nobody knows what became of it."""
        row, call_id = errand.row, self._chance.new_id()
        if not self._issuers.probe(row.provider):
            raise NotSent("take_back.unreachable")  # before anything is written
        with self._issuers.turn(row.provider, background=errand.background):
            stamp = self._redeemer.stamp()
            with self._journal.transaction(errand.actor) as tx:
                tx.add_take_back(row.id, step, manager=errand.manager, reason=errand.reason, call_id=call_id)
                tx.add_attempt(call_id, "take_back", [row.id], stamp)
                if step is TakeBackStep.BEGUN:
                    note_approval(tx, Action.TAKE_BACK, row.id, manager=errand.manager, cashier=errand.cashier)
            try:
                answer, trace = self._issuers.call_now(
                    row.provider, lambda _, trace: errand.refunder.take_back(row.code, trace)
                )
            except CallFailed as failed:
                self._write_answer(errand, call_id, failed.error.code, failed.trace, end=None)
                if isinstance(failed.error, NotSent | SetupFault):
                    raise failed.error from failed
                return TakenBack.OPEN
        if isinstance(answer, CallDone):
            self._write_answer(errand, call_id, "taken_back", trace, end=TakeBackStep.DONE)
            return TakenBack.DONE
        # After an unclear first call a refusal of the second says nothing of the first (contracts/vinid.md §10).
        certain = step is TakeBackStep.BEGUN
        end = TakeBackStep.REFUSED if certain else None
        self._write_answer(errand, call_id, answer.reason.value, trace, end=end)
        return TakenBack.REFUSED if certain else TakenBack.OPEN

    def _find_out(self, errand: _Errand, *, sent_twice: bool) -> TakenBack:
        if (usable := self._is_usable(errand)) is None:
            return TakenBack.OPEN
        if not usable and not sent_twice:
            if self._send(errand, TakeBackStep.AGAIN) is TakenBack.DONE:
                return TakenBack.DONE
            if (usable := self._is_usable(errand)) is None:
                return TakenBack.OPEN
        step = TakeBackStep.DONE if usable else TakeBackStep.BY_HAND
        with self._journal.transaction(errand.actor) as tx:
            tx.add_take_back(errand.row.id, step, manager=errand.manager, reason=errand.reason)
            if not usable:
                tx.open_case(errand.row.id, CaseKind.NOT_TAKEN_BACK)
        return TakenBack(step.value)

    def _is_usable(self, errand: _Errand) -> bool | None:
        """What a check says of the voucher now; None: no answer."""
        row, call_id, stamp = errand.row, self._chance.new_id(), self._redeemer.stamp()
        stored = self._journal.bill(row.bill_number)
        if stored is None:
            raise PosError("journal.no_such_row")

        def inquire(issuer: VoucherProvider, trace: Trace) -> Evidence:
            return issuer.inquire(row.code, stored.bill, reserving=row.reserving, trace=trace)

        try:
            evidence, trace = self._issuers.call(row.provider, inquire, background=errand.background)
        except CallFailed:
            return None
        with self._journal.transaction(errand.actor) as tx:
            tx.add_attempt(call_id, "inquire", [row.id], stamp)
            tx.add_answer(call_id, evidence.proof.value, trace, offset_s=self._issuers.watch.offset_s())
        return evidence.proof is Proof.NOT_USED

    def _write_answer(
        self, errand: _Errand, call_id: str, result: str, trace: Trace, *, end: TakeBackStep | None
    ) -> None:
        with self._journal.transaction(errand.actor) as tx:
            tx.add_answer(call_id, result, trace, offset_s=self._issuers.watch.offset_s())
            if end is not None:
                tx.add_take_back(errand.row.id, end, manager=errand.manager, reason=errand.reason)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be taken back, on whose word, and who acts: the manager, or the till by itself."""

    row: Redemption
    refunder: VoucherRefunder
    manager: str
    reason: str
    actor: str
    background: bool = False
    cashier: str = ""
