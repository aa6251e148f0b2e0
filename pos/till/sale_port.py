"""What selling codes needs from an issuer. Threads and error families as in `pos.till.ports.VoucherProvider`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pos.domain.sale import AskAnswer, BuyAnswer, CodeStatus, Order, PlainCode, Product, SealedCode, Unreadable
from pos.till.ports import Trace


@dataclass(frozen=True, slots=True)
class SellerCapabilities:
    """How sellers differ, in words of the till.

    Args:
        label: name for people.
        has_stock: products carry their stock.
        has_balance: the shop has an account whose balance can be asked.
        has_status: one code's state can be asked by its serial; before late delivery it must say ACTIVE.
        max_quantity: codes under one order id, as the shop has set it.
        instructions: key of the sentence that tells the customer what to do with a code.
        by_phone: one code may be bought for a phone number, to which the issuer sends it; it never comes to the till.
    """

    label: str
    has_stock: bool
    has_balance: bool
    has_status: bool
    max_quantity: int
    instructions: str
    by_phone: bool = False


class CodeSeller(Protocol):
    """One issuer whose codes the shop sells.

    All calls but `open` and `new_order_id` block until answer or deadline and raise `NotSent`, `OutcomeUnknown`,
    `SetupFault`, `Throttled` of `pos.domain.errors`. From `buy`: `NotSent` and `SetupFault` prove that *this* send
    bought nothing (an earlier unclear send of the same id stays unclear); `OutcomeUnknown` and `Throttled` mean that
    nobody knows. From every other call they mean "no answer".
    """

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""

    @property
    def capabilities(self) -> SellerCapabilities:
        """As set up now."""

    def reach(self) -> None:
        """Make a connection and no request. Raises `NotSent` if that cannot be done."""

    def products(self, trace: Trace) -> tuple[Product, ...]:
        """What can be bought now."""

    def balance_vnd(self, trace: Trace) -> int | None:
        """What is left on the shop's account; None if there is none."""

    def buy(self, order: Order, trace: Trace) -> BuyAnswer:
        """Buy. Changing, cannot be undone, never repeats itself."""

    def ask(self, order: Order, trace: Trace) -> AskAnswer:
        """What became of this order id. Reading; the codes come back, their ciphertext perhaps anew."""

    def status(self, serial: str, trace: Trace) -> CodeStatus:
        """The state of one sold code, where `has_status`."""

    def open(self, sealed: SealedCode) -> PlainCode | Unreadable:
        """Decrypt one code. No network; about 1 ms; never raises for bad data."""
