"""A manager's desks on a running till, each built when it is first asked for. Imported when a manager first looks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pos.cases_setup import build_cases
from pos.closing_setup import build_closing
from pos.journal.audit_reads import AuditReader
from pos.journal.level_store import LevelStore
from pos.reports_setup import build_day, build_exports, build_statement
from pos.till.review.audit import AuditDesk
from pos.till.review.levels import LevelDesk

if TYPE_CHECKING:
    from datetime import date

    from pos.running import RunningTill
    from pos.till.review.cases import CaseDesk
    from pos.till.review.cases_views import CaseView
    from pos.till.review.closing_desk import ClosingDesk
    from pos.till.review.day import DayDesk
    from pos.till.review.exports import ExportDesk
    from pos.till.review.statement_desk import StatementDesk


class Office:
    """The desks; for threads that may wait.

    Args:
        running: whose journal and threads stand behind them.
    """

    def __init__(self, running: RunningTill) -> None:
        self._running, self._program = running, running.program

    @property
    def labels(self) -> dict[str, str]:
        """Names for people of every issuer that is set up, by stable name."""
        return self._program.built.labels

    def today(self) -> date:
        """The business date now."""
        return self._program.journal.business_date(self._program.clock.now_utc())

    @cached_property
    def day(self) -> DayDesk:
        """Figures, rows and timelines."""
        return build_day(self._program.journal, self._program.clock)

    @cached_property
    def exports(self) -> ExportDesk:
        """Files of the day. Reads of a desk of its own: one export is one moment."""
        program = self._program
        return build_exports(
            program.journal, program.settings, program.clock, build_day(program.journal, program.clock)
        )

    @cached_property
    def cases(self) -> CaseDesk:
        """What needs a person."""
        running = self._running
        ask_booking = running.bookings.ask_now if running.bookings is not None else None
        return build_cases(self._program, running.till.waits, ask_booking, self._case_worked_on)

    def _case_worked_on(self, case: CaseView) -> None:
        running = self._running
        if case.source == "redemption":
            running.till.worked_on(case.bill_number)
        elif case.source == "sale" and running.sales is not None:
            running.sales.worked_on(case.ref)
        elif case.source == "booking" and running.bookings is not None:
            running.bookings.worked_on(case.ref)
        running.till.cases_changed()

    @cached_property
    def closing(self) -> ClosingDesk:
        """Shifts, X and Z, with the till's threads behind them."""
        running = self._running
        return build_closing(
            self._program,
            running.slips,
            running.print_loop.put,
            handed_over=running.till.taken_over,
            settle=running.settle_now,
            wake_printer=running.print_loop.wake,
            slip_kinds=running.slip_kinds,
        )

    @cached_property
    def statement(self) -> StatementDesk:
        """An issuer's settlement file against the journal."""
        return build_statement(self._program.journal, self.labels)

    @cached_property
    def audit(self) -> AuditDesk:
        """The audit chain."""
        journal, clock = self._program.journal, self._program.clock
        return AuditDesk(AuditReader(journal.core), journal.verify, clock.now_utc, clock.mono_s)

    @cached_property
    def levels(self) -> LevelDesk:
        """Service levels, today live."""
        return LevelDesk(LevelStore(self._program.journal.core), self._program.meter)
