"""What runs came to, small enough to cross between processes, and all of them together."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field

from tests.simulation.coverage import Coverage
from tests.simulation.run import Result, run_seed
from tests.simulation.shrink import Case

_COLLECT = (20_000, 10, 50)
"""Allocations between two collections, the older the rarer: Python's own numbers cost a tenth of the time."""


@dataclass(slots=True)
class Report:
    """What one run came to, small enough to cross between processes."""

    case: Case
    violations: tuple[tuple[str, str], ...]
    redemptions: int
    steps: int
    ports: int
    crashes: int
    trace: str
    cpu_s: float
    coverage: dict[str, dict[str, int]]


@dataclass(slots=True)
class Sum:
    """What all runs so far came to."""

    began_s: float = field(default_factory=time.monotonic)
    runs: int = 0
    redemptions: int = 0
    steps: int = 0
    ports: int = 0
    crashes: int = 0
    cpu_s: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    failed: list[Report] = field(default_factory=list)

    def add(self, report: Report) -> None:
        """Count it."""
        self.runs += 1
        self.redemptions += report.redemptions
        self.steps += report.steps
        self.ports += report.ports
        self.crashes += report.crashes
        self.cpu_s += report.cpu_s
        self.coverage.add(Coverage.of(report.coverage))
        if report.violations:
            self.failed.append(report)

    def line(self) -> str:
        """Progress in one line."""
        took_s = max(0.001, time.monotonic() - self.began_s)
        return (
            f"{took_s:6.0f} s  {self.runs} runs  {self.redemptions} redemptions ({self.redemptions / took_s:.0f}/s, "
            f"{self.cpu_s / max(1, self.redemptions) * 1000:.1f} ms CPU each)  {self.steps} steps "
            f"({self.steps / took_s:.0f}/s)  {self.ports} port calls  {self.crashes} crashes  "
            f"{len(self.coverage.missing_pairs())} pairs and {len(self.coverage.missing_placements())} placements to go"
            f"  {len(self.failed)} failed"
        )


def report_of(result: Result) -> Report:
    """The part of a result that is kept."""
    plan, counts = result.plan, result.counts
    return Report(
        Case(plan.seed, plan.steps, plan.tills, result.without),
        tuple((found.invariant, str(found)) for found in result.violations),
        counts.redemptions,
        counts.steps,
        counts.ports,
        counts.crashes,
        result.trace,
        result.cpu_s,
        result.coverage.plain(),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is to be made."""

    seed: int
    steps: int | None
    tills: int | None
    without: frozenset[str]


def live(job: Job) -> Report:
    """Make it; runs in a process of its own."""
    gc.set_threshold(*_COLLECT)
    return report_of(run_seed(job.seed, steps=job.steps, tills=job.tills, without=job.without))
