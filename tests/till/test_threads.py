"""The small parts that keep threads apart: gate, leases, workers, clock watch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from pos.domain.bill import Bill
from pos.domain.errors import JournalUnavailable, NotSent, SetupFault
from pos.till.clockwatch import ClockWatch
from pos.till.gate import Gate
from pos.till.issuers import CallFailed, Issuers
from pos.till.leases import Leases
from pos.till.workers import Workers
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import NOON, HandClock
from tests.till.rig import voucher

BILL = Bill("B1", 265_000, NOON)


def begun(job: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread


def test_two_calls_at_a_time_and_cashiers_before_the_queue() -> None:
    """Both slots taken: first the waiting cashier, then the queue, whoever came first."""
    gate, order, inside = Gate(HandClock()), [], threading.Event()
    first, second = gate.cashier_call(), gate.cashier_call()
    first.__enter__()
    second.__enter__()

    def call(kind: str) -> None:
        with gate.background_call() if kind == "queue" else gate.cashier_call():
            order.append(kind)
            inside.set()

    queue = begun(lambda: call("queue"))
    cashier = begun(lambda: call("cashier"))
    assert not inside.wait(0.1), "never three at a time"
    first.__exit__(None, None, None)
    cashier.join(5)
    assert order == ["cashier"]
    second.__exit__(None, None, None)
    queue.join(5)
    assert order == ["cashier", "queue"]


def test_pauses_grow_and_end() -> None:
    """209: 60 s, again: 5 min; an answer after the pause starts from the beginning."""
    clock = HandClock()
    gate = Gate(clock)
    gate.throttled()
    assert _paused_s(gate, clock) == 60
    clock.pass_s(61)
    assert _paused_s(gate, clock) == 0
    gate.throttled()
    assert _paused_s(gate, clock) == 300
    gate.answered()
    assert _paused_s(gate, clock) == 300, "a cashier's answered call does not end the pause"
    clock.pass_s(301)
    gate.answered()
    gate.throttled()
    assert _paused_s(gate, clock) == 60


def _paused_s(gate: Gate, clock: HandClock) -> float:
    until = gate.throttled_until_mono_s
    return 0 if until is None else until - clock.mono_s()


def test_a_set_up_fault_stands_until_a_call_goes_through() -> None:
    """And being unreachable is none."""
    gate = Gate(HandClock())
    fault = SetupFault("gotit.pin_wrong")
    gate.setup_fault(fault)
    assert gate.fault is fault
    gate.answered()
    assert not gate.fault


def test_a_lease_is_held_by_one_and_waited_for_by_the_cashier() -> None:
    """The settle thread passes by, the cashier's worker waits its turn."""
    leases, got = Leases(HandClock()), threading.Event()

    def wait() -> None:
        with leases.hold("B1"):
            got.set()

    with leases.hold("B1"):
        with leases.try_hold("B1") as taken:
            assert not taken
        with leases.try_hold("B2") as other:
            assert other
        thread = begun(wait)
        assert not got.wait(0.05)
    assert got.wait(5)
    thread.join(5)


def test_a_bill_s_commands_run_in_order_and_a_hanging_bill_delays_no_other() -> None:
    """One key, one worker; another key, another worker."""
    workers, order, go_on, done = Workers("w"), [], threading.Event(), threading.Event()

    def hang() -> None:
        go_on.wait(5)

    workers.put("A", hang)
    for nth in range(5):
        workers.put("A", lambda nth=nth: order.append(nth))  # type: ignore[misc]
    workers.put("B", done.set)
    assert done.wait(5)
    assert order == []
    go_on.set()
    assert workers.close(5)
    assert order == [0, 1, 2, 3, 4]


def test_a_command_that_breaks_does_not_take_its_worker_down() -> None:
    """The next command of the same bill runs."""
    workers, done = Workers("w"), threading.Event()

    def broken() -> None:
        raise ZeroDivisionError

    workers.put("A", broken)
    workers.put("A", done.set)
    assert done.wait(5)
    assert workers.close(5)


def test_what_did_not_end_in_time_begins_nothing_more_and_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    """The journal is closed under a call that hangs: nothing after it begins, and no bug is reported."""
    ended = threading.Event()
    workers, order, go_on = Workers("w", on_end=ended.set), [], threading.Event()

    def hang() -> None:
        go_on.wait(5)
        raise JournalUnavailable("journal.closed")

    workers.put("A", hang)
    workers.put("A", lambda: order.append("after the end"))
    assert not workers.close(0.05)
    go_on.set()
    assert ended.wait(5)
    assert order == []
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_clock_is_trusted_within_two_minutes_of_the_issuer_s() -> None:
    """Beyond that it is not, either way; agreeing again heals."""
    clock = HandClock()
    watch = ClockWatch(clock, None)
    assert watch.view().trusted
    assert watch.view().offset_s is None
    for offset_s, trusted in ((119, True), (-119, True), (121, False), (-3600, False), (0, True)):
        watch.observe(clock.now_utc() + timedelta(seconds=offset_s))
        assert watch.view().trusted is trusted
        assert watch.view().offset_s == offset_s


def test_a_jump_forgets_the_offset_and_a_jump_back_is_remembered() -> None:
    """Until the issuer's clock has been seen again."""
    clock = HandClock()
    watch = ClockWatch(clock, None)
    watch.observe(clock.now_utc())
    clock.jump_s(600)
    assert watch.offset_s() is None
    assert watch.issuer_now() is None
    assert watch.view().trusted, "forward: nothing is known against it yet"
    clock.jump_s(-600)
    view = watch.view()
    assert (view.trusted, view.jumped_back) == (False, True)
    clock.pass_s(3600)
    assert not watch.view().trusted, "time alone heals nothing"
    watch.observe(clock.now_utc())
    assert watch.view().trusted


def test_not_reaching_the_issuer_says_why_and_since_when() -> None:
    """The strip's words."""
    from pos.till.issuers import LinkState

    clock, heard = HandClock(), []
    link = LinkState(clock, lambda: heard.append(link.up))
    link.lost(NotSent("net.dns"))
    link.lost(NotSent("net.refused"))
    assert link.fault is not None
    assert (link.up, link.fault.code, link.since_utc) == (False, "net.refused", clock.now_utc())
    link.reached()
    assert heard == [False, True]


def test_a_clock_put_right_before_the_next_answer_is_trusted() -> None:
    """It was wrong all the time, somebody set it back, and the issuer agrees: the jump is explained."""
    clock = HandClock()
    watch = ClockWatch(clock, None)
    clock.jump_s(-600)
    watch.observe(clock.now_utc())
    assert (watch.view().trusted, watch.view().jumped_back, watch.view().offset_s) == (True, False, 0)


def test_time_that_goes_by_is_no_jump() -> None:
    """A quiet afternoon: the offset to the issuer is still known."""
    clock = HandClock()
    watch = ClockWatch(clock, None)
    watch.observe(clock.now_utc())
    clock.pass_s(4 * 3600)
    assert (watch.view().trusted, watch.view().offset_s) == (True, 0)


def test_an_answer_that_asks_for_a_pause_shows_that_the_network_is_there() -> None:
    """The strip must not go on saying "no network" after it."""
    clock, issuer = HandClock(), FakeIssuer()
    issuers = Issuers({"gotit": issuer}, clock, ClockWatch(clock, None))
    issuer.cable_in = False
    issuers.probe("gotit")
    issuer.cable_in = True
    issuer.faults["check"] = ["throttled"]
    with pytest.raises(CallFailed):
        issuers.call("gotit", lambda p, t: p.check(voucher("4471902835"), BILL, reserving=False, trace=t))
    assert (issuers.link.up, issuers.link.fault) == (True, None)
