"""Some days of a shop for the manager's questions: rows of every kind and state, through the journal's own writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import strategies as st

from pos.domain.bill import Bill
from pos.domain.booking_payment import BookingCaseKind, BookingEvent
from pos.domain.cases import CaseKind
from pos.domain.codes import VoucherCode
from pos.domain.redemption import STATES, Event, State
from pos.domain.sale import Order, SaleEvent, SealedCode
from pos.journal.booking_store import BookingStore
from pos.journal.review_day import ReviewReads
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.till.booking.ports import Due as BookingDue
from pos.till.booking.ports import NewPayment
from pos.till.ports import NewRedemption, PrintState, SentStamp, TakeBackStep
from pos.till.review.day_views import DayRow, Query, RowKind, RowsPage, Standing
from pos.till.selling.ports import Due, NewSale
from tests.journal.shop import WAY_TO, SteadyClock

FIRST = date(2026, 11, 17)
LAST = date(2026, 11, 21)
ALL = Query(FIRST, LAST)
PEOPLE = ("Lan", "Minh", "Hương")
ISSUERS = ("gotit", "vinid")
E, B = SaleEvent, BookingEvent
SALES = (
    (), (E.SEND,), (E.SEND, E.LOST), (E.SEND, E.BOUGHT), (E.SEND, E.BOUGHT, E.HANDED_OVER), (E.SEND, E.NOT_BOUGHT),
    (E.SEND, E.NOT_BOUGHT, E.PAID_BACK), (E.DROP,), (E.DROP, E.PAID_BACK),
)  # fmt: skip
"""A way to each state of a sale."""
_COMMITTED = (B.TAKE_MONEY, B.COMMIT, B.COMMIT_ENDED)
BOOKINGS = (
    (), (B.TAKE_MONEY,), (B.TAKE_MONEY, B.COMMIT), _COMMITTED, (*_COMMITTED, B.HOLD), (*_COMMITTED, B.ISSUED),
    (*_COMMITTED, B.ISSUED_HERE), (*_COMMITTED, B.PAYMENT_FAILED), (*_COMMITTED, B.PAYMENT_FAILED, B.PAY_BACK),
    (B.TAKE_MONEY, B.GIVE_UP), (B.TAKE_MONEY, B.GIVE_UP, B.PAY_BACK), (B.GIVE_UP,),
)  # fmt: skip
"""The same of a booking."""


class Quiet:
    """A run that nobody stops."""

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        pass


@dataclass
class Shop:
    """Writes rows at moments of the test's choice."""

    journal: SqliteJournal
    clock: SteadyClock
    numbers: count[int] = field(default_factory=lambda: count(1))

    def at(self, day: date, hour: int, minute: int = 0) -> Shop:
        """The shop's wall clock says so."""
        self.clock.wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=7)
        return self

    def new_id(self) -> str:
        """As the program makes them: time first, here with a counted end."""
        return f"{int(self.clock.wall.timestamp() * 1000):012x}{next(self.numbers):014x}"

    def stamp(self) -> SentStamp:
        """A call that begins now."""
        return SentStamp(self.clock.wall, "run", self.clock.mono, None)

    def redeem(
        self, *events: Event, who: str = "Lan", issuer: str = "gotit", amount_vnd: int = 50_000, code: str = "",
        bill: str = "", prints: bool = True, row_id: str = "",
    ) -> str:  # fmt: skip
        """One voucher, and what happens to it; its id."""
        number, row_id = next(self.numbers), row_id or self.new_id()
        bill = bill or f"CH01-T1-{self.clock.wall:%Y%m%d}-{number:06d}"
        voucher = VoucherCode(code or f"GOTIT{number * 7919 % 10_000_000:07d}")
        begun = self.clock.wall
        self.clock.pass_s(12)
        with self.journal.transaction(who) as tx:
            tx.add_bill(Bill(bill, 2 * amount_vnd, begun), business_date=self.journal.business_date(begun))
            tx.add_redemption(bill, NewRedemption(row_id, 0, issuer, voucher, False, amount_vnd, amount_vnd, 0))
            if prints:
                tx.add_print_job(f"p{row_id}", bill)
        for event in events:
            self.clock.pass_s(1)
            with self.journal.transaction(who) as tx:
                tx.move(row_id, event, sent=self.stamp() if event is Event.SEND else None)
                if event is Event.SEND:
                    tx.add_attempt(f"c{row_id}-{next(self.numbers)}", "mark_used", [row_id], self.stamp())
        return row_id

    def printed(self, row_id: str, state: PrintState = PrintState.PRINTED) -> None:
        """Its slip has come to this end."""
        with self.journal.transaction("printer") as tx:
            tx.set_print_state(f"p{row_id}", PrintState.PRINTING)
            if state is not PrintState.PRINTING:
                tx.set_print_state(f"p{row_id}", state)

    def taken_back(self, row_id: str, *steps: TakeBackStep) -> None:
        """A manager wanted it back."""
        for step in steps:
            with self.journal.transaction("Mai") as tx:
                call_id = f"t{row_id}" if step is TakeBackStep.BEGUN else None
                tx.add_take_back(row_id, step, manager="Mai", reason="khách trả hàng", call_id=call_id)
                if step is TakeBackStep.BY_HAND:
                    tx.open_case(row_id, CaseKind.NOT_TAKEN_BACK)

    def sell(self, *events: SaleEvent, who: str = "Lan", quantity: int = 2) -> str:
        """One sale of codes."""
        number, sale_id = next(self.numbers), self.new_id()
        sales, bill = SaleStore(self.journal), f"S-{number:06d}"
        with self.journal.transaction(who) as tx:
            tx.add_bill(Bill(bill, 50_000 * quantity, self.clock.wall), business_date=self.clock.wall.date())
            order = Order(f"T{number}", "VT50", quantity, 50_000)
            due = Due("run", 5.0, self.clock.wall)
            new = NewSale(sale_id, bill, "codes", order, "Thẻ 50", "Viettel", 50_000 * quantity)
            sales.writes(tx).add(new, due)
        for event in events:
            self.clock.pass_s(1)
            with self.journal.transaction(who) as tx:
                sales.writes(tx).move(sale_id, event, sent=self.stamp() if event is E.SEND else None)
                if event is E.BOUGHT:
                    codes = [SealedCode("QUJD", f"EX{number:08d}{i}", 50_000, "2027-12-31") for i in range(quantity)]
                    sales.writes(tx).add_codes(sale_id, codes)
        return sale_id

    def book(self, *events: BookingEvent, who: str = "Lan") -> str:
        """One payment of a booking."""
        number, payment_id = next(self.numbers), self.new_id()
        store, bill = BookingStore(self.journal), f"B-{number:06d}"
        with self.journal.transaction(who) as tx:
            tx.add_bill(Bill(bill, 100_000, self.clock.wall), business_date=self.clock.wall.date())
            new = NewPayment(
                payment_id, bill, "gotadi", f"HT{number:06d}", "HOTEL", "Biển Xanh", "", 100_000, 0, None, f"t{number}"
            )
            store.writes(tx).add(new, BookingDue("run", 5.0, self.clock.wall))
        for event in events:
            self.clock.pass_s(1)
            with self.journal.transaction(who) as tx:
                writes = store.writes(tx)
                if event is B.TAKE_MONEY:
                    writes.mark(payment_id, signed_vnd=100_000, taken_vnd=100_000)
                if event is B.HOLD:
                    writes.open_case(payment_id, BookingCaseKind.HELD)
                writes.move(payment_id, event, sent=self.stamp() if event is B.COMMIT else None)
        return payment_id


def fill(shop: Shop) -> None:
    """Four days with something of everything, and one day without a sale."""
    turn = count()
    for day in (FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=3), LAST):
        for hour in (8, 12, 18, 23):
            for state in STATES:
                shop.at(day, hour, next(turn) % 50)
                row_id = shop.redeem(
                    *WAY_TO[state], who=PEOPLE[next(turn) % 3], issuer=ISSUERS[next(turn) % 5 // 3],
                    amount_vnd=10_000 * (1 + next(turn) % 9),
                )  # fmt: skip
                if next(turn) % 2:
                    shop.printed(row_id, (PrintState.PRINTED, PrintState.DOUBTFUL, PrintState.SENT)[next(turn) % 3])
        used = (Event.SEND, Event.USED_HERE)
        for steps in (
            (TakeBackStep.BEGUN,), (TakeBackStep.BEGUN, TakeBackStep.DONE), (TakeBackStep.BEGUN, TakeBackStep.REFUSED),
            (TakeBackStep.BEGUN, TakeBackStep.BY_HAND),
        ):  # fmt: skip
            shop.at(day, 15, next(turn) % 50).taken_back(shop.redeem(*used, who=PEOPLE[next(turn) % 3]), *steps)
        late(shop, closed=False)
        late(shop, closed=True)
        for sale in SALES:
            shop.at(day, 10, next(turn) % 50).sell(*sale, who=PEOPLE[next(turn) % 3], quantity=1 + next(turn) % 3)
        for booking in BOOKINGS:
            shop.at(day, 11, next(turn) % 50).book(*booking, who=PEOPLE[next(turn) % 3])


def late(shop: Shop, *, closed: bool) -> str:
    """A voucher that was given up and turned out used for our bill after all."""
    row_id = shop.redeem(Event.DROP, Event.LATE_EFFECT)
    with shop.journal.transaction("settle") as tx:
        tx.open_case(row_id, CaseKind.LATE_EFFECT)
    if closed:
        case = next(case for case in shop.journal.cases() if case.redemption_id == row_id)
        with shop.journal.transaction("Mai") as tx:
            tx.close_case(case.id, closure="Got It hoàn tiền")
    return row_id


def way(state: State) -> tuple[Event, ...]:
    """See `WAY_TO`."""
    return WAY_TO[state]


def every_row(reads: ReviewReads, query: Query) -> tuple[DayRow, ...]:
    """All rows of a query at once."""
    page: RowsPage = reads.rows(query, 0, 100_000, Quiet())
    assert page.total == len(page.rows)
    return page.rows


def the_row(reads: ReviewReads, row_id: str) -> DayRow:
    """As the table shows it."""
    return next(row for row in every_row(reads, Query(date(2020, 1, 1), date(2030, 1, 1))) if row.id == row_id)


def some(values: Iterable[str]) -> st.SearchStrategy[frozenset[str]]:
    """None, one or two of them."""
    return st.frozensets(st.sampled_from(sorted(values)), max_size=2)


MINUTES = st.one_of(st.none(), st.integers(0, 1439))
AMOUNTS = st.one_of(st.none(), st.integers(0, 160_000))
QUERIES = st.builds(
    Query,
    first=st.sampled_from([FIRST + timedelta(days=n) for n in range(-1, 5)]),
    last=st.sampled_from([FIRST + timedelta(days=n) for n in range(6)] + [FIRST + timedelta(days=99)]),
    kinds=st.frozensets(st.sampled_from(RowKind), max_size=2),
    issuers=some(["gotit", "vinid", "codes", "gotadi", "nobody"]),
    standings=st.frozensets(st.sampled_from(Standing), max_size=3),
    people=some(PEOPLE),
    low_vnd=AMOUNTS,
    high_vnd=AMOUNTS,
    from_minute=MINUTES,
    to_minute=MINUTES,
)
