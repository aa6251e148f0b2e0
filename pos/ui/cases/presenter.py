"""Cases as rows, for reading: what needs a person, since when, why."""

from __future__ import annotations

from datetime import datetime

from pos.i18n import Translator
from pos.till.ports import Case
from pos.till.views import ListsView
from pos.ui.theme import Tone
from pos.ui.widgets.list_model import ListModel
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import masked, reason_short, short_number

_COLUMNS = ("kind", "bill", "voucher", "amount", "opened", "reason")


def cases_model(tr: Translator, lists: ListsView, *, now_utc: datetime) -> ListModel:
    """The screen at this moment, oldest first."""
    return ListModel(
        title=tr.t("cases.title"),
        hint=tr.t("cases.hint"),
        empty=tr.t("cases.empty"),
        columns=tuple(tr.t(f"cases.col.{name}") for name in _COLUMNS),
        rows=tuple(_row(tr, case, now_utc) for case in lists.cases),
    )


def _row(tr: Translator, case: Case, now_utc: datetime) -> TableRow:
    return TableRow(
        str(case.id),
        (
            Cell(tr.t(f"case.{case.kind}"), Tone.REFUSED),
            Cell(short_number(case.bill_number)),
            Cell(masked(case.ending)),
            Cell(tr.money(case.amount_vnd), right=True),
            Cell(tr.duration((now_utc - case.opened_utc).total_seconds())),
            Cell(reason_short(tr, case.reason) if case.reason else "–"),
        ),
    )
