"""Closing a day: shifts, X and Z. Synchronous; for the report and manager threads and the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from pos.domain.business_date import local_time
from pos.domain.closing import Difference, new_cases
from pos.domain.errors import ConfigError
from pos.till.ports import Chance, Clock, Journal, SlipKind
from pos.till.review.closing import ClosingView, PaperCount, ReportPrinted, Shift, Shop, XReport, ZReport
from pos.till.review.closing_ports import ClosingJournal, ClosingReads, ClosingTx, ReportPrinter
from pos.till.review.closing_scene import Bounds, Scene, figures, scene
from pos.till.review.closing_text import report_of, text_of
from pos.till.review.events import Running
from pos.till.review.shifts import ShiftDesk
from pos.till.slips import queue_copy, seen_on_paper

MOST_PAPERS = 100_000
"""More than that is a slip of the finger."""


class ClosingDesk:
    """Implements `ClosingDeskPort`.

    Args:
        closings: the journal as closing sees it.
        journal: the same journal, for slips.
        shifts: who has the till.
        clock: for what is due when.
        chance: ids of slips.
        now: the best idea of the true time: the issuer's where it is known.
        shop: where reports are made, as set at this moment.
        printer: of report slips.
        settle: wakes everything that asks issuers; returns at once.
        wake_printer: a slip may wait.
        slip_kinds: what prints other slips than redemptions'.
    """

    def __init__(
        self,
        closings: ClosingJournal,
        journal: Journal,
        shifts: ShiftDesk,
        clock: Clock,
        chance: Chance,
        *,
        now: Callable[[], datetime],
        shop: Callable[[], Shop],
        printer: ReportPrinter,
        settle: Callable[[], None] = lambda: None,
        wake_printer: Callable[[], None] = lambda: None,
        slip_kinds: Sequence[SlipKind] = (),
    ) -> None:
        self._closings = closings
        self._journal = journal
        self._shifts = shifts
        self._clock = clock
        self._chance = chance
        self._now = now
        self._shop = shop
        self._printer = printer
        self._settle = settle
        self._wake_printer = wake_printer
        self._slip_kinds = slip_kinds

    # ------------------------------------------------------------ to zero

    def view(self, running: Running, day: date | None = None) -> ClosingView:
        """What has to agree before `day` (None: the business date now) is closed."""
        today = self._today()
        wanted = day or today
        with self._closings.reading() as reads:
            last, closed, shift = reads.last_close(), reads.closed(wanted), reads.open_shift()
            seen = self._scene(reads, wanted)
            cases = reads.case_counts()
        return ClosingView(
            day=wanted,
            today=today,
            closed=closed,
            last=None if last is None else last.closed,
            dates=seen.dates,
            figures=seen.figures,
            rows=seen.rows,
            slips=seen.slips,
            papers=seen.papers,
            cases=cases,
            differences=seen.left,
            shift=shift,
        )

    def settle_now(self) -> None:
        """Ask about every open row now; returns at once."""
        self._settle()

    def reprint(self, bill_number: str, actor: str) -> None:
        """Queue another slip of this bill, marked as a copy."""
        queue_copy(self._journal, self._chance, bill_number, actor=actor, kinds=self._slip_kinds)
        self._wake_printer()

    def seen_on_paper(self, job_id: str, actor: str) -> None:
        """A person has looked: this doubtful slip is on paper."""
        seen_on_paper(self._journal, job_id, actor=actor, kinds=self._slip_kinds)

    def count_papers(self, issuer: str, counted: int, actor: str, day: date | None = None) -> PaperCount:
        """Keep what was counted; the latest count of a date counts."""
        if not 0 <= counted <= MOST_PAPERS:
            raise ConfigError("day.count_impossible", counted=counted)
        wanted = day or self._today()
        with self._closings.writing(actor) as tx:
            self._refuse(tx, wanted)
            seen = self._scene(tx, wanted)
            expected = next((one.expected for one in seen.papers if one.issuer == issuer), 0)
            count = PaperCount(issuer, expected, counted, actor, tx.now_utc)
            tx.add_paper_count(wanted, count)
        return count

    # ------------------------------------------------------------ Z

    def close(self, day: date, actor: str, *, leave_as_cases: bool) -> ZReport:
        """Close the date. Reads and writes are one transaction: whatever is written meanwhile is in the next Z."""
        with self._closings.writing(actor) as tx:
            self._refuse(tx, day)
            seen = self._scene(tx, day)
            left = new_cases(seen.left, leave_as_cases=leave_as_cases)
            for difference in left:
                tx.add_day_case(difference, day, actor)
            shift = self._shifts.closed_by_z(tx, actor, seen.bounds.last)
            report = self._report(tx, day, actor, seen, left, shift)
            tx.add_close(report, text_of(report))
        return self.z_report(report.number)

    def _refuse(self, tx: ClosingReads, day: date) -> None:
        """A date that cannot be closed (any more, or yet)."""
        closed = tx.closed(day)
        if closed is not None:
            at = f"{local_time(closed.closed_utc):%H:%M %d/%m/%Y}"
            raise ConfigError("day.already_closed", day=_day(day), number=closed.number, who=closed.closed_by, at=at)
        if day > self._today():
            raise ConfigError("day.in_future", day=_day(day))
        last = tx.last_close()
        if last is not None and day < last.closed.day:
            raise ConfigError("day.before_last", day=_day(day), last=_day(last.closed.day))

    def _report(
        self, tx: ClosingTx, day: date, actor: str, seen: Scene, left: tuple[Difference, ...], shift: Shift | None
    ) -> ZReport:
        last = tx.last_close()
        seq, digest = tx.chain_end
        return ZReport(
            number=1 if last is None else last.closed.number + 1,
            day=day,
            shop=self._shop(),
            closed_utc=tx.now_utc,
            closed_by=actor,
            after_bill_seq=seen.bounds.after,
            last_bill_seq=seen.bounds.last,
            dates=seen.dates,
            figures=seen.figures,
            moved=seen.moved,
            open_left=seen.open_left,
            differences=seen.differences,
            new_cases=len(left),
            papers=seen.papers,
            cases=tx.case_counts(),
            shift=shift,
            audit_seq=seq,
            audit_hash=digest.hex(),
        )

    def _scene(self, reads: ClosingReads, day: date) -> Scene:
        last = reads.last_close()
        after = 0 if last is None else last.last_bill_seq
        newest = reads.newest_bill() if day >= self._today() else reads.newest_bill_of(day, after)
        before = None if last is None else report_of(last.report, "")
        return scene(
            reads, day, Bounds(after, newest), before, session=self._closings.session, mono_s=self._clock.mono_s()
        )

    def z_reports(self, limit: int) -> tuple[ZReport, ...]:
        """The newest first."""
        return tuple(report_of(*row) for row in self._closings.z_texts(limit))

    def z_report(self, number: int) -> ZReport:
        """One Z. Raises `ConfigError("day.no_such_z")`."""
        found = self._closings.z_texts(1, number)
        if not found:
            raise ConfigError("day.no_such_z", number=number)
        return report_of(*found[0])

    # ------------------------------------------------------------ X and shifts

    def x_report(self) -> XReport:
        """The open shift so far."""
        with self._closings.reading() as reads:
            shift = reads.open_shift()
            after = shift.after_bill_seq if shift is not None else reads.shifted_to() or 0
            told, _, _ = figures(reads, Bounds(after, max(after, reads.newest_bill())))
        return XReport(self._shop(), self._clock.now_utc(), self._today(), shift, told)

    def shift(self) -> Shift | None:
        """The open shift."""
        return self._shifts.open_one()

    def hand_over(self, outgoing: str, incoming_id: str, pin: str) -> Shift:
        """End the open shift and begin the next one, on the incoming person's PIN."""
        return self._shifts.hand_over(outgoing, incoming_id, pin)

    # ------------------------------------------------------------ paper

    def print_z(self, number: int, told: Callable[[ReportPrinted], None]) -> None:
        """Print the Z's slip, from what is stored and nothing else."""
        self._printer.print_z(self.z_report(number), told)

    def print_x(self, told: Callable[[ReportPrinted], None]) -> None:
        """Print the X as it is now."""
        self._printer.print_x(self.x_report(), told)

    def _today(self) -> date:
        return self._closings.business_date(self._now())


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
