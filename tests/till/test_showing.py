"""What the screen shows of a bill after something was sent: phase, sums, whose turn it is, what the panel speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from pos.domain.bill import SkuLine
from pos.domain.cases import CaseKind
from pos.domain.errors import JournalUnavailable
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, DROPPED, UNKNOWN, UNSENT, USED_NOT_GIVEN, Hold
from pos.domain.voucher import CallRefused, Detail, Usable
from pos.till.counter import CounterBill
from pos.till.ports import Person, Role
from pos.till.views import BillView, LineStatus, Phase, Verdict
from tests.till.fake_issuer import WORTH_VND, FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import waits
from tests.till.rig import TOTAL_VND, Rig, voucher
from tests.till.screen import Screen

A, B, C = "4471902835", "880213457719", "5550000000012"


@pytest.fixture
def screen(till: Rig) -> Screen:
    return Screen(till)


@contextmanager
def full_disk(till: Rig) -> Iterator[None]:
    """No transaction can be begun."""

    def fail(_: str) -> Any:
        raise JournalUnavailable("journal.full")

    real = till.journal.transaction
    till.journal.transaction = fail  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        till.journal.transaction = real  # type: ignore[method-assign]


def money(view: BillView) -> tuple[int, int, int, int]:
    """Paid, waiting, left, lost."""
    return view.voucher_vnd, view.waiting_vnd, view.left_vnd, view.lost_vnd


# ---------------------------------------------------------------- the phases of a sale


def test_a_sale_goes_from_draft_over_sending_to_done(screen: Screen, till: Rig, clock: HandClock) -> None:
    """While it runs the screen says since when; then it names the issuer's transaction."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    screen.story()
    screen.bill.confirm(loss_accepted=True)
    assert [view.since_mono_s for view in screen.views if view.phase is Phase.SENDING] == [clock.mono_s()]
    assert screen.story()[1:] == ["sending* usable usable", "done used used"]
    last = screen.last
    assert money(last) == (200_000, 0, 65_000, 0)
    assert last.transaction_id == till.row().transaction_id is not None
    assert (last.message, last.confirm_loss, last.offer, last.next_inquiry_mono_s) == (None, 0, None, None)


def test_what_is_unknown_waits_and_is_not_paid(screen: Screen, issuer: FakeIssuer, clock: HandClock) -> None:
    """The bill says when it will be asked about, how often it was, and lets the cashier go."""
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["lost_before"]
    screen.bill.confirm()
    last = screen.last
    assert (last.phase, last.lines[0].status, last.can_set_aside) == (Phase.UNKNOWN, LineStatus.UNKNOWN, True)
    assert money(last) == (0, WORTH_VND, TOTAL_VND, 0)
    assert (last.next_inquiry_mono_s, last.inquiries) == (clock.mono_s() + 5, 0)
    issuer.faults["inquire"] = ["lost_before"]
    screen.story()
    screen.bill.ask_again()
    assert [view.since_mono_s for view in screen.views] == [None, clock.mono_s(), None]
    assert screen.story()[1:] == ["unknown* unknown", "unknown unknown"]
    assert (screen.last.next_inquiry_mono_s, screen.last.inquiries) == (clock.mono_s() + 15, 1)
    clock.pass_s(61)
    screen.bill.ask_again()
    assert (screen.last.phase, screen.last.lines[0].status) == (Phase.UNSENT, LineStatus.UNSENT)
    assert money(screen.last) == (WORTH_VND, 0, 165_000, 0)
    assert (screen.last.next_inquiry_mono_s, screen.last.inquiries, screen.last.can_set_aside) == (None, 0, False)


def test_a_schedule_of_an_earlier_run_is_no_time_of_this_one(till: Rig, issuer: FakeIssuer) -> None:
    """After a restart the screen does not name a moment of a clock that no longer runs."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    assert till.resume().view().next_inquiry_mono_s is not None
    till.restart()
    view = till.resume().view()
    assert (view.phase, view.next_inquiry_mono_s) == (Phase.UNKNOWN, None)


def test_after_eight_seconds_of_waiting_the_bill_may_be_set_aside(
    screen: Screen, issuer: FakeIssuer, clock: HandClock
) -> None:
    seen: list[bool] = []

    def look(seconds: float) -> Callable[[], None]:
        def wait() -> None:
            clock.pass_s(seconds)
            seen.append(screen.bill.view().can_set_aside)

        return wait

    screen.bill.scan(A)
    for seconds in (7.9, 8.0):
        issuer.faults["check"] = [look(seconds)]
        screen.bill.check_again(screen.line(A).id)
    assert seen == [False, True]
    assert screen.last.can_set_aside is False


def test_the_issuers_pause_is_shown_on_the_bill(screen: Screen, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["check"] = ["throttled"]
    screen.bill.scan(A)
    assert screen.last.throttled_until_mono_s == clock.mono_s() + 60


def test_a_bill_that_is_set_aside_says_so_and_its_value_is_not_given(
    screen: Screen, till: Rig, issuer: FakeIssuer
) -> None:
    """The cashier went on to the next customer: the sale waits to be finished."""

    def leave() -> None:
        screen.bill.waiting = False

    screen.bill.scan(A)
    issuer.faults["mark_used"] = [leave]
    screen.bill.confirm()
    assert (screen.last.phase, screen.last.set_aside, till.row().state) == (Phase.FINISH, True, USED_NOT_GIVEN)
    assert till.journal.bill("B1").slips == 0  # type: ignore[union-attr]
    screen.bill.finish_sale()
    assert (screen.last.phase, till.row().state) == (Phase.DONE, DONE)
    assert till.journal.bill("B1").slips == 1  # type: ignore[union-attr]
    screen.bill.finish_sale()
    assert till.journal.bill("B1").slips == 1, "nothing was waiting"  # type: ignore[union-attr]


def test_a_customer_who_has_left_is_a_case_of_the_vouchers_that_wait(
    screen: Screen, till: Rig, issuer: FakeIssuer
) -> None:
    """Vouchers of the same bill that were refused are none."""
    screen.bill.waiting = False
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.vouchers[B].used_for = "OTHER"
    screen.bill.confirm()
    screen.bill.confirm()
    screen.bill.customer_left()
    assert [(case.kind, case.ending) for case in till.journal.cases()] == [(CaseKind.USED_NOT_GIVEN, A[-4:])]


def test_of_a_refused_bill_the_panel_speaks_of_the_refused_voucher(screen: Screen, issuer: FakeIssuer) -> None:
    """Not of the last one scanned; the others can be sent again at once."""
    for code in (A, B, C):
        screen.bill.scan(code)
    issuer.vouchers[B].used_for = "OTHER"
    screen.bill.confirm(loss_accepted=True)
    assert (screen.focus, screen.last.phase) == (B[-4:], Phase.UNSENT)
    assert [line.status for line in screen.last.lines] == [LineStatus.UNSENT, LineStatus.REFUSED, LineStatus.UNSENT]
    assert screen.line(B).reason is Reason.USED_ON_OTHER_BILL
    assert money(screen.last) == (200_000, 0, 65_000, 0)
    screen.bill.confirm(loss_accepted=True)
    assert screen.last.phase is Phase.DONE
    assert screen.line(C).amount_vnd == WORTH_VND


def test_a_refusal_that_hits_nobody_is_the_bills_message(screen: Screen, issuer: FakeIssuer) -> None:
    """The issuer refused the call, and every voucher is unused: the cashier is told why."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["mark_used"] = [CallRefused(Reason.STACK_CASH)]
    screen.bill.confirm()
    assert screen.message() == ("reason.stack_cash", {})
    assert {line.status for line in screen.last.lines} == {LineStatus.UNSENT}


def test_the_voucher_the_issuer_blames_keeps_its_reason_and_words(screen: Screen, issuer: FakeIssuer) -> None:
    """Asked about alone it looks usable: it is refused all the same, as the issuer said, and the others are not."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["mark_used"] = [CallRefused(Reason.TOTAL_NOT_ENOUGH, Detail(order_value_vnd=300_000), voucher(A))]
    screen.bill.confirm()
    line = screen.line(A)
    assert (line.status, line.reason) == (LineStatus.REFUSED, Reason.TOTAL_NOT_ENOUGH)
    assert line.detail.order_value_vnd == 300_000
    assert screen.line(B).status is LineStatus.UNSENT
    assert screen.message() is None


def test_a_wrong_store_pin_is_told_and_the_voucher_stays_unsent(screen: Screen, issuer: FakeIssuer) -> None:
    """Set-up faults are no reason to take a voucher offline."""
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.confirm()
    assert screen.message() == ("gotit.pin_wrong", {})
    assert (screen.last.phase, screen.last.offer) == (Phase.UNSENT, None)


def test_the_share_of_what_is_unknown_is_kept_for_it(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Of 265,000 100,000 are unknown: 165,000 are left for the next voucher; refused and dropped ones give way."""
    issuer.vouchers[B].worth_vnd = 300_000
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["lost_before"]
    screen.bill.confirm()
    screen.bill.scan(B)
    assert (screen.line(B).amount_vnd, screen.line(B).lost_vnd) == (165_000, 135_000)
    till.clock.pass_s(61)
    screen.bill.ask_again()
    screen.bill.remove_line(screen.line(A).id)
    assert till.row().state == DROPPED
    assert (screen.line(B).amount_vnd, screen.line(B).lost_vnd) == (265_000, 35_000)


def test_goods_and_their_vouchers_are_written_with_the_sale(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """What a conditional voucher pays for goes to the issuer with mark-use, and stands on the row."""
    milk = SkuLine("MILK", 2, 12_000)
    issuer.vouchers[A].worth_vnd = 24_000
    issuer.faults["check"] = [Usable(24_000, conditional=True, skus=(milk,), redeems=(milk,))]
    screen.bill.scan(A)
    assert screen.line(A).redeems == (milk,)
    screen.bill.confirm()
    assert till.row().skus == (milk,)
    assert (till.row().worth_vnd, till.row().amount_vnd, till.row().position) == (24_000, 24_000, 0)


# ---------------------------------------------------------------- giving up


def test_what_was_not_sent_can_be_dropped_and_the_bill_is_closed(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """The offer ends with it, and a voucher scanned afterwards is none of that."""
    screen.bill.scan(A)
    issuer.cable_in = False
    screen.bill.confirm()
    assert screen.last.phase is Phase.OFFERED
    screen.bill.drop()
    assert (screen.last.phase, screen.last.offer, till.row().state) == (Phase.CLOSED, None, DROPPED)
    assert money(screen.last) == (0, 0, TOTAL_VND, 0)
    issuer.cable_in = True
    screen.bill.scan(B)
    assert (screen.last.phase, screen.last.offer) == (Phase.DRAFT, None)


def test_a_drop_that_cannot_be_written_drops_nothing(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    issuer.cable_in = False
    screen.bill.confirm()
    line_id = screen.line(A).id
    with full_disk(till):
        screen.bill.drop()
        assert screen.message() == ("journal.full", {})
        screen.bill.remove_line(line_id)
        assert screen.message() == ("journal.full", {})
    assert (till.row().state, screen.last.phase) == (UNSENT, Phase.OFFERED)


@pytest.mark.parametrize("act", ["ask_again", "finish_sale", "customer_left", "confirm", "accept_offline"])
def test_a_full_disk_is_said_whatever_was_asked_for(screen: Screen, till: Rig, issuer: FakeIssuer, act: str) -> None:
    """Once, together with the bill as it stands; the next command takes the message away."""
    screen.bill.waiting = act == "accept_offline"
    screen.bill.scan(A)
    if act in ("finish_sale", "customer_left"):
        screen.bill.confirm()
    elif act == "ask_again":
        issuer.faults["mark_used"] = ["lost_before"]
        screen.bill.confirm()
    elif act == "accept_offline":
        issuer.cable_in = False
        screen.bill.confirm()
    screen.story()
    before = till.journal.redemptions_of("B1")
    with full_disk(till):
        getattr(screen.bill, act)()
    assert screen.message() == ("journal.full", {})
    assert sum(view.message is not None for view in screen.views) == 1
    assert till.journal.redemptions_of("B1") == before
    screen.bill.acknowledge()
    assert screen.message() is None


def test_every_command_takes_the_last_message_away(screen: Screen, issuer: FakeIssuer) -> None:
    """A sentence belongs to what was asked for last."""
    screen.bill.scan(A)
    line_id = screen.line(A).id
    acts: tuple[Callable[[], None], ...] = (
        lambda: screen.bill.scan(A[:3] + " "), lambda: screen.bill.set_total(TOTAL_VND),
        lambda: screen.bill.declare(line_id, 1), lambda: screen.bill.check_again(line_id),
        lambda: screen.bill.set_number("B2"), lambda: screen.bill.change_draft(TOTAL_VND, ()),
        lambda: screen.bill.add_sku(""), screen.bill.ask_again, screen.bill.finish_sale, screen.bill.customer_left,
        screen.bill.drop, lambda: screen.bill.remove_line(line_id), screen.bill.acknowledge,
    )  # fmt: skip
    for act in acts:
        screen.bill.scan("https://v.gotit.vn/x")
        assert screen.message() == ("scan.web_address", {})
        act()
        assert screen.message() is None or screen.message() == ("scan.too_short", {})


# ---------------------------------------------------------------- offline


def test_an_offer_names_verdict_grounds_and_the_risk_so_far(till: Rig, issuer: FakeIssuer) -> None:
    first = Screen(till, "B1")
    first.bill.scan(A)
    second = Screen(till, "B2")
    second.bill.scan(B)
    issuer.cable_in = False
    first.bill.confirm()
    offer = first.last.offer
    assert offer is not None
    assert (offer.verdict, offer.grounds, offer.at_risk_count, offer.at_risk_vnd) == (Verdict.ACCEPT, (), 0, 0)
    first.bill.accept_offline()
    assert (first.last.phase, first.last.offer, first.last.message) == (Phase.ACCEPTED_OFFLINE, None, None)
    assert (first.last.lines[0].status, money(first.last)) == (
        LineStatus.ACCEPTED_OFFLINE, (WORTH_VND, 0, 165_000, 0),
    )  # fmt: skip
    second.bill.confirm()
    offer = second.last.offer
    assert offer is not None
    assert (offer.at_risk_count, offer.at_risk_vnd) == (1, WORTH_VND)


def test_nothing_is_taken_offline_that_was_not_offered(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    screen.bill.accept_offline()
    assert screen.message() == ("offline.not_offered", {})
    issuer.cable_in = False
    screen.bill.set_total(0)
    screen.bill.check_again(screen.line(A).id)
    screen.bill.accept_offline()
    assert screen.message() == ("bill.total_missing", {})
    assert till.journal.risk().count == 0
    screen.bill.set_total(1)
    screen.bill.accept_offline()
    assert (screen.message(), till.journal.risk().count) == (None, 1)


def test_of_a_mixed_bill_offline_takes_what_it_may(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """A refused voucher stays refused; the checked and the remembered ones are taken in one go, positions kept."""
    till.bill("B7").scan(C)
    issuer.vouchers[A].refused = Reason.EXPIRED
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.cable_in = False
    screen.bill.scan(C)
    assert (screen.line(C).worth_vnd, screen.line(C).declared) == (WORTH_VND, False)
    assert [line.amount_vnd for line in screen.last.lines] == [0, WORTH_VND, WORTH_VND]
    screen.bill.accept_offline()
    rows = till.journal.redemptions_of("B1")
    assert [(row.ending, row.position, row.state.given) for row in rows] == [
        (A[-4:], 0, False), (B[-4:], 1, True), (C[-4:], 2, True),
    ]  # fmt: skip


def test_a_bill_brought_back_keeps_what_was_declared(till: Rig, issuer: FakeIssuer) -> None:
    """A voucher declared from its face and sent when the network was back is still a declared one."""
    issuer.cable_in = False
    screen = Screen(till)
    screen.bill.scan(A)
    screen.bill.declare(screen.line(A).id, 150_000)
    screen.bill.accept_offline()
    assert screen.last.offer is not None
    assert screen.last.offer.verdict is Verdict.NEEDS_MANAGER
    screen.bill.accept_offline(Person("2", "Hoa", Role.MANAGER))
    line = till.resume().view().lines[0]
    assert (line.declared, line.worth_vnd, line.status) == (True, 150_000, LineStatus.ACCEPTED_OFFLINE)
    issuer.cable_in = True
    till.sold(B, number="B2")
    line = till.resume("B2").view().lines[0]
    assert (line.declared, line.worth_vnd, line.number, line.provider) == (False, WORTH_VND, 1, "Got It")


# ---------------------------------------------------------------- RESERVE_FLOW


def test_a_reserved_bill_is_held_then_done(reserving_till: Rig, issuer: FakeIssuer) -> None:
    screen = Screen(reserving_till)
    screen.bill.scan(A)
    screen.story()
    screen.bill.confirm()
    assert screen.story()[1:] == ["sending* usable", "held held"]
    assert money(screen.last) == (WORTH_VND, 0, 165_000, 0)
    screen.bill.confirm()
    assert screen.story()[-1] == "done used"
    assert reserving_till.row().hold is Hold.CONSUMED


def test_a_hold_nobody_knows_of_is_an_unknown_bill(reserving_till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """It can neither be sent nor counted as paid; asking again late enough frees it."""
    screen = Screen(reserving_till)
    screen.bill.scan(A)
    issuer.faults["reserve"] = ["lost_before"]
    screen.bill.confirm()
    assert (screen.last.phase, screen.last.lines[0].status) == (Phase.UNKNOWN, LineStatus.UNKNOWN)
    assert money(screen.last) == (0, WORTH_VND, TOTAL_VND, 0)
    screen.bill.confirm()
    assert screen.message() == ("confirm.nothing", {})
    clock.pass_s(61)
    screen.bill.ask_again()
    assert (screen.last.phase, reserving_till.row().hold) == (Phase.UNSENT, Hold.NONE)


def test_giving_up_a_held_bill_gives_the_hold_back_or_keeps_trying(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    screen = Screen(reserving_till)
    screen.bill.scan(A)
    screen.bill.confirm()
    issuer.cable_in = False
    screen.bill.drop()
    assert screen.last.phase is Phase.CLOSED
    (entry,) = reserving_till.journal.outbox()
    assert (entry.work.value, entry.due_mono_s) == ("release", clock.mono_s() + 5)
    assert issuer.vouchers[A].held_for == "B1"
    issuer.cable_in = True
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None
    assert reserving_till.journal.outbox() == ()


def test_an_unknown_voucher_beside_a_used_one_keeps_the_bill_unknown(
    screen: Screen, till: Rig, issuer: FakeIssuer
) -> None:
    """Most urgent first: what nobody knows comes before what is done."""
    screen.bill.scan(A)
    screen.bill.confirm()
    screen.bill.scan(B)
    issuer.faults["mark_used"] = ["lost_before"]
    screen.bill.confirm()
    assert screen.last.phase is Phase.UNKNOWN
    assert till.row(nth=1).state == UNKNOWN
    assert money(screen.last) == (WORTH_VND, WORTH_VND, 165_000, 0)


def test_capabilities_are_those_of_the_moment(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Another name for people is shown at once."""
    screen.bill.scan(A)
    issuer.capabilities = replace(issuer.capabilities, label="Other It")
    assert screen.bill.view().lines[0].provider == "Other It"


def link(till: Rig) -> tuple[bool | None, str | None]:
    fault = till.issuers.link.fault
    return till.issuers.link.up, None if fault is None else fault.code


def test_the_link_is_lost_only_when_nothing_could_be_sent(till: Rig, issuer: FakeIssuer) -> None:
    issuer.faults["check"] = ["lost_before"]
    till.bill().scan(A)
    assert link(till) == (None, None)
    till.bill().scan(A)
    assert link(till) == (True, None)
    issuer.cable_in = False
    till.bill().scan(A)
    assert link(till) == (False, "net.refused")


def test_a_hold_that_the_queue_gives_back_while_the_cashier_confirms_is_not_sent(
    reserving_till: Rig, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The confirm waits for the bill, and finds it in another state than the screen showed: it sends nothing."""
    till = reserving_till
    screen = Screen(till)
    screen.bill.scan(A)
    screen.bill.confirm()
    leases, real = till.desk.leases, till.desk.leases.hold

    def after_the_queue(number: str) -> Any:
        issuer.faults["release"] = ["lost_before"]
        till.desk.reserver.release(till.row(), actor="till")
        return real(number)

    monkeypatch.setattr(leases, "hold", after_the_queue)
    screen.bill.confirm()
    assert screen.message() is None
    assert (screen.last.phase, till.row().hold, till.row().sends) == (Phase.UNKNOWN, Hold.UNKNOWN, 0)


def slips(till: Rig) -> int:
    stored = till.journal.bill("B1")
    return 0 if stored is None else stored.slips


def test_giving_up_the_rest_of_a_bill_prints_what_was_used(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Of two, one took effect and the other did not: its slip waits until the other is given up."""

    def half() -> None:
        issuer.vouchers[A].used_for = "B1"

    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["mark_used"] = [half]
    screen.bill.confirm()
    assert [line.status for line in screen.last.lines] == [LineStatus.USED, LineStatus.UNSENT]
    assert slips(till) == 0
    screen.bill.drop()
    assert slips(till) == 1


def test_a_refusal_of_the_rest_of_a_bill_prints_what_was_used(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """Nothing is open any more: the customer gets the proof of the voucher that was used."""

    def half() -> None:
        issuer.vouchers[A].used_for = "B1"

    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["mark_used"] = [half, CallRefused(Reason.EXPIRED)]
    screen.bill.confirm()
    assert slips(till) == 0
    screen.bill.confirm()
    assert [line.status for line in screen.last.lines] == [LineStatus.USED, LineStatus.REFUSED]
    assert slips(till) == 1


def test_giving_up_what_was_never_used_prints_nothing_more(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    screen.bill.confirm()
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.scan(B)
    screen.bill.confirm()
    screen.bill.drop()
    assert slips(till) == 1


def test_a_sale_finished_later_has_a_slip_that_tells_of_it(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """The first slip of the bill did not."""
    screen.bill.scan(A)
    screen.bill.confirm()
    screen.bill.scan(B)
    screen.bill.waiting = False
    screen.bill.confirm()
    assert slips(till) == 1
    screen.bill.finish_sale()
    assert slips(till) == 2


def test_giving_up_a_bill_whose_hold_nobody_knows_looks_into_it_at_once(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    screen = Screen(reserving_till)
    issuer.faults["reserve"] = ["lost_before"]
    screen.bill.scan(A)
    screen.bill.confirm()
    screen.bill.drop()
    assert waits(reserving_till) == ("release", 0, 0, 0, None)


def test_a_bill_brought_back_tells_its_listener(till: Rig) -> None:
    till.sold(A)
    views: list[BillView] = []
    CounterBill.resume(till.desk, "key", "B1", actor="lan", publish=views.append).publish()
    assert [(view.key, view.number, view.phase) for view in views] == [("key", "B1", Phase.DONE)]
