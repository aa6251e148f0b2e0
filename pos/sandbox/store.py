"""The sandbox's memory on disk: vouchers and the log of requests in one SQLite file.

One request is one transaction: what it changed and that it came are written together or not at all, so a
process killed at any instant leaves a file that opens. The file is held exclusively while a sandbox runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pos.sandbox.gotit.voucher import Voucher, voucher_from_record

FILE_NAME: Final = "sandbox.sqlite3"
SCHEMA_VERSION: Final = 1
# One page of memory before the write-ahead log is folded back; larger than SQLite's 1,000 so that a load run is
# not interrupted every few hundred requests.
_CHECKPOINT_PAGES: Final = 8_000

_SCHEMA: Final = (
    "CREATE TABLE vouchers (position INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT",
    "CREATE TABLE log (n INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
)

_PUT_VOUCHER: Final = (
    "INSERT INTO vouchers (code, record) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET record = excluded.record"
)


class StoreError(Exception):
    """The data folder cannot be used; the text says why."""


class Store:
    """Vouchers and log of one data folder. Used by one thread."""

    def __init__(self, folder: Path) -> None:
        """Open or create the file.

        Args:
            folder: Data folder; must exist.

        Raises:
            StoreError: Held by another sandbox, damaged, or of a newer version.
        """
        self._db = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
        try:
            self._open()
        except sqlite3.Error as error:
            self._db.close()
            raise StoreError(f"cannot use {folder / FILE_NAME}: {error}") from error
        except StoreError:
            self._db.close()
            raise

    def _open(self) -> None:
        # A second sandbox on the same folder must fail at once, not wait.
        self._db.execute("PRAGMA busy_timeout = 0")
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # NORMAL in WAL: no sync per request, and still no damage after a power cut.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(f"the data folder was written by a newer sandbox (version {version})")
        self._db.execute("BEGIN EXCLUSIVE")
        if version == 0:
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")
        # Counted on in memory: a request's number is given before its entry is written, and outlives a cleared log.
        self._last_number: int = self._db.execute("SELECT coalesce(max(n), 0) FROM log").fetchone()[0]

    def close(self) -> None:
        """Fold the write-ahead log back and close."""
        self._db.close()

    # --- vouchers ---

    def load_vouchers(self) -> list[Voucher]:
        """Return all vouchers in the order they were made; empty for a new folder."""
        rows = self._db.execute("SELECT record FROM vouchers ORDER BY position")
        return [voucher_from_record(json.loads(record)) for (record,) in rows]

    def put_vouchers(self, vouchers: Iterable[Voucher]) -> None:
        """Add or replace vouchers in one transaction."""
        with _Transaction(self._db):
            self._db.executemany(_PUT_VOUCHER, _voucher_rows(vouchers))

    def replace_vouchers(self, vouchers: Iterable[Voucher]) -> None:
        """Forget all vouchers and take these, in one transaction."""
        with _Transaction(self._db):
            self._db.execute("DELETE FROM vouchers")
            self._db.executemany(_PUT_VOUCHER, _voucher_rows(vouchers))

    # --- log ---

    def save(self, n: int, record: dict[str, Any], changed: list[Voucher], kept: tuple[str, str] | None = None) -> None:
        """Write a request's log entry and what it changed, together.

        Args:
            n: Number of the request; an entry of the same number is replaced.
            record: The entry as `GET /_sandbox/log` shows it.
            changed: Vouchers the request changed.
            kept: Name of a mounted issuer and all that it remembers, as text.
        """
        with _Transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO log (n, record) VALUES (?, ?)", (n, json.dumps(record)))
            for row in _voucher_rows(changed):
                self._db.execute(_PUT_VOUCHER, row)
            if kept is not None:
                self.keep(*kept)

    def log_json(self, after: int = 0, last: int | None = None) -> str:
        """Return log entries as the text of a JSON list, oldest first.

        Args:
            after: Only entries with a greater number.
            last: At most so many, the youngest ones.
        """
        rows = self._db.execute(
            "SELECT record FROM (SELECT n, record FROM log WHERE n > ? ORDER BY n DESC LIMIT ?) ORDER BY n",
            (after, -1 if last is None else last),
        )
        return "[" + ",\n".join(record for (record,) in rows) + "]"

    def next_log_number(self) -> int:
        """Return the number of the next request: all issuers share one log."""
        self._last_number += 1
        return self._last_number

    def clear_log(self) -> None:
        """Forget all log entries."""
        self._db.execute("DELETE FROM log")

    # --- settings ---

    def keep(self, issuer: str, text: str) -> None:
        """Remember what a mounted issuer asks to be remembered, in place of what it asked before."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (f"issuer {issuer}", text))

    def kept(self, issuer: str) -> str | None:
        """Return what a mounted issuer remembered; None for a new folder."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (f"issuer {issuer}",)).fetchone()
        return None if row is None else str(row[0])

    def seed(self, wanted: int | None, default: int) -> int:
        """Return the folder's seed; the first call fixes it.

        Args:
            wanted: The seed asked for at start, if any.
            default: For a new folder when none was asked for.

        Raises:
            StoreError: The folder holds the vouchers of another seed.
        """
        row = self._db.execute("SELECT value FROM settings WHERE name = 'seed'").fetchone()
        if row is None:
            seed = default if wanted is None else wanted
            self._db.execute("INSERT INTO settings VALUES ('seed', ?)", (str(seed),))
            return seed
        if wanted is not None and wanted != int(row[0]):
            raise StoreError(f"the data folder holds the vouchers of seed {row[0]}, not {wanted}")
        return int(row[0])


def _voucher_rows(vouchers: Iterable[Voucher]) -> Iterable[tuple[str, str]]:
    return ((voucher.code, json.dumps(voucher.to_record())) for voucher in vouchers)


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, rolled back on any error."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
