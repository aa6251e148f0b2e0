"""The till's counter as a screen sees it: commands that return at once, answers as events.

Implemented by `pos.till.service.Till`; the interface stands apart so that screens can be driven by a fake in tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.domain.drawer import DrawerReason
from pos.till.ports import Person
from pos.till.views import TillEvent, Verdicts

Listener = Callable[[TillEvent], None]
"""Called on a till thread; hands the frozen event to its own thread and returns at once."""


class CounterTill(Protocol):
    """Everything a counter can ask of the till. Any thread may call; no call waits for disk, network or device."""

    def subscribe(self, listener: Listener) -> None:
        """Hear every event from now on."""

    def people(self) -> tuple[Person, ...]:
        """Who may sign in (kept in memory)."""

    def sign_in(self, person_id: str, pin: str) -> None:
        """Answers `SignedIn` or `CommandFailed("sign_in", …)`."""

    def sign_out(self, *, idle: bool = False) -> None:
        """Ends the cashier's turn. Open bills stay in the list."""

    def notice_seen(self, code: str) -> None:
        """The notice of this code was waved away by whoever is signed in: told no more if she is a manager."""

    def open_bill(self) -> str:
        """Begin a bill; returns its key. `BillChanged` follows with the number the till has given it."""

    def resume_bill(self, bill_number: str) -> str:
        """Bring a bill of the open list back to the counter; returns its key."""

    def set_bill_number(self, key: str, text: str) -> None:
        """Use the shop's own bill number (draft only)."""

    def set_total(self, key: str, total_vnd: int) -> None:
        """What is due for the goods (draft only)."""

    def add_sku(self, key: str, text: str) -> None:
        """Add goods as `SKU:QTY:PRICE` (draft only)."""

    def scan(self, key: str, text: str) -> None:
        """A scanned or typed text: a voucher code, goods (`SKU:QTY:PRICE`) or the shop's bill (`BILL:number:total`).

        A booking number answers `BookingScanned`.
        """

    def check_again(self, key: str, line_id: str) -> None:
        """Ask the issuer about one line once more."""

    def change_issuer(self, key: str, line_id: str, provider: str) -> None:
        """A person says whose voucher it is, one of the line's `choices`; only before anything was sent."""

    def remove_line(self, key: str, line_id: str) -> None:
        """Take a voucher off the bill (draft; in HELD it is released first)."""

    def declare(self, key: str, line_id: str, worth_vnd: int) -> None:
        """The face value printed on a voucher that could not be checked."""

    def confirm(self, key: str, *, loss_accepted: bool = False) -> None:
        """Mark the vouchers used (or reserve them, then use them). Cannot be undone."""

    def accept_offline(self, key: str, *, manager_pin: str | None = None) -> None:
        """Give the value at the shop's risk, as the policy allows."""

    def manager_unlock(self, manager_pin: str) -> None:
        """A manager lets scanning go on after too many unknown codes in a row (`guard.too_many_unknown`)."""

    def close_bill(self, key: str) -> None:
        """The counter has left a finished or empty bill."""

    def set_aside(self, key: str) -> None:
        """Leave a bill whose call or inquiry runs; it goes on by itself and comes back with a banner."""

    def abandon(self, key: str) -> None:
        """Give up a draft or a held bill, releasing what is held."""

    def ask_again(self, bill_number: str) -> None:
        """Inquire now."""

    def send_again(self, bill_number: str) -> None:
        """Send mark-use again for rows proven unused, with the same bill number."""

    def drop(self, bill_number: str) -> None:
        """Give up rows that provably were not used."""

    def finish_sale(self, bill_number: str) -> None:
        """The customer now gets the value of vouchers the issuer already has."""

    def customer_left(self, bill_number: str) -> None:
        """The issuer has the voucher but the customer is gone: opens a case."""

    def decide(self, bill_number: str, line_id: str, *, accept: bool, reason: str, manager_pin: str) -> None:
        """A manager decides about a line that `needs_decision`: accept gives its value, reject does not. Cannot be
        undone.
        """

    def take_back(
        self, bill_number: str, line_id: str, *, reason: str, manager_pin: str, no_other_till: bool = False
    ) -> None:
        """A manager has the issuer make a used voucher usable again, today only. Answers `TakeBackEnded`.

        Args:
            bill_number: the bill.
            line_id: of a line that was used.
            reason: in words.
            manager_pin: of a manager.
            no_other_till: no other till took it meanwhile, for sure; asked for by `take_back.other_till`.
        """

    def painted(self, bill_number: str, verdicts: Verdicts) -> None:
        """The bill's outcome is on the screen; it need not be shown again after a crash.

        Args:
            bill_number: the bill.
            verdicts: of the view that was painted. One that has been written since then is still to be shown.
        """

    def reprint(self, bill_number: str) -> None:
        """Queue another slip, marked BẢN SAO / COPY."""

    def print_now(self) -> None:
        """Try the waiting slips now, whatever the schedule says."""

    def slip_seen(self, job_id: str) -> None:
        """A person has looked: the doubtful slip is on paper. Cannot be undone."""

    def open_drawer(self, reason: DrawerReason, note: str = "", *, manager_pin: str | None = None) -> None:
        """Open the cash drawer. Answers `DrawerOpened` or `CommandFailed("open_drawer", …)`.

        `drawer.needs_manager` asks for a manager's PIN; nothing was opened then.
        """

    def settle_now(self) -> None:
        """Drain the queue and inquire now, whatever the schedule says."""
