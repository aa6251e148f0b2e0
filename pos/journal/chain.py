"""Append to the audit chain: changes are gathered during a transaction and linked just before its commit."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

from pos.domain.audit import GENESIS, AuditRow, AuditValue
from pos.journal import row_seals

INSERT = "INSERT INTO audit (seq, at_utc, kind, ref, actor, facts, hash, high_utc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_WORDS = {None: "null", True: "true", False: "false"}
_quoted = json.encoder.encode_basestring

Tail = tuple[int, bytes, str]
"""Number, hash and latest time of the chain's last row."""
Link = tuple[int, str, str, str, str, str, bytes, str | None]
"""A link as it stands in the table: number, time text, kind, ref, actor, facts, hash, and latest time if another."""


@lru_cache(maxsize=256)
def _layout(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"{_quoted(name)}:") for name in sorted(names))


def facts_text(facts: dict[str, AuditValue]) -> str:
    """What `pos.domain.audit.canonical` gives, three times faster: this runs four times in a counter's commit."""
    parts = []
    for name, label in _layout(tuple(facts)):
        value = facts[name]
        if isinstance(value, str):
            parts.append(label + _quoted(value))
        elif value is None or value is True or value is False:
            parts.append(label + _WORDS[value])
        else:
            parts.append(f"{label}{value}")
    return f"{{{','.join(parts)}}}"


def read_tail(connection: sqlite3.Connection) -> Tail:
    """The end of the chain as it stands on disk."""
    row = connection.execute(
        "SELECT seq, hash, ifnull(high_utc, at_utc) FROM audit ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return (row[0], row[1], row[2]) if row else (0, bytes.fromhex(GENESIS), "")


def rows(connection: sqlite3.Connection) -> Iterator[AuditRow]:
    """The whole chain in order, for checking and export."""
    for seq, at_utc, kind, ref, actor, facts, digest in connection.execute(
        "SELECT seq, at_utc, kind, ref, actor, facts, hash FROM audit ORDER BY seq"
    ):
        yield AuditRow(seq, at_utc, kind, ref, actor, facts, digest.hex())


class ChainEnd:
    """What one transaction adds to the chain: one link whose facts list every change in order.

    One link and not one a change: a counter's commit makes four changes, and links are most of what it costs beyond
    the disk. `kind` and `ref` are those of the first change.

    Args:
        tail: where the chain ends now.
        at_utc: time text of the transaction.
        actor: who acts.
    """

    __slots__ = ("_actor", "_at_utc", "_changes", "_first", "link", "tail")

    def __init__(self, tail: Tail, at_utc: str, actor: str) -> None:
        self.tail = tail
        self._at_utc = at_utc
        self._actor = actor
        self._first = ("", "")
        self._changes: list[str] = []
        self.link: Link | None = None
        """The link that `flush` wrote, every column of it."""

    def add(self, kind: str, ref: str, facts: dict[str, AuditValue]) -> None:
        """Note one change."""
        if not self._changes:
            self._first = (kind, ref)
        self._changes.append(f'{{"facts":{facts_text(facts)},"kind":{_quoted(kind)},"ref":{_quoted(ref)}}}')

    def _add_seals(self, seals: dict[str, str]) -> None:
        if not self._changes:
            self._first = (row_seals.KIND, "")
        facts = ",".join([f'{_quoted(row)}:"{seals[row]}"' for row in sorted(seals)])
        self._changes.append(f'{{"facts":{{{facts}}},"kind":"{row_seals.KIND}","ref":""}}')

    def flush(
        self,
        connection: sqlite3.Connection,
        images: list[row_seals.Image] | None = None,
        seals: dict[str, str] | None = None,
    ) -> None:
        """Write the link, with the seals of all rows that were written: last before the commit.

        Args:
            connection: in the transaction.
            images: gets every row that was written, for the second log.
            seals: of the rows, by `table/key`, where the connection does not note what it writes.

        An `IntegrityError` on `audit.seq` means that somebody else wrote meanwhile.
        """
        seals = row_seals.take(connection, images) if seals is None else seals
        if seals:
            self._add_seals(seals)
        if not self._changes:
            return
        (last, previous, high_utc), (kind, ref), at_utc = self.tail, self._first, self._at_utc
        seq, facts = last + 1, f"[{','.join(self._changes)}]"
        # The bytes of `pos.domain.audit.link_hash`, put together at once.
        parts = [previous]
        for field in (str(seq), at_utc, kind, ref, self._actor, facts):
            raw = field.encode()
            parts.append(len(raw).to_bytes(4, "big") + raw)
        link = hashlib.sha256(b"".join(parts)).digest()
        high = high_utc if at_utc < high_utc else None
        self.link = (seq, at_utc, kind, ref, self._actor, facts, link, high)
        connection.execute(INSERT, self.link)
        self.tail = (seq, link, high or at_utc)
        self._changes = []
