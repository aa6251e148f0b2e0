"""Slips that are not on paper for sure, as rows; one of them as a question to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.till.ports import PrintState
from pos.till.views import Link, ListsView, SlipRow, StripView
from pos.ui.strip.presenter import device_word
from pos.ui.theme import Tone
from pos.ui.widgets.list_model import Figure, ListModel
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import short_number

_COLUMNS = ("made", "bill", "slip", "amount", "state")


@dataclass(frozen=True, slots=True)
class SlipModel:
    """One slip on its sheet. `state` decides what can be done: PENDING try now, DOUBTFUL say what the paper shows."""

    job_id: str
    bill_number: str
    state: PrintState
    title: str
    facts: str
    says: str
    note: str


def slips_model(tr: Translator, lists: ListsView, strip: StripView | None, *, now_utc: datetime) -> ListModel:
    """The screen at this moment, oldest first. Counts come from the strip: the rows may be fewer than there are."""
    doubtful = strip.doubtful if strip else 0
    waiting = strip.unprinted - doubtful if strip else 0
    return ListModel(
        title=tr.t("slips.title"),
        hint=tr.t("slips.hint"),
        empty=tr.t("slips.empty"),
        columns=tuple(tr.t(f"slips.col.{name}") for name in _COLUMNS),
        rows=tuple(_row(tr, row, now_utc) for row in lists.slips),
        figures=(
            Figure(tr.t("slips.waiting"), str(waiting)),
            Figure(tr.t("slips.doubtful"), str(doubtful), Tone.UNKNOWN if doubtful else Tone.NEUTRAL),
            Figure(tr.t("slips.printer"), *_printer(tr, strip)),
            Figure(tr.t("slips.tried"), _tried(tr, strip, now_utc)),
        ),
        action=tr.t("action.print_now") if waiting else "",
    )


def slip_model(tr: Translator, row: SlipRow) -> SlipModel:
    """One slip, what is known of it and what to do."""
    kind = {PrintState.DOUBTFUL: "doubtful", PrintState.PRINTING: "printing"}.get(row.state, "waiting")
    why = _why(tr, row)
    return SlipModel(
        job_id=row.job_id,
        bill_number=row.bill_number,
        state=row.state,
        title=tr.t(f"slip_sheet.{kind}.title"),
        facts=f"{row.bill_number} · {_kind(tr, row)}\n{tr.money(row.amount_vnd)} · {tr.moment(row.created_utc)}",
        says=tr.t(f"slip_sheet.{kind}.what", why=why),
        note=tr.t(f"slip_sheet.{kind}.do"),
    )


def _row(tr: Translator, row: SlipRow, now_utc: datetime) -> TableRow:
    made, today = local_time(row.created_utc).date(), local_time(now_utc).date()
    clock = tr.clock(row.created_utc)
    return TableRow(
        row.job_id,
        (
            Cell(clock if made == today else f"{clock} {made:%d/%m}"),
            Cell(short_number(row.bill_number)),
            Cell(_kind(tr, row)),
            Cell(tr.money(row.amount_vnd), right=True),
            Cell(*_state(tr, row)),
        ),
    )


def _kind(tr: Translator, row: SlipRow) -> str:
    return tr.t("slips.copy", number=row.copy) if row.copy else tr.t("slips.original")


def _state(tr: Translator, row: SlipRow) -> tuple[str, Tone]:
    if row.state is PrintState.DOUBTFUL:
        return tr.t("slips.state.doubtful"), Tone.UNKNOWN
    if row.state is PrintState.PRINTING:
        return tr.t("slips.state.printing"), Tone.BRAND
    return tr.t("slips.state.waiting", why=_why(tr, row)), Tone.NEUTRAL


def _why(tr: Translator, row: SlipRow) -> str:
    """Why it waits or is doubtful, in a few words; empty if nobody has tried it yet."""
    if row.note is None:
        return ""
    word = row.note.rpartition(".")[2]
    return tr.t(f"device.{word}") if tr.has(f"device.{word}") else tr.t("device.link.down")


def _printer(tr: Translator, strip: StripView | None) -> tuple[str, Tone]:
    if strip is None:
        return "–", Tone.NEUTRAL
    return device_word(tr, strip.printer), Tone.REFUSED if strip.printer.link is Link.DOWN else Tone.NEUTRAL


def _tried(tr: Translator, strip: StripView | None, now_utc: datetime) -> str:
    if strip is None or strip.print_tried_utc is None:
        return "–"
    return tr.t("slips.ago", ago_s=(now_utc - strip.print_tried_utc).total_seconds())
