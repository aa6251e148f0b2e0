"""The doctor of a running till: for a manager's health panel, and for whoever begins her shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.checkup.assumptions import KEPT, Standing, standings, verify
from pos.checkup.engine import examine
from pos.checkup.findings import Finding, Level
from pos.checkup.looks import LOOKS
from pos.checkup.subject import Subject
from pos.domain.business_date import local_date
from pos.till.views import Environment

if TYPE_CHECKING:
    from pos.bootstrap import Folder, Program
    from pos.journal.store import SqliteJournal
    from pos.till.backups import BackupView
    from pos.till.ports import Clock


@dataclass(frozen=True, slots=True)
class HealthView:
    """What was found, in the order of the looks, and what is taken for granted about the issuers in use.

    Args:
        counts: whether money is real here, so that what nobody has verified matters.
    """

    findings: tuple[Finding, ...]
    standings: tuple[Standing, ...]
    counts: bool


class HealthDesk:
    """Any thread but the GUI's; a look takes as long as the slowest issuer may.

    Args:
        folder: of the running till.
        journal: the till's own, for writing.
        backups: how the copies stand.
    """

    def __init__(
        self, folder: Folder, journal: SqliteJournal, clock: Clock, backups: Callable[[], BackupView] | None = None
    ) -> None:
        self._folder, self._journal, self._clock, self._backups = folder, journal, clock, backups

    def look(self) -> HealthView:
        """Look at everything."""
        settings = self._folder.settings
        known = standings(settings, self._journal.kept(KEPT))
        return HealthView(self.findings(), known, settings.environment is Environment.PRODUCTION)

    def findings(self) -> tuple[Finding, ...]:
        """Everything that is looked at."""
        subject = Subject(self._folder, self._clock, backups=self._backups)
        try:
            return examine(subject, LOOKS)
        finally:
            subject.close()

    def verify(self, name: str, manager: str) -> None:
        """A manager has seen an assumption to be true.

        Raises:
            ConfigError, JournalError: nothing was noted.
        """
        verify(
            self._journal, self._folder.settings, name, manager=manager, today=local_date(self._clock.now_utc())
        )  # fmt: skip


def build_health(program: Program) -> HealthDesk:
    """The doctor of this running till."""
    return HealthDesk(program.folder, program.journal, program.clock, program.backups.view)


def for_shift(findings: tuple[Finding, ...], *, manager: bool) -> tuple[Finding, ...]:
    """What whoever begins her shift should hear of, worst first: a cashier what concerns selling, a manager all."""
    red = [one for one in findings if one.level in (Level.BAD, Level.WARN) and (manager or one.cashier)]
    return tuple(sorted(red, key=lambda one: one.level is not Level.BAD))
