"""What the settler leaves alone, where it stops, who it says it is, and what a start does with open holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from pos.domain.errors import NotSent
from pos.domain.redemption import DONE, DROPPED, UNSENT, UNSENT_GIVEN, Hold
from pos.till.ports import Person, Role, Work
from pos.till.settle import PassEnd
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import waits
from tests.till.rig import Rig

A, B = "4471902835", "880213457719"
HOA = Person("2", "Hoa", Role.MANAGER)


class Plug(BaseException):
    """The plug is pulled."""


def pulled() -> None:
    raise Plug


def wants(till: Rig, work: Work, number: str = "B1") -> None:
    """The row's next step stands in the outbox, due now."""
    with till.journal.transaction("till") as tx:
        till.desk.redeemer.schedule(tx, till.row(number).id, work, 0.0)


def given_offline(till: Rig, issuer: FakeIssuer, code: str = A, number: str = "B1") -> None:
    bill = till.bill(number)
    bill.scan(code)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()
    issuer.cable_in = True


# ---------------------------------------------------------------- left alone


@pytest.mark.parametrize("work", [Work.SEND, Work.RELEASE, Work.INQUIRE])
def test_a_row_that_has_all_it_needs_leaves_the_outbox_without_a_call(
    till: Rig, issuer: FakeIssuer, work: Work
) -> None:
    """A step that was written before a cashier settled the row is not done any more."""
    till.sold(A)
    wants(till, work)
    calls = len(issuer.calls)
    till.settle()
    assert (till.row().state, waits(till), len(issuer.calls)) == (DONE, None, calls)


@pytest.mark.parametrize("work", [Work.RECHECK, Work.RELEASE])
def test_an_unsent_row_without_a_hold_waits_for_its_cashier_alone(
    till: Rig, issuer: FakeIssuer, clock: HandClock, work: Work
) -> None:
    """There is nothing to look at and nothing to give back."""
    issuer.faults["mark_used"] = ["setup"]
    till.sold(A)
    wants(till, work)
    clock.pass_s(24 * 3600)
    till.settle(now=True)
    assert (till.row().state, waits(till), issuer.count("inquire")) == (UNSENT, None, 0)


def test_a_hold_that_a_cashier_waits_for_is_not_given_back(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Only a hold that is to be released is; an inquiry left over from before finds nothing to do."""
    reserving_till.sold(A)
    wants(reserving_till, Work.INQUIRE)
    reserving_till.settle()
    assert (issuer.vouchers[A].held_for, waits(reserving_till)) == ("B1", None)


def test_a_pass_that_nobody_asked_for_keeps_to_the_schedule(till: Rig, issuer: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    assert till.settle().worked == 0
    assert till.settle(now=True).worked == 1


def test_a_person_who_asks_finds_a_broken_off_call_due_at_once(till: Rig, issuer: FakeIssuer) -> None:
    """A bug of ours ended the call: nobody works on the row, so it is asked about, not waited for."""
    issuer.faults["mark_used"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.sold(A)
    till.settle(now=True)
    assert waits(till) == ("inquire", 0, 0, 0, None)


def test_a_given_voucher_whose_hold_nobody_knows_waits_for_an_answer_not_to_be_sent(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """Taken offline together with another; the first inquiry finds nobody."""
    till = reserving_till
    issuer.faults["reserve"] = ["lost_before"]
    bill = till.sold(A)
    issuer.cable_in = False
    bill.scan(B)
    bill.declare(bill.view().lines[1].id, 50_000)
    bill.accept_offline(HOA)
    assert (till.row().state, till.row().hold) == (UNSENT_GIVEN, Hold.UNKNOWN)
    issuer.cable_in = True
    issuer.faults["inquire"] = ["lost_before"]
    till.settle()
    assert waits(till) == ("inquire", 15, 1, 0, None)


def test_a_bill_that_a_cashier_works_on_is_passed_by(till: Rig, issuer: FakeIssuer) -> None:
    """Nothing was done, and nothing speaks against going on."""
    given_offline(till, issuer)
    with till.desk.leases.try_hold("B1"):
        assert till.settle() == PassEnd(worked=0, stopped_by=None)


def test_a_row_whose_bill_is_gone_is_left_to_a_person(till: Rig, issuer: FakeIssuer) -> None:
    """Cannot happen; if it does nothing is sent, and the reason is said."""
    given_offline(till, issuer)
    till.journal.bill = lambda _: None  # type: ignore[method-assign, assignment]
    till.settle()
    assert [entry.quarantine for entry in till.journal.outbox()] == ["bug:journal.no_such_row"]
    assert issuer.count("mark_used") == 0


# ---------------------------------------------------------------- where a pass stops


@pytest.mark.parametrize("what", ["inquiry", "recheck", "release", "release after inquiry"])
def test_a_pass_stops_where_the_issuer_cannot_be_reached(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, what: str
) -> None:
    """Whatever it was doing: the other rows are not tried one by one into a dead network."""
    till = reserving_till
    for code, number in ((A, "B1"), (B, "B2")):
        if what in ("inquiry", "release after inquiry", "recheck"):
            issuer.faults["reserve"] = ["lost_before" if what != "release after inquiry" else "lost_after"]
        bill = till.sold(code, number=number)
        if what == "recheck":
            clock.pass_s(61)
            bill.ask_again()
        if what == "release":
            issuer.faults["release"] = ["not_sent"]
        if what != "inquiry":
            bill.drop()
    clock.pass_s(24 * 3600)
    operation = "release" if "release" in what else "inquire"
    issuer.faults[operation] = ["not_sent", "not_sent"]
    end = till.settle()
    assert isinstance(end.stopped_by, NotSent)
    assert len(issuer.faults[operation]) == 1


def test_a_day_s_last_look_waits_for_two_hours_of_this_run_when_no_clock_can_be_trusted(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """After a restart and without the issuer's time only what this run has seen go by counts."""
    issuer.date = None
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A)
    clock.pass_s(61)
    bill.ask_again()
    bill.drop()
    assert till.row().state == DROPPED
    clock.pass_s(24 * 3600)
    till.restart()
    asked = issuer.count("inquire")
    for gone_by_s in (0, 2 * 3600 - 1):
        clock.pass_s(gone_by_s)
        till.settle()
        assert issuer.count("inquire") == asked
    clock.pass_s(1)
    till.settle()
    assert issuer.count("inquire") == asked + 1


# ---------------------------------------------------------------- who it says it is


def test_what_happens_without_a_cashier_stands_under_the_till_s_own_name(till: Rig, issuer: FakeIssuer) -> None:
    """The audit chain tells a cashier's doing from the queue's."""
    given_offline(till, issuer)
    till.settle()
    with closing(sqlite3.connect(till.folder / "journal.db")) as reader:
        actors = [row[0] for row in reader.execute("SELECT actor FROM audit ORDER BY seq")]
    assert (actors[0], actors[-1]) == ("lan", "till")


# ---------------------------------------------------------------- at the start


def test_a_queued_reserve_that_was_cut_off_is_asked_about_five_seconds_after_the_start(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    given_offline(reserving_till, issuer)
    issuer.faults["reserve"] = [pulled]
    with pytest.raises(Plug):
        reserving_till.settle()
    clock.reboot()
    reserving_till.restart()
    assert waits(reserving_till) == ("inquire", 5, 0, 0, None)


def test_a_release_that_was_cut_off_frees_the_voucher_after_the_start(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Nobody knows whether it arrived: the till starts all the same, asks, and gives the hold back."""
    bill = reserving_till.sold(A)
    issuer.faults["release"] = [pulled]
    with pytest.raises(Plug):
        bill.drop()
    reserving_till.restart()
    assert reserving_till.row().hold is Hold.UNKNOWN
    reserving_till.settle_to_rest()
    assert (issuer.vouchers[A].held_for, waits(reserving_till)) == (None, None)


def test_a_hold_that_a_person_decides_about_keeps_no_other_hold(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """At the start the others of the same bill, and of later bills, are given back."""
    till = reserving_till
    till.sold(A, B)
    till.sold("5550000001", number="B2")
    wants(till, Work.RELEASE)
    with till.journal.transaction("till") as tx:
        tx.quarantine(till.row().id, "undecidable")
    till.restart()
    till.settle_to_rest()
    held = [code for code, truth in issuer.vouchers.items() if truth.held_for]
    assert held == [A]


# ---------------------------------------------------------------- whose clock


def test_the_next_step_is_told_by_our_clock_and_the_end_of_a_day_by_the_issuers(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """A person reads the one on this till's wall; the other decides when a day is over, and ours may be set."""
    issuer.date = lambda: clock.now_utc() + timedelta(seconds=90)
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A)
    (entry,) = till.journal.outbox()
    assert (entry.work, entry.due_utc) == (Work.INQUIRE, clock.now_utc() + timedelta(seconds=5))
    clock.pass_s(61)
    bill.ask_again()
    bill.drop()
    (entry,) = till.journal.outbox()
    assert (entry.work, entry.due_utc) == (Work.RECHECK, clock.now_utc() + timedelta(seconds=90))
