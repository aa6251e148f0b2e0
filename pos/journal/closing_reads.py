"""What a closing reads from one snapshot: figures of a range of bills, what stands open, what is on paper."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from pos.domain.booking_payment import BookingState, JourneyFact, MoneyFact, VoucherFact
from pos.domain.business_date import from_utc_text
from pos.domain.closing import Flow, Standing, booking_standing, sale_standing, voucher_standing
from pos.domain.redemption import Outcome, State
from pos.domain.sale import SaleOutcome, SaleState
from pos.journal.rows import Row, instant
from pos.till.review.closing import CaseCount, ClosedBy, Shift, SlipTotals
from pos.till.review.closing_ports import LastClose, RowFacts, RowNow, SlipFacts

Run = Callable[[str, tuple[Any, ...]], Any]
"""One statement on the connection of the snapshot; gives a cursor."""

_RANGE = "b.seq > ? AND b.seq <= ?"
_VOUCHERS = (
    "SELECT r.provider, r.outcome, r.given, r.taking_back, r.cashier, count(*), sum(r.amount_vnd)"
    f" FROM bill b CROSS JOIN redemption r ON r.bill_number = b.number WHERE {_RANGE} GROUP BY 1, 2, 3, 4, 5"
)
# The first Z of a till that was never closed covers everything: one pass over an index, and no join a row.
_ALL_VOUCHERS = (
    "SELECT provider, outcome, given, taking_back, cashier, count(*), sum(amount_vnd)"
    " FROM redemption INDEXED BY redemption_of_day GROUP BY 1, 2, 3, 4, 5"
)
_ALL_SLIPS = "SELECT state, copy > 0, count(*) FROM print_job GROUP BY 1, 2"
_SALES = (
    "SELECT s.seller, s.outcome, s.closed, s.cashier, count(*), sum(s.quantity), sum(s.price_vnd)"
    f" FROM sale s CROSS JOIN bill b ON b.number = s.bill_number WHERE {_RANGE} GROUP BY 1, 2, 3, 4"
)
_BOOKINGS = (
    "SELECT k.issuer, k.voucher, k.money, k.journey, k.closed, k.cashier, count(*), sum(ifnull(k.taken_vnd, 0))"
    f" FROM booking k CROSS JOIN bill b ON b.number = k.bill_number WHERE {_RANGE} GROUP BY 1, 2, 3, 4, 5, 6"
)
_BILLS = f"SELECT b.business_date, b.cashier, count(*) FROM bill b WHERE {_RANGE} GROUP BY 1, 2"
_SLIPS = (
    "SELECT p.state, p.copy > 0, count(*) FROM bill b CROSS JOIN print_job p ON p.bill_number = b.number"
    f" WHERE {_RANGE} GROUP BY 1, 2"
)
# The words of the partial indexes of migrations/, so that what is open costs its own number of rows.
_OPEN_HOLD = "hold IN ('reserving', 'unknown', 'held', 'releasing')"
_ALIVE = (
    f"(outcome IN ('unsent', 'in_flight', 'unknown') OR (outcome = 'used' AND given = 0) OR {_OPEN_HOLD}"
    " OR (shown_utc IS NULL AND (outcome = 'used' OR (outcome = 'refused' AND sends > 0))))"
)
_OPEN_ROWS = f"""
SELECT id FROM redemption INDEXED BY redemption_alive WHERE {_ALIVE}
    AND (outcome IN ('unsent', 'in_flight', 'unknown') OR (outcome = 'used' AND given = 0) OR {_OPEN_HOLD})
UNION SELECT id FROM redemption INDEXED BY redemption_taking_back WHERE taking_back = 'open'
"""
_OPEN_VOUCHERS = f"""
SELECT r.id, r.provider, r.bill_number, r.code_ending, r.amount_vnd, ifnull(r.given_utc, r.created_utc),
    r.outcome, r.given, r.taking_back, r.hold, o.work, o.unanswered + o.failures, o.due_session, o.due_mono_s,
    o.quarantine,
    (SELECT group_concat(c.kind || iif(c.closed_utc IS NULL, '', ':closed')) FROM cases c WHERE c.redemption_id = r.id),
    EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'open_row' AND d.ref = r.id AND d.issuer = r.provider
                                       AND d.closed_utc IS NULL)
FROM redemption r JOIN bill b ON b.number = r.bill_number LEFT JOIN outbox o ON o.redemption_id = r.id
WHERE r.id IN ({_OPEN_ROWS}) AND b.seq <= ? ORDER BY r.id
"""
_OPEN_SALES = """
SELECT s.id, s.seller, s.bill_number, s.price_vnd, s.created_utc, s.outcome, s.asks, s.due_session, s.due_mono_s,
    EXISTS (SELECT 1 FROM sale_case c WHERE c.sale_id = s.id AND c.closed_utc IS NULL)
    OR EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'open_row' AND d.ref = s.id AND d.issuer = s.seller
                                          AND d.closed_utc IS NULL), s.quantity
FROM sale s INDEXED BY sale_open JOIN bill b ON b.number = s.bill_number
WHERE s.closed = 0 AND b.seq <= ? ORDER BY s.id
"""
_OPEN_BOOKINGS = """
SELECT k.id, k.issuer, k.bill_number, ifnull(k.taken_vnd, 0), k.created_utc, k.journey, k.voucher, k.money, k.polls,
    k.due_session, k.due_mono_s, ifnull(k.code_ending, ''),
    EXISTS (SELECT 1 FROM booking_case c WHERE c.booking_id = k.id AND c.closed_utc IS NULL)
    OR EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'open_row' AND d.ref = k.id AND d.issuer = k.issuer
                                          AND d.closed_utc IS NULL)
FROM booking k INDEXED BY booking_open_number JOIN bill b ON b.number = k.bill_number
WHERE k.closed = 0 AND b.seq <= ? ORDER BY k.id
"""
_WAITING_SLIPS = """
SELECT p.id, p.bill_number, p.copy, p.state, p.created_utc, p.note,
    (SELECT ifnull(sum(r.amount_vnd), 0) FROM redemption r WHERE r.bill_number = p.bill_number AND r.given = 1),
    EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'slip' AND d.ref = p.id AND d.closed_utc IS NULL)
FROM print_job p INDEXED BY print_job_waiting JOIN bill b ON b.number = p.bill_number
WHERE p.state IN ('pending', 'printing', 'doubtful') AND b.seq <= ?
    AND NOT (EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'slip' AND d.ref = p.id)
             AND NOT EXISTS (SELECT 1 FROM day_case d WHERE d.kind = 'slip' AND d.ref = p.id AND d.closed_utc IS NULL))
ORDER BY p.id
"""
_CHANGED = """
SELECT json_extract(c.value, '$.kind'), r.id, json_extract(c.value, '$.facts.from')
FROM audit a CROSS JOIN json_each(a.facts) c CROSS JOIN redemption r ON r.id = json_extract(c.value, '$.ref')
    CROSS JOIN bill b ON b.number = r.bill_number
WHERE a.seq > ? AND b.seq <= ? AND json_extract(c.value, '$.kind') IN ('redemption', 'move', 'taken_back')
ORDER BY a.seq, c.key
"""
_VOUCHER_NOW = """
SELECT provider, outcome, given, taking_back, amount_vnd FROM redemption WHERE id = ?
"""
_SALE_NOW = "SELECT seller, outcome, closed, price_vnd, quantity FROM sale WHERE id = ?"
_BOOKING_NOW = "SELECT issuer, voucher, money, journey, closed, ifnull(taken_vnd, 0) FROM booking WHERE id = ?"
_CASES = {
    "cases": "SELECT kind, count(*), sum(amount_vnd), min(opened_utc) FROM cases INDEXED BY case_still_open"
    " WHERE closed_utc IS NULL GROUP BY kind",
    "sale_case": "SELECT c.kind, count(*), sum(s.price_vnd), min(c.opened_utc)"
    " FROM sale_case c INDEXED BY sale_case_still_open JOIN sale s ON s.id = c.sale_id"
    " WHERE c.closed_utc IS NULL GROUP BY c.kind",
    "booking_case": "SELECT c.kind, count(*), sum(ifnull(k.taken_vnd, 0)), min(c.opened_utc)"
    " FROM booking_case c INDEXED BY booking_case_still_open JOIN booking k ON k.id = c.booking_id"
    " WHERE c.closed_utc IS NULL GROUP BY c.kind",
    "day_case": "SELECT kind, count(*), sum(amount_vnd), min(opened_utc) FROM day_case INDEXED BY day_case_open"
    " WHERE closed_utc IS NULL GROUP BY kind",
}
_SHIFT = (
    "SELECT id, business_date, opened_utc, opened_by, after_bill_seq, closed_utc, closed_by, handed_to, last_bill_seq"
    " FROM shift"
)


class ClosingReads:
    """Implements `pos.till.review.closing_ports.ClosingReads` on one snapshot."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def _rows(self, sql: str, *values: str | int) -> list[Row]:
        found: list[Row] = self._run(sql, values).fetchall()
        return found

    # ------------------------------------------------------------ earlier closings

    def last_close(self) -> LastClose | None:
        """The last Z of all."""
        found = self._rows(
            "SELECT number, business_date, closed_by, closed_utc, last_bill_seq, audit_seq, report FROM day_close"
            " ORDER BY number DESC LIMIT 1"
        )
        if not found:
            return None
        number, day, who, at_utc, last_seq, audit_seq, report = found[0]
        closed = ClosedBy(number, date.fromisoformat(day), who, from_utc_text(at_utc))
        return LastClose(closed, last_seq, audit_seq, report)

    def closed(self, day: date) -> ClosedBy | None:
        """The Z of this date."""
        found = self._rows(
            "SELECT number, closed_by, closed_utc FROM day_close WHERE business_date = ?", day.isoformat()
        )
        return ClosedBy(found[0][0], day, found[0][1], from_utc_text(found[0][2])) if found else None

    # ------------------------------------------------------------ bills and their rows

    def newest_bill(self) -> int:
        """The running number of the newest bill; 0: there is none."""
        newest: int = self._rows("SELECT ifnull(max(seq), 0) FROM bill")[0][0]
        return newest

    def newest_bill_of(self, day: date, after: int) -> int:
        """The newest bill of this date or an earlier one, after this running number; `after` if there is none."""
        found: int = self._rows(
            "SELECT ifnull(max(seq), ?) FROM bill WHERE seq > ? AND business_date <= ?", after, after, day.isoformat()
        )[0][0]
        return found

    def bills(self, after: int, last: int) -> tuple[tuple[date, str, int], ...]:
        """Count of bills by business date and cashier."""
        return tuple((date.fromisoformat(day), who, count) for day, who, count in self._rows(_BILLS, after, last))

    def rows(self, after: int, last: int) -> tuple[RowFacts, ...]:
        """Vouchers, sales and bookings of these bills, added up by what tells them apart."""
        vouchers = [
            RowFacts(
                Flow.VOUCHER, issuer, voucher_standing(State(Outcome(outcome), bool(given)), back), who,
                count, count, amount, count if given and back != "done" else 0,
            )
            for issuer, outcome, given, back, who, count, amount in self._sums(_VOUCHERS, _ALL_VOUCHERS, 5, after, last)
        ]  # fmt: skip
        sales = [
            RowFacts(Flow.SALE, seller, _sale(outcome, closed), who, count, pieces, amount, 0)
            for seller, outcome, closed, who, count, pieces, amount in self._rows(_SALES, after, last)
        ]
        bookings = [
            RowFacts(
                Flow.BOOKING, issuer, _booking(voucher, money, journey, closed), who, count, count, amount,
                count if voucher == "used" and money == "taken" else 0,
            )
            for issuer, voucher, money, journey, closed, who, count, amount in self._rows(_BOOKINGS, after, last)
        ]  # fmt: skip
        return (*vouchers, *sales, *bookings)

    def _sums(self, of_bills: str, of_all: str, keys: int, after: int, last: int) -> list[Row]:
        """Sums over the rows of these bills by their first columns; where that is nearly all, as all less the rest."""
        newest = self.newest_bill()
        if after > 0 or newest - last > last:
            return self._rows(of_bills, after, last)
        sums = {row[:keys]: row[keys:] for row in self._rows(of_all)}
        for row in self._rows(of_bills, last, newest):
            sums[row[:keys]] = tuple(a - b for a, b in zip(sums[row[:keys]], row[keys:], strict=True))
        return [(*key, *values) for key, values in sums.items() if any(values)]

    def slip_totals(self, after: int, last: int) -> SlipTotals:
        """How the slips of these bills stand."""
        found = self._sums(_SLIPS, _ALL_SLIPS, 2, after, last)
        states = {(state, bool(copy)): count for state, copy, count in found}
        told = {state: states.get((state, False), 0) + states.get((state, True), 0) for state, _ in states}
        copies = states.get(("printed", True), 0) + states.get(("sent", True), 0)
        unprinted = told.get("pending", 0) + told.get("printing", 0) + told.get("doubtful", 0)
        return SlipTotals(told.get("printed", 0), told.get("sent", 0), copies, unprinted)

    # ------------------------------------------------------------ what stands open

    def open_vouchers(self, last: int) -> tuple[RowNow, ...]:
        """Redemptions of bills up to this one that are not at rest, oldest first."""
        return tuple(_open_voucher(row) for row in self._rows(_OPEN_VOUCHERS, last))

    def open_sales(self, last: int) -> tuple[RowNow, ...]:
        """Sales that are not closed, oldest first."""
        return tuple(
            RowNow(
                Flow.SALE, ref, seller, bill, "", amount, from_utc_text(since), Standing.OPEN, outcome,
                work="ask" if session else None, tries=asks, due_session=session, due_mono_s=mono, case=bool(case),
                pieces=pieces,
            )
            for ref, seller, bill, amount, since, outcome, asks, session, mono, case, pieces in self._rows(
                _OPEN_SALES, last
            )
        )  # fmt: skip

    def open_bookings(self, last: int) -> tuple[RowNow, ...]:
        """Payments of bookings that are not closed, oldest first."""
        return tuple(
            RowNow(
                Flow.BOOKING, ref, issuer, bill, ending, amount, from_utc_text(since), Standing.OPEN,
                "in_flight" if "in_flight" in (journey, voucher) else journey,
                work="ask" if session else None, tries=polls, due_session=session, due_mono_s=mono, case=bool(case),
                given=voucher == "used" and money == "taken",
            )
            for ref, issuer, bill, amount, since, journey, voucher, money, polls, session, mono, ending, case
            in self._rows(_OPEN_BOOKINGS, last)
        )  # fmt: skip

    def waiting_slips(self, last: int) -> tuple[SlipFacts, ...]:
        """Slips that are not on paper for sure and that no person has closed a case about, oldest first."""
        return tuple(
            SlipFacts(job, bill, copy, state, from_utc_text(made), note, amount, bool(case))
            for job, bill, copy, state, made, note, amount, case in self._rows(_WAITING_SLIPS, last)
        )

    def case_counts(self) -> tuple[CaseCount, ...]:
        """Open cases of all four tables."""
        return tuple(
            CaseCount(table, kind, count, amount or 0, from_utc_text(oldest))
            for table, sql in _CASES.items()
            for kind, count, amount, oldest in self._rows(sql)
        )

    # ------------------------------------------------------------ what has changed since

    def changed(self, audit_seq: int, last: int) -> tuple[tuple[str, str, State | None], ...]:
        """What the audit chain tells behind this link of redemptions on bills up to this one, in order: what happened,
        to which, from which state. No clock decides what is later.
        """
        return tuple((kind, ref, _state(was)) for kind, ref, was in self._rows(_CHANGED, audit_seq, last))

    def voucher_now(self, ref: str) -> tuple[RowFacts, State] | None:
        """One redemption as a total of one, and its state."""
        found = self._rows(_VOUCHER_NOW, ref)
        if not found:
            return None
        issuer, outcome, given, back, amount = found[0]
        state = State(Outcome(outcome), bool(given))
        papers = int(state.given and back != "done")
        return RowFacts(Flow.VOUCHER, issuer, voucher_standing(state, back), "", 1, 1, amount, papers), state

    def sale_now(self, ref: str) -> RowFacts | None:
        """One sale as a total of one."""
        found = self._rows(_SALE_NOW, ref)
        if not found:
            return None
        seller, outcome, closed, amount, pieces = found[0]
        return RowFacts(Flow.SALE, seller, _sale(outcome, closed), "", 1, pieces, amount, 0)

    def booking_now(self, ref: str) -> RowFacts | None:
        """One payment of a booking as a total of one."""
        found = self._rows(_BOOKING_NOW, ref)
        if not found:
            return None
        issuer, voucher, money, journey, closed, amount = found[0]
        given = int(voucher == "used" and money == "taken")
        return RowFacts(Flow.BOOKING, issuer, _booking(voucher, money, journey, closed), "", 1, 1, amount, given)

    # ------------------------------------------------------------ papers, shifts

    def counted(self, day: date) -> dict[str, tuple[int, str, str]]:
        """By issuer what was counted last for this date, by whom and when."""
        found = self._rows(
            "SELECT issuer, counted, counted_by, at_utc FROM paper_count WHERE business_date = ? ORDER BY id",
            day.isoformat(),
        )
        return {issuer: (counted, who, at_utc) for issuer, counted, who, at_utc in found}

    def open_shift(self) -> Shift | None:
        """The shift that is open."""
        found = self._rows(f"{_SHIFT} WHERE closed_utc IS NULL")
        return _shift(found[0]) if found else None

    def shifted_to(self) -> int | None:
        """The last bill that belongs to a closed shift or a Z; None: there is neither."""
        found: int | None = self._rows(
            "SELECT max(last) FROM (SELECT max(last_bill_seq) AS last FROM shift UNION ALL"
            " SELECT max(last_bill_seq) FROM day_close)"
        )[0][0]
        return found


def _sale(outcome: str, closed: int) -> Standing:
    return sale_standing(SaleState(SaleOutcome(outcome), bool(closed)))


def _booking(voucher: str, money: str, journey: str, closed: int) -> Standing:
    state = BookingState(VoucherFact(voucher), MoneyFact(money), JourneyFact(journey), bool(closed))
    return booking_standing(state)


def _open_voucher(row: Row) -> RowNow:
    ref, issuer, bill, ending, amount, since, outcome, given, back, hold = row[:10]
    work, tries, session, mono, parked, kinds, day_case = row[10:]
    cases = set(kinds.split(",")) if kinds else set()
    return RowNow(
        Flow.VOUCHER, ref, issuer, bill, ending, amount, from_utc_text(since),
        voucher_standing(State(Outcome(outcome), bool(given)), back), outcome,
        work=work, tries=tries or 0, due_session=session, due_mono_s=mono, parked=parked is not None,
        case=bool(day_case) or any(":" not in kind for kind in cases),
        closed_cases=frozenset(kind.removesuffix(":closed") for kind in cases if ":" in kind),
        hold=hold, taking_back=back, given=bool(given) and back != "done",
    )  # fmt: skip


def _state(text: str | None) -> State | None:
    """The inverse of how the audit chain names a state: `used/yes`."""
    if text is None or "/" not in text:
        return None
    outcome, given = text.split("/")
    return State(Outcome(outcome), given == "yes")


def _shift(row: Row) -> Shift:
    return Shift(
        row[0], date.fromisoformat(row[1]), from_utc_text(row[2]), row[3], row[4], instant(row[5]), row[6], row[7],
        row[8],
    )  # fmt: skip
