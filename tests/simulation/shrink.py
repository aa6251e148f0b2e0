"""Makes a failing run small: fewer steps, fewer tills, fewer kinds of faults, as long as the same promise breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.simulation.plan import plan_of


@dataclass(frozen=True, slots=True)
class Case:
    """One run as its command says it."""

    seed: int
    steps: int
    tills: int
    without: frozenset[str] = frozenset()

    def faults(self) -> tuple[str, ...]:
        """Kinds of faults that may still happen."""
        return plan_of(self.seed, steps=self.steps, tills=self.tills).without(self.without).faults()


def shrink(case: Case, fails: Callable[[Case], bool], *, most_runs: int = 80) -> Case:
    """The smallest case found that fails as `case` does.

    Args:
        case: fails.
        fails: runs a case and says whether the same promise breaks.
        most_runs: how many runs it may take.
    """
    left = most_runs
    tried = {case}
    progress = True
    while progress and left > 0:
        progress = False
        for smaller in _smaller(case):
            if smaller in tried or left <= 0:
                continue
            tried.add(smaller)
            left -= 1
            if fails(smaller):
                case, progress = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """The boldest cuts first."""
    if case.tills > 1:
        yield replace(case, tills=1)
        yield replace(case, tills=case.tills - 1)
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        steps = int(case.steps * share)
        if 0 < steps < case.steps:
            yield replace(case, steps=steps)
    faults = case.faults()
    for half in (faults[: len(faults) // 2], faults[len(faults) // 2 :]):
        if 1 < len(half) < len(faults):
            yield replace(case, without=case.without | set(half))
    for fault in faults:
        yield replace(case, without=case.without | {fault})
