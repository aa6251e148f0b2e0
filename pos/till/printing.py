"""Slips as durable jobs: the sale never waits for paper, a missing printer only delays the slip.

One job is on paper once. What happens if the plug is pulled, line by line:

1. before PRINTING is on disk: nothing of the slip has left; the next start prints it.
2. after it, until the end is on disk: the slip may be on paper. The next start makes it DOUBTFUL and says so; a person
   looks, and a repeat is a job of its own that says COPY.
3. after the end is on disk: as written there.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from pos.domain.drawer import DrawerReason
from pos.domain.errors import JournalError, RuleBroken
from pos.domain.schedule import send_pause_s
from pos.till.ports import Chance, Journal, PrintJob, PrintState, SlipKind, SlipPrinter, StoredBill
from pos.till.slips import kind_of

log = logging.getLogger(__name__)

_INTERRUPTED = "printer.interrupted"
_MOST_PAUSE_S = 10.0
_IDLE_S = 10.0
"""Seconds between two questions to an idle printer."""


class Printing:
    """Prints pending slips, oldest first. Used by the printer's own thread."""

    def __init__(
        self,
        journal: Journal,
        printer: SlipPrinter,
        chance: Chance,
        *,
        told: Callable[[PrintJob, PrintState, str | None], None] = lambda *_: None,
        begun: Callable[[], None] = lambda: None,
        opens_drawer: Callable[[PrintJob], bool] = lambda _: False,
        kinds: Sequence[SlipKind] = (),
    ) -> None:
        """Wire it.

        Args:
            journal: where the jobs stand.
            printer: called on this thread only.
            chance: for jitter.
            told: hears how each try ended.
            begun: hears that a slip is being printed; must return at once.
            opens_drawer: whether this slip opens the cash drawer: written down with its beginning.
            kinds: what prints other slips than redemptions'.
        """
        self._journal = journal
        self._printer = printer
        self._chance = chance
        self._told = told
        self._begun = begun
        self._opens_drawer = opens_drawer
        self._kinds = kinds
        self._failures = 0
        self._on_paper: dict[str, tuple[PrintState, str | None]] = {}
        """Jobs whose end could not be written yet (full disk)."""
        self._doubted = False
        """Whether what an earlier run of the program had begun was looked for."""

    def run_pending(self, between: Callable[[], None] = lambda: None) -> float | None:
        """Print what waits. Returns seconds to the next try, or None when nothing waits.

        A doubtful slip is left to a person: a second slip by itself would be a second proof. For the same reason a slip
        whose end cannot be written is not printed again, only written again.

        Args:
            between: called before each slip, for what cannot wait behind a whole row of them.

        Raises:
            JournalError: the disk is in trouble; what is on paper is remembered.
        """
        self._doubt_what_was_begun()
        # PRINTING here is this run's: its end could not be written, or its beginning stands although the disk said no.
        for job in self._journal.print_jobs(states=[PrintState.PENDING, PrintState.PRINTING]):
            stored = self._journal.bill(job.bill_number)
            if stored is None:
                continue
            between()
            try:
                pause_s = self._one(job, stored)
            except RuleBroken as error:
                if error.code != "rule.slip_on_paper":
                    raise
                # Read before a person settled it otherwise, e.g. showed the codes: nothing of it is printed.
                continue
            if pause_s is not None:
                return pause_s
        return None

    def _one(self, job: PrintJob, stored: StoredBill) -> float | None:
        """Print this slip, or write the end of one that is on paper. Returns seconds to the next try, if it waits."""
        written = job.state
        if job.id in self._on_paper:
            state, note = self._on_paper[job.id]
        else:
            state, note, written = self._print(job, stored)
        if state is not PrintState.PENDING:
            self._on_paper[job.id] = state, note
        if state is not written or note != job.note:
            self._write_end(job, state, note)
        self._on_paper.pop(job.id, None)
        self._told(job, state, note)
        if state is PrintState.PENDING:
            self._failures += 1
            return min(_MOST_PAUSE_S, send_pause_s(self._failures, self._chance.random01()))
        self._failures = 0
        return None

    def _doubt_what_was_begun(self) -> None:
        """Once a run, before anything is printed: whatever the last run had begun may be on paper."""
        if self._doubted:
            return
        for job in self._journal.print_jobs(states=[PrintState.PRINTING]):
            self._write_end(job, PrintState.DOUBTFUL, _INTERRUPTED)
            self._told(job, PrintState.DOUBTFUL, _INTERRUPTED)
        self._doubted = True

    def _write_end(self, job: PrintJob, state: PrintState, note: str | None) -> None:
        kind = kind_of(self._kinds, job.bill_number)
        with self._journal.transaction("printer") as tx:
            tx.set_print_state(job.id, state, note=note)
            if kind is not None:
                kind.ended(tx, job, state)

    def _print(self, job: PrintJob, stored: StoredBill) -> tuple[PrintState, str | None, PrintState]:
        """Print; how it ended, and what stands on disk by now."""
        written = job.state

        def begin() -> None:
            nonlocal written
            with self._journal.transaction("printer") as tx:
                tx.set_print_state(job.id, PrintState.PRINTING, note=job.note)
                if self._opens_drawer(job):
                    reason = DrawerReason.SLIP.value
                    tx.audit("drawer", job.id, reason=reason, bill=job.bill_number, cashier=stored.cashier)
            written = PrintState.PRINTING
            self._on_paper[job.id] = PrintState.DOUBTFUL, _INTERRUPTED  # what a bug from here on leaves behind
            self._begun()

        kind = kind_of(self._kinds, job.bill_number)
        if kind is not None:
            state, note = kind.print_slip(job, stored, begin=begin)
        else:
            rows = self._journal.redemptions_of(job.bill_number)
            state, note = self._printer.print_slip(job, rows, stored, begin=begin)
        self._on_paper.pop(job.id, None)
        return state, note, written


class PrintLoop:
    """The printer's thread."""

    def __init__(
        self,
        printing: Printing,
        *,
        on_end: Callable[[], None],
        storage: Callable[[JournalError], None],
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire the loop.

        Args:
            printing: does the work.
            on_end: last thing on this thread.
            storage: hears of a disk in trouble.
            idle: asks the printer how it is, at the start and whenever nothing was printed for a while.
        """
        self._printing = printing
        self._on_end = on_end
        self._storage = storage
        self._idle = idle
        self._wake = threading.Event()
        self._errands: deque[Callable[[], None]] = deque()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        """Begin printing."""
        self._thread.start()

    def wake(self) -> None:
        """A job may wait, or the printer may be back."""
        self._wake.set()

    def put(self, errand: Callable[[], None]) -> None:
        """Run this on the printer's thread, after the slip in hand and before the next."""
        self._errands.append(errand)
        self._wake.set()

    def stop(self, timeout_s: float) -> bool:
        """End after the slip in hand; true if it ended in time."""
        self._stop = True
        self._wake.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        asked = False
        while not self._stop:
            self._wake.clear()
            try:
                self._run_errands()
                if not asked:
                    self._idle()
                pause_s = self._printing.run_pending(self._run_errands)
            except JournalError as error:
                self._storage(error)
                pause_s = None
            except Exception:  # a bug with one slip must not end printing for the day
                log.exception("slips cannot be printed")
                pause_s = _MOST_PAUSE_S
            asked = self._wake.wait(_IDLE_S if pause_s is None else pause_s) or pause_s is not None
        self._on_end()

    def _run_errands(self) -> None:
        """Each is taken before it is run: one that fails is not run again."""
        while self._errands and not self._stop:
            self._errands.popleft()()
