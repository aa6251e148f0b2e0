"""Service levels for a manager: what was counted, put together by day and week. For the report thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from pos.domain.level_counts import Count, spread
from pos.domain.level_findings import IssuerFacts, judge, tell_apart
from pos.domain.levels import End, What
from pos.till.review.level_views import IssuerLevels, Levels, WeekLevels

DAYS = 7


class LevelReads(Protocol):
    """What was counted and written. The last minute may still be with the one who counts."""

    def levels(self, first: date, last: date) -> Sequence[Count]:
        """All counts of these business dates."""

    def measured_since(self) -> date | None:
        """The first business date that anything was counted on."""


class Counting(Protocol):
    """Who counts in this run of the program (`pos.till.meter.Meter`)."""

    def pending(self) -> Sequence[Count]:
        """What has been counted and is not written yet."""


class LevelDesk:
    """Answers a manager's questions about service levels. Synchronous; any thread.

    Args:
        reads: what was written.
        counting: the running till's meter, so that today is live; None: only what was written.
    """

    def __init__(self, reads: LevelReads, counting: Counting | None = None) -> None:
        self._reads = reads
        self._counting = counting

    def day(self, business_date: date) -> Levels:
        """One business date."""
        return self.span(business_date, business_date)

    def span(self, first: date, last: date) -> Levels:
        """All of these business dates as one."""
        return summed(first, last, self._counts(first, last))

    def week(self, last: date) -> WeekLevels:
        """The seven days that end with this one."""
        first = last - timedelta(days=DAYS - 1)
        counts = self._counts(first, last)
        by_day: dict[str, list[Count]] = {}
        for one in counts:
            by_day.setdefault(one.business_date, []).append(one)
        days = [first + timedelta(days=n) for n in range(DAYS)]
        return WeekLevels(
            tuple(summed(day, day, by_day.get(day.isoformat(), [])) for day in days),
            summed(first, last, counts),
            self._reads.measured_since(),
        )

    def _counts(self, first: date, last: date) -> list[Count]:
        pending = () if self._counting is None else self._counting.pending()
        between = (first.isoformat(), last.isoformat())
        live = [one for one in pending if between[0] <= one.business_date <= between[1]]
        return [*self._reads.levels(first, last), *live]


def summed(first: date, last: date, counts: Sequence[Count]) -> Levels:
    """Everything there is to tell of these counts."""
    buckets: dict[tuple[What, str], dict[int, int]] = {}
    by_hour: dict[int, list[Count]] = {}
    for one in counts:
        of = buckets.setdefault((one.what, one.issuer), {})
        of[one.bucket] = of.get(one.bucket, 0) + one.count
        if one.what is What.OFFLINE:
            by_hour.setdefault(one.hour, []).append(one)
    names = sorted({issuer for what, issuer in buckets if issuer and what is not What.VERDICT})
    issuers = tuple(_issuer(name, buckets) for name in names)
    slips = buckets.get((What.SLIP, ""), {})
    offline = tell_apart(counts)
    facts = [IssuerFacts(one.issuer, one.ask, one.ended, one.unknown) for one in issuers]
    return Levels(
        first=first,
        last=last,
        verdict=spread(_all(buckets, What.VERDICT)),
        customer=spread(_all(buckets, What.CUSTOMER)),
        offline_s=offline.any_s,
        offline_by_hour=tuple(tell_apart(by_hour.get(hour, ())).any_s for hour in range(24)),
        slips=sum(slips.values()),
        slip_failures=slips.get(1, 0),
        issuers=issuers,
        findings=judge(facts, offline, sum(slips.values()), slips.get(1, 0)),
    )


def _all(buckets: dict[tuple[What, str], dict[int, int]], what: What) -> dict[int, int]:
    return _merged(of for (one, _), of in buckets.items() if one is what)


def _merged(parts: Iterable[dict[int, int]]) -> dict[int, int]:
    whole: dict[int, int] = {}
    for part in parts:
        for bucket, count in part.items():
            whole[bucket] = whole.get(bucket, 0) + count
    return whole


def _issuer(name: str, buckets: dict[tuple[What, str], dict[int, int]]) -> IssuerLevels:
    ended = buckets.get((What.ENDED, name), {})
    return IssuerLevels(
        issuer=name,
        ask=spread(buckets.get((What.ASK, name), {})),
        change=spread(buckets.get((What.CHANGE, name), {})),
        silent=sum(buckets.get((What.SILENT, name), {}).values()),
        ended=sum(ended.values()),
        unknown=ended.get(End.UNKNOWN, 0),
        offline_s=sum(buckets.get((What.OFFLINE, name), {}).values()),
    )
