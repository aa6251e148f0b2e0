"""What the case desk needs from the journal beside what the use cases have. Threads as in `pos.till.ports`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pos.till.ports import Journal, JournalTx
from pos.till.review.cases_views import CallView, CaseSource, CaseView


class CaseWrites(Protocol):
    """The cases' half of a transaction."""

    def set_owner(self, case: CaseView, owner: str) -> None:
        """Write who looks after an open case, with an audit note `case.owner`. `RuleBroken`: it is closed."""

    def close_day_case(self, case: CaseView, *, closure: str) -> None:
        """Close a day case by the transaction's actor. `RuleBroken`: it is closed."""


class CaseJournal(Protocol):
    """All cases on disk. `CaseView.label` is the issuer's id here: names are the use case's."""

    @property
    def journal(self) -> Journal:
        """Whose transactions are written in."""

    def writes(self, tx: JournalTx) -> CaseWrites:
        """The cases' half of a transaction."""

    def open_cases(self) -> tuple[CaseView, ...]:
        """Of all four kinds, oldest first."""

    def closed_cases(self, limit: int, text: str = "") -> tuple[CaseView, ...]:
        """The last closed ones, newest first; `text` in bill number, ending, who closed it or why."""

    def count_open(self) -> int:
        """How many there are of those; costs the open ones only."""

    def case(self, source: CaseSource, case_id: int) -> CaseView | None:
        """One case."""

    def cases_of(self, source: CaseSource, ref: str) -> tuple[CaseView, ...]:
        """Open and closed ones of one thing, oldest first."""

    def calls_of(self, source: CaseSource, refs: Sequence[str]) -> dict[str, tuple[CallView, ...]]:
        """Calls to the issuer about these things, each one's oldest first."""
