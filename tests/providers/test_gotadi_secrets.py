"""What is kept of Gotadi's answers: no code, no token, no key, nobody's name (contracts/gotadi.md §12 no. 37)."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import ProviderError
from pos.i18n import LANGUAGES, Translator, resource_path
from pos.providers.gotadi.codes import LOGIN_REFUSALS, REASONS
from pos.providers.gotadi.failures import ERROR_CODES
from pos.providers.gotadi.masking import hider, masked
from tests.providers.gotadi_shop import ACCESS, API_KEY, CODE, COMMON, NUMBER, TRACKING, Shop
from tests.providers.openssl_peer import Peer, token
from tests.providers.test_gotadi_detail import INFO, RECORD
from tests.providers.test_gotadi_payment import committed, order
from tests.providers.test_gotadi_vouchers import DONE, NOT_DONE, OFFER

PEOPLE = {
    "customerFirstName": "Ngọc Invented", "customerPhoneNumber1": "0912000111", "customerEmail": "ngoc@shop.example",
    "taxCompanyName": "Công ty Invented", "taxPersonalInfoContact": '{"name":"Ngọc Invented"}',
    "contactInfos": [{"name": "Ngọc Invented", "phone": "0912000111"}], "bookBy": "ngoc@shop.example",
    "travelerInfos": [{"firstName": "Ngọc Invented", "documentNumber": "B7654321"}], "bookingNote": "Ngọc Invented",
}  # fmt: skip
PERSONAL = ("Ngọc", "Invented", "0912000111", "ngoc@", "B7654321")
REDEEM_ID = "r_secret_redeem_id"
FULL = RECORD | {
    "travelerInfo": {"passengers": [{"name": "Ngọc Invented"}]}, "customerCode": "C::Invented",
    "bookingInfo": INFO | PEOPLE | {"discountTrackingCode": TRACKING, "discountRedeemId": REDEEM_ID,
        "transactionInfos": [{"status": "BOOKED", "issuedStatus": "PENDING", "detail": "Ngọc Invented"}]},
}  # fmt: skip


def echo(peer: Peer, *, to_a_voucher_call: bool) -> dict[str, Any]:
    """An answer that repeats everything it may know, in every text it has.

    In words for people a short code can only be found by who knows it, and place-order knows no voucher.
    """
    all_of_it = " ".join([CODE.reveal() if to_a_voucher_call else "", TRACKING, API_KEY, token()])
    return {
        "success": False, "textMessage": all_of_it, "message": all_of_it, "type": all_of_it, "status": TRACKING,
        "errors": [{"id": CODE.reveal(), "code": CODE.reveal(), "message": all_of_it}], "voucherCode": CODE.reveal(),
        "trackingCode": TRACKING, "token": token(), "infos": [CODE.reveal(), {"code": TRACKING}],
    } | peer.logged_in(ACCESS, token())  # fmt: skip


@pytest.mark.parametrize(
    "call", ["detail", "await_end", "validate", "redeem", "place_order", "commit", "commit_result"]
)
def test_no_secret_and_no_person_in_anything_that_is_kept(
    peer: Peer, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Trace, exception, log, repr of issuer and settings – for good answers, refusals, echoes and broken ones."""
    caplog.set_level(logging.DEBUG)
    sealed = committed(peer)
    echoed = echo(peer, to_a_voucher_call=call != "place_order")
    answers: list[Any] = [
        FULL, OFFER, DONE, NOT_DONE, order(peer), sealed, {"result": sealed}, echoed, (400, echoed),
        (500, FULL), json.dumps(FULL).encode()[:-40], CODE.reveal().encode(), (403, f"<p>{TRACKING}</p>".encode()),
    ]  # fmt: skip
    kept: list[str] = []
    for answer in answers:
        shop = Shop(peer, *[answer] * 3, polls=[answer], logged_in=call not in ("commit", "commit_result"))
        try:
            kept.append(repr(shop.ask(call)))
        except ProviderError as fault:
            kept += [str(fault), repr(fault), *traceback.format_exception(fault)]
        kept += [repr(shop.trace), repr(shop.issuer), repr(shop.issuer._line._settings), *map(repr, shop.http.calls)]
    kept.append(caplog.text)
    private = peer.shop.private.read_text().splitlines()[2]
    secrets = (CODE.reveal(), TRACKING, API_KEY, REDEEM_ID, token(), private, sealed["key"], sealed["data"], ACCESS)
    for secret in (*secrets, *PERSONAL):
        assert not [text for text in kept if secret in text]


def test_what_helps_is_kept(peer: Peer) -> None:
    """The journal's copy of a record tells its states and amounts."""
    shop = Shop(peer, FULL)
    shop.ask("detail")
    kept = json.loads(shop.trace.raw or "")
    assert kept["bookingNumber"] == NUMBER
    info = kept["bookingInfo"]
    assert (info["paymentStatus"], info["issuedStatus"], info["totalFare"]) == (
        "SUCCEEDED",
        "TICKET_ON_PROCESS",
        1550000,
    )
    assert (info["discountVoucherCode"], info["discountRedeemId"]) == ("••••4aBc", "••••")
    assert info["transactionInfos"] == [{"status": "BOOKED", "issuedStatus": "PENDING"}]
    shop = Shop(peer, NOT_DONE)
    shop.ask("redeem")
    kept = json.loads(shop.trace.raw or "")
    assert kept["errors"] == [{"id": "7204", "code": "7204_VOUCHER_EXPIRED"}]
    assert (kept["redeemValid"], kept["voucherCode"]) == (False, "••••4aBc")


@pytest.mark.parametrize("call", ["validate", "redeem"])
def test_the_issuers_words_for_people_hold_no_code(peer: Peer, call: str) -> None:
    """A refusal is shown, printed and kept."""
    words = f"Voucher {CODE.reveal()} het han, {API_KEY}, {TRACKING}"
    answer = COMMON | {"success": False, "textMessage": words, "errors": [{"code": CODE.reveal()}]}
    refused = Shop(peer, answer).ask(call)
    assert refused.message.removesuffix("Qr4=") == "Voucher ••••4aBc het han, ••••, ••••"
    assert (refused.reason, refused.code) == ("refused", "")


def test_an_answer_that_is_no_json_is_told_by_its_size() -> None:
    assert masked(b"<html>Ng", hider(())) == "(8 bytes, no JSON object)"
    assert masked(b"", hider(())) == "(0 bytes, no JSON object)"


def test_half_a_surrogate_pair_in_a_code_is_kept_as_a_question_mark() -> None:
    """It is no character, has no bytes, and the journal could not hold it; the answer itself counts all the same."""
    assert masked(rb'{"trackingCode": "ABCDEFGH12\ud83d4"}', hider(())) == '{"trackingCode":"••••12?4"}'


def test_a_copy_stays_small() -> None:
    """8 KiB, however much came."""
    deep: Any = {"status": "x"}
    for _ in range(50):
        deep = {"result": deep, "status": "x" * 60}
    many = {"errors": [{"code": f"C{n}", "id": "x" * 60} for n in range(9999)], "status": 10**400, "result": deep}
    assert len(masked(json.dumps(many).encode(), hider(())).encode()) <= 8192


NAMES = ["status", "result", "bookingInfo", "errors", "code", "firstName", "voucherCode", "key", "type"]
TREES = st.recursive(
    st.sampled_from([CODE.reveal(), f"x {TRACKING}", "Ngọc Invented", "ngoc@shop.example", "ok", 7, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_wherever_a_secret_stands_it_is_not_kept(tree: Any) -> None:
    kept = masked(
        json.dumps({"result": tree, "errors": tree, "status": tree}).encode(), hider((CODE.reveal(), TRACKING))
    )
    assert not [secret for secret in (CODE.reveal(), TRACKING, "Ngọc", "ngoc@") if secret in kept]


# ---------------------------------------------------------------- sentences


CONFIG = ("gotadi.setting", "gotadi.private_key", "gotadi.public_key")
RULES = ("rule.booking_number", "rule.booking_product", "rule.transaction_id", "rule.unsendable_text")
OURS = ("voucher_odd_amount", "voucher_no_discount")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_every_reason_has_its_three_sentences(language: str) -> None:
    """Whatever Gotadi says, the cashier reads what happened, what is safe and what to do."""
    tr = Translator(language)
    reasons = [f"booking.{reason}" for reason in (*REASONS, *OURS)]
    codes = [*ERROR_CODES, *LOGIN_REFUSALS.values(), *CONFIG, *RULES, *reasons]
    assert [code for code in codes for part in ("what", "safe", "do") if not tr.has(f"message.{code}.{part}")] == []


def test_both_languages_have_the_same_sentences_and_none_is_left_over() -> None:
    told = {}
    for language in LANGUAGES:
        told[language] = json.loads(resource_path(f"locale/{language}.gotadi.json").read_text(encoding="utf-8"))
        assert all(text.strip() for text in told[language].values())
    assert list(told["vi"]) == list(told["en"]) == sorted(told["vi"])
    known = {*ERROR_CODES, *CONFIG, *RULES, *(f"booking.{reason}" for reason in (*REASONS, *OURS))}
    assert {key.removeprefix("message.").rpartition(".")[0] for key in told["vi"]} <= known
    assert "{name}" in told["vi"]["message.gotadi.setting.what"]
    assert "{name}" in told["en"]["message.gotadi.setting.what"]
