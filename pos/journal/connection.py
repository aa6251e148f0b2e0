"""One SQLite connection a thread, all set up alike: WAL, every commit flushed, foreign keys on."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from weakref import WeakSet

from pos.domain.errors import JournalDamaged, JournalError, JournalUnavailable
from pos.journal import row_seals
from pos.journal.failures import os_error, sorted_error

BUSY_S = 5.0
"""How long a statement waits for another process's lock."""
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8000",
    # Fewer, larger checkpoints: a redemption touches about ten pages, so the default of 1000 comes every 100 sales.
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 33554432",
    # Else each statement that a trigger may abort takes 64 KiB for its undo log and gives it back to the system.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA recursive_triggers = ON",  # so that REPLACE meets the triggers that forbid deleting
)


_guard = threading.Lock()


class _Connection(sqlite3.Connection):
    """Known to `read_start` for as long as it is open."""

    file: tuple[int, int]

    def close(self) -> None:
        super().close()
        with _guard:
            _open_here.discard(self)


_open_here: WeakSet[_Connection] = WeakSet()


def read_start(path: Path, count: int) -> bytes | None:
    """The first bytes of a journal; None where this process has it open, and its file must not be touched.

    POSIX drops every lock that a process has on a file, SQLite's too, when it closes any descriptor of it
    (sqlite.org/howtocorrupt.html, 2.2). Another process would then take itself for the last one and delete the log.

    Raises:
        OSError: it cannot be read.
    """
    with _guard:
        if any(one.file == _file_of(path) for one in _open_here):
            return None
        with path.open("rb") as file:
            return file.read(count)


def _file_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _connected(path: Path) -> _Connection:
    # mode=rw: a journal that went missing is not made anew behind the till's back (migrations create it).
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with _guard:
        connection = sqlite3.connect(
            uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256,
            factory=_Connection,
        )  # fmt: skip
        connection.file = _file_of(path)
        _open_here.add(connection)
    return connection


def connect(path: Path, *, writing: bool = True) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are begun by hand.

    Raises:
        JournalUnavailable, JournalDamaged: by what SQLite said.
    """
    try:
        connection = _connected(path)
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error
    except OSError as error:
        raise os_error(error) from error
    try:
        # With synchronous=FULL one fdatasync ends each commit; WAL lets readers go on meanwhile.
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        for setting in _SETTINGS:
            connection.execute(setting)
        if not writing:
            connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        connection.close()
        raise sorted_error(error, path) from error
    except UnicodeDecodeError as error:  # what SQLite says of a spoilt schema quotes it, in bytes that are no text
        connection.close()
        raise JournalDamaged("journal.damaged", what="schema") from error
    return connection


def wal_of(path: Path) -> Path:
    """SQLite's own log beside a journal."""
    return path.with_name(f"{path.name}-wal")


def kept_wal_of(path: Path) -> Path:
    """Its second name while it is not certain that the journal is sound."""
    return path.with_name(f"{path.name}-wal.kept")


class Connections:
    """The connections of one journal file, one for each thread that asks.

    `sqlite3` objects cross threads only to be closed: by `close`, or when their thread has ended.

    Args:
        path: the file.
        writing: False: nothing can be changed through them.
        logged: every row that is written is noted, for the second log.
    """

    def __init__(self, path: Path, *, writing: bool = True, logged: bool = False) -> None:
        self._path = path
        self.writing = writing
        self._logged = logged
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, sqlite3.Connection] = {}
        self._closed = False

    def get(self) -> sqlite3.Connection:
        """This thread's connection, opened on its first use."""
        try:
            found: sqlite3.Connection = self._local.connection
        except AttributeError:
            return self._add()
        return found

    def _add(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise JournalUnavailable("journal.closed")
            self._close_orphans()
        connection = connect(self._path, writing=self.writing)
        if self.writing:
            row_seals.watch(connection, unsealed=self._logged)
        with self._lock:
            self._open[threading.current_thread()] = connection
        self._local.connection = connection
        return connection

    def _close_orphans(self) -> None:
        for thread in [t for t in self._open if not t.is_alive()]:
            self._open.pop(thread).close()

    def close_thread(self) -> None:
        """Close this thread's connection, if it has one."""
        with self._lock:
            connection = self._open.pop(threading.current_thread(), None)
        if connection is not None:
            del self._local.connection
            connection.close()

    def close(self) -> None:
        """Close every connection; the threads that used them have ended or are idle."""
        with self._lock:
            self._closed = True
            connections, self._open = list(self._open.values()), {}
            self._local = threading.local()
        for connection in connections:
            try:
                connection.close()
            except sqlite3.Error as error:
                raise JournalError("journal.close_failed") from error
