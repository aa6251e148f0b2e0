"""The figures of a query, summed by SQLite: a day in some milliseconds, two years day by day, with progress."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from pos.domain.errors import JournalDamaged
from pos.journal import review_sql as sql
from pos.journal.review_look import Look, Row
from pos.journal.rows import instant
from pos.till.review.day_views import Figures, HourBar, Query, RowKind, Standing

_NEWEST_BILLS = 2000
_TABLES = ("cases", "sale_case", "booking_case", "day_case")
_CASES = "SELECT count(*), min(opened_utc) FROM (" + (
    " UNION ALL ".join(f"SELECT opened_utc FROM {table} WHERE closed_utc IS NULL" for table in _TABLES) + ")"
)
# Two statements in one: each alone stops at its end of the index.
_DATES = "SELECT (SELECT min(business_date) FROM redemption), (SELECT max(business_date) FROM redemption)"
_GIVEN = "given = 1 AND taking_back <> 'done'"
_NOTHING: list[Row] = []
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Sums:
    """What is gathered, a part of the query after the other."""

    by_standing: dict[tuple[RowKind, Standing], list[int]] = field(default_factory=dict)
    bars: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    bills: set[int] = field(default_factory=set)
    codes: int = 0
    oldest: str | None = None

    def add(self, kind: RowKind, standing: str, count: int, amount_vnd: int) -> None:
        """Some rows of one standing."""
        sums = self.by_standing.setdefault((kind, Standing(standing)), [0, 0])
        sums[0] += count
        sums[1] += amount_vnd

    def of(self, kind: RowKind, standing: Standing) -> tuple[int, int]:
        """Count and sum."""
        count, amount_vnd = self.by_standing.get((kind, standing), (0, 0))
        return count, amount_vnd


class Summing:
    """Sums one query within one look."""

    def __init__(self, look: Look, query: Query, *, many_bills: bool) -> None:
        self._look = look
        self._query = query
        self._many_bills = many_bills
        self._values = sql.values_of(query)
        self._sums = Sums()

    def run(self) -> tuple[Figures, tuple[HourBar, ...], int]:
        """Figures, bars, and how many rows there are."""
        kinds, sums = sql.kinds_of(self._query), self._sums
        if RowKind.REDEMPTION in kinds:
            parts = list(self._parts())
            for done, (first, last) in enumerate(parts):
                self._look.step(done, len(parts))
                self._redemptions(first, last)
        for kind in (RowKind.SALE, RowKind.BOOKING):
            if kind in kinds:
                self._others(kind)
        bars = tuple(HourBar(hour, issuer, *reversed(both)) for (hour, issuer), both in sorted(sums.bars.items()))
        return self._figures(), bars, sum(count for count, _ in sums.by_standing.values())

    def _parts(self) -> Iterator[tuple[date, date]]:
        """Day by day, so that a part's rows are sorted in memory; few rows come at once."""
        first, last = self._query.first, self._query.last
        if sql.is_few(self._query, many_bills=self._many_bills):
            yield first, last
            return
        found = self._guarded(lambda: self._look.all(_DATES), _NOTHING)
        if found and found[0][0] is not None:
            first = max(first, date.fromisoformat(found[0][0]))
            last = min(last, date.fromisoformat(found[0][1]))
        while first <= last:
            yield first, first
            first += timedelta(days=1)

    def _redemptions(self, first: date, last: date) -> None:
        sums = self._sums
        part = {"first": first.isoformat(), "last": last.isoformat()}
        found = self._through_index_or_table(
            RowKind.REDEMPTION,
            f"SELECT provider, {sql.HOUR}, {sql.REDEMPTION_STANDING} AS standing, count(*), sum(amount_vnd) FROM {{}}"
            " GROUP BY 1, 2, 3",
            part,
        )
        risky = done = False
        for issuer, hour, standing, count, amount_vnd in found:
            sums.add(RowKind.REDEMPTION, standing, count, amount_vnd)
            risky = risky or standing == Standing.AT_RISK
            if standing == Standing.DONE:
                done = True
                bar = sums.bars.setdefault((hour, issuer), [0, 0])
                bar[0] += count
                bar[1] += amount_vnd
        if done:
            wanted = f"SELECT DISTINCT bill_number FROM {self._source()} AND {sql.REDEMPTION_STANDING} = 'done'"
            sums.bills.update(hash(number) for (number,) in self._look.readable(wanted, self._with(part)))
        if risky:
            wanted = f"SELECT given_utc FROM {self._source()} AND {sql.REDEMPTION_STANDING} = 'at_risk'"
            for (given_utc,) in self._look.readable(wanted, self._with(part)):
                sums.oldest = min(sums.oldest or given_utc, given_utc)

    def _through_index_or_table(self, kind: RowKind, wanted: str, part: dict[str, str]) -> list[Row]:
        """Sums through the day's index; if a page of it is damaged, from the table, and then it says so."""
        look, values = self._look, self._with(part)
        try:
            return look.all(wanted.format(self._source(kind)), values)
        except JournalDamaged:
            look.unreadable += 1
        if part:
            days = [date.fromisoformat(part[name]) for name in ("first", "last")]
            values["from_id"], values["to_id"] = sql.ids_around(*days)
        by_table = wanted.format(sql.source(self._query, kind, by_table=True))
        return self._guarded(lambda: look.all(by_table, values), _NOTHING)

    def _source(self, kind: RowKind = RowKind.REDEMPTION) -> str:
        return sql.source(self._query, kind, many_bills=self._many_bills)

    def _with(self, part: dict[str, str]) -> dict[str, Any]:
        return {**self._values, **part}

    def _others(self, kind: RowKind) -> None:
        codes = "quantity" if kind is RowKind.SALE else "1"
        wanted = f"SELECT {sql.STANDING[kind]}, count(*), sum({sql.AMOUNT[kind]}), sum({codes}) FROM {{}} GROUP BY 1"
        for standing, count, amount_vnd, quantity in self._through_index_or_table(kind, wanted, {}):
            self._sums.add(kind, standing, count, amount_vnd)
            if kind is RowKind.SALE and standing == Standing.DONE:
                self._sums.codes += quantity

    def _figures(self) -> Figures:
        of = self._sums.of
        vouchers, redeemed_vnd = of(RowKind.REDEMPTION, Standing.DONE)
        at_risk, at_risk_vnd = of(RowKind.REDEMPTION, Standing.AT_RISK)
        losses, loss_vnd = of(RowKind.REDEMPTION, Standing.LOSS)
        still_open, open_vnd = of(RowKind.REDEMPTION, Standing.OPEN)
        sales, sold_vnd = of(RowKind.SALE, Standing.DONE)
        bookings, booked_vnd = of(RowKind.BOOKING, Standing.DONE)
        cases = self._guarded(lambda: self._look.all(_CASES), [(0, None)])[0]
        return Figures(
            redeemed_vnd=redeemed_vnd, vouchers=vouchers, bills=len(self._sums.bills),
            at_risk_vnd=at_risk_vnd, at_risk=at_risk, at_risk_oldest_utc=instant(self._sums.oldest),
            loss_vnd=loss_vnd, losses=losses, open_vnd=open_vnd, open=still_open,
            taken_back=of(RowKind.REDEMPTION, Standing.TAKEN_BACK)[0],
            sold_vnd=sold_vnd, sales=sales, codes=self._sums.codes,
            sales_waiting=of(RowKind.SALE, Standing.OPEN)[0],
            booked_vnd=booked_vnd, bookings=bookings, bookings_waiting=of(RowKind.BOOKING, Standing.OPEN)[0],
            unprinted=self._guarded(self._unprinted, 0),
            cases=cases[0], case_oldest_utc=instant(cases[1]),
            customer_s=self._guarded(self._customer_s, None),
        )  # fmt: skip

    def _unprinted(self) -> int:
        """Few slips wait: for each of them, whether the query is about its bill."""
        rows = " OR ".join(
            f"EXISTS (SELECT 1 FROM {kind.value} WHERE bill_number = j.bill_number"
            f" AND business_date BETWEEN :first AND :last{self._text_is(kind)}{sql.filters(self._query, kind)})"
            for kind in sql.kinds_of(self._query)
        )
        return int(
            self._look.all(
                "SELECT count(*) FROM (SELECT DISTINCT bill_number FROM print_job p INDEXED BY print_job_waiting"
                " WHERE state IN ('pending', 'printing', 'doubtful') AND copy = (SELECT max(copy) FROM print_job n"
                f" WHERE n.bill_number = p.bill_number)) j WHERE {rows}",
                self._values,
            )[0][0]
        )

    def _text_is(self, kind: RowKind) -> str:
        return f" AND id IN ({sql.found(kind)})" if self._query.text.strip() else ""

    def _customer_s(self) -> float | None:
        if RowKind.REDEMPTION not in sql.kinds_of(self._query):
            return None
        found = self._look.all(
            "SELECT avg(took) FROM (SELECT (julianday(max(given_utc)) - julianday(b.created_utc)) * 86400.0 AS took"
            f" FROM (SELECT bill_number, given_utc FROM {self._source()} AND {_GIVEN}"
            f" ORDER BY business_date DESC, id DESC LIMIT {_NEWEST_BILLS}) CROSS JOIN bill b ON b.number = bill_number"
            " GROUP BY bill_number) WHERE took BETWEEN 0 AND 3600",
            self._values,
        )
        return None if found[0][0] is None else float(found[0][0])

    def _guarded(self, read: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
        try:
            return read()
        except JournalDamaged:
            self._look.unreadable += 1
            return otherwise
