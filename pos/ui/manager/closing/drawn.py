"""The whole section as values: what the presenter knows, put into words."""

from __future__ import annotations

from dataclasses import dataclass

from pos.i18n import Translator
from pos.till.review.closing import ReportPrinted, XReport, ZReport
from pos.till.views import Message
from pos.ui.manager.closing.around import News
from pos.ui.manager.closing.model import Act, ClosingModel, LeftRow, Pane, ReportModel, Step
from pos.ui.manager.closing.moment import Moment, is_zero
from pos.ui.manager.closing.questions import close_words
from pos.ui.manager.closing.report_words import X_ROW, Names, day_figures, x_model, x_row, z_model, z_row
from pos.ui.manager.closing.steps import body_model, step_models
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

SLOW_S = 1.0
"""From here on a wait says how long."""


@dataclass(frozen=True, slots=True)
class Now:
    """What the presenter knows.

    Args:
        moment: the day; None: not read yet. `fault`: it could not be read. `reading_s`: since it was asked for.
        news: of what a person did last.
        working: key of the change that is being made, and for how many seconds.
        printing: of the chosen report: seconds since it was sent to the printer, or how it ended.
    """

    pane: Pane
    moment: Moment | None
    step: Step
    fault: Message | None
    news: News | None
    working: tuple[str, float] | None
    reading_s: float
    reports: tuple[ZReport, ...]
    x: XReport | None
    chosen: str
    printing: ReportPrinted | float | None


_Notice = tuple[str, Tone, Shape]
_NONE: _Notice = ("", Tone.NEUTRAL, Shape.NONE)


def closing_model(tr: Translator, now: Now) -> ClosingModel:
    """Everything to be drawn."""
    shift, shift_note = _shift(tr, now.moment)
    notice, tone, shape = _notice(tr, now)
    m, closing = now.moment, now.pane is Pane.CLOSING
    close, note = _close(tr, now, m) if closing and m is not None else _unread(tr, now)
    return ClosingModel(
        pane=now.pane,
        shift=shift,
        shift_note=shift_note,
        top=_top(tr, now),
        notice=notice,
        notice_tone=tone,
        notice_shape=shape,
        steps=step_models(m) if m is not None else (),
        open=now.step,
        body=body_model(m, now.step, stop=True) if m is not None else None,
        day_title=_day_title(tr, m) if m is not None else "",
        figures=day_figures(Names(tr, m.label), m.view.figures) if m is not None else (),
        close=close,
        close_note=note,
        rows=_rows(tr, now),
        chosen=now.chosen,
        empty=_empty(tr, now),
        report=_report(tr, now),
    )


def _shift(tr: Translator, m: Moment | None) -> tuple[str, str]:
    if m is None:
        return tr.t("closing.shift.reading"), ""
    shift = m.view.shift
    if shift is None:
        return tr.t("closing.shift.none"), tr.t("closing.shift.none_note")
    since_s = m.ago_s(shift.opened_utc)
    return (
        tr.t("closing.shift.of", name=shift.opened_by),
        tr.t("closing.shift.since", moment=shift.opened_utc, for_s=since_s),
    )


def _top(tr: Translator, now: Now) -> tuple[BarAction, ...]:
    has_shift = now.moment is not None and now.moment.view.shift is not None
    hand_over = (BarAction(Act.HAND_OVER, tr.t("closing.do.hand_over"), "F6"),) if has_shift else ()
    reports = "closing.do.back" if now.pane is Pane.REPORTS else "closing.do.reports"
    return (
        BarAction(Act.X_REPORT, tr.t("closing.do.x_report"), "F5"),
        *hand_over,
        BarAction(Act.REPORTS, tr.t(reports), "F7"),
    )


def _notice(tr: Translator, now: Now) -> _Notice:
    """The one thing to know first: what runs, how it ended, then how the day stands."""
    if now.working is not None:
        key, waited_s = now.working
        words = tr.t(f"closing.working.{key.partition('/')[2]}")
        if waited_s >= SLOW_S:
            words = f"{words} {tr.duration(waited_s)}"
        return words, Tone.BRAND, Shape.WORKING
    if now.news is not None:
        said = str(say_message(tr, now.news.message))
        return said, *((Tone.USABLE, Shape.CHECK) if now.news.good else (Tone.UNKNOWN, Shape.WAIT))
    if now.fault is not None and now.moment is not None:
        return str(say_message(tr, now.fault)), Tone.REFUSED, Shape.CROSS
    return _of_day(tr, now.moment) if now.pane is Pane.CLOSING and now.moment is not None else _NONE


def _of_day(tr: Translator, m: Moment) -> _Notice:
    view = m.view
    if view.closed is not None:
        one = view.closed
        words = tr.t("closing.day.closed", day=one.day, moment=one.closed_utc, name=one.closed_by, number=one.number)
        return words, Tone.USABLE, Shape.CHECK
    earlier = [day for day in view.dates if day < view.day]
    if earlier:
        key = "closing.day.earlier" if len(earlier) == 1 else "closing.day.earlier_many"
        return tr.t(key, first=earlier[0], last=earlier[-1], count=len(earlier)), Tone.UNKNOWN, Shape.WAIT
    if view.day < view.today:
        return tr.t("closing.day.past", day=view.day, today=view.today), Tone.BRAND, Shape.RING
    if not view.figures.bills:
        return tr.t("closing.day.empty", day=view.day), Tone.BRAND, Shape.RING
    return _NONE


def _day_title(tr: Translator, m: Moment) -> str:
    view = m.view
    if view.closed is not None:
        return tr.t("closing.day.after", number=view.closed.number)
    if view.dates and view.dates != (view.day,):
        return tr.t("closing.day.dates", first=view.dates[0], last=max(view.dates[-1], view.day))
    return tr.t("closing.day.title", day=view.day)


def _close(tr: Translator, now: Now, m: Moment) -> tuple[tuple[BarAction, ...], str]:
    view = m.view
    if now.working is not None:
        return (), tr.t("closing.note.working")
    if view.closed is not None:
        see = BarAction(Act.CLOSE_DAY, tr.t("closing.do.see_z", number=view.closed.number), "F8")
        return (see, *_other_day(tr, m)), tr.t("closing.note.closed")
    tone = Tone.USABLE if is_zero(view) else Tone.UNKNOWN if view.differences else Tone.BRAND
    close = BarAction(Act.CLOSE_DAY, close_words(m), "F8", primary=True, tone=tone)
    note = "closing.note.left" if view.differences else "closing.note.zero" if is_zero(view) else "closing.note.cases"
    return (*_other_day(tr, m), close), tr.t(note)


def _unread(tr: Translator, now: Now) -> tuple[tuple[BarAction, ...], str]:
    """The day could not be read: once more."""
    if now.pane is not Pane.LOADING or now.fault is None:
        return (), ""
    return (BarAction(Act.AGAIN, tr.t("closing.do.again"), "F4", primary=True),), tr.t("closing.note.unread")


def _other_day(tr: Translator, m: Moment) -> tuple[BarAction, ...]:
    """Another day that can be closed by itself."""
    days = sorted({*m.view.dates, m.view.today})
    if m.view.day not in days or len(days) < 2:
        return ()
    other = days[(days.index(m.view.day) - 1) % len(days)]
    return (BarAction(Act.OTHER_DAY, tr.t("closing.do.other_day", day=f"{other:%d/%m}"), "Ctrl+D"),)


def _rows(tr: Translator, now: Now) -> tuple[LeftRow, ...]:
    if now.pane is not Pane.REPORTS:
        return ()
    x = (x_row(tr, now.x),) if now.x is not None or now.chosen == X_ROW else ()
    return (*x, *(z_row(tr, report) for report in now.reports))


def _empty(tr: Translator, now: Now) -> str:
    if now.pane is Pane.REPORTS:
        return tr.t("closing.reports.none")
    if now.pane is Pane.CLOSING:
        return ""
    if now.fault is not None:
        return str(say_message(tr, now.fault))
    words = tr.t("closing.reading")
    return f"{words} {tr.duration(now.reading_s)}" if now.reading_s >= SLOW_S else words


def _report(tr: Translator, now: Now) -> ReportModel | None:
    if now.pane is not Pane.REPORTS:
        return None
    printing = now.printing
    words = printing if not isinstance(printing, float) else tr.t("closing.printing", waited_s=printing)
    if now.chosen == X_ROW:
        return x_model(tr, now.x, words) if now.x is not None else None
    report = next((report for report in now.reports if f"z/{report.number}" == now.chosen), None)
    return z_model(tr, report, words) if report is not None else None
