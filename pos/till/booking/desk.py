"""What every payment at this till shares: issuers, clocks, the journal, and the one way to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pos.domain.errors import ConfigError, PosError, ProviderError
from pos.till.booking.ports import BookingJournal, BookingWrites, Due, Payment
from pos.till.booking_port import BookingIssuer
from pos.till.clockwatch import ClockWatch
from pos.till.ports import Chance, Clock, JournalTx, SentStamp, Trace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """One call that has ended: with an answer, or with why there is none. Nothing of it is written yet."""

    call_id: str
    operation: str
    began: SentStamp
    answer: T | None
    fault: ProviderError | None
    trace: Trace


class BookingDesk:
    """Services of all payments. Thread-safe."""

    def __init__(
        self,
        store: BookingJournal,
        issuers: Mapping[str, BookingIssuer],
        clock: Clock,
        chance: Chance,
        watch: ClockWatch,
        bill_number: Callable[[], str],
    ) -> None:
        """Wire it.

        Args:
            store: payments on disk.
            issuers: those whose bookings are paid here, by stable name.
            clock: the till's.
            chance: makes ids.
            watch: learns the issuers' clock.
            bill_number: the next number of the till's series; written to disk by taking it.
        """
        self.store = store
        self.issuers = issuers
        self.clock = clock
        self.chance = chance
        self.watch = watch
        self.bill_number = bill_number

    def issuer(self, name: str) -> BookingIssuer:
        """The issuer of that name. Raises `ConfigError`: it is not set up (any more)."""
        try:
            return self.issuers[name]
        except KeyError:
            raise ConfigError("config.provider_missing", provider=name) from None

    def now_utc(self) -> datetime:
        """On the issuer's clock as far as it is known: deadlines are its own (contracts/gotadi.md §12 no. 32)."""
        return self.watch.issuer_now() or self.clock.now_utc()

    def stamp(self) -> SentStamp:
        """Now, on every clock there is."""
        journal = self.store.journal
        return SentStamp(self.clock.now_utc(), journal.session, self.clock.mono_s(), self.watch.issuer_now())

    def due(self, pause_s: float) -> Due:
        """So many seconds from now."""
        at_utc = self.clock.now_utc() + timedelta(seconds=pause_s)
        return Due(self.store.journal.session, self.clock.mono_s() + pause_s, at_utc)

    def since_s(self, stamp: SentStamp | Due) -> float:
        """Seconds since then. Of another run the wall clock tells, and never less than nothing."""
        if stamp.session == self.store.journal.session:
            return self.clock.mono_s() - stamp.mono_s
        return max(0.0, (self.clock.now_utc() - stamp.at_utc).total_seconds())

    def call(
        self, name: str, operation: str, ask: Callable[[BookingIssuer, Trace], T], *, call_id: str | None = None
    ) -> Asked[T]:
        """Make one call and learn from how it ended. Never raises what an issuer's call may raise."""
        issuer, trace, began = self.issuer(name), Trace(), self.stamp()
        answer: T | None = None
        fault: ProviderError | None = None
        try:
            answer = ask(issuer, trace)
        except ProviderError as error:
            fault = error
        if trace.issuer_utc is not None:
            self.watch.observe(trace.issuer_utc)
        return Asked(call_id or self.chance.new_id(), operation, began, answer, fault, trace)

    def write_asked(
        self, tx: JournalTx, payment_id: str, asked: Asked[T], result: str, *, attempt: bool = True
    ) -> BookingWrites:
        """Append the call and how it ended; `attempt` False: that it was made stands already."""
        writes = self.store.writes(tx)
        if attempt:
            writes.add_attempt(payment_id, asked.call_id, asked.operation, asked.began)
        word = result if asked.fault is None else asked.fault.code
        tx.add_answer(asked.call_id, word, asked.trace, offset_s=self.watch.offset_s())
        return writes

    def payment(self, payment_id: str) -> Payment:
        """One payment. Raises `PosError("journal.no_such_row")`."""
        found = self.store.payment(payment_id)
        if found is None:
            raise PosError("journal.no_such_row")
        return found
