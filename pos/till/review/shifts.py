"""Shifts: who has the till. One is open at most; a bill belongs to the shift in which its number was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pos.domain.errors import ConfigError, SecurityError
from pos.domain.permissions import Action
from pos.till.ports import People, Person
from pos.till.review.closing import Shift
from pos.till.review.closing_ports import ClosingJournal, ClosingTx
from pos.till.rights import NEEDS_MANAGER, answers_for


class ShiftDesk:
    """Opens and hands over shifts. Any thread but the GUI's.

    Args:
        closings: the journal as closing sees it.
        people: who works here.
        now: the best idea of the true time.
        handed_over: hears who has handed over (by name) to whom, once it stands on disk.
    """

    def __init__(
        self,
        closings: ClosingJournal,
        people: People,
        now: Callable[[], datetime],
        *,
        handed_over: Callable[[str, Person], None] = lambda *_: None,
    ) -> None:
        self._closings = closings
        self._people = people
        self._now = now
        self._handed_over = handed_over

    def open_one(self) -> Shift | None:
        """The shift that is open."""
        with self._closings.reading() as reads:
            return reads.open_shift()

    def signed_in(self, person: Person) -> None:
        """Somebody begins to work: opens a shift while none is open. Cheap when one is."""
        if self.open_one() is None:
            with self._closings.writing(person.name) as tx:
                if tx.open_shift() is None:
                    self._open(tx, person.name)

    def hand_over(self, outgoing: str, incoming_id: str, pin: str) -> Shift:
        """End the open shift in the outgoing person's name and begin the next one, on the incoming person's PIN.

        Raises:
            SecurityError: as `People.verify`.
            ConfigError: `shift.none_open`, `shift.same_person`; nothing was changed.
        """
        incoming = self._people.verify(incoming_id, pin)
        if not answers_for(Action.HAND_OVER_SHIFT, incoming):
            raise SecurityError(NEEDS_MANAGER)
        if incoming.name == outgoing:
            raise ConfigError("shift.same_person", name=outgoing)
        with self._closings.writing(outgoing) as tx:
            shift = tx.open_shift()
            if shift is None:
                raise ConfigError("shift.none_open")
            tx.close_shift(shift, outgoing, max(shift.after_bill_seq, tx.newest_bill()), incoming.name)
            begun = self._open(tx, incoming.name)
        self._handed_over(outgoing, incoming)
        return begun

    def closed_by_z(self, tx: ClosingTx, who: str, last: int) -> Shift | None:
        """End the open shift with a Z up to this bill; one that began behind it goes on. Bills that are already behind
        it (an earlier day is closed) begin the next shift of the same person. Returns the shift that ended.
        """
        shift = tx.open_shift()
        if shift is None or shift.after_bill_seq > last:
            return None
        closed = tx.close_shift(shift, who, last)
        if tx.newest_bill() > last:
            self._open(tx, shift.opened_by)
        return closed

    def _open(self, tx: ClosingTx, who: str) -> Shift:
        """It goes on where the last one ended, so that no bill is between two shifts. The first one of a till that has
        none yet begins now.
        """
        after = tx.shifted_to()
        return tx.open_shift_at(
            self._closings.business_date(self._now()), who, tx.newest_bill() if after is None else after
        )
