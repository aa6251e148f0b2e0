"""Closing a day on a real journal: dates, clocks, shifts, two managers at once, sales meanwhile, papers, slips."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pos.domain.audit import first_break
from pos.domain.bill import Bill
from pos.domain.closing import DifferenceKind, Flow, Standing
from pos.domain.errors import ConfigError, JournalUnavailable, RuleBroken, SecurityError
from pos.domain.redemption import DONE, LOSS, UNKNOWN, UNKNOWN_GIVEN, USED_NOT_GIVEN, Event
from pos.i18n import Translator
from pos.journal import chain
from pos.receipts.report_slip import z_slip
from pos.till.ports import PrintState, TakeBackStep
from pos.till.review.closing import Doing, ZReport
from tests.journal.random_shop import MANAGER, RandomShop, Unhurried
from tests.journal.shop import accept_offline, add, bring_to, new, stamp
from tests.till.review.people import PIN

D20, D21, D22, D23 = (date(2026, 11, day) for day in (20, 21, 22, 23))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RandomShop]:
    made = RandomShop(tmp_path, random.Random(1))
    yield made
    made.close()


def at(shop: RandomShop, day: int, hour: int, minute: int = 0) -> None:
    """The clock on the shop's wall in November."""
    shop.clock.wall = datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def used(shop: RandomShop, number: int, bill: str | None = None) -> None:
    """A voucher used and given on a bill of its own, written as the clock stands."""
    with shop.journal.transaction("lan") as tx:
        bill_number = bill or f"B{number}"
        now = shop.clock.now_utc()
        tx.add_bill(Bill(bill_number, 265_000, now), business_date=tx.business_date(now))
        tx.add_redemption(bill_number, new(f"r{number}", number))
    bring_to(shop.journal, f"r{number}", DONE)


def closed(shop: RandomShop, day: date) -> ZReport:
    return shop.desk.close(day, MANAGER, leave_as_cases=True)


def bills(report: ZReport) -> int:
    return report.figures.bills


# ---------------------------------------------------------------- dates and clocks


def test_what_happens_at_half_past_one_belongs_to_yesterday_until_the_hour_of_change(shop: RandomShop) -> None:
    shop.hour = 4
    at(shop, 22, 1, 30)
    used(shop, 1)
    assert shop.journal.redemption("r1").business_date == D21
    stored = shop.journal.bill("B1")
    assert stored is not None
    assert stored.business_date == D21
    report = closed(shop, D21)
    assert (report.dates, bills(report)) == ((D21,), 1)
    at(shop, 22, 3, 59)
    used(shop, 2)
    at(shop, 22, 4, 0)
    used(shop, 3)
    assert [shop.journal.redemption(f"r{n}").business_date for n in (2, 3)] == [D21, D22]
    report = closed(shop, D22)
    assert (report.dates, bills(report)) == ((D21, D22), 2)


def test_across_midnight_nothing_is_counted_twice_or_never(shop: RandomShop) -> None:
    at(shop, 21, 23, 59)
    used(shop, 1)
    first = closed(shop, D21)
    used(shop, 2)  # after the Z, before midnight
    at(shop, 22, 0, 1)
    used(shop, 3)
    second = closed(shop, D22)
    assert (bills(first), bills(second)) == (1, 2)
    assert (second.after_bill_seq, second.dates) == (first.last_bill_seq, (D21, D22))


def test_a_setting_changed_in_mid_day_neither_loses_nor_doubles(shop: RandomShop) -> None:
    at(shop, 22, 2)
    used(shop, 1)
    closed(shop, D22)
    shop.hour = 4  # now it is the 21st again
    used(shop, 2)
    with pytest.raises(ConfigError, match=r"day\.before_last"):
        closed(shop, D21)
    at(shop, 23, 5)
    used(shop, 3)
    report = closed(shop, D23)
    assert (bills(report), report.dates) == (2, (D21, D23))


def test_a_clock_that_jumps_back_counts_no_bill_twice(shop: RandomShop) -> None:
    at(shop, 21, 20)
    used(shop, 1)
    closed(shop, D21)
    at(shop, 19, 20)
    used(shop, 2)
    with pytest.raises(ConfigError, match=r"day\.before_last"):
        closed(shop, date(2026, 11, 19))
    at(shop, 22, 9)
    report = closed(shop, D22)
    assert (bills(report), report.dates) == (1, (date(2026, 11, 19),))


def test_a_date_that_has_not_come_by_the_best_clock_there_is_cannot_be_closed(shop: RandomShop) -> None:
    at(shop, 21, 20)
    with pytest.raises(ConfigError, match=r"day\.in_future"):
        closed(shop, D22)
    assert shop.desk.z_reports(9) == ()


def test_a_bill_of_a_wrong_clocks_tomorrow_is_in_todays_z(shop: RandomShop) -> None:
    at(shop, 22, 9)
    used(shop, 1)
    at(shop, 21, 20)
    report = closed(shop, D21)
    assert (bills(report), report.dates) == (1, (D22,))


def test_a_day_without_sales_can_be_closed_and_numbers_have_no_gap(shop: RandomShop) -> None:
    for number, day in enumerate((21, 22, 23), 1):
        at(shop, day, 22)
        report = closed(shop, date(2026, 11, day))
        assert (report.number, bills(report), report.differences) == (number, 0, ())


def test_days_never_closed_are_in_the_next_z_by_name(shop: RandomShop) -> None:
    for number, day in enumerate((20, 21, 23), 1):
        at(shop, day, 12)
        used(shop, number)
    report = closed(shop, D23)
    assert (bills(report), report.dates) == (3, (D20, D21, D23))


def test_yesterday_closed_in_the_morning_leaves_todays_bills_to_today(shop: RandomShop) -> None:
    at(shop, 21, 20)
    used(shop, 1)
    accept_offline(shop.journal, "r2", 2, bill_number="B2")
    at(shop, 22, 9)
    used(shop, 3)
    with shop.journal.transaction("lan") as tx:
        tx.add_print_job("j3", "B3")
    report = closed(shop, D21)
    assert bills(report) == 2
    assert {one.bill_number for one in report.differences} == {"B2"}  # what is open today is today's
    assert bills(closed(shop, D22)) == 1


# ---------------------------------------------------------------- two at once, and sales that go on


def test_of_two_managers_at_once_one_closes_and_the_other_hears_who_and_when(shop: RandomShop) -> None:
    at(shop, 21, 22)
    used(shop, 1)
    ends: list[object] = []
    start = threading.Barrier(2)

    def close(who: str) -> None:
        start.wait()
        try:
            ends.append(shop.desk.close(D21, who, leave_as_cases=True))
        except ConfigError as error:
            ends.append(error)

    threads = [threading.Thread(target=close, args=(who,)) for who in ("Hương", "Hà")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (report,) = [end for end in ends if isinstance(end, ZReport)]
    (refused,) = [end for end in ends if isinstance(end, ConfigError)]
    assert refused.code == "day.already_closed"
    assert (refused.params["who"], refused.params["at"]) == (report.closed_by, "22:00 21/11/2026")
    assert len(shop.desk.z_reports(9)) == 1


def test_closing_while_the_queue_drains_and_sales_go_on_tells_every_row_once(shop: RandomShop) -> None:
    at(shop, 21, 22)
    for number in range(1, 41):
        accept_offline(shop.journal, f"q{number}", number, bill_number=f"Q{number}")
    done = threading.Event()

    def drain() -> None:
        for number in range(1, 41):
            for event in (Event.SEND, Event.USED):
                with shop.journal.transaction("till") as tx:
                    tx.move(f"q{number}", event, sent=stamp() if event is Event.SEND else None)
        done.set()

    def sell() -> None:
        number = 100
        while not done.is_set():
            number += 1
            used(shop, number)

    threads = [threading.Thread(target=drain), threading.Thread(target=sell)]
    for thread in threads:
        thread.start()
    first = closed(shop, D21)
    for thread in threads:
        thread.join()
    at(shop, 22, 22)
    second = closed(shop, D22)
    told = sum(z.figures.sum(Flow.VOUCHER)[0] for z in (first, second))
    assert told == sum(shop.standing().values())
    settled = sum(moved.count for moved in second.moved if moved.before is Standing.AT_RISK)
    unknown = sum(moved.count for moved in second.moved if moved.before is Standing.UNKNOWN)
    assert first.figures.sum(Flow.VOUCHER, Standing.AT_RISK)[0] == settled
    assert first.figures.sum(Flow.VOUCHER, Standing.UNKNOWN, Standing.UNSENT)[0] >= unknown


# ---------------------------------------------------------------- what stands for ever


def test_a_z_says_the_same_however_often_it_is_printed(shop: RandomShop) -> None:
    at(shop, 21, 22)
    accept_offline(shop.journal, "r1", 1)
    report = closed(shop, D21)
    for event in (Event.SEND, Event.REFUSED):
        with shop.journal.transaction("till") as tx:
            tx.move("r1", event, sent=stamp() if event is Event.SEND else None)
    used(shop, 2)
    at(shop, 22, 22)
    closed(shop, D22)
    again = shop.desk.z_report(1)
    assert again == report
    assert z_slip(again, Translator("vi")) == z_slip(report, Translator("vi"))


def test_the_closing_is_a_link_of_the_chain_and_covers_its_report(shop: RandomShop) -> None:
    at(shop, 21, 22)
    used(shop, 1)
    report = closed(shop, D21)
    links = list(chain.rows(shop.journal.core.connections.get()))
    assert first_break(links) is None
    assert (links[report.audit_seq - 1].hash, links[report.audit_seq].hash) == (report.audit_hash, report.link_hash)
    change = next(one for one in json.loads(links[report.audit_seq].facts) if one["kind"] == "day.closed")
    text = shop._all("SELECT report FROM day_close")[0][0]
    assert change["facts"]["report_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_no_voucher_code_is_in_the_report(shop: RandomShop) -> None:
    at(shop, 21, 22)
    accept_offline(shop.journal, "r1", 1)
    closed(shop, D21)
    assert "GOTIT0000001" not in shop._all("SELECT report FROM day_close")[0][0]


def fill_up(shop: RandomShop) -> None:
    """Count papers until the last page is full."""
    with contextlib.suppress(JournalUnavailable):
        for _ in range(200):
            shop.desk.count_papers("gotit", 1, MANAGER)
        raise AssertionError("the disk is not full")


def test_a_full_disk_closes_nothing(shop: RandomShop) -> None:
    at(shop, 21, 22)
    accept_offline(shop.journal, "r1", 1)
    connection = shop.journal.core.connections.get()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    fill_up(shop)
    with pytest.raises(JournalUnavailable):
        closed(shop, D21)
    connection.execute("PRAGMA max_page_count = 1073741823")
    assert shop._all("SELECT count(*) FROM day_case") == [(0,)]
    assert closed(shop, D21).new_cases > 0


# ---------------------------------------------------------------- what may be left


def test_nothing_is_left_without_the_managers_word(shop: RandomShop) -> None:
    at(shop, 21, 22)
    accept_offline(shop.journal, "r1", 1)
    with pytest.raises(RuleBroken) as refused:
        shop.desk.close(D21, MANAGER, leave_as_cases=False)
    assert (refused.value.code, refused.value.params) == ("day.differences_left", {"count": 2})  # row and slip
    assert shop._all("SELECT count(*) FROM day_close") == [(0,)]
    report = closed(shop, D21)
    assert report.new_cases == 2
    assert shop._all("SELECT kind, ref, owner, ending FROM day_case ORDER BY kind") == [
        ("open_row", "r1", MANAGER, "0001"),
        ("slip", "slip-r1", MANAGER, ""),
    ]
    at(shop, 22, 22)
    clean = shop.desk.close(D22, MANAGER, leave_as_cases=False)  # they are cases already
    assert (clean.new_cases, len(clean.differences)) == (0, 2)


def test_every_open_row_says_what_is_done_about_it(shop: RandomShop) -> None:
    at(shop, 21, 22)
    accept_offline(shop.journal, "r1", 1)
    for number, state in ((2, UNKNOWN), (3, USED_NOT_GIVEN), (4, UNKNOWN_GIVEN)):
        add(shop.journal, f"r{number}", number, bill_number=f"B{number}")
        bring_to(shop.journal, f"r{number}", state)
    rows = {row.difference.ref: row for row in shop.desk.view(Unhurried()).rows}
    kinds = {ref: row.difference.kind for ref, row in rows.items()}
    assert kinds == {
        "r1": DifferenceKind.AT_RISK, "r2": DifferenceKind.UNKNOWN, "r3": DifferenceKind.USED_NOT_GIVEN,
        "r4": DifferenceKind.AT_RISK,
    }  # fmt: skip
    assert (rows["r1"].doing, rows["r1"].due_in_s) == (Doing.QUEUED, 0.0)
    assert rows["r3"].doing is Doing.AT_COUNTER
    with shop.journal.transaction("till") as tx:
        tx.quarantine("r1", "bug:x")
    closed(shop, D21)
    with shop.journal.transaction(MANAGER) as tx:
        tx.run("UPDATE day_case SET closed_utc = 'x', closed_by = 'h', closure = 'x' WHERE ref = 'r1'")
    rows = {row.difference.ref: row for row in shop.desk.view(Unhurried()).rows}
    assert (rows["r1"].doing, rows["r2"].doing) == (Doing.PARKED, Doing.CASE)  # money still open is named again


def test_a_loss_is_in_the_figures_and_is_its_own_case(shop: RandomShop) -> None:
    at(shop, 21, 22)
    add(shop.journal, "r1", 1)
    bring_to(shop.journal, "r1", LOSS)
    report = shop.desk.close(D21, MANAGER, leave_as_cases=False)
    assert report.figures.sum(Flow.VOUCHER, Standing.LOSS) == (1, 50_000)
    assert [(one.table, one.kind, one.count) for one in report.cases] == [("cases", "loss", 1)]


def test_a_slip_that_a_person_has_decided_about_is_not_named_again(shop: RandomShop) -> None:
    at(shop, 21, 22)
    used(shop, 1)
    with shop.journal.transaction("lan") as tx:
        tx.add_print_job("j1", "B1")
    with shop.journal.transaction("printer") as tx:
        tx.set_print_state("j1", PrintState.DOUBTFUL)
    (slip,) = shop.desk.view(Unhurried()).slips
    assert (slip.difference.kind, slip.case) == (DifferenceKind.SLIP_DOUBTFUL, False)
    closed(shop, D21)
    with shop.journal.transaction(MANAGER) as tx:
        tx.run("UPDATE day_case SET closed_utc = 'x', closed_by = 'h', closure = 'customer has left'")
    at(shop, 22, 22)
    assert shop.desk.view(Unhurried()).to_zero


def test_a_doubtful_slip_is_settled_by_looking_or_by_a_copy(shop: RandomShop) -> None:
    at(shop, 21, 22)
    for number in (1, 2):
        used(shop, number)
        with shop.journal.transaction("lan") as tx:
            tx.add_print_job(f"j{number}", f"B{number}")
        with shop.journal.transaction("printer") as tx:
            tx.set_print_state(f"j{number}", PrintState.DOUBTFUL)
    shop.desk.seen_on_paper("j1", MANAGER)
    shop.desk.reprint("B2", MANAGER)
    (left,) = shop.desk.view(Unhurried()).slips
    assert (left.difference.bill_number, left.copy) == ("B2", 1)
    with shop.journal.transaction("printer") as tx:
        tx.set_print_state(left.difference.ref, PrintState.SENT)
    view = shop.desk.view(Unhurried())
    assert view.to_zero
    assert (view.figures.slips.confirmed, view.figures.slips.sent, view.figures.slips.copies) == (1, 1, 1)


# ---------------------------------------------------------------- papers


def test_the_last_count_counts_and_every_count_stays(shop: RandomShop) -> None:
    at(shop, 21, 22)
    for number in (1, 2, 3):
        used(shop, number)
    (paper,) = shop.desk.view(Unhurried()).papers
    assert (paper.expected, paper.counted) == (3, None)
    assert shop.desk.view(Unhurried()).to_zero  # vouchers on phones leave no paper: nobody is made to invent a count
    shop.desk.count_papers("gotit", 2, MANAGER)
    (one,) = shop.desk.view(Unhurried()).differences
    assert (one.kind, one.count) == (DifferenceKind.PAPER, -1)
    shop.desk.count_papers("gotit", 3, "Hà")
    assert shop.desk.view(Unhurried()).to_zero
    used(shop, 4)  # sold after the count
    assert [one.count for one in shop.desk.view(Unhurried()).differences] == [-1]
    report = closed(shop, D21)
    assert report.papers[0].counted_by == "Hà"
    assert shop._all("SELECT expected, counted FROM paper_count ORDER BY id") == [(3, 2), (3, 3)]
    assert shop._all("SELECT kind, ref, issuer FROM day_case") == [("paper", "2026-11-21", "gotit")]
    with pytest.raises(ConfigError, match=r"day\.already_closed"):
        shop.desk.count_papers("gotit", 4, MANAGER)


def test_a_voucher_given_after_the_z_of_its_bill_is_in_the_next_envelope(shop: RandomShop) -> None:
    at(shop, 21, 22)
    add(shop.journal, "r1", 1)
    bring_to(shop.journal, "r1", UNKNOWN)
    used(shop, 2)
    assert [one.expected for one in closed(shop, D21).papers] == [1]
    at(shop, 22, 22)
    with shop.journal.transaction("lan") as tx:
        tx.move("r1", Event.USED_HERE)
    with shop.journal.transaction("lan") as tx:
        tx.add_redemption("B1", new("r3", 3))
    bring_to(shop.journal, "r3", DONE)
    report = closed(shop, D22)
    assert [one.expected for one in report.papers] == [2]
    assert {(one.before, one.now) for one in report.moved} == {
        (Standing.UNKNOWN, Standing.USED), (None, Standing.USED),
    }  # fmt: skip


def test_a_voucher_taken_back_leaves_its_paper_with_the_customer(shop: RandomShop) -> None:
    at(shop, 21, 22)
    used(shop, 1)
    used(shop, 2)
    with shop.journal.transaction(MANAGER) as tx:
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
        tx.add_take_back("r1", TakeBackStep.BEGUN, manager=MANAGER, reason="x", call_id="c2")
    assert [row.difference.kind for row in shop.desk.view(Unhurried()).rows] == [DifferenceKind.TAKING_BACK]
    with shop.journal.transaction(MANAGER) as tx:
        tx.add_take_back("r1", TakeBackStep.DONE, manager=MANAGER, reason="x")
    report = closed(shop, D21)
    assert [one.expected for one in report.papers] == [1]
    assert report.figures.sum(Flow.VOUCHER, Standing.TAKEN_BACK) == (1, 50_000)


@pytest.mark.parametrize("counted", [-1, 100_001])
def test_an_impossible_count_is_refused(shop: RandomShop, counted: int) -> None:
    with pytest.raises(ConfigError, match=r"day\.count_impossible"):
        shop.desk.count_papers("gotit", counted, MANAGER)


# ---------------------------------------------------------------- shifts


def test_a_shift_opens_with_the_first_who_signs_in_and_only_one(shop: RandomShop) -> None:
    at(shop, 21, 8)
    lan, minh, _ = shop.people.everyone()
    for person in (lan, lan, minh):
        shop.shifts.signed_in(person)
    assert shop._all("SELECT opened_by FROM shift") == [("Lan",)]
    assert shop._all("SELECT count(*) FROM audit WHERE facts LIKE '%shift.opened%'") == [(1,)]


def test_a_shift_is_handed_over_on_the_incoming_persons_pin_and_no_bill_is_between_two(shop: RandomShop) -> None:
    at(shop, 21, 8)
    lan, minh, _ = shop.people.everyone()
    shop.shifts.signed_in(lan)
    used(shop, 1)
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        shop.desk.hand_over("Lan", minh.id, "0000")
    with pytest.raises(ConfigError, match=r"shift\.same_person"):
        shop.desk.hand_over("Lan", lan.id, PIN)
    taken = shop.desk.hand_over("Lan", minh.id, PIN)
    assert (taken.opened_by, shop.desk.shift()) == ("Minh", taken)
    used(shop, 2)
    used(shop, 3)
    assert shop.desk.x_report().figures.bills == 2
    report = closed(shop, D21)
    assert report.shift is not None
    assert report.shift.opened_by == "Minh"
    assert shop.desk.shift() is None
    used(shop, 4)  # nobody has signed in again
    shop.shifts.signed_in(lan)
    assert shop.desk.x_report().figures.bills == 1
    spans = shop._all("SELECT after_bill_seq, last_bill_seq FROM shift ORDER BY id")
    assert spans == [(0, 1), (1, 3), (3, None)]


def test_without_an_open_shift_there_is_nothing_to_hand_over(shop: RandomShop) -> None:
    with pytest.raises(ConfigError, match=r"shift\.none_open"):
        shop.desk.hand_over("Lan", shop.people.everyone()[1].id, PIN)


def test_a_shift_that_began_this_morning_survives_the_closing_of_yesterday(shop: RandomShop) -> None:
    at(shop, 21, 8)
    lan, minh, _ = shop.people.everyone()
    shop.shifts.signed_in(lan)
    used(shop, 1)
    at(shop, 22, 8)
    used(shop, 2)
    report = closed(shop, D21)
    assert report.shift is not None
    assert (report.shift.opened_by, report.shift.last_bill_seq) == ("Lan", 1)
    going_on = shop.desk.shift()
    assert going_on is not None  # today's bills are behind it already
    assert (going_on.opened_by, going_on.after_bill_seq) == ("Lan", 1)
    shop.desk.hand_over("Lan", minh.id, PIN)
    assert shop.desk.x_report().figures.bills == 0


def test_the_first_shift_of_a_till_that_has_sold_before_begins_now(shop: RandomShop) -> None:
    at(shop, 21, 8)
    used(shop, 1)
    shop.shifts.signed_in(shop.people.everyone()[0])
    assert shop.desk.x_report().figures.bills == 0


def test_an_x_changes_nothing(shop: RandomShop) -> None:
    at(shop, 21, 8)
    used(shop, 1)
    links = shop._all("SELECT count(*) FROM audit")
    shop.desk.x_report()
    shop.desk.view(Unhurried())
    assert shop._all("SELECT count(*) FROM audit") == links
