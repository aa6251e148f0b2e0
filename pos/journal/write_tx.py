"""The one way to write: BEGIN IMMEDIATE, commit flushed to disk, roll back on any exception."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pos.domain.audit import AuditValue
from pos.domain.business_date import business_date, utc_text
from pos.domain.errors import JournalError, JournalUnavailable, PosError, RuleBroken
from pos.journal.at_risk import AtRisk
from pos.journal.chain import ChainEnd, Tail, read_tail
from pos.journal.connection import BUSY_S, Connections
from pos.journal.failures import sorted_error
from pos.journal.intents import IntentLog
from pos.journal.row_seals import Image
from pos.journal.rows import FieldVault
from pos.till.ports import Clock


@dataclass(slots=True)
class Core:
    """What all transactions of one open journal share.

    Args:
        tail: the end of the audit chain as of our last commit; None while unknown. Guarded by `lock`.
        at_risk: the same of what is at risk.
        change_hour: hour of the wall clock at which the shop's day changes, as set at this moment.
        revision: counts the ends of transactions that may have changed what lists show.
        log: the second log; None: there is none, as for a journal that is only looked at.
        lock: one writer at a time within this process; between processes SQLite's own lock decides.
    """

    path: Path
    connections: Connections
    vault: FieldVault
    clock: Clock
    change_hour: Callable[[], int] = lambda: 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    tail: Tail | None = None
    at_risk: AtRisk | None = None
    revision: int = 0
    log: IntentLog | None = None
    current: WriteTx | None = None


class WriteTx:
    """One write transaction, used as a context manager by one thread.

    A transaction in which anything failed never commits, even if somebody caught the error inside: half of what a
    use case meant is worse than nothing.
    """

    def __init__(self, core: Core, actor: str) -> None:
        self._core = core
        self._actor = actor
        self._doomed = False

    def __enter__(self) -> Self:
        core = self._core
        if not core.lock.acquire(timeout=BUSY_S):
            raise JournalUnavailable("journal.busy")
        try:
            if core.current is not None:
                raise JournalError("journal.nested_transaction")
            self._connection = core.connections.get()
            self._begin()
        except BaseException:
            core.lock.release()
            raise
        core.current = self
        return self

    def _begin(self) -> None:
        core = self._core
        self._thread = threading.get_ident()
        self.now: datetime = core.clock.now_utc()
        self.now_text = utc_text(self.now)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._chain = ChainEnd(core.tail or read_tail(self._connection), self.now_text, self._actor)
        except sqlite3.Error as error:
            self._roll_back()
            raise sorted_error(error, core.path) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        core = self._core
        try:
            if error is None:
                self._commit()
            else:
                self._roll_back()
        finally:
            core.current = None
            core.lock.release()

    def _commit(self) -> None:
        if self._doomed:
            self._roll_back()
            raise RuleBroken("rule.abandoned_transaction")
        log = self._core.log
        images: list[Image] | None = None if log is None else []
        before = self._chain.tail
        try:
            self.flush()
            self._chain.flush(self._connection, images)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            # A failed flush may leave the rows in the log all the same: after a restart they may stand. The caller
            # sends nothing, so the most that can be left is a row at rest or one to inquire about.
            self._roll_back()
            raise sorted_error(error, self._core.path) from error
        except BaseException:
            self._roll_back()
            raise
        self._core.tail = self._chain.tail
        if log is not None and images is not None:
            # Before anybody can send: what may have left this machine stands in the log as well. Never raises.
            log.append(before, self._chain.link, images)
        self.committed()

    def committed(self) -> None:
        """Bring what is kept in memory up to what now stands on disk."""

    def _roll_back(self) -> None:
        self._core.tail = self._core.at_risk = None
        self._core.revision += 1  # a commit that failed may stand all the same
        if self._connection.in_transaction:  # a full disk or I/O error may have rolled back already
            self._connection.execute("ROLLBACK")

    @property
    def actor(self) -> str:
        """Who acts."""
        return self._actor

    @property
    def chain_end(self) -> tuple[int, bytes]:
        """Number and hash of the audit chain's last link before this transaction."""
        seq, digest, _ = self._chain.tail
        return seq, digest

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to."""
        return business_date(instant, self._core.change_hour())

    def is_mine(self) -> bool:
        """Whether this thread is the one in the transaction."""
        return self._thread == threading.get_ident()

    def flush(self) -> None:
        """Bring rows that are still gathered in memory into the database (not yet onto the disk)."""

    def run(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """One statement, with SQLite's errors sorted."""
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as error:
            self._doomed = True
            raise sorted_error(error, self._core.path) from error

    def broken(self, error: PosError) -> PosError:
        """Give up the transaction for good; for `raise self.broken(…)`."""
        self._doomed = True
        return error

    def note(self, kind: str, ref: str, facts: dict[str, AuditValue]) -> None:
        """Append to the audit chain."""
        self._chain.add(kind, ref, facts)
