"""Is this journal whole? Everything that can be checked without the issuer, for `quay journal verify` and support."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from pos.domain.audit import first_break
from pos.domain.booking_payment import reachable
from pos.domain.redemption import STATES
from pos.domain.sale import SALE_TABLE
from pos.journal import chain
from pos.journal.migrations import ALL, split

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
        first_break: the number of the first link that does not follow from the one before.
    """

    faults: tuple[str, ...]
    redemptions: int
    links: int
    last_hash: str
    first_break: int | None

    @property
    def whole(self) -> bool:
        """Nothing was found."""
        return not self.faults


def examine(connection: sqlite3.Connection) -> Verdict:
    """Read everything. Takes seconds with a million rows: for the report thread, within one read transaction.

    Raises:
        sqlite3.Error: a page could not be read at all.
    """
    connection.execute("BEGIN")
    try:
        broken = first_break(chain.rows(connection))
        seq, digest, _ = chain.read_tail(connection)
        faults = [*_pages(connection), *_schema(connection), *_rows(connection)]
        if broken is not None:
            faults.append(f"audit_chain:{broken}")
        count = connection.execute("SELECT count(*) FROM redemption").fetchone()[0]
    finally:
        connection.execute("COMMIT")
    return Verdict(tuple(faults), count, seq, digest.hex(), broken)


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
        if line != "ok":
            # The text names pages, tables and indexes, never a row's content.
            yield f"integrity:{line}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"foreign_key:{table}:{row}:{parent}"


def _schema(connection: sqlite3.Connection) -> Iterator[str]:
    """Whether every table, index and trigger stands word for word: a rule taken out shows."""
    with sqlite3.connect(":memory:", isolation_level=None) as model:
        for step in ALL:
            for statement in split(step.statements):
                model.execute(statement)
        wanted = _objects(model)
    model.close()
    found = _objects(connection)
    for name in sorted(wanted):
        if name not in found:
            yield f"missing:{name}"
        elif found[name] != wanted[name]:
            yield f"changed:{name}"


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
    for seq, facts in connection.execute("SELECT seq, facts FROM audit"):
        if not _is_json(facts):
            yield f"audit_facts:{seq}"


def _bookings(connection: sqlite3.Connection) -> Iterator[str]:
    legal = {(state.voucher.value, state.money.value, state.journey.value, int(state.closed)) for state in reachable()}
    for facts in connection.execute("SELECT DISTINCT voucher, money, journey, closed FROM booking"):
        if facts not in legal:
            yield f"booking_state:{':'.join(map(str, facts))}"
    for (row,) in connection.execute(_BOOKING_WITHOUT_OWNER):
        yield f"booking_without_owner:{row}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
