"""The network beneath the till's real HTTP client: httpcore's backend in virtual time, without sockets and without TLS.

The client, its deadlines, httpx, httpcore and h11 above it are the real ones; streams raise what httpcore's
`SyncBackend` raises, with the same causes, so that the real sorting of failures runs. An effect at the issuer happens
at its own virtual instant, whether or not somebody still waits for the answer.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Literal, Protocol

import httpcore
from httpcore._sync import http11

from pos.providers import transport as transport_module
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import IDLE_S, HttpClient, MonotonicClock
from pos.providers.transport import ConnectFailed, DeadlineTransport
from tests.simulation.faults import AT_CONNECT, Fault
from tests.simulation.issuer import IssuerModel
from tests.simulation.network_stream import SimBackend, WireRequest
from tests.simulation.threads import Group, Scheduler

__all__ = ["CallSeen", "Fault", "SimHttpClient", "SimNetwork", "Trouble", "build_gotit"]

BASE_URL = "https://issuer.example"
LAG_S = 0.02
"""One way."""
_REASONS = {200: "OK", 302: "Found", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 500: "Error",
            502: "Bad Gateway"}  # fmt: skip


class Waiter(Protocol):
    """Virtual time: the world's scheduler, or a clock that one thread turns."""

    @property
    def now_s(self) -> float:
        """Virtual seconds."""

    def sleep(self, seconds: float) -> None:
        """Let virtual time go by."""

    def port(self, name: str) -> None:
        """A numbered point at which a crash may be placed."""


class LaterWaiter(Waiter, Protocol):
    """A waiter without tasks of its own."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do it when so much virtual time has gone by."""


@dataclass(frozen=True, slots=True)
class CallSeen:
    """What is about to happen on the line.

    Args:
        number: counts connects and requests of this network together, from 1.
        reused: the request goes out on a connection that carried one before.
    """

    number: int
    at_s: float
    stage: Literal["connect", "request"]
    operation: str = ""
    codes: tuple[str, ...] = field(default=(), repr=False)
    bill_number: str = ""
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault with its measure.

    Args:
        delay_s: of `LATE`, `VERY_LATE`, `HTTP_502_LATE`, `DELAY`, `DELAY_EFFECT`; None: the fault's usual one.
    """

    fault: Fault
    delay_s: float | None = None


USUAL_DELAYS_S = {Fault.LATE: 30.0, Fault.VERY_LATE: 200.0, Fault.HTTP_502_LATE: 50.0, Fault.DELAY: 20.0,
                  Fault.DELAY_EFFECT: 20.0}  # fmt: skip


class SimNetwork:
    """The line between tills and the issuer.

    Args:
        scheduler: virtual time.
        issuer: takes the requests.
        date_offset_s: how far the `Date` header is ahead of the issuer's clock.
    """

    def __init__(self, scheduler: Scheduler | LaterWaiter, issuer: IssuerModel, *, date_offset_s: float = 0.0) -> None:
        self.scheduler = scheduler
        self.issuer = issuer
        self.date_offset_s = date_offset_s
        self.cable_in = True
        self.lag_s = LAG_S
        self.choose: Callable[[CallSeen], Fault | Trouble | None] = lambda _: None
        self.calls: list[CallSeen] = []
        self.faults: list[tuple[int, Fault]] = []
        """Number of the call and the fault it met."""
        self._group = Group("network")

    def backend(self) -> httpcore.NetworkBackend:
        """What to put under a `DeadlineTransport`."""
        return SimBackend(self)

    # ------------------------------------------------------------ used by the streams

    def seen(self, stage: Literal["connect", "request"], **more: Any) -> tuple[Fault | None, float]:
        """Ask which fault this call meets, and its delay in seconds."""
        call = CallSeen(len(self.calls) + 1, self.scheduler.now_s, stage, **more)
        self.calls.append(call)
        chosen = self.choose(call)
        if chosen is None:
            return None, 0.0
        trouble = chosen if isinstance(chosen, Trouble) else Trouble(chosen)
        self.faults.append((call.number, trouble.fault))
        usual_s = USUAL_DELAYS_S.get(trouble.fault, 0.0)
        return trouble.fault, usual_s if trouble.delay_s is None else trouble.delay_s

    def resolve(self, host: str, port: int, left_s: float) -> list[str]:
        """Instead of the system's name look-up; the address it finds carries the fault of the connection to come.

        Raises:
            ConnectFailed: `net.dns`.
        """
        self.scheduler.port("net.connect")
        fault, _ = self.seen("connect")
        if fault is Fault.DNS:
            raise ConnectFailed("net.dns") from socket.gaierror(socket.EAI_AGAIN, "no such name")
        return [fault.value if fault in AT_CONNECT else "up"]

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Let it happen at the issuer, whatever becomes of the till meanwhile."""
        if isinstance(self.scheduler, Scheduler):
            scheduler = self.scheduler

            def run() -> None:
                scheduler.sleep(delay_s)
                action()

            scheduler.spawn(run, "late effect", self._group)
        else:
            self.scheduler.later(delay_s, lambda: (action(), None)[1])

    def carry_out(self, request: WireRequest) -> tuple[int, bytes]:
        """The request is at the issuer now."""
        request.done = True
        if request.fault is Fault.ELSEWHERE_BETWEEN and request.codes and request.codes[-1] in self.issuer.vouchers:
            self.issuer.use_elsewhere(request.codes[-1])  # not the first: who blames by order is found
        answer = self.issuer.handle(request.path, request.body, half_batch=request.fault is Fault.HALF_BATCH)
        request.wire_seen = self.issuer.requests[-1] if self.issuer.requests else None
        if request.wire_seen is not None:
            request.wire_seen.sent_at_s = request.left_at_s
        return answer

    def head(self, status: int, length: int) -> bytes:
        """Status line and headers."""
        instant = int(self.issuer.now_utc().timestamp() + self.date_offset_s)
        where = "location: https://elsewhere.example/\r\n" if status == 302 else ""
        return (
            f"HTTP/1.1 {status} {_REASONS.get(status, 'Odd')}\r\ndate: {_date_text(instant)}\r\n{where}"
            f"content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        ).encode()


@lru_cache(maxsize=16)
def _date_text(instant: int) -> str:
    return format_datetime(datetime.fromtimestamp(instant, UTC), usegmt=True)


# ---------------------------------------------------------------- the client on top


class SimHttpClient(HttpClient):
    """The real client, with a network beneath it that is not there."""

    def __init__(self, network: SimNetwork, clock: MonotonicClock, **more: Any) -> None:
        super().__init__(BASE_URL, clock=clock, **more)
        self._network = network

    def _new_transport(self) -> DeadlineTransport:
        """As the real one, without reading the system's certificates (5 ms a time, and nothing is verified here)."""
        made = DeadlineTransport(
            _bare_context(), mono_s=self._clock.mono_s, max_connections=self._max_in_flight, idle_s=IDLE_S
        )
        made._backend._inner = self._network.backend()  # type: ignore[assignment]
        return made


@lru_cache(maxsize=1)
def _bare_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def build_gotit(
    network: SimNetwork, clock: MonotonicClock, *, reserving: bool = False, deadline_s: float = 35.0
) -> GotIt:
    """The real provider on this network, with the issuer's PIN."""
    settings = GotItSettings(network.issuer.pin, reserving=reserving)
    return GotIt(SimHttpClient(network, clock, deadline_s=deadline_s), settings)


@contextmanager
def plugged_in(network: SimNetwork) -> Iterator[SimNetwork]:
    """While it lasts, names are looked up on this network and httpcore's idle times are virtual.

    Both are module-level in what is replaced (`socket.getaddrinfo` on a thread of its own, `time.monotonic`).
    """
    real_resolve, real_time = transport_module._resolve, vars(http11)["time"]
    transport_module._resolve = network.resolve
    setattr(http11, "time", SimpleNamespace(monotonic=lambda: network.scheduler.now_s))  # noqa: B010 - no export
    try:
        yield network
    finally:
        transport_module._resolve = real_resolve
        setattr(http11, "time", real_time)  # noqa: B010
