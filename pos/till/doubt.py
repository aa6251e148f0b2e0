"""After a rebuilding or restore at whose end something may be missing: whatever may have happened since is asked about.

The journal goes back in time, the issuers do not. So before the till opens:

- a voucher that stands unsent may have been sent: it becomes in flight, as if a call had been cut off right now, and
  the start makes it unknown. Only the issuer's record decides then; it is sent again only on proof that it is unused.
- the same with an order of codes, with a voucher on a booking, and with money for a booking that was taken and not
  committed.
- a slip that waits for the printer may be on paper: it becomes doubtful, and a repeat says COPY.
- running numbers go on far behind the last one known. A number given twice would make two bills of one, and the
  issuer's word about the one would be taken for the other.

Nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from pos.domain.booking_payment import BookingEvent, JourneyFact, MoneyFact, VoucherFact, can
from pos.domain.errors import RuleBroken
from pos.domain.redemption import Event, Outcome
from pos.domain.sale import SaleEvent, SaleOutcome
from pos.till.booking.ports import BookingJournal
from pos.till.ports import Journal, PrintState, Redemption, SentStamp
from pos.till.selling.ports import SaleJournal

ACTOR = "till"
NUMBERS_PASSED_OVER = 5_000
"""More bills than one till ever makes in a day."""
_MANY = 1_000_000
_NOTE = "doubt"


class Doubter:
    """Takes everything unsent for unknown. At the start, before anything else; going over it twice does no harm.

    Args:
        journal: just opened.
        stamp: now, on every clock there is: proof that something took no effect has to be later than this.
    """

    def __init__(self, journal: Journal, stamp: Callable[[], SentStamp]) -> None:
        self._journal = journal
        self._stamp = stamp

    def vouchers(self) -> int:
        """Redemptions that stand unsent. Returns how many. Raises `JournalError`: the till must not open."""
        count = 0
        for row in self._unsent():
            try:
                with self._journal.transaction(ACTOR) as tx:
                    tx.move(row.id, Event.SEND, sent=self._stamp(), note=_NOTE)
                count += 1
            except RuleBroken:
                # The same code stands on another bill, or it is being taken back: it cannot be sent anyway.
                continue
        return count

    def _unsent(self) -> Iterable[Redemption]:
        ids = [entry.redemption_id for entry in self._journal.outbox(_MANY)]
        for number in self._journal.open_bills():
            ids += [row.id for row in self._journal.redemptions_of(number)]
        for redemption_id in dict.fromkeys(ids):
            row = self._journal.redemption(redemption_id)
            if row.state.outcome is Outcome.UNSENT:
                yield row

    def slips(self) -> int:
        """Slips that wait for the printer. Returns how many."""
        waiting = self._journal.print_jobs(states=[PrintState.PENDING])
        for job in waiting:
            with self._journal.transaction(ACTOR) as tx:
                tx.set_print_state(job.id, PrintState.PRINTING, note=_NOTE)
        return len(waiting)

    def sales(self, sales: SaleJournal) -> int:
        """Orders of codes that stand unsent. Returns how many."""
        open_sales = [sale for sale in sales.open_sales(_MANY) if sale.state.outcome is SaleOutcome.UNSENT]
        for sale in open_sales:
            with self._journal.transaction(ACTOR) as tx:
                sales.writes(tx).move(sale.id, SaleEvent.SEND, sent=self._stamp(), note=_NOTE)
        return len(open_sales)

    def bookings(self, bookings: BookingJournal) -> tuple[str, ...]:
        """Payments of bookings that something may have been done about.

        Returns:
            Bill numbers of payments for which no money stands taken: it may have been, and the booking may be paid.
            Only a person can look.
        """
        look_at = []
        for payment in bookings.open_payments(_MANY):
            state = payment.state
            event = None
            if state.voucher is VoucherFact.UNSENT:
                event = BookingEvent.REDEEM
            elif state.journey is JourneyFact.UNSENT and state.money is MoneyFact.TAKEN:
                event = BookingEvent.COMMIT
            if event is not None and can(state, event):
                with self._journal.transaction(ACTOR) as tx:
                    bookings.writes(tx).move(payment.id, event, sent=self._stamp(), note=_NOTE)
            if state.journey is JourneyFact.UNSENT and state.money is MoneyFact.NOT_TAKEN:
                look_at.append(payment.bill_number)
        return tuple(look_at)


def days_in_doubt(first: date, today: date) -> tuple[date, ...]:
    """Business dates whose bills may be missing; the one after today as well, for a clock that is behind."""
    last = max(first, today) + timedelta(days=1)
    first = max(first, last - timedelta(days=400))
    return tuple(first + timedelta(days=days) for days in range((last - first).days + 1))
