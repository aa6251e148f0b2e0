"""The day as the manager's page knows it: events and keys in, boxes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from pos.till.review.cases_views import CaseView
from pos.till.review.day import DayDesk
from pos.till.review.day_views import Query, SavedFilter
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReportProgress
from pos.ui.look import Look, fitting
from pos.ui.manager.asking import Asking
from pos.ui.manager.day.choosing import Chosen, words_of
from pos.ui.manager.day.filter_sheet import FilterSheet
from pos.ui.manager.day.model import Act
from pos.ui.manager.day.period_sheet import PeriodSheet
from pos.ui.manager.day.periods import Period
from pos.ui.manager.day.presenter import LOADING_AFTER_S, DayPresenter, Turn
from pos.ui.manager.day.rows import columns, window_row
from pos.ui.manager.day.saved_sheet import SavedSheet
from pos.ui.manager.day.screen import DayScreen
from pos.ui.manager.presented import Presented
from pos.ui.manager.timeline.box import TimelineBox
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import CASES_KEY, Screen
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message


class Exporting(Protocol):
    """The box of exports."""

    def open(self, screen: PageScreen, query: Query, rows: int) -> None:
        """Ask over this screen what is to be written of this query, which has so many rows."""

    def take_event(self, event: object) -> bool:
        """An event of the review service; True if it was about the box."""


class DaySection(Presented[DayPresenter, "_Drawn"]):
    """A `pos.ui.manager.section.Section`.

    Args:
        who: name of the manager who acts.
        open_cases: those that need a person, oldest first; runs on the report thread.
        exporting: the box of exports; None: there is none, and no button for it.
    """

    name = "day"

    def __init__(
        self,
        review: Asking,
        desk: DayDesk,
        *,
        now_utc: Callable[[], datetime],
        mono_s: Callable[[], float],
        who: Callable[[], str],
        open_cases: Callable[[], Sequence[CaseView]],
        exporting: Exporting | None = None,
    ) -> None:
        super().__init__(DayPresenter(review, desk, now_utc, mono_s, who, open_cases))
        self._timeline = TimelineBox(review, "day/timeline", desk.timeline)
        self._exporting = exporting
        self._saved: KeptBox[SavedSheet] = KeptBox(self)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(round(LOADING_AFTER_S * 1000) + 5)
        self._slow.timeout.connect(self._redraw)

    # ------------------------------------------------------------ Section

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Answers to its questions; a change of the journal is everybody's."""
        if not isinstance(event, Reported | ReportFailed | ReportProgress | JournalChanged):
            return False
        if self._timeline.take(event) or (self._exporting is not None and self._exporting.take_event(event)):
            return True
        turn = self.presenter.take(event)
        if self._drawn is not None:
            self._drawn.show_turn(turn)
        if self._saved.sheet is not None:
            self._show_saved(self._saved.sheet)
        return not isinstance(event, JournalChanged) and event.key.startswith("day/")

    def opened(self) -> None:
        """It comes into sight."""
        super().opened()
        self._redraw()
        self._slow.start()

    # ------------------------------------------------------------ hands

    def act(self, act: Act) -> None:
        """Something was pressed."""
        boxes = {Act.PERIOD: self._ask_days, Act.FILTERS: self._ask_filters, Act.SAVED: self._ask_saved}
        if act in boxes:
            boxes[act]()
        elif act is Act.EXPORT:
            self._export()
        elif act in _SECTIONS:
            if self._drawn is not None:
                self._drawn.leads.emit(Screen.MANAGER, _SECTIONS[act])
            return
        elif act is Act.PLAIN:
            self.presenter.plain()
        elif act is Act.AGAIN:
            self.presenter.again()
        else:
            self.presenter.card(act)
        self.after_choice()

    def _export(self) -> None:
        if self._exporting is not None and self._drawn is not None:
            self._exporting.open(self._drawn, self.presenter.chosen.query, self.presenter.total())

    @property
    def exports(self) -> bool:
        """Whether there is a box of exports."""
        return self._exporting is not None

    def search(self, text: str) -> None:
        """Search for this."""
        self.presenter.search(text)
        self.after_choice()

    def open_row(self, number: int) -> None:
        """Show what happened to this row."""
        row = self.presenter.row(number)
        if row is not None and self._drawn is not None:
            self._timeline.open(self._drawn, row.kind, row.id, row)

    def after_choice(self) -> None:
        """Draw the choice at once; if its answer is slow, say so."""
        if self._drawn is not None:
            self._drawn.show_search(self.presenter.chosen.query.text)
        self._redraw()
        self._slow.start()

    @Slot()
    def _redraw(self) -> None:
        if self._drawn is not None:
            self._drawn.refresh()

    # ------------------------------------------------------------ boxes

    def _ask_days(self) -> None:
        presenter = self.presenter

        def make(look: Look, over: QWidget) -> PeriodSheet:
            sheet = PeriodSheet(_fit(look, over), presenter.chosen, presenter.today, over)
            sheet.chosen.connect(self._days_chosen)
            return sheet

        self._want(make)

    @Slot(object, object, object)
    def _days_chosen(self, period: Period, first: date | None, last: date | None) -> None:
        self.presenter.choose_days(period, first, last)
        self.after_choice()

    def _ask_filters(self) -> None:
        issuers, people = self.presenter.choices

        def make(look: Look, over: QWidget) -> FilterSheet:
            sheet = FilterSheet(_fit(look, over), self.presenter.chosen.query, issuers, people, over)
            sheet.chosen.connect(self._filters_chosen)
            return sheet

        self._want(make)

    @Slot(object)
    def _filters_chosen(self, query: Query) -> None:
        self.presenter.choose(Chosen(self.presenter.chosen.period, query))
        self.after_choice()

    def _ask_saved(self) -> None:
        self.presenter.ask_filters()

        def make(look: Look, over: QWidget) -> SavedSheet:
            fitted = _fit(look, over)
            sheet = SavedSheet(fitted, words_of(fitted.tr, self.presenter.chosen), over)
            sheet.chosen.connect(self._saved_chosen)
            sheet.keep_wanted.connect(self._keep)
            sheet.delete_wanted.connect(self._drop)
            self._show_saved(sheet)
            return self._saved.keep(sheet)

        self._want(make)

    def _show_saved(self, sheet: SavedSheet) -> None:
        fault = self.presenter.filters_fault
        sheet.show_filters(self.presenter.filters, str(say_message(sheet.look.tr, fault)) if fault is not None else "")

    @Slot(object)
    def _saved_chosen(self, saved: SavedFilter) -> None:
        self.presenter.choose_saved(saved)
        self.after_choice()

    @Slot(str)
    def _keep(self, name: str) -> None:
        self.presenter.keep_filter(name)

    @Slot(str)
    def _drop(self, name: str) -> None:
        self.presenter.drop_filter(name)

    def _want(self, make: Callable[[Look, QWidget], QWidget]) -> None:
        if self._drawn is not None:
            self._drawn.box_wanted.emit(make)


_SECTIONS = {Act.CLOSE_DAY: "closing", Act.CASES: "cases"}


def _fit(look: Look, over: QWidget) -> Look:
    return fitting(look, over.width(), over.height(), 680, 620)


class _Drawn(DayScreen):
    """The screen bound to its section; the table's rows are made when they are drawn, and kept until others come."""

    def __init__(self, look: Look, section: DaySection) -> None:
        self._section = section
        self._made: dict[int, WindowRow] = {}
        self._with_date = not section.presenter.shown.one_day
        super().__init__(look, self, columns(look.tr, with_date=self._with_date), CASES_KEY)
        self.acted.connect(self._on_acted)
        self.searched.connect(self._on_searched)
        self.table.seen.connect(section.presenter.in_sight)
        self.table.chosen.connect(section.presenter.select)
        self.table.opened.connect(self._on_opened)
        self.bar.buttons[Act.EXPORT].setVisible(section.exports)
        self.show_search(section.presenter.chosen.query.text)
        self.show_turn(Turn())
        self.refresh()

    # ------------------------------------------------------------ RowSource

    def total(self) -> int:
        """How many rows there are."""
        return self._section.presenter.total()

    def row(self, number: int) -> WindowRow | None:
        """The row at this place."""
        made = self._made.get(number)
        if made is None:
            row = self._section.presenter.row(number)
            if row is None:
                return None
            made = self._made[number] = window_row(self._look.tr, row, with_date=self._with_date)
        return made

    # ------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Draw what the presenter knows now."""
        self._section.presenter.tick()
        self.show_model(self._section.presenter.model(self._look.tr))

    def show_turn(self, turn: Turn | None) -> None:
        """Other rows stand in the table."""
        if turn is None:
            return
        self._made.clear()
        presenter = self._section.presenter
        self._with_date = not presenter.shown.one_day
        self.table.show_columns(columns(self._look.tr, with_date=self._with_date))
        if turn.anew or bool(presenter.total()) != self.shows_rows:
            self.refresh()
        self.table.refresh(anew=turn.anew, current=presenter.selected, moved=turn.moved)

    def show_search(self, text: str) -> None:
        """The field says what is searched for, unless a person is typing in it."""
        if not self.bar.field.hasFocus() and self.bar.field.text().strip() != text:
            self.bar.field.setText(text)

    # ------------------------------------------------------------ hands

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        if act == Act.PLAIN:
            self.bar.field.clear()
        self._section.act(Act(act))

    @Slot(str)
    def _on_searched(self, text: str) -> None:
        self._section.search(text)

    @Slot(int)
    def _on_opened(self, number: int) -> None:
        self._section.open_row(number)
