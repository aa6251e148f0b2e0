"""A thousand sales and a thousand bookings that wait: how often their loops wake up, and what that costs.

Minutes are simulated: the loops' own work runs on real journals with a clock that is moved on to when they would wake.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pos.till.booking.poll_loop import APART_S, DueLoop, Rounds
from pos.till.selling.sale_loop import SaleLoop
from tests.bench.table import Row
from tests.bench.tills import scratch
from tests.bench.timing import median, undisturbed
from tests.booking.issuer import Truth
from tests.booking.rig import BookingRig
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import SaleRig

OPEN = 1_000
SIMULATED_S = 600.0
IDLE_S, IDLE_SHARE = 5.0, 0.01
_LEAST_WAIT_S = 0.05
_CALLS = 1_000_000


class Woken:
    """What a loop did each time it was awake."""

    def __init__(self, asked: Callable[[], int]) -> None:
        self._asked = asked
        self.asks = self.wakes = self.idle_wakes = 0
        self.cpu_ms: list[float] = []

    def once(self, work: Callable[[], float]) -> float:
        """Awake: work; the seconds to sleep that it answers."""
        before, began = self._asked(), time.thread_time()
        wait_s = work()
        self.cpu_ms.append(1000 * (time.thread_time() - began))
        asks = self._asked() - before
        self.wakes += 1
        self.asks += asks
        self.idle_wakes += asks == 0
        return wait_s


def run(count: int = OPEN, simulated_s: float = SIMULATED_S, idle_s: float = IDLE_S) -> list[Row]:
    """Measure both kinds, first busy, then with nothing due."""
    with scratch() as folder:
        return [*_sales(folder, count, simulated_s, idle_s), *_bookings(folder, count, simulated_s, idle_s)]


# ---------------------------------------------------------------- sales


def _sales(folder: Path, count: int, simulated_s: float, idle_s: float) -> list[Row]:
    clock = HandClock()
    seller = FakeSeller(clock, dict.fromkeys(range(_CALLS), Fault.PENDING))
    folder = folder / "sales"
    folder.mkdir()
    rig = SaleRig(folder, seller, clock)
    rig.stock_up()
    for _ in range(count):
        rig.sold()
        clock.pass_s(0.5)  # a shop's day is not one moment
    woken = Woken(lambda: seller.calls.count("ask"))
    with undisturbed():
        _live(clock, simulated_s, lambda: woken.once(lambda: max(_LEAST_WAIT_S, rig.settle())))
    row = _row(f"{count} open sales", woken, simulated_s)
    loop = SaleLoop(rig.settler, refresh=lambda: None, storage=_raise, on_end=rig.journal.close_thread)
    loop._now = False  # the start, which asks about everything, is over
    cpu_s = _idle(loop.start, lambda: loop.stop(20), idle_s)
    rig.journal.close()
    return [row, _idle_row(f"{count} open sales, none due", cpu_s, idle_s)]


# ---------------------------------------------------------------- bookings


def _bookings(folder: Path, count: int, simulated_s: float, idle_s: float) -> list[Row]:
    folder = folder / "bookings"
    folder.mkdir()
    rig = BookingRig(folder)
    numbers = [f"ADCO26112{number:08d}" for number in range(count)]
    rig.issuer.bookings |= {number: Truth(polls_to_issue=_CALLS, deadline_utc=None) for number in numbers}
    for number in numbers:
        counter = rig.counter(number)
        counter.order("lan")
        counter.money_taken("lan")
        rig.clock.pass_s(0.5)
    woken = Woken(lambda: rig.ports.visited.count("await_end"))

    def step() -> float:
        wait_s = APART_S if rig.polls.step() else rig.polls.wait_s()
        return simulated_s if wait_s is None else wait_s

    with undisturbed():
        _live(rig.clock, simulated_s, lambda: woken.once(step))
    row = _row(f"{count} open bookings", woken, simulated_s)
    rounds = Rounds(rig.desk, "gotadi", rig.poller, rig.attendant)
    _far_away(rig)
    loop = DueLoop("booking-poll", rounds, storage=_raise, on_end=rig.journal.close_thread)
    cpu_s = _idle(loop.start, lambda: loop.stop(20), idle_s)
    rig.close()
    return [row, _idle_row(f"{count} open bookings, none due", cpu_s, idle_s)]


def _far_away(rig: BookingRig) -> None:
    """Let every open payment be due in an hour only."""
    for payment in rig.store.due(float("inf"), journeys=True):
        with rig.journal.transaction("bench") as tx:
            rig.store.writes(tx).set_due(payment.id, rig.desk.due(3600.0))


# ---------------------------------------------------------------- both


def _live(clock: HandClock, simulated_s: float, wake: Callable[[], float]) -> None:
    """Sleep as long as the work says, by the hand clock."""
    ends = clock.mono_s() + simulated_s
    while clock.mono_s() < ends:
        clock.pass_s(min(wake(), ends - clock.mono_s()))


def _row(what: str, woken: Woken, simulated_s: float) -> Row:
    working = woken.wakes - woken.idle_wakes
    ratio = woken.wakes / working if working else float("inf")
    note = (
        f"{simulated_s / 60:.0f} simulated minutes: {woken.asks} asks; a wake-up costs {median(woken.cpu_ms):.1f} ms"
        f" of processor, in all {sum(woken.cpu_ms) / 1000:.1f} s"
    )
    return Row(
        f"{what}, wake-ups", str(woken.wakes), f"those with something due: {working}", ratio, "≤ 1.01", ratio <= 1.01,
        note,
    )  # fmt: skip


def _idle(start: Callable[[], None], stop: Callable[[], object], seconds: float) -> float:
    """Processor seconds of the program while a loop has nothing to do, its start left out."""
    start()
    threading.Event().wait(0.5)
    began = time.process_time()
    threading.Event().wait(seconds)
    took = time.process_time() - began
    stop()
    return took


def _idle_row(what: str, cpu_s: float, seconds: float) -> Row:
    share = cpu_s / seconds
    return Row(
        f"{what}: processor", f"{100 * share:.2f} %", "a sleeping thread: 0 %", share / IDLE_SHARE,
        f"≤ {100 * IDLE_SHARE:.0f} %", share <= IDLE_SHARE, f"the loop's own thread asleep for {seconds:.0f} s",
    )  # fmt: skip


def _raise(error: Exception) -> None:
    raise error
