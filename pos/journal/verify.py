"""Is this journal whole? Everything that can be checked without the issuer, for `quay journal verify` and support."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pos.domain.audit import Break, BreakKind, RowFault
from pos.domain.booking_payment import reachable
from pos.domain.redemption import STATES
from pos.domain.sale import SALE_TABLE
from pos.journal.migrations import ALL, split
from pos.journal.row_seals import KEYS, columns
from pos.journal.verify_chain import ChainFound, closings_beyond, hash_of, walk
from pos.journal.verify_rows import RowsFound, prove

if TYPE_CHECKING:
    from pos.till.review.events import Running

_MOST = 20
_LEGAL = {(state.outcome.value, int(state.given)) for state in STATES}
_LEGAL_SALES = {
    (state.outcome.value, int(state.closed)) for pair in SALE_TABLE.items() for state in (pair[0][0], pair[1])
}
_AT_WORK = """
SELECT r.id FROM redemption r WHERE (r.outcome IN ('in_flight', 'unknown') OR (r.outcome = 'unsent' AND r.given = 1))
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.redemption_id = r.id) ORDER BY r.id LIMIT 20
"""
_SALE_WITHOUT_OWNER = """
SELECT s.id FROM sale s WHERE s.closed = 0 AND s.due_session IS NULL
AND NOT EXISTS (SELECT 1 FROM sale_case c WHERE c.sale_id = s.id AND c.closed_utc IS NULL) ORDER BY s.id LIMIT 20
"""
_BOOKING_WITHOUT_OWNER = """
SELECT b.id FROM booking b WHERE b.closed = 0 AND b.due_session IS NULL
AND NOT EXISTS (SELECT 1 FROM booking_case c WHERE c.booking_id = b.id AND c.closed_utc IS NULL) ORDER BY b.id LIMIT 20
"""
_LOSS_WITHOUT_CASE = """
SELECT r.id FROM redemption r WHERE r.outcome = 'refused' AND r.given = 1
AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.redemption_id = r.id AND c.kind = 'loss') ORDER BY r.id LIMIT 20
"""
_TAKEN_BACK_UNLIKE = """
SELECT r.id FROM redemption r WHERE (r.taking_back IN ('done', 'refused', 'by_hand') OR EXISTS (
    SELECT 1 FROM taken_back t WHERE t.redemption_id = r.id AND t.step IN ('done', 'refused', 'by_hand')))
AND NOT EXISTS (SELECT 1 FROM taken_back t WHERE t.redemption_id = r.id AND t.step = r.taking_back)
ORDER BY r.id LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `faults` are stable words with where; none of them holds a code or an amount.

    Args:
        links: length of the audit chain.
        last_hash: its end, as the closing slip prints it.
        since_utc, last_utc: time texts of its first and last link.
        breaks: the first places where it does not follow; `break_count` of them in all.
        row_faults: the first rows that are not as the chain says; `row_fault_count` of them in all.
        seals: row states that were held against the rows.
        sealed_from: the first link that seals its rows; what is older is proven by its link only.
        complete: False: nobody waited any more, and the rest was not looked at.
    """

    faults: tuple[str, ...]
    redemptions: int
    links: int
    last_hash: str
    since_utc: str
    last_utc: str
    breaks: tuple[Break, ...]
    break_count: int
    row_faults: tuple[RowFault, ...]
    row_fault_count: int
    seals: int
    sealed_from: int
    complete: bool = True

    @property
    def whole(self) -> bool:
        """Everything was looked at, and nothing was found."""
        return self.complete and not self.faults

    @property
    def first_break(self) -> int | None:
        """The number of the first link that does not follow from the one before."""
        return self.breaks[0].first if self.breaks else None


class Unhurried:
    """A run that nobody stops or watches."""

    def stopped(self) -> bool:
        """Never."""
        return False

    def progress(self, done: int, total: int) -> None:
        """Told to nobody."""


def examine(
    connection: sqlite3.Connection, running: Running | None = None, against: tuple[int, str] | None = None
) -> Verdict:
    """Read everything. Takes seconds with a million rows: for the report thread, within one read transaction.

    Args:
        connection: not in a transaction.
        running: progress and stop.
        against: number and hash (hex, or its beginning) of a link as a slip printed them.

    Raises:
        sqlite3.Error: a page could not be read at all.
    """
    running = running or Unhurried()
    connection.execute("BEGIN")
    try:
        found = walk(connection, running)
        _compare(connection, found, against)
        faults = [f"audit_chain:{found.breaks[0].first}"] if found.breaks else []
        rows, count = RowsFound(stopped=found.stopped), 0
        try:
            # A row whose last link cannot be read would be judged by an older one.
            if not found.stopped and not any(each.kind is BreakKind.UNREADABLE for each in found.breaks):
                rows = prove(connection, running, found.last)
            if not rows.stopped:
                faults = [*_pages(connection), *_schema(connection), *_rows(connection), *faults]
                count = connection.execute("SELECT count(*) FROM redemption").fetchone()[0]
        except sqlite3.DatabaseError:
            faults += _damage(connection)
        faults += [_row_fault(fault) for fault in rows.faults[:_MOST]]
    finally:
        with contextlib.suppress(sqlite3.Error):  # nothing was written; a damaged file may not even end a reading well
            connection.execute("ROLLBACK")
    return Verdict(
        tuple(faults),
        count,
        found.last,
        found.last_hash.hex(),
        found.since_utc,
        found.last_utc,
        tuple(found.breaks),
        found.count,
        tuple(rows.faults),
        rows.count,
        rows.seals,
        rows.first_link,
        complete=not (found.stopped or rows.stopped),
    )


def _compare(connection: sqlite3.Connection, found: ChainFound, against: tuple[int, str] | None) -> None:
    """With what a closing or a slip knows of the chain: only that shows a tail cut off, or a chain made anew."""
    if found.stopped:
        return
    for number in closings_beyond(connection, found.last):
        found.add(Break(BreakKind.CUT, found.last + 1, number, "", "", ""))
    if against is None:
        return
    number, printed = against
    stored = hash_of(connection, number)
    if number > found.last:
        found.add(Break(BreakKind.CUT, found.last + 1, number, "", "", ""))
    elif stored is None or not stored.hex().startswith(printed.lower()):
        found.add(Break(BreakKind.OTHER, number, number, "", "", ""))


def _row_fault(fault: RowFault) -> str:
    columns = ",".join(fault.columns)
    return f"row_{fault.kind}:{fault.table}:{fault.key}:{columns}:{fault.link}"


def _damage(connection: sqlite3.Connection) -> list[str]:
    """What cannot be read, by page as far as SQLite can tell, and by table."""
    faults = []
    with contextlib.suppress(sqlite3.DatabaseError):
        faults += list(_pages(connection))
    for table in (*KEYS, "audit"):
        last = "facts" if table == "audit" else columns(connection, table)[-1]
        try:
            connection.execute(f"SELECT sum(length(CAST({last} AS BLOB))) FROM {table}").fetchall()  # noqa: S608 - our names
        except sqlite3.DatabaseError:
            faults.append(f"unreadable:{table}")
    return faults


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
        if line != "ok":
            # The text names pages, tables and indexes, never a row's content.
            yield f"integrity:{line}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"foreign_key:{table}:{row}:{parent}"


def _schema(connection: sqlite3.Connection) -> Iterator[str]:
    """Whether every table, index and trigger stands word for word: a rule taken out shows."""
    wanted, found = _wanted(), _objects(connection)
    for name in sorted(wanted):
        if name not in found:
            yield f"missing:{name}"
        elif found[name] != wanted[name]:
            yield f"changed:{name}"


@cache
def _wanted() -> dict[str, str]:
    """Each object of the schema and its text, as a journal has them that is made today."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        for step in ALL:
            for statement in split(step.statements):
                model.execute(statement)
        return _objects(model)


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall())


def _rows(connection: sqlite3.Connection) -> Iterator[str]:
    for outcome, given in connection.execute("SELECT DISTINCT outcome, given FROM redemption"):
        if (outcome, given) not in _LEGAL:
            yield f"state:{outcome}:{given}"
    for (row,) in connection.execute(_AT_WORK):
        yield f"without_work:{row}"
    for (row,) in connection.execute(_LOSS_WITHOUT_CASE):
        yield f"loss_without_case:{row}"
    for (row,) in connection.execute(_TAKEN_BACK_UNLIKE):
        yield f"taken_back_unlike:{row}"
    for outcome, closed in connection.execute("SELECT DISTINCT outcome, closed FROM sale"):
        if (outcome, closed) not in _LEGAL_SALES:
            yield f"sale_state:{outcome}:{closed}"
    for (row,) in connection.execute(_SALE_WITHOUT_OWNER):
        yield f"sale_without_owner:{row}"
    yield from _bookings(connection)
    for (seq,) in connection.execute("SELECT seq FROM audit WHERE NOT json_valid(facts) LIMIT 20"):
        yield f"audit_facts:{seq}"


def _bookings(connection: sqlite3.Connection) -> Iterator[str]:
    legal = {(state.voucher.value, state.money.value, state.journey.value, int(state.closed)) for state in reachable()}
    for facts in connection.execute("SELECT DISTINCT voucher, money, journey, closed FROM booking"):
        if facts not in legal:
            yield f"booking_state:{':'.join(map(str, facts))}"
    for (row,) in connection.execute(_BOOKING_WITHOUT_OWNER):
        yield f"booking_without_owner:{row}"
