"""A shop in which anything happens in any order, for what must hold of every closing."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from pos.domain.booking_payment import BookingEvent, BookingState, JourneyFact, MoneyFact, VoucherFact
from pos.domain.cases import CaseKind
from pos.domain.closing import Flow, Standing, booking_standing, sale_standing, voucher_standing
from pos.domain.errors import ConfigError
from pos.domain.redemption import TABLE, UNSENT, Event, Outcome, State
from pos.domain.sale import SALE_TABLE, SaleEvent, SaleOutcome, SaleState
from pos.journal.booking_store import BookingStore
from pos.journal.closing_store import ClosingStore
from pos.journal.sale_store import SaleStore
from pos.till.ports import PrintState, TakeBackStep
from pos.till.review.closing import Shop, XReport, ZReport
from pos.till.review.closing_desk import ClosingDesk
from pos.till.review.shifts import ShiftDesk
from tests.journal import test_booking_rules, test_sale_rules
from tests.journal.shop import Counting, SteadyClock, add, bring_to, new, open_journal, stamp
from tests.till.review.people import NamedPeople

SHOP = Shop("Lê Lợi", "HN03", "T2", "production", (("gotit", "Got It"),))
MANAGER = "Hương"


class Unhurried:
    """A question that somebody waits for."""

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        pass


class NoPrinter:
    """Keeps what it was to print."""

    def __init__(self) -> None:
        self.printed: list[ZReport | XReport] = []

    def print_z(self, report: ZReport, told: object) -> None:
        self.printed.append(report)

    def print_x(self, report: XReport, told: object) -> None:
        self.printed.append(report)


class RandomShop:
    """One journal and everything that may happen to it. Every step is one the till itself could make."""

    def __init__(self, folder: Path, chance: random.Random, *, change_hour: int = 0) -> None:
        self.chance = chance
        self.clock = SteadyClock()
        self.hour = change_hour
        self.journal = open_journal(folder / "journal.db", self.clock, change_hour=lambda: self.hour)
        self.sales, self.bookings = SaleStore(self.journal), BookingStore(self.journal)
        self.store = ClosingStore(self.journal)
        self.people = NamedPeople("Lan", "Minh", MANAGER)
        self.printer = NoPrinter()
        self.shifts = ShiftDesk(self.store, self.people, self.clock.now_utc)
        self.desk = ClosingDesk(
            self.store, self.journal, self.shifts, self.clock, Counting(900_000),
            now=self.clock.now_utc, shop=lambda: SHOP, printer=self.printer,
        )  # fmt: skip
        self.count = 0

    def close(self) -> None:
        self.journal.close()

    # ------------------------------------------------------------ what may happen

    def step(self) -> None:
        steps = (
            self.voucher, self.voucher, self.voucher, self.on_an_old_bill, self.go_on, self.go_on, self.go_on,
            self.late, self.take_back, self.sale, self.sale_goes_on, self.booking, self.booking_goes_on, self.slip,
            self.clock_moves, self.count_papers, self.person_closes_a_case,
        )  # fmt: skip
        self.chance.choice(steps)()

    def voucher(self) -> None:
        self.count += 1
        add(self.journal, f"r{self.count}", self.count, bill_number=f"B{self.count}", amount_vnd=1_000 * self.count)
        bring_to(self.journal, f"r{self.count}", self.chance.choice((UNSENT, *_WAYS)))

    def on_an_old_bill(self) -> None:
        """The shop's own bill number is scanned again: its new voucher stands on a bill of an earlier day."""
        old = self._any("SELECT b.number FROM bill b JOIN redemption r ON r.bill_number = b.number")
        if old is not None:
            self.count += 1
            with self.journal.transaction("lan") as tx:
                tx.add_redemption(old, new(f"r{self.count}", self.count, 1_000 * self.count))
            bring_to(self.journal, f"r{self.count}", self.chance.choice((UNSENT, *_WAYS)))

    def go_on(self) -> None:
        ref = self._any("SELECT id FROM redemption WHERE taking_back = 'no'")
        if ref is None:
            return
        row = self.journal.redemption(ref)
        state = row.state
        events = [] if row.late else [event for was, event in TABLE if was == state and event is not Event.LATE_EFFECT]
        if events:
            event = self.chance.choice(events)
            with self.journal.transaction("lan") as tx:
                tx.move(ref, event, sent=stamp() if event is Event.SEND else None)

    def late(self) -> None:
        ref = self._any("SELECT id FROM redemption WHERE outcome = 'dropped'")
        if ref is not None:
            with self.journal.transaction("till") as tx:
                tx.move(ref, Event.LATE_EFFECT)
                tx.open_case(ref, CaseKind.LATE_EFFECT)

    def take_back(self) -> None:
        ref = self._any("SELECT id FROM redemption WHERE outcome = 'used' AND taking_back = 'no'")
        if ref is None:
            return
        with self.journal.transaction(MANAGER) as tx:
            tx.add_attempt(f"use-{ref}", "mark_used", [ref], stamp())
            tx.add_take_back(ref, TakeBackStep.BEGUN, manager=MANAGER, reason="x", call_id=f"back-{ref}")
        end = self.chance.choice((None, TakeBackStep.DONE, TakeBackStep.REFUSED, TakeBackStep.BY_HAND))
        if end is not None:
            with self.journal.transaction(MANAGER) as tx:
                tx.add_take_back(ref, end, manager=MANAGER, reason="x")
                if end is TakeBackStep.BY_HAND:
                    tx.open_case(ref, CaseKind.NOT_TAKEN_BACK)

    def sale(self) -> None:
        self.count += 1
        test_sale_rules.sold(self.sales, self.count)

    def sale_goes_on(self) -> None:
        ref = self._any("SELECT id FROM sale WHERE closed = 0")
        sale = None if ref is None else self.sales.sale(ref)
        if ref is None or sale is None or (sale.sends and sale.state.outcome is SaleOutcome.UNSENT):
            return
        events = [event for was, event in SALE_TABLE if was == sale.state and event is not SaleEvent.NOT_SENT]
        if events:
            test_sale_rules.brought(self.sales, ref, self.chance.choice(events))

    def booking(self) -> None:
        self.count += 1
        ref = test_booking_rules.begun(self.bookings, self.count)
        way = self.chance.choice(_BOOKING_WAYS)
        test_booking_rules.brought(self.bookings, ref, *way)

    def booking_goes_on(self) -> None:
        ref = self._any("SELECT id FROM booking WHERE closed = 0 AND journey = 'open'")
        if ref is not None:
            test_booking_rules.brought(self.bookings, ref, BookingEvent.ISSUED_HERE)

    def slip(self) -> None:
        number = self._any("SELECT number FROM bill")
        if number is None:
            return
        self.count += 1
        with self.journal.transaction("lan") as tx:
            tx.add_print_job(f"j{self.count}", number)
        state = self.chance.choice((None, PrintState.PRINTED, PrintState.SENT, PrintState.DOUBTFUL))
        if state is not None:
            with self.journal.transaction("printer") as tx:
                tx.set_print_state(f"j{self.count}", state)

    def clock_moves(self) -> None:
        self.clock.wall += timedelta(hours=self.chance.choice((-30, -2, 1, 5, 20, 40)))

    def count_papers(self) -> None:
        with contextlib.suppress(ConfigError):  # a date that is closed already, or lies before the last Z
            self.desk.count_papers("gotit", self.chance.randrange(5), MANAGER)

    def person_closes_a_case(self) -> None:
        ref = self._any("SELECT id FROM day_case WHERE closed_utc IS NULL")
        if ref is not None:
            with self.journal.transaction(MANAGER) as tx:
                tx.run(
                    "UPDATE day_case SET closed_utc = ?, closed_by = ?, closure = 'x' WHERE id = ?",
                    (tx.now_text, MANAGER, ref),
                )

    def close_day(self) -> ZReport | None:
        """Close the business date now, if the rules let it."""
        day = self.journal.business_date(self.clock.now_utc())
        try:
            return self.desk.close(day, MANAGER, leave_as_cases=True)
        except ConfigError:
            return None

    # ------------------------------------------------------------ what stands, read another way

    def standing(self) -> Counter[tuple[Flow, Standing]]:
        """How many rows stand how, read row by row without any of the closing's SQL."""
        found: Counter[tuple[Flow, Standing]] = Counter()
        for outcome, given, back in self._all("SELECT outcome, given, taking_back FROM redemption"):
            found[Flow.VOUCHER, voucher_standing(State(Outcome(outcome), bool(given)), back)] += 1
        for outcome, closed in self._all("SELECT outcome, closed FROM sale"):
            found[Flow.SALE, sale_standing(SaleState(SaleOutcome(outcome), bool(closed)))] += 1
        for v, m, j, closed in self._all("SELECT voucher, money, journey, closed FROM booking"):
            state = BookingState(VoucherFact(v), MoneyFact(m), JourneyFact(j), bool(closed))
            found[Flow.BOOKING, booking_standing(state)] += 1
        return +found

    def amount_vnd(self) -> Counter[tuple[Flow, Standing]]:
        """The same for amounts of vouchers."""
        found: Counter[tuple[Flow, Standing]] = Counter()
        for outcome, given, back, amount in self._all("SELECT outcome, given, taking_back, amount_vnd FROM redemption"):
            found[Flow.VOUCHER, voucher_standing(State(Outcome(outcome), bool(given)), back)] += amount
        return +found

    def _any(self, sql: str) -> str | None:
        found = self._all(sql)
        return self.chance.choice(found)[0] if found else None

    def _all(self, sql: str) -> list[tuple]:
        return self.journal.core.connections.get().execute(sql).fetchall()


_WAYS = tuple(
    State(outcome, given) for outcome in Outcome for given in (False, True)
    if not (outcome is Outcome.DROPPED and given)
)  # fmt: skip
E = BookingEvent
_BOOKING_WAYS: tuple[tuple[BookingEvent, ...], ...] = (
    (), (E.TAKE_MONEY,), (E.GIVE_UP,), (E.TAKE_MONEY, E.COMMIT, E.COMMIT_ENDED),
    (E.TAKE_MONEY, E.COMMIT, E.COMMIT_ENDED, E.ISSUED_HERE),
)  # fmt: skip
