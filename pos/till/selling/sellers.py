"""Calling sellers: one call at a time to each, cashiers first, every call leaves a trace and tells of the network.

Source: contracts/appotapay.md §13 and contracts/vinid.md §13 (one `buy` in flight for each terminal; the pace of calls
is the adapter's). Each seller has a gate of its own: one that asks us to slow down stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

from pos.domain.errors import ConfigError, NotSent, ProviderError, SetupFault, Throttled
from pos.till.clockwatch import ClockWatch
from pos.till.gate import Gate
from pos.till.issuers import CallFailed, LinkState
from pos.till.ports import Clock, SentStamp, Trace
from pos.till.sale_port import CodeSeller

T = TypeVar("T")


class Line:
    """What the till knows of one seller in this run."""

    def __init__(
        self, seller: CodeSeller, clock: Clock, latest_utc: datetime | None, changed: Callable[[], None]
    ) -> None:
        self.seller = seller
        self.gate = Gate(clock, slots=1)
        self.link = LinkState(clock, changed)
        self.watch = ClockWatch(clock, latest_utc)

    def learn(self, error: ProviderError | None, trace: Trace) -> None:
        """Take from a call's end what it says of clock, network and set-up."""
        if trace.issuer_utc is not None:
            self.watch.observe(trace.issuer_utc)
        if isinstance(error, NotSent):
            self.link.lost(error)
        elif trace.http_status is not None or error is None:
            self.link.reached()
        if isinstance(error, Throttled):
            self.gate.throttled()
        elif isinstance(error, SetupFault):
            self.gate.setup_fault(error)
        elif error is None:
            self.gate.answered()


class Sellers:
    """All sellers set up at this till, and the one way to call them. Thread-safe."""

    def __init__(
        self,
        sellers: Mapping[str, CodeSeller],
        clock: Clock,
        latest_utc: datetime | None,
        *,
        session: str,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire them.

        Args:
            sellers: by name.
            clock: of this machine.
            latest_utc: of any record in the journal, to notice a clock that was set back.
            session: of this run.
            changed: the network to one of them came or went.
        """
        self._lines = {name: Line(seller, clock, latest_utc, changed) for name, seller in sellers.items()}
        self._clock = clock
        self._session = session
        self.started_mono_s = clock.mono_s()

    def names(self) -> tuple[str, ...]:
        """Names of the sellers that are set up."""
        return tuple(self._lines)

    def line(self, name: str) -> Line:
        """The seller of that name.

        Raises:
            ConfigError: it is not set up (any more).
        """
        try:
            return self._lines[name]
        except KeyError:
            raise ConfigError("config.provider_missing", provider=name) from None

    def stamp(self, name: str) -> SentStamp:
        """Now, on every clock there is."""
        issuer_utc = self.line(name).watch.issuer_now()
        return SentStamp(self._clock.now_utc(), self._session, self._clock.mono_s(), issuer_utc)

    def turn(self, name: str, *, background: bool) -> AbstractContextManager[None]:
        """Wait for the right to call, and hold it: an order is stamped within its turn (see `Issuers.turn`)."""
        gate = self.line(name).gate
        return gate.background_call() if background else gate.cashier_call()

    def call_now(self, name: str, ask: Callable[[CodeSeller, Trace], T]) -> tuple[T, Trace]:
        """Make one call within a `turn` and learn from how it ended.

        Raises:
            CallFailed: carries the provider's error and the trace.
        """
        line, trace = self.line(name), Trace()
        try:
            answer = ask(line.seller, trace)
        except ProviderError as error:
            line.learn(error, trace)
            raise CallFailed(error, trace) from error
        line.learn(None, trace)
        return answer, trace

    def probe(self, name: str) -> bool:
        """Whether the seller can be reached again; sends no request."""
        line = self.line(name)
        try:
            line.seller.reach()
        except NotSent as error:
            line.link.lost(error)
            return False
        line.link.reached()
        return True
