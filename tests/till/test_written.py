"""Every end of every changing call is written down whole: the attempt, the answer's word, the step, what comes next."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import PosError
from pos.domain.offline_policy import SHIPPED_POLICY
from pos.domain.reasons import Reason
from pos.domain.redemption import Hold
from pos.domain.voucher import CallRefused, Detail, MarkedUsed, UsedVoucher
from pos.till.offline import OfflineDesk
from pos.till.ports import Person, Role
from pos.till.redeem import CallEnd, Intent
from tests.till.fake_issuer import FakeIssuer, Fault
from tests.till.hand_clock import HandClock
from tests.till.record import calls, changes, waits
from tests.till.rig import Rig, voucher
from tests.till.screen import Screen

A, B = "4471902835", "880213457719"
HOA = Person("2", "Hoa", Role.MANAGER)
REFUSED = CallRefused(Reason.EXPIRED, Detail(code="102"))
REQUEST = CallRefused(Reason.TOTAL_INVALID, Detail(code="252"))
INQUIRE = ("inquire", 5, 0, 0, None)


def given(till: Rig, issuer: FakeIssuer) -> None:
    """Taken offline; the queue may send it now."""
    screen = Screen(till)
    screen.bill.scan(A)
    issuer.cable_in = False
    screen.bill.confirm()
    screen.bill.accept_offline()
    issuer.cable_in = True


@pytest.mark.parametrize(
    ("fault", "word", "state", "wait", "step"),
    [
        (None, "used", "used/yes", None, {"event": "used_here", "transaction": "tx-2", "worth_vnd": 100_000}),
        ("not_sent", "net.refused", "unsent/no", None, {"event": "not_sent", "note": "net.refused"}),
        ("setup", "gotit.pin_wrong", "unsent/no", None, {"event": "not_sent", "note": "gotit.pin_wrong"}),
        ("lost_before", "net.read_timeout", "unknown/no", INQUIRE, {"event": "lost", "note": "net.read_timeout"}),
        ("throttled", "gotit.throttled", "unknown/no", INQUIRE, {"event": "lost", "note": "gotit.throttled"}),
        (REFUSED, "expired", "refused/no", None, {"event": "refused", "reason": "expired"}),
        (REQUEST, "total_invalid", "refused/no", None, {"event": "refused", "reason": "total_invalid"}),
    ],
)
def test_how_a_mark_use_of_one_voucher_ends(
    till: Rig, issuer: FakeIssuer, fault: Fault | None, word: str, state: str, wait: Any, step: dict[str, Any]
) -> None:
    if fault is not None:
        issuer.faults["mark_used"] = [fault]
    till.sold(A)
    assert calls(till) == [("mark_used", word)]
    assert (changes(till, "move")[-1], waits(till)) == ({"from": "in_flight/no", "to": state, **step}, wait)
    row = till.row()
    assert (row.sends, row.answered, row.detail.code) == (
        1, fault == "throttled", fault.detail.code if isinstance(fault, CallRefused) else None,
    )  # fmt: skip
    assert till.journal.risk().count == 0


@pytest.mark.parametrize(
    ("fault", "word", "state", "wait", "cases"),
    [
        (None, "used", "used/yes", None, []),
        ("not_sent", "net.refused", "unsent/yes", ("send", 0, 0, 0, None), []),
        ("setup", "gotit.pin_wrong", "unsent/yes", ("send", 2, 0, 1, None), []),
        ("lost_before", "net.read_timeout", "unknown/yes", INQUIRE, []),
        (REFUSED, "expired", "refused/yes", None, [CaseKind.LOSS]),
        (REQUEST, "total_invalid", "unsent/yes", ("inquire", 5, 0, 0, "total_invalid"), []),
    ],
)
def test_how_a_mark_use_of_the_queue_ends(
    till: Rig, issuer: FakeIssuer, fault: Fault | None, word: str, state: str, wait: Any, cases: list[CaseKind]
) -> None:
    """Value was given: a refusal is a loss, a request of ours that was wrong is a person's, neither prints a slip."""
    given(till, issuer)
    if fault is not None:
        issuer.faults["mark_used"] = [fault]
    till.settle()
    assert calls(till)[-1] == ("mark_used", word)
    assert changes(till, "move")[-1]["to"] == state
    assert (waits(till), [case.kind for case in till.journal.cases()]) == (wait, cases)
    stored = till.journal.bill("B1")
    assert stored is not None
    assert stored.slips == 1
    if fault is REQUEST:
        assert changes(till, "move")[-1]["note"] == "total_invalid"


def test_a_refusal_of_several_is_asked_about_one_by_one_at_once(till: Rig, issuer: FakeIssuer) -> None:
    """Each is unknown with the refusal's reason, answered, and due now."""
    issuer.faults["mark_used"] = [CallRefused(Reason.STACK_CASH)]
    issuer.faults["inquire"] = ["not_sent", "not_sent"]
    till.sold(A, B)
    assert calls(till)[0] == ("mark_used", "stack_cash")
    lost = [step for step in changes(till, "move") if step["event"] == "lost"]
    assert [step["reason"] for step in lost] == ["stack_cash"] * 2
    for nth in (0, 1):
        assert till.row(nth=nth).answered
        assert waits(till, nth=nth) == ("inquire", 15, 1, 0, None)


def test_a_mark_use_that_names_no_worth_keeps_ours(till: Rig, issuer: FakeIssuer) -> None:
    """No amount told is no other amount; a voucher that nobody knew the worth of takes the issuer's."""
    issuer.faults["mark_used"] = [MarkedUsed((UsedVoucher(voucher(A), None),), None)]
    till.sold(A)
    assert (till.row().worth_vnd, till.row().transaction_id, till.journal.cases()) == (100_000, None, ())


def test_a_second_voucher_given_later_has_a_slip_of_its_own(till: Rig, issuer: FakeIssuer) -> None:
    """The first slip does not tell of it; a voucher refused later needs none."""
    screen = Screen(till)
    screen.bill.scan(A)
    screen.bill.confirm()
    screen.bill.scan(B)
    screen.bill.confirm()
    stored = till.journal.bill("B1")
    assert stored is not None
    assert stored.slips == 2
    screen.bill.scan("5550000000012")
    issuer.vouchers["5550000000012"].used_for = "OTHER"
    screen.bill.confirm(loss_accepted=True)
    stored = till.journal.bill("B1")
    assert stored is not None
    assert stored.slips == 2


def test_amounts_are_worked_out_anew_before_an_unsent_voucher_is_sent(till: Rig, issuer: FakeIssuer) -> None:
    """Another total after a try that never left: what is written is what is sent."""
    screen = Screen(till)
    screen.bill.scan(A)
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.confirm()
    issuer.vouchers[A].worth_vnd = 90_000
    screen.bill.confirm(loss_accepted=True)
    assert (till.row().worth_vnd, till.row().amount_vnd, till.row().lost_vnd) == (90_000, 100_000, 0)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.VALUE_MISMATCH]


# ---------------------------------------------------------------- RESERVE_FLOW


@pytest.mark.parametrize(
    ("fault", "word", "hold", "state", "wait"),
    [
        (None, "held", "held", "unsent", None),
        ("not_sent", "net.refused", "none", "unsent", None),
        ("setup", "gotit.pin_wrong", "none", "unsent", None),
        ("lost_before", "net.read_timeout", "unknown", "unsent", INQUIRE),
        (REFUSED, "expired", "none", "refused", None),
    ],
)
def test_how_a_reserve_ends(
    reserving_till: Rig, issuer: FakeIssuer, fault: Fault | None, word: str, hold: str, state: str, wait: Any
) -> None:
    till = reserving_till
    if fault is not None:
        issuer.faults["reserve"] = [fault]
    till.sold(A)
    row = till.row()
    assert calls(till) == [("reserve", word)]
    assert (row.hold.value, row.state.outcome.value, waits(till)) == (hold, state, wait)
    assert (row.sends, row.sent is not None) == (0, True)


def test_a_reserve_refused_because_of_a_hold_is_asked_about_at_once(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """It may be our own, from a call that had no end."""
    till = reserving_till
    issuer.faults["reserve"] = [CallRefused(Reason.HELD_ELSEWHERE)]
    issuer.faults["inquire"] = ["not_sent"]
    till.sold(A)
    assert calls(till) == [("reserve", "held_elsewhere"), ("inquire", "net.refused")]
    assert (till.row().hold, till.row().answered) == (Hold.UNKNOWN, True)
    assert waits(till) == ("inquire", 15, 1, 0, None)


def test_a_held_bill_is_not_reserved_twice(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Asked to hold what is held the till does nothing, and says that nothing went wrong."""
    till = reserving_till
    bill = till.sold(A)
    end = till.desk.reserver.reserve(Intent(bill.bill, again=(till.row().id,)), "gotit", actor="lan")
    assert (end, issuer.count("reserve"), calls(till)) == (CallEnd(), 1, [("reserve", "held")])


@pytest.mark.parametrize(
    ("fault", "word", "hold", "wait", "cases"),
    [
        (None, "released", "released", None, []),
        (CallRefused(Reason.NOT_HELD), "not_held", "released", None, []),
        ("not_sent", "net.refused", "held", ("release", 5, 0, 0, None), []),
        ("setup", "gotit.pin_wrong", "held", ("release", 5, 0, 0, None), []),
        ("lost_after", "net.read_timeout", "unknown", ("release", 5, 0, 0, None), []),
        (CallRefused(Reason.HOLD_MISMATCH), "hold_mismatch", "unknown", ("release", 5, 0, 0, None), []),
        (REFUSED, "expired", "unknown", ("release", 300, 0, 0, None), [CaseKind.STUCK_HOLD]),
    ],
)
def test_how_a_release_ends(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, fault: Fault | None, word: str, hold: str, wait: Any,
    cases: list[CaseKind],
) -> None:  # fmt: skip
    till = reserving_till
    bill = till.sold(A)
    clock.pass_s(3)
    if fault is not None:
        issuer.faults["release"] = [fault]
    bill.drop()
    row = till.row()
    assert calls(till)[-1] == ("release", word)
    assert (row.hold.value, waits(till), [case.kind for case in till.journal.cases()]) == (hold, wait, cases)
    assert row.sent is not None
    assert row.sent.mono_s == clock.mono_s()
    assert row.answered is (hold == "unknown" and isinstance(fault, CallRefused))


def test_what_is_not_held_is_not_released(reserving_till: Rig, issuer: FakeIssuer) -> None:
    till = reserving_till
    issuer.faults["reserve"] = ["not_sent"]
    till.sold(A)
    assert till.desk.reserver.release(till.row(), actor="lan") == CallEnd()
    assert issuer.count("release") == 0


# ---------------------------------------------------------------- offline


def test_why_a_voucher_was_taken_offline_is_told_to_the_chain(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Worth, age of the check, what was at risk and for how long, alone or by whom."""
    first = Screen(till, "B1")
    first.bill.scan(A)
    second = Screen(till, "B2")
    second.bill.scan(B)
    issuer.cable_in = False
    clock.pass_s(7.9)
    first.bill.confirm()
    first.bill.accept_offline(HOA)
    clock.pass_s(4)
    third = Screen(till, "B3")
    third.bill.scan("5550000000012")
    third.bill.declare(third.line("5550000000012").id, 150_000)
    third.bill.accept_offline(HOA)
    assert changes(till, "offline_accepted") == [
        {"worth_vnd": 100_000, "declared": False, "checked_age_s": 7, "at_risk_vnd": 0, "oldest_unsettled_s": None,
         "alone": True, "manager": None},
        {"worth_vnd": 150_000, "declared": True, "checked_age_s": None, "at_risk_vnd": 100_000, "oldest_unsettled_s": 4,
         "alone": False, "manager": "Hoa"},
    ]  # fmt: skip
    assert waits(till) == ("send", -4, 0, 0, None)


def test_a_check_of_an_earlier_run_is_as_old_as_the_wall_clock_says(till: Rig, issuer: FakeIssuer) -> None:
    """The monotonic clock of another run means nothing: 901 s ago is not 15 minutes."""
    clock = till.clock
    assert isinstance(clock, HandClock)
    till.bill().scan(A)
    till.restart()
    clock.pass_s(901)
    clock.reboot()
    till.restart()
    issuer.cable_in = False
    screen = Screen(till)
    screen.bill.scan(A)
    screen.bill.accept_offline(HOA)
    assert changes(till, "offline_accepted")[0]["checked_age_s"] == 901


def test_an_intent_that_is_not_what_was_decided_about_gives_nothing(till: Rig, issuer: FakeIssuer) -> None:
    """Cannot happen; if it does no value is given."""
    desk: OfflineDesk = till.desk.offline
    assert till.policy is SHIPPED_POLICY
    bill = till.bill().bill
    with pytest.raises(PosError, match=r"^rule\.offline_rows$"):
        desk.accept(Intent(bill, again=("x",)), [], actor="lan", manager=None)
    assert till.journal.risk().count == 0
