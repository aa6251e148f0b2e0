"""Reading the journal: each question costs the rows it is about, not the size of the journal."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from pos.domain.business_date import business_date, from_utc_text
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalError
from pos.journal import rows
from pos.journal.at_risk import AtRisk
from pos.journal.chain import read_tail
from pos.journal.failures import sorted_error
from pos.journal.write_tx import Core
from pos.till.ports import (
    Case,
    OpenTakeBack,
    OutboxRow,
    PrintJob,
    PrintState,
    Redemption,
    RememberedCheck,
    Risk,
    StoredBill,
    TakeBackStep,
)

_REDEMPTION = f"SELECT {rows.REDEMPTION_COLUMNS} FROM redemption"
# The words of the partial indexes of migrations/: SQLite uses such an index only for the same words.
_OPEN_HOLD = "hold IN ('reserving', 'unknown', 'held', 'releasing')"
_UNSHOWN = "(shown_utc IS NULL AND (outcome = 'used' OR (outcome = 'refused' AND sends > 0)))"
_ALIVE = (
    f"(outcome IN ('unsent', 'in_flight', 'unknown') OR (outcome = 'used' AND given = 0) OR {_OPEN_HOLD} OR {_UNSHOWN})"
)
_FROM_ALIVE = "FROM redemption INDEXED BY redemption_alive WHERE " + _ALIVE
_OPEN_BILL = (
    "(outcome = 'unknown' OR (outcome = 'unsent' AND given = 0)"
    f" OR (outcome = 'used' AND given = 0 AND taking_back IN ('no', 'refused') AND NOT {rows.LATE})"
    f" OR {_OPEN_HOLD} OR {_UNSHOWN})"
)
_RISK = (
    f"SELECT count(*), ifnull(sum(amount_vnd), 0), min(given_utc) {_FROM_ALIVE}"
    " AND given = 1 AND outcome IN ('unsent', 'in_flight', 'unknown')"
)
# Three seeks: within one outcome the index is sorted by time.
_OLDEST = "SELECT min(oldest) FROM ({})".format(
    " UNION ALL ".join(
        f"SELECT min(given_utc) AS oldest {_FROM_ALIVE} AND given = 1 AND outcome = '{outcome}'"
        for outcome in ("unsent", "in_flight", "unknown")
    )
)
_OF_THESE = "bill_number IN (SELECT value FROM json_each(?))"
_PAID = (
    f"SELECT bill_number, sum(amount_vnd) FROM redemption WHERE {_OF_THESE}"
    f" AND taking_back <> 'done' AND (given = 1 OR (outcome = 'used' AND NOT {rows.LATE})) GROUP BY bill_number"
    f" UNION ALL SELECT bill_number, price_vnd FROM sale WHERE {_OF_THESE}"
    f" UNION ALL SELECT bill_number, taken_vnd FROM booking WHERE {_OF_THESE} AND taken_vnd IS NOT NULL"
)
_CASES = f"SELECT {rows.CASE_COLUMNS} FROM cases c JOIN redemption r ON r.id = c.redemption_id"
# Each of them counts the entries of a partial index that holds the open ones only.
_OPEN_CASES = "SELECT {}".format(
    " + ".join(
        f"(SELECT count(*) FROM {table} WHERE closed_utc IS NULL)"
        for table in ("cases", "sale_case", "booking_case", "day_case")
    )
)
_OUTBOX = f"SELECT {rows.OUTBOX_COLUMNS} FROM outbox o JOIN redemption r ON r.id = o.redemption_id"
# In the order of the outbox's key, so that a long queue is neither sorted nor read beyond the limit.
_UNSETTLED = (
    f"SELECT {rows.OUTBOX_COLUMNS}, {rows.REDEMPTION_COLUMNS}"
    " FROM outbox o CROSS JOIN redemption ON redemption.id = o.redemption_id"
    " WHERE given = 1 AND outcome IN ('unsent', 'in_flight', 'unknown') ORDER BY o.redemption_id LIMIT ?"
)
_OPEN_TAKE_BACKS = (
    "SELECT r.id, r.bill_number, r.provider, t.manager, t.reason FROM redemption r INDEXED BY redemption_taking_back"
    " JOIN taken_back t ON t.redemption_id = r.id AND t.step = 'begun' WHERE r.taking_back = 'open' ORDER BY r.id"
)
_ROWS_KEPT = 256
_Answer = TypeVar("_Answer")


class Reads:
    """The reading half of the port `Journal`. Ids sort by time of making, so `ORDER BY id` is oldest first."""

    def __init__(self, core: Core, session: str) -> None:
        self._core = core
        self._session = session
        # Each look at a bill reads its rows anew, and most of them say what they said before: the same columns, the
        # same value, deciphered once. No more of them than one screen's lists show.
        self._redemption = lru_cache(maxsize=_ROWS_KEPT)(partial(rows.redemption, vault=core.vault))
        self._kept: dict[object, tuple[int, Any]] = {}

    @property
    def session(self) -> str:
        """Id of this run of the program."""
        return self._session

    def business_date(self, instant: datetime) -> date:
        """The date the shop counts this instant to, by its hour of change as set now."""
        return business_date(instant, self._core.change_hour())

    @property
    def revision(self) -> int:
        """Another number whenever a transaction of this program may have changed what lists and risk show."""
        return self._core.revision

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[rows.Row]:
        core = self._core
        current = core.current
        if current is not None and current.is_mine():
            current.flush()
        try:
            return core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error

    def _one(self, sql: str, values: tuple[Any, ...] = ()) -> rows.Row | None:
        found = self._all(sql, values)
        return found[0] if found else None

    def _redemptions(self, where: str, values: tuple[Any, ...] = ()) -> tuple[Redemption, ...]:
        return tuple(map(self._redemption, self._all(f"{_REDEMPTION} {where}", values)))

    def _unless_known(self, question: object, read: Callable[[], _Answer]) -> _Answer:
        """Ask again only after the journal has changed: the loops ask all day what waits, and mostly nothing does."""
        core = self._core
        if not core.connections.writing or core.current is not None:  # another process's rows; our own half-done ones
            return read()
        revision = core.revision  # before reading: a commit in between must lead to another reading
        kept = self._kept.get(question)
        if kept is None or kept[0] != revision:
            kept = self._kept[question] = revision, read()
        answer: _Answer = kept[1]
        return answer

    def has_sales(self) -> bool:
        """Whether a code was ever sold here."""
        return bool(self._all("SELECT 1 FROM sale LIMIT 1"))

    def has_bookings(self) -> bool:
        """Whether a booking was ever paid here."""
        return bool(self._all("SELECT 1 FROM booking LIMIT 1"))

    def bill(self, number: str) -> StoredBill | None:
        """The bill of that number, if it was ever written."""
        row = self._one(f"SELECT {rows.BILL_COLUMNS} FROM bill WHERE number = ?", (number,))
        return None if row is None else rows.bill(row)

    def redemption(self, redemption_id: str) -> Redemption:
        """One row. Raises `JournalError("journal.no_such_row")`."""
        found = self._redemptions("WHERE id = ?", (redemption_id,))
        if not found:
            raise JournalError("journal.no_such_row")
        return found[0]

    def redemptions_of(self, bill_number: str) -> tuple[Redemption, ...]:
        """In the order of their positions."""
        return self._redemptions("WHERE bill_number = ? ORDER BY position, id", (bill_number,))

    def redemptions_by_bill(self, bill_numbers: Sequence[str]) -> dict[str, tuple[Redemption, ...]]:
        """The rows of these bills, each bill's in the order of their positions."""
        by_bill: dict[str, list[Redemption]] = {}
        for row in self._redemptions(f"WHERE {_OF_THESE} ORDER BY position, id", (json.dumps(bill_numbers),)):
            by_bill.setdefault(row.bill_number, []).append(row)
        return {number: tuple(found) for number, found in by_bill.items()}

    def paid_vnd(self, bill_numbers: Sequence[str]) -> dict[str, int]:
        """What vouchers took off each of these bills: given, or used and about to be given; not what took effect too
        late. Of a sale its price, of a booking what was taken. A bill of which that is nothing may be missing.
        """
        return dict(self._all(_PAID, (json.dumps(bill_numbers),) * 3))

    def standing(self, provider: str, code: VoucherCode) -> Redemption | None:
        """The row that keeps this code from being taken again, if there is one."""
        code_hash = self._core.vault.lookup(provider, code.reveal())
        found = self._redemptions(f"WHERE code_hash = ? AND provider = ? AND {rows.STANDS}", (code_hash, provider))
        return found[0] if found else None

    def last_check(self, provider: str, code: VoucherCode) -> RememberedCheck | None:
        """What the last online check of this code said, if there was one."""
        row = self._one(
            "SELECT at_utc, session, mono_s, worth_vnd, reason FROM last_check WHERE provider = ? AND code_hash = ?",
            (provider, self._core.vault.lookup(provider, code.reveal())),
        )
        if row is None:
            return None
        return RememberedCheck(from_utc_text(row[0]), row[1], row[2], row[3], rows.reason(row[4]))

    def risk(self) -> Risk:
        """Count, sum and age of what is AT_RISK."""
        core = self._core
        with core.lock:
            if (
                not core.connections.writing or core.current is not None
            ):  # another process's rows; our own half-done ones
                return _as_risk(AtRisk(*self._all(_RISK)[0]))
            if core.at_risk is None:
                core.at_risk = AtRisk(*self._all(_RISK)[0])
            elif not core.at_risk.oldest_known:
                core.at_risk = replace(core.at_risk, oldest=self._all(_OLDEST)[0][0], oldest_known=True)
            return _as_risk(core.at_risk)

    def outbox(self, limit: int = 1000) -> tuple[OutboxRow, ...]:
        """Oldest first, quarantined rows included."""

        def read() -> tuple[OutboxRow, ...]:
            found = self._all(f"{_OUTBOX} ORDER BY o.redemption_id LIMIT ?", (limit,))
            return tuple(rows.outbox(row) for row in found)

        return self._unless_known(("outbox", limit), read)

    def unsettled(self, limit: int) -> tuple[tuple[OutboxRow, Redemption], ...]:
        """The outbox rows whose value was given (AT_RISK), oldest first, each with its redemption."""
        columns = rows.OUTBOX_COLUMNS.count(",") + 1
        found = self._all(_UNSETTLED, (limit,))
        return tuple((rows.outbox(row[:columns]), self._redemption(row[columns:])) for row in found)

    def outbox_of(self, bill_number: str) -> tuple[OutboxRow, ...]:
        """The outbox rows of one bill."""
        return tuple(rows.outbox(row) for row in self._all(f"{_OUTBOX} WHERE r.bill_number = ?", (bill_number,)))

    def open_holds(self) -> tuple[Redemption, ...]:
        """Rows whose hold is in OPEN_HOLDS, oldest first."""
        ids = self._all(f"SELECT id {_FROM_ALIVE} AND {_OPEN_HOLD}")
        return tuple(self.redemption(row[0]) for row in sorted(ids))

    def in_flight(self) -> tuple[Redemption, ...]:
        """Rows whose outcome is IN_FLIGHT or whose hold is RESERVING or RELEASING."""
        ids = self._all(f"SELECT id {_FROM_ALIVE} AND (outcome = 'in_flight' OR hold IN ('reserving', 'releasing'))")
        return tuple(self.redemption(row[0]) for row in sorted(ids))

    def open_bills(self) -> tuple[str, ...]:
        """Bill numbers that somebody still has to look at, oldest first."""
        return self._bills_where(_OPEN_BILL)

    def unshown(self) -> tuple[str, ...]:
        """Bill numbers with a verdict that was never painted, oldest first."""
        return self._bills_where(_UNSHOWN)

    def _bills_where(self, condition: str) -> tuple[str, ...]:
        found = self._all(f"SELECT id, bill_number {_FROM_ALIVE} AND {condition}")
        return tuple(dict.fromkeys(row[1] for row in sorted(found)))

    def bill_numbers(self, *, limit: int = 200, with_vouchers: bool = False) -> tuple[str, ...]:
        """Newest first."""
        where = "WHERE EXISTS (SELECT 1 FROM redemption WHERE bill_number = bill.number)" if with_vouchers else ""
        return tuple(
            row[0] for row in self._all(f"SELECT number FROM bill {where} ORDER BY seq DESC LIMIT ?", (limit,))
        )

    def cases(self, *, only_open: bool = True) -> tuple[Case, ...]:
        """Oldest first."""
        where = "WHERE c.closed_utc IS NULL" if only_open else ""
        return tuple(rows.case(row) for row in self._all(f"{_CASES} {where} ORDER BY c.id"))

    def cases_of(self, bill_number: str) -> tuple[Case, ...]:
        """All cases of a bill, open and closed, oldest first."""
        found = self._all(f"{_CASES} WHERE r.bill_number = ? ORDER BY c.id", (bill_number,))
        return tuple(rows.case(row) for row in found)

    def count_open_cases(self) -> int:
        """How many cases are open: of redemptions, sales, bookings and closed days."""
        count: int = self._all(_OPEN_CASES)[0][0]
        return count

    def decided(self, redemption_id: str) -> bool | None:
        """Whether a manager accepted (true) or rejected an undecidable row; None: nobody decided."""
        row = self._one("SELECT accepted FROM decision WHERE redemption_id = ?", (redemption_id,))
        return None if row is None else bool(row[0])

    def take_back_steps(self, redemption_id: str) -> frozenset[TakeBackStep]:
        """How far taking this redemption back has come; empty: nobody wanted it."""
        found = self._all("SELECT step FROM taken_back WHERE redemption_id = ?", (redemption_id,))
        return frozenset(TakeBackStep(row[0]) for row in found)

    def open_take_backs(self) -> tuple[OpenTakeBack, ...]:
        """Begun and not ended, oldest redemption first."""
        return self._unless_known(
            "take_backs", lambda: tuple(OpenTakeBack(*row) for row in self._all(_OPEN_TAKE_BACKS))
        )

    def print_jobs(self, *, states: Sequence[PrintState]) -> tuple[PrintJob, ...]:
        """Oldest first. Jobs that wait, are begun or doubtful are found by an index, the others by reading all."""
        marks = ", ".join("?" * len(states))
        waiting = set(states) <= {PrintState.PENDING, PrintState.PRINTING, PrintState.DOUBTFUL}
        index = "INDEXED BY print_job_waiting" if waiting else ""
        held = "AND state IN ('pending', 'printing', 'doubtful')" if waiting else ""
        values = tuple(state.value for state in states)

        def read() -> tuple[PrintJob, ...]:
            found = self._all(
                f"SELECT {rows.PRINT_COLUMNS} FROM print_job {index} WHERE state IN ({marks}) {held} ORDER BY id",
                values,
            )
            return tuple(rows.print_job(row) for row in found)

        return self._unless_known(("print_jobs", values), read)

    def chain_end(self) -> tuple[int, str]:
        """Number and hash (hex) of the audit chain's last link."""
        core = self._core
        try:
            links, digest, _ = core.tail or read_tail(core.connections.get())
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return links, digest.hex()

    def chain_hash(self, link: int) -> str | None:
        """The hash (hex) of the audit chain's link of this number; None: there is none."""
        core = self._core
        try:
            row = core.connections.get().execute("SELECT hash FROM audit WHERE seq = ?", (link,)).fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return None if row is None else row[0].hex()

    def chain_has(self, kind: str) -> bool:
        """Whether any link begins with a change of this kind. Reads the whole chain."""
        core = self._core
        try:
            row = core.connections.get().execute("SELECT 1 FROM audit WHERE kind = ? LIMIT 1", (kind,)).fetchone()
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return row is not None

    def latest_record_utc(self) -> datetime | None:
        """The latest time any row carries; every change is in the audit chain, whose rows keep the highest."""
        core = self._core
        try:
            latest = read_tail(core.connections.get())[2]
        except sqlite3.Error as error:
            raise sorted_error(error, core.path) from error
        return from_utc_text(latest) if latest else None


def _as_risk(risk: AtRisk) -> Risk:
    return Risk(risk.count, risk.sum_vnd, rows.instant(risk.oldest))
