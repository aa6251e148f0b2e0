"""Reading all four kinds of cases as one list, and writing who looks after one: the port `CaseJournal`."""
# ruff: noqa: S608 – SQL is put together from this module's own constants; values are always bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.domain.errors import RuleBroken
from pos.journal.failures import sorted_error
from pos.journal.rows import Row, instant
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.till.ports import Journal, JournalTx
from pos.till.review.cases_views import CallView, CaseSource, CaseView

_TABLE = {
    CaseSource.REDEMPTION: "cases",
    CaseSource.SALE: "sale_case",
    CaseSource.BOOKING: "booking_case",
    CaseSource.DAY: "day_case",
}
_ENDING = "c.opened_utc, c.owner, c.closed_utc, c.closed_by, c.closure"
# What is at stake of a booking: the voucher where the case is about it, else what was taken, signed or shown.
_BOOKING_VND = (
    "iif(c.kind IN ('voucher_used_not_paid', 'other_voucher'), b.discount_vnd,"
    " coalesce(b.taken_vnd, b.signed_vnd, b.price_vnd))"
)
_SELECT = {
    CaseSource.REDEMPTION: (
        "SELECT 'redemption', c.id, c.kind, c.redemption_id, r.bill_number, r.code_ending, r.provider, c.amount_vnd,"
        f" c.reason, {_ENDING} FROM cases c JOIN redemption r ON r.id = c.redemption_id"
    ),
    CaseSource.SALE: (
        "SELECT 'sale', c.id, c.kind, c.sale_id, s.bill_number, '', s.seller, s.price_vnd,"
        f" s.reason, {_ENDING} FROM sale_case c JOIN sale s ON s.id = c.sale_id"
    ),
    CaseSource.BOOKING: (
        "SELECT 'booking', c.id, c.kind, c.booking_id, b.bill_number, ifnull(b.code_ending, ''), b.issuer,"
        f" {_BOOKING_VND}, NULL, {_ENDING} FROM booking_case c JOIN booking b ON b.id = c.booking_id"
    ),
    CaseSource.DAY: (
        "SELECT 'day', c.id, c.kind, c.ref, c.bill_number, c.ending, c.issuer, c.amount_vnd,"
        f" c.reason, {_ENDING} FROM day_case c"
    ),
}
_REF = {
    CaseSource.REDEMPTION: "redemption_id",
    CaseSource.SALE: "sale_id",
    CaseSource.BOOKING: "booking_id",
    CaseSource.DAY: "ref",
}
_OPEN = " UNION ALL ".join(f"{select} WHERE c.closed_utc IS NULL" for select in _SELECT.values())
_CLOSED = " UNION ALL ".join(f"{select} WHERE c.closed_utc IS NOT NULL" for select in _SELECT.values())
_CLOSED_LIKE = (
    f"SELECT * FROM ({_CLOSED}) WHERE ?1 = '' OR bill_number LIKE ?2 ESCAPE '\\' OR code_ending LIKE ?2 ESCAPE '\\'"
    " OR closed_by LIKE ?2 ESCAPE '\\' OR closure LIKE ?2 ESCAPE '\\' ORDER BY closed_utc DESC LIMIT ?3"
)
_ATTEMPTS = {
    CaseSource.REDEMPTION: ("attempt", "redemption_id"),
    CaseSource.SALE: ("sale_attempt", "sale_id"),
    CaseSource.BOOKING: ("booking_attempt", "booking_id"),
}


class CaseStore:
    """Cases in a journal. Threads as the journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._core = journal.core

    @property
    def journal(self) -> Journal:
        """The journal whose transactions are written in."""
        return self._journal

    def writes(self, tx: JournalTx) -> SqliteCaseWrites:
        """The cases' half of a transaction."""
        if not isinstance(tx, SqliteTx):
            raise TypeError("not a transaction of this journal")
        return SqliteCaseWrites(tx)

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Row]:
        try:
            return self._core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def open_cases(self) -> tuple[CaseView, ...]:
        """Of all four kinds, oldest first."""
        found = tuple(_case(row) for row in self._all(_OPEN))
        return tuple(sorted(found, key=lambda case: (case.opened_utc, case.source.value, case.id)))

    def closed_cases(self, limit: int, text: str = "") -> tuple[CaseView, ...]:
        """The last closed ones, newest first."""
        like = "%" + "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in text) + "%"
        return tuple(_case(row) for row in self._all(_CLOSED_LIKE, (text, like, limit)))

    def count_open(self) -> int:
        """How many are open, of all four kinds."""
        return self._journal.count_open_cases()

    def case(self, source: CaseSource, case_id: int) -> CaseView | None:
        """One case."""
        found = self._all(f"{_SELECT[source]} WHERE c.id = ?", (case_id,))
        return _case(found[0]) if found else None

    def cases_of(self, source: CaseSource, ref: str) -> tuple[CaseView, ...]:
        """Open and closed ones of one thing, oldest first."""
        found = self._all(f"{_SELECT[source]} WHERE c.{_REF[source]} = ? ORDER BY c.id", (ref,))
        return tuple(_case(row) for row in found)

    def calls_of(self, source: CaseSource, refs: Sequence[str]) -> dict[str, tuple[CallView, ...]]:
        """Calls to the issuer about these things, each one's oldest first; a call's last answer counts."""
        if source not in _ATTEMPTS:
            return {}
        table, ref = _ATTEMPTS[source]
        found = self._all(
            f"SELECT a.{ref}, a.call_id, a.operation, a.at_utc, n.result, n.http_status, n.failure"
            f" FROM json_each(?) w JOIN {table} a ON a.{ref} = w.value"
            " LEFT JOIN answer n ON n.call_id = a.call_id"
            " AND n.nth = (SELECT max(m.nth) FROM answer m WHERE m.call_id = a.call_id)"
            f" ORDER BY a.{ref}, a.at_utc, a.call_id",
            (json.dumps(list(refs)),),
        )
        calls: dict[str, list[CallView]] = {}
        for row in found:
            call = CallView(row[1], row[2], from_utc_text(row[3]), row[4], row[5], row[6])
            calls.setdefault(row[0], []).append(call)
        return {name: tuple(of_it) for name, of_it in calls.items()}


class SqliteCaseWrites:
    """The cases' half of one transaction: owners, and the end of what a closing or a statement left over."""

    def __init__(self, tx: SqliteTx) -> None:
        self._tx = tx

    def set_owner(self, case: CaseView, owner: str) -> None:
        """Write who looks after an open case."""
        changed = self._tx.run(
            f"UPDATE {_TABLE[case.source]} SET owner = ? WHERE id = ? AND closed_utc IS NULL", (owner, case.id)
        )
        self._must_be_open(changed)
        facts = {"source": case.source.value, "case": case.id, "kind": case.kind, "owner": owner, "was": case.owner}
        self._tx.note("case.owner", case.ref, facts)

    def close_day_case(self, case: CaseView, *, closure: str) -> None:
        """Close a day case by the transaction's actor."""
        changed = self._tx.run(
            "UPDATE day_case SET closed_utc = ?, closed_by = ?, closure = ? WHERE id = ? AND closed_utc IS NULL",
            (self._tx.now_text, self._tx.actor, closure, case.id),
        )
        self._must_be_open(changed)
        self._tx.note("day_case.closed", case.ref, {"case": case.id, "kind": case.kind, "closure": closure})

    def _must_be_open(self, changed: sqlite3.Cursor) -> None:
        if changed.rowcount != 1:
            raise self._tx.broken(RuleBroken("case.not_offered"))


def _case(row: Row) -> CaseView:
    return CaseView(
        CaseSource(row[0]), row[1], row[2], row[3], row[4], row[5], row[6], row[6], row[7], row[8],
        from_utc_text(row[9]), row[10], instant(row[11]), row[12], row[13],
    )  # fmt: skip
