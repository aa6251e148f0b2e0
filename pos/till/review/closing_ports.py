"""What a screen may ask of the closing desk, and what the desk needs of the journal and the printer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pos.domain.closing import Difference, Flow, Standing
from pos.domain.redemption import State
from pos.till.review.closing import (
    CaseCount,
    ClosedBy,
    ClosingView,
    PaperCount,
    ReportPrinted,
    Shift,
    SlipTotals,
    XReport,
    ZReport,
)
from pos.till.review.events import Running


class ClosingDeskPort(Protocol):
    """Shifts and closing, for the report or manager thread; all block but `settle_now`.

    Questions change nothing; changes are audited and stand as a whole or not at all.

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


# ---------------------------------------------------------------- the journal


@dataclass(frozen=True, slots=True)
class LastClose:
    """The last Z as it stands on disk; `report` is its text."""

    closed: ClosedBy
    last_bill_seq: int
    audit_seq: int
    report: str


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Rows that are alike, added up. `papers`: how many of their vouchers the shop holds for value it gave."""

    flow: Flow
    issuer: str
    standing: Standing
    cashier: str
    count: int
    pieces: int
    amount_vnd: int
    papers: int


@dataclass(frozen=True, slots=True)
class RowNow:
    """One row that is not at rest.

    Args:
        outcome: what the issuer did, as far as the till knows; of a booking its journey.
        work: what the till does next by itself, None: nothing. `parked`: it is left to a person.
        due_session, due_mono_s: when; in another run of the program: at once.
        case: an open case is about it. `closed_cases`: kinds of those that a person has closed.
        given: the shop holds its voucher for value it gave.
    """

    flow: Flow
    ref: str
    issuer: str
    bill_number: str
    ending: str
    amount_vnd: int
    since_utc: datetime
    standing: Standing
    outcome: str
    work: str | None = None
    tries: int = 0
    due_session: str | None = None
    due_mono_s: float | None = None
    parked: bool = False
    case: bool = False
    closed_cases: frozenset[str] = frozenset()
    hold: str = "none"
    taking_back: str = "no"
    given: bool = False
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """A slip that is not on paper for sure. `case`: an open day case is about it."""

    job_id: str
    bill_number: str
    copy: int
    state: str
    created_utc: datetime
    note: str | None
    amount_vnd: int
    case: bool


class ClosingReads(Protocol):
    """Questions to one snapshot of the journal; `last` and `after` are running numbers of bills."""

    def last_close(self) -> LastClose | None:
        """The last Z of all."""

    def closed(self, day: date) -> ClosedBy | None:
        """The Z of this date."""

    def newest_bill(self) -> int:
        """Of all; 0: there is none."""

    def newest_bill_of(self, day: date, after: int) -> int:
        """Of this date or an earlier one; `after` if there is none behind it."""

    def bills(self, after: int, last: int) -> tuple[tuple[date, str, int], ...]:
        """Count of bills by business date and cashier."""

    def rows(self, after: int, last: int) -> tuple[RowFacts, ...]:
        """Vouchers, sales and bookings of these bills."""

    def slip_totals(self, after: int, last: int) -> SlipTotals:
        """How the slips of these bills stand."""

    def open_vouchers(self, last: int) -> tuple[RowNow, ...]:
        """Redemptions that are not at rest, of all bills up to this one."""

    def open_sales(self, last: int) -> tuple[RowNow, ...]:
        """Sales that are not closed."""

    def open_bookings(self, last: int) -> tuple[RowNow, ...]:
        """Payments of bookings that are not closed."""

    def waiting_slips(self, last: int) -> tuple[SlipFacts, ...]:
        """Slips that are not on paper for sure and that no person has closed a case about."""

    def case_counts(self) -> tuple[CaseCount, ...]:
        """Open cases of all four tables."""

    def changed(self, audit_seq: int, last: int) -> tuple[tuple[str, str, State | None], ...]:
        """What the audit chain tells behind this link of redemptions on bills up to this one, in order: what happened
        (`redemption`: it came onto its bill), to which, from which state.
        """

    def voucher_now(self, ref: str) -> tuple[RowFacts, State] | None:
        """One redemption and its state."""

    def sale_now(self, ref: str) -> RowFacts | None:
        """One sale."""

    def booking_now(self, ref: str) -> RowFacts | None:
        """One payment of a booking."""

    def counted(self, day: date) -> dict[str, tuple[int, str, str]]:
        """By issuer what was counted last for this date, by whom, UTC text."""

    def open_shift(self) -> Shift | None:
        """The shift that is open."""

    def shifted_to(self) -> int | None:
        """The last bill of a closed shift or of a Z; None: there is neither."""


class ClosingTx(ClosingReads, Protocol):
    """One write transaction: its reads and writes see the same journal, and stand together or not at all."""

    @property
    def now_utc(self) -> datetime:
        """Time of the transaction."""

    @property
    def chain_end(self) -> tuple[int, bytes]:
        """Number and hash of the audit chain's last link before this transaction."""

    def add_close(self, report: ZReport, text: str) -> None:
        """Write the Z; a trigger refuses one that does not follow."""

    def add_day_case(self, difference: Difference, day: date, owner: str) -> None:
        """Open a case about what is left over."""

    def add_paper_count(self, day: date, count: PaperCount) -> None:
        """Append what was counted."""

    def open_shift_at(self, day: date, who: str, after: int) -> Shift:
        """Begin a shift."""

    def close_shift(self, shift: Shift, who: str, last: int, handed_to: str | None = None) -> Shift:
        """End it."""


class ClosingJournal(Protocol):
    """The journal as closing sees it."""

    @property
    def session(self) -> str:
        """Id of this run of the program."""

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to."""

    def reading(self) -> AbstractContextManager[ClosingReads]:
        """One snapshot; nothing is locked."""

    def writing(self, actor: str) -> AbstractContextManager[ClosingTx]:
        """Begin immediately, commit flushed to disk, roll back on any exception."""

    def z_texts(self, limit: int, number: int | None = None) -> tuple[tuple[str, str], ...]:
        """Text of the newest Zs, or of this one, each with the hash (hex) of the chain's link that it made."""


class ReportPrinter(Protocol):
    """Prints a report's slip. Returns at once; `told` is called on the printer's thread."""

    def print_z(self, report: ZReport, told: Callable[[ReportPrinted], None]) -> None:
        """The slip of a Z."""

    def print_x(self, report: XReport, told: Callable[[ReportPrinted], None]) -> None:
        """The slip of an X."""
