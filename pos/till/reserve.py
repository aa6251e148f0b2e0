"""RESERVE_FLOW: hold the vouchers for this bill, and give the hold back (contracts/gotit.md §10).

A forgotten hold may lock the customer's voucher for good, so every hold has an end: consumed by mark-use, released, or
in the outbox until one of the two is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos.domain.cases import CaseKind
from pos.domain.errors import NotSent, SetupFault, Throttled
from pos.domain.reasons import CLASS_OF, Reason, ReasonClass
from pos.domain.redemption import Hold, HoldEvent
from pos.domain.schedule import FIRST_INQUIRY_S
from pos.domain.voucher import CallDone, CallRefused, NotUsable
from pos.till.issuers import CallFailed, Issuers
from pos.till.ports import Chance, Journal, Redemption, Trace, VoucherProvider, Work
from pos.till.redeem import CallEnd, Intent, Redeemer

_PERHAPS_OURS = frozenset({Reason.HELD_ELSEWHERE, Reason.ALREADY_USED})
"""Refusals that our own earlier call may have caused (213, 105, 207, 101): only an inquiry tells."""
_STUCK_PAUSE_S = 300.0
"""Between two tries to give back a hold that the issuer will not take back."""


class Reserver:
    """Reserve and release. Callers hold the bill's lease."""

    def __init__(self, journal: Journal, issuers: Issuers, chance: Chance, redeemer: Redeemer) -> None:
        self._journal = journal
        self._issuers = issuers
        self._chance = chance
        self._redeemer = redeemer

    # ------------------------------------------------------------ reserve

    def reserve(
        self, intent: Intent, provider: str, *, actor: str, send: Sequence[str] = (), background: bool = False
    ) -> CallEnd:
        """Hold every voucher of the intent that is not held yet.

        Args:
            intent: what is written.
            provider: the issuer's name.
            actor: who stands in the audit chain.
            send: ids that this call holds, at most the provider's `max_codes`; default: all of the intent.
            background: let cashiers' calls go first.

        Raises:
            JournalError: as `Redeemer.use`.
        """
        ids, call_id = tuple(send) or intent.ids(), self._chance.new_id()
        with self._issuers.turn(provider, background=background):
            rows = self._write_reserving(intent, ids, call_id, actor)
            if not rows:
                return CallEnd()
            skus = {sku.sku: sku for row in rows for sku in row.skus}

            def hold(issuer: VoucherProvider, trace: Trace) -> CallDone | CallRefused:
                return issuer.reserve([row.code for row in rows], intent.bill, tuple(skus.values()), trace=trace)

            try:
                answer, trace = self._issuers.call_now(provider, hold)
            except CallFailed as failed:
                self._write_reserve_failure(rows, call_id, failed, actor)
                return CallEnd(failed.error)
        self._write_reserve_answer(rows, call_id, answer, trace, actor)
        return CallEnd(refusal=answer if isinstance(answer, CallRefused) else None)

    def _write_reserving(self, intent: Intent, ids: Sequence[str], call_id: str, actor: str) -> list[Redemption]:
        """Write the intent; returns the rows that are to be held now."""
        held = {i for i in intent.again if self._journal.redemption(i).hold is Hold.HELD}
        wanted, stamp = [i for i in ids if i not in held], self._redeemer.stamp()
        with self._journal.transaction(actor) as tx:
            intent.write(tx)
            for row_id in wanted:
                tx.move_hold(row_id, HoldEvent.RESERVE, sent=stamp)
                self._redeemer.schedule(tx, row_id, Work.INQUIRE, FIRST_INQUIRY_S)
            if wanted:
                tx.add_attempt(call_id, "reserve", wanted, stamp)
        return [self._journal.redemption(row_id) for row_id in wanted]

    def _write_reserve_answer(
        self, rows: Sequence[Redemption], call_id: str, answer: CallDone | CallRefused, trace: Trace, actor: str
    ) -> None:
        word = answer.reason.value if isinstance(answer, CallRefused) else "held"
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, word, trace, offset_s=self._issuers.watch.offset_s())
            for row in rows:
                if isinstance(answer, CallDone):
                    tx.move_hold(row.id, HoldEvent.HELD)
                    if row.state.given:
                        self._redeemer.schedule(tx, row.id, Work.SEND, 0.0)
                    else:
                        tx.unschedule(row.id)
                elif row.state.given and CLASS_OF[answer.reason] is ReasonClass.REQUEST:
                    # The issuer refused how we asked, not the voucher: no loss yet, a person must look.
                    tx.move_hold(row.id, HoldEvent.NOT_HELD)
                    tx.quarantine(row.id, answer.reason.value)
                elif len(rows) == 1 and answer.reason not in _PERHAPS_OURS:
                    tx.move_hold(row.id, HoldEvent.NOT_HELD)
                    self._redeemer.settle_refused(
                        tx, replace(row, hold=Hold.NONE), NotUsable(answer.reason, answer.detail)
                    )
                else:
                    tx.move_hold(row.id, HoldEvent.LOST, answered=True)
                    self._redeemer.schedule(tx, row.id, Work.INQUIRE, 0.0)

    def _write_reserve_failure(self, rows: Sequence[Redemption], call_id: str, failed: CallFailed, actor: str) -> None:
        proven = isinstance(failed.error, NotSent | SetupFault)
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, failed.error.code, failed.trace, offset_s=self._issuers.watch.offset_s())
            for row in rows:
                if not proven:
                    tx.move_hold(row.id, HoldEvent.LOST, answered=isinstance(failed.error, Throttled))
                    self._redeemer.schedule(tx, row.id, Work.INQUIRE, FIRST_INQUIRY_S)
                    continue
                tx.move_hold(row.id, HoldEvent.NOT_HELD)
                if row.state.given:
                    self._redeemer.schedule(tx, row.id, Work.SEND, 0.0)
                else:
                    tx.unschedule(row.id)

    # ------------------------------------------------------------ release

    def release(self, row: Redemption, *, actor: str, background: bool = False) -> CallEnd:
        """Give one hold back; the row itself is dropped first by whoever gives the voucher up.

        A repeat is safe: an issuer that holds nothing answers NOT_HELD, which is what we want to hear.
        """
        stored = self._journal.bill(row.bill_number)
        if stored is None or row.hold is not Hold.HELD:
            return CallEnd()
        call_id = self._chance.new_id()

        def give_back(issuer: VoucherProvider, trace: Trace) -> CallDone | CallRefused:
            return issuer.release([row.code], stored.bill, trace=trace)

        with self._issuers.turn(row.provider, background=background):
            stamp = self._redeemer.stamp()
            with self._journal.transaction(actor) as tx:
                tx.move_hold(row.id, HoldEvent.RELEASE, sent=stamp)
                self._redeemer.schedule(tx, row.id, Work.RELEASE, FIRST_INQUIRY_S)
                tx.add_attempt(call_id, "release", [row.id], stamp)
            try:
                answer, trace = self._issuers.call_now(row.provider, give_back)
            except CallFailed as failed:
                self._write_release_failure(row, call_id, failed, actor)
                return CallEnd(failed.error)
        self._write_release_answer(row, call_id, answer, trace, actor)
        return CallEnd()

    def _write_release_answer(
        self, row: Redemption, call_id: str, answer: CallDone | CallRefused, trace: Trace, actor: str
    ) -> None:
        """Released, or nothing was held (which is the same); any other refusal is looked into, and told to a person."""
        refusal = None if isinstance(answer, CallDone) else answer.reason
        with self._journal.transaction(actor) as tx:
            word = "released" if refusal is None else refusal.value
            tx.add_answer(call_id, word, trace, offset_s=self._issuers.watch.offset_s())
            if refusal not in (None, Reason.NOT_HELD):
                tx.move_hold(row.id, HoldEvent.LOST, answered=True)
                first = refusal is Reason.HOLD_MISMATCH  # most likely not ours any more: the inquiry tells
                self._redeemer.schedule(tx, row.id, Work.RELEASE, FIRST_INQUIRY_S if first else _STUCK_PAUSE_S)
                if not first:
                    tx.open_case(row.id, CaseKind.STUCK_HOLD)
                return
            tx.move_hold(row.id, HoldEvent.RELEASED)
            self._redeemer.rest(tx, row.id)

    def _write_release_failure(self, row: Redemption, call_id: str, failed: CallFailed, actor: str) -> None:
        proven = isinstance(failed.error, NotSent | SetupFault)
        with self._journal.transaction(actor) as tx:
            tx.add_answer(call_id, failed.error.code, failed.trace, offset_s=self._issuers.watch.offset_s())
            tx.move_hold(row.id, HoldEvent.HELD if proven else HoldEvent.LOST)
            self._redeemer.schedule(tx, row.id, Work.RELEASE, FIRST_INQUIRY_S)
