"""Shifts, Z reports, counts and day cases on the journal's file: the port `ClosingJournal`."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pos.domain.business_date import utc_text
from pos.domain.closing import Difference, case_kind
from pos.journal.closing_reads import ClosingReads
from pos.journal.failures import sorted_error
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.till.review.closing import PaperCount, Shift, ZReport

_ADD_CLOSE = """
INSERT INTO day_close (business_date, number, closed_utc, closed_by, after_bill_seq, last_bill_seq, audit_seq, report)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_CASE = """
INSERT INTO day_case (kind, business_date, ref, issuer, bill_number, ending, amount_vnd, reason, opened_utc, owner)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_Z = "SELECT d.report, ifnull(lower(hex(a.hash)), '') FROM day_close d LEFT JOIN audit a ON a.seq = d.audit_seq + 1"


class ClosingStore:
    """Threads as the journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._core = journal.core

    @property
    def session(self) -> str:
        """Id of this run of the program."""
        return self._journal.session

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to."""
        return self._journal.business_date(instant)

    @contextmanager
    def reading(self) -> Iterator[ClosingReads]:
        """One snapshot of everything, however many questions; writers go on meanwhile."""
        connection = self._core.connections.get()
        self._run("BEGIN")
        try:
            yield ClosingReads(self._run)
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, actor: str) -> Iterator[SqliteClosingTx]:
        """One write transaction."""
        with self._journal.transaction(actor) as tx:
            yield SqliteClosingTx(tx)

    def z_texts(self, limit: int, number: int | None = None) -> tuple[tuple[str, str], ...]:
        """Text of the newest Zs, or of this one, each with the hash of its own link."""
        if number is not None:
            return tuple(self._run(f"{_Z} WHERE d.number = ?", (number,)).fetchall())
        return tuple(self._run(f"{_Z} ORDER BY d.number DESC LIMIT ?", (limit,)).fetchall())

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._core.connections.get().execute(sql, values)
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error


class SqliteClosingTx(ClosingReads):
    """Implements `ClosingTx` within the transaction it was made for."""

    def __init__(self, tx: SqliteTx) -> None:
        super().__init__(tx.run)
        self._tx = tx

    @property
    def now_utc(self) -> datetime:
        """Time of the transaction."""
        return self._tx.now

    @property
    def chain_end(self) -> tuple[int, bytes]:
        """Number and hash of the chain's last link before this transaction."""
        return self._tx.chain_end

    def add_close(self, report: ZReport, text: str) -> None:
        """Write the Z. The chain's link covers the text by its hash, so that a changed report shows."""
        tx, day = self._tx, report.day.isoformat()
        tx.run(
            _ADD_CLOSE,
            (day, report.number, utc_text(report.closed_utc), report.closed_by, report.after_bill_seq,
             report.last_bill_seq, report.audit_seq, text),
        )  # fmt: skip
        tx.note(
            "day.closed", day,
            {"number": report.number, "after": report.after_bill_seq, "last": report.last_bill_seq,
             "differences": len(report.differences), "new_cases": report.new_cases,
             "report_sha256": hashlib.sha256(text.encode()).hexdigest()},
        )  # fmt: skip

    def add_day_case(self, difference: Difference, day: date, owner: str) -> None:
        """Open a case about what is left over."""
        one, kind = difference, case_kind(difference.kind)
        case_id = self._tx.run(
            _ADD_CASE,
            (kind, day.isoformat(), one.ref, one.issuer, one.bill_number, one.ending, one.amount_vnd, one.kind.value,
             self._tx.now_text, owner),
        ).lastrowid  # fmt: skip
        self._tx.note(
            "day_case.opened", one.ref, {"case": case_id, "kind": kind, "why": one.kind.value, "owner": owner}
        )

    def add_paper_count(self, day: date, count: PaperCount) -> None:
        """Append what was counted."""
        self._tx.run(
            "INSERT INTO paper_count (business_date, issuer, expected, counted, counted_by, at_utc)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (day.isoformat(), count.issuer, count.expected, count.counted, count.counted_by, self._tx.now_text),
        )
        self._tx.note(
            "papers.counted", day.isoformat(),
            {"issuer": count.issuer, "expected": count.expected, "counted": count.counted},
        )  # fmt: skip

    def open_shift_at(self, day: date, who: str, after: int) -> Shift:
        """Begin a shift."""
        shift_id = self._tx.run(
            "INSERT INTO shift (business_date, opened_utc, opened_by, after_bill_seq) VALUES (?, ?, ?, ?)",
            (day.isoformat(), self._tx.now_text, who, after),
        ).lastrowid
        self._tx.note("shift.opened", str(shift_id), {"who": who, "after": after})
        return Shift(shift_id or 0, day, self._tx.now, who, after)

    def close_shift(self, shift: Shift, who: str, last: int, handed_to: str | None = None) -> Shift:
        """End it."""
        self._tx.run(
            "UPDATE shift SET closed_utc = ?, closed_by = ?, handed_to = ?, last_bill_seq = ? WHERE id = ?",
            (self._tx.now_text, who, handed_to, last, shift.id),
        )
        self._tx.note("shift.closed", str(shift.id), {"who": who, "handed_to": handed_to, "last": last})
        return replace(shift, closed_utc=self._tx.now, closed_by=who, handed_to=handed_to, last_bill_seq=last)
