"""What a manager wants to know of the people, and may do about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pos.till.ports import People, Person, Role


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Somebody as the journal keeps them. The hash is for `pos.security.people` alone."""

    person: Person
    since_utc: datetime
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonState:
    """Somebody as a manager sees them.

    Args:
        since_utc: when they began to work here. last_in_utc: their last sign-in; None: never.
        tries: wrong PINs in a row. wait_s: until their next try.
    """

    person: Person
    since_utc: datetime
    last_in_utc: datetime | None
    tries: int
    wait_s: int


class ManagedPeople(People, Protocol):
    """Everything that can be done about people. Each change stands in the audit chain with `actor`, who did it."""

    def states(self) -> tuple[PersonState, ...]:
        """Active people by name."""

    def set_pin(self, person_id: str, pin: str, actor: str) -> None:
        """A new PIN."""

    def set_role(self, person_id: str, role: Role, pin: str | None, actor: str) -> None:
        """Another role; a new manager with a new PIN."""

    def retire(self, person_id: str, actor: str) -> None:
        """They no longer work here."""

    def reset_tries(self, person_id: str, actor: str) -> None:
        """End their wait after wrong PINs."""
