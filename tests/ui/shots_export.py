"""Pictures of the export box: `python -m tests.ui.shots_export OUT`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from PySide6.QtWidgets import QWidget

from pos.i18n import Translator
from pos.reports.files import Files
from pos.till.review.copies import CopyView
from pos.till.review.day import DayDesk
from pos.till.review.day_views import Query
from pos.till.review.events import ReportProgress, ReviewEvent
from pos.till.review.exports import ExportDesk, Exported, Place, PlaceKind
from pos.till.views import Message
from pos.ui.manager.export_presenter import FILE, OPENING, ExportPresenter
from pos.ui.manager.export_sheet import ExportSheet
from tests.reports.fake_day import DAY, NOON, SHOP, FakeReads, NoFilters, rows
from tests.ui.camera import Camera, render
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import ManualClock


class StillMoments:
    """Fits `Moments`."""

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        yield

    def last_hash(self) -> str:
        return "9f" * 32


def desk_on(reads: FakeReads, language: str = "vi") -> ExportDesk:
    """The real desk and the real files over a day without a journal."""
    clock = ManualClock()
    files = Files(lambda: SHOP, lambda: Translator(language), clock)
    return ExportDesk(DayDesk(reads, NoFilters(), clock), StillMoments(), files)


def presenter_on(review: FakeReview, desk: ExportDesk, clock: ManualClock, copies: CopyView) -> ExportPresenter:
    """A presenter that hears the review service."""
    made = ExportPresenter(review, desk, lambda: copies, clock.mono_s)

    def hear(event: ReviewEvent) -> None:
        made.take_event(event)

    review.subscribe(hear)
    return made


PLACES = (
    Place(PlaceKind.STICK, "/media/huong/KINGSTON", "KINGSTON"),
    Place(PlaceKind.DOCUMENTS, "Documents"),
    Place(PlaceKind.COPIES, "/srv/bao-cao"),
)


def draw(camera: Camera) -> None:
    """Every stage."""
    look = camera.look
    host = QWidget()
    host.setPalette(look.palette())
    host.setAutoFillBackground(True)
    host.resize(*camera.size)
    review, clock = FakeReview(), ManualClock()
    copies = CopyView("/srv/bao-cao", date(2026, 11, 20), NOON)
    presenter = presenter_on(review, desk_on(FakeReads(rows(20)), look.tr.language), clock, copies)
    presenter.begin(Query(DAY, DAY))
    review.run(OPENING)
    presenter.places = PLACES
    sheet = ExportSheet(look, presenter, host)
    host.show()
    sheet.show()
    sheet.focus_home()

    camera.take(host, "choose")
    presenter.export("")
    clock.mono += 12
    presenter.take_event(ReportProgress(FILE, presenter._tickets[FILE], 412_500, 1_000_000))
    camera.take(host, "running")
    presenter.done = Exported("/media/huong/KINGSTON/HN03-T2-2026-11-21-SANDBOX.xlsx", 241)
    presenter.stage = type(presenter.stage)("done")
    presenter.on_change()
    camera.take(host, "done")
    presenter.stage = type(presenter.stage)("choose")
    presenter.fault = Message("report.disk_full", (("file", "HN03-T2-2026-11-21-SANDBOX.xlsx"),))
    presenter.on_change()
    camera.take(host, "full")
    host.close()


if __name__ == "__main__":
    render(draw)
