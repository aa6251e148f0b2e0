"""Decides what the closing section shows and what a key means now. Plain Python; knows no widget, never waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pos.domain.closing import Difference
from pos.domain.errors import RuleBroken
from pos.i18n import Translator
from pos.till.ports import Person
from pos.till.review.closing import ClosingView, Doing, ReportPrinted, Shift, XReport, ZReport
from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReviewEvent, Running
from pos.till.views import DeviceView, Link, Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.boxes import Box, CloseBox, GoTo
from pos.ui.manager.closing.drawn import Now, closing_model
from pos.ui.manager.closing.model import Act, ClosingModel, Pane, Step
from pos.ui.manager.closing.questions import close_box, count_box, hand_over_box, slip_box
from pos.ui.manager.closing.report_words import X_ROW, print_failed
from pos.ui.manager.closing.steps import Asked, Moment, first_open, missed, open_rows, uncounted
from pos.ui.signs import Sound

VIEW, REPORTS, X, SETTLE = "closing/view", "closing/reports", "closing/x", "closing/settle"
COUNT, SEEN, REPRINT, CLOSE = "closing/count", "closing/seen", "closing/reprint", "closing/close"
HAND_OVER, PRINT, PRINTED = "closing/hand_over", "closing/print", "closing/printed"
MOST_REPORTS = 400
ASK_MOST_S = 60.0
"""After this the section stops waiting for issuers that were asked by hand; the till itself goes on asking."""
LOOK_S, STALE_S = 2.0, 60.0
"""How often the day is read while issuers are asked, and at the latest otherwise (the business date may change)."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the section needs besides its desk.

    Args:
        acting: name of the manager who acts. people: who may take a shift.
        print_now: try the waiting slips now. labels: issuers' names for people.
        say: hands an event to the GUI thread; any thread may call.
    """

    acting: Callable[[], str]
    people: Callable[[], tuple[Person, ...]]
    print_now: Callable[[], None]
    labels: Mapping[str, str]
    say: Callable[[ReviewEvent], None]
    mono_s: Callable[[], float]
    now_utc: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes with an event: a sound, the end of a box, or why it stays open."""

    sound: Sound | None = None
    done: bool = False
    refused: Message | None = None


NOTHING = Heard()


@dataclass(slots=True)
class _Asking:
    """Issuers were asked by hand: the rows with their tries so far, since when."""

    tries: dict[str, int]
    since_mono_s: float


class ClosingPresenter:
    """Shift, four steps, one button, Z reports. GUI thread only."""

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        self._desk, self._review, self._around = desk, review, around
        self._view: ClosingView | None = None
        self._view_mono_s = 0.0
        self._asked_view_mono_s = 0.0
        self._fault: Message | None = None
        self._day: date | None = None
        self._step: Step | None = None
        self._asking: _Asking | None = None
        self._news: Message | None = None
        self._news_good = False
        self._working: tuple[str, float] | None = None
        self._confirmed: tuple[Difference, ...] | None = None
        self._confirmed_day: date | None = None
        self._in_reports = False
        self._reports: tuple[ZReport, ...] = ()
        self._x: XReport | None = None
        self._chosen = ""
        self._printing: dict[str, ReportPrinted | float] = {}
        self._offline_since: datetime | None = None
        self._tickets: dict[str, int] = {}

    # ------------------------------------------------------------ in sight

    def opened(self) -> None:
        """It comes into sight: read the day, and again whenever the journal changes."""
        self._review.watch(on=True)
        self._step, self._asked_view_mono_s = None, 0.0
        self._look()

    def closed(self) -> None:
        """Nobody looks any more; changes in hand are still carried out."""
        self._review.watch(on=False)
        for key in (VIEW, REPORTS, X):
            self._review.forget(key)
        self._asking, self._news, self._confirmed = None, None, None

    def waiting(self) -> int:
        """Differences that are left, as far as anybody has looked."""
        return len(self._view.differences) if self._view is not None and self._view.closed is None else 0

    def tick(self) -> None:
        """About a second has gone by."""
        now = self._around.mono_s()
        if self._asking is not None and now - self._asking.since_mono_s > ASK_MOST_S:
            self._asking = None
            self._tell("closing.still_asking", good=False)
        pause = LOOK_S if self._asking is not None else STALE_S
        if self._view is not None and now - self._asked_view_mono_s >= pause:
            self._look()

    def network(self, view: DeviceView, now_utc: datetime) -> None:
        """How the link to the issuers is."""
        self._offline_since = (view.since_utc or now_utc) if view.link is Link.DOWN else None

    def _look(self) -> None:
        day, desk = self._day, self._desk
        self._asked_view_mono_s = self._around.mono_s()
        self._tickets[VIEW] = self._review.ask(VIEW, lambda running: desk.view(running, day))

    def _read_reports(self) -> None:
        desk = self._desk
        self._tickets[REPORTS] = self._review.ask(REPORTS, lambda _: desk.z_reports(MOST_REPORTS))

    def _read_x(self) -> None:
        desk = self._desk
        self._tickets[X] = self._review.ask(X, lambda _: desk.x_report())

    # ------------------------------------------------------------ events

    def take(self, event: object) -> Heard | None:
        """An event of the review service; None if it is not this section's alone."""
        if isinstance(event, JournalChanged):
            self._look()
            return None
        if not isinstance(event, Reported | ReportFailed) or not event.key.startswith("closing/"):
            return None
        if event.key in (VIEW, REPORTS, X) and event.ticket != self._tickets.get(event.key):
            return NOTHING
        if self._working is not None and self._working[0] == event.key:
            self._working = None
        return self._failed(event) if isinstance(event, ReportFailed) else self._answered(event)

    def _failed(self, event: ReportFailed) -> Heard:
        if event.key == VIEW:
            self._fault = event.message
            return NOTHING
        if event.key == HAND_OVER:
            return Heard(Sound.REFUSED, refused=event.message)
        self._news, self._news_good = event.message, False
        self._asking = None if event.key == SETTLE else self._asking
        self._look()  # somebody else may have been faster
        return Heard(Sound.REFUSED)

    def _answered(self, event: Reported) -> Heard:
        value = event.value
        if isinstance(value, ClosingView):
            return self._take_view(value)
        if event.key == REPORTS:
            self._reports = value if isinstance(value, tuple) else ()
            if not any(f"z/{report.number}" == self._chosen for report in self._reports) and self._chosen != X_ROW:
                self._choose_first()
        elif isinstance(value, XReport):
            self._x = value
        elif event.key == CLOSE and isinstance(value, ZReport):
            return self._day_closed(value)
        elif event.key == HAND_OVER and isinstance(value, Shift):
            self._tell("closing.handed_over", good=True, name=value.opened_by)
            self._look()
            return Heard(Sound.USABLE, done=True)
        elif event.key == PRINTED:
            return self._printed(value)
        elif event.key in (COUNT, SEEN, REPRINT):
            self._look()
            return Heard(Sound.USABLE)
        return NOTHING

    def _take_view(self, view: ClosingView) -> Heard:
        self._view, self._fault = view, None
        self._view_mono_s = self._around.mono_s()
        if self._day is None and view.closed is None and view.dates and max(view.dates) < view.day:
            self._day = max(view.dates)  # nothing was sold today: what she wants to close is the day that has ended
            self._look()
        if self._step is None:
            self._step = first_open(view)
        if self._asking is not None and self._progress(self._asking).done >= len(self._asking.tries):
            self._asking = None
            left = len(open_rows(view))
            self._tell("closing.asked_left" if left else "closing.asked_all", good=not left, count=left)
        return self._check_question(view)

    def _check_question(self, view: ClosingView) -> Heard:
        """The box that asks goes on with fewer differences; with others, or a day that somebody has closed, it ends."""
        if self._confirmed is None:
            return NOTHING
        new = {_same(one) for one in view.differences} - {_same(one) for one in self._confirmed}
        if new or view.closed is not None or view.day != self._confirmed_day:
            self._confirmed = None
            self._tell("closing.changed", good=False)
            return Heard(Sound.NOTICE, done=True)
        self._confirmed = view.differences
        return NOTHING

    def _day_closed(self, report: ZReport) -> Heard:
        self._reports = (report, *(one for one in self._reports if one.number != report.number))
        self._in_reports, self._chosen = True, f"z/{report.number}"
        self._asking, self._day, self._view = None, None, None
        self._print()
        self._look()
        return Heard(Sound.USABLE)

    def _printed(self, value: object) -> Heard:
        if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], ReportPrinted)):
            return NOTHING
        self._printing[str(value[0])] = value[1]
        return Heard(Sound.REFUSED) if print_failed(value[1]) else NOTHING

    def _tell(self, code: str, *, good: bool, **params: str | int) -> None:
        self._news, self._news_good = Message(code, tuple(sorted(params.items()))), good

    # ------------------------------------------------------------ hands

    def act(self, act: Act, tr: Translator) -> Box | None:
        """Something was pressed; a box if something has to be asked first."""
        self._news = None
        if act is Act.STEP:
            return self._do_step(tr)
        if act is Act.CLOSE_DAY:
            return self._begin_close(tr)
        if act is Act.HAND_OVER:
            holder = self._view.shift.opened_by if self._view is not None and self._view.shift is not None else ""
            return hand_over_box(tr, holder, self._around.people())
        self._simple(act)
        return None

    def _simple(self, act: Act) -> None:
        if act is Act.STOP:
            self._asking = None
            self._tell("closing.left_asking", good=True)
        elif act is Act.AGAIN:
            self._fault = None
            self._look()
        elif act is Act.OTHER_DAY:
            self._other_day()
        elif act is Act.X_REPORT:
            self._in_reports, self._chosen = True, X_ROW
            self._read_x()
            self._read_reports()
        elif act is Act.REPORTS:
            self._turn_reports()
        elif act is Act.PRINT:
            self._print()

    def _turn_reports(self) -> None:
        self._in_reports = not self._in_reports
        if self._in_reports:
            self._read_reports()
            closed = self._view.closed if self._view is not None else None
            self._chosen = f"z/{closed.number}" if closed is not None else ""
            self._choose_first()
        elif self._view is None:
            self._look()

    def _choose_first(self) -> None:
        """The newest, unless one is chosen that may yet come."""
        known = {f"z/{report.number}" for report in self._reports}
        if self._reports and self._chosen not in known:
            self._chosen = f"z/{self._reports[0].number}"

    def choose_report(self, row_id: str) -> None:
        """A report of the list."""
        self._chosen = row_id
        if row_id == X_ROW and self._x is None:
            self._read_x()

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
            return GoTo("cases")
        if kind == "paper":
            return count_box(tr, next(paper for paper in view.papers if paper.issuer == ref), self._label(ref))
        if kind == "slip":
            return self._open_slip(view, ref, tr)
        row = next((row for row in view.rows if row.difference.ref == ref), None)
        if row is not None and row.doing is Doing.CASE:
            return GoTo("cases")
        if row is not None and row.doing is Doing.AT_COUNTER:
            self._tell("closing.at_counter", good=False, bill=row.difference.bill_number)
        else:
            self._settle()
        return None

    def _open_slip(self, view: ClosingView, job_id: str, tr: Translator) -> Box | None:
        slip = next((slip for slip in view.slips if slip.difference.ref == job_id), None)
        if slip is None:
            return None
        if slip.case:
            return GoTo("cases")
        box = slip_box(tr, slip)
        if box is None:
            self._print_slips()
        return box

    def _do_step(self, tr: Translator) -> Box | None:
        view = self._view
        if view is None:
            return None
        if self._step is Step.CASES:
            return GoTo("cases")
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
        view, desk = self._view, self._desk
        if view is None or self._asking is not None:
            return
        rows = [row for row in open_rows(view) if row.doing is not Doing.AT_COUNTER]
        if not rows:
            self._tell("closing.only_counter", good=False)
            return
        self._asking = _Asking({row.difference.ref: row.tries for row in rows}, self._around.mono_s())
        self._review.change(SETTLE, lambda _: desk.settle_now())

    def _other_day(self) -> None:
        view = self._view
        if view is None:
            return
        days = sorted({*view.dates, view.today})
        at = days.index(view.day) if view.day in days else -1
        self._day, self._view, self._step = days[(at - 1) % len(days)], None, None
        self._look()

    def _label(self, issuer: str) -> str:
        return self._around.labels.get(issuer, issuer)

    # ------------------------------------------------------------ what boxes answer

    def _begin_close(self, tr: Translator) -> Box | None:
        view = self._view
        if view is None or self._working is not None:
            return None
        if view.closed is not None:
            self._turn_reports()
            return None
        self._confirmed, self._confirmed_day = view.differences, view.day
        return close_box(self._moment(tr, view))

    def close_question(self, tr: Translator) -> CloseBox | None:
        """The open question as it stands now; None: it is not asked any more."""
        asked = self._view is not None and self._confirmed is not None
        return close_box(self._moment(tr, self._view)) if asked and self._view is not None else None

    def close_day(self) -> None:
        """She has read what it means, and said yes. Cannot be undone."""
        view, confirmed, self._confirmed = self._view, self._confirmed, None
        if view is None or confirmed is None:
            return
        desk, day, actor = self._desk, view.day, self._around.acting()

        def close(running: Running) -> ZReport:
            # Money is at stake: what she agreed to leave over is a list, not a permission for whatever came since.
            new = {_same(one) for one in desk.view(running, day).differences} - {_same(one) for one in confirmed}
            if new:
                raise RuleBroken("day.changed_meanwhile", count=len(new))
            return desk.close(day, actor, leave_as_cases=bool(confirmed))

        self._begin(CLOSE, close)

    def give_up(self) -> None:
        """The box was closed without an answer."""
        self._confirmed = None

    def count_papers(self, issuer: str, counted: int) -> None:
        """So many papers of this issuer lie here."""
        desk, day, actor = self._desk, self._view.day if self._view is not None else None, self._around.acting()
        self._begin(COUNT, lambda _: desk.count_papers(issuer, counted, actor, day))

    def slip_seen(self, job_id: str) -> None:
        """The doubtful slip is on paper."""
        desk, actor = self._desk, self._around.acting()
        self._begin(SEEN, lambda _: desk.seen_on_paper(job_id, actor))

    def slip_again(self, bill_number: str) -> None:
        """It is not, or not whole: print a copy."""
        desk, actor = self._desk, self._around.acting()
        self._begin(REPRINT, lambda _: desk.reprint(bill_number, actor))

    def hand_over(self, person_id: str, pin: str) -> None:
        """The incoming person has given her PIN."""
        desk, actor = self._desk, self._around.acting()
        self._review.change(HAND_OVER, lambda _: desk.hand_over(actor, person_id, pin))

    def _begin(self, key: str, job: Callable[[Running], object]) -> None:
        self._working = (key, self._around.mono_s())
        self._review.change(key, job)

    def _print(self) -> None:
        desk, chosen, say = self._desk, self._chosen, self._around.say
        if not chosen or isinstance(self._printing.get(chosen), float):
            return
        self._printing[chosen] = self._around.mono_s()

        def told(printed: ReportPrinted) -> None:
            say(Reported(PRINTED, 0, (chosen, printed)))

        number = chosen.partition("/")[2]
        self._review.change(PRINT, lambda _: desk.print_z(int(number), told) if number else desk.print_x(told))

    # ------------------------------------------------------------ what is shown

    def model(self, tr: Translator) -> ClosingModel:
        """Everything to be drawn now."""
        now_s = self._around.mono_s()
        working = None if self._working is None else (self._working[0], now_s - self._working[1])
        printing = self._printing.get(self._chosen)
        view = self._view
        return closing_model(
            tr,
            Now(
                pane=Pane.REPORTS if self._in_reports else Pane.LOADING if view is None else Pane.CLOSING,
                moment=None if view is None else self._moment(tr, view),
                step=self._step or Step.ISSUER,
                fault=self._fault,
                news=self._news,
                news_good=self._news_good,
                working=working,
                reading_s=now_s - self._asked_view_mono_s,
                reports=self._reports,
                x=self._x,
                chosen=self._chosen,
                printing=now_s - printing if isinstance(printing, float) else printing,
            ),
        )

    def _moment(self, tr: Translator, view: ClosingView) -> Moment:
        now_s = self._around.mono_s()
        age_s = now_s - self._view_mono_s
        rows = tuple(
            row if row.due_in_s is None else replace(row, due_in_s=max(0.0, row.due_in_s - age_s)) for row in view.rows
        )
        asked = self._progress(self._asking) if self._asking is not None else None
        return Moment(
            tr, replace(view, rows=rows), self._around.now_utc(), self._around.labels, asked, self._offline_since
        )

    def _progress(self, asking: _Asking) -> Asked:
        """A row has its answer when it is gone, became a case, or was tried once more."""
        now = {row.difference.ref: row for row in open_rows(self._view)} if self._view is not None else {}
        done = sum(ref not in now or now[ref].tries > tries for ref, tries in asking.tries.items())
        return Asked(done, len(asking.tries), self._around.mono_s() - asking.since_mono_s)


def _same(one: Difference) -> tuple[str, str, str, int]:
    return one.kind, one.ref, one.issuer, one.count
