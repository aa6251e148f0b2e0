"""With a million redemptions in the journal: scan to verdict and accept offline, beside the empty journal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pos.bootstrap import Program
from pos.running import RunningTill
from pos.till.views import BillChanged, BillView, LineStatus, TillEvent
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, fresh_codes, open_till, scratch, set_up
from tests.bench.timing import each_s, in_turns, median, median_ratio, percentile, seconds_of, undisturbed
from tests.sandbox_process import SandboxProcess

ROWS = 1_000_000
TARGET = 1.2
_WITHIN_S = 20.0
_SCANS, _ACCEPT_ROUNDS, _ACCEPTS = 300, 100, 20


class Engine:
    """A running till without a window: commands go in, snapshots come out."""

    def __init__(self, running: RunningTill) -> None:
        self._till = running.till
        self._changed = threading.Condition()
        self._view: BillView | None = None
        running.till.subscribe(self._hear)

    def _hear(self, event: TillEvent) -> None:
        if isinstance(event, BillChanged):
            with self._changed:
                self._view = event.view
                self._changed.notify_all()

    def open_bill(self) -> None:
        """Begin the bill that is scanned for."""
        self._till.open_bill()
        self._wait(lambda view: True)

    def scan(self, code: str) -> None:
        """Scan, and return when the verdict "usable" is out."""
        assert self._view is not None
        self._till.scan(self._view.key, code)
        self._wait(lambda view: any(line.status is LineStatus.USABLE for line in view.lines))

    def clear(self) -> None:
        """Take the voucher off the bill again."""
        assert self._view is not None
        for line in self._view.lines:
            self._till.remove_line(self._view.key, line.id)
        self._wait(lambda view: not view.lines)

    def _wait(self, wanted: Callable[[BillView], bool]) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._view is not None and wanted(self._view), _WITHIN_S):
                raise RuntimeError("the till did not answer")


@contextmanager
def engine(folder: Path, sandbox: SandboxProcess) -> Iterator[Engine]:
    """The till with its threads on that folder, a bill open."""
    set_up(folder, sandbox)
    running = RunningTill(Program(folder), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    ready = Engine(running)
    running.start()
    try:
        ready.open_bill()
        yield ready
    finally:
        running.close()


def run() -> list[Row]:
    """Both tills in one process, by turns."""
    with scratch() as folder:
        made_s = seconds_of(lambda: million.make(folder / "million", ROWS))
        megabytes = (folder / "million" / "journal.db").stat().st_size / 1e6
        scans, accepts = _scans(folder), _accepts(folder)
    note = f"{ROWS:,} redemptions, {megabytes:,.0f} MB, made in {made_s:.0f} s; both tills in one process, by turns"
    return [
        _row("scan → verdict, 1,000,000 rows", scans, 1e3, "ms", note),
        _row("accept offline, 1,000,000 rows", accepts, 1e6, "µs"),
    ]


def _row(name: str, taken: dict[str, list[float]], factor: float, unit: str, note: str = "") -> Row:
    full, empty = taken["million"], taken["empty"]
    ratio = median_ratio(full, empty)
    return Row(
        name,
        f"{factor * median(full):.2f} {unit} (p99 {factor * percentile(full, 99):.2f})",
        f"empty journal: {factor * median(empty):.2f} {unit} (p99 {factor * percentile(empty, 99):.2f})",
        ratio,
        f"≤ {TARGET}",
        ratio <= TARGET,
        note,
    )


def _scans(folder: Path) -> dict[str, list[float]]:
    with ExitStack() as opened, undisturbed():
        sandbox = opened.enter_context(SandboxProcess(folder / "sandbox"))
        codes = iter(sandbox.add_plain_vouchers(2 * _SCANS, WORTH_VND))
        engines = {name: opened.enter_context(engine(folder / name, sandbox)) for name in ("million", "empty")}
        return in_turns({name: _one_scan(ready, codes) for name, ready in engines.items()}, _SCANS)


def _one_scan(ready: Engine, codes: Iterator[str]) -> Callable[[], float]:
    def measure() -> float:
        code = next(codes)
        took = seconds_of(lambda: ready.scan(code))
        ready.clear()
        return took

    return measure


def _accepts(folder: Path) -> dict[str, list[float]]:
    codes = iter(fresh_codes(2 * _ACCEPT_ROUNDS * _ACCEPTS, seed=3))
    with ExitStack() as opened, undisturbed():
        tills = {name: opened.enter_context(open_till(folder / name)) for name in ("million", "empty")}
        counters = {name: OfflineCounter(till) for name, till in tills.items()}
        return in_turns({name: _some_accepts(counter, codes) for name, counter in counters.items()}, _ACCEPT_ROUNDS)


def _some_accepts(counter: OfflineCounter, codes: Iterator[str]) -> Callable[[], float]:
    return lambda: each_s(lambda: counter.accept(next(codes)), _ACCEPTS)
