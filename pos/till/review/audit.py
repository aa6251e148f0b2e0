"""The audit chain for a manager: who changed what and when, newest first, and whether all of it still stands.

Runs on the report thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.audit import AuditRow, AuditValue, Break, RowFault
from pos.domain.business_date import from_utc_text
from pos.till.review.events import Running

PAGE = 50
"""Links shown at once."""
SEALS = "rows"
"""The kind of change that only seals rows: the chain's own, told to nobody."""


class Group(StrEnum):
    """What a manager may want to see of the chain."""

    DECIDED = "decided"  # what a person decided
    SETUP = "setup"  # settings and people
    CASES = "cases"
    CLOSING = "closing"  # shifts and Z reports
    DRAWER = "drawer"
    ALL = "all"


KINDS: Mapping[Group, tuple[str, ...]] = {
    Group.SETUP: (
        "setting.changed", "settings.", "policy.", "journal.", "clock.", "seen.", "notice.", "person.", "pin.",
        "statement.layout",
    ),
    Group.CASES: (
        "case.closed", "case.owner", "sale.case.closed", "booking.case.closed", "day_case", "decision", "taken_back",
        "booking.settled", "unparked",
    ),
    Group.CLOSING: ("shift.", "day.", "papers.", "statement.checked"),
    Group.DRAWER: ("drawer",),
}  # fmt: skip
"""Beginnings of the kinds of each group; DECIDED is all of them and `_ALSO`."""
_ALSO = (
    "offline_accepted",
    "signed_",
    "manager.",
    "sale.shown",
    "filter.",
    "export",
    "policy.",
    "approved",
    "scanning.",
)


def beginnings(group: Group) -> tuple[str, ...]:
    """With what the kinds of this group begin; empty: any."""
    if group is Group.ALL:
        return ()
    if group is Group.DECIDED:
        return (*(kind for kinds in KINDS.values() for kind in kinds), *_ALSO)
    return KINDS[group]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which links. `actor` "": anybody."""

    group: Group = Group.DECIDED
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was written: what kind, about what, with which facts."""

    kind: str
    ref: str
    facts: Mapping[str, AuditValue]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain.

    Args:
        at_utc: None where its time cannot be read.
        changes: in order; empty where they cannot be read.
        hash: hex.
    """

    number: int
    at_utc: datetime | None
    actor: str
    changes: tuple[Change, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some links, newest first.

    Args:
        older: what to ask for to go on; 0: that was the first link.
        newest: number of the chain's last link.
        actors: everybody whose name may be asked for.
    """

    wanted: Wanted
    links: tuple[Link, ...]
    before: int
    older: int
    newest: int
    actors: tuple[str, ...]


class Proof(Protocol):
    """What `verify` found: `pos.journal.verify.Verdict`."""

    @property
    def whole(self) -> bool:
        """Everything was looked at, and nothing was found."""

    @property
    def complete(self) -> bool:
        """Whether it came to its end."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Stable words."""

    @property
    def links(self) -> int:
        """Number of the last link."""

    @property
    def last_hash(self) -> str:
        """Its hash, hex."""

    @property
    def since_utc(self) -> str:
        """Time text of the first link."""

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Where the chain does not follow."""

    @property
    def break_count(self) -> int:
        """How many such places."""

    @property
    def row_faults(self) -> tuple[RowFault, ...]:
        """Rows that are not as the chain says."""

    @property
    def row_fault_count(self) -> int:
        """How many such rows."""

    @property
    def seals(self) -> int:
        """Row states that were compared."""


@dataclass(frozen=True, slots=True)
class ClosingMark:
    """The last closing: number and date of the Z report, and the link its slip was printed from."""

    z_number: int
    business_date: str
    link: int


@dataclass(frozen=True, slots=True)
class Proven:
    """The proof with what a manager may hold against it.

    Args:
        at_utc: when it was made.
        took_s: seconds.
        against: number and hash it was held against, if any.
    """

    proof: Proof
    at_utc: datetime
    took_s: float
    closing: ClosingMark | None
    against: tuple[int, str] | None


class AuditReads(Protocol):
    """The chain out of the journal."""

    def newest(self) -> int:
        """Number of the last link; 0 for none."""

    def links(self, wanted: Wanted, before: int, limit: int) -> tuple[Sequence[AuditRow], int]:
        """At most `limit` links with a number below `before`, newest first, and below which to go on (0: at its end).

        Only so much of the chain is looked through that the answer comes at once: there may be fewer than `limit`
        though older ones follow.
        """

    def about(self, refs: Iterable[str], limit: int) -> Sequence[AuditRow]:
        """At most `limit` links whose first change is about one of these, newest first; of the whole chain."""

    def actors(self) -> Sequence[str]:
        """Names in the newest part of the chain."""

    def last_closing(self) -> ClosingMark | None:
        """The newest Z report."""


Verify = Callable[[Running, tuple[int, str] | None], Proof]


class AuditDesk:
    """Answers a manager's questions about the chain. Synchronous; any thread but the GUI's.

    Args:
        reads: the chain.
        verify: `SqliteJournal.verify`.
        now_utc, mono_s: the till's clocks.
    """

    def __init__(
        self, reads: AuditReads, verify: Verify, now_utc: Callable[[], datetime], mono_s: Callable[[], float]
    ) -> None:
        self._reads, self._verify, self._now_utc, self._mono_s = reads, verify, now_utc, mono_s

    def page(self, wanted: Wanted, before: int = 0) -> AuditPage:
        """Links with a number below `before` (0: the newest), newest first."""
        newest = self._reads.newest()
        rows, older = self._reads.links(wanted, before or newest + 1, PAGE)
        return AuditPage(wanted, tuple(_link(row) for row in rows), before, older, newest, tuple(self._reads.actors()))

    def about(self, refs: Iterable[str], limit: int) -> tuple[Link, ...]:
        """At most `limit` links about one of these, newest first, however old they are."""
        return tuple(_link(row) for row in self._reads.about(refs, limit))

    def verify(self, running: Running, against: tuple[int, str] | None = None) -> Proven:
        """Prove all of it, with progress; see `Proof`."""
        began = self._mono_s()
        proof = self._verify(running, against)
        return Proven(proof, self._now_utc(), self._mono_s() - began, self._reads.last_closing(), against)


def read_mark(text: str) -> tuple[int, str] | None:
    """`NUMBER:HASH` as a slip prints it, blanks and case ignored; None: it is none (8 digits of the hash at least)."""
    number, _, digest = "".join(text.lower().split()).partition(":")
    least, most, longest_number = 8, 64, 18
    if not (number.isascii() and number.isdigit() and len(number) <= longest_number and least <= len(digest) <= most):
        return None
    return (int(number), digest) if set(digest) <= set("0123456789abcdef") and int(number) > 0 else None


def _link(row: AuditRow) -> Link:
    try:
        at_utc: datetime | None = from_utc_text(row.at_utc)
    except ValueError:
        at_utc = None
    return Link(row.seq, at_utc, row.actor, _changes(row.facts), row.hash)


def _changes(text: str) -> tuple[Change, ...]:
    try:
        read = json.loads(text)
        changes = tuple(Change(str(one["kind"]), str(one["ref"]), dict(one["facts"])) for one in read)
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(change for change in changes if change.kind != SEALS)
