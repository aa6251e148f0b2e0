"""Asking the issuer by our own order id what became of an order (contracts/appotapay.md §12, contracts/vinid.md §12.1).

| answer | UNKNOWN | BOUGHT, incomplete |
|---|---|---|
| bought | bought; all codes stored | codes added; as ordered now: handed over; else a case |
| certain failure | not bought: pay back | a case |
| not found, after a refusal of the only send | not bought: both confirm it | a case |
| not found, three in a row, the last 10 min after the last send | never arrived: send once more, or drop | a case |
| not found, too few or too early | ask again by the schedule | a case |
| at it, or unclear | ask again by the schedule | a case |
| another order under our id | a case; asking stops | a case |
| no answer | ask again by the schedule; nothing left at all: when the network is back | the same |
| nothing of it for 24 h | a case; asking stops | a case |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pos.domain.errors import NotSent, OutcomeUnknown, PosError, RuleBroken
from pos.domain.sale import (
    BY_HAND_AFTER_S,
    NOT_FOUND_AFTER_S,
    NOT_FOUND_TIMES,
    AskAnswer,
    Bought,
    NotBought,
    NotFound,
    OtherOrder,
    SaleEvent,
    SaleOutcome,
)
from pos.till.elapsed import since_sent_s
from pos.till.issuers import CallFailed
from pos.till.ports import Chance, Clock, JournalTx, SentStamp, Trace
from pos.till.sale_port import CodeSeller
from pos.till.selling.buy import result_word
from pos.till.selling.ports import Sale, SaleJournal
from pos.till.selling.sellers import Sellers
from pos.till.selling.verdicts import Verdicts
from pos.till.selling.views import SaleCaseKind


class AskFinding(StrEnum):
    """What an ask ended in."""

    BOUGHT = "bought"
    NOT_BOUGHT = "not_bought"
    NEVER_ARRIVED = "never_arrived"
    OPEN = "open"  # asked again later
    A_PERSONS = "a_persons"  # a case was opened; the till does not ask again by itself
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class AskEnd:
    """The finding; `fault` says why there was no answer."""

    finding: AskFinding
    fault: PosError | None = None


def is_asked_about(sale: Sale) -> bool:
    """Whether asking can tell anything of this sale that the till does not know."""
    return sale.state.outcome is SaleOutcome.UNKNOWN or (sale.state.outcome is SaleOutcome.BOUGHT and sale.incomplete)


class Asker:
    """Asks about one sale at a time. Callers hold its lease."""

    def __init__(self, sales: SaleJournal, sellers: Sellers, clock: Clock, chance: Chance, verdicts: Verdicts) -> None:
        self._sales = sales
        self._sellers = sellers
        self._clock = clock
        self._chance = chance
        self._verdicts = verdicts

    def ask(self, sale: Sale, *, actor: str, here: Callable[[], bool], background: bool) -> AskEnd:
        """Ask about a sale and write what the answer proves.

        Args:
            sale: as the journal has it now; see `is_asked_about`.
            actor: who stands in the audit chain.
            here: read at the moment of the verdict: does a cashier wait for it, with the customer?
            background: let cashiers' calls go first.

        Raises:
            RuleBroken: there is nothing to ask about.
            JournalError: nothing was written; the sale is asked about again later.
        """
        if not is_asked_about(sale):
            raise RuleBroken("rule.sale_transition", outcome=sale.state.outcome.value, event="ask")

        def ask(seller: CodeSeller, trace: Trace) -> AskAnswer:
            return seller.ask(sale.order, trace)

        with self._sellers.turn(sale.seller, background=background):
            call_id, stamp = self._chance.new_id(), self._sellers.stamp(sale.seller)
            try:
                answer, trace = self._sellers.call_now(sale.seller, ask)
            except CallFailed as failed:
                return self._write_failure(sale, call_id, stamp, failed, actor)
        with self._sales.journal.transaction(actor) as tx:
            self._sales.writes(tx).add_attempt(sale.id, call_id, "ask", stamp)
            tx.add_answer(call_id, result_word(answer), trace, offset_s=self._offset_s(sale))
            if sale.state.outcome is SaleOutcome.BOUGHT:
                return self._write_completion(tx, sale, answer, here)
            return self._write(tx, sale, answer, trace, stamp, here)

    def _offset_s(self, sale: Sale) -> float | None:
        return self._sellers.line(sale.seller).watch.offset_s()

    def _write_failure(self, sale: Sale, call_id: str, stamp: SentStamp, failed: CallFailed, actor: str) -> AskEnd:
        """No answer. What was read to its end and proves nothing breaks a row of "not found"; silence does not."""
        error = failed.error
        with self._sales.journal.transaction(actor) as tx:
            writes = self._sales.writes(tx)
            writes.add_attempt(sale.id, call_id, "ask", stamp)
            tx.add_answer(call_id, error.code, failed.trace, offset_s=self._offset_s(sale))
            if isinstance(error, OutcomeUnknown) and failed.trace.answered:
                writes.mark(sale.id, not_found=0)
            if not isinstance(error, NotSent):  # nothing left: it stays due, and goes when the network is back
                self._again(tx, sale, stamp, failed.trace)
        return AskEnd(AskFinding.NO_ANSWER, error)

    def _write_completion(self, tx: JournalTx, sale: Sale, answer: AskAnswer, here: Callable[[], bool]) -> AskEnd:
        if isinstance(answer, Bought):
            self._verdicts.completed(tx, sale, answer, here=here())
        else:
            self._verdicts.to_a_person(tx, sale.id, SaleCaseKind.INCOMPLETE)
        return AskEnd(AskFinding.BOUGHT)

    def _write(
        self, tx: JournalTx, sale: Sale, answer: AskAnswer, trace: Trace, asked: SentStamp, here: Callable[[], bool]
    ) -> AskEnd:
        if isinstance(answer, Bought):
            self._verdicts.bought(tx, sale, answer, here=here())
            return AskEnd(AskFinding.BOUGHT)
        if isinstance(answer, NotBought):
            self._verdicts.refused(tx, sale, answer)
            return AskEnd(AskFinding.NOT_BOUGHT)
        if isinstance(answer, OtherOrder):
            self._verdicts.to_a_person(tx, sale.id, SaleCaseKind.OTHER_ORDER)
            return AskEnd(AskFinding.A_PERSONS)
        if isinstance(answer, NotFound):
            return self._write_not_found(tx, sale, trace, asked)
        self._sales.writes(tx).mark(sale.id, not_found=0, confirming=False)
        return self._again(tx, sale, asked, trace)

    def _write_not_found(self, tx: JournalTx, sale: Sale, trace: Trace, asked: SentStamp) -> AskEnd:
        """The order may still be on its way: only a row of such answers, late enough, proves that it never arrived."""
        if sale.confirming and sale.unclear_sends == 1:  # refused, and not found: both say the same
            self._verdicts.not_bought(tx, sale, reason=None, code=None)
            return AskEnd(AskFinding.NOT_BOUGHT)
        writes, times = self._sales.writes(tx), sale.not_found + 1
        writes.mark(sale.id, not_found=times)
        if times >= NOT_FOUND_TIMES and self._since_send_s(sale, asked, trace) >= NOT_FOUND_AFTER_S:
            writes.move(sale.id, SaleEvent.NEVER_ARRIVED)
            self._verdicts.remind(tx, sale.id)
            writes.close_cases(sale.id, [SaleCaseKind.BY_HAND, SaleCaseKind.OTHER_ORDER], closure="never_arrived")
            return AskEnd(AskFinding.NEVER_ARRIVED)
        return self._again(tx, sale, asked, trace)

    def _again(self, tx: JournalTx, sale: Sale, asked: SentStamp, trace: Trace) -> AskEnd:
        """Ask again by the schedule; after a day without a verdict it is a person's."""
        if self._waited_s(sale, asked, trace) >= BY_HAND_AFTER_S:
            incomplete = sale.state.outcome is SaleOutcome.BOUGHT
            kind = SaleCaseKind.INCOMPLETE if incomplete else SaleCaseKind.BY_HAND
            self._verdicts.to_a_person(tx, sale.id, kind)
            return AskEnd(AskFinding.A_PERSONS)
        self._verdicts.ask_next(tx, sale.id, sale.asks + 1)
        return AskEnd(AskFinding.OPEN)

    def _since_send_s(self, sale: Sale, asked: SentStamp, trace: Trace) -> float:
        """Seconds from the last send to this ask, never more than have really passed; see `since_sent_s`."""
        if sale.sent is None:
            return 0.0
        return since_sent_s(
            sale.sent,
            asked,
            trace.issuer_utc,
            took_s=self._clock.mono_s() - asked.mono_s,
            started_mono_s=self._sellers.started_mono_s,
        )

    def _waited_s(self, sale: Sale, asked: SentStamp, trace: Trace) -> float:
        """For "a day without verdict" our own clock is enough: too early only means that a person looks sooner."""
        if sale.sent is None:
            return 0.0
        ours_s = (asked.at_utc - sale.sent.at_utc).total_seconds()
        return max(self._since_send_s(sale, asked, trace), ours_s)
