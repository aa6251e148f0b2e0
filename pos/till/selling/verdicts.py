"""What an answer of the seller means for a sale, written into the caller's transaction. One place for buy and ask.

| bought | next |
|---|---|
| as ordered, readable, a cashier waits | the slip's job, in the same transaction |
| as ordered, sent to the customer's phone by the issuer | closed: she has it; the slip, a proof, only if she waits |
| as ordered, readable, nobody waits | a case: the customer has neither codes nor money; handed over late |
| not as ordered | all codes stored, one more ask, then a case; never bought again |
| not readable | all codes stored, a case; nothing is bought again, nothing paid back |
"""

from __future__ import annotations

import logging
from datetime import timedelta

from pos.domain.sale import Bought, NotBought, PlainCode, SaleEvent, SaleOutcome, SealedCode, Unreadable, ask_pause_s
from pos.till.ports import Chance, Clock, JournalTx
from pos.till.sale_port import CodeSeller
from pos.till.selling.ports import Due, How, Sale, SaleJournal, Showing
from pos.till.selling.sellers import Sellers
from pos.till.selling.views import SaleCaseKind

log = logging.getLogger(__name__)

REMIND_S = 600.0
"""How long a customer may stand without codes and money before it is a case."""


class Verdicts:
    """Writes verdicts and schedules. Callers hold the sale's lease."""

    def __init__(self, sales: SaleJournal, sellers: Sellers, clock: Clock, chance: Chance) -> None:
        self._sales = sales
        self._sellers = sellers
        self._clock = clock
        self._chance = chance

    # ------------------------------------------------------------ schedule

    def due_in(self, pause_s: float) -> Due:
        """`pause_s` seconds from now."""
        at_utc = self._clock.now_utc() + timedelta(seconds=pause_s)
        return Due(self._sales.journal.session, self._clock.mono_s() + pause_s, at_utc)

    def ask_next(self, tx: JournalTx, sale_id: str, asks: int) -> None:
        """Schedule the ask after `asks` of them."""
        writes = self._sales.writes(tx)
        writes.mark(sale_id, asks=asks)
        writes.set_due(sale_id, self.due_in(ask_pause_s(asks)))

    def remind(self, tx: JournalTx, sale_id: str) -> None:
        """A person has the next step; if she does not take it, it becomes a case."""
        self._sales.writes(tx).set_due(sale_id, self.due_in(REMIND_S))

    def to_a_person(self, tx: JournalTx, sale_id: str, kind: SaleCaseKind) -> None:
        """Nothing is done by itself any more."""
        writes = self._sales.writes(tx)
        writes.open_case(sale_id, kind)
        writes.set_due(sale_id, None)

    # ------------------------------------------------------------ verdicts

    def not_bought(
        self, tx: JournalTx, sale: Sale, *, reason: str | None, code: str | None, closure: str = "not_bought"
    ) -> None:
        """A certain failure: the money is to be paid back."""
        self._sales.writes(tx).move(sale.id, SaleEvent.NOT_BOUGHT, reason=reason, reason_code=code)
        self.remind(tx, sale.id)
        self._close_asking(tx, sale, closure)

    def refused(self, tx: JournalTx, sale: Sale, answer: NotBought) -> None:
        """The same in the seller's words."""
        self.not_bought(tx, sale, reason=answer.reason, code=answer.code)

    def bought(self, tx: JournalTx, sale: Sale, answer: Bought, *, here: bool) -> None:
        """The seller sold: keep every code, then hand over or to a person."""
        writes = self._sales.writes(tx)
        writes.move(sale.id, SaleEvent.BOUGHT, transaction_id=answer.transaction_id, charged_vnd=answer.charged_vnd)
        writes.add_codes(sale.id, answer.codes)
        if answer.complete and as_ordered(sale, answer.codes):
            self.present(tx, sale, answer.codes, here=here)
        else:
            writes.mark(sale.id, incomplete=True, asks=0)
            writes.set_due(sale.id, self.due_in(0.0))
        self._close_asking(tx, sale, "bought")

    def completed(self, tx: JournalTx, sale: Sale, answer: Bought, *, here: bool) -> None:
        """The one ask about an incomplete order: add what came now; still not as ordered is a person's."""
        known = self._sales.codes(sale.id)
        serials = {code.serial for code in known}
        new = tuple(code for code in answer.codes if code.serial not in serials)
        if new:
            self._sales.writes(tx).add_codes(sale.id, new)
        if answer.complete and as_ordered(sale, (*known, *new)):
            self._sales.writes(tx).mark(sale.id, incomplete=False)
            self.present(tx, sale, (*known, *new), here=here)
            self._sales.writes(tx).close_cases(sale.id, [SaleCaseKind.INCOMPLETE], closure="completed")
        else:
            self.to_a_person(tx, sale.id, SaleCaseKind.INCOMPLETE)

    def present(self, tx: JournalTx, sale: Sale, codes: tuple[SealedCode, ...], *, here: bool) -> None:
        """All codes are on disk: to the slip, or to a person."""
        if sale.order.phone:
            self._sent_by_issuer(tx, sale, here=here)
            return
        writes, readable = self._sales.writes(tx), self.readable(sale, codes)
        if sale.unreadable or not readable:
            writes.mark(sale.id, unreadable=not readable)
        if not readable:
            self.to_a_person(tx, sale.id, SaleCaseKind.UNREADABLE)
        elif here:
            self.queue_slip(tx, sale, who=sale.cashier)
        else:
            self.to_a_person(tx, sale.id, SaleCaseKind.NOT_DELIVERED)

    def _sent_by_issuer(self, tx: JournalTx, sale: Sale, *, here: bool) -> None:
        """The code is on its way to the customer's phone: whatever becomes of the slip, it is not handed over again."""
        self.handed_over(tx, sale)
        if here:
            self.queue_slip(tx, sale, who=sale.cashier)

    def queue_slip(
        self, tx: JournalTx, sale: Sale, *, who: str, approved_by: str | None = None, reason: str | None = None
    ) -> None:
        """Queue a slip; for whom and by whose leave is written with it, before any code on it can be read."""
        job = tx.add_print_job(self._chance.new_id(), sale.bill_number)
        writes = self._sales.writes(tx)
        writes.add_showing(Showing(sale.id, who, How.PRINT, approved_by, reason, job.id))
        if not sale.state.closed and not sale.order.phone:
            self.remind(tx, sale.id)

    def handed_over(self, tx: JournalTx, sale: Sale, *, closure: str = SaleEvent.HANDED_OVER.value) -> None:
        """The customer has her codes; `closure` says why in her cases."""
        writes = self._sales.writes(tx)
        writes.move(sale.id, SaleEvent.HANDED_OVER)
        writes.close_cases(sale.id, [SaleCaseKind.NOT_DELIVERED, SaleCaseKind.UNREADABLE], closure=closure)

    def paid_back(self, tx: JournalTx, sale: Sale) -> None:
        """The customer has her money back; the table refuses it where anything may be bought."""
        writes = self._sales.writes(tx)
        writes.move(sale.id, SaleEvent.PAID_BACK)
        writes.close_cases(sale.id, [SaleCaseKind.NOT_DELIVERED], closure=SaleEvent.PAID_BACK.value)

    def _close_asking(self, tx: JournalTx, sale: Sale, closure: str) -> None:
        """A verdict although the till had stopped asking: a person's ask, which closes what she asked about."""
        if sale.state.outcome is SaleOutcome.UNKNOWN:
            kinds = [SaleCaseKind.BY_HAND, SaleCaseKind.OTHER_ORDER]
            self._sales.writes(tx).close_cases(sale.id, kinds, closure=closure)

    # ------------------------------------------------------------ codes

    def readable(self, sale: Sale, codes: tuple[SealedCode, ...]) -> bool:
        """Whether every code can be decrypted now."""
        return all(isinstance(code, PlainCode) for code in self.opened(sale, codes))

    def opened(self, sale: Sale, codes: tuple[SealedCode, ...]) -> tuple[PlainCode | Unreadable, ...]:
        """Decrypt these codes. The money is spent: whatever goes wrong here must not lose the answer."""
        seller = self._sellers.line(sale.seller).seller
        return tuple(_opened(seller, code) for code in codes)


def _opened(seller: CodeSeller, code: SealedCode) -> PlainCode | Unreadable:
    try:
        return seller.open(code)
    except Exception as error:  # noqa: BLE001 - our own bug must not undo the transaction that stores what was bought
        log.error("a code could not be opened: %s", type(error).__name__)
        return Unreadable.NO_CODE_INSIDE


def as_ordered(sale: Sale, codes: tuple[SealedCode, ...]) -> bool:
    """As many codes as were to come, no serial twice."""
    return len(codes) == sale.order.codes_to_come == len({code.serial for code in codes})
