"""From the command to ready-to-scan, and the memory it took, beside a bare window that imports the same libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hardware.virtual.scanner import VirtualScanner
from pos.till.ports import Role
from tests.bench.table import Row
from tests.bench.tills import open_till, scratch
from tests.bench.timing import in_turns, median, median_ratio
from tests.sandbox_process import SandboxProcess

TARGET, LIMIT_S, MEMORY_TARGET = 1.5, 1.0, 1.6
_ROUNDS, _ROUNDS_FULL = 7, 15
_ROOT = Path(__file__).resolve().parents[2]


def run(*, full: bool) -> list[Row]:
    """Start both by turns, warm."""
    rounds = _ROUNDS_FULL if full else _ROUNDS
    with (
        scratch() as folder,
        SandboxProcess(folder / "sandbox") as sandbox,
        VirtualScanner(folder / "scanner") as scanner,
    ):
        with open_till(folder / "till", sandbox) as program:
            program.settings_noted.change({"scanner.address": scanner.address}, actor="")
            program.people.add("Hương", Role.MANAGER, "739152", actor="Hương")
        taken = _measure(folder, rounds)
    return _rows(taken, rounds)


def _measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    peaks: dict[str, list[float]] = {"ours": [], "bare": []}

    def start(name: str, *arguments: str) -> float:
        ready_s, peak_kib = _child(folder / "compiled", *arguments)
        peaks[name].append(peak_kib / 1024)
        return ready_s

    jobs = {
        "ours": lambda: start("ours", "tests.bench.start_till", str(folder / "till")),
        "bare": lambda: start("bare", "tests.bench.start_bare"),
    }
    in_turns(jobs, 1)
    for taken in peaks.values():
        taken.clear()
    times = in_turns(jobs, rounds)
    return {**times, "ours peak": peaks["ours"], "bare peak": peaks["bare"]}


def _child(compiled: Path, *arguments: str) -> tuple[float, float]:
    """Seconds until it says that it is ready, and the most memory it ever held (KiB).

    Args:
        compiled: where Python keeps compiled modules: an installed till has them, a clone on a developer's machine may
            be told not to.
        arguments: module and what it is told.

    Raises:
        RuntimeError: it ended before it was ready.
    """
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return float(said["ready_mono_s"]) - began, float(said["peak_kib"])


def _rows(taken: dict[str, list[float]], rounds: int) -> list[Row]:
    ours_s, peer_s = median(taken["ours"]), median(taken["bare"])
    ratio, memory = median_ratio(taken["ours"], taken["bare"]), median_ratio(taken["ours peak"], taken["bare peak"])
    note = (
        f"median of {rounds} by turns, warm; ready: window painted, till started, scanner's line open. Memory: once the"
        " issuer was reached and all libraries, those of the first slip too, are loaded"
    )
    ours_mib, peer_mib = median(taken["ours peak"]), median(taken["bare peak"])
    return [
        Row("start → ready to scan", f"{ours_s:.2f} s", f"bare window, same imports: {peer_s:.2f} s", ratio,
            f"≤ {TARGET}, ≤ {LIMIT_S:.0f} s", ratio <= TARGET and ours_s <= LIMIT_S, note),
        Row("peak memory", f"{ours_mib:.0f} MiB", f"the same window: {peer_mib:.0f} MiB", memory, f"≤ {MEMORY_TARGET}",
            memory <= MEMORY_TARGET),
    ]  # fmt: skip
