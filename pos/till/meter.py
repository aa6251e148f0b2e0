"""Measures how fast and how well the till works, out of every scan's way; written by a thread that runs anyway.

Whoever measures only appends to a queue in memory. Sorting into buckets and writing is done at most once a minute; a
pulled plug loses the last minute, which is no money.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from pos.domain.business_date import local_time
from pos.domain.errors import JournalError
from pos.domain.levels import What, bucket_of
from pos.till.ports import Clock

if TYPE_CHECKING:
    from pos.domain.level_counts import Count

log = logging.getLogger(__name__)

WRITE_S = 60.0
_MOST_WAITING = 50_000
"""Measured values kept in memory, should nobody sort them."""
_MINUTE_S = 60


class LevelWrites(Protocol):
    """Where counts are kept."""

    def add(self, counts: Sequence[Count]) -> None:
        """Add these to what stands there, in one transaction. Raises `JournalError`: nothing was added."""


_LINK = "link"
_Waiting = tuple[float, str, str, int]
"""Monotonic seconds, a `What` or `_LINK`, issuer, bucket (of a link: 1 up, 0 down)."""
_Key = tuple[str, int, What, str, int]


class Meter:
    """Counts. `took`, `counted` and `link` may be called by any thread and cost about a microsecond."""

    def __init__(self, clock: Clock, writes: LevelWrites) -> None:
        self._clock = clock
        self._writes = writes
        self._waiting: deque[_Waiting] = deque(maxlen=_MOST_WAITING)
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()
        self._down_since_mono_s: dict[str, float] = {}
        self._written_mono_s = clock.mono_s()

    def mono_s(self) -> float:
        """Now, for `took`."""
        return self._clock.mono_s()

    def took(self, what: What, issuer: str, began_mono_s: float) -> None:
        """Something that began then has ended now."""
        now = self._clock.mono_s()
        self._waiting.append((now, what, issuer, bucket_of((now - began_mono_s) * 1000)))

    def counted(self, what: What, issuer: str, bucket: int = 0) -> None:
        """One of these has happened now."""
        self._waiting.append((self._clock.mono_s(), what, issuer, bucket))

    def link(self, issuer: str, *, up: bool) -> None:
        """The issuer was reached (again), or nothing can be sent to it."""
        self._waiting.append((self._clock.mono_s(), _LINK, issuer, int(up)))

    def pending(self) -> tuple[Count, ...]:
        """What has been counted and is not written yet."""
        from pos.domain.level_counts import Count

        with self._lock:
            self._sort()
            return tuple(Count(*key, count) for key, count in self._counts.items())

    def write_if_due(self) -> None:
        """Write what was counted, if the last time is a minute ago. Never raises: a full disk waits for the next."""
        if self._clock.mono_s() - self._written_mono_s >= WRITE_S:
            self.write()

    def write(self) -> None:
        """Write what was counted."""
        counts = self.pending()
        self._written_mono_s = self._clock.mono_s()
        if not counts:
            return
        try:
            self._writes.add(counts)
        except JournalError as error:
            log.warning("service levels wait: %s", error.code)
            return
        with self._lock:
            for one in counts:
                self._counts[(one.business_date, one.hour, one.what, one.issuer, one.bucket)] -= one.count
            self._counts = +self._counts

    # ------------------------------------------------------------ sorting; under the lock

    def _sort(self) -> None:
        """Wall-clock time is told from here: monotonic time cannot jump, and sorting is never long after."""
        now_utc, now_mono_s = self._clock.now_utc(), self._clock.mono_s()
        start = now_utc - timedelta(seconds=now_mono_s)
        while self._waiting:
            at_mono_s, what, issuer, bucket = self._waiting.popleft()
            if what == _LINK:
                self._take_link(at_mono_s, issuer, start, up=bool(bucket))
            else:
                self._add(start + timedelta(seconds=at_mono_s), What(what), issuer, bucket)
        for issuer, since_mono_s in self._down_since_mono_s.items():
            self._offline(issuer, since_mono_s, now_mono_s, start)
            self._down_since_mono_s[issuer] = max(since_mono_s, now_mono_s)

    def _take_link(self, at_mono_s: float, issuer: str, start: datetime, *, up: bool) -> None:
        since_mono_s = self._down_since_mono_s.pop(issuer, None)
        if since_mono_s is not None:
            self._offline(issuer, since_mono_s, at_mono_s, start)
        if not up:
            self._down_since_mono_s[issuer] = at_mono_s
        elif self._down_since_mono_s:
            at = local_time(start + timedelta(seconds=at_mono_s))
            self._counts[(at.date().isoformat(), at.hour, What.REACHED, issuer, at.minute)] = 1

    def _offline(self, issuer: str, since_mono_s: float, until_mono_s: float, start: datetime) -> None:
        """Spread whole seconds out of reach over the minutes they fell in."""
        at_s = int(since_mono_s)
        while at_s < int(until_mono_s):
            at = local_time(start + timedelta(seconds=at_s))
            seconds = min(int(until_mono_s) - at_s, _MINUTE_S - at.second)
            self._counts[(at.date().isoformat(), at.hour, What.OFFLINE, issuer, at.minute)] += seconds
            at_s += seconds

    def _add(self, at_utc: datetime, what: What, issuer: str, bucket: int) -> None:
        at = local_time(at_utc)
        self._counts[(at.date().isoformat(), at.hour, what, issuer, bucket)] += 1
