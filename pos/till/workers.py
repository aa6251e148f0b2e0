"""A small pool of worker threads: a key stays on one worker, its commands in order; a hanging one delays no other."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Worker:
    """One thread with an inbox."""

    def __init__(self, name: str, on_end: Callable[[], None]) -> None:
        self.keys: set[str] = set()
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._on_end = on_end
        self._left_behind = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job | None) -> None:
        """Run the job after all that came before; None ends the thread."""
        self._inbox.put(job)

    def end(self, timeout_s: float) -> bool:
        """Wait for the end; true if it came. Else no further job begins: the journal is about to be closed, so what
        the one in hand stumbles over from now on is no bug, and its call is asked about after the next start.
        """
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self._left_behind.set()
        return not self._left_behind.is_set()

    def _run(self) -> None:
        while (job := self._inbox.get()) is not None and not self._left_behind.is_set():
            try:
                job()
            except Exception as error:  # a bug in one command must not take the counter down
                if self._left_behind.is_set():
                    log.info("a command was cut off by the end of the program: %s", type(error).__name__)
                else:
                    log.exception("a command failed")
        self._on_end()


class Workers:
    """Workers by key. A worker that has a key already gets another one only when `most` workers run."""

    def __init__(self, name: str, *, most: int = 8, on_end: Callable[[], None] = lambda: None) -> None:
        self._name = name
        self._most = most
        self._on_end = on_end
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._closed = False

    def put(self, key: str, job: Job) -> None:
        """Run a job on the key's worker."""
        with self._lock:
            if self._closed:
                return
            self._worker_of(key).put(job)

    def forget(self, key: str) -> None:
        """No further jobs will come for this key."""
        with self._lock:
            for worker in self._workers:
                worker.keys.discard(key)

    def close(self, timeout_s: float) -> bool:
        """End all workers after the jobs they have; true if all ended in time."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.put(None)
        return all([worker.end(timeout_s) for worker in workers])

    def _worker_of(self, key: str) -> Worker:
        for worker in self._workers:
            if key in worker.keys:
                return worker
        idle = next((worker for worker in self._workers if not worker.keys), None)
        if idle is None and len(self._workers) < self._most:
            idle = Worker(f"{self._name}-{len(self._workers) + 1}", self._on_end)
            self._workers.append(idle)
        chosen = idle or min(self._workers, key=lambda worker: len(worker.keys))
        chosen.keys.add(key)
        return chosen
