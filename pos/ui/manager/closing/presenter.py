"""Decides what the closing section shows and what a key means now. Plain Python; knows no widget, never waits."""

from __future__ import annotations

from datetime import datetime

from pos.domain.closing import DifferenceKind
from pos.i18n import Translator
from pos.till.review.closing import ClosingView, Doing, Shift, ZReport
from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.review.events import JournalChanged, Reported, ReportFailed
from pos.till.views import DeviceView, Link
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.agreement import Agreement
from pos.ui.manager.closing.around import (
    CLOSE,
    COUNT,
    HAND_OVER,
    NOTHING,
    PRINT,
    PRINTED,
    REPORTS,
    REPRINT,
    SEEN,
    SETTLE,
    VIEW,
    Around,
    Heard,
    News,
    X,
)
from pos.ui.manager.closing.boxes import Box, CloseBox, GoTo
from pos.ui.manager.closing.by_hand import AskedByHand
from pos.ui.manager.closing.changes import Changes
from pos.ui.manager.closing.day_watch import DayWatch
from pos.ui.manager.closing.drawn import Now, closing_model
from pos.ui.manager.closing.model import Act, ClosingModel, Pane, Step
from pos.ui.manager.closing.moment import Moment, first_open, missed, uncounted
from pos.ui.manager.closing.questions import close_box, count_box, hand_over_box, slip_box
from pos.ui.manager.closing.shelf import ReportShelf
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound


class ClosingPresenter:
    """Shift, four steps, one button, reports. GUI thread only."""

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        self._review, self._around = review, around
        self.shelf = ReportShelf(desk, review, around)
        self.changes = Changes(desk, review, around)
        self._watch = DayWatch(desk, review, around)
        self._step: Step | None = None
        self._by_hand = AskedByHand()
        self._agreement = Agreement()
        self._news: News | None = None
        self._in_reports = False
        self._offline_since: datetime | None = None

    # ------------------------------------------------------------ in sight

    def opened(self) -> None:
        """It comes into sight: read the day, and again whenever the journal changes."""
        self._review.watch(on=True)
        self._step = None
        self._watch.look()

    def closed(self) -> None:
        """Nobody looks any more; changes in hand are still carried out."""
        self._review.watch(on=False)
        self._watch.forget()
        self.shelf.forget()
        self._by_hand.stop()
        self._agreement.given()
        self._news = None

    def waiting(self) -> int:
        """Differences that are left, as far as anybody has looked."""
        return len(self._view.differences) if self._view is not None and self._view.closed is None else 0

    def tick(self) -> None:
        """About a second has gone by."""
        self._news = self._by_hand.tick(self._around.mono_s(), offline=self._offline_since is not None) or self._news
        self._watch.look_if_old(busy=self._by_hand.running)

    def network(self, view: DeviceView, now_utc: datetime) -> None:
        """How the link to the issuers is."""
        self._offline_since = (view.since_utc or now_utc) if view.link is Link.DOWN else None

    @property
    def _view(self) -> ClosingView | None:
        return self._watch.view

    # ------------------------------------------------------------ events

    def take(self, event: object) -> Heard | None:
        """An event of the review service; None if it is not this section's alone."""
        if isinstance(event, JournalChanged):
            self._watch.look_soon()
            return None
        if not isinstance(event, Reported | ReportFailed) or not event.key.startswith("closing/"):
            return None
        if event.key == VIEW:
            return self._take_view() if self._watch.take(event) else NOTHING
        self.changes.ended(event.key)
        return self._failed(event) if isinstance(event, ReportFailed) else self._answered(event)

    def _failed(self, event: ReportFailed) -> Heard:
        if event.key == HAND_OVER:
            return Heard(Sound.REFUSED, refused=event.message)
        self._news = News(event.message, good=False)
        if event.key == SETTLE:
            self._by_hand.stop()
        if event.key == PRINT:
            self.shelf.print_failed()
        self._watch.look()  # somebody else may have been faster
        return Heard(Sound.REFUSED)

    def _answered(self, event: Reported) -> Heard:
        value = event.value
        if event.key in (REPORTS, X, PRINTED):
            return self.shelf.take(event)
        if event.key == CLOSE and isinstance(value, ZReport):
            return self._day_closed(value)
        if event.key == HAND_OVER and isinstance(value, Shift):
            self._tell("closing.handed_over", good=True, name=value.opened_by)
            self._watch.look()
            return Heard(Sound.USABLE, done=True)
        if event.key in (COUNT, SEEN, REPRINT):
            self._watch.look()
            return Heard(Sound.USABLE)
        return NOTHING

    def _take_view(self) -> Heard:
        view = self._view
        if view is None:
            return NOTHING
        if self._step is None:
            self._step = first_open(view)
        self._news = self._by_hand.take(view, self._around.mono_s()) or self._news
        if self._agreement.take(view):
            self._tell("closing.changed", good=False)
            return Heard(Sound.NOTICE, done=True)
        return NOTHING

    def _day_closed(self, report: ZReport) -> Heard:
        self.shelf.add(report)
        self._in_reports = True
        self._by_hand.stop()
        self._step = None
        self.shelf.print_chosen()
        self.shelf.read()
        self._watch.anew(None)
        return Heard(Sound.USABLE)

    def _tell(self, code: str, *, good: bool, **params: str | int) -> None:
        self._news = News.of(code, good=good, **params)

    # ------------------------------------------------------------ hands

    def act(self, act: Act, tr: Translator) -> Box | None:
        """Something was pressed; a box if something has to be asked first."""
        self._news = None
        if act is Act.STEP:
            return self._do_step(tr)
        if act is Act.CLOSE_DAY:
            return self._begin_close(tr)
        if act is Act.HAND_OVER:
            return hand_over_box(tr, self._holder, self._around.people())
        self._simple(act)
        return None

    def _simple(self, act: Act) -> None:
        if act is Act.STOP:
            self._by_hand.stop()
            self._tell("closing.left_asking", good=True)
        elif act is Act.AGAIN:
            self._watch.retry()
        elif act is Act.OTHER_DAY:
            self._other_day()
        elif act is Act.X_REPORT:
            self._in_reports = True
            self.shelf.read_x()
            self.shelf.read()
        elif act is Act.REPORTS:
            self._turn_reports()
        elif act is Act.PRINT:
            self.shelf.print_chosen()

    def _turn_reports(self) -> None:
        self._in_reports = not self._in_reports
        if self._in_reports:
            closed = self._view.closed if self._view is not None else None
            self.shelf.choose_z(closed.number if closed is not None else None)
            self.shelf.read()

    def choose_step(self, step: Step) -> None:
        """Open a step."""
        self._step = step

    def open_row(self, row_id: str, tr: Translator) -> Box | None:
        """Enter on a row of the open step."""
        self._news = None
        view, (kind, _, ref) = self._view, row_id.partition("/")
        if view is None:
            return None
        if kind == "case":
            return _CASES
        if kind == "paper":
            return count_box(tr, next(paper for paper in view.papers if paper.issuer == ref), self._label(ref))
        if kind == "slip":
            return self._open_slip(view, ref, tr)
        row = next((row for row in view.rows if row.difference.ref == ref), None)
        if row is not None and row.doing is Doing.CASE:
            return _CASES
        if row is not None and row.doing is Doing.AT_COUNTER:
            return GoTo(_WHERE.get(row.difference.kind, Screen.COUNTER), row.difference.bill_number)
        self._settle()
        return None

    def _open_slip(self, view: ClosingView, job_id: str, tr: Translator) -> Box | None:
        slip = next((slip for slip in view.slips if slip.difference.ref == job_id), None)
        if slip is None:
            return None
        if slip.case:
            return _CASES
        box = slip_box(tr, slip)
        if box is None:
            self._print_slips()
        return box

    def _do_step(self, tr: Translator) -> Box | None:
        view = self._view
        if view is None:
            return None
        if self._step is Step.CASES:
            return _CASES
        if self._step is Step.PAPERS:
            paper = next(iter((*uncounted(view), *missed(view), *view.papers)), None)
            return None if paper is None else count_box(tr, paper, self._label(paper.issuer))
        if self._step is Step.SLIPS:
            self._print_slips()
        else:
            self._settle()
        return None

    def _print_slips(self) -> None:
        self._around.print_now()
        self._tell("closing.printing_slips", good=True)

    def _settle(self) -> None:
        view = self._view
        if view is None or self._by_hand.running:
            return
        if self._by_hand.begin(view, self._around.mono_s()):
            self.changes.settle()
        else:
            self._tell("closing.only_counter", good=False)

    def _other_day(self) -> None:
        view = self._view
        if view is None:
            return
        days = sorted({*view.dates, view.today})
        at = days.index(view.day) if view.day in days else -1
        self._step = None
        self._watch.anew(days[(at - 1) % len(days)])

    def _label(self, issuer: str) -> str:
        return self._around.labels.get(issuer, issuer)

    # ------------------------------------------------------------ what boxes answer

    def _begin_close(self, tr: Translator) -> Box | None:
        view = self._view
        if view is None or self.changes.working is not None:
            return None
        if view.closed is not None:
            self._turn_reports()
            return None
        self._agreement.ask(view)
        return close_box(self._moment(tr, view))

    def close_question(self, tr: Translator) -> CloseBox | None:
        """The open question as it stands now; None: it is not asked any more."""
        if self._view is None or not self._agreement.open:
            return None
        return close_box(self._moment(tr, self._view))

    def close_day(self) -> None:
        """She has read what it means, and said yes. Cannot be undone."""
        agreed = self._agreement.given()
        if agreed is not None:
            self.changes.close_day(*agreed)

    def give_up(self) -> None:
        """The box was closed without an answer."""
        self._agreement.given()

    def count_papers(self, issuer: str, counted: int) -> None:
        """So many papers of this issuer lie here, of the day in sight."""
        if self._view is not None:
            self.changes.count_papers(issuer, counted, self._view.day)

    def hand_over(self, person_id: str, pin: str) -> None:
        """The incoming person has given her PIN."""
        self.changes.hand_over(self._holder, person_id, pin)

    @property
    def _holder(self) -> str:
        shift = self._view.shift if self._view is not None else None
        return "" if shift is None else shift.opened_by

    # ------------------------------------------------------------ what is shown

    def model(self, tr: Translator) -> ClosingModel:
        """Everything to be drawn now."""
        view = self._view
        return closing_model(
            tr,
            Now(
                pane=Pane.REPORTS if self._in_reports else Pane.LOADING if view is None else Pane.CLOSING,
                moment=None if view is None else self._moment(tr, view),
                step=self._step or Step.ISSUER,
                fault=self._watch.fault,
                news=self._news,
                working=self.changes.working,
                reading_s=self._watch.waited_s,
                reports=self.shelf.reports,
                x=self.shelf.x,
                chosen=self.shelf.chosen,
                printing=self.shelf.printing(),
            ),
        )

    def _moment(self, tr: Translator, view: ClosingView) -> Moment:
        asked = self._by_hand.asked(view, self._around.mono_s())
        now_utc, labels, age_s = self._around.now_utc(), self._around.labels, self._watch.age_s
        return Moment(tr, view, now_utc, labels, age_s, asked, self._offline_since)


_CASES = GoTo(Screen.MANAGER, "cases")
_WHERE = {DifferenceKind.SALE_OPEN: Screen.SELL, DifferenceKind.BOOKING_OPEN: Screen.BOOKING}
"""Where a row that waits for the counter is finished; all others: at the counter itself."""
