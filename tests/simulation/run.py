"""One seed, one run, one result."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.coverage import Coverage
from tests.simulation.invariants import Violation
from tests.simulation.plan import Plan, plan_of
from tests.simulation.threads import Stalled
from tests.simulation.world import Counts, World


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended.

    Args:
        trace: checksum over all port calls, redemptions and words: the same for the same plan.
        cpu_s: CPU seconds.
    """

    plan: Plan
    without: frozenset[str]
    violations: tuple[Violation, ...]
    counts: Counts
    coverage: Coverage
    trace: str
    cpu_s: float

    @property
    def command(self) -> str:
        """What repeats this run."""
        return command_of(self.plan.seed, self.plan.steps, self.plan.tills, self.without)


def command_of(seed: int, steps: int, tills: int, without: Collection[str]) -> str:
    """The one command that repeats a run."""
    left_out = f" --without {','.join(sorted(without))}" if without else ""
    return f"packaging/dev simulate --seed {seed} --steps {steps} --tills {tills}{left_out}"


def memory_folder() -> Path | None:
    """A folder on a memory disk, where there is one: a flush to a real disk costs more than a whole sale."""
    place = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return place if place.is_dir() else None


def run_seed(seed: int, *, steps: int | None = None, tills: int | None = None, without: Collection[str] = ()) -> Result:
    """Live through one world.

    Args:
        seed: makes the world and everything that happens in it.
        steps: decisions of each cashier; by default a few days' worth.
        tills: how many; by default as the seed has it.
        without: faults to leave out, names of `plan.ALL_FAULTS`.
    """
    plan = plan_of(seed, steps=steps, tills=tills).without(frozenset(without))
    return run_plan(plan, frozenset(without))


def run_plan(plan: Plan, without: frozenset[str] = frozenset()) -> Result:
    """The same for a plan."""
    began_s = time.process_time()
    folder = Path(tempfile.mkdtemp(prefix="quay-sim-", dir=memory_folder()))
    try:
        world = World(plan, folder)
        try:
            world.run()
        except Stalled:
            world.stumbled("everybody waits for somebody else: a deadlock")
        counts = world.counts()
    finally:
        shutil.rmtree(folder)
    trace = f"{world.scheduler.trace:08x}-{counts.redemptions}-{counts.ports}-{len(world.told)}"
    cpu_s = time.process_time() - began_s
    return Result(plan, without, tuple(world.violations), counts, world.coverage, trace, cpu_s)
