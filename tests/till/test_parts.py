"""Small parts that a day depends on: clocks, turns, leases, slips, lists."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from pos.domain.errors import ConfigError, NotSent, SetupFault
from pos.domain.redemption import LOSS
from pos.till.clockwatch import ClockWatch
from pos.till.gate import Gate
from pos.till.issuers import Issuers
from pos.till.leases import LEASE_S, Leases
from pos.till.lines import row_status
from pos.till.overview import lists_view, queue_rows, rows_phase
from pos.till.ports import PrintJob, PrintState, Redemption, StoredBill
from pos.till.printing import Printing
from pos.till.views import LineStatus, Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig
from tests.till.screen import Screen

A, B, C = "4471902835", "880213457719", "5550000000012"


# ---------------------------------------------------------------- the clock


@pytest.mark.parametrize(
    ("ahead_s", "trusted"), [(0, True), (120, True), (120.5, False), (-120, True), (-120.5, False)]
)
def test_a_clock_two_minutes_off_is_not_trusted(clock: HandClock, ahead_s: float, trusted: bool) -> None:
    """Either way; the offset is the issuer's time minus ours, and gives the time at the issuer."""
    watch = ClockWatch(clock, None)
    assert (watch.offset_s(), watch.issuer_now()) == (None, None)
    assert watch.view().trusted
    watch.observe(clock.now_utc() + timedelta(seconds=ahead_s))
    clock.pass_s(10)
    view = watch.view()
    assert (view.trusted, view.offset_s, view.jumped_back) == (trusted, ahead_s, False)
    assert watch.issuer_now() == clock.now_utc() + timedelta(seconds=ahead_s)


@pytest.mark.parametrize(
    ("jump_s", "back", "offset"),
    [(-4, False, True), (-5, False, True), (-6, True, False), (29, False, True), (30, False, True), (31, False, False)],
)
def test_a_jump_of_the_clock_is_noticed(clock: HandClock, jump_s: float, back: bool, offset: bool) -> None:
    """Back by more than 5 s is not trusted; forward by more than 30 s makes the offset unknown."""
    watch = ClockWatch(clock, None)
    clock.pass_s(100)
    watch.observe(clock.now_utc())
    clock.jump_s(jump_s)
    view = watch.view()
    assert (view.jumped_back, view.trusted) == (back, not back)
    assert (view.offset_s is not None) is offset


def test_a_jump_is_over_when_the_issuer_agrees_again(clock: HandClock) -> None:
    """An answer that comes after a jump measures the clock as it is now."""
    watch = ClockWatch(clock, None)
    clock.jump_s(-600)
    assert not watch.view().trusted
    watch.observe(clock.now_utc() + timedelta(seconds=600))
    assert watch.view().jumped_back
    clock.jump_s(600)
    watch.observe(clock.now_utc() + timedelta(seconds=120))
    assert (watch.view().jumped_back, watch.view().trusted) == (False, True)
    clock.pass_s(1000)
    assert watch.view().trusted


def test_an_answer_that_comes_right_after_a_jump_does_not_hide_it(clock: HandClock) -> None:
    """Set back by ten minutes while the call ran: the issuer disagrees, and the jump stays told."""
    watch = ClockWatch(clock, None)
    clock.jump_s(-600)
    watch.observe(clock.now_utc() + timedelta(seconds=600))
    assert watch.view().jumped_back


@pytest.mark.parametrize(("behind_s", "back"), [(0, False), (5, False), (5.001, True), (-100, False)])
def test_a_start_before_the_journals_last_record_is_a_clock_set_back(
    clock: HandClock, behind_s: float, back: bool
) -> None:
    watch = ClockWatch(clock, clock.now_utc() + timedelta(seconds=behind_s))
    assert (watch.view().jumped_back, watch.view().trusted) == (back, not back)


# ---------------------------------------------------------------- turns and leases


def until(gate: Gate) -> float | None:
    return gate.throttled_until_mono_s


def test_the_issuers_pauses_grow_until_a_call_goes_through_after_them(clock: HandClock) -> None:
    """60 s, then 5 min; an answer within the pause ends neither it nor the count."""
    gate = Gate(clock)
    assert until(gate) is None
    gate.throttled()
    assert until(gate) == clock.mono_s() + 60
    gate.answered()
    assert until(gate) == clock.mono_s() + 60
    clock.pass_s(60)
    assert until(gate) is None
    gate.throttled()
    assert until(gate) == clock.mono_s() + 300
    clock.pass_s(300)
    gate.answered()
    gate.throttled()
    assert until(gate) == clock.mono_s() + 60


def test_a_set_up_fault_stops_automatic_calls_until_a_call_goes_through(clock: HandClock) -> None:
    gate = Gate(clock)
    fault = SetupFault("gotit.pin_wrong")
    gate.setup_fault(fault)
    assert gate.fault is fault
    gate.answered()
    assert gate.fault is None


def test_five_unknown_codes_in_a_row_and_not_four(clock: HandClock) -> None:
    gate = Gate(clock)
    for unknown in (True, True, True, True, False, True, True, True, True):
        gate.count_unknown_code(unknown)
        assert not gate.needs_manager
    gate.count_unknown_code(True)
    assert gate.needs_manager
    gate.count_unknown_code(False)
    assert not gate.needs_manager


def test_a_turn_is_given_back_whatever_happens_in_it(clock: HandClock) -> None:
    """Two slots, used over and over, by cashiers and by the queue."""
    gate = Gate(clock)
    for turn in (gate.cashier_call, gate.background_call):
        for _ in range(3):
            with pytest.raises(ZeroDivisionError), turn():
                raise ZeroDivisionError
    with gate.background_call(), gate.background_call():
        pass
    with gate.cashier_call(), gate.cashier_call():
        pass


def test_a_lease_lasts_fifteen_minutes_and_no_longer(clock: HandClock) -> None:
    """A thread that is lost with it blocks its bill no longer than the longest chain of calls; others are free."""
    assert LEASE_S == 900
    leases = Leases(clock)
    with leases.try_hold("B1") as first:
        assert first
        with leases.try_hold("B1") as second, leases.try_hold("B2") as other:
            assert (second, other) == (False, True)
        clock.pass_s(899)
        with leases.try_hold("B1") as second:
            assert not second
        with leases.try_hold("B1") as still:
            assert not still, "a lease that was refused was given back"
        clock.pass_s(1)
        with leases.try_hold("B1") as again:
            assert again
    with leases.try_hold("B1") as free:
        assert free
    with leases.hold("B1"), leases.try_hold("B1") as taken:
        assert not taken
    with leases.try_hold("B1") as free:
        assert free


def test_how_long_nothing_was_tried_is_known(issuer: FakeIssuer, clock: HandClock) -> None:
    """From the last call or look, whichever ended last; a look that fails says why."""
    changes: list[bool | None] = []
    issuers = Issuers({"gotit": issuer}, clock, ClockWatch(clock, None), link_changed=lambda: changes.append(None))
    assert issuers.quiet_s() == float("inf")
    assert issuers.names() == ("gotit",)
    assert issuers.probe("gotit")
    clock.pass_s(7)
    assert issuers.quiet_s() == 7
    since = issuers.link.since_utc
    issuer.cable_in = False
    assert not issuers.probe("gotit")
    assert (issuers.link.up, issuers.quiet_s()) == (False, 0)
    assert isinstance(issuers.link.fault, NotSent)
    assert issuers.link.since_utc == clock.now_utc() != since
    clock.pass_s(5)
    issuers.probe("gotit")
    assert issuers.link.since_utc == clock.now_utc() - timedelta(seconds=5)
    assert len(changes) == 2


# ---------------------------------------------------------------- slips


class Paper:
    """A printer that ends each try as the test says."""

    def __init__(self, *ends: tuple[PrintState, str | None]) -> None:
        self.ends = list(ends)
        self.asked: list[str] = []

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        self.asked.append(f"{bill.bill.number}/{job.copy}/{len(lines)}")
        end = self.ends.pop(0) if self.ends else (PrintState.PRINTED, None)
        if end[0] is not PrintState.PENDING:
            begin()
        return end


def test_slips_are_printed_oldest_first_and_each_end_is_told(till: Rig) -> None:
    told: list[tuple[str, PrintState, str | None]] = []
    till.sold(A, number="B1")
    till.sold(B, C, number="B2")
    paper = Paper((PrintState.SENT, None), (PrintState.DOUBTFUL, "printer.broke_off"))
    printing = Printing(
        till.journal, paper, CountingChance(), told=lambda job, state, note: told.append((job.bill_number, state, note))
    )
    assert printing.run_pending() is None
    assert paper.asked == ["B1/0/1", "B2/0/2"]
    assert told == [("B1", PrintState.SENT, None), ("B2", PrintState.DOUBTFUL, "printer.broke_off")]
    jobs = till.journal.print_jobs(states=list(PrintState))
    assert [(job.state, job.note) for job in jobs] == [
        (PrintState.SENT, None), (PrintState.DOUBTFUL, "printer.broke_off"),
    ]  # fmt: skip
    assert printing.run_pending() is None
    assert len(paper.asked) == 2


def test_a_printer_without_paper_is_tried_again_ever_more_slowly(till: Rig) -> None:
    """2, 4, 8 s, then every 10 s; the first slip waits and the second behind it; one that comes out starts anew."""
    till.sold(A, number="B1")
    till.sold(B, number="B2")
    none = (PrintState.PENDING, "printer.no_paper")
    paper = Paper(*[none] * 5, (PrintState.PRINTED, None), none)
    printing = Printing(till.journal, paper, CountingChance())
    assert [printing.run_pending() for _ in range(5)] == [2, 4, 8, 10, 10]
    assert paper.asked == ["B1/0/1"] * 5
    (first, _) = till.journal.print_jobs(states=[PrintState.PENDING])
    assert (first.note, first.tries) == ("printer.no_paper", 1)
    assert printing.run_pending() == 2
    assert paper.asked[5:] == ["B1/0/1", "B2/0/1"]


# ---------------------------------------------------------------- lists


def test_the_lists_tell_what_stands_open(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """An unknown bill with its next inquiry, a queued voucher with its next try, a case."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A, B, number="B1")
    opened = clock.now_utc()
    screen = Screen(till, "B2")
    screen.bill.scan(C)
    issuer.cable_in = False
    screen.bill.confirm()
    screen.bill.accept_offline()
    lists = lists_view(till.journal, {"gotit": "Got It"})
    (bill,) = lists.open_bills
    assert (bill.number, bill.phase, bill.amount_vnd, bill.endings) == ("B1", Phase.UNKNOWN, 200_000, (A[-4:], B[-4:]))
    assert (bill.opened_utc, bill.next_inquiry_mono_s, bill.inquiries) == (opened, clock.mono_s() + 5, 0)
    (queued,) = lists.queue
    assert (queued.bill_number, queued.ending, queued.provider, queued.amount_vnd) == ("B2", C[-4:], "Got It", 100_000)
    assert (queued.status, queued.tries, queued.quarantine) == (LineStatus.ACCEPTED_OFFLINE, 1, None)
    assert (queued.next_try_mono_s, queued.accepted_utc) == (clock.mono_s(), clock.now_utc())
    assert queue_rows(till.journal, {})[0].provider == "gotit"
    with till.journal.transaction("till") as tx:
        tx.quarantine(till.row("B2").id, "undecidable")
        tx.quarantine(till.row("B1").id, "undecidable")
    lists = lists_view(till.journal, {})
    assert (lists.queue[0].next_try_mono_s, lists.queue[0].quarantine) == (None, "undecidable")
    assert lists.open_bills[0].next_inquiry_mono_s == clock.mono_s() + 5, "the other voucher is still asked about"
    till.restart()
    lists = lists_view(till.journal, {})
    assert (lists.queue[0].next_try_mono_s, lists.open_bills[0].next_inquiry_mono_s) == (None, None)


def phase(till: Rig, number: str) -> Phase:
    return rows_phase(till.journal.redemptions_of(number))


def test_a_bills_phase_by_its_rows_alone(till: Rig, issuer: FakeIssuer) -> None:
    """The same words as on the counter, most urgent first."""
    till.sold(A, number="DONE")
    assert phase(till, "DONE") is Phase.DONE
    issuer.vouchers[B].refused = None
    screen = Screen(till, "CLOSED")
    screen.bill.scan(B)
    issuer.cable_in = False
    screen.bill.confirm()
    assert phase(till, "CLOSED") is Phase.UNSENT
    screen.bill.accept_offline()
    assert phase(till, "CLOSED") is Phase.ACCEPTED_OFFLINE
    issuer.cable_in = True
    issuer.vouchers[B].used_for = "OTHER"
    till.settle_to_rest()
    row = till.row("CLOSED")
    assert (row.state, row_status(row), phase(till, "CLOSED")) == (LOSS, LineStatus.REFUSED, Phase.CLOSED)
    finish = till.bill("FINISH")
    finish.waiting = False
    finish.scan("5550000000099")
    finish.confirm()
    assert phase(till, "FINISH") is Phase.FINISH


def test_a_held_bills_phase_by_its_rows_alone(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """Held while it stands, unknown while nobody knows, closed when it is given up."""
    till = reserving_till
    till.sold(C, number="HELD")
    assert (phase(till, "HELD"), row_status(till.row("HELD"))) == (Phase.HELD, LineStatus.HELD)
    issuer.faults["reserve"] = ["lost_before"]
    till.sold(A, number="LOST")
    assert (phase(till, "LOST"), row_status(till.row("LOST"))) == (Phase.UNKNOWN, LineStatus.UNKNOWN)
    issuer.faults["release"] = ["lost_before"]
    till.resume("HELD").drop()
    assert phase(till, "HELD") is Phase.CLOSED


@pytest.mark.parametrize("kind", ["cashier_call", "background_call"])
def test_two_calls_at_a_time_however_many_there_were_before(clock: HandClock, kind: str) -> None:
    """The contract's limit does not wear out: the third waits until one of two is over, and then goes at once."""
    gate = Gate(clock)
    turn: Callable[[], AbstractContextManager[None]] = getattr(gate, kind)
    for _ in range(3):
        with turn():
            pass
    came_in, leave = threading.Semaphore(0), threading.Semaphore(0)

    def call() -> None:
        with turn():
            came_in.release()
            assert leave.acquire(timeout=10)

    callers = [threading.Thread(target=call, daemon=True) for _ in range(3)]
    for caller in callers:
        caller.start()
    assert came_in.acquire(timeout=10)
    assert came_in.acquire(timeout=10)
    assert not came_in.acquire(timeout=0.1)
    leave.release()
    assert came_in.acquire(timeout=10)
    leave.release(2)
    for caller in callers:
        caller.join(10)
        assert not caller.is_alive()


def test_an_issuer_that_is_not_set_up_is_said_by_name(clock: HandClock) -> None:
    issuers = Issuers({}, clock, ClockWatch(clock, None))
    with pytest.raises(ConfigError) as refused:
        issuers.provider("gone")
    assert (refused.value.code, refused.value.params) == ("config.provider_missing", {"provider": "gone"})
