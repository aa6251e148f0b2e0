"""What the use cases need from outside, as small protocols. Adapters live in other packages; fakes in the tests.

Threads: unless said otherwise a port may be called from any `till` or `settle` thread, never from the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.bill import Bill, SkuLine
from pos.domain.cases import CaseKind
from pos.domain.codes import VoucherCode
from pos.domain.permissions import Role as Role
from pos.domain.reasons import Reason
from pos.domain.redemption import USED_NOT_GIVEN, Event, Hold, HoldEvent, State
from pos.domain.voucher import CallDone, CallRefused, CheckAnswer, Detail, Evidence, MarkedUsed

# ---------------------------------------------------------------- time and chance


class Clock(Protocol):
    """Time. Durations use `mono_s`; records use `now_utc`."""

    def now_utc(self) -> datetime:
        """The wall clock as an aware UTC datetime; may jump."""

    def mono_s(self) -> float:
        """Seconds that only ever grow; comparable within one run of the program only."""


class Chance(Protocol):
    """Randomness."""

    def random01(self) -> float:
        """A number in [0, 1)."""

    def new_id(self) -> str:
        """An id that no other row will ever have, sortable by time of making."""


# ---------------------------------------------------------------- issuers


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How issuers differ, in words of the till.

    Args:
        label: name for people, e.g. on the screen and the slip.
        offline: its vouchers may be taken without its answer, within the shop's policy.
        reserving: the store uses the issuer's reserve flow.
        max_codes: codes in one call; 1: vouchers go one by one, in the order scanned.
        weak_inquiry: asking again tells "not used" from "used" but never for whom: what is used then is a manager's to
            decide, and a row whose call was once proven ineffective is sent three times in all at most
            (contracts/vinid.md §12.2).
    """

    label: str
    offline: bool
    reserving: bool
    max_codes: int
    weak_inquiry: bool = False


@dataclass(slots=True)
class Trace:
    """What a provider call left behind, filled in by the adapter whether the call succeeds or raises.

    Args:
        http_status: of the last answer, if one came.
        issuer_utc: the issuer's `Date` header of that answer.
        raw: the answer's body with voucher codes masked, at most 8 KiB.
        failure: stable name of what went wrong, e.g. `read_timeout`; never free text of a library.
        answered: the issuer's answer was read to its end, so that its work on this call is over.
    """

    http_status: int | None = None
    issuer_utc: datetime | None = None
    raw: str | None = None
    failure: str | None = None
    answered: bool = False


class VoucherProvider(Protocol):
    """One issuer whose vouchers are redeemed. All calls block until answer or deadline.

    Raises (all calls): `NotSent`, `OutcomeUnknown`, `SetupFault`, `Throttled` of `pos.domain.errors`. For a check
    or inquiry `OutcomeUnknown` means "no answer"; for a changing call it means that nobody knows. `Throttled` from a
    changing call means "most likely not done": treat as unknown.
    """

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""

    @property
    def capabilities(self) -> Capabilities:
        """As set up now."""

    def reach(self) -> None:
        """Make a connection and no request. Raises `NotSent` if that cannot be done."""

    def check(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> CheckAnswer:
        """Ask about one voucher. Repeats itself once where the contract allows."""

    def check_together(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> CallDone | CallRefused:
        """Ask whether these vouchers go together on this bill (stacking rules)."""

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        """Use the vouchers up. Changing, cannot be undone, never repeats itself."""

    def reserve(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, trace: Trace
    ) -> CallDone | CallRefused:
        """Hold the vouchers for this bill. Changing, never repeats itself."""

    def release(self, codes: Sequence[VoucherCode], bill: Bill, *, trace: Trace) -> CallDone | CallRefused:
        """Give up our hold. Changing, never repeats itself."""

    def inquire(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> Evidence:
        """Read the issuer's own record of one voucher as evidence about our calls for this bill."""


class VoucherRefunder(Protocol):
    """An issuer that can make a used voucher usable again. Errors as `VoucherProvider`."""

    def take_back(self, code: VoucherCode, trace: Trace) -> CallDone | CallRefused:
        """Make it usable again, whoever used it: the caller sees to it that this till did. Changing, never repeats
        itself.
        """


# ---------------------------------------------------------------- journal: records


class TakingBack(StrEnum):
    """Where taking a redemption back stands."""

    NO = "no"
    OPEN = "open"  # begun; nobody knows yet
    DONE = "done"
    REFUSED = "refused"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class SentStamp:
    """When the last changing call for a row began, on three clocks.

    Args:
        session: id of the program run; `mono_s` means something in the same run only.
        issuer_utc: on the issuer's clock (ours plus the last known offset); None while no offset is known.
    """

    at_utc: datetime
    session: str
    mono_s: float
    issuer_utc: datetime | None


@dataclass(frozen=True, slots=True)
class Redemption:
    """One voucher on one bill, as the journal has it.

    Args:
        worth_vnd: what the issuer said, or the cashier declared, it is worth; `amount_vnd` what it takes off the bill.
        declared: `worth_vnd` was declared from the voucher's face, not asked.
        skus: goods lines that go with its mark-use.
        sends: changing calls made so far for this row (reserve and release not counted).
        answered: the issuer answered the last changing call (so it is over), only without a verdict for this row.
        proven_unused: an inquiry proved the last unknown call ineffective; remembered for the end-of-day re-check.
        shown: the outcome has been painted for a person.
        late: used, not given, and a case of kind LATE_EFFECT, open or closed: the voucher had been given up, or the
            bill needs it no more. It pays for nothing and is never handed over at the counter; a manager settles it.
        unconfirmed: used by a manager's word only; the issuer does not say by whom.
        taking_back: whether the issuer was told to make it usable again, and what came of it.
    """

    id: str
    bill_number: str
    position: int
    provider: str
    code: VoucherCode = field(repr=False)
    state: State
    hold: Hold
    reserving: bool
    worth_vnd: int | None
    amount_vnd: int
    lost_vnd: int
    declared: bool
    skus: tuple[SkuLine, ...]
    reason: Reason | None
    detail: Detail
    transaction_id: str | None
    created_utc: datetime
    business_date: date
    cashier: str
    sent: SentStamp | None
    sends: int
    answered: bool
    proven_unused: bool
    shown: bool
    late: bool
    unconfirmed: bool = False
    taking_back: TakingBack = TakingBack.NO

    @property
    def ending(self) -> str:
        """Last 4 characters of the code."""
        return self.code.ending

    @property
    def taken_back(self) -> bool:
        """The issuer has made it usable again, for sure: it pays for nothing and may be used anew."""
        return self.taking_back is TakingBack.DONE

    @property
    def to_hand_over(self) -> bool:
        """Used, and its value waits for the customer. What was or may yet be taken back is worth nothing here."""
        free = self.taking_back in (TakingBack.NO, TakingBack.REFUSED)
        return self.state == USED_NOT_GIVEN and not self.late and free


@dataclass(frozen=True, slots=True)
class NewRedemption:
    """A redemption row about to be written; starts as `UNSENT`, hold `NONE`."""

    id: str
    position: int
    provider: str
    code: VoucherCode
    reserving: bool
    worth_vnd: int | None
    amount_vnd: int
    lost_vnd: int
    declared: bool = False
    skus: tuple[SkuLine, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredBill:
    """A bill that stands in the journal; `slips` counts the slips queued for it so far."""

    bill: Bill
    business_date: date
    cashier: str
    slips: int


@dataclass(frozen=True, slots=True)
class RememberedCheck:
    """What the last online check of a code said. `mono_s` counts only within `session`."""

    at_utc: datetime
    session: str
    mono_s: float
    worth_vnd: int | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Risk:
    """Value given whose issuer's word is still out."""

    count: int
    sum_vnd: int
    oldest_utc: datetime | None


class Work(StrEnum):
    """What an outbox row waits for."""

    SEND = "send"
    INQUIRE = "inquire"
    RELEASE = "release"
    RECHECK = "recheck"  # end-of-day check of a voucher dropped as proven unused


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One redemption that is not at rest, with its schedule.

    Args:
        due_session: run of the program in which `due_mono_s` counts; a row of another run is due at once.
        due_utc: for people; and for RECHECK, whose day must be over.
        unanswered: inquiries in a row without an answer. `failures`: provably unsent tries in a row.
        quarantine: why the row waits for a person (it is never sent or asked about automatically).
    """

    redemption_id: str
    bill_number: str
    work: Work
    unanswered: int
    failures: int
    due_session: str
    due_mono_s: float
    due_utc: datetime
    quarantine: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """Something that needs a person."""

    id: int
    redemption_id: str
    bill_number: str
    ending: str
    kind: CaseKind
    opened_utc: datetime
    amount_vnd: int
    reason: Reason | None
    owner: str | None
    closed_utc: datetime | None
    closed_by: str | None
    closure: str | None


class TakeBackStep(StrEnum):
    """How far taking a redemption back has come."""

    BEGUN = "begun"  # on disk before the call leaves
    AGAIN = "again"  # the same before the second and last call
    DONE = "done"  # usable again
    REFUSED = "refused"  # the issuer will not
    BY_HAND = "by_hand"  # asked twice, still not usable: to be settled with the issuer


@dataclass(frozen=True, slots=True)
class OpenTakeBack:
    """A take-back whose end nobody knows yet, and on whose word it was begun."""

    redemption_id: str
    bill_number: str
    provider: str
    manager: str
    reason: str


TAKE_BACK_ENDS = frozenset({TakeBackStep.DONE, TakeBackStep.REFUSED, TakeBackStep.BY_HAND})


class PrintState(StrEnum):
    """A durable print job's state. The sale never waits for it."""

    PENDING = "pending"  # nothing of it is on paper
    PRINTING = "printing"  # on disk before its first byte leaves; found so at the start, it may be on paper: DOUBTFUL
    PRINTED = "printed"  # the printer confirmed it; with the note SEEN_ON_PAPER a person did
    SENT = "sent"  # all bytes taken, the printer cannot confirm
    DOUBTFUL = "doubtful"  # it may be on paper: a copy is offered, it is never repeated by itself
    CANCELLED = (
        "cancelled"  # doubtful, and a person asked for a copy; or what it would print was not to be had any more
    )


SEEN_ON_PAPER = "printer.seen"
"""Note of a doubtful slip that a person has found on paper; the audit chain says who and when."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip to print. `copy` 0 is the original; a repeat says BẢN SAO / COPY."""

    id: str
    bill_number: str
    copy: int
    state: PrintState
    created_utc: datetime
    tries: int
    note: str | None


# ---------------------------------------------------------------- journal: writing and reading


class JournalTx(Protocol):
    """One write transaction: everything in it is on disk when it ends, or nothing is.

    Each call that changes a row also appends to the audit chain. Nothing here talks to network or device.
    """

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to."""

    def add_bill(self, bill: Bill, *, business_date: date) -> None:
        """Write a bill; an existing one gets its total and goods updated (only while nothing was sent for it)."""

    def add_redemption(self, bill_number: str, new: NewRedemption) -> None:
        """Write one row as `UNSENT`. `RuleBroken("rule.already_taken")` if the same code stands, see `standing`."""

    def move(
        self,
        redemption_id: str,
        event: Event,
        *,
        reason: Reason | None = None,
        detail: Detail | None = None,
        transaction_id: str | None = None,
        worth_vnd: int | None = None,
        sent: SentStamp | None = None,
        answered: bool = False,
        by_inquiry: bool = False,
        note: str | None = None,
    ) -> State:
        """Apply one event by the domain's table and keep the facts that came with it.

        `sent` (with Event.SEND) stamps the row and counts `sends`. Entering UNKNOWN sets `answered`. PROVEN_UNUSED
        sets `proven_unused`. Entering `given` stamps `given_utc`. A changed outcome clears `shown`, but
        for value that was given before: nobody at the counter waits for the queue's verdicts. Entering REFUSED makes
        the remembered check of this code say the same.

        Raises:
            RuleBroken: the pair is not in the table; the transaction must be abandoned.
        """

    def move_hold(
        self, redemption_id: str, event: HoldEvent, *, sent: SentStamp | None = None, answered: bool = False
    ) -> Hold:
        """The same for the reservation; `sent` stamps the row without counting `sends`, LOST sets `answered`.

        NOT_HELD after a reserve that ended in silence sets `proven_unused`.
        """

    def set_amounts(self, redemption_id: str, *, worth_vnd: int | None, amount_vnd: int, lost_vnd: int) -> None:
        """Re-calculate an UNSENT, not given row before it is sent; refused for every other state."""

    def add_attempt(self, call_id: str, operation: str, redemption_ids: Sequence[str], sent: SentStamp) -> None:
        """Append that a call is about to be made for these rows."""

    def add_answer(self, call_id: str, result: str, trace: Trace, *, offset_s: float | None) -> None:
        """Append how the call ended. `result` is a stable word: an event, reason or failure name."""

    def schedule(
        self, redemption_id: str, work: Work, *, session: str, due_mono_s: float, due_utc: datetime,
        unanswered: int = 0, failures: int = 0,
    ) -> None:  # fmt: skip
        """Put or replace the row's outbox entry (clears a quarantine)."""

    def unschedule(self, redemption_id: str) -> None:
        """Take the outbox entry away. Refused while the row is unsettled, unless its work is done by its state."""

    def quarantine(self, redemption_id: str, why: str) -> None:
        """Leave the row to a person, with a reason."""

    def open_case(self, redemption_id: str, kind: CaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""

    def close_case(self, case_id: int, *, closure: str) -> None:
        """Close a case by the transaction's actor with a reason in words."""

    def add_decision(self, redemption_id: str, *, accepted: bool, manager: str, reason: str) -> None:
        """Append what a manager decided about a row that the issuer cannot tell about; once a row."""

    def add_take_back(
        self, redemption_id: str, step: TakeBackStep, *, manager: str, reason: str, call_id: str | None = None
    ) -> None:
        """Append a step of taking a redemption back. `RuleBroken`: out of order, or this till never sent it."""

    def mark_shown(self, redemption_ids: Sequence[str]) -> None:
        """The outcome has been painted for a person."""

    def add_print_job(self, job_id: str, bill_number: str) -> PrintJob:
        """Queue a slip; `copy` counts the earlier jobs of the bill."""

    def set_print_state(self, job_id: str, state: PrintState, *, note: str | None = None) -> None:
        """Record that a try begins (PRINTING), how it ended (counts `tries`), or what a person says of a doubtful one.

        Raises:
            RuleBroken: what is or may be on paper would be printed again (`rule.slip_on_paper`).
        """

    def audit(self, kind: str, ref: str, **facts: str | int | bool | None) -> None:
        """Append a row of its own to the chain."""


class Journal(Protocol):
    """The till's memory on disk. Reads see the last commit."""

    @property
    def session(self) -> str:
        """Id of this run of the program."""

    @property
    def revision(self) -> int:
        """Another number whenever a transaction may have changed anything but remembered checks and running numbers.

        Counts this program's transactions only: it alone writes (one data folder, one till).
        """

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to, by its hour of change as set now."""

    def transaction(self, actor: str) -> AbstractContextManager[JournalTx]:
        """Begin immediately, commit flushed to disk at the end, roll back on any exception.

        Raises:
            JournalUnavailable, JournalDamaged: nothing of the transaction stands.
        """

    def next_number(self, series: str) -> int:
        """The next running number of a series (1, 2, …), flushed, never given again."""

    def bill(self, number: str) -> StoredBill | None:
        """The bill of that number, if it was ever written."""

    def redemption(self, redemption_id: str) -> Redemption:
        """One row. Raises `JournalError("journal.no_such_row")`."""

    def redemptions_of(self, bill_number: str) -> tuple[Redemption, ...]:
        """In the order of their positions."""

    def redemptions_by_bill(self, bill_numbers: Sequence[str]) -> dict[str, tuple[Redemption, ...]]:
        """The rows of these bills, each bill's in the order of their positions."""

    def paid_vnd(self, bill_numbers: Sequence[str]) -> dict[str, int]:
        """What vouchers took off each of these bills: given, or used and about to be given; not what took effect too
        late. Of a sale its price, of a booking what was taken. A bill of which that is nothing may be missing.
        """

    def standing(self, provider: str, code: VoucherCode) -> Redemption | None:
        """The row that keeps this code from being taken again, if there is one: its state is in NEVER_AGAIN, or nobody
        knows whether the issuer will yet free it. One that is proven taken back does not.
        """

    def remember_check(self, provider: str, code: VoucherCode, check: RememberedCheck) -> None:
        """Keep the last online check of a code (a transaction of its own; not audited)."""

    def last_check(self, provider: str, code: VoucherCode) -> RememberedCheck | None:
        """What the last online check of this code said, if there was one."""

    def risk(self) -> Risk:
        """Count, sum and age of what is AT_RISK."""

    def outbox(self, limit: int = 1000) -> tuple[OutboxRow, ...]:
        """Oldest first, quarantined rows included."""

    def unsettled(self, limit: int) -> tuple[tuple[OutboxRow, Redemption], ...]:
        """The outbox rows whose value was given (AT_RISK), oldest first, each with its redemption."""

    def outbox_of(self, bill_number: str) -> tuple[OutboxRow, ...]:
        """The outbox rows of one bill."""

    def in_flight(self) -> tuple[Redemption, ...]:
        """Rows whose outcome is IN_FLIGHT or whose hold is RESERVING/RELEASING (for the start)."""

    def open_holds(self) -> tuple[Redemption, ...]:
        """Rows whose hold is in OPEN_HOLDS."""

    def open_bills(self) -> tuple[str, ...]:
        """Bill numbers with a row that is UNKNOWN, UNSENT/no, USED/no (but not late), holds open, or not shown.

        Oldest first.
        """

    def unshown(self) -> tuple[str, ...]:
        """Bill numbers with a verdict (USED, or REFUSED after sending) that was never painted; oldest first."""

    def bill_numbers(self, *, limit: int = 200, with_vouchers: bool = False) -> tuple[str, ...]:
        """Newest first.

        Args:
            limit: at most so many; -1: all.
            with_vouchers: without those of code sales and bookings, whose outcome no redemption tells.
        """

    def cases(self, *, only_open: bool = True) -> tuple[Case, ...]:
        """Oldest first."""

    def cases_of(self, bill_number: str) -> tuple[Case, ...]:
        """All cases of a bill, open and closed, oldest first."""

    def count_open_cases(self) -> int:
        """How many cases are open: of redemptions, sales, bookings and closed days. Costs the open ones only."""

    def decided(self, redemption_id: str) -> bool | None:
        """Whether a manager accepted (true) or rejected an undecidable row; None: nobody decided."""

    def take_back_steps(self, redemption_id: str) -> frozenset[TakeBackStep]:
        """How far taking this redemption back has come; empty: nobody wanted it."""

    def open_take_backs(self) -> tuple[OpenTakeBack, ...]:
        """Begun and not ended, oldest redemption first."""

    def print_jobs(self, *, states: Sequence[PrintState]) -> tuple[PrintJob, ...]:
        """Oldest first."""

    def latest_record_utc(self) -> datetime | None:
        """The latest time any row carries: a wall clock before it has jumped back."""


# ---------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the till."""

    id: str
    name: str
    role: Role


class People(Protocol):
    """Who works here, by PIN. Verifying takes about 0.1 s on purpose."""

    def everyone(self) -> tuple[Person, ...]:
        """Active people by name."""

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        """Somebody new. Raises `SecurityError` for a PIN that is none."""

    def verify(self, person_id: str, pin: str) -> Person:
        """Raises `SecurityError("pin.wrong", wait_s=…)`; slows down after repeated failures."""

    def manager_by_pin(self, pin: str) -> Person:
        """The manager whose PIN this is. Raises `SecurityError` like `verify`."""


# ---------------------------------------------------------------- slips


class SlipPrinter(Protocol):
    """Prints the slip of a job; owned by one device thread. Never raises by itself: how it ended is the answer."""

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """PENDING (nothing of it was taken, with the reason), PRINTED, SENT or DOUBTFUL.

        Args:
            job: what to print; `copy` says whether as a copy.
            lines: rows of the bill.
            bill: the bill.
            begin: called once, right before the first byte of the slip goes to the printer and not if none will. What
                it raises goes through, and then nothing of the slip has left.
        """


class SlipKind(Protocol):
    """What a bill prints where it is not its redemptions: one for each use case whose bills print something else.

    The print job, its one paper and its doubts are the same for every kind; see `pos.till.printing`.
    """

    @property
    def copy_needs_manager(self) -> bool:
        """Whether a repeat is worth money, so that it is queued by a use case of its own."""

    def owns(self, bill_number: str) -> bool:
        """Whether this bill is of this kind. Any thread."""

    def print_slip(
        self, job: PrintJob, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """As `SlipPrinter.print_slip`, on the printer's thread; CANCELLED with the reason: never tried again."""

    def ended(self, tx: JournalTx, job: PrintJob, state: PrintState) -> None:
        """Write what the end of a try means for the bill, in the transaction that writes it. Repeating is harmless."""


class DrawerEnd(StrEnum):
    """What became of an opening. A drawer does not answer: it may be locked, or its cable out."""

    SENT = "sent"  # the printer took the pulse
    SHUT = "shut"  # nothing was sent, with the reason
    DOUBTFUL = "doubtful"  # part of it may have arrived


class CashDrawer(Protocol):
    """The drawer at the printer; owned by the printer's thread. Never raises by itself: how it ended is the answer."""

    def open_drawer(self) -> tuple[DrawerEnd, str | None]:
        """Send one pulse, never a second one, and say what became of it, with the reason unless it was sent."""
