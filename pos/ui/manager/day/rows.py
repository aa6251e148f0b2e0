"""One row of the day in words: what stands in each column, and the pill of how it stands."""

from __future__ import annotations

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.till.review.day_views import DayRow, RowKind, RowStatus, Slip
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill
from pos.ui.widgets.window_table import Column, WindowRow
from pos.ui.words import masked, provider_name, short_number

_DONE = (Tone.USABLE, Shape.TICK)
_WAIT = (Tone.UNKNOWN, Shape.WAIT)
_DOUBT = (Tone.UNKNOWN, Shape.QUESTION)
_RISK = (Tone.OFFLINE, Shape.SHIELD)
_BAD = (Tone.REFUSED, Shape.X)
_GONE = (Tone.NEUTRAL, Shape.X)
_BACK = (Tone.BRAND, Shape.BACK)
_HAND = (Tone.UNKNOWN, Shape.GOODS)

SIGNS: dict[RowStatus, tuple[Tone, Shape]] = {
    RowStatus.USED: _DONE,
    RowStatus.USED_BY_WORD: _DONE,
    RowStatus.OFFLINE_UNSENT: _RISK,
    RowStatus.OFFLINE_SENDING: _RISK,
    RowStatus.OFFLINE_UNKNOWN: _RISK,
    RowStatus.LOST: _BAD,
    RowStatus.UNSENT: (Tone.BRAND, Shape.RING),
    RowStatus.SENDING: _WAIT,
    RowStatus.UNKNOWN: _DOUBT,
    RowStatus.NOT_GIVEN: _HAND,
    RowStatus.LATE: _BAD,
    RowStatus.LATE_SETTLED: _GONE,
    RowStatus.REFUSED: _GONE,
    RowStatus.DROPPED: _GONE,
    RowStatus.TAKING_BACK: _WAIT,
    RowStatus.NOT_TAKEN_BACK: _BAD,
    RowStatus.TAKEN_BACK: _BACK,
    RowStatus.SALE_UNSENT: (Tone.BRAND, Shape.RING),
    RowStatus.SALE_SENDING: _WAIT,
    RowStatus.SALE_WAITING: _DOUBT,
    RowStatus.SALE_TO_HAND_OVER: _HAND,
    RowStatus.SALE_DONE: _DONE,
    RowStatus.SALE_TO_PAY_BACK: _HAND,
    RowStatus.SALE_PAID_BACK: _BACK,
    RowStatus.BOOKING_BEGUN: (Tone.BRAND, Shape.RING),
    RowStatus.BOOKING_NOT_SENT: (Tone.BRAND, Shape.RING),
    RowStatus.BOOKING_WAITING: _WAIT,
    RowStatus.BOOKING_HELD: _DOUBT,
    RowStatus.BOOKING_TO_HAND_OVER: _HAND,
    RowStatus.BOOKING_DONE: _DONE,
    RowStatus.BOOKING_TO_PAY_BACK: _HAND,
    RowStatus.BOOKING_PAID_BACK: _BACK,
    RowStatus.BOOKING_GIVEN_UP: _GONE,
}
"""Colour and shape of each standing; the word goes with them."""


def status_pill(tr: Translator, row: DayRow) -> Pill:
    """How the row stands."""
    if row.unreadable:
        return Pill(tr.t("day.unreadable_row"), Tone.REFUSED, Shape.QUESTION)
    return Pill(tr.t(f"day.status.{row.status}"), *SIGNS[row.status])


def columns(tr: Translator, *, with_date: bool) -> tuple[Column, ...]:
    """The columns; more than one day needs the date beside the time."""
    return (
        Column(tr.t("day.col.time"), 130 if with_date else 90),
        Column(tr.t("day.col.bill"), 94, spare=1),
        Column(tr.t("day.col.code"), 100),
        Column(tr.t("day.col.issuer"), 124, share=6),
        Column(tr.t("day.col.amount"), 116, right=True),
        Column(tr.t("day.col.status"), 204),
        Column(tr.t("day.col.slip"), 86, spare=3),
        Column(tr.t("day.col.cashier"), 80, share=2, spare=2),
    )


def window_row(tr: Translator, row: DayRow, *, with_date: bool) -> WindowRow:
    """The row ready to be drawn."""
    return WindowRow(
        key_of(row),
        (
            when(row, with_date=with_date),
            short_number(row.bill_number),
            code_words(tr, row),
            issuer_words(tr, row),
            tr.money(row.amount_vnd),
            status_pill(tr, row),
            tr.t(f"day.slip.{row.slip}") if row.slip is not Slip.NONE else "–",
            row.cashier,
        ),
    )


def key_of(row: DayRow) -> str:
    """Names the row among all kinds."""
    return f"{row.kind}/{row.id}"


def when(row: DayRow, *, with_date: bool) -> str:
    """`09:41:07` on the shop's wall, after its date where several days stand together."""
    at = local_time(row.at_utc)
    return f"{at:%d/%m %H:%M:%S}" if with_date else f"{at:%H:%M:%S}"


def code_words(tr: Translator, row: DayRow) -> str:
    """The code by its end; a sale of several codes by their number."""
    if row.ending:
        return masked(row.ending)
    if row.kind is RowKind.SALE:
        return tr.t("day.codes", count=row.quantity)
    return tr.t(f"day.kind_one.{row.kind}")


def issuer_words(tr: Translator, row: DayRow) -> str:
    """Whose it is and what it is."""
    issuer = provider_name(tr, row.issuer)
    return f"{issuer} · {row.what}" if row.what else issuer
