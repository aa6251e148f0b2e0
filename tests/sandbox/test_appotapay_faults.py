"""What can go wrong with AppotaPay can be armed (contract §16.2, 16.4 to 16.8), and no fault debits twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.appotapay_caller import Merchant, new_id
from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess

_ALL_CODES = (1, 2, 11, 12, 13, 14, 15, 23, 24, 31, 32, 33, 34, 35, 36, 40, 41, 71, 72, 73, 91, 92, 94, 99, 500, 777)
# Instead of waiting: the issuer's clock has gone on, less than a token lives.
_LATER = {"fault": "clock_offset", "seconds": 150}
_OAEP = ("rsa_padding_mode:oaep",)


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


@pytest.mark.parametrize("code", _ALL_CODES)
def test_every_code_can_be_had_for_buy_and_for_the_ask(code: int, merchant: Merchant) -> None:
    """Listed or not; with any HTTP status; nothing is debited, and a purchase made before stays."""
    ref_id, sold = new_id(), new_id()
    merchant.buy(sold)
    merchant.arm({"operation": "buy", "fault": "code", "code": code, "status": 403}, {"fault": "code", "code": code})

    refused, asked = merchant.buy(ref_id), merchant.ask(sold)

    assert (refused.status, refused.json["errorCode"]) == (403, code)
    assert (asked.status, asked.json["errorCode"]) == (200, code)
    assert merchant.truth["debits"] == 1


@pytest.mark.parametrize(
    "fault", ["drop_after", "http_after", "html_after", "broken_json", "empty_body", "delay_after", "code_after"]
)
def test_the_purchase_is_made_and_the_answer_is_lost(fault: str, merchant: Merchant) -> None:
    """After each the ask finds the cards, the repeat is 31, and one debit stands."""
    ref_id = new_id()
    merchant.caller.connection.timeout = 1.5 if fault == "delay_after" else 10.0
    more = {"delay_after": {"seconds": 5}, "code_after": {"code": 99}}.get(fault, {})
    merchant.arm({"operation": "buy", "fault": fault, "times": 1, **more})

    try:
        answer = merchant.buy(ref_id)
        assert fault in ("http_after", "html_after", "broken_json", "empty_body", "code_after")
        with pytest.raises((json.JSONDecodeError, AssertionError)):
            assert answer.json["errorCode"] == 0
    except (OSError, http.client.HTTPException):
        assert fault in ("drop_after", "delay_after")

    merchant.caller.connection.timeout = 10.0
    assert merchant.ask(ref_id).json["errorCode"] == 0
    assert merchant.buy(ref_id).json["errorCode"] == 31
    assert (merchant.truth["debits"], merchant.purchase(ref_id)["debits"]) == (1, 1)


@pytest.mark.parametrize("fault", ["drop_before", "http_before", "html_before"])
def test_nothing_is_bought_when_the_answer_comes_instead(fault: str, merchant: Merchant) -> None:
    """The till cannot tell these from the ones above; only the ask can."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": fault, "times": 1})

    try:
        merchant.buy(ref_id)
    except (OSError, http.client.HTTPException):
        assert fault == "drop_before"

    assert merchant.ask(ref_id).json["errorCode"] == 36
    assert merchant.truth["debits"] == 0


@pytest.mark.parametrize(("fault", "end", "debits"), [("hold_then_sold", 0, 1), ("hold_then_failed", 33, 0)])
def test_a_purchase_is_held_at_35_and_decided_later(fault: str, end: int, debits: int, merchant: Merchant) -> None:
    """35 for the set time, then 0 with cards or 33; a repeat meanwhile is 31."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": fault, "seconds": 100})

    assert merchant.buy(ref_id).json["errorCode"] == 35
    assert merchant.ask(ref_id).json["errorCode"] == 35
    assert merchant.buy(ref_id).json["errorCode"] == 31
    merchant.arm(_LATER)
    asked = merchant.ask(ref_id).json

    assert asked["errorCode"] == end
    assert len(asked.get("cards", [])) == 2 * debits
    assert merchant.purchase(ref_id)["debits"] == debits


def test_a_purchase_can_be_invisible_for_a_while(merchant: Merchant) -> None:
    """36 is no proof: the purchase turns up later, debited all the while."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": "hidden", "seconds": 100}, {"operation": "buy", "fault": "drop_after"})
    with pytest.raises((OSError, http.client.HTTPException)):
        merchant.buy(ref_id)

    assert merchant.ask(ref_id).json["errorCode"] == 36
    assert merchant.purchase(ref_id)["debits"] == 1
    merchant.arm(_LATER)
    assert merchant.ask(ref_id).json["errorCode"] == 0


@pytest.mark.parametrize(
    ("faults", "options"),
    [
        ((), ()),
        (("hex",), ()),
        (("oaep_sha1",), _OAEP),
        (("oaep_sha256",), (*_OAEP, "rsa_oaep_md:sha256")),
        (("oaep_sha256", "hex"), (*_OAEP, "rsa_oaep_md:sha256")),
    ],
)
def test_openssl_reads_each_padding_in_each_form(
    faults: tuple[str, ...], options: tuple[str, ...], merchant: Merchant
) -> None:
    """§16.2: the sandbox's hand-made padding is what the RFC's users expect."""
    ref_id = new_id()
    merchant.arm(*({"fault": fault} for fault in faults))

    cards = merchant.buy(ref_id).json["cards"]

    assert [len(card["code"]) for card in cards] == [512 if "hex" in faults else 344] * 2
    assert [merchant.plain(card, *options) for card in cards] == [c["code"] for c in merchant.purchase(ref_id)["cards"]]


def test_a_wrong_padding_is_readable_by_nobody(merchant: Merchant) -> None:
    """Neither OAEP fits, and PKCS#1 v1.5 gives an error or rubbish, never the code."""
    ref_id = new_id()
    merchant.arm({"fault": "wrong_padding"})
    card = merchant.buy(ref_id, quantity=1).json["cards"][0]
    code = merchant.purchase(ref_id)["cards"][0]["code"]

    for options in (_OAEP, (*_OAEP, "rsa_oaep_md:sha256")):
        with pytest.raises(subprocess.CalledProcessError):
            merchant.plain(card, *options)
    with contextlib.suppress(subprocess.CalledProcessError, UnicodeDecodeError):
        assert merchant.plain(card) != code


def test_an_old_key_reads_what_was_encrypted_for_it(merchant: Merchant) -> None:
    """§15.25: an old purchase may come back under the former key."""
    ref_id = new_id()
    merchant.buy(ref_id, quantity=1)
    merchant.arm({"operation": "transaction", "fault": "old_key"})

    card = merchant.ask(ref_id).json["cards"][0]

    assert merchant.plain(card, key_file=merchant.former_key_file) == merchant.purchase(ref_id)["cards"][0]["code"]


@pytest.mark.parametrize(("fault", "count"), [("fewer_cards", 1), ("more_cards", 3)])
def test_the_number_of_cards_can_be_wrong(fault: str, count: int, merchant: Merchant) -> None:
    """Armed for buy alone the ask shows the right number; one debit, for what was asked."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": fault})

    bought = merchant.buy(ref_id).json

    assert (bought["errorCode"], len(bought["cards"]), bought["transaction"]["amount"]) == (0, count, 98_000)
    assert len(merchant.ask(ref_id).json["cards"]) == 2
    assert merchant.truth["debits"] == 1


def test_answers_come_in_the_forms_that_the_pages_leave_open(merchant: Merchant) -> None:
    """§16.7: each is armed, and each shows."""
    ref_id = new_id()
    merchant.buy(ref_id)

    def asked(*faults: str) -> dict[str, Any]:
        merchant.arm(*({"operation": "transaction", "fault": fault} for fault in faults))
        return merchant.ask(ref_id).json

    text = asked("numbers_as_text")
    assert (text["errorCode"], text["transaction"]["amount"], text["cards"][0]["value"]) == ("0", "98000", "50000")
    flat = asked("flat_transaction")
    assert (flat["amount"], set(flat["transaction"])) == (98_000, {"appotapayTransId"})
    assert [card["expiry"] for card in asked()["cards"]] == ["31-12-2027"] * 2
    assert [card["expiry"] for card in asked("expiry_year_first")["cards"]] == ["2027-12-31"] * 2
    assert len({card["serial"] for card in asked("duplicate_serial")["cards"]}) == 1
    assert asked("wrong_value")["cards"][0]["value"] == 51_000
    assert {"signature", "traceId"} < set(asked("extra_fields"))
    assert "errorCode" not in asked("no_error_code")
    assert asked("cards_null")["cards"] is None
    assert "cards" not in asked("cards_missing", "numbers_as_text")


def test_a_late_purchase_is_made_after_the_caller_gave_up(merchant: Merchant) -> None:
    """The ask says 36 first and 0 later: a till that takes the first for proof loses the money."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": "late", "seconds": 4.0})
    merchant.caller.connection.timeout = 1.5
    with pytest.raises(TimeoutError):
        merchant.buy(ref_id)

    merchant.caller.connection.timeout = 10.0
    assert merchant.ask(ref_id).json["errorCode"] == 36
    assert _ask_until_not(36, merchant, ref_id)["errorCode"] == 0
    assert merchant.truth["debits"] == 1


def test_the_log_tells_call_faults_and_effect(merchant: Merchant) -> None:
    """So that a test of the till can see what was really sent, in order."""
    ref_id = new_id()
    merchant.arm({"operation": "buy", "fault": "hex", "times": 1})
    merchant.buy(ref_id)
    merchant.ask(ref_id)

    log = merchant.sandbox.log()

    assert [(e["issuer"], e["operation"], e["effect"], e["faults"]) for e in log] == [
        ("appotapay", "buy", "debited", ["hex"]),
        ("appotapay", "transaction", "none", []),
    ]


def _ask_until_not(code: int, merchant: Merchant, ref_id: str) -> dict[str, Any]:
    deadline_s = time.monotonic() + 10
    answer = merchant.ask(ref_id).json
    while answer["errorCode"] == code and time.monotonic() < deadline_s:
        answer = merchant.ask(ref_id).json
    return answer


def test_stock_and_balance_can_be_changed_by_hand(merchant: Merchant) -> None:
    """So that a test can sell the last card; what is not understood is refused in words."""
    merchant.change(product="VT50", stock=1)
    assert merchant.buy(new_id()).json["errorCode"] == 72
    assert merchant.buy(new_id(), quantity=1).json["errorCode"] == 0
    with pytest.raises(ValueError, match="send"):
        merchant.change(product="XX1", stock=1)
