"""Gotadi over real TLS: what is repeated and what is not (contracts/gotadi.md §10), connections, the long poll."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from pos.domain.booking import AmountDue, Booking, CommitAnswer, VoucherOffer, VoucherRedeemed
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError
from pos.providers.gotadi.client import Gotadi, connect
from pos.providers.gotadi.login import LoggedIn
from pos.providers.http import BODY_CAP, HttpClient
from pos.till.booking_port import BookingIssuer
from pos.till.ports import Trace
from tests.providers.gotadi_shop import ACCESS, API_KEY, CODE, NUMBER, TRACKING, TRANSACTION, HandClock, shop_settings
from tests.providers.openssl_peer import Peer, token
from tests.providers.raw_server import Authority, RawServer, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock
from tests.providers.test_gotadi_detail import RECORD
from tests.providers.test_gotadi_payment import committed, order
from tests.providers.test_gotadi_vouchers import DONE, OFFER

READING = ("login", "validate", "commit_result")
LOOKING = ("detail", "await_end")
ONCE = ("redeem", "place_order", "commit")
PATHS = {
    "login": "/api/partner/login", "validate": "/api/payments/voucher/validate",
    "redeem": "/api/payments/voucher/redeem", "place_order": "/api/partner/place-order",
    "commit": "/api/partner/commit", "commit_result": "/api/partner/query-trans",
    "await_end": "/api/products/final-booking-detail", "detail": "/api/products/booking-detail",
}  # fmt: skip


class Clock(HandClock):
    """Dates by hand, waiting by the real clock: sockets do not wait for another."""

    def mono_s(self) -> float:
        return SteadyClock().mono_s()


class Line:
    """The adapter on a real socket."""

    def __init__(self, url: str, authority: Authority, peer: Peer, **http: Any) -> None:
        self.settings = replace(shop_settings(peer), base_url=url, ca_file=authority.ca_file)
        self.waits: list[float] = []
        facts: dict[str, Any] = {"clock": Clock(), "ca_file": authority.ca_file, "max_in_flight": 1, "idle_s": 0} | http
        self.http, self.poll = HttpClient(url, **facts), HttpClient(url, **facts)
        self.issuer = Gotadi(self.http, self.poll, self.settings, clock=Clock(), wait=self.waits.append)

    def ask(self, call: str) -> Any:
        return ask(self.issuer, call)


def ask(issuer: BookingIssuer, call: str, trace: Trace | None = None) -> Any:
    trace = trace or Trace()
    calls: dict[str, Callable[[], Any]] = {
        "login": lambda: issuer.detail(NUMBER, trace),
        "detail": lambda: issuer.detail(NUMBER, trace, code=CODE, tracking=TRACKING),
        "await_end": lambda: issuer.await_end(NUMBER, trace),
        "validate": lambda: issuer.validate(NUMBER, CODE, trace),
        "redeem": lambda: issuer.redeem(NUMBER, CODE, TRACKING, trace),
        "place_order": lambda: issuer.place_order(NUMBER, "AIR", trace),
        "commit": lambda: issuer.commit(NUMBER, "AIR", TRANSACTION, trace),
        "commit_result": lambda: issuer.commit_result(NUMBER, "AIR", trace),
    }
    return calls[call]()


def good_answers(peer: Peer) -> dict[str, Any]:
    return {
        "login": peer.logged_in(ACCESS, token()), "validate": OFFER, "redeem": DONE, "place_order": order(peer),
        "commit": committed(peer), "commit_result": committed(peer), "await_end": RECORD, "detail": RECORD,
    }  # fmt: skip


def path_of(request: bytes) -> str:
    return re.split(rb"[ ?]", request)[1].decode()


class Issuer:
    """Answers by path; `bad` scripts go first for the call in question.

    Args:
        peer: for the sealed answers.
        call: the call whose requests meet `bad`, in order.
    """

    def __init__(self, peer: Peer, call: str, *bad: Script) -> None:
        self._good = {PATHS[name]: json.dumps(said).encode() for name, said in good_answers(peer).items()}
        self._path = PATHS[call]
        self._bad = list(bad)
        self.server: RawServer | None = None

    def __call__(self, sock: Any) -> None:
        assert self.server is not None
        path = path_of(self.server.requests[-1])
        script = self._bad.pop(0) if path == self._path and self._bad else answer(self._good[path])
        script(sock)


@contextmanager
def serving(authority: Authority, issuer: Issuer) -> Iterator[RawServer]:
    with RawServer(authority.context(), issuer) as server:
        issuer.server = server
        yield server


def sent(server: RawServer, call: str) -> int:
    return [path_of(request) for request in server.requests].count(PATHS[call])


BROKEN: dict[str, Script] = {
    "reset": hang_up,
    "half": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
    "500": answer(b"{}", "500 Oh"),
    "503": answer(b"<html>", "503 Busy"),
    "429": answer(b"{}", "429 Slow"),
    "no-json": answer(b"<html>"),
    "huge": answer(b"x" * (BODY_CAP + 1)),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("call", READING)
def test_a_reading_call_is_tried_twice_more(authority: Authority, peer: Peer, call: str, fault: str) -> None:
    """§10: two broken answers, then a good one; after three broken ones it gives up."""
    with serving(authority, Issuer(peer, call, *[BROKEN[fault]] * 2)) as server:
        line = Line(server.url, authority, peer)
        assert isinstance(line.ask(call), Booking | VoucherOffer | CommitAnswer)
        assert (sent(server, call), line.waits) == (3, [2.0, 5.0])
        line.issuer.close()
    with serving(authority, Issuer(peer, call, *[BROKEN[fault]] * 3)) as server:
        line = Line(server.url, authority, peer)
        with pytest.raises(ProviderError):
            line.ask(call)
        assert (sent(server, call), line.waits) == (3, [2.0, 5.0])
        line.issuer.close()


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("call", [*LOOKING, *ONCE])
def test_every_other_call_leaves_once(authority: Authority, peer: Peer, call: str, fault: str) -> None:
    """§10: redeem and commit above all; a second request would find the good answer waiting and must not come."""
    with serving(authority, Issuer(peer, call, BROKEN[fault])) as server:
        line = Line(server.url, authority, peer)
        with pytest.raises(ProviderError) as caught:
            line.ask(call)
        if call in ("redeem", "commit"):
            assert type(caught.value) is OutcomeUnknown
        assert not isinstance(caught.value, NotSent)
        assert (sent(server, call), line.waits) == (1, [])
        line.issuer.close()


@pytest.mark.parametrize("call", ["redeem", "place_order", "commit", "detail"])
def test_silence_is_unknown_and_leaves_once(authority: Authority, peer: Peer, call: str) -> None:
    """A time-out after the request has left."""
    issuer = Issuer(peer, call)
    with serving(authority, issuer) as server:
        issuer._bad.append(server.silent)
        line = Line(server.url, authority, peer)
        line.issuer._line._settings = replace(line.settings, connect_timeout_s=-59.5 if call != "commit" else -119.5)
        with pytest.raises(OutcomeUnknown, match=r"net\.read_timeout"):
            line.ask(call)
        assert sent(server, call) == 1
        line.issuer.close()


TRIES_UNSENT = {"login": 3, "validate": 3, "commit_result": 3, "detail": 1, "await_end": 1, "redeem": 1,
                "place_order": 2, "commit": 1}  # fmt: skip


@pytest.mark.parametrize("call", TRIES_UNSENT)
def test_what_could_not_be_sent(authority: Authority, peer: Peer, call: str) -> None:
    """§10, first column, with nobody listening: each try is a connection refused."""
    with never_listening() as port:
        line = Line(f"https://localhost:{port}", authority, peer)
        if call != "login":
            line.issuer._line.tokens._log_in = lambda: _token()  # logged in already, before the line went dead
        with pytest.raises(NotSent) as caught:
            line.ask(call)
        assert (caught.value.code, len(line.waits)) == ("net.refused", TRIES_UNSENT[call] - 1)
        line.issuer.close()


def _token() -> Any:
    return LoggedIn(token(), None)


@pytest.mark.parametrize("call", ["redeem", "commit", "validate"])
def test_a_stranger_in_the_line_gets_nothing(authority: Authority, peer: Peer, call: str) -> None:
    """TLS failed: not sent; no key, no code has left."""
    with (
        RawServer(authority.context("other.example"), answer(b"{}")) as server,
    ):
        line = Line(server.url, authority, peer)
        with pytest.raises(NotSent, match=r"net\.tls_host"):
            line.ask(call)
        assert server.requests == []
        line.issuer.close()


def test_a_whole_sale_on_the_wire(authority: Authority, peer: Peer) -> None:
    """§0: detail, validate, redeem, place-order, commit, final detail: the bytes of each, a connection each."""
    with serving(authority, Issuer(peer, "login")) as server:
        issuer = connect(replace(shop_settings(peer), base_url=server.url, ca_file=authority.ca_file), Clock())
        issuer.reach()
        story = ("detail", "validate", "redeem", "place_order", "commit", "await_end", "commit_result")
        said = [ask(issuer, call) for call in story]
        issuer.close()
        assert [type(answer) for answer in said] == [
            Booking, VoucherOffer, VoucherRedeemed, AmountDue, CommitAnswer, Booking, CommitAnswer,
        ]  # fmt: skip
        assert [path_of(request) for request in server.requests] == [PATHS[call] for call in ("login", *story)]
        assert server.connections == 1 + len(server.requests)  # and one for reach
    for request in server.requests:
        assert f"\r\napikey: {API_KEY}\r\nx-ibe-req-name: {ACCESS}\r\n".encode() in request
        assert b"\r\nContent-Type: application/json\r\nAccept: application/json\r\n" in request
        assert CODE.reveal().encode() not in request.partition(b"\r\n")[0]
    head, _, body = server.requests[3].partition(b"\r\n\r\n")
    assert head.startswith(b"GET /api/payments/voucher/redeem HTTP/1.1\r\n")
    assert body.decode() == f'{{"bookingNumber":"{NUMBER}","voucherCode":"Tet24aBc","trackingCode":"{TRACKING}"}}'
    assert f"Content-Length: {len(body)}".encode() in head
    assert server.requests[4].startswith(f"GET /api/partner/place-order?bookingNumber={NUMBER} HTTP/1.1\r\n".encode())
    assert server.requests[6].startswith(
        f"GET /api/products/final-booking-detail?booking_number={NUMBER} HTTP/1.1\r\n".encode()
    )


def test_the_long_poll_holds_up_no_other_call(authority: Authority, peer: Peer) -> None:
    """It may last for two minutes; the counter goes on meanwhile."""
    issuer = Issuer(peer, "await_end")
    with serving(authority, issuer) as server:
        go_on = threading.Event()

        def patient(sock: Any) -> None:
            server.took_request.clear()
            assert go_on.wait(10)
            answer(json.dumps(RECORD).encode())(sock)

        issuer._bad.append(patient)
        line = Line(server.url, authority, peer)
        line.ask("detail")
        ended: list[Any] = []
        polling = threading.Thread(target=lambda: ended.append(line.ask("await_end")))
        polling.start()
        while sent(server, "await_end") == 0:
            assert server.took_request.wait(5)
        assert isinstance(line.ask("detail"), Booking)
        assert isinstance(line.ask("redeem"), VoucherRedeemed)
        assert ended == []
        go_on.set()
        polling.join(5)
        assert isinstance(ended[0], Booking)
        line.issuer.close()


def test_closing_ends_the_long_poll_at_once(authority: Authority, peer: Peer) -> None:
    """The window is closed: "no answer" now, not in two minutes."""
    issuer = Issuer(peer, "await_end")
    with serving(authority, issuer) as server:
        issuer._bad.append(server.silent)
        line = Line(server.url, authority, peer)
        line.ask("detail")
        failed: list[str] = []

        def poll() -> None:
            try:
                line.ask("await_end")
            except OutcomeUnknown as fault:
                failed.append(fault.code)

        polling = threading.Thread(target=poll)
        polling.start()
        while sent(server, "await_end") == 0:
            assert server.took_request.wait(5)
        line.issuer.close()
        polling.join(5)
        assert (polling.is_alive(), failed) == (False, ["net.closed"])
        with pytest.raises(NotSent, match=r"net\.shut_down"):
            line.ask("redeem")


def test_closing_ends_a_wait_between_two_tries(authority: Authority, peer: Peer) -> None:
    """Without a hand-made wait the adapter waits by itself, and not past its end."""
    with serving(authority, Issuer(peer, "login", *[BROKEN["503"]] * 3)) as server:
        issuer = connect(replace(shop_settings(peer), base_url=server.url, ca_file=authority.ca_file), Clock())
        waiting = issuer._line._wait
        began = threading.Event()

        def wait(seconds: float) -> object:
            began.set()
            return waiting(seconds + 600)

        issuer._line._wait = wait
        failed: list[ProviderError] = []

        def look() -> None:
            try:
                ask(issuer, "detail")
            except ProviderError as fault:
                failed.append(fault)

        looking = threading.Thread(target=look)
        looking.start()
        assert began.wait(5)
        issuer.close()
        looking.join(5)
        assert not looking.is_alive()
        assert [fault.code for fault in failed] == ["net.shut_down"]
        assert sent(server, "login") == 1
