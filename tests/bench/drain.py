"""Draining a queue of redemptions taken offline, beside a bare client that makes the same mark-use calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pos.domain.bill import Bill
from tests.bench.bare_client import BareClient
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, open_till, scratch
from tests.bench.timing import median, median_ratio, undisturbed
from tests.sandbox_process import SandboxProcess

QUEUED, QUEUED_FULL = 2_000, 10_000
TARGET = 0.7
_TURN = 100
"""Rows a side has before the other has its turn."""
_FAR_QUEUED, _FAR_TURN, _FAR_S = 200, 10, 0.02
"""A short queue at an issuer 20 ms away."""


class _Turns:
    """Lets the bare client make as many calls as the queue did, each time the queue has worked off its turn.

    The settler asks for a pause between two calls: here is where the bare client runs, outside the queue's time.
    """

    def __init__(self, bare: Callable[[], None], turn: int) -> None:
        self._bare = bare
        self._turn = turn
        self._rows = 0
        self._began = time.perf_counter()
        self.ours_s: list[float] = []
        self.bare_s: list[float] = []

    def pause(self) -> bool:
        self._rows += 1
        if self._rows % self._turn == 0:
            now = time.perf_counter()
            self.ours_s.append(now - self._began)
            for _ in range(self._turn):
                self._bare()
            self._began = time.perf_counter()
            self.bare_s.append(self._began - now)
        return False

    def rate(self, taken_s: list[float]) -> str:
        """Rows in a second, by the middle turn."""
        return f"{self._turn / median(taken_s):,.0f}/s"


def run(*, full: bool) -> list[Row]:
    """Drain the queue with no pause set; then a short one at an issuer that takes its time, as one behind a network."""
    count = QUEUED_FULL if full else QUEUED
    turns, far = _drain(count, _TURN), _drain(_FAR_QUEUED, _FAR_TURN, delay_s=_FAR_S)
    ratio = median_ratio(turns.bare_s, turns.ours_s)
    peer, far_peer = turns.rate(turns.bare_s), far.rate(far.bare_s)
    note = f"{_TURN} rows each in turns, all used once by the issuer's own record, none left, no case"
    return [
        Row(f"drain {count:,} queued", turns.rate(turns.ours_s), f"bare httpx, same calls: {peer}", ratio,
            f"≥ {TARGET}", ratio >= TARGET, note),
        Row(f"  issuer {1000 * _FAR_S:.0f} ms away", far.rate(far.ours_s), f"bare httpx, same calls: {far_peer}",
            median_ratio(far.bare_s, far.ours_s), note=f"{_FAR_QUEUED} rows; the sandbox's fault `delay` for both"),
    ]  # fmt: skip


def _drain(count: int, turn: int, *, delay_s: float = 0.0) -> _Turns:
    """Drain, and make sure by the issuer's own record that it was done.

    Raises:
        RuntimeError: it was not.
    """
    with scratch() as folder, SandboxProcess(folder / "sandbox") as sandbox, BareClient(sandbox) as client:
        codes = sandbox.add_plain_vouchers(2 * count, WORTH_VND)
        ours, theirs, number = codes[:count], iter(codes[count:]), iter(range(count))
        if delay_s:
            sandbox.faults([{"operation": "mark_use", "fault": "delay", "times": 2 * count, "seconds": delay_s}])

        def bare() -> None:
            bill = Bill(f"TN-CH01-T9-{next(number):06d}", WORTH_VND, datetime.now(UTC))
            client.call("usemultiple", next(theirs), bill)

        with open_till(folder / "till", sandbox) as till, undisturbed():
            OfflineCounter(till).fill(ours)
            till.desk.issuers.probe("gotit")  # loads what a first call loads
            turns = _Turns(bare, turn)
            till.settler(pause=turns.pause).run_pass(now=True)
            left, cases = len(till.journal.outbox(count)), len(till.journal.cases())
        mine = set(ours)
        used = sum(voucher["times_used"] == 1 for voucher in sandbox.state()["vouchers"] if voucher["code"] in mine)
    if left or cases or used != count:
        raise RuntimeError(f"the queue was not drained: {left} left, {cases} cases, {used} of {count} used")
    return turns
