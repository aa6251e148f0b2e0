"""Opens timelines for a section and keeps the open one in step with its answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.till.review.day_views import DayRow, RowKind
from pos.till.review.events import ReviewEvent
from pos.till.review.timeline_views import Timeline
from pos.ui.look import Look, fitting
from pos.ui.manager.asking import Asking
from pos.ui.manager.timeline.presenter import TimelinePresenter
from pos.ui.manager.timeline.sheet import WIDTH, TimelineSheet
from pos.ui.page import PageScreen
from pos.ui.widgets.kept_box import KeptBox

HEIGHT = 560


class TimelineBox(QObject):
    """The timelines of one section; at most one is open.

    Args:
        key: of its questions: `"<slice>/timeline"`.
        read: `DayDesk.timeline`.
    """

    def __init__(self, review: Asking, key: str, read: Callable[[RowKind, str], Timeline]) -> None:
        super().__init__()
        self._review, self._key, self._read = review, key, read
        self._presenter: TimelinePresenter | None = None
        self._box: KeptBox[TimelineSheet] = KeptBox(self)
        self._box.gone.connect(self._gone)

    def open(self, screen: PageScreen, kind: RowKind, row_id: str, row: DayRow | None = None) -> None:
        """Show the timeline of this row over the page. `row`: what is known of it already."""
        presenter = TimelinePresenter(self._review, self._key, self._read, kind, row_id, row)
        self._presenter = presenter

        def make(look: Look, over: QWidget) -> TimelineSheet:
            fitted = fitting(look, over.width(), over.height(), WIDTH + 30, HEIGHT)
            return self._box.keep(TimelineSheet(fitted, presenter.model(fitted.tr), over))

        presenter.ask()
        screen.box_wanted.emit(make)

    def take(self, event: ReviewEvent) -> bool:
        """True if it was the answer to its own question."""
        presenter, sheet = self._presenter, self._box.sheet
        if presenter is None:
            return False
        taken = presenter.take(event)
        if taken and sheet is not None:
            sheet.show_model(presenter.model(sheet.look.tr))
        return taken

    @Slot()
    def _gone(self) -> None:
        if self._presenter is not None:
            self._presenter.closed()
            self._presenter = None
