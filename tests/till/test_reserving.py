"""RESERVE_FLOW: every hold has an end, whatever breaks off."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import JournalUnavailable
from pos.domain.reasons import Reason
from pos.domain.redemption import (
    DONE,
    DROPPED,
    LOSS,
    REFUSED,
    UNKNOWN,
    UNSENT,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Hold,
    Outcome,
)
from pos.domain.voucher import CallRefused
from pos.till.views import Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import waits
from tests.till.rig import Rig, broken_promises

A, B, C = "4471902835", "880213457719", "0012345678"


def used_for(issuer: FakeIssuer) -> list[tuple[str, str]]:
    """The issuer's truth."""
    return [(code, truth.used_for) for code, truth in issuer.vouchers.items() if truth.used_for]


def test_reserve_then_use(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The first confirm holds, the second uses: two changing calls."""
    bill = reserving_till.sold(A, B)
    assert bill.view().phase is Phase.HELD
    assert issuer.vouchers[A].held_for == "B1"
    bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.DONE
    assert [call.operation for call in issuer.changing()] == ["reserve", "mark_used"]
    assert {row.hold for row in reserving_till.journal.redemptions_of("B1")} == {Hold.CONSUMED}


def test_a_held_bill_given_up_is_released(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The customer changes her mind: her voucher is free again."""
    bill = reserving_till.sold(A)
    bill.drop()
    row = reserving_till.row()
    assert (row.state, row.hold) == (DROPPED, Hold.RELEASED)
    assert issuer.vouchers[A].held_for is None
    assert reserving_till.journal.outbox() == ()


def test_one_voucher_of_a_held_bill_taken_off_is_released(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The other one stays held and is used."""
    bill = reserving_till.sold(A, B)
    bill.remove_line(bill.view().lines[0].id)
    assert issuer.vouchers[A].held_for is None
    bill.confirm(loss_accepted=True)
    assert [row.state for row in reserving_till.journal.redemptions_of("B1")] == [DROPPED, DONE]
    assert issuer.count("reserve") == 1


def test_a_customer_who_left_leaves_no_voucher_locked(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """One of two held vouchers was used when nobody stood there any more: a case; the other is free again."""
    bill = reserving_till.sold(A, B)

    def half_of_it() -> None:
        truth = issuer.vouchers[A]
        truth.used_for, truth.held_for, truth.times_used = "B1", None, 1
        bill.waiting = False

    issuer.faults["mark_used"] = [half_of_it]
    bill.confirm(loss_accepted=True)
    reserving_till.resume().customer_left()
    rows = reserving_till.journal.redemptions_of("B1")
    assert [(row.state, row.hold) for row in rows] == [(USED_NOT_GIVEN, Hold.CONSUMED), (DROPPED, Hold.RELEASED)]
    assert [case.kind for case in reserving_till.journal.cases()] == [CaseKind.USED_NOT_GIVEN]
    assert issuer.vouchers[B].held_for is None


@pytest.mark.parametrize("reason", [Reason.EXPIRED, Reason.TOTAL_TOO_SMALL, Reason.SKU_TWICE])
def test_a_refused_reserve_is_a_refusal(reserving_till: Rig, issuer: FakeIssuer, reason: Reason) -> None:
    """Nothing is held, nothing is given."""
    issuer.faults["reserve"] = [CallRefused(reason)]
    bill = reserving_till.sold(A)
    assert (reserving_till.row().state, reserving_till.row().hold) == (REFUSED, Hold.NONE)
    assert bill.view().phase is Phase.CLOSED


def test_of_several_vouchers_the_named_one_is_refused_and_none_stays_held(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """A refused reserve of several: each is asked about alone, the rest can be reserved again."""
    bill = reserving_till.bill()
    for code in (A, B, C):
        bill.scan(code)
    issuer.vouchers[B].used_for = "ELSEWHERE"
    bill.confirm(loss_accepted=True)
    rows = reserving_till.journal.redemptions_of("B1")
    assert [(row.state, row.hold) for row in rows] == [
        (UNSENT, Hold.NONE), (REFUSED, Hold.NONE), (UNSENT, Hold.NONE)
    ]  # fmt: skip
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    rows = reserving_till.journal.redemptions_of("B1")
    assert [row.state for row in rows] == [DONE, REFUSED, DONE]


@pytest.mark.parametrize(
    ("fault", "hold"), [("lost_before", Hold.NONE), ("lost_after", Hold.HELD), ("late", Hold.HELD)]
)
def test_a_lost_reserve_is_found_out(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, fault: str, hold: Hold
) -> None:
    """Nobody knows until the issuer's record tells; meanwhile nothing is used."""
    issuer.faults["reserve"] = [fault]
    bill = reserving_till.sold(A)
    assert bill.view().phase is Phase.UNKNOWN
    clock.pass_s(20)
    issuer.commit_late()
    reserving_till.settle_to_rest()
    assert (reserving_till.row().state, reserving_till.row().hold) == (UNSENT, hold)
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    assert reserving_till.row().state == DONE


@pytest.mark.parametrize("fault", ["lost_before", "lost_after", "late"])
@pytest.mark.parametrize("answered", [0, 1, 3])
def test_a_dropped_voucher_whose_reserve_was_lost_never_stays_locked(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, fault: str, answered: int
) -> None:
    """However often the inquiry comes too early or stays unanswered, in the end the hold is given back."""
    issuer.faults["reserve"] = [fault]
    issuer.faults["inquire"] = ["lost_before"] * answered
    bill = reserving_till.sold(A)
    bill.drop()
    clock.pass_s(10)
    reserving_till.settle()
    issuer.commit_late()
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None
    assert reserving_till.row().hold in (Hold.NONE, Hold.RELEASED)
    clock.pass_s(24 * 3600)
    reserving_till.settle()
    assert reserving_till.journal.outbox() == ()
    assert reserving_till.journal.cases() == ()


def test_a_reserve_that_takes_effect_after_its_proof_is_found_the_next_day(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Proven not held, dropped, and held after all: the customer's voucher is locked, and somebody knows."""
    issuer.faults["reserve"] = ["late"]
    bill = reserving_till.sold(A)
    reserving_till.settle_to_rest()
    bill.drop()
    issuer.commit_late()
    assert issuer.vouchers[A].held_for == "B1"
    clock.pass_s(24 * 3600)
    reserving_till.settle()
    assert [case.kind for case in reserving_till.journal.cases()] == [CaseKind.STUCK_HOLD]
    assert reserving_till.journal.outbox() == ()


def test_a_voucher_held_again_on_the_same_bill_is_no_stuck_hold(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The next-day look at the dropped row finds the hold of the row that took its place."""
    issuer.faults["reserve"] = ["lost_before"]
    bill = reserving_till.sold(A)
    reserving_till.settle_to_rest()
    bill.drop()
    bill.scan(A)
    bill.confirm()
    assert reserving_till.row(nth=1).hold is Hold.HELD
    clock.pass_s(24 * 3600)
    reserving_till.settle()
    assert reserving_till.journal.cases() == ()


@pytest.mark.parametrize("fault", ["not_sent", "lost_before", "lost_after", "late", "throttled", "setup"])
def test_a_release_that_fails_is_done_later(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, fault: str
) -> None:
    """The customer's voucher is free in the end."""
    bill = reserving_till.sold(A)
    issuer.faults["release"] = [fault]
    bill.drop()
    clock.pass_s(10)
    reserving_till.settle(now=True)
    issuer.commit_late()
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None
    assert reserving_till.journal.outbox() == ()


def test_a_release_that_the_issuer_refuses_is_a_case_and_is_tried_again(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """A locked voucher has an owner in the shop."""
    bill = reserving_till.sold(A)
    issuer.faults["release"] = [CallRefused(Reason.EXPIRED)] * 3
    bill.drop()
    reserving_till.settle_to_rest()
    assert [case.kind for case in reserving_till.journal.cases()] == [CaseKind.STUCK_HOLD]
    assert issuer.count("release") == 4
    assert issuer.vouchers[A].held_for is None


def test_a_lost_mark_use_of_a_held_voucher_is_found_out(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Held by us after the call: not used; used for us: done."""
    for number, fault in (("B1", "lost_before"), ("B2", "lost_after")):
        bill = reserving_till.sold(f"{number}00000000", number=number)
        issuer.faults["mark_used"] = [fault]
        bill.confirm(loss_accepted=True)
        assert reserving_till.row(number).state == UNKNOWN
    reserving_till.settle_to_rest()
    unsent, used = reserving_till.row("B1"), reserving_till.row("B2")
    assert (unsent.state, unsent.hold) == (UNSENT, Hold.HELD)
    assert used.hold is Hold.CONSUMED
    reserving_till.resume("B1").confirm(loss_accepted=True)
    assert reserving_till.row("B1").state == DONE
    assert {truth.times_used for truth in issuer.vouchers.values()} == {1}


def test_a_dropped_voucher_after_a_lost_mark_use_is_released_and_looked_at_the_next_day(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Giving the hold back does not forget that the mark-use may still take effect."""
    bill = reserving_till.sold(A)
    issuer.faults["mark_used"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    reserving_till.settle_to_rest()
    bill.drop()
    assert issuer.vouchers[A].held_for is None
    assert [entry.work.value for entry in reserving_till.journal.outbox()] == ["recheck"]
    clock.pass_s(24 * 3600)
    reserving_till.settle()
    assert reserving_till.journal.outbox() == ()


def test_a_hold_that_is_gone_before_the_mark_use_is_asked_about_once(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """208: the voucher is still good; reserve again, do not loop."""
    bill = reserving_till.sold(A)
    issuer.vouchers[A].held_for = None
    bill.confirm(loss_accepted=True)
    assert (reserving_till.row().state, reserving_till.row().hold) == (UNSENT, Hold.NONE)
    bill.confirm(loss_accepted=True)
    issuer.vouchers[A].held_for = None
    bill.confirm(loss_accepted=True)
    assert reserving_till.row().state == REFUSED


def test_open_holds_are_released_at_the_next_start(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The program died with a held voucher: nobody waits for it any more."""
    reserving_till.sold(A)
    reserving_till.restart()
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None
    assert (reserving_till.row().state, reserving_till.row().hold) == (UNSENT, Hold.RELEASED)
    bill = reserving_till.resume()
    bill.confirm(loss_accepted=True)
    bill.confirm(loss_accepted=True)
    assert reserving_till.row().state == DONE


def accepted(till: Rig, issuer: FakeIssuer, code: str = A) -> None:
    """A voucher checked online, then taken offline because the cable came out."""
    bill = till.bill()
    bill.scan(code)
    issuer.cable_in = False
    bill.confirm(loss_accepted=True)
    bill.accept_offline()
    assert till.row().state == UNSENT_GIVEN
    issuer.cable_in = True


@pytest.mark.parametrize(
    ("operation", "fault"),
    [("reserve", fault) for fault in ("lost_before", "lost_after", "late")]
    + [("mark_used", fault) for fault in ("lost_before", "lost_after", "late")],
)
def test_accepted_offline_is_reserved_and_used_by_the_queue(
    reserving_till: Rig, issuer: FakeIssuer, operation: str, fault: str
) -> None:
    """Used once in the end, whatever breaks off on the way."""
    accepted(reserving_till, issuer)
    issuer.faults[operation] = [fault]
    reserving_till.settle()
    issuer.commit_late()
    reserving_till.settle_to_rest()
    assert reserving_till.row().state == DONE
    assert issuer.vouchers[A].times_used == 1
    assert broken_promises(reserving_till.journal, used_for(issuer), at_rest=True) == []


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
def test_a_start_during_the_queue_s_reserve_does_not_give_a_sold_voucher_back(
    reserving_till: Rig, issuer: FakeIssuer, fault: str
) -> None:
    """The value is with the customer: its hold must end in a use, never in a release."""
    accepted(reserving_till, issuer)

    class Plug(BaseException):
        """The plug is pulled."""

    def pulled() -> None:
        if fault == "lost_after":
            issuer.vouchers[A].held_for = "B1"
        raise Plug

    issuer.faults["reserve"] = [pulled]
    with pytest.raises(Plug):
        reserving_till.settle()
    reserving_till.restart()
    reserving_till.settle_to_rest()
    assert reserving_till.row().state == DONE
    assert issuer.count("release") == 0


def test_a_reserve_refused_after_the_value_was_given_is_a_loss(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """A case for the manager."""
    accepted(reserving_till, issuer)
    issuer.vouchers[A].refused = Reason.EXPIRED
    reserving_till.settle_to_rest()
    assert reserving_till.row().state == LOSS
    assert [case.kind for case in reserving_till.journal.cases()] == [CaseKind.LOSS]


@pytest.mark.parametrize("reason", [Reason.ALREADY_USED, Reason.HELD_ELSEWHERE])
def test_a_refused_reserve_that_our_own_earlier_call_may_have_caused_is_asked_about(
    reserving_till: Rig, issuer: FakeIssuer, reason: Reason
) -> None:
    """Used for this very bill: the issuer's record decides, the customer is not sent away."""
    bill = reserving_till.bill()
    bill.scan(A)
    issuer.vouchers[A].used_for = "B1"
    issuer.faults["reserve"] = [CallRefused(reason)]
    bill.confirm(loss_accepted=True)
    reserving_till.settle_to_rest()
    assert reserving_till.row().state.outcome is Outcome.USED


def test_each_voucher_of_a_lost_reserve_is_asked_about(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Not only the first: nobody knows of any of them."""
    issuer.faults["reserve"] = ["lost_before"]
    reserving_till.sold(A, B)
    assert [row.hold for row in reserving_till.journal.redemptions_of("B1")] == [Hold.UNKNOWN] * 2
    assert [waits(reserving_till, nth=nth) for nth in (0, 1)] == [("inquire", 5, 0, 0, None)] * 2


def test_after_an_answered_reserve_the_first_inquiry_counts(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """209 is an answer: the issuer's work is over, and "usable" proves at once that nothing is held."""
    issuer.faults["reserve"] = ["throttled"]
    bill = reserving_till.sold(A)
    clock.pass_s(5)
    bill.ask_again()
    assert (reserving_till.row().state, reserving_till.row().hold) == (UNSENT, Hold.NONE)


def test_the_queue_goes_on_at_once_with_a_voucher_that_was_provably_not_reserved(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """The cable came out between two calls."""
    accepted(reserving_till, issuer)
    issuer.faults["reserve"] = ["not_sent"]
    reserving_till.settle()
    assert waits(reserving_till) == ("send", 0, 0, 0, None)


def test_a_disk_that_fills_up_between_hold_and_use_only_delays_the_use(
    reserving_till: Rig, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row waits to be sent, not to be asked about, and needs no restart."""
    accepted(reserving_till, issuer)
    journal = reserving_till.journal
    real, begun = journal.transaction, []

    def full_at_the_third(actor: str) -> Any:
        begun.append(actor)
        if len(begun) == 3:
            raise JournalUnavailable("journal.full")
        return real(actor)

    with monkeypatch.context() as disk:
        disk.setattr(journal, "transaction", full_at_the_third)
        with pytest.raises(JournalUnavailable):
            reserving_till.settle()
    assert (reserving_till.row().hold, waits(reserving_till)) == (Hold.HELD, ("send", 0, 0, 0, None))
    reserving_till.settle()
    assert reserving_till.row().state == DONE


def test_a_release_that_a_bug_breaks_off_is_looked_at_five_seconds_later(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Its end was written before the first byte left: the voucher does not stay locked until the next start."""
    bill = reserving_till.sold(A)
    issuer.faults["release"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        bill.drop()
    assert waits(reserving_till) == ("release", 5, 0, 0, None)
    clock.pass_s(5)
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None


def test_a_request_the_issuer_calls_wrong_is_no_loss_yet(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The voucher may be good: a person looks before the shop books a loss."""
    accepted(reserving_till, issuer)
    issuer.faults["reserve"] = [CallRefused(Reason.SKU_TWICE)]
    reserving_till.settle_to_rest()
    assert reserving_till.row().state == UNSENT_GIVEN
    assert [entry.quarantine for entry in reserving_till.journal.outbox()] == ["sku_twice"]
    assert reserving_till.row().hold is Hold.NONE, "refused: nothing is held"


def test_a_bill_of_more_vouchers_than_one_call_takes_is_held_in_parts(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Five vouchers, two a call: three reserves, three mark-uses."""
    issuer.capabilities = type(issuer.capabilities)("Got It", offline=True, reserving=True, max_codes=2)
    bill = reserving_till.sold(*[f"55500000{n:02d}" for n in range(5)], total_vnd=1_000_000)
    bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.DONE
    assert [len(call.endings) for call in issuer.changing()] == [2, 2, 1, 2, 2, 1]


def test_the_total_of_a_bill_that_was_sent_stays(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """A reserve went out with this total: another total is refused with a sentence, the bill can still be finished."""
    issuer.faults["reserve"] = ["lost_before"]
    bill = reserving_till.sold(A)
    reserving_till.settle_to_rest()
    bill.set_total(300_000)
    message = bill.view().message
    assert message is not None
    assert message.code == "bill.already_sent"
    bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.HELD


def test_a_hold_whose_mark_use_was_cut_off_is_released_after_the_start(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The program died in mid-call; nothing was used, nobody waits: the customer's voucher is free again."""
    bill = reserving_till.sold(A)
    issuer.faults["mark_used"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    reserving_till.restart()
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None
    assert (reserving_till.row().state, reserving_till.row().hold) == (UNSENT, Hold.RELEASED)


def test_a_hold_found_after_the_start_is_released_although_the_first_inquiry_had_no_answer(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """The reserve was cut off by a crash, then the network was bad: in the end the voucher is free."""
    issuer.faults["reserve"] = ["lost_after"]
    reserving_till.sold(A)
    reserving_till.restart()
    issuer.faults["inquire"] = ["lost_before", "throttled"]
    reserving_till.settle_to_rest()
    assert issuer.vouchers[A].held_for is None


@pytest.mark.parametrize("reserving", [True, False])
def test_a_bill_ends_in_the_flow_it_was_begun_in(till: Rig, issuer: FakeIssuer, reserving: bool) -> None:
    """The store changes its flow while a bill stands unsent: the same kind of call finishes it, other vouchers too."""
    issuer.set_reserving(reserving)
    bill = till.bill("B1", 265_000)
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm(loss_accepted=True)
    issuer.cable_in = True
    issuer.set_reserving(not reserving)
    bill.scan(B)
    bill.confirm(loss_accepted=True)
    if reserving:
        bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.DONE
    assert {row.reserving for row in till.journal.redemptions_of("B1")} == {reserving}
    assert broken_promises(till.journal, used_for(issuer), at_rest=True) == []


def test_a_late_effect_after_the_value_was_given_is_booked_with_the_issuer_s_amount(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Accepted offline; the mark-use proven unused; its hold run out and reserved anew, without an answer: then the
    first mark-use takes effect after all. The sale is whole, and another amount than the bill's is a person's case.
    """
    till = reserving_till
    accepted(till, issuer)
    issuer.vouchers[A].worth_vnd = 50_000
    issuer.faults["mark_used"] = ["late"]
    till.settle()
    issuer.vouchers[A].held_for = None
    issuer.faults["reserve"] = ["lost_after"]
    clock.pass_s(61)
    till.settle()
    till.settle()
    assert (till.row().state, till.row().hold) == (UNSENT_GIVEN, Hold.UNKNOWN)
    issuer.commit_late()
    till.settle_to_rest()
    assert (till.row().state, till.row().hold, till.row().worth_vnd) == (DONE, Hold.CONSUMED, 50_000)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.VALUE_MISMATCH]
    assert broken_promises(till.journal, used_for(issuer), at_rest=True) == []


def test_a_late_effect_before_the_value_is_given_waits_to_be_handed_over(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Proven unused and still held; the next start gives the hold back, unheard; then the mark-use takes effect."""
    till = reserving_till
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    bill.confirm()
    clock.pass_s(61)
    bill.ask_again()
    assert (till.row().state, till.row().hold) == (UNSENT, Hold.HELD)
    till.restart()
    issuer.faults["release"] = ["lost_before"]
    till.settle()
    assert till.row().hold is Hold.UNKNOWN
    issuer.commit_late()
    till.settle_to_rest()
    assert (till.row().state, till.row().hold) == (USED_NOT_GIVEN, Hold.CONSUMED)
    assert broken_promises(till.journal, used_for(issuer), at_rest=True) == []
