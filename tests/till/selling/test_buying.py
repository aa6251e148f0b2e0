"""One sale at the counter: money once, bought once, handed over once; and what a person is told when it is not so."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pos.domain.errors import RuleBroken
from pos.domain.sale import SaleOutcome
from pos.till.ports import PrintState
from pos.till.selling.views import SaleCaseKind, SalePhase
from pos.till.slips import slip_rows
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller, Fault, PowerCut
from tests.till.selling.rig import SaleRig, standing_on_disk


def test_a_sale_is_bought_printed_and_over(till: SaleRig, seller: FakeSeller) -> None:
    sale_id = till.sold()
    assert till.phase(sale_id) is SalePhase.PRINTING
    till.print()
    assert till.phase(sale_id) is SalePhase.DONE
    sale = till.sale(sale_id)
    ((_, codes),) = till.printer.slips
    assert codes == (f"PINEX{sale.order.id}0", f"PINEX{sale.order.id}1")
    assert (seller.calls, sale.due) == (["buy"], None)


def test_a_slip_that_is_not_on_paper_is_listed_with_the_price_of_its_codes(till: SaleRig) -> None:
    sale = till.view(till.sold())
    (row,) = slip_rows(till.journal, till.journal.print_jobs(states=[PrintState.PENDING]))
    assert (row.bill_number, row.amount_vnd) == (sale.bill_number, sale.price_vnd)


def test_the_order_is_on_disk_before_it_leaves(till: SaleRig, seller: FakeSeller) -> None:
    """Read from the file by somebody else at the moment of the call: it is committed, and not only meant."""
    seen = []
    seller.on_buy = lambda order: seen.append(standing_on_disk(till.journal.path, order))
    till.sold()
    assert seen == ["in_flight"]


def test_an_order_id_is_of_the_contract(till: SaleRig) -> None:
    ids = {till.sale(till.paid()).order.id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(i) <= 23 and i.startswith("T1") and i.isascii() and i.isalnum() and i == i.upper() for i in ids)


@pytest.mark.parametrize("fault", [Fault.NOT_SENT, Fault.SETUP])
def test_what_provably_did_not_leave_is_sent_again_under_the_same_id_or_dropped(
    till: SaleRig, seller: FakeSeller, fault: Fault
) -> None:
    seller.faults = {0: fault}
    sale_id = till.sold()
    order = till.sale(sale_id).order
    view = till.view(sale_id)
    assert (view.phase, view.can_send, view.can_drop) == (SalePhase.UNSENT, True, True)
    till.send(sale_id)
    assert (till.phase(sale_id), seller.taken, till.sale(sale_id).order) == (SalePhase.PRINTING, [order.id], order)
    with pytest.raises(RuleBroken):
        till.desk.drop(sale_id, actor="Lan")


def test_a_refusal_of_the_only_send_is_certain(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.REFUSED}
    sale_id = till.sold()
    assert (till.phase(sale_id), till.view(sale_id).reason) == (SalePhase.PAY_BACK, "stock_short")
    till.desk.paid_back(sale_id, actor="Lan")
    assert till.phase(sale_id) is SalePhase.PAID_BACK


@pytest.mark.parametrize("second", [Fault.REFUSED, Fault.REFUSED_CONFIRM, Fault.SETUP])
def test_a_refusal_after_an_unclear_send_proves_nothing(till: SaleRig, seller: FakeSeller, second: Fault) -> None:
    """The first send may still be carried out: only an ask settles it, and nobody pays back before."""
    seller.faults = {0: Fault.LOST_BEFORE}
    sale_id = till.sold()
    till.settle_for(1200)
    assert till.phase(sale_id) is SalePhase.UNSENT
    seller.faults = {len(seller.calls): second}
    till.send(sale_id)
    assert till.sale(sale_id).state.outcome is SaleOutcome.UNKNOWN
    with pytest.raises(RuleBroken):
        till.desk.paid_back(sale_id, actor="Lan")


def test_a_refusal_to_be_confirmed_is_confirmed_by_one_ask(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.REFUSED_CONFIRM}
    sale_id = till.sold()
    assert till.phase(sale_id) is SalePhase.WAITING
    till.settle()
    assert (till.phase(sale_id), seller.calls) == (SalePhase.PAY_BACK, ["buy", "ask"])
    assert till.view(sale_id).reason == "failed"


def test_silence_is_asked_about_at_once_and_bought_is_handed_over(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LOST_AFTER}
    sale_id = till.sold()
    assert till.phase(sale_id) is SalePhase.WAITING
    till.settle()
    till.print()
    assert (till.phase(sale_id), seller.calls, len(seller.taken)) == (SalePhase.DONE, ["buy", "ask"], 1)


def test_never_arrived_needs_three_in_a_row_and_ten_minutes(
    till: SaleRig, seller: FakeSeller, clock: HandClock
) -> None:
    seller.faults = {0: Fault.LOST_BEFORE}
    sale_id = till.sold()
    sent_mono_s = clock.mono_s()
    till.settle_for(595)
    assert till.phase(sale_id) is SalePhase.WAITING
    assert till.sale(sale_id).not_found > 3
    till.settle_for(120)
    sale = till.sale(sale_id)
    assert (till.phase(sale_id), sale.sends) == (SalePhase.UNSENT, 1)
    assert clock.mono_s() - sent_mono_s >= 600


def test_an_answer_in_between_begins_the_count_anew(till: SaleRig, seller: FakeSeller) -> None:
    """Each of the last asks before ten minutes is answered "at it": one "not found" after them is no proof."""
    seller.faults = {0: Fault.LOST_BEFORE, **dict.fromkeys(range(3, 16), Fault.PENDING)}
    sale_id = till.sold()
    till.settle_for(700)
    assert len(seller.calls) in range(15, 18)
    assert till.phase(sale_id) is SalePhase.WAITING


def test_what_comes_late_is_found_and_never_bought_again(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LATE}
    sale_id = till.sold()
    till.waiting = False
    till.settle_for(900)
    assert (till.phase(sale_id), len(seller.taken)) == (SalePhase.TO_HAND_OVER, 1)
    assert till.view(sale_id).cases == (SaleCaseKind.NOT_DELIVERED,)


def test_after_never_arrived_it_is_sent_once_more_or_dropped_never_both(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LOST_BEFORE}
    sale_id = till.sold()
    till.settle_for(1200)
    seller.faults = {len(seller.calls): Fault.LOST_BEFORE}
    till.send(sale_id)
    with pytest.raises(RuleBroken):
        till.desk.drop(sale_id, actor="Lan")
    till.settle_for(1200)
    view = till.view(sale_id)
    assert (view.phase, view.can_send, view.can_drop) == (SalePhase.UNSENT, False, True)
    with pytest.raises(RuleBroken, match=r"rule\.sale_sends"):
        till.send(sale_id)
    till.desk.drop(sale_id, actor="Lan")
    with pytest.raises(RuleBroken):
        till.send(sale_id)
    till.desk.paid_back(sale_id, actor="Lan")
    assert seller.calls.count("buy") == 2


def test_the_schedule_of_asks_is_the_contracts(till: SaleRig, seller: FakeSeller, clock: HandClock) -> None:
    """At once, 3, 5, 10, 20, 30 s, every 60 s for 30 min, every 15 min until a day has gone; then a person."""
    seller.faults = {0: Fault.PENDING, **dict.fromkeys(range(1, 500), Fault.PENDING)}
    sale_id, asked = till.sold(), []
    began = clock.mono_s()
    while till.phase(sale_id) is SalePhase.WAITING:
        before = len(seller.calls)
        wait_s = till.settle()
        if len(seller.calls) > before:
            asked.append(clock.mono_s() - began)
        clock.pass_s(max(0.05, wait_s))
    pauses = [round(b - a) for a, b in pairwise(asked)]
    assert (round(asked[0]), pauses[:5], pauses[5:35], set(pauses[35:])) == (0, [3, 5, 10, 20, 30], [60] * 30, {900})
    assert till.phase(sale_id) is SalePhase.BY_HAND
    assert till.view(sale_id).cases == (SaleCaseKind.BY_HAND,)
    assert asked[-1] >= 24 * 3600


def test_a_thousand_open_sales_wake_the_till_only_when_one_is_due(
    till: SaleRig, seller: FakeSeller, clock: HandClock
) -> None:
    seller.faults = dict.fromkeys(range(20_000), Fault.PENDING)
    for _ in range(100):
        till.sold(1)
        clock.pass_s(1.7)
    calls = len(seller.calls)
    passes = till.settle_for(300)
    asks = len(seller.calls) - calls
    assert 0 < passes <= asks + 1
    assert asks >= 100


def test_without_network_only_the_network_is_tried_and_then_all_is_asked(till: SaleRig, seller: FakeSeller) -> None:
    """Nothing burns through the schedule while nothing can leave; when it is back, every open sale is asked about."""
    seller.faults = {n: Fault.LOST_AFTER for n in range(5)}
    sales = [till.sold(1) for _ in range(5)]
    seller.down = True
    till.settle_for(3600)
    assert (seller.calls.count("ask"), {till.sale(sale_id).asks for sale_id in sales}) == (1, {0})
    seller.down = False
    till.settle()
    assert {till.phase(sale_id) for sale_id in sales} == {SalePhase.PRINTING}


def test_fewer_codes_than_ordered_are_kept_asked_about_once_and_a_persons(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.SHORT}
    sale_id = till.sold()
    assert till.phase(sale_id) is SalePhase.INCOMPLETE
    assert len(till.view(sale_id).codes) == 1
    till.settle_for(7200)
    assert seller.calls == ["buy", "ask"]
    assert till.view(sale_id).cases == (SaleCaseKind.INCOMPLETE,)
    till.print()
    assert till.printer.slips == []


def test_codes_that_come_with_the_second_answer_make_it_whole(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.SHORT}
    sale_id = till.sold()
    seller.orders[till.sale(sale_id).order.id].short = False
    till.settle()
    till.print()
    assert (till.phase(sale_id), len(till.view(sale_id).codes)) == (SalePhase.DONE, 2)


def test_codes_that_cannot_be_read_are_bought_once_and_read_later(till: SaleRig, seller: FakeSeller) -> None:
    seller.readable = False
    sale_id = till.sold()
    till.print()
    assert (till.phase(sale_id), till.view(sale_id).cases) == (SalePhase.UNREADABLE, (SaleCaseKind.UNREADABLE,))
    assert not till.desk.decrypt_again(sale_id, actor="Lan")
    seller.readable = True
    assert till.desk.decrypt_again(sale_id, actor="Lan", here=True)
    till.print()
    assert (till.phase(sale_id), till.view(sale_id).cases, seller.calls) == (SalePhase.DONE, (), ["buy"])


def test_another_order_under_our_id_stops_everything(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LOST_BEFORE}
    sale_id = till.sold()
    order = till.sale(sale_id).order
    seller._carry_out(type(order)(order.id, order.product_code, 5, order.face_vnd))
    till.settle_for(90_000)
    assert (till.phase(sale_id), seller.calls) == (SalePhase.BY_HAND, ["buy", "ask"])
    assert till.view(sale_id).cases == (SaleCaseKind.OTHER_ORDER,)
    with pytest.raises(RuleBroken):
        till.desk.paid_back(sale_id, actor="Lan")
    seller.orders.clear()
    seller.taken.clear()


def test_money_taken_and_nothing_done_is_a_case_after_ten_minutes(till: SaleRig) -> None:
    till.waiting = False
    sale_id = till.paid()
    till.settle_for(660)
    assert till.view(sale_id).cases == (SaleCaseKind.NOT_DELIVERED,)
    till.desk.drop(sale_id, actor="Lan")
    till.desk.paid_back(sale_id, actor="Lan")
    assert till.view(sale_id).cases == ()


@pytest.mark.parametrize(
    ("cut", "after"), [(Fault.CUT_AFTER, SalePhase.TO_HAND_OVER), (Fault.CUT_BEFORE, SalePhase.UNSENT)]
)
def test_a_plug_pulled_in_mid_call_is_asked_about_first_thing(
    till: SaleRig, seller: FakeSeller, cut: Fault, after: SalePhase
) -> None:
    """Before any screen opens the sale says "not known yet", and not "buying": nobody is buying any more."""
    seller.faults = {0: cut}
    sale_id = till.paid()
    with pytest.raises(PowerCut):
        till.send(sale_id)
    till.restart()
    assert (till.phase(sale_id), till.sale(sale_id).sends) == (SalePhase.WAITING, 1)
    till.settle()
    assert seller.calls == ["buy", "ask"]
    till.settle_for(1200)
    assert (till.phase(sale_id), till.sale(sale_id).sends) == (after, 1)


def test_proof_that_it_never_arrived_survives_a_clock_set_ahead(
    till: SaleRig, seller: FakeSeller, clock: HandClock
) -> None:
    """Somebody sets the clock an hour ahead and the till starts anew: ten minutes have not passed for that."""
    seller.faults = {0: Fault.LOST_BEFORE}
    sale_id = till.sold()
    till.settle_for(30)
    clock.jump_s(3600)
    clock.reboot()
    till.restart()
    till.settle_for(500)
    assert till.phase(sale_id) is SalePhase.WAITING
    till.settle_for(300)
    assert till.phase(sale_id) is SalePhase.UNSENT


def test_when_the_network_is_back_what_would_wait_for_long_is_asked_about_too(
    till: SaleRig, seller: FakeSeller
) -> None:
    seller.faults = {0: Fault.PENDING, **dict.fromkeys(range(1, 60), Fault.PENDING)}
    old = till.sold(1)
    till.settle_for(3600)
    seller.down = True
    new = till.paid(1)
    seller.faults = {len(seller.calls): Fault.LOST_AFTER}
    seller.down = False
    till.send(new)
    seller.down = True
    till.settle()
    asks = till.sale(old).asks
    seller.down = False
    till.settle()
    assert till.sale(old).asks != asks or till.phase(old) is not SalePhase.WAITING
