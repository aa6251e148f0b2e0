"""Calling issuers: every call goes through the gate, leaves a trace, and tells whether the network is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

from pos.domain.errors import ConfigError, NotSent, PosError, ProviderError, SetupFault, Throttled
from pos.till.clockwatch import ClockWatch
from pos.till.gate import Gate
from pos.till.ports import Clock, Trace, VoucherProvider

T = TypeVar("T")


class LinkState:
    """Whether one issuer can be reached, as the last call showed."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self.up: bool | None = None
        self.fault: PosError | None = None
        self.since_utc: datetime | None = None

    def reached(self) -> None:
        """Something answered."""
        self._set(True, None)

    def lost(self, fault: PosError) -> None:
        """Nothing could be sent."""
        self._set(False, fault)

    def _set(self, up: bool, fault: PosError | None) -> None:
        with self._lock:
            self.fault = fault
            if up == self.up:
                return
            self.up = up
            self.since_utc = self._clock.now_utc()
        self._changed()


class Issuers:
    """All issuers set up at this till, and the one way to call them. Thread-safe."""

    def __init__(
        self,
        providers: Mapping[str, VoucherProvider],
        clock: Clock,
        watch: ClockWatch,
        *,
        link_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._providers = dict(providers)
        self._clock = clock
        self._tried_mono_s = dict.fromkeys(self._providers, float("-inf"))
        self.watch = watch
        self.started_mono_s = clock.mono_s()
        self._gates = {name: Gate(clock) for name in self._providers}
        self._links = {name: LinkState(clock, link_changed) for name in self._providers}
        # Who has no issuer asks none; these two are never used for a call then.
        self._no_gate, self._no_link = Gate(clock), LinkState(clock, link_changed)

    def names(self) -> tuple[str, ...]:
        """Names of the issuers that are set up."""
        return tuple(self._providers)

    def provider(self, name: str) -> VoucherProvider:
        """The issuer of that name.

        Raises:
            ConfigError: it is not set up (any more).
        """
        try:
            return self._providers[name]
        except KeyError:
            raise ConfigError("config.provider_missing", provider=name) from None

    def label(self, name: str) -> str:
        """The issuer's name for people; the stable id of one that is not set up any more."""
        provider = self._providers.get(name)
        return name if provider is None else provider.capabilities.label

    def takes_offline(self, name: str) -> bool:
        """Whether its vouchers may be taken without its answer at all."""
        provider = self._providers.get(name)
        return provider is not None and provider.capabilities.offline

    def weak_inquiry(self, name: str) -> bool:
        """Whether asking its record again never says for whom a voucher was used."""
        provider = self._providers.get(name)
        return provider is not None and provider.capabilities.weak_inquiry

    # ------------------------------------------------------------ gates and links, one an issuer

    @property
    def gate(self) -> Gate:
        """Of the first issuer, which also keeps count of unknown codes for the whole counter."""
        return next(iter(self._gates.values()), self._no_gate)

    @property
    def link(self) -> LinkState:
        """Of the first issuer."""
        return next(iter(self._links.values()), self._no_link)

    def links(self) -> tuple[LinkState, ...]:
        """Of every issuer."""
        return tuple(self._links.values()) or (self._no_link,)

    def fault(self) -> PosError | None:
        """Why automatic calls to an issuer are stopped, if they are."""
        return next((gate.fault for gate in self._gates.values() if gate.fault), None)

    def throttled_until_mono_s(self) -> float | None:
        """Until when automatic calls to an issuer pause, or None."""
        return max((until for gate in self._gates.values() if (until := gate.throttled_until_mono_s)), default=None)

    def barred_s(self, name: str) -> float | None:
        """Seconds for which no automatic call to this issuer is made; None: until a person's call went through."""
        gate = self._gates.get(name)
        if gate is None:
            return 0.0  # not set up any more: the row goes to a person
        if gate.fault:
            return None
        return max(0.0, (gate.throttled_until_mono_s or 0.0) - self._clock.mono_s())

    # ------------------------------------------------------------ calling

    def turn(self, name: str, *, background: bool) -> AbstractContextManager[None]:
        """Wait for the right to call this issuer, and hold it.

        A changing call writes its intent within its turn, so that "when we sent" is not when we began to wait: an
        inquiry's proof counts from there.

        Raises:
            ConfigError: it is not set up (any more).
        """
        self.provider(name)
        gate = self._gates[name]
        return gate.background_call() if background else gate.cashier_call()

    def call(
        self, name: str, ask: Callable[[VoucherProvider, Trace], T], *, background: bool = False
    ) -> tuple[T, Trace]:
        """Wait for our turn, make one call and learn from how it ended.

        Raises:
            CallFailed: carries the provider's error and the trace.
        """
        with self.turn(name, background=background):
            return self.call_now(name, ask)

    def call_now(self, name: str, ask: Callable[[VoucherProvider, Trace], T]) -> tuple[T, Trace]:
        """The same within a `turn` that the caller holds already."""
        provider, trace = self.provider(name), Trace()
        try:
            answer = ask(provider, trace)
        except ProviderError as error:
            self._learn(name, error, trace)
            raise CallFailed(error, trace) from error
        self._learn(name, None, trace)
        return answer, trace

    def probe(self, name: str) -> bool:
        """Whether the issuer can be reached again; sends no request."""
        self._tried_mono_s[name] = self._clock.mono_s()
        try:
            self.provider(name).reach()
        except NotSent as error:
            self._links[name].lost(error)
            return False
        self._links[name].reached()
        return True

    def stale(self, name: str, after_s: float) -> bool:
        """Whether nobody knows (any more) that this issuer can be reached."""
        return self._links[name].up is not True or self.quiet_s(name) >= after_s

    def quiet_s(self, name: str | None = None) -> float:
        """Seconds since anything was tried, with this issuer or (None) with any."""
        tried = self._tried_mono_s.values() if name is None else (self._tried_mono_s[name],)
        return self._clock.mono_s() - max(tried, default=float("-inf"))

    def _learn(self, name: str, error: ProviderError | None, trace: Trace) -> None:
        self._tried_mono_s[name] = self._clock.mono_s()
        link, gate = self._links[name], self._gates[name]
        if trace.issuer_utc is not None:
            self.watch.observe(trace.issuer_utc)
        if isinstance(error, NotSent):
            link.lost(error)
        elif trace.http_status is not None or error is None:
            link.reached()
        if isinstance(error, Throttled):
            gate.throttled()
        elif isinstance(error, SetupFault):
            gate.setup_fault(error)
        elif error is None:
            gate.answered()


class CallFailed(Exception):
    """A call ended without the issuer's verdict; `error` says what may have happened, `trace` what was seen."""

    def __init__(self, error: ProviderError, trace: Trace) -> None:
        super().__init__(error.code)
        self.error = error
        self.trace = trace
