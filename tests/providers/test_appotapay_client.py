"""AppotaPay through the port: what leaves, when it leaves, what must not leave, and what is kept of it."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.domain.sale import Bought, Order, PlainCode, Unreadable
from pos.i18n import LANGUAGES, Translator, resource_path
from pos.providers.appotapay.client import AppotaPay
from pos.providers.appotapay.codes import TABLE, Proof
from pos.providers.appotapay.verdicts import ERROR_CODES
from pos.providers.sealed import Padding
from pos.till.ports import Trace
from pos.till.sale_port import CodeSeller
from tests.providers.appotapay_shop import (
    API_KEY,
    ORDER,
    PHONE,
    SECRET,
    SMS_ORDER,
    as_json,
    at_counter,
    card,
    settings,
    sold,
)
from tests.providers.openssl_cli import KeyPair
from tests.providers.raw_server import Authority, answer, hang_up
from tests.providers.test_appotapay_token import read_jws
from tests.till.hand_clock import NOON

SOLD = answer(as_json(sold()))
LIST = answer(
    as_json({"data": [{"productType": "X", "productCodes": [{"name": "N", "code": "VT50", "value": 50_000}]}]})
)
CALLS: dict[str, Callable[[CodeSeller], Any]] = {
    "buy": lambda seller: seller.buy(ORDER, Trace()),
    "ask": lambda seller: seller.ask(ORDER, Trace()),
    "products": lambda seller: seller.products(Trace()),
    "balance": lambda seller: seller.balance_vnd(Trace()),
}


# ---------------------------------------------------------------- what leaves


@pytest.mark.parametrize(
    ("call", "line", "body"),
    [
        ("buy", b"POST /api/v1/service/shopcard/buy HTTP/1.1", True),
        ("ask", b"GET /api/v1/service/shopcard/transaction/T01A7K2M9QX40001 HTTP/1.1", False),
        ("products", b"GET /api/v1/service/shopcard/products HTTP/1.1", False),
        ("balance", b"GET /api/v1/service/accounts/balance HTTP/1.1", False),
    ],
)
@pytest.mark.parametrize("prefix", ["Bearer ", ""])
def test_requests_as_they_arrive(authority: Authority, call: str, line: bytes, body: bool, prefix: str) -> None:
    """§3, §8: path, headers, and a token of this very second; only a purchase has a body."""
    with at_counter(authority, LIST if call == "products" else SOLD, auth_prefix=prefix) as (seller, server):
        CALLS[call](seller)
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    first, *rest = head.split(b"\r\n")
    headers = {name.lower(): value for name, _, value in (row.decode().partition(": ") for row in rest)}
    assert first == line
    assert (headers["content-type"], headers["accept"]) == ("application/json", "application/json")
    assert headers["x-appotapay-auth"].startswith(prefix)
    header, claims = read_jws(headers["x-appotapay-auth"].removeprefix(prefix))
    assert header["cty"] == "appotapay-api;v=1"
    assert claims["exp"] == NOON.timestamp() + 300
    assert (json.loads(sent)["partnerRefId"] == ORDER.id) if body else sent == b""


def test_products_and_balance(authority: Authority) -> None:
    with at_counter(authority, LIST, answer(as_json({"errorCode": 0, "account": {"balance": "4902000"}}))) as (
        seller,
        _,
    ):
        assert [(p.code, p.name, p.supplier, p.face_vnd, p.stock) for p in seller.products(Trace())] == [
            ("VT50", "N", "X", 50_000, None)
        ]
        assert seller.balance_vnd(Trace()) == 4_902_000


@pytest.mark.parametrize("call", ["products", "balance"])
@pytest.mark.parametrize(
    ("body", "status", "family", "code"),
    [
        ({"errorCode": 13}, "200 OK", SetupFault, "appotapay.partner_locked"),
        ({"errorCode": 92}, "403 Forbidden", SetupFault, "appotapay.ip_not_listed"),
        ({"errorCode": 94}, "200 OK", OutcomeUnknown, "appotapay.undecided"),
        ({"errorCode": 12}, "200 OK", OutcomeUnknown, "appotapay.undecided"),
        ({"errorCode": 35}, "200 OK", OutcomeUnknown, "appotapay.undecided"),
        ({"errorCode": 36}, "200 OK", OutcomeUnknown, "appotapay.undecided"),
        ({"errorCode": 33}, "200 OK", OutcomeUnknown, "appotapay.undecided"),
        ({"errorCode": 777}, "200 OK", OutcomeUnknown, "appotapay.unrecognised"),
        ({}, "200 OK", OutcomeUnknown, "http.no_verdict"),
        ({}, "401 Unauthorized", SetupFault, "appotapay.caller_refused"),
        ({}, "500 Oops", OutcomeUnknown, "http.5xx"),
        ({}, "429 Too Many Requests", Throttled, "appotapay.throttled"),
    ],
)
def test_no_list_and_no_balance(
    authority: Authority, call: str, body: dict[str, Any], status: str, family: type[ProviderError], code: str
) -> None:
    """An old list is better than half of one."""
    with at_counter(authority, answer(as_json(body), status)) as (seller, _), pytest.raises(family) as caught:
        CALLS[call](seller)
    assert (type(caught.value), caught.value.code) == (family, code)


# ---------------------------------------------------------------- what must not leave


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (replace(ORDER, id=""), "id"), (replace(ORDER, id="t01"), "id"), (replace(ORDER, id="T" * 24), "id"),
        (replace(ORDER, id="T1/../X"), "id"), (replace(ORDER, id="T01\n"), "id"), (replace(ORDER, id="T٣"), "id"),
        (replace(ORDER, quantity=0), "quantity"), (replace(ORDER, quantity=101), "quantity"),
        (replace(ORDER, product_code=""), "product"), (replace(ORDER, product_code="\ud800"), "product"),
        (SMS_ORDER, "phone"),
    ],
    ids=range(11),
)  # fmt: skip
def test_orders_that_must_not_be_sent(authority: Authority, order: Order, field: str) -> None:
    """§8.2, §11, §13; and no SMS purchase unless the shop has it."""
    with at_counter(authority, SOLD) as (seller, server):
        with pytest.raises(RuleBroken) as caught:
            seller.buy(order, Trace())
        assert (caught.value.code, caught.value.params) == ("rule.order_unsendable", {"field": field})
        if field == "id":
            with pytest.raises(RuleBroken, match=r"rule\.order_unsendable"):
                seller.ask(order, Trace())
        assert server.connections == 0


def test_one_code_by_sms_to_a_number_of_this_country(authority: Authority) -> None:
    """§8.5, §13."""
    with at_counter(authority, SOLD, sms=True, phone_field="customer_phone") as (seller, server):
        for wrong in (replace(SMS_ORDER, quantity=2), replace(SMS_ORDER, phone="+84900000001")):
            with pytest.raises(RuleBroken):
                seller.buy(wrong, Trace())
        seller.buy(SMS_ORDER, Trace())
        assert b'"type":"sms","customer_phone":"0900000001"' in server.requests[0]


def test_an_sms_order_can_be_asked_about_after_sms_was_switched_off(authority: Authority) -> None:
    with at_counter(authority, answer(as_json(sold() | {"cards": []}))) as (seller, _):
        assert isinstance(seller.ask(SMS_ORDER, Trace()), Bought)


def test_without_a_private_key_nothing_is_bought(authority: Authority) -> None:
    """What would be bought could not be read; open orders are still asked about."""
    with at_counter(authority, SOLD, private_key_pem="") as (seller, server):
        with pytest.raises(SetupFault, match=r"appotapay\.no_private_key"):
            seller.buy(ORDER, Trace())
        assert server.connections == 0
        found = seller.ask(ORDER, Trace())
        assert isinstance(found, Bought)
        assert seller.open(found.codes[0]) is Unreadable.NO_KEY


# ---------------------------------------------------------------- codes and secrets


@pytest.mark.parametrize("padding", Padding)
def test_a_bought_code_can_be_read_now_and_later(authority: Authority, tmp_path: Path, padding: Padding) -> None:
    """Sealed by openssl under the shop's public key, before and after a change of keys."""
    old, new = KeyPair(tmp_path, "old"), KeyPair(tmp_path, "new")
    cards = [card(n, code=base64.b64encode(old.seal(f"00123456789{n}", padding)).decode()) for n in (1, 2)]
    answers = answer(as_json(sold(*cards)))
    with at_counter(authority, answers, private_key_pem=old.private_pem, padding=padding) as (seller, _):
        bought = seller.buy(ORDER, Trace())
        assert isinstance(bought, Bought)
        assert [str(seller.open(c)) for c in bought.codes] == ["••••7891", "••••7892"]
    keys: dict[str, Any] = {"private_key_pem": new.private_pem, "previous_key_pems": (old.private_pem,)}
    with at_counter(authority, answers, padding=padding, **keys) as (seller, _):
        opened = [seller.open(c) for c in bought.codes]
        assert [c.reveal() for c in opened if isinstance(c, PlainCode)] == ["001234567891", "001234567892"]


@pytest.mark.parametrize("call", CALLS)
def test_no_secret_in_anything_that_is_kept(authority: Authority, call: str, caplog: pytest.LogCaptureFixture) -> None:
    """§14: keys, tokens, signatures, codes and phone numbers, even if the issuer sends them back."""
    echo = f"{SECRET} {API_KEY} {'ab' * 32}"
    kept: list[str] = []
    serial = card(1)["serial"]  # whole in what the journal stores, nowhere else
    secrets = [SECRET, API_KEY, "ab" * 32, "Q" * 40, serial, PHONE]
    with caplog.at_level(logging.DEBUG):
        for code in (0, 1, 2, 31, 33, 35, 36, 99, 4711, SECRET):
            scripts = (
                answer(as_json(sold(message=echo, errorCode=code, token=echo, data=[], customerPhone=PHONE))),
                hang_up,
            )
            with at_counter(authority, *scripts, sms=True) as (seller, server):
                trace = Trace()
                for order in (ORDER, SMS_ORDER):
                    try:
                        kept.append(repr(_with(seller, call, order, trace)).replace(f"serial='{serial}'", ""))
                    except ProviderError as fault:
                        kept += [str(fault), repr(fault), *traceback.format_exception(fault)]
                    kept += [repr(trace), repr(seller), repr(settings())]
                secrets += [r.partition(b"-AUTH: Bearer ")[2].partition(b"\r\n")[0].decode() for r in server.requests]
    kept.append(caplog.text)
    assert all(len(secret) > 8 for secret in secrets)
    assert [s for s in {*secrets, "PRIVATE KEY"} if any(s in text for text in kept)] == []


def _with(seller: AppotaPay, call: str, order: Order, trace: Trace) -> Any:
    calls: dict[str, Callable[[], Any]] = {
        "buy": lambda: seller.buy(order, trace), "ask": lambda: seller.ask(order, trace),
        "products": lambda: seller.products(trace), "balance": lambda: seller.balance_vnd(trace),
    }  # fmt: skip
    return calls[call]()


# ---------------------------------------------------------------- set-up and words


@pytest.mark.parametrize(
    "wrong",
    [{"max_quantity": 0}, {"max_quantity": 101}, {"auth_prefix": "Bearer\n"}, {"auth_prefix": "Thẻ "},
     {"phone_field": "phone"}],
)  # fmt: skip
def test_a_setting_that_is_none_is_told_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**wrong)
    assert (caught.value.code, caught.value.params) == ("appotapay.setting", {"field": next(iter(wrong))})


def test_what_the_till_learns_about_this_seller(authority: Authority) -> None:
    with at_counter(authority, SOLD) as (seller, server):
        told: CodeSeller = seller
        seen = told.capabilities
        assert (told.name, seen.label, seen.max_quantity) == ("appotapay", "AppotaPay", 10)
        assert (seen.has_stock, seen.has_balance, seen.has_status, seen.by_phone) == (False, True, False, False)
        assert all(Translator(language).has(seen.instructions) for language in LANGUAGES)
        with pytest.raises(RuleBroken, match=r"rule\.no_code_status"):
            told.status("EX1", Trace())
        told.reach()
        assert (server.requests, server.connections) == ([], 1)
    with pytest.raises(NotSent, match=r"net\.shut_down"):
        seller.buy(ORDER, Trace())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_and_refusal_has_words(language: str) -> None:
    """What happened, what is safe, what to do."""
    words = Translator(language)
    missing = [c for c in ERROR_CODES if not all(words.has(f"message.{c}.{p}") for p in ("what", "safe", "do"))]
    missing += [row.word for row in TABLE.values() if row.buy is Proof.NOT_BOUGHT and not words.has(f"sale.{row.word}")]
    assert missing == []
    mine: dict[str, dict[str, str]] = {
        tongue: json.loads(resource_path(f"locale/{tongue}.appotapay.json").read_text(encoding="utf-8"))
        for tongue in LANGUAGES
    }
    assert mine["vi"].keys() == mine["en"].keys()
    assert not mine[language].keys() & json.loads(resource_path(f"locale/{language}.json").read_text("utf-8")).keys()


def test_two_tills_that_meet_in_one_second_cost_the_list_no_error(authority: Authority) -> None:
    """§4: a `jti` counts once; the door refuses the second till's reading call, which goes again a second later."""
    with at_counter(authority, answer(b"", "401 Unauthorized"), answer(as_json({"data": []}))) as (seller, server):
        assert seller.products(Trace()) == ()
    tokens = [line for request in server.requests for line in request.split(b"\r\n") if b"Bearer" in line]
    assert len(set(tokens)) == len(tokens) == 2
