"""Selling for a window: commands return at once, work happens on the till's threads, answers come as events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from pos.domain.errors import JournalError, PosError, RuleBroken
from pos.domain.permissions import Action, Right
from pos.domain.sale import SaleOutcome
from pos.till.ports import People, Person, PrintJob, PrintState, SlipKind
from pos.till.rights import Rights
from pos.till.selling.commands import SaleListener
from pos.till.selling.desk import SaleDesk
from pos.till.selling.ports import NewSale
from pos.till.selling.sale_loop import SaleLoop
from pos.till.selling.settle import SaleSettler
from pos.till.selling.slips import LATE_AFTER_S
from pos.till.selling.snapshot import draft_view, sale_view
from pos.till.selling.views import (
    CodesShown,
    OpenSalesChanged,
    ProductsChanged,
    SaleChanged,
    SaleFailed,
    SaleNews,
    SalePhase,
)
from pos.till.slips import seen_on_paper
from pos.till.views import Message
from pos.till.workers import Workers

_DESK_KEY = "desk"
_MOST_ROWS = 200


class SaleService:
    """Implements `SaleTill`. Built by the bootstrap, started once, closed once."""

    def __init__(
        self,
        desk: SaleDesk,
        settler_of: Callable[[Callable[[str], bool], Callable[[str], None]], SaleSettler],
        people: People,
        *,
        person: Callable[[], Person | None],
        slip_kinds: Sequence[SlipKind] = (),
        wake_printer: Callable[[], None] = lambda: None,
        storage: Callable[[JournalError], None] = lambda _: None,
        end_thread: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire it.

        Args:
            desk: does each step.
            settler_of: makes the settler, given who waits and who hears of settled sales.
            people: who works here, by PIN.
            person: who is signed in now.
            slip_kinds: what prints the sales' slips.
            wake_printer: a slip may wait.
            storage: hears of a disk in trouble.
            end_thread: last thing each thread does (closes its journal connection).
        """
        self._desk = desk
        self._rights = Rights(people)
        self._person = person
        self._turn = threading.local()
        self._slip_kinds = slip_kinds
        self._wake_printer = wake_printer
        self._listeners: list[SaleListener] = []
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._drafts: dict[str, NewSale] = {}
        self._waiting: dict[str, float] = {}  # sale → since when (monotonic) a cashier waits for it with the customer
        self._faults: dict[str, PosError] = {}  # why the last call of a sale ended without a verdict
        self._started = False
        self._listed: tuple[int, OpenSalesChanged] | None = None
        self._workers = Workers("sale", on_end=end_thread)
        self._loop = SaleLoop(
            settler_of(self.waits, self._settled), refresh=self.refresh, storage=storage, on_end=end_thread
        )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Open for business; `SaleSettler.recover` has run before."""
        if self._desk.sellers.names() or self._desk.sales.count_open():
            self._started = True
            self._loop.start()

    def close(self, timeout_s: float = 45.0) -> bool:
        """Stop in order: commands after their calls, then asking. True if all ended in time."""
        if self._started:
            self._loop.stop(0)
        ended = self._workers.close(timeout_s)
        return (not self._started or self._loop.stop(timeout_s)) and ended

    def subscribe(self, listener: SaleListener) -> None:
        """Hear every event from now on."""
        self._listeners.append(listener)

    def sellers(self) -> tuple[str, ...]:
        """Ids of the issuers whose codes are sold here."""
        return self._desk.sellers.names()

    # ------------------------------------------------------------ selling

    def refresh_products(self, seller: str) -> None:
        """Tell the last good list at once, and ask for a new one."""

        def renew() -> None:
            self._emit(ProductsChanged(self._desk.products.view(seller)))
            self._emit(ProductsChanged(self._desk.products.renew(seller, actor=self._actor())))

        self._put(f"products/{seller}", "refresh_products", None, renew)

    def start_sale(self, seller: str, product_code: str, quantity: int, *, phone: str | None = None) -> str:
        """Begin a draft; returns its id."""
        sale_id = self._desk.new_id()

        def begin() -> None:
            draft = self._desk.draft(seller, product_code, quantity, phone=phone, sale_id=sale_id)
            with self._lock:
                self._drafts[sale_id] = draft
            self._emit(SaleChanged(draft_view(draft, self._desk.label(seller))))

        self._on(sale_id, "start_sale", begin, tells=False)
        return sale_id

    def cancel(self, sale_id: str) -> None:
        """Forget a draft."""

        def forget() -> None:
            with self._lock:
                self._drafts.pop(sale_id, None)

        self._on(sale_id, "cancel", forget, tells=False)

    def money_taken(self, sale_id: str) -> None:
        """Write the sale, then buy. A second call changes nothing."""

        def take() -> None:
            with self._lock:
                draft = self._drafts.get(sale_id)
            if draft is None:
                return
            self._desk.record(draft, actor=self._actor())
            with self._lock:
                self._drafts.pop(sale_id, None)
                self._waiting[sale_id] = self._desk.clock.mono_s()
            self._send(sale_id)

        self._on(sale_id, "money_taken", take)

    def _send(self, sale_id: str) -> None:
        self._tell(sale_id, phase=SalePhase.BUYING)
        end = self._desk.send(sale_id, actor=self._actor(), here=lambda: self.waits(sale_id))
        self._keep_fault(sale_id, end.fault)

    def _keep_fault(self, sale_id: str, fault: PosError | None) -> None:
        with self._lock:
            self._faults.pop(sale_id, None)
            if fault is not None:
                self._faults[sale_id] = fault

    def set_aside(self, sale_id: str) -> None:
        """Serve the next customer. Does not queue behind the hanging call."""
        with self._lock:
            self._waiting.pop(sale_id, None)
        self._put(_DESK_KEY, "set_aside", sale_id, self.refresh)

    def settle_now(self) -> None:
        """Ask about every open sale now; what comes of it is told as of any sale."""
        self._loop.settle_now()

    def ask_now(self, sale_id: str) -> None:
        """Ask the issuer now."""

        def ask() -> None:
            end = self._desk.ask(sale_id, actor=self._actor(), here=lambda: self.waits(sale_id))
            self._keep_fault(sale_id, end.fault)

        self._on(sale_id, "ask_now", ask)

    def send_again(self, sale_id: str) -> None:
        """Send the order of an UNSENT sale; the cashier waits for it from now on."""

        def send() -> None:
            with self._lock:
                self._waiting[sale_id] = self._desk.clock.mono_s()
            self._send(sale_id)

        self._on(sale_id, "send_again", send)

    def drop(self, sale_id: str) -> None:
        """Give an UNSENT sale up."""
        self._on(sale_id, "drop", lambda: self._desk.drop(sale_id, actor=self._actor()))

    def paid_back(self, sale_id: str) -> None:
        """The customer has her money back."""
        self._on(sale_id, "paid_back", lambda: self._desk.paid_back(sale_id, actor=self._actor()))

    # ------------------------------------------------------------ codes

    def show_codes(self, sale_id: str, *, manager_pin: str | None = None, reason: str = "") -> None:
        """Show the codes on the screen; written first."""

        def show() -> None:
            manager = self._manager(Action.SHOW_CODES_AGAIN, manager_pin)
            codes = self._desk.show(sale_id, person=self._who(), manager=manager, reason=reason)
            self._emit(CodesShown(sale_id, codes))

        self._on(sale_id, "show_codes", show)

    def slip_seen(self, sale_id: str) -> None:
        """A person has looked: the doubtful slip is on paper."""

        def seen() -> None:
            sale = self._desk.sale(sale_id)
            doubtful = [s for s in self._desk.sales.slips(sale.bill_number) if s.state is PrintState.DOUBTFUL]
            if not doubtful:
                raise RuleBroken("sale.no_doubt")
            journal = self._desk.sales.journal
            for slip in doubtful:
                seen_on_paper(journal, slip.id, actor=self._actor(), kinds=self._slip_kinds)

        self._on(sale_id, "slip_seen", seen)

    def reprint(self, sale_id: str, *, manager_pin: str | None, reason: str) -> None:
        """Another slip with the codes."""

        def queue() -> None:
            manager = self._manager(Action.REPRINT_CODES, manager_pin)
            self._desk.reprint(sale_id, person=self._who(), manager=manager, reason=reason)

        self._on(sale_id, "reprint", queue)

    def hand_over_late(self, sale_id: str, *, manager_pin: str | None) -> None:
        """The customer is back: print the codes."""

        def hand_over() -> None:
            manager = self._manager(Action.HAND_OVER_LATE, manager_pin)
            self._desk.hand_over_late(sale_id, person=self._who(), manager=manager)

        self._on(sale_id, "hand_over_late", hand_over)

    def decrypt_again(self, sale_id: str) -> None:
        """Read the stored codes again."""

        def read() -> None:
            if not self._desk.decrypt_again(sale_id, actor=self._actor(), here=self.waits(sale_id)):
                raise RuleBroken("sale.unreadable")

        self._on(sale_id, "decrypt_again", read)

    def close_case(self, sale_id: str, *, manager_pin: str | None, closure: str, not_bought: bool = False) -> None:
        """A manager has settled the sale's cases."""

        def close() -> None:
            manager = self._manager(Action.CLOSE_SALE, manager_pin)
            cashier = self._who()
            self._desk.close_case(
                sale_id, manager=manager, closure=closure, not_bought=not_bought,
                cashier=cashier.name if cashier is not None else "",
            )  # fmt: skip

        self._on(sale_id, "close_case", close)

    # ------------------------------------------------------------ from other threads

    def waits(self, sale_id: str) -> bool:
        """Whether a cashier waits for this sale, with the customer; one who left the screen as it was, for a while."""
        with self._lock:
            since_mono_s = self._waiting.get(sale_id)
        return since_mono_s is not None and self._desk.clock.mono_s() - since_mono_s <= LATE_AFTER_S

    def slip_ended(self, job: PrintJob, *_: object) -> None:
        """From the printer's thread: how a try to print ended."""

        def told() -> None:
            sale = self._desk.sales.sale_of(job.bill_number)
            if sale is not None:
                self._tell(sale.id)
                self.refresh()

        self._put(_DESK_KEY, "slip", None, told)

    def worked_on(self, sale_id: str) -> None:
        """A manager has worked on this sale away from this page. Any thread."""
        self._on(sale_id, "worked_on", lambda: None)

    def _settled(self, sale_id: str) -> None:
        """On the sales thread."""
        self._wake_printer()
        self._tell(sale_id)

    def refresh(self) -> None:
        """Read the list of open sales if the journal has changed; tell it if it is another. Any thread."""
        with self._telling:
            desk = self._desk
            revision = desk.sales.journal.revision  # before reading: a commit in between must lead to another reading
            if self._listed is not None and self._listed[0] == revision:
                return
            rows = tuple(sale_view(desk.sales, s, desk.label(s.seller)) for s in desk.sales.open_sales(_MOST_ROWS))
            news = OpenSalesChanged(rows, desk.sales.count_open())
            changed = self._listed is None or self._listed[1] != news
            self._listed = revision, news
            if changed:
                self._emit(news)

    # ------------------------------------------------------------ inside

    def _who(self) -> Person | None:
        """Who wanted the command in hand, even if somebody else has signed in meanwhile; on other threads: nobody."""
        person: Person | None = getattr(self._turn, "person", None)
        return person

    def _actor(self) -> str:
        person = self._who()
        return person.name if person else "till"

    def _manager(self, action: Action, pin: str | None) -> Person | None:
        """Who answers for it: by PIN, or signed in; None: nobody yet."""
        person = self._who()
        if not pin and (person is None or self._rights.right(action, person.role) is not Right.MAY):
            return None
        return self._rights.allow(action, person, pin, refusal="sale.needs_manager").answers

    def _emit(self, news: SaleNews) -> None:
        for listener in self._listeners:
            listener(news)

    def _tell(self, sale_id: str, *, phase: SalePhase | None = None) -> None:
        sale = self._desk.sales.sale(sale_id)
        if sale is None:
            return
        with self._lock:
            if sale.state.outcome not in (SaleOutcome.UNSENT, SaleOutcome.UNKNOWN):
                self._faults.pop(sale_id, None)
            if sale.state.closed:
                self._waiting.pop(sale_id, None)
            fault = self._faults.get(sale_id)
        view = self._desk.view(sale_id, fault=fault)
        self._emit(SaleChanged(view if phase is None else replace(view, phase=phase, fault=None)))
        if sale.state.closed:
            self._workers.forget(sale_id)

    def _on(self, sale_id: str, command: str, job: Callable[[], None], *, tells: bool = True) -> None:
        """Run a command on the sale's worker, in order; then tell how the sale stands and wake who has work."""

        def run() -> None:
            try:
                job()
            finally:
                if tells:
                    self._wake_printer()
                    self._loop.wake()
                    self._tell(sale_id)
                    self.refresh()

        self._put(sale_id, command, sale_id, run)

    def _put(self, key: str, command: str, sale_id: str | None, job: Callable[[], None]) -> None:
        who = self._person()

        def guarded() -> None:
            self._turn.person = who
            try:
                if who is not None:
                    self._rights.allow(Action.SELL, who)
                job()
            except PosError as error:
                self._emit(SaleFailed(command, sale_id, Message(error.code, tuple(error.params.items()))))

        self._workers.put(key, guarded)
