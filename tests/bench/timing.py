"""Taking turns and middle values: two things are measured A B A B, so that a busy moment hits both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager


def in_turns(jobs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run every job once a round, in an order that turns with each round; each gives its own figure."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    names = list(jobs)
    for round_number in range(rounds):
        shift = round_number % len(names)
        for name in names[shift:] + names[:shift]:
            taken[name].append(jobs[name]())
    return taken


def seconds_of(job: Callable[[], object]) -> float:
    """How long one run takes, seconds."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def each_s(job: Callable[[], object], times: int) -> float:
    """Seconds of one of `times` runs, on the average."""
    began = time.perf_counter()
    for _ in range(times):
        job()
    return (time.perf_counter() - began) / times


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], per_cent: float) -> float:
    """The value that `per_cent` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -int(-len(ordered) * per_cent // 100)  # rounded up
    return ordered[max(0, min(len(ordered), rank) - 1)]


def median_ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    """The middle one of the ratios of each round: what a busy moment does to a whole round cancels out."""
    return median([mine / theirs for mine, theirs in zip(ours, peers, strict=True)])


@contextmanager
def undisturbed() -> Iterator[None]:
    """Collect garbage before, so that one measurement does not pay for what another left."""
    gc.collect()
    yield
