"""An issuer whose record never says for whom: asked 2, 5, 10, 20 s after the send, sent three times at most, and what
is used then is a manager's to decide (contracts/vinid.md §12.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, REFUSED, UNKNOWN, UNSENT, USED_NOT_GIVEN
from pos.domain.routing import Rule
from pos.till.ports import Person, Role
from pos.till.undecided import UndecidedDesk
from pos.till.views import Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, broken_promises, line

E1, E2 = "EV0000000001", "EV0000000002"
MANAGER = Person("m", "Hương", Role.MANAGER)


@pytest.fixture
def issuer(clock: HandClock) -> FakeIssuer:
    issuer = FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(tmp_path, issuer, clock, CountingChance(), rules=(Rule("vinid-evoucher", 6, 32),))
    yield rig
    rig.close()


@pytest.fixture
def undecided(till: Rig) -> UndecidedDesk:
    return UndecidedDesk(till.journal, till.issuers, till.desk.leases, till.desk.redeemer)


def looks(till: Rig, issuer: FakeIssuer, clock: HandClock, seconds: float) -> list[float]:
    """When the settler asks within these seconds, since now."""
    began_s, found = clock.mono_s(), []
    while clock.mono_s() < began_s + seconds:
        before = issuer.count("inquire")
        till.settle()
        found += [clock.mono_s() - began_s] * (issuer.count("inquire") - before)
        clock.pass_s(0.5)
    return found


# ---------------------------------------------------------------- asking again


def test_an_unclear_mark_use_is_looked_at_after_2_5_10_and_20_s_and_then_counts_as_not_used(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(E1)
    assert looks(till, issuer, clock, 19.5) == [2, 5, 10]
    assert till.row().state == UNKNOWN, "usable so early may be before our call took effect"
    assert looks(till, issuer, clock, 2) == [0.5]
    assert till.row().state == UNSENT


def test_without_an_answer_it_goes_on_asking(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(E1)
    issuer.faults["inquire"] = ["lost_before"] * 4
    assert looks(till, issuer, clock, 60)[:4] == [2, 5, 10, 20]
    clock.pass_s(400)
    till.settle_to_rest()
    assert till.row().state == UNSENT


def test_what_was_not_used_is_sent_again_three_times_in_all_and_then_no_more(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_before"] * 3
    bill = till.sold(E1)
    for sends in (1, 2, 3):
        assert (issuer.count("mark_used"), till.row().state) == (sends, UNKNOWN)
        clock.pass_s(21)
        till.settle()
        bill.confirm(loss_accepted=True)
    message = bill.view().message
    assert message is not None
    assert (message.code, issuer.count("mark_used"), till.row().state) == ("confirm.sent_too_often", 3, UNSENT)
    bill.drop()
    assert bill.view().phase is Phase.CLOSED


def test_what_provably_never_left_may_be_sent_as_often_as_wanted(till: Rig, issuer: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["not_sent"] * 5
    bill = till.sold(E1)
    for _ in range(5):
        bill.confirm(loss_accepted=True)
    assert till.row().state == DONE


# ---------------------------------------------------------------- used, and nobody says for whom


def test_refused_at_the_first_send_is_refused(till: Rig, issuer: FakeIssuer) -> None:
    bill = till.bill()
    bill.scan(E1)
    issuer.vouchers[E1].used_for = "another till's"
    bill.confirm(loss_accepted=True)
    assert (till.row().state, till.row().reason) == (REFUSED, Reason.UNKNOWN_OR_USED)
    assert till.journal.cases() == ()


def test_refused_at_a_later_send_may_be_our_own_doing_and_is_a_managers(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["late"]
    bill = till.sold(E1)
    clock.pass_s(21)
    till.settle()
    assert till.row().state == UNSENT
    issuer.commit_late()
    bill.confirm(loss_accepted=True)
    assert till.row().state == UNKNOWN
    assert [case.kind for case in till.journal.cases()] == [CaseKind.UNDECIDABLE]
    assert bill.view().phase is Phase.UNKNOWN


def test_used_after_an_unclear_call_waits_for_a_manager_and_is_never_given_by_itself(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(E1)
    till.here = lambda _: True
    clock.pass_s(5000)
    till.settle_to_rest()
    assert till.row().state == UNKNOWN
    assert (issuer.count("mark_used"), issuer.count("inquire")) == (1, 1)
    assert broken_promises(till.journal, [(E1, "B1")], at_rest=True) == []


def used_unclear(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(E1)
    clock.pass_s(3)
    till.settle()


def test_accepted_by_a_manager_it_is_given_marked_as_not_confirmed_and_its_case_stays_open(
    till: Rig, issuer: FakeIssuer, clock: HandClock, undecided: UndecidedDesk
) -> None:
    used_unclear(till, issuer, clock)
    (row,) = undecided.waiting("B1")
    undecided.decide(row.id, accept=True, manager=MANAGER, reason="khách còn ở quầy", here=lambda: True)
    after = till.row()
    assert (after.state, after.unconfirmed) == (DONE, True)
    assert [case.closed_utc for case in till.journal.cases()] == [None], "listed until settled with the issuer"
    stored = till.journal.bill("B1")
    assert stored is not None
    assert stored.slips == 1
    assert till.journal.outbox() == ()
    assert till.journal.verify().faults == ()
    till.restart()
    assert (till.row().state, till.row().unconfirmed) == (DONE, True)


def test_accepted_after_the_customer_left_it_is_finished_at_the_counter(
    till: Rig, issuer: FakeIssuer, clock: HandClock, undecided: UndecidedDesk
) -> None:
    used_unclear(till, issuer, clock)
    undecided.decide(till.row().id, accept=True, manager=MANAGER, reason="đã gọi khách", here=lambda: False)
    assert till.row().state == USED_NOT_GIVEN
    bill = till.resume()
    bill.finish_sale()
    assert (till.row().state, till.row().unconfirmed) == (DONE, True)


def test_rejected_by_a_manager_nothing_is_given_and_the_case_stays_open(
    till: Rig, issuer: FakeIssuer, clock: HandClock, undecided: UndecidedDesk
) -> None:
    used_unclear(till, issuer, clock)
    undecided.decide(till.row().id, accept=False, manager=MANAGER, reason="khách trả tiền mặt", here=lambda: True)
    assert (till.row().state, till.row().unconfirmed) == (REFUSED, False)
    assert len(till.journal.cases()) == 1
    assert till.resume().view().left_vnd == till.resume().view().total_vnd
    clock.pass_s(2 * 86_400)
    till.settle_to_rest()
    assert issuer.count("inquire") == 1, "asking once more could only say the same"


def test_a_decision_needs_a_manager_a_reason_and_something_to_decide_and_is_made_once(
    till: Rig, issuer: FakeIssuer, clock: HandClock, undecided: UndecidedDesk
) -> None:
    used_unclear(till, issuer, clock)
    row = till.row()
    for manager, reason, code in (
        (Person("c", "Lan", Role.CASHIER), "x", "undecided.manager"),
        (MANAGER, "  ", "undecided.reason_missing"),
    ):
        with pytest.raises(ConfigError, match=code):
            undecided.decide(row.id, accept=True, manager=manager, reason=reason, here=lambda: True)
    assert till.row().state == UNKNOWN
    undecided.decide(row.id, accept=False, manager=MANAGER, reason="x", here=lambda: True)
    with pytest.raises(ConfigError, match=r"undecided\.not_open"):
        undecided.decide(row.id, accept=True, manager=MANAGER, reason="x", here=lambda: True)
    assert till.row().state == REFUSED


def test_while_one_voucher_waits_for_a_manager_the_bills_others_can_be_finished(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.sold(E1, E2)
    clock.pass_s(3)
    till.settle()
    assert (till.row(nth=0).state, till.row(nth=1).state) == (UNKNOWN, UNSENT)
    assert bill.view().phase is Phase.UNSENT
    bill.confirm(loss_accepted=True)
    assert line(bill, "0002").status.value == "used"
