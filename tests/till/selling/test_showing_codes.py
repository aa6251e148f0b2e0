"""Readable codes are money: each showing is on disk before it, a repeat needs a manager and a reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from pos.domain.errors import OutcomeUnknown, RuleBroken, SecurityError
from pos.domain.sale import CodeStatus
from pos.till.ports import Person, PrintJob, PrintState, Role, StoredBill
from pos.till.printing import Printing
from pos.till.selling.ports import How
from pos.till.selling.slips import SoldSlip
from pos.till.selling.views import SaleCaseKind, SalePhase
from pos.till.slips import queue_copy, seen_on_paper
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import LAN, MINH, Paper, SaleRig

HOA = Person("p3", "Hoa", Role.CASHIER)


def test_each_print_is_recorded_with_its_slip(till: SaleRig) -> None:
    sale_id = till.sold()
    (showing,) = till.desk.sales.showings(sale_id)
    (slip,) = till.desk.sales.slips(till.sale(sale_id).bill_number)
    assert (showing.who, showing.how, showing.job_id, showing.approved_by) == ("Lan", How.PRINT, slip.id, None)
    till.print()
    assert len(till.desk.sales.showings(sale_id)) == 1


def test_a_repeat_needs_a_manager_and_a_reason(till: SaleRig) -> None:
    sale_id = till.sold()
    till.print()
    for manager, reason, code in (
        (None, "lost", "needs_manager"),
        (HOA, "lost", "needs_manager"),
        (MINH, " ", "needs_reason"),
    ):
        with pytest.raises(SecurityError, match=rf"sale\.{code}"):
            till.desk.reprint(sale_id, person=LAN, manager=manager, reason=reason)
    till.print()
    assert len(till.printer.slips) == 1
    till.desk.reprint(sale_id, person=LAN, manager=MINH, reason="paper torn")
    till.print()
    assert [job.copy for job, _ in till.printer.slips] == [0, 1]
    copy = till.desk.sales.showings(sale_id)[-1]
    assert (copy.who, copy.approved_by, copy.reason) == ("Lan", "Minh", "paper torn")
    assert till.phase(sale_id) is SalePhase.DONE


def test_the_counters_own_reprint_gives_no_codes_away(till: SaleRig) -> None:
    """The way every other slip is repeated is closed for a slip that is worth money."""
    sale_id = till.sold()
    till.print()
    with pytest.raises(SecurityError, match=r"slip\.copy_needs_manager"):
        queue_copy(till.journal, till.chance, till.sale(sale_id).bill_number, actor="Lan", kinds=(till.slips,))


def test_a_doubtful_slip_is_looked_at_or_repeated_by_a_manager(till: SaleRig) -> None:
    till.printer.ends = [lambda: (PrintState.DOUBTFUL, "device.disconnected")]
    one = till.sold()
    till.print()
    assert till.phase(one) is SalePhase.DOUBTFUL
    till.print()
    assert len(till.printer.slips) == 1
    till.seen(one)
    assert till.phase(one) is SalePhase.DONE
    till.printer.ends = [lambda: (PrintState.DOUBTFUL, "device.disconnected")]
    two = till.sold()
    till.print()
    till.desk.reprint(two, person=LAN, manager=MINH, reason="half a slip")
    till.print()
    assert till.phase(two) is SalePhase.DONE


def test_a_slip_seen_in_the_list_of_slips_hands_over_too(till: SaleRig) -> None:
    till.printer.ends = [lambda: (PrintState.DOUBTFUL, "device.disconnected")]
    sale_id = till.sold()
    till.print()
    (slip,) = till.desk.sales.slips(till.sale(sale_id).bill_number)
    seen_on_paper(till.journal, slip.id, actor="Lan", kinds=(till.slips,))
    assert till.phase(sale_id) is SalePhase.DONE


def test_on_the_screen_only_ones_own_waiting_customers_codes(till: SaleRig) -> None:
    sale_id = till.sold()
    with pytest.raises(SecurityError, match=r"sale\.needs_manager"):
        till.desk.show(sale_id, person=HOA, manager=None, reason="")
    codes = till.desk.show(sale_id, person=LAN, manager=None, reason="")
    assert "PIN" not in repr(codes)
    assert till.phase(sale_id) is SalePhase.DONE
    assert till.desk.sales.showings(sale_id)[-1].how is How.SCREEN
    till.print()
    assert till.printer.slips == []
    with pytest.raises(SecurityError, match=r"sale\.needs_manager"):
        till.desk.show(sale_id, person=LAN, manager=None, reason="")
    with pytest.raises(SecurityError, match=r"sale\.needs_reason"):
        till.desk.show(sale_id, person=LAN, manager=MINH, reason="")
    till.desk.show(sale_id, person=LAN, manager=MINH, reason="customer asks")


@pytest.mark.parametrize("printer_comes_back", [True, False])
def test_codes_shown_while_the_printer_is_tried_are_not_printed_and_delay_no_other_slip(
    till: SaleRig, *, printer_comes_back: bool
) -> None:
    """The printer's thread has read the job already; the cashier does not wait for it."""
    shown, other = till.sold(), till.sold()

    def tried_in_vain() -> tuple[PrintState, str | None]:
        till.desk.show(shown, person=LAN, manager=None, reason="")
        return PrintState.PENDING, "device.not_found"

    class SlowPaper(Paper):
        def print_sold(
            self, job: PrintJob, sold: SoldSlip, bill: StoredBill, *, begin: Callable[[], None]
        ) -> tuple[PrintState, str | None]:
            if sold.sale.id != shown:
                return super().print_sold(job, sold, bill, begin=begin)
            end = tried_in_vain()
            return super().print_sold(job, sold, bill, begin=begin) if printer_comes_back else end

    paper = SlowPaper()
    slips = till.selling.slips(paper)
    assert Printing(till.journal, paper, till.chance, kinds=(slips,)).run_pending() is None
    assert [job.bill_number for job, _ in paper.slips] == [till.sale(other).bill_number]
    assert (till.phase(shown), till.phase(other)) == (SalePhase.DONE, SalePhase.DONE)


def test_nobody_waited_so_it_is_handed_over_late_by_a_manager(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.LOST_AFTER}
    sale_id = till.sold()
    till.waiting = False
    till.settle()
    till.print()
    assert (till.phase(sale_id), till.printer.slips) == (SalePhase.TO_HAND_OVER, [])
    with pytest.raises(SecurityError, match=r"sale\.needs_manager"):
        till.desk.hand_over_late(sale_id, person=LAN, manager=None)
    till.desk.hand_over_late(sale_id, person=LAN, manager=MINH)
    till.print()
    assert (till.phase(sale_id), till.view(sale_id).cases) == (SalePhase.DONE, ())
    assert seller.calls.count("status") == 2


@pytest.mark.parametrize("status", [CodeStatus.USED, CodeStatus.OTHER, CodeStatus.UNKNOWN_SERIAL])
def test_a_code_that_is_not_good_any_more_is_not_handed_over(
    till: SaleRig, seller: FakeSeller, status: CodeStatus
) -> None:
    seller.faults = {0: Fault.LOST_AFTER}
    sale_id = till.sold()
    till.waiting = False
    till.settle()
    seller.statuses = {till.view(sale_id).codes[1].serial: status}
    with pytest.raises(RuleBroken, match=r"sale\.code_not_active"):
        till.desk.hand_over_late(sale_id, person=LAN, manager=MINH)
    seller.statuses = {}
    seller.faults = {len(seller.calls): Fault.LOST_BEFORE}
    with pytest.raises(OutcomeUnknown):
        till.desk.hand_over_late(sale_id, person=LAN, manager=MINH)
    till.print()
    assert till.printer.slips == []
    assert till.view(sale_id).cases == (SaleCaseKind.NOT_DELIVERED,)


def test_a_slip_that_found_no_printer_is_not_printed_to_an_empty_shop(till: SaleRig, clock: HandClock) -> None:
    till.printer.ends = []
    sale_id = till.sold()
    till.waiting = False
    clock.pass_s(3600)
    till.print()
    assert till.printer.slips == []
    assert (till.phase(sale_id), till.view(sale_id).cases) == (
        SalePhase.TO_HAND_OVER,
        (SaleCaseKind.NOT_DELIVERED,),
    )


def test_no_code_stands_readable_in_the_journal(till: SaleRig) -> None:
    """Neither the plain code nor the issuer's ciphertext: who copies the file has nothing to try keys on."""
    sale_id = till.sold()
    till.desk.show(sale_id, person=LAN, manager=None, reason="")
    order_id = till.sale(sale_id).order.id
    with closing(sqlite3.connect(till.journal.path)) as raw:
        dump = "\n".join(
            map(
                str,
                (
                    row
                    for table in ("sale", "sale_code", "answer", "audit", "code_showing")
                    for row in raw.execute(f"SELECT * FROM {table}")
                ),
            )
        )
    assert f"PINEX{order_id}" not in dump
    assert "sealed-" not in dump


def test_what_the_seller_says_by_telephone_is_a_managers_word(till: SaleRig, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.UNCLEAR, **dict.fromkeys(range(1, 500), Fault.UNCLEAR)}
    sale_id = till.sold()
    till.waiting = False
    till.settle_for(26 * 3600)
    assert till.phase(sale_id) is SalePhase.BY_HAND
    with pytest.raises(RuleBroken):
        till.desk.paid_back(sale_id, actor="Lan")
    with pytest.raises(SecurityError, match=r"sale\.needs_manager"):
        till.desk.close_case(sale_id, manager=LAN, closure="support said no", not_bought=True)
    till.desk.close_case(sale_id, manager=MINH, closure="support said no", not_bought=True)
    assert (till.phase(sale_id), till.view(sale_id).cases) == (SalePhase.PAY_BACK, ())
    till.desk.paid_back(sale_id, actor="Lan")


def test_nothing_is_sold_from_yesterdays_list(till: SaleRig, clock: HandClock, seller: FakeSeller) -> None:
    clock.pass_s(24 * 3600)
    with pytest.raises(RuleBroken, match=r"sale\.list_too_old"):
        till.paid()
    seller.down = True
    shown = till.desk.products.renew("codes", actor="Lan")
    assert (shown.too_old, len(shown.tiles), shown.tiles[0].can_sell) == (True, 1, False)
    assert shown.fault is not None
    seller.down = False
    till.stock_up()
    till.paid()
