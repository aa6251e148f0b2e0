"""DIRECT_FLOW at the counter, call by call: what the customer gets, what the issuer did, what the book says."""

from __future__ import annotations

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import PosError
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, DROPPED, IN_FLIGHT, REFUSED, UNKNOWN, UNSENT, USED_NOT_GIVEN
from pos.domain.voucher import CallRefused, MarkedUsed, UsedVoucher
from pos.till.overview import lists_view
from pos.till.ports import PrintState
from pos.till.views import LineStatus, Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig, line, voucher

A, B, C = "4471902835", "880213457719", "0012345678"


def slips(till: Rig) -> list[int]:
    """The copy numbers of the queued slips."""
    return [job.copy for job in till.journal.print_jobs(states=[PrintState.PENDING])]


def test_a_used_voucher_is_given_with_the_verdict_and_its_slip_is_queued_once(till: Rig, issuer: FakeIssuer) -> None:
    """Scan, confirm, hand over; one mark-use, one slip."""
    bill = till.sold(A)
    assert bill.view().phase is Phase.DONE
    assert till.row().state == DONE
    assert issuer.vouchers[A].used_for == "B1"
    assert issuer.count("mark_used") == 1
    assert slips(till) == [0]
    assert till.journal.unshown() == ("B1",)


@pytest.mark.parametrize(
    ("fault", "state", "phase"),
    [
        ("not_sent", UNSENT, Phase.OFFERED),
        ("setup", UNSENT, Phase.UNSENT),
        ("throttled", UNKNOWN, Phase.UNKNOWN),
        ("lost_before", UNKNOWN, Phase.UNKNOWN),
        ("lost_after", UNKNOWN, Phase.UNKNOWN),
        (CallRefused(Reason.EXPIRED), REFUSED, Phase.CLOSED),
    ],
)
def test_a_failed_call_gives_nothing_and_says_what_may_have_happened(
    till: Rig, issuer: FakeIssuer, fault: str, state: object, phase: Phase
) -> None:
    """Only a proof moves a voucher; whatever the end, the customer has nothing yet and no slip prints."""
    issuer.faults["mark_used"] = [fault]
    bill = till.sold(A)
    assert till.row().state == state
    assert bill.view().phase is phase
    assert slips(till) == []


def test_a_confirm_after_a_provably_unsent_try_goes_through(till: Rig, issuer: FakeIssuer) -> None:
    """The network came back: the same bill, the same voucher, one use."""
    issuer.faults["mark_used"] = ["not_sent"]
    bill = till.sold(A)
    bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.DONE
    assert issuer.vouchers[A].times_used == 1


def test_lost_after_the_effect_ends_as_used_and_is_never_sent_again(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Carried out, then dropped: the inquiry finds our use; the cashier finishes the sale."""
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.sold(A)
    clock.pass_s(5.1)
    till.settle()
    assert till.row().state == USED_NOT_GIVEN
    bill.finish_sale()
    assert till.row().state == DONE
    assert issuer.count("mark_used") == 1
    assert slips(till) == [0]
    bill.finish_sale()
    assert slips(till) == [0], "a second press must not print a second slip"


def test_lost_before_the_effect_is_proven_unused_after_60_s_only(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """A "usable" right after the call proves nothing: the issuer may still be at work."""
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A)
    for _ in range(11):
        clock.pass_s(5)
        bill.ask_again()
        assert till.row().state == UNKNOWN
    clock.pass_s(5.1)
    bill.ask_again()
    assert till.row().state == UNSENT
    assert bill.view().phase is Phase.UNSENT
    bill.confirm()
    assert till.row().state == DONE


def test_a_late_effect_before_the_proof_is_found(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Carried out 50 s after the customer's call: never declared unused."""
    issuer.faults["mark_used"] = ["late"]
    till.sold(A)
    clock.pass_s(30)
    till.settle()
    assert till.row().state == UNKNOWN
    issuer.commit_late()
    till.settle_to_rest()
    assert till.row().state == USED_NOT_GIVEN


def test_the_60_s_count_from_when_the_request_could_leave_not_from_when_it_waited(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """A call that waited 40 s for its turn behind others leaves 40 s later, and so does the proof."""
    issuer.faults["mark_used"] = ["late"]
    bill = till.bill()
    bill.scan(A)
    gate = till.issuers.gate
    waited = gate.cashier_call

    def slow_turn() -> object:
        clock.pass_s(40)
        return waited()

    gate.cashier_call = slow_turn  # type: ignore[method-assign,assignment]
    bill.confirm()
    gate.cashier_call = waited  # type: ignore[method-assign]
    clock.pass_s(25)
    bill.ask_again()
    assert till.row().state == UNKNOWN


def test_a_slow_answer_proves_what_was_true_when_it_was_asked_for(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Asked 40 s after the call, answered 30 s later: between the two the call may have taken effect."""
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    clock.pass_s(40)
    issuer.faults["inquire"] = [lambda: clock.pass_s(30)]
    bill.ask_again()
    assert till.row().state == UNKNOWN
    clock.pass_s(1.1)
    till.settle()
    assert till.row().state == UNSENT, "asked once more, late enough"


def test_a_late_effect_after_the_drop_is_found_the_next_day_and_becomes_a_case(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """§12 no. 5: dropped as unused, used after all."""
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    till.settle_to_rest()
    bill.drop()
    issuer.commit_late()
    clock.pass_s(24 * 3600)
    till.settle()
    assert till.row().state == USED_NOT_GIVEN
    assert [case.kind for case in till.journal.cases()] == [CaseKind.LATE_EFFECT]


def test_the_look_after_the_days_end_comes_two_hours_after_the_drop_not_a_minute_after_midnight(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Given up at 23:59, or the clock set a day ahead: either way a late effect gets its time to show."""
    clock.pass_s(12 * 3600 - 200)  # 23:56:40 in the shop
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    till.settle_to_rest(120)
    bill.drop()
    asked = issuer.count("inquire")
    clock.pass_s(900)
    till.settle()
    clock.jump_s(24 * 3600)
    till.settle()
    assert issuer.count("inquire") == asked, "too early to tell anything"
    issuer.commit_late()
    clock.pass_s(2 * 3600)
    till.settle()
    assert [case.kind for case in till.journal.cases()] == [CaseKind.LATE_EFFECT]


def test_after_a_start_a_clock_set_ahead_does_not_end_the_day(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """The issuer's clock says that it is still today: asked when both clocks have a new day."""
    now_utc = clock.now_utc()
    issuer.date = lambda: now_utc
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    till.settle_to_rest(120)
    bill.drop()
    asked = issuer.count("inquire")
    clock.jump_s(24 * 3600)
    till.restart()
    till.settle()
    till.bill("B2").scan(B)
    till.settle()
    assert issuer.count("inquire") == asked, "the day is not over"
    now_utc = clock.now_utc()
    till.bill("B3").scan(B)
    till.settle()
    assert issuer.count("inquire") == asked + 1


def test_used_by_nobody_knows_whom_after_the_drop_is_left_to_a_person(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The next day's look finds it used and is not told for which bill: that may be our own late effect."""
    from pos.domain.voucher import Evidence, Proof

    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(A)
    till.settle_to_rest()
    bill.drop()
    issuer.commit_late()
    clock.pass_s(24 * 3600)
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    till.settle()
    assert till.row().state == DROPPED
    assert [case.kind for case in till.journal.cases()] == [CaseKind.UNDECIDABLE]
    assert [entry.quarantine for entry in till.journal.outbox()] == ["undecidable"]


def test_a_drop_while_a_settle_pass_runs_keeps_its_next_day_check(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The pass works from a list it read earlier; what changed meanwhile must not be lost."""
    issuer.faults["mark_used"] = ["lost_before", "late"]
    till.sold(A, number="B1")
    second = till.sold(B, number="B2")
    clock.pass_s(61)

    def dropped_meanwhile() -> None:
        second.ask_again()
        second.drop()

    issuer.faults["inquire"] = [dropped_meanwhile]
    till.settle()
    assert [entry.work.value for entry in till.journal.outbox_of("B2")] == ["recheck"]


def test_undecidable_stays_with_a_person_and_is_never_sent_again(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Used, but the issuer does not say for which bill."""
    from pos.domain.voucher import Evidence, Proof

    issuer.faults["mark_used"] = ["lost_after"]
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    till.sold(A)
    till.settle_to_rest()
    assert till.row().state == UNKNOWN
    assert [case.kind for case in till.journal.cases()] == [CaseKind.UNDECIDABLE]
    for _ in range(3):
        clock.pass_s(3600)
        till.settle(now=True)
    assert issuer.count("mark_used") == 1
    assert issuer.count("inquire") == 1


def test_an_undecidable_voucher_does_not_keep_the_bills_other_vouchers_from_their_end(
    till: Rig, issuer: FakeIssuer
) -> None:
    """One of two is a person's; the other is used, and the sale can be finished (contracts/gotit.md §12 no. 4)."""
    from pos.domain.voucher import Evidence, Proof

    issuer.faults["mark_used"] = ["lost_after"]
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    bill = till.sold(A, B)
    till.settle_to_rest()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [UNKNOWN, USED_NOT_GIVEN]
    assert bill.view().phase is Phase.FINISH
    assert [listed.phase for listed in lists_view(till.journal, {}).open_bills] == [Phase.FINISH]
    bill.finish_sale()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [UNKNOWN, DONE]
    assert bill.view().phase is Phase.UNKNOWN


def test_another_amount_than_checked_is_a_case(till: Rig, issuer: FakeIssuer) -> None:
    """The issuer took 50,000 where the bill was given 100,000."""
    issuer.faults["mark_used"] = [MarkedUsed((UsedVoucher(voucher(A), 50_000),), "tx")]
    till.sold(A)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.VALUE_MISMATCH]


def test_of_several_vouchers_the_named_one_is_refused_and_the_others_stay_unsent(till: Rig, issuer: FakeIssuer) -> None:
    """A refusal of several proves nothing of each: every one is asked about alone."""
    bill = till.bill()
    for code in (A, B, C):
        bill.scan(code)
    issuer.vouchers[B].used_for = "ELSEWHERE"
    bill.confirm(loss_accepted=True)
    states = [row.state for row in till.journal.redemptions_of("B1")]
    assert states == [UNSENT, REFUSED, UNSENT]
    assert bill.view().phase is Phase.UNSENT
    bill.confirm(loss_accepted=True)
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DONE, REFUSED, DONE]
    assert bill.view().phase is Phase.DONE


def test_a_split_result_prints_one_original_with_everything_on_it(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Three vouchers used by one lost call: the inquiry of each must not print a slip of its own."""
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.sold(A, B, C, total_vnd=500_000)
    clock.pass_s(6)
    bill.ask_again()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DONE] * 3
    assert slips(till) == [0]


def test_a_partly_used_bill_still_gets_its_slip(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """One of two was ours, the other was used elsewhere: the customer gets a slip for hers."""
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A, B)
    issuer.vouchers[A].used_for, issuer.vouchers[B].used_for = "B1", "ELSEWHERE"
    clock.pass_s(6)
    bill.ask_again()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DONE, REFUSED]
    assert slips(till) == [0]


def test_what_is_given_after_a_bills_slip_gets_a_slip_too_whatever_becomes_of_the_rest(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Two of three are lost, the third is taken offline with a slip; one of the two was ours, the other is dropped."""
    issuer.capabilities = type(issuer.capabilities)("Got It", offline=True, reserving=False, max_codes=2)
    issuer.faults["mark_used"] = ["lost_before", "not_sent"]
    bill = till.sold(A, B, C, total_vnd=500_000)
    bill.confirm()
    bill.accept_offline()
    assert slips(till) == [0]
    issuer.vouchers[A].used_for = "B1"
    clock.pass_s(60)
    bill.ask_again()
    assert [row.state for row in till.journal.redemptions_of("B1")][:2] == [DONE, UNSENT]
    bill.drop()
    assert slips(till) == [0, 1]


@pytest.mark.parametrize("reason", [Reason.ALREADY_USED, Reason.UNKNOWN_OR_USED])
def test_an_already_used_after_an_earlier_try_of_ours_is_asked_about(
    till: Rig, issuer: FakeIssuer, clock: HandClock, reason: Reason
) -> None:
    """Proven unused, sent again, refused as used: that may be our own first call. So for an issuer that only hints."""
    issuer.faults["mark_used"] = ["late", CallRefused(reason, culprit=voucher(A))]
    bill = till.sold(A)
    till.settle_to_rest()
    issuer.commit_late()
    bill.confirm()
    assert till.row().state == DONE
    assert issuer.vouchers[A].times_used == 1


def test_two_unsent_vouchers_of_which_one_was_used_elsewhere_can_be_finished(till: Rig, issuer: FakeIssuer) -> None:
    """The joint check names a voucher that already stands on the bill: the cashier is not left without a way on."""
    issuer.faults["mark_used"] = ["not_sent"]
    bill = till.sold(A, B)
    issuer.vouchers[B].used_for = "ELSEWHERE"
    issuer.faults["check_together"] = [CallRefused(Reason.ALREADY_USED, culprit=voucher(B))]
    bill.set_total(TOTAL_AGAIN)
    bill.confirm(loss_accepted=True)
    view = bill.view()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [UNSENT, REFUSED]
    assert view.phase is Phase.UNSENT


TOTAL_AGAIN = 265_000


def test_a_code_taken_earlier_on_the_bill_does_not_hide_that_the_rest_is_done(till: Rig, issuer: FakeIssuer) -> None:
    """She scans a used-up code first, then a good one: after the confirm the screen says "hand over"."""
    till.sold(A, number="B0")
    bill = till.sold(A, B, number="B1")
    assert line(bill, "2835").reason is Reason.ALREADY_TAKEN_HERE
    assert bill.view().phase is Phase.DONE


def test_asking_again_about_a_code_taken_here_does_not_make_it_usable(till: Rig, issuer: FakeIssuer) -> None:
    """Accepted offline on another bill and not sent yet: the issuer still says "usable", the till knows better."""
    issuer.faults["mark_used"] = ["not_sent"]
    other = till.sold(A, number="B0")
    other.accept_offline()
    bill = till.bill("B1")
    bill.scan(A)
    bill.check_again(line(bill, "2835").id)
    bill.add_sku("TRA:1:1000")
    assert line(bill, "2835").status is LineStatus.REFUSED


def test_two_bills_with_the_same_code_use_it_once(till: Rig, issuer: FakeIssuer) -> None:
    """Both counters saw it usable; the second confirm is stopped before anything is sent."""
    first, second = till.bill("B1"), till.bill("B2")
    first.scan(A)
    second.scan(A)
    first.confirm()
    second.confirm()
    assert issuer.count("mark_used") == 1
    assert till.journal.bill("B2") is None
    message = second.view().message
    assert message is not None
    assert message.code == "rule.already_taken"


def test_a_bill_of_more_vouchers_than_one_call_takes_stops_at_the_first_failure(till: Rig, issuer: FakeIssuer) -> None:
    """Five vouchers, two a call, the second call fails: the first two are given and on the slip, the rest waits."""
    issuer.capabilities = type(issuer.capabilities)("Got It", offline=True, reserving=False, max_codes=2)
    issuer.faults["mark_used"] = [lambda: None, "lost_before"]
    codes = [f"55500000{n:02d}" for n in range(5)]
    bill = till.sold(*codes, total_vnd=1_000_000)
    states = [row.state for row in till.journal.redemptions_of("B1")]
    assert states == [DONE, DONE, UNKNOWN, UNKNOWN, UNSENT]
    assert issuer.count("mark_used") == 2
    assert bill.view().phase is Phase.UNKNOWN
    till.settle_to_rest()
    assert bill.view().phase is Phase.UNSENT
    bill.confirm(loss_accepted=True)
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DONE] * 5
    assert slips(till) == [0]
    assert {truth.times_used for truth in issuer.vouchers.values()} == {1}


def test_a_provider_bug_in_mid_call_leaves_the_voucher_unknown_not_sellable(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Our own exception after the request may have left: asked about like any lost call."""
    issuer.faults["mark_used"] = ["bug"]
    bill = till.bill()
    bill.scan(A)
    with pytest.raises(ZeroDivisionError):
        bill.confirm()
    assert till.row().state == IN_FLIGHT
    assert line(bill, "2835").status is LineStatus.SENDING
    clock.pass_s(6)
    till.settle()
    till.settle_to_rest()
    assert till.row().state == UNSENT


def test_a_failed_verdict_commit_loses_nothing(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """The issuer used it, the disk would not take the verdict: the row stays in flight and is asked about."""
    bill = till.bill()
    bill.scan(A)
    writes = FailingTransactions(till, at=2)
    bill.confirm()
    writes.mend()
    assert till.row().state == IN_FLIGHT
    view = bill.view()
    assert view.message is not None
    assert view.message.code == "journal.disk_full"
    assert view.lines[0].status is LineStatus.SENDING
    bill.confirm()
    assert issuer.count("mark_used") == 1
    clock.pass_s(6)
    till.settle()
    till.settle()
    assert till.row().state == USED_NOT_GIVEN


def test_a_failed_intent_commit_sends_nothing(till: Rig, issuer: FakeIssuer) -> None:
    """Disk full before the first byte: no call, no row, and the draft can be confirmed later."""
    bill = till.bill()
    bill.scan(A)
    writes = FailingTransactions(till, at=1)
    bill.confirm()
    writes.mend()
    assert issuer.count("mark_used") == 0
    assert till.journal.bill("B1") is None
    bill.confirm()
    assert till.row().state == DONE


class FailingTransactions:
    """The disk is full from the nth transaction on, until mended."""

    def __init__(self, till: Rig, *, at: int) -> None:
        self._till, self._left, self._begin = till, at, till.journal.transaction
        till.journal.transaction = self.begin  # type: ignore[method-assign,assignment]

    def begin(self, actor: str) -> object:
        """Fail instead of beginning."""
        from pos.domain.errors import JournalUnavailable

        self._left -= 1
        if self._left <= 0:
            raise JournalUnavailable("journal.disk_full")
        return self._begin(actor)

    def mend(self) -> None:
        """There is room again."""
        self._till.journal.transaction = self._begin  # type: ignore[method-assign]


def test_removing_a_line_whose_outcome_is_unknown_changes_nothing(till: Rig, issuer: FakeIssuer) -> None:
    """What may be used cannot be taken off the bill."""
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.sold(A)
    bill.remove_line(bill.view().lines[0].id)
    assert till.row().state == UNKNOWN


def test_a_refused_check_at_the_confirm_says_why(till: Rig, issuer: FakeIssuer) -> None:
    """The total changed after the scan and the network is gone: the offer stands without "nothing to confirm"."""
    bill = till.bill()
    bill.scan(A)
    bill.set_total(150_000)
    issuer.cable_in = False
    bill.confirm()
    assert bill.view().phase is Phase.OFFERED
    assert bill.view().message is None


def test_an_offer_ends_when_the_issuer_answers_again(till: Rig, issuer: FakeIssuer) -> None:
    """Offline acceptance is for a lost network: after an answered call the next voucher goes online."""
    issuer.faults["mark_used"] = ["not_sent"]
    bill = till.sold(A)
    bill.confirm(loss_accepted=True)
    bill.scan(B)
    assert bill.view().offer is None
    bill.accept_offline()
    assert till.journal.risk().count == 0


def test_an_unknown_bill_cannot_be_found(till: Rig) -> None:
    """A clear refusal instead of an empty bill."""
    with pytest.raises(PosError) as caught:
        till.resume("NEVER")
    assert caught.value.code == "bill.not_found"


def test_a_refused_voucher_that_an_earlier_call_used_after_all_is_found_the_next_day(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Proven unused, sent again and refused; then the first call takes effect: a case, not a secret."""
    issuer.faults["mark_used"] = ["late", CallRefused(Reason.TOTAL_TOO_SMALL)]
    bill = till.sold(A)
    till.settle_to_rest()
    bill.confirm()
    assert till.row().state == REFUSED
    issuer.commit_late()
    clock.pass_s(24 * 3600)
    till.settle()
    assert [case.kind for case in till.journal.cases()] == [CaseKind.LATE_EFFECT]
    assert till.journal.outbox() == ()


def test_a_voucher_dropped_and_taken_again_on_the_same_bill_is_no_late_effect(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The next-day look finds it used for this bill, as it should be."""
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A)
    till.settle_to_rest()
    bill.drop()
    bill.scan(A)
    bill.confirm()
    assert [row.state for row in till.journal.redemptions_of("B1")] == [DROPPED, DONE]
    clock.pass_s(24 * 3600)
    till.settle()
    assert till.journal.cases() == ()
    assert till.journal.outbox() == ()
