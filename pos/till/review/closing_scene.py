"""Everything a closing looks at, from one snapshot: the same for the screen, the X and the Z."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pos.domain.business_date import from_utc_text
from pos.domain.closing import OPEN_STANDINGS, Difference, DifferenceKind, Flow, Standing, voucher_standing
from pos.domain.redemption import OPEN_HOLDS, State
from pos.till.review.closing import (
    CashierTotal,
    Doing,
    Figures,
    Moved,
    OpenRow,
    OpenSlip,
    OpenThing,
    PaperCount,
    Total,
    ZReport,
)
from pos.till.review.closing_ports import ClosingReads, RowFacts, RowNow, SlipFacts

_GIVEN = frozenset({Standing.USED, Standing.AT_RISK, Standing.LOSS})
_PAID_FOR = frozenset({Standing.SOLD, Standing.OPEN})
_SETTLED_BY = {
    DifferenceKind.AT_RISK: frozenset({"undecidable"}),
    DifferenceKind.UNKNOWN: frozenset({"undecidable"}),
    DifferenceKind.USED_NOT_GIVEN: frozenset({"used_not_given", "late_effect", "not_taken_back"}),
    DifferenceKind.HOLD: frozenset({"stuck_hold"}),
}
"""A person who closed a case of this kind has settled the row with the issuer, whatever the journal says of it."""
_VOUCHER_KINDS = {
    Standing.AT_RISK: DifferenceKind.AT_RISK,
    Standing.UNKNOWN: DifferenceKind.UNKNOWN,
    Standing.USED_NOT_GIVEN: DifferenceKind.USED_NOT_GIVEN,
    Standing.UNSENT: DifferenceKind.UNSENT,
    Standing.TAKING_BACK: DifferenceKind.TAKING_BACK,
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bills after `after` up to `last`, by running number."""

    after: int
    last: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What a closing of these bills would tell.

    Args:
        left: what does not agree and no open case is about.
        differences: everything that does not agree, cases included: named on the Z.
    """

    bounds: Bounds
    dates: tuple[date, ...]
    figures: Figures
    moved: tuple[Moved, ...]
    open_left: tuple[OpenThing, ...]
    rows: tuple[OpenRow, ...]
    slips: tuple[OpenSlip, ...]
    papers: tuple[PaperCount, ...]
    left: tuple[Difference, ...]
    differences: tuple[Difference, ...]


def figures(reads: ClosingReads, bounds: Bounds) -> tuple[Figures, tuple[RowFacts, ...], tuple[date, ...]]:
    """Figures of these bills, the rows they are made of, and the bills' dates, oldest first."""
    bills = reads.bills(bounds.after, bounds.last)
    rows = reads.rows(bounds.after, bounds.last)
    told = Figures(
        bills=sum(count for _, _, count in bills),
        totals=_totals(rows),
        cashiers=_cashiers(bills, rows),
        slips=reads.slip_totals(bounds.after, bounds.last),
    )
    return told, rows, tuple(sorted({day for day, _, _ in bills}))


def scene(
    reads: ClosingReads, day: date, bounds: Bounds, before: ZReport | None, *, session: str, mono_s: float
) -> Scene:
    """Look at everything that has to agree before `day` is closed.

    Args:
        reads: one snapshot.
        day: the date.
        bounds: its bills.
        before: the Z before.
        session: of this run of the program.
        mono_s: now in it.
    """
    told, rows, dates = figures(reads, bounds)
    moved, fresh_papers = _moved(reads, before)
    vouchers = reads.open_vouchers(bounds.last)
    others = (*reads.open_sales(bounds.last), *reads.open_bookings(bounds.last))
    open_rows = _open_rows((*vouchers, *others), session, mono_s)
    slips = tuple(_open_slip(slip) for slip in reads.waiting_slips(bounds.last))
    # What was counted for a closed date belongs to its Z.
    papers = _papers(rows, fresh_papers, {} if reads.closed(day) else reads.counted(day))
    short = tuple(_paper_difference(day, count) for count in papers if count.counted not in (None, count.expected))
    open_left = tuple(
        OpenThing(row.flow, row.ref, row.issuer, row.standing, row.amount_vnd, row.given)
        for row in (*vouchers, *others)
        if row.standing in OPEN_STANDINGS
    )
    not_cases = [row.difference for row in open_rows if row.doing is not Doing.CASE]
    not_cases += [slip.difference for slip in slips if not slip.case]
    named = [row.difference for row in open_rows] + [slip.difference for slip in slips]
    return Scene(
        bounds, dates, told, moved, open_left, open_rows, slips, papers, (*not_cases, *short), (*named, *short)
    )


# ---------------------------------------------------------------- figures


def _totals(rows: Iterable[RowFacts]) -> tuple[Total, ...]:
    sums: dict[tuple[Flow, str, Standing], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        told = sums[row.flow, row.issuer, row.standing]
        told[0] += row.count
        told[1] += row.pieces
        told[2] += row.amount_vnd
    order = {name: at for at, name in enumerate((*Flow, *Standing))}
    keys = sorted(sums, key=lambda key: (order[key[0]], key[1], order[key[2]]))
    return tuple(Total(*key, *sums[key]) for key in keys)


def _cashiers(bills: Iterable[tuple[date, str, int]], rows: Iterable[RowFacts]) -> tuple[CashierTotal, ...]:
    made: dict[str, CashierTotal] = {}
    for _, who, count in bills:
        known = made.get(who, CashierTotal(who, 0, 0, 0, 0, 0))
        made[who] = replace(known, bills=known.bills + count)
    for row in rows:
        known = made.get(row.cashier, CashierTotal(row.cashier, 0, 0, 0, 0, 0))
        if row.flow is Flow.VOUCHER and row.standing in _GIVEN:
            known = replace(
                known, vouchers=known.vouchers + row.count, vouchers_vnd=known.vouchers_vnd + row.amount_vnd
            )
        elif row.flow is Flow.SALE and row.standing in _PAID_FOR:
            known = replace(known, sold_vnd=known.sold_vnd + row.amount_vnd)
        elif row.flow is Flow.BOOKING and row.standing in _PAID_FOR:
            known = replace(known, booked_vnd=known.booked_vnd + row.amount_vnd)
        made[row.cashier] = known
    return tuple(made[who] for who in sorted(made))


# ---------------------------------------------------------------- what was settled since


def _moved(reads: ClosingReads, before: ZReport | None) -> tuple[tuple[Moved, ...], Counter[str]]:
    """What stands otherwise than the last Z told, and by issuer the vouchers that were given since."""
    if before is None:
        return (), Counter()
    changes: Counter[Moved] = Counter()
    papers: Counter[str] = Counter()

    def note(was: OpenThing | None, now: RowFacts) -> None:
        standing = None if was is None else was.standing
        was_vnd = 0 if was is None else was.amount_vnd
        if (standing, was_vnd) != (now.standing, now.amount_vnd):
            moved = Moved(now.flow, now.issuer, standing, now.standing, 1, now.pieces, was_vnd, now.amount_vnd)
            changes[moved] += 1
        if now.papers and not (was is not None and was.given):
            papers[now.issuer] += 1

    stood = {thing.ref: thing for thing in before.open_left}
    for thing in before.open_left:
        found = _now(reads, thing)
        if found is not None:
            note(thing, found)
    for ref, event in _first_changes(reads, before, stood).items():
        known = reads.voucher_now(ref)
        if known is not None:
            now, state = known
            note(event.thing(ref, now, state), now)
    return _added_up(changes), papers


def _now(reads: ClosingReads, thing: OpenThing) -> RowFacts | None:
    if thing.flow is Flow.VOUCHER:
        known = reads.voucher_now(thing.ref)
        return None if known is None else known[0]
    return reads.sale_now(thing.ref) if thing.flow is Flow.SALE else reads.booking_now(thing.ref)


@dataclass(frozen=True, slots=True)
class _Change:
    """What first happened to a row at rest since the last Z. `state` None: it was taken back as it stood."""

    new: bool
    state: State | None

    def thing(self, ref: str, now: RowFacts, state_now: State) -> OpenThing | None:
        """How it stood before."""
        if self.new:
            return None
        state = self.state or state_now
        return OpenThing(now.flow, ref, now.issuer, voucher_standing(state, "no"), now.amount_vnd, state.given)


def _first_changes(reads: ClosingReads, before: ZReport, stood: dict[str, OpenThing]) -> dict[str, _Change]:
    first: dict[str, _Change] = {}
    for kind, ref, state in reads.changed(before.audit_seq + 1, before.last_bill_seq):
        if ref not in stood and ref not in first:
            first[ref] = _Change(kind == "redemption", state)
    return first


def _added_up(changes: Counter[Moved]) -> tuple[Moved, ...]:
    sums: dict[tuple[Flow, str, Standing | None, Standing], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one, count in changes.items():
        told = sums[one.flow, one.issuer, one.before, one.now]
        for at, value in enumerate((1, one.pieces, one.was_vnd, one.amount_vnd)):
            told[at] += value * count
    return tuple(
        Moved(*key, *sums[key]) for key in sorted(sums, key=lambda key: (key[0], key[1], key[2] or "", key[3]))
    )


# ---------------------------------------------------------------- what stands open


def _open_rows(rows: Iterable[RowNow], session: str, mono_s: float) -> tuple[OpenRow, ...]:
    found = []
    for row in rows:
        kind = _kind(row)
        if kind is None or (not row.case and row.closed_cases & _SETTLED_BY.get(kind, frozenset())):
            continue
        difference = Difference(
            kind, row.ref, row.issuer, row.bill_number, row.ending, row.amount_vnd, row.since_utc, row.pieces
        )
        doing = _doing(row, kind)
        due_in_s = None
        if doing in (Doing.QUEUED, Doing.ASKING):
            due_in_s = max(0.0, (row.due_mono_s or 0.0) - mono_s) if row.due_session == session else 0.0
        found.append(OpenRow(difference, doing, due_in_s, row.tries))
    return tuple(found)


def _kind(row: RowNow) -> DifferenceKind | None:
    if row.flow is not Flow.VOUCHER:
        return DifferenceKind.SALE_OPEN if row.flow is Flow.SALE else DifferenceKind.BOOKING_OPEN
    kind = _VOUCHER_KINDS.get(row.standing)
    if kind is None and row.hold in OPEN_HOLDS and row.standing is not Standing.TAKEN_BACK:
        return DifferenceKind.HOLD
    return kind


def _doing(row: RowNow, kind: DifferenceKind) -> Doing:
    if row.case:
        return Doing.CASE
    if row.parked:
        return Doing.PARKED
    if row.outcome == "in_flight":
        return Doing.SENDING
    if kind is DifferenceKind.TAKING_BACK:
        return Doing.ASKING
    if row.work is None or row.outcome in ("bought", "not_bought"):
        return Doing.AT_COUNTER
    return Doing.QUEUED if row.work in ("send", "release") else Doing.ASKING


def _open_slip(slip: SlipFacts) -> OpenSlip:
    kind = DifferenceKind.SLIP_DOUBTFUL if slip.state == "doubtful" else DifferenceKind.SLIP_PENDING
    difference = Difference(kind, slip.job_id, "", slip.bill_number, "", slip.amount_vnd, slip.created_utc)
    return OpenSlip(difference, slip.copy, slip.note, slip.case)


# ---------------------------------------------------------------- papers


def _papers(
    rows: Iterable[RowFacts], fresh: Counter[str], counted: dict[str, tuple[int, str, str]]
) -> tuple[PaperCount, ...]:
    expected = Counter(fresh)
    for row in rows:
        expected[row.issuer] += row.papers
    issuers = sorted({issuer for issuer, count in expected.items() if count} | set(counted))
    return tuple(_paper(issuer, expected[issuer], counted.get(issuer)) for issuer in issuers)


def _paper(issuer: str, expected: int, counted: tuple[int, str, str] | None) -> PaperCount:
    if counted is None:
        return PaperCount(issuer, expected, None)
    count, who, at_utc = counted
    return PaperCount(issuer, expected, count, who, from_utc_text(at_utc))


def _paper_difference(day: date, count: PaperCount) -> Difference:
    off = (count.counted or 0) - count.expected
    if count.counted_utc is None:
        raise ValueError("nobody has counted")
    return Difference(DifferenceKind.PAPER, day.isoformat(), count.issuer, "", "", 0, count.counted_utc, off)
