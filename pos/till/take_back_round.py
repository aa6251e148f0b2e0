"""Going on with take-backs that stayed open: after a restart, and when their issuer answers again
(contracts/vinid.md §12.3). How often is sent is counted on disk; only when is kept here, so that each run of the
program begins at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from pos.domain.errors import JournalError, PosError
from pos.domain.schedule import inquiry_pause_s
from pos.till.inquiry import Finding
from pos.till.issuers import Issuers
from pos.till.ports import Chance, Clock, Journal, OpenTakeBack, Redemption
from pos.till.take_back import TakeBackDesk, TakenBack

log = logging.getLogger(__name__)

_IDLE_S = 3600.0
_FINDINGS = {TakenBack.DONE: Finding.TAKEN_BACK, TakenBack.BY_HAND: Finding.NOT_TAKEN_BACK}


@dataclass(slots=True)
class _Try:
    """When the next one is due, and how many brought nothing."""

    due_mono_s: float
    failed: int = 0


class TakeBackRound:
    """Goes on with what is due. Used by one thread at a time."""

    def __init__(self, desk: TakeBackDesk, journal: Journal, issuers: Issuers, clock: Clock, chance: Chance) -> None:
        self._desk = desk
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance
        self._tries: dict[str, _Try] = {}

    def run(
        self,
        *,
        now: bool,
        without: Collection[str],
        told: Callable[[Redemption, Finding], None],
        stop: Callable[[], bool],
    ) -> int:
        """Go on with each that is due.

        Args:
            now: a person asked for it: not only what is due.
            without: issuers that cannot be reached; theirs are due as soon as they can.
            told: hears of each end.
            stop: asked after each; true: stop now.

        Returns:
            How many were worked on.

        Raises:
            JournalError: the disk is in trouble; what was open stays open.
        """
        worked, begun = 0, self._journal.open_take_backs()
        self._forget({one.redemption_id for one in begun})
        for one in begun:
            if one.provider in without:
                self._tries.pop(one.redemption_id, None)
            elif (now or self._due_in_s(one) <= 0) and (now or self._issuers.barred_s(one.provider) == 0):
                worked += self._one(one, told)
                if stop():
                    break
        return worked

    def next_due_s(self) -> float:
        """Seconds until one is due (0: now), at most an hour; what no call may be made for now is not counted."""
        open_ = [one for one in self._journal.open_take_backs() if self._issuers.barred_s(one.provider) is not None]
        waits = (max(self._due_in_s(one), self._issuers.barred_s(one.provider) or 0.0) for one in open_)
        return max(0.0, min(waits, default=_IDLE_S))

    def _due_in_s(self, one: OpenTakeBack) -> float:
        known = self._tries.get(one.redemption_id)
        return 0.0 if known is None else known.due_mono_s - self._clock.mono_s()

    def _one(self, one: OpenTakeBack, told: Callable[[Redemption, Finding], None]) -> int:
        """1 if it was worked on; 0: a manager's command has it."""
        row = self._journal.redemption(one.redemption_id)
        try:
            end = self._desk.go_on(one, actor="till")
        except JournalError:
            raise
        except Exception as error:  # our own bug on one must not stop the others
            if not isinstance(error, PosError):
                log.exception("a voucher cannot be taken back: %s", type(error).__name__)
            end = TakenBack.OPEN
        if end is None:
            return 0
        if end in _FINDINGS:
            told(row, _FINDINGS[end])
        else:
            failed = self._tries.get(one.redemption_id, _Try(0.0)).failed + 1
            pause_s = inquiry_pause_s(failed, self._chance.random01())
            self._tries[one.redemption_id] = _Try(self._clock.mono_s() + pause_s, failed)
        return 1

    def _forget(self, still: Collection[str]) -> None:
        for ended in self._tries.keys() - still:
            del self._tries[ended]
