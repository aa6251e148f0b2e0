"""The one place in the till that asks the table of rights (`pos.domain.permissions`).

May take 0.1 s: PINs are hashed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.errors import SecurityError
from pos.domain.permissions import CASHIER_BY_SETTING, Action, Right, Role, right_of
from pos.till.ports import JournalTx, People, Person

NEEDS_MANAGER = "right.needs_manager"


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody may go on. `person` does it; `approved_by` is the manager whose PIN allowed it, None where none was
    needed. Both names belong into the audit chain.
    """

    person: Person
    approved_by: Person | None = None

    @property
    def answers(self) -> Person:
        """Who answers for it."""
        return self.approved_by or self.person


def may(action: Action, person: Person | None) -> bool:
    """Whether this person may, signed in as she is and without another PIN."""
    return person is not None and right_of(action, person.role) is Right.MAY


def answers_for(action: Action, person: Person) -> bool:
    """Whether this person, signed in or by a PIN just typed, can answer for the action: where somebody was already
    found by PIN, and only the role is left to be asked.
    """
    right = right_of(action, person.role)
    return right is Right.MAY or (right is Right.APPROVAL and person.role is Role.MANAGER)


def note_approval(tx: JournalTx, action: Action, ref: str, *, manager: str, cashier: str) -> None:
    """Where the row of an act has the manager's name alone, the audit chain keeps at whose counter it was."""
    if cashier and cashier != manager:
        tx.audit("approved", ref, action=action.value, manager=manager, cashier=cashier)


class Rights:
    """Asks the table. Any thread but the GUI's.

    Args:
        people: whose PINs they are.
        cashier_may: whether a setting of the shop lets cashiers do this (asked for `CASHIER_BY_SETTING` only).
    """

    def __init__(self, people: People, cashier_may: Callable[[Action], bool] = lambda _: False) -> None:
        self._people = people
        self._cashier_may = cashier_may

    def right(self, action: Action, role: Role) -> Right:
        """What the table says, with the shop's settings."""
        right = right_of(action, role)
        by_setting = right is Right.APPROVAL and role is Role.CASHIER and action in CASHIER_BY_SETTING
        return Right.MAY if by_setting and self._cashier_may(action) else right

    def allow(
        self, action: Action, person: Person | None, pin: str | None = None, *, refusal: str = NEEDS_MANAGER
    ) -> Leave:
        """Let somebody do it.

        Args:
            action: what.
            person: who is signed in, if anybody is.
            pin: typed on the spot; a manager's. Without anybody signed in, and where the action is no cashier's at all,
                the manager acts in her own name.
            refusal: the code of the refusal.

        Raises:
            SecurityError: `refusal`, or as `People.manager_by_pin`.
        """
        right = self.right(action, person.role) if person is not None else Right.NO
        if pin:
            manager = self._approver(action, pin, refusal)
            return Leave(manager) if person is None or right is Right.NO else Leave(person, manager)
        if person is None or right is not Right.MAY:
            raise SecurityError(refusal)
        return Leave(person)

    def named(self, action: Action, name: str, *, refusal: str = NEEDS_MANAGER) -> Person:
        """The person of this name, who is acting on a page behind a PIN already. Raises `SecurityError(refusal)`."""
        for person in self._people.everyone():
            if person.name == name and answers_for(action, person):
                return person
        raise SecurityError(refusal)

    def _approver(self, action: Action, pin: str, refusal: str) -> Person:
        manager = self._people.manager_by_pin(pin)
        if not answers_for(action, manager):
            raise SecurityError(refusal)
        return manager
