"""The queue as rows and figures: what was given without the issuer's word, how much, how long."""

from __future__ import annotations

from datetime import datetime

from pos.i18n import Translator
from pos.till.views import LineStatus, ListsView, QueueRow, StripView
from pos.ui.theme import Tone
from pos.ui.widgets.list_model import Figure, ListModel
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import masked, short_number

_COLUMNS = ("taken", "bill", "voucher", "amount", "state", "tries", "next")


def queue_model(
    tr: Translator, lists: ListsView, strip: StripView | None, *, now_utc: datetime, mono_s: float
) -> ListModel:
    """The screen at this moment. Sums come from the strip: the rows shown may be fewer than there are."""
    count = strip.queue_count if strip else len(lists.queue)
    at_risk_vnd = strip.at_risk_vnd if strip else sum(row.amount_vnd for row in lists.queue)
    oldest_utc = strip.oldest_utc if strip else min((row.accepted_utc for row in lists.queue), default=None)
    age = tr.duration((now_utc - oldest_utc).total_seconds()) if oldest_utc else "–"
    tone = Tone.OFFLINE if count else Tone.NEUTRAL
    return ListModel(
        title=tr.t("queue.title"),
        hint=tr.t("panel.accepted.note"),
        empty=tr.t("queue.empty"),
        columns=tuple(tr.t(f"queue.col.{name}") for name in _COLUMNS),
        rows=tuple(_row(tr, row, mono_s) for row in lists.queue),
        figures=(
            Figure(tr.t("queue.sum"), tr.money(at_risk_vnd), tone),
            Figure(tr.t("queue.count"), str(count)),
            Figure(tr.t("queue.oldest"), age),
        ),
        action=tr.t("action.settle_now"),
    )


def _row(tr: Translator, row: QueueRow, mono_s: float) -> TableRow:
    state, tone = tr.t(f"status.{row.status}"), _TONES.get(row.status, Tone.NEUTRAL)
    if row.quarantine is not None:
        state, tone = tr.t("queue.quarantine"), Tone.REFUSED
    return TableRow(
        row.redemption_id,
        (
            Cell(tr.clock(row.accepted_utc)),
            Cell(short_number(row.bill_number)),
            Cell(f"{masked(row.ending)} · {row.provider}"),
            Cell(tr.money(row.amount_vnd), right=True),
            Cell(state, tone),
            Cell(str(row.tries), right=True),
            Cell(_next(tr, row, mono_s)),
        ),
    )


def _next(tr: Translator, row: QueueRow, mono_s: float) -> str:
    if row.quarantine is not None or row.next_try_mono_s is None:
        return "–"
    wait_s = row.next_try_mono_s - mono_s
    return tr.duration(wait_s + 0.999) if wait_s > 0 else tr.t("queue.now")


_TONES = {
    LineStatus.ACCEPTED_OFFLINE: Tone.OFFLINE,
    LineStatus.SENDING: Tone.UNKNOWN,
    LineStatus.UNKNOWN: Tone.UNKNOWN,
    LineStatus.REFUSED: Tone.REFUSED,
}
