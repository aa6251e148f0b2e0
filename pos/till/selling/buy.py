"""Buying codes: the money and the order to disk, one call, the whole answer to disk. The heart of selling.

What happens if the plug is pulled, line by line:

1. before the sale's first commit: nothing stands; the customer's money is in her hand or on the counter.
2. after it, before the order's: UNSENT. Nothing has left; the sale stands in the open list: send, or drop and pay back.
3. after that, before, during or after the call: IN_FLIGHT. The next start makes it UNKNOWN and asks by the same id.
4. during the answer's commit: as 3; the issuer's record decides, and gives the codes again.
5. after it: codes, slip job and the record of their showing stand together. The slip prints then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.bill import Bill
from pos.domain.errors import NotSent, PosError, RuleBroken, SetupFault
from pos.domain.sale import (
    MOST_UNCLEAR_SENDS,
    Bought,
    BuyAnswer,
    NotBought,
    SaleEvent,
    SaleOutcome,
)
from pos.till.issuers import CallFailed
from pos.till.ports import Chance, Trace
from pos.till.sale_port import CodeSeller
from pos.till.selling.ports import NewSale, Sale, SaleJournal
from pos.till.selling.sellers import Sellers
from pos.till.selling.verdicts import REMIND_S, Verdicts

_IN_FLIGHT_S = 120.0
"""Longer than any buy with its wait: an order still IN_FLIGHT then has lost its verdict (a full disk), so ask."""


@dataclass(frozen=True, slots=True)
class BuyEnd:
    """How sending an order ended for the person who waits; `fault` is None when the issuer gave its verdict."""

    fault: PosError | None = None


class Buyer:
    """Writes sales and sends their orders. Callers of `send` hold the sale's lease."""

    def __init__(self, sales: SaleJournal, sellers: Sellers, chance: Chance, verdicts: Verdicts) -> None:
        self._sales = sales
        self._sellers = sellers
        self._chance = chance
        self._verdicts = verdicts

    def record(self, new: NewSale, bill: Bill, *, actor: str) -> None:
        """The money is taken: write that down before anything else. Nothing is sent.

        Raises:
            JournalError: nothing stands, nothing will be sent.
        """
        with self._sales.journal.transaction(actor) as tx:
            tx.add_bill(bill, business_date=tx.business_date(bill.created_utc))
            self._sales.writes(tx).add(new, self._verdicts.due_in(REMIND_S))

    def send(self, sale_id: str, *, actor: str, here: Callable[[], bool]) -> BuyEnd:
        """Send the order of an UNSENT sale, once.

        Args:
            sale_id: the sale.
            actor: who stands in the audit chain.
            here: read at the moment of the verdict: does a cashier wait for it, with the customer?

        Raises:
            RuleBroken: the sale is not UNSENT, its order may have left twice already, or the issuer sends no code by
                SMS any more (`sale.no_sms`); nothing was sent.
            JournalError: what was to be sent could not be written (nothing was sent), or the verdict could not (the
                sale stays IN_FLIGHT on disk and is asked about later).
        """
        sale = self._known(sale_id)
        with self._sellers.turn(sale.seller, background=False):
            call_id = self._write_sending(sale, actor)
            sale = self._known(sale_id)

            def buy(seller: CodeSeller, trace: Trace) -> BuyAnswer:
                return seller.buy(sale.order, trace)

            try:
                answer, trace = self._sellers.call_now(sale.seller, buy)
            except CallFailed as failed:
                self._write_failure(sale, call_id, failed, actor)
                return BuyEnd(failed.error)
        self._write_answer(sale, call_id, answer, trace, actor, here)
        return BuyEnd()

    def must_send_sms(self, seller: str) -> None:
        """Raises `RuleBroken("sale.no_sms")` where this issuer sends no code to a phone."""
        if not self._sellers.line(seller).seller.capabilities.by_phone:
            raise RuleBroken("sale.no_sms")

    def _known(self, sale_id: str) -> Sale:
        sale = self._sales.sale(sale_id)
        if sale is None:
            raise PosError("journal.no_such_row")
        return sale

    def _write_sending(self, sale: Sale, actor: str) -> str:
        if not may_send(sale):
            raise RuleBroken("rule.sale_sends", sends=sale.unclear_sends)
        if sale.order.phone:  # the shop may have switched it off since the money was taken: send again, or drop
            self.must_send_sms(sale.seller)
        call_id, stamp = self._chance.new_id(), self._sellers.stamp(sale.seller)
        with self._sales.journal.transaction(actor) as tx:
            writes = self._sales.writes(tx)
            writes.move(sale.id, SaleEvent.SEND, sent=stamp)
            writes.set_due(sale.id, self._verdicts.due_in(_IN_FLIGHT_S))
            writes.add_attempt(sale.id, call_id, "buy", stamp)
        return call_id

    def _write_answer(
        self, sale: Sale, call_id: str, answer: BuyAnswer, trace: Trace, actor: str, here: Callable[[], bool]
    ) -> None:
        """The whole answer in one commit. A refusal counts only if this is the one send that may have left."""
        with self._sales.journal.transaction(actor) as tx:
            tx.add_answer(call_id, result_word(answer), trace, offset_s=self._offset_s(sale))
            if isinstance(answer, Bought):
                self._verdicts.bought(tx, sale, answer, here=here())
            elif isinstance(answer, NotBought) and sale.unclear_sends == 1 and not answer.confirm:
                self._verdicts.refused(tx, sale, answer)
            else:
                only_send = isinstance(answer, NotBought) and sale.unclear_sends == 1
                writes = self._sales.writes(tx)
                writes.move(
                    sale.id,
                    SaleEvent.LOST,
                    reason=answer.reason if isinstance(answer, NotBought) and only_send else None,
                    reason_code=answer.code,
                )
                if only_send:
                    writes.mark(sale.id, confirming=True)
                self._verdicts.ask_next(tx, sale.id, 0)

    def _write_failure(self, sale: Sale, call_id: str, failed: CallFailed, actor: str) -> None:
        """Sort by what may have happened. A refusal at the door proves nothing of an earlier send of the same id."""
        error = failed.error
        proven = isinstance(error, NotSent) or (isinstance(error, SetupFault) and sale.unclear_sends == 1)
        with self._sales.journal.transaction(actor) as tx:
            tx.add_answer(call_id, error.code, failed.trace, offset_s=self._offset_s(sale))
            if proven:
                self._sales.writes(tx).move(sale.id, SaleEvent.NOT_SENT, note=error.code)
                self._verdicts.remind(tx, sale.id)
            else:
                self._sales.writes(tx).move(sale.id, SaleEvent.LOST, note=error.code)
                self._verdicts.ask_next(tx, sale.id, 0)

    def _offset_s(self, sale: Sale) -> float | None:
        return self._sellers.line(sale.seller).watch.offset_s()


def may_send(sale: Sale) -> bool:
    """Whether the order may leave: for the first time, or once more after proof that nothing was bought."""
    return sale.state.outcome is SaleOutcome.UNSENT and sale.unclear_sends < MOST_UNCLEAR_SENDS


def result_word(answer: object) -> str:
    """An answer's name in the journal, e.g. `bought`, `not_found`."""
    name = type(answer).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
