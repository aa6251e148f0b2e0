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
    """Whether the issuers can be reached, as the last call showed."""

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
        self._tried_mono_s = float("-inf")
        self.watch = watch
        self.started_mono_s = clock.mono_s()
        self.gate = Gate(clock)
        self.link = LinkState(clock, link_changed)

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

    def turn(self, *, background: bool) -> AbstractContextManager[None]:
        """Wait for the right to call, and hold it.

        A changing call writes its intent within its turn, so that "when we sent" is not when we began to wait: an
        inquiry's proof counts from there.
        """
        return self.gate.background_call() if background else self.gate.cashier_call()

    def call(
        self, name: str, ask: Callable[[VoucherProvider, Trace], T], *, background: bool = False
    ) -> tuple[T, Trace]:
        """Wait for our turn, make one call and learn from how it ended.

        Raises:
            CallFailed: carries the provider's error and the trace.
        """
        with self.turn(background=background):
            return self.call_now(name, ask)

    def call_now(self, name: str, ask: Callable[[VoucherProvider, Trace], T]) -> tuple[T, Trace]:
        """The same within a `turn` that the caller holds already."""
        provider, trace = self.provider(name), Trace()
        try:
            answer = ask(provider, trace)
        except ProviderError as error:
            self._learn(error, trace)
            raise CallFailed(error, trace) from error
        self._learn(None, trace)
        return answer, trace

    def probe(self, name: str) -> bool:
        """Whether the issuer can be reached again; sends no request."""
        self._tried_mono_s = self._clock.mono_s()
        try:
            self.provider(name).reach()
        except NotSent as error:
            self.link.lost(error)
            return False
        self.link.reached()
        return True

    def quiet_s(self) -> float:
        """Seconds since anything was tried."""
        return self._clock.mono_s() - self._tried_mono_s

    def _learn(self, error: ProviderError | None, trace: Trace) -> None:
        self._tried_mono_s = self._clock.mono_s()
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


class CallFailed(Exception):
    """A call ended without the issuer's verdict; `error` says what may have happened, `trace` what was seen."""

    def __init__(self, error: ProviderError, trace: Trace) -> None:
        super().__init__(error.code)
        self.error = error
        self.trace = trace
