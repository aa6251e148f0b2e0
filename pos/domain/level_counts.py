"""Counts of service levels, and percentiles that never flatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pos.domain.levels import LAST_BUCKET, PER_OCTAVE, What


@dataclass(frozen=True, slots=True)
class Count:
    """So many of one bucket in one hour.

    Args:
        business_date: the calendar date at the counter: at what hour the shop's day changes is nothing to a network.
        hour: of the clock on its wall (0–23).
        issuer: "" where none is meant.
    """

    business_date: str
    hour: int
    what: What
    issuer: str
    bucket: int
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: `count` times, half of them within `p50_ms`, 95 % within `p95_ms`."""

    count: int
    p50_ms: int
    p95_ms: int


def end_ms(bucket: int) -> int:
    """The longest duration of a bucket, in two digits rounded up (the last: its shortest)."""
    exact = 2 ** (min(bucket, LAST_BUCKET) / PER_OCTAVE)
    step = 1 if exact < 100 else 10 ** (len(str(int(exact))) - 2)
    return int(-(-exact // step) * step)


def spread(buckets: Mapping[int, int]) -> Spread | None:
    """Percentiles of counts by bucket; None of nothing."""
    total = sum(buckets.values())
    if total == 0:
        return None
    return Spread(total, end_ms(_rank(buckets, total, 50)), end_ms(_rank(buckets, total, 95)))


def _rank(buckets: Mapping[int, int], total: int, percent: int) -> int:
    wanted, seen = -(-total * percent // 100), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return bucket
    return max(buckets)
