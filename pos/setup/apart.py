"""Work that may take minutes, on a thread of its own: it keeps neither a report nor the closing of a day waiting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from itertools import count

from pos.domain.errors import PosError
from pos.till.review.events import Job, Reported, ReportFailed, ReportProgress, ReviewEvent
from pos.till.views import Message

log = logging.getLogger(__name__)
_TELL_S = 0.1


class Apart:
    """One thing at a time. Methods return at once; answers come as the review service's events.

    Args:
        emit: tells them, on the work's thread: `ReviewService.emit`.
        end_thread: last thing the thread does (closes its journal connection).
    """

    def __init__(self, emit: Callable[[ReviewEvent], None], end_thread: Callable[[], None] = lambda: None) -> None:
        self._emit, self._end_thread = emit, end_thread
        self._tickets = count(1)
        self._stop = threading.Event()

    def begin(self, key: str, job: Job) -> int:
        """Begin; returns the ticket of its answer, which always comes."""
        ticket, stop = next(self._tickets), threading.Event()
        self._stop = stop
        run = _Run(self._emit, key, ticket, stop)
        threading.Thread(target=self._work, args=(key, ticket, job, run), name="apart", daemon=True).start()
        return ticket

    def stop(self) -> None:
        """Ask the work to give up; it still answers."""
        self._stop.set()

    def _work(self, key: str, ticket: int, job: Job, run: _Run) -> None:
        try:
            event: ReviewEvent = Reported(key, ticket, job(run))
        except PosError as error:
            event = ReportFailed(key, ticket, Message(error.code, tuple(sorted(error.params.items()))))
        except Exception:  # as of a report: a bug is told and ends nothing else
            log.exception("work apart failed: %s", key)
            event = ReportFailed(key, ticket, Message("report.failed"))
        self._end_thread()
        self._emit(event)


class _Run:
    """Implements `Running`."""

    def __init__(self, emit: Callable[[ReviewEvent], None], key: str, ticket: int, stop: threading.Event) -> None:
        self._emit, self._key, self._ticket, self._stop = emit, key, ticket, stop
        self._told_s = float("-inf")

    def stopped(self) -> bool:
        return self._stop.is_set()

    def progress(self, done: int, total: int) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= _TELL_S or done == total:
            self._told_s = now_s
            self._emit(ReportProgress(self._key, self._ticket, done, total))
