"""What must hold whatever happens: named promises that a shop owner understands, checked from outside.

Nothing of the till's own rules is called here. The journal is read from its file (`book`), the issuer is its model, and
what people were told is what the world wrote down as it was said. `check` looks at one moment; `Watch` (in `watch`)
compares moments and finds what has disappeared between them; `drains_linearly` judges figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.simulation.book import Book, Lookup, read_book
from tests.simulation.promise import Facts, Invariant, Limits, Request, Told, Violation
from tests.simulation.promises_money import MONEY
from tests.simulation.promises_policy import POLICY
from tests.simulation.promises_proof import PROOF
from tests.simulation.promises_rest import REST, Drain, drains_linearly
from tests.simulation.promises_told import TOLD
from tests.simulation.watch import Watch

__all__ = [
    "ALL", "Drain", "Invariant", "Issuer", "Limits", "OpenJournal", "Told", "Violation", "Watch", "book_of", "check",
    "check_between_tills", "drains_linearly",
]  # fmt: skip

ALL: tuple[Invariant, ...] = MONEY + PROOF + POLICY + TOLD + REST


class OpenJournal(Protocol):
    """A `SqliteJournal`, open or just closed."""

    @property
    def path(self) -> Path:
        """The database file."""


class Issuer(Protocol):
    """See `issuer.IssuerModel`."""

    @property
    def vouchers(self) -> Mapping[str, Any]:
        """By whole code."""

    @property
    def requests(self) -> Sequence[Request]:
        """As received."""


def book_of(journal: OpenJournal | Path, issuer: Issuer, vault: Lookup | None = None) -> Book:
    """What the journal's file holds now.

    Args:
        journal: open, or where its file is (then `vault` says how codes are looked up).
        issuer: knows the codes; the file holds them sealed only.
        vault: the till's; taken from an open journal.
    """
    if isinstance(journal, Path):
        assert vault is not None, "a file alone does not tell how its codes are hashed"
        return read_book(journal, vault, issuer.vouchers)
    return read_book(journal.path, vault or journal._core.vault, issuer.vouchers)  # type: ignore[attr-defined]


def check(
    journal: OpenJournal | Path,
    issuer: Issuer,
    told: Sequence[Told],
    *,
    at_rest: bool,
    till: str,
    vault: Lookup | None = None,
    day_closed: bool = False,
    just_opened: bool = False,
    limits: Limits | None = None,
    owns: Callable[[str], bool] | None = None,
    book: Book | None = None,
) -> list[Violation]:
    """Everything that is wrong with one till now.

    Args:
        journal: the till's, or its file (with `vault`).
        issuer: the truth.
        told: what was shown and printed, of all tills; only this till's counts.
        at_rest: nothing is due without a person, network and printer are healthy, the day's last look (recheck) is
            over if `day_closed`.
        till: its name, for messages and for `told`.
        vault: knows the look-up hash of a code; taken from an open journal.
        day_closed: the people of the shop have finished or given up every open bill, midnight is past.
        just_opened: the program has just started, and no screen and no thread has begun to work.
        limits: the shop's policy; the shipped one by default.
        owns: whether a bill number is this till's; by default those that stand in its journal or name the till
            between hyphens.
        book: the journal as read already.

    Returns:
        One violation for each thing that is wrong; empty: all is well.
    """
    book = book or book_of(journal, issuer, vault)
    bills = book.bills
    facts = Facts(
        till=till,
        book=book,
        vouchers=dict(issuer.vouchers),
        requests=issuer.requests,
        told=[one for one in told if one.till == till],
        at_rest=at_rest or day_closed,
        day_closed=day_closed,
        just_opened=just_opened,
        limits=limits or Limits(),
        owns=owns or (lambda number: number in bills or f"-{till}-" in number),
    )
    return [Violation(one.name, one.sentence, what) for one in ALL for what in one.find(facts)]


def check_between_tills(books: Mapping[str, Book], issuer: Issuer) -> list[Violation]:
    """No voucher is given value by two tills, unless the second one's is queued or a case with an owner.

    Args:
        books: of every till that works with this issuer, by name.
        issuer: the truth.
    """
    sentence = "No two tills of the shop give value for one voucher unless the shop knows of it and owns it."
    found, used = [], Counter[str]()
    for book in books.values():
        for row in book.rows.values():
            if row.outcome == "used" and row.code is not None:
                used[row.code] += 1
    for code, times in used.items():
        if times > max(1, issuer.vouchers[code].times_used):
            found.append(Violation("given_once_in_shop", sentence, f"••••{code[-4:]} counts as used by {times} tills"))
    return found
