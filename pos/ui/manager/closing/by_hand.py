"""Issuers asked by hand: which rows, since when, and how many have an answer by now."""

from __future__ import annotations

from collections.abc import Iterable

from pos.till.review.closing import ClosingView, OpenRow
from pos.ui.manager.closing.steps import Asked, open_rows


class AskedByHand:
    """One round of questions.

    Args:
        rows: that were open when it began.
        now_mono_s: when it began.
    """

    def __init__(self, rows: Iterable[OpenRow], now_mono_s: float) -> None:
        self._tries = {row.difference.ref: row.tries for row in rows}
        self._since_mono_s = now_mono_s

    def progress(self, view: ClosingView | None, now_mono_s: float) -> Asked:
        """A row has its answer when it is gone, became a case, or was tried once more."""
        now = {} if view is None else {row.difference.ref: row.tries for row in open_rows(view)}
        done = sum(ref not in now or now[ref] > tries for ref, tries in self._tries.items())
        return Asked(done, len(self._tries), now_mono_s - self._since_mono_s)

    def waited_s(self, now_mono_s: float) -> float:
        """Seconds since it began."""
        return now_mono_s - self._since_mono_s
