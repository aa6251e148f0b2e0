"""What the database refuses of a sale, whoever asks; and that what is written is read back as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.bill import Bill
from pos.domain.errors import RuleBroken
from pos.domain.sale import SALE_TABLE, Order, Product, SaleEvent, SaleState, SealedCode, sale_after
from pos.journal.connection import connect
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.till.selling.ports import Due, How, NewSale, ProductList, Showing
from pos.till.selling.views import SaleCaseKind
from tests.journal.sale_bites import SALE_BITES
from tests.journal.shop import NOON, add, open_journal, stamp

DUE = Due("a", 5.0, NOON)
PHONE = "0900000001"
CODE = SealedCode("QUJDREVG", "EX0000000001", 50_000, "2027-12-31", "exampletel")


def sold(sales: SaleStore, number: int) -> str:
    """A sale whose money is taken."""
    sale_id, bill = f"s{number}", f"B{number}"
    with sales.journal.transaction("lan") as tx:
        tx.add_bill(Bill(bill, 100_000, NOON), business_date=NOON.date())
        order = Order(f"T{number}", "VT50", 2, 50_000)
        sales.writes(tx).add(NewSale(sale_id, bill, "codes", order, "Card 50", "Tel", 100_000), DUE)
    return sale_id


def sold_by_sms(sales: SaleStore, number: int, *, quantity: int = 1) -> None:
    """A sale whose code the issuer sends to a phone."""
    with sales.journal.transaction("lan") as tx:
        tx.add_bill(Bill(f"B{number}", 50_000, NOON), business_date=NOON.date())
        order = Order(f"T{number}", "VT50", quantity, 50_000, PHONE)
        sales.writes(tx).add(NewSale(f"s{number}", f"B{number}", "codes", order, "Card 50", "Tel", 50_000), DUE)


def brought(sales: SaleStore, sale_id: str, *events: SaleEvent) -> None:
    for event in events:
        with sales.journal.transaction("lan") as tx:
            sales.writes(tx).move(sale_id, event, sent=stamp() if event is SaleEvent.SEND else None)


def a_shop(sales: SaleStore) -> None:
    """See `sale_bites`."""
    journal = sales.journal
    send, lost, bought = SaleEvent.SEND, SaleEvent.LOST, SaleEvent.BOUGHT
    brought(sales, sold(sales, 1), send, lost, SaleEvent.NEVER_ARRIVED, send, lost)
    brought(sales, sold(sales, 2), send, bought)
    with journal.transaction("lan") as tx:
        writes = sales.writes(tx)
        writes.add_attempt("s2", "c1", "buy", stamp())
        writes.add_codes("s2", [CODE])
        writes.add_showing(Showing("s2", "lan", How.PRINT))
        writes.move("s2", SaleEvent.HANDED_OVER)
        writes.keep_products(ProductList("codes", (Product("VT50", "Card", "Tel", 50_000),), NOON, "a", 1.0))
    brought(sales, sold(sales, 3), send, bought)
    with journal.transaction("lan") as tx:
        writes = sales.writes(tx)
        writes.open_case("s3", SaleCaseKind.UNREADABLE)
        writes.close_cases("s3", [SaleCaseKind.UNREADABLE], closure="key mended")
        writes.open_case("s3", SaleCaseKind.NOT_DELIVERED)
        writes.set_due("s3", None)
    brought(sales, sold(sales, 4), send)
    sold_by_sms(sales, 5)
    add(journal, "r1", 1, bill_number="B0")  # type: ignore[arg-type]
    with journal.transaction("lan") as tx:
        tx.add_bill(Bill("B9", 1, NOON), business_date=NOON.date())


@pytest.fixture
def sales(journal: SqliteJournal) -> SaleStore:
    return SaleStore(journal)


@pytest.mark.parametrize(("trigger", "sql", "rule"), SALE_BITES)
def test_a_rule_bites_and_is_the_one_that_bites(
    journal: SqliteJournal, sales: SaleStore, trigger: str, sql: str, rule: str
) -> None:
    a_shop(sales)
    with closing(connect(journal.path)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match=rule.replace(".", r"\.")):
            raw.execute(sql)
        raw.execute("BEGIN")
        raw.execute(f"DROP TRIGGER {trigger}")
        assert raw.execute(sql).rowcount >= 1
        raw.execute("ROLLBACK")


def test_what_is_written_is_read_back_and_the_chain_holds(journal: SqliteJournal, sales: SaleStore) -> None:
    a_shop(sales)
    one = sales.sale("s1")
    assert one is not None
    assert (one.sends, one.unclear_sends, one.state.outcome.value, one.due) == (2, 2, "unknown", DUE)
    assert sales.codes("s2") == (CODE,)
    assert [s.id for s in sales.open_sales(10)] == ["s1", "s3", "s4", "s5"]
    assert [s.id for s in sales.in_flight()] == ["s4"]
    listed = sales.products("codes")
    assert listed is not None
    assert listed.products == (Product("VT50", "Card", "Tel", 50_000),)
    assert journal.verify().whole
    raw = sqlite3.connect(journal.path)
    with closing(raw):
        assert CODE.ciphertext not in str(raw.execute("SELECT * FROM sale_code").fetchall())
        assert CODE.serial not in str(raw.execute("SELECT facts FROM audit").fetchall())


def test_a_code_moved_to_another_sale_does_not_open(journal: SqliteJournal, sales: SaleStore) -> None:
    """Somebody with the file and an editor gets no other customer's code printed."""
    a_shop(sales)
    with closing(connect(journal.path)) as raw:
        raw.execute(
            "INSERT INTO sale_code SELECT 's3', 1, sealed, serial, face_vnd, expires, vendor, at_utc FROM sale_code"
        )
    with pytest.raises(Exception, match=r"vault\.wrong_key"):
        sales.codes("s3")


def test_a_phone_number_is_kept_sealed_and_read_back_by_this_till_only(
    journal: SqliteJournal, sales: SaleStore
) -> None:
    """Who copies the file or gets an export learns no customer's number; who edits it sends no code elsewhere."""
    sold_by_sms(sales, 1)
    sold_by_sms(sales, 2)
    one = sales.sale("s1")
    assert one is not None
    assert (one.order.phone, one.order.codes_to_come) == (PHONE, 0)
    journal.export(journal.path.with_name("export.jsonl"))
    written = [path.read_bytes() for path in journal.path.parent.iterdir() if path.is_file()]
    assert not any(PHONE.encode() in content or PHONE[1:].encode() in content for content in written)
    assert b'"by_phone": 1' in journal.path.with_name("export.jsonl").read_bytes()
    assert PHONE not in repr(one)
    assert journal.verify().whole
    with closing(connect(journal.path)) as raw:
        raw.execute("DROP TRIGGER sale_phone_is_fixed")
        raw.execute("UPDATE sale SET phone_sealed = (SELECT phone_sealed FROM sale WHERE id = 's2') WHERE id = 's1'")
    with pytest.raises(Exception, match=r"vault\.wrong_key"):
        sales.sale("s1")


def test_the_file_holds_no_sms_sale_of_several_codes(sales: SaleStore) -> None:
    """contracts/appotapay.md §13: one card per purchase by SMS."""
    with pytest.raises(Exception, match=r"journal|rule"):
        sold_by_sms(sales, 1, quantity=2)
    assert sales.sale("s1") is None


def test_one_order_id_is_one_sale_for_ever(sales: SaleStore) -> None:
    sold(sales, 1)
    with sales.journal.transaction("lan") as tx:
        tx.add_bill(Bill("B2", 1, NOON), business_date=NOON.date())
    again = NewSale("s2", "B2", "codes", Order("T1", "VT50", 2, 1), "x", "x", 1)
    with pytest.raises(RuleBroken), sales.journal.transaction("lan") as tx:
        sales.writes(tx).add(again, DUE)


_EVENTS = st.lists(st.sampled_from(list(SaleEvent)), max_size=12)


@given(events=_EVENTS)
@settings(max_examples=60, deadline=None)
def test_journal_and_table_never_differ(tmp_path_factory: pytest.TempPathFactory, events: list[SaleEvent]) -> None:
    """Whatever order events come in: what the table allows is what the file says, and nothing else changes it."""
    with closing(open_journal(tmp_path_factory.mktemp("j") / "journal.db")) as journal:
        sales = SaleStore(journal)
        sold(sales, 1)
        for event in events:
            before = sales.sale("s1")
            assert before is not None
            allowed = (before.state, event) in SALE_TABLE
            try:
                with journal.transaction("lan") as tx:
                    sales.writes(tx).move("s1", event, sent=stamp() if event is SaleEvent.SEND else None)
            except RuleBroken:
                assert not allowed
            after = sales.sale("s1")
            assert after is not None
            assert after.state == (sale_after(before.state, event) if allowed else before.state)
            assert after.sends >= before.sends
            assert 0 <= after.unclear_sends <= after.sends


def test_the_table_never_pays_back_what_may_be_bought_nor_hands_over_what_is_not() -> None:
    """Walked from the beginning along every way there is."""
    first = SaleState(next(iter(SALE_TABLE))[0].outcome, False)
    ways: list[tuple[SaleState, tuple[SaleEvent, ...]]] = [(first, ())]
    seen = set()
    while ways:
        state, past = ways.pop()
        for (before, event), after in SALE_TABLE.items():
            if before != state or (state, event) in seen:
                continue
            seen.add((state, event))
            if event is SaleEvent.PAID_BACK:
                assert state.outcome.value in ("not_bought", "dropped")
            if event is SaleEvent.HANDED_OVER:
                assert state.outcome.value == "bought"
            if event is SaleEvent.DROP:
                assert state.outcome.value == "unsent"
            ways.append((after, (*past, event)))
    assert seen == set(SALE_TABLE)
