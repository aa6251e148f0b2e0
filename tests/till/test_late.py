"""A voucher given up and used after all is a manager's: "finish the sale" never hands over more than the bill needs."""

from __future__ import annotations

import pytest

from pos.cli.bill_json import bill_object
from pos.domain.cases import CaseKind
from pos.domain.redemption import DONE, DROPPED, UNSENT, USED_NOT_GIVEN, Event
from pos.till.counter import CounterBill
from pos.till.ports import PrintState
from pos.till.slips import queue_copy
from pos.till.views import LineStatus, Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import TOTAL_VND, Rig, line

A, B = "4471902835", "880213457719"
DAY_S = 24 * 3600


@pytest.fixture(autouse=True)
def each_pays_the_whole_bill(issuer: FakeIssuer) -> None:
    issuer.vouchers[A].worth_vnd = issuer.vouchers[B].worth_vnd = 300_000


def given_up_then_used(till: Rig, issuer: FakeIssuer) -> None:
    """A sent, proven unused, dropped; the issuer carries the call out afterwards."""
    issuer.faults["mark_used"] = ["late"]
    till.sold(A)
    till.settle_to_rest(120)
    till.resume().drop()
    assert till.row().state == DROPPED
    issuer.commit_late()


def given_vnd(till: Rig, number: str = "B1") -> int:
    return sum(row.amount_vnd for row in till.journal.redemptions_of(number) if row.state.given)


def states(till: Rig) -> list[tuple[str, bool]]:
    return [(row.state.outcome.value, row.state.given) for row in till.journal.redemptions_of("B1")]


def kinds(till: Rig) -> list[tuple[str, CaseKind]]:
    return [(case.ending, case.kind) for case in till.journal.cases()]


def test_a_bill_already_paid_is_not_paid_again_by_a_late_effect(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """530,000 đ of goods for a bill of 265,000 đ: the voucher given up stays a case, whoever presses "finish"."""
    given_up_then_used(till, issuer)
    bill = till.resume()
    bill.scan(B)
    bill.confirm(loss_accepted=True)
    clock.pass_s(DAY_S)
    till.settle()
    for again in (bill, till.resume()):
        again.finish_sale()
        assert again.view().phase is Phase.DONE
        assert (again.view().voucher_vnd, again.view().left_vnd) == (TOTAL_VND, 0)
    assert states(till) == [("used", False), ("used", True)]
    assert given_vnd(till) == TOTAL_VND
    assert kinds(till) == [(A[-4:], CaseKind.LATE_EFFECT)]
    assert line(bill, A[-4:]).status is LineStatus.LATE


def test_nothing_is_handed_over_for_a_late_effect_even_where_the_bill_has_room(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The customer paid some other way, or left: only the manager knows what is owed to whom."""
    given_up_then_used(till, issuer)
    clock.pass_s(DAY_S)
    till.settle()
    bill = till.resume()
    bill.finish_sale()
    bill.customer_left()
    assert till.row().state == USED_NOT_GIVEN
    assert bill.view().phase is Phase.CLOSED
    assert (bill.view().voucher_vnd, bill.view().left_vnd) == (0, TOTAL_VND)
    assert kinds(till) == [(A[-4:], CaseKind.LATE_EFFECT)], "one case, not two"
    assert till.journal.print_jobs(states=list(PrintState)) == ()
    told = bill_object(till.journal, "B1")
    assert (told["outcome"], told["vouchers"][0]["reason"]) == ("refused", "late"), "no script hands over either"


def test_the_rest_of_the_bill_is_finished_and_gets_its_slip(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Beside the late voucher one that the customer still waits for: that one is handed over, with its slip."""
    given_up_then_used(till, issuer)
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.resume()
    bill.scan(B)
    bill.confirm(loss_accepted=True)
    clock.pass_s(DAY_S)
    till.settle()
    till.settle()
    assert bill.view().phase is Phase.FINISH
    bill.finish_sale()
    assert states(till) == [("used", False), ("used", True)]
    assert len(till.journal.print_jobs(states=[PrintState.PENDING])) == 1


def test_a_late_effect_takes_no_room_from_the_next_voucher(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """The customer comes back with another voucher: it pays the bill, for the late one pays nothing."""
    given_up_then_used(till, issuer)
    clock.pass_s(DAY_S)
    till.settle()
    bill = till.resume()
    bill.scan(B)
    assert line(bill, B[-4:]).amount_vnd == TOTAL_VND
    bill.confirm(loss_accepted=True)
    assert given_vnd(till) == TOTAL_VND


def test_when_it_was_seen_it_is_no_open_bill_but_a_case(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """There is nothing to finish on it: it must not lie in the cashier's list until the end of time."""
    given_up_then_used(till, issuer)
    clock.pass_s(DAY_S)
    till.settle()
    assert till.journal.open_bills() == ("B1",), "first it is shown"
    with till.journal.transaction("lan") as tx:
        tx.mark_shown([till.row().id])
    assert till.journal.open_bills() == ()
    (case,) = till.journal.cases()
    with till.journal.transaction("chi") as tx:
        tx.close_case(case.id, closure="the issuer gave it back")
    till.resume().finish_sale()
    assert till.row().state == USED_NOT_GIVEN, "settled by the manager: nothing is handed over afterwards"


def _overtaken(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """A's mark-use proven unused, its second reserve lost; B pays the bill; then A's mark-use takes effect."""
    issuer.set_reserving(True)
    issuer.faults["mark_used"] = ["late"]
    bill = till.bill()
    bill.scan(A)
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].held_for = None  # the hold ran out
    till.settle_to_rest(120)
    assert till.row().state == UNSENT
    issuer.faults["reserve"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    bill.scan(B)
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    assert given_vnd(till) == TOTAL_VND
    issuer.vouchers[A].used_for = "B1"
    clock.pass_s(61)


def test_a_voucher_overtaken_by_another_is_a_case_when_it_takes_effect_late(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """It was not given up, but the bill needs it no more."""
    _overtaken(till, issuer, clock)
    till.settle()
    assert states(till) == [("used", False), ("used", True)]
    assert kinds(till) == [(A[-4:], CaseKind.LATE_EFFECT)]
    till.resume().finish_sale()
    assert given_vnd(till) == TOTAL_VND


def test_a_late_effect_found_while_the_bill_still_needs_it_is_no_case(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """As above, but nothing else has paid: the customer still waits for just this voucher, the whole of the bill."""
    issuer.set_reserving(True)
    issuer.faults["mark_used"] = ["late"]
    bill = till.bill()
    bill.scan(A)
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].held_for = None
    till.settle_to_rest(120)
    issuer.faults["reserve"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].used_for = "B1"
    clock.pass_s(61)
    till.settle()
    assert states(till) == [("used", False)]
    assert kinds(till) == []
    till.resume().finish_sale()
    assert given_vnd(till) == TOTAL_VND


def test_whatever_led_there_what_exceeds_the_bill_stays_and_becomes_a_case(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The last line of defence: a row used and not given, without a case, on a bill that is paid."""
    _overtaken(till, issuer, clock)
    with till.journal.transaction("till") as tx:
        tx.move(till.row().id, Event.LATE_EFFECT)
    bill = till.resume()
    assert bill.view().phase is Phase.FINISH
    bill.finish_sale()
    assert states(till) == [("used", False), ("used", True)]
    assert given_vnd(till) == TOTAL_VND
    assert kinds(till) == [(A[-4:], CaseKind.LATE_EFFECT)]
    assert bill.view().phase is Phase.DONE
    assert len(till.journal.print_jobs(states=list(PrintState))) == 1, "nothing was handed over that a slip could tell"


def test_a_bill_whose_slip_is_out_gets_no_other_for_what_was_not_handed_over(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    _overtaken(till, issuer, clock)
    queue_copy(till.journal, till.chance, "B1", actor="lan")
    out = till.journal.print_jobs(states=list(PrintState))
    with till.journal.transaction("till") as tx:
        tx.move(till.row().id, Event.LATE_EFFECT)
    till.resume().finish_sale()
    assert kinds(till) == [(A[-4:], CaseKind.LATE_EFFECT)]
    assert till.journal.print_jobs(states=list(PrintState)) == out


@pytest.mark.parametrize(
    ("a_vnd", "b_vnd", "given"), [(150_000, 115_000, [True, False, True]), (200_000, 65_000, [False, True, True])]
)
def test_of_what_waits_as_much_is_handed_over_as_the_bill_needs(
    till: Rig, issuer: FakeIssuer, a_vnd: int, b_vnd: int, given: list[bool]
) -> None:
    """In the order scanned: one that is too much becomes a case and keeps none that fits from the customer."""
    issuer.vouchers[A].worth_vnd, issuer.vouchers[B].worth_vnd = a_vnd, b_vnd
    bill = till.bill()
    bill.waiting = False
    bill.scan(A)
    bill.scan(B)
    bill.confirm()
    _given_beside(till, issuer, bill, 100_000)
    till.resume().finish_sale()
    assert [row.state.given for row in till.journal.redemptions_of("B1")] == given
    assert [kind for _, kind in kinds(till)] == [CaseKind.LATE_EFFECT]
    assert given_vnd(till) <= TOTAL_VND


def _given_beside(till: Rig, issuer: FakeIssuer, bill: CounterBill, amount_vnd: int) -> None:
    """A third voucher was given on the bill, whatever led there."""
    issuer.faults["mark_used"] = ["setup"]
    bill.scan("5550000001")
    bill.confirm(loss_accepted=True)
    row = till.row(nth=2)
    with till.journal.transaction("till") as tx:
        tx.set_amounts(row.id, worth_vnd=amount_vnd, amount_vnd=amount_vnd, lost_vnd=0)
        tx.move(row.id, Event.SEND, sent=till.desk.redeemer.stamp())
        tx.move(row.id, Event.USED_HERE)


def test_a_late_effect_the_bill_still_needs_is_finished_at_the_counter(till: Rig, issuer: FakeIssuer) -> None:
    """Not given up and room for it: the customer waits for it, so it is no manager's."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    till.settle_to_rest(120)
    with till.journal.transaction("till") as tx:
        tx.move(till.row().id, Event.LATE_EFFECT)
    till.resume().finish_sale()
    assert till.row().state == DONE
    assert kinds(till) == []
