"""The day as a file: the same figures, hours and rows as the manager's window, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pos.i18n import Translator
from pos.reports.model import Cell, Chart, Column, Figure, Kind, Report, Table
from pos.reports.wording import mark_of, period, reason_words, writer_words
from pos.till.review.closing import Shop
from pos.till.review.day_views import DayRow, DayView, HourBar, Query, RowKind, Standing, hours_of

_COUNTED = (
    (RowKind.REDEMPTION, Standing.DONE),
    (RowKind.REDEMPTION, Standing.AT_RISK),
    (RowKind.REDEMPTION, Standing.LOSS),
    (RowKind.SALE, Standing.DONE),
    (RowKind.BOOKING, Standing.DONE),
)
"""What adds up to a figure of the window; each has a column of its own, so that its sum can be checked against it."""
_FIGURES = ("redeemed", "at_risk", "loss", "sold", "booked")


@dataclass(frozen=True, slots=True)
class Made:
    """What stands on a report besides its rows. `last_hash`: of the audit chain, hex; empty where there is none."""

    shop: Shop
    made_utc: datetime
    last_hash: str


def day_report(view: DayView, rows: Iterable[DayRow], made: Made, words: Translator) -> Report:
    """A day, or any other query, as a file. `rows` are walked once, when the file is written."""
    query = view.query
    one_day = query.first == query.last
    key = "report.day.title" if one_day else "report.day.title_range"
    return Report(
        title=words.t(key, day=query.first, last=query.last),
        head=_head(view, made, words),
        mark=mark_of(made.shop, words),
        author=made.shop.store_name or made.shop.store_code,
        made_utc=made.made_utc,
        words=writer_words(words),
        table=Table(_columns(words, one_day=one_day), _cells(rows, made.shop, words), view.rows),
        figures=_figures(view, made, words),
        chart=_chart(view.hours, made.shop, words),
        foot=words.t("report.last_hash", hash=made.last_hash) if made.last_hash else "",
    )


def _head(view: DayView, made: Made, words: Translator) -> Sequence[tuple[str, str]]:
    shop, query = made.shop, view.query
    lines = [
        (words.t("report.head.shop"), shop.store_name or shop.store_code),
        (words.t("report.head.till"), f"{shop.store_code}-{shop.till_code}"),
        (words.t("report.head.dates"), period(query.first, query.last, words)),
        (words.t("report.head.made"), words.moment(made.made_utc)),
    ]
    if chosen := described(query, shop, words):
        lines.append((words.t("report.head.filter"), chosen))
    if view.unreadable:
        lines.append((words.t("report.head.attention"), words.t("report.unreadable", count=view.unreadable)))
    return lines


def described(query: Query, shop: Shop, words: Translator) -> str:
    """The filter in words, so that nobody takes part of a day for the whole; empty: everything."""
    parts = [
        *(words.t(f"day.kind.{kind}") for kind in sorted(query.kinds)),
        *(shop.label(issuer) for issuer in sorted(query.issuers)),
        *(words.t(f"day.standing.{standing}") for standing in sorted(query.standings)),
        *sorted(query.people),
    ]
    if query.low_vnd is not None:
        parts.append(f"≥ {words.money(query.low_vnd)}")
    if query.high_vnd is not None:
        parts.append(f"≤ {words.money(query.high_vnd)}")
    if query.from_minute is not None or query.to_minute is not None:
        parts.append(
            f"{_clock(query.from_minute or 0)}–{_clock(24 * 60 if query.to_minute is None else query.to_minute)}"
        )
    if query.text:
        parts.append(f"“{query.text}”")
    return ", ".join(parts)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _figures(view: DayView, made: Made, words: Translator) -> Sequence[Figure]:
    figures = view.figures

    def figure(name: str, kind: Kind, value: Cell, **facts: int | float | datetime | None) -> Figure:
        return Figure(words.t(f"report.figure.{name}"), kind, value, words.t(f"report.figure.{name}.note", **facts))

    def age_s(since: datetime | None) -> float | None:
        return None if since is None else (made.made_utc - since).total_seconds()

    return (
        figure("redeemed", Kind.MONEY, figures.redeemed_vnd, vouchers=figures.vouchers, bills=figures.bills),
        figure(
            "at_risk", Kind.MONEY, figures.at_risk_vnd,
            vouchers=figures.at_risk, oldest_s=age_s(figures.at_risk_oldest_utc),
        ),
        figure("loss", Kind.MONEY, figures.loss_vnd, vouchers=figures.losses),
        figure("open", Kind.MONEY, figures.open_vnd, vouchers=figures.open),
        figure("sold", Kind.MONEY, figures.sold_vnd, codes=figures.codes, waiting=figures.sales_waiting or None),
        figure(
            "booked", Kind.MONEY, figures.booked_vnd,
            bookings=figures.bookings, waiting=figures.bookings_waiting or None,
        ),
        figure("taken_back", Kind.COUNT, figures.taken_back),
        figure("unprinted", Kind.COUNT, figures.unprinted),
        figure("cases", Kind.COUNT, figures.cases, oldest_s=age_s(figures.case_oldest_utc)),
        figure("customer", Kind.SECONDS, figures.customer_s),
    )  # fmt: skip


def _chart(hours: Sequence[HourBar], shop: Shop, words: Translator) -> Chart | None:
    """Every hour between the first and the last with any, so that a quiet hour is seen as one."""
    if not hours:
        return None
    issuers = sorted({bar.issuer for bar in hours})
    amounts = {(bar.hour, bar.issuer): bar.amount_vnd for bar in hours}
    return Chart(
        words.t("report.by_hour"),
        tuple(shop.label(issuer) for issuer in issuers),
        tuple(
            (words.t("report.hour", hour=hour), tuple(amounts.get((hour, issuer), 0) for issuer in issuers))
            for hour in hours_of(hours)
        ),
    )


def _columns(words: Translator, *, one_day: bool) -> Sequence[Column]:
    def column(key: str, kind: Kind, width: int, *, summed: bool = False, on_paper: bool = True) -> Column:
        return Column(key, words.t(f"report.column.{key}"), kind, width, summed, on_paper)

    return (
        column("at", Kind.CLOCK if one_day else Kind.MOMENT, 20),
        column("business_date", Kind.DATE, 12, on_paper=False),
        column("bill", Kind.TEXT, 27),
        column("kind", Kind.TEXT, 12, on_paper=False),
        column("ending", Kind.TEXT, 11),
        column("issuer", Kind.TEXT, 15),
        column("what", Kind.TEXT, 28),
        column("quantity", Kind.COUNT, 6),
        column("amount", Kind.MONEY, 14),
        column("status", Kind.TEXT, 24),
        column("reason", Kind.TEXT, 24, on_paper=False),
        *(column(name, Kind.MONEY, 15, summed=True, on_paper=False) for name in _FIGURES),
        column("slip", Kind.TEXT, 13),
        column("cashier", Kind.TEXT, 16),
    )


def _cells(rows: Iterable[DayRow], shop: Shop, words: Translator) -> Iterator[Sequence[Cell]]:
    word = _Remembered(words)
    for row in rows:
        yield (
            row.at_utc,
            row.business_date,
            row.bill_number,
            word(f"day.kind.{row.kind}"),
            f"••••{row.ending}" if row.ending else "",
            shop.label(row.issuer),
            row.what,
            row.quantity,
            row.amount_vnd,
            word("report.row_unreadable") if row.unreadable else word(f"day.status.{row.status}"),
            reason_words(row.reason, words),
            *counted(row),
            word(f"day.slip.{row.slip}"),
            row.cashier,
        )


def counted(row: DayRow) -> tuple[int | None, ...]:
    """What the row adds to each of the five figures: nothing where nothing was given, or nobody knows."""
    of = (row.kind, row.standing)
    return tuple(row.amount_vnd if of == counts else None for counts in _COUNTED)


class _Remembered:
    """Words of a few keys, asked for a million times."""

    def __init__(self, words: Translator) -> None:
        self._words = words
        self._known: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._words.t(key)
        return found
