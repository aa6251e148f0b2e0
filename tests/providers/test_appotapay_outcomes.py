"""What each answer proves, over a real TLS line: every code of contracts/appotapay.md §9 and every row of §10."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.domain.sale import Bought, NotBought, NotFound, Order, Pending
from pos.providers.appotapay.client import AppotaPay
from pos.providers.appotapay.codes import TABLE
from pos.providers.appotapay.seconds import FileSeconds
from pos.providers.http import HttpClient
from pos.till.ports import Trace
from tests.providers.appotapay_shop import ORDER, SMS_ORDER, as_json, at_counter, card, settings, sold
from tests.providers.raw_server import Authority, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock
from tests.till.hand_clock import HandClock

# Copied from the contract by hand: code, as an answer to buy, as an answer to ask ("N": not found).
CONTRACT = {
    int(code): (buy, ask)
    for code, buy, ask in (line.split() for line in """
        0 S S
        1 F U
        2 C C
        11 C C
        12 F U
        13 C C
        14 C C
        15 C C
        23 C C
        24 C C
        31 U U
        32 F U
        33 F F
        34 P P
        35 P P
        36 U N
        40 U U
        41 U U
        71 F U
        72 F U
        73 F U
        91 U U
        92 C C
        94 U U
        99 U U
        500 U U
    """.strip().splitlines())
}  # fmt: skip
UNLISTED = (3, 9, 10, 30, 37, 70, 74, 100, 404, 501, 9999, 123456789)
LETTERS: dict[type, str] = {
    Bought: "S", NotBought: "F", Pending: "P", NotFound: "N", OutcomeUnknown: "U", SetupFault: "C", Throttled: "T",
    NotSent: "-",
}  # fmt: skip
CALLS: dict[str, Callable[[AppotaPay, Order, Trace], Any]] = {"buy": AppotaPay.buy, "ask": AppotaPay.ask}


def outcome(
    authority: Authority, call: str, script: Script, order: Order = ORDER, **other: Any
) -> tuple[str, Any, Trace]:
    """One call against one answer: its letter, what came of it, what it left behind.

    It is sent exactly once; only an ask that the door refuses goes once more, with another token.
    """
    trace = Trace()
    with at_counter(authority, script, **other) as (seller, server):
        try:
            came: Any = CALLS[call](seller, order, trace)
        except ProviderError as fault:
            came = fault
        again = call == "ask" and trace.http_status == 401
        assert len(server.requests) == (2 if again else 1)
    assert trace.failure == (came.code if isinstance(came, ProviderError) else None)
    return LETTERS[type(came)], came, trace


def until_hung_up(sock: socket.socket) -> None:
    sock.recv(1)


def coded(code: int | str, status: str = "200 OK", **other: Any) -> Script:
    return answer(as_json({"errorCode": code, "message": "thông báo"} | other), status)


def test_the_table_is_the_contract_s() -> None:
    """No code forgotten, none invented."""
    assert set(TABLE) == set(CONTRACT)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", [c for c in CONTRACT if c != 0])
def test_every_code_of_the_contract(authority: Authority, code: int, call: str) -> None:
    letter, came, trace = outcome(authority, call, coded(code if call == "buy" else str(code)))
    assert letter == CONTRACT[code][call == "ask"]
    if letter in "FP":
        assert (came.code, came.message) == (str(code), "thông báo")
    if letter == "F":
        assert came.confirm is (code == 33 and call == "buy")
    assert trace.answered is (letter in "FC" or (letter in "PN" and call == "ask"))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", UNLISTED)
def test_a_code_that_is_not_listed_is_never_a_failure(authority: Authority, code: int, call: str) -> None:
    letter, came, _ = outcome(authority, call, coded(code))
    assert (letter, came.code, came.params["result"]) == ("U", "appotapay.unrecognised", str(code))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", ["200 OK", "201 Created", "400 Bad Request", "500 Oops"])
def test_success_is_success_whatever_the_status(authority: Authority, call: str, status: str) -> None:
    """The codes are here: the body decides (§3, §15 no. 11)."""
    letter, came, trace = outcome(authority, call, answer(as_json(sold()), status))
    assert (letter, came.complete, [c.serial for c in came.codes]) == ("S", True, ["EX0000000001", "EX0000000002"])
    assert (came.transaction_id, came.charged_vnd, came.at) == ("AP00EXAMPLE01", 98_000, "05-03-2026 14:07:09")
    assert (came.balance_vnd, trace.answered) == (4_902_000, True)


def test_the_answer_to_an_ask_has_no_account(authority: Authority) -> None:
    """§8.3."""
    body = sold()
    del body["account"]
    letter, came, _ = outcome(authority, "ask", answer(as_json(body)))
    assert (letter, came.complete, came.balance_vnd) == ("S", True, None)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "cards",
    [
        None, [], [card(1)], [card(1), card(2), card(3)],
        [card(1), card(1, code="R" * 344)], [card(1), card(2, code=card(1)["code"])],
        [card(1), card(2, code=None)], [card(1), "card"], [card(1), card(2), "card"], [card(1), card(2, value=100_000)],
        "card", {},
    ],
    ids=["null", "none", "fewer", "more", "serial twice", "code twice", "no code", "odd", "odd third", "other value",
         "text", "object"],
)  # fmt: skip
def test_not_exactly_what_was_ordered_is_bought_and_incomplete(authority: Authority, cards: Any, call: str) -> None:
    """§10: stored, asked about once, then a person decides; never a second purchase."""
    letter, came, _ = outcome(authority, call, answer(as_json(sold() | {"cards": cards})))
    assert (letter, came.complete) == ("S", False)
    kept = [c for c in cards if isinstance(c, dict)] if isinstance(cards, list) else []
    assert [c.ciphertext for c in came.codes] == [c["code"] or "" for c in kept]


def test_a_hundred_cards_are_complete(authority: Authority) -> None:
    """§13: the most that one order may be; values left out say nothing against it."""
    hundred = Order(ORDER.id, "VT50", 100, 50_000)
    letter, came, _ = outcome(
        authority, "buy", answer(as_json(sold(*(card(n, value=None) for n in range(100))))), hundred
    )
    assert (letter, came.complete, len(came.codes)) == ("S", True, 100)


def test_an_sms_purchase_brings_no_card(authority: Authority) -> None:
    """§8.5; a card that comes here too would be handed out twice."""
    for call in CALLS:
        letter, came, _ = outcome(authority, call, answer(as_json(sold() | {"cards": []})), SMS_ORDER, sms=True)
        assert (letter, came.complete, came.codes) == ("S", True, ())
        letter, came, _ = outcome(authority, call, answer(as_json(sold(card(1)))), SMS_ORDER, sms=True)
        assert (letter, came.complete, len(came.codes)) == ("S", False, 1)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", [1, 12, 2, 33, 35, 36, 99])
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found"])
def test_a_4xx_with_a_code_is_as_the_code_says(authority: Authority, status: str, code: int, call: str) -> None:
    assert outcome(authority, call, coded(code, status))[0] == CONTRACT[code][call == "ask"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "letter"), [(1, "U"), (12, "U"), (2, "U"), (33, "U"), (36, "U"), (99, "U"), (35, "P")]
)
def test_a_server_in_trouble_proves_no_failure(authority: Authority, code: int, letter: str, call: str) -> None:
    """§10: 5xx, whatever its body says."""
    assert outcome(authority, call, coded(code, "502 Bad Gateway"))[0] == letter


@pytest.mark.parametrize(
    ("status", "body", "buy", "ask", "code"),
    [
        ("401 Unauthorized", b"", "C", "C", "appotapay.caller_refused"),
        ("403 Forbidden", b"\r\n", "C", "C", "appotapay.caller_refused"),
        ("401 Unauthorized", b"<html>", "U", "C", None),
        ("403 Forbidden", b'{"message":"no"}', "U", "C", None),
        ("400 Bad Request", b"", "U", "U", "http.4xx"),
        ("400 Bad Request", b'{"message":"no"}', "U", "U", "http.4xx"),
        ("404 Not Found", b"", "U", "U", "http.4xx"),
        ("404 Not Found", b'{"message":"transaction does not exist"}', "U", "U", "http.4xx"),
        ("402 Payment Required", b"", "U", "U", "http.4xx"),
        ("500 Oops", b"", "U", "U", "http.5xx"),
        ("502 Bad Gateway", b"<html>", "U", "U", "http.5xx"),
        ("503 Busy", b'{"message":"no"}', "U", "U", "http.5xx"),
        ("200 OK", b"", "U", "U", "http.not_json"),
        ("200 OK", b"<html>", "U", "U", "http.not_json"),
        ("200 OK", as_json(sold())[:-30], "U", "U", "http.not_json"),
        ("200 OK", b'{"cards":[]}', "U", "U", "http.no_verdict"),
        ("204 No Content", b"", "U", "U", "http.not_json"),
        ("302 Found", b"", "U", "U", "http.redirect"),
    ],
)  # fmt: skip
def test_answers_without_a_code(
    authority: Authority, status: str, body: bytes, buy: str, ask: str, code: str | None
) -> None:
    """§10. A 404 without a code is never "not found"."""
    for call, wanted in (("buy", buy), ("ask", ask)):
        letter, came, _ = outcome(authority, call, answer(body, status))
        assert letter == wanted
        assert code is None or came.code == code


@pytest.mark.parametrize("call", CALLS)
def test_a_line_that_breaks_after_sending_leaves_it_unknown(authority: Authority, call: str) -> None:
    """§10: hung up without a word, in the middle of the head, in the middle of the cards."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    for script in (hang_up, raw(head[:20]), raw(head + as_json(sold())[:400])):
        assert outcome(authority, call, script)[0] == "U"


@pytest.mark.parametrize("call", CALLS)
def test_silence_leaves_it_unknown_at_the_deadline(authority: Authority, call: str) -> None:
    """§13: each call has its own deadline; here a purchase's is long and an ask's short, and the other way round."""
    buy_s, ask_s = (0.3, 30.0) if call == "buy" else (30.0, 0.3)
    letter, came, _ = outcome(authority, call, until_hung_up, buy_deadline_s=buy_s, ask_deadline_s=ask_s)
    assert (letter, came.code) == ("U", "net.read_timeout")


@pytest.mark.parametrize("call", CALLS)
def test_no_connection_is_not_sent(authority: Authority, call: str) -> None:
    """§10: may be sent again at once with the same id."""
    clock = HandClock()
    with never_listening() as port:
        http = HttpClient(f"https://localhost:{port}", clock=SteadyClock(), ca_file=authority.ca_file)
        seller = AppotaPay(http, settings(), clock, FileSeconds(Path(os.devnull)), clock.pass_s)
        with pytest.raises(NotSent, match=r"net\.refused"):
            CALLS[call](seller, ORDER, Trace())
        seller.close()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [b"", as_json({"errorCode": 12}), as_json({"errorCode": 0, "cards": []})])
def test_too_many_requests_proves_nothing(authority: Authority, body: bytes, call: str) -> None:
    """§13: a pause, and the outcome of a purchase is unknown."""
    letter, came, _ = outcome(authority, call, answer(body, "429 Too Many Requests"))
    assert (letter, came.params) == ("T", {"wait_s": 60.0})
