"""Open bills as rows: what waits, since when, when the till asks again."""

from __future__ import annotations

from datetime import datetime

from pos.i18n import Translator
from pos.till.views import ListsView, OpenBill, Phase
from pos.ui.theme import Tone
from pos.ui.widgets.list_model import ListModel
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import masked, short_number

_TONES = {
    Phase.UNKNOWN: Tone.UNKNOWN,
    Phase.SENDING: Tone.UNKNOWN,
    Phase.FINISH: Tone.USABLE,
    Phase.UNSENT: Tone.BRAND,
    Phase.HELD: Tone.BRAND,
    Phase.CLOSED: Tone.REFUSED,
}
_COLUMNS = ("number", "state", "amount", "vouchers", "opened", "asked", "next")
MOST_ENDINGS = 2


def open_bills_model(tr: Translator, lists: ListsView, *, now_utc: datetime, mono_s: float) -> ListModel:
    """The screen at this moment."""
    return ListModel(
        title=tr.t("bills.title"),
        hint=tr.t("bills.hint"),
        empty=tr.t("bills.empty"),
        columns=tuple(tr.t(f"bills.col.{name}") for name in _COLUMNS),
        rows=tuple(_row(tr, bill, now_utc, mono_s) for bill in lists.open_bills),
    )


def _row(tr: Translator, bill: OpenBill, now_utc: datetime, mono_s: float) -> TableRow:
    endings = ", ".join(masked(ending) for ending in bill.endings[:MOST_ENDINGS])
    if len(bill.endings) > MOST_ENDINGS:
        endings += " …"
    return TableRow(
        bill.number,
        (
            Cell(short_number(bill.number)),
            Cell(tr.t(f"phase.{bill.phase}"), _TONES.get(bill.phase, Tone.NEUTRAL)),
            Cell(tr.money(bill.amount_vnd), right=True),
            Cell(endings),
            Cell(tr.duration((now_utc - bill.opened_utc).total_seconds())),
            Cell(str(bill.inquiries), right=True),
            Cell(_next(tr, bill, mono_s)),
        ),
    )


def _next(tr: Translator, bill: OpenBill, mono_s: float) -> str:
    if bill.next_inquiry_mono_s is None:
        return tr.t("counter.no_amount")
    wait_s = bill.next_inquiry_mono_s - mono_s
    return tr.duration(wait_s + 0.999) if wait_s > 0 else tr.t("queue.now")
