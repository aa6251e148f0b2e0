"""Figures and words on a bill's screen in the less usual cases: resumed, taken offline, half known, half refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.domain.reasons import Reason
from pos.domain.redemption import DROPPED, REFUSED, Hold
from pos.domain.voucher import CallRefused, Detail, NotUsable
from pos.till.ports import Person, Role
from pos.till.views import BillView, LineStatus, Phase, Verdict
from tests.till.fake_issuer import WORTH_VND, FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import TOTAL_VND, Rig, voucher
from tests.till.screen import Screen
from tests.till.test_showing import full_disk, money

A, B, C = "4471902835", "880213457719", "5550000000012"
HOA = Person("2", "Hoa", Role.MANAGER)


@pytest.fixture
def screen(till: Rig) -> Screen:
    return Screen(till)


# ---------------------------------------------------------------- drafts


def test_a_fresh_bill_asks_for_nothing_and_promises_nothing(screen: Screen) -> None:
    """Only its number and total stand there."""
    screen.bill.publish()
    assert screen.last == BillView("key", "B1", TOTAL_VND, Phase.DRAFT, (), left_vnd=TOTAL_VND)


def test_vouchers_are_numbered_and_the_panel_speaks_of_the_last_scanned(screen: Screen, issuer: FakeIssuer) -> None:
    """A voucher that the check refused before is not what the cashier looks at now."""
    issuer.vouchers[A].refused = Reason.EXPIRED
    screen.bill.scan(A)
    screen.bill.scan(B)
    assert [line.number for line in screen.last.lines] == [1, 2]
    assert (screen.line(A).status, screen.focus) == (LineStatus.REFUSED, B[-4:])
    assert (screen.line(A).amount_vnd, screen.line(A).lost_vnd) == (0, 0)


def test_a_code_that_this_till_has_taken_costs_no_call(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Neither for itself nor for the vouchers beside it, whose joint check found no answer."""
    till.sold(C, number="B0")
    for code in (A, B):
        issuer.faults["check_together"] = ["lost_before"]
        screen.bill.scan(code)
    calls = len(issuer.calls)
    screen.bill.scan(C)
    assert screen.line(C).reason is Reason.ALREADY_TAKEN_HERE
    assert len(issuer.calls) == calls


def test_nothing_is_left_to_pay_and_nothing_below(screen: Screen, till: Rig) -> None:
    """One voucher pays the bill, a second has nothing left to pay for."""
    screen.bill.set_total(WORTH_VND)
    screen.bill.scan(A)
    screen.bill.confirm()
    assert money(screen.last) == (WORTH_VND, 0, 0, 0)
    screen.bill.scan(B)
    assert (screen.line(B).amount_vnd, screen.line(B).lost_vnd) == (0, WORTH_VND)


# ---------------------------------------------------------------- while it runs, and after


def test_what_is_being_sent_waits_and_is_not_paid(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """As the journal tells it to another screen: the call runs, do not hand over."""
    seen: list[BillView] = []

    def look() -> None:
        seen.append(till.resume().view())

    screen.bill.scan(A)
    issuer.faults["mark_used"] = [look]
    screen.bill.confirm()
    assert [(view.phase, money(view)) for view in seen] == [(Phase.SENDING, (0, WORTH_VND, TOTAL_VND, 0))]


def test_what_is_being_reserved_is_being_sent(reserving_till: Rig, issuer: FakeIssuer) -> None:
    seen: list[Phase] = []
    issuer.faults["reserve"] = [lambda: seen.append(reserving_till.resume().view().phase)]
    reserving_till.sold(A)
    assert seen == [Phase.SENDING]


def test_what_the_queue_sends_was_given_and_keeps_nobody_waiting(till: Rig, issuer: FakeIssuer) -> None:
    """The bill stays "accepted offline" while its voucher is on the way, and names no inquiry."""
    screen = offered(till, issuer)
    screen.bill.accept_offline()
    assert (screen.last.next_inquiry_mono_s, screen.last.inquiries) == (None, 0)
    issuer.cable_in = True
    seen: list[Phase] = []
    issuer.faults["mark_used"] = [lambda: seen.append(screen.bill.view().phase)]
    till.settle()
    assert seen == [Phase.ACCEPTED_OFFLINE]


def test_what_is_lost_with_a_voucher_is_said_only_while_it_counts(screen: Screen, issuer: FakeIssuer) -> None:
    """Worth 300,000 on a bill of 265,000, and nobody knows whether it is used: nothing is lost yet."""
    issuer.vouchers[A].worth_vnd = 300_000
    screen.bill.scan(A)
    assert screen.last.lost_vnd == 35_000
    issuer.faults["mark_used"] = ["lost_before"]
    screen.bill.confirm(loss_accepted=True)
    assert money(screen.last) == (0, TOTAL_VND, TOTAL_VND, 0)


def test_the_transaction_is_that_of_the_voucher_that_was_used(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """The first voucher has none."""
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["lost_before"]
    screen.bill.confirm()
    screen.bill.scan(B)
    screen.bill.confirm()
    assert screen.last.transaction_id == till.row(nth=1).transaction_id is not None


def test_a_hold_that_a_person_looks_into_stays_unknown(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Nobody knows whether the voucher is held: it is not offered to be sent."""
    issuer.faults["reserve"] = ["lost_before"]
    bill = reserving_till.sold(A)
    with reserving_till.journal.transaction("till") as tx:
        tx.quarantine(reserving_till.row().id, "undecidable")
    assert bill.view().phase is Phase.UNKNOWN


def test_a_hold_that_is_still_to_be_given_back_does_not_make_the_bill_held(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """One voucher was taken off and not released yet; the other was not reserved: "send again", not "use"."""
    screen = Screen(reserving_till)
    screen.bill.scan(A)
    screen.bill.confirm()
    issuer.faults["release"] = ["not_sent"]
    screen.bill.remove_line(screen.line(A).id)
    assert (reserving_till.row().state, reserving_till.row().hold) == (DROPPED, Hold.HELD)
    screen.bill.scan(B)
    issuer.faults["reserve"] = ["setup"]
    screen.bill.confirm()
    assert (screen.line(B).status, screen.last.phase) == (LineStatus.UNSENT, Phase.UNSENT)


# ---------------------------------------------------------------- refused together


def test_only_the_vouchers_of_a_refused_call_are_asked_about(screen: Screen, issuer: FakeIssuer) -> None:
    """One that went silent before has its own time: asked now, it would prove nothing."""
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["lost_before", CallRefused(Reason.STACK_CASH)]
    screen.bill.confirm()
    screen.bill.scan(B)
    screen.bill.scan(C)
    screen.bill.confirm(loss_accepted=True)
    asked = [call.endings for call in issuer.calls if call.operation == "inquire"]
    assert asked == [(B[-4:],), (C[-4:],)]
    assert [line.status for line in screen.last.lines] == [LineStatus.UNKNOWN, LineStatus.UNSENT, LineStatus.UNSENT]


def test_a_voucher_that_stands_in_the_journal_is_not_refused_by_a_check(screen: Screen, issuer: FakeIssuer) -> None:
    """Checked together with another it looks bad, perhaps through our own call: mark-use gives the verdict."""
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.scan(A)
    screen.bill.confirm()
    issuer.faults["check_together"] = [CallRefused(Reason.STACK_CASH, culprit=voucher(A))] * 2
    screen.bill.scan(B)
    screen.bill.confirm()
    assert screen.last.phase is Phase.DONE


def test_a_refusal_is_kept_although_the_same_was_once_said_of_a_call(screen: Screen, till: Rig, issuer: FakeIssuer
) -> None:  # fmt: skip
    """Refused together and given up; later its check says the same: the day's review has to show that."""
    for code in (A, B):
        screen.bill.scan(code)
    issuer.faults["mark_used"] = [CallRefused(Reason.STACK_CASH)]
    screen.bill.confirm()
    screen.bill.drop()
    issuer.vouchers[A].refused = Reason.STACK_CASH
    screen.bill.scan(A)
    screen.bill.record_refusals()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DROPPED, DROPPED, REFUSED]


# ---------------------------------------------------------------- brought back from the list, and offline


def offered(till: Rig, issuer: FakeIssuer) -> Screen:
    """Checked, confirmed, not sent: the bill can be taken offline."""
    screen = Screen(till)
    screen.bill.scan(A)
    issuer.cable_in = False
    screen.bill.confirm()
    assert screen.last.phase is Phase.OFFERED
    return screen


def test_a_bill_brought_back_can_be_taken_offline_for_what_its_journal_says(till: Rig, issuer: FakeIssuer) -> None:
    """Its vouchers were checked in an earlier look at it: their worth stands on the rows."""
    offered(till, issuer)
    bill = till.resume()
    assert [(line.worth_vnd, line.amount_vnd) for line in bill.view().lines] == [(WORTH_VND, WORTH_VND)]
    bill.confirm()
    assert (till.row().worth_vnd, till.row().amount_vnd) == (WORTH_VND, WORTH_VND)
    offer = bill.view().offer
    assert offer is not None
    assert (offer.verdict, bill.view().left_vnd) == (Verdict.ACCEPT, TOTAL_VND - WORTH_VND)
    bill.accept_offline()
    assert bill.view().phase is Phase.ACCEPTED_OFFLINE
    assert till.journal.risk().sum_vnd == WORTH_VND


def test_a_bill_brought_back_is_not_offered_offline_before_a_call_has_failed(till: Rig, issuer: FakeIssuer) -> None:
    """Only one voucher is taken off it: the network may be back."""
    issuer.faults["mark_used"] = ["not_sent"]
    till.sold(A, B)
    bill = till.resume()
    bill.remove_line(bill.view().lines[0].id)
    assert (bill.view().offer, bill.view().phase) == (None, Phase.UNSENT)


def test_a_voucher_without_a_value_takes_nothing_off_the_bill(screen: Screen, issuer: FakeIssuer) -> None:
    """Never checked, nothing declared."""
    issuer.cable_in = False
    screen.bill.scan(A)
    assert (screen.line(A).needs_value, screen.line(A).amount_vnd, screen.last.left_vnd) == (True, 0, TOTAL_VND)


def test_what_the_issuer_wants_to_be_asked_about_later_is_not_taken_offline(
    screen: Screen, till: Rig, issuer: FakeIssuer
) -> None:
    """209 is an answer: the network is there. Of the same bill only the voucher that could not be asked about is."""
    issuer.faults["check"] = ["throttled", "not_sent"]
    for code in (A, B):
        screen.bill.scan(code)
        screen.bill.declare(screen.line(code).id, 50_000)
    screen.bill.accept_offline(HOA)
    assert [row.ending for row in till.journal.redemptions_of("B1")] == [B[-4:]]


@pytest.mark.parametrize("before", ["unsent", "draft"])
def test_a_full_disk_gives_nothing_and_the_offer_stands(
    screen: Screen, till: Rig, issuer: FakeIssuer, before: str
) -> None:
    """Whether or not the voucher stood in the journal before."""
    screen.bill.scan(A)
    issuer.cable_in = False
    act: Callable[[], None] = screen.bill.confirm
    if before == "draft":
        act = lambda: screen.bill.check_again(screen.line(A).id)  # noqa: E731
    act()
    with full_disk(till):
        screen.bill.accept_offline(HOA)
    assert (screen.last.phase, till.journal.risk().count) == (Phase.OFFERED, 0)
    screen.bill.accept_offline(HOA)
    assert screen.last.phase is Phase.ACCEPTED_OFFLINE


def test_what_may_be_held_has_no_claim_yet_and_shows_what_was_written_for_it(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """150,000 to pay: another voucher is used for what it is worth, wherever it stands on the bill."""
    screen = Screen(reserving_till, total_vnd=150_000)
    issuer.faults["check"] = ["throttled"]
    screen.bill.scan(B)
    screen.bill.scan(A)
    issuer.faults["reserve"] = ["lost_before"]
    screen.bill.confirm()
    screen.bill.check_again(screen.line(B).id)
    assert (screen.line(A).amount_vnd, screen.line(A).lost_vnd) == (100_000, 0)
    assert (screen.line(B).amount_vnd, screen.line(B).lost_vnd) == (100_000, 0)


def test_a_voucher_that_cannot_be_asked_about_tells_when_it_last_was(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The offline policy goes by that, and the cashier sees it."""
    till.bill("B0").scan(A)
    seen = clock.now_utc()
    clock.pass_s(300)
    screen = Screen(till)
    issuer.cable_in = False
    screen.bill.scan(A)
    assert screen.line(A).checked_utc == seen
    screen.bill.scan(B)
    assert screen.line(B).checked_utc is None


def test_what_a_check_refused_is_kept_in_the_issuers_words(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Reason and facts, for the day's review; nobody declared a value."""
    issuer.faults["check"] = [NotUsable(Reason.TOTAL_NOT_ENOUGH, Detail(order_value_vnd=300_000))]
    screen.bill.scan(A)
    screen.bill.record_refusals()
    row = till.row()
    assert (row.reason, row.detail.order_value_vnd, row.declared) == (Reason.TOTAL_NOT_ENOUGH, 300_000, False)


def test_after_a_voucher_is_taken_off_the_panel_speaks_of_one_that_is_still_there(
    screen: Screen, issuer: FakeIssuer
) -> None:
    """The one given up stays on the screen, below the others, and is not what the cashier works on."""
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.scan(A)
    screen.bill.scan(B)
    screen.bill.confirm()
    screen.bill.remove_line(screen.line(B).id)
    assert (screen.line(B).status, screen.focus) == (LineStatus.DROPPED, A[-4:])
