"""One look of a manager at the journal: one read transaction, that stops when nobody waits, and steps over damage."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pos.domain.errors import JournalDamaged, JournalError
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core
from pos.till.review.events import Running

Row = tuple[Any, ...]

_STEPS = 50_000
"""Of SQLite's machine between two looks at `stopped()`: some milliseconds. Each look needs the interpreter, which the
counter's threads want for themselves.
"""
_PAUSE_S = 0.005
"""Between two parts of a long look: a scan at the counter goes first. Without it a scan takes half as long again."""


class Look:
    """Statements that all see the same moment.

    Args:
        core: of the journal.
        connection: this thread's.
        running: who may stop it.
        inside: it belongs to a transaction of another, so that its moment may be older than the last commit.

    `unreadable` counts the parts that stand on damaged pages.
    """

    def __init__(self, core: Core, connection: sqlite3.Connection, running: Running | None, *, inside: bool) -> None:
        self._core = core
        self._connection = connection
        self._running = running
        self.inside = inside
        self.unreadable = 0

    def step(self, done: int, total: int) -> None:
        """Before each part of a long look. Raises `JournalError` if nobody waits any more."""
        if self._running is None:
            return
        if self._running.stopped():
            raise JournalError("journal.failed", what="stopped")
        self._running.progress(done, total)
        if done:
            time.sleep(_PAUSE_S)

    def all(self, sql: str, values: dict[str, Any] | None = None) -> list[Row]:
        """The rows of a statement. Raises `JournalDamaged` where a page cannot be read."""
        try:
            return self._connection.execute(sql, values or {}).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def readable(self, sql: str, values: dict[str, Any] | None = None) -> list[Row]:
        """The rows before the first one that cannot be read; then `unreadable` says so."""
        found: list[Row] = []
        try:
            for row in self._connection.execute(sql, values or {}):
                found.append(row)  # noqa: PERF402 – what came before the damage is kept
        except sqlite3.Error as error:
            told = sorted_error(error, self._core.path)
            if not isinstance(told, JournalDamaged):
                raise told from error
            self.unreadable += 1
        return found


@contextmanager
def look(core: Core, running: Running | None = None) -> Iterator[Look]:
    """Begin a look on this thread's connection, and end it; within another one it is of the same moment."""
    connection = core.connections.get()
    inside = connection.in_transaction
    try:
        if not inside:
            connection.execute("BEGIN")
    except sqlite3.Error as error:
        raise sorted_error(error, core.path) from error
    if running is not None:
        connection.set_progress_handler(running.stopped, _STEPS)
    try:
        yield Look(core, connection, running, inside=inside)
    finally:
        connection.set_progress_handler(None, 0)
        if connection.in_transaction and not inside:
            connection.execute("ROLLBACK")
