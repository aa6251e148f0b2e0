"""The HTTP client against a raw TLS server: what leaves, what comes back, and that every wait has an end."""

from __future__ import annotations

import gc
import queue
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, ProviderError
from pos.providers.http import FAILURES, NOT_SENT_CODES, UNKNOWN_CODES, HttpClient, family_of
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, RawServer, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock

BODY = b'{"pin":"7305"}'
DEADLINE_S = 0.6
SLACK_S = 0.5


def plain(body: bytes) -> str:
    return body.decode("utf-8", "replace")


@contextmanager
def client(url: str, ca_file: Path | None, **settings: Any) -> Iterator[HttpClient]:
    http = HttpClient(url, clock=SteadyClock(), ca_file=ca_file, **settings)
    try:
        yield http
    finally:
        http.close()


def post(http: HttpClient, trace: Trace | None = None, body: bytes = BODY) -> bytes:
    return http.post_json("/merchant/v6.0/checkmultiple", body, trace or Trace(), mask=plain)


def failure(http: HttpClient, family: type[ProviderError], trace: Trace | None = None, body: bytes = BODY) -> str:
    """The code with which one call fails, which must also stand in the trace."""
    trace = trace or Trace()
    with pytest.raises(family) as caught:
        post(http, trace, body)
    assert type(caught.value) is family
    assert trace.failure == caught.value.code
    assert caught.value.code in NOT_SENT_CODES + UNKNOWN_CODES
    return caught.value.code


def test_request_is_what_the_contract_says_byte_for_byte(authority: Authority) -> None:
    """§3: POST, the two headers, the body untouched; no cookie, no authorization, nothing about the environment."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority.ca_file) as http:
        post(http)
        assert server.requests == [
            b"POST /merchant/v6.0/checkmultiple HTTP/1.1\r\n"
            b"Host: localhost:%d\r\n"
            b"Content-Type: application/json\r\n"
            b"Accept: application/json\r\n"
            b"Accept-Encoding: identity\r\n"
            b"User-Agent: quay-voucher\r\n"
            b"Content-Length: 14\r\n"
            b"\r\n" % server.port + BODY
        ]


def test_answer_fills_the_trace(authority: Authority) -> None:
    """Status, the issuer's clock and a masked copy are there for the journal."""
    script = answer(b'{"success": true}', headers="Date: Fri, 21 Nov 2025 03:19:32 GMT\r\n")
    with RawServer(authority.context(), script) as server, client(server.url, authority.ca_file) as http:
        trace = Trace(failure="old", answered=True)
        assert http.post_json("/x", BODY, trace, mask=lambda b: f"<{len(b)}>") == b'{"success": true}'
    assert trace == Trace(200, datetime(2025, 11, 21, 3, 19, 32, tzinfo=UTC), "<17>", None, answered=False)


@pytest.mark.parametrize("date", ["yesterday", "Fri, 99 Nov 2025 03:19:32 GMT", "", "Fri, 21 Nov 99999 99:99:99 GMT"])
def test_a_date_that_is_none_is_no_date(authority: Authority, date: str) -> None:
    """A broken clock header must not fail a sale."""
    script = answer(b"{}", headers=f"Date: {date}\r\n")
    trace = Trace()
    with RawServer(authority.context(), script) as server, client(server.url, authority.ca_file) as http:
        post(http, trace)
    assert trace.issuer_utc is None


def test_connections_are_kept(authority: Authority) -> None:
    """The second call does not pay for a handshake, and no cookie of the first goes along."""
    script = answer(b"{}", headers="Set-Cookie: a=b\r\n")
    with RawServer(authority.context(), script) as server, client(server.url, authority.ca_file) as http:
        post(http)
        post(http)
        assert server.connections == 1
        assert server.requests[0] == server.requests[1]


def test_an_idle_connection_closed_by_the_server_is_replaced_unnoticed(authority: Authority) -> None:
    """Closed before the request was written: nothing was lost, the cashier sees nothing."""
    gone = threading.Event()

    def answer_and_leave(sock: Any) -> None:
        answer(b"{}")(sock)
        hang_up(sock)
        gone.set()

    with (
        RawServer(authority.context(), answer_and_leave, answer(b"{}")) as server,
        client(server.url, authority.ca_file) as http,
    ):
        post(http)
        assert gone.wait(5)
        assert post(http) == b"{}"
        assert len(server.requests) == server.connections == 2


@pytest.mark.parametrize("first", [False, True], ids=["new-connection", "kept-connection"])
def test_a_connection_that_breaks_after_the_request_is_unknown_and_never_repeated(
    authority: Authority, first: bool
) -> None:
    """The issuer may have acted: exactly one request must have left."""
    script: list[Script] = [answer(b"{}")] if first else []
    with (
        RawServer(authority.context(), *script, hang_up) as server,
        client(server.url, authority.ca_file) as http,
    ):
        if first:
            post(http)
        assert failure(http, OutcomeUnknown) == "net.closed"
        assert len(server.requests) == 1 + first


def test_a_lost_reconnect_is_not_sent(authority: Authority) -> None:
    """The kept connection is gone and no new one can be made: provably nothing left."""
    with client("https://localhost:1", authority.ca_file) as unused:
        assert failure(unused, NotSent) == "net.refused"
    server = RawServer(authority.context(), answer(b"{}"))
    with client(server.url, authority.ca_file) as http:
        post(http)
        server.close()
        assert failure(http, NotSent) == "net.refused"


def test_refused_connection_is_not_sent(authority: Authority) -> None:
    """Nobody listens: offline."""
    with never_listening() as port, client(f"https://localhost:{port}", authority.ca_file) as http:
        assert failure(http, NotSent) == "net.refused"
        with pytest.raises(NotSent) as caught:
            http.reach()
        assert (caught.value.code, caught.value.params) == ("net.refused", {"host": f"localhost:{port}"})


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 64 + ".vn"])
def test_a_name_that_cannot_be_found_is_not_sent(authority: Authority, host: str) -> None:
    """No name, no connection."""
    with client(f"https://{host}", authority.ca_file) as http:
        assert failure(http, NotSent) == "net.dns"


def test_a_server_that_resets_at_once_leaves_nothing_open(authority: Authority) -> None:
    """Offline for a whole evening must not use up the machine's file descriptors."""

    def reset(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    gc.collect()
    gc.disable()
    try:
        with (
            RawServer(authority.context(), greet=reset) as server,
            client(server.url, authority.ca_file) as http,
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter("always", ResourceWarning)
            for _ in range(300):
                assert failure(http, NotSent) == "net.refused"
            gc.collect()
        assert [str(w.message) for w in caught] == []
    finally:
        gc.enable()


def test_a_client_certificate_demanded_under_tls_1_3_is_unknown(authority: Authority) -> None:
    """TLS 1.3 tells it after the handshake, when the request has left: it cannot count as "not sent"."""
    strict = authority.context()
    strict.minimum_version = ssl.TLSVersion.TLSv1_3
    authority.demand_client_certificate(strict)
    with RawServer(strict, answer(b"{}")) as server, client(server.url, authority.ca_file) as http:
        assert failure(http, OutcomeUnknown) == "net.closed"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (lambda server: server.silent, "net.read_timeout"),
        (lambda server: server.drip(HEAD + b"X: " + b"x" * 5000), "net.read_timeout"),
        (lambda server: server.drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 500, 0.001), "net.read_timeout"),
        (lambda server: server.drip(HEAD + b"Content-Length: 900\r\n\r\n" + b" " * 900, 0.003), "net.deadline"),
        (lambda server: server.drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 900, 0.003),
         "net.deadline"),
    ],
    ids=["silent", "dripped-headers", "endless-102", "dripped-body", "dripped-chunks"],
)  # fmt: skip
def test_the_deadline_holds_against_a_slow_server(
    authority: Authority, script: Callable[[RawServer], Script], code: str
) -> None:
    """The library's own time-outs start anew with every byte; ours do not."""
    with RawServer(authority.context()) as server:
        server._script = [script(server)]
        with client(server.url, authority.ca_file, deadline_s=DEADLINE_S) as http:
            began = time.monotonic()
            assert failure(http, OutcomeUnknown) == code
            assert DEADLINE_S - 0.05 < time.monotonic() - began < DEADLINE_S + SLACK_S


def test_a_server_that_does_not_read_is_unknown(authority: Authority) -> None:
    """Part of the request has left; the wait for the rest has an end."""
    with RawServer(authority.context(), read_requests=False) as server:
        server._script = [server.silent]
        with client(server.url, authority.ca_file, deadline_s=DEADLINE_S) as http:
            began = time.monotonic()
            assert failure(http, OutcomeUnknown, body=b"x" * 30_000_000) == "net.write_timeout"
            assert time.monotonic() - began < DEADLINE_S + 2 * SLACK_S


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HEAD + b"Content-Length: 900\r\n\r\n{", "net.closed"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", "net.closed"),
        (HEAD, "net.closed"),
        (b"", "net.closed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "net.protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "net.protocol"),
        (HEAD + b"X: " + b"x" * 200_000, "net.protocol"),
        (HEAD + b"Content-Length: 5000000\r\n\r\n" + b" " * 1_100_000, "net.too_big"),
        (HEAD + b"\r\n" + b" " * 1_100_000, "net.too_big"),
    ],
    ids=["half", "half-chunk", "half-headers", "nothing", "no-http", "bad-length", "huge-header", "huge", "endless"],
)
def test_an_answer_that_is_not_whole_is_unknown(authority: Authority, data: bytes, code: str) -> None:
    """Whatever is not a whole answer proves nothing, and is no reason to send again."""
    with RawServer(authority.context(), raw(data)) as server, client(server.url, authority.ca_file) as http:
        assert failure(http, OutcomeUnknown) == code
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("302 Found", "http.redirect"),
        ("307 Temporary Redirect", "http.redirect"),
        ("403 Forbidden", "http.4xx"),
        ("429 Too Many Requests", "http.4xx"),
        ("500 Internal Server Error", "http.5xx"),
        ("504 Gateway Timeout", "http.5xx"),
        ("201 Created", "http.odd_status"),
        ("299 Odd", "http.odd_status"),
    ],
)
def test_any_status_but_200_is_unknown_and_its_page_is_kept(authority: Authority, status: str, code: str) -> None:
    """No redirect is followed: a changing call must not go anywhere else."""
    with RawServer(authority.context(), answer(b"{}")) as elsewhere:
        script = answer(b"page", status, f"Location: {elsewhere.url}/\r\n")
        with RawServer(authority.context(), script) as server, client(server.url, authority.ca_file) as http:
            trace = Trace()
            assert failure(http, OutcomeUnknown, trace) == code
            assert (trace.http_status, trace.raw, trace.answered) == (int(status[:3]), "page", False)
        assert elsewhere.connections == 0


def test_a_third_call_waits_for_a_free_connection_and_is_not_sent(authority: Authority) -> None:
    """§11: two requests in flight at most; one that found no place provably did not leave."""
    with RawServer(authority.context()) as server:
        server._script = [server.silent]
        with client(server.url, authority.ca_file, connect_timeout_s=0.3, max_in_flight=1) as http:
            hanging = threading.Thread(target=failure, args=(http, OutcomeUnknown))
            hanging.start()
            assert server.took_request.wait(5)
            assert failure(http, NotSent) == "net.busy"
            http.close()
            hanging.join(5)
            assert not hanging.is_alive()


def test_closing_ends_a_call_in_flight_as_unknown(authority: Authority) -> None:
    """The window closed in mid-call: the journal hears "unknown" at once, not after the deadline."""
    ended: queue.Queue[str] = queue.Queue()
    with RawServer(authority.context()) as server:
        server._script = [server.silent]
        with client(server.url, authority.ca_file) as http:
            caller = threading.Thread(target=lambda: ended.put(failure(http, OutcomeUnknown)))
            caller.start()
            assert server.took_request.wait(5)
            http.close()
            assert ended.get(timeout=2) == "net.closed"
            caller.join(5)
            assert failure(http, NotSent) == "net.shut_down"


def test_threads_share_one_client(authority: Authority) -> None:
    """Cashier and queue call at the same time; each gets its own answer."""

    def echo(sock: Any) -> None:
        answer(sorted(server.requests, key=len)[-1][:4])(sock)

    with RawServer(authority.context(), echo) as server, client(server.url, authority.ca_file) as http:
        answers: queue.Queue[bytes] = queue.Queue()
        threads = [threading.Thread(target=lambda: answers.put(post(http))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert [answers.get(timeout=1) for _ in threads] == [b"POST"] * 6
        assert len(server.requests) == 6
        assert server.connections <= 2


def test_reach_sends_no_request(authority: Authority) -> None:
    """Asking whether the issuer is there must not count as a call."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority.ca_file) as http:
        http.reach()
        assert post(http) == b"{}"
        assert (len(server.requests), server.connections) == (1, 2)


@pytest.mark.parametrize(
    "address",
    ["http://openapi.gotit.vn", "openapi.gotit.vn", "https://", "https://u:p@x.vn", "https://x.vn/?a=1",
     "https://x.vn:port", "https://x.vn:99999", "https://x.vn/\n", "https://[::1", ""],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(address: str) -> None:
    """The PIN never goes over a line anybody can read."""
    with pytest.raises(ConfigError, match=r"net\.address"):
        HttpClient(address, clock=SteadyClock())


def _descendants(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(_descendants(child) for child in kind.__subclasses__()))


def test_the_table_of_failures_is_total() -> None:
    """Every exception of httpx and httpcore has a family; only what happens before the first byte is "not sent"."""
    public = [thing for module in (httpx, httpcore) for thing in vars(module).values() if isinstance(thing, type)]
    theirs = set().union(*(_descendants(kind) for kind in public if issubclass(kind, Exception)))
    not_sent = {kind.__name__ for kind in theirs if family_of(kind)[0] is NotSent}
    ours = {"ConnectFailed", "ConnectTimedOut"}  # loaded by other tests, or not
    assert not_sent - ours == {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "InvalidURL"}
    assert {family_of(kind)[0] for kind in theirs} == {NotSent, OutcomeUnknown}
    assert set(FAILURES) <= {kind.__name__ for kind in theirs}
    assert {code for _, code in FAILURES.values()} <= set(NOT_SENT_CODES + UNKNOWN_CODES)


@pytest.mark.parametrize("kind", [KeyError, AssertionError, RuntimeError, ValueError, OSError, Exception])
def test_an_exception_nobody_thought_of_is_unknown(kind: type[Exception]) -> None:
    """A bug in a library must not look like "not sent"."""
    assert family_of(kind) == (OutcomeUnknown, "net.unforeseen")


def test_importing_the_adapter_does_not_import_httpx() -> None:
    """The window comes up before anything is sent; httpx is loaded on the first call."""
    program = (
        "import sys, pos.providers.registry; sys.exit(any(m in sys.modules for m in ('httpx', 'httpcore', 'h11')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
