"""What a manager has to have seen: kept in the journal and told at the counter until one says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Protocol

from pos.domain.errors import Param
from pos.journal.store import SqliteJournal
from pos.till.ports import Person
from pos.till.views import Message

_KEPT = "notices"


class Keeps(Protocol):
    """A write transaction of the journal."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text of the program's own."""


class Notices:
    """The port `pos.till.ports.Notices` on the journal. Any thread but the GUI's."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._lock = threading.Lock()

    def add(self, tx: Keeps, found: Mapping[str, Mapping[str, Param]]) -> None:
        """Tell these from now on, in a transaction of whoever found them, beside its audit row.

        Args:
            tx: the journal's.
            found: facts by code of the sentence; a code that is told already gets the new facts.
        """
        if found:
            told = self._told() | {code: dict(facts) for code, facts in found.items()}
            tx.keep(_KEPT, json.dumps(told, ensure_ascii=False))

    def pending(self) -> tuple[Message, ...]:
        """What no manager has seen, oldest first. Raises `JournalError`."""
        return tuple(Message(code, tuple(facts.items())) for code, facts in self._told().items())

    def seen(self, code: str, person: Person) -> None:
        """This manager has read it: noted, and told no more. Raises `JournalError`: it stays."""
        with self._lock:
            told = self._told()
            if told.pop(code, None) is not None:
                with self._journal.transaction(person.name) as tx:
                    tx.audit("notice.seen", code)
                    tx.keep(_KEPT, json.dumps(told, ensure_ascii=False))

    def _told(self) -> dict[str, dict[str, Param]]:
        text = self._journal.kept(_KEPT)
        found: dict[str, dict[str, Param]] = json.loads(text) if text else {}
        return found
