"""What each of the four steps says, and what is left in it: pure functions of the snapshot and the time.

Money is at stake in one word: a step says "zero" only where nothing is left, counted or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pos.domain.closing import Difference, DifferenceKind
from pos.i18n import Translator
from pos.till.review.closing import CaseCount, ClosingView, Doing, OpenRow, OpenSlip, PaperCount
from pos.ui.manager.closing.model import Act, BodyModel, LeftRow, Step, StepModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.action_bar import BarAction
from pos.ui.words import masked, short_number

STEP_KEY = "F4"


@dataclass(frozen=True, slots=True)
class Asked:
    """The issuers were asked by hand: how many rows, how many of them have an answer by now, for how long already."""

    done: int
    total: int
    waited_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What the words are made of.

    Args:
        labels: issuers' names for people.
        asked: None: nobody asked just now.
        offline_since: the till has no network since then; None: it has, or nobody knows.
    """

    tr: Translator
    view: ClosingView
    now_utc: datetime
    labels: Mapping[str, str]
    asked: Asked | None = None
    offline_since: datetime | None = None

    def label(self, issuer: str) -> str:
        """The issuer's name for people; one that has left the shop by its stable name."""
        return self.labels.get(issuer, issuer)

    def ago_s(self, then: datetime) -> float:
        """Seconds since then."""
        return max(0.0, (self.now_utc - then).total_seconds())


# ---------------------------------------------------------------- what is left


def open_rows(view: ClosingView) -> tuple[OpenRow, ...]:
    """Open rows that are no case yet."""
    return tuple(row for row in view.rows if row.doing is not Doing.CASE)


def open_slips(view: ClosingView) -> tuple[OpenSlip, ...]:
    """Slips that are no case yet."""
    return tuple(slip for slip in view.slips if not slip.case)


def uncounted(view: ClosingView) -> tuple[PaperCount, ...]:
    """Issuers with papers that nobody has counted."""
    return tuple(paper for paper in view.papers if paper.counted is None and paper.expected)


def missed(view: ClosingView) -> tuple[PaperCount, ...]:
    """Issuers whose count is another than it should be."""
    return tuple(paper for paper in view.papers if paper.counted is not None and paper.counted != paper.expected)


def case_total(view: ClosingView) -> int:
    """Open cases of all kinds."""
    return sum(case.count for case in view.cases)


def is_zero(view: ClosingView) -> bool:
    """Whether till, issuer, slips and papers agree and no case is open: what the one button may call zero."""
    return view.to_zero and not (view.rows or view.slips or view.cases or uncounted(view) or missed(view))


def first_open(view: ClosingView) -> Step:
    """Where there is something to do first."""
    left = {
        Step.ISSUER: bool(open_rows(view)),
        Step.SLIPS: bool(open_slips(view)),
        Step.PAPERS: bool(uncounted(view) or missed(view)),
        Step.CASES: bool(view.cases),
    }
    return next((step for step, some in left.items() if some), Step.ISSUER)


# ---------------------------------------------------------------- the four tiles


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
    key = "closing.slips.sent" if slips.sent else "closing.slips.confirmed"
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


# ---------------------------------------------------------------- the open one


def body_model(m: Moment, step: Step, *, stop: bool) -> BodyModel:
    """Its rows and what can be done; `stop`: what was asked may be left to itself."""
    rows = _ROWS[step](m)
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
    if step is Step.ISSUER and m.offline_since is not None:
        return m.tr.t("closing.issuer.offline", since=m.tr.clock(m.offline_since))
    return m.tr.t(f"closing.{step}.hint")


def _stop(m: Moment) -> tuple[BarAction, ...]:
    return (BarAction(Act.STOP, m.tr.t("closing.do.stop"), "Esc"),)


def _actions(m: Moment, step: Step) -> tuple[BarAction, ...]:
    needed = {
        Step.ISSUER: bool(open_rows(m.view)),
        Step.SLIPS: any(slip.difference.kind is DifferenceKind.SLIP_PENDING for slip in open_slips(m.view)),
        Step.PAPERS: bool(m.view.papers),
        Step.CASES: bool(m.view.cases),
    }
    if not needed[step]:
        return ()
    return (BarAction(Act.STEP, m.tr.t(f"closing.do.{step}"), STEP_KEY),)


def _issuer_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(_issuer_row(m, row) for row in m.view.rows)


def _issuer_row(m: Moment, row: OpenRow) -> LeftRow:
    tr, one = m.tr, row.difference
    next_try = "" if row.due_in_s is None else tr.t("closing.due", due_s=row.due_in_s) if row.due_in_s >= 1 else ""
    doing = tr.t(f"closing.doing.{row.doing}", tries=row.tries)
    tone, shape = (Tone.BRAND, Shape.TICK) if row.doing is Doing.CASE else _LOOKS.get(one.kind, _WAITS)
    return LeftRow(
        f"row/{one.ref}",
        " · ".join(part for part in (what_of(m, one), tr.money(one.amount_vnd)) if part),
        " · ".join(part for part in (tr.t(f"closing.kind.{one.kind}"), doing, next_try) if part),
        tr.t(f"closing.end.{_ENDS.get(row.doing, 'ask')}"),
        tone,
        shape,
    )


def what_of(m: Moment, one: Difference) -> str:
    """The thing in a few words: issuer, ending, bill."""
    head = (m.label(one.issuer) if one.issuer else "", masked(one.ending) if one.ending else "")
    tail = short_number(one.bill_number) if one.bill_number else ""
    return " · ".join(part for part in (" ".join(part for part in head if part), tail) if part)


_WAITS = (Tone.UNKNOWN, Shape.WAIT)
_LOOKS: dict[DifferenceKind, tuple[Tone, Shape]] = {
    DifferenceKind.AT_RISK: (Tone.OFFLINE, Shape.SHIELD),
    DifferenceKind.UNSENT: (Tone.NEUTRAL, Shape.RING),
    DifferenceKind.HOLD: (Tone.UNKNOWN, Shape.LOCK),
}
_ENDS = {Doing.CASE: "open", Doing.AT_COUNTER: "counter"}


def _slip_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(_slip_row(m, slip) for slip in m.view.slips)


def _slip_row(m: Moment, slip: OpenSlip) -> LeftRow:
    tr, one = m.tr, slip.difference
    doubtful = one.kind is DifferenceKind.SLIP_DOUBTFUL
    word = (slip.note or "").rpartition(".")[2]
    why = tr.t(f"device.{word}") if word and tr.has(f"device.{word}") else ""
    kind = tr.t("slips.copy", number=slip.copy) if slip.copy else tr.t("slips.original")
    note = (kind, tr.t(f"closing.kind.{one.kind}"), why, tr.clock(one.since_utc))
    end = "open" if slip.case else "look" if doubtful else "print"
    tone, shape = (Tone.BRAND, Shape.TICK) if slip.case else (Tone.UNKNOWN, Shape.QUESTION if doubtful else Shape.WAIT)
    return LeftRow(
        f"slip/{one.ref}",
        f"{short_number(one.bill_number)} · {tr.money(one.amount_vnd)}",
        " · ".join(part for part in note if part),
        tr.t(f"closing.end.{end}"),
        tone,
        shape,
    )


def _paper_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(_paper_row(m, paper) for paper in m.view.papers)


def _paper_row(m: Moment, paper: PaperCount) -> LeftRow:
    tr = m.tr
    off = paper_word(tr, paper)
    if paper.counted is None:
        tone, shape = Tone.UNKNOWN, Shape.QUESTION
    else:
        tone, shape = (Tone.REFUSED, Shape.CROSS) if paper.counted != paper.expected else (Tone.USABLE, Shape.CHECK)
    by = ""
    if paper.counted_utc is not None:
        by = tr.t("closing.papers.by", name=paper.counted_by, clock=tr.clock(paper.counted_utc))
    note = " · ".join(part for part in (tr.t("closing.papers.book", count=paper.expected), by) if part)
    end = "count" if paper.counted is None else "recount"
    return LeftRow(
        f"paper/{paper.issuer}", f"{m.label(paper.issuer)} · {off}", note, tr.t(f"closing.end.{end}"), tone, shape
    )


def paper_word(tr: Translator, paper: PaperCount) -> str:
    """`not counted`, `40 papers, 1 missing`."""
    if paper.counted is None:
        return tr.t("closing.papers.blank")
    off = paper.counted - paper.expected
    key = "right" if off == 0 else "missing" if off < 0 else "too_many"
    return tr.t(f"closing.papers.{key}", counted=paper.counted, off=abs(off))


def _case_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(
        LeftRow(
            f"case/{case.table}/{case.kind}",
            f"{case_word(m.tr, case)} · {case.count}",
            " · ".join((m.tr.money(case.amount_vnd), m.tr.t("closing.cases.oldest", age_s=m.ago_s(case.oldest_utc)))),
            m.tr.t("closing.end.open"),
            Tone.UNKNOWN,
            Shape.WAIT,
        )
        for case in m.view.cases
    )


_CASE_WORDS = {"cases": "case", "sale_case": "sell.case", "booking_case": "bookpay.case", "day_case": "closing.case"}


def case_word(tr: Translator, case: CaseCount) -> str:
    """The kind of a case in words."""
    return tr.t(f"{_CASE_WORDS[case.table]}.{case.kind}")


_ROWS: dict[Step, Callable[[Moment], tuple[LeftRow, ...]]] = {
    Step.ISSUER: _issuer_rows, Step.SLIPS: _slip_rows, Step.PAPERS: _paper_rows, Step.CASES: _case_rows,
}  # fmt: skip
