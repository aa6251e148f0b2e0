"""What each answer proves, over a real TLS line: every code of contracts/vinid.md §9 × call, each row of §10."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.domain.reasons import Reason
from pos.domain.sale import Bought, CodeStatus, NotBought, NotFound
from pos.domain.voucher import CallDone, CallRefused, Evidence, MarkedUsed, NotUsable, Proof, Usable
from pos.i18n import LANGUAGES, Translator
from pos.providers.http import HttpClient
from pos.providers.vinid.codes import CHANGING, Kind, Operation, listed, row_of
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import GiftcodeSettings
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, Script, answer, hang_up, never_listening, raw
from tests.providers.steady_clock import SteadyClock
from tests.providers.vinid_shop import (
    BILL,
    CODE,
    ORDER,
    PLACE,
    Counter,
    at_counter,
    pair,
    settings,
    told,
    voucher,
    withdrawn,
)
from tests.till.hand_clock import HandClock

CALLS: dict[str, Callable[[Counter, Trace], Any]] = {
    "stock": lambda c, t: c.giftcode.products(t),
    "withdraw": lambda c, t: c.giftcode.buy(ORDER, t),
    "status": lambda c, t: c.giftcode.status("EXS0000000001", t),
    "detail": lambda c, t: c.giftcode.ask(ORDER, t),
    "verify": lambda c, t: c.evoucher.check(CODE, BILL, reserving=False, trace=t),
    "inquire": lambda c, t: c.evoucher.inquire(CODE, BILL, reserving=False, trace=t),
    "mark_used": lambda c, t: c.evoucher.mark_used([CODE], BILL, (), reserving=False, trace=t),
    "refund": lambda c, t: c.evoucher.take_back(CODE, t),
}
CHANGES = ("withdraw", "mark_used", "refund")
# Copied from the contract by hand. S success, F certain failure, U unknown or no answer, C refused at the door, R the
# same but sent again once by a reading call, N not found. Columns as in CALLS.
COLUMNS = ("stock", "withdraw", "status", "detail", "verify", "inquire", "mark_used", "refund")
CONTRACT = {
    int(code): dict(zip(COLUMNS, letters, strict=True))
    for code, *letters in (line.split() for line in """
        4000    U F U U  F U U U
        200100  U F U U  F U U U
        200200  U U U U  F U U U
        5000    U U U U  F U U U
        4040901 U U U U  C C C C
        4000902 U U U U  F F F U
        5000001 U U U U  F U U U
        5000101 U U U U  U U U U
        4000001 U F U U  F U F F
        4010001 C C C C  C C C C
        4010002 C C C C  C C C C
        4010003 R C R R  R R C C
        4010004 R C R R  R R C C
        4010005 R C R R  R R C C
        4030001 C C C C  C C C C
        4040001 U U N N  U U U U
        4040201 C C C C  C C C C
        4000801 U F U U  F U F F
    """.strip().splitlines())
}  # fmt: skip
UNLISTED = (0, 201, 2000, 200201, 20_000, 4001, 4010007, 4049999, 9_999_999)
LETTERS: dict[type, str] = {
    tuple: "S", Bought: "S", Usable: "S", MarkedUsed: "S", CallDone: "S", NotBought: "F", CallRefused: "F",
    NotUsable: "F", NotFound: "N", OutcomeUnknown: "U", SetupFault: "C", Throttled: "T", NotSent: "-",
}  # fmt: skip


def letter_of(came: Any) -> str:
    if isinstance(came, CodeStatus):
        return "N" if came is CodeStatus.UNKNOWN_SERIAL else "S"
    if isinstance(came, Evidence):
        return "S" if came.proof is Proof.NOT_USED else "F"
    return LETTERS[type(came)]


def outcome(authority: Authority, call: str, *script: Script, sends: int = 1) -> tuple[str, Any, Trace]:
    """One call: its letter, what came of it, what it left behind. Mark-used finds its voucher verified before."""
    trace = Trace()
    first = (told(200, voucher()),) if call == "mark_used" else ()
    with at_counter(authority, *first, *script) as counter:
        if first:
            counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace())
        try:
            came: Any = CALLS[call](counter, trace)
        except ProviderError as fault:
            came = fault
        assert len(counter.server.requests) == sends + len(first)
    if isinstance(came, ProviderError):
        assert trace.failure == came.code
    return letter_of(came), came, trace


def until_hung_up(sock: socket.socket) -> None:
    sock.recv(1)


def test_no_code_of_the_contract_is_forgotten_and_none_invented() -> None:
    """4010006 has a test of its own below."""
    known = {code for operation in Operation for code in listed(operation)}
    assert known == {*CONTRACT, 200, 4010006}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", CONTRACT)
def test_every_code_as_an_answer_to_every_call(authority: Authority, code: int, call: str) -> None:
    """A changing call goes out once whatever comes back; only a reading one is repeated, once, and only after R."""
    wanted = CONTRACT[code][call]
    letter, came, trace = outcome(authority, call, told(code), sends=2 if wanted == "R" else 1)
    assert letter == wanted.replace("R", "C")
    if isinstance(came, NotBought):
        assert (came.code, came.message, came.confirm) == (str(code), "thông báo", False)
    if isinstance(came, CallRefused | NotUsable):
        assert came.detail.code == str(code)
    if call in CHANGES:
        assert trace.answered is (wanted in "FC")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", UNLISTED)
def test_a_code_that_is_not_listed_is_never_success_and_never_proof(authority: Authority, code: int, call: str) -> None:
    """Whole numbers compare: 200201 begins like success and is none. A voucher is not taken on it either (§6, §9)."""
    letter, came, _ = outcome(authority, call, told(code))
    assert letter == ("F" if call == "verify" else "U")
    if call == "verify":
        assert came.reason is Reason.UNRECOGNISED
    else:
        assert (came.code, came.params["result"]) == ("vinid.unrecognised", str(code))


@pytest.mark.parametrize("call", CHANGES)
def test_a_nonce_that_was_seen_before_is_never_proof_for_money(authority: Authority, call: str) -> None:
    """It was fresh: something on the way repeated our request, and the first copy may have been carried out."""
    letter, came, trace = outcome(authority, call, told(4010006))
    assert (letter, came.code, trace.answered) == ("U", "vinid.nonce_used", False)


@pytest.mark.parametrize("call", [call for call in CALLS if call not in CHANGES])
def test_a_reading_call_whose_nonce_was_seen_is_sent_again_once(authority: Authority, call: str) -> None:
    assert outcome(authority, call, told(4010006), sends=2)[0] == "C"


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "400 Bad Request", "404 Not Found", "500 Oops"])
@pytest.mark.parametrize(
    ("call", "data"),
    [
        ("stock", []), ("withdraw", withdrawn()), ("status", {"status": "USED"}), ("detail", withdrawn()),
        ("verify", voucher()), ("inquire", voucher()), ("mark_used", None), ("refund", {}),
    ],
)  # fmt: skip
def test_success_is_success_whatever_the_status(authority: Authority, call: str, data: Any, status: str) -> None:
    """The body decides; the code may be text (§6)."""
    for code in (200, "200"):
        letter, _, trace = outcome(authority, call, told(code, data, status=status))
        assert (letter, trace.answered) == ("S", True)


# Status, body → as an answer to a changing call, to a reading call (§10).
WITHOUT_CODE = [
    ("401 Unauthorized", b"", "C", "C"),
    ("403 Forbidden", b" \r\n", "C", "C"),
    ("403 Forbidden", b"<html>proxy</html>", "U", "C"),
    ("400 Bad Request", b"", "U", "U"),
    ("404 Not Found", b"{}", "U", "U"),
    ("500 Oops", b"", "U", "U"),
    ("502 Bad Gateway", b"<html></html>", "U", "U"),
    ("200 OK", b"", "U", "U"),
    ("200 OK", b"<html>login</html>", "U", "U"),
    ("200 OK", b'{"meta":{"code":200', "U", "U"),
    ("200 OK", b'{"data":{}}', "U", "U"),
    ("200 OK", b'{"meta":null,"data":{}}', "U", "U"),
    ("200 OK", b'{"meta":{"code":true}}', "U", "U"),
    ("200 OK", b'{"meta":{"code":200.0}}', "U", "U"),
    ("200 OK", b'{"meta":{"code":"200 OK"}}', "U", "U"),
    ("200 OK", b'{"meta":{"code":-200}}', "U", "U"),
    ("200 OK", b"[" * 100_000, "U", "U"),
    ("429 Slow", b'{"meta":{"code":200}}', "T", "T"),
    ("302 Found", b"", "U", "U"),
]


@pytest.mark.parametrize("call", ["withdraw", "mark_used", "refund", "detail", "verify"])
@pytest.mark.parametrize(("status", "body", "changing", "reading"), WITHOUT_CODE)
def test_an_answer_without_a_code(
    authority: Authority, call: str, status: str, body: bytes, changing: str, reading: str
) -> None:
    letter, _, trace = outcome(authority, call, answer(body, status))
    assert letter == (changing if call in CHANGES else reading)
    assert trace.answered is (letter == "C")


@pytest.mark.parametrize("call", CHANGES)
@pytest.mark.parametrize("script", [hang_up, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), raw(b"?")])
def test_a_line_that_breaks_after_sending_leaves_it_unknown(authority: Authority, call: str, script: Script) -> None:
    letter, _, trace = outcome(authority, call, script)
    assert (letter, trace.answered) == ("U", False)


def test_silence_past_the_deadline_is_unknown(authority: Authority) -> None:
    """Each call has its own deadline (§13)."""
    short = {"withdraw_deadline_s": 0.3, "use_deadline_s": 0.3, "deadline_s": 0.3}
    for call in ("withdraw", "refund", "detail"):
        with at_counter(authority, until_hung_up, line=short) as counter:
            with pytest.raises(OutcomeUnknown, match=r"net\.read_timeout"):
                CALLS[call](counter, Trace())
            assert len(counter.server.requests) == 1


def test_no_connection_is_proof_that_nothing_left(authority: Authority) -> None:
    with never_listening() as port:
        http = HttpClient(f"https://localhost:{port}", clock=SteadyClock(), ca_file=authority.ca_file)
        clock = HandClock()
        line = VinIdLine(http, settings(), clock, clock.pass_s)
        seller = VinIdGiftcode(line, GiftcodeSettings(*PLACE, private_key_pem=pair("giftcode").private_pem))
        with pytest.raises(NotSent):
            seller.buy(ORDER, Trace())
        with pytest.raises(NotSent):
            seller.reach()


def test_after_429_nothing_is_sent_until_the_pause_is_over(authority: Authority) -> None:
    """For both services: they share the line (§13)."""
    clock = HandClock()
    slow = answer(b"", "429 Slow", "Retry-After: 90\r\n")
    with at_counter(authority, slow, told(200, withdrawn()), clock=clock) as counter:
        with pytest.raises(Throttled) as fault:
            counter.evoucher.take_back(CODE, Trace())
        assert fault.value.params == {"wait_s": 90.0}
        clock.pass_s(89)
        with pytest.raises(NotSent, match=r"pace\.paused"):
            counter.giftcode.buy(ORDER, Trace())
        clock.pass_s(2)
        counter.giftcode.buy(ORDER, Trace())
        assert len(counter.server.requests) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_table_has_its_sentence(language: str) -> None:
    """Refusals of a sale below `sale.`, everything raised below `vinid.`."""
    tr = Translator(language)
    for operation in Operation:
        for code in (*listed(operation), 1):
            kind, word = row_of(operation, code)
            if operation is Operation.WITHDRAW and kind is Kind.FAILED:
                assert tr.has(f"sale.{word}"), word
            if kind in (Kind.SETUP, Kind.AGAIN) or (kind is Kind.UNKNOWN and operation in CHANGING):
                raised = word if kind is not Kind.UNKNOWN or tr.has(f"message.vinid.{word}.what") else "undecided"
                assert all(tr.has(f"message.vinid.{raised}.{part}") for part in ("what", "safe", "do")), word


# ---------------------------------------------------------------- secrets


def test_what_is_kept_of_an_answer_holds_no_code_and_no_whole_serial(authority: Authority) -> None:
    """The answer's own code and the last 4 of a serial stay, for support (§14)."""
    data = withdrawn() | {"signature": "S" * 30, "serials": ["EV0000000001"], "note": "about EV0000000001"}
    data["order_info"][0]["cards"].append({"code": "short-plain-code", "serial": "EXS0000000009"})
    trace = outcome(authority, "refund", told(200, data, message="EV0000000001 ok"))[2]
    kept = trace.raw or ""
    for secret in ("QQQQ", "short-plain-code", "EXS00000", "SSSS", "EV00000"):
        assert secret not in kept
    assert json.loads(kept)["meta"]["code"] == 200
    assert '"••••0009"' in kept
    assert "about ••••0001" in kept


def test_a_message_with_the_serial_in_it_is_shown_without_it(authority: Authority) -> None:
    _, came, _ = outcome(authority, "verify", told(4000902, message="Mã EV0000000001 không hợp lệ"))
    assert came.detail.message_vi == "Mã ••••0001 không hợp lệ"


def test_an_answer_cut_off_within_a_code_keeps_nothing_of_it(authority: Authority) -> None:
    whole = json.dumps({"meta": {"code": 200}, "data": withdrawn()}).encode()
    cut = whole[: whole.index(b"QQQQ") + 30]
    trace = outcome(authority, "withdraw", answer(cut))[2]
    assert "QQQ" not in (trace.raw or "")
