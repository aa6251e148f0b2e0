"""Builds the day, statements, exports and scheduled copies over an opened journal; imported when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from pos.i18n import Translator
from pos.journal.closing_store import ClosingStore
from pos.journal.moments import JournalMoments
from pos.journal.review_day import ReviewReads
from pos.journal.review_filters import JournalFilters
from pos.journal.statement_store import StatementStore
from pos.journal.store import SqliteJournal
from pos.reports.copy_memory import CopyFile
from pos.reports.files import Files
from pos.reports.statement_file import DiskFiles
from pos.settings import Settings
from pos.till.ports import Clock
from pos.till.review.closing import ClosedBy, Shop
from pos.till.review.copies import CATCH_UP_DAYS, CopyDesk, CopyView, CopyWish
from pos.till.review.day import DayDesk
from pos.till.review.exports import ExportDesk, Format
from pos.till.review.statement_desk import StatementDesk

ISSUERS = ("gotit", "vinid-evoucher", "vinid", "appotapay", "gotadi")
"""Whose rows may stand in a journal, set up at this till or not."""


def shop_of(settings: Settings) -> Shop:
    """Where a report is made, from its settings alone: a report needs no issuer and no secret."""
    words = Translator(settings.text("ui.language"))
    return Shop(
        settings.text("store.name"),
        settings.text("store.code"),
        settings.text("till.code"),
        settings.environment.value,
        tuple((name, words.t(f"provider.{name}")) for name in ISSUERS),
    )


def build_day(journal: SqliteJournal, clock: Clock) -> DayDesk:
    """The desk that screen, exports and command line ask, over any journal."""
    core = journal.core
    return DayDesk(ReviewReads(core), JournalFilters(core), clock, core.change_hour)


def build_statement(journal: SqliteJournal, labels: Mapping[str, str]) -> StatementDesk:
    """The statement check; `labels`: names for people of the issuers whose files it takes."""
    return StatementDesk(DiskFiles(), StatementStore(journal, lambda name: labels.get(name, name)), dict(labels))


def build_files(settings: Settings, clock: Clock) -> Files:
    """Files in the language of the shop."""
    return Files(
        lambda: shop_of(settings),
        lambda: Translator(settings.text("ui.language")),
        clock,
        lambda: settings.text("reports.copy_folder"),
    )


def build_exports(journal: SqliteJournal, settings: Settings, clock: Clock, day: DayDesk) -> ExportDesk:
    """The desk of exports; its reads are of one thread at a time."""
    return ExportDesk(day, JournalMoments(journal.core), build_files(settings, clock))


def build_copies(
    journal: SqliteJournal, settings: Settings, clock: Clock, told: Callable[[CopyView], None] = lambda _: None
) -> CopyDesk:
    """The scheduled copies of a running till."""
    day = build_day(journal, clock)
    closings = ClosingStore(journal)

    def closed() -> Sequence[ClosedBy]:
        days = [day.today() - timedelta(days=back) for back in range(CATCH_UP_DAYS + 1)]
        with closings.reading() as reads:
            return [found for one in days if (found := reads.closed(one)) is not None]

    exports = build_exports(journal, settings, clock, day)
    return CopyDesk(exports, closed, lambda: _wish(settings), CopyFile(settings.folder), clock, told)


def _wish(settings: Settings) -> CopyWish:
    at = settings.text("reports.copy_at")
    return CopyWish(
        settings.text("reports.copy_folder"),
        None if at == "closing" else int(at),
        tuple(Format(form) for form in settings.text("reports.copy_formats").split(",")),
    )
