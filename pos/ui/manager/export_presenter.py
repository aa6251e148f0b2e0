"""Decides what the export box says: which format, where to, how far it is, how it ended. Plain Python; no widget."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from pos.i18n import Translator
from pos.till.review.copies import CopyView
from pos.till.review.day_views import Query
from pos.till.review.events import Reported, ReportFailed, ReportProgress
from pos.till.review.exports import ExportDesk, Exported, ExportOpening, Format, Place, PlaceKind
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.words import say_message

OPENING, FILE = "exports/opening", "exports/file"


class Stage(StrEnum):
    """What the box shows."""

    CHOOSE = "choose"
    RUNNING = "running"
    DONE = "done"


class ExportPresenter:
    """One for the Day section; `begin` for each opening of the box. GUI thread; no call waits.

    Args:
        review: runs the export on the report thread.
        desk: writes.
        copies: how the scheduled copies stand.
        mono_s: for how long it has been running.
    """

    def __init__(
        self, review: Asking, desk: ExportDesk, copies: Callable[[], CopyView], mono_s: Callable[[], float]
    ) -> None:
        self._review = review
        self._desk = desk
        self._copies = copies
        self._mono_s = mono_s
        self._query: Query | None = None
        self._tickets: dict[str, int] = {}
        self._began_mono_s = 0.0
        self._progress = (0, 0)
        self.rows: int | None = None
        self.stage = Stage.CHOOSE
        self.form = Format.XLSX
        self.places: tuple[Place, ...] = ()
        self.chosen = 0
        self.fault: Message | None = None
        self.done: Exported | None = None
        self.on_change: Callable[[], None] = lambda: None

    # ------------------------------------------------------------ what a person does

    def begin(self, query: Query, rows: int | None = None) -> None:
        """The box opens for this query; `rows`: how many it has, None: not known yet."""
        self._query, self.rows = query, rows
        self.stage, self.fault, self.done = Stage.CHOOSE, None, None
        self._tickets[OPENING] = self._review.ask(OPENING, lambda running: self._desk.opening(query, running))

    def choose_form(self, form: Format) -> None:
        """Another kind of file."""
        self.form = form
        self.on_change()

    def choose_place(self, index: int) -> None:
        """One of `places`."""
        if index < len(self.places):
            self.chosen = index
            self.on_change()

    def export(self, other_folder: str) -> None:
        """Write it: into the folder that was typed, else into the chosen one."""
        folder = other_folder.strip() or (self.places[self.chosen].path if self.places else "")
        query, form, desk = self._query, self.form, self._desk
        if self.stage is not Stage.CHOOSE or query is None or not folder:
            return
        self.stage, self.fault = Stage.RUNNING, None
        self._began_mono_s, self._progress = self._mono_s(), (0, self.rows or 0)
        self._tickets[FILE] = self._review.ask(FILE, lambda running: desk.export_anew(query, folder, form, running))
        self.on_change()

    def stop(self) -> None:
        """Nobody waits for the file any more; none is left."""
        self._review.forget(FILE)
        self._tickets.pop(FILE, None)
        self.stage = Stage.CHOOSE
        self.on_change()

    # ------------------------------------------------------------ what comes back

    def take_event(self, event: object) -> bool:
        """An event of the review service; True if it was about the box."""
        if not isinstance(event, Reported | ReportFailed | ReportProgress) or event.key not in (OPENING, FILE):
            return False
        if event.ticket != self._tickets.get(event.key):
            return True  # an answer to what nobody asks any more
        if isinstance(event, ReportProgress):
            self._progress = (event.done, event.total)
        elif isinstance(event, ReportFailed):
            self.stage, self.fault = Stage.CHOOSE, event.message
        elif isinstance(event.value, Exported):
            self.stage, self.done = Stage.DONE, event.value
        elif isinstance(event.value, ExportOpening):
            self.rows, self.places = event.value.rows, event.value.places
            self.chosen = min(self.chosen, max(0, len(self.places) - 1))
        self.on_change()
        return True

    # ------------------------------------------------------------ words

    @property
    def share(self) -> float:
        """How much of it is written, 0 to 1."""
        done, total = self._progress
        return min(1.0, done / total) if total else 0.0

    def says_what(self, tr: Translator) -> str:
        """Which days and how many rows."""
        query = self._query
        if query is None:
            return ""
        key = "export.what" if query.first == query.last else "export.what_range"
        return tr.t(key, day=query.first, last=query.last, rows=self.rows)

    def says_progress(self, tr: Translator) -> str:
        """How far, and for how long."""
        done, total = self._progress
        running_s = self._mono_s() - self._began_mono_s
        return tr.t(
            "export.running",
            done=f"{done:,}".replace(",", "."),
            total=f"{max(total, done):,}".replace(",", "."),
            running_s=running_s,
        )

    def says_done(self, tr: Translator) -> str:
        """Where the file is."""
        return "" if self.done is None else tr.t("export.written", rows=self.done.rows, file=self.done.path)

    def says_fault(self, tr: Translator) -> str:
        """Why the last try failed."""
        return "" if self.fault is None else str(say_message(tr, self.fault))

    def says_copies(self, tr: Translator) -> str:
        """How the scheduled copies stand; empty where there are none."""
        view = self._copies()
        if not view.folder:
            return ""
        if view.fault is not None:
            return tr.t("export.copy_failed", why=say_message(tr, view.fault).what)
        if view.day is None or view.at_utc is None:
            return tr.t("export.copy_none", folder=view.folder)
        return tr.t("export.copy_made", day=view.day, at=view.at_utc, folder=view.folder)


def place_words(tr: Translator, place: Place) -> str:
    """The folder's name for people."""
    if place.kind is PlaceKind.STICK:
        return tr.t("export.place.stick", name=place.name)
    return tr.t(f"export.place.{place.kind}")
