"""A voucher that was taken back may be used again here – and only then; an open take-back goes on by itself
(contracts/vinid.md §8.3, §12.3).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError, RuleBroken
from pos.domain.reasons import Reason
from pos.domain.redemption import USED_NOT_GIVEN, Event
from pos.domain.routing import Rule
from pos.till.inquiry import Finding
from pos.till.ports import Person, Role, TakingBack
from pos.till.take_back import TakenBack
from pos.till.undecided import UndecidedDesk
from pos.till.views import Phase
from tests.simulation.shop import memory_folder
from tests.till.fake_issuer import WORTH_VND, FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig
from tests.till.take_back_places import plans, tell

E1 = "EV0000000001"
MANAGER = Person("m", "Hương", Role.MANAGER)
VINID = "vinid-evoucher"
LEAST_RUNS = 150


class PowerCut(BaseException):
    """The program ends here."""


def power_cut() -> None:
    raise PowerCut


@pytest.fixture
def issuer(clock: HandClock) -> FakeIssuer:
    issuer = FakeIssuer(name=VINID, label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(tmp_path, issuer, clock, CountingChance(), rules=(Rule(VINID, 6, 32),), refunders=[issuer])
    yield rig
    rig.close()


def take_back(till: Rig, number: str = "B1", *, no_other_till: bool = False) -> TakenBack:
    return till.take_back.take_back(
        till.row(number).id, manager=MANAGER, reason="khách trả hàng", no_other_till=no_other_till
    )


def stays_open(till: Rig, issuer: FakeIssuer, *, carried_out: bool) -> None:
    """The answer is lost, and so is that of the check."""
    issuer.faults["take_back"] = ["lost_after" if carried_out else "lost_before"]
    issuer.faults["inquire"] = ["lost_before"]
    assert take_back(till) is TakenBack.OPEN


def rejected(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Our use's answer was lost, and the manager would not give the value."""
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(E1)
    clock.pass_s(3)
    till.settle()
    UndecidedDesk(till.journal, till.issuers, till.desk.leases, till.desk.redeemer).decide(
        till.row().id, accept=False, manager=MANAGER, reason="x", here=lambda: True
    )


def refused_here(till: Rig, number: str = "B2") -> bool:
    """Whether the till itself refuses the voucher on another bill."""
    bill = till.bill(number)
    bill.scan(E1)
    return bill.view().lines[0].reason is Reason.ALREADY_TAKEN_HERE


def changes(till: Rig) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Actor, kind, row and facts of every change in the audit chain."""
    with closing(sqlite3.connect(till.journal.path)) as db:
        links = db.execute("SELECT actor, facts FROM audit ORDER BY seq").fetchall()
    for actor, facts in links:
        yield from ((actor, change["kind"], change["ref"], change["facts"]) for change in json.loads(facts))


# ---------------------------------------------------------------- used again


def test_used_taken_back_used_on_another_bill_and_taken_back_again(till: Rig, issuer: FakeIssuer) -> None:
    till.sold(E1)
    assert take_back(till) is TakenBack.DONE
    assert till.sold(E1, number="B2").view().phase is Phase.DONE
    assert issuer.vouchers[E1].used_for == "B2"
    assert till.journal.paid_vnd(["B1", "B2"]) == {"B2": WORTH_VND}, "one use at the issuer, one use in the book"
    with pytest.raises(ConfigError, match=r"take_back\.ended"):
        take_back(till)
    assert issuer.vouchers[E1].used_for == "B2", "the void of the first bill must not free the second one's use"
    assert take_back(till, "B2") is TakenBack.DONE
    assert (issuer.vouchers[E1].used_for, issuer.vouchers[E1].times_used) == (None, 2)
    assert till.journal.paid_vnd(["B1", "B2"]) == {}
    assert [till.row(number).taking_back for number in ("B1", "B2")] == [TakingBack.DONE] * 2
    assert till.journal.verify().faults == ()


def test_the_audit_chain_tells_both_uses_and_that_the_first_was_taken_back_between(till: Rig) -> None:
    till.sold(E1)
    take_back(till)
    till.sold(E1, number="B2")
    of = {till.row(number).id: number for number in ("B1", "B2")}
    told = [
        (of[ref], facts.get("step") or facts["to"])
        for _, kind, ref, facts in changes(till)
        if ref in of and kind in ("move", "taken_back")
    ]
    assert told == [
        ("B1", "in_flight/no"), ("B1", "used/yes"), ("B1", "begun"), ("B1", "done"),
        ("B2", "in_flight/no"), ("B2", "used/yes"),
    ]  # fmt: skip


@pytest.mark.parametrize("carried_out", [True, False])
def test_while_nobody_knows_it_is_taken_on_no_other_bill(till: Rig, issuer: FakeIssuer, carried_out: bool) -> None:
    till.sold(E1)
    stays_open(till, issuer, carried_out=carried_out)
    assert refused_here(till)
    till.restart()
    assert refused_here(till)


def test_left_to_a_person_it_is_taken_on_no_other_bill(till: Rig, issuer: FakeIssuer) -> None:
    till.sold(E1)
    issuer.faults["take_back"] = ["lost_before", "lost_before"]
    assert take_back(till) is TakenBack.BY_HAND
    assert refused_here(till)
    assert [case.kind for case in till.journal.cases()] == [CaseKind.NOT_TAKEN_BACK]


def test_a_rejected_voucher_stands_while_it_is_being_taken_back(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Rejected it stood no more: used on another bill meanwhile, the second refund would free that use."""
    rejected(till, issuer, clock)
    assert not refused_here(till)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_after"], ["lost_before"]
    assert take_back(till, no_other_till=True) is TakenBack.OPEN
    assert refused_here(till)
    till.settle(now=True)
    assert till.row().taken_back
    assert not refused_here(till)


def test_a_rejected_voucher_that_another_bill_has_used_is_not_taken_back_from_it(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    rejected(till, issuer, clock)
    issuer.vouchers[E1].used_for = None  # the issuer's support has freed it
    till.sold(E1, number="B2")
    with pytest.raises(ConfigError, match=r"take_back\.used_again"):
        take_back(till, no_other_till=True)
    assert (issuer.vouchers[E1].used_for, issuer.count("take_back")) == ("B2", 0)


def test_value_that_waits_for_the_customer_is_not_handed_over_while_it_is_taken_back(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Neither by the counter nor by any program: the customer would have the goods and the voucher."""
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(E1)
    clock.pass_s(3)
    till.settle()
    UndecidedDesk(till.journal, till.issuers, till.desk.leases, till.desk.redeemer).decide(
        till.row().id, accept=True, manager=MANAGER, reason="x", here=lambda: False
    )
    assert (till.row().state, till.resume().view().phase) == (USED_NOT_GIVEN, Phase.FINISH)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_before"], ["lost_before"]
    assert take_back(till, no_other_till=True) is TakenBack.OPEN
    bill = till.resume()
    assert bill.view().phase is not Phase.FINISH
    bill.finish_sale()
    assert till.row().state == USED_NOT_GIVEN
    with pytest.raises(RuleBroken, match=r"rule\.being_taken_back"), till.journal.transaction("x") as tx:
        tx.move(till.row().id, Event.HAND_OVER)


# ---------------------------------------------------------------- going on by itself


def test_after_a_restart_it_goes_on_by_itself_and_in_the_managers_name(till: Rig, issuer: FakeIssuer) -> None:
    till.sold(E1)
    issuer.faults["take_back"] = [power_cut]
    with pytest.raises(PowerCut):
        take_back(till)
    till.restart()
    till.settle()
    assert (till.row().taking_back, issuer.count("take_back")) == (TakingBack.DONE, 2)
    assert [end.finding for end in till.settled] == [Finding.TAKEN_BACK]
    with closing(sqlite3.connect(till.journal.path)) as db:
        steps = db.execute("SELECT manager, reason FROM taken_back").fetchall()
    assert set(steps) == {("Hương", "khách trả hàng")}
    assert [actor for actor, kind, _, _ in changes(till) if kind == "taken_back"] == ["Hương", "till", "till"]


@pytest.mark.parametrize("carried_out", [True, False])
def test_it_goes_on_when_the_network_is_back(till: Rig, issuer: FakeIssuer, carried_out: bool) -> None:
    till.sold(E1)
    stays_open(till, issuer, carried_out=carried_out)
    issuer.cable_in = False
    for _ in range(3):
        till.settler.run_pass(without=[VINID])
    assert till.row().taking_back is TakingBack.OPEN
    issuer.cable_in = True
    till.settle()
    assert (till.row().taking_back, issuer.vouchers[E1].used_for) == (TakingBack.DONE, None)
    assert issuer.count("take_back") == (1 if carried_out else 2)


def test_unanswered_it_is_asked_about_with_pauses_and_never_sent_more_than_twice(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    till.sold(E1)
    stays_open(till, issuer, carried_out=False)
    issuer.faults["inquire"] = ["lost_before"] * 4
    issuer.faults["take_back"] = ["lost_before"] * 9
    asked = issuer.count("inquire")
    till.settle()
    till.settle()
    assert issuer.count("inquire") == asked + 1, "not at every look at the clock"
    for _ in range(12):
        clock.pass_s(till.settler.next_due_s())
        till.settle()
    assert (till.row().taking_back, issuer.count("take_back")) == (TakingBack.BY_HAND, 2)
    assert [(case.kind, case.amount_vnd) for case in till.journal.cases()] == [(CaseKind.NOT_TAKEN_BACK, WORTH_VND)]
    assert [end.finding for end in till.settled] == [Finding.NOT_TAKEN_BACK]
    calls = len(issuer.calls)
    till.settle(now=True)
    assert len(issuer.calls) == calls


def test_silence_after_the_second_call_proves_nothing(till: Rig, issuer: FakeIssuer) -> None:
    till.sold(E1)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_before"] * 2, [lambda: None, "lost_before"]
    assert take_back(till) is TakenBack.OPEN
    assert (issuer.count("take_back"), refused_here(till)) == (2, True)
    till.settle()
    assert (till.row().taking_back, issuer.count("take_back")) == (TakingBack.BY_HAND, 2)


def test_an_issuer_that_bars_the_till_is_not_asked_by_itself(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    till.sold(E1)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_before"], ["setup"]
    assert take_back(till) is TakenBack.OPEN
    calls = len(issuer.calls)
    clock.pass_s(4000)
    till.settle()
    assert len(issuer.calls) == calls
    till.settle(now=True)
    assert till.row().taken_back


def test_a_bill_that_a_cashier_has_waits_for_her(till: Rig, issuer: FakeIssuer) -> None:
    till.sold(E1)
    stays_open(till, issuer, carried_out=True)
    with till.desk.leases.hold("B1"):
        till.settle()
        assert till.row().taking_back is TakingBack.OPEN
    till.settle()
    assert till.row().taken_back


# ---------------------------------------------------------------- a crash anywhere


@pytest.mark.timeout(300)  # a busy machine
def test_a_code_stands_once_whatever_line_the_program_dies_at() -> None:
    """The program dies before or after each commit and each call, or a call fails in any way; and two of these."""
    folder = memory_folder()
    try:
        found = {plan: tell(folder / "j", plan)[1] for plan in plans(folder / "j")}
    finally:
        shutil.rmtree(folder)
    assert len(found) > LEAST_RUNS, "fewer, and the faults are not where they should be"
    assert {plan: wrong for plan, wrong in found.items() if wrong} == {}
