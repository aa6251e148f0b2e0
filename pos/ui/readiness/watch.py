"""Looks the till over when somebody signs in for the first time on a business date, beside the window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pos.domain.errors import PosError
from pos.till.ports import Person, Role
from pos.till.views import Banner, BannerKind, Message

if TYPE_CHECKING:
    from pos.checkup.findings import Finding

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadinessFound:
    """The till was looked over for this person. `red`: what she should hear of, worst first; empty: ready."""

    person: Person
    red: tuple[Finding, ...]

    @property
    def banner(self) -> Banner:
        """How it is said in one line."""
        if not self.red:
            return Banner(BannerKind.READY)
        return Banner(BannerKind.NOT_READY, message=Message("readiness.red", (("count", len(self.red)),)))


class ReadinessWatch:
    """GUI thread, but for the look itself.

    Args:
        look: looks at everything; called on a thread of its own, never two at once.
        post: takes the `ReadinessFound`, on that thread.
    """

    def __init__(self, look: Callable[[], tuple[Finding, ...]], post: Callable[[object], None]) -> None:
        self._look, self._post = look, post
        self._done: set[tuple[date, str]] = set()
        self._looking = threading.Lock()

    def signed_in(self, person: Person, today: date) -> None:
        """Somebody begins; returns at once. Coming back on the same date she has heard it already."""
        if (today, person.name) not in self._done:
            self._done = {each for each in self._done if each[0] == today} | {(today, person.name)}
            threading.Thread(target=self._run, args=(person,), name="readiness", daemon=True).start()

    def _run(self, person: Person) -> None:
        from pos.checkup.desk import for_shift

        with self._looking:
            try:
                findings = self._look()
            except PosError as error:  # the till tells of its journal's and its disk's faults itself
                _LOG.warning("not looked over: %s", error.code)
                return
        self._post(ReadinessFound(person, for_shift(findings, manager=person.role is Role.MANAGER)))
