"""Bring a copy of a journal up to what the second log, or another file's proven part, knows beyond it.

Rows are put in as they stood, without the triggers that guard a till's own steps: several steps of one transaction may
have become one image. Each link has to follow from the one before, and every row it sealed has to fit; the first record
that does not ends it, and the copy stands as the record before left it.
"""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos.journal import row_seals
from pos.journal.chain import INSERT, Link, read_tail
from pos.journal.intents import Point
from pos.journal.intents_read import Record, Segment, records
from pos.journal.migrations import migrate, version_of
from pos.journal.proven import Proven, follows, seals_of
from pos.journal.row_seals import Image

_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql IS NOT NULL ORDER BY rowid"
_OF_THIS_RUN = frozenset({"clean_end"})


class DoesNotFollow(Exception):
    """A record is not the next one of this journal."""


@dataclass(slots=True)
class Replayed:
    """How far it came. `transactions` were taken over; `whole`: to the end of what was given."""

    end: Point
    transactions: int = 0
    whole: bool = True


def end_of(connection: sqlite3.Connection) -> Point:
    """Where the chain ends. Raises `sqlite3.Error`."""
    seq, digest, _ = read_tail(connection)
    return Point(seq, digest)


class Replay:
    """Writes into one file that no till uses.

    Args:
        connection: to it, not in a transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._triggers: list[tuple[str, str]] = []
        self._widths: dict[str, int] = {}

    def __enter__(self) -> Replay:
        self._connection.execute("PRAGMA foreign_keys = OFF")
        self._drop_triggers()
        return self

    def __exit__(self, *_: object) -> None:
        self._put_triggers_back()

    def _drop_triggers(self) -> None:
        self._triggers = self._connection.execute(_TRIGGERS).fetchall()
        for name, _ in self._triggers:
            self._connection.execute(f"DROP TRIGGER {name}")

    def _put_triggers_back(self) -> None:
        for _, sql in self._triggers:
            self._connection.execute(sql)

    # ------------------------------------------------------------ from the log

    def segments(self, segments: Sequence[Segment], now_utc: str) -> Replayed:
        """Take over what these segments hold beyond the file's end.

        Raises:
            sqlite3.Error, OSError: the file cannot be written, a segment cannot be read.
        """
        done = Replayed(end_of(self._connection))
        for segment in segments:
            self._step_up(segment.schema, now_utc)
            for record in records(segment):
                if not self._take(record, done):
                    done.whole = False
                    return done
        return done

    def _step_up(self, schema: int, now_utc: str) -> None:
        """A segment of a later schema: the journal had been upgraded before it began."""
        if version_of(self._connection) >= schema:
            return
        from pos.journal.migrations import ALL

        self._put_triggers_back()
        path = self._connection.execute("PRAGMA database_list").fetchone()[2]
        steps = tuple(step for step in ALL if step.number <= schema)
        migrate(self._connection, path, now_utc=now_utc, steps=steps, copy=False)
        self._widths.clear()
        self._drop_triggers()

    def _take(self, record: Record, done: Replayed) -> bool:
        """False: the record does not follow, and nothing of it was taken."""
        links = tuple(link for link in record.links if link[0] > done.end.seq)
        if record.seq < done.end.seq or (record.links and not links):
            return True  # older than the copy
        try:
            self.write(done.end, links, record.images)
        except (DoesNotFollow, sqlite3.IntegrityError):
            return False
        if links:
            done.end = Point(links[-1][0], links[-1][6])
            done.transactions += len(links)
        return True

    # ------------------------------------------------------------ from another file

    def proven(self, found: Proven, done: Replayed) -> None:
        """Take over what another file proves; nothing, if it does not follow."""
        try:
            self.write(done.end, found.links, found.images)
        except (DoesNotFollow, sqlite3.IntegrityError):
            return
        done.end = found.end(done.end)

    # ------------------------------------------------------------ one record

    def write(self, before: Point, links: Sequence[Link], images: Sequence[Image]) -> None:
        """Rows and links in one transaction.

        Raises:
            DoesNotFollow: they do not; nothing was written.
        """
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._rows(images)
            self._links(before, links)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _rows(self, images: Iterable[Image]) -> None:
        wanted = [image for image in images if self._is_ours(image)]
        for table, key, _ in wanted:  # all first: one may take a place that another gives up
            where = " AND ".join(f"{column} = ?" for column in _key_columns(table))
            self._connection.execute(f"DELETE FROM {table} WHERE {where}", row_seals.key_values(table, key))
        for table, _, values in wanted:
            if values is not None:
                marks = ", ".join("?" * len(values))
                self._connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)

    def _is_ours(self, image: Image) -> bool:
        table, key, values = image
        if table not in row_seals.KEYS and table not in row_seals.UNSEALED:
            raise DoesNotFollow(table)
        if values is not None and len(values) != self._width(table):
            raise DoesNotFollow(table)
        if table == "meta":
            return key not in _OF_THIS_RUN
        if table == "counter" and values is not None:
            # Numbers only ever grow: one given twice would make two bills of one.
            known = row_seals.read_whole(self._connection, table, key)
            return known is None or int(known[1]) < int(values[1])
        return True

    def _width(self, table: str) -> int:
        if table not in self._widths:
            self._widths[table] = len(self._connection.execute(f"PRAGMA table_info({table})").fetchall())
        return self._widths[table]

    def _links(self, before: Point, links: Sequence[Link]) -> None:
        at, seals = before, dict[str, str]()
        for link in links:
            if not follows(at, link):
                raise DoesNotFollow("audit")
            self._connection.execute(INSERT, link)
            seals |= seals_of(link)
            at = Point(link[0], link[6])
        for name, seal in seals.items():
            table, _, key = name.partition("/")
            if not row_seals.fits(row_seals.read(self._connection, table, key), seal):
                raise DoesNotFollow(table)


def _key_columns(table: str) -> tuple[str, ...]:
    return row_seals.KEYS.get(table) or (row_seals.UNSEALED[table],)
