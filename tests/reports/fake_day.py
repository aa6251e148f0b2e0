"""A day without a journal: rows of every standing, figures that are their sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pos.till.review.closing import Shop
from pos.till.review.day_views import (
    DayRow,
    DayView,
    Figures,
    HourBar,
    Query,
    RowKind,
    RowsPage,
    RowStatus,
    Slip,
    Standing,
)
from pos.till.review.events import Running
from pos.till.review.timeline_views import SupportFacts, Timeline

DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SHOP = Shop("Quầy Lê Lợi", "HN03", "T2", "sandbox", (("gotit", "Got It"), ("vinid", "VinID"), ("gotadi", "Gotadi")))

_KINDS = (
    (RowKind.REDEMPTION, Standing.DONE, RowStatus.USED, "gotit", "Highlands Coffee", 50_000),
    (RowKind.REDEMPTION, Standing.AT_RISK, RowStatus.OFFLINE_UNSENT, "gotit", "", 100_000),
    (RowKind.REDEMPTION, Standing.LOSS, RowStatus.LOST, "gotit", "1 × TRA-DAO", 55_000),
    (RowKind.REDEMPTION, Standing.REFUSED, RowStatus.REFUSED, "vinid", "", 70_000),
    (RowKind.REDEMPTION, Standing.OPEN, RowStatus.UNKNOWN, "vinid", "", 20_000),
    (RowKind.SALE, Standing.DONE, RowStatus.SALE_DONE, "appotapay", "Viettel 100.000 ₫", 100_000),
    (RowKind.SALE, Standing.OPEN, RowStatus.SALE_WAITING, "appotapay", "Mobi 50.000 ₫", 50_000),
    (RowKind.BOOKING, Standing.DONE, RowStatus.BOOKING_DONE, "gotadi", "HAN–SGN", 1_250_000),
)


def rows(count: int) -> list[DayRow]:
    """So many rows, newest first."""
    made = []
    for n in range(count):
        kind, standing, status, issuer, what, amount_vnd = _KINDS[n % len(_KINDS)]
        made.append(
            DayRow(
                kind, f"id{n:05d}", NOON - timedelta(minutes=n), DAY, f"HN03-T2-20261121-{count - n:06d}",
                "" if kind is RowKind.BOOKING else f"{n * 37 % 10_000:04d}", issuer, what, 1, amount_vnd, standing,
                status, Slip.PRINTED, "Lan", "used" if standing is Standing.REFUSED else None,
            )
        )  # fmt: skip
    return made


class FakeReads:
    """Fits `DayReads`. `on_view` happens inside each look at the figures."""

    def __init__(self, stock: Sequence[DayRow] = (), on_view: Callable[[], None] = lambda: None) -> None:
        self.stock = list(stock)
        self.on_view = on_view
        self.asked: list[tuple[int, int]] = []

    def view(self, query: Query, running: Running) -> DayView:
        self.on_view()
        chosen = self._of(query)

        def sum_of(kind: RowKind, standing: Standing) -> int:
            return sum(row.amount_vnd for row in chosen if (row.kind, row.standing) == (kind, standing))

        redeemed_vnd = sum_of(RowKind.REDEMPTION, Standing.DONE)
        figures = Figures(
            redeemed_vnd=redeemed_vnd, vouchers=redeemed_vnd // 50_000, bills=redeemed_vnd // 50_000,
            at_risk_vnd=sum_of(RowKind.REDEMPTION, Standing.AT_RISK), at_risk=1,
            at_risk_oldest_utc=NOON - timedelta(minutes=26), loss_vnd=sum_of(RowKind.REDEMPTION, Standing.LOSS),
            losses=1, sold_vnd=sum_of(RowKind.SALE, Standing.DONE), sales=1, codes=1, sales_waiting=1,
            booked_vnd=sum_of(RowKind.BOOKING, Standing.DONE), bookings=1, cases=2,
            case_oldest_utc=NOON - timedelta(hours=3), customer_s=8.42,
        )  # fmt: skip
        hours = tuple(HourBar(hour, "gotit", 50_000 * (hour - 6), 2) for hour in (8, 9, 11))
        return DayView(query, figures, len(chosen), hours, ("gotit",), ("Lan",), 0, 1)

    def rows(self, query: Query, first_index: int, count: int, running: Running) -> RowsPage:
        self.asked.append((first_index, count))
        chosen = self._of(query)
        return RowsPage(query, first_index, tuple(chosen[first_index : first_index + count]), len(chosen), 0, 1)

    def _of(self, query: Query) -> list[DayRow]:
        return [row for row in self.stock if query.first <= row.business_date <= query.last]

    def timeline(self, kind: RowKind, row_id: str) -> Timeline:
        raise NotImplementedError

    def support_facts(self, kind: RowKind, row_id: str) -> SupportFacts:
        raise NotImplementedError


class NoFilters:
    """Fits `SavedFilters`: there are none."""

    def all(self) -> Sequence[tuple[str, str]]:
        return ()

    def put(self, name: str, text: str, who: str) -> None:
        raise NotImplementedError

    def delete(self, name: str, who: str) -> None:
        raise NotImplementedError


def on_day(stock: Sequence[DayRow], day: date) -> list[DayRow]:
    """The same rows on another date."""
    return [replace(row, business_date=day) for row in stock]
