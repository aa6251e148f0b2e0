"""What selling needs from the journal: facts of a sale, its codes, its cases, every showing. Threads as in
`pos.till.ports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.sale import Order, Product, SaleEvent, SaleState, SealedCode
from pos.till.ports import Journal, JournalTx, PrintJob, SentStamp
from pos.till.selling.views import SaleCaseKind


@dataclass(frozen=True, slots=True)
class Due:
    """When the till does the next thing for a sale by itself. `mono_s` counts in `session`; of another run: now."""

    session: str
    mono_s: float
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line on a bill of its own, as the journal has it.

    Args:
        price_vnd: the customer paid for all of it.
        sends: orders sent so far; `unclear_sends` of them may have reached the issuer.
        asks: since the last send. `not_found`: "not found" answers in a row.
        confirming: the issuer has refused the order, and one ask has to confirm it.
        incomplete: bought, but not exactly what was ordered.
        unreadable: bought, and a code could not be decrypted.
        reason, reason_code: of a refusal.
        due: None: nothing is done by itself; then the sale is closed or has an open case.
    """

    id: str
    bill_number: str
    seller: str
    order: Order
    product_name: str
    supplier: str
    price_vnd: int
    state: SaleState
    sent: SentStamp | None
    sends: int
    unclear_sends: int
    asks: int
    not_found: int
    confirming: bool
    incomplete: bool
    unreadable: bool
    reason: str | None
    reason_code: str | None
    transaction_id: str | None
    charged_vnd: int | None
    due: Due | None
    created_utc: datetime
    business_date: date
    cashier: str


@dataclass(frozen=True, slots=True)
class NewSale:
    """A sale about to be written: its money is in the drawer, its order has not left."""

    id: str
    bill_number: str
    seller: str
    order: Order
    product_name: str
    supplier: str
    price_vnd: int


@dataclass(frozen=True, slots=True)
class SaleCase:
    """Why a sale needs a person, and how it ended."""

    id: int
    sale_id: str
    kind: SaleCaseKind
    opened_utc: datetime
    closed_utc: datetime | None
    closed_by: str | None
    closure: str | None


class How(StrEnum):
    """How readable codes left the vault."""

    PRINT = "print"  # written when the slip is queued
    SCREEN = "screen"
    DECRYPT = "decrypt"  # tried again after key or padding were mended; nothing was shown


@dataclass(frozen=True, slots=True)
class Showing:
    """One showing of a sale's codes. `approved_by` is the manager, `job_id` the slip."""

    sale_id: str
    who: str
    how: How
    approved_by: str | None = None
    reason: str | None = None
    job_id: str | None = None
    at_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductList:
    """The last good list of a seller. `mono_s` counts in `session` only."""

    seller: str
    products: tuple[Product, ...] = field(repr=False)
    listed_utc: datetime
    session: str
    mono_s: float


class SaleWrites(Protocol):
    """The sales' half of a transaction. Every change goes through the domain's table and into the audit chain."""

    def add(self, new: NewSale, due: Due) -> None:
        """Write a sale as UNSENT, its order's phone number sealed. Its bill stands already and holds nothing else."""

    def move(
        self,
        sale_id: str,
        event: SaleEvent,
        *,
        sent: SentStamp | None = None,
        reason: str | None = None,
        reason_code: str | None = None,
        transaction_id: str | None = None,
        charged_vnd: int | None = None,
        note: str | None = None,
    ) -> SaleState:
        """Apply one event by the domain's table and keep what came with it.

        SEND stamps the row, counts the send and forgets asks, "not found" and `confirming`; NOT_SENT takes it off the
        unclear ones. Closing takes the due time away.

        Raises:
            RuleBroken: the pair is not in the table; the transaction must be abandoned.
        """

    def mark(
        self,
        sale_id: str,
        *,
        asks: int | None = None,
        not_found: int | None = None,
        confirming: bool | None = None,
        incomplete: bool | None = None,
        unreadable: bool | None = None,
    ) -> None:
        """Keep what an answer said beside the state; None leaves as it is."""

    def set_due(self, sale_id: str, due: Due | None) -> None:
        """When the next thing is done. None is refused while the sale is open and has no open case."""

    def add_codes(self, sale_id: str, codes: Sequence[SealedCode]) -> None:
        """Append bought codes, sealed once more under the till's own key."""

    def add_attempt(self, sale_id: str, call_id: str, operation: str, sent: SentStamp) -> None:
        """Append that a call is about to be made; how it ended goes to `JournalTx.add_answer`."""

    def open_case(self, sale_id: str, kind: SaleCaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""

    def close_cases(self, sale_id: str, kinds: Sequence[SaleCaseKind], *, closure: str) -> None:
        """Close the open cases of these kinds by the transaction's actor."""

    def add_showing(self, showing: Showing) -> None:
        """Append that codes are about to be readable to somebody."""

    def keep_products(self, listed: ProductList) -> None:
        """The seller's last good list."""


class SaleJournal(Protocol):
    """Sales on disk, in the same file and the same transactions as everything else. Reads see the last commit."""

    @property
    def journal(self) -> Journal:
        """Begins the transactions; keeps bills and print jobs."""

    def writes(self, tx: JournalTx) -> SaleWrites:
        """The sales' half of a transaction of `journal`."""

    def sale(self, sale_id: str) -> Sale | None:
        """One sale, if it was ever written."""

    def sale_of(self, bill_number: str) -> Sale | None:
        """The sale of this bill, if it is one's."""

    def codes(self, sale_id: str) -> tuple[SealedCode, ...]:
        """Its bought codes in the order they came, still under the issuer's encryption."""

    def cases(self, sale_id: str) -> tuple[SaleCase, ...]:
        """Open and closed, oldest first."""

    def showings(self, sale_id: str) -> tuple[Showing, ...]:
        """Oldest first."""

    def slips(self, bill_number: str) -> tuple[PrintJob, ...]:
        """All print jobs of a bill, oldest first."""

    def in_flight(self) -> tuple[Sale, ...]:
        """For the start."""

    def open_sales(self, limit: int) -> tuple[Sale, ...]:
        """Not closed, or with an open case; oldest first."""

    def count_open(self) -> int:
        """How many there are of those."""

    def due(self, mono_s: float, *, everything: bool = False) -> tuple[Sale, ...]:
        """What is due at `mono_s` of this run, oldest first; `everything`: whatever has a due time at all."""

    def next_due_mono_s(self, *, after_mono_s: float | None = None) -> float | None:
        """When the next thing is due in this run (minus infinity: something of an earlier run is); None: nothing is.

        With `after_mono_s` only of what is due later than that.
        """

    def products(self, seller: str) -> ProductList | None:
        """The last good list, if there ever was one."""
