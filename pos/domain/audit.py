"""The audit chain: each row's hash covers the row before it, so that a row changed, taken out or put in shows.

The chain proves order and completeness up to its last row; the last hash is printed on the closing slip, so that a
cut-off tail shows too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

GENESIS = "0" * 64
"""The hash before the first row."""

AuditValue = str | int | bool | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link: `seq` counts from 1 without gaps, `at_utc` is ISO text, `facts` holds no secret."""

    seq: int
    at_utc: str
    kind: str
    ref: str
    actor: str
    facts: str
    hash: str


class BreakKind(StrEnum):
    """How a chain does not follow."""

    CHANGED = "changed"  # a link is not what it was, or was put in
    TAKEN_OUT = "taken_out"  # numbers are missing
    CUT = "cut"  # its end is missing: a closing or a slip knows more of it
    OTHER = "other"  # whole, but not the chain that the slip was printed from
    UNREADABLE = "unreadable"  # pages of the file cannot be read


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the chain breaks.

    Args:
        first, last: the numbers it is about.
        at_utc, actor, link_kind: what the link at the place, or right behind it, says of itself; "" where none can be
            read.
    """

    kind: BreakKind
    first: int
    last: int
    at_utc: str
    actor: str
    link_kind: str


def canonical(facts: Mapping[str, AuditValue]) -> str:
    """One text for one set of facts: keys sorted, no blanks, UTF-8 left as it is."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_hash(previous_hash: str, *, seq: int, at_utc: str, kind: str, ref: str, actor: str, facts: str) -> str:
    """SHA-256 (hex) over the previous hash and every field, each with its length before it.

    Lengths keep two rows from sharing one text by moving a character over a field's border.
    """
    digest = hashlib.sha256(bytes.fromhex(previous_hash))
    for field in (str(seq), at_utc, kind, ref, actor, facts):
        raw = field.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.hexdigest()


def first_break(rows: Iterable[AuditRow]) -> int | None:
    """The `seq` of the first row that does not follow from the one before, or None for a whole chain."""
    previous, expected = GENESIS, 1
    for row in rows:
        wanted = link_hash(
            previous,
            seq=row.seq,
            at_utc=row.at_utc,
            kind=row.kind,
            ref=row.ref,
            actor=row.actor,
            facts=row.facts,
        )
        if row.seq != expected or row.hash != wanted:
            return expected
        previous, expected = row.hash, expected + 1
    return None
