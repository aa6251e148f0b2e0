"""People on the journal's table `person`; every change is in the audit chain, no PIN is."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pos.domain.errors import JournalError
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core, WriteTx
from pos.till.ports import Person, Role


class JournalPeople:
    """Keeps who works here. Made by `SqliteJournal.people`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def active(self) -> Sequence[tuple[Person, str]]:
        """Everybody who works here with the hash of their PIN, by name."""
        core = self._core
        try:
            found = core.connections.get().execute(
                "SELECT id, name, role, pin_hash FROM person WHERE active = 1 ORDER BY name"
            )
            return [(Person(row[0], row[1], Role(row[2])), row[3]) for row in found]
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error

    def add(self, person: Person, pin_hash: str, *, actor: str) -> None:
        """Keep somebody new. `RuleBroken` if somebody active has the same name."""
        with WriteTx(self._core, actor) as tx:
            tx.run(
                "INSERT INTO person (id, name, role, pin_hash, active, created_utc) VALUES (?, ?, ?, ?, 1, ?)",
                (person.id, person.name, person.role.value, pin_hash, tx.now_text),
            )
            tx.note("person.added", person.id, {"name": person.name, "role": person.role.value})

    def set_pin(self, person_id: str, pin_hash: str, *, actor: str) -> None:
        """Give somebody a new PIN."""
        with WriteTx(self._core, actor) as tx:
            self._change(tx, "UPDATE person SET pin_hash = ? WHERE id = ? AND active = 1", (pin_hash, person_id))
            tx.note("person.pin", person_id, {})

    def retire(self, person_id: str, *, actor: str) -> None:
        """Somebody no longer works here; the row stays for what they did."""
        with WriteTx(self._core, actor) as tx:
            self._change(tx, "UPDATE person SET active = 0 WHERE id = ? AND active = 1", (person_id,))
            tx.note("person.retired", person_id, {})

    def note_wrong_pin(self, who: str, tries: int) -> None:
        """Audit a wrong try."""
        with WriteTx(self._core, "") as tx:
            tx.note("pin.wrong", who, {"tries": tries})

    def _change(self, tx: WriteTx, sql: str, values: tuple[str, ...]) -> None:
        if tx.run(sql, values).rowcount != 1:
            raise tx.broken(JournalError("journal.no_such_row"))
