"""The till for a window: commands return at once, work happens on the till's threads, answers come as events."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pos.domain.bill import Bill
from pos.domain.drawer import DrawerReason
from pos.domain.errors import ConfigError, JournalError, PosError
from pos.domain.levels import What
from pos.domain.permissions import Action
from pos.domain.redemption import Outcome
from pos.till.commands import Listener
from pos.till.counter import CounterBill
from pos.till.desk import Desk
from pos.till.drawer import DrawerDesk, DrawerOpening
from pos.till.inquiry import Finding
from pos.till.notices import Notices
from pos.till.overview import lists_view
from pos.till.ports import DrawerEnd, People, Person, PrintJob, PrintState, Risk, SlipKind
from pos.till.rights import Rights, may
from pos.till.settle import Settled, Settler
from pos.till.settle_loop import SettleLoop
from pos.till.slips import NOT_ON_PAPER_FOR_SURE, Unprinted, queue_copy, seen_on_paper, unprinted
from pos.till.take_back import TakeBackDesk
from pos.till.undecided import UndecidedDesk
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    BillView,
    BookingScanned,
    CommandFailed,
    DeviceView,
    DrawerOpened,
    Environment,
    Link,
    ListsChanged,
    ListsView,
    Message,
    Phase,
    SignedIn,
    StripChanged,
    StripView,
    TakeBackEnded,
    TillEvent,
    Verdicts,
)
from pos.till.workers import Workers

log = logging.getLogger(__name__)

_ON_PAPER = (PrintState.PRINTED, PrintState.SENT)
_NO_DEVICE = DeviceView(Link.OFF, "none")
AT_WORK_S = 0.1
"""Seconds after a command in which the counter is at work. An issuer's answer takes longer; that needs no processor."""
_DESK_KEY = "desk"
"""The worker key of commands that concern no bill."""


@dataclass(frozen=True, slots=True)
class TillInfo:
    """What does not change while the window is open.

    Args:
        number_of: makes a bill number from a business date's text and a running number.
        series_of: the series of running numbers for a business date.
    """

    environment: Environment
    number_of: Callable[[str, int], str]
    series_of: Callable[[str], str]


@dataclass(slots=True)
class _Open:
    """A bill at the counter, with the last snapshot for commands that read it on other threads."""

    counter: CounterBill
    view: BillView | None = field(default=None)


class Till:
    """Implements `CounterTill`. Built by the bootstrap, started once, closed once."""

    def __init__(
        self,
        desk: Desk,
        settler_of: Callable[[Callable[[Settled], None], Callable[[str], bool], Callable[[], bool]], Settler],
        people: People,
        info: TillInfo,
        *,
        wake_printer: Callable[[], None] = lambda: None,
        drawer: DrawerDesk | None = None,
        undecided: UndecidedDesk | None = None,
        take_back: TakeBackDesk | None = None,
        at_printer: Callable[[Callable[[], None]], None] = lambda _: None,
        slip_kinds: Sequence[SlipKind] = (),
        signed_in: Callable[[Person], None] = lambda _: None,
        notices: Notices | None = None,
        each_round: Callable[[], None] = lambda: None,
        end_thread: Callable[[], None] = lambda: None,
        pause_s: float,
    ) -> None:
        """Wire the till.

        Args:
            desk: services every bill shares.
            settler_of: makes the settler, given who hears of settled rows, who waits, and the pause between calls.
            people: who works here.
            info: fixed facts.
            wake_printer: a slip may wait.
            drawer: opens the cash drawer; None: this till has none.
            undecided: where a manager decides; None: no issuer here needs it.
            take_back: takes redemptions back; None: no issuer here does.
            at_printer: runs something on the printer's thread.
            slip_kinds: what prints other slips than redemptions'.
            signed_in: somebody begins to work; on a till thread, after the window was told.
            notices: what a manager has to have seen; told at the start and whenever somebody signs in.
            each_round: called by the settling thread after each round, twice a minute at the least.
            end_thread: last thing each till thread does (closes its journal connection).
            pause_s: between two background calls.
        """
        self._desk = desk
        self._people = people
        self._rights = Rights(people)
        self._info = info
        self._wake_printer = wake_printer
        self._drawer = drawer
        self._undecided, self._take_back = undecided, take_back
        self._at_printer = at_printer
        self._slip_kinds = slip_kinds
        self._begin_work = signed_in
        self._notices = notices
        self._each_round = each_round
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._open: dict[str, _Open] = {}
        self._resuming: dict[str, str] = {}  # bill number → key, while its worker reads the journal
        self._person: Person | None = None
        self._printer, self._scanner = _NO_DEVICE, _NO_DEVICE
        self._print_tried_utc: datetime | None = None
        self._listed: tuple[int, ListsView, Risk, Unprinted, int] | None = None
        self._last_lists: ListsView | None = None
        self._last_strip: StripView | None = None
        self._queue_was = 0
        self._workers = Workers("till", on_end=end_thread)
        self._wanted_mono_s = float("-inf")
        self._wake = threading.Event()
        self._pause_s = pause_s
        self._loop = SettleLoop(
            settler_of(self._on_settled, self.waits, self._pause),
            desk.issuers,
            wake=self._wake,
            refresh=self._after_round,
            storage=self.storage_fault,
            on_end=end_thread,
        )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Open for business: recovery has run before (`Settler.recover`); verdicts never painted come up first."""
        self._loop.start()
        self._workers.put(_DESK_KEY, self._after_restart)

    def close(self, timeout_s: float = 45.0) -> bool:
        """Stop in order: workers after their calls, then settling. True if all ended in time."""
        self._loop.stop(0)
        ended = self._workers.close(timeout_s)
        return self._loop.stop(timeout_s) and ended

    def at_work(self) -> bool:
        """Whether somebody at the counter has just wanted something: whatever takes long steps aside. Any thread."""
        return self._desk.clock.mono_s() - self._wanted_mono_s < AT_WORK_S

    def subscribe(self, listener: Listener) -> None:
        """Hear every event from now on."""
        self._listeners.append(listener)

    def _emit(self, event: TillEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _after_round(self) -> None:
        self.refresh()
        self._each_round()

    def _after_restart(self) -> None:
        for number in self._desk.journal.unshown():
            self._emit(BannerRaised(Banner(BannerKind.AFTER_RESTART, bill_number=number)))
        self._tell_notices()
        self.refresh()

    def _tell_notices(self) -> None:
        if self._notices is None:
            return
        try:
            for message in self._notices.pending():
                self._emit(BannerRaised(Banner(BannerKind.NOTICE, message=message)))
        except JournalError as error:
            self.storage_fault(error)

    def notices_changed(self) -> None:
        """Something else is to be told now. Any thread but the GUI's."""
        self._tell_notices()

    def notice_seen(self, code: str) -> None:
        """A manager has read it; a cashier who waves it away meets it again at the next sign-in."""
        notices, person = self._notices, self._person
        if notices is not None and person is not None and may(Action.ACKNOWLEDGE, person):
            self._run("notice_seen", lambda: notices.seen(code, person))

    # ------------------------------------------------------------ people

    def people(self) -> tuple[Person, ...]:
        """Who may sign in."""
        return self._people.everyone()

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        return self._person

    def sign_in(self, person_id: str, pin: str) -> None:
        """Answers `SignedIn` or `CommandFailed`."""
        self._run("sign_in", lambda: self._signed_in(self._people.verify(person_id, pin)))

    def sign_out(self, *, idle: bool = False) -> None:
        """Ends the cashier's turn; `idle`: by itself, because nobody was there."""
        self._run("sign_out", lambda: self._signed_in(None, idle=idle))

    def _note_turn(self, person: Person | None, *, idle: bool) -> None:
        """Who comes and who goes stands in the audit chain; a disk in trouble keeps nobody from signing in."""
        whose = person or self._person
        if whose is None:
            return
        try:
            with self._desk.journal.transaction(whose.name) as tx:
                if person is None:
                    tx.audit("signed_out", whose.id, role=whose.role.value, idle=idle or None)
                else:
                    tx.audit("signed_in", whose.id, role=whose.role.value)
        except JournalError as error:
            self.storage_fault(error)

    def taken_over(self, outgoing: str, incoming: Person) -> None:
        """The shift was handed over on the incoming person's PIN: she is signed in where the outgoing one was, so that
        what is sold from now on is hers.
        """

        def take() -> None:
            if self._person is not None and self._person.name == outgoing:
                self._signed_in(incoming)

        self._run("sign_in", take)

    def _signed_in(self, person: Person | None, *, idle: bool = False) -> None:
        self._note_turn(person, idle=idle)
        self._person = person
        self._emit(SignedIn(person))
        self.refresh()
        if person is not None:
            self._tell_notices()
            self._begin_work(person)

    # ------------------------------------------------------------ bills

    def open_bill(self) -> str:
        """Begin a bill; its number comes with the first `BillChanged`."""
        key, who = self._desk.chance.new_id(), self._person
        self._workers.put(key, lambda: self._guard("open_bill", lambda: self._begin(key, who)))
        return key

    def _begin(self, key: str, who: Person | None) -> None:
        self._must(Action.REDEEM, who)
        now = self._desk.clock.now_utc()
        day = self._desk.journal.business_date(now).strftime("%Y%m%d")
        number = self._info.number_of(day, self._desk.journal.next_number(self._info.series_of(day)))
        bill = Bill(number, 0, now)
        counter = CounterBill(
            self._desk, key, bill, actor=self._actor(), publish=self._publish, on_booking=self._booking_at(key)
        )
        with self._lock:
            self._open[key] = _Open(counter)
        counter.publish()

    def resume_bill(self, bill_number: str) -> str:
        """Bring a bill of the open list back to the counter."""
        with self._lock:
            for key, known in self._open.items():
                if known.counter.bill.number == bill_number:
                    known.counter.waiting = True
                    self._workers.put(key, known.counter.show_again)
                    return key
            if bill_number in self._resuming:
                return self._resuming[bill_number]
            key = self._resuming[bill_number] = self._desk.chance.new_id()
        self._workers.put(key, lambda: self._guard("resume_bill", lambda: self._resume(key, bill_number)))
        return key

    def _resume(self, key: str, bill_number: str) -> None:
        try:
            counter = CounterBill.resume(
                self._desk,
                key,
                bill_number,
                actor=self._actor(),
                publish=self._publish,
                on_booking=self._booking_at(key),
            )
            with self._lock:
                self._open[key] = _Open(counter)
        finally:
            with self._lock:
                del self._resuming[bill_number]
        counter.publish()

    def _booking_at(self, key: str) -> Callable[[str], None]:
        return lambda number: self._emit(BookingScanned(key, number))

    def set_bill_number(self, key: str, text: str) -> None:
        """Use the shop's own bill number."""
        self._on(key, lambda bill: bill.set_number(text))

    def set_total(self, key: str, total_vnd: int) -> None:
        """What is due for the goods."""
        self._on(key, lambda bill: bill.set_total(total_vnd))

    def add_sku(self, key: str, text: str) -> None:
        """Add goods."""
        self._on(key, lambda bill: bill.add_sku(text))

    def scan(self, key: str, text: str) -> None:
        """A scanned or typed text."""
        since_mono_s = self._desk.clock.mono_s()
        self._on(key, lambda bill: bill.scan(text, since_mono_s))

    def check_again(self, key: str, line_id: str) -> None:
        """Ask about one line once more."""
        self._on(key, lambda bill: bill.check_again(line_id))

    def change_issuer(self, key: str, line_id: str, provider: str) -> None:
        """A person says whose voucher it is."""
        self._on(key, lambda bill: bill.change_issuer(line_id, provider))

    def remove_line(self, key: str, line_id: str) -> None:
        """Take a voucher off the bill."""
        self._on(key, lambda bill: bill.remove_line(line_id), changes=True)

    def declare(self, key: str, line_id: str, worth_vnd: int) -> None:
        """The face value printed on the voucher."""
        self._on(key, lambda bill: bill.declare(line_id, worth_vnd))

    def confirm(self, key: str, *, loss_accepted: bool = False) -> None:
        """Mark the vouchers used."""
        self._on(key, lambda bill: bill.confirm(loss_accepted=loss_accepted), changes=True)

    def accept_offline(self, key: str, *, manager_pin: str | None = None) -> None:
        """Give the value at the shop's risk."""

        def accept(bill: CounterBill) -> None:
            if manager_pin or may(Action.ACCEPT_OFFLINE_BEYOND, who):
                bill.accept_offline(self._rights.allow(Action.ACCEPT_OFFLINE_BEYOND, who, manager_pin).answers)
                return
            self._must(Action.ACCEPT_OFFLINE, who)
            bill.accept_offline(None)

        who = self._person
        self._on(key, accept, changes=True)

    def manager_unlock(self, manager_pin: str) -> None:
        """A manager lets scanning go on after too many unknown codes."""

        def unlock() -> None:
            leave = self._rights.allow(Action.UNLOCK_SCANNING, who, manager_pin)
            with self._desk.journal.transaction(leave.person.name) as tx:
                tx.audit("scanning.unlocked", leave.answers.id, manager=leave.answers.name)
            self._desk.issuers.gate.count_unknown_code(False)
            with self._lock:
                keys = list(self._open)
            for key in keys:
                self._on(key, CounterBill.acknowledge)

        who = self._person
        self._run("manager_unlock", unlock)

    def set_aside(self, key: str) -> None:
        """Leave a bill whose call or inquiry runs. Does not queue behind the hanging call."""
        known = self._open.get(key)
        if known is not None:
            known.counter.waiting = False
        self._run("set_aside", self.refresh)

    def abandon(self, key: str) -> None:
        """Give up a draft or a held bill."""
        self._on(key, lambda bill: bill.drop(), changes=True)
        self._workers.put(key, lambda: self._forget(key))

    def ask_again(self, bill_number: str) -> None:
        """Inquire now."""
        self._on(self.resume_bill(bill_number), lambda bill: bill.ask_again(), changes=True)

    def send_again(self, bill_number: str) -> None:
        """Send again what was proven unused."""
        self._on(self.resume_bill(bill_number), lambda bill: bill.confirm(loss_accepted=True), changes=True)

    def drop(self, bill_number: str) -> None:
        """Give up what provably was not used."""
        self._on(self.resume_bill(bill_number), lambda bill: bill.drop(), changes=True)

    def finish_sale(self, bill_number: str) -> None:
        """Hand over what the issuer already has."""
        self._on(self.resume_bill(bill_number), lambda bill: bill.finish_sale(), changes=True)

    def customer_left(self, bill_number: str) -> None:
        """The customer is gone: a case."""
        self._on(self.resume_bill(bill_number), lambda bill: bill.customer_left(), changes=True)

    def decide(self, bill_number: str, line_id: str, *, accept: bool, reason: str, manager_pin: str) -> None:
        """A manager decides what the issuer cannot tell."""

        def decide(bill: CounterBill) -> None:
            leave, row_id = self._rights.allow(Action.DECIDE_UNDECIDED, who, manager_pin), bill.row_id_of(line_id)
            if self._undecided is None or row_id is None:
                raise ConfigError("undecided.not_open")
            self._undecided.decide(
                row_id, accept=accept, manager=leave.answers, reason=reason, here=lambda: bill.waiting,
                cashier=leave.person.name,
            )  # fmt: skip
            bill.publish()

        who = self._person
        self._on(self.resume_bill(bill_number), decide, changes=True)

    def take_back(
        self, bill_number: str, line_id: str, *, reason: str, manager_pin: str, no_other_till: bool = False
    ) -> None:
        """A manager has the issuer make a voucher usable again."""

        def take_back(bill: CounterBill) -> None:
            leave, row_id = self._rights.allow(Action.TAKE_BACK, who, manager_pin), bill.row_id_of(line_id)
            if self._take_back is None or row_id is None:
                raise ConfigError("take_back.not_offered")
            end = self._take_back.take_back(
                row_id, manager=leave.answers, reason=reason, no_other_till=no_other_till, cashier=leave.person.name
            )
            bill.publish()
            self._emit(TakeBackEnded(bill_number, self._desk.journal.redemption(row_id).ending, end.value))

        who = self._person
        self._on(self.resume_bill(bill_number), take_back, changes=True)

    def painted(self, bill_number: str, verdicts: Verdicts) -> None:
        """The bill's outcome is on the screen, as `verdicts` say it; newer ones may have been written meanwhile."""

        def mark() -> None:
            rows = self._desk.journal.redemptions_of(bill_number)
            fresh = [row.id for row in rows if not row.shown and (row.id, row.state.outcome) in verdicts]
            if fresh:
                with self._desk.journal.transaction(self._actor()) as tx:
                    tx.mark_shown(fresh)

        self._run("painted", mark)

    def reprint(self, bill_number: str) -> None:
        """Queue another slip, marked as a copy. It settles every doubt whether an earlier one came out."""

        def queue() -> None:
            self._must(Action.REPRINT_SLIP, who)
            queue_copy(self._desk.journal, self._desk.chance, bill_number, actor=self._actor(), kinds=self._slip_kinds)
            self._wake_printer()
            self.refresh()

        who = self._person
        self._run("reprint", queue)

    def slip_seen(self, job_id: str) -> None:
        """A person has looked: the doubtful slip is on paper."""

        def write() -> None:
            seen_on_paper(self._desk.journal, job_id, actor=self._actor(), kinds=self._slip_kinds)
            self.refresh()

        self._run("slip_seen", write)

    def print_now(self) -> None:
        """Try the waiting slips now."""
        self._wake_printer()

    def open_drawer(self, reason: DrawerReason, note: str = "", *, manager_pin: str | None = None) -> None:
        """Open the cash drawer: written first, then once the pulse, on the printer's thread."""

        def ask() -> None:
            if self._drawer is None:
                raise ConfigError("drawer.none")
            drawer, opening = self._drawer, self._drawer.ask(self._person, reason, note, manager_pin=manager_pin)
            self._at_printer(lambda: self._guard("open_drawer", lambda: self._pulse(drawer, opening)))

        self._run("open_drawer", ask)

    def _pulse(self, drawer: DrawerDesk, opening: DrawerOpening) -> None:
        end, why = drawer.carry_out(opening)
        if end is DrawerEnd.SENT:
            self._emit(DrawerOpened())
        else:
            code = "drawer.doubtful" if end is DrawerEnd.DOUBTFUL else "drawer.shut"
            self._emit(CommandFailed("open_drawer", Message(code, (("why", why),))))

    def settle_now(self) -> None:
        """Drain and inquire now."""
        self._loop.settle_now()

    # ------------------------------------------------------------ devices

    def printer_changed(self, view: DeviceView) -> None:
        """From the printer's thread."""
        self._printer = view
        self._wake.set()

    def scanner_changed(self, view: DeviceView) -> None:
        """From the scanner's thread."""
        self._scanner = view
        self._wake.set()

    def slip_ended(self, job: PrintJob, state: PrintState, note: str | None) -> None:
        """From the printer's thread: how a try to print ended."""
        self._print_tried_utc = self._desk.clock.now_utc()
        if self._desk.meter is not None:
            self._desk.meter.counted(What.SLIP, "", int(state not in _ON_PAPER))
        if state is PrintState.DOUBTFUL:
            self._emit(BannerRaised(Banner(BannerKind.PRINT_DOUBTFUL, bill_number=job.bill_number)))
        self.slips_changed()

    def slips_changed(self) -> None:
        """From the printer's thread: the list is read again on another, which does not wait for a network."""
        self._run("slips", self.refresh)

    # ------------------------------------------------------------ inside

    def _actor(self) -> str:
        return self._person.name if self._person else "till"

    def _run(self, command: str, job: Callable[[], None]) -> None:
        self._workers.put(_DESK_KEY, lambda: self._guard(command, job))

    def _guard(self, command: str, job: Callable[[], None]) -> None:
        try:
            job()
        except PosError as error:
            self._emit(CommandFailed(command, Message(error.code, tuple(error.params.items()))))

    def _must(self, action: Action, who: Person | None) -> None:
        """What runs with nobody signed in is the till's own work: the window keeps its screens shut then."""
        if who is not None:
            self._rights.allow(action, who)

    def _on(self, key: str, job: Callable[[CounterBill], None], *, changes: bool = False) -> None:
        who = self._person  # whoever wants it now, even if somebody else is signed in when it is done

        def run() -> None:
            known = self._open.get(key)
            if known is None:
                return
            if who is not None:
                self._must(Action.REDEEM, who)
                known.counter.actor = who.name
            job(known.counter)
            if changes:
                self._wake_printer()
                self._wake.set()
                self._tell_of_set_aside(known.counter)
                self.refresh()  # here, because the settle thread may be waiting for a dead network

        self._wanted_mono_s = self._desk.clock.mono_s()
        self._workers.put(key, lambda: self._guard("bill", run))

    def _tell_of_set_aside(self, counter: CounterBill) -> None:
        """A call that the cashier did not wait for has ended."""
        if counter.waiting:
            return
        view = counter.view()
        kind = _OF_PHASE.get(view.phase)
        if kind is not None:
            amount_vnd = sum(line.amount_vnd for line in view.lines)
            self._emit(BannerRaised(Banner(kind, bill_number=view.number, amount_vnd=amount_vnd)))

    def _publish(self, view: BillView) -> None:
        known = self._open.get(view.key)
        if known is not None:
            known.view = view
        self._emit(BillChanged(view))

    def _forget(self, key: str) -> None:
        with self._lock:
            self._open.pop(key, None)
        self._workers.forget(key)

    def close_bill(self, key: str) -> None:
        """The counter has left a finished bill; nothing of it needs this object any more."""
        known = self._open.get(key)
        if known is not None and (known.view is None or known.view.phase in _FINISHED):
            self._workers.put(key, lambda: self._forget(key))

    def waits(self, bill_number: str) -> bool:
        """Whether a cashier stands at this bill, with the customer. Any thread."""
        with self._lock:
            return any(
                known.counter.bill.number == bill_number and known.counter.waiting for known in self._open.values()
            )

    def _pause(self) -> bool:
        """Between two background calls."""
        if self._pause_s:
            threading.Event().wait(self._pause_s)
        return self._loop.stopping

    def _on_settled(self, settled: Settled) -> None:
        """On the settle thread: bring the bill's screen up to date, tell the cashier what she must hear."""
        number = settled.row_before.bill_number
        with self._lock:
            keys = [key for key, known in self._open.items() if known.counter.bill.number == number]
            waiting = any(self._open[key].counter.waiting for key in keys)
            if (
                settled.row_before.state.given and settled.finding not in _TAKEN_BACK
            ):  # the queue held it, however short the time between two refreshes
                self._queue_was = max(self._queue_was, 1)
        for key in keys:
            self._on(key, lambda bill: bill.publish())
        self._wake_printer()
        late = self._desk.journal.redemption(settled.row_before.id).late
        kind = _banner_of(settled, waiting=waiting, late=late)
        if kind is not None:
            amount_vnd = settled.row_before.amount_vnd
            self._emit(BannerRaised(Banner(kind, bill_number=number, amount_vnd=amount_vnd)))

    def worked_on(self, bill_number: str) -> None:
        """A manager has worked on this bill away from the counter: its screen follows. Any thread."""
        with self._lock:
            keys = [key for key, known in self._open.items() if known.counter.bill.number == bill_number]
        for key in keys:
            self._on(key, lambda bill: bill.publish())
        self._wake_printer()
        self._wake.set()

    def cases_changed(self) -> None:
        """Cases may have been opened or closed elsewhere: the strip counts them again. Any thread."""
        self._run("cases", self.refresh)

    def link_changed(self) -> None:
        """The network came or went; any thread."""
        self._wake.set()

    def storage_fault(self, error: JournalError) -> None:
        """The disk is in trouble; from any till thread."""
        message = Message(error.code, tuple(error.params.items()))
        self._emit(BannerRaised(Banner(BannerKind.STORAGE, message=message)))

    def refresh(self) -> None:
        """Read lists and strip; emit what changed. Any till thread.

        One at a time from the reading to the telling: else what was read earlier could be told last, and stay.
        """
        with self._telling:
            self._refresh()

    def _refresh(self) -> None:
        desk = self._desk
        lists, risk, slips, open_cases = self._list()
        now = desk.clock.now_utc()
        strip = StripView(
            network=self._network(),
            queue_count=risk.count,
            at_risk_vnd=risk.sum_vnd,
            oldest_utc=risk.oldest_utc,
            open_bills=len(lists.open_bills),
            open_cases=open_cases,
            unprinted=slips.count,
            doubtful=slips.doubtful,
            print_tried_utc=self._print_tried_utc,
            printer=self._printer,
            scanner=self._scanner,
            clock=desk.issuers.watch.view(),
            person=self._person,
            business_date=desk.journal.business_date(now),
            environment=self._info.environment,
            throttled_until_mono_s=desk.issuers.throttled_until_mono_s(),
        )
        with self._lock:
            drained = self._queue_was > 0 and risk.count == 0
            self._queue_was = risk.count
            lists_changed, self._last_lists = lists != self._last_lists, lists
            strip_changed, self._last_strip = strip != self._last_strip, strip
        if lists_changed:
            self._emit(ListsChanged(lists))
        if strip_changed:
            self._emit(StripChanged(strip))
        if drained:
            self._emit(BannerRaised(Banner(BannerKind.QUEUE_EMPTY)))

    def _list(self) -> tuple[ListsView, Risk, Unprinted, int]:
        """What stands open, read again only after the journal has changed: with a long queue a reading is long."""
        desk, listed = self._desk, self._listed
        revision = desk.journal.revision  # before reading: a commit in between must lead to another reading
        if listed is None or listed[0] != revision:
            labels = {name: desk.issuers.label(name) for name in desk.issuers.names()}
            jobs = desk.journal.print_jobs(states=NOT_ON_PAPER_FOR_SURE)
            lists = lists_view(desk.journal, labels, jobs)
            cases = desk.journal.count_open_cases()
            listed = self._listed = revision, lists, desk.journal.risk(), unprinted(jobs), cases
        return listed[1:]

    def _network(self) -> DeviceView:
        """Every issuer in one word: one that cannot be reached is a warning while another can."""
        issuers = self._desk.issuers
        links, fault = issuers.links(), issuers.fault()
        if fault is not None:
            return DeviceView(Link.WARN, fault.code, issuers.link.since_utc)
        lost = next((link for link in links if link.fault is not None), None)
        if lost is not None and lost.fault is not None:
            word = Link.WARN if any(link.up for link in links) else Link.DOWN
            return DeviceView(word, lost.fault.code, lost.since_utc)
        up = next((link for link in links if link.up), None)
        if up is not None:
            return DeviceView(Link.OK, "online", up.since_utc)
        return DeviceView(Link.UNKNOWN, "not_asked", None)


_OF_PHASE = {
    Phase.FINISH: BannerKind.RESOLVED_USED,
    Phase.HELD: BannerKind.RESOLVED_UNUSED,
    Phase.UNSENT: BannerKind.RESOLVED_UNUSED,
    Phase.OFFERED: BannerKind.RESOLVED_UNUSED,
    Phase.CLOSED: BannerKind.RESOLVED_REFUSED,
}
_FINISHED = frozenset({Phase.DRAFT, Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED})


_TAKEN_BACK = {
    Finding.TAKEN_BACK: BannerKind.TAKEN_BACK,
    Finding.NOT_TAKEN_BACK: BannerKind.NOT_TAKEN_BACK,
}


def _banner_of(settled: Settled, *, waiting: bool, late: bool) -> BannerKind | None:
    if settled.finding in _TAKEN_BACK:
        return _TAKEN_BACK[settled.finding]
    if settled.row_before.state.given:
        lost = {Finding.REFUSED: BannerKind.LOSS, Finding.UNDECIDABLE: BannerKind.UNDECIDABLE}
        return lost.get(settled.finding)
    if late or (settled.finding is Finding.USED and settled.row_before.state.outcome is Outcome.DROPPED):
        return BannerKind.LATE_EFFECT
    if waiting:
        return None
    return {
        Finding.USED: BannerKind.RESOLVED_USED,
        Finding.UNUSED: BannerKind.RESOLVED_UNUSED,
        Finding.HELD: BannerKind.RESOLVED_UNUSED,
        Finding.REFUSED: BannerKind.RESOLVED_REFUSED,
        Finding.UNDECIDABLE: BannerKind.UNDECIDABLE,
    }.get(settled.finding)
