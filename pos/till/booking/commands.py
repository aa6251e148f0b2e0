"""Paying bookings as a screen sees it: commands that return at once, answers as events.

Implemented by `pos.till.booking.service.BookingService`; the interface stands apart so that screens can be driven by a
fake in tests.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from pos.till.booking.views import BookingNews

BookingListener = Callable[[BookingNews], None]
"""Called on a till thread; hands the frozen event to its own thread and returns at once."""


class Finding(StrEnum):
    """What the issuer's support told a manager of a payment that the till cannot decide."""

    NONE = "none"  # only the cases are closed
    ISSUED = "issued"
    NOT_PAID = "not_paid"
    VOUCHER_USED = "voucher_used"
    VOUCHER_UNUSED = "voucher_unused"


class BookingTill(Protocol):
    """Everything a screen can ask of paying bookings. Any thread may call; no call waits for disk, network or device.

    A command that cannot be carried out answers `BookingFailed`; what came of one that was is in the next
    `BookingChanged`. `BookingView.actions` says what is allowed.
    """

    def subscribe(self, listener: BookingListener) -> None:
        """Hear every event from now on."""

    def issuers(self) -> tuple[str, ...]:
        """Ids of the issuers whose bookings are paid here; empty: nobody's."""

    def look_up(self, number: str, issuer: str | None = None) -> str:
        """Show a booking; returns its key. None: the only issuer.

        One that is open already comes back under its own key; this one's answer is then `booking.open_already`.
        """

    def resume(self, key: str) -> None:
        """Bring a payment of the open list back to the counter."""

    def try_voucher(self, key: str, text: str) -> None:
        """Validate a voucher: may it be used, and for how much. Uses nothing up."""

    def drop_voucher(self, key: str) -> None:
        """Pay without the voucher; only while it is not used for sure."""

    def redeem(self, key: str) -> None:
        """Use the validated voucher up. Cannot be undone."""

    def order(self, key: str) -> None:
        """Ask for the signed amount due, after a look at the booking. Never repeats itself."""

    def money_taken(self, key: str) -> None:
        """The customer has paid exactly `due_vnd`: written, then commit, once. Cannot be undone."""

    def set_aside(self, key: str) -> None:
        """Serve the next customer: the payment goes on, its slip says that the ticket is still awaited."""

    def ask_now(self, key: str) -> None:
        """Ask the issuer now, whatever the schedule says."""

    def send_commit(self, key: str) -> None:
        """Send commit by hand, under the same transaction id: where none has left, or none has counted (§8.2)."""

    def give_up(self, key: str) -> None:
        """End a payment of which no commit has left. Money that was taken is then to be paid back."""

    def paid_back(self, key: str) -> None:
        """The customer has her money back. Only where the booking is not paid for sure."""

    def close(self, key: str) -> None:
        """The customer has the ticket. For one whose issue nobody waited for."""

    def settle(self, key: str, *, manager_pin: str, closure: str, finding: Finding = Finding.NONE) -> None:
        """A manager has settled the payment's cases with the issuer's support, and says how.

        Args:
            key: the payment.
            manager_pin: a manager's.
            closure: in words, for the audit chain.
            finding: what the support said, where the till itself cannot know.
        """

    def reprint(self, key: str) -> None:
        """Another slip, marked BẢN SAO / COPY."""

    def leave(self, key: str) -> None:
        """The counter shows something else: a draft is forgotten, what is on disk goes on."""
