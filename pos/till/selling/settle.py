"""What is due for open sales: asks, and what nobody has looked after becomes a case.

Every sale has its own `try`: one bad row never blocks another. A pass costs what is due, not what is open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from pos.domain.errors import JournalError, PosError
from pos.domain.sale import SaleEvent, SaleOutcome
from pos.till.leases import Leases
from pos.till.ports import Clock
from pos.till.selling.ask import Asker, is_asked_about
from pos.till.selling.ports import Sale, SaleJournal
from pos.till.selling.sellers import Sellers
from pos.till.selling.verdicts import Verdicts
from pos.till.selling.views import SaleCaseKind

log = logging.getLogger(__name__)

ACTOR = "till"
PROBE_S = 5.0
"""How often an unreachable seller is tried while something waits for it."""
_IDLE_S = 3600.0
_BUSY_S = 2.0
_BUG_PAUSE_S = 900.0


class SaleSettler:
    """Works on due sales. Used by one thread at a time."""

    def __init__(
        self,
        sales: SaleJournal,
        sellers: Sellers,
        clock: Clock,
        leases: Leases,
        verdicts: Verdicts,
        asker: Asker,
        *,
        here: Callable[[str], bool] = lambda _: False,
        on_settled: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Wire it.

        Args:
            sales: and the other ports and use cases: shared with the counter.
            sellers: see sales.
            clock: see sales.
            leases: see sales.
            verdicts: see sales.
            asker: see sales.
            here: whether a cashier waits for this sale, by id.
            on_settled: hears the id of every sale that was worked on.
        """
        self._sales = sales
        self._sellers = sellers
        self._clock = clock
        self._leases = leases
        self._verdicts = verdicts
        self._asker = asker
        self._here = here
        self._on_settled = on_settled

    # ------------------------------------------------------------ start

    def recover(self) -> None:
        """At the start, before any screen opens: what was in flight is unknown, and asked about at once.

        Raises:
            JournalError: the till must not open.
        """
        for sale in self._sales.in_flight():
            with self._sales.journal.transaction(ACTOR) as tx:
                self._sales.writes(tx).move(sale.id, SaleEvent.RESTART)
                self._verdicts.ask_next(tx, sale.id, 0)

    # ------------------------------------------------------------ passes

    def run_pass(self, *, now: bool = False, stop: Callable[[], bool] = lambda: False) -> float:
        """Work on everything that is due.

        Args:
            now: ask about every open sale that the till asks about by itself, whatever its schedule: at the start, when
                the network is back, or because a person wants it.
            stop: asked before each sale.

        Returns:
            Seconds until the next pass can do something, at most an hour.

        Raises:
            JournalError: the disk is in trouble; what was done so far stands.
        """
        back = self._network_back()
        listed = self._sales.due(self._clock.mono_s(), everything=now or bool(back))
        busy = False
        for sale in listed:
            if stop():
                break
            wanted = now or sale.seller in back
            if self._is_due(sale, wanted=wanted) and self._reachable(sale, now=now):
                busy = not self._one(sale, wanted=wanted) or busy
        return self._next_s(busy=busy)

    def _network_back(self) -> frozenset[str]:
        """Sellers that can be reached again, of those that could not; only while something waits for them."""
        due = self._sales.due(self._clock.mono_s())
        lost = {s.seller for s in due if s.seller in self._sellers.names() and self._lost(s.seller)}
        return frozenset(name for name in lost if self._sellers.probe(name))

    def _lost(self, seller: str) -> bool:
        return self._sellers.line(seller).link.up is False

    def _is_due(self, sale: Sale, *, wanted: bool) -> bool:
        if sale.due is None:
            return False
        due = sale.due.session != self._sales.journal.session or sale.due.mono_s <= self._clock.mono_s()
        return due or (wanted and is_asked_about(sale))

    def _reachable(self, sale: Sale, *, now: bool) -> bool:
        """Whether the seller may be called for this sale; a sale that is asked about by nobody needs no seller."""
        if not is_asked_about(sale):
            return True
        if sale.seller not in self._sellers.names():
            return True  # not set up any more: a person's
        # A seller that refuses the caller is asked on by each sale's own schedule: it locks nobody out for it, and when
        # keys are mended everything settles by itself.
        paused = self._sellers.line(sale.seller).gate.throttled_until_mono_s is not None
        return not self._lost(sale.seller) and (now or not paused)

    def _next_s(self, *, busy: bool) -> float:
        """What is due and cannot be asked about waits for its seller, not for the clock."""
        now = self._clock.mono_s()
        next_mono_s = self._sales.next_due_mono_s()
        if next_mono_s is None:
            return _IDLE_S
        if busy:
            return _BUSY_S
        if next_mono_s > now:
            return min(_IDLE_S, next_mono_s - now)
        waits = [self._seller_pause_s(name) for name in {sale.seller for sale in self._sales.due(now)}]
        later = self._sales.next_due_mono_s(after_mono_s=now)
        return min([*waits, _IDLE_S if later is None else later - now])

    def _seller_pause_s(self, name: str) -> float:
        if name not in self._sellers.names():
            return 0.0
        if self._lost(name):
            return PROBE_S
        until_mono_s = self._sellers.line(name).gate.throttled_until_mono_s
        return max(0.0, (until_mono_s or 0.0) - self._clock.mono_s())

    # ------------------------------------------------------------ one sale

    def _one(self, listed: Sale, *, wanted: bool) -> bool:
        """Work on one; False if a cashier's command has it."""
        with self._leases.try_hold(listed.id) as taken:
            if not taken:
                return False
            sale = self._sales.sale(listed.id)
            if sale is None or not self._is_due(sale, wanted=wanted):
                return True  # a cashier has worked on it since the list was read
            try:
                self._work(sale)
            except JournalError:
                raise
            except Exception as error:  # per-row isolation: our own bug on one sale must not stop the others
                code = error.code if isinstance(error, PosError) else type(error).__name__
                log.exception("sale %s cannot be settled: %s", sale.id, code)
                with self._sales.journal.transaction(ACTOR) as tx:
                    self._sales.writes(tx).open_case(
                        sale.id, _OWNER.get(sale.state.outcome, SaleCaseKind.NOT_DELIVERED)
                    )
                    self._sales.writes(tx).set_due(sale.id, self._verdicts.due_in(_BUG_PAUSE_S))
            self._on_settled(sale.id)
            return True

    def _work(self, sale: Sale) -> None:
        """Do what the sale's state asks for; the due time only says when."""
        if sale.state.outcome is SaleOutcome.IN_FLIGHT:  # its verdict could not be written (full disk): ask
            with self._sales.journal.transaction(ACTOR) as tx:
                self._sales.writes(tx).move(sale.id, SaleEvent.LOST, note="orphan")
                self._verdicts.ask_next(tx, sale.id, 0)
        elif is_asked_about(sale) and sale.seller in self._sellers.names():
            self._asker.ask(sale, actor=ACTOR, here=lambda: self._here(sale.id), background=True)
        elif is_asked_about(sale):
            with self._sales.journal.transaction(ACTOR) as tx:
                self._verdicts.to_a_person(tx, sale.id, _OWNER[sale.state.outcome])
        else:
            with self._sales.journal.transaction(ACTOR) as tx:
                self._verdicts.to_a_person(tx, sale.id, SaleCaseKind.NOT_DELIVERED)


_OWNER = {SaleOutcome.UNKNOWN: SaleCaseKind.BY_HAND, SaleOutcome.BOUGHT: SaleCaseKind.INCOMPLETE}
