"""What is left in each step, as rows: what it is, how it stands, what opening it does. Pure."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.closing import DifferenceKind
from pos.till.review.closing import CaseCount, Doing, OpenRow, OpenSlip, PaperCount
from pos.ui.manager.closing.model import LeftRow, Step
from pos.ui.manager.closing.moment import Moment, case_word, paper_word
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.words import masked, short_number

MOST_ROWS = 200
"""More are counted, not listed: nobody works through them here, and they are drawn every second."""


def left_rows(m: Moment, step: Step) -> tuple[LeftRow, ...]:
    """The first rows of this step, cases included."""
    return _ROWS[step](m)


def _issuer_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(_issuer_row(m, row) for row in m.view.rows[:MOST_ROWS])


def _issuer_row(m: Moment, row: OpenRow) -> LeftRow:
    tr, one = m.tr, row.difference
    doing = tr.t(f"closing.doing.{row.doing}", tries=row.tries)
    due_s = 0.0 if row.due_in_s is None else row.due_in_s - m.age_s
    if due_s >= 1:
        doing = tr.t("closing.due", due_s=due_s)
    tone, shape = (Tone.BRAND, Shape.TICK) if row.doing is Doing.CASE else _LOOKS.get(one.kind, _WAITS)
    head = (m.label(one.issuer), masked(one.ending) if one.ending else "")
    return LeftRow(
        f"row/{one.ref}",
        f"{' '.join(part for part in head if part)} · {tr.money(one.amount_vnd)}",
        " · ".join((short_number(one.bill_number), tr.t(f"closing.kind.{one.kind}"), doing)),
        tr.t(f"closing.end.{_ENDS.get(row.doing, 'ask')}"),
        tone,
        shape,
    )


_WAITS = (Tone.UNKNOWN, Shape.WAIT)
_LOOKS: dict[DifferenceKind, tuple[Tone, Shape]] = {
    DifferenceKind.AT_RISK: (Tone.OFFLINE, Shape.SHIELD),
    DifferenceKind.UNSENT: (Tone.NEUTRAL, Shape.RING),
    DifferenceKind.HOLD: (Tone.UNKNOWN, Shape.LOCK),
}
_ENDS = {Doing.CASE: "open", Doing.AT_COUNTER: "counter"}


def _slip_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(_slip_row(m, slip) for slip in m.view.slips[:MOST_ROWS])


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


def _case_rows(m: Moment) -> tuple[LeftRow, ...]:
    return tuple(
        LeftRow(
            f"case/{case.table}/{case.kind}",
            f"{case_word(m.tr, case)} · {case.count}",
            _case_note(m, case),
            m.tr.t("closing.end.open"),
            Tone.UNKNOWN,
            Shape.WAIT,
        )
        for case in m.view.cases
    )


def _case_note(m: Moment, case: CaseCount) -> str:
    oldest = m.tr.t("closing.cases.oldest", age_s=m.ago_s(case.oldest_utc))
    return f"{m.tr.money(case.amount_vnd)} · {oldest}" if case.amount_vnd else oldest


_ROWS: dict[Step, Callable[[Moment], tuple[LeftRow, ...]]] = {
    Step.ISSUER: _issuer_rows, Step.SLIPS: _slip_rows, Step.PAPERS: _paper_rows, Step.CASES: _case_rows,
}  # fmt: skip
