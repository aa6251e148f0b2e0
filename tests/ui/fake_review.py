"""The review service without threads: questions wait until a test lets them run, and answer through its listeners."""

from __future__ import annotations

from itertools import count

from pos.domain.errors import PosError
from pos.till.review.events import (
    Job,
    JournalChanged,
    Reported,
    ReportFailed,
    ReportProgress,
    ReviewEvent,
    ReviewListener,
)
from pos.till.views import Message


class _Run:
    """One job's own run."""

    def __init__(self, review: FakeReview, key: str, ticket: int, job: Job) -> None:
        self.review, self.key, self.ticket, self.job = review, key, ticket, job
        self.dropped = False

    def stopped(self) -> bool:
        return self.dropped

    def progress(self, done: int, total: int) -> None:
        self.review.say(ReportProgress(self.key, self.ticket, done, total))


class FakeReview:
    """Fits `pos.ui.manager.asking.Asking`. Jobs really run, against whatever desk a test gave them.

    `asked` and `changed` are all keys so far. With `at_once` every job runs inside the call that asked for it;
    otherwise `run()` lets what waits happen. `faults[key]` makes the next run of that key fail with this message.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.asked: list[str] = []
        self.changed: list[str] = []
        self.forgotten: list[str] = []
        self.watching = False
        self.faults: dict[str, Message] = {}
        self.listeners: list[ReviewListener] = []
        self._tickets = count(1)
        self._questions: dict[str, _Run] = {}
        self._changes: list[_Run] = []
        self._revision = 0

    def say(self, event: ReviewEvent) -> None:
        for listener in self.listeners:
            listener(event)

    def subscribe(self, listener: ReviewListener) -> None:
        self.listeners.append(listener)

    def ask(self, key: str, job: Job) -> int:
        self.asked.append(key)
        self.forget(key)
        run = self._questions[key] = _Run(self, key, next(self._tickets), job)
        if self.at_once:
            self.run(key)
        return run.ticket

    def forget(self, key: str) -> None:
        older = self._questions.pop(key, None)
        if older is not None:
            older.dropped = True
            self.forgotten.append(key)

    def change(self, key: str, job: Job) -> int:
        self.changed.append(key)
        run = _Run(self, key, next(self._tickets), job)
        self._changes.append(run)
        if self.at_once:
            self.run(key)
        return run.ticket

    def watch(self, *, on: bool) -> None:
        self.watching = on

    # ------------------------------------------------------------ what a test does

    @property
    def waiting(self) -> set[str]:
        """Keys that have not been answered."""
        return {*self._questions, *(run.key for run in self._changes)}

    def run(self, *keys: str) -> None:
        """Let these happen, or all that wait."""
        changes, self._changes = self._changes, []
        for run in changes:
            if keys and run.key not in keys:
                self._changes.append(run)
            else:
                self._happen(run)
        for key in list(self._questions):
            if not keys or key in keys:
                self._happen(self._questions.pop(key))

    def journal_changed(self) -> None:
        """Somebody sold something; told only while it is wanted."""
        self._revision += 1
        if self.watching:
            self.say(JournalChanged(self._revision))

    def _happen(self, run: _Run) -> None:
        fault = self.faults.pop(run.key, None)
        if fault is not None:
            self.say(ReportFailed(run.key, run.ticket, fault))
            return
        try:
            value = run.job(run)
        except PosError as error:
            self.say(ReportFailed(run.key, run.ticket, Message(error.code, tuple(sorted(error.params.items())))))
        else:
            self.say(Reported(run.key, run.ticket, value))
