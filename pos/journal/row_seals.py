"""Every row that a transaction wrote is sealed in its link of the audit chain: a row changed behind the program's back
no longer fits the last link that speaks of it.

Triggers in the writing connection's own temporary schema note which rows were written, whoever wrote them, so that no
use case can forget one. Right before the commit each is read once more and its seal goes into the link, as the change
`rows`: `{"<table>/<key>": "<seal>"}`, with a `+` before the seal where the row was put in.

A seal is 11 characters of BLAKE2b over all proven columns, and one more a column, which tells the column that was
changed (63 times of 64). `PROVEN` is frozen with the chains written by it: a later schema's columns get an entry of
their own.

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
_CASE = "opened_utc closed_utc closed_by closure owner"

PROVEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    table: (tuple(key.split()), tuple(f"{key} {columns}".split()))
    for table, key, columns in (
        ("bill", "number", "seq total_vnd skus created_utc business_date cashier slips"),
        (
            "redemption",
            "id",
            "bill_number position provider code_sealed code_hash code_ending outcome given given_utc hold reserving"
            " worth_vnd amount_vnd lost_vnd declared skus reason detail transaction_id created_utc business_date"
            " cashier sent_utc sent_session sent_mono_s sent_issuer_utc sends answered proven_unused shown_utc"
            " taking_back",
        ),
        ("attempt", "redemption_id call_id", "operation at_utc session mono_s issuer_utc"),
        ("answer", "call_id nth", "at_utc result answered http_status failure issuer_utc offset_s raw"),
        ("cases", "id", f"redemption_id kind amount_vnd reason {_CASE}"),
        ("decision", "redemption_id", "accepted manager reason at_utc"),
        ("taken_back", "redemption_id step", "call_id manager reason at_utc"),
        ("print_job", "id", "bill_number copy state created_utc tries note"),
        ("person", "id", "name role pin_hash active created_utc"),
        (
            "sale",
            "id",
            "bill_number seller order_id product_code product_name supplier quantity face_vnd price_vnd outcome closed"
            " closed_utc sent_utc sent_session sent_mono_s sent_issuer_utc sends unclear_sends confirming incomplete"
            " unreadable reason reason_code transaction_id charged_vnd created_utc business_date cashier phone_sealed",
        ),
        ("sale_code", "sale_id position", "sealed serial face_vnd expires vendor at_utc"),
        ("sale_attempt", "sale_id call_id", "operation at_utc session mono_s issuer_utc"),
        ("sale_case", "id", f"sale_id kind {_CASE}"),
        ("code_showing", "id", "sale_id at_utc who how approved_by reason job_id"),
        (
            "booking",
            "id",
            "bill_number issuer number product title starts price_vnd applied_vnd deadline_utc transaction_id voucher"
            " money journey closed closed_utc code_sealed tracking_sealed code_hash code_ending discount_vnd redeems"
            " redeemed_utc redeemed_session redeemed_mono_s redeemed_issuer_utc signed_vnd taken_vnd commits"
            " unclear_commits committed_utc committed_session committed_mono_s committed_issuer_utc word can_resend"
            " payment_status issue_status payment_ref passenger_ref tickets held_utc ticket_copy created_utc"
            " business_date cashier",
        ),
        ("booking_attempt", "booking_id call_id", "operation at_utc session mono_s issuer_utc"),
        ("booking_step", "id", "booking_id at_utc kind who word amount_vnd"),
        ("booking_case", "id", f"booking_id kind {_CASE}"),
        ("saved_filter", "name", "query saved_by saved_utc"),
        (
            "shift",
            "id",
            "business_date opened_utc opened_by after_bill_seq closed_utc closed_by handed_to last_bill_seq",
        ),
        (
            "day_close",
            "business_date",
            "number closed_utc closed_by after_bill_seq last_bill_seq audit_seq report",
        ),
        ("paper_count", "id", "business_date issuer expected counted counted_by at_utc"),
        (
            "day_case",
            "id",
            f"kind business_date ref issuer bill_number ending amount_vnd reason {_CASE}",
        ),
        ("statement_layout", "issuer", "layout saved_by saved_utc"),
        (
            "statement_check",
            "id",
            "issuer file_name file_sha256 first_date last_date lines matched missing_here missing_there amount_differs"
            " unreadable checked_by checked_utc",
        ),
        (
            "statement_difference",
            "check_id position",
            "kind line redemption_id reference theirs_vnd ours_vnd note",
        ),
    )
}
"""Key and proven columns (key first) by table."""

MAY_GO = frozenset({"saved_filter"})
"""Tables whose rows a person may take out; the chain holds a seal of "" for one that went."""

_READ = {
    table: f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}"
    for table, (key, columns) in PROVEN.items()
}


def watch(connection: sqlite3.Connection) -> None:
    """Note from now on which rows this connection writes. Once a connection, outside a transaction."""
    statements = ["CREATE TEMP TABLE written (mark TEXT, name TEXT, key TEXT)"]
    for table, (key, columns) in PROVEN.items():
        names = " || '/' || ".join(f"NEW.{name}" for name in key)
        for mark, when in (("+", "INSERT"), ("", f"UPDATE OF {', '.join(columns)}")):
            statements.append(
                f"CREATE TEMP TRIGGER seal_{table}_{'new' if mark else 'changed'} AFTER {when} ON main.{table}"
                f" BEGIN INSERT INTO written VALUES ('{mark}', '{table}', {names}); END"
            )
    statements += [
        f"CREATE TEMP TRIGGER seal_{table}_gone AFTER DELETE ON main.{table}"
        f" BEGIN INSERT INTO written VALUES ('', '{table}', OLD.{PROVEN[table][0][0]}); END"
        for table in sorted(MAY_GO)
    ]
    for statement in statements:
        connection.execute(statement)


def take(connection: sqlite3.Connection) -> dict[str, str]:
    """Seals of the rows written since the last call, by `table/key`; within the transaction that wrote them."""
    written = connection.execute("SELECT mark, name, key FROM written").fetchall()
    if not written:
        return {}
    connection.execute("DELETE FROM written")
    marks: dict[tuple[str, str], str] = {}
    for mark, table, key in written:
        marks[table, key] = marks.get((table, key), "") or mark
    return {f"{table}/{key}": mark + seal(read(connection, table, key)) for (table, key), mark in marks.items()}


def read(connection: sqlite3.Connection, table: str, key: str) -> tuple[Any, ...] | None:
    """The proven columns of a row as they stand now; None: there is no such row."""
    keys = key.split("/", len(PROVEN[table][0]) - 1) if len(PROVEN[table][0]) > 1 else (key,)
    row: tuple[Any, ...] | None = connection.execute(_READ[table], keys).fetchone()
    return row


def seal(row: tuple[Any, ...] | None) -> str:
    """The seal of these values; "" of a row that is gone."""
    if row is None:
        return ""
    parts = [repr(value).encode() for value in row]
    whole = urlsafe_b64encode(blake2b(b"\0".join(parts), digest_size=8).digest())[:_WHOLE].decode()
    return whole + "".join([_DIGITS[crc32(part) & 63] for part in parts])


def changed_columns(table: str, sealed: str, row: tuple[Any, ...]) -> tuple[str, ...]:
    """The columns in which a row differs from its seal; all of them where that cannot be told."""
    now, columns = seal(row), PROVEN[table][1]
    found = tuple(
        name for name, was, is_now in zip(columns, sealed[_WHOLE:], now[_WHOLE:], strict=False) if was != is_now
    )
    return found or columns
