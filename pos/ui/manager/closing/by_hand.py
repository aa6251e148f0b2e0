"""Issuers asked by hand: which rows, since when, how many have an answer by now, and when it is enough."""

from __future__ import annotations

from pos.till.review.closing import ClosingView, Doing
from pos.ui.manager.closing.around import News
from pos.ui.manager.closing.moment import Asked, open_rows

ASK_MOST_S, NO_NETWORK_S = 60.0, 5.0
"""How long anybody waits for an answer; without a network less. The till itself goes on."""


class AskedByHand:
    """At most one round of questions at a time. Plain Python."""

    def __init__(self) -> None:
        self._tries: dict[str, int] = {}
        self._since_mono_s = 0.0

    @property
    def running(self) -> bool:
        """Whether anybody waits."""
        return bool(self._tries)

    def begin(self, view: ClosingView, now_mono_s: float) -> bool:
        """Wait for every open row that an issuer knows about; False if there is none."""
        rows = [row for row in open_rows(view) if row.doing is not Doing.AT_COUNTER]
        self._tries = {row.difference.ref: row.tries for row in rows}
        self._since_mono_s = now_mono_s
        return self.running

    def stop(self) -> None:
        """Nobody waits any more; the till goes on asking."""
        self._tries = {}

    def asked(self, view: ClosingView, now_mono_s: float) -> Asked | None:
        """How far it has come. A row has its answer when it is gone, became a case, or was tried once more."""
        if not self.running:
            return None
        now = {row.difference.ref: row.tries for row in open_rows(view)}
        done = sum(ref not in now or now[ref] > tries for ref, tries in self._tries.items())
        return Asked(done, len(self._tries), now_mono_s - self._since_mono_s)

    def tick(self, now_mono_s: float, *, offline: bool) -> News | None:
        """About a second has gone by; what to say if it has lasted long enough."""
        waited_s = now_mono_s - self._since_mono_s
        if not self.running or waited_s <= (NO_NETWORK_S if offline else ASK_MOST_S):
            return None
        self.stop()
        return News.of("closing.no_network" if offline else "closing.still_asking", good=False)

    def take(self, view: ClosingView, now_mono_s: float) -> News | None:
        """The day has been read; what to say if every row has its answer."""
        asked = self.asked(view, now_mono_s)
        if asked is None or asked.done < asked.total:
            return None
        self.stop()
        left = len(open_rows(view))
        return News.of("closing.asked_left" if left else "closing.asked_all", good=not left, count=left)
