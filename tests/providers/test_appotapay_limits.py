"""What AppotaPay's clock and our brake hold back: nothing of it leaves (contracts/appotapay.md §4, §13)."""

from __future__ import annotations

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from pos.domain.errors import NotSent, OutcomeUnknown, SetupFault, Throttled
from pos.domain.sale import Bought
from pos.till.ports import Trace
from tests.providers.appotapay_shop import ORDER, as_json, at_counter, sold
from tests.providers.raw_server import Authority, Script, answer
from tests.providers.test_appotapay_client import CALLS, SOLD
from tests.till.hand_clock import NOON, HandClock


def dated(offset_s: float, status: str = "200 OK", body: bytes = as_json(sold())) -> Script:
    """An answer whose server's clock is ahead of the till's by so much."""
    now = NOON + timedelta(seconds=offset_s)
    return answer(body, status, f"Date: {format_datetime(now, usegmt=True)}\r\n")


# ---------------------------------------------------------------- the clock


@pytest.mark.parametrize("offset_s", [242, -242, 86_400])
@pytest.mark.parametrize("first", ["200 OK", "401 Unauthorized"])
def test_nothing_is_bought_under_a_wrong_clock(authority: Authority, offset_s: int, first: str) -> None:
    """§4: seen by any answer's `Date`, also by the refusal that a wrong clock brings; nothing leaves for a purchase."""
    with at_counter(authority, dated(offset_s, first, b""), dated(offset_s)) as (seller, server):
        with contextlib.suppress(SetupFault, OutcomeUnknown):
            seller.ask(ORDER, Trace())
        sent = len(server.requests)
        with pytest.raises(SetupFault) as caught:
            seller.buy(ORDER, Trace())
        assert caught.value.code == "sale.clock_off"
        told_s = caught.value.params["offset_s"]
        assert isinstance(told_s, int | float)
        assert abs(told_s - abs(offset_s)) <= 1  # a refused ask went twice, a second apart
        assert len(server.requests) == sent
        assert isinstance(seller.ask(ORDER, Trace()), Bought)


def test_a_small_difference_and_an_answer_without_date_do_not_stop_a_purchase(authority: Authority) -> None:
    with at_counter(authority, dated(240), SOLD, SOLD) as (seller, _):
        for _n in range(3):
            assert isinstance(seller.buy(ORDER, Trace()), Bought)


def test_a_clock_that_was_set_right_sells_again(authority: Authority) -> None:
    """Nobody has to restart the till: the old difference says nothing about the new time."""
    clock = HandClock()
    with at_counter(authority, dated(3600), SOLD, clock=clock) as (seller, server):
        seller.ask(ORDER, Trace())
        clock.pass_s(3600)
        with pytest.raises(SetupFault, match=r"sale\.clock_off"):
            seller.buy(ORDER, Trace())
        clock.jump_s(3600)
        assert isinstance(seller.buy(ORDER, Trace()), Bought)
        assert len(server.requests) == 2


# ---------------------------------------------------------------- the brake


def test_calls_start_a_second_apart(authority: Authority) -> None:
    """§13: whichever call it is; a till that was quiet does not wait."""
    clock = HandClock()
    start_s = clock.mono_s()
    with at_counter(authority, SOLD, clock=clock) as (seller, server):
        seller.buy(ORDER, Trace())
        assert clock.mono_s() - start_s == 0
        seller.ask(ORDER, Trace())
        seller.balance_vnd(Trace())
        assert clock.mono_s() - start_s == pytest.approx(2)
        clock.pass_s(0.25)
        seller.ask(ORDER, Trace())
        assert clock.mono_s() - start_s == pytest.approx(3)
        clock.pass_s(5)
        seller.ask(ORDER, Trace())
        assert clock.mono_s() - start_s == pytest.approx(8)
        assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("header", "pause_s"),
    [("", 60), ("Retry-After: 7\r\n", 7), ("Retry-After: 0\r\n", 1), ("Retry-After: 99999999\r\n", 900),
     ("Retry-After: soon\r\n", 60), ("Retry-After: Sat, 21 Nov 2026 05:00:30 GMT\r\n", 30)],
)  # fmt: skip
def test_the_pause_that_the_issuer_asks_for_is_kept(authority: Authority, header: str, pause_s: int) -> None:
    """§13: `Retry-After`, else 60 s; until then nothing leaves, and that is told as "not sent"."""
    clock = HandClock()
    date = f"Date: {format_datetime(clock.now_utc(), usegmt=True)}\r\n"
    with at_counter(authority, answer(b"", "429 Slow", header + date), SOLD, clock=clock) as (seller, server):
        with pytest.raises(Throttled) as caught:
            seller.buy(ORDER, Trace())
        assert caught.value.params == {"wait_s": pause_s}
        clock.pass_s(pause_s - 0.5)
        for call in CALLS.values():
            with pytest.raises(NotSent) as paused:
                call(seller)
            assert paused.value.code == "pace.paused"
            assert paused.value.params["wait_s"] == pytest.approx(0.5)
        assert len(server.requests) == 1
        clock.pass_s(0.5)
        assert isinstance(seller.ask(ORDER, Trace()), Bought)


def held_back(until: threading.Event) -> Script:
    """An answer that comes when the test says so."""

    def run(sock: socket.socket) -> None:
        until.wait(10)
        SOLD(sock)

    return run


def test_a_second_purchase_waits_for_the_first(authority: Authority) -> None:
    """§13: it leaves when the first has its answer."""
    go_on = threading.Event()
    with at_counter(authority, held_back(go_on), SOLD, connect_timeout_s=10.0) as (seller, server):
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(seller.buy, ORDER, Trace())
            assert server.took_request.wait(10)
            second = threads.submit(seller.buy, replace(ORDER, id="T01OTHER"), Trace())
            assert wait([first, second], timeout=0.2).done == set()
            assert len(server.requests) == 1
            go_on.set()
            assert isinstance(first.result(10), Bought)
            assert isinstance(second.result(10), Bought)
        assert len(server.requests) == 2


def test_a_purchase_that_would_wait_too_long_is_not_sent(authority: Authority) -> None:
    """§13: provably; asking goes on meanwhile."""
    go_on = threading.Event()
    with at_counter(authority, held_back(go_on), SOLD, connect_timeout_s=0.2) as (seller, server):
        with ThreadPoolExecutor(1) as other:
            first = other.submit(seller.buy, ORDER, Trace())
            assert server.took_request.wait(10)
            with pytest.raises(NotSent, match=r"appotapay\.purchase_in_flight"):
                seller.buy(replace(ORDER, id="T01OTHER"), Trace())
            assert isinstance(seller.ask(ORDER, Trace()), Bought)
            go_on.set()
            assert isinstance(first.result(10), Bought)
        assert len(server.requests) == 2
        assert isinstance(seller.buy(replace(ORDER, id="T01OTHER"), Trace()), Bought)
