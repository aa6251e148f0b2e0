"""The scheduled copy: after each Z, and once a day at a set hour, the day's files go to a folder by themselves.

Nothing runs for it: the report thread looks once a minute when nobody asks it anything. What failed is told and tried
again; what was due while the till was off is made after the start.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from pos.domain.business_date import VIETNAM
from pos.domain.errors import PosError
from pos.till.ports import Clock
from pos.till.review.closing import ClosedBy
from pos.till.review.day_views import Query
from pos.till.review.events import Running
from pos.till.review.exports import ExportDesk, Format
from pos.till.views import Message

log = logging.getLogger(__name__)

CATCH_UP_DAYS = 7
"""What is older was missed for good: a till that stood in a cupboard does not fill a folder."""
_LOOK_S, _AGAIN_S = 60.0, 600.0


@dataclass(frozen=True, slots=True)
class CopyWish:
    """What the shop has set.

    Args:
        folder: where to; empty: no copies.
        hour: 0–23 of the shop's clock, None: at closings only. From noon on the copy is of the day itself, before noon
            of the day before.
        forms: kinds of files.
    """

    folder: str
    hour: int | None
    forms: Sequence[Format]


@dataclass(frozen=True, slots=True)
class CopyView:
    """How the copies stand, for a person. `day`: the newest that was copied; `fault`: why the last try failed."""

    folder: str
    day: date | None = None
    at_utc: datetime | None = None
    fault: Message | None = None


class CopyMemory(Protocol):
    """What was copied when, kept over a restart."""

    def load(self) -> Mapping[date, datetime]:
        """Business date → when its newest copy was made. Empty if nothing is known."""

    def save(self, made: Mapping[date, datetime]) -> None:
        """Keep it. Raises `PosError`."""


def due(
    now_utc: datetime, today: date, hour: int | None, closed: Sequence[ClosedBy], made: Mapping[date, datetime]
) -> tuple[date, ...]:
    """Business dates whose copy is due, oldest first: an hour or a closing has come since their last one."""
    days = [today - timedelta(days=back) for back in range(CATCH_UP_DAYS + 1)]
    wanted = [(one.day, one.closed_utc) for one in closed]
    if hour is not None:
        wanted += [
            (day, datetime.combine(day if hour >= 12 else day + timedelta(days=1), time(hour), VIETNAM)) for day in days
        ]
    found = {day for day, at in wanted if day in days and at <= now_utc and not _after(made.get(day), at)}
    return tuple(sorted(found))


def _after(made: datetime | None, at: datetime) -> bool:
    return made is not None and made >= at


class CopyDesk:
    """Makes the copies that are due. For one thread, the report thread.

    Args:
        exports: writes the files.
        closings: the newest Z reports, any order.
        wish: what is set now.
        memory: what was made.
        clock: when it is due.
        told: hears of every change of `view`, on this thread.
    """

    def __init__(
        self,
        exports: ExportDesk,
        closings: Callable[[], Sequence[ClosedBy]],
        wish: Callable[[], CopyWish],
        memory: CopyMemory,
        clock: Clock,
        told: Callable[[CopyView], None] = lambda _: None,
    ) -> None:
        self._exports = exports
        self._closings = closings
        self._wish = wish
        self._memory = memory
        self._clock = clock
        self._told = told
        self._view = CopyView("")
        self._look_mono_s = float("-inf")

    @property
    def view(self) -> CopyView:
        """How it stands."""
        return self._view

    def owed(self) -> tuple[date, ...]:
        """Business dates whose copy is due and was not made, oldest first. Empty where the shop wants none."""
        wish = self._wish()
        if not wish.folder:
            return ()
        return due(self._clock.now_utc(), self._exports.today(), wish.hour, self._closings(), self._memory.load())

    def look(self, running: Running) -> None:
        """Make what is due, at most once a minute; after a failure ten minutes later. Never raises a `PosError`."""
        now_mono_s = self._clock.mono_s()
        wish = self._wish()
        if not wish.folder or now_mono_s < self._look_mono_s:
            return
        self._look_mono_s = now_mono_s + _LOOK_S
        try:
            self._make(wish, running)
        except PosError as error:
            if running.stopped():
                return  # what was read was told to end
            self._look_mono_s = now_mono_s + _AGAIN_S
            log.warning("the copy of the day failed: %s", error.code)
            self._tell(
                replace(self._view, folder=wish.folder, fault=Message(error.code, tuple(sorted(error.params.items()))))
            )

    def _make(self, wish: CopyWish, running: Running) -> None:
        made = dict(self._memory.load())
        for day in due(self._clock.now_utc(), self._exports.today(), wish.hour, self._closings(), made):
            began_utc = self._clock.now_utc()
            if not self._copied(day, wish, running):
                return
            made[day] = began_utc  # what was sold while it was written belongs to the next copy
            self._memory.save({one: at for one, at in made.items() if one >= day - timedelta(days=2 * CATCH_UP_DAYS)})
            self._tell(CopyView(wish.folder, day, began_utc))

    def _copied(self, day: date, wish: CopyWish, running: Running) -> bool:
        """False if it was stopped on the way. A day without a row needs no files.

        Raises:
            PosError: of the first file that could not be written; the others were tried all the same.
        """
        query = Query(day, day)
        if self._exports.rows_of(query, running) == 0:
            return not running.stopped()
        faults: list[PosError] = []
        for form in wish.forms:
            path = Path(wish.folder) / self._exports.usual_name(query, form)
            try:
                if self._exports.export(query, path, form, running) is None:
                    return False
            except PosError as error:
                faults.append(error)
        if faults:
            raise faults[0]
        return True

    def _tell(self, view: CopyView) -> None:
        self._view = view
        self._told(view)
