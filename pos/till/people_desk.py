"""People as a manager looks after them on her page: every change asks the table of rights by her name first."""

from __future__ import annotations

from pos.domain.permissions import Action, Role
from pos.till.people_port import ManagedPeople, PersonState
from pos.till.ports import Person
from pos.till.rights import Rights


class PeopleDesk:
    """Adds, changes and retires people. For threads that may wait: PINs are hashed.

    Every change raises `SecurityError`: `right.needs_manager` for an actor who may not, else as `PinPeople` says; then
    nothing was changed.

    Args:
        people: who works here.
        rights: asks the table.
    """

    def __init__(self, people: ManagedPeople, rights: Rights) -> None:
        self._people, self._rights = people, rights

    def states(self) -> tuple[PersonState, ...]:
        """Everybody who works here, by name."""
        return self._people.states()

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        """Somebody new."""
        self._must(actor)
        return self._people.add(name, role, pin, actor=actor)

    def set_pin(self, person_id: str, pin: str, *, actor: str) -> None:
        """A new PIN; it ends a wait."""
        self._must(actor)
        self._people.set_pin(person_id, pin, actor)

    def set_role(self, person_id: str, role: Role, pin: str | None, *, actor: str) -> None:
        """Another role; a new manager with a new PIN."""
        self._must(actor)
        self._people.set_role(person_id, role, pin, actor)

    def retire(self, person_id: str, *, actor: str) -> None:
        """They no longer work here."""
        self._must(actor)
        self._people.retire(person_id, actor)

    def reset_tries(self, person_id: str, *, actor: str) -> None:
        """End their wait."""
        self._must(actor)
        self._people.reset_tries(person_id, actor)

    def _must(self, actor: str) -> None:
        self._rights.named(Action.MANAGE_PEOPLE, actor)
