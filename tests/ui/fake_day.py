"""A day without a journal: rows in memory, asked through the real `DayDesk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pos.domain.business_date import business_date, local_time
from pos.domain.errors import JournalError
from pos.till.review.cases_views import CaseSource, CaseView
from pos.till.review.day import DayDesk
from pos.till.review.day_views import (
    UNPRINTED,
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
from pos.till.review.timeline_views import Entry, SupportCall, SupportFacts, Timeline, Tone
from tests.ui.fake_till import NOW_UTC, ManualClock

TODAY = date(2026, 11, 21)


class FakeReads:
    """Implements `pos.till.review.day.DayReads` over a list; newest first."""

    def __init__(self, rows: Sequence[DayRow] = (), cases: Sequence[CaseView] = ()) -> None:
        self.rows_list = list(rows)
        self.cases = list(cases)
        self.revision = 1
        self.unreadable = 0
        self.counting = True
        self.asked: list[tuple[int, int]] = []
        self.timelines: dict[str, Timeline] = {}

    def add(self, row: DayRow) -> None:
        """Something was sold."""
        self.rows_list.insert(0, row)
        self.revision += 1

    def _of(self, query: Query) -> list[DayRow]:
        return [row for row in self.rows_list if _fits(row, query)]

    def view(self, query: Query, running: Running) -> DayView:
        del running
        rows = self._of(query)
        days = [row for row in self.rows_list if query.first <= row.business_date <= query.last]
        return DayView(
            query, _figures(rows, self.cases), len(rows), _hours(rows),
            tuple(sorted({row.issuer for row in days})), tuple(sorted({row.cashier for row in days})),
            self.unreadable, self.revision,
        )  # fmt: skip

    def rows(self, query: Query, first_index: int, count: int, running: Running) -> RowsPage:
        del running
        self.asked.append((first_index, count))
        rows = self._of(query)
        found = tuple(rows[first_index : first_index + count])
        total = len(rows) if self.counting else None
        return RowsPage(query, first_index, found, total, self.unreadable, self.revision)

    def timeline(self, kind: RowKind, row_id: str) -> Timeline:
        if row_id in self.timelines:
            return self.timelines[row_id]
        row = next((row for row in self.rows_list if (row.kind, row.id) == (kind, row_id)), None)
        if row is None:
            raise JournalError("journal.no_such_row")
        return loss_timeline(row) if row.status is RowStatus.LOST else used_timeline(row)

    def support_facts(self, kind: RowKind, row_id: str) -> SupportFacts:
        row = self.timeline(kind, row_id).row
        call = SupportCall("c1", "mark_used", row.at_utc, row.at_utc, 200, "used")
        return SupportFacts(
            kind, row.issuer, row.bill_number, row.ending, row.amount_vnd, row.at_utc, row.status, "", "", (call,)
        )


class FakeSaved:
    """Implements `pos.till.review.day.SavedFilters`."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.who: list[tuple[str, str]] = []

    def all(self) -> Sequence[tuple[str, str]]:
        return sorted(self.texts.items())

    def put(self, name: str, text: str, who: str) -> None:
        self.texts[name] = text
        self.who.append((name, who))

    def delete(self, name: str, who: str) -> None:
        self.texts.pop(name, None)
        self.who.append((name, who))


class ShopClock:
    """Fits `pos.till.ports.Clock` over a test's own clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now_utc(self) -> datetime:
        return self._clock.now_utc()

    def mono_s(self) -> float:
        return self._clock.mono_s()


def fake_desk(reads: FakeReads, saved: FakeSaved, clock: ShopClock) -> DayDesk:
    """The real desk over fakes."""
    return DayDesk(reads, saved, clock)


# ---------------------------------------------------------------- rows


def row_of(number: int, at_utc: datetime, **changes: object) -> DayRow:
    """A used voucher."""
    plain = DayRow(
        RowKind.REDEMPTION, f"r{number:06}", at_utc, business_date(at_utc, 0), f"HN03-T2-20261121-{number:06}",
        f"{(number * 7919) % 10_000:04}", "gotit", "Highlands Coffee", 1, 50_000, Standing.DONE, RowStatus.USED,
        Slip.PRINTED, "Lan",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def busy_rows() -> list[DayRow]:
    """A day until 20:40, with everything that can happen; newest first."""
    begin = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    weights = (4, 6, 5, 9, 16, 13, 6, 5, 6, 9, 15, 17, 9)
    rows: list[DayRow] = []
    number = 0
    for hour, weight in enumerate(weights):
        for step in range(weight * 2):
            number += 1
            at = begin + timedelta(hours=hour, seconds=step * 3500 // (weight * 2))
            rows.append(row_of(number, at, **_variety(number)))
    last = rows[-1].at_utc
    rows += [row_of(900 + step, last + timedelta(seconds=20 * (step + 1)), **special) for step, special in
             enumerate(_SPECIALS)]  # fmt: skip
    return rows[::-1]


def _variety(number: int) -> dict[str, object]:
    if number % 11 == 0:
        return {"issuer": "vinid", "what": "E-voucher", "amount_vnd": 100_000, "cashier": "Minh", "slip": Slip.COPY}
    if number % 17 == 0:
        return {
            "kind": RowKind.SALE, "issuer": "appotapay", "what": "Viettel 50.000", "quantity": 2, "ending": "",
            "amount_vnd": 100_000, "status": RowStatus.SALE_DONE, "cashier": "Minh",
        }  # fmt: skip
    if number % 5 == 0:
        return {"what": "1 × Trà đào cam sả", "amount_vnd": 55_000, "cashier": "Minh"}
    if number % 29 == 0:
        return {"issuer": "gotadi", "what": "Khách sạn Đà Nẵng", "amount_vnd": 500_000}
    return {"amount_vnd": 50_000 + 10_000 * (number % 6)}


_SPECIALS: tuple[dict[str, object], ...] = (
    {"standing": Standing.AT_RISK, "status": RowStatus.OFFLINE_UNSENT, "what": "đã kiểm tra 20:02"},
    {"standing": Standing.AT_RISK, "status": RowStatus.OFFLINE_UNKNOWN, "what": "", "amount_vnd": 100_000},
    {"standing": Standing.LOSS, "status": RowStatus.LOST, "what": "", "amount_vnd": 100_000, "cashier": "Minh",
     "reason": "used_on_other_bill"},
    {"standing": Standing.REFUSED, "status": RowStatus.REFUSED, "amount_vnd": 0, "slip": Slip.NONE,
     "reason": "already_used"},
    {"standing": Standing.OPEN, "status": RowStatus.UNKNOWN, "slip": Slip.NONE},
    {"standing": Standing.TAKEN_BACK, "status": RowStatus.TAKEN_BACK},
    {"kind": RowKind.SALE, "standing": Standing.OPEN, "status": RowStatus.SALE_WAITING, "issuer": "appotapay",
     "what": "Mobifone 100.000", "ending": "", "quantity": 1, "amount_vnd": 100_000, "slip": Slip.NONE},
    {"kind": RowKind.BOOKING, "standing": Standing.DONE, "status": RowStatus.BOOKING_DONE, "issuer": "gotadi",
     "what": "GTD8F3K2 · HAN–DAD 05/12", "ending": "", "amount_vnd": 1_890_000},
    {"slip": Slip.DOUBTFUL, "cashier": "Nguyễn Thị Phương Thảo"},
    {"slip": Slip.PENDING},
)  # fmt: skip


def cases() -> list[CaseView]:
    """Three that wait."""
    plain = CaseView(
        CaseSource.REDEMPTION, 1, "loss", "r000902", "HN03-T2-20261121-000902", "4410", "gotit", "Got It", 100_000,
        "used_on_other_bill", NOW_UTC - timedelta(minutes=70), None,
    )  # fmt: skip
    return [
        plain,
        replace(plain, id=2, kind="undecidable", ending="0217", amount_vnd=50_000, owner="Hương",
                opened_utc=NOW_UTC - timedelta(minutes=22)),
        replace(plain, source=CaseSource.SALE, id=3, kind="incomplete", ending="", issuer="appotapay",
                opened_utc=NOW_UTC - timedelta(minutes=3)),
    ]  # fmt: skip


def long_names() -> list[DayRow]:
    """Words that do not fit."""
    at = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    return [
        row_of(
            number, at + timedelta(minutes=number),
            bill_number="SIEUTHIDIENMAYTRUNGTAM-0000000000001234567890-QUAY12",
            issuer="nha-phat-hanh-co-ten-rat-dai-va-la", cashier="Công Tằng Tôn Nữ Hoàng Thị Phương Nguyễn",
            what="Combo gia đình 8 người: 3 × gà rán lớn, 4 × nước ngọt, 2 × khoai tây chiên, 1 × bánh kem sinh nhật",
            amount_vnd=1_999_999_000, status=RowStatus.USED_BY_WORD,
        )
        for number in range(3)
    ]  # fmt: skip


# ---------------------------------------------------------------- answers


def _fits(row: DayRow, query: Query) -> bool:
    at = local_time(row.at_utc)
    minute = at.hour * 60 + at.minute
    text = query.text
    return (
        query.first <= row.business_date <= query.last
        and (not query.kinds or row.kind in query.kinds)
        and (not query.issuers or row.issuer in query.issuers)
        and (not query.standings or row.standing in query.standings)
        and (not query.people or row.cashier in query.people)
        and (query.low_vnd is None or row.amount_vnd >= query.low_vnd)
        and (query.high_vnd is None or row.amount_vnd <= query.high_vnd)
        and (query.from_minute is None or minute >= query.from_minute)
        and (query.to_minute is None or minute < query.to_minute)
        and (not text or row.ending == text or row.bill_number.startswith(text) or row.bill_number.endswith(text))
    )


def _figures(rows: Sequence[DayRow], cases: Sequence[CaseView]) -> Figures:
    vouchers = [row for row in rows if row.kind is RowKind.REDEMPTION]
    given = [row for row in vouchers if row.standing in (Standing.DONE, Standing.AT_RISK, Standing.LOSS)]
    risk = [row for row in vouchers if row.standing is Standing.AT_RISK]
    lost = [row for row in vouchers if row.standing is Standing.LOSS]
    sales = [row for row in rows if row.kind is RowKind.SALE]
    booked = [row for row in rows if row.kind is RowKind.BOOKING]
    return Figures(
        redeemed_vnd=_sum(given), vouchers=len(given), bills=len({row.bill_number for row in given}),
        at_risk_vnd=_sum(risk), at_risk=len(risk),
        at_risk_oldest_utc=NOW_UTC - timedelta(minutes=26) if risk else None,
        loss_vnd=_sum(lost), losses=len(lost), taken_back=sum(r.standing is Standing.TAKEN_BACK for r in rows),
        sold_vnd=_sum([r for r in sales if r.standing is Standing.DONE]),
        sales=len(sales), codes=sum(r.quantity for r in sales if r.standing is Standing.DONE),
        sales_waiting=sum(r.standing is Standing.OPEN for r in sales),
        booked_vnd=_sum(booked), bookings=len(booked),
        unprinted=sum(r.slip in UNPRINTED for r in rows), cases=len(cases),
        case_oldest_utc=min((case.opened_utc for case in cases), default=None),
        customer_s=38.4 if given else None,
    )  # fmt: skip


def _sum(rows: Sequence[DayRow]) -> int:
    return sum(row.amount_vnd for row in rows)


def _hours(rows: Sequence[DayRow]) -> tuple[HourBar, ...]:
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for row in rows:
        if row.kind is RowKind.REDEMPTION and row.standing in (Standing.DONE, Standing.AT_RISK, Standing.LOSS):
            key = (local_time(row.at_utc).hour, row.issuer)
            amount, count = sums.get(key, (0, 0))
            sums[key] = (amount + row.amount_vnd, count + 1)
    return tuple(HourBar(hour, issuer, *sums[hour, issuer]) for hour, issuer in sorted(sums))


# ---------------------------------------------------------------- timelines


def _entry(row: DayRow, after_s: float, kind: str, **fields: object) -> Entry:
    params = tuple((name, value) for name, value in fields.items() if name not in ("who", "took_s", "tone"))
    return Entry(
        row.at_utc + timedelta(seconds=after_s), kind, str(fields.get("who", "")), params,  # type: ignore[arg-type]
        fields.get("took_s"), Tone(str(fields.get("tone", "plain"))),  # type: ignore[arg-type]
    )  # fmt: skip


def used_timeline(row: DayRow) -> Timeline:
    """The common case: scanned, used, printed."""
    entries = (
        _entry(row, 0, "bill", who="Lan", bill=row.bill_number, total_vnd=265_000, lines=1),
        _entry(row, 0, "redemption", who="Lan", amount_vnd=row.amount_vnd, worth_vnd=row.amount_vnd),
        _entry(row, 0.01, "move.send", who="Lan"),
        _entry(row, 0.01, "call.mark_used", who="Lan", call="c-81f20a"),
        _entry(row, 0.43, "answer", operation="mark_used", result="used", http_status=200, call="c-81f20a",
               took_s=0.42, tone="good", raw="Thành công"),
        _entry(row, 0.44, "move.used_here", who="Lan", transaction="5120_88123", tone="good"),
        _entry(row, 0.47, "shown"),
        _entry(row, 0.5, "slip.pending"),
        _entry(row, 2.1, "slip.printed", who="printer", tone="good"),
    )  # fmt: skip
    facts = (("bill_total_vnd", 265_000), ("worth_vnd", row.amount_vnd), ("transaction_id", "5120_88123"),
             ("given_utc", row.at_utc.isoformat()), ("sends", 1), ("hold", "none"))  # fmt: skip
    return Timeline(row, facts, entries)


def loss_timeline(row: DayRow) -> Timeline:
    """Accepted offline, refused afterwards, looked after, not closed yet."""
    entries = (
        _entry(row, 0, "bill", who="Minh", bill=row.bill_number, total_vnd=180_000, lines=1),
        _entry(row, 0, "redemption", who="Minh", amount_vnd=100_000, worth_vnd=100_000, declared=True),
        _entry(row, 3, "offline_accepted", who="Minh", worth_vnd=100_000, declared=True, manager="Hương", tone="risk"),
        _entry(row, 3, "move.accept_offline", who="Minh", tone="risk"),
        _entry(row, 3.2, "slip.printed", who="printer", tone="good"),
        _entry(row, 1560, "move.send", who="settle"),
        _entry(row, 1560, "call.mark_used", who="settle", call="c-9a01be"),
        _entry(row, 1568, "no_answer", operation="mark_used", failure="net.read_timeout", result="net.read_timeout",
               call="c-9a01be", took_s=8.0, tone="unknown"),
        _entry(row, 1568, "move.lost", who="settle", note="net.read_timeout", tone="unknown"),
        _entry(row, 1573, "call.inquire", who="settle", call="c-9a01bf"),
        _entry(row, 1573.6, "answer", operation="inquire", result="used_elsewhere", http_status=200, call="c-9a01bf",
               took_s=0.6, tone="bad", raw="Voucher đã được sử dụng tại Cửa hàng 01 lúc 08:40"),
        _entry(row, 1573.6, "move.refused", who="settle", reason="used_on_other_bill", inquiry=True, tone="bad"),
        _entry(row, 1573.6, "case.opened", who="settle", case="loss", amount_vnd=100_000, tone="bad"),
        _entry(row, 5400, "case.owner", who="Hương", case="loss", owner="Hương", tone="person"),
    )  # fmt: skip
    facts = (("bill_total_vnd", 180_000), ("worth_vnd", 100_000), ("declared", True), ("sends", 1))
    return Timeline(row, facts, entries)
