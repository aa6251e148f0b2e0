"""Threads that do what is due: one an issuer for the long poll, which holds no other; one for everything short."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pos.domain.errors import JournalError
from pos.till.booking.attend import Attendant
from pos.till.booking.desk import BookingDesk
from pos.till.booking.polling import Poller

log = logging.getLogger(__name__)

APART_S = 1.0
"""Between two calls of one thread; contracts/gotadi.md §12 no. 33."""
_DISK_PAUSE_S = 10.0


class Rounds:
    """What is due, one payment at a time. Used by one thread.

    Args:
        desk: services.
        issuer: whose journeys are polled; None: everything that is not polled, of all issuers.
        poller, attendant: do the work.
        changed: hears of each payment that was worked on.
        by_hand: takes the ids that a person wants to know of now.
    """

    def __init__(
        self,
        desk: BookingDesk,
        issuer: str | None,
        poller: Poller,
        attendant: Attendant,
        *,
        changed: Callable[[str], None] = lambda _: None,
        by_hand: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._desk = desk
        self._issuer = issuer
        self._poller = poller
        self._attendant = attendant
        self._changed = changed
        self._by_hand = by_hand
        self._failed: set[str] = set()

    def step(self) -> bool:
        """Do the longest due thing; false if nothing was.

        Raises:
            JournalError: the disk is in trouble; what was due stays due.
        """
        desk, journeys = self._desk, self._issuer is not None
        due = desk.store.due(desk.clock.mono_s(), journeys=journeys)
        mine = [payment for payment in due if self._issuer in (None, payment.issuer)]
        fresh = [payment for payment in mine if payment.id not in self._failed]
        if not fresh:
            self._failed.clear()  # a row that fails delays no other, and is tried again when all had their turn
            return False
        payment = fresh[0]
        try:
            if journeys:
                self._poller.ask(payment, "till", by_hand=self._by_hand(payment.id))
            else:
                self._attendant.attend(payment, "till")
        except JournalError:
            raise
        except Exception:  # a bug with one payment must not end asking for the others
            self._failed.add(payment.id)
            log.exception("a payment could not be worked on")
        self._changed(payment.id)
        return True

    def wait_s(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        at_mono_s = self._desk.store.next_due_mono_s(journeys=self._issuer is not None)
        return None if at_mono_s is None else max(APART_S, at_mono_s - self._desk.clock.mono_s())


class DueLoop:
    """A thread that works `Rounds` until stopped; asleep until something is due."""

    def __init__(
        self,
        name: str,
        rounds: Rounds,
        *,
        storage: Callable[[JournalError], None] = lambda _: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire the loop.

        Args:
            name: of the thread.
            rounds: the work.
            storage: hears of a disk in trouble.
            on_end: last thing on this thread.
        """
        self._rounds = rounds
        self._storage = storage
        self._on_end = on_end
        self._wake = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    def ask_to_stop(self) -> None:
        """No further call begins."""
        self._stop = True
        self._wake.set()

    def stop(self, timeout_s: float) -> bool:
        """End after the call in hand; true if it ended in time. A poll cut off by the end changes nothing: the
        payment is asked about at the next start.
        """
        self.ask_to_stop()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop:
            self._wake.clear()
            wait_s: float | None
            try:
                wait_s = APART_S if self._rounds.step() else self._rounds.wait_s()
            except JournalError as error:
                if not self._stop:
                    self._storage(error)
                wait_s = _DISK_PAUSE_S
            except Exception:  # a bug in one round must not end asking for the day
                log.exception("a round failed")
                wait_s = _DISK_PAUSE_S
            if not self._stop:
                self._wake.wait(wait_s)
        self._on_end()
