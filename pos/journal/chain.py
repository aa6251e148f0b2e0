"""Append to the audit chain: rows are gathered during a transaction and written just before its commit."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator

from pos.domain.audit import GENESIS, AuditRow, AuditValue

_INSERT = "INSERT INTO audit (seq, at_utc, kind, ref, actor, facts, hash, high_utc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_quoted = json.encoder.encode_basestring

Tail = tuple[int, bytes, str]
"""Number, hash and latest time of the chain's last row."""


def facts_text(facts: dict[str, AuditValue]) -> str:
    """What `pos.domain.audit.canonical` gives, three times faster: this runs four times in a counter's commit."""
    parts = []
    for name in sorted(facts):
        value = facts[name]
        if value.__class__ is int:
            parts.append(f"{_quoted(name)}:{value}")
        elif value is None:
            parts.append(f"{_quoted(name)}:null")
        elif isinstance(value, str):
            parts.append(f"{_quoted(name)}:{_quoted(value)}")
        else:
            parts.append(f"{_quoted(name)}:{json.dumps(value)}")
    return "{" + ",".join(parts) + "}"


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
    """What one transaction adds to the chain.

    Args:
        tail: where the chain ends now.
        at_utc: time text of the transaction: all its rows carry the same.
        actor: who acts.
    """

    __slots__ = ("_actor", "_at_utc", "_rows", "tail")

    def __init__(self, tail: Tail, at_utc: str, actor: str) -> None:
        self.tail = tail
        self._at_utc = at_utc
        self._actor = actor
        self._rows: list[tuple[int, str, str, str, str, str, bytes, str | None]] = []

    def add(self, kind: str, ref: str, facts: dict[str, AuditValue]) -> None:
        """Link one more row. Same bytes as `pos.domain.audit.link_hash`, on binary hashes."""
        last, previous, high_utc = self.tail
        seq, at_utc, text = last + 1, self._at_utc, facts_text(facts)
        digest = hashlib.sha256(previous)
        for field in (str(seq), at_utc, kind, ref, self._actor, text):
            raw = field.encode()
            digest.update(len(raw).to_bytes(4, "big") + raw)
        link = digest.digest()
        jumped_back = at_utc < high_utc
        self._rows.append((seq, at_utc, kind, ref, self._actor, text, link, high_utc if jumped_back else None))
        self.tail = (seq, link, high_utc if jumped_back else at_utc)

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write the gathered rows. An `IntegrityError` on `audit.seq` means that somebody else wrote meanwhile."""
        if self._rows:
            connection.executemany(_INSERT, self._rows)
            self._rows = []
