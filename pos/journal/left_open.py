"""What a journal says is not settled yet, read without its key: for whoever removes the program from this machine.

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

Why = Literal["accepted_offline", "unknown", "in_flight", "unsent", "held", "sale", "booking"]

_QUESTIONS = {
    # Only columns of the first schema: a till that was not opened since an upgrade is read, too.
    "redemption": """
        SELECT bill_number, code_ending, amount_vnd,
               CASE WHEN outcome = 'unknown' THEN outcome WHEN given = 1 AND outcome <> 'used' THEN 'accepted_offline'
                    WHEN outcome IN ('in_flight', 'unsent') THEN outcome ELSE 'held' END
        FROM redemption
        WHERE outcome IN ('unsent', 'in_flight', 'unknown') OR hold IN ('reserving', 'unknown', 'held', 'releasing')
        ORDER BY created_utc, id""",
    "sale": """
        SELECT bill_number, substr(order_id, -4), price_vnd, 'sale' FROM sale WHERE closed = 0 ORDER BY id""",
    "booking": """
        SELECT bill_number, substr(number, -4), price_vnd, 'booking' FROM booking WHERE closed = 0 ORDER BY id""",
}


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One voucher, sale or booking that is not settled.

    Args:
        bill_number: ours.
        ending: the last four characters of the code, of the order's or of the booking's number.
        amount_vnd: of the voucher, or what the customer paid.
        why: what stands open; `accepted_offline`: its value was given.
    """

    bill_number: str
    ending: str
    amount_vnd: int
    why: Why


def left_open(path: Path) -> tuple[LeftOpen, ...]:
    """Everything that is not settled, oldest first; vouchers, then sales, then bookings.

    Args:
        path: a journal file that is there.

    Raises:
        JournalUnavailable, JournalDamaged: it cannot be read.
    """
    try:
        with closing(connect(path, writing=False)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return tuple(
                LeftOpen(*row)
                for table, question in _QUESTIONS.items()
                if table in tables
                for row in connection.execute(question)
            )
    except sqlite3.Error as error:
        raise sorted_error(error, path) from error
