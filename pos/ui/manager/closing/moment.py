"""The day at one moment, and what is left in it. Pure.

Money is at stake in one word: "zero" stands only where nothing is left, counted or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pos.i18n import Translator
from pos.till.review.cases_views import CaseSource
from pos.till.review.closing import CaseCount, ClosingView, Doing, OpenRow, OpenSlip, PaperCount
from pos.ui.manager.cases.words import kind_words
from pos.ui.manager.closing.model import Step


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
        age_s: seconds since the view was read.
        asked: None: nobody asked just now.
        offline_since: the till has no network since then; None: it has, or nobody knows.
    """

    tr: Translator
    view: ClosingView
    now_utc: datetime
    labels: Mapping[str, str]
    age_s: float = 0.0
    asked: Asked | None = None
    offline_since: datetime | None = None

    def label(self, issuer: str) -> str:
        """The issuer's name for people; one that has left the shop by its stable name."""
        return self.labels.get(issuer, issuer)

    def ago_s(self, then: datetime) -> float:
        """Seconds since then."""
        return max(0.0, (self.now_utc - then).total_seconds())


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


def paper_word(tr: Translator, paper: PaperCount) -> str:
    """`not counted`, `40 papers, 1 missing`."""
    if paper.counted is None:
        return tr.t("closing.papers.blank")
    off = paper.counted - paper.expected
    key = "right" if off == 0 else "missing" if off < 0 else "too_many"
    return tr.t(f"closing.papers.{key}", counted=paper.counted, off=abs(off))


_SOURCES = {
    "cases": CaseSource.REDEMPTION, "sale_case": CaseSource.SALE, "booking_case": CaseSource.BOOKING,
    "day_case": CaseSource.DAY,
}  # fmt: skip


def case_word(tr: Translator, case: CaseCount) -> str:
    """The kind of a case in the words of the cases."""
    return kind_words(tr, _SOURCES[case.table], case.kind)
