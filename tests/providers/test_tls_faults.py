"""Whatever is wrong with the line to an issuer: nothing leaves, the till may send again, a person hears what to do.

Real TLS servers on loopback. Not checked by the program, and so by no test, is revocation: see `pos.providers.tls`.
"""

from __future__ import annotations

import base64
import logging
import ssl
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pos.domain.errors import NotSent
from pos.i18n import LANGUAGES, Translator
from pos.providers.http import HttpClient
from pos.providers.tls import pin_of, read_pins
from pos.till.ports import Trace
from tests.providers.odd_certificates import a_root, make, short_rsa
from tests.providers.openssl_cli import run
from tests.providers.raw_server import Authority, RawServer, answer, hang_up, raw
from tests.providers.steady_clock import SteadyClock

PIN = "73051964"
CODE = "MTA4NzUyODM1"
BODY = f'{{"pin":"{PIN}","code":"{CODE}"}}'.encode()
DAY = timedelta(days=1)
HOST = "localhost"


@dataclass(frozen=True)
class Line:
    """A server that is wrong in one way, and what the till is told about it."""

    server: RawServer
    ca_file: Path
    pins: frozenset[bytes] = frozenset()


Fault = Callable[[Authority, Path], Line]


def spoilt(**validity: Any) -> Fault:
    def make_line(authority: Authority, folder: Path) -> Line:
        names = validity.pop("names", (HOST,))
        cert = authority.issue(*names, **validity)
        return Line(RawServer(authority.context(cert=cert), answer(b"{}")), authority.ca_file)

    return make_line


def shown(context: Callable[[], ssl.SSLContext]) -> Fault:
    """A chain that does not end at the CA of the settings, or has a weak link."""
    return lambda _, folder: Line(RawServer(context(), answer(b"{}")), a_root().write(folder / "root.pem"))


def without_intermediate() -> ssl.SSLContext:
    return make(HOST, by=make("Between", by=a_root(), ca=True)).context()


def weak_intermediate() -> ssl.SSLContext:
    between = make("Between", by=a_root(), ca=True, key=short_rsa())
    return make(HOST, by=between).context(between)


def old_hash() -> ssl.SSLContext:
    """The library that makes the other certificates refuses to sign with SHA-1; OpenSSL's program does not."""
    with tempfile.TemporaryDirectory() as folder:
        root, key, leaf = (Path(folder) / name for name in ("root.pem", "root.key", "leaf.pem"))
        a_root().write(root)
        key.write_bytes(a_root().key_pem)
        words = ("req", "-x509", "-sha1", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        name = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        run(*words, *name, "-CA", str(root), "-CAkey", str(key), "-out", str(leaf), "-keyout", str(leaf) + ".key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.load_cert_chain(leaf, str(leaf) + ".key")
    return context


def versions(lowest: ssl.TLSVersion, highest: ssl.TLSVersion) -> Fault:
    def make_line(authority: Authority, _: Path) -> Line:
        context = authority.context()
        context.minimum_version, context.maximum_version = lowest, highest
        context.set_ciphers("ALL:@SECLEVEL=0")
        return Line(RawServer(context, answer(b"{}")), authority.ca_file)

    return make_line


def greeted(greet: Callable[[RawServer], Callable[..., None]]) -> Fault:
    def make_line(authority: Authority, _: Path) -> Line:
        server = RawServer(authority.context(), answer(b"{}"))
        server._greet = greet(server)
        return Line(server, authority.ca_file)

    return make_line


def cut_in_mid_handshake(sock: Any) -> None:
    sock.recv(4096)
    sock.sendall(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")  # a ServerHello that begins and breaks off
    hang_up(sock)


def other_pin(authority: Authority, _: Path) -> Line:
    return Line(RawServer(authority.context(), answer(b"{}")), authority.ca_file, frozenset({bytes(32)}))


FAULTS: dict[str, tuple[Fault, str]] = {
    "expired": (spoilt(not_after=datetime.now(UTC) - DAY), "net.tls_expired"),
    "not yet valid": (spoilt(not_before=datetime.now(UTC) + DAY), "net.tls_not_yet_valid"),
    "another host": (spoilt(names=("other.example",)), "net.tls_host"),
    "an address, not a name": (spoilt(names=("127.0.0.1",)), "net.tls_host"),
    "a subdomain's": (spoilt(names=("*.localhost",)), "net.tls_host"),
    "self-signed": (shown(lambda: make(HOST).context()), "net.tls_untrusted"),
    "another CA": (shown(lambda: make(HOST, by=make("Other", ca=True)).context()), "net.tls_untrusted"),
    "missing intermediate": (shown(without_intermediate), "net.tls_untrusted"),
    "signed by one that is no CA": (
        shown(lambda: make(HOST, by=(no_ca := make("shop.example", by=a_root()))).context(no_ca)),
        "net.tls_untrusted",
    ),
    "short key": (shown(lambda: make(HOST, by=a_root(), key=short_rsa()).context()), "net.tls_weak"),
    "short key above it": (shown(weak_intermediate), "net.tls_weak"),
    "SHA-1": (shown(old_hash), "net.tls_weak"),
    "TLS 1.0": (versions(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1), "net.tls_version"),
    "TLS 1.1": (versions(ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1), "net.tls_version"),
    "plain HTTP": (greeted(lambda _: raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "net.tls_failed"),
    "silent handshake": (greeted(lambda server: server.silent), "net.connect_timeout"),
    "dripped handshake": (
        greeted(lambda server: server.drip(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb" + bytes(2000))),
        "net.connect_timeout",
    ),
    "cut handshake": (greeted(lambda _: cut_in_mid_handshake), "net.tls_failed"),
    "another pin": (other_pin, "net.tls_pin"),
}


@contextmanager
def client(line: Line, **other: Any) -> Iterator[HttpClient]:
    http = HttpClient(
        line.server.url, clock=SteadyClock(), ca_file=line.ca_file, pins=line.pins, connect_timeout_s=0.4, **other
    )
    try:
        yield http
    finally:
        http.close()


def post(http: HttpClient, trace: Trace | None = None) -> bytes:
    return http.post_json("/merchant/v6.0/usemultiple", BODY, trace or Trace(), mask=lambda data: data.decode())


def refusal(http: HttpClient) -> NotSent:
    trace = Trace()
    with pytest.raises(NotSent) as caught:
        post(http, trace)
    assert type(caught.value) is NotSent
    assert (trace.failure, trace.http_status, trace.answered) == (caught.value.code, None, False)
    return caught.value


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_line_takes_nothing_and_says_what_to_do(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """A changing call is provably not sent; neither PIN nor code stands in error or log; `reach` says the same."""
    caplog.set_level(logging.DEBUG)
    fault, code = FAULTS[name]
    line = fault(authority, tmp_path)
    with line.server, client(line) as http:
        error = refusal(http)
        assert error.code == code
        with pytest.raises(NotSent, match=code):
            http.reach()
        assert line.server.requests == []
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert PIN not in told
    assert CODE not in told
    for language in LANGUAGES:
        words = Translator(language)
        said = words.message(error.code, error.params)
        assert said.what
        assert said.safe
        assert said.do
        assert said.safe == words.t("message.net.refused.safe")  # nothing was sent, no voucher was used


def test_tls_1_2_and_1_3_are_taken(authority: Authority) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = authority.context()
        context.minimum_version = context.maximum_version = version
        line = Line(RawServer(context, answer(b"{}")), authority.ca_file)
        with line.server, client(line) as http:
            assert post(http) == b"{}"


def test_the_systems_own_list_does_not_vouch_beside_a_ca_file(authority: Authority, tmp_path: Path) -> None:
    """Nor the other way round: without a CA file only the system's list counts."""
    server = RawServer(authority.context(), answer(b"{}"))
    with server, client(Line(server, a_root().write(tmp_path / "root.pem"))) as http:
        assert refusal(http).code == "net.tls_untrusted"
    with RawServer(authority.context(), answer(b"{}")) as server:
        http = HttpClient(server.url, clock=SteadyClock())
        assert refusal(http).code == "net.tls_untrusted"
        http.close()


@pytest.mark.parametrize("content", [None, b"", b"nothing"])
def test_a_ca_file_that_is_none_is_not_sent(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty, no certificate: never fall back to another list."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    http = HttpClient("https://localhost", clock=SteadyClock(), ca_file=file)
    assert refusal(http).code == "net.ca_file"


def test_a_certificate_that_changes_between_two_calls_is_judged_anew(authority: Authority, tmp_path: Path) -> None:
    """No memory of "it was all right a minute ago": each connection is verified, and a mended one works again."""
    server = RawServer(authority.context(), answer(b"{}"))
    with server, client(Line(server, authority.ca_file), idle_s=0) as http:
        assert post(http) == b"{}"
        server._context = Authority(tmp_path).context()
        assert refusal(http).code == "net.tls_untrusted"
        server._context = authority.context()
        assert post(http) == b"{}"
        assert len(server.requests) == 2


def test_a_pin_of_the_servers_key_or_of_a_ca_above_it_lets_it_in() -> None:
    """RFC 7469 §2.6: one key of the verified chain is enough, so that a renewal of the last link needs no visit."""
    between = make("Between", by=a_root(), ca=True)
    leaf = make(HOST, by=between)
    for pinned in (leaf, between, a_root()):
        assert _goes(leaf.context(between), {_pin(pinned)})
        assert _goes(leaf.context(between), {bytes(32), _pin(pinned)})  # the next key is announced beside the old one
    assert _goes(make(HOST, by=between, key=leaf.key).context(between), {_pin(leaf)})  # renewed with the same key
    assert not _goes(make(HOST, by=between).context(between), {_pin(leaf)})


def test_a_certificate_that_only_travels_along_is_no_pinned_one() -> None:
    """An attacker with a certificate of any trusted CA may send the pinned one beside it; it is not in the chain."""
    mine, pinned = make(HOST, by=a_root()), make("pinned.example", by=a_root())
    assert not _goes(mine.context(pinned), {_pin(pinned)})


def test_a_pin_does_not_replace_the_other_checks(authority: Authority, tmp_path: Path) -> None:
    """Pinned, but expired or of another name: still refused."""
    stranger = make("other.example", by=a_root())
    server = RawServer(stranger.context(), answer(b"{}"))
    ca_file = a_root().write(tmp_path / "root.pem")
    with server, client(Line(server, ca_file, frozenset({_pin(stranger)}))) as http:
        assert refusal(http).code == "net.tls_host"


@pytest.mark.parametrize("text", ["x", "AAAA", "sha256/AAAA", "sha256/" + "A" * 44, "A" * 43 + "=x", "md5/" + "A" * 43])
def test_a_pin_with_a_typing_error_is_no_missing_pin(text: str) -> None:
    with pytest.raises(ValueError, match="no pin"):
        read_pins(text)


def test_pins_are_written_as_everybody_writes_them() -> None:
    one, two = bytes(range(32)), bytes(32)
    text = base64.b64encode(one).decode(), base64.b64encode(two).decode()
    assert read_pins(f"sha256/{text[0]}, {text[1]}") == read_pins(f"{text[1]}\n{text[0]}") == {one, two}
    assert read_pins(" ") == frozenset()


def test_the_handshake_tells_what_the_doctor_wants_to_know(authority: Authority) -> None:
    """Version, whose certificates, until when, and the pin to copy into the settings."""
    between = make("Between", by=a_root(), ca=True)
    leaf = make(HOST, by=between)
    with _line(leaf.context(between)) as line, client(line) as http:
        told = http.handshake()
    assert (told.version, told.by_proxy) == ("TLSv1.3", False)
    assert [one.name for one in told.chain] == [HOST, "Between", "Root of the tests"]
    assert told.chain[0].ends_utc == leaf.certificate.not_valid_after_utc
    assert read_pins(told.chain[0].pin) == {_pin(leaf)}


def test_what_opens_the_line_is_written_nowhere(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SSLKEYLOGFILE is meant for debugging browsers; whoever can set it must not get the PIN out of a recording."""
    keys = tmp_path / "keys.txt"
    server = RawServer(authority.context(), answer(b"{}"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    with server, client(Line(server, authority.ca_file)) as http:
        assert post(http) == b"{}"
    assert not keys.exists()


def _pin(issued: Any) -> bytes:
    return pin_of(issued.certificate.public_bytes(Encoding.DER))


@contextmanager
def _line(context: ssl.SSLContext, pins: set[bytes] | None = None) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder, RawServer(context, answer(b"{}")) as server:
        yield Line(server, a_root().write(Path(folder) / "root.pem"), frozenset(pins or ()))


def _goes(context: ssl.SSLContext, pins: set[bytes]) -> bool:
    with _line(context, pins) as line, client(line) as http:
        trace = Trace()
        try:
            return post(http, trace) == b"{}"
        except NotSent:
            return not (trace.failure == "net.tls_pin" and line.server.requests == [])
