"""The simulated line: the real client above it meets the same failures as on a real socket."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError
from pos.providers.http import HttpClient
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, RawServer, Script, answer, hang_up, never_listening
from tests.providers.steady_clock import SteadyClock
from tests.simulation.faults import AT_CONNECT, AT_READ, AT_WRITE, COURSES, Fault
from tests.simulation.issuer import IssuerModel
from tests.simulation.network import CallSeen, SimHttpClient, SimNetwork, Trouble, plugged_in
from tests.simulation.turned_time import TurnedTime

CODE = "4471902835"
BODY = json.dumps(
    {"pin": "0730", "codes": [CODE], "bill_number": "B1", "total_bill": 265_000, "skip_reserved_when_mark_used": True}
).encode()
MARK_USE, CHECK = "/merchant/v6.0/usemultiple", "/merchant/v6.0/checkmultiple"


class Line:
    """One client on one simulated line."""

    def __init__(self, network: SimNetwork, time: TurnedTime) -> None:
        self.network, self.time = network, time
        self.http = SimHttpClient(network, time)
        self.truth = network.issuer.vouchers[CODE]

    def post(self, path: str = MARK_USE, fault: Fault | Trouble | None = None) -> dict[str, Any]:
        """One call that meets this fault at its connection or its request."""
        at_connect = fault in AT_CONNECT

        def choose(call: CallSeen) -> Fault | Trouble | None:
            return fault if (call.stage == "connect") is at_connect else None

        self.network.choose = choose
        read: dict[str, Any] = json.loads(self.http.post_json(path, BODY, Trace(), mask=lambda _: ""))
        return read

    def ends(self, fault: Fault, path: str = MARK_USE) -> tuple[type[ProviderError], str]:
        """How the till sorts this fault."""
        with pytest.raises(ProviderError) as caught:
            self.post(path, fault)
        return type(caught.value), caught.value.code


@contextmanager
def a_line() -> Iterator[Line]:
    time = TurnedTime()
    issuer = IssuerModel(lambda: time.now_s, time.true_utc, pin="0730")
    issuer.add(CODE)
    with plugged_in(SimNetwork(time, issuer)) as network:
        line = Line(network, time)
        with closing(line.http):
            yield line


@pytest.fixture
def line() -> Iterator[Line]:
    with a_line() as line:
        yield line


UNSENT_ENDS = {
    Fault.REFUSED: "net.refused",
    Fault.CONNECT_TIMEOUT: "net.connect_timeout",
    Fault.UNREACHABLE: "net.unreachable",
    Fault.DNS: "net.dns",
    Fault.TLS_FAILED: "net.tls_untrusted",
}
UNKNOWN_ENDS = {
    Fault.WRITE_BEFORE: "net.closed",
    Fault.WRITE_AFTER: "net.closed",
    Fault.WRITE_TIMEOUT: "net.write_timeout",
    Fault.DROP_BEFORE: "net.closed",
    Fault.DROP_AFTER: "net.closed",
    Fault.RESET_BEFORE: "net.closed",
    Fault.RESET_AFTER: "net.closed",
    Fault.SILENT_BEFORE: "net.read_timeout",
    Fault.SILENT_AFTER: "net.read_timeout",
    Fault.LATE: "net.closed",
    Fault.VERY_LATE: "net.closed",
    Fault.HTTP_500_BEFORE: "http.5xx",
    Fault.HTTP_500_AFTER: "http.5xx",
    Fault.HTTP_502_LATE: "http.5xx",
    Fault.HALF_ANSWER: "net.closed",
    Fault.DRIP: "net.deadline",
    Fault.REDIRECT: "http.redirect",
    Fault.FORBIDDEN_403: "http.4xx",
    Fault.TOO_MANY_429: "http.4xx",
}
ANSWERED = [fault for fault in COURSES if fault not in UNKNOWN_ENDS]


@pytest.mark.parametrize("fault", UNSENT_ENDS)
def test_a_connection_that_never_was_is_not_sent(line: Line, fault: Fault) -> None:
    """Nothing reached the issuer, and the till may know it."""
    assert line.ends(fault) == (NotSent, UNSENT_ENDS[fault])
    assert line.network.issuer.requests == []


@pytest.mark.parametrize("fault", UNKNOWN_ENDS)
def test_whatever_happens_after_the_connection_is_unknown(line: Line, fault: Fault) -> None:
    """The effect is there or not, now or later, as the fault says; the till is told nothing of it."""
    assert line.ends(fault) == (OutcomeUnknown, UNKNOWN_ENDS[fault])
    line.time.sleep(400)
    assert line.truth.times_used == COURSES[fault].effect


@pytest.mark.parametrize("fault", ANSWERED)
def test_an_answer_with_200_comes_through_whatever_it_says(line: Line, fault: Fault) -> None:
    """Bytes that are no verdict, or a doubtful one, are the provider's to judge."""
    broken = fault in (Fault.BROKEN_JSON, Fault.HTML_200_BEFORE, Fault.HTML_200_AFTER)
    if broken:
        with pytest.raises(ValueError, match="line 1"):
            line.post(fault=fault)
    else:
        assert isinstance(line.post(fault=fault), dict)
    elsewhere = fault is Fault.ELSEWHERE_BETWEEN
    assert line.truth.times_used == (COURSES[fault].effect or elsewhere)
    assert line.truth.used_for == ((None if not COURSES[fault].effect else "B1") if not elsewhere else "OTHER-0000")


def test_every_fault_stands_at_one_port_call() -> None:
    """Connect, write or read: none is forgotten when faults are placed one by one."""
    assert sorted([*AT_CONNECT, *AT_WRITE, *AT_READ]) == sorted(Fault)
    assert set(UNSENT_ENDS) == set(AT_CONNECT)


@pytest.mark.parametrize(("delay_s", "used_at_s"), [(10.0, 10.0), (59.0, 59.0)])
def test_a_late_effect_comes_when_it_comes(line: Line, delay_s: float, used_at_s: float) -> None:
    """Nobody waits for it any more; the issuer's book shows it from then on."""
    with pytest.raises(OutcomeUnknown):
        line.post(fault=Trouble(Fault.LATE, delay_s))
    line.time.sleep(delay_s - 1)
    assert line.truth.times_used == 0
    line.time.sleep(2)
    assert line.truth.times_used == 1
    assert line.truth.history[0].at_s == pytest.approx(used_at_s, abs=0.1)


@pytest.mark.parametrize("fault", [Fault.DELAY, Fault.DELAY_EFFECT])
def test_a_slow_answer_costs_virtual_time_and_is_a_verdict(line: Line, fault: Fault) -> None:
    """20 s of 35: the call ends well, and the clock shows it."""
    assert line.post(fault=fault)["success"]
    assert 20 < line.time.now_s < 21


@pytest.mark.parametrize("fault", [Fault.SILENT_BEFORE, Fault.DRIP, Fault.WRITE_TIMEOUT])
def test_no_wait_is_longer_than_the_deadline(line: Line, fault: Fault) -> None:
    """The real deadlines hold, in virtual time."""
    line.ends(fault)
    assert line.time.now_s == pytest.approx(35, abs=0.2)


def test_a_connection_is_kept_until_the_issuer_closes_it(line: Line) -> None:
    """Calls one after the other share one; a connection idle too long is replaced, unnoticed."""
    for pause_s in (1, 1, 20):
        line.post(CHECK)
        line.time.sleep(pause_s)
    line.post(CHECK)
    assert [call.stage for call in line.network.calls].count("connect") == 2
    assert [call.reused for call in line.network.calls if call.stage == "request"] == [False, True, True, False]


def test_a_pulled_cable_is_not_sent_and_a_call_on_a_kept_connection_unknown(line: Line) -> None:
    """Both ends of a lost network."""
    line.post(CHECK)
    line.network.cable_in = False
    with pytest.raises(OutcomeUnknown):
        line.post()
    with pytest.raises(NotSent):
        line.post()
    line.network.cable_in = True
    line.post()
    assert line.truth.times_used == 1


def test_reach_sends_no_request(line: Line) -> None:
    """The probe of the queue."""
    line.http.reach()
    line.network.cable_in = False
    with pytest.raises(NotSent):
        line.http.reach()
    assert line.network.issuer.requests == []


def test_the_date_header_is_the_issuers_clock_with_its_offset(line: Line) -> None:
    """What the till learns about its own clock."""
    trace = Trace()
    line.network.date_offset_s = 300
    line.http.post_json(CHECK, BODY, trace, mask=lambda _: "")
    assert trace.issuer_utc is not None
    assert abs((trace.issuer_utc - line.time.true_utc()).total_seconds() - 300) <= 1


# ---------------------------------------------------------------- against a real socket


def _reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(sock)


def _half(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{}")
    hang_up(sock)


def _dripping(server: RawServer) -> Script:
    body = server.drip(b" " * 400)

    def run(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n")
        body(sock)

    return run


REAL: dict[Fault, Callable[[RawServer], Script]] = {
    Fault.DROP_BEFORE: lambda _: hang_up,
    Fault.RESET_BEFORE: lambda _: _reset,
    Fault.SILENT_BEFORE: lambda server: server.silent,
    Fault.HALF_ANSWER: lambda _: _half,
    Fault.DRIP: lambda server: _dripping(server),
    Fault.HTTP_500_BEFORE: lambda _: answer(b"{}", "500 Error"),
    Fault.REDIRECT: lambda _: answer(b"", "302 Found", "Location: https://elsewhere.example/\r\n"),
    Fault.FORBIDDEN_403: lambda _: answer(b"{}", "403 Forbidden"),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.mark.parametrize("fault", REAL)
def test_a_real_peer_that_does_the_same_is_sorted_alike(authority: Authority, fault: Fault) -> None:
    """Family and code, over TCP and TLS against over nothing."""
    with a_line() as line:
        simulated = line.ends(fault)
    with RawServer(authority.context(), lambda sock: REAL[fault](server)(sock)) as server:
        http = HttpClient(server.url, clock=SteadyClock(), ca_file=authority.ca_file, deadline_s=0.4)
        with closing(http), pytest.raises(ProviderError) as caught:
            http.post_json(MARK_USE, BODY, Trace(), mask=lambda _: "")
    assert (type(caught.value), caught.value.code) == simulated


def test_a_real_refused_connection_is_sorted_alike(authority: Authority) -> None:
    """Nobody listens."""
    with a_line() as line:
        simulated = line.ends(Fault.REFUSED)
    with never_listening() as port:
        http = HttpClient(f"https://localhost:{port}", clock=SteadyClock(), ca_file=authority.ca_file)
        with closing(http), pytest.raises(ProviderError) as caught:
            http.post_json(MARK_USE, BODY, Trace(), mask=lambda _: "")
    assert (type(caught.value), caught.value.code) == simulated
