"""Asking the issuer what became of our call, and writing what its record proves (contracts/gotit.md §12).

| answer | outcome UNKNOWN | hold UNKNOWN (outcome UNSENT) |
|---|---|---|
| used for our bill | used | used: a mark-use of ours took effect late; dropped or needless by now: a case |
| used elsewhere, held elsewhere, no good | refused (value given: loss, case) | not held, refused |
| usable, and late enough to prove it | proven unused | not held |
| usable, too early | ask again 60 s after the request | the same |
| held by us | as usable: the mark-use has had no effect | held, at once |
| used, no bill number | a person decides (case); never resent | the same |
| no answer | ask again after 15 s, 60 s, 5 min | the same |
| an answer that proves nothing, five times | a person decides | the same |

Where an inquiry is weak (`Capabilities.weak_inquiry`, contracts/vinid.md §12.2) it is made 2, 5, 10 and 20 s after the
send; "usable" counts with the last look, and "used" is always a person's to decide (`pos.till.undecided`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from pos.domain.cases import CaseKind
from pos.domain.errors import OutcomeUnknown, PosError
from pos.domain.reasons import Reason
from pos.domain.redemption import DROPPED, OPEN_HOLDS, Event, Hold, HoldEvent, Outcome
from pos.domain.schedule import PROOF_AFTER_S, inquiry_pause_s, proves_unused, weak_look_pause_s
from pos.domain.voucher import Evidence, NotUsable, Proof
from pos.till.elapsed import since_sent_s
from pos.till.issuers import CallFailed, Issuers
from pos.till.ports import Chance, Clock, Journal, JournalTx, Redemption, SentStamp, Trace, VoucherProvider, Work
from pos.till.redeem import Redeemer, spoken_for_vnd

_HOPELESS = 5
"""Inquiries in a row which the issuer answered with something that proves nothing (it refuses how we ask, because the
bill's total is too small to be sent, say): asking for ever would only hide the voucher from the people."""
OVER = frozenset({Outcome.REFUSED, Outcome.DROPPED})
"""Outcomes after which only a hold can still be in question; a use consumes it."""


class Finding(StrEnum):
    """What an inquiry ended in."""

    USED = "used"
    REFUSED = "refused"
    UNUSED = "unused"  # proven: may be sent again or dropped
    HELD = "held"
    TOO_EARLY = "too_early"
    UNDECIDABLE = "undecidable"
    NO_ANSWER = "no_answer"
    TAKEN_BACK = "taken_back"  # the issuer has made it usable again
    NOT_TAKEN_BACK = "not_taken_back"  # and this one not: a person settles it


@dataclass(frozen=True, slots=True)
class InquiryEnd:
    """The finding for one row; `fault` says why there was no answer."""

    finding: Finding
    fault: PosError | None = None


class Inquirer:
    """Asks about one row at a time. Callers hold the bill's lease."""

    def __init__(self, journal: Journal, issuers: Issuers, clock: Clock, chance: Chance, redeemer: Redeemer) -> None:
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance
        self._redeemer = redeemer

    def ask(
        self,
        row: Redemption,
        *,
        actor: str,
        here: Callable[[], bool] = lambda: False,
        work: Work = Work.INQUIRE,
        unanswered: int = 0,
        blamed: NotUsable | None = None,
        background: bool = False,
    ) -> InquiryEnd:
        """Ask about a row whose outcome or hold is UNKNOWN and write what the answer proves.

        Args:
            row: as the journal has it now.
            actor: who stands in the audit chain.
            here: read at the moment of the verdict: does a cashier wait for this row, to hand the value over?
            work: what the row waits for besides the answer; kept while there is none.
            unanswered: inquiries in a row that had no answer so far.
            blamed: the refused call named this voucher as its first bad one; if it is proven unused, this is why
                it is refused.
            background: let cashiers' calls go first.

        Raises:
            JournalError: nothing was written; the row is asked about again later.
        """
        stored = self._journal.bill(row.bill_number)
        if stored is None:
            raise PosError("journal.no_such_row")
        call_id, stamp = self._chance.new_id(), self._redeemer.stamp()

        def inquire(issuer: VoucherProvider, trace: Trace) -> Evidence:
            return issuer.inquire(row.code, stored.bill, reserving=row.reserving, trace=trace)

        try:
            evidence, trace = self._issuers.call(row.provider, inquire, background=background)
        except CallFailed as failed:
            with self._journal.transaction(actor) as tx:
                tx.add_attempt(call_id, "inquire", [row.id], stamp)
                tx.add_answer(call_id, failed.error.code, failed.trace, offset_s=self._issuers.watch.offset_s())
                pause_s = self._pause_s(row, unanswered + 1)
                self._redeemer.schedule(tx, row.id, work, pause_s, unanswered=unanswered + 1)
                no_proof = isinstance(failed.error, OutcomeUnknown) and failed.trace.answered
                if no_proof and unanswered + 1 >= _HOPELESS:
                    tx.quarantine(row.id, failed.error.code)
            return InquiryEnd(Finding.NO_ANSWER, failed.error)
        with self._journal.transaction(actor) as tx:
            tx.add_attempt(call_id, "inquire", [row.id], stamp)
            tx.add_answer(call_id, evidence.proof.value, trace, offset_s=self._issuers.watch.offset_s())
            finding = self._write(tx, row, evidence, trace, stamp, here=here, work=work, blamed=blamed)
            if not row.state.given:
                given_now = self._journal.redemption(row.id).state.given
                self._redeemer.slip_when_complete(tx, row.bill_number, given_now=given_now)
            return InquiryEnd(finding)

    def _pause_s(self, row: Redemption, unanswered: int) -> float:
        """Until the next inquiry after so many without an answer."""
        if self._issuers.weak_inquiry(row.provider) and row.sent is not None:
            same_run = row.sent.session == self._journal.session
            next_look_s = weak_look_pause_s(self._clock.mono_s() - row.sent.mono_s) if same_run else None
            if next_look_s is not None:
                return next_look_s
        return inquiry_pause_s(unanswered, self._chance.random01())

    def recheck(self, row: Redemption, *, actor: str) -> InquiryEnd:
        """The end-of-day look at a voucher that was dropped as proven unused (§12 no. 5).

        Used for our bill after all: a late effect, and a person settles it with the issuer. Used, and the issuer does
        not say for which bill: that may be the late effect, so a person's too, unless another row of ours explains it.
        Held for our bill: a reserve that took effect late; a person frees the customer's voucher.
        """
        stored = self._journal.bill(row.bill_number)
        if stored is None:
            raise PosError("journal.no_such_row")
        call_id, stamp = self._chance.new_id(), self._redeemer.stamp()

        def inquire(issuer: VoucherProvider, trace: Trace) -> Evidence:
            return issuer.inquire(row.code, stored.bill, reserving=row.reserving, trace=trace)

        try:
            evidence, trace = self._issuers.call(row.provider, inquire, background=True)
        except CallFailed as failed:
            with self._journal.transaction(actor) as tx:
                pause_s = inquiry_pause_s(99, self._chance.random01())
                self._redeemer.schedule(tx, row.id, Work.RECHECK, pause_s)
            return InquiryEnd(Finding.NO_ANSWER, failed.error)
        with self._journal.transaction(actor) as tx:
            tx.add_attempt(call_id, "recheck", [row.id], stamp)
            tx.add_answer(call_id, evidence.proof.value, trace, offset_s=self._issuers.watch.offset_s())
            if evidence.proof is Proof.USED_BY_US:
                return InquiryEnd(self._write_late(tx, row, evidence))
            other = self._journal.standing(row.provider, row.code)
            if evidence.proof is Proof.UNDECIDABLE and (other is None or other.state.outcome is not Outcome.USED):
                return InquiryEnd(self._to_a_person(tx, row, CaseKind.UNDECIDABLE))
            if evidence.proof is Proof.HELD_BY_US and not self._held_by_another_row(row):
                tx.open_case(row.id, CaseKind.STUCK_HOLD)
            tx.unschedule(row.id)
        return InquiryEnd(Finding.UNUSED)

    def _held_by_another_row(self, row: Redemption) -> bool:
        """The voucher was dropped and taken again on the same bill, for which it is held now."""
        others = self._journal.redemptions_of(row.bill_number)
        return any(other.code == row.code and other.hold in OPEN_HOLDS for other in others)

    # ------------------------------------------------------------ what the record proves

    def _write(
        self,
        tx: JournalTx,
        row: Redemption,
        evidence: Evidence,
        trace: Trace,
        asked: SentStamp,
        *,
        here: Callable[[], bool],
        work: Work,
        blamed: NotUsable | None,
    ) -> Finding:
        if evidence.proof is Proof.UNDECIDABLE:
            return self._to_a_person(tx, row, CaseKind.UNDECIDABLE)
        if evidence.proof is Proof.USED_BY_US:
            if row.state.outcome is not Outcome.UNKNOWN:
                return self._write_late(tx, row, evidence)
            self._redeemer.settle_used(
                tx, row, here=here(), worth_vnd=evidence.worth_vnd, transaction_id=None, by_inquiry=True
            )
            return Finding.USED
        if evidence.proof in (Proof.NOT_USED, Proof.HELD_BY_US):
            return self._write_unused(tx, row, evidence, trace, asked, work, blamed)
        return self._write_refused(tx, row, self._refusal(evidence))

    def _write_late(self, tx: JournalTx, row: Redemption, evidence: Evidence) -> Finding:
        """Used for our bill although this row says otherwise: an earlier call took effect after its proof."""
        if row.hold in OPEN_HOLDS:
            tx.move_hold(row.id, HoldEvent.CONSUMED)
        other = self._journal.standing(row.provider, row.code)
        if row.state.outcome is Outcome.REFUSED or (other is not None and other.id != row.id):
            # What the other row says of the same bill explains it; of another bill, a person must look.
            if other is None or other.id == row.id or other.bill_number != row.bill_number:
                tx.open_case(row.id, CaseKind.LATE_EFFECT)
            tx.unschedule(row.id)
            return Finding.USED
        tx.move(row.id, Event.LATE_EFFECT, worth_vnd=evidence.worth_vnd, by_inquiry=True)
        if row.state == DROPPED or not self._still_needed(row):
            tx.open_case(row.id, CaseKind.LATE_EFFECT)
        self._redeemer.compare_worth(tx, row, evidence.worth_vnd)
        tx.unschedule(row.id)
        return Finding.USED

    def _still_needed(self, row: Redemption) -> bool:
        """Whether the bill's other vouchers leave room for this one: what was not sent had no claim to it."""
        if row.state.given:
            return True
        stored, rows = self._journal.bill(row.bill_number), self._journal.redemptions_of(row.bill_number)
        others_vnd = spoken_for_vnd(rows, besides=(row.id,))
        return stored is not None and others_vnd + row.amount_vnd <= stored.bill.total_vnd

    def _write_refused(self, tx: JournalTx, row: Redemption, answer: NotUsable) -> Finding:
        if row.hold in OPEN_HOLDS:
            tx.move_hold(row.id, HoldEvent.NOT_HELD)
            row = replace(row, hold=Hold.NONE)
        if row.state.outcome in OVER:  # only its hold was in question
            self._redeemer.rest(tx, row.id)
            return Finding.UNUSED
        self._redeemer.settle_refused(tx, row, answer, by_inquiry=True)
        return Finding.REFUSED

    @staticmethod
    def _refusal(evidence: Evidence) -> NotUsable:
        reason = {Proof.USED_ELSEWHERE: Reason.USED_ON_OTHER_BILL, Proof.HELD_ELSEWHERE: Reason.HELD_ELSEWHERE}.get(
            evidence.proof, evidence.reason or Reason.INVALID
        )
        return NotUsable(reason, evidence.detail)

    def _write_unused(
        self,
        tx: JournalTx,
        row: Redemption,
        evidence: Evidence,
        trace: Trace,
        asked: SentStamp,
        work: Work,
        blamed: NotUsable | None,
    ) -> Finding:
        if evidence.proof is Proof.HELD_BY_US and not row.reserving:
            return self._to_a_person(tx, row, CaseKind.UNDECIDABLE)
        held = evidence.proof is Proof.HELD_BY_US
        hold_stands = held and row.state.outcome is not Outcome.UNKNOWN  # no mark-use of ours can still end it
        took_s = self._clock.mono_s() - asked.mono_s
        since_s = self._since_request_s(row, trace, asked, took_s)
        weak = self._issuers.weak_inquiry(row.provider)
        if not hold_stands and not proves_unused(since_s, server_answered=row.answered, weak=weak):
            left_s = PROOF_AFTER_S - since_s - took_s
            if weak:
                left_s = weak_look_pause_s(since_s + took_s) or 0.0
            self._redeemer.schedule(tx, row.id, work, max(1.0, left_s))
            return Finding.TOO_EARLY
        if row.hold is Hold.UNKNOWN:
            tx.move_hold(row.id, HoldEvent.HELD if held else HoldEvent.NOT_HELD)
        elif row.hold is Hold.HELD and not held:
            tx.move_hold(row.id, HoldEvent.NOT_HELD)
        if row.state.outcome is Outcome.UNKNOWN:
            tx.move(row.id, Event.PROVEN_UNUSED, by_inquiry=True)
        over = row.state.outcome in OVER
        if blamed is not None and not over:
            after = replace(row, hold=Hold.HELD if held else Hold.NONE)
            self._redeemer.settle_refused(tx, after, blamed, by_inquiry=True)
            return Finding.REFUSED
        if row.state.given and not over:
            self._redeemer.schedule(tx, row.id, Work.SEND, 0.0)
        elif held and (over or work is Work.RELEASE):
            self._redeemer.schedule(tx, row.id, Work.RELEASE, 0.0)
        else:
            self._redeemer.rest(tx, row.id)
        return Finding.HELD if held else Finding.UNUSED

    def _since_request_s(self, row: Redemption, trace: Trace, asked: SentStamp, took_s: float) -> float:
        """Seconds from our request to this inquiry; see `since_sent_s`."""
        if row.sent is None:
            return PROOF_AFTER_S
        started_mono_s = self._issuers.started_mono_s
        return since_sent_s(row.sent, asked, trace.issuer_utc, took_s=took_s, started_mono_s=started_mono_s)

    @staticmethod
    def _to_a_person(tx: JournalTx, row: Redemption, kind: CaseKind) -> Finding:
        tx.open_case(row.id, kind)
        tx.quarantine(row.id, kind.value)
        return Finding.UNDECIDABLE
