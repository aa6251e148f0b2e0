"""What a screen may ask of the closing desk. Every method is for the report or manager thread; all block."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from pos.till.review.closing import ClosingView, PaperCount, ReportPrinted, Shift, XReport, ZReport
from pos.till.review.events import Running


class ClosingDeskPort(Protocol):
    """Shifts and closing. Questions change nothing; changes are audited and stand as a whole or not at all.

    Raises (all): `PosError` with a sentence for people; nothing was changed.
    """

    def view(self, running: Running, day: date | None = None) -> ClosingView:
        """What has to agree before `day` (None: the business date now) is closed."""

    def settle_now(self) -> None:
        """Ask about every open row now; returns at once, the journal tells what comes of it."""

    def reprint(self, bill_number: str, actor: str) -> None:
        """Queue another slip of this bill, marked as a copy; settles every doubt about earlier ones.

        Raises:
            SecurityError: `slip.copy_needs_manager`: it is worth money and has a use case of its own.
        """

    def seen_on_paper(self, job_id: str, actor: str) -> None:
        """A person has looked: this doubtful slip is on paper."""

    def count_papers(self, issuer: str, counted: int, actor: str, day: date | None = None) -> PaperCount:
        """Keep what was counted for `day` (None: today's); a recount is kept beside the earlier ones and counts."""

    def close(self, day: date, actor: str, *, leave_as_cases: bool) -> ZReport:
        """Close the date: the Z stands, the open shift ends, differences become cases of `actor`.

        Raises:
            RuleBroken: `day.differences_left` (count): not without `leave_as_cases`.
            ConfigError: `day.already_closed` (day, who, when, number), `day.in_future` (day),
                `day.before_last` (day, last).
        """

    def z_reports(self, limit: int) -> tuple[ZReport, ...]:
        """The newest first."""

    def x_report(self) -> XReport:
        """The open shift so far."""

    def shift(self) -> Shift | None:
        """The open shift."""

    def hand_over(self, outgoing: str, incoming_id: str, pin: str) -> Shift:
        """End the open shift and begin the next one, on the incoming person's PIN. Returns the new shift.

        Raises:
            SecurityError: as `People.verify`. ConfigError: `shift.none_open`, `shift.same_person`.
        """

    def print_z(self, number: int, told: Callable[[ReportPrinted], None]) -> None:
        """Print the Z's slip again and again: always the same. `told` is called on the printer's thread."""

    def print_x(self, told: Callable[[ReportPrinted], None]) -> None:
        """Print the X as it is now. `told` is called on the printer's thread."""
