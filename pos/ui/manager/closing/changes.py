"""What a manager changes here, each on the service's thread, one after the other. Plain Python; never waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pos.domain.closing import Difference
from pos.domain.errors import RuleBroken
from pos.till.review.closing import ClosingView, ZReport
from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.review.events import Running
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.around import CLOSE, COUNT, HAND_OVER, REPRINT, SEEN, SETTLE, Around


class Changes:
    """Sends changes off, and knows which is being made. GUI thread only."""

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        self._desk, self._review, self._around = desk, review, around
        self._working: tuple[str, float] | None = None

    @property
    def working(self) -> tuple[str, float] | None:
        """Key of the change that is being made, and for how many seconds."""
        return None if self._working is None else (self._working[0], self._around.mono_s() - self._working[1])

    def ended(self, key: str) -> None:
        """It was answered."""
        if self._working is not None and self._working[0] == key:
            self._working = None

    def settle(self) -> None:
        """Ask about every open row now."""
        desk = self._desk
        self._review.change(SETTLE, lambda _: desk.settle_now())

    def count_papers(self, issuer: str, counted: int, day: date) -> None:
        """So many papers of this issuer lie here."""
        desk, actor = self._desk, self._around.acting()
        self._begin(COUNT, lambda _: desk.count_papers(issuer, counted, actor, day))

    def slip_seen(self, job_id: str) -> None:
        """The doubtful slip is on paper."""
        desk, actor = self._desk, self._around.acting()
        self._begin(SEEN, lambda _: desk.seen_on_paper(job_id, actor))

    def slip_again(self, bill_number: str) -> None:
        """It is not, or not whole: print a copy."""
        desk, actor = self._desk, self._around.acting()
        self._begin(REPRINT, lambda _: desk.reprint(bill_number, actor))

    def hand_over(self, holder: str, person_id: str, pin: str) -> None:
        """The incoming person has given her PIN; the shift ends in the name of who has it."""
        desk = self._desk
        self._review.change(HAND_OVER, lambda _: desk.hand_over(holder, person_id, pin))

    def close_day(self, day: date, known: tuple[Difference, ...]) -> None:
        """Close it, leaving over what she has seen. Cannot be undone."""
        desk, actor = self._desk, self._around.acting()

        def close(running: Running) -> ZReport:
            # Money is at stake: what she agreed to leave over is a list, not a permission for whatever came since.
            new = new_in(desk.view(running, day), known)
            if new:
                raise RuleBroken("day.changed_meanwhile", count=new)
            return desk.close(day, actor, leave_as_cases=bool(known))

        self._begin(CLOSE, close)

    def _begin(self, key: str, job: Callable[[Running], object]) -> None:
        self._working = (key, self._around.mono_s())
        self._review.change(key, job)


def new_in(view: ClosingView, known: tuple[Difference, ...]) -> int:
    """How many differences are not among these."""
    return len({_same(one) for one in view.differences} - {_same(one) for one in known})


def _same(one: Difference) -> tuple[str, str, str, int]:
    return one.kind, one.ref, one.issuer, one.count
