"""AppotaPay's bytes: requests to the byte, signatures as openssl makes them, answers read in every form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.sale import Order, Product
from pos.providers.appotapay import wire
from tests.providers.appotapay_shop import API_KEY, ORDER, PHONE, SECRET, SMS_ORDER, as_json, card, sold
from tests.providers.openssl_cli import hmac_sha256_hex

SECRETS = (SECRET, API_KEY)


def test_a_purchase_to_the_byte() -> None:
    """§5, §8.2: the three signed fields and the worked signature, nothing else."""
    assert wire.buy_body(ORDER, SECRET, "customerPhone") == (
        b'{"partnerRefId":"T01A7K2M9QX40001","productCode":"VT50","quantity":2,'
        b'"signature":"bcf049968983136e7afa323116715d531c8519b5ae49bc4b4dfab97daaa152f3"}'
    )


@pytest.mark.parametrize("spelling", get_args(wire.PhoneField))
def test_an_sms_purchase_to_the_byte(spelling: wire.PhoneField) -> None:
    """§5, §8.5: the spelling is a setting, the signed text is not."""
    assert wire.buy_body(SMS_ORDER, SECRET, spelling).decode() == (
        '{"partnerRefId":"T01A7K2M9QX40002","productCode":"VT50","quantity":1,"type":"sms",'
        f'"{spelling}":"0900000001",'
        '"signature":"af8ce049ccfc34b37835ae93c79647812e1000cbbedcdb9de1617a6585bc25da"}'
    )


def test_signatures_are_those_of_openssl() -> None:
    """Raw values: no encoding of blanks, ampersands or Vietnamese."""
    for product in ("VT50", "Thẻ 50", "A&B=C", "x+y/z%20"):
        sent = json.loads(wire.buy_body(replace(ORDER, product_code=product, quantity=100), SECRET, "customerPhone"))
        text = f"partnerRefId={ORDER.id}&productCode={product}&quantity=100"
        assert (sent["signature"], sent["productCode"]) == (hmac_sha256_hex(SECRET, text), product)


def test_an_answer_as_the_contract_shows_it() -> None:
    answer = wire.read(as_json(sold()), SECRETS)
    assert (answer.code, answer.message, answer.card_entries) == (0, "OK", 2)
    first = answer.cards[0]
    assert (first.ciphertext, first.serial) == (card(1)["code"], "EX0000000001")
    assert (first.face_vnd, first.expires, first.vendor) == (50_000, "2027-12-31", "exampletel")
    assert (answer.transaction_id, answer.amount_vnd, answer.time) == ("AP00EXAMPLE01", 98_000, "05-03-2026 14:07:09")
    assert answer.balance_vnd == 4_902_000


def test_numbers_as_text_and_bare_fields_say_the_same() -> None:
    """§7: the table and the sample of AppotaPay's own page disagree; `transaction` goes first."""
    plain = wire.read(as_json(sold()), SECRETS)
    text = sold(card(1, value="50000"), card(2, value=" 50000 "), errorCode="0", account={"balance": "4902000"})
    text["transaction"]["amount"] = "98000"
    assert wire.read(as_json(text), SECRETS) == plain
    bare = sold(amount="98000", time="05-03-2026 14:07:09", transaction={"appotapayTransId": "AP00EXAMPLE01"})
    assert wire.read(as_json(bare), SECRETS) == plain
    assert wire.read(as_json(sold(amount=1, time="never")), SECRETS) == plain


def test_unknown_fields_are_ignored_wherever_they_stand() -> None:
    """Even a signature, which this service does not promise (§5)."""
    more = sold(card(1, extra={"code": "x"}), card(2, note=[1]), signature="ab" * 32, data=[], partnerRefId="OTHER")
    assert wire.read(as_json(more), SECRETS) == wire.read(as_json(sold()), SECRETS)


@pytest.mark.parametrize(
    "empty",
    [{}, {"cards": None, "transaction": None, "account": None}, {"cards": [], "transaction": {}, "account": []}],
)
def test_a_failure_may_leave_everything_out(empty: dict[str, Any]) -> None:
    """§8.2: absent, null or empty."""
    assert wire.read(as_json({"errorCode": 12, "message": "hết tiền"} | empty), SECRETS) == wire.Answer(12, "hết tiền")


@pytest.mark.parametrize(
    ("received", "read"),
    [
        ("29-09-2023", "2023-09-29"), ("2023-09-29", "2023-09-29"), ("1/2/2028", "2028-02-01"),
        ("2028.2.1 23:59:59", "2028-02-01"), (" 31-12-2027 ", "2027-12-31"), ("31-02-2027", "31-02-2027"),
        ("12-2027", "12-2027"), ("29-09-23", "29-09-23"), ("mãi mãi", "mãi mãi"), (None, ""), (20271231, ""),
    ],
)  # fmt: skip
def test_no_card_is_refused_for_its_date(received: Any, read: str) -> None:
    """§7: both orders; what cannot be read is shown as received."""
    assert wire.read(as_json(sold(card(1, expiry=received))), SECRETS).cards[0].expires == read


def test_every_card_is_kept_whatever_it_looks_like() -> None:
    """§10: the answer may be the only delivery."""
    cards = [card(1, code=None), card(2, serial=12345678), {"serial": "S3"}, {"code": "Zm9v\r\n+/=="}, {}]
    answer = wire.read(as_json({"errorCode": 0, "cards": [*cards, None, "text"]}), SECRETS)
    assert answer.card_entries == 7
    assert [(c.ciphertext[-6:], c.serial) for c in answer.cards] == [
        ("", "EX0000000001"), ("QQ0002", "12345678"), ("", "S3"), ("\r\n+/==", ""), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"), (b"<html>", "not_json"), (as_json(sold())[:-40], "not_json"), (b"[]", "not_json"),
        (b'"0"', "not_json"), (b"[" * 200_000, "not_json"), (b"\xff", "not_json"),
        (b"{}", "no_verdict"), (b'{"errorCode":null}', "no_verdict"), (b'{"errorCode":false}', "no_verdict"),
        (b'{"errorCode":0.0}', "no_verdict"), (b'{"errorCode":""}', "no_verdict"),
        (b'{"errorCode":"OK"}', "no_verdict"), (b'{"errorCode":-1}', "no_verdict"),
        (b'{"errorCode":[0]}', "no_verdict"), ('{"errorCode":"²"}'.encode(), "no_verdict"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_body_without_a_verdict_is_none(body: bytes, why: str) -> None:
    with pytest.raises(wire.Malformed) as caught:
        wire.read(body, SECRETS)
    assert caught.value.code == f"http.{why}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["0", "50000"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["errorCode", "cards", "code", "serial", "value", "expiry", "transaction", "amount", "time", "account",
                 "balance", "message", "data", "productCodes", "productType", "name", "vendor"]
            ),
            inner, max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_any_json_is_an_answer_or_none(body: Any) -> None:
    """Whatever comes is read or refused, and what was read can be stored."""
    raw = json.dumps(body).encode()
    for read in (lambda: wire.read(raw, SECRETS), lambda: wire.read_products(raw), lambda: wire.masked(raw, SECRETS)):
        try:
            repr(read()).encode()
        except wire.Malformed:
            continue


def test_the_product_list() -> None:
    """§8.1: suppliers and their cards; what cannot be sold is left out; a code counts once."""
    listed = {
        "data": [
            {"productType": "EXAMPLETEL", "productCodes": [
                {"name": "Example card 50,000", "code": "VT50", "value": 50_000},
                {"name": "Example card 100,000", "code": "VT100", "value": "100000"},
                {"name": "no code", "value": 1}, {"code": "NOVALUE"}, {"code": "FREE", "value": 0}, None, "x"]},
            {"productType": None, "productCodes": [{"code": "AC10", "value": 10_000}, {"code": "VT50", "value": 5}]},
            {"productCodes": None}, 7,
        ]
    }  # fmt: skip
    products = (
        Product("VT50", "Example card 50,000", "EXAMPLETEL", 50_000),
        Product("VT100", "Example card 100,000", "EXAMPLETEL", 100_000),
        Product("AC10", "AC10", "", 10_000),
    )
    assert wire.read_products(as_json(listed)) == (0, products)
    assert wire.read_products(as_json({"errorCode": "0"} | listed)) == (0, products)
    assert wire.read_products(as_json({"errorCode": 13})) == (13, ())
    nothing: list[dict[str, Any]] = [{}, {"data": None}, {"errorCode": None, "data": []}]
    for none in nothing:
        with pytest.raises(wire.Malformed, match=r"http\.no_verdict"):
            wire.read_products(as_json(none))


def test_what_is_kept_of_an_answer_holds_no_secret() -> None:
    """§14: no code, token, signature, phone; serials by their last 4; and what people need stays readable."""
    token = "eyJ0eXAiOiJKV1Qi." + "a" * 60 + "." + "b" * 43
    answer = sold(
        card(1), card(2, code='plain\\"0123456789', serial=8412345678), card(3, code=9876543210123, serial="1234567"),
        card(4, code=["inner-7654321"]), card(5, code={"x": "inner-1234567"}),
        message=f"sign {'0f' * 32} key {SECRET} {API_KEY} {token}", signature="ab" * 32, token="t0k-778899",
        customerPhone=PHONE, other={"pin": "c2VjcmV0" * 12},
    )  # fmt: skip
    kept = wire.masked(as_json(answer), SECRETS)
    secrets = [
        "QQQQ",
        "t0k",
        "0123456789",
        "987654",
        "inner",
        "0f0f",
        SECRET,
        API_KEY,
        "eyJ0",
        "abab",
        PHONE,
        "c2Vj",
        "1234567",
    ]
    assert [s for s in secrets if s in kept.replace("••••5678", "")] == []
    for useful in ('"errorCode": 0', "AP00EXAMPLE01", '"amount": 98000', "••••0001", "••••5678", "4902000"):
        assert useful in kept
    assert len(wire.masked(as_json(sold(*map(card, range(100)))), SECRETS).encode()) <= 8192


@given(st.integers(0, 2000))
def test_a_cut_off_answer_holds_no_secret_either(length: int) -> None:
    """Wherever the line broke."""
    cards = [card(n, code="short" + "9" * 7, serial="1234567890123456") for n in range(12)]
    kept = wire.masked(json.dumps(sold(*cards)).encode()[:length], SECRETS)
    assert "short" not in kept
    assert "12345678" not in kept


def test_a_phone_number_and_a_ciphertext_stand_in_no_repr() -> None:
    assert PHONE not in repr(SMS_ORDER)
    assert "QQQQ" not in repr(wire.read(as_json(sold()), SECRETS))
    assert Order("A", "B", 1, 1).phone == ""
