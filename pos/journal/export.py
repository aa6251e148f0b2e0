"""Give the journal away readable: JSON lines or CSV, without keys, without whole codes.

Reading is done through sqlite-utils (imported here and not at start-up: it takes 35 to 90 ms), rows come one by one,
so that a million of them need no memory.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pos.domain.spreadsheet import harmless
from pos.umask import share

TABLES = {
    # Named columns only: whatever a later schema adds is exported when somebody has thought about it.
    "bill": "SELECT number, total_vnd, skus, created_utc, business_date, cashier FROM bill ORDER BY seq",
    "redemption": """
        SELECT id, bill_number, position, provider, code_ending AS ending, outcome, given, given_utc, hold, reserving,
               worth_vnd, amount_vnd, lost_vnd, declared, reason, detail, transaction_id, created_utc, business_date,
               cashier, sent_utc, sent_issuer_utc, sends, answered, proven_unused, shown_utc, taking_back
        FROM redemption ORDER BY id""",
    "attempt": """
        SELECT redemption_id, call_id, operation, at_utc, session, issuer_utc
        FROM attempt ORDER BY redemption_id, call_id""",
    "answer": """
        SELECT call_id, nth, at_utc, result, answered, http_status, failure, issuer_utc, offset_s, raw
        FROM answer ORDER BY call_id, nth""",
    "outbox": """
        SELECT redemption_id, work, unanswered, failures, due_utc, quarantine
        FROM outbox ORDER BY redemption_id""",
    "cases": """
        SELECT id, redemption_id, kind, opened_utc, amount_vnd, reason, owner, closed_utc, closed_by, closure
        FROM cases ORDER BY id""",
    "decision": "SELECT redemption_id, accepted, manager, reason, at_utc FROM decision ORDER BY redemption_id",
    "taken_back": """
        SELECT redemption_id, step, call_id, manager, reason, at_utc
        FROM taken_back ORDER BY redemption_id, at_utc, step""",
    "print_job": "SELECT id, bill_number, copy, state, created_utc, tries, note FROM print_job ORDER BY id",
    "sale": """
        SELECT id, bill_number, seller, order_id, product_code, product_name, supplier, quantity, face_vnd, price_vnd,
               outcome, closed, closed_utc, sent_utc, sent_issuer_utc, sends, unclear_sends, asks, not_found,
               confirming, incomplete, unreadable, reason, reason_code, transaction_id, charged_vnd, due_utc,
               created_utc, business_date, cashier, phone_sealed IS NOT NULL AS by_phone
        FROM sale ORDER BY id""",
    "sale_code": """
        SELECT sale_id, position, substr(serial, -4) AS serial_ending, face_vnd, expires, vendor, at_utc
        FROM sale_code ORDER BY sale_id, position""",
    "sale_attempt": """
        SELECT sale_id, call_id, operation, at_utc, session, issuer_utc FROM sale_attempt ORDER BY sale_id, call_id""",
    "sale_case": """
        SELECT id, sale_id, kind, opened_utc, owner, closed_utc, closed_by, closure FROM sale_case ORDER BY id""",
    "code_showing": """
        SELECT id, sale_id, at_utc, who, how, approved_by, reason, job_id FROM code_showing ORDER BY id""",
    "booking": """
        SELECT id, bill_number, issuer, number, product, price_vnd, applied_vnd, deadline_utc, transaction_id, voucher,
               money, journey, closed, closed_utc, code_ending AS ending, discount_vnd, redeems, redeemed_utc,
               signed_vnd, taken_vnd, commits, unclear_commits, committed_utc, polls, word, payment_status,
               issue_status, payment_ref, held_utc, due_utc, created_utc, business_date, cashier
        FROM booking ORDER BY id""",
    "booking_attempt": """
        SELECT booking_id, call_id, operation, at_utc, session, issuer_utc
        FROM booking_attempt ORDER BY booking_id, call_id""",
    "booking_step": "SELECT id, booking_id, at_utc, kind, who, word, amount_vnd FROM booking_step ORDER BY id",
    "booking_case": """
        SELECT id, booking_id, kind, opened_utc, owner, closed_utc, closed_by, closure FROM booking_case ORDER BY id""",
    "shift": """
        SELECT id, business_date, opened_utc, opened_by, after_bill_seq, closed_utc, closed_by, handed_to, last_bill_seq
        FROM shift ORDER BY id""",
    "day_close": """
        SELECT number, business_date, closed_utc, closed_by, after_bill_seq, last_bill_seq, audit_seq, report
        FROM day_close ORDER BY number""",
    "paper_count": """
        SELECT id, business_date, issuer, expected, counted, counted_by, at_utc FROM paper_count ORDER BY id""",
    "day_case": """
        SELECT id, kind, business_date, ref, issuer, bill_number, ending, amount_vnd, reason, opened_utc, owner,
               closed_utc, closed_by, closure
        FROM day_case ORDER BY id""",
    "person": "SELECT id, name, role, active, created_utc FROM person ORDER BY name",
    "audit": "SELECT seq, at_utc, kind, ref, actor, facts, hex(hash) AS hash FROM audit ORDER BY seq",
}
"""What is exported. `answer.raw` was masked before it was stored."""


def rows(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one of `TABLES`, oldest first."""
    import sqlite_utils

    yield from sqlite_utils.Database(connection).query(TABLES[table])


def write_json_lines(connection: sqlite3.Connection, out: IO[str]) -> int:
    """Every row as one JSON object a line, each with its `table`; one moment's view. Returns the count."""
    count = 0
    with _Snapshot(connection):
        for table in TABLES:
            for row in rows(connection, table):
                out.write(json.dumps({"table": table, **row}, ensure_ascii=False) + "\n")
                count += 1
    return count


def write_csv(connection: sqlite3.Connection, folder: Path) -> int:
    """One CSV file a table in `folder` (made if missing; UTF-8 with a mark, so that Excel reads it). Returns the count.

    Text that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with _Snapshot(connection):
        for table in TABLES:
            with open_export(folder / f"{table}.csv", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                for number, row in enumerate(rows(connection, table)):
                    if number == 0:
                        writer.writerow(row)
                    writer.writerow([_harmless(value) for value in row.values()])
                    count += 1
    return count


STDOUT = Path("/dev/stdout")
"""Means the program's own output, on systems without that file too."""


def open_export(path: Path, *, encoding: str = "utf-8", newline: str | None = None) -> IO[str]:
    """The file, empty, to hand on as the shop shares files.

    Raises:
        OSError: also where a link stands at the place: in a folder that others may write to it could lead anywhere.
    """
    if path == STDOUT:  # a link on most systems, and none that anybody laid there
        return os.fdopen(os.dup(1), "w", encoding=encoding, newline=newline)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o666)
    share(descriptor)
    return os.fdopen(descriptor, "w", encoding=encoding, newline=newline)


def _harmless(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value


class _Snapshot:
    """One read transaction: sales go on meanwhile, the export does not see them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("COMMIT")
