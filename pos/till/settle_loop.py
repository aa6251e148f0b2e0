"""The `settle` thread: probes a lost network, drains the queue, inquires when due, keeps lists and strip fresh."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pos.domain.errors import JournalError
from pos.till.issuers import Issuers
from pos.till.settle import PROBE_S, Settler

log = logging.getLogger(__name__)

_DISK_PAUSE_S = 10.0
_MOST_WAIT_S = 30.0
_BUSY_S = 0.5
_LOOK_S = 30.0
"""Seconds without any call after which the network is looked at: the strip must not say "online" all morning."""


class SettleLoop:
    """Runs `Settler` until stopped."""

    def __init__(
        self,
        settler: Settler,
        issuers: Issuers,
        *,
        wake: threading.Event,
        refresh: Callable[[], None],
        storage: Callable[[JournalError], None],
        on_end: Callable[[], None],
    ) -> None:
        """Wire the loop.

        Args:
            settler: does the work.
            issuers: tells whether the network is there.
            wake: set by whoever changed something; a stop sets it too.
            refresh: after each round, to bring screens up to date.
            storage: hears of a disk in trouble.
            on_end: last thing on this thread.
        """
        self._settler = settler
        self._issuers = issuers
        self._wake = wake
        self._refresh = refresh
        self._storage = storage
        self._on_end = on_end
        self._stop = False
        self._now = False
        self._thread = threading.Thread(target=self._run, name="settle", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def settle_now(self) -> None:
        """A person asks for a pass over everything."""
        self._now = True
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stop

    def stop(self, timeout_s: float) -> bool:
        """End after the call in hand; true if it ended in time."""
        self._stop = True
        self._wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop:
            self._wake.clear()
            try:
                wait_s = self._round()
            except JournalError as error:
                self._storage(error)
                wait_s = _DISK_PAUSE_S
            except Exception:  # a bug in one round must not end settling for the day
                log.exception("a settle round failed")
                wait_s = _DISK_PAUSE_S
            if not self._stop:  # a stop between the clearing above and here must not be slept through
                self._wake.wait(wait_s)
        self._on_end()

    def _round(self) -> float:
        now, self._now = self._now, False
        lost = [name for name in self._issuers.names() if self._is_lost(name)]
        if len(lost) == len(self._issuers.names()) and not now:
            self._refresh()
            return PROBE_S
        end = self._settler.run_pass(now=now, without=() if now else lost)
        self._refresh()
        if any(link.up is False for link in self._issuers.links()):
            return PROBE_S
        # Due, and nothing could be done: a cashier's call has the bill. Look again soon, not at once.
        return min(_MOST_WAIT_S, max(0.05 if end.worked else _BUSY_S, self._settler.next_due_s()))

    def _is_lost(self, name: str) -> bool:
        return self._issuers.stale(name, _LOOK_S) and not self._issuers.probe(name)
