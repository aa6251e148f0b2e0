"""Other ways to keep one row for good, each set to flush its commit: WAL and synchronous=FULL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.tills import WORTH_VND

_ROW = {"code": "123456789012", "bill": "TN-CH01-T1-20261121-000001", "worth_vnd": WORTH_VND, "state": "unsent/yes"}


@contextmanager
def raw_sqlite(path: Path) -> Iterator[Callable[[], object]]:
    """The least that is durable: one row, one commit, WAL and FULL."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, code TEXT, bill TEXT, worth_vnd INTEGER, state TEXT)")
    values = tuple(_ROW.values())
    yield lambda: connection.execute("INSERT INTO q (code, bill, worth_vnd, state) VALUES (?, ?, ?, ?)", values)
    connection.close()


@contextmanager
def ack_queue(folder: Path) -> Iterator[Callable[[], object]]:
    """persist-queue's SQLiteAckQueue; it sets WAL, and FULL is its default: made sure of here."""
    from persistqueue import SQLiteAckQueue

    queue = SQLiteAckQueue(str(folder), auto_commit=True)
    connection: sqlite3.Connection = vars(queue)["_putter"]
    connection.execute("PRAGMA synchronous = FULL")
    yield lambda: queue.put(_ROW)
    queue.close()


@contextmanager
def sqlite_utils(path: Path) -> Iterator[Callable[[], object]]:
    """sqlite-utils' insert, with the settings that make it as safe."""
    from sqlite_utils import Database
    from sqlite_utils.db import Table

    database = Database(path)
    database.conn.execute("PRAGMA journal_mode = WAL").fetchone()
    database.conn.execute("PRAGMA synchronous = FULL")
    table = database["q"]
    assert isinstance(table, Table)
    table.insert(_ROW)
    yield lambda: table.insert(_ROW)
    database.close()
