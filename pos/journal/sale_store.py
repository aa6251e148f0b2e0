"""Reading sales, and the way into a transaction: the port `SaleJournal` on the journal's file."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import sqlite3
from typing import Any

from pos.domain.sale import SealedCode
from pos.journal import rows, sale_rows
from pos.journal.failures import sorted_error
from pos.journal.sale_writes import SqliteSaleWrites
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.till.ports import Journal, JournalTx, PrintJob
from pos.till.selling.ports import ProductList, Sale, SaleCase, Showing

_SALE = f"SELECT {sale_rows.SALE_COLUMNS} FROM sale"
_OPEN = (
    "(SELECT id FROM sale WHERE closed = 0 UNION SELECT sale_id FROM sale_case WHERE closed_utc IS NULL"
    " UNION SELECT s.id FROM print_job p JOIN sale s ON s.bill_number = p.bill_number"
    " WHERE p.state IN ('pending', 'printing', 'doubtful'))"
)
_NEXT = """
SELECT min(CASE WHEN due_session = ? THEN due_mono_s ELSE -9e999 END) FROM sale WHERE due_session IS NOT NULL
"""

_NEXT_AFTER = """
SELECT min(due_mono_s) FROM sale WHERE due_session IS NOT NULL AND due_session = ? AND due_mono_s > ?
"""


class SaleStore:
    """Sales in a journal. Threads as the journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self._core = journal.core

    @property
    def journal(self) -> Journal:
        """The journal whose transactions these sales are written in."""
        return self._journal

    def writes(self, tx: JournalTx) -> SqliteSaleWrites:
        """The sales' half of a transaction."""
        if not isinstance(tx, SqliteTx):
            raise TypeError("not a transaction of this journal")
        return SqliteSaleWrites(tx, self._core.vault, tx.actor)

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[rows.Row]:
        try:
            return self._core.connections.get().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    def _sales(self, where: str, values: tuple[Any, ...] = ()) -> tuple[Sale, ...]:
        return tuple(sale_rows.sale(row, self._core.vault) for row in self._all(f"{_SALE} {where}", values))

    def sale(self, sale_id: str) -> Sale | None:
        """One sale, if it was ever written."""
        return next(iter(self._sales("WHERE id = ?", (sale_id,))), None)

    def sale_of(self, bill_number: str) -> Sale | None:
        """The sale of this bill, if it is one's."""
        return next(iter(self._sales("WHERE bill_number = ?", (bill_number,))), None)

    def codes(self, sale_id: str) -> tuple[SealedCode, ...]:
        """Its bought codes in the order they came."""
        found = self._all(
            f"SELECT {sale_rows.CODE_COLUMNS} FROM sale_code WHERE sale_id = ? ORDER BY position", (sale_id,)
        )
        return tuple(sale_rows.code(row, sale_id, self._core.vault) for row in found)

    def cases(self, sale_id: str) -> tuple[SaleCase, ...]:
        """Open and closed, oldest first."""
        found = self._all(f"SELECT {sale_rows.CASE_COLUMNS} FROM sale_case WHERE sale_id = ? ORDER BY id", (sale_id,))
        return tuple(sale_rows.case(row) for row in found)

    def showings(self, sale_id: str) -> tuple[Showing, ...]:
        """Oldest first."""
        found = self._all(
            f"SELECT {sale_rows.SHOWING_COLUMNS} FROM code_showing WHERE sale_id = ? ORDER BY id", (sale_id,)
        )
        return tuple(sale_rows.showing(row) for row in found)

    def slips(self, bill_number: str) -> tuple[PrintJob, ...]:
        """All print jobs of a bill, oldest first."""
        found = self._all(
            f"SELECT {rows.PRINT_COLUMNS} FROM print_job WHERE bill_number = ? ORDER BY copy", (bill_number,)
        )
        return tuple(rows.print_job(row) for row in found)

    def in_flight(self) -> tuple[Sale, ...]:
        """For the start."""
        return self._sales("WHERE closed = 0 AND outcome = 'in_flight' ORDER BY id")

    def open_sales(self, limit: int) -> tuple[Sale, ...]:
        """Not closed, with an open case, or with a slip that is not on paper for sure; oldest first."""
        return self._sales(f"WHERE id IN {_OPEN} ORDER BY id LIMIT ?", (limit,))

    def count_open(self) -> int:
        """How many there are of those."""
        count: int = self._all(f"SELECT count(*) FROM {_OPEN}")[0][0]
        return count

    def due(self, mono_s: float, *, everything: bool = False) -> tuple[Sale, ...]:
        """What is due at `mono_s` of this run, oldest first."""
        if everything:
            return self._sales("WHERE due_session IS NOT NULL ORDER BY id")
        where = "WHERE due_session IS NOT NULL AND (due_session <> ? OR due_mono_s <= ?) ORDER BY id"
        return self._sales(where, (self._journal.session, mono_s))

    def next_due_mono_s(self, *, after_mono_s: float | None = None) -> float | None:
        """When the next thing is due in this run."""
        if after_mono_s is None:
            found: float | None = self._all(_NEXT, (self._journal.session,))[0][0]
        else:
            found = self._all(_NEXT_AFTER, (self._journal.session, after_mono_s))[0][0]
        return found

    def products(self, seller: str) -> ProductList | None:
        """The last good list, if there ever was one."""
        found = self._all(
            "SELECT seller, products, listed_utc, session, mono_s FROM product_list WHERE seller = ?", (seller,)
        )
        return sale_rows.product_list(found[0]) if found else None
