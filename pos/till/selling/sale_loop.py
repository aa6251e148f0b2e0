"""The `sales` thread: asks about open sales when they are due, and sleeps until the next one is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pos.domain.errors import JournalError
from pos.till.selling.settle import SaleSettler

log = logging.getLogger(__name__)

_DISK_PAUSE_S = 10.0
_LEAST_WAIT_S = 0.05


class SaleLoop:
    """Runs `SaleSettler` until stopped."""

    def __init__(
        self,
        settler: SaleSettler,
        *,
        refresh: Callable[[], None],
        storage: Callable[[JournalError], None],
        on_end: Callable[[], None],
    ) -> None:
        """Wire the loop.

        Args:
            settler: does the work.
            refresh: after each round, to bring screens up to date.
            storage: hears of a disk in trouble.
            on_end: last thing on this thread.
        """
        self._settler = settler
        self._refresh = refresh
        self._storage = storage
        self._on_end = on_end
        self._wake = threading.Event()
        self._stop = False
        self._now = True  # at the start everything is asked about (contracts/appotapay.md §12.1)
        self._thread = threading.Thread(target=self._run, name="sales", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """A sale may have become due."""
        self._wake.set()

    def settle_now(self) -> None:
        """Ask about every open sale now, whatever its schedule."""
        self._now = True
        self._wake.set()

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
                now, self._now = self._now, False
                wait_s = self._settler.run_pass(now=now, stop=lambda: self._stop)
                self._refresh()
            except JournalError as error:
                self._storage(error)
                wait_s = _DISK_PAUSE_S
            except Exception:  # a bug in one round must not end asking for the day
                log.exception("a round over the open sales failed")
                wait_s = _DISK_PAUSE_S
            if not self._stop:
                self._wake.wait(max(_LEAST_WAIT_S, wait_s))
        self._on_end()
