"""A damaged or lost journal is built anew: from the newest good copy, the second log since then, and what the damaged
file itself still proves.

Nothing is ever deleted: the old files go into a folder `damaged-<time>` beside the journal. The new file is built there
and takes the journal's place by a rename when it is whole, so that a start that dies on the way begins again.

*Certain* is a new journal at the end of which nothing can be missing: the log leads to its end without a gap, and that
end is certain (`Segment.certain`), or the damaged file's own chain ends there as well. Where it is not, something may
have been sent that the new journal does not know of: it says so, and the till then takes everything unsent for unknown
(`pos.till.doubt`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pos.domain.business_date import utc_text
from pos.domain.errors import JournalDamaged, JournalTooNew, SecurityError
from pos.durable import flush_file, flush_folder, make_folder
from pos.journal import row_seals
from pos.journal.chain import ChainEnd, Link, read_tail
from pos.journal.connection import connect, kept_wal_of, wal_of
from pos.journal.copying import facts_of
from pos.journal.failures import os_error, sorted_error, suspicion
from pos.journal.intents import Point, segments
from pos.journal.intents_read import WholeLog, read_log, records
from pos.journal.migrations import known_version, migrate, version_of
from pos.journal.notices import KEPT, TOLD, told_with, with_notice
from pos.journal.proven import hash_at, proven_after
from pos.journal.replay import Replay, Replayed, end_of
from pos.journal.rows import FieldVault
from pos.journal.shelf import Shelf
from pos.till.backups import JournalNotice, NoticeKind

DOUBT = "doubt"
"""Kept in the journal while what is unsent must still be taken for unknown."""
_MOST_NAMED = 50
_KEY_CHECK = "key_check"
_MOST_BASES = 3
_BUILT, _BUILT_ALONE = "rebuilt.db", "rebuilt-alone.db"
"""What stands ready to take the journal's place; the other one where the second log goes aside with the old files."""
_SIDES = ("", "-wal", "-shm")
WITHOUT_WORK = """
INSERT INTO outbox (redemption_id, work, unanswered, failures, due_session, due_mono_s, due_utc, quarantine)
SELECT id, CASE WHEN outcome = 'unsent' THEN 'send' ELSE 'inquire' END, 0, 0, '', 0.0, :now, NULL FROM redemption r
WHERE (r.outcome IN ('in_flight', 'unknown') OR (r.outcome = 'unsent' AND r.given = 1))
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.redemption_id = r.id)
"""
_BILLS = "SELECT 1 FROM bill WHERE number = ?"


@dataclass(slots=True)
class Built:
    """A new journal that stands ready beside the old one.

    Args:
        file: the new file; `folder`: where it and later the old files lie.
        copy: name of the copy it is made from; "" for the file itself or from the log's beginning.
        from_log: transactions of the log; `from_damaged`: of the damaged file.
        end: its last link.
        certain: nothing can be missing.
        log_ends_here: the log can be gone on with.
        missing: bills that are known by name and are not in it.
    """

    file: Path
    folder: Path
    copy: str
    from_log: int = 0
    from_damaged: int = 0
    end: Point = field(default_factory=lambda: Point(0, b""))
    certain: bool = False
    log_ends_here: bool = False
    missing: tuple[str, ...] = ()


class Rebuilder:
    """Builds the journal of one folder anew. Alone on the folder (instance lock), before any journal is open.

    Args:
        path: the journal file, there or not.
        log_folder: of the second log; `keys`: of its checksums.
        vault: opens what the copies hold; one that another key sealed is not of this till.
        now: the wall clock.
        at_least: so many links the journal had when the program last looked; 0: unknown.
        more_copies: further folders that may hold copies: a stick.
    """

    def __init__(
        self,
        path: Path,
        log_folder: Path,
        keys: Sequence[bytes],
        vault: FieldVault,
        now: Callable[[], datetime],
        at_least: int = 0,
        more_copies: Sequence[Path] = (),
    ) -> None:
        self._path = path
        self._log_folder = log_folder
        self._keys = keys
        self._at_least = at_least
        self._vault = vault
        self._now = now
        self._shelves = [Shelf(folder) for folder in (path.parent / "copies", *more_copies) if folder.is_dir()]

    # ------------------------------------------------------------ building

    def build(self, what: str) -> Built:
        """Build the best journal there can be; the old one is only read.

        Args:
            what: what was found, as `JournalDamaged` says it.

        Raises:
            JournalDamaged: `journal.damaged_alone`: neither a good copy nor the whole log is here.
            JournalUnavailable: the disk, also a full one.
        """
        folder = self._path.with_name(f"damaged-{self._now():%Y%m%d-%H%M%S}")
        try:
            make_folder(folder)
            best = self._best(folder, what, read_log(self._log_folder, self._keys))
        except OSError as error:
            raise os_error(error) from error
        if best is None:
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise JournalDamaged("journal.damaged_alone", what=what)
        return best

    def from_copy(self, source: Path, *, with_log: bool) -> Built:
        """Build from this copy and no other.

        Args:
            source: the file; sound, and of this till.
            with_log: take over what the second log holds beyond it.

        Raises:
            JournalDamaged: `backup.damaged`: it is not sound, or not of this till.
            JournalTooNew: of a newer program.
            JournalUnavailable: the disk.
        """
        folder = self._path.with_name(f"replaced-{self._now():%Y%m%d-%H%M%S}")
        try:
            found = facts_of(source).schema
            if found > known_version():
                raise JournalTooNew("journal.too_new", found=found, known=known_version())
            make_folder(folder)
            log = read_log(self._log_folder, self._keys)
            known = log if with_log else WholeLog(())
            built = self._from(folder / "building.db", source.name, lambda draft: copy_file(source, draft), known, None)
            if built is not None and not with_log:
                built.log_ends_here = False
                built.certain = log.end == built.end and log.certain
        except sqlite3.Error as error:
            raise sorted_error(error, folder / "building.db") from error
        except OSError as error:
            raise os_error(error) from error
        except JournalDamaged as error:
            raise JournalDamaged("backup.damaged", name=source.name) from error
        if built is None:
            with contextlib.suppress(OSError):
                remove_database(folder / "building.db")
                folder.rmdir()
            raise JournalDamaged("backup.damaged", name=source.name)
        return built

    def _best(self, folder: Path, what: str, log: WholeLog) -> Built | None:
        """The first that is certain, else the one that goes furthest."""
        best: Built | None = None
        for number, (name, fill) in enumerate(self._bases(what, log)):
            draft = folder / f"building-{number}.db"
            try:
                built = self._from(draft, name, fill, log, what)
            except sqlite3.Error as error:
                failed = sorted_error(error, draft)
                if not isinstance(failed, JournalDamaged):
                    raise failed from error
                built = None
            if built is None or (best is not None and not built.certain and built.end.seq <= best.end.seq):
                remove_database(draft)
                suspicion(draft).unlink(missing_ok=True)
                continue
            if best is not None:
                remove_database(best.file)
            best = built
            if built.certain or number >= _MOST_BASES:
                break
        return best

    def _bases(self, what: str, log: WholeLog) -> Iterable[tuple[str, Callable[[Path], None]]]:
        """What the new journal may begin from, best first."""
        if what == "behind":
            yield "", lambda draft: _copy_sides(self._path, draft)
        entries = [(entry, shelf) for shelf in self._shelves for entry in shelf.entries()]
        for entry, shelf in sorted(entries, key=lambda pair: pair[0].copied.links, reverse=True):
            source = shelf.folder / entry.name
            if entry.copied.schema > known_version():
                continue  # of a newer program, before the data was brought back to this one
            with contextlib.suppress(JournalDamaged, OSError):
                if facts_of(source) == entry.copied:
                    yield entry.name, lambda draft, source=source: copy_file(source, draft)  # type: ignore[misc]
        if log.segments and log.segments[0].begins.seq == 0:
            yield "", lambda draft: self._new(draft, log.segments[0].schema)

    def _new(self, draft: Path, schema: int) -> None:
        from pos.journal.migrations import ALL

        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(connect(draft)) as connection:
            steps = tuple(step for step in ALL if step.number <= schema)
            migrate(connection, draft, now_utc=utc_text(self._now()), steps=steps)

    def _from(
        self, draft: Path, name: str, fill: Callable[[Path], None], log: WholeLog, what: str | None
    ) -> Built | None:
        """Build from one base; None: it is no base. `what`: None: the journal there is not looked into."""
        remove_database(draft)
        fill(draft)
        built = Built(draft, draft.parent, name)
        with contextlib.closing(connect(draft)) as connection:
            if not self._is_ours(connection):
                return None
            connection.execute("PRAGMA synchronous = OFF")  # a draft: flushed as a whole before it takes its place
            leading, whole = log.since(end_of(connection))
            with Replay(connection) as replay:
                done = replay.segments(leading, utc_text(self._now()))
                built.from_log = done.transactions
                log_whole = whole and done.whole
                looked_at = what is not None and not (name == "" and what == "behind")
                self._take_damaged(replay, done, built, log, log_whole=log_whole, look=looked_at)
            if version_of(connection) < known_version():
                migrate(connection, draft, now_utc=utc_text(self._now()), copy=False)
            built.end = done.end
            built.log_ends_here = log_whole and log.end is not None and log.end.seq <= done.end.seq
            built.missing = self._missing(connection, log, built.missing)
            self._finish(connection)
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return None
        return built

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (_KEY_CHECK,)).fetchone()
        try:
            return row is None or bool(self._vault.open(row[0], _KEY_CHECK))
        except SecurityError:
            return False

    # ------------------------------------------------------------ the damaged file

    def _take_damaged(
        self, replay: Replay, done: Replayed, built: Built, log: WholeLog, *, log_whole: bool, look: bool
    ) -> None:
        """What the damaged file proves beyond copy and log; and whether its chain ends where they do."""
        ends_there = False
        if look:
            looked = built.folder / "looked.db"
            with contextlib.suppress(sqlite3.Error, OSError):
                _copy_sides(self._path, looked)
                with contextlib.closing(sqlite3.connect(looked, isolation_level=None)) as damaged:
                    if self._same_till(damaged, done.end):
                        found = proven_after(damaged, done.end)
                        before = done.end
                        replay.proven(found, done)
                        built.from_damaged = done.end.seq - before.seq
                        built.missing = tuple(bill for link in found.beyond for bill in bills_of(link))
                        ends_there = self._ends_at(damaged, done.end)
            remove_database(looked)
        reached = log.end is None or done.end.seq >= log.end.seq
        known = done.end.seq >= self._at_least
        built.certain = not built.missing and reached and known and (ends_there or (log_whole and log.certain))

    def _same_till(self, damaged: sqlite3.Connection, end: Point) -> bool:
        """Whether the damaged file is of this till at all, and not of another that was put in its place."""
        if end.seq:
            return hash_at(damaged, end.seq) == end.hash
        row = damaged.execute("SELECT value FROM meta WHERE name = ?", (_KEY_CHECK,)).fetchone()
        return row is not None and self._is_ours(damaged)

    def _ends_at(self, damaged: sqlite3.Connection, end: Point) -> bool:
        """Whether the damaged file's own chain ends there: what was committed and flushed stands in it or its log.

        Without its `-wal` a file that was in use says nothing of its end.
        """
        try:
            last = damaged.execute("SELECT max(seq) FROM audit").fetchone()[0] or 0
            clean = damaged.execute("SELECT value FROM meta WHERE name = 'clean_end'").fetchone()
        except sqlite3.DatabaseError:
            return False
        in_order = clean is not None and clean[0] == 1
        has_log = wal_of(self._path).exists() or kept_wal_of(self._path).exists()
        return last == end.seq and (in_order or has_log)

    def _missing(self, connection: sqlite3.Connection, log: WholeLog, named: Sequence[str]) -> tuple[str, ...]:
        """Bills that the log or the damaged file name and the new journal does not hold."""
        end = end_of(connection)
        names = list(named)
        for segment in log.segments:
            if segment.end.seq > end.seq:
                for record in records(segment):
                    names += [bill for link in record.links if link[0] > end.seq for bill in bills_of(link)]
        unique = dict.fromkeys(names)
        return tuple(bill for bill in unique if connection.execute(_BILLS, (bill,)).fetchone() is None)

    def _finish(self, connection: sqlite3.Connection) -> None:
        """What the till begins with: checks are asked for anew, every row that needs work has some."""
        connection.execute("DELETE FROM last_check")
        connection.execute(WITHOUT_WORK, {"now": utc_text(self._now())})
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('clean_end', 1)")

    # ------------------------------------------------------------ putting it in place

    def put_in_place(self, built: Built, what: str, *, by: str = "") -> JournalNotice:
        """Say in the new journal what was done, set the old files aside, and put it in their place.

        Args:
            built: the new journal.
            what: what was damaged; "": a copy is restored.
            by: the manager who wanted it; "": nobody was asked.

        Raises:
            JournalError: the disk; the old files are where they were, or in the folder, and a start goes on with it.
        """
        kind = NoticeKind.REBUILT if what else NoticeKind.RESTORED
        notice = JournalNotice(
            kind, self._now(), by, what, built.copy, built.from_log, built.from_damaged, built.certain,
            built.missing[:_MOST_NAMED], len(built.missing), built.folder.name,
        )  # fmt: skip
        return install(self._path, built, notice, self._log_folder)


def install(path: Path, built: Built, notice: JournalNotice, log_folder: Path) -> JournalNotice:
    """The last steps of a rebuilding or a restore. Errors as `Rebuilder.put_in_place`."""
    try:
        with contextlib.closing(connect(built.file)) as connection:
            notice = _say(connection, notice)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        flush_file(built.file)
        ready = built.folder / (_BUILT if built.log_ends_here else _BUILT_ALONE)
        os.replace(built.file, ready)
        remove_database(built.file)
        flush_folder(built.folder)
        _set_aside(path, built.folder)
        if not built.log_ends_here:
            set_log_aside(log_folder, built.folder)
        os.replace(ready, path)
        flush_folder(path.parent)
        suspicion(path).unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise sorted_error(error, built.file) from error
    except OSError as error:
        raise os_error(error) from error
    return notice


def finish_install(path: Path, log_folder: Path) -> bool:
    """Go on where a start died between setting the old files aside and putting the new one in place.

    Else a log that was to go aside would be taken in again, and a manager's restore undone.
    """
    if path.exists():
        return False
    for folder in sorted((*path.parent.glob("damaged-*"), *path.parent.glob("replaced-*")), reverse=True):
        ready = next((folder / name for name in (_BUILT, _BUILT_ALONE) if (folder / name).exists()), None)
        if ready is not None:
            _set_aside(path, folder)
            if ready.name == _BUILT_ALONE:
                set_log_aside(log_folder, folder)
            os.replace(ready, path)
            flush_folder(path.parent)
            return True
    return False


def _say(connection: sqlite3.Connection, notice: JournalNotice) -> JournalNotice:
    """A link of its own, the notice for the manager, and the mark of doubt, in one transaction."""
    row_seals.watch(connection)
    connection.execute("BEGIN IMMEDIATE")
    chain = ChainEnd(read_tail(connection), utc_text(notice.at_utc), notice.by)
    chain.add(
        f"journal.{notice.kind.value}",
        notice.set_aside,
        {
            "what": notice.what,
            "copy": notice.copy,
            "from_log": notice.from_log,
            "from_damaged": notice.from_damaged,
            "certain": notice.certain,
            "missing": notice.missing_count,
            "bills": ",".join(notice.missing) or None,
        },
    )
    keep_notice(connection, notice)
    if not notice.certain:
        last = connection.execute("SELECT max(business_date) FROM bill").fetchone()[0]
        doubt = json.dumps({"at_utc": utc_text(notice.at_utc), "known_until": last or ""})
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (DOUBT, doubt))
    chain.flush(connection)
    connection.execute("COMMIT")
    return notice


def keep_notice(connection: sqlite3.Connection, notice: JournalNotice) -> None:
    """Tell it to the manager from the next start on; in the transaction of whoever did it."""
    for name, added in ((KEPT, with_notice), (TOLD, told_with)):
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        kept = added(None if row is None else row[0], notice)
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, kept))


def bills_of(link: Link) -> tuple[str, ...]:
    """Numbers of the bills that a link speaks of."""
    try:
        changes = json.loads(link[5])
        found = [change["ref"] for change in changes if change["kind"] == "bill"]
        found += [change["facts"]["bill"] for change in changes if "bill" in change["facts"]]
    except (ValueError, LookupError, TypeError):
        return ()
    return tuple(dict.fromkeys(str(bill) for bill in found))


# ---------------------------------------------------------------- files


def copy_file(source: Path, draft: Path) -> None:
    """A file as it is, for its owner only. Raises `OSError`."""
    with source.open("rb") as reading, open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        shutil.copyfileobj(reading, out, 1 << 20)


def _copy_sides(path: Path, draft: Path) -> None:
    """The file and its log, for looking into: SQLite writes into what it opens."""
    remove_database(draft)
    for side in _SIDES[:2]:
        source = path.with_name(path.name + side)
        if source.exists():
            copy_file(source, draft.with_name(draft.name + side))


def remove_database(draft: Path) -> None:
    """Take a draft out, with what SQLite put beside it."""
    for side in _SIDES:
        draft.with_name(draft.name + side).unlink(missing_ok=True)


def _set_aside(path: Path, folder: Path) -> None:
    for side in _SIDES:
        source = path.with_name(path.name + side)
        if source.exists():
            os.replace(source, folder / source.name)
    kept = kept_wal_of(path)
    if kept.exists():  # the same file under its second name, or what SQLite took away when it was opened
        os.replace(kept, folder / wal_of(path).name)
    flush_folder(folder)
    flush_folder(path.parent)


def set_log_aside(log_folder: Path, folder: Path) -> None:
    """The second log's segments into a folder of their own. Raises `OSError`."""
    found = segments(log_folder)
    if found:
        make_folder(folder / log_folder.name)
    for path in found:
        os.replace(path, folder / log_folder.name / path.name)
    if found:
        flush_folder(folder / log_folder.name)
        flush_folder(log_folder)
