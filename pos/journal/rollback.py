"""Bring a journal back to the schema before its last upgrade, so that the program of before can go on with it.

The base is the checked copy that the upgrade made. Every row that stands in the journal now is put over it, as far as
the older schema can hold it; what it cannot hold is *named*: which table or column, how many rows, which bills. The
audit chain is taken over link by link as it stands, so that what a slip printed of it stays true; behind it one more
link says that, why and by whose hand the journal went back, and seals the rows that the older schema holds in another
shape.

Money: the journal goes back in shape and not in time. A voucher that was sent since stands as sent. Of a bill of which
anything could not be carried, every voucher that stands unsent is taken for sent: the older program asks the issuer.

The new file is built beside. The journal as it was is kept under a second name in a folder `left-<time>`, the second
log goes there, and then one rename puts the new file in the journal's place: a program that dies on the way leaves the
one or the other, whole. Nothing is deleted.
"""
# ruff: noqa: S608 – SQL is put together from the schemas' own names; values are always bound

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pos.domain.audit import AuditValue
from pos.domain.business_date import utc_text
from pos.domain.errors import JournalDamaged, JournalTooNew, JournalUnavailable, SecurityError
from pos.durable import flush_file, flush_folder, make_folder
from pos.journal import row_seals
from pos.journal.chain import ChainEnd, read_tail
from pos.journal.connection import connect, wal_of
from pos.journal.copying import facts_of
from pos.journal.failures import os_error, sorted_error
from pos.journal.migrations import ALL, Migration, copy_before, known_version, version_of
from pos.journal.proven import hash_at, links_after, seals_of
from pos.journal.rebuild import DOUBT, WITHOUT_WORK, copy_file, keep_notice, remove_database, set_log_aside
from pos.journal.replay import Replay, end_of
from pos.journal.rows import FieldVault
from pos.till.backups import JournalNotice, NoticeKind

_DRAFT = "rolled-back.db"
_NOT_CARRIED = frozenset({"migration"})
_MAY_SHRINK = frozenset({"outbox", "last_check", "product_list", "level", *row_seals.MAY_GO})
"""Tables whose rows the till itself takes out. Of every other a row that is gone now was taken out by another hand."""
_OF_THE_OLDER = ("clean_end", "settings_noted", "settings_meant")
_MOST_NAMED, _SEALS_IN_A_LINK, _MANY = 50, 2_000, 1 << 40
_BILL_OF = {
    "bill_number": "{0}.bill_number",
    "redemption_id": "(SELECT x.bill_number FROM now.redemption x WHERE x.id = {0}.redemption_id)",
    "sale_id": "(SELECT x.bill_number FROM now.sale x WHERE x.id = {0}.sale_id)",
    "booking_id": "(SELECT x.bill_number FROM now.booking x WHERE x.id = {0}.booking_id)",
    "call_id": "(SELECT x.bill_number FROM now.redemption x JOIN now.attempt a ON a.redemption_id = x.id"
    " WHERE a.call_id = {0}.call_id)",
}
"""By which column a row belongs to a bill."""
_TAKE_FOR_SENT = """
UPDATE redemption SET outcome = 'in_flight', sends = sends + 1, sent_utc = :now, sent_session = 'rollback',
    sent_mono_s = 0.0
WHERE outcome = 'unsent' AND bill_number = :bill RETURNING id
"""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What the older schema cannot hold.

    Args:
        what: a table, or `table.column`.
        rows: how many.
        bills: to which they belong, as far as they belong to any.
    """

    what: str
    rows: int
    bills: tuple[str, ...] = ()


@dataclass(slots=True)
class RolledBack:
    """A journal of the older schema that stands ready.

    Args:
        file: the new file; `folder`: where it is, and where the journal of now will lie.
        schema: of the journal now; `older`: what it goes back to.
        copy: name of the copy it is made from; `copy_links`: length of its chain.
        links: that were made since, and carried.
        carried: rows that were made or changed since, by table.
        left_behind: what could not be carried.
        taken_for_sent: bills whose unsent vouchers the older program will ask the issuer about.
    """

    file: Path
    folder: Path
    schema: int
    older: int
    copy: str
    copy_links: int
    links: int = 0
    carried: dict[str, int] = field(default_factory=dict)
    left_behind: list[LeftBehind] = field(default_factory=list)
    taken_for_sent: list[str] = field(default_factory=list)

    @property
    def bills(self) -> tuple[str, ...]:
        """Every bill of which something is left behind."""
        return tuple(dict.fromkeys(bill for each in self.left_behind for bill in each.bills))


def build(
    path: Path, vault: FieldVault, now: datetime, *, by: str, why: str, steps: Sequence[Migration] = ALL
) -> RolledBack:
    """Build the journal of the schema before; the one in use is only read. Alone on the folder (instance lock).

    Args:
        path: of the journal, closed.
        vault: opens what the copies hold.
        now: the wall clock.
        by: whose hand it is; stands in the new journal.
        why: in a few words; likewise.
        steps: every step this program knows.

    Raises:
        JournalUnavailable: `rollback.no_copy`: there is no copy of before; or the disk.
        JournalDamaged: `backup.damaged`: it is not sound; `rollback.other`: it is not of this journal.
        SecurityError: `rollback.key`: it was made under a key that this till does not have.
        JournalTooNew: the journal is of a newer program than this.
    """
    folder = _free_folder(path, now)
    try:
        for draft in path.parent.glob(f"left-*/{_DRAFT}"):
            remove_database(draft)  # of a run that died before it took its place
        with contextlib.closing(connect(path)) as current:
            schema = version_of(current)
            if schema > known_version(steps):
                raise JournalTooNew("journal.too_new", found=schema, known=known_version(steps))
            source = copy_before(path, schema)
            built = _base(current, source, vault, folder, schema)
            make_folder(folder)
            remove_database(built.file)
            copy_file(source, built.file)
            with contextlib.closing(connect(built.file)) as new:
                _Carrying(new, current, path, built).carry(now, by, why)
                if new.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                    raise JournalDamaged("journal.damaged", what="check")
                new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                new.execute("PRAGMA journal_mode = DELETE").fetchone()
    except BaseException as error:
        with contextlib.suppress(OSError):
            remove_database(folder / _DRAFT)
            folder.rmdir()
        if isinstance(error, sqlite3.Error):
            raise sorted_error(error, folder / _DRAFT) from error
        if isinstance(error, OSError):
            raise os_error(error) from error
        raise
    return built


def _free_folder(path: Path, now: datetime) -> Path:
    """A name that no run of before has: what one that died left there stays."""
    stem = f"left-{now:%Y%m%d-%H%M%S}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(folder for folder in map(path.with_name, names) if not folder.exists())


def _base(current: sqlite3.Connection, source: Path, vault: FieldVault, folder: Path, schema: int) -> RolledBack:
    """The copy of before, checked: sound, of this till's key, and of this journal's past."""
    if not source.exists():
        raise JournalUnavailable("rollback.no_copy", schema=schema, name=source.name)
    try:
        found = facts_of(source)
    except JournalDamaged as error:
        raise JournalDamaged("backup.damaged", name=source.name) from error
    with contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        row = copy.execute("SELECT value FROM meta WHERE name = 'key_check'").fetchone()
    try:
        if row is not None:
            vault.open(row[0], "key_check")
    except SecurityError as error:
        raise SecurityError("rollback.key", name=source.name) from error
    if found.links and hash_at(current, found.links) != bytes.fromhex(found.last_hash):
        raise JournalDamaged("rollback.other", name=source.name)
    return RolledBack(folder / _DRAFT, folder, schema, found.schema, source.name, found.links)


def discard(built: RolledBack) -> None:
    """Throw away what was built to be looked at."""
    with contextlib.suppress(OSError):
        remove_database(built.file)
        built.folder.rmdir()


def put_in_place(path: Path, log_folder: Path, built: RolledBack) -> None:
    """Keep the journal and its second log aside, and put the new one in its place by one rename.

    Raises:
        JournalError: the disk; the journal is the one it was.
    """
    try:
        with contextlib.closing(connect(path)) as current:
            current.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # A log that stayed would be taken for the new file's.
        if wal_of(path).exists() and wal_of(path).stat().st_size:
            raise JournalUnavailable("journal.busy")
        flush_file(built.file)
        _second_name(path, built.folder / path.name)
        flush_folder(built.folder)
        flush_folder(path.parent)
        set_log_aside(log_folder, built.folder)
        for side in ("-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        os.replace(built.file, path)
        flush_folder(path.parent)
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error
    except OSError as error:
        raise os_error(error) from error


def _second_name(path: Path, aside: Path) -> None:
    """The journal under another name as well: at no moment is there none in its place."""
    try:
        os.link(path, aside)
    except OSError:  # a file system without second names
        copy_file(path, aside)
        flush_file(aside)


class _Carrying:
    """Puts what stands in the journal over its copy of before.

    Args:
        draft: the copy's copy, to be written; `current`: the journal, only read.
    """

    def __init__(self, draft: sqlite3.Connection, current: sqlite3.Connection, path: Path, built: RolledBack) -> None:
        self._draft, self._current, self._built = draft, current, built
        draft.execute("ATTACH DATABASE ? AS now", (str(path),))
        self._older, self._newer = _tables(draft, "main"), _tables(draft, "now")
        self._doubt = False

    def carry(self, now: datetime, by: str, why: str) -> None:
        """All of it, with the link that says so."""
        draft, built = self._draft, self._built
        draft.execute("PRAGMA synchronous = OFF")  # a draft: flushed as a whole before it takes its place
        before = end_of(draft)
        with Replay(draft):
            draft.execute("BEGIN IMMEDIATE")
            for table in self._older:
                if table in self._newer:
                    self._table(table)
                else:
                    built.left_behind.append(LeftBehind(table, 0))
                    self._doubt = True
            for table in self._newer:
                if table not in self._older:
                    self._name_rows(table, table, "1")
            self._orphans()
            links = links_after(self._current, before, _MANY)
            built.links = len(links)
            touched = self._take_for_sent(utc_text(now))
            seals = self._seals(links) | {f"redemption/{key}": "" for key in touched}
            self._say(now, by, why, [*seals])
            draft.execute("COMMIT")
        draft.execute("DETACH DATABASE now")

    # ------------------------------------------------------------ rows

    def _table(self, table: str) -> None:
        draft = self._draft
        older, newer = self._older[table], self._newer[table]
        shared = [name for name in older if name in newer]
        names, same = ", ".join(shared), f"({_of('o', shared)}) IS ({_of('n', shared)})"
        key = _key(draft, table)
        here = " AND ".join(f"o.{name} = n.{name}" for name in key)
        differs = f"FROM main.{table} o JOIN now.{table} n ON {here} WHERE NOT {same}{_left_out(table)}"
        draft.execute(f"CREATE TEMP TABLE was AS SELECT o.* {differs}")
        draft.execute(f"DELETE FROM main.{table} WHERE ({', '.join(key)}) IN (SELECT {', '.join(key)} FROM temp.was)")
        missing = f"FROM now.{table} n WHERE NOT EXISTS (SELECT 1 FROM main.{table} o WHERE {here}){_left_out(table)}"
        count = draft.execute(f"SELECT count(*) {missing}").fetchone()[0]
        failed = self._put_in(table, shared, f"SELECT {names} {missing}") if count else []
        if failed:
            self._put_back(table, here, failed)
        if table in _MAY_SHRINK:
            draft.execute(f"DELETE FROM main.{table} AS o WHERE NOT EXISTS (SELECT 1 FROM now.{table} n WHERE {here})")
        draft.execute("DROP TABLE temp.was")
        if count > len(failed):
            self._built.carried[table] = count - len(failed)
        for name in newer:
            if name not in older:
                shipped = _default(draft, table, name)
                self._name_rows(table, f"{table}.{name}", f"r.{name} IS NOT ({shipped})")

    def _put_in(self, table: str, names: list[str], select: str) -> list[tuple[object, ...]]:
        """Put rows in: all at once, or one by one where one does not fit. Returns those that do not."""
        draft, columns = self._draft, ", ".join(names)
        draft.execute("SAVEPOINT rows")
        try:
            draft.execute(f"INSERT INTO main.{table} ({columns}) {select}")
        except sqlite3.IntegrityError:
            draft.execute("ROLLBACK TO rows")
        else:
            draft.execute("RELEASE rows")
            return []
        draft.execute("RELEASE rows")
        put, failed = f"INSERT INTO main.{table} ({columns}) VALUES ({', '.join('?' * len(names))})", []
        for row in draft.execute(select).fetchall():
            try:
                draft.execute(put, row)
            except sqlite3.IntegrityError:
                failed.append(dict(zip(names, row, strict=True)))
        key = _key(draft, table)
        return [tuple(row[name] for name in key) for row in failed]

    def _put_back(self, table: str, here: str, failed: list[tuple[object, ...]]) -> None:
        """A row that does not fit as it is now stands as it was before the upgrade, if it stood; it is named."""
        draft = self._draft
        with contextlib.suppress(sqlite3.IntegrityError):
            draft.execute(
                f"INSERT INTO main.{table} SELECT n.* FROM temp.was n"
                f" WHERE NOT EXISTS (SELECT 1 FROM main.{table} o WHERE {here})"
            )
        where = " AND ".join(f"r.{name} IS ?" for name in _key(draft, table))
        bill = self._bill(table, "r")
        bills = [draft.execute(f"SELECT {bill} FROM now.{table} r WHERE {where}", key).fetchone()[0] for key in failed]
        self._name(table, len(failed), bills)

    def _orphans(self) -> None:
        """Rows that belong to one that could not be carried go with it, by name."""
        draft = self._draft
        for _ in range(len(self._older)):
            found = [row for row in draft.execute("PRAGMA main.foreign_key_check").fetchall() if row[0] in self._older]
            if not found:
                return
            for table in dict.fromkeys(row[0] for row in found):
                self._orphans_of(table)

    def _orphans_of(self, table: str) -> None:
        draft, key = self._draft, _key(self._draft, table)
        for _, _, parent, child, above, *_ in draft.execute(f"PRAGMA main.foreign_key_list({table})").fetchall():
            above = above or _key(draft, parent)[0]
            where = f"o.{child} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.{parent} p WHERE p.{above} = o.{child})"
            bill = self._bill(table, "o")
            rows = draft.execute(f"SELECT {_of('o', key)}, {bill} FROM main.{table} o WHERE {where}").fetchall()
            if rows:
                draft.execute(f"DELETE FROM main.{table} AS o WHERE {where}")
                self._name(table, len(rows), [row[-1] for row in rows])

    # ------------------------------------------------------------ what is named

    def _bill(self, table: str, alias: str) -> str:
        """How to find the bill of a row."""
        if table == "bill":
            return f"{alias}.number"
        columns = self._newer.get(table) or self._older[table]
        return next((sql.format(alias) for name, sql in _BILL_OF.items() if name in columns), "NULL")

    def _name_rows(self, table: str, what: str, where: str) -> None:
        rows = self._draft.execute(f"SELECT {self._bill(table, 'r')} FROM now.{table} r WHERE {where}").fetchall()
        self._name(what, len(rows), [bill for (bill,) in rows])

    def _name(self, what: str, rows: int, bills: Sequence[str | None]) -> None:
        if rows:
            told = tuple(dict.fromkeys(bill for bill in bills if bill is not None))
            self._built.left_behind.append(LeftBehind(what, rows, told))

    # ------------------------------------------------------------ money

    def _take_for_sent(self, now_text: str) -> list[str]:
        """What is unsent of a bill of which something is missing may have been sent. Returns the rows' ids."""
        draft, ids = self._draft, list[str]()
        for bill in self._built.bills:
            found = [key for (key,) in draft.execute(_TAKE_FOR_SENT, {"now": now_text, "bill": bill}).fetchall()]
            if found:
                self._built.taken_for_sent.append(bill)
            ids += found
            for table in ("sale", "booking"):
                if table in self._older:
                    there = draft.execute(f"SELECT 1 FROM main.{table} WHERE bill_number = ?", (bill,)).fetchone()
                    self._doubt = self._doubt or there is not None
        draft.executemany("UPDATE outbox SET work = 'inquire' WHERE redemption_id = ?", [(key,) for key in ids])
        draft.execute(WITHOUT_WORK, {"now": now_text})
        return ids

    # ------------------------------------------------------------ the chain

    def _seals(self, links: Sequence[tuple[object, ...]]) -> dict[str, str]:
        """Rows whose last seal fits the journal of now, and not what the older schema holds of it."""
        last: dict[str, str] = {}
        for link in links:
            last |= seals_of(link)  # type: ignore[arg-type]
        return {name: seal for name, seal in last.items() if self._of_another_shape(name, seal)}

    def _of_another_shape(self, name: str, seal: str) -> bool:
        table, _, key = name.partition("/")
        if table not in row_seals.KEYS or table not in self._older:
            return False
        if row_seals.fits(row_seals.read(self._draft, table, key), seal):
            return False
        # What does not fit in the journal of now either was changed by another hand, and is to be found by the proof.
        return row_seals.fits(row_seals.read(self._current, table, key), seal)

    def _say(self, now: datetime, by: str, why: str, sealed: Sequence[str]) -> None:
        """Links of its own, the notice for the manager, and the mark of doubt."""
        draft, built = self._draft, self._built
        left_end = read_tail(self._current)
        bills = built.bills
        facts: dict[str, AuditValue] = {
            "schema": built.schema,
            "older": built.older,
            "copy": built.copy,
            "why": why,
            "links": left_end[0],
            "hash": left_end[1].hex(),
            "left_behind": ",".join(f"{each.what}:{each.rows}" for each in built.left_behind) or None,
            "bills": ",".join(bills[:_MOST_NAMED]) or None,
            "missing": len(bills),
            "taken_for_sent": len(built.taken_for_sent),
        }
        chain = ChainEnd(read_tail(draft), utc_text(now), by)
        chain.add("journal.rolled_back", built.folder.name, facts)
        for portion in _portions(sealed):
            chain.flush(draft, seals=self._seal(portion))
        notice = JournalNotice(
            NoticeKind.ROLLED_BACK, now, by, why, built.copy, built.links, 0, not (bills or self._doubt),
            bills[:_MOST_NAMED], len(bills), built.folder.name,
        )  # fmt: skip
        keep_notice(draft, notice)
        if self._doubt:
            latest = draft.execute("SELECT max(business_date) FROM bill").fetchone()[0]
            doubt = json.dumps({"at_utc": utc_text(now), "known_until": latest or ""})
            draft.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (DOUBT, doubt))
        draft.execute("INSERT OR REPLACE INTO meta VALUES ('clean_end', 1)")

    def _seal(self, names: Sequence[str]) -> dict[str, str]:
        found = {}
        for name in names:
            table, _, key = name.partition("/")
            found[name] = row_seals.seal(row_seals.read(self._draft, table, key))
        return found


# ---------------------------------------------------------------- schemas


def _tables(connection: sqlite3.Connection, schema: str) -> dict[str, tuple[str, ...]]:
    """Every table with its columns."""
    names = connection.execute(
        f"SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
    ).fetchall()
    return {
        name: tuple(row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({name})"))
        for (name,) in names
        if name not in _NOT_CARRIED
    }


def _key(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of its primary key."""
    rows = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    return tuple(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])


def _default(connection: sqlite3.Connection, table: str, column: str) -> str:
    """What stands in a column of now that nobody filled, as SQL."""
    rows = connection.execute(f"PRAGMA now.table_info({table})").fetchall()
    return next((row[4] for row in rows if row[1] == column and row[4] is not None), "NULL")


def _of(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _left_out(table: str) -> str:
    """What of `meta` stays as the older program wrote it: this run's mark, and how the settings were, in its own form.

    The older program then finds the settings changed, and takes them as they are (`pos.last_seen.accept_restored`).
    """
    return f" AND n.name NOT IN ({', '.join(map(repr, _OF_THE_OLDER))})" if table == "meta" else ""


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """At least one, because the first link says what was done."""
    for start in range(0, max(len(names), 1), _SEALS_IN_A_LINK):
        yield names[start : start + _SEALS_IN_A_LINK]
