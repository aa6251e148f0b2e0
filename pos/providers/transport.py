"""TLS connections whose every wait ends at one instant, on httpx's transport. Imported on the first call only.

httpx's timeouts are per operation: a server that drips one byte per 0.2 s keeps a call alive for ever. Here the
"timeouts" that httpx hands down are *instants* on the monotonic clock, and each connect, read and write waits for
what is left until then, so that dripped headers, bodies and handshakes all end in time. Rejected: a watchdog thread
that closes sockets (a thread a call, and closing a socket under a reader is a race).

Is a silent reconnect of httpcore safe? Read in httpcore 1.0.9: `ConnectionPool._assign_requests_to_connections` drops
an idle connection whose socket is readable (`HTTP11Connection.has_expired`) *before* a request is given to it, and
`handle_request` repeats only on `ConnectionNotAvailable`, which is raised before the first byte is written. A
connection that breaks after that raises and is never repeated; `retries=0` repeats no connect either. A write error
is swallowed there and shows as a failed read: "unknown", never "not sent". tests/providers/test_http.py holds it.

A proxy is spoken to in `_DeadlineBackend.connect_tcp`, below the pool, and not by httpcore's own `HTTPProxy`: there
its answer may take as long as the whole call, and whatever goes wrong with it would count as "unknown", although
nothing of the request has left.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn, TypeVar

import httpcore
import httpx

from pos.domain.errors import ConfigError
from pos.providers.proxy import STRAIGHT, Proxy, ProxyRule
from pos.providers.tls import Handshake, close_left_over, fits, handshake, tls_fault
from pos.providers.tunnel import ProxyRefused, Tunnel

_SEND_CHUNK = 16 * 1024
"""One TLS record, so that each wait of a write is bounded by the instant."""
_PROXY_ANSWER = 4096
T = TypeVar("T")


class ConnectFailed(httpcore.ConnectError):
    """No connection was made; `fault` tells why, as a stable error code."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class ConnectTimedOut(httpcore.ConnectTimeout):
    """No connection was made in time."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that keep to instants.

    Args:
        context: the rules of TLS.
        mono_s: monotonic clock, seconds.
        max_connections: calls in flight; a further one waits for the pool time-out.
        idle_s: how long an unused connection is kept; 0: not at all.
        proxy: the way there.
        pins: one of these keys must be in the chain; empty: any chain that can be verified.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        mono_s: Callable[[], float],
        max_connections: int,
        idle_s: float,
        proxy: ProxyRule = STRAIGHT,
        pins: frozenset[bytes] = frozenset(),
    ) -> None:
        # Not super().__init__: httpx 0.28 has no parameter for a network backend. It only builds this pool.
        self._context = context
        self._backend = _DeadlineBackend(mono_s, proxy, pins)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=max_connections,
            max_keepalive_connections=max_connections if idle_s > 0 else 0,
            keepalive_expiry=idle_s,
            http1=True,
            http2=False,
            retries=0,
            network_backend=self._backend,
        )

    def reach(self, host: str, port: int, by_mono_s: float) -> None:
        """Connect and shake hands by that instant, send nothing, hang up.

        Raises:
            ConnectFailed, ConnectTimedOut.
        """
        self._shake_hands(host, port, by_mono_s).close()

    def handshake(self, host: str, port: int, by_mono_s: float) -> Handshake:
        """As `reach`, and tell what was shown."""
        secured = self._shake_hands(host, port, by_mono_s)
        try:
            return handshake(secured.get_extra_info("ssl_object"), by_proxy=secured.by_proxy)
        finally:
            secured.close()

    def _shake_hands(self, host: str, port: int, by_mono_s: float) -> _DeadlineStream:
        return self._backend.connect_tcp(host, port, by_mono_s).start_tls(self._context, host, by_mono_s)

    def abort(self) -> None:
        """Break every connection: calls in other threads end at once with a read error."""
        self._backend.abort()


class _DeadlineBackend(httpcore.NetworkBackend):
    def __init__(self, mono_s: Callable[[], float], proxy: ProxyRule, pins: frozenset[bytes]) -> None:
        self.mono_s = mono_s
        self.pins = pins
        self._proxy = proxy
        self._inner = httpcore.SyncBackend()
        self._live: weakref.WeakSet[_DeadlineStream] = weakref.WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _DeadlineStream:
        """A connection whose other end is this host: straight, or through the proxy's tunnel."""
        try:
            proxy = self._way_to(host, self._left_s(timeout))
        except ConfigError as exc:
            raise ConnectFailed(exc.code) from exc
        if proxy is None:
            return self._connect(host, port, timeout, socket_options)
        try:
            stream = self._connect(proxy.host, proxy.port, timeout, socket_options)
        except ConnectTimedOut as exc:
            raise ConnectTimedOut("net.proxy_timeout") from exc
        except ConnectFailed as exc:
            raise ConnectFailed("net.proxy_unreachable") from exc
        try:
            self._dig(stream, proxy, host, port, timeout)
        except BaseException:
            stream.close()
            raise
        stream.by_proxy = True
        return stream

    def _way_to(self, host: str, left_s: float) -> Proxy | None:
        if not self._proxy.asks_system:
            return self._proxy.proxy_to(host)
        return _in_time(lambda: self._proxy.proxy_to(host), left_s, "net.proxy_timeout")

    def _connect(
        self, host: str, port: int, timeout: float | None, socket_options: Iterable[Any] | None
    ) -> _DeadlineStream:
        """Resolve and connect; several addresses share what is left, so that a dead first one cannot use it all up."""
        addresses = _resolve(host, port, self._left_s(timeout))
        fault: httpcore.ConnectError | httpcore.ConnectTimeout = ConnectFailed("net.dns")
        for at, address in enumerate(addresses):
            share_s = self._left_s(timeout) / (len(addresses) - at)
            try:
                return self.watched(self._inner.connect_tcp(address, port, share_s, None, socket_options))
            except httpcore.ConnectTimeout as exc:
                fault = _because(ConnectTimedOut("net.connect_timeout"), exc)
            except httpcore.ConnectError as exc:
                refused = isinstance(exc.__cause__, ConnectionError)
                fault = _because(ConnectFailed("net.refused" if refused else "net.unreachable"), exc)
        raise fault

    @staticmethod
    def _dig(stream: _DeadlineStream, proxy: Proxy, host: str, port: int, by_mono_s: float | None) -> None:
        """Have the proxy connect. Whatever goes wrong here, nothing of a request has left."""
        tunnel = Tunnel(proxy, host, port)
        try:
            stream.write(tunnel.request(), by_mono_s)
            while not tunnel.hear(stream.read(_PROXY_ANSWER, by_mono_s)):
                pass
        except ProxyRefused as exc:
            raise ConnectFailed(exc.fault) from None
        except httpcore.TimeoutException as exc:
            raise ConnectTimedOut("net.proxy_timeout") from exc
        except httpcore.NetworkError as exc:
            raise ConnectFailed("net.proxy_failed") from exc

    def sleep(self, seconds: float) -> None:
        """Between repeated connects, of which there are none here."""
        time.sleep(seconds)

    def abort(self) -> None:
        for stream in list(self._live):
            stream.shut_down()

    def watched(self, inner: httpcore.NetworkStream) -> _DeadlineStream:
        stream = _DeadlineStream(inner, self)
        self._live.add(stream)
        return stream

    def _left_s(self, by_mono_s: float | None) -> float:
        left_s = _left_s(by_mono_s, self.mono_s)
        if left_s <= 0:
            raise ConnectTimedOut("net.connect_timeout")
        return left_s


class _DeadlineStream(httpcore.NetworkStream):
    """One connection; every `timeout` is an instant."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _DeadlineBackend) -> None:
        self.by_proxy = False
        self._inner = inner
        self._backend = backend
        self._mono_s = backend.mono_s
        self._held = b""
        self._held_until: float | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held:
            # As httpcore does it: whether a request arrived that could not be written whole, the answer tells.
            with suppress(httpcore.WriteError):
                self._send_held()
        left_s = _left_s(timeout, self._mono_s)
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return self._inner.read(max_bytes, left_s)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Hold a small request back until its answer is read: head and body go out as one record, not as two."""
        if _left_s(timeout, self._mono_s) <= 0:
            raise httpcore.WriteTimeout
        self._held += buffer
        self._held_until = timeout
        if len(self._held) > _SEND_CHUNK:
            self._send_held()

    def _send_held(self) -> None:
        buffer, self._held = self._held, b""
        for start in range(0, len(buffer), _SEND_CHUNK):
            left_s = _left_s(self._held_until, self._mono_s)
            if left_s <= 0:
                raise httpcore.WriteTimeout
            self._inner.write(buffer[start : start + _SEND_CHUNK], left_s)

    def close(self) -> None:
        self._inner.close()

    def shut_down(self) -> None:
        """Wake a reader in another thread; it closes the connection itself."""
        sock = self._inner.get_extra_info("socket")
        try:
            # The plain socket's method: SSLSocket.shutdown would take the TLS state away under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return  # already gone

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _DeadlineStream:
        try:
            left_s = _left_s(timeout, self._mono_s)
            if left_s <= 0:
                raise httpcore.ConnectTimeout
            secured = self._backend.watched(self._inner.start_tls(ssl_context, server_hostname, left_s))
        except httpcore.ConnectTimeout as exc:
            self.close()
            raise ConnectTimedOut("net.connect_timeout") from exc
        except httpcore.ConnectError as exc:
            close_left_over(exc.__cause__)
            raise ConnectFailed(self._told(tls_fault(exc.__cause__))) from exc
        except ValueError as exc:  # a host name that cannot be one
            self.close()
            raise ConnectFailed("net.tls_failed") from exc
        sock = secured.get_extra_info("ssl_object")
        if sock is None:
            # The ssl module skips the handshake on a socket that the peer has reset already, without a word.
            secured.close()
            raise ConnectFailed("net.tls_failed")
        if not fits(self._backend.pins, sock):
            secured.close()  # before the first byte of any request
            raise ConnectFailed("net.tls_pin")
        secured.by_proxy = self.by_proxy
        return secured

    def _told(self, fault: str) -> str:
        """Behind a proxy an unknown certificate most often is the proxy's own, which opens the line to read it."""
        return "net.proxy_reads_along" if self.by_proxy and fault == "net.tls_untrusted" else fault

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        return self._inner.get_extra_info(info)


def _left_s(by_mono_s: float | None, mono_s: Callable[[], float]) -> float:
    if by_mono_s is None:
        raise ValueError("a wait without an end")
    return by_mono_s - mono_s()


def _resolve(host: str, port: int, left_s: float) -> list[str]:
    """Addresses of a host, in the system's order, each once. Happens once a connection, not once a call."""

    def look_up() -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    try:
        return _in_time(look_up, left_s, "net.dns")
    except (OSError, UnicodeError) as exc:  # UnicodeError: a label that no host name can have
        raise ConnectFailed("net.dns") from exc


def _in_time(ask_system: Callable[[], T], left_s: float, fault: str) -> T:
    """What the system answers.

    Its resolver has no time limit of its own and may hang for half a minute when the line is dead, so it runs beside;
    a hanging one is left to end by itself.
    """
    answers: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer = ask_system()
        except Exception as exc:  # noqa: BLE001 - raised where it was asked for
            answers.put(partial(_raise, exc))
        else:
            answers.put(lambda: answer)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        told = answers.get(timeout=left_s)
    except queue.Empty:
        raise ConnectTimedOut(fault) from None
    return told()


def _raise(error: Exception) -> NoReturn:
    raise error


def _because(
    fault: httpcore.ConnectError | httpcore.ConnectTimeout, cause: Exception
) -> httpcore.ConnectError | httpcore.ConnectTimeout:
    fault.__cause__ = cause
    return fault
