"""Copies of the journal beside a selling till: made when they are due, kept as long as they may be needed."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pos.domain.audit import Break
from pos.domain.backups import CopyFacts, CopyReason, due, may_go
from pos.domain.business_date import from_utc_text
from pos.domain.errors import JournalDamaged, JournalError, JournalUnavailable, PosError
from pos.journal.chain import read_tail
from pos.journal.connection import connect
from pos.journal.copying import copy_whole, facts_of, open_copy
from pos.journal.failures import os_error, sorted_error
from pos.journal.intents import Point
from pos.journal.migrations import version_of
from pos.journal.notices import JournalNotices
from pos.journal.shelf import FOLDER, Entry, Shelf, carry, is_whole
from pos.journal.store import SqliteJournal
from pos.journal.unsettled import unsettled_in
from pos.till.backups import BackupView, CopyMade, JournalNotice, LogView
from pos.till.ports import Clock
from pos.till.review.events import Running
from pos.till.views import Message

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=10)
"""How long after a failure the next try comes."""
_COPIES_WITH_LOG = 3
"""So many of the newest good copies have the second log behind them: where the newest is bad, the one before serves."""
_CLOSED = "SELECT max(closed_utc) FROM day_close"


class Backups:
    """Implements `BackupPort`. Any thread but the GUI's; one copy at a time.

    Args:
        journal: open for writing.
        clock: when a copy is due.
        second_folder: as set at this moment; "": none.
        counter_first: whether the counter is at work this moment: a copy steps aside then.
        told: hears of every copy that failed, on the thread that tried.
    """

    def __init__(
        self,
        journal: SqliteJournal,
        clock: Clock,
        second_folder: Callable[[], str] = lambda: "",
        *,
        counter_first: Callable[[], bool] = lambda: False,
        told: Callable[[JournalError], None] = lambda _: None,
    ) -> None:
        self.counter_first = counter_first
        self.told = told
        self.ending: Callable[[], bool] = lambda: False
        """Whether the program ends: a copy under way gives up."""
        self._journal = journal
        self._clock = clock
        self._second_folder = second_folder
        self._shelf = Shelf(journal.path.parent / FOLDER)
        self._notices = JournalNotices(journal)
        self._since_utc = clock.now_utc()
        self._tried_mono_s = float("-inf")
        self._fault: JournalError | None = None
        self._second_fault: JournalError | None = None
        self._told: set[str] = set()
        self._lock = threading.Lock()

    # ------------------------------------------------------------ looking

    def view(self) -> BackupView:
        """How it stands; reads the folder."""
        second = self._second()
        copies = tuple(self._shelf.view(entry, second) for entry in reversed(self._shelf.entries()))
        written = self._journal.core.log
        since = None if written is None else written.begins
        return BackupView(
            str(self._shelf.folder),
            copies,
            self._second_folder(),
            _message(self._second_fault),
            _message(self._fault),
            None if written is None else LogView(not written.broken, written.length, since.seq if since else 0),
        )

    def notices(self) -> Sequence[JournalNotice]:
        """What no manager has acknowledged yet."""
        return self._notices.open()

    def acknowledge(self, actor: str) -> None:
        """A manager has read them."""
        self._notices.acknowledge(actor)

    def verify(self, name: str) -> CopyMade:
        """Read a copy through: length and sum as when it was made, its pages, its audit chain link by link.

        Raises:
            JournalUnavailable: `backup.missing`, or it cannot be read.
            JournalDamaged: `backup.damaged`.
        """
        return verified(self._shelf, name, self._second())

    # ------------------------------------------------------------ making

    def look(self) -> None:
        """Make the copy that is due, if one is; after a failure ten minutes later. Never raises a `JournalError`."""
        if self._fault is not None and self._clock.mono_s() < self._tried_mono_s + AGAIN.total_seconds():
            return
        try:
            reason = self._due()
            if reason is not None:
                self.make(reason, "")
        except JournalError as error:
            if not self.ending():
                log.warning("the copy of the journal failed: %s", error.code)
                self._tell(error)
        except Exception:  # a bug in a copy must not end all of them
            log.exception("the copy of the journal failed")

    def _tell(self, error: JournalError) -> None:
        """Once, until it went well again or fails otherwise."""
        if error.code not in self._told:
            self._told.add(error.code)
            self.told(error)

    def _due(self) -> CopyReason | None:
        entries = self._shelf.entries()
        newest = next((one for one in reversed(entries) if self._is_whole(one)), None)
        seq, oldest, closed = self._facts()
        links = -1 if newest is None else newest.copied.links
        return due(
            self._clock.now_utc(),
            self._known(entries),
            changed=seq != links,
            unsettled=oldest is not None,
            closed_utc=closed,
            since_utc=self._since_utc,
            log_broken=self._log_wants(links),
        )

    def _log_wants(self, links: int) -> bool:
        written = self._journal.core.log
        if written is None:
            return False
        since = written.begins
        return written.wants_copy or (since is not None and since.seq > max(links, 0))

    def _facts(self) -> tuple[int, datetime | None, datetime | None]:
        core = self._journal.core
        try:
            connection = core.connections.get()
            seq = read_tail(connection)[0]
            oldest = min((open_.created_utc for open_ in unsettled_in(connection)), default=None)
            closed = connection.execute(_CLOSED).fetchone()[0]
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return seq, _time(oldest), _time(closed)

    def make(self, reason: CopyReason, actor: str, running: Running | None = None) -> CopyMade:
        """Make one now.

        Args:
            reason: why.
            actor: who asked for it; "": it was due. A copy that a person asked for stands in the audit chain.
            running: steps aside and stops, for a copy on a manager's thread.

        Raises:
            JournalError: none was made; what stood there stands. `backup.second_…` never: that is told in the view.
        """
        with self._lock:
            self._tried_mono_s = self._clock.mono_s()
            try:
                entry = self._make(reason, running)
            except JournalError as error:
                self._fault = error
                raise
            self._fault = None
            self._told = {code for code in self._told if code.startswith("backup.second")}
            self._carry(entry)
        if actor:
            with self._journal.transaction(actor) as tx:
                tx.audit("backup.made", entry.name, reason=reason.value, links=entry.copied.links)
        return self._shelf.view(entry, self._second())

    def _make(self, reason: CopyReason, running: Running | None) -> Entry:
        made_utc = self._clock.now_utc()
        core = self._journal.core
        try:
            self._begin_segment()
            name = self._shelf.free_name(made_utc, reason)
            with contextlib.closing(connect(core.path, writing=False)) as source:
                # One snapshot from beginning to end: else every sale beside it would begin the copy anew.
                source.execute("BEGIN")
                read_tail(source)
                copied = copy_whole(source, self._shelf.folder / name, aside=_Aside(self, running).step)
                source.execute("ROLLBACK")
            entry = Entry(name, made_utc, reason, copied)
            self._shelf.put(entry)
            self._tidy()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        except OSError as error:
            raise JournalUnavailable("backup.not_written", why=os_error(error).code) from error
        return entry

    def _begin_segment(self) -> None:
        """A segment of the second log begins here: what comes after the copy stands in it or a later one."""
        core = self._journal.core
        if core.log is None:
            return
        with core.lock:
            connection = core.connections.get()
            seq, digest, _ = core.tail or read_tail(connection)
            try:
                core.log.begin(Point(seq, digest), version_of(connection), whole=not core.log.broken)
            except OSError as error:  # the copy is worth having without it, and the next one tries again
                core.log.give_up(type(error).__name__)

    def _tidy(self) -> None:
        entries = self._shelf.entries()
        _, oldest, _ = self._facts()
        gone = may_go(self._known(entries), self._clock.now_utc(), oldest)
        self._shelf.take_out(gone)
        second = self._second()
        if second is not None:
            for name in gone:
                with contextlib.suppress(OSError):
                    (second / name).unlink(missing_ok=True)
        self._forget_log([entry for entry in entries if entry.name not in gone])

    def _forget_log(self, entries: Sequence[Entry]) -> None:
        written = self._journal.core.log
        good = [entry for entry in entries if self._is_whole(entry)]
        if written is None or written.broken or len(good) < _COPIES_WITH_LOG:
            return
        from pos.journal.intents_read import segment_before

        number = segment_before(written.folder, written.key, good[-_COPIES_WITH_LOG].copied.links)
        if number is not None:
            written.forget_before(number)

    # ------------------------------------------------------------ the second folder

    def _second(self) -> Path | None:
        text = self._second_folder()
        return Path(text) if text and Path(text).is_dir() else None

    def _carry(self, entry: Entry) -> None:
        text = self._second_folder()
        if not text:
            self._second_fault = None
            return
        try:
            carry(self._shelf.folder / entry.name, Path(text))
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            code = "backup.second_missing" if missing else "backup.second_failed"
            self._second_fault = JournalUnavailable(code, folder=text, why=os_error(error).code)
            self._tell(self._second_fault)
        else:
            self._second_fault = None
            self._told = set()

    # ------------------------------------------------------------ small things

    def _is_whole(self, entry: Entry) -> bool:
        return is_whole(self._shelf.folder / entry.name, entry.copied)

    def _known(self, entries: Sequence[Entry]) -> tuple[CopyFacts, ...]:
        return tuple(CopyFacts(one.name, one.made_utc, one.reason, self._is_whole(one)) for one in entries)


class _Aside:
    """Lets the counter go first. A copy beside a counter that never rests takes three times as long, and not for ever.

    Args:
        backups: whose copy it is.
        running: of a copy on a manager's thread; it has a rule of its own.
    """

    def __init__(self, backups: Backups, running: Running | None) -> None:
        self._backups = backups
        self._running = running
        self._began_s = time.monotonic()
        self._waited_s = 0.0

    def step(self) -> None:
        """Between two steps. Raises `JournalUnavailable` when the program ends."""
        if self._backups.ending():
            raise JournalUnavailable("backup.stopped")
        if self._running is not None:
            self._running.stopped()
            return
        worked_s = time.monotonic() - self._began_s - self._waited_s
        most_s = min(_ASIDE_S, 2 * worked_s - self._waited_s)
        began_s = time.monotonic()
        while self._backups.counter_first() and time.monotonic() < began_s + most_s:
            _MOMENT.wait(_MOMENT_S)
        self._waited_s += time.monotonic() - began_s


_ASIDE_S, _MOMENT_S = 0.05, 0.002
_MOMENT = threading.Event()


def verified(shelf: Shelf, name: str, second: Path | None = None) -> CopyMade:
    """Read a copy through. Errors as `Backups.verify`."""
    entry = shelf.find(name)
    path = shelf.folder / entry.name
    try:
        found = facts_of(path)
        breaks = _breaks(path)
    except (JournalDamaged, sqlite3.Error) as error:
        raise JournalDamaged("backup.damaged", name=entry.name) from error
    except OSError as error:
        raise JournalUnavailable("backup.missing", name=entry.name) from error
    if found != entry.copied or breaks:
        raise JournalDamaged("backup.damaged", name=entry.name)
    return shelf.view(entry, second)


def _breaks(path: Path) -> Sequence[Break]:
    from pos.journal.verify import Unhurried
    from pos.journal.verify_chain import walk

    with contextlib.closing(open_copy(path)) as copy:
        return walk(copy, Unhurried()).breaks


def _time(text: str | None) -> datetime | None:
    return None if text is None else from_utc_text(text)


def _message(error: PosError | None) -> Message | None:
    return None if error is None else Message(error.code, tuple(sorted(error.params.items())))
