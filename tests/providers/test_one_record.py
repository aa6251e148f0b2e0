"""How a request leaves: a small one as a single TLS record, a large one whole."""

from __future__ import annotations

import socket

import pytest

from pos.providers.http import HttpClient
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, RawServer, Script, answer
from tests.providers.steady_clock import SteadyClock

PATH = "/merchant/v6.0/usemultiple"


def keep_first_record(into: list[bytes]) -> Script:
    """Read once (a TLS socket gives one record at most), then answer."""

    def run(sock: socket.socket) -> None:
        into.append(sock.recv(65536))
        answer(b"{}")(sock)

    return run


def post(server: RawServer, authority: Authority, body: bytes) -> bytes:
    http = HttpClient(server.url, clock=SteadyClock(), ca_file=authority.ca_file)
    try:
        return http.post_json(PATH, body, Trace(), mask=lambda raw: "")
    finally:
        http.close()


def test_head_and_body_of_a_redemption_reach_the_issuer_together(authority: Authority) -> None:
    """A half-sent redemption has no moment in which to be cut: head and body are one record."""
    seen: list[bytes] = []
    with RawServer(authority.context(), keep_first_record(seen), read_requests=False) as server:
        assert post(server, authority, b'{"pin":"7305"}') == b"{}"
    assert seen[0].startswith(b"POST " + PATH.encode())
    assert seen[0].endswith(b'\r\n\r\n{"pin":"7305"}')


@pytest.mark.parametrize("size", [16 * 1024, 100_000])
def test_a_body_of_many_records_arrives_whole(authority: Authority, size: int) -> None:
    """Held back or not, every byte leaves, in order."""
    body = b'{"codes":"' + bytes(97 + at % 26 for at in range(size)) + b'"}'
    with RawServer(authority.context(), answer(b"{}")) as server:
        assert post(server, authority, body) == b"{}"
        assert server.requests[0].endswith(b"\r\n\r\n" + body)
