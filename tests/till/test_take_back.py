"""A redemption is taken back only by the till that made it, on its day, by a manager, written first – and its end is
known, even if the program dies in between (contracts/vinid.md §8.3, §12.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import ConfigError, NotSent, PosError
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, USED_NOT_GIVEN
from pos.domain.routing import Rule
from pos.domain.voucher import CallRefused
from pos.till.ports import Person, Role, TakeBackStep
from pos.till.take_back import TakeBackDesk, TakenBack
from pos.till.undecided import UndecidedDesk
from pos.till.views import Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig

E1 = "EV0000000001"
MANAGER = Person("m", "Hương", Role.MANAGER)


class PowerCut(BaseException):
    """The program ends here."""


@pytest.fixture
def issuer(clock: HandClock) -> FakeIssuer:
    issuer = FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(tmp_path, issuer, clock, CountingChance(), rules=(Rule("vinid-evoucher", 6, 32),), refunders=[issuer])
    yield rig
    rig.close()


@pytest.fixture
def desk(till: Rig) -> Callable[[], TakeBackDesk]:
    """The desk of the running program: another one after a restart."""
    return lambda: till.take_back


def take_back(desk: TakeBackDesk, till: Rig, **more: Any) -> TakenBack:
    return desk.take_back(till.row().id, manager=MANAGER, reason="khách trả hàng", **more)


def steps(till: Rig) -> set[str]:
    return {step.value for step in till.journal.take_back_steps(till.row().id)}


def test_taken_back_the_voucher_is_usable_again_and_the_row_says_so(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk]
) -> None:
    till.sold(E1)
    assert take_back(desk(), till) is TakenBack.DONE
    assert issuer.vouchers[E1].used_for is None
    assert (till.row().state, till.row().taken_back, steps(till)) == (DONE, True, {"begun", "done"})
    with pytest.raises(ConfigError, match=r"take_back\.ended"):
        take_back(desk(), till)
    assert issuer.count("take_back") == 1
    assert till.journal.verify().faults == ()


def test_a_voucher_that_this_till_never_sent_is_not_touched(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk]
) -> None:
    """Another till of the merchant used it rightly: taking it back would give it away twice."""
    issuer.vouchers[E1].used_for = "another till's"
    bill = till.bill()
    bill.scan(E1)
    bill.record_refusals()
    with pytest.raises(ConfigError, match=r"take_back\.not_ours"):
        take_back(desk(), till)
    assert (issuer.count("take_back"), steps(till)) == (0, set())


def test_a_voucher_that_the_issuer_refused_us_is_not_touched(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk]
) -> None:
    bill = till.bill()
    bill.scan(E1)
    issuer.vouchers[E1].used_for = "another till's"
    bill.confirm(loss_accepted=True)
    assert till.row().sends == 1
    with pytest.raises(ConfigError, match=r"take_back\.not_ours"):
        take_back(desk(), till, no_other_till=True)
    assert issuer.vouchers[E1].used_for == "another till's"


def test_not_by_a_cashier_not_without_a_reason_not_on_another_day(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk], clock: HandClock
) -> None:
    till.sold(E1)
    row = till.row()
    with pytest.raises(ConfigError, match=r"take_back\.manager"):
        desk().take_back(row.id, manager=Person("c", "Lan", Role.CASHIER), reason="x")
    with pytest.raises(ConfigError, match=r"take_back\.reason_missing"):
        desk().take_back(row.id, manager=MANAGER, reason=" ")
    clock.pass_s(86_400)
    with pytest.raises(ConfigError, match=r"take_back\.another_day"):
        take_back(desk(), till)
    assert (issuer.count("take_back"), steps(till)) == (0, set())


def test_an_issuer_that_takes_nothing_back_is_told(till: Rig) -> None:
    till.sold(E1)
    on = till.desk
    none = TakeBackDesk(on.journal, on.issuers, on.clock, on.chance, on.leases, on.redeemer, {})
    with pytest.raises(ConfigError, match=r"take_back\.not_offered"):
        take_back(none, till)


def test_rejected_by_a_manager_it_is_taken_back_only_when_no_other_till_has_it(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk], clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(E1)
    with pytest.raises(ConfigError, match=r"take_back\.not_ours"):
        take_back(desk(), till, no_other_till=True)  # still undecided
    clock.pass_s(3)
    till.settle()
    UndecidedDesk(till.journal, till.issuers, till.desk.leases, till.desk.redeemer).decide(
        till.row().id, accept=False, manager=MANAGER, reason="x", here=lambda: True
    )
    with pytest.raises(ConfigError, match=r"take_back\.other_till"):
        take_back(desk(), till)
    assert take_back(desk(), till, no_other_till=True) is TakenBack.DONE
    assert issuer.vouchers[E1].used_for is None


def test_the_screen_is_told_what_may_be_taken_back_and_only_while_it_may(
    till: Rig, desk: Callable[[], TakeBackDesk], clock: HandClock
) -> None:
    """Used today: offered; taken back or of another day: not; where no issuer does it: never."""
    till.sold(E1)
    assert not till.resume().view().lines[0].can_take_back
    till.desk = replace(till.desk, take_back=desk())
    assert till.resume().view().lines[0].can_take_back
    take_back(desk(), till)
    assert not till.resume().view().lines[0].can_take_back
    till.sold("EV0000000002", number="B2")
    clock.pass_s(86_400)
    assert not till.resume("B2").view().lines[0].can_take_back


def test_a_rejected_voucher_is_told_as_such_and_one_begun_may_be_gone_on_with(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk], clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    till.desk = replace(till.desk, take_back=desk())
    till.sold(E1)
    clock.pass_s(3)
    till.settle()
    waits = till.resume().view().lines[0]
    assert (waits.needs_decision, waits.rejected, waits.can_take_back) == (True, False, False)
    UndecidedDesk(till.journal, till.issuers, till.desk.leases, till.desk.redeemer).decide(
        till.row().id, accept=False, manager=MANAGER, reason="x", here=lambda: True
    )
    rejected = till.resume().view().lines[0]
    assert (rejected.rejected, rejected.can_take_back) == (True, True)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_before"], ["lost_before"]
    assert take_back(desk(), till, no_other_till=True) is TakenBack.OPEN
    assert till.resume().view().lines[0].can_take_back


def test_what_was_taken_back_is_never_handed_over_any_more(till: Rig, desk: Callable[[], TakeBackDesk]) -> None:
    """Used while the cashier served somebody else, then taken back: its value would be given away twice."""
    bill = till.bill()
    bill.scan(E1)
    bill.waiting = False
    bill.confirm(loss_accepted=True)
    assert till.row().state == USED_NOT_GIVEN
    take_back(desk(), till)
    again = till.resume()
    assert again.view().phase is Phase.CLOSED
    again.finish_sale()
    assert till.row().state == USED_NOT_GIVEN


@pytest.mark.parametrize(
    ("faults", "answers", "end", "calls"),
    [
        (["lost_after"], [], TakenBack.DONE, 1),
        (["lost_before"], [], TakenBack.DONE, 2),
        (["lost_before", "lost_after"], [], TakenBack.DONE, 2),
        (["lost_before", "lost_before"], [], TakenBack.BY_HAND, 2),
        (["lost_before", CallRefused(Reason.NOT_ALLOWED)], [], TakenBack.BY_HAND, 2),
        ([CallRefused(Reason.NOT_ALLOWED)], [], TakenBack.REFUSED, 1),
        (["lost_after"], ["lost_before"], TakenBack.OPEN, 1),
        (["throttled"], [], TakenBack.DONE, 2),
    ],
)
def test_an_unclear_call_is_found_out_about_and_sent_once_more_at_most(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk],
    faults: list[str | CallRefused], answers: list[str], end: TakenBack, calls: int,
) -> None:  # fmt: skip
    till.sold(E1)
    issuer.faults["take_back"], issuer.faults["inquire"] = list(faults), list(answers)
    assert take_back(desk(), till) is end
    assert issuer.count("take_back") == calls
    assert till.row().taken_back is (end is TakenBack.DONE) is (issuer.vouchers[E1].used_for is None and not answers)


def test_what_stayed_open_goes_on_where_it_was(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk], clock: HandClock
) -> None:
    """Also on the next day: only the beginning is bound to the day of the sale."""
    till.sold(E1)
    issuer.faults["take_back"], issuer.faults["inquire"] = ["lost_after"], ["lost_before"]
    assert take_back(desk(), till) is TakenBack.OPEN
    clock.pass_s(86_400)
    assert take_back(desk(), till) is TakenBack.DONE
    assert issuer.count("take_back") == 1


def test_without_the_network_nothing_is_begun(till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk]) -> None:
    till.sold(E1)
    issuer.cable_in = False
    with pytest.raises(NotSent):
        take_back(desk(), till)
    assert steps(till) == set()


@pytest.mark.parametrize("carried_out", [True, False], ids=["after the issuer did it", "before the issuer heard"])
def test_it_is_on_disk_before_it_leaves_and_a_power_cut_in_the_call_repeats_it_once_at_most(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk], carried_out: bool
) -> None:
    till.sold(E1)
    seen: list[set[str]] = []

    def cut() -> None:
        seen.append(steps(till))
        if carried_out:
            issuer.vouchers[E1].used_for = None
        raise PowerCut

    issuer.faults["take_back"] = [cut]
    with pytest.raises(PowerCut):
        take_back(desk(), till)
    assert seen == [{"begun"}]
    till.restart()
    assert take_back(desk(), till) is TakenBack.DONE
    assert issuer.vouchers[E1].used_for is None
    assert issuer.count("take_back") == (1 if carried_out else 2)


def test_no_third_call_after_a_power_cut_in_the_second(
    till: Rig, issuer: FakeIssuer, desk: Callable[[], TakeBackDesk]
) -> None:
    till.sold(E1)

    def cut() -> None:
        raise PowerCut

    issuer.faults["take_back"] = ["lost_before", cut]
    with pytest.raises(PowerCut):
        take_back(desk(), till)
    till.restart()
    assert take_back(desk(), till) is TakenBack.BY_HAND
    assert issuer.count("take_back") == 2


def test_the_journal_itself_refuses_what_is_out_of_order(till: Rig) -> None:
    till.sold(E1)
    row = till.row()
    with pytest.raises(PosError), till.journal.transaction("x") as tx:
        tx.add_take_back(row.id, TakeBackStep.DONE, manager="m", reason="r")
