"""Selling codes as a screen sees it: commands that return at once, answers as events.

Implemented by `pos.till.selling.service.SaleService`; the interface stands apart so that screens can be driven by a
fake in tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.till.selling.views import SaleNews

SaleListener = Callable[[SaleNews], None]
"""Called on a till thread; hands the frozen event to its own thread and returns at once."""


class SaleTill(Protocol):
    """Everything a screen can ask of selling. Any thread may call; no call waits for disk, network or device.

    A command that cannot be carried out answers `SaleFailed`. Where a manager's PIN is asked for, `None` is answered by
    `sale.needs_manager` unless a manager is signed in.
    """

    def subscribe(self, listener: SaleListener) -> None:
        """Hear every event from now on."""

    def sellers(self) -> tuple[str, ...]:
        """Ids of the issuers whose codes are sold here; empty: nothing is sold."""

    def refresh_products(self, seller: str) -> None:
        """Tell the last good list at once, and ask the issuer for a new one. Answers `ProductsChanged`, twice."""

    def start_sale(self, seller: str, product_code: str, quantity: int, *, phone: str | None = None) -> str:
        """Begin a draft; returns its id. Nothing is written. `SaleChanged` follows, or `SaleFailed`.

        With a `phone` number the issuer sends the one code there, and it never comes to the till.
        """

    def cancel(self, sale_id: str) -> None:
        """Forget a draft. What has money in it is not forgotten: see `drop`."""

    def money_taken(self, sale_id: str) -> None:
        """The customer has paid: write the sale, then buy. Cannot be undone; a second call changes nothing."""

    def set_aside(self, sale_id: str) -> None:
        """Serve the next customer: the call goes on. What is bought from now on is handed over late."""

    def ask_now(self, sale_id: str) -> None:
        """Ask the issuer now what became of the order."""

    def send_again(self, sale_id: str) -> None:
        """Send the order of an UNSENT sale, under its same id. Never together with `drop`."""

    def drop(self, sale_id: str) -> None:
        """Give an UNSENT sale up; its money is then to be paid back."""

    def paid_back(self, sale_id: str) -> None:
        """The customer has her money back. Only where nothing was bought for sure."""

    def show_codes(self, sale_id: str, *, manager_pin: str | None = None, reason: str = "") -> None:
        """Show the codes on the screen. Written first; answers `CodesShown`.

        Without a PIN only for the cashier's own sale whose slip is not on paper. Closes the sale: the codes are out.
        """

    def slip_seen(self, sale_id: str) -> None:
        """A person has looked: the doubtful slip is on paper, all of it, and the customer has it."""

    def reprint(self, sale_id: str, *, manager_pin: str | None, reason: str) -> None:
        """Another slip with the codes, marked BẢN SAO / COPY. Needs a manager and a reason."""

    def hand_over_late(self, sale_id: str, *, manager_pin: str | None) -> None:
        """The customer is back: print the codes. Needs a manager; where the issuer tells the state of a code, each must
        be ACTIVE now.
        """

    def decrypt_again(self, sale_id: str) -> None:
        """Key or padding were mended: read the stored codes again. Nothing is asked and nothing bought."""

    def close_case(self, sale_id: str, *, manager_pin: str | None, closure: str, not_bought: bool = False) -> None:
        """A manager has settled the sale's cases with the issuer, and says how.

        Args:
            sale_id: the sale.
            manager_pin: a manager's.
            closure: in words, for the audit chain.
            not_bought: of a sale in WAITING or BY_HAND: the issuer's support has confirmed that nothing was bought; the
                money is then to be paid back.
        """
