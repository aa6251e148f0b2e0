"""What is looked at: an opened data folder, and what a running till adds to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from pos.domain.business_date import local_date
from pos.domain.errors import JournalError

if TYPE_CHECKING:
    from pos.bootstrap import Folder
    from pos.journal.store import SqliteJournal
    from pos.providers.built import Built
    from pos.settings import Settings
    from pos.till.backups import BackupView
    from pos.till.ports import Clock


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is worth a word.

    Args:
        free_bad_mb, free_warn_mb: free space; a day of a busy till writes some megabytes.
        chain_links: of the newest that are followed again.
        certificate_warn_days: an issuer needs some days to be asked why it has not renewed.
    """

    free_bad_mb: int = 200
    free_warn_mb: int = 1000
    chain_links: int = 2000
    certificate_warn_days: int = 14


class Subject:
    """One till. Thread-safe; the journal is opened for reading, once, and closed by `close`.

    Args:
        folder: opened.
        clock: of this machine.
        online: issuers may be reached.
        backups: how the copies stand; None: as their folder tells.
    """

    def __init__(
        self,
        folder: Folder,
        clock: Clock,
        *,
        online: bool = True,
        backups: Callable[[], BackupView] | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self.folder, self.clock, self.online, self.limits, self.backups = folder, clock, online, limits, backups
        self._opening = threading.Lock()
        self._journal: SqliteJournal | None = None
        self._built: Built | None = None

    @property
    def settings(self) -> Settings:
        """The till's."""
        return self.folder.settings

    @cached_property
    def today(self) -> date:
        """The date on the shop's wall."""
        return local_date(self.clock.now_utc())

    @property
    def has_journal(self) -> bool:
        """False: nothing was ever done here."""
        return self.folder.journal_path.exists()

    def journal(self) -> SqliteJournal:
        """For reading only, beside a running window.

        Raises:
            JournalError: it cannot be opened.
        """
        from pos.bootstrap import SystemChance, open_journal

        with self._opening:
            if self._journal is None:
                self._journal = open_journal(self.folder, self.clock, SystemChance(), writing=False)
            return self._journal

    @property
    def built(self) -> Built:
        """The issuers as the settings make them; nothing is connected.

        Raises:
            ConfigError: the first one, which every till has, cannot be built.
        """
        from pos.bootstrap import build_issuers

        with self._opening:
            if self._built is None:
                self._built = build_issuers(self.settings, self.clock)
            return self._built

    def forget_thread(self) -> None:
        """This thread looks at the journal no more."""
        if self._journal is not None:
            self._journal.close_thread()

    def close(self) -> None:
        """Looked at. A look that hangs keeps its own connection."""
        if self._journal is not None:
            with suppress(JournalError):
                self._journal.close()
        if self._built is not None:
            self._built.close()
