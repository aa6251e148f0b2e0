"""What the database refuses of a payment of a booking, whoever asks; and that what is written is read back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pos.domain.bill import Bill
from pos.domain.booking_payment import BookingCaseKind, BookingEvent
from pos.domain.codes import VoucherCode
from pos.domain.errors import PosError, RuleBroken, SecurityError
from pos.journal.booking_store import BookingStore
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from pos.till.booking.ports import Due, NewPayment
from pos.till.booking.views import StepKind
from tests.journal.booking_bites import BOOKING_BITES
from tests.journal.shop import NOON, add, stamp

DUE = Due("a", 5.0, NOON)
CODE, TRACKING = VoucherCode("Tet24aBc"), "track_q1Zr+Yy/0aVnM3s8uQ2kT5b"
STAMPED = (BookingEvent.REDEEM, BookingEvent.COMMIT)


def begun(store: BookingStore, number: int, *, code: VoucherCode | None = None) -> str:
    """A payment on disk of which nothing has left."""
    payment_id, bill = f"k{number}", f"B{number}"
    with store.journal.transaction("lan") as tx:
        tx.add_bill(Bill(bill, 100_000, NOON), business_date=NOON.date())
        writes = store.writes(tx)
        new = NewPayment(payment_id, bill, "x", f"NUMBER{number}", "AIR", "SGN–HAN", "", 100_000, 0, NOON, f"t{number}")
        writes.add(new, DUE)
        if code is not None:
            writes.keep_voucher(payment_id, code, TRACKING, 20_000)
    return payment_id


def brought(store: BookingStore, payment_id: str, *events: BookingEvent) -> None:
    for event in events:
        with store.journal.transaction("lan") as tx:
            writes = store.writes(tx)
            if event is BookingEvent.TAKE_MONEY:
                writes.mark(payment_id, signed_vnd=100_000, taken_vnd=100_000)
            writes.move(payment_id, event, sent=stamp() if event in STAMPED else None)


E = BookingEvent


def a_shop(store: BookingStore) -> None:
    """See `booking_bites`."""
    journal = store.journal
    brought(store, begun(store, 1), E.TAKE_MONEY, E.COMMIT, E.COMMIT_ENDED)
    brought(store, begun(store, 2), E.TAKE_MONEY, E.COMMIT, E.COMMIT_ENDED, E.ISSUED_HERE)
    brought(store, begun(store, 3, code=CODE), E.ADD_VOUCHER, E.REDEEM, E.VOUCHER_USED)
    with journal.transaction("lan") as tx:
        writes = store.writes(tx)
        writes.add_attempt("k1", "c1", "commit", stamp())
        writes.add_step("k1", StepKind.COMMIT_SENT, amount_vnd=100_000)
        writes.open_case("k3", BookingCaseKind.OTHER_VOUCHER)
        writes.close_cases("k3", [BookingCaseKind.OTHER_VOUCHER], closure="support")
        writes.open_case("k3", BookingCaseKind.VOUCHER_USED_NOT_PAID)
        writes.set_due("k3", None)
        writes.mark("k3", signed_vnd=80_000)
    begun(store, 4)
    with journal.transaction("lan") as tx:
        store.writes(tx).mark("k4", signed_vnd=100_000)
    brought(store, begun(store, 5), E.TAKE_MONEY, E.GIVE_UP)
    brought(store, begun(store, 6, code=CODE), E.ADD_VOUCHER, E.REDEEM, E.VOUCHER_REFUSED, E.TAKE_MONEY)
    add(journal, "r1", 1, bill_number="BR")  # type: ignore[arg-type]
    with journal.transaction("lan") as tx:
        tx.add_bill(Bill("BN", 1, NOON), business_date=NOON.date())


@pytest.fixture
def store(journal: SqliteJournal) -> BookingStore:
    return BookingStore(journal)


@pytest.mark.parametrize(("trigger", "sql", "rule"), BOOKING_BITES)
def test_a_rule_bites_and_is_the_one_that_bites(
    journal: SqliteJournal, store: BookingStore, trigger: str, sql: str, rule: str
) -> None:
    a_shop(store)
    with closing(connect(journal.path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match=rule.replace(".", r"\.")):
            raw.execute(sql)
        raw.execute("BEGIN")
        raw.execute(f"DROP TRIGGER {trigger}")
        assert raw.execute(sql).rowcount >= 1
        raw.execute("ROLLBACK")


def test_what_is_written_is_read_back_and_the_chain_holds(journal: SqliteJournal, store: BookingStore) -> None:
    a_shop(store)
    three = store.payment("k3")
    assert three is not None
    assert (three.code, three.tracking, three.discount_vnd, three.redeems) == (CODE, TRACKING, 20_000, 1)
    assert three.redeemed == stamp()
    one = store.payment_of("B1")
    assert one is not None
    assert (one.commits, one.unclear_commits, one.taken_vnd, one.committed, one.due) == (1, 1, 100_000, stamp(), DUE)
    assert [p.id for p in store.open_payments(10)] == ["k1", "k3", "k4", "k5", "k6"]
    assert store.count_open() == 5
    assert [s.kind for s in store.steps("k1")] == [StepKind.COMMIT_SENT]
    assert journal.verify().whole


def test_neither_code_nor_tracking_stands_readable_in_the_file(journal: SqliteJournal, store: BookingStore) -> None:
    a_shop(store)
    with closing(sqlite3.connect(journal.path)) as raw:
        for table in ("booking", "booking_step", "audit"):
            text = str(raw.execute(f"SELECT * FROM {table}").fetchall())
            assert CODE.reveal() not in text
            assert TRACKING not in text


def test_a_code_moved_to_another_payment_does_not_open(journal: SqliteJournal, store: BookingStore) -> None:
    a_shop(store)
    with closing(connect(journal.path)) as raw:
        raw.execute(
            "UPDATE booking SET code_sealed = (SELECT code_sealed FROM booking WHERE id = 'k3') WHERE id = 'k6'"
        )
    with pytest.raises(SecurityError):
        store.payment("k6")


def test_no_second_payment_of_a_booking_and_no_second_voucher_on_it(store: BookingStore) -> None:
    a_shop(store)
    with store.journal.transaction("lan") as tx:
        tx.add_bill(Bill("B7", 100_000, NOON), business_date=NOON.date())
    second = NewPayment("k7", "B7", "x", "NUMBER3", "AIR", "", "", 100_000, 0, None, "t7")
    with pytest.raises(RuleBroken, match=r"rule\.booking_open"), store.journal.transaction("lan") as tx:
        store.writes(tx).add(second, DUE)
    brought(store, "k3", E.GIVE_UP)
    with store.journal.transaction("lan") as tx:
        writes = store.writes(tx)
        writes.add(second, DUE)
        writes.keep_voucher("k7", VoucherCode("Other123"), TRACKING, 1)
        writes.move("k7", E.ADD_VOUCHER)
    with pytest.raises(PosError), store.journal.transaction("lan") as tx:
        store.writes(tx).move("k7", E.REDEEM, sent=stamp())
    assert [p.redeems for p in store.open_payments(10) if p.id == "k7"] == [0]


def take(store: BookingStore, signed_vnd: int | None, taken_vnd: int) -> None:
    with store.journal.transaction("lan") as tx:
        writes = store.writes(tx)
        writes.mark("k1", signed_vnd=signed_vnd, taken_vnd=taken_vnd)
        writes.move("k1", E.TAKE_MONEY)


def test_money_is_the_signed_amount_or_none(store: BookingStore) -> None:
    begun(store, 1)
    for signed_vnd, taken_vnd in ((100_000, 99_999), (99_999, 99_999), (None, 100_000)):
        with pytest.raises(PosError):
            take(store, signed_vnd, taken_vnd)
    payment = store.payment("k1")
    assert payment is not None
    assert payment.taken_vnd is None
