"""Every sealed field and look-up hash of a journal, written anew under another key: in batches, each one transaction.

The till may die between any two batches. What has been done is not remembered row by row: the place in the table
stands in the same transaction as the batch, and doing a row twice does no harm, since a row opens under either key.

Nobody else may use the journal meanwhile. A code taken half-way would stand under a hash of the old key or of the new
one, and the rule that a voucher stands once could not see the other: that is worth real money, and a minute in which
the window is closed is not.

`last_check` goes: of a code that was only looked at nothing but its hash is kept, so there is nothing to hash anew. The
next customer's voucher is asked about again, which is the strict side of the offline rules.
"""
# ruff: noqa: S608 – SQL is put together from this module's own constants; values are always bound

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pos.domain.errors import JournalError, SecurityError
from pos.journal import booking_rows, rows, sale_rows
from pos.journal.connection import connect
from pos.journal.failures import sorted_error
from pos.journal.people_store import pin_place
from pos.journal.rows import FieldVault
from pos.journal.write_tx import Core, WriteTx

MARK = "key_rotation"
"""Row of `meta` that stands while the work is under way; the triggers of schema 7 look for it."""
KEY_CHECK = "key_check"
BATCH = 2_000
"""Rows in a transaction: a batch takes some tenths of a second, and its link in the chain stays small."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed columns of one table.

    Args:
        key: its primary key.
        places: by column (bytes, or their hex digits) what the text there is bound to, from the values of the key.
        hashed: the column with the keyed hash, the one with whose code it is, and the sealed one it is the hash of.
    """

    table: str
    key: tuple[str, ...]
    places: Mapping[str, Callable[..., str]]
    hashed: tuple[str, str, str] | None = None


TABLES = (
    Sealed("redemption", ("id",), {"code_sealed": rows.place_of}, ("code_hash", "provider", "code_sealed")),
    Sealed("sale", ("id",), {"phone_sealed": sale_rows.phone_place}),
    Sealed("sale_code", ("sale_id", "position"), {"sealed": sale_rows.code_place}),
    Sealed(
        "booking",
        ("id",),
        {"code_sealed": booking_rows.code_place, "tracking_sealed": booking_rows.tracking_place},
        ("code_hash", "issuer", "code_sealed"),
    ),
    Sealed("person", ("id",), {"pin_hash": pin_place}),
)
"""All there is: a test holds this list against the schema and against what a full shop writes."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was done. `unreadable`: fields that no key opened before and none opens now."""

    rows: int
    unreadable: int


def key_mark(path: Path) -> bytes | None:
    """The sealed mark by which a journal knows its key; None: there is no journal, or nothing of it can be read."""
    if not path.exists():
        return None
    try:
        with closing(connect(path, writing=False)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (KEY_CHECK,)).fetchone()
    except (sqlite3.Error, OSError, JournalError):
        return None
    return None if row is None else bytes(row[0])


def reseal(
    core: Core,
    *,
    actor: str,
    kind: str = "keys.changed",
    progress: Callable[[int, int], None] = lambda *_: None,
    batch: int = BATCH,
) -> Resealed:
    """Bring the whole journal under the first key of its vault; begins where an earlier run was cut off.

    Args:
        core: an open journal that nobody else uses; its vault opens under the keys of before as well.
        actor: who changed the key.
        kind: of the last link: what this was done for.
        progress: rows done, and rows in all.
        batch: rows in a transaction.

    Raises:
        JournalError: stopped where it was; the next call goes on.
    """
    total, target = _count(core), core.vault.lookup(MARK, "").hex()
    with WriteTx(core, actor) as tx:
        stood = tx.run("SELECT value FROM meta WHERE name = ?", (MARK,)).fetchone()
        at = _Place.read(stood[0] if stood else "", target)
        tx.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (MARK, at.text()))
        tx.run("DELETE FROM last_check")
    while at.table < len(TABLES):
        with WriteTx(core, actor) as tx:
            at = _batch(tx, core.vault, at, batch)
            tx.run("UPDATE meta SET value = ? WHERE name = ?", (at.text(), MARK))
        progress(at.rows, total)
    with WriteTx(core, actor) as tx:
        _texts(tx, core.vault)
        tx.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (KEY_CHECK, core.vault.seal("quay", KEY_CHECK)))
        tx.run("DELETE FROM meta WHERE name = ?", (MARK,))
        tx.note(kind, "", {"rows": at.rows, "unreadable": at.unreadable})
    return Resealed(at.rows, at.unreadable)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far it got, as it stands in the row `MARK`.

    Args:
        target: a mark of the new key. A copy of a journal whose key was being changed to another one than today's
            begins at its first row.
        table: number of the table.
        after: key of the last row that was done.
        rows, unreadable: so far.
    """

    target: str
    table: int = 0
    after: tuple[str | int, ...] = ()
    rows: int = 0
    unreadable: int = 0

    @staticmethod
    def read(text: str, target: str) -> _Place:
        try:
            place = _Place(**json.loads(text))
        except (ValueError, TypeError):
            return _Place(target)
        return replace(place, after=tuple(place.after)) if place.target == target else _Place(target)

    def text(self) -> str:
        return json.dumps(asdict(self))


def _batch(tx: WriteTx, vault: FieldVault, at: _Place, most: int) -> _Place:
    """One batch; returns how far it got."""
    sealed = TABLES[at.table]
    columns = [*sealed.key, *sealed.places, *([sealed.hashed[1]] if sealed.hashed else [])]
    keys = ", ".join(sealed.key)
    beyond = f"WHERE ({keys}) > ({', '.join('?' * len(at.after))})" if at.after else ""
    found = tx.run(
        f"SELECT {', '.join(columns)} FROM {sealed.table} {beyond} ORDER BY {keys} LIMIT {int(most)}", at.after
    ).fetchall()
    where = " AND ".join(f"{name} = ?" for name in sealed.key)
    written = unreadable = 0
    for row in found:
        key = row[: len(sealed.key)]
        changed, lost = _anew(vault, sealed, key, dict(zip(columns, row, strict=True)))
        unreadable += lost
        if changed:
            names = ", ".join(f"{name} = ?" for name in changed)
            tx.run(f"UPDATE {sealed.table} SET {names} WHERE {where}", (*changed.values(), *key))
            written += 1
    if written:
        tx.note("keys.resealed", sealed.table, {"rows": written})
    done = replace(at, rows=at.rows + written, unreadable=at.unreadable + unreadable)
    if len(found) < most:
        return replace(done, table=at.table + 1, after=())
    return replace(done, after=tuple(found[-1][: len(sealed.key)]))


def _texts(tx: WriteTx, vault: FieldVault) -> None:
    """Texts of the program's own that were kept sealed: hex, bound to the name they are kept under."""
    for name, text in tx.run("SELECT name, value FROM meta WHERE typeof(value) = 'text'").fetchall():
        with contextlib.suppress(ValueError, SecurityError):
            sealed = vault.seal(vault.open(bytes.fromhex(text), name), name).hex()
            tx.run("UPDATE meta SET value = ? WHERE name = ?", (sealed, name))


def _anew(
    vault: FieldVault, sealed: Sealed, key: Sequence[object], values: Mapping[str, object]
) -> tuple[dict[str, bytes | str], int]:
    """The columns of one row under the new key, and how many open under none."""
    changed: dict[str, bytes | str] = {}
    lost = 0
    for column, place in sealed.places.items():
        blob = values[column]
        if not isinstance(blob, bytes | str):
            continue
        try:
            text = vault.open(blob if isinstance(blob, bytes) else bytes.fromhex(blob), place(*key))
        except (SecurityError, ValueError):
            lost += 1  # damaged before: it stays as it is, and the rest does not wait for it
            continue
        anew = vault.seal(text, place(*key))
        changed[column] = anew if isinstance(blob, bytes) else anew.hex()
        if sealed.hashed is not None and sealed.hashed[2] == column:
            changed[sealed.hashed[0]] = vault.lookup(str(values[sealed.hashed[1]]), text)
    return changed, lost


def _count(core: Core) -> int:
    try:
        connection = core.connections.get()
        return sum(int(connection.execute(f"SELECT count(*) FROM {each.table}").fetchone()[0]) for each in TABLES)
    except sqlite3.Error as error:
        raise sorted_error(error, core.path) from error
