"""The cases beside the chart: those that have waited longest, each in two lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos.i18n import Translator
from pos.till.review.cases_views import CaseView
from pos.till.review.day_views import DayView
from pos.ui.manager.cases.words import kind_words
from pos.ui.manager.day.model import CaseLine, CasesModel
from pos.ui.theme import Tone
from pos.ui.words import masked

MOST = 4
_LOST = frozenset({"loss", "late_effect", "not_taken_back"})


def cases_card(
    tr: Translator, view: DayView | None, cases: Sequence[CaseView], now_utc: datetime, *, failed: bool
) -> CasesModel:
    """The card; its number is of all that are open."""
    count = max(len(cases), view.figures.cases if view is not None else 0)
    missing = "day.not_read" if failed else "day.loading"
    words = "" if count else tr.t(missing if view is None else "day.cases.none")
    return CasesModel(tr.t("day.cases.title"), count, tuple(_line(tr, case, now_utc) for case in cases[:MOST]), words)


def _line(tr: Translator, case: CaseView, now_utc: datetime) -> CaseLine:
    facts = (
        masked(case.ending) if case.ending else case.bill_number,
        case.label,
        tr.money(case.amount_vnd) if case.amount_vnd else "",
        case.owner or "",
    )
    return CaseLine(
        kind_words(tr, case.source, case.kind),
        " · ".join(fact for fact in facts if fact),
        tr.duration((now_utc - case.opened_utc).total_seconds()),
        Tone.REFUSED if case.kind in _LOST else Tone.UNKNOWN,
    )
