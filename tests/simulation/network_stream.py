"""Connections that are not there: what httpcore's `SyncBackend` does, in virtual time."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import httpcore

from tests.simulation.faults import COURSES, Course, Fault
from tests.simulation.issuer import OPERATIONS, Seen

if TYPE_CHECKING:
    from tests.simulation.network import SimNetwork

KEEP_ALIVE_S = 15.0
"""After which the issuer closes an idle connection."""
_NO_SOCKET = socket.socket()
_NO_SOCKET.close()  # the client shuts sockets down to wake readers: this one answers "already gone"


@dataclass(slots=True)
class WireRequest:
    path: str
    body: bytes
    operation: str
    codes: tuple[str, ...]
    bill_number: str
    course: Course
    fault: Fault | None
    delay_s: float
    left_at_s: float
    wire_seen: Seen | None = None
    done: bool = False
    """It is at the issuer, or on its way there whatever becomes of the till."""


class SimBackend(httpcore.NetworkBackend):
    """One till's way onto the line."""

    def __init__(self, network: SimNetwork) -> None:
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        network, left_s = self._network, timeout or 0.0
        if host == Fault.CONNECT_TIMEOUT or network.lag_s > left_s:
            network.scheduler.sleep(left_s)
            raise httpcore.ConnectTimeout("timed out") from TimeoutError("timed out")
        if not network.cable_in or host == Fault.UNREACHABLE:
            raise httpcore.ConnectError("no way") from OSError(errno.ENETUNREACH, "Network is unreachable")
        network.scheduler.sleep(network.lag_s)
        if host == Fault.REFUSED:
            raise httpcore.ConnectError("refused") from ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        return SimStream(network, tls_fails=host == Fault.TLS_FAILED)

    def sleep(self, seconds: float) -> None:
        self._network.scheduler.sleep(seconds)


class SimStream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, network: SimNetwork, *, tls_fails: bool = False) -> None:
        self._network = network
        self._tls_fails = tls_fails
        self._secured = False
        self._sent = b""
        self._request: WireRequest | None = None
        self._incoming = b""
        self._ended: Literal["closed", "reset", "silent", ""] = ""
        self._requests = 0
        self._idle_since_s = network.scheduler.now_s
        self.closed = False

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        if self._tls_fails:
            cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
            cause.verify_code, cause.verify_message = 19, "self-signed certificate"
            raise httpcore.ConnectError("handshake") from cause
        self._secured = True
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return SimpleNamespace(selected_alpn_protocol=lambda: "http/1.1") if self._secured else None
        if info == "socket":
            return _NO_SOCKET
        if info == "is_readable":
            idle_s = self._network.scheduler.now_s - self._idle_since_s
            return bool(self._ended) or idle_s >= KEEP_ALIVE_S
        return None

    def close(self) -> None:
        self.closed = True

    # ------------------------------------------------------------ out

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Take bytes; the request leaves with its last one."""
        if self._ended == "reset" or self.closed:
            raise httpcore.WriteError("gone") from BrokenPipeError(errno.EPIPE, "Broken pipe")
        self._sent += buffer
        whole = _whole_request(self._sent)
        if whole is None:
            return
        self._sent = b""
        self._leave(*whole, timeout or 0.0)

    def _leave(self, path: str, body: bytes, timeout_s: float) -> None:
        network = self._network
        operation, codes, bill_number = _about(path, body)
        network.scheduler.port(f"net.write {operation}")
        fault, delay_s = network.seen(
            "request", operation=operation, codes=codes, bill_number=bill_number, reused=self._requests > 0
        )
        self._requests += 1
        course = COURSES[fault] if fault in COURSES else Course()
        request = WireRequest(
            path, body, operation, codes, bill_number, course, fault, delay_s, network.scheduler.now_s
        )
        if course.end == "write_timeout" or not network.cable_in:
            self._ended = "silent"
            if course.end == "write_timeout":
                network.scheduler.sleep(timeout_s)
                raise httpcore.WriteTimeout("timed out") from TimeoutError("timed out")
        elif course.end == "write_reset":
            self._ended = "reset"
            if course.effect:
                network.later(network.lag_s, lambda: network.carry_out(request))
            raise httpcore.WriteError("reset") from ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        else:
            self._request = request

    # ------------------------------------------------------------ in

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for bytes of the answer: `b""` when the peer has closed."""
        left_s = timeout or 0.0
        if self._request is not None:
            request, self._request = self._request, None
            try:
                self._network.scheduler.port(f"net.read {request.operation}")
                left_s = self._serve(request, left_s)
                self._network.scheduler.port(f"net.answer {request.operation}")
            except BaseException:  # the till died while it waited: what has left goes its way
                self._go_on_alone(request)
                raise
        if self._incoming:
            part, self._incoming = self._incoming[:max_bytes], self._incoming[max_bytes:]
            self._idle_since_s = self._network.scheduler.now_s
            return part
        if self._ended == "closed":
            return b""
        if self._ended == "reset" or self.closed:
            raise httpcore.ReadError("reset") from ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        self._network.scheduler.sleep(left_s)
        raise httpcore.ReadTimeout("timed out") from TimeoutError("timed out")

    def _serve(self, request: WireRequest, left_s: float) -> float:
        """Let the request reach the issuer and the answer come back; returns what is left of the wait."""
        network, course = self._network, request.course
        answer = (500, b"")
        if course.effect and course.late:
            request.done = True
            network.later(request.delay_s, lambda: network.carry_out(request))
        elif course.effect:
            work_s = network.lag_s + (request.delay_s if request.fault is Fault.DELAY_EFFECT else 0.0)
            if work_s > left_s:
                request.done = True
                network.later(work_s, lambda: network.carry_out(request))
                self._ended = "silent"
                return left_s
            network.scheduler.sleep(work_s)
            left_s -= work_s
            answer = network.carry_out(request)
        back_s = network.lag_s + (request.delay_s if request.fault is Fault.DELAY else 0.0)
        if course.end == "silent" or back_s > left_s or not network.cable_in:
            self._ended = "silent"
            return left_s
        network.scheduler.sleep(back_s)
        self._arrives(request, course.reply or answer)
        return left_s - back_s

    def _go_on_alone(self, request: WireRequest) -> None:
        if request.course.effect and not request.done:
            wait_s = request.delay_s if request.course.late else self._network.lag_s
            self._network.later(wait_s, lambda: self._network.carry_out(request))
            request.done = True

    def _arrives(self, request: WireRequest, answer: tuple[int, bytes]) -> None:
        network, course = self._network, request.course
        if course.end in ("closed", "reset"):
            self._ended = "closed" if course.end == "closed" else "reset"
            return
        status, body = answer
        if course.spoil is not None and status == 200:
            spoilt = course.spoil(json.loads(body))
            body = spoilt if isinstance(spoilt, bytes) else json.dumps(spoilt).encode()
        whole = network.head(status, len(body)) + body
        if course.end == "half":
            self._incoming, self._ended = whole[: len(whole) - len(body) // 2 - 1], "closed"
        elif course.end == "drip":
            self._incoming, self._ended = whole[: len(whole) - len(body) + 1], "silent"
        else:
            self._incoming = whole
            if request.wire_seen is not None and course.reply is None:
                request.wire_seen.delivered = _told(request)


def _told(request: WireRequest) -> bool:
    """Whether the till learns from it: a check that names no voucher, or another one, says nothing of ours."""
    unnamed = request.operation == "check" and request.fault in (Fault.DATA_NULL, Fault.WRONG_VOUCHER)
    return request.course.telling and not unnamed


def _whole_request(sent: bytes) -> tuple[str, bytes] | None:
    head, found, body = sent.partition(b"\r\n\r\n")
    if not found:
        return None
    lines = head.decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    return (lines[0].split(" ")[1], body) if len(body) >= int(lengths[0]) else None


def _about(path: str, body: bytes) -> tuple[str, tuple[str, ...], str]:
    fields = json.loads(body)
    return OPERATIONS.get(path.rpartition("/")[2], path), tuple(fields["codes"]), fields.get("bill_number", "")
