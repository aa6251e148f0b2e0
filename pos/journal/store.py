"""The journal: the port `Journal` on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.business_date import utc_text
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalUnavailable, SecurityError
from pos.journal import opening
from pos.journal.connection import Connections
from pos.journal.export import open_export, write_csv, write_json_lines
from pos.journal.failures import sorted_error, suspicion
from pos.journal.intents import IntentLog
from pos.journal.intents_resume import is_as_closed, newest_segment, resume
from pos.journal.people_store import JournalPeople
from pos.journal.reads import Reads
from pos.journal.rows import FieldVault
from pos.journal.work_writes import SqliteTx
from pos.journal.write_tx import Core, WriteTx
from pos.till.ports import Chance, Clock, RememberedCheck

if TYPE_CHECKING:
    from pos.journal.verify import Verdict
    from pos.till.review.events import Running

_KEY_CHECK = "key_check"
_REMEMBER = """
INSERT INTO last_check (provider, code_hash, at_utc, session, mono_s, worth_vnd, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (provider, code_hash) DO UPDATE SET at_utc = excluded.at_utc, session = excluded.session,
    mono_s = excluded.mono_s, worth_vnd = excluded.worth_vnd, reason = excluded.reason
"""
_NEXT = """
INSERT INTO counter (series, value) VALUES (?, 1)
ON CONFLICT (series) DO UPDATE SET value = value + 1 RETURNING value
"""


class SqliteJournal(Reads):
    """The till's memory on disk.

    Args:
        path: the file; made with its folder when it is missing.
        vault: seals and hashes voucher codes; must be the one this journal was begun with.
        session: id of this run of the program; made from `chance` when not given.
        change_hour: hour of the wall clock at which the shop's day changes, asked for with each row.
        writing: False to look into the journal of a running till without touching it.
        log: gets everything that is committed, once more; None: a journal without a second log.

    Raises:
        JournalUnavailable, JournalDamaged, JournalTooNew: nothing was overwritten.
        SecurityError: `key.wrong`: the vault's key is not the one the journal's codes are sealed with.
    """

    def __init__(
        self,
        path: Path,
        vault: FieldVault,
        clock: Clock,
        chance: Chance,
        *,
        session: str | None = None,
        change_hour: Callable[[], int] = lambda: 0,
        writing: bool = True,
        log: IntentLog | None = None,
    ) -> None:
        newest = None if log is None else newest_segment(log)
        opening.prepare(
            path,
            now_utc=utc_text(clock.now_utc()),
            writing=writing,
            closely=newest is not None and not is_as_closed(path, newest),
        )
        connections = Connections(path, writing=writing, logged=log is not None)
        super().__init__(Core(path, connections, vault, clock, change_hour, log=log), session or chance.new_id())
        self._writing = writing
        try:
            self._check_key()
            if log is not None:
                resume(log, self._core.connections.get(), newest)
            if writing:
                opening.mark_running(self._core.connections.get(), running=True)
        except sqlite3.Error as error:
            self._core.connections.close()
            raise sorted_error(error, path) from error
        except BaseException:
            self._core.connections.close()
            raise

    def _check_key(self) -> None:
        connection, vault = self._core.connections.get(), self._core.vault
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (_KEY_CHECK,)).fetchone()
        if row is not None:
            try:
                vault.open(row[0], _KEY_CHECK)
            except SecurityError as error:
                raise SecurityError("key.wrong") from error
        elif self._writing:
            connection.execute("INSERT INTO meta VALUES (?, ?)", (_KEY_CHECK, vault.seal("quay", _KEY_CHECK)))

    @property
    def path(self) -> Path:
        """The database file."""
        return self._core.path

    @property
    def core(self) -> Core:
        """What the stores of one file share."""
        return self._core

    @property
    def people(self) -> JournalPeople:
        """The people who work here, for `pos.security.people`."""
        return JournalPeople(self._core)

    def transaction(self, actor: str) -> SqliteTx:
        """A write transaction by `actor`, for `with`."""
        if not self._writing:
            raise JournalUnavailable("journal.read_only")
        return SqliteTx(self._core, actor)

    def kept(self, name: str) -> str | None:
        """A text that was kept by `SqliteTx.keep`."""
        try:
            row = self._core.connections.get().execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error
        return None if row is None else str(row[0])

    def next_number(self, series: str) -> int:
        """The next running number of a series, flushed before it is returned, never given again."""
        with WriteTx(self._core, "") as tx:
            number: int = tx.run(_NEXT, (series,)).fetchone()[0]
        return number

    def remember_check(self, provider: str, code: VoucherCode, check: RememberedCheck) -> None:
        """Keep the last online check of a code."""
        values = (
            provider, self._core.vault.lookup(provider, code.reveal()), utc_text(check.at_utc), check.session,
            check.mono_s, check.worth_vnd, None if check.reason is None else check.reason.value,
        )  # fmt: skip
        with WriteTx(self._core, "") as tx:
            tx.run(_REMEMBER, values)

    def check_whole(self) -> None:
        """Read every page once. Raises `JournalDamaged`; about 0.15 s for a million rows."""
        try:
            opening.check_quickly(self._core.connections.get())
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def verify(self, running: Running | None = None, against: tuple[int, str] | None = None) -> Verdict:
        """Check pages, rules, states, the audit chain and the rows it speaks of; reads everything, changes nothing.

        Args:
            running: progress and stop; None: to its end.
            against: number and hash (hex, or its beginning) of a link as a closing slip printed them.

        Raises:
            JournalDamaged: so damaged that it cannot even be read through.
        """
        from pos.journal.verify import examine

        try:
            return examine(self._core.connections.get(), running, against)
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def export(self, target: Path, *, as_csv: bool = False) -> int:
        """Write everything readable to `target`: a file of JSON lines, or a folder of CSV files.

        Returns:
            The number of rows. No whole voucher code, key or hash of a PIN is among them.

        Raises:
            OSError: the target cannot be written.
        """
        try:
            connection = self._core.connections.get()
            if as_csv:
                return write_csv(connection, target)
            with open_export(target) as out:
                return write_json_lines(connection, out)
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def close_thread(self) -> None:
        """Close this thread's connection; the thread may go on and opens another when it needs one."""
        self._core.connections.close_thread()

    def close(self) -> None:
        """Close in order: the next start need not check the whole file. Last of all owners of threads."""
        core = self._core
        in_order = self._writing and not suspicion(core.path).exists()
        try:
            if in_order:
                opening.mark_running(core.connections.get(), running=False)
        except (sqlite3.Error, JournalUnavailable):
            in_order = False  # the next start will check the whole file, as it should
        try:
            core.connections.close()
        finally:
            if core.log is not None:
                core.log.close(core.path if in_order else None)
