"""The journal at one moment: a read transaction around several questions, and the audit chain's last hash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from pos.journal.chain import read_tail
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core


class JournalMoments:
    """The port `Moments`. Args: `core`: of the journal that the questions go to."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Whatever this thread reads inside is of one moment. The log cannot be folded back into the file meanwhile."""
        connection = self._core.connections.get()
        self._run(connection, "BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                self._run(connection, "ROLLBACK")  # nothing was written

    def _run(self, connection: sqlite3.Connection, statement: str) -> None:
        try:
            connection.execute(statement)
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def last_hash(self) -> str:
        """The audit chain's last hash, hex; empty before its first row."""
        try:
            tail = read_tail(self._core.connections.get())
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error
        return tail[1].hex() if tail[0] else ""
