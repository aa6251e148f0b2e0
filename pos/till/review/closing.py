"""Closing a day to zero: what a manager sees, and reports that stand for ever. Frozen; no whole code in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pos.domain.closing import Difference, Flow, Standing


@dataclass(frozen=True, slots=True)
class Total:
    """Rows of one flow, issuer and standing. `pieces`: codes of a sale; else as `count`."""

    flow: Flow
    issuer: str
    standing: Standing
    count: int
    pieces: int
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class CashierTotal:
    """What one person made: vouchers given, codes and bookings paid for and not paid back."""

    cashier: str
    bills: int
    vouchers: int
    vouchers_vnd: int
    sold_vnd: int
    booked_vnd: int


@dataclass(frozen=True, slots=True)
class SlipTotals:
    """Slips of these bills. `sent`: the printer took all of it and cannot confirm; `copies` of those on paper."""

    confirmed: int
    sent: int
    copies: int
    unprinted: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands on both reports. Every voucher, sale and booking of the bills is in exactly one total."""

    bills: int
    totals: tuple[Total, ...]
    cashiers: tuple[CashierTotal, ...]
    slips: SlipTotals

    def sum(self, flow: Flow, *standings: Standing) -> tuple[int, int]:
        """Count and amount of a flow in these standings; none: in all."""
        chosen = [one for one in self.totals if one.flow is flow and (not standings or one.standing in standings)]
        return sum(one.count for one in chosen), sum(one.amount_vnd for one in chosen)


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of bills of earlier Zs that stand otherwise now than the last Z told.

    Args:
        before: None: the voucher came onto its old bill only after that Z.
        was_vnd: their amount as the last Z told it.
    """

    flow: Flow
    issuer: str
    before: Standing | None
    now: Standing
    count: int
    pieces: int
    was_vnd: int
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class PaperCount:
    """Voucher papers of one issuer. `counted` None: nobody has counted."""

    issuer: str
    expected: int
    counted: int | None
    counted_by: str = ""
    counted_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseCount:
    """Open cases of one kind. `table`: `cases`, `sale_case`, `booking_case` or `day_case`."""

    table: str
    kind: str
    count: int
    amount_vnd: int
    oldest_utc: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's responsibility for the till. `closed_utc` None: it is open."""

    id: int
    business_date: date
    opened_utc: datetime
    opened_by: str
    after_bill_seq: int
    closed_utc: datetime | None = None
    closed_by: str | None = None
    handed_to: str | None = None
    last_bill_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """Where a report was made, as it was then. `labels`: issuer's stable name and its name for people."""

    store_name: str
    store_code: str
    till_code: str
    environment: str
    labels: tuple[tuple[str, str], ...]

    def label(self, issuer: str) -> str:
        """The issuer's name for people."""
        return dict(self.labels).get(issuer, issuer)


@dataclass(frozen=True, slots=True)
class XReport:
    """The open shift so far; changes nothing. `shift` None: none is open; the bills since the last one."""

    shop: Shop
    made_utc: datetime
    business_date: date
    shift: Shift | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class OpenThing:
    """A row that was open at a closing: the next one tells what became of it. `given`: the shop held its voucher."""

    flow: Flow
    ref: str
    issuer: str
    standing: Standing
    amount_vnd: int
    given: bool = False


@dataclass(frozen=True, slots=True)
class ZReport:
    """One closed business date. Once written it never changes; slip, file and screen are made of nothing else.

    Args:
        number: 1, 2, … without gaps.
        dates: business dates of its bills, oldest first; other than `day`: days that were never closed.
        moved: what was settled since the Z before, of bills of earlier Zs.
        open_left: every open row, for the next Z's `moved`.
        differences: what did not agree, each of them a case now; `new_cases` of them became one with this closing.
        audit_seq, audit_hash: the audit chain's last link before it (hash in hex).
        link_hash: hash in hex of the link `audit_seq` + 1, which is the closing itself.
    """

    number: int
    day: date
    shop: Shop
    closed_utc: datetime
    closed_by: str
    after_bill_seq: int
    last_bill_seq: int
    dates: tuple[date, ...]
    figures: Figures
    moved: tuple[Moved, ...]
    open_left: tuple[OpenThing, ...]
    differences: tuple[Difference, ...]
    new_cases: int
    papers: tuple[PaperCount, ...]
    cases: tuple[CaseCount, ...]
    shift: Shift | None
    audit_seq: int
    audit_hash: str
    link_hash: str = ""


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """Which Z closed a date, and who when."""

    number: int
    day: date
    closed_by: str
    closed_utc: datetime


class Doing(StrEnum):
    """What the till or a person does about an open row."""

    SENDING = "sending"  # a call is on its way
    QUEUED = "queued"  # sent again by itself
    ASKING = "asking"  # the issuer is asked by itself
    PARKED = "parked"  # waits for a person: not asked by itself any more
    AT_COUNTER = "at_counter"  # the counter has to finish or drop it
    CASE = "case"  # an open case is about it


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One open row with what is being done. `due_in_s`: to the next try by itself, 0: now; None: none."""

    difference: Difference
    doing: Doing
    due_in_s: float | None
    tries: int


@dataclass(frozen=True, slots=True)
class OpenSlip:
    """A slip that is not on paper for sure. `job_id` is `difference.ref`; `case`: an open day case is about it."""

    difference: Difference
    copy: int
    note: str | None
    case: bool


@dataclass(frozen=True, slots=True)
class ClosingView:
    """Everything that has to agree before a date is closed.

    Args:
        day: the date that would be closed. `today`: the business date now.
        closed: the Z of this date, if it stands already.
        last: the last Z of all.
        dates: business dates of the bills that this Z would cover, oldest first.
        figures: of those bills so far.
        rows: open rows of these and of earlier bills, cases included.
        slips: slips that are not on paper for sure, cases included; `figures.slips.sent` more cannot be confirmed.
        papers: one for each issuer that has something to count or was counted.
        cases: open cases of all four kinds of table.
        differences: everything of the above that does not agree and is no case yet: zero closes clean.
    """

    day: date
    today: date
    closed: ClosedBy | None
    last: ClosedBy | None
    dates: tuple[date, ...]
    figures: Figures
    rows: tuple[OpenRow, ...]
    slips: tuple[OpenSlip, ...]
    papers: tuple[PaperCount, ...]
    cases: tuple[CaseCount, ...]
    differences: tuple[Difference, ...]
    shift: Shift | None

    @property
    def to_zero(self) -> bool:
        """Nothing is left that is not a case."""
        return not self.differences


class PrintEnd(StrEnum):
    """What became of a report slip."""

    PRINTED = "printed"  # the printer confirmed it
    SENT = "sent"  # all bytes taken, the printer cannot confirm
    NOT_PRINTED = "not_printed"
    DOUBTFUL = "doubtful"  # part of it may be on paper


@dataclass(frozen=True, slots=True)
class ReportPrinted:
    """How printing a report ended; `reason` is a device word (`printer.none`, …) where it is not printed for sure."""

    end: PrintEnd
    reason: str = ""
