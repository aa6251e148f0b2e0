"""The manager's service: questions run on the `report` thread, the newest of a key only; changes run one by one."""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Callable
from itertools import count

from pos.domain.errors import PosError
from pos.till.ports import Clock
from pos.till.review.events import (
    Job,
    JournalChanged,
    Reported,
    ReportFailed,
    ReportProgress,
    ReviewEvent,
    ReviewListener,
    Running,
)
from pos.till.views import Message

log = logging.getLogger(__name__)

_TELL_S = 0.1
_LOOK_S = 1.0
_STEP_ASIDE_S, _MOMENT_S = 0.25, 0.005
_TURN_S = 0.001
"""How long a thread may keep the interpreter while another wants it: a job of minutes must not make each of a scan's
many steps wait the usual 5 ms.
"""


class _Run:
    """One question on its way. Implements `Running`."""

    def __init__(self, key: str, ticket: int, job: Job, service: ReviewService) -> None:
        self.key, self.ticket, self.job = key, ticket, job
        self.dropped = threading.Event()
        self._service = service
        self._told_mono_s = self._worked_on_until_mono_s = float("-inf")

    def stopped(self) -> bool:
        """Also where a long job steps aside: while the counter works on a command, it waits for a moment."""
        clock, service = self._service.clock, self._service
        if service.counter_first() and clock.mono_s() >= self._worked_on_until_mono_s:
            until = clock.mono_s() + _STEP_ASIDE_S
            while service.counter_first() and clock.mono_s() < until and not self.dropped.wait(_MOMENT_S):
                pass
            self._worked_on_until_mono_s = clock.mono_s() + _MOMENT_S
        return self.dropped.is_set()

    def progress(self, done: int, total: int) -> None:
        now_s = self._service.clock.mono_s()
        if now_s - self._told_mono_s >= _TELL_S:
            self._told_mono_s = now_s
            self._service.emit(ReportProgress(self.key, self.ticket, done, total))


class ReviewService:
    """Runs a manager's questions and changes beside the counter. Methods return at once; any thread may call them.

    Two threads: `report` for questions (long reads), `manager` for changes, so that closing a case never waits for a
    statement of 100,000 rows. Both take one at a time.

    Args:
        clock: for progress and for how often a change of the journal is told.
        revision: another number whenever the journal may have changed (`Journal.revision`).
        end_thread: last thing each thread does (closes its journal connection).
        idle: called on the report thread in each second without a question, once the threads have begun.
        counter_first: whether the counter is at work this moment; a question steps aside then.
        changed: called on the manager thread after each change, so that the counter's strip counts along.
    """

    def __init__(
        self,
        clock: Clock,
        revision: Callable[[], int],
        end_thread: Callable[[], None] = lambda: None,
        *,
        idle: Callable[[Running], None] = lambda _: None,
        counter_first: Callable[[], bool] = lambda: False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock = clock
        self.counter_first = counter_first
        self._revision = revision
        self._end_thread = end_thread
        self._idle = idle
        self._changed = changed
        self._listeners: list[ReviewListener] = []
        self._tickets = count(1)
        self._lock = threading.Lock()
        self._newest: dict[str, _Run] = {}
        self._questions: queue.SimpleQueue[_Run | None] = queue.SimpleQueue()
        self._changes: queue.SimpleQueue[_Run | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._watching = False

    def subscribe(self, listener: ReviewListener) -> None:
        """Hear every event from now on, on the thread it happens on."""
        self._listeners.append(listener)

    def emit(self, event: ReviewEvent) -> None:
        """Tell the listeners."""
        for listener in self._listeners:
            listener(event)

    def ask(self, key: str, job: Job) -> int:
        """Ask a question that changes nothing. A newer one of the same key takes its place: one that waits is dropped,
        one that runs is told to stop, and neither is answered. Returns the ticket of its answer.
        """
        run = _Run(key, next(self._tickets), job, self)
        with self._lock:
            older = self._newest.get(key)
            self._newest[key] = run
        if older is not None:
            older.dropped.set()
        self._put(self._questions, run)
        return run.ticket

    def forget(self, key: str) -> None:
        """Nobody waits for the answer to this key's question any more."""
        with self._lock:
            older = self._newest.pop(key, None)
        if older is not None:
            older.dropped.set()

    def change(self, key: str, job: Job) -> int:
        """Make a change, after all changes asked for before it; always answered. Returns the ticket of its answer."""
        run = _Run(key, next(self._tickets), job, self)
        self._put(self._changes, run)
        return run.ticket

    def watch(self, *, on: bool) -> None:
        """Whether `JournalChanged` is wanted: a manager looks at a live day."""
        self._watching = on
        if on:
            self._begin()

    def stand_by(self) -> None:
        """Begin the threads, so that `idle` is called though nobody asks anything."""
        self._begin()

    def stopped(self) -> bool:
        """For what `idle` does: whether the service ends, or a question waits behind it."""
        return self._closed or not self._questions.empty()

    def progress(self, done: int, total: int) -> None:
        """What `idle` does is told to nobody."""

    def close(self, timeout_s: float) -> bool:
        """End: questions stop, changes in hand are carried out. True if both threads ended in time."""
        with self._lock:
            self._closed = True
            runs, self._newest = list(self._newest.values()), {}
            threads, self._threads = self._threads, []
        for run in runs:
            run.dropped.set()
        self._questions.put(None)
        self._changes.put(None)
        for thread in threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in threads)

    # ------------------------------------------------------------ threads

    def _put(self, inbox: queue.SimpleQueue[_Run | None], run: _Run) -> None:
        self._begin()
        inbox.put(run)

    def _begin(self) -> None:
        """Threads begin with the first question: a till whose manager never looks pays nothing."""
        with self._lock:
            if self._threads or self._closed:
                return
            sys.setswitchinterval(_TURN_S)
            for name, loop in (("report", self._answer), ("manager", self._carry_out)):
                self._threads.append(threading.Thread(target=loop, name=name, daemon=True))
        for thread in self._threads:
            thread.start()

    def _answer(self) -> None:
        told = self._revision()
        while True:
            try:
                run = self._questions.get(timeout=_LOOK_S)
            except queue.Empty:
                told = self._look(told)
                continue
            if run is None:
                break
            if not run.stopped():
                self._run(run)
        self._end_thread()

    def _look(self, told: int) -> int:
        now = self._revision()
        if self._watching and now != told:
            self.emit(JournalChanged(now))
        try:
            self._idle(self)
        except Exception:  # as of a report
            log.exception("what the report thread does by itself failed")
        return now

    def _carry_out(self) -> None:
        while (run := self._changes.get()) is not None:
            self._run(run)
            self._changed()
        self._end_thread()

    def _run(self, run: _Run) -> None:
        try:
            value = run.job(run)
        except PosError as error:
            event: ReviewEvent = ReportFailed(
                run.key, run.ticket, Message(error.code, tuple(sorted(error.params.items())))
            )
        except Exception:  # a bug in one report must not end all of them
            log.exception("a report failed: %s", run.key)
            event = ReportFailed(run.key, run.ticket, Message("report.failed"))
        else:
            event = Reported(run.key, run.ticket, value)
        if not run.stopped():
            self.emit(event)
