"""`HttpClient.exchange`: any method, query, headers, status; own deadline and, where wanted, own connection."""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError
from pos.providers.http import BODY_CAP, Call, HttpClient, Reply
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, RawServer, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock

SLACK_S = 0.5
SECRET = "invented-secret-7305"


def plain(body: bytes) -> str:
    return body.decode("utf-8", "replace")


@contextmanager
def client(url: str, authority: Authority, **settings: Any) -> Iterator[HttpClient]:
    http = HttpClient(url, clock=SteadyClock(), ca_file=authority.ca_file, **settings)
    try:
        yield http
    finally:
        http.close()


def exchange(http: HttpClient, call: Call, trace: Trace | None = None) -> Reply:
    return http.exchange(call, trace or Trace(), mask=plain)


def failure(http: HttpClient, call: Call, family: type[ProviderError]) -> ProviderError:
    trace = Trace()
    with pytest.raises(family) as caught:
        exchange(http, call, trace)
    assert type(caught.value) is family
    assert trace.failure == caught.value.code
    return caught.value


# ---------------------------------------------------------------- what leaves


def test_a_get_carries_its_body_byte_for_byte(authority: Authority) -> None:
    """contracts/gotadi.md §5.1: many convenience functions drop it silently; a look at the bytes is the proof."""
    call = Call("GET", "/api/x", '{"voucherCode":"Tết"}'.encode(), headers=(("apikey", SECRET),))
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority) as http:
        assert exchange(http, call) == Reply(200, b"{}")
        assert server.requests == [
            b"GET /api/x HTTP/1.1\r\n"
            b"Host: localhost:%d\r\n"
            b"Content-Type: application/json\r\n"
            b"Accept: application/json\r\n"
            b"Accept-Encoding: identity\r\n"
            b"User-Agent: quay-voucher\r\n"
            b"apikey: invented-secret-7305\r\n"
            b"Content-Length: 23\r\n"
            b"\r\n" % server.port + '{"voucherCode":"Tết"}'.encode()
        ]


def test_a_get_without_a_body_has_none(authority: Authority) -> None:
    """And says so: no length, no chunks."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority) as http:
        exchange(http, Call("GET", "/api/x"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b""
    assert b"content-length" not in head.lower()
    assert b"transfer-encoding" not in head.lower()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ((("bookingNumber", "ADCO2401010000001"),), b"?bookingNumber=ADCO2401010000001"),
        ((("b", "1"), ("a", "2")), b"?b=1&a=2"),
        ((("a", "x y&z=1#/?+%"),), b"?a=x+y%26z%3D1%23%2F%3F%2B%25"),
        ((("tên", "Đà Nẵng"),), b"?t%C3%AAn=%C4%90%C3%A0+N%E1%BA%B5ng"),
        ((("a", "b\r\nX: y"),), b"?a=b%0D%0AX%3A+y"),
        ((("a", ""),), b"?a="),
        ((), b""),
    ],
)
def test_a_query_is_encoded_and_cannot_break_out(
    authority: Authority, query: tuple[tuple[str, str], ...], wanted: bytes
) -> None:
    """Names and values reach the server as they are; `&`, `#`, line ends stay inside their value."""
    with (
        RawServer(authority.context(), answer(b"{}")) as server,
        client(server.url + "/base/", authority) as http,
    ):
        exchange(http, Call("GET", "/x", query=query))
        exchange(http, Call("POST", "/x", b"{}"))  # the query of the one call is not the next one's
    assert server.requests[0].startswith(b"GET /base/x" + wanted + b" HTTP/1.1\r\n")
    assert server.requests[1].startswith(b"POST /base/x HTTP/1.1\r\n")


def test_headers_belong_to_one_call(authority: Authority) -> None:
    """A token of one call does not go with the next."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority) as http:
        exchange(http, Call("GET", "/x", headers=(("Authorization", f"Bearer {SECRET}"),)))
        exchange(http, Call("GET", "/x"))
    assert b"\r\nAuthorization: Bearer invented-secret-7305\r\n" in server.requests[0]
    assert b"Authorization" not in server.requests[1]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b"])
def test_a_header_cannot_break_out(authority: Authority, value: str) -> None:
    """A setting with a line end in it must not write a second header; nothing of it leaves."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority) as http:
        failure(http, Call("GET", "/x", headers=(("apikey", value),)), OutcomeUnknown)
        assert server.requests == []


# ---------------------------------------------------------------- what comes back


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "status", ["200 OK", "201 Created", "400 Bad", "401 No", "403 No", "404 No", "405 No", "422 No", "429 Slow",
               "500 Oh", "503 Busy", "599 Odd"],
)  # fmt: skip
def test_any_status_comes_back_with_its_body(authority: Authority, status: str, method: Literal["GET", "POST"]) -> None:
    """Two issuers refuse vouchers with 4xx and a readable body."""
    trace = Trace()
    script = answer(b'{"no": 1}', status, "Date: Fri, 21 Nov 2025 03:19:32 GMT\r\n")
    with RawServer(authority.context(), script) as server, client(server.url, authority) as http:
        assert exchange(http, Call(method, "/x"), trace) == Reply(int(status[:3]), b'{"no": 1}')
    assert (trace.http_status, trace.raw, trace.failure) == (int(status[:3]), '{"no": 1}', None)
    assert trace.issuer_utc is not None
    assert not trace.answered  # only who reads the body can say that


@pytest.mark.parametrize("status", ["300 Many", "301 Moved", "302 Found", "303 See", "304 Same", "307 T", "308 P"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(authority: Authority, status: str, method: Literal["GET", "POST"]) -> None:
    """Credentials are headers: they go nowhere else, and a changing call is unknown."""
    with RawServer(authority.context(), answer(b"{}")) as elsewhere:
        body = b"" if status.startswith("304") else b"page"
        script = answer(body, status, f"Location: {elsewhere.url}/\r\n")
        with RawServer(authority.context(), script) as server, client(server.url, authority) as http:
            fault = failure(http, Call(method, "/x", headers=(("apikey", SECRET),)), OutcomeUnknown)
            assert (fault.code, fault.params) == ("http.redirect", {"status": int(status[:3])})
            assert len(server.requests) == 1
        assert elsewhere.connections == 0


def test_an_answer_is_cut_off_at_its_cap(authority: Authority) -> None:
    """1 MiB, with a status of any kind; one byte less is an answer."""
    with RawServer(authority.context(), answer(b"x" * BODY_CAP)) as server, client(server.url, authority) as http:
        assert len(exchange(http, Call("GET", "/x")).body) == BODY_CAP
    for status in ("200 OK", "400 Bad"):
        script = answer(b"x" * (BODY_CAP + 1), status)
        with RawServer(authority.context(), script) as server, client(server.url, authority) as http:
            assert failure(http, Call("GET", "/x"), OutcomeUnknown).code == "net.too_big"


# ---------------------------------------------------------------- time and connections


def test_a_call_may_have_a_deadline_of_its_own(authority: Authority) -> None:
    """The long poll waits for minutes where the other calls do not, and the other way round."""
    with RawServer(authority.context()) as server:
        server._script = [server.silent]
        with client(server.url, authority, deadline_s=30, max_in_flight=2) as http:
            began = time.monotonic()
            assert failure(http, Call("GET", "/x", deadline_s=0.4), OutcomeUnknown).code == "net.read_timeout"
            assert 0.35 < time.monotonic() - began < 0.4 + SLACK_S

    def late(sock: Any) -> None:
        server.stopping.wait(0.6)
        answer(b"{}")(sock)

    with RawServer(authority.context(), late) as server, client(server.url, authority, deadline_s=0.3) as http:
        assert exchange(http, Call("GET", "/x", deadline_s=5)).status == 200
        assert failure(http, Call("GET", "/x"), OutcomeUnknown).code == "net.read_timeout"


def test_without_idling_each_call_has_a_connection_of_its_own(authority: Authority) -> None:
    """contracts/gotadi.md §2: a GET on a dying kept connection would be repeated by many stacks."""
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority, idle_s=0) as http:
        for count in (1, 2, 3):
            exchange(http, Call("GET", "/x", b"{}"))
            assert (server.connections, len(server.requests)) == (count, count)


def test_without_idling_a_broken_connection_is_not_replaced(authority: Authority) -> None:
    """One request leaves, whatever becomes of it."""
    for script in (hang_up, raw(b""), raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")):
        with RawServer(authority.context(), script) as server, client(server.url, authority, idle_s=0) as http:
            assert failure(http, Call("GET", "/x", b"{}"), OutcomeUnknown).code == "net.closed"
            assert (server.connections, len(server.requests)) == (1, 1)


def test_without_idling_nothing_stays_open_at_the_server(authority: Authority) -> None:
    """The connection ends with its call."""
    ended: queue.Queue[bytes] = queue.Queue()

    def answer_and_listen(sock: Any) -> None:
        answer(b"{}")(sock)
        ended.put(sock.recv(1))

    script: Script = answer_and_listen
    with RawServer(authority.context(), script) as server, client(server.url, authority, idle_s=0) as http:
        exchange(http, Call("GET", "/x"))
        assert ended.get(timeout=5) == b""


def test_one_call_at_a_time_where_so_set(authority: Authority) -> None:
    """The second waits for its turn, and is provably not sent if that does not come."""
    with RawServer(authority.context()) as server:
        server._script = [server.silent]
        with client(server.url, authority, connect_timeout_s=0.3, max_in_flight=1, idle_s=0) as http:
            hanging = threading.Thread(target=failure, args=(http, Call("GET", "/x"), OutcomeUnknown))
            hanging.start()
            assert server.took_request.wait(5)
            assert failure(http, Call("GET", "/y"), NotSent).code == "net.busy"
            http.close()
            hanging.join(5)
            assert (hanging.is_alive(), len(server.requests)) == (False, 1)


# ---------------------------------------------------------------- secrets


def test_no_secret_in_log_repr_or_exception(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    """Path and status are logged; headers, bodies and queries are not."""
    call = Call("GET", "/x", f'{{"code":"{SECRET}"}}'.encode(), (("n", "1"),), (("apikey", SECRET),), deadline_s=0.5)
    kept = [repr(call), str(call)]
    caplog.set_level(logging.DEBUG)
    script = (answer(SECRET.encode()), hang_up)
    with RawServer(authority.context(), *script) as server, client(server.url, authority) as http:
        kept += [repr(exchange(http, call)), repr(http)]
        kept += traceback.format_exception(failure(http, call, OutcomeUnknown))
    with never_listening() as port, client(f"https://localhost:{port}", authority) as http:
        kept += traceback.format_exception(failure(http, call, NotSent))
    kept.append(caplog.text)
    # httpcore quotes a header that cannot be one, but only at a level that the till's log does not have.
    caplog.clear()
    caplog.set_level(logging.INFO)
    bad = Call("GET", "/x", headers=(("apikey", SECRET + "\r\n"),))
    with RawServer(authority.context(), answer(b"{}")) as server, client(server.url, authority) as http:
        kept += traceback.format_exception(failure(http, bad, OutcomeUnknown))
    kept.append(caplog.text)
    assert "GET /x: 200 in" in "".join(kept)
    assert not any(SECRET in text for text in kept)
