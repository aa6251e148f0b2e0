"""The window's desks over a journal that is only read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli.folder import plain_settings, read_journal
from pos.domain.errors import ReportError
from pos.i18n import Translator
from pos.reports.day import Made
from pos.reports_setup import build_day, build_exports, build_statement, shop_of
from pos.settings import Settings
from pos.till.ports import Clock
from pos.till.review.closing import ReportPrinted, Shop, XReport, ZReport
from pos.till.review.day import DayDesk
from pos.till.review.exports import ExportDesk, Format

if TYPE_CHECKING:
    from pos.journal.store import SqliteJournal
    from pos.reports.model import Report
    from pos.till.review.cases import CaseDesk
    from pos.till.review.closing_desk import ClosingDesk
    from pos.till.review.levels import LevelDesk
    from pos.till.review.statement_desk import StatementDesk


class Terminal:
    """A run that tells how far it is where somebody looks. Ctrl+C ends the command itself."""

    def __init__(self) -> None:
        self._told_mono_s = time.monotonic()
        self._shown = False

    def stopped(self) -> bool:
        """Never."""
        return False

    def progress(self, done: int, total: int) -> None:
        """Once a second, on stderr."""
        now_s = time.monotonic()
        if sys.stderr.isatty() and now_s - self._told_mono_s >= 1:
            self._told_mono_s = now_s
            print(f"\r{done:,} / {max(done, total):,}", end="", file=sys.stderr, flush=True)
            self._shown = True

    def end(self) -> None:
        """Go on in the next line."""
        if self._shown:
            print(file=sys.stderr)


class _NoPrinter:
    """A command prints no report slip."""

    def print_z(self, report: ZReport, told: Callable[[ReportPrinted], None]) -> None:
        raise TypeError("a report command prints no slip")

    def print_x(self, report: XReport, told: Callable[[ReportPrinted], None]) -> None:
        raise TypeError("a report command prints no slip")


@dataclass(frozen=True, slots=True)
class Desks:
    """What a report command asks."""

    journal: SqliteJournal
    settings: Settings
    clock: Clock
    words: Translator

    @property
    def shop(self) -> Shop:
        """Where the report is made."""
        return shop_of(self.settings)

    def day(self) -> DayDesk:
        """The day's desk."""
        return build_day(self.journal, self.clock)

    def exports(self, day: DayDesk) -> ExportDesk:
        """Files of the day."""
        return build_exports(self.journal, self.settings, self.clock, day)

    def closing(self) -> ClosingDesk:
        """Shifts, X and Z, for looking only."""
        from pos.bootstrap import SystemChance
        from pos.journal.closing_store import ClosingStore
        from pos.security.people import PinPeople
        from pos.till.review.closing_desk import ClosingDesk
        from pos.till.review.shifts import ShiftDesk

        store, chance = ClosingStore(self.journal), SystemChance()
        people = PinPeople(self.journal.people, self.clock, chance)
        shifts = ShiftDesk(store, people, self.clock.now_utc)
        return ClosingDesk(
            store, self.journal, shifts, self.clock, chance, now=self.clock.now_utc, shop=lambda: self.shop,
            printer=_NoPrinter(),
        )  # fmt: skip

    def cases(self) -> CaseDesk:
        """The inbox, for looking only."""
        from pos.bootstrap import SystemChance
        from pos.journal.case_store import CaseStore
        from pos.security.people import PinPeople
        from pos.till.review.cases import CaseDesk

        people = PinPeople(self.journal.people, self.clock, SystemChance())
        return CaseDesk(CaseStore(self.journal), {}, people, label=self.shop.label)

    def statements(self) -> StatementDesk:
        """Statement checks, for comparing only."""
        return build_statement(self.journal, dict(self.shop.labels))

    def levels(self) -> LevelDesk:
        """Service levels as written; the last minute of a running till may be missing."""
        from pos.journal.level_store import LevelStore
        from pos.till.review.levels import LevelDesk

        return LevelDesk(LevelStore(self.journal.core))

    def made(self) -> Made:
        """What stands on a report besides its rows."""
        from pos.journal.moments import JournalMoments

        return Made(self.shop, self.clock.now_utc(), JournalMoments(self.journal.core).last_hash())


@contextmanager
def open_desks(args: argparse.Namespace, words: Translator) -> Iterator[Desks]:
    """The desks of `--data`.

    Raises:
        PosError: there is no journal, or it cannot be read at all.
    """
    from pos.bootstrap import SystemClock

    with read_journal(args) as journal:
        yield Desks(journal, plain_settings(args), SystemClock(), words)


def wanted_files(args: argparse.Namespace) -> list[tuple[Path, Format]]:
    """The files that were asked for."""
    found = ((getattr(args, form.value, None), form) for form in Format)
    return [(path, form) for path, form in found if path is not None]


def write_files(args: argparse.Namespace, report: Callable[[], Report]) -> list[Path]:
    """Write what was asked for; the report is made anew for each, because its rows are walked once."""
    from pos.reports.files import save_report

    running = Terminal()
    files = wanted_files(args)
    for path, form in files:
        save_report(report(), path, form, running)
    running.end()
    return [path for path, _ in files]


def read_day(text: str) -> date:
    """A business date as a person writes it. Raises `ReportError("report.bad_date")`."""
    for layout in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), layout).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ReportError("report.bad_date", text=text[:40])
