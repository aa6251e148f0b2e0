"""Who works at the till, by PIN: salted slow hashes, and patience with wrong PINs that runs out."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pos.domain.business_date import from_utc_text
from pos.domain.errors import SecurityError
from pos.security.throttle import Throttle
from pos.till.ports import Chance, Clock, Person, Role

_ANY_MANAGER = "manager"
PIN_DIGITS = range(4, 9)
"""How many digits a PIN may have."""


class PeopleStore(Protocol):
    """Keeps people; every change is audited with who did it. Never sees a PIN."""

    def active(self) -> Sequence[tuple[Person, str]]:
        """Everybody who works here with the hash of their PIN, by name."""

    def add(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Keep somebody new."""

    def set_pin(self, person_id: str, pin_hash: str, *, actor: str) -> None:
        """Give somebody a new PIN."""

    def retire(self, person_id: str, *, actor: str) -> None:
        """Somebody no longer works here; what they did keeps their name."""

    def note_wrong_pin(self, who: str, tries: int) -> None:
        """Audit and keep a wrong try for a person's id, or `manager` where any manager was asked."""

    def note_right_pin(self, who: str) -> None:
        """The right PIN after wrong ones."""

    def wrong_pins(self) -> Mapping[str, tuple[int, str]]:
        """Wrong tries in a row by name, with the UTC text of the last: a restart is no way round the pause."""


class PinPeople:
    """Implements the port `People`. Any thread; tries are taken one after the other."""

    def __init__(self, store: PeopleStore, clock: Clock, chance: Chance, hasher: PasswordHasher | None = None) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._hasher = hasher or PasswordHasher()
        self._throttle = Throttle()
        # Held while hashing: a second try in parallel must not slip past the counter.
        self._lock = threading.Lock()
        self._restored = False

    def _restore(self) -> None:
        """Take up the pauses of earlier runs. By the wall clock, which may jump: a jump ahead ends a pause early."""
        self._restored = True
        now_utc, now_mono_s = self._clock.now_utc(), self._clock.mono_s()
        for who, (tries, at_utc) in self._store.wrong_pins().items():
            since_s = (now_utc - from_utc_text(at_utc)).total_seconds()
            self._throttle.restore(who, tries, since_s, now_mono_s)

    def everyone(self) -> tuple[Person, ...]:
        """Active people by name."""
        return tuple(person for person, _ in self._store.active())

    def add(self, name: str, role: Role, pin: str, actor: str) -> Person:
        """Somebody starts to work here.

        Raises:
            SecurityError: `pin.unusable` (not 4 to 8 digits), `person.name_missing`, `person.name_taken`.
        """
        name = " ".join(name.split())
        if not name or not name.isprintable():
            raise SecurityError("person.name_missing")
        if any(person.name == name for person in self.everyone()):
            raise SecurityError("person.name_taken", name=name)
        person = Person(self._chance.new_id(), name, role)
        self._store.add(person, self._hash(pin), actor=actor)
        return person

    def set_pin(self, person_id: str, pin: str, actor: str) -> None:
        """Give somebody a new PIN. Raises `SecurityError("pin.unusable")`."""
        self._store.set_pin(person_id, self._hash(pin), actor=actor)

    def retire(self, person_id: str, actor: str) -> None:
        """Somebody no longer works here."""
        self._store.retire(person_id, actor=actor)

    def verify(self, person_id: str, pin: str) -> Person:
        """The person, if the PIN is theirs.

        Raises:
            SecurityError: `pin.wrong` with `wait_s` until the next try, `pin.wait` (not even looked at), or
                `person.unknown`.
        """
        candidates = [(person, known) for person, known in self._store.active() if person.id == person_id]
        if not candidates:
            raise SecurityError("person.unknown")
        return self._tried(person_id, candidates, pin)

    def manager_by_pin(self, pin: str) -> Person:
        """The manager whose PIN this is; tries are counted for all managers together."""
        managers = [(person, known) for person, known in self._store.active() if person.role is Role.MANAGER]
        if not managers:
            raise SecurityError("person.no_manager")
        return self._tried(_ANY_MANAGER, managers, pin)

    def _tried(self, who: str, candidates: Sequence[tuple[Person, str]], pin: str) -> Person:
        with self._lock:
            if not self._restored:
                self._restore()
            wait_s = self._throttle.wait_s(who, self._clock.mono_s())
            if wait_s > 0:
                raise SecurityError("pin.wait", wait_s=math.ceil(wait_s))
            for person, known in candidates:
                if self._matches(known, pin):
                    if self._throttle.tries(who):
                        self._store.note_right_pin(who)
                    self._throttle.right(who)
                    return person
            wait_s = self._throttle.wrong(who, self._clock.mono_s())
            self._store.note_wrong_pin(who, self._throttle.tries(who))
        raise SecurityError("pin.wrong", wait_s=math.ceil(wait_s) or None)  # no "wait 0 seconds"

    def _matches(self, known: str, pin: str) -> bool:
        try:
            return self._hasher.verify(known, pin)
        except (VerificationError, InvalidHashError):
            return False

    def _hash(self, pin: str) -> str:
        if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS):
            raise SecurityError("pin.unusable")
        return self._hasher.hash(pin)
