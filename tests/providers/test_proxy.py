"""Through the shop's proxy: TLS reaches to the issuer, the deadline holds, and what fails on the way was not sent."""

from __future__ import annotations

import base64
import contextlib
import logging
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, ProviderError
from pos.i18n import LANGUAGES, Translator
from pos.providers.http import HttpClient
from pos.providers.proxy import Proxy, ProxyRule, read_proxy
from pos.settings import known, parse
from pos.till.ports import Trace
from tests.providers.raw_server import PATIENCE_S, Authority, RawServer, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock

ISSUER = "issuer.invalid"
"""No name server knows it: only the proxy does."""
PIN = "73051964"
LOGIN = "till-7:s3cret:with colon"
OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
DENIED = "HTTP/1.1 {}\r\nContent-Length: 4\r\nProxy-Authenticate: Basic realm=x\r\n\r\nnope"


@contextmanager
def proxy(authority: Authority, *behaviour: Script) -> Iterator[RawServer]:
    """Takes the question for a tunnel, keeps it, then behaves as told."""
    server = RawServer(authority.context())

    def greet(sock: socket.socket) -> None:
        sock.settimeout(PATIENCE_S)
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            part = sock.recv(4096)
            if not part:
                return
            asked += part
        server.requests.append(asked)
        behaviour[min(len(server.requests), len(behaviour)) - 1](sock)

    server._greet = greet
    with server:
        yield server


def tunnel_to(port: int, said: bytes = OK) -> Script:
    """Passes bytes both ways, and keeps none."""

    def run(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as beyond:
            sock.sendall(said)
            back = threading.Thread(target=_pump, args=(beyond, sock), daemon=True)
            back.start()
            _pump(sock, beyond)
            back.join(PATIENCE_S)

    return run


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    for sock in (source, target):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def client(authority: Authority, port: int, rule: ProxyRule, **other: Any) -> Iterator[HttpClient]:
    waits = {"connect_timeout_s": 0.5, "deadline_s": 3.0} | other
    http = HttpClient(
        f"https://{ISSUER}:{port}", clock=SteadyClock(), ca_file=authority.ca_file, proxy=rule, **waits
    )  # fmt: skip
    try:
        yield http
    finally:
        http.close()


def post(http: HttpClient) -> bytes:
    return http.post_json("/use", f'{{"pin":"{PIN}"}}'.encode(), Trace(), mask=lambda data: "")


def failure(http: HttpClient, family: type[ProviderError] = NotSent) -> ProviderError:
    with pytest.raises(family) as caught:
        post(http)
    return caught.value


def through(server: RawServer, login: str = "") -> ProxyRule:
    return ProxyRule(f"http://127.0.0.1:{server.port}", login)


@pytest.fixture
def issuer(authority: Authority) -> Iterator[RawServer]:
    with RawServer(authority.context(ISSUER), answer(b"{}")) as server:
        yield server


def test_the_proxy_sees_a_name_and_sealed_bytes(authority: Authority, issuer: RawServer) -> None:
    """One question for one connection, the login to the proxy alone, and no word of the request."""
    heard: list[bytes] = []

    def listen(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", issuer.port)) as beyond:
            sock.sendall(OK)
            back = threading.Thread(target=_pump, args=(beyond, sock), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while part := sock.recv(65536):
                    heard.append(part)
                    beyond.sendall(part)
            beyond.shutdown(socket.SHUT_RDWR)
            back.join(PATIENCE_S)

    with proxy(authority, listen) as between:
        with client(authority, issuer.port, through(between, LOGIN)) as http:
            assert post(http) == post(http) == b"{}"
            assert http.handshake().by_proxy
        target = f"{ISSUER}:{issuer.port}".encode()
        login = base64.b64encode(LOGIN.encode())
        question = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Basic %s\r\n\r\n" % (target, target, login)
        assert between.requests == [question, question]  # the two calls shared one
    assert PIN.encode() not in b"".join(heard)
    assert len(issuer.requests) == 2
    assert b"Proxy-Authorization" not in b"".join(issuer.requests)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (DENIED.format("407 Proxy Authentication Required").encode(), "net.proxy_login"),
        (DENIED.format("403 Forbidden").encode(), "net.proxy_denied"),
        (DENIED.format("502 Bad Gateway").encode(), "net.proxy_failed"),
        (DENIED.format("504 Gateway Timeout").encode(), "net.proxy_failed"),
        (DENIED.format("302 Found").encode(), "net.proxy_failed"),
        (b"", "net.proxy_failed"),
        (b"HTTP/1.1 200 OK\r\nX: ", "net.proxy_failed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "net.proxy_failed"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "net.proxy_failed"),
        (OK + b"and a greeting", "net.proxy_failed"),
    ],
    ids=["407", "403", "502", "504", "302", "hangs up", "half", "no proxy", "endless head", "speaks first"],
)
def test_a_proxy_that_digs_no_tunnel_has_sent_nothing(
    authority: Authority, issuer: RawServer, caplog: pytest.LogCaptureFixture, said: bytes, code: str
) -> None:
    """Provably: the request is written after the tunnel. Neither login nor PIN stands in error or log."""
    caplog.set_level(logging.DEBUG)
    with proxy(authority, raw(said)) as between, client(authority, issuer.port, through(between, LOGIN)) as http:
        error = failure(http)
        assert error.code == code
        with pytest.raises(NotSent, match=code):
            http.reach()
    assert issuer.connections == 0
    told = "".join(traceback.format_exception(error)) + caplog.text + repr(http._proxy)
    for secret in (PIN, LOGIN, "s3cret", base64.b64encode(LOGIN.encode()).decode()):
        assert secret not in told
    for language in LANGUAGES:
        words = Translator(language)
        said_to_people = words.message(code, error.params)
        assert said_to_people.what
        assert said_to_people.do
        assert said_to_people.safe == words.t("message.net.refused.safe")


@pytest.mark.parametrize("drips", [False, True])
def test_a_proxy_that_hangs_is_given_up_in_time(authority: Authority, drips: bool) -> None:
    """Its answer belongs to the connect time, not to the 35 seconds of a whole call."""
    with proxy(authority, lambda sock: None) as between:
        slow = between.drip(OK[:-4] + b"\r\nX: " + b"x" * 500) if drips else between.silent
        between_greet = between._greet

        def greet(sock: socket.socket) -> None:
            assert between_greet is not None
            between_greet(sock)
            slow(sock)

        between._greet = greet
        with client(authority, 443, through(between)) as http:
            began = time.monotonic()
            assert failure(http).code == "net.proxy_timeout"
            assert time.monotonic() - began < 1.0


def test_a_proxy_that_is_not_there(authority: Authority) -> None:
    with never_listening() as port, client(authority, 443, ProxyRule(f"http://127.0.0.1:{port}")) as http:
        assert failure(http).code == "net.proxy_unreachable"
    with client(authority, 443, ProxyRule("http://no-such-proxy.invalid:3128")) as http:
        assert failure(http).code == "net.proxy_unreachable"


def test_a_proxy_that_answers_tls_itself_is_refused(authority: Authority, tmp_path: Any) -> None:
    """Many company proxies open every line with a CA of their own: the till's CA file does not know it."""
    with RawServer(Authority(tmp_path).context(ISSUER), answer(b"{}")) as opener:
        with (
            proxy(authority, tunnel_to(opener.port)) as between,
            client(authority, 443, through(between)) as http,
        ):
            assert failure(http).code == "net.proxy_reads_along"
        assert opener.requests == []


@pytest.mark.parametrize(
    ("script", "code"),
    [(hang_up, "net.closed"), (None, "net.read_timeout")],
    ids=["the line breaks", "the issuer is silent"],
)
def test_behind_the_tunnel_the_rules_are_as_without_one(authority: Authority, script: Script | None, code: str) -> None:
    """The request has left: unknown, within the deadline, sent once."""
    with RawServer(authority.context(ISSUER), answer(b"")) as silent:
        silent._script = [script or silent.silent]
        with (
            proxy(authority, tunnel_to(silent.port)) as between,
            client(authority, silent.port, through(between), deadline_s=0.6) as http,
        ):
            began = time.monotonic()
            assert failure(http, OutcomeUnknown).code == code
            assert time.monotonic() - began < 1.2
        assert len(silent.requests) == 1


def test_closing_the_program_breaks_a_tunnel(authority: Authority) -> None:
    with RawServer(authority.context(ISSUER)) as silent:
        silent._script = [silent.silent]
        with (
            proxy(authority, tunnel_to(silent.port)) as between,
            client(authority, silent.port, through(between), deadline_s=30.0) as http,
        ):
            codes: list[str] = []
            caller = threading.Thread(target=lambda: codes.append(failure(http, OutcomeUnknown).code))
            caller.start()
            assert silent.took_request.wait(5)
            http.close()
            caller.join(5)
            assert codes == ["net.closed"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_without_a_rule_of_the_shop_the_systems_counts(
    authority: Authority, issuer: RawServer, environment: pytest.MonkeyPatch
) -> None:
    """HTTPS_PROXY with its login, percent-encoded as it must be there; NO_PROXY exempts."""
    with proxy(authority, tunnel_to(issuer.port)) as between:
        environment.setenv("HTTPS_PROXY", f"http://till-7:s3cret%3Awith%20colon@127.0.0.1:{between.port}")
        with client(authority, issuer.port, ProxyRule("")) as http:
            assert post(http) == b"{}"
        assert base64.b64encode(LOGIN.encode()) in between.requests[0]
        for rule in (ProxyRule("direct"), ProxyRule("")):
            environment.setenv("NO_PROXY", "" if rule.address else f".{ISSUER.partition('.')[2]}")
            with client(authority, issuer.port, rule) as http:
                assert failure(http).code == "net.dns"  # straight: and straight nobody knows that name
        assert len(between.requests) == 1


def test_the_sandbox_of_this_machine_needs_no_exemption(
    authority: Authority, issuer: RawServer, environment: pytest.MonkeyPatch
) -> None:
    with never_listening() as dead:
        environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dead}")
        for rule in (ProxyRule(""), ProxyRule(f"http://127.0.0.1:{dead}")):
            assert [rule.proxy_to(host) for host in ("localhost", "127.0.0.1", "::1")] == [None] * 3
            assert rule.proxy_to("issuer.example") == Proxy("127.0.0.1", dead)


@pytest.mark.parametrize(
    "address", ["https://p:3128", "socks5://p:1080", "http://", "http://p:0", "http://p/x", "p", "http://p:a"]
)
def test_an_address_that_is_no_proxys_is_told_and_nothing_goes_past_it(
    authority: Authority, environment: pytest.MonkeyPatch, address: str
) -> None:
    """Going straight instead would be what the shop has forbidden."""
    with pytest.raises(ConfigError, match=r"net\.proxy_address"):
        read_proxy(address)
    with pytest.raises(ConfigError, match="bad_proxy"):
        parse(known("network.proxy"), address)
    with client(authority, 443, ProxyRule(address)) as http:
        assert failure(http).code == "net.proxy_address"


def test_a_login_has_a_place_of_its_own() -> None:
    """In the address every list of settings would show it."""
    for good in ("http://proxy.shop.example:3128", "", "direct"):
        assert parse(known("network.proxy"), good) == good
    with pytest.raises(ConfigError, match="bad_proxy"):
        parse(known("network.proxy"), "http://lan:secret@proxy.shop.example:3128")
    assert "secret" not in repr(read_proxy("http://lan:secret@p:1")) + repr(ProxyRule("http://p:1", "lan:secret"))
