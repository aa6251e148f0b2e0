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
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx

_SEND_CHUNK = 16 * 1024
"""One TLS record, so that each wait of a write is bounded by the instant."""

_HOST_MISMATCH = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_NOT_YET_VALID, _EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_VERSION_REASONS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "WRONG_SSL_VERSION", "NO_PROTOCOLS_AVAILABLE")


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
    """

    def __init__(
        self, context: ssl.SSLContext, *, mono_s: Callable[[], float], max_connections: int, idle_s: float
    ) -> None:
        # Not super().__init__: httpx 0.28 has no parameter for a network backend. It only builds this pool.
        self._context = context
        self._backend = _DeadlineBackend(mono_s)
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
        plain = self._backend.connect_tcp(host, port, by_mono_s)
        plain.start_tls(self._context, host, by_mono_s).close()

    def abort(self) -> None:
        """Break every connection: calls in other threads end at once with a read error."""
        self._backend.abort()


class _DeadlineBackend(httpcore.NetworkBackend):
    def __init__(self, mono_s: Callable[[], float]) -> None:
        self._mono_s = mono_s
        self._inner = httpcore.SyncBackend()
        self._live: weakref.WeakSet[_DeadlineStream] = weakref.WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve and connect; several addresses share what is left, so that a dead first one cannot use it all up."""
        addresses = _resolve(host, port, self._left_s(timeout))
        fault: httpcore.ConnectError | httpcore.ConnectTimeout = ConnectFailed("net.dns")
        for at, address in enumerate(addresses):
            share_s = self._left_s(timeout) / (len(addresses) - at)
            try:
                stream = self._inner.connect_tcp(address, port, share_s, local_address, socket_options)
                return self._watched(stream)
            except httpcore.ConnectTimeout as exc:
                fault = _because(ConnectTimedOut("net.connect_timeout"), exc)
            except httpcore.ConnectError as exc:
                refused = isinstance(exc.__cause__, ConnectionError)
                fault = _because(ConnectFailed("net.refused" if refused else "net.unreachable"), exc)
        raise fault

    def sleep(self, seconds: float) -> None:
        """Between repeated connects, of which there are none here."""
        time.sleep(seconds)

    def abort(self) -> None:
        for stream in list(self._live):
            stream.shut_down()

    def _watched(self, inner: httpcore.NetworkStream) -> _DeadlineStream:
        stream = _DeadlineStream(inner, self._mono_s, self._watched)
        self._live.add(stream)
        return stream

    def _left_s(self, by_mono_s: float | None) -> float:
        left_s = _left_s(by_mono_s, self._mono_s)
        if left_s <= 0:
            raise ConnectTimedOut("net.connect_timeout")
        return left_s


class _DeadlineStream(httpcore.NetworkStream):
    """One connection; every `timeout` is an instant."""

    def __init__(
        self,
        inner: httpcore.NetworkStream,
        mono_s: Callable[[], float],
        watched: Callable[[httpcore.NetworkStream], _DeadlineStream],
    ) -> None:
        self._inner = inner
        self._mono_s = mono_s
        self._watched = watched
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
    ) -> httpcore.NetworkStream:
        try:
            left_s = _left_s(timeout, self._mono_s)
            if left_s <= 0:
                raise httpcore.ConnectTimeout
            secured = self._watched(self._inner.start_tls(ssl_context, server_hostname, left_s))
        except httpcore.ConnectTimeout as exc:
            self.close()
            raise ConnectTimedOut("net.connect_timeout") from exc
        except httpcore.ConnectError as exc:
            _close_left_over(exc.__cause__)
            raise ConnectFailed(tls_fault(exc.__cause__)) from exc
        except ValueError as exc:  # a host name that cannot be one
            self.close()
            raise ConnectFailed("net.tls_failed") from exc
        if secured.get_extra_info("ssl_object") is None:
            # The ssl module skips the handshake on a socket that the peer has reset already, without a word.
            secured.close()
            raise ConnectFailed("net.tls_failed")
        return secured

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        return self._inner.get_extra_info(info)


def tls_fault(cause: BaseException | None) -> str:
    """The stable code for a failed handshake. Source: OpenSSL `x509_vfy.h`, and its reason texts.

    Codes are told apart because the advice differs: another CA file, another address, the till's clock.
    """
    if isinstance(cause, ssl.SSLCertVerificationError):
        if cause.verify_code in _HOST_MISMATCH:
            return "net.tls_host"
        return {_EXPIRED: "net.tls_expired", _NOT_YET_VALID: "net.tls_not_yet_valid"}.get(
            cause.verify_code, "net.tls_untrusted"
        )
    if isinstance(cause, ConnectionError):
        return "net.refused"  # hung up on before a word of TLS: no matter of certificates
    if isinstance(cause, ssl.SSLError) and any(text in (cause.reason or "") for text in _VERSION_REASONS):
        return "net.tls_version"
    return "net.tls_failed"


def _close_left_over(cause: BaseException | None) -> None:
    """Close the socket that a failed handshake has left open.

    WORKAROUND: `ssl.SSLSocket._create` of CPython 3.11 and 3.12 takes the plain socket over and, if the peer has reset
    it before the handshake, raises without closing; offline, that would be a file descriptor per try until the next
    garbage collection. The socket is reachable through the traceback only. Re-test with 3.13.
    """
    for frame, _ in traceback.walk_tb(cause.__traceback__ if cause is not None else None):
        left_over = frame.f_locals.get("self")
        if isinstance(left_over, ssl.SSLSocket):
            left_over.close()


def _left_s(by_mono_s: float | None, mono_s: Callable[[], float]) -> float:
    if by_mono_s is None:
        raise ValueError("a wait without an end")
    return by_mono_s - mono_s()


def _resolve(host: str, port: int, left_s: float) -> list[str]:
    """Addresses of a host, in the system's order, each once.

    The system's resolver has no time limit of its own and may hang for half a minute when the line is dead, so it
    runs beside; a hanging one is left to end by itself. Happens once a connection, not once a call.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except (OSError, UnicodeError) as exc:  # UnicodeError: a label that no host name can have
            answers.put(exc)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=left_s)
    except queue.Empty:
        raise ConnectTimedOut("net.dns") from None
    if isinstance(answer, Exception):
        raise ConnectFailed("net.dns") from answer
    return answer


def _because(
    fault: httpcore.ConnectError | httpcore.ConnectTimeout, cause: Exception
) -> httpcore.ConnectError | httpcore.ConnectTimeout:
    fault.__cause__ = cause
    return fault
