"""Who works at the till, by PIN: salted slow hashes, and patience with wrong PINs that runs out."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from pos.domain.errors import JournalError, SecurityError
from pos.security.common_pins import must_fit
from pos.security.names import alike, read_name
from pos.security.throttle import Throttle
from pos.till.people_port import PersonRecord, PersonState
from pos.till.ports import Chance, Clock, Person, Role

ANY_MANAGER = "manager"
"""The name under which tries at a pad are counted that asks for any manager's PIN."""


def shipped_hasher() -> PasswordHasher:
    """argon2id at 64 MiB: about 0.1 s a try on a till, and 64 MiB for each try of somebody who has stolen the hash."""
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)


class PeopleStore(Protocol):
    """Keeps people; every change is audited with who did it. Never sees a PIN."""

    def records(self) -> Sequence[PersonRecord]:
        """Everybody who works here, by name."""

    def last_in(self) -> Mapping[str, datetime]:
        """When each person signed in last, by id; takes its time."""

    def add(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Keep somebody new."""

    def set_pin(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Give somebody a new PIN."""

    def set_role(self, person: Person, role: Role, pin_hash: str | None, *, actor: str) -> None:
        """Give somebody another role, with a new PIN where one is given."""

    def rehash(self, person: Person, pin_hash: str) -> None:
        """The same PIN, hashed anew."""

    def retire(self, person: Person, *, actor: str) -> None:
        """Somebody no longer works here; what they did keeps their name."""

    def note_wrong_pin(self, who: str, tries: Mapping[str, int], mono_s: float) -> None:
        """Audit a wrong try for `who` (a person's id or `ANY_MANAGER`), and keep how often each name was tried."""

    def note_right_pin(self, who: str, cleared: Sequence[str]) -> None:
        """The right PIN: when, and whose tries it wipes; audited where there were any."""

    def reset_tries(self, person: Person, names: Sequence[str], *, actor: str) -> None:
        """A manager ends a wait."""

    def wrong_pins(self) -> Mapping[str, tuple[int, float | None]]:
        """Wrong tries in a row by name, with the monotonic time of the last; None where it was not kept."""

    def keep_wrong_pins(self, tries: Mapping[str, int], mono_s: float) -> None:
        """Their waits begin at this moment of the monotonic clock."""


class PinPeople:
    """Implements the port `People`. Any thread; tries are taken one after the other."""

    def __init__(self, store: PeopleStore, clock: Clock, chance: Chance, hasher: PasswordHasher | None = None) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._hasher = hasher or shipped_hasher()
        self._throttle = Throttle()
        # Held while hashing: a second try in parallel must not slip past the counter.
        self._lock = threading.Lock()
        self._restored = False

    def _restore(self) -> None:
        """Take up the waits of earlier runs."""
        if self._restored:
            return
        now_mono_s, anew = self._clock.mono_s(), {}
        for who, (tries, tried_mono_s) in self._store.wrong_pins().items():
            if self._throttle.restore(who, tries, tried_mono_s, now_mono_s):
                anew[who] = tries
        if anew:  # else each of many short commands would begin the wait once more
            self._store.keep_wrong_pins(anew, now_mono_s)
        self._restored = True

    # ------------------------------------------------------------ who works here

    def everyone(self) -> tuple[Person, ...]:
        """Active people by name."""
        return tuple(record.person for record in self._store.records())

    def states(self) -> tuple[PersonState, ...]:
        """The same, with what a manager wants to know of them."""
        last_in = self._store.last_in()
        with self._lock:
            self._restore()
            now_mono_s = self._clock.mono_s()
            return tuple(
                PersonState(
                    record.person,
                    record.since_utc,
                    last_in.get(record.person.id),
                    self._throttle.tries(record.person.id),
                    math.ceil(self._throttle.wait_s(record.person.id, now_mono_s)),
                )
                for record in self._store.records()
            )

    def add(self, name: str, role: Role, pin: str, actor: str) -> Person:
        """Somebody starts to work here.

        Raises:
            SecurityError: `person.name_missing`, `person.name_unfit`, `person.name_taken`, or as `set_pin`.
        """
        name = read_name(name)
        taken = next((person.name for person in self.everyone() if alike(person.name) == alike(name)), None)
        if taken is not None:
            raise SecurityError("person.name_taken", name=taken)
        person = Person(self._chance.new_id(), name, role)
        self._store.add(person, self._hash(pin, person), actor=actor)
        return person

    def set_pin(self, person_id: str, pin: str, actor: str) -> None:
        """Give somebody a new PIN; it ends their wait.

        Raises:
            SecurityError: `pin.unusable` (not so many digits), `pin.short_for_manager`, `pin.unfit` (too common, or it
                could be taken for somebody else's: not said which, or whose), `person.unknown`.
        """
        person = self._active(person_id)
        self._store.set_pin(person, self._hash(pin, person), actor=actor)
        self._end_wait(person, actor)

    def try_pin(self, person_id: str, pin: str) -> None:
        """Whether this could be somebody's new PIN; changes nothing. Raises as `set_pin`."""
        self._hash(pin, self._active(person_id))

    def set_role(self, person_id: str, role: Role, pin: str | None, actor: str) -> None:
        """Give somebody another role. A new manager needs a new PIN: a cashier's may be too short for what it opens.

        Raises:
            SecurityError: `person.last_manager`, `pin.new_for_manager`, or as `set_pin`.
        """
        person = self._active(person_id)
        if role is person.role:
            return
        if role is Role.MANAGER and not pin:
            raise SecurityError("pin.new_for_manager")
        if role is not Role.MANAGER:
            self._must_not_be_last(person)
        pin_hash = self._hash(pin, Person(person.id, person.name, role)) if pin else None
        self._store.set_role(person, role, pin_hash, actor=actor)

    def retire(self, person_id: str, actor: str) -> None:
        """Somebody no longer works here. Raises `SecurityError`: `person.last_manager`, `person.unknown`."""
        person = self._active(person_id)
        self._must_not_be_last(person)
        self._store.retire(person, actor=actor)

    def reset_tries(self, person_id: str, actor: str) -> None:
        """A manager ends somebody's wait, and with a manager's also the wait of the pads. Raises `person.unknown`."""
        self._end_wait(self._active(person_id), actor)

    def _end_wait(self, person: Person, actor: str) -> None:
        with self._lock:
            self._restore()
            names = [name for name in self._counted(person) if self._throttle.tries(name)]
            if names:
                self._store.reset_tries(person, names, actor=actor)
            for name in names:
                self._throttle.right(name)

    def _active(self, person_id: str) -> Person:
        for person in self.everyone():
            if person.id == person_id:
                return person
        raise SecurityError("person.unknown")

    def _must_not_be_last(self, person: Person) -> None:
        others = [each for each in self.everyone() if each.role is Role.MANAGER and each.id != person.id]
        if person.role is Role.MANAGER and not others:
            raise SecurityError("person.last_manager")

    # ------------------------------------------------------------ PINs

    def verify(self, person_id: str, pin: str) -> Person:
        """The person, if the PIN is theirs. A wrong one for a manager counts at the pads too, where her PIN would do.

        Raises:
            SecurityError: `pin.wrong` with `wait_s` until the next try, `pin.wait` (not even looked at), or
                `person.unknown`.
        """
        candidates = [record for record in self._store.records() if record.person.id == person_id]
        if not candidates:
            raise SecurityError("person.unknown")
        return self._tried(person_id, self._counted(candidates[0].person), candidates, pin)

    def manager_by_pin(self, pin: str) -> Person:
        """The manager whose PIN this is; tries are counted for all managers together.

        They do not make the managers wait at the sign-in: else a cashier could keep them out of their own till.
        """
        managers = [record for record in self._store.records() if record.person.role is Role.MANAGER]
        if not managers:
            raise SecurityError("person.no_manager")
        return self._tried(ANY_MANAGER, (ANY_MANAGER,), managers, pin)

    @staticmethod
    def _counted(person: Person) -> tuple[str, ...]:
        return (person.id, ANY_MANAGER) if person.role is Role.MANAGER else (person.id,)

    def _tried(self, who: str, counted: Sequence[str], candidates: Sequence[PersonRecord], pin: str) -> Person:
        with self._lock:
            self._restore()
            wait_s = self._throttle.wait_s(who, self._clock.mono_s())
            if wait_s > 0:
                raise SecurityError("pin.wait", wait_s=math.ceil(wait_s))
            for record in candidates:
                if self._matches(record.pin_hash, pin):
                    self._right(record, counted, pin)
                    return record.person
            mono_s = self._clock.mono_s()
            wait_s = {name: self._throttle.wrong(name, mono_s) for name in counted}[who]
            self._store.note_wrong_pin(who, {name: self._throttle.tries(name) for name in counted}, mono_s)
        raise SecurityError("pin.wrong", wait_s=math.ceil(wait_s) or None)  # no "wait 0 seconds"

    def _right(self, record: PersonRecord, counted: Sequence[str], pin: str) -> None:
        cleared = [name for name in counted if self._throttle.tries(name)]
        for name in cleared:
            self._throttle.right(name)
        with suppress(JournalError):  # a disk in trouble keeps nobody from working; a slate not wiped is only stricter
            if cleared:
                self._store.note_right_pin(record.person.id, cleared)
            if self._hasher.check_needs_rehash(record.pin_hash):
                self._store.rehash(record.person, self._hasher.hash(pin))

    def _matches(self, known: str, pin: str) -> bool:
        try:
            return self._hasher.verify(known, pin)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):  # the last: bytes on stdin that are no text
            return False

    def _hash(self, pin: str, whose: Person) -> str:
        manager = whose.role is Role.MANAGER
        must_fit(pin, manager=manager)
        # With a cashier's own PIN a manager's pad must never open, so both ways round: no cashier's PIN is a manager's.
        # One answer for common and for taken: else the refusal would tell whose PIN was just typed.
        others = [r for r in self._store.records() if r.person.id != whose.id]
        if any(self._matches(r.pin_hash, pin) for r in others if manager or r.person.role is Role.MANAGER):
            raise SecurityError("pin.unfit")
        return self._hasher.hash(pin)
