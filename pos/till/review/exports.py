"""Files of the day: what a manager asks for, and the copies that go to a folder by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pos.domain.errors import JournalError
from pos.till.review.day import DayDesk
from pos.till.review.day_views import DayRow, DayView, Query
from pos.till.review.events import Running

_ROWS_A_PAGE = 10_000
_WEEK = timedelta(days=7)


class Format(StrEnum):
    """Kinds of files; the value is the ending of the name."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"


class Stopped(Exception):
    """The person has stopped it; no file was left."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that stands on the disk."""

    path: str
    rows: int


class PlaceKind(StrEnum):
    """What sort of folder."""

    DOCUMENTS = "documents"
    COPIES = "copies"
    STICK = "stick"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that files may go to. `name`: of a stick; else empty."""

    kind: PlaceKind
    path: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ExportOpening:
    """What the export box shows first. `rows`: how many the file will have."""

    rows: int
    places: tuple[Place, ...]


class Moments(Protocol):
    """The journal at one moment."""

    def one_moment(self) -> AbstractContextManager[None]:
        """Whatever this thread reads inside is of one moment; the counter goes on meanwhile and is not seen."""

    def last_hash(self) -> str:
        """The audit chain's last hash, hex; empty before its first row."""


class ReportFiles(Protocol):
    """Writes files for people (`pos.reports`)."""

    def save_day(
        self, view: DayView, rows: Iterator[DayRow], last_hash: str, path: Path, form: Format, running: Running
    ) -> None:
        """Put a day at `path`, whole or not at all. Raises `ReportError`, `Stopped`."""

    def day_name(self, first: date, last: date, form: Format) -> str:
        """The file's usual name: shop, till, dates, and that nothing is real where nothing is."""

    def free_path(self, folder: Path, name: str) -> Path:
        """The name in this folder, with a number behind it where a file has it already."""

    def places(self) -> tuple[Place, ...]:
        """Folders there are now, the likeliest first. Sticks are looked for: may take a moment."""


class ExportDesk:
    """Exports of the day. Synchronous; runs on the `report` thread, or in a command.

    Args:
        day: the same desk as the window's.
        moments: of the same journal.
        files: writes them.
    """

    def __init__(self, day: DayDesk, moments: Moments, files: ReportFiles) -> None:
        self._day = day
        self._moments = moments
        self._files = files

    def today(self) -> date:
        """The shop's date now."""
        return self._day.today()

    def usual_name(self, query: Query, form: Format) -> str:
        """What a file of this query is called unless somebody wants another name."""
        return self._files.day_name(query.first, query.last, form)

    def export(self, query: Query, path: Path, form: Format, running: Running) -> Exported | None:
        """Write the rows and figures of a query. None: stopped on the way, and nothing was left.

        Raises:
            ReportError: not written; what stood at `path` stands.
            JournalError: the journal cannot be read at all.
        """
        try:
            with self._moments.one_moment():
                view = self._day.view(query, running)
                rows = self._rows(query, running)
                self._files.save_day(view, rows, self._moments.last_hash(), path, form, running)
        except Stopped:
            return None
        except JournalError:
            if running.stopped():  # what was read was told to end
                return None
            raise
        return Exported(str(path), view.rows)

    def export_anew(self, query: Query, folder: str, form: Format, running: Running) -> Exported | None:
        """The same into a folder, under its usual name; an older file of that name stays. Raises as `export`."""
        path = self._files.free_path(Path(folder), self.usual_name(query, form))
        return self.export(query, path, form, running)

    def opening(self, query: Query, running: Running) -> ExportOpening:
        """How many rows a file of this query has, and where it may go."""
        return ExportOpening(self.rows_of(query, running), self._files.places())

    def rows_of(self, query: Query, running: Running) -> int:
        """How many rows a file would have."""
        return self._day.view(query, running).rows

    def _rows(self, query: Query, running: Running) -> Iterator[DayRow]:
        """Newest first. Week by week: a page far down a long range costs its own days, not all that stand before."""
        last = query.last
        while last >= query.first:
            first = max(query.first, last - _WEEK + timedelta(days=1))
            yield from self._week(replace(query, first=first, last=last), running)
            last = first - timedelta(days=1)

    def _week(self, query: Query, running: Running) -> Iterator[DayRow]:
        first, page = 0, self._day.rows(query, 0, _ROWS_A_PAGE, running).rows
        while page:
            yield from page
            first += len(page)
            page = self._day.rows(query, first, _ROWS_A_PAGE, running).rows if len(page) == _ROWS_A_PAGE else ()
