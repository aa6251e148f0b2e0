"""People on the journal's table `person`; every change is in the audit chain, no PIN is.

The hashes are sealed as voucher codes are: with a stolen disk alone, ten thousand PINs of four digits cannot be tried.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.domain.errors import JournalError, SecurityError
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core, WriteTx
from pos.till.people_port import PersonRecord
from pos.till.ports import Person, Role

_WRONG_PINS = "wrong_pins"


_GONE = "gone"
"""In place of role and hash of who no longer works here."""


def pin_place(person_id: str) -> str:
    """What a sealed hash is bound to: put into another person's row it does not open."""
    return f"person:{person_id}"


class JournalPeople:
    """Keeps who works here. Made by `SqliteJournal.people`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def records(self) -> Sequence[PersonRecord]:
        """Everybody who works here, by name. A hash that does not open (`""`) fits no PIN."""
        core = self._core
        try:
            found = core.connections.get().execute(
                "SELECT id, name, role, pin_hash, created_utc FROM person WHERE active = 1 ORDER BY name"
            )
            return [
                PersonRecord(Person(row[0], row[1], Role(row[2])), from_utc_text(row[4]), self._opened(*row[:4]))
                for row in found
            ]
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error

    def last_in(self) -> Mapping[str, datetime]:
        """When each person signed in last, by id. Reads the whole chain: for a thread that may wait."""
        core = self._core
        try:
            found = core.connections.get().execute(
                "SELECT ref, max(at_utc) FROM audit WHERE kind = 'signed_in' GROUP BY ref"
            )
            return {row[0]: from_utc_text(row[1]) for row in found}
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error

    def add(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Keep somebody new. `RuleBroken` if somebody active has the same name."""
        with WriteTx(self._core, actor) as tx:
            tx.run(
                "INSERT INTO person (id, name, role, pin_hash, active, created_utc) VALUES (?, ?, ?, ?, 1, ?)",
                (person.id, person.name, person.role.value, self._sealed(person, pin_hash), tx.now_text),
            )
            tx.note("person.added", person.id, {"name": person.name, "role": person.role.value})

    def set_pin(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Give somebody a new PIN."""
        with WriteTx(self._core, actor) as tx:
            self._set_hash(tx, person, pin_hash)
            tx.note("person.pin", person.id, {"name": person.name})

    def set_role(self, person: Person, role: Role, pin_hash: str | None, *, actor: str) -> None:
        """Give somebody another role, with a new PIN where one is given."""
        with WriteTx(self._core, actor) as tx:
            kept = pin_hash or next((each.pin_hash for each in self.records() if each.person.id == person.id), "")
            self._set_hash(tx, Person(person.id, person.name, role), kept)
            self._change(tx, "UPDATE person SET role = ? WHERE id = ? AND active = 1", (role.value, person.id))
            tx.note("person.role", person.id, {"name": person.name, "role": role.value})

    def rehash(self, person: Person, pin_hash: str) -> None:
        """The same PIN, hashed anew or sealed for the first time."""
        with WriteTx(self._core, "") as tx:
            self._set_hash(tx, person, pin_hash)
            tx.note("person.sealed", person.id, {"name": person.name})

    def seal_old(self) -> None:
        """Seal the hashes that an earlier version kept as they were. Writes nothing where there are none.

        Only where all of them are like that: one bare hash among sealed ones was put in by somebody with an editor.
        """
        core = self._core
        try:
            found = core.connections.get().execute("SELECT id, name, role, pin_hash FROM person").fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        if found and all(row[3].startswith("$") for row in found):
            with WriteTx(core, "") as tx:
                for person_id, name, role, pin_hash in found:
                    sealed = self._sealed(Person(person_id, name, Role(role)), pin_hash)
                    tx.run("UPDATE person SET pin_hash = ? WHERE id = ?", (sealed, person_id))
                tx.note("person.sealed", "", {})

    def retire(self, person: Person, *, actor: str) -> None:
        """Somebody no longer works here; the row stays for what they did."""
        with WriteTx(self._core, actor) as tx:
            gone = self._core.vault.seal(
                _GONE, pin_place(person.id)
            ).hex()  # no PIN fits, were the row made active again
            self._change(
                tx, "UPDATE person SET active = 0, pin_hash = ? WHERE id = ? AND active = 1", (gone, person.id)
            )
            tx.note("person.retired", person.id, {"name": person.name})

    # ------------------------------------------------------------ tries

    def note_wrong_pin(self, who: str, tries: Mapping[str, int], mono_s: float) -> None:
        """Audit a wrong try, and remember it over restarts."""
        with WriteTx(self._core, "") as tx:
            tx.note("pin.wrong", who, {"tries": tries[who]})
            self._keep_tries(tx, tries, mono_s)

    def note_right_pin(self, who: str, cleared: Sequence[str]) -> None:
        """The right PIN after wrong ones: the slate is wiped."""
        with WriteTx(self._core, "") as tx:
            tx.note("pin.right", who, {})
            self._forget_tries(tx, cleared)

    def reset_tries(self, person: Person, names: Sequence[str], *, actor: str) -> None:
        """A manager ends a wait."""
        with WriteTx(self._core, actor) as tx:
            tx.note("person.reset", person.id, {"name": person.name})
            self._forget_tries(tx, names)

    def wrong_pins(self) -> Mapping[str, tuple[int, float | None]]:
        """Wrong tries in a row by name, with the monotonic time of the last; an earlier version kept the wall clock's,
        which is not believed.
        """
        kept: dict[str, tuple[int, object]] = self._kept(_WRONG_PINS)
        return {who: (tries, at if isinstance(at, float) else None) for who, (tries, at) in kept.items()}

    def keep_wrong_pins(self, tries: Mapping[str, int], mono_s: float) -> None:
        """Their waits begin at this moment of the monotonic clock."""
        with WriteTx(self._core, "") as tx:
            self._keep_tries(tx, tries, mono_s)

    # ------------------------------------------------------------ inside

    def _keep_tries(self, tx: WriteTx, tries: Mapping[str, int], mono_s: float) -> None:
        kept: dict[str, object] = self._kept(_WRONG_PINS)
        self._keep(tx, _WRONG_PINS, kept | {who: (count, float(mono_s)) for who, count in tries.items()})

    def _forget_tries(self, tx: WriteTx, names: Sequence[str]) -> None:
        kept: dict[str, object] = self._kept(_WRONG_PINS)
        self._keep(tx, _WRONG_PINS, {who: known for who, known in kept.items() if who not in names})

    @staticmethod
    def _keep(tx: WriteTx, name: str, value: object) -> None:
        tx.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(value)))

    def _kept(self, name: str) -> dict[str, Any]:
        core = self._core
        try:
            row = core.connections.get().execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        found: dict[str, Any] = {} if row is None else json.loads(row[0])
        return found

    def _set_hash(self, tx: WriteTx, person: Person, pin_hash: str) -> None:
        sealed = self._sealed(person, pin_hash)
        self._change(tx, "UPDATE person SET pin_hash = ? WHERE id = ? AND active = 1", (sealed, person.id))

    def _change(self, tx: WriteTx, sql: str, values: tuple[str, ...]) -> None:
        if tx.run(sql, values).rowcount != 1:
            raise tx.broken(JournalError("journal.no_such_row"))

    def _sealed(self, person: Person, pin_hash: str) -> str:
        """With the role inside: whoever makes himself a manager with an editor has no PIN any more."""
        return self._core.vault.seal(f"{person.role.value} {pin_hash}", pin_place(person.id)).hex()

    def _opened(self, person_id: str, _: str, role: str, kept: str) -> str:
        try:
            text = self._core.vault.open(bytes.fromhex(kept), pin_place(person_id))
        except (SecurityError, ValueError):
            return ""  # put in from another row or another till
        sealed_role, _, pin_hash = text.partition(" ")
        return pin_hash if sealed_role == role else ""
