"""The settle thread's rounds: when it looks for the network, when it works, how long it waits, what ends it not."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pos.domain.errors import JournalError, JournalUnavailable, NotSent, OutcomeUnknown
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, UNSENT_GIVEN
from pos.domain.voucher import CallRefused
from pos.till.settle_loop import SettleLoop
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import waits
from tests.till.rig import Rig

A, B = "4471902835", "880213457719"


class Wake(threading.Event):
    """Never waits; ends the loop after so many rounds and keeps how long each would have slept."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float | None] = []
        self.rounds = 1
        self.stop: Callable[[], object] = lambda: None

    def wait(self, timeout: float | None = None) -> bool:
        self.slept.append(timeout)
        if len(self.slept) >= self.rounds:
            self.stop()
        return False


class Round:
    """One loop over a rig, round by round on the test's own thread."""

    def __init__(self, till: Rig) -> None:
        self.till = till
        self.refreshed = 0
        self.ended = 0
        self.storage: list[JournalError] = []
        self.wake = Wake()
        self.loop = SettleLoop(
            till.settler, till.issuers, wake=self.wake, refresh=self._refresh, storage=self.storage.append,
            on_end=self._end,
        )  # fmt: skip
        self.wake.stop = self._stop

    def _refresh(self) -> None:
        self.refreshed += 1

    def _end(self) -> None:
        self.ended += 1
        self.ended_on = threading.current_thread()

    def _stop(self) -> None:
        self.loop._stop = True

    def go(self, rounds: int = 1) -> list[float | None]:
        """So many rounds; how long it would have slept after each."""
        self.wake.slept, self.wake.rounds, self.loop._stop = [], rounds, False
        self.loop._run()
        return self.wake.slept


@pytest.fixture
def loop(till: Rig) -> Round:
    return Round(till)


def probes(issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Each look for the network from now on."""
    looks: list[None] = []
    real = issuer.reach

    def reach() -> None:
        looks.append(None)
        real()

    monkeypatch.setattr(issuer, "reach", reach)
    return looks


def queued(till: Rig, issuer: FakeIssuer) -> None:
    bill = till.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()


def test_a_lost_network_is_tried_every_two_seconds_and_the_queue_drains_when_it_is_back(
    till: Rig, issuer: FakeIssuer, loop: Round
) -> None:
    """Nothing is sent while it is away; screens are brought up to date all the same."""
    queued(till, issuer)
    calls = len(issuer.calls)
    assert loop.go(2) == [2.0, 2.0]
    assert (loop.refreshed, len(issuer.calls), till.row().state) == (2, calls, UNSENT_GIVEN)
    issuer.cable_in = True
    assert loop.go() == [30.0]
    assert (till.row().state, loop.refreshed) == (DONE, 3)


def test_a_network_that_goes_in_mid_queue_is_tried_again_soon(till: Rig, issuer: FakeIssuer, loop: Round) -> None:
    queued(till, issuer)
    issuer.cable_in = True
    issuer.faults["mark_used"] = ["not_sent"]
    assert loop.go() == [2.0]


def test_a_quiet_till_looks_for_the_network_every_half_minute(
    till: Rig, issuer: FakeIssuer, clock: HandClock, loop: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not while calls tell by themselves that it is there; the first round always looks."""
    looks = probes(issuer, monkeypatch)
    loop.go()
    assert len(looks) == 1
    clock.pass_s(29.9)
    loop.go()
    assert len(looks) == 1
    clock.pass_s(0.1)
    loop.go()
    assert len(looks) == 2
    till.bill().scan(B)
    clock.pass_s(29)
    loop.go()
    assert len(looks) == 2


def test_it_sleeps_until_something_is_due(till: Rig, issuer: FakeIssuer, clock: HandClock, loop: Round) -> None:
    """At most half a minute; a bill that a cashier has is left a little while."""
    assert loop.go() == [30.0]
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    assert loop.go() == [5.0]
    clock.pass_s(5)
    with till.desk.leases.try_hold("B1"):
        assert loop.go() == [0.5]
    assert loop.go() == [30.0]
    clock.pass_s(54.99)
    assert loop.go() == [pytest.approx(0.5)]
    clock.pass_s(0.01)
    issuer.faults["inquire"] = [lambda: None]
    loop.go()
    assert till.journal.outbox() == ()


def test_after_work_it_looks_again_at_once(till: Rig, issuer: FakeIssuer, loop: Round) -> None:
    """A call that nobody wrote the end of became unknown in this round, and is due."""
    issuer.faults["mark_used"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.sold(A)
    clock = till.clock
    assert isinstance(clock, HandClock)
    clock.pass_s(5)
    assert loop.go() == [0.05]


def test_a_person_who_asks_gets_one_pass_over_everything(
    till: Rig, issuer: FakeIssuer, clock: HandClock, loop: Round
) -> None:
    """Schedules are ignored once, and a network that seems lost is tried."""
    loop.go()
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(A)
    asked = issuer.count("inquire")
    loop.go()
    assert issuer.count("inquire") == asked
    loop.wake.clear()
    loop.loop.settle_now()
    assert loop.wake.is_set()
    loop.go()
    assert issuer.count("inquire") == asked + 1
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(B, number="B2")
    loop.go()
    assert issuer.count("inquire") == asked + 1, "once asked is once done"
    issuer.cable_in = False
    till.issuers.probe("gotit")
    issuer.cable_in = True
    loop.loop.settle_now()
    loop.go()
    assert issuer.count("inquire") == asked + 2


def test_a_disk_in_trouble_is_told_and_tried_again_in_ten_seconds(
    till: Rig, loop: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a bug, which is not told as the disk's: settling goes on for the day."""
    loop.go()

    def full(**_: object) -> None:
        raise JournalUnavailable("journal.full")

    monkeypatch.setattr(till.settler, "run_pass", full)
    assert loop.go(2) == [10.0, 10.0]
    assert [error.code for error in loop.storage] == ["journal.full"] * 2

    def bug(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(till.settler, "run_pass", bug)
    assert loop.go() == [10.0]
    assert (len(loop.storage), loop.ended) == (2, 3)


def test_the_loop_ends_when_it_is_told_to(loop: Round) -> None:
    """Its own thread, ending in time, is no reason to wait."""
    before = loop.loop.stopping
    loop.loop.start()
    assert loop.loop.stop(10)
    assert (before, loop.loop.stopping) == (False, True)
    assert loop.ended == 1
    assert loop.ended_on.name == "settle", "what it logs tells who it was"
    assert loop.ended_on.daemon, "a call that hangs for ever does not keep the program from ending"


def test_one_change_wakes_it_for_one_round(loop: Round) -> None:
    """It sleeps again afterwards: an idle till costs nothing."""
    loop.wake.set()
    loop.go()
    assert not loop.wake.is_set()


def test_the_first_round_keeps_to_the_schedule(till: Rig, issuer: FakeIssuer, loop: Round) -> None:
    """Nobody has asked for more yet: what was silent a moment ago is left its five seconds."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    loop.go()
    assert issuer.count("inquire") == 0


def test_a_person_who_asks_is_not_put_off_by_a_look_that_fails(
    till: Rig, issuer: FakeIssuer, loop: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look may be wrong (a proxy that refuses it): her call is tried, and only hers."""
    queued(till, issuer)
    issuer.cable_in = True

    def refused() -> None:
        raise NotSent("net.refused")

    monkeypatch.setattr(issuer, "reach", refused)
    assert loop.go() == [2.0]
    assert issuer.count("mark_used") == 0
    loop.loop.settle_now()
    loop.go()
    assert till.row().state == DONE


# ---------------------------------------------------------------- from when the next step counts


@pytest.mark.parametrize("operation", ["mark_used", "reserve", "release"])
def test_the_first_inquiry_is_five_seconds_after_the_silence_not_after_the_call(
    request: pytest.FixtureRequest, issuer: FakeIssuer, clock: HandClock, operation: str
) -> None:
    """A call that hung for half a minute is not asked about in the very second in which it ended."""
    till: Rig = request.getfixturevalue("till" if operation == "mark_used" else "reserving_till")

    def hang() -> None:
        clock.pass_s(30)
        raise OutcomeUnknown("net.read_timeout")

    issuer.faults[operation] = [hang]
    bill = till.sold(A)
    if operation == "release":
        bill.drop()
    assert (waits(till) or ("", 0.0))[1] == 5


@pytest.mark.parametrize("operation", ["mark_used", "reserve"])
def test_a_refusal_of_several_is_due_for_inquiry_at_once(
    request: pytest.FixtureRequest, issuer: FakeIssuer, operation: str
) -> None:
    """Whoever comes first, the cashier's screen or the queue, asks about each alone."""
    till: Rig = request.getfixturevalue("till" if operation == "mark_used" else "reserving_till")
    issuer.faults[operation] = [CallRefused(Reason.STACK_CASH)]
    issuer.faults["inquire"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.sold(A, B)
    assert [waits(till, nth=nth) for nth in (0, 1)] == [("inquire", 0, 0, 0, None)] * 2
