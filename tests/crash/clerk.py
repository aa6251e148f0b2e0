"""Who sells codes and takes payment for bookings: does what the screen offers, and says first what a customer has.

`S` a sale's money is on disk, `D` its codes are handed over, `B` its money is paid back; `M`, `T`, `P` the same of a
booking (money, ticket, paid back). Each line is said as soon as the till has told it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, cast

from pos.domain.booking_payment import MoneyFact
from pos.running import RunningTill
from pos.till.booking.views import BookingAction, BookingChanged, BookingFailed, BookingNews, BookingPhase, BookingView
from pos.till.selling.views import ProductsChanged, SaleChanged, SaleFailed, SaleNews, SalePhase, SaleView

if TYPE_CHECKING:
    from pos.till.booking.service import BookingService
    from pos.till.selling.service import SaleService

MANAGER_PIN = "735928"
CALLS = b"C\n"
"""What is said when a changing call is about to leave."""
_MOST_STEPS = 12
_LISTINGS = 20
"""A list may have to wait for a buy that hangs; and AppotaPay refuses a token whose second it has seen."""
_DRAFT_S = 15.0
_END_S = 1.5
"""Longer than the sandbox takes to issue, or to answer that nothing has ended."""
_SALE_BUSY = (SalePhase.DRAFT, SalePhase.BUYING)
_SALE_ENDS = {SalePhase.DONE: "D", SalePhase.PAID_BACK: "B"}
_BOOKING_CALLS = (BookingPhase.REDEEMING, BookingPhase.COMMITTING)
_BOOKING_ENDS = {BookingPhase.DONE: "T", BookingPhase.PAID_BACK: "P", BookingPhase.GIVEN_UP: "."}


class Clerk:
    """Serves one customer after another.

    Args:
        running: the till.
        tell: says a line to the world.
        chance: which of several ways she takes.
        prints: the till has a printer.
        patience_s: how long she waits for a call before she serves the next customer.
        hasty: she hands over before the verdict, which a check must notice.
    """

    def __init__(
        self,
        running: RunningTill,
        tell: Callable[[str], None],
        chance: Random,
        *,
        prints: bool,
        patience_s: float,
        hasty: bool = False,
    ) -> None:
        # The clerk of one issuer never touches the other's service, which her till may not have.
        self._sales, self._bookings = cast("SaleService", running.sales), cast("BookingService", running.bookings)
        self._tell, self._chance = tell, chance
        self._prints, self._patience_s, self._hasty = prints, patience_s, hasty
        self._cond = threading.Condition()
        self.sale_views: dict[str, SaleView] = {}
        self.booking_views: dict[str, BookingView] = {}
        self._news: dict[str, int] = {}
        self._listed: set[str] = set()
        self.failed: list[str] = []
        if running.sales is not None:
            running.sales.subscribe(self._hear_sale)
        if running.bookings is not None:
            running.bookings.subscribe(self._hear_booking)

    # ------------------------------------------------------------ hearing

    def _hear_sale(self, news: SaleNews) -> None:
        if isinstance(news, SaleChanged):
            buying = news.view.phase is SalePhase.BUYING
            self._tell(f"S {news.view.id}" if buying else ".")
            if buying:
                self._tell("C")
            if buying and self._hasty:
                self._tell(f"D {news.view.id}")
        with self._cond:
            if isinstance(news, SaleChanged):
                self.sale_views[news.view.id] = news.view
                self._count(news.view.id)
            elif isinstance(news, ProductsChanged) and not news.view.too_old:
                self._listed.add(news.view.seller)
            elif isinstance(news, ProductsChanged) and news.view.fault is not None:
                self.failed.append(f"products {news.view.fault.code} {news.view.fault.params}")
            elif isinstance(news, SaleFailed):
                self.failed.append(f"{news.command} {news.message.code}")
            self._cond.notify_all()

    def _hear_booking(self, news: BookingNews) -> None:
        if isinstance(news, BookingChanged):
            taken = news.view.money is MoneyFact.TAKEN
            self._tell(f"M {news.view.key}" if taken else ".")
            if news.view.phase in _BOOKING_CALLS:
                self._tell("C")
            if taken and self._hasty:
                self._tell(f"T {news.view.key}")
        with self._cond:
            if isinstance(news, BookingChanged):
                self.booking_views[news.view.key] = news.view
                self._count(news.view.key)
            elif isinstance(news, BookingFailed):
                self.failed.append(f"{news.command} {news.message.code}")
                self._count(news.key)
            self._cond.notify_all()

    def _count(self, key: str) -> None:
        self._news[key] = self._news.get(key, 0) + 1

    def _wait(self, seen: Callable[[], bool], patience_s: float | None = None) -> bool:
        with self._cond:
            return self._cond.wait_for(seen, patience_s or self._patience_s)

    def _press(self, key: str, command: Callable[[], object]) -> bool:
        """Press a button and wait for the till to say something of it."""
        with self._cond:
            before = self._news.get(key, 0)
        self._tell(".")
        command()
        return self._wait(lambda: self._news.get(key, 0) > before)

    # ------------------------------------------------------------ selling

    def sell(self, seller: str, product: str, quantity: int) -> None:
        """A customer pays for codes."""
        for _ in range(_LISTINGS):
            self._sales.refresh_products(seller)
            if self._wait(lambda: seller in self._listed):
                break
        else:
            raise TimeoutError(f"no list of {seller}: {self.failed[-3:]}")
        key = self._sales.start_sale(seller, product, quantity)
        if not self._wait(lambda: key in self.sale_views, _DRAFT_S):
            raise TimeoutError(f"no draft: {self.failed[-3:]}")
        self._press(key, lambda: self._sales.money_taken(key))
        self.go_on_selling(key)

    def resume_sale(self, view: SaleView, *, asks: int) -> None:
        """Go on with one of the open list; what is closed and has a case is a manager's."""
        with self._cond:
            self.sale_views[view.id] = view
        if view.cases and view.phase in _SALE_ENDS:
            self._press(
                view.id, lambda: self._sales.close_case(view.id, manager_pin=MANAGER_PIN, closure="đã hỏi nhà cung cấp")
            )
        else:
            self.go_on_selling(view.id, asks=asks)

    def go_on_selling(self, key: str, *, asks: int = 1) -> None:
        """Do as the screen says until the customer can leave, or nobody knows yet."""
        for _ in range(_MOST_STEPS):
            if not self._wait(lambda: self._sale_rests(key)):
                self._sales.set_aside(key)
                return
            view = self.sale_views[key]
            if view.phase in _SALE_ENDS:
                self._tell(f"{_SALE_ENDS[view.phase]} {key}")
                return
            if view.phase is SalePhase.WAITING:
                asks -= 1
                if asks < 0:
                    self._sales.set_aside(key)
                    return
            step = self._next_of_sale(view)
            if step is None:
                return
            self._press(key, step)

    def _sale_rests(self, key: str) -> bool:
        view = self.sale_views.get(key)
        printing = view is not None and view.phase is SalePhase.PRINTING and self._prints
        return view is not None and view.phase not in _SALE_BUSY and not printing

    def _next_of_sale(self, view: SaleView) -> Callable[[], object] | None:
        key, till, pin, why = view.id, self._sales, MANAGER_PIN, "khách chờ"
        sends = view.can_send and self._chance.random() < 0.7
        seen = self._chance.random() < 0.5
        steps: dict[SalePhase, Callable[[], object]] = {
            SalePhase.UNSENT: lambda: till.send_again(key) if sends else till.drop(key),
            SalePhase.WAITING: lambda: till.ask_now(key),
            SalePhase.PAY_BACK: lambda: till.paid_back(key),
            SalePhase.PRINTING: lambda: till.show_codes(key, manager_pin=pin, reason=why),
            SalePhase.DOUBTFUL: lambda: till.slip_seen(key) if seen else till.reprint(key, manager_pin=pin, reason=why),
            SalePhase.TO_HAND_OVER: lambda: till.hand_over_late(key, manager_pin=pin),
        }
        return steps.get(view.phase)

    # ------------------------------------------------------------ bookings

    def take_payment(self, number: str, code: str | None) -> None:
        """A customer pays a booking, perhaps with a voucher."""
        key = self._bookings.look_up(number)
        self.go_on_with_booking(key, code=code)

    def resume_booking(self, key: str, *, asks: int) -> None:
        """Go on with one of the open list."""
        self._press(key, lambda: self._bookings.resume(key))
        self.go_on_with_booking(key, asks=asks)

    def settle_booking(self, key: str) -> None:
        """A manager has settled its cases with the issuer's support."""
        closure = "đã hỏi nhà cung cấp"
        self._press(key, lambda: self._bookings.settle(key, manager_pin=MANAGER_PIN, closure=closure))

    def go_on_with_booking(self, key: str, *, code: str | None = None, asks: int = 1) -> None:
        """Do as the screen says until the customer can leave, or nobody knows yet."""
        for _ in range(_MOST_STEPS):
            if not self._wait(lambda: self._booking_rests(key)):
                self._bookings.set_aside(key)
                return
            view = self.booking_views[key]
            if view.phase in _BOOKING_ENDS:
                self._tell(f"{_BOOKING_ENDS[view.phase]} {key}")
                return
            if view.phase in (BookingPhase.WAITING, BookingPhase.VOUCHER_UNKNOWN):
                asks -= 1
                if asks < 0:
                    self._bookings.set_aside(key)
                    return
            step = self._next_of_booking(view, code)
            if step is None:
                return
            code = code if view.phase is not BookingPhase.READY else None
            self._press(key, step)
            if view.phase is BookingPhase.WAITING:
                self._wait(lambda: self.booking_views[key].phase is not BookingPhase.WAITING, _END_S)

    def _booking_rests(self, key: str) -> bool:
        view = self.booking_views.get(key)
        return view is not None and not view.busy and view.phase is not BookingPhase.LOOKING

    def _next_of_booking(self, view: BookingView, code: str | None) -> Callable[[], object] | None:
        key, till, first = view.key, self._bookings, self._chance.random() < 0.75
        if view.phase is BookingPhase.READY and code is not None and BookingAction.TRY_VOUCHER in view.actions:
            return lambda: till.try_voucher(key, code)
        if view.phase is BookingPhase.READY and BookingAction.REDEEM in view.actions:
            return lambda: till.redeem(key)
        if view.phase is BookingPhase.WAITING and BookingAction.SEND_COMMIT in view.actions and first:
            return lambda: till.send_commit(key)
        steps: dict[BookingPhase, Callable[[], object]] = {
            BookingPhase.READY: lambda: till.order(key),
            BookingPhase.VOUCHER_UNKNOWN: lambda: till.ask_now(key),
            BookingPhase.VOUCHER_UNSENT: lambda: till.redeem(key) if first else till.drop_voucher(key),
            BookingPhase.AMOUNT_DUE: lambda: till.money_taken(key),
            BookingPhase.NOT_COMMITTED: lambda: till.send_commit(key) if first else till.give_up(key),
            BookingPhase.WAITING: lambda: till.ask_now(key),
            BookingPhase.HELD: lambda: till.ask_now(key),
            BookingPhase.ISSUED: lambda: till.close(key),
            BookingPhase.PAY_BACK: lambda: till.paid_back(key),
        }
        return steps.get(view.phase)
