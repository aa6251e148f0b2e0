"""Draining a queue of redemptions taken offline, beside a bare client that makes the same mark-use calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pos.domain.bill import Bill
from tests.bench.bare_client import BareClient
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, open_till, scratch
from tests.bench.timing import median_ratio, undisturbed
from tests.sandbox_process import SandboxProcess

QUEUED, QUEUED_FULL = 2_000, 10_000
TARGET = 0.7
_TURN = 100
"""Rows a side has before the other has its turn."""


class _Turns:
    """Lets the bare client make as many calls as the queue did, each time the queue has worked off its turn.

    The settler asks for a pause between two calls: here is where the bare client runs, outside the queue's time.
    """

    def __init__(self, bare: Callable[[], None]) -> None:
        self._bare = bare
        self._rows = 0
        self._began = time.perf_counter()
        self.ours_s: list[float] = []
        self.bare_s: list[float] = []

    def pause(self) -> bool:
        self._rows += 1
        if self._rows % _TURN == 0:
            now = time.perf_counter()
            self.ours_s.append(now - self._began)
            for _ in range(_TURN):
                self._bare()
            self._began = time.perf_counter()
            self.bare_s.append(self._began - now)
        return False


def run(*, full: bool) -> list[Row]:
    """Drain the queue with no pause set."""
    count = QUEUED_FULL if full else QUEUED
    with scratch() as folder, SandboxProcess(folder / "sandbox") as sandbox, BareClient(sandbox) as client:
        codes = sandbox.add_plain_vouchers(2 * count, WORTH_VND)
        ours, theirs = codes[:count], iter(codes[count:])
        number = iter(range(count))

        def bare() -> None:
            bill = Bill(f"TN-CH01-T9-{next(number):06d}", WORTH_VND, datetime.now(UTC))
            client.call("usemultiple", next(theirs), bill)

        with open_till(folder / "till", sandbox) as till, undisturbed():
            OfflineCounter(till).fill(ours)
            turns = _Turns(bare)
            till.settler(pause=turns.pause).run_pass(now=True)
            left = len(till.journal.outbox(count))
            cases = len(till.journal.cases())
        used = sum(voucher["state"] == 4 for voucher in sandbox.state()["vouchers"] if voucher["code"] in set(ours))
    if left or cases or used != count:
        raise RuntimeError(f"the queue was not drained: {left} left, {cases} cases, {used} of {count} used")
    ratio = median_ratio(turns.bare_s, turns.ours_s)
    return [
        Row(
            f"drain {count:,} queued",
            f"{_TURN * len(turns.ours_s) / sum(turns.ours_s):,.0f}/s",
            f"bare httpx, same calls: {_TURN * len(turns.bare_s) / sum(turns.bare_s):,.0f}/s",
            ratio,
            f"≥ {TARGET}",
            ratio >= TARGET,
            f"{_TURN} rows each in turns, all used once by the issuer's own record, none left, no case",
        )
    ]
