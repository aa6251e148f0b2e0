"""A code that the issuer sends to the customer's phone: paid once, sold once, and never handed over a second time."""

from __future__ import annotations

import pytest

from pos.domain.errors import RuleBroken
from pos.domain.sale import Order, SaleOutcome
from pos.till.ports import PrintState
from pos.till.selling.views import SaleCaseKind, SalePhase
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import PRODUCT, SELLER, FakeSeller, Fault, PowerCut
from tests.till.selling.rig import LAN, MINH, SaleRig

PHONE = "0912345678"


@pytest.fixture
def seller(clock: HandClock) -> FakeSeller:
    return FakeSeller(clock, by_phone=True)


def test_it_is_sold_once_and_the_slip_has_no_code(till: SaleRig, seller: FakeSeller) -> None:
    """The issuer's verdict is the end: she has it, whatever becomes of the slip."""
    ordered: list[Order] = []
    seller.on_buy = ordered.append
    sale_id = till.sold(1, "+84 912 345 678")
    view = till.view(sale_id)
    assert (view.phase, view.phone, view.codes, view.cases) == (SalePhase.DONE, "•••• 678", (), ())
    assert [order.phone for order in ordered] == [PHONE]
    till.print()
    ((job, codes),) = till.printer.slips
    assert (codes, job.bill_number, view.transaction_id) == ((), view.bill_number, f"TX{view.order_id}")
    assert (seller.taken, till.desk.sales.open_sales(9), till.sale(sale_id).due) == ([view.order_id], (), None)


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.CUT_BEFORE])
def test_the_plug_is_pulled_between_buying_and_the_answer(till: SaleRig, seller: FakeSeller, fault: Fault) -> None:
    """After the restart the till still knows that no cards are to come: sold is sold, nothing waits to be handed over.

    And what never arrived is not taken for it.
    """
    seller.faults = {0: fault}
    with pytest.raises(PowerCut):
        till.sold(1, PHONE)
    till.restart()
    till.settle_for(1200)
    bill, *_ = till.journal.bill_numbers(limit=1)
    sale = till.desk.sales.sale_of(bill)
    assert sale is not None
    view = till.view(sale.id)
    if fault is Fault.CUT_AFTER:
        assert (view.phase, view.cases, sale.incomplete, seller.taken) == (SalePhase.DONE, (), False, [sale.order.id])
        assert till.desk.sales.slips(bill) == ()
    else:
        assert (view.phase, view.can_send, seller.taken) == (SalePhase.UNSENT, True, [])
        till.send(sale.id)
        assert (till.phase(sale.id), seller.taken, sale.order.phone) == (SalePhase.DONE, [sale.order.id], PHONE)


def test_a_lost_answer_is_asked_for_and_nothing_is_sent_twice(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LOST_AFTER}
    sale_id = till.sold(1, PHONE)
    assert till.phase(sale_id) is SalePhase.WAITING
    till.settle_for(60)
    assert (till.phase(sale_id), seller.calls, len(seller.taken)) == (SalePhase.DONE, ["buy", "ask"], 1)


def test_a_refused_purchase_is_paid_back(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.REFUSED}
    sale_id = till.sold(1, PHONE)
    assert till.phase(sale_id) is SalePhase.PAY_BACK
    till.desk.paid_back(sale_id, actor=LAN.name)


@pytest.mark.parametrize("settled", [False, True])
def test_a_code_that_comes_here_all_the_same_is_kept_and_never_handed_out(
    till: SaleRig, seller: FakeSeller, settled: bool
) -> None:
    """The phone may have it too. A manager's, and not even she gets it on paper or screen."""
    seller.faults = {0: Fault.SHORT}
    sale_id = till.sold(1, PHONE)
    till.settle_for(60)
    assert (till.phase(sale_id), till.view(sale_id).cases) == (SalePhase.INCOMPLETE, (SaleCaseKind.INCOMPLETE,))
    assert len(till.desk.sales.codes(sale_id)) == 1
    if settled:
        till.desk.close_case(sale_id, manager=MINH, closure="support: it was sent", not_bought=False)
        till.desk.reprint(sale_id, person=LAN, manager=MINH, reason="proof")
    else:
        with pytest.raises(RuleBroken, match=r"sale\.by_sms"):
            till.desk.reprint(sale_id, person=LAN, manager=MINH, reason="proof")
    with pytest.raises(RuleBroken, match=r"sale\.by_sms"):
        till.desk.show(sale_id, person=LAN, manager=MINH, reason="look")
    till.print()
    assert [codes for _, codes in till.printer.slips] == ([()] if settled else [])


def test_a_doubtful_proof_sends_nothing_again(till: SaleRig, seller: FakeSeller) -> None:
    """Paper out half way: the sale is over, a manager has the proof printed once more."""
    till.printer.ends = [lambda: (PrintState.DOUBTFUL, "printer.doubtful")]
    sale_id = till.sold(1, PHONE)
    till.print()
    assert till.phase(sale_id) is SalePhase.DOUBTFUL
    till.desk.reprint(sale_id, person=LAN, manager=MINH, reason="torn")
    till.print()
    assert (till.phase(sale_id), seller.calls) == (SalePhase.DONE, ["buy"])


def test_what_cannot_be_sold_by_sms_is_refused_before_money_is_taken(till: SaleRig, seller: FakeSeller) -> None:
    """Two codes, no number at all, and an issuer that does not send."""
    for quantity, phone, why in ((2, PHONE, "sale.quantity"), (1, "", "sale.phone"), (1, "0212345678", "sale.phone")):
        with pytest.raises(RuleBroken, match=why.replace(".", r"\.")):
            till.paid(quantity, phone)
    seller.by_phone = False
    with pytest.raises(RuleBroken, match=r"sale\.no_sms"):
        till.paid(1, PHONE)
    assert till.journal.bill_numbers(limit=9) == ()


def test_switched_off_after_the_money_nothing_leaves_and_the_money_can_go_back(
    till: SaleRig, seller: FakeSeller
) -> None:
    sale_id = till.paid(1, PHONE)
    seller.by_phone = False
    with pytest.raises(RuleBroken, match=r"sale\.no_sms"):
        till.send(sale_id)
    assert (till.sale(sale_id).state.outcome, seller.calls) == (SaleOutcome.UNSENT, [])
    till.desk.drop(sale_id, actor=LAN.name)
    till.desk.paid_back(sale_id, actor=LAN.name)


def test_the_list_tells_whether_it_can_be(till: SaleRig, seller: FakeSeller) -> None:
    assert till.desk.products.view(SELLER).by_phone
    seller.by_phone = False
    assert not till.desk.products.view(SELLER).by_phone
    assert till.desk.products.view(SELLER).tiles[0].code == PRODUCT.code
