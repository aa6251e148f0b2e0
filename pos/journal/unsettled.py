"""What a journal says is not settled yet: one reading, for copies that are due, a newer program, and a removal.

Nothing here needs the vault: bill, last characters and amount stand in the open. A journal of an older schema is read
as it is; nothing is made, upgraded or checked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pos.journal.connection import connect
from pos.journal.failures import sorted_error

Why = Literal[
    "accepted_offline", "unknown", "in_flight", "unsent", "held", "taking_back", "recheck", "sale", "booking"
]  # fmt: skip

_VOUCHERS = """
    SELECT id, created_utc, bill_number, code_ending, amount_vnd, CASE
        WHEN outcome = 'unknown' THEN outcome
        WHEN outcome IN ('unsent', 'in_flight') THEN CASE given WHEN 1 THEN 'accepted_offline' ELSE outcome END
        WHEN id IN (SELECT redemption_id FROM outbox WHERE work = 'recheck') THEN 'recheck' ELSE 'held' END
    FROM redemption WHERE id IN (
        SELECT redemption_id FROM outbox
        UNION SELECT id FROM redemption WHERE outcome IN ('unsent', 'in_flight', 'unknown')
        UNION SELECT id FROM redemption WHERE hold IN ('reserving', 'unknown', 'held', 'releasing'))
    ORDER BY created_utc, id"""
_TAKING_BACK = """
    SELECT id, created_utc, bill_number, code_ending, amount_vnd, 'taking_back' FROM redemption
    WHERE taking_back = 'open' ORDER BY created_utc, id"""
_SALES = """
    SELECT id, created_utc, bill_number, substr(order_id, -4), price_vnd, 'sale' FROM sale WHERE closed = 0
    ORDER BY created_utc, id"""
_BOOKINGS = """
    SELECT id, created_utc, bill_number, substr(number, -4), price_vnd, 'booking' FROM booking WHERE closed = 0
    ORDER BY created_utc, id"""
_QUESTIONS = (("redemption", "id", _VOUCHERS), ("redemption", "taking_back", _TAKING_BACK),
              ("sale", "id", _SALES), ("booking", "id", _BOOKINGS))  # fmt: skip
"""Each with the table and column that its schema must have: a till not opened since an upgrade is read, too."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One voucher, sale or booking whose end is not known, or not yet told to the issuer.

    Args:
        created_utc: when it was first on disk, as the journal writes times.
        bill_number: ours.
        ending: the last four characters of the code, of the order's or of the booking's number.
        amount_vnd: of the voucher, or what the customer paid.
        why: what stands open. `accepted_offline`: its value was given; `recheck`: dropped as proven unused, and asked
            about once more when its day is over.
    """

    created_utc: str
    bill_number: str
    ending: str
    amount_vnd: int
    why: Why


def unsettled_at(path: Path) -> tuple[Unsettled, ...]:
    """Everything that is not settled; each oldest first: vouchers, those being taken back, sales, bookings.

    Args:
        path: a journal file that is there.

    Raises:
        JournalUnavailable, JournalDamaged: it cannot be read.
    """
    try:
        with closing(connect(path, writing=False)) as connection:
            return unsettled_in(connection)
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error


def unsettled_in(connection: sqlite3.Connection) -> tuple[Unsettled, ...]:
    """The same of a journal that is open. Raises `sqlite3.Error`."""
    found: dict[tuple[str, str], Unsettled] = {}
    for table, column, sql in _QUESTIONS:
        if connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchone():
            for key, *told in connection.execute(sql):
                found.setdefault((table, key), Unsettled(*told))
    return tuple(found.values())
