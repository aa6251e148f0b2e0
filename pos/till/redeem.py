"""Marking vouchers used: intent to disk, one call, verdict to disk. The heart of the till.

What happens if the plug is pulled, line by line:

1. before the intent's commit: nothing stands, nothing was sent.
2. after it, before, during or after the call: the rows are IN_FLIGHT; the next start makes them UNKNOWN and asks.
3. during the verdict's commit: as 2; the issuer's record decides, not our memory.
4. after it: the verdict stands together with `given` and the slip's job; a verdict that was not painted is shown first
   thing, and its slip prints then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pos.domain.bill import Bill
from pos.domain.cases import CaseKind
from pos.domain.errors import NotSent, PosError, SetupFault, Throttled
from pos.domain.reasons import CLASS_OF, Reason, ReasonClass
from pos.domain.redemption import DROPPED, OPEN_HOLDS, REFUSED, UNSENT, Event, HoldEvent, Outcome
from pos.domain.schedule import FIRST_INQUIRY_S, WEAK_LOOKS_S
from pos.domain.voucher import CallRefused, MarkedUsed, NotUsable
from pos.till.issuers import CallFailed, Issuers
from pos.till.ports import (
    Chance,
    Clock,
    Journal,
    JournalTx,
    NewRedemption,
    Redemption,
    SentStamp,
    Trace,
    VoucherProvider,
    Work,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be written for a bill before anything is sent.

    Args:
        new: vouchers not yet in the journal.
        again: ids of UNSENT rows that take part with the amounts given in `amounts`.
        refused: vouchers that the check refused, kept for the day's review.
    """

    bill: Bill
    new: tuple[NewRedemption, ...] = ()
    again: tuple[str, ...] = ()
    refused: tuple[tuple[NewRedemption, NotUsable], ...] = ()
    amounts: dict[str, tuple[int | None, int, int]] = field(default_factory=dict)

    def ids(self) -> tuple[str, ...]:
        """Every row that may be sent, old before new."""
        return self.again + tuple(new.id for new in self.new)

    def write(self, tx: JournalTx) -> None:
        """Put the intent into the caller's transaction."""
        if self.new or self.refused:
            tx.add_bill(self.bill, business_date=tx.business_date(self.bill.created_utc))
        for new, answer in self.refused:
            tx.add_redemption(self.bill.number, new)
            tx.move(new.id, Event.REFUSED, reason=answer.reason, detail=answer.detail)
        for row_id in self.again:
            if row_id in self.amounts:
                worth_vnd, amount_vnd, lost_vnd = self.amounts[row_id]
                tx.set_amounts(row_id, worth_vnd=worth_vnd, amount_vnd=amount_vnd, lost_vnd=lost_vnd)
        for new in self.new:
            tx.add_redemption(self.bill.number, new)


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a changing call ended for the person who waits. `fault` is None when the issuer gave its verdict."""

    fault: PosError | None = None
    refusal: CallRefused | None = None


class Redeemer:
    """Makes changing calls and writes what became of them. Callers hold the bill's lease."""

    def __init__(self, journal: Journal, issuers: Issuers, clock: Clock, chance: Chance) -> None:
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance

    # ------------------------------------------------------------ writing first

    def stamp(self) -> SentStamp:
        """Now, on every clock there is."""
        return SentStamp(
            at_utc=self._clock.now_utc(),
            session=self._journal.session,
            mono_s=self._clock.mono_s(),
            issuer_utc=self._issuers.watch.issuer_now(),
        )

    def schedule(self, tx: JournalTx, row_id: str, work: Work, pause_s: float, **counts: int) -> None:
        """Put the row's next step into the outbox, `pause_s` seconds from now."""
        now = self._clock.now_utc()
        if work is Work.RECHECK:
            # Ours may be wrong, and be set right later: that must not end the day.
            now = self._issuers.watch.issuer_now() or now
        tx.schedule(
            row_id,
            work,
            session=self._journal.session,
            due_mono_s=self._clock.mono_s() + pause_s,
            due_utc=now + timedelta(seconds=pause_s),
            **counts,
        )

    def rest(self, tx: JournalTx, row_id: str) -> None:
        """Nothing is left to do for this row now. A voucher dropped or refused after a call of ours was proven
        ineffective is looked at once more, at the end of the day: a late effect would be nobody's otherwise
        (contracts/gotit.md §12 no. 5, and §10 no. 3: a reserve that takes effect late locks the customer's voucher).
        """
        row = self._journal.redemption(row_id)
        if row.state.outcome in (Outcome.DROPPED, Outcome.REFUSED) and row.proven_unused:
            self.schedule(tx, row_id, Work.RECHECK, 0.0)
        else:
            tx.unschedule(row_id)

    def slip_when_complete(self, tx: JournalTx, bill_number: str, *, given_now: bool) -> None:
        """Queue the slip once nothing on the bill is open: one paper that tells everything.

        A bill that has its slip already gets another one for whatever is given later, at once: the rest may come to
        nothing, and then nobody would print what was given.

        Args:
            tx: the transaction that brought a voucher to rest.
            bill_number: the bill.
            given_now: value was handed over in this transaction, so that an earlier slip does not tell of it.
        """
        stored, rows = self._journal.bill(bill_number), self._journal.redemptions_of(bill_number)
        open_rows = [r for r in rows if not (r.state.given or r.late or r.state in (REFUSED, DROPPED))]
        if stored is not None and stored.slips > 0:
            due = given_now
        else:
            due = not open_rows and any(row.state.outcome is Outcome.USED and not row.late for row in rows)
        if due:
            tx.add_print_job(self._chance.new_id(), bill_number)

    def record(self, intent: Intent, actor: str) -> None:
        """Write an intent of which nothing is sent now."""
        with self._journal.transaction(actor) as tx:
            intent.write(tx)

    # ------------------------------------------------------------ mark-use

    def use(
        self,
        intent: Intent,
        provider: str,
        *,
        actor: str,
        waiting: Callable[[], bool],
        send: Sequence[str] = (),
        background: bool = False,
    ) -> CallEnd:
        """Write the intent and mark its vouchers used in one call.

        Args:
            intent: what is written; a bill with more vouchers than one call takes is written whole with its first call.
            provider: the issuer's name.
            actor: who stands in the audit chain.
            waiting: read at the moment of the verdict: does a cashier wait for it (then the value is given with it)?
            send: ids that this call sends, at most the provider's `max_codes`; default: all of the intent.
            background: let cashiers' calls go first.

        Raises:
            JournalError: the intent could not be written (nothing was sent), or the verdict could not (the rows stay
                IN_FLIGHT on disk and are asked about later).
        """
        ids, call_id = tuple(send) or intent.ids(), self._chance.new_id()
        with self._issuers.turn(provider, background=background):
            rows = self._write_sending(intent, ids, call_id, actor, provider)
            bill, reserving = intent.bill, rows[0].reserving
            skus = {sku.sku: sku for row in rows for sku in row.skus}

            def mark(issuer: VoucherProvider, trace: Trace) -> MarkedUsed | CallRefused:
                codes = [row.code for row in rows]
                return issuer.mark_used(codes, bill, tuple(skus.values()), reserving=reserving, trace=trace)

            try:
                answer, trace = self._issuers.call_now(provider, mark)
            except CallFailed as failed:
                self._write_failure(rows, call_id, failed, actor)
                return CallEnd(failed.error)
        if isinstance(answer, MarkedUsed):
            self._write_used(rows, call_id, answer, trace, actor, waiting)
            return CallEnd()
        self._write_refusal(rows, call_id, answer, trace, actor)
        return CallEnd(refusal=answer)

    def _write_sending(
        self, intent: Intent, ids: Sequence[str], call_id: str, actor: str, provider: str
    ) -> list[Redemption]:
        stamp, first_s = self.stamp(), self._first_inquiry_s(provider)
        with self._journal.transaction(actor) as tx:
            intent.write(tx)
            for row_id in ids:
                tx.move(row_id, Event.SEND, sent=stamp)
                self.schedule(tx, row_id, Work.INQUIRE, first_s)
            tx.add_attempt(call_id, "mark_used", ids, stamp)
        return [self._journal.redemption(row_id) for row_id in ids]

    def _first_inquiry_s(self, provider: str) -> float:
        return WEAK_LOOKS_S[0] if self._issuers.weak_inquiry(provider) else FIRST_INQUIRY_S

    def _write_used(
        self,
        rows: Sequence[Redemption],
        call_id: str,
        answer: MarkedUsed,
        trace: Trace,
        actor: str,
        waiting: Callable[[], bool],
    ) -> None:
        worths = {used.code: used.worth_vnd for used in answer.vouchers}
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, "used", trace, offset_s=self._issuers.watch.offset_s())
            here = waiting()
            for row in rows:
                self.settle_used(
                    tx, row, here=here, worth_vnd=worths.get(row.code), transaction_id=answer.transaction_id
                )
            if here and not rows[0].state.given:
                self.slip_when_complete(tx, rows[0].bill_number, given_now=True)

    def settle_used(
        self,
        tx: JournalTx,
        row: Redemption,
        *,
        here: bool,
        worth_vnd: int | None,
        transaction_id: str | None,
        by_inquiry: bool = False,
    ) -> None:
        """Write that the issuer has the voucher; `here`: the cashier hands the value over with this verdict."""
        event = Event.USED_HERE if here and not row.state.given else Event.USED
        tx.move(row.id, event, transaction_id=transaction_id, worth_vnd=worth_vnd, by_inquiry=by_inquiry)
        if row.hold in OPEN_HOLDS:
            tx.move_hold(row.id, HoldEvent.CONSUMED)
        tx.unschedule(row.id)
        self.compare_worth(tx, row, worth_vnd)

    @staticmethod
    def compare_worth(tx: JournalTx, row: Redemption, taken_vnd: int | None) -> None:
        """The issuer took `taken_vnd` (None: it did not say); another amount than the bill was given is a case."""
        if taken_vnd is not None and row.worth_vnd is not None and taken_vnd != row.worth_vnd:
            tx.open_case(row.id, CaseKind.VALUE_MISMATCH)

    def _write_refusal(
        self, rows: Sequence[Redemption], call_id: str, answer: CallRefused, trace: Trace, actor: str
    ) -> None:
        """A refusal of one voucher is its verdict; a refusal of several proves nothing about each (§11).

        "Already used" after an earlier call of ours for the same row may be that call's own effect: ask (§8, 101). A
        hold that is gone says nothing of the voucher: ask once, do not loop (§8, 208).
        """
        single = rows[0] if len(rows) == 1 else None
        ours_perhaps = single is not None and may_be_ours(single, answer.reason)
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, answer.reason.value, trace, offset_s=self._issuers.watch.offset_s())
            if single is not None and single.state.given and CLASS_OF[answer.reason] is ReasonClass.REQUEST:
                # The issuer refused how we asked, not the voucher: no loss yet, a person must look.
                tx.move(single.id, Event.NOT_SENT, note=answer.reason.value)
                tx.quarantine(single.id, answer.reason.value)
                return
            if single is not None and not ours_perhaps:
                self.settle_refused(tx, single, NotUsable(answer.reason, answer.detail))
                if not single.state.given:
                    self.slip_when_complete(tx, single.bill_number, given_now=False)
                return
            for row in rows:
                tx.move(row.id, Event.LOST, answered=True, reason=answer.reason)
                self.schedule(tx, row.id, Work.INQUIRE, 0.0)

    def settle_refused(self, tx: JournalTx, row: Redemption, answer: NotUsable, *, by_inquiry: bool = False) -> None:
        """Write the issuer's refusal of one voucher; after the value was given this is a loss, which opens a case."""
        tx.move(row.id, Event.REFUSED, reason=answer.reason, detail=answer.detail, by_inquiry=by_inquiry)
        if row.hold in OPEN_HOLDS:
            self.schedule(tx, row.id, Work.RELEASE, 0.0)
        else:
            self.rest(tx, row.id)

    def _write_failure(self, rows: Sequence[Redemption], call_id: str, failed: CallFailed, actor: str) -> None:
        """Sort by what may have happened. Only `NotSent` and `SetupFault` prove that nothing was done."""
        error = failed.error
        proven = isinstance(error, NotSent | SetupFault)
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, error.code, failed.trace, offset_s=self._issuers.watch.offset_s())
            for row in rows:
                if not proven:
                    # 209 is an answer, so the issuer's work is over; silence is not.
                    tx.move(row.id, Event.LOST, answered=isinstance(error, Throttled), note=error.code)
                    self.schedule(tx, row.id, Work.INQUIRE, self._first_inquiry_s(row.provider))
                    continue
                tx.move(row.id, Event.NOT_SENT, note=error.code)
                if row.state.given:
                    self.schedule(tx, row.id, Work.SEND, 0.0)
                else:
                    tx.unschedule(row.id)


def spoken_for_vnd(rows: Iterable[Redemption], *, besides: Collection[str] = ()) -> int:
    """What these rows of one bill take off its total, sent, given or unknown; `besides`: ids that do not count.

    What was not sent has no claim yet, and a late effect never has one.
    """
    no_claim = (UNSENT, REFUSED, DROPPED)
    return sum(row.amount_vnd for row in rows if not row.late and row.state not in no_claim and row.id not in besides)


def may_be_ours(row: Redemption, reason: Reason) -> bool:
    """Whether a refused mark-use may be due to an earlier call of ours, so that only an inquiry tells.

    Args:
        row: as it stands after the refused call was counted in `sends`.
        reason: the issuer's.
    """
    if reason is Reason.NOT_HELD:
        return row.reserving and row.sends == 1
    used = reason in (Reason.ALREADY_USED, Reason.UNKNOWN_OR_USED)
    return used and row.proven_unused  # any other earlier call provably never left
