"""The one HTTP client: one request over verified TLS, within one total deadline; failures sorted by what may have
happened.

No redirect is followed, no cookie kept, nothing repeated. Of the environment only the proxy is obeyed, and only where
the shop's rule says so; TLS reaches through it. Logs carry path, status and time only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, ProviderError
from pos.providers.proxy import STRAIGHT, ProxyRule
from pos.till.ports import Trace

if TYPE_CHECKING:
    import httpx

    from pos.providers.tls import Handshake
    from pos.providers.transport import DeadlineTransport

BODY_CAP = 1024 * 1024
"""Bytes of an answer; 20 vouchers need about 20 KiB."""
_KNOWN_URLS = 64  # some issuers are asked by a path that ends with an order id: a new one for each sale
IDLE_S = 4.0
"""Kept below the idle limit of common servers (5 s and more): a connection that the server closes in the very moment
in which a changing call is written costs an inquiry."""

NOT_SENT_CODES = (
    "net.refused", "net.dns", "net.unreachable", "net.connect_timeout", "net.busy", "net.tls_untrusted",
    "net.tls_host", "net.tls_expired", "net.tls_not_yet_valid", "net.tls_version", "net.tls_weak", "net.tls_pin",
    "net.tls_failed", "net.ca_file", "net.proxy_address", "net.proxy_unreachable", "net.proxy_login",
    "net.proxy_denied", "net.proxy_failed", "net.proxy_timeout", "net.proxy_reads_along", "net.address",
    "net.shut_down",
)  # fmt: skip
"""Stable codes of `NotSent`; each has a sentence of its own."""
UNKNOWN_CODES = (
    "net.read_timeout", "net.write_timeout", "net.deadline", "net.closed", "net.protocol", "net.too_big",
    "net.unforeseen", "http.redirect", "http.4xx", "http.5xx", "http.odd_status", "http.not_json", "http.no_verdict",
)  # fmt: skip
"""Stable codes of `OutcomeUnknown`; the last two are raised by those who read the body."""

FAILURES: dict[str, tuple[type[ProviderError], str]] = {
    # Before the first byte of the request: httpcore connects, then writes (see transport.py).
    "ConnectError": (NotSent, "net.unreachable"),
    "ConnectTimeout": (NotSent, "net.connect_timeout"),
    "PoolTimeout": (NotSent, "net.busy"),
    "UnsupportedProtocol": (NotSent, "net.address"),
    "InvalidURL": (NotSent, "net.address"),
    # From here on bytes may have left. A write error does not say how many.
    "ReadTimeout": (OutcomeUnknown, "net.read_timeout"),
    "WriteTimeout": (OutcomeUnknown, "net.write_timeout"),
    "ReadError": (OutcomeUnknown, "net.closed"),
    "WriteError": (OutcomeUnknown, "net.closed"),
    "CloseError": (OutcomeUnknown, "net.closed"),
    "RemoteProtocolError": (OutcomeUnknown, "net.protocol"),
    "LocalProtocolError": (OutcomeUnknown, "net.protocol"),
    "DecodingError": (OutcomeUnknown, "net.protocol"),
}
"""httpx's exceptions by class name (httpx is not imported yet when this module is). Whatever is not listed, classes of
a later httpx included, counts as unknown: see `family_of`."""

_LOG = logging.getLogger(__name__)
_HEADERS = (
    ("Content-Type", "application/json"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "identity"),  # a compressed answer could grow past the body cap
    ("User-Agent", "quay-voucher"),
)


class MonotonicClock(Protocol):
    """The part of the till's clock that is needed here."""

    def mono_s(self) -> float:
        """Seconds that only ever grow."""


def family_of(kind: type[BaseException]) -> tuple[type[ProviderError], str]:
    """What an exception of httpx means: family and stable code. Total: the cautious answer is the default."""
    for known in kind.__mro__:
        if known.__name__ in FAILURES:
            return FAILURES[known.__name__]
    return OutcomeUnknown, "net.unforeseen"


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Args:
        path: below the base address, starting with `/`; no secret in it.
        body: JSON, UTF-8; None: none. Sent with GET too where one is given.
        query: names and values, percent-encoded when sent; no secret in it.
        headers: besides the common ones; may be secret.
        deadline_s: for the whole call; None: the client's.
    """

    method: Literal["GET", "POST"]
    path: str
    body: bytes | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    deadline_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end.

    Args:
        retry_after_s: the pause that its `Retry-After` asks for (RFC 9110 §10.2.3); None: it asks for none.
    """

    status: int
    body: bytes = field(repr=False)
    retry_after_s: float | None = None


class HttpClient:
    """Calls one issuer. Thread-safe; connections are opened on the first call.

    Args:
        base_url: `https://host[:port][/path]`.
        clock: for all waiting.
        ca_file: the only CA to trust; None: the system's.
        pins: one of these keys must be in the issuer's chain (`pos.providers.tls.read_pins`); empty: no pin.
        proxy: the way there; as shipped: straight.
        connect_timeout_s: to get a connection: wait for a free one, name look-up, TCP, proxy, TLS, all together.
        deadline_s: for the whole call.
        max_in_flight: contracts/gotit.md §11: at most two requests in flight per till.
        idle_s: how long a connection is kept for the next call; 0: each call has its own (contracts/gotadi.md §2).

    Raises:
        ConfigError: the address is no plain https address (`net.address`).
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: MonotonicClock,
        ca_file: Path | None = None,
        pins: frozenset[bytes] = frozenset(),
        proxy: ProxyRule = STRAIGHT,
        connect_timeout_s: float = 5.0,
        deadline_s: float = 35.0,
        max_in_flight: int = 2,
        idle_s: float = IDLE_S,
    ) -> None:
        self._base_url = _plain_https(base_url)
        self._ca_file = ca_file
        self._pins, self._proxy = pins, proxy
        self._clock = clock
        self._connect_timeout_s = min(connect_timeout_s, deadline_s)
        self._deadline_s = deadline_s
        self._max_in_flight = max_in_flight
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._transport: DeadlineTransport | None = None
        self._urls: dict[str, httpx.URL] = {}
        self._shut_down = False

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        """Post to an issuer that answers everything with 200, and return that answer's body.

        Raises:
            NotSent, OutcomeUnknown: as `exchange`; the latter for any other status too, with `status`.
        """
        reply = self.exchange(Call("POST", path, body), trace, mask=mask)
        try:
            _only_200(reply.status)
        except OutcomeUnknown as fault:
            trace.failure = fault.code
            raise
        return reply.body

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        """Send one request and return its answer, whatever its status.

        Args:
            call: what to send.
            trace: gets status, `Date`, masked body, failure; overwritten by each call.
            mask: takes secrets out of an answer for the trace.

        Raises:
            NotSent: provably nothing of the request left this machine.
            OutcomeUnknown: it may have left, and no answer was read to its end; also for a redirect
                (`http.redirect`, with `status`).
        """
        _wipe(trace)
        started_mono_s = self._clock.mono_s()
        try:
            with self._sorted_failures(trace):
                transport = self._open()
                started_mono_s = (
                    self._clock.mono_s()
                )  # loading httpx on a slow machine must not use up the connect time
                response = transport.handle_request(self._request(call, started_mono_s))
                body = self._read(response, trace, mask)
                _no_redirect(response.status_code)
        except ProviderError as fault:
            trace.failure = fault.code
            raise
        finally:
            _log_call(call, trace, self._clock.mono_s() - started_mono_s)
        return Reply(response.status_code, body, _retry_after_s(response.headers.get("retry-after"), trace.issuer_utc))

    def reach(self) -> None:
        """Make a verified connection and send no request.

        Raises:
            NotSent: that cannot be done; the code says why.
        """
        with self._sorted_failures(Trace()):
            self._open().reach(*self._end_and_instant())

    def handshake(self) -> Handshake:
        """As `reach`, and tell what the handshake showed.

        Raises:
            NotSent: as `reach`.
        """
        with self._sorted_failures(Trace()):
            return self._open().handshake(*self._end_and_instant())

    def _end_and_instant(self) -> tuple[str, int, float]:
        parts = urlsplit(self._base_url)
        return parts.hostname or "", parts.port or 443, self._clock.mono_s() + self._connect_timeout_s

    def close(self) -> None:
        """Break calls in flight (they end as "unknown") and close all connections. Later calls are not sent."""
        with self._lock:
            transport, self._transport, self._shut_down = self._transport, None, True
        if transport is not None:
            transport.abort()
            transport.close()

    def _open(self) -> DeadlineTransport:
        with self._lock:
            if self._shut_down:
                raise NotSent("net.shut_down")
            if self._transport is None:
                self._transport = self._new_transport()
            return self._transport

    def _new_transport(self) -> DeadlineTransport:
        from pos.providers.tls import client_context
        from pos.providers.transport import DeadlineTransport  # httpx costs a tenth of a second at the start

        try:
            context = client_context(self._ca_file)
        except (OSError, ValueError) as exc:  # missing, unreadable, no certificate in it
            raise NotSent("net.ca_file") from exc
        return DeadlineTransport(
            context,
            mono_s=self._clock.mono_s,
            max_connections=self._max_in_flight,
            idle_s=self._idle_s,
            proxy=self._proxy,
            pins=self._pins,
        )

    def _request(self, call: Call, started_mono_s: float) -> httpx.Request:
        import httpx

        ends_mono_s = started_mono_s + (self._deadline_s if call.deadline_s is None else call.deadline_s)
        waits = {
            "pool": self._connect_timeout_s,  # httpcore waits for this one itself: seconds, not an instant
            "connect": started_mono_s + self._connect_timeout_s,
            "write": ends_mono_s,
            "read": ends_mono_s,
        }
        url = self._urls.get(call.path)
        if url is None:  # parsing an address costs a tenth of a whole call
            if len(self._urls) >= _KNOWN_URLS:
                self._urls.clear()
            url = self._urls[call.path] = httpx.URL(self._base_url + call.path)
        if call.query:
            url = url.copy_with(params=call.query)
        headers = _HEADERS + call.headers
        return httpx.Request(call.method, url, headers=headers, content=call.body, extensions={"timeout": waits})

    def _read(self, response: httpx.Response, trace: Trace, mask: Callable[[bytes], str]) -> bytes:
        trace.http_status = response.status_code
        trace.issuer_utc = _http_date(response.headers.get("date"))
        parts: list[bytes] = []
        size = 0
        try:
            for part in response.iter_raw():
                parts.append(part)
                size += len(part)
                if size > BODY_CAP:
                    raise OutcomeUnknown("net.too_big", status=response.status_code)
        finally:
            response.close()
            trace.raw = mask(b"".join(parts))
        return b"".join(parts)

    @contextmanager
    def _sorted_failures(self, trace: Trace) -> Iterator[None]:
        """Turn whatever goes wrong into one of the families.

        Broad on purpose: an exception nobody thought of must end as "unknown", not as a crash in mid-redemption.
        Texts of libraries may quote the answer, so they stay out of ours.
        """
        try:
            yield
        except ProviderError:
            raise
        except Exception as exc:
            family, code = family_of(type(exc))
            if family is NotSent:
                at_fault = exc if hasattr(exc, "fault") else exc.__cause__
                raise NotSent(str(getattr(at_fault, "fault", code)), host=urlsplit(self._base_url).netloc) from exc
            raise OutcomeUnknown(_refined(code, exc, trace), kind=type(exc).__name__) from None


def _refined(code: str, exc: Exception, trace: Trace) -> str:
    if code == "net.read_timeout" and trace.http_status is not None:
        return "net.deadline"  # it spoke, but too slowly
    # For the sentence only; both are unknown. Texts of httpcore 1.0 and h11 0.16.
    if code == "net.protocol" and str(exc).startswith(("Server disconnected", "peer closed connection")):
        return "net.closed"
    return code


def _no_redirect(status: int) -> None:
    if status // 100 == 3:
        raise OutcomeUnknown("http.redirect", status=status)


def _only_200(status: int) -> None:
    if status == 200:
        return
    kinds = {4: "http.4xx", 5: "http.5xx"}
    raise OutcomeUnknown(kinds.get(status // 100, "http.odd_status"), status=status)


def _plain_https(base_url: str) -> str:
    """The address without a slash at its end.

    Raises:
        ConfigError: not https, or with user, query or fragment: none of them belongs to an issuer's address.
    """
    try:
        parts = urlsplit(base_url)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ConfigError("net.address") from None
    if not sound or parts.username is not None or parts.query or parts.fragment or not base_url.isprintable():
        raise ConfigError("net.address")
    return base_url.rstrip("/")


@lru_cache(maxsize=4)  # it changes once a second
def _http_date(text: str | None) -> datetime | None:
    """An HTTP `Date` (RFC 9110 §5.6.7) as aware UTC, None if it is missing or no date."""
    try:
        parsed = parsedate_to_datetime(text or "")
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # the last: a date whose UTC lies beyond year 9999
        return None


def _retry_after_s(text: str | None, issuer_utc: datetime | None) -> float | None:
    """Seconds as they stand, or until a date on the issuer's own clock."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    until_utc = _http_date(text)
    if until_utc is None or issuer_utc is None:
        return None
    return max(0.0, (until_utc - issuer_utc).total_seconds())


def _wipe(trace: Trace) -> None:
    trace.http_status = trace.issuer_utc = trace.raw = trace.failure = None
    trace.answered = False


def _log_call(call: Call, trace: Trace, took_s: float) -> None:
    _LOG.info("%s %s: %s in %.0f ms", call.method, call.path, trace.failure or trace.http_status, took_s * 1000)
