"""What each answer of the issuer proves about a call of ours, to the second, and what is written of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import OutcomeUnknown, PosError
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
    State,
)
from pos.domain.voucher import CallRefused, Detail, Evidence, NotUsable, Proof
from pos.till.inquiry import Finding
from pos.till.ports import Work
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import calls, changes, waits
from tests.till.rig import Rig, voucher

A, B = "4471902835", "880213457719"
Waits = tuple[str, float, int, int, str | None] | None


def unknown(till: Rig, issuer: FakeIssuer, *, fault: str = "lost_before") -> None:
    """A mark-use without an end."""
    issuer.faults["mark_used"] = [fault]
    till.sold(A)
    assert till.row().state == UNKNOWN


def unknown_given(till: Rig, issuer: FakeIssuer) -> None:
    """Taken offline, and the queue's mark-use had no end."""
    bill = till.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()
    issuer.cable_in = True
    issuer.faults["mark_used"] = ["lost_before"]
    till.settle()


def ask(till: Rig, *, here: bool = False, work: Work = Work.INQUIRE, blamed: NotUsable | None = None) -> Finding:
    """One inquiry about the row."""
    end = till.desk.inquirer.ask(till.row(), actor="lan", here=lambda: here, work=work, blamed=blamed)
    return end.finding


@pytest.mark.parametrize(
    ("evidence", "here", "finding", "state", "reason"),
    [
        (Evidence(Proof.USED_BY_US, worth_vnd=100_000), True, Finding.USED, DONE, None),
        (Evidence(Proof.USED_BY_US, worth_vnd=100_000), False, Finding.USED, USED_NOT_GIVEN, None),
        (Evidence(Proof.USED_ELSEWHERE), True, Finding.REFUSED, REFUSED, Reason.USED_ON_OTHER_BILL),
        (Evidence(Proof.HELD_ELSEWHERE), True, Finding.REFUSED, REFUSED, Reason.HELD_ELSEWHERE),
        (Evidence(Proof.REFUSED, reason=Reason.EXPIRED), True, Finding.REFUSED, REFUSED, Reason.EXPIRED),
        (Evidence(Proof.REFUSED), True, Finding.REFUSED, REFUSED, Reason.INVALID),
        (Evidence(Proof.NOT_USED), True, Finding.UNUSED, UNSENT, None),
    ],
)
def test_what_a_late_answer_proves(
    till: Rig, issuer: FakeIssuer, clock: HandClock, evidence: Evidence, here: bool, finding: Finding, state: State,
    reason: Reason | None,
) -> None:  # fmt: skip
    """A minute after the call each answer is a verdict, written as found by inquiry; nothing is left to do."""
    unknown(till, issuer)
    clock.pass_s(60)
    issuer.faults["inquire"] = [evidence]
    assert ask(till, here=here) is finding
    row = till.row()
    assert (row.state, row.reason) == (state, reason)
    assert changes(till, "move")[-1]["inquiry"] is True
    assert calls(till)[-1] == ("inquire", evidence.proof.value)
    assert waits(till) is None
    assert till.journal.bill("B1").slips == (state == DONE)  # type: ignore[union-attr]


def test_usable_a_moment_too_early_proves_nothing(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Asked again exactly when it will be proof; an answer that took long does not count its own time."""
    unknown(till, issuer)
    clock.pass_s(20)
    assert ask(till) is Finding.TOO_EARLY
    assert waits(till) == ("inquire", 40, 0, 0, None)
    issuer.faults["inquire"] = [lambda: clock.pass_s(30)]
    assert ask(till) is Finding.TOO_EARLY
    assert waits(till) == ("inquire", 10, 0, 0, None)
    clock.pass_s(9.99)
    assert ask(till) is Finding.TOO_EARLY
    assert waits(till) == ("inquire", 1, 0, 0, None)
    clock.pass_s(0.01)
    assert ask(till) is Finding.UNUSED


def test_after_an_answer_without_a_verdict_the_next_word_counts_at_once(till: Rig, issuer: FakeIssuer) -> None:
    """The issuer's 209 is an answer: its work on the call is over."""
    unknown(till, issuer, fault="throttled")
    assert ask(till) is Finding.UNUSED


def test_no_answer_is_written_down_and_asked_for_again_later_each_time(till: Rig, issuer: FakeIssuer) -> None:
    """15 s, 60 s, then every 5 min."""
    unknown(till, issuer)
    issuer.faults["inquire"] = ["not_sent"] * 4
    for unanswered, pause_s in enumerate((15, 60, 300, 300)):
        end = till.desk.inquirer.ask(till.row(), actor="till", unanswered=unanswered)
        assert end.finding is Finding.NO_ANSWER
        assert end.fault is not None
        assert waits(till) == ("inquire", pause_s, unanswered + 1, 0, None)
    assert calls(till)[1:] == [("inquire", "net.refused")] * 4


def test_an_issuer_that_answers_and_proves_nothing_five_times_is_a_persons(till: Rig, issuer: FakeIssuer) -> None:
    unknown(till, issuer)

    def no_proof() -> None:
        raise OutcomeUnknown("gotit.request_refused")

    for unanswered in range(5):
        issuer.faults["inquire"] = [no_proof]
        trace_of(issuer)
        till.desk.inquirer.ask(till.row(), actor="till", unanswered=unanswered)
        parked = waits(till)
        assert parked is not None
        assert parked[4] == ("gotit.request_refused" if unanswered == 4 else None)


def trace_of(issuer: FakeIssuer) -> None:
    """From now on the issuer's answers are read to their end before they prove nothing."""
    real = issuer._break

    def answered(fault: str, trace: object, carry_out: object) -> None:
        real(fault, trace, carry_out)  # type: ignore[arg-type]

    del answered
    do = issuer._do

    def read(operation, codes, bill, trace, carry_out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        trace.answered = True
        return do(operation, codes, bill, trace, carry_out)

    issuer._do = read  # type: ignore[method-assign]


def test_the_voucher_the_issuer_blamed_is_refused_once_it_is_proven_unused(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """And looked at once more the next day, because a call of ours was on its way."""
    unknown(till, issuer)
    clock.pass_s(60)
    blamed = NotUsable(Reason.STACK_CASH, Detail(code="254"))
    assert ask(till, blamed=blamed) is Finding.REFUSED
    row = till.row()
    assert (row.state, row.reason, row.detail.code, row.proven_unused) == (REFUSED, Reason.STACK_CASH, "254", True)
    assert changes(till, "move")[-1]["inquiry"] is True
    assert (waits(till) or ("",))[0] == "recheck"


def test_undecidable_is_a_case_and_stays_parked(till: Rig, issuer: FakeIssuer) -> None:
    unknown(till, issuer)
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    assert ask(till) is Finding.UNDECIDABLE
    assert [case.kind for case in till.journal.cases()] == [CaseKind.UNDECIDABLE]
    parked = waits(till)
    assert parked is not None
    assert parked[4] == "undecidable"


def test_held_by_a_store_that_never_reserves_is_a_persons(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Nobody here asked for that hold."""
    unknown(till, issuer)
    clock.pass_s(60)
    issuer.faults["inquire"] = [Evidence(Proof.HELD_BY_US)]
    assert ask(till) is Finding.UNDECIDABLE
    assert till.row().state == UNKNOWN


@pytest.mark.parametrize(
    ("evidence", "state", "wait"),
    [
        (Evidence(Proof.NOT_USED), UNSENT_GIVEN, ("send", 0, 0, 0, None)),
        (Evidence(Proof.USED_ELSEWHERE), LOSS, None),
        (Evidence(Proof.USED_BY_US, worth_vnd=100_000), DONE, None),
    ],
)
def test_what_it_proves_about_value_that_was_given(
    till: Rig, issuer: FakeIssuer, clock: HandClock, evidence: Evidence, state: State, wait: Waits
) -> None:
    """Unused is sent again at once; lost is a case; neither prints another slip."""
    unknown_given(till, issuer)
    clock.pass_s(60)
    issuer.faults["inquire"] = [evidence]
    ask(till)
    assert (till.row().state, waits(till)) == (state, wait)
    assert [case.kind for case in till.journal.cases()] == ([CaseKind.LOSS] if state == LOSS else [])
    assert till.journal.bill("B1").slips == 1  # type: ignore[union-attr]


def test_another_worth_found_by_the_inquiry_is_a_case(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    unknown(till, issuer)
    issuer.faults["inquire"] = [Evidence(Proof.USED_BY_US, worth_vnd=70_000)]
    ask(till, here=True)
    assert (till.row().worth_vnd, till.row().amount_vnd) == (70_000, 100_000)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.VALUE_MISMATCH]


# ---------------------------------------------------------------- holds


def hold_unknown(till: Rig, issuer: FakeIssuer) -> None:
    """A reserve without an end."""
    issuer.faults["reserve"] = ["lost_before"]
    till.sold(A)
    assert (till.row().state, till.row().hold) == (UNSENT, Hold.UNKNOWN)


@pytest.mark.parametrize(
    ("evidence", "after_s", "work", "finding", "hold", "wait"),
    [
        (Evidence(Proof.HELD_BY_US), 0, Work.INQUIRE, Finding.HELD, Hold.HELD, None),
        (Evidence(Proof.HELD_BY_US), 0, Work.RELEASE, Finding.HELD, Hold.HELD, ("release", 0, 0, 0, None)),
        (Evidence(Proof.NOT_USED), 60, Work.INQUIRE, Finding.UNUSED, Hold.NONE, None),
        (Evidence(Proof.NOT_USED), 59, Work.RELEASE, Finding.TOO_EARLY, Hold.UNKNOWN, ("release", 1, 0, 0, None)),
        (Evidence(Proof.USED_ELSEWHERE), 0, Work.INQUIRE, Finding.REFUSED, Hold.NONE, ("recheck", 0, 0, 0, None)),
        (Evidence(Proof.HELD_ELSEWHERE), 0, Work.INQUIRE, Finding.REFUSED, Hold.NONE, ("recheck", 0, 0, 0, None)),
        (Evidence(Proof.USED_BY_US, worth_vnd=100_000), 0, Work.INQUIRE, Finding.USED, Hold.UNKNOWN, None),
    ],
)
def test_what_it_proves_about_a_hold(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, evidence: Evidence, after_s: float, work: Work,
    finding: Finding, hold: Hold, wait: Waits,
) -> None:  # fmt: skip
    """Held is held at once: no call of ours can still end it. Not held needs the minute."""
    hold_unknown(reserving_till, issuer)
    clock.pass_s(after_s)
    issuer.faults["inquire"] = [evidence]
    assert ask(reserving_till, work=work) is finding
    row = reserving_till.row()
    used = evidence.proof is Proof.USED_BY_US
    assert (row.hold, waits(reserving_till)) == (Hold.CONSUMED if used else hold, wait)
    assert row.state.outcome.value == ("used" if used else "refused" if finding is Finding.REFUSED else "unsent")


def test_a_held_voucher_whose_mark_use_is_unknown_needs_the_minute(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The hold still standing proves nothing at once: the mark-use may yet take it."""
    till = reserving_till
    till.sold(A)
    issuer.faults["mark_used"] = ["lost_before"]
    till.resume().confirm()
    assert (till.row().state, till.row().hold) == (UNKNOWN, Hold.HELD)
    clock.pass_s(59)
    assert ask(till) is Finding.TOO_EARLY
    clock.pass_s(1)
    assert ask(till) is Finding.HELD
    assert (till.row().state, till.row().hold, waits(till)) == (UNSENT, Hold.HELD, None)
    issuer.faults["mark_used"] = ["lost_before"]
    till.resume().confirm()
    clock.pass_s(60)
    issuer.vouchers[A].held_for = None
    assert ask(till) is Finding.UNUSED
    assert (till.row().state, till.row().hold) == (UNSENT, Hold.NONE)


def test_a_release_without_an_end_is_looked_into_after_the_bill_is_over(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Still held: tried again. Not held any more, or gone elsewhere: at rest."""
    till = reserving_till
    for evidence, hold in (
        (Evidence(Proof.NOT_USED), Hold.NONE),
        (Evidence(Proof.USED_ELSEWHERE), Hold.NONE),
        (Evidence(Proof.REFUSED, reason=Reason.EXPIRED), Hold.NONE),
    ):
        number = f"B-{evidence.proof.value}"
        code = f"55500000{len(number):02d}"
        till.sold(code, number=number)
        issuer.faults["release"] = ["lost_before"]
        till.resume(number).drop()
        row = till.row(number)
        assert (row.state, row.hold) == (DROPPED, Hold.UNKNOWN)
        clock.pass_s(60)
        issuer.faults["inquire"] = [evidence]
        end = till.desk.inquirer.ask(row, actor="till", work=Work.RELEASE)
        assert end.finding is Finding.UNUSED
        assert (till.row(number).hold, till.row(number).state, waits(till, number)) == (hold, DROPPED, None)


# ---------------------------------------------------------------- the next day


def dropped(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Proven unused and given up."""
    unknown(till, issuer)
    clock.pass_s(61)
    till.settle()
    till.resume().drop()
    assert till.row().state == DROPPED


def test_the_next_days_look_finds_nothing_and_is_over(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    dropped(till, issuer, clock)
    end = till.desk.inquirer.recheck(till.row(), actor="till")
    assert (end.finding, end.fault, waits(till)) == (Finding.UNUSED, None, None)
    assert calls(till)[-1] == ("recheck", "not_used")


def test_the_next_days_look_without_an_answer_is_made_again(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    dropped(till, issuer, clock)
    issuer.faults["inquire"] = ["not_sent"]
    end = till.desk.inquirer.recheck(till.row(), actor="till")
    assert end.finding is Finding.NO_ANSWER
    assert end.fault is not None
    assert waits(till) == ("recheck", 300, 0, 0, None)


def test_a_late_effect_is_used_a_case_and_told_with_its_worth(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    dropped(till, issuer, clock)
    issuer.faults["inquire"] = [Evidence(Proof.USED_BY_US, worth_vnd=90_000)]
    assert till.desk.inquirer.recheck(till.row(), actor="till").finding is Finding.USED
    assert (till.row().state, till.row().worth_vnd, waits(till)) == (USED_NOT_GIVEN, 90_000, None)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.LATE_EFFECT, CaseKind.VALUE_MISMATCH]
    assert changes(till, "move")[-1]["inquiry"] is True


def test_a_row_of_a_bill_that_is_gone_is_not_asked_about(till: Rig, issuer: FakeIssuer) -> None:
    """Cannot happen; if it does nothing is asked."""
    unknown(till, issuer)
    row = till.row()
    till.journal.bill = lambda _: None  # type: ignore[method-assign, assignment]
    asked = len(issuer.calls)
    for ask_it in (till.desk.inquirer.ask, till.desk.inquirer.recheck):
        with pytest.raises(PosError, match=r"^journal\.no_such_row$"):
            ask_it(row, actor="till")
    assert len(issuer.calls) == asked


# ---------------------------------------------------------------- the minute, over a restart


@pytest.mark.parametrize(
    ("away_s", "took_s", "finding"),
    [(61.9, 0, Finding.TOO_EARLY), (62, 0, Finding.UNUSED), (61.9, 5, Finding.TOO_EARLY), (62, 5, Finding.UNUSED)],
)
def test_after_a_restart_both_clocks_must_agree_that_a_minute_has_passed(
    till: Rig, issuer: FakeIssuer, clock: HandClock, away_s: float, took_s: float, finding: Finding
) -> None:
    """Two seconds more, for the issuer's clock is told to the second; what the answer itself took does not count."""
    till.bill().scan(B)
    unknown(till, issuer)
    clock.pass_s(away_s)
    till.restart()
    issuer.faults["inquire"] = [lambda: clock.pass_s(took_s)]
    assert ask(till) is finding


@pytest.mark.parametrize(("ours_s", "theirs_s"), [(4000, 10), (10, 4000)])
def test_a_clock_that_was_set_proves_nothing(
    till: Rig, issuer: FakeIssuer, clock: HandClock, ours_s: float, theirs_s: float
) -> None:
    """Ours or the issuer's: the shorter time counts."""
    till.bill().scan(B)
    unknown(till, issuer)
    began = clock.now_utc()
    clock.jump_s(ours_s)
    till.restart()
    issuer.date = lambda: began + timedelta(seconds=theirs_s)
    assert ask(till) is Finding.TOO_EARLY


@pytest.mark.parametrize("never_compared", [True, False])
def test_without_the_issuers_clock_only_this_run_counts(
    till: Rig, issuer: FakeIssuer, clock: HandClock, never_compared: bool
) -> None:
    """No `Date` when it was sent, or none now: a minute of this run of the program must pass."""
    date = issuer.date
    issuer.date = None if never_compared else date
    unknown(till, issuer)
    issuer.date = date if never_compared else None
    clock.pass_s(3600)
    till.restart()
    clock.pass_s(59)
    assert ask(till) is Finding.TOO_EARLY
    clock.pass_s(1)
    assert ask(till) is Finding.UNUSED


# ---------------------------------------------------------------- slips of what an inquiry gives


def slips(till: Rig) -> int:
    stored = till.journal.bill("B1")
    return 0 if stored is None else stored.slips


def test_a_voucher_that_an_inquiry_hands_over_has_a_slip_that_tells_of_it(till: Rig, issuer: FakeIssuer) -> None:
    """The bill's first slip was for another voucher: without a second the customer has no proof of this one."""
    bill = till.sold(A)
    assert slips(till) == 1
    issuer.faults["mark_used"] = ["lost_after"]
    bill.scan(B)
    bill.confirm()
    bill.ask_again()
    assert till.row(nth=1).state == DONE
    assert slips(till) == 2


def test_an_inquiry_that_gives_nothing_prints_nothing_more(till: Rig, issuer: FakeIssuer) -> None:
    """The slip there is tells of all that was given."""
    bill = till.sold(A)
    issuer.faults["mark_used"] = ["lost_before"]
    bill.scan(B)
    bill.confirm()
    issuer.vouchers[B].used_for = "OTHER"
    bill.ask_again()
    assert till.row(nth=1).state == REFUSED
    assert slips(till) == 1


def test_an_inquiry_that_no_cashier_waits_for_gives_nothing(till: Rig, issuer: FakeIssuer) -> None:
    """Whoever asks has to say that somebody stands there."""
    unknown(till, issuer, fault="lost_after")
    assert till.desk.inquirer.ask(till.row(), actor="till").finding is Finding.USED
    assert till.row().state == USED_NOT_GIVEN


# ---------------------------------------------------------------- what else explains the issuer's record


def a_day_later(till: Rig, clock: HandClock) -> None:
    clock.pass_s(24 * 3600)
    till.settle()


def test_a_voucher_used_on_a_later_bill_explains_a_record_that_names_no_bill(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Given up on one bill, used on the next: nobody has to look into it."""
    dropped(till, issuer, clock)
    till.sold(A, number="B2")
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    a_day_later(till, clock)
    assert (till.journal.cases(), waits(till)) == ((), None)


def test_a_voucher_used_on_a_later_bill_explains_no_use_for_the_first(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The issuer says "used for B1" and our journal "for B2": a person looks, and the till says so."""
    dropped(till, issuer, clock)
    till.sold(A, number="B2")
    issuer.faults["inquire"] = [Evidence(Proof.USED_BY_US, worth_vnd=100_000)]
    a_day_later(till, clock)
    assert [(case.kind, case.bill_number) for case in till.journal.cases()] == [(CaseKind.LATE_EFFECT, "B1")]
    assert [(one.row_before.bill_number, one.finding) for one in till.settled][-1:] == [("B1", Finding.USED)]


def test_a_loss_that_was_used_for_us_after_all_is_a_persons(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Booked as a loss, and the next day the issuer's record says that it was paid: the shop gets its money."""
    unknown_given(till, issuer)
    clock.pass_s(61)
    issuer.faults["mark_used"] = [CallRefused(Reason.EXPIRED)]
    till.settle_to_rest()
    assert (till.row().state, (waits(till) or ("",))[0]) == (LOSS, "recheck")
    issuer.faults["inquire"] = [Evidence(Proof.USED_BY_US, worth_vnd=100_000)]
    a_day_later(till, clock)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.LOSS, CaseKind.LATE_EFFECT]


@pytest.mark.parametrize("beside", ["another voucher, held", "the same voucher, given up again"])
def test_what_stands_beside_a_late_hold_does_not_explain_it(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, beside: str
) -> None:
    """Only the same voucher, held on the same bill now, does: else the customer's voucher is locked."""
    till = reserving_till
    issuer.faults["reserve"] = ["lost_before"]
    bill = till.sold(A)
    clock.pass_s(61)
    bill.ask_again()
    bill.drop()
    bill.scan(B if beside.startswith("another") else A)
    issuer.faults["reserve"] = ["not_sent"] if beside.startswith("the same") else []
    bill.confirm()
    if beside.startswith("the same"):
        bill.drop()
    issuer.faults["inquire"] = [Evidence(Proof.HELD_BY_US)]
    a_day_later(till, clock)
    assert [(case.kind, case.ending) for case in till.journal.cases()] == [(CaseKind.STUCK_HOLD, A[-4:])]


@pytest.mark.parametrize(("proof", "work"), [(Proof.HELD_BY_US, ("release", 0, 0, 0, None)), (Proof.NOT_USED, None)])
def test_a_blamed_voucher_is_refused_and_its_hold_given_back_if_it_has_one(
    reserving_till: Rig, issuer: FakeIssuer, proof: Proof, work: Waits
) -> None:
    """The issuer named it as the bad one of several; its record says whether it is held all the same."""
    till = reserving_till
    bill = till.bill()
    for code in (A, B):
        bill.scan(code)
    issuer.faults["reserve"] = [CallRefused(Reason.EXPIRED, culprit=voucher(A))]
    issuer.faults["inquire"] = [Evidence(proof)]
    bill.confirm(loss_accepted=True)
    assert till.row().state == REFUSED
    assert waits(till) == work


def test_silence_is_no_answer_however_often(till: Rig, issuer: FakeIssuer) -> None:
    """Only an issuer that answers and proves nothing leaves the voucher to a person; a dead network does not."""
    unknown(till, issuer)
    issuer.faults["inquire"] = ["lost_before"]
    till.desk.inquirer.ask(till.row(), actor="till", unanswered=9)
    assert waits(till) == ("inquire", 300, 10, 0, None)
