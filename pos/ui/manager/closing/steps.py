"""What each of the four steps says, and the open one with what can be done: pure functions of the moment."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.closing import DifferenceKind
from pos.till.review.closing import PaperCount
from pos.ui.manager.closing.left_rows import MOST_ROWS, left_rows
from pos.ui.manager.closing.model import Act, BodyModel, Step, StepModel
from pos.ui.manager.closing.moment import Moment, case_total, missed, open_rows, open_slips, uncounted
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction

STEP_KEY = "F4"


def step_models(m: Moment) -> tuple[StepModel, ...]:
    """All four, in order."""
    return tuple(
        StepModel(step, number, m.tr.t(f"closing.step.{step}"), *_STATES[step](m))
        for number, step in enumerate(Step, start=1)
    )


_State = tuple[str, str, Tone, Shape]


def _issuer(m: Moment) -> _State:
    tr, left = m.tr, len(open_rows(m.view))
    if m.asked is not None and left:
        words = tr.t("closing.asking", done=m.asked.done, total=m.asked.total)
        return words, tr.t("closing.asking_for", elapsed_s=m.asked.waited_s), Tone.BRAND, Shape.WORKING
    if left:
        amount = sum(row.difference.amount_vnd for row in open_rows(m.view))
        return tr.t("closing.left_n", count=left), tr.money(amount), Tone.UNKNOWN, Shape.WAIT
    return _settled(m, len(m.view.rows), tr.t("closing.issuer.zero"))


def _slips(m: Moment) -> _State:
    tr, left = m.tr, open_slips(m.view)
    doubtful = sum(slip.difference.kind is DifferenceKind.SLIP_DOUBTFUL for slip in left)
    if left:
        detail = tr.t("closing.slips.doubtful", count=doubtful) if doubtful else tr.t("closing.slips.waiting")
        return tr.t("closing.left_n", count=len(left)), detail, Tone.UNKNOWN, Shape.WAIT
    slips = m.view.figures.slips
    key = "closing.slips.sent" if slips.sent else "closing.slips.confirmed" if slips.confirmed else "closing.slips.none"
    return _settled(m, len(m.view.slips), tr.t(key, count=slips.sent or slips.confirmed))


def _papers(m: Moment) -> _State:
    tr, wrong, blank = m.tr, missed(m.view), uncounted(m.view)
    if wrong:
        off = sum(abs((paper.counted or 0) - paper.expected) for paper in wrong)
        detail = tr.t("closing.papers.uncounted", count=len(blank)) if blank else _issuers(m, wrong)
        return tr.t("closing.papers.off", count=off), detail, Tone.REFUSED, Shape.CROSS
    if blank:
        expected = sum(paper.expected for paper in blank)
        detail = tr.t("closing.papers.expected", count=expected)
        return tr.t("closing.papers.uncounted", count=len(blank)), detail, Tone.UNKNOWN, Shape.QUESTION
    if not any(paper.expected for paper in m.view.papers):
        return tr.t("closing.zero"), tr.t("closing.papers.none"), Tone.USABLE, Shape.CHECK
    counted = sum(paper.counted or 0 for paper in m.view.papers)
    return tr.t("closing.zero"), tr.t("closing.papers.counted", count=counted), Tone.USABLE, Shape.CHECK


def _issuers(m: Moment, papers: tuple[PaperCount, ...]) -> str:
    return ", ".join(m.label(paper.issuer) for paper in papers)


def _cases(m: Moment) -> _State:
    tr, count = m.tr, case_total(m.view)
    if not count:
        return tr.t("closing.zero"), tr.t("closing.cases.none"), Tone.USABLE, Shape.CHECK
    oldest = min(case.oldest_utc for case in m.view.cases)
    return (
        tr.t("closing.cases.open", count=count), tr.t("closing.cases.oldest", age_s=m.ago_s(oldest)), Tone.UNKNOWN,
        Shape.WAIT,
    )  # fmt: skip


def _settled(m: Moment, as_cases: int, detail: str) -> _State:
    """Nothing is left, or what is left stands among the cases already."""
    if as_cases:
        return m.tr.t("closing.zero"), m.tr.t("closing.as_cases", count=as_cases), Tone.USABLE, Shape.CHECK
    return m.tr.t("closing.zero"), detail, Tone.USABLE, Shape.CHECK


_STATES: dict[Step, Callable[[Moment], _State]] = {
    Step.ISSUER: _issuer, Step.SLIPS: _slips, Step.PAPERS: _papers, Step.CASES: _cases,
}  # fmt: skip


def body_model(m: Moment, step: Step, *, stop: bool) -> BodyModel:
    """Its rows and what can be done; `stop`: what was asked may be left to itself."""
    rows = left_rows(m, step)
    tr, running = m.tr, step is Step.ISSUER and m.asked is not None and bool(open_rows(m.view))
    return BodyModel(
        title=tr.t(f"closing.step.{step}"),
        hint=_hint(m, step) if rows else "",
        rows=rows,
        empty=tr.t(f"closing.{step}.empty"),
        actions=_stop(m) if running and stop else _actions(m, step),
        running=_running(m) if running else "",
        done=m.asked.done if running and m.asked else 0,
        total=m.asked.total if running and m.asked else 0,
    )


def _running(m: Moment) -> str:
    asked = m.asked
    if asked is None:
        return ""
    return m.tr.t("closing.issuer.running", done=asked.done, total=asked.total, elapsed_s=asked.waited_s)


def _hint(m: Moment, step: Step) -> str:
    words, total = _what_to_do(m, step), {Step.ISSUER: len(m.view.rows), Step.SLIPS: len(m.view.slips)}.get(step, 0)
    return words if total <= MOST_ROWS else f"{words} {m.tr.t('closing.first_rows', count=MOST_ROWS, total=total)}"


def _what_to_do(m: Moment, step: Step) -> str:
    if step is Step.ISSUER and m.offline_since is not None:
        return m.tr.t("closing.issuer.offline", since=m.tr.clock(m.offline_since))
    return m.tr.t(f"closing.{step}.hint")


def _stop(m: Moment) -> tuple[BarAction, ...]:
    return (BarAction(Act.STOP, m.tr.t("closing.do.stop"), "Esc"),)


def _actions(m: Moment, step: Step) -> tuple[BarAction, ...]:
    needed = {
        Step.ISSUER: bool(open_rows(m.view)),
        Step.SLIPS: any(slip.difference.kind is DifferenceKind.SLIP_PENDING for slip in open_slips(m.view)),
        Step.PAPERS: bool(m.view.papers) and m.view.closed is None,
        Step.CASES: bool(m.view.cases),
    }
    if not needed[step]:
        return ()
    return (BarAction(Act.STEP, m.tr.t(f"closing.do.{step}"), STEP_KEY),)
