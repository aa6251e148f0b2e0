"""What a manager has to have seen: kept in the journal and told at the counter until one says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Protocol

from pos.domain.business_date import from_utc_text, local_time
from pos.domain.errors import Param, SecurityError
from pos.journal.store import SqliteJournal
from pos.till.ports import Person
from pos.till.views import Message

_KEPT = "notices"
BY, FROM_UTC = "seen_by", "seen_from_utc"
"""Facts that limit who may say she has read it: ids of managers with a blank between them, and the time from which on
every manager may. A notice without them is anybody's who is a manager.
"""


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
        """This manager has read it: noted, and told no more.

        Raises:
            SecurityError: `notice.not_hers`: it is told on, until another one has read it.
            JournalError: it stays.
        """
        with self._lock:
            told = self._told()
            self._must_be_hers(told.get(code, {}), person)
            if told.pop(code, None) is not None:
                with self._journal.transaction(person.name) as tx:
                    tx.audit("notice.seen", code)
                    tx.keep(_KEPT, json.dumps(told, ensure_ascii=False))

    def _must_be_hers(self, facts: Mapping[str, Param], person: Person) -> None:
        if FROM_UTC not in facts or person.id in str(facts.get(BY, "")).split():
            return
        from_utc = from_utc_text(str(facts[FROM_UTC]))
        if self._journal.core.clock.now_utc() < from_utc:
            raise SecurityError("notice.not_hers", until=f"{local_time(from_utc):%H:%M %d/%m/%Y}")

    def _told(self) -> dict[str, dict[str, Param]]:
        text = self._journal.kept(_KEPT)
        found: dict[str, dict[str, Param]] = json.loads(text) if text else {}
        return found
