"""How a till stands, read from its journal's file without its key: may a newer program take over?

Also of tills that are not open now: all profiles of a user run the same program.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from pos.journal.connection import connect
from pos.journal.failures import sorted_error
from pos.journal.unsettled import unsettled_in

_SHIFT = "SELECT count(*) FROM shift WHERE closed_utc IS NULL"


@dataclass(frozen=True, slots=True)
class JournalStanding:
    """Of one journal. `closed`: business dates (ISO) that have their Z, newest first, at most seven."""

    shift_open: bool
    unsettled: int
    closed: tuple[str, ...]


def standing_of(path: Path) -> JournalStanding:
    """Read it; a till that has never sold has no file, and nothing stands open in it.

    Raises:
        JournalError: it cannot be read.
    """
    if not path.exists():
        return JournalStanding(shift_open=False, unsettled=0, closed=())
    try:
        with contextlib.closing(connect(path, writing=False)) as journal:
            tables = {name for (name,) in journal.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            unsettled = len(unsettled_in(journal))
            if "shift" not in tables:  # of a program from before there were shifts
                return JournalStanding(shift_open=False, unsettled=unsettled, closed=())
            closed = journal.execute("SELECT business_date FROM day_close ORDER BY business_date DESC LIMIT 7")
            dates = tuple(date for (date,) in closed)
            return JournalStanding(bool(journal.execute(_SHIFT).fetchone()[0]), unsettled, dates)
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error
