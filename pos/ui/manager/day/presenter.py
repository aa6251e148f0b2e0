"""Decides what the manager's day shows. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pos.i18n import Translator
from pos.till.review.cases_views import CaseView
from pos.till.review.day import DayDesk
from pos.till.review.day_views import DayRow, DayView, RowKind, RowsPage, SavedFilter, Standing
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReviewEvent
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.day.case_lines import cases_card
from pos.ui.manager.day.choosing import Chosen, nothing_words, words_of
from pos.ui.manager.day.figures import cards, chart
from pos.ui.manager.day.model import Act, Body, DayModel
from pos.ui.manager.day.periods import Period, dates_of, period_words
from pos.ui.manager.day.windows import AHEAD, Windows
from pos.ui.theme import Tone
from pos.ui.widgets.hour_chart import HourChartModel
from pos.ui.words import say_message

VIEW, ROWS, CASES = "day/view", "day/rows", "day/cases"
SAVED, KEEP, DROP = "day/saved", "day/keep", "day/drop"
LOADING_AFTER_S = 0.08
"""A question that takes longer says that it is under way; a quicker one changes what is shown in one step."""
FIRST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """What the table does with an answer: begin at the top, or stay where it is, `moved` rows further down."""

    anew: bool = False
    moved: int = 0


class DayPresenter:
    """The section: which days and filters, the answer to them, the rows that are here.

    Args:
        now_utc, mono_s: the clocks that ages and waiting are counted on.
        who: the manager who acts, for what she saves.
        open_cases: those that need a person, oldest first; runs on the report thread.
    """

    def __init__(
        self,
        review: Asking,
        desk: DayDesk,
        now_utc: Callable[[], datetime],
        mono_s: Callable[[], float],
        who: Callable[[], str],
        open_cases: Callable[[], Sequence[CaseView]],
    ) -> None:
        self._review, self._desk, self._open_cases = review, desk, open_cases
        self._now_utc, self._mono_s, self._who = now_utc, mono_s, who
        self.chosen = Chosen.plain(desk.today())
        self._shown = self.chosen
        self._view: DayView | None = None
        self._cases: tuple[CaseView, ...] = ()
        self._chart: tuple[tuple[str, Chosen, DayView | None, bool], HourChartModel] | None = None
        self._rows = Windows()
        self._tickets: dict[str, int] = {}
        self._asked_mono_s: float | None = None
        self._fault: Message | None = None
        self._stale = False
        self._open = False
        self._sight = (0, FIRST_ROWS - 1)
        self._selected: tuple[str, str] | None = None
        self.selected = -1
        self.filters: tuple[SavedFilter, ...] | None = None
        self.filters_fault: Message | None = None

    # ------------------------------------------------------------ in and out of sight

    def opened(self) -> None:
        """It comes into sight: what is shown may be old."""
        self._open = True
        self._review.watch(on=True)
        self._follow_calendar()
        self._ask()

    def closed(self) -> None:
        """It goes: nobody waits for its answers, and a live day need not be told."""
        self._open = False
        self._review.watch(on=False)
        for key in (VIEW, ROWS, CASES, SAVED):
            self._review.forget(key)
        self._tickets.clear()
        self._asked_mono_s = None

    def tick(self) -> None:
        """A second has gone by: a day may have begun."""
        if self._open and self._follow_calendar():
            self._begin_anew()

    @property
    def today(self) -> date:
        """The shop's date."""
        return self._desk.today()

    def _follow_calendar(self) -> bool:
        now = self.chosen.on(self._desk.today())
        changed, self.chosen = now != self.chosen, now
        return changed

    # ------------------------------------------------------------ choosing

    def choose(self, chosen: Chosen) -> None:
        """Show this from now on; the same again asks nothing."""
        if chosen != self.chosen:
            self.chosen = chosen
            self._begin_anew()

    def choose_days(self, period: Period, first: date | None = None, last: date | None = None) -> None:
        """Other days, the same filters. `first` and `last` for `Period.RANGE`, in any order."""
        if first is None or last is None:
            first, last = dates_of(period, self._desk.today())
        self.choose(self.chosen.days(period, min(first, last), max(first, last)))

    def search(self, text: str) -> None:
        """Last 4 characters or a bill number; empty for no search."""
        self.choose(self.chosen.search(text))

    def plain(self) -> None:
        """Today, all of it."""
        self.choose(Chosen.plain(self._desk.today()))

    def card(self, act: Act) -> None:
        """A figure was pressed: show the rows it counts, on the same days."""
        query = self.chosen.unfiltered().query
        only = {
            Act.REDEEMED: replace(query, kinds=frozenset({RowKind.REDEMPTION})),
            Act.AT_RISK: replace(query, standings=frozenset({Standing.AT_RISK})),
            Act.SOLD: replace(query, kinds=frozenset({RowKind.SALE, RowKind.BOOKING})),
        }[act]
        self.choose(replace(self.chosen, query=only))

    def again(self) -> None:
        """Ask once more after a failure."""
        self._begin_anew()

    @property
    def choices(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Issuers and people to choose from: those of these days, and those that are chosen."""
        view, query = self._view, self.chosen.query
        issuers = set(view.issuers if view is not None else ()) | query.issuers
        people = set(view.people if view is not None else ()) | query.people
        return tuple(sorted(issuers)), tuple(sorted(people))

    # ------------------------------------------------------------ saved filters

    def ask_filters(self) -> None:
        """The saved filters are wanted."""
        self.filters_fault = None
        self._tickets[SAVED] = self._review.ask(SAVED, lambda _: self._desk.filters())

    def keep_filter(self, name: str) -> None:
        """Keep what is shown under a name."""
        query, who = self.chosen.query, self._who()
        self._tickets[KEEP] = self._review.change(KEEP, lambda _: self._desk.save_filter(name, query, who))

    def drop_filter(self, name: str) -> None:
        """Forget this one."""
        who = self._who()
        self._tickets[DROP] = self._review.change(DROP, lambda _: self._desk.delete_filter(name, who))

    def choose_saved(self, saved: SavedFilter) -> None:
        """Show what was kept."""
        self.choose(Chosen.saved(saved.query, self._desk.today()))

    # ------------------------------------------------------------ asking

    def _begin_anew(self) -> None:
        self._sight = (0, FIRST_ROWS - 1)
        self._fault = None
        self._ask()

    def _ask(self) -> None:
        """Rows first: they come at once, and a table that stands is not waited for."""
        self._asked_mono_s = self._mono_s()
        self._stale = False
        first, last = self._sight
        begin = max(0, first - AHEAD)
        self._ask_rows(begin, last + AHEAD + 1 - begin)
        query = self.chosen.query
        self._tickets[VIEW] = self._review.ask(VIEW, lambda run: self._desk.view(query, run))
        self._tickets[CASES] = self._review.ask(CASES, lambda _: tuple(self._open_cases()))

    def _ask_rows(self, first_index: int, count: int) -> None:
        query = self.chosen.query
        self._tickets[ROWS] = self._review.ask(ROWS, lambda run: self._desk.rows(query, first_index, count, run))

    def in_sight(self, first: int, last: int) -> None:
        """These rows are seen now; what is not here is asked for, one question at a time."""
        self._sight = (max(0, first), max(last, first))
        if ROWS not in self._tickets and self._shown == self.chosen:
            missing = self._rows.missing(*self._sight)
            if missing is not None:
                self._ask_rows(*missing)

    # ------------------------------------------------------------ answers

    def take(self, event: ReviewEvent) -> Turn | None:
        """One event. None: nothing of the table changed."""
        if isinstance(event, JournalChanged):
            self._take_change()
            return None
        if self._tickets.get(event.key) != event.ticket or not isinstance(event, Reported | ReportFailed):
            return None
        del self._tickets[event.key]
        if isinstance(event, ReportFailed):
            self._take_failure(event)
            return None
        return self._take_answer(event)

    def _take_answer(self, event: Reported) -> Turn | None:
        value = event.value
        turn = None
        if isinstance(value, RowsPage):
            turn = self._take_rows(value)
        elif isinstance(value, DayView):
            self._view, self._fault = value, None
            turn = self._show_chosen() or Turn()
            self._rows.count(value.rows, value.revision)
        elif event.key == CASES and isinstance(value, tuple):
            self._cases = value
        elif event.key == SAVED and isinstance(value, tuple):
            self.filters = value
        elif event.key in (KEEP, DROP):
            self.ask_filters()
        if self._stale and not {VIEW, ROWS} & self._tickets.keys():
            self._ask()
        return turn

    def _take_change(self) -> None:
        """A live day: ask again, but never more than one question at a time."""
        if not self._open:
            return
        if {VIEW, ROWS} & self._tickets.keys():
            self._stale = True
        else:
            self._ask()

    def _take_failure(self, event: ReportFailed) -> None:
        if event.key in (SAVED, KEEP, DROP):
            self.filters_fault = event.message
            return
        if event.key == CASES:
            return  # they have a section of their own, which says it
        self._fault = event.message
        if VIEW not in self._tickets and ROWS not in self._tickets:
            self._asked_mono_s = None

    def _show_chosen(self) -> Turn | None:
        """An answer to what is chosen has come: what was shown before goes, all of it."""
        if not {VIEW, ROWS} & self._tickets.keys():
            self._asked_mono_s = None
        if self._shown == self.chosen:
            return None
        self._shown = self.chosen
        self._rows, self._selected, self.selected = Windows(), None, -1
        if self._view is not None and self._view.query != self.chosen.query:
            self._view = None
        return Turn(anew=True)

    def _take_rows(self, page: RowsPage) -> Turn:
        fresh = self._show_chosen()
        before = self._rows.length
        anchor = self._rows.row(self._sight[0])
        first_time = self._rows.revision < 0
        self._rows.take(page)
        if fresh is not None or first_time:
            self._select_first()
            return Turn(anew=True)
        moved = self._moved(anchor, self._rows.length - before)
        place = self._rows.place_of(self._selected) if self._selected is not None else None
        if place is not None:
            self.selected = place
        elif self.selected < 0:
            self._select_first()
        elif self._selected is None:
            self.select(self.selected)  # chosen while it was on its way
        else:
            self.selected = min(self.selected + moved, self._rows.length - 1)
        at_top = self._sight[0] == 0
        self._look_on()
        return Turn(moved=0 if at_top else moved)

    def _look_on(self) -> None:
        self.in_sight(*self._sight)

    def _moved(self, anchor: DayRow | None, grown: int) -> int:
        """How many rows came in above the first one in sight."""
        place = self._rows.place_of((anchor.kind, anchor.id)) if anchor is not None else None
        return grown if place is None else place - self._sight[0]

    # ------------------------------------------------------------ rows

    def total(self) -> int:
        """How many rows the table has."""
        return self._rows.length

    def row(self, number: int) -> DayRow | None:
        """A row that is here."""
        return self._rows.row(number)

    def select(self, number: int) -> None:
        """A row was chosen."""
        row = self._rows.row(number)
        self.selected = number
        self._selected = (row.kind, row.id) if row is not None else None

    def _select_first(self) -> None:
        if self._rows.row(0) is not None:
            self.select(0)

    # ------------------------------------------------------------ what is shown

    @property
    def shown(self) -> Chosen:
        """The choice whose rows stand in the table."""
        return self._shown

    def model(self, tr: Translator) -> DayModel:
        """Everything to be drawn now."""
        waited_s = self._mono_s() - self._asked_mono_s if self._asked_mono_s is not None else 0.0
        slow = self._fault is None and waited_s >= LOADING_AFTER_S
        chosen = self.chosen if slow or self._fault is not None else self._shown
        view = self._view if self._view is not None and self._view.query == chosen.query else None
        failed = self._fault is not None
        figures = view.figures if view is not None else None
        body, title, hint = self._body(tr, loading=slow and self._shown != self.chosen)
        note, tone = self._note(tr, view)
        return DayModel(
            figures=cards(tr, chosen, figures, self._now_utc(), None if failed else waited_s),
            chart=self._drawn_chart(tr, chosen, view),
            cases=cases_card(tr, view, self._cases, self._now_utc(), failed=failed),
            period=period_words(tr, self.chosen.period, self.chosen.query.first, self.chosen.query.last),
            filters=tr.t("day.do.filters", count=self.chosen.filters)
            if self.chosen.filters
            else tr.t("day.do.filters_none"),
            summary=self._summary(tr, view),
            note=note,
            note_tone=tone,
            body=body,
            title=title,
            hint=hint,
            can_retry=self._fault is not None,
            ticking=self._asked_mono_s is not None,
        )

    def _drawn_chart(self, tr: Translator, chosen: Chosen, view: DayView | None) -> HourChartModel:
        """Made once for each answer: it is asked for with every page that comes while the table is scrolled."""
        wanted = (tr.language, chosen, view, self._fault is not None)
        if self._chart is None or self._chart[0] != wanted:
            self._chart = (wanted, chart(tr, chosen, view, failed=self._fault is not None))
        return self._chart[1]

    def _summary(self, tr: Translator, view: DayView | None) -> str:
        if self.chosen.is_plain:
            return ""
        words = words_of(tr, self.chosen)
        if view is None or view.query != self.chosen.query:
            return words
        return f"{words} – {tr.t('day.sum.rows', count=view.rows)}"

    def _note(self, tr: Translator, view: DayView | None) -> tuple[str, Tone]:
        if self._fault is not None and self._rows.length:
            said = say_message(tr, self._fault)
            return f"{said.what} {tr.t('day.old_figures')}", Tone.REFUSED
        if view is not None and view.unreadable:
            return tr.t("day.unreadable", count=view.unreadable), Tone.REFUSED
        return "", Tone.NEUTRAL

    def _body(self, tr: Translator, *, loading: bool) -> tuple[Body, str, str]:
        if self._fault is not None and (self._shown != self.chosen or not self._rows.length):
            said = say_message(tr, self._fault)
            return Body.WORDS, said.what, f"{said.safe} {said.do}"
        if loading or self._rows.revision < 0:
            return Body.LOADING, tr.t("day.loading_rows"), ""
        if self._rows.length:
            return Body.ROWS, "", ""
        return Body.WORDS, *nothing_words(tr, self._shown)
