"""What every promise is checked against: the journal from outside, the issuer's truth, and what people were told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.simulation.book import Book, Row

PROOF_AFTER_S = 60.0
"""A silent issuer may act late: only after so long does "usable" prove anything (contracts/gotit.md §12 no. 3)."""
TRANSIT_S = 5.0
"""How much later than sent a request may arrive and still count as sent then."""
OVER = frozenset({"used", "refused", "dropped"})
OPEN_HOLDS = frozenset({"reserving", "unknown", "held", "releasing"})
UNCLEAR = frozenset({"in_flight", "unknown"})


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken; `what` names till, bill and the code's last 4 characters, never a whole code."""

    invariant: str
    sentence: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}\n    promise: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Told:
    """One voucher's line on a published bill or a printed slip, with the truth copied at that moment.

    Args:
        at_s: virtual seconds.
        row_id: its journal row, None for a draft line.
        kind: `screen` (published to it), `painted` (drawn on it) or `slip`.
        says: the line's status word (`used`, `accepted_offline`, `refused`, `unsent`, `unknown`, `dropped`, `held`,
            `usable` …; painted: the outcome; on a slip `used`, `accepted_offline`, `unknown`).
        used_for: the bill for which the issuer counts the voucher as used at that moment; None: not used.
        held_for: the same for a hold.
        outcome: the row as committed at that moment, with `given`, `hold`, `sends` and `row_amount_vnd`; None: no row.
        amount_vnd: as shown or printed.
        phase: of the bill on the screen; `done` and `accepted_offline` tell the cashier to hand over.
        paper: number of the printed paper (all lines of one slip share it). `copy`: the number its BẢN SAO / COPY
            mark shows, 0 without one; `job_copy`: what the print job says; `job_id`: which it is.
    """

    at_s: float
    till: str
    bill_number: str
    ending: str
    row_id: str | None
    kind: str
    says: str
    used_for: str | None = None
    held_for: str | None = None
    outcome: str | None = None
    given: bool | None = None
    hold: str | None = None
    sends: int = 0
    amount_vnd: int | None = None
    row_amount_vnd: int | None = None
    phase: str | None = None
    reason: str | None = None
    paper: int | None = None
    copy: int = 0
    job_copy: int = 0
    job_id: str | None = None


class EffectSeen(Protocol):
    """See `issuer.Effect`."""

    @property
    def at_s(self) -> float: ...
    @property
    def operation(self) -> str: ...
    @property
    def bill_number(self) -> str: ...
    @property
    def changed(self) -> bool: ...
    @property
    def call(self) -> int: ...


class Request(Protocol):
    """See `issuer.Seen`."""

    @property
    def number(self) -> int: ...
    @property
    def at_s(self) -> float: ...
    @property
    def operation(self) -> str: ...
    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def bill_number(self) -> str: ...
    @property
    def answered(self) -> bool | None: ...
    @property
    def return_code(self) -> str | None: ...
    @property
    def delivered(self) -> bool: ...
    @property
    def sent_at_s(self) -> float | None: ...


class VoucherSeen(Protocol):
    """See `issuer.VoucherTruth`."""

    @property
    def worth_vnd(self) -> int: ...
    @property
    def used_for(self) -> str | None: ...
    @property
    def held_for(self) -> str | None: ...
    @property
    def times_used(self) -> int: ...
    @property
    def refused_code(self) -> str | None: ...
    @property
    def resting_state(self) -> int: ...
    @property
    def skus(self) -> tuple[str, ...]: ...
    @property
    def least_order_vnd(self) -> int | None: ...
    @property
    def start_date(self) -> str | None: ...
    @property
    def days_off(self) -> tuple[str, ...]: ...
    @property
    def weekdays_off(self) -> tuple[str, ...]: ...
    @property
    def campaign(self) -> str | None: ...
    @property
    def stacking(self) -> tuple[str, ...]: ...
    @property
    def stores(self) -> tuple[str, ...] | None: ...
    @property
    def history(self) -> Sequence[EffectSeen]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The shop's written risk policy, as design.md §2 has it; not the till's own class on purpose."""

    checked_age_s: int = 15 * 60
    checked_alone_vnd: int = 500_000
    checked_manager_vnd: int = 2_000_000
    declared_alone_vnd: int = 0
    declared_manager_vnd: int = 200_000
    sum_alone_vnd: int = 2_000_000
    sum_manager_vnd: int = 5_000_000
    oldest_alone_s: int = 24 * 3600
    oldest_manager_s: int = 72 * 3600


@dataclass(slots=True)
class Facts:
    """Everything a promise may look at.

    Args:
        requests: of all tills, in the order in which the issuer received them.
        told: of this till only.
        at_rest: nothing is due without a person, network and printer are healthy.
        day_closed: and the people of the shop have finished or given up every open bill.
        just_opened: the program has just started, and nothing of it works yet.
        owns: whether a bill number is this till's.
    """

    till: str
    book: Book
    vouchers: dict[str, VoucherSeen]
    requests: Sequence[Request]
    told: Sequence[Told]
    at_rest: bool
    day_closed: bool
    just_opened: bool
    limits: Limits
    owns: Callable[[str], bool]
    uses: dict[tuple[str, str], EffectSeen] = field(init=False)

    def __post_init__(self) -> None:
        self.uses = {
            (code, effect.bill_number): effect
            for code, truth in self.vouchers.items()
            for effect in truth.history
            if effect.operation == "mark_use" and effect.changed and self.owns(effect.bill_number)
        }

    def request(self, number: int) -> Request | None:
        """The request of that number."""
        if 0 < number <= len(self.requests) and self.requests[number - 1].number == number:
            return self.requests[number - 1]
        return next((seen for seen in self.requests if seen.number == number), None)

    def too_late(self, effect: EffectSeen) -> bool:
        """The issuer acted so long after it was asked that no till could wait for it (§12 no. 3 and 5)."""
        seen = self.request(effect.call)
        return seen is not None and effect.at_s - sent_at_s(seen) >= PROOF_AFTER_S - TRANSIT_S

    def name(self, row: Row | None = None, *, bill_number: str = "", code: str = "") -> str:
        """Till, bill and ending, for a message."""
        if row is not None:
            return f"{self.till} bill {row.bill_number} ••••{row.ending}"
        return f"{self.till} bill {bill_number} ••••{code[-4:]}"


def sent_at_s(seen: Request) -> float:
    """When the request left the till, where the network notes it; else when it arrived."""
    return seen.at_s if seen.sent_at_s is None else seen.sent_at_s


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise with the function that finds where it is broken."""

    name: str
    sentence: str
    find: Callable[[Facts], Iterator[str]]


def promise(sentence: str) -> Callable[[Callable[[Facts], Iterator[str]]], Invariant]:
    """Make an invariant of a function that yields what it finds broken; its name is the function's."""

    def make(find: Callable[[Facts], Iterator[str]]) -> Invariant:
        return Invariant(find.__name__, sentence, find)

    return make
