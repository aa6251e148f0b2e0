"""A till's journal as an auditor reads it: plain rows from the file, no code of the till's own between.

Opened beside the running till, read-only; what it sees is what a power cut now would leave.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol


class Lookup(Protocol):
    """The keyed hash under which codes are found (`pos.security.vault`)."""

    def lookup(self, provider: str, code: str) -> bytes:
        """The same for the same code."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A voucher on a bill. `code` is None for one that no issuer knows."""

    id: str
    bill_number: str
    provider: str
    code_hash: bytes = field(repr=False)
    ending: str
    outcome: str
    given: bool
    given_utc: str | None
    hold: str
    worth_vnd: int | None
    amount_vnd: int
    lost_vnd: int
    reason: str | None
    sends: int
    proven_unused: bool
    shown_utc: str | None
    code: str | None = field(repr=False)

    @property
    def state(self) -> tuple[str, bool]:
        """The two facts."""
        return (self.outcome, self.given)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outbox row."""

    row_id: str
    work: str
    quarantine: str | None
    due_utc: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Something a person must see to, or has seen to."""

    id: int
    row_id: str
    kind: str
    closed_utc: str | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that was about to be made for a row."""

    row_id: str
    call_id: str
    operation: str
    at_utc: str
    session: str
    mono_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended."""

    call_id: str
    at_utc: str
    result: str
    answered: bool
    http_status: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to print."""

    id: str
    bill_number: str
    copy: int
    state: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change that the audit chain tells of; `seq` names its link."""

    seq: int
    at_utc: str
    actor: str
    kind: str
    ref: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Book:
    """All of it.

    Args:
        chain_break: number of the first audit row that does not follow from the one before.
        chain: hash of each audit row, in order.
    """

    rows: dict[str, Row]
    bills: dict[str, tuple[int, int]]
    waiting: dict[str, Waiting]
    cases: list[CaseRow]
    attempts: list[Attempt]
    answers: dict[str, list[Answer]]
    jobs: list[Job]
    changes: list[Change]
    chain: list[bytes]
    chain_break: int | None
    managers: frozenset[str]

    def rows_of(self, code: str, bill_number: str) -> list[Row]:
        """The rows of one voucher on one bill."""
        return [row for row in self.rows.values() if row.code == code and row.bill_number == bill_number]

    def kinds_of(self, row_id: str, *, only_open: bool = False) -> set[str]:
        """Kinds of the row's cases."""
        return {c.kind for c in self.cases if c.row_id == row_id and not (only_open and c.closed_utc)}

    def parked(self, row_id: str) -> bool:
        """Left to a person, with a reason."""
        entry = self.waiting.get(row_id)
        return entry is not None and entry.quarantine is not None

    def with_a_person(self, row_id: str) -> bool:
        """A case tells of it, or it is parked."""
        return bool(self.kinds_of(row_id)) or self.parked(row_id)


def read_book(path: Path, vault: Lookup, codes: Iterable[str]) -> Book:
    """Read the whole journal at `path` as of its last commit.

    Args:
        path: the database file; the till may be open on it.
        vault: knows the look-up hash of a code.
        codes: whole codes that may stand in it; the file itself holds them sealed only.
    """
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        return _read(connection, vault, tuple(codes))
    finally:
        connection.close()


def _read(db: sqlite3.Connection, vault: Lookup, codes: tuple[str, ...]) -> Book:
    providers = [name for (name,) in db.execute("SELECT DISTINCT provider FROM redemption")]
    known = {_hash(vault, provider, code): code for provider in providers for code in codes}
    chain, chain_break, changes = _read_chain(db)
    answers: dict[str, list[Answer]] = {}
    for call_id, at_utc, result, answered, status in db.execute(
        "SELECT call_id, at_utc, result, answered, http_status FROM answer ORDER BY call_id, nth"
    ):
        answers.setdefault(call_id, []).append(Answer(call_id, at_utc, result, bool(answered), status))
    return Book(
        rows={row.id: row for row in _read_rows(db, known)},
        bills={
            number: (total, slips) for number, total, slips in db.execute("SELECT number, total_vnd, slips FROM bill")
        },
        waiting={r[0]: Waiting(*r) for r in db.execute("SELECT redemption_id, work, quarantine, due_utc FROM outbox")},
        cases=[CaseRow(*r) for r in db.execute("SELECT id, redemption_id, kind, closed_utc, closed_by FROM cases")],
        attempts=[
            Attempt(*r)
            for r in db.execute("SELECT redemption_id, call_id, operation, at_utc, session, mono_s FROM attempt")
        ],
        answers=answers,
        jobs=[Job(*r) for r in db.execute("SELECT id, bill_number, copy, state FROM print_job ORDER BY id")],
        changes=changes,
        chain=chain,
        chain_break=chain_break,
        managers=frozenset(name for (name,) in db.execute("SELECT name FROM person WHERE role = 'manager'")),
    )


def _read_rows(db: sqlite3.Connection, known: dict[bytes, str]) -> Iterator[Row]:
    for r in db.execute(
        "SELECT id, bill_number, provider, code_hash, code_ending, outcome, given, given_utc, hold, worth_vnd,"
        " amount_vnd, lost_vnd, reason, sends, proven_unused, shown_utc FROM redemption ORDER BY id"
    ):
        yield Row(
            id=r[0], bill_number=r[1], provider=r[2], code_hash=r[3], ending=r[4], outcome=r[5], given=bool(r[6]),
            given_utc=r[7], hold=r[8], worth_vnd=r[9], amount_vnd=r[10], lost_vnd=r[11], reason=r[12], sends=r[13],
            proven_unused=bool(r[14]), shown_utc=r[15], code=known.get(r[3]),
        )  # fmt: skip


def _read_chain(db: sqlite3.Connection) -> tuple[list[bytes], int | None, list[Change]]:
    """Hashes worked out anew: SHA-256 over the row before and each field, each with its length before it."""
    chain: list[bytes] = []
    changes: list[Change] = []
    broken: int | None = None
    previous = bytes(32)
    for *told, digest in db.execute("SELECT seq, at_utc, kind, ref, actor, facts, hash FROM audit ORDER BY seq"):
        link, tells = _link(previous, *told)
        if broken is None and (link != digest or told[0] != len(chain) + 1):
            broken = len(chain) + 1
        chain.append(digest)
        previous = digest
        changes += tells
    return chain, broken, changes


@lru_cache(maxsize=20_000)  # a world's codes are looked for each time its book is read
def _hash(vault: Lookup, provider: str, code: str) -> bytes:
    return vault.lookup(provider, code)


@lru_cache(maxsize=20_000)  # a world's chain is read dozens of times, each time a little longer
def _link(
    previous: bytes, seq: int, at_utc: str, kind: str, ref: str, actor: str, facts: str
) -> tuple[bytes, tuple[Change, ...]]:
    raws = [text.encode() for text in (str(seq), at_utc, kind, ref, actor, facts)]
    link = hashlib.sha256(previous + b"".join(len(raw).to_bytes(4, "big") + raw for raw in raws)).digest()
    return link, tuple(Change(seq, at_utc, actor, c["kind"], c["ref"], c["facts"]) for c in json.loads(facts))


def seconds_between(earlier_utc: str, later_utc: str) -> float:
    """Seconds by the till's wall clock between two texts of the journal."""
    return (datetime.fromisoformat(later_utc) - datetime.fromisoformat(earlier_utc)).total_seconds()
