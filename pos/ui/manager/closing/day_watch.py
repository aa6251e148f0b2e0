"""The day as it was read last, and when it is read again. Plain Python; never waits."""

from __future__ import annotations

from datetime import date

from pos.till.review.closing import ClosingView
from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.around import VIEW, Around

LOOK_S, STALE_S = 2.0, 60.0
"""How often the day is read while issuers are asked, and at the latest otherwise (the business date may change)."""
REST = 4.0
"""Between two readings of their own accord rests so many times what one took: years never closed are long to read, and
the counter has the same processor.
"""


class DayWatch:
    """Reads the day that would be closed. GUI thread only.

    `view` is None before the first answer; `fault` says why the last reading failed.
    """

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        self._desk, self._review, self._around = desk, review, around
        self.view: ClosingView | None = None
        self.fault: Message | None = None
        self._day: date | None = None
        self._read_mono_s = self._asked_mono_s = self._took_s = 0.0
        self._ticket = 0
        self._running, self._again = False, False

    def look(self) -> None:
        """Read it now, whatever is being read."""
        day, desk = self._day, self._desk
        self._asked_mono_s, self._running, self._again = self._around.mono_s(), True, False
        self._ticket = self._review.ask(VIEW, lambda running: desk.view(running, day))

    def look_soon(self) -> None:
        """Read it once more, after the reading that runs: a busy till must not keep it from ever ending."""
        self._again = True
        self._look_if_rested()

    def look_if_old(self, *, busy: bool) -> None:
        """About a second has gone by. `busy`: issuers are being asked."""
        if self._again or (self.view is not None and self.waited_s >= (LOOK_S if busy else STALE_S)):
            self.look_soon()

    def _look_if_rested(self) -> None:
        if not self._running and self.age_s >= REST * self._took_s:
            self.look()

    def forget(self) -> None:
        """Nobody waits for the answer any more."""
        self._review.forget(VIEW)
        self._running = False

    def anew(self, day: date | None) -> None:
        """Another day, read from the beginning; None: the one that is to be closed now."""
        self._day, self.view, self.fault = day, None, None
        self.look()

    def retry(self) -> None:
        """It could not be read: once more."""
        self.fault = None
        self.look()

    def take(self, event: Reported | ReportFailed) -> bool:
        """An answer; True if `view` is a new one."""
        if event.ticket != self._ticket:
            return False
        self._running = False
        if isinstance(event, ReportFailed):
            self.fault = event.message
            return False
        view = event.value
        if not isinstance(view, ClosingView):
            return False
        self.view, self.fault, self._read_mono_s = view, None, self._around.mono_s()
        self._took_s = self.waited_s
        if self._day is None and view.closed is None and view.dates and max(view.dates) < view.day:
            self._day = max(view.dates)  # nothing was sold today: what she wants to close is the day that has ended
            self.look()
        elif self._again:
            self._look_if_rested()
        return True

    @property
    def waited_s(self) -> float:
        """Seconds since it was asked for."""
        return self._around.mono_s() - self._asked_mono_s

    @property
    def age_s(self) -> float:
        """Seconds since the view was read."""
        return self._around.mono_s() - self._read_mono_s
