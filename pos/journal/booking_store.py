"""Reading payments of bookings, and the way into a transaction: the port `BookingJournal` on the journal's file."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from pos.journal import booking_rows, rows
from pos.journal.booking_writes import SqliteBookingWrites
from pos.journal.failures import sorted_error
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.till.booking.ports import BookingCase, Payment
from pos.till.booking.views import StepView
from pos.till.ports import Journal, JournalTx, PrintJob

_PAYMENT = f"SELECT {booking_rows.PAYMENT_COLUMNS} FROM booking"
_OPEN = "(SELECT id FROM booking WHERE closed = 0 UNION SELECT booking_id FROM booking_case WHERE closed_utc IS NULL)"
_JOURNEYS = {True: "journey IN ('open', 'held')", False: "journey NOT IN ('open', 'held')"}


class BookingStore:
    """Payments in a journal. Threads as the journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._core = journal.core

    @property
    def journal(self) -> Journal:
        """The journal whose transactions these payments are written in."""
        return self._journal

    def writes(self, tx: JournalTx) -> SqliteBookingWrites:
        """The bookings' half of a transaction."""
        if not isinstance(tx, SqliteTx):
            raise TypeError("not a transaction of this journal")
        return SqliteBookingWrites(tx, self._core.vault)

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[rows.Row]:
        try:
            return self._core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def _payments(self, where: str, values: tuple[Any, ...] = ()) -> tuple[Payment, ...]:
        found = self._all(f"{_PAYMENT} {where}", values)
        return tuple(booking_rows.payment(row, self._core.vault) for row in found)

    def payment(self, payment_id: str) -> Payment | None:
        """One payment, if it was ever written."""
        return next(iter(self._payments("WHERE id = ?", (payment_id,))), None)

    def payment_of(self, bill_number: str) -> Payment | None:
        """The payment of this bill, if it is one's."""
        return next(iter(self._payments("WHERE bill_number = ?", (bill_number,))), None)

    def open_payment(self, issuer: str, number: str) -> Payment | None:
        """The payment of this booking that is not closed, if there is one."""
        return next(iter(self._payments("WHERE issuer = ? AND number = ? AND closed = 0", (issuer, number))), None)

    def steps(self, payment_id: str) -> tuple[StepView, ...]:
        """The timeline, oldest first; equal steps in a row are one."""
        found = self._all(
            f"SELECT {booking_rows.STEP_COLUMNS} FROM booking_step WHERE booking_id = ? ORDER BY id", (payment_id,)
        )
        steps: list[StepView] = []
        for step in map(booking_rows.step, found):
            last = steps[-1] if steps else None
            if last is not None and (last.kind, last.word, last.who) == (step.kind, step.word, step.who):
                steps[-1] = replace(step, times=last.times + 1)
            else:
                steps.append(step)
        return tuple(steps)

    def cases(self, payment_id: str) -> tuple[BookingCase, ...]:
        """Open and closed, oldest first."""
        found = self._all(
            f"SELECT {booking_rows.CASE_COLUMNS} FROM booking_case WHERE booking_id = ? ORDER BY id", (payment_id,)
        )
        return tuple(booking_rows.case(row) for row in found)

    def slips(self, bill_number: str) -> tuple[PrintJob, ...]:
        """Print jobs of the bill, oldest first."""
        found = self._all(
            f"SELECT {rows.PRINT_COLUMNS} FROM print_job WHERE bill_number = ? ORDER BY copy", (bill_number,)
        )
        return tuple(rows.print_job(row) for row in found)

    def in_flight(self) -> tuple[Payment, ...]:
        """For the start."""
        return self._payments("WHERE closed = 0 AND (voucher = 'in_flight' OR journey = 'in_flight') ORDER BY id")

    def open_payments(self, limit: int) -> tuple[Payment, ...]:
        """Not closed, or with an open case; oldest first."""
        return self._payments(f"WHERE id IN {_OPEN} ORDER BY id LIMIT ?", (limit,))

    def count_open(self) -> int:
        """How many there are of those."""
        count: int = self._all(f"SELECT count(*) FROM {_OPEN}")[0][0]
        return count

    def due(self, mono_s: float, *, journeys: bool) -> tuple[Payment, ...]:
        """What is due at `mono_s` of this run, the longest due first."""
        where = f"WHERE due_session IS NOT NULL AND {_JOURNEYS[journeys]} AND (due_session <> ? OR due_mono_s <= ?)"
        return self._payments(f"{where} ORDER BY due_utc, id", (self._journal.session, mono_s))

    def next_due_mono_s(self, *, journeys: bool) -> float | None:
        """When the next thing is due in this run; -inf: at once."""
        found: float | None = self._all(
            "SELECT min(CASE WHEN due_session = ? THEN due_mono_s ELSE -9e999 END) FROM booking"
            f" WHERE due_session IS NOT NULL AND {_JOURNEYS[journeys]}",
            (self._journal.session,),
        )[0][0]
        return found
