"""The journal's disk with faults: real SQLite connections whose BEGIN and COMMIT are port calls.

A fault is what the engine sees of a disk in trouble, an error of SQLite with its code, together with what really stands
in the file afterwards: nothing, or (the worst of them) everything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from greenlet import GreenletExit

from pos.journal import connection as place
from tests.simulation.threads import Group, Scheduler


class DiskFault(StrEnum):
    """What can go wrong in one transaction."""

    FULL = "full"  # at the commit; SQLite rolls back by itself
    FULL_OPEN = "full_open"  # at the commit; the transaction is still open
    FULL_EARLY = "full_early"  # at a statement in the middle
    IO_BEFORE = "io_before"  # at the commit, which took no effect
    IO_AFTER = "io_after"  # at the commit, which took effect all the same
    READ_ONLY = "read_only"  # at the beginning
    SLOW = "slow"  # the commit takes long, and the others wait


CHOICE = tuple(DiskFault)
_ERRORS = {
    "full": (sqlite3.SQLITE_FULL, "SQLITE_FULL"),
    "io": (sqlite3.SQLITE_IOERR, "SQLITE_IOERR"),
    "read_only": (sqlite3.SQLITE_READONLY, "SQLITE_READONLY"),
}
_WRITES = ("INSERT", "UPDATE", "DELETE")


class Disk:
    """What one process's connections share.

    Args:
        scheduler: for port calls and slowness.
        group: the process; when it is dead nothing reaches the file any more.
        choose: asked at every transaction's begin, with what it will be called; gives the fault it meets.
    """

    def __init__(self, scheduler: Scheduler, group: Group, choose: Callable[[str], DiskFault | None]) -> None:
        self.scheduler = scheduler
        self.group = group
        self.choose = choose
        self.slow_s: Callable[[], float] = lambda: 2.0
        self.met: Callable[[str, DiskFault], None] = lambda *_: None
        """Hears of each fault that really came to pass: the kind of transaction and the fault."""


class SimConnection(sqlite3.Connection):
    """A real connection; without a disk it is nothing else.

    With a rack, `close` does for the file what the end of a process does (nothing is committed, every lock is given
    back) and hangs the connection there, its schema and statements read, for the next process: to read them anew at
    each of a day's restarts would take a seventh of all the time. Whoever still holds it then finds it closed.
    """

    disk: Disk | None = None
    rack: list[SimConnection] | None = None
    _racked = False
    _fault: DiskFault | None = None
    _kind = ""
    _writes = 0

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """As `sqlite3.Connection.execute`, through the disk."""
        disk = self.disk
        if disk is None:
            if self._racked:
                raise _closed()
            return super().execute(sql, values)
        if self.rack is not None and disk.scheduler.current.group is not disk.group:
            raise _closed()
        if disk.group.dead and sql != "ROLLBACK":
            raise GreenletExit
        if sql == "BEGIN IMMEDIATE":
            return self._begin(disk, sql)
        if sql == "COMMIT" and self._kind:
            return self._commit(disk, sql)
        if self._kind and sql.lstrip()[:6] in _WRITES:
            self._written(disk, sql)
        return super().execute(sql, values)

    def close(self) -> None:
        """As `sqlite3.Connection.close`, or onto the rack."""
        if self.rack is None:
            super().close()
        elif not self._racked:
            if self.in_transaction:
                super().execute("ROLLBACK")
            self.disk, self._fault, self._kind, self._writes = None, None, "", 0
            self._racked = True
            self.rack.append(self)

    def take_down(self, disk: Disk | None) -> None:
        """From the rack, for this disk's process."""
        self.disk, self._racked = disk, False

    def close_for_good(self) -> None:
        """Leave the file."""
        super().close()

    def _begin(self, disk: Disk, sql: str) -> sqlite3.Cursor:
        self._fault, self._kind, self._writes = disk.choose("journal"), "empty", 0
        disk.scheduler.port("disk.begin")
        if self._fault is DiskFault.READ_ONLY:
            disk.met("begin", self._fault)
            self._fail("read_only")
        return super().execute(sql)

    def _written(self, disk: Disk, sql: str) -> None:
        if not self._writes:
            words = sql.split(None, 3)
            self._kind = words[2] if words[0] == "INSERT" else words[1]
        self._writes += 1
        if self._fault is DiskFault.FULL_EARLY and self._writes >= 2:
            disk.met(self._kind, self._fault)
            self._fault = None
            self._fail("full")

    def _commit(self, disk: Disk, sql: str) -> sqlite3.Cursor:
        kind, fault = self._kind, self._fault
        disk.scheduler.port(f"disk.commit.{kind}")
        self._kind, self._fault = "", None
        if fault is None or fault is DiskFault.FULL_EARLY:
            done = super().execute(sql)
            disk.scheduler.port(f"disk.committed.{kind}")
            return done
        disk.met(kind, fault)
        if fault is DiskFault.SLOW:
            disk.scheduler.sleep(disk.slow_s())
            return super().execute(sql)
        if fault is DiskFault.IO_AFTER:
            super().execute(sql)
        elif fault is not DiskFault.FULL_OPEN:
            super().execute("ROLLBACK")
        self._fail("full" if fault in (DiskFault.FULL, DiskFault.FULL_OPEN) else "io")
        raise AssertionError

    def _fail(self, what: str) -> None:
        code, name = _ERRORS[what]
        self._kind = self._kind if self.in_transaction else ""
        error = sqlite3.OperationalError(name)
        error.sqlite_errorcode, error.sqlite_errorname = code, name
        raise error


def _closed() -> sqlite3.ProgrammingError:
    return sqlite3.ProgrammingError("Cannot operate on a closed database.")


@contextmanager
def disks(disk_now: Callable[[], Disk | None], *, racked: str | None = None) -> Iterator[None]:
    """While this lasts, each new connection of a journal belongs to the disk that `disk_now` names (or to none).

    Args:
        disk_now: asked at each connection.
        racked: connections to files of this name are kept for the next process.
    """
    racks: dict[str, list[SimConnection]] = {}

    def connect(where: str, *, factory: object = None, **more: Any) -> sqlite3.Connection:
        del factory  # the journal's own class only remembers what is open; here a connection is on a disk
        rack = racks.setdefault(where, []) if racked is not None and f"/{racked}?" in where else None
        if rack:
            connection = rack.pop()
        else:
            connection = sqlite3.connect(where, factory=SimConnection, **more)
            connection.rack = rack
        connection.take_down(disk_now())
        return connection

    original = vars(place)["sqlite3"]
    names = SimpleNamespace(connect=connect, Error=sqlite3.Error, Connection=sqlite3.Connection)
    vars(place)["sqlite3"] = names
    try:
        yield
    finally:
        vars(place)["sqlite3"] = original
        for connection in (one for rack in racks.values() for one in rack):
            connection.close_for_good()
