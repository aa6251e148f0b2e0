"""People on the journal's table `person`; every change is in the audit chain, no PIN is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from pos.domain.errors import JournalError
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core, WriteTx
from pos.till.ports import Person, Role

_WRONG_PINS = "wrong_pins"


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
        """Audit a wrong try, and remember it over restarts."""
        with WriteTx(self._core, "") as tx:
            tx.note("pin.wrong", who, {"tries": tries})
            self._keep_tries(tx, self.wrong_pins() | {who: (tries, tx.now_text)})

    def note_right_pin(self, who: str) -> None:
        """The right PIN after wrong ones: the slate is wiped."""
        with WriteTx(self._core, "") as tx:
            tx.note("pin.right", who, {})
            self._keep_tries(tx, {name: known for name, known in self.wrong_pins().items() if name != who})

    def wrong_pins(self) -> dict[str, tuple[int, str]]:
        """Wrong tries in a row by name, with the time text of the last."""
        core = self._core
        try:
            row = core.connections.get().execute("SELECT value FROM meta WHERE name = ?", (_WRONG_PINS,)).fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return {} if row is None else {who: (tries, at) for who, (tries, at) in json.loads(row[0]).items()}

    @staticmethod
    def _keep_tries(tx: WriteTx, tries: dict[str, tuple[int, str]]) -> None:
        tx.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_WRONG_PINS, json.dumps(tries)))

    def _change(self, tx: WriteTx, sql: str, values: tuple[str, ...]) -> None:
        if tx.run(sql, values).rowcount != 1:
            raise tx.broken(JournalError("journal.no_such_row"))
