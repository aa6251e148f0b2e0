"""A real data folder to look at, with a clock that is turned by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from argon2 import PasswordHasher

from pos.bootstrap import Folder, SystemChance, open_folder, open_journal
from pos.checkup.engine import Look, examine
from pos.checkup.findings import Finding
from pos.checkup.looks import LOOKS
from pos.checkup.subject import Limits, Subject
from pos.journal.store import SqliteJournal
from pos.security.people import PinPeople
from tests.journal.shop import SteadyClock

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class LookedAt:
    """One till. `journal` is open for writing, as a running window has it.

    Args:
        path: of its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, SteadyClock()
        self.folder: Folder = open_folder(path)
        self.limits = Limits()
        self.online = False
        self._journal: SqliteJournal | None = None

    @property
    def journal(self) -> SqliteJournal:
        if self._journal is None:
            self._journal = open_journal(self.folder, self.clock, SystemChance())
        return self._journal

    @property
    def people(self) -> PinPeople:
        return PinPeople(self.journal.people, self.clock, SystemChance(), QUICK)

    def set(self, **values: object) -> None:
        """Settings, `__` for the dot in their names."""
        self.folder.settings.set_many({name.replace("__", "."): str(value) for name, value in values.items()})

    def findings(self, *looks: str) -> dict[str, Finding]:
        """What the looks of these names find."""
        wanted: Iterable[Look] = [look for look in LOOKS if look.name in looks] if looks else LOOKS
        subject = Subject(self.folder, self.clock, online=self.online, limits=self.limits)
        try:
            return {finding.what: finding for finding in examine(subject, wanted)}
        finally:
            subject.close()

    def pass_by(self, **time: float) -> None:
        """Let time go by."""
        self.clock.pass_s(timedelta(**time).total_seconds())

    def by_hand(self, *statements: str) -> None:
        """Write into the closed journal's file as a stranger would."""
        self.close()
        with closing(sqlite3.connect(self.path / "journal.db", isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None


Act = Callable[[LookedAt], None]
