"""Paying bookings for a window: commands return at once, work happens on the till's threads, answers come as events."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pos.domain.booking_payment import JourneyFact, VoucherFact, read_booking_number
from pos.domain.errors import ConfigError, JournalError, PosError
from pos.domain.permissions import Action
from pos.till.booking.attend import Attendant
from pos.till.booking.commands import BookingListener, Finding
from pos.till.booking.counter import BookingCounter
from pos.till.booking.desk import BookingDesk
from pos.till.booking.poll_loop import DueLoop, Rounds
from pos.till.booking.polling import Poller
from pos.till.booking.settle_cases import settle
from pos.till.booking.show import open_row
from pos.till.booking.views import (
    BookingChanged,
    BookingEnded,
    BookingFailed,
    BookingNews,
    BookingPhase,
    BookingView,
    OpenBookingsChanged,
)
from pos.till.ports import People, Person
from pos.till.rights import Rights
from pos.till.views import Message
from pos.till.workers import Workers

_LISTED = 200
_LONG_POLL_S = 1.0
"""How long the end of the program waits for a poll in hand."""
_WORTH_A_BANNER = frozenset(
    {BookingPhase.HELD, BookingPhase.ISSUED, BookingPhase.DONE, BookingPhase.PAY_BACK, BookingPhase.NOT_COMMITTED,
     BookingPhase.VOUCHER_UNSENT}
)  # fmt: skip


class BookingService:
    """Implements `BookingTill`. Built by the bootstrap, started once, stopped once; recovery has run before."""

    def __init__(
        self,
        desk: BookingDesk,
        people: People,
        *,
        person: Callable[[], Person | None],
        wake_printer: Callable[[], None] = lambda: None,
        storage: Callable[[JournalError], None] = lambda _: None,
        end_thread: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire it.

        Args:
            desk: services.
            people: managers' PINs.
            person: who is signed in now.
            wake_printer: a slip may wait.
            storage: hears of a disk in trouble.
            end_thread: last thing each thread does (closes its journal connection).
        """
        self._desk = desk
        self._rights = Rights(people)
        self._person = person
        self._turn = threading.local()
        self._wake_printer = wake_printer
        self._listeners: list[BookingListener] = []
        self._lock = threading.Lock()
        self._counters: dict[str, BookingCounter] = {}
        self._by_hand: set[str] = set()
        self._told: dict[str, BookingPhase] = {}
        self._workers = Workers("booking", most=4, on_end=end_thread)
        poller, attendant = Poller(desk, self._here), Attendant(desk, self._here)

        def loop(name: str, issuer: str | None) -> DueLoop:
            rounds = Rounds(desk, issuer, poller, attendant, changed=self.worked_on, by_hand=self._take_by_hand)
            return DueLoop(name, rounds, storage=storage, on_end=end_thread)

        self._polls = [loop(f"booking-poll-{name}", name) for name in desk.issuers]
        self._attending = loop("booking-attend", None)
        self._loops = [*self._polls, self._attending]

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Open for business; what was open before is asked about at once."""
        for loop in self._loops:
            loop.start()
        self._workers.put("list", self._tell_open)

    def stop(self, timeout_s: float = 45.0) -> bool:
        """Stop: workers after their calls, then the loops. True if all ended in time.

        A long poll is not waited for: it changes nothing, and the payment is asked about at the next start.
        """
        for loop in self._loops:
            loop.ask_to_stop()
        ended = self._workers.close(timeout_s)
        for poll in self._polls:
            poll.stop(_LONG_POLL_S)
        return self._attending.stop(timeout_s) and ended

    def subscribe(self, listener: BookingListener) -> None:
        """Hear every event from now on."""
        self._listeners.append(listener)

    def issuers(self) -> tuple[str, ...]:
        """Ids of the issuers whose bookings are paid here."""
        return tuple(self._desk.issuers)

    # ------------------------------------------------------------ commands

    def look_up(self, number: str, issuer: str | None = None) -> str:
        """Show a booking; one that is open already comes back as it stands."""
        key = self._desk.chance.new_id()
        self._put(key, "look_up", lambda: self._look_up(key, number, issuer))
        return key

    def _look_up(self, key: str, text: str, issuer: str | None) -> None:
        known = self._counters.get(key)
        if known is not None:
            known.look_up()
            return
        name = issuer if issuer is not None else next(iter(self._desk.issuers), None)
        if name is None:
            raise ConfigError("booking.no_issuer")
        self._desk.issuer(name)
        number = read_booking_number(text)
        stored = self._desk.store.open_payment(name, number)
        if stored is not None:
            self._resume(stored.id)
            raise ConfigError("booking.open_already", bill=stored.bill_number)
        counter = BookingCounter(self._desk, key, name, number, publish=self._publish)
        with self._lock:
            self._counters[key] = counter
        counter.look_up()

    def resume(self, key: str) -> None:
        """Bring a payment of the open list back to the counter."""
        self._put(key, "resume", lambda: self._resume(key))

    def _resume(self, key: str) -> None:
        counter = self._counter(key)
        counter.hand.waiting = True
        counter.publish()

    def try_voucher(self, key: str, text: str) -> None:
        """Validate a voucher."""
        self._on(key, "try_voucher", lambda counter: counter.try_voucher(text))

    def drop_voucher(self, key: str) -> None:
        """Pay without the voucher."""
        self._on(key, "drop_voucher", lambda counter: counter.drop_voucher(self._actor()))

    def redeem(self, key: str) -> None:
        """Use the voucher up."""
        self._on(key, "redeem", lambda counter: counter.redeem(self._actor()))

    def order(self, key: str) -> None:
        """Ask for the signed amount."""
        self._on(key, "order", lambda counter: counter.order(self._actor()))

    def money_taken(self, key: str) -> None:
        """The customer has paid: commit, once."""
        self._on(key, "money_taken", lambda counter: counter.money_taken(self._actor()))

    def send_commit(self, key: str) -> None:
        """Send commit by hand."""
        self._on(key, "send_commit", lambda counter: counter.send_commit(self._actor()))

    def set_aside(self, key: str) -> None:
        """Serve the next customer. Does not queue behind a hanging call."""
        known = self._counters.get(key)
        if known is not None:
            known.hand.waiting = False
        self._on(key, "set_aside", lambda counter: counter.set_aside(self._actor()))

    def ask_now(self, key: str) -> None:
        """Ask now: the loop that asks is woken, so that this one waits for nothing."""

        def ask() -> None:
            payment = self._desk.payment(key)
            asked = payment.state.journey in (JourneyFact.OPEN, JourneyFact.HELD)
            if asked or payment.state.voucher is VoucherFact.UNKNOWN:
                with self._lock:
                    self._by_hand.add(key)
                with self._desk.store.journal.transaction(self._actor()) as tx:
                    self._desk.store.writes(tx).set_due(key, self._desk.due(0.0))

        self._put(key, "ask_now", ask)

    def settle_now(self) -> None:
        """Ask about every open payment now."""

        def ask() -> None:
            for payment in self._desk.store.open_payments(_LISTED):
                self.ask_now(payment.id)

        self._put("list", "settle_now", ask)

    def give_up(self, key: str) -> None:
        """End a payment of which no commit has left."""
        self._on(key, "give_up", lambda counter: counter.give_up(self._actor()))

    def paid_back(self, key: str) -> None:
        """The customer has her money back."""
        self._on(key, "paid_back", lambda counter: counter.paid_back(self._actor()))

    def close(self, key: str) -> None:
        """The customer has the ticket."""
        self._on(key, "close", lambda counter: counter.close(self._actor()))

    def settle(self, key: str, *, manager_pin: str, closure: str, finding: Finding = Finding.NONE) -> None:
        """A manager has settled the cases with the issuer's support."""

        def write(counter: BookingCounter) -> None:
            leave = self._rights.allow(Action.SETTLE_BOOKING, self._who(), manager_pin)
            settle(
                self._desk, key, manager=leave.answers.name, closure=closure, finding=finding,
                cashier=leave.person.name,
            )  # fmt: skip
            counter.publish()

        self._on(key, "settle", write)

    def reprint(self, key: str) -> None:
        """Another slip."""
        self._on(key, "reprint", lambda counter: counter.reprint(self._actor()))

    def leave(self, key: str) -> None:
        """The counter shows something else."""

        def forget() -> None:
            with self._lock:
                self._counters.pop(key, None)
            self._workers.forget(key)

        self._workers.put(key, forget)

    # ------------------------------------------------------------ inside

    def _who(self) -> Person | None:
        """Who wanted the command in hand, even if somebody else has signed in meanwhile."""
        person: Person | None = getattr(self._turn, "person", None)
        return person

    def _actor(self) -> str:
        person = self._who()
        return person.name if person is not None else "till"

    def _counter(self, key: str) -> BookingCounter:
        with self._lock:
            known = self._counters.get(key)
            if known is None:
                known = BookingCounter.resume(self._desk, self._desk.payment(key), publish=self._publish)
                self._counters[key] = known
            return known

    def _on(self, key: str, command: str, job: Callable[[BookingCounter], None]) -> None:
        self._put(key, command, lambda: job(self._counter(key)))

    def _put(self, key: str, command: str, job: Callable[[], None]) -> None:
        who = self._person()

        def run() -> None:
            self._turn.person = who
            try:
                if who is not None:
                    self._rights.allow(Action.PAY_BOOKING, who)
                job()
            except PosError as error:
                message = Message(error.code, tuple(error.params.items()))
                self._emit(BookingFailed(command, key, message))
            self._wake_printer()
            for loop in self._loops:
                loop.wake()
            self._tell_open()

        self._workers.put(key, run)

    def _here(self, key: str) -> bool:
        with self._lock:
            known = self._counters.get(key)
        return known is not None and known.hand.waiting

    def _take_by_hand(self, key: str) -> bool:
        with self._lock:
            asked = key in self._by_hand
            self._by_hand.discard(key)
        return asked

    def worked_on(self, key: str) -> None:
        """From a loop, or a manager away from this page: screens follow; a banner for what nobody waited for."""
        self._wake_printer()
        for loop in self._loops:
            loop.wake()
        here = self._here(key)
        view = self._counter(key).view() if key in self._counters else self._view(key)
        if view is not None:
            if key in self._counters:
                self._publish(view)
            if not here and view.phase in _WORTH_A_BANNER and self._told.get(key) is not view.phase:
                self._emit(BookingEnded(view))
            self._told[key] = view.phase
        self._tell_open()

    def _view(self, key: str) -> BookingView | None:
        payment = self._desk.store.payment(key)
        return None if payment is None else BookingCounter.resume(self._desk, payment).view()

    def _publish(self, view: BookingView) -> None:
        self._emit(BookingChanged(view))

    def _tell_open(self) -> None:
        store = self._desk.store
        try:
            rows = tuple(open_row(self._desk, payment) for payment in store.open_payments(_LISTED))
            self._emit(OpenBookingsChanged(rows, store.count_open()))
        except JournalError:
            return  # the disk's own banner tells of it; the list stays as it was

    def _emit(self, event: BookingNews) -> None:
        for listener in self._listeners:
            listener(event)
