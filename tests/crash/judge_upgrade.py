"""After a power cut during an upgrade: the old schema or the new one, whole, and a checked copy before the new one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pos.domain.errors import PosError
from pos.journal.connection import connect
from pos.journal.migrations import copy_before, known_version, migrate, version_of
from tests.crash.disk import Mark
from tests.crash.recorded import SLIPS


@dataclass(slots=True)
class Schema:
    """What was told: the sale, the upgrade."""

    links: int = 0
    upgraded: bool = False
    went_back: bool = False
    story: str = ""
    version: int = 0

    def take(self, mark: Mark) -> None:
        """One mark of the record."""
        self.version += 1
        if mark.kind == "committed":
            self.links = int(str(mark.facts["links"]))
        self.upgraded |= mark.kind == "upgraded"
        self.went_back |= mark.kind == "went_back"
        if mark.kind == "story":
            self.story = str(mark.facts["name"])


def judge_upgrade(folder: Path, known: Schema) -> list[str]:
    """Look at the schema, upgrade again, and say what is wrong. Cuts before the upgrade are the day's to judge."""
    if known.story not in ("upgrade", "end"):
        return []
    path = folder / "journal.db"
    try:
        with closing(connect(path)) as connection:
            found = version_of(connection)
            wrong = _wrong(connection, known.links)
            wrong += [] if found in (1, known_version()) else [f"left between two versions, at schema {found}"]
            migrate(connection, path, now_utc="2027-01-02T00:00:00.000Z")
            wrong += [] if version_of(connection) == known_version() else ["cannot be upgraded again"]
            wrong += _wrong(connection, known.links)
        with closing(sqlite3.connect(copy_before(path, known_version()))) as copy:
            wrong += [f"the copy: {what}" for what in _wrong(copy, known.links)]
            wrong += [] if version_of(copy) == 1 else ["the copy is of another schema"]
    except (PosError, sqlite3.Error, OSError) as error:
        return [f"cannot be opened: {type(error).__name__} {error}"]
    return wrong + (["the upgrade that was told is gone"] if known.upgraded and found == 1 else [])


def judge_back(folder: Path, known: Schema) -> list[str]:
    """Look at the schema after a cut on the way back: this one or the first, with every row, and the other kept."""
    if known.story not in ("back", "end of back"):
        return []
    path = folder / "journal.db"
    try:
        with closing(connect(path)) as connection:
            found = version_of(connection)
            wrong = _wrong(connection, known.links)
        wrong += [] if found in (1, known_version()) else [f"left between two versions, at schema {found}"]
        if found == 1:
            kept = [kept for kept in folder.glob("left-*/journal.db") if _version(kept) == known_version()]
            wrong += [] if kept else ["the journal that was left is gone"]
    except (PosError, sqlite3.Error, OSError) as error:
        return [f"cannot be opened: {type(error).__name__} {error}"]
    return wrong + (["the way back that was told is gone"] if known.went_back and found != 1 else [])


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return version_of(connection)


def _wrong(connection: sqlite3.Connection, links: int) -> list[str]:
    rules = (
        ("pages are damaged", connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok"),
        ("a sale is gone", connection.execute("SELECT count(*) FROM audit").fetchone()[0] < links),
        ("a slip is gone", connection.execute("SELECT count(*) FROM print_job").fetchone()[0] != SLIPS),
    )
    return [what for what, broken in rules if broken]
