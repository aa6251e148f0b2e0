"""A copy of a journal with a million redemptions: how long it takes, and what it costs a cashier who scans meanwhile.

And the second log: what it adds to taking a voucher offline, the same till with and without it by turns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pos.bootstrap import Program
from pos.domain.backups import CopyReason
from pos.journal import copying
from pos.running import RunningTill
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, fresh_codes, open_till, scratch, set_up
from tests.bench.timing import each_s, in_turns, median, median_ratio, percentile, seconds_of, undisturbed
from tests.bench.volume import ROWS, Engine
from tests.sandbox_process import SandboxProcess

MOST_S, MOST_DELAY, MOST_LOG = 2.0, 1.2, 1.1
_COPIES, _SCANS_BETWEEN, _SCANS_BESIDE = 4, 40, 100
_ROUNDS, _EACH = 60, 25


def run() -> list[Row]:
    """Copies with and without scans beside them in one run; then the log."""
    with scratch() as folder:
        million.make(folder / "million", ROWS)
        rows = _copies(folder)
    with scratch() as folder:
        return [*rows, _log(folder)]


def _copies(folder: Path) -> list[Row]:
    with ExitStack() as opened, undisturbed():
        sandbox = opened.enter_context(SandboxProcess(folder / "sandbox"))
        codes = iter(sandbox.add_plain_vouchers(4000, WORTH_VND))
        till = folder / "million"
        set_up(till, sandbox)
        running = RunningTill(Program(till), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
        backups = running.program.backups
        backups.counter_first = running.till.at_work
        running.backup_loop.start = lambda: None  # type: ignore[method-assign] # only the copies of this measurement
        ready = Engine(running)
        running.start()
        opened.callback(running.close)
        ready.open_bill()
        alone, checks = _timed(lambda: backups.make(CopyReason.BY_HAND, ""))
        beside, quiet, while_scanning = _by_turns(ready, codes, lambda: backups.make(CopyReason.BY_HAND, ""))
        size = backups.view().copies[0].bytes / 1e6
    took, ratio = median(alone) - median(checks), median(beside) / median(quiet)
    note = (
        f"{ROWS:,} redemptions with their bills and links, {size:,.0f} MB, until it is on the disk; reading it "
        f"through: {median(checks):.2f} s; both while somebody scans without a pause: {median(while_scanning):.2f} s"
    )
    return [
        Row("copy of 1,000,000 rows", f"{took:.2f} s", f"limit {MOST_S:.0f} s", took / MOST_S, "≤ 1", took <= MOST_S,
            note),
        Row("scan while it is copied", f"{1e3 * median(beside):.2f} ms (p99 {1e3 * percentile(beside, 99):.1f})",
            f"without: {1e3 * median(quiet):.2f} ms (p99 {1e3 * percentile(quiet, 99):.1f})", ratio,
            f"≤ {MOST_DELAY}", ratio <= MOST_DELAY, f"{len(beside)} scans beside {_COPIES} copies"),
    ]  # fmt: skip


def _timed(copy: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds of three copies, and how many of them were for reading through."""
    real, checks = copying.facts_of, list[float]()

    def facts_of(*args: Any, **more: Any) -> Any:
        began = time.perf_counter()
        found = real(*args, **more)
        checks.append(time.perf_counter() - began)
        return found

    copying.facts_of = facts_of
    try:
        return [seconds_of(copy) for _ in range(3)], checks
    finally:
        copying.facts_of = real


def _by_turns(
    ready: Engine, codes: Iterator[str], copy: Callable[[], object]
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of scans beside a copy, of scans without, and of the copies."""
    beside: list[float] = []
    quiet: list[float] = []
    took: list[float] = []
    for _ in range(_COPIES):
        quiet += [_scan(ready, codes) for _ in range(_SCANS_BETWEEN)]
        began = time.perf_counter()
        copying = threading.Thread(target=copy)
        copying.start()
        for _ in range(_SCANS_BESIDE):
            if not copying.is_alive():
                break
            beside.append(_scan(ready, codes))
        copying.join()
        took.append(time.perf_counter() - began)
    return beside, quiet, took


def _scan(ready: Engine, codes: Iterator[str]) -> float:
    code = next(codes)
    took = seconds_of(lambda: ready.scan(code))
    ready.clear()
    return took


def _log(folder: Path) -> Row:
    codes = iter(fresh_codes(2 * _ROUNDS * _EACH, seed=4))
    with ExitStack() as opened, undisturbed():
        tills = {name: opened.enter_context(open_till(folder / name)) for name in ("with", "without")}
        _without_log(tills["without"])
        counters = {name: OfflineCounter(till) for name, till in tills.items()}
        taken = in_turns({name: _accepts(counter, codes) for name, counter in counters.items()}, _ROUNDS)
    ratio = median_ratio(taken["with"], taken["without"])
    return Row(
        "accept offline with the second log",
        f"{1e6 * median(taken['with']):,.0f} µs",
        f"without it: {1e6 * median(taken['without']):,.0f} µs",
        ratio,
        f"≤ {MOST_LOG}",
        ratio <= MOST_LOG,
        f"{_ROUNDS} turns of {_EACH}; every row of the transaction once more, before anything is sent",
    )


def _without_log(till: Program) -> None:
    core = till.journal.core
    if core.log is not None:
        core.log.close(None)
    core.log = None
    connection = core.connections.get()
    for name in [row[0] for row in connection.execute("SELECT name FROM temp.sqlite_schema WHERE name LIKE 'log_%'")]:
        connection.execute(f"DROP TRIGGER temp.{name}")


def _accepts(counter: OfflineCounter, codes: Iterator[str]) -> Callable[[], float]:
    return lambda: each_s(lambda: counter.accept(next(codes)), _EACH)
