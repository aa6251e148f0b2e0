"""Every row that a transaction wrote is sealed in its link of the audit chain: a row changed behind the program's back
no longer fits the last link that speaks of it.

Triggers in the writing connection's own temporary schema note which rows were written, whoever wrote them, so that no
use case can forget one. Right before the commit each is read once more and its seal goes into the link, as the change
`rows`: `{"<table>/<key>": "<seal>"}`, with a `+` before the seal where the row was put in.

A seal is 11 characters of BLAKE2b over the columns, and one more a column, which tells the column that was changed (63
times of 64).

Not proven, because nothing of money or of a person's decision is in them: `outbox`, `last_check`, `meta`, `counter`,
`product_list`, `level`, the due times and counts of polls in `sale` and `booking`.
"""
# ruff: noqa: S608 – SQL is put together from this file's own constants; values are always bound

from __future__ import annotations

import sqlite3
from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any
from zlib import crc32

KIND = "rows"
"""The kind of the change that holds the seals."""
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_WHOLE = 11

KEYS: dict[str, tuple[str, ...]] = {
    table: tuple(key.split())
    for table, key in {
        "bill": "number",
        "redemption": "id",
        "attempt": "redemption_id call_id",
        "answer": "call_id nth",
        "cases": "id",
        "decision": "redemption_id",
        "taken_back": "redemption_id step",
        "print_job": "id",
        "person": "id",
        "sale": "id",
        "sale_code": "sale_id position",
        "sale_attempt": "sale_id call_id",
        "sale_case": "id",
        "code_showing": "id",
        "booking": "id",
        "booking_attempt": "booking_id call_id",
        "booking_step": "id",
        "booking_case": "id",
        "saved_filter": "name",
        "shift": "id",
        "day_close": "business_date",
        "paper_count": "id",
        "day_case": "id",
        "statement_layout": "issuer",
        "statement_check": "id",
        "statement_difference": "check_id position",
    }.items()
}
"""Every table whose rows are sealed, with its key."""

_CHOSEN = {
    "sale": "id, bill_number, seller, order_id, product_code, product_name, supplier, quantity, face_vnd, price_vnd,"
    " outcome, closed, closed_utc, sent_utc, sent_session, sent_mono_s, sent_issuer_utc, sends, unclear_sends,"
    " confirming, incomplete, unreadable, reason, reason_code, transaction_id, charged_vnd, created_utc,"
    " business_date, cashier, phone_sealed",
    "booking": "id, bill_number, issuer, number, product, title, starts, price_vnd, applied_vnd, deadline_utc,"
    " transaction_id, voucher, money, journey, closed, closed_utc, code_sealed, tracking_sealed, code_hash,"
    " code_ending, discount_vnd, redeems, redeemed_utc, redeemed_session, redeemed_mono_s, redeemed_issuer_utc,"
    " signed_vnd, taken_vnd, commits, unclear_commits, committed_utc, committed_session, committed_mono_s,"
    " committed_issuer_utc, word, can_resend, payment_status, issue_status, payment_ref, passenger_ref, tickets,"
    " held_utc, ticket_copy, created_utc, business_date, cashier",
}
"""Of these tables only so many columns; further ones are put at the end. Of all others every column, as they stand in
the table: a later schema puts its own behind them.
"""

MAY_GO = frozenset({"saved_filter"})
"""Tables whose rows a person may take out; the chain holds a seal of "" for one that went."""

UNSEALED = {"outbox": "redemption_id", "counter": "series", "meta": "name"}
"""Further tables, with their key, that a journal needs to go on with; the second log has their rows as well."""
_UNSEALED_MARK = "~"

_READ = {
    table: f"SELECT {_CHOSEN.get(table, '*')} FROM {table} WHERE {' AND '.join(f'{k} = ?' for k in key)}"
    for table, key in KEYS.items()
}
_READ_WHOLE = {
    table: f"SELECT * FROM {table} WHERE {' AND '.join(f'{k} = ?' for k in KEYS[table])}" for table in _CHOSEN
}
_READ_WHOLE |= {table: f"SELECT * FROM {table} WHERE {key} = ?" for table, key in UNSEALED.items()}

Image = tuple[str, str, tuple[Any, ...] | None]
"""Table, key and every column of a row as it stands; None: it was taken out."""


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The sealed columns of a table, in their order."""
    if table in _CHOSEN:
        return tuple(_CHOSEN[table].split(", "))
    return tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))


def watch(connection: sqlite3.Connection, *, unsealed: bool = False) -> None:
    """Note from now on which rows this connection writes; a second call changes nothing. Outside a transaction.

    Args:
        connection: that writes.
        unsealed: those that no link seals as well, for the second log.
    """
    statements = ["CREATE TEMP TABLE IF NOT EXISTS written (mark TEXT, name TEXT, key TEXT)"]
    for table, key in KEYS.items():
        names = " || '/' || ".join(f"NEW.{column}" for column in key)
        update = f"UPDATE OF {_CHOSEN[table]}" if table in _CHOSEN else "UPDATE"
        for mark, when in (("+", "INSERT"), ("", update)):
            name = f"seal_{table}_{'new' if mark else 'changed'}"
            statements.append(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {when} ON main.{table}"
                f" BEGIN INSERT INTO written VALUES ('{mark}', '{table}', {names}); END"
            )
    statements += [
        f"CREATE TEMP TRIGGER IF NOT EXISTS seal_{table}_gone AFTER DELETE ON main.{table}"
        f" BEGIN INSERT INTO written VALUES ('', '{table}', OLD.{KEYS[table][0]}); END"
        for table in sorted(MAY_GO)
    ]
    if unsealed:
        statements += _unsealed_triggers()
    for statement in statements:
        connection.execute(statement)


def _unsealed_triggers() -> list[str]:
    noted = [(table, key, when) for table, key in UNSEALED.items() for when in ("INSERT", "UPDATE")]
    noted += [(table, KEYS[table][0], "UPDATE") for table in _CHOSEN]  # of the columns that are not sealed as well
    noted += [("outbox", UNSEALED["outbox"], "DELETE")]
    return [
        f"CREATE TEMP TRIGGER IF NOT EXISTS log_{table}_{when} AFTER {when} ON main.{table}"
        f" BEGIN INSERT INTO written VALUES ('{_UNSEALED_MARK}', '{table}',"
        f" {'OLD' if when == 'DELETE' else 'NEW'}.{key}); END"
        for table, key, when in noted
    ]


def take(connection: sqlite3.Connection, images: list[Image] | None = None) -> dict[str, str]:
    """Seals of the rows written since the last call, by `table/key`; within the transaction that wrote them.

    Args:
        connection: watched.
        images: gets each of these rows as it stands, and those that no link seals where they are watched.
    """
    written = connection.execute("SELECT mark, name, key FROM written").fetchall()
    if not written:
        return {}
    connection.execute("DELETE FROM written")
    marks: dict[tuple[str, str], str | None] = {}
    for mark, table, key in written:
        known = marks.get((table, key))
        marks[table, key] = known if mark == _UNSEALED_MARK else known or mark
    seals: dict[str, str] = {}
    for (table, key), found in marks.items():
        row = None if found is None else read(connection, table, key)
        if found is not None:
            seals[f"{table}/{key}"] = found + seal(row)
        if images is not None:
            images.append((table, key, read_whole(connection, table, key) if table in _READ_WHOLE else row))
    return seals


def read_whole(connection: sqlite3.Connection, table: str, key: str) -> tuple[Any, ...] | None:
    """Every column of a row, those that are not sealed as well; None: there is no such row."""
    sql = _READ_WHOLE.get(table) or _READ[table]
    row: tuple[Any, ...] | None = connection.execute(sql, key_values(table, key)).fetchone()
    return row


def key_values(table: str, key: str) -> list[str]:
    """The values of a key, as text: SQLite turns a number's text into the number."""
    return [key] if table in UNSEALED else key.split("/", len(KEYS[table]) - 1)


def read(connection: sqlite3.Connection, table: str, key: str) -> tuple[Any, ...] | None:
    """The sealed columns of a row as they stand now; None: there is no such row."""
    row: tuple[Any, ...] | None = connection.execute(_READ[table], key.split("/", len(KEYS[table]) - 1)).fetchone()
    return row


def seal(row: tuple[Any, ...] | None) -> str:
    """The seal of these values; "" of a row that is gone."""
    if row is None:
        return ""
    parts = [repr(value).encode() for value in row]
    whole = urlsafe_b64encode(blake2b(b"\0".join(parts), digest_size=8).digest())[:_WHOLE].decode()
    return whole + "".join([_DIGITS[check & 63] for check in map(crc32, parts)])


def fits(row: tuple[Any, ...] | None, sealed: str) -> bool:
    """Whether the row is as it was sealed; columns that came to the table later are not the seal's business."""
    return seal(None if row is None else row[: len(sealed) - _WHOLE] if sealed else row) == sealed


def changed_columns(connection: sqlite3.Connection, table: str, sealed: str, row: tuple[Any, ...]) -> tuple[str, ...]:
    """The columns in which a row differs from its seal; all of them where that cannot be told."""
    known = columns(connection, table)[: len(sealed) - _WHOLE]
    now = seal(row)
    pairs = zip(known, sealed[_WHOLE:], now[_WHOLE:], strict=False)
    return tuple(name for name, was, is_now in pairs if was != is_now) or known
