"""Days of trade under every fault: what a shop owner is promised holds, and each run can be had again."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.plan import ALL_FAULTS, plan_of
from tests.simulation.run import run_plan, run_seed
from tests.simulation.shrink import Case, shrink

ROOT = Path(__file__).resolve().parents[2]
FIXED = range(24)
STEPS = 120
FRESH_S = 15.0
"""Seconds of seeds that nobody has seen before."""


@pytest.mark.parametrize("seed", FIXED)
def test_every_promise_holds(seed: int) -> None:
    """Cashiers, crashes, lost lines, full disks, wrong clocks: nothing lost, nothing doubled, nothing told wrongly."""
    result = run_seed(seed, steps=STEPS)
    told = "\n".join(map(str, result.violations))
    assert not result.violations, f"{told}\nrepeat it: {result.command}"
    assert result.counts.steps >= STEPS


def test_every_promise_holds_on_days_nobody_has_seen() -> None:
    """The seed is printed: what fails here can be had again."""
    first, ends_s, runs = secrets.randbelow(1_000_000_000), time.monotonic() + FRESH_S, 0
    while time.monotonic() < ends_s:
        result = run_seed(first + runs, steps=STEPS)
        told = "\n".join(map(str, result.violations))
        assert not result.violations, f"{told}\nrepeat it: {result.command}"
        runs += 1
    assert runs, f"no run from seed {first} on came to its end"


_TRACES = "from tests.simulation.run import run_seed; print([run_seed(s, steps=40).trace for s in (3, 11)])"


def test_one_seed_is_one_run() -> None:
    """The same in another process, whatever that process makes of dictionaries and sets."""
    traces = {
        subprocess.run(
            [sys.executable, "-c", _TRACES],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(traces) == 1
    assert "-" in traces.pop()


def test_a_failing_run_is_made_small() -> None:
    """Fewest tills, steps and kinds of fault that still fail: somebody has to read it."""
    whole = Case(7, 400, 3)
    needed = whole.faults()[1]
    small = shrink(whole, lambda case: case.steps >= 37 and needed in case.faults(), most_runs=200)
    assert small.tills == 1
    assert small.steps < 60
    assert small.faults() == (needed,)


FIRST_START = {f"disk.{at}.{what}" for at in ("commit", "committed") for what in ("migration", "person")}


def test_a_till_that_dies_in_its_first_start_comes_up_whole() -> None:
    """In the schema, in the first manager's sign-up: the folder it leaves opens, and the shop can trade."""
    died: Counter[str] = Counter()
    for seed in range(60):
        plan = replace(plan_of(seed, steps=8, tills=3), others=frozenset({"crash"}), network=(), disk=(), printer=())
        result = run_plan(plan)
        assert not result.violations, f"seed {seed}: {result.violations[0]}"
        died += result.coverage.crashed
        if died.keys() >= FIRST_START:
            return
    pytest.fail(f"never died at {FIRST_START - died.keys()}")


LATE = {f"{pair} × late_effect" for pair in ("unsent/no", "unsent/yes")} | {"hold unknown × consumed"}


def test_effects_after_their_proof_are_met_within_a_few_worlds() -> None:
    """The rarest pairs of state and event: worlds made for them reach every one, and nobody is told wrongly."""
    met: Counter[str] = Counter()
    for seed in range(6_000_005, 6_000_005 + 20 * 11, 11):  # divisible by 11: `plan._after_the_proof`
        result = run_seed(seed)
        assert not result.violations, f"{result.violations[0]}\nrepeat it: {result.command}"
        met += result.coverage.pairs
        if met.keys() >= LATE:
            return
    pytest.fail(f"never met: {LATE - met.keys()}")


def test_each_fault_is_in_some_world() -> None:
    """What no seed ever brings is not tested."""
    met = {fault for seed in range(300) for fault in plan_of(seed).faults()}
    assert met == set(ALL_FAULTS)


@pytest.mark.parametrize("seed", range(50))
def test_the_printed_command_means_the_same_world(seed: int) -> None:
    """It names steps and tills: said or drawn, all else stays what the seed made."""
    drawn = plan_of(seed)
    assert plan_of(seed, steps=drawn.steps, tills=drawn.tills) == drawn
