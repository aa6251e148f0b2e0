"""A manager decides about a redemption whose issuer cannot say for whom it was used (contracts/vinid.md §12.2 no. 4).

Accepted, the value is given on the manager's word: the row says "not confirmed", and its case stays open until somebody
has settled it with the issuer. Rejected, nothing is given; the case stays open too, because the voucher may have been
used by our own call. Nothing is accepted, rejected or taken back by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError
from pos.domain.permissions import Action
from pos.domain.reasons import Reason
from pos.domain.redemption import UNKNOWN, Event
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.ports import Journal, Person, Redemption
from pos.till.redeem import Redeemer
from pos.till.rights import answers_for, note_approval


class UndecidedDesk:
    """Writes the manager's decision. Any till thread."""

    def __init__(self, journal: Journal, issuers: Issuers, leases: Leases, redeemer: Redeemer) -> None:
        self._journal = journal
        self._issuers = issuers
        self._leases = leases
        self._redeemer = redeemer

    def waiting(self, bill_number: str) -> tuple[Redemption, ...]:
        """The rows of a bill that wait for a manager's decision, in the order scanned."""
        return tuple(row for row in self._journal.redemptions_of(bill_number) if self._is_open(row))

    def decide(
        self, redemption_id: str, *, accept: bool, manager: Person, reason: str, here: Callable[[], bool],
        cashier: str = "",
    ) -> None:  # fmt: skip
        """Write the decision; cannot be undone.

        Args:
            redemption_id: a row of `waiting`.
            accept: the value is given; else it is not.
            manager: by PIN.
            reason: in words.
            here: read at the moment of writing: does the customer wait for the value?
            cashier: at whose counter the manager stands; "" for nobody's.

        Raises:
            ConfigError: `undecided.reason_missing`, `undecided.manager`, `undecided.not_open`; nothing was written.
            JournalError: nothing was written.
        """
        if not answers_for(Action.DECIDE_UNDECIDED, manager):
            raise ConfigError("undecided.manager")
        if not reason.strip():
            raise ConfigError("undecided.reason_missing")
        row = self._journal.redemption(redemption_id)
        with self._leases.hold(row.bill_number):
            row = self._journal.redemption(redemption_id)
            if not self._is_open(row):
                raise ConfigError("undecided.not_open")
            with self._journal.transaction(manager.name) as tx:
                tx.add_decision(row.id, accepted=accept, manager=manager.name, reason=reason.strip())
                note_approval(tx, Action.DECIDE_UNDECIDED, row.id, manager=manager.name, cashier=cashier)
                if accept:
                    given = here()
                    tx.move(row.id, Event.USED_HERE if given else Event.USED, note="manager")
                else:
                    given = False
                    tx.move(row.id, Event.REFUSED, reason=Reason.UNKNOWN_OR_USED, note="manager")
                tx.unschedule(row.id)  # asking once more could only say the same again
                self._redeemer.slip_when_complete(tx, row.bill_number, given_now=given)

    def _is_open(self, row: Redemption) -> bool:
        """Only what the issuer's weak answer has left to a person; value that was given is another matter."""
        if row.state != UNKNOWN or not self._issuers.weak_inquiry(row.provider):
            return False
        cases = self._journal.cases_of(row.bill_number)
        return any(
            case.redemption_id == row.id and case.kind is CaseKind.UNDECIDABLE and case.closed_utc is None
            for case in cases
        )
