"""Gotadi's voucher calls through the port, on paper (contracts/gotadi.md §5, §6, §7.3)."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.booking import BookingRefused, VoucherOffer, VoucherRedeemed
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.providers.gotadi import codes, wire
from tests.providers.gotadi_shop import COMMON, NUMBER, TRACKING, Shop
from tests.providers.openssl_peer import Peer

OFFER = COMMON | {
    "bookingNumber": NUMBER, "voucherCode": "Tet24aBc", "voucherValid": True, "trackingCode": TRACKING,
    "discountAmount": 50000, "percentOff": None, "type": "AMOUNT",
}  # fmt: skip
NO_OFFER = OFFER | {
    "voucherValid": False, "trackingCode": None, "discountAmount": 0, "isSuccess": False, "success": False,
    "textMessage": "Voucher het han", "errors": [{"id": "7204", "code": "7204_VOUCHER_EXPIRED", "message": "expired"}],
}  # fmt: skip
DONE = COMMON | {"bookingNumber": NUMBER, "voucherCode": "Tet24aBc", "redeemValid": True}
NOT_DONE = DONE | {
    "redeemValid": False, "isSuccess": False, "success": False,
    "errors": [{"id": "7204", "code": "7204_VOUCHER_EXPIRED", "message": "expired"}],
}  # fmt: skip


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


# ---------------------------------------------------------------- what is sent


@pytest.mark.parametrize(("transport", "method"), [("get-json", "GET"), ("post-json", "POST")])
def test_the_code_travels_in_the_body_whatever_the_method(peer: Peer, transport: str, method: str) -> None:
    """§5.1: never in the query, where access logs would keep it."""
    shop = Shop(peer, OFFER, DONE, voucher_transport=transport)
    shop.ask("validate")
    shop.ask("redeem")
    validate, redeem = shop.http.calls[1:]
    assert [(call.method, call.path, call.query) for call in (validate, redeem)] == [
        (method, "/api/payments/voucher/validate", ()),
        (method, "/api/payments/voucher/redeem", ()),
    ]
    assert shop.http.fields(1) == {"bookingNumber": NUMBER, "voucherCode": "Tet24aBc"}
    assert shop.http.fields(2) == {"bookingNumber": NUMBER, "voucherCode": "Tet24aBc", "trackingCode": TRACKING}


def test_blanks_around_a_code_are_removed_and_its_case_is_kept(peer: Peer) -> None:
    """§5.2."""
    shop = Shop(peer, OFFER)
    assert shop.ask("validate", code=VoucherCode("  Tet24aBc ")) == VoucherOffer(50000, TRACKING)
    assert shop.http.fields()["voucherCode"] == "Tet24aBc"


def test_a_booking_number_that_is_none_is_not_asked_about(peer: Peer) -> None:
    """§9: 6 to 32 of `A-Z a-z 0-9 : _ -`."""
    shop = Shop(peer)
    for call in ("validate", "redeem", "detail", "await_end", "place_order", "commit", "commit_result"):
        for number in ("", "ADCO1", "A" * 33, "ADCO 01", "ADCO|01", "ADCO/01", "ADCO?01", "ĐĐĐĐĐĐ"):
            with pytest.raises(RuleBroken, match=r"rule\.booking_number"):
                shop.ask(call, number=number)
    assert shop.http.calls == shop.poll.calls == []


# ---------------------------------------------------------------- validate


@pytest.mark.parametrize("discount", [50000, 50000.0, Decimal("50000")])
def test_a_usable_voucher(peer: Peer, discount: Any) -> None:
    """§5.2; a Java double prints a fraction that is none."""
    body = f'{{"discountAmount": {discount}, '.encode() + wire_bytes(without(OFFER, "discountAmount"))[1:]
    shop = Shop(peer, body)
    assert shop.ask("validate") == VoucherOffer(50000, TRACKING)
    assert shop.trace.answered
    assert TRACKING not in repr(VoucherOffer(50000, TRACKING))


def wire_bytes(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"discountAmount": 0}, "voucher_no_discount"),
        ({"discountAmount": None}, "voucher_no_discount"),
        ({"discountAmount": -1}, "voucher_no_discount"),
        ({"discountAmount": 50000.5}, "voucher_odd_amount"),
        ({"discountAmount": 1e300}, "voucher_odd_amount"),
        ({"trackingCode": None}, "voucher_no_discount"),
        ({"trackingCode": ""}, "voucher_no_discount"),
        ({"voucherValid": False}, "refused"),
        ({"success": False}, "refused"),
        ({"isSuccess": False}, "refused"),
        ({"errors": [{}]}, "refused"),
        ({"errors": [{"code": "7214_VOUCHER_NOT_ENOUGH_MIN_AMOUNT"}]}, "voucher_below_minimum"),
    ],
)
def test_usable_only_if_everything_holds(peer: Peer, change: dict[str, Any], reason: str) -> None:
    """§5.2: all of it, and an amount is never rounded."""
    verdict = Shop(peer, OFFER | change).ask("validate")
    assert isinstance(verdict, BookingRefused)
    assert verdict.reason == reason


@pytest.mark.parametrize("change", [{"success": None}, {"isSuccess": None}, {"errors": []}, {"infos": [{"code": "x"}]}])
def test_one_of_the_twins_is_enough(peer: Peer, change: dict[str, Any]) -> None:
    """§6.1: `null` beside `true` occurs."""
    assert isinstance(Shop(peer, OFFER | change).ask("validate"), VoucherOffer)


def test_a_refusal_is_told_in_the_issuers_words(peer: Peer) -> None:
    verdict = Shop(peer, NO_OFFER).ask("validate")
    assert verdict == BookingRefused("voucher_expired", "7204_VOUCHER_EXPIRED", "Voucher het han")
    verdict = Shop(peer, NO_OFFER | {"textMessage": None}).ask("validate")
    assert verdict.message == "expired"
    verdict = Shop(peer, NO_OFFER | {"textMessage": "<b>hết\nhạn</b>\u202e" + "x " * 450}).ask("validate")
    assert verdict.message.startswith("<b>hết hạn</b> x")
    assert len(verdict.message) <= 300


@pytest.mark.parametrize("status", [400, 404, 405, 409, 422])
def test_a_refusal_may_come_with_4xx(peer: Peer, status: int) -> None:
    """§12 no. 15: with a readable body a refusal, without one an error."""
    assert Shop(peer, (status, NO_OFFER)).ask("validate").reason == "voucher_expired"
    for body in (b"<html>", b"", b"[]", {"status": status, "error": "Bad Request"}, {"success": 1}, {"success": True}):
        with pytest.raises(SetupFault) as caught:
            Shop(peer, (status, body)).ask("validate")
        assert (caught.value.code, caught.value.params) == ("gotadi.caller_refused", {"status": status})


@pytest.mark.parametrize("name", ["bookingNumber", "voucherCode"])
@pytest.mark.parametrize("value", ["ADCO9999999999999", "tet24abc", "", None])
def test_an_offer_for_something_else_is_no_offer(peer: Peer, name: str, value: str | None) -> None:
    """The echo must equal what was sent, in its case too. Asked again, as any answer that is none."""
    shop = Shop(peer, *[OFFER | {name: value}] * 3)
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.other_answer"):
        shop.ask("validate")
    assert shop.sent == ["validate"] * 3


WRONG_TYPES: list[dict[str, Any]] = [
    {"success": "true"}, {"isSuccess": 1}, {"errors": {}}, {"errors": ["x"]}, {"errors": [{"code": {}}]},
    {"textMessage": {}}, {"bookingNumber": []}, {"voucherCode": True},
]  # fmt: skip


@pytest.mark.parametrize(
    "change", [*WRONG_TYPES, {"voucherValid": "true"}, {"discountAmount": "50000"}, {"trackingCode": ["x"]}]
)
def test_a_field_of_a_wrong_type_makes_the_answer_unreadable(peer: Peer, change: dict[str, Any]) -> None:
    """§6.1: nothing is guessed."""
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.unreadable"):
        Shop(peer, *[OFFER | change] * 3).ask("validate")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"[]", b"null", b'{"discountAmount": NaN}', b"\xff{}", b"[" * 99999]
)
def test_a_200_that_is_no_answer(peer: Peer, body: bytes) -> None:
    """A captive portal says 200 to everything. On validate asked again, on redeem nobody knows."""
    shop = Shop(peer, body, body, OFFER)
    assert isinstance(shop.ask("validate"), VoucherOffer)
    assert shop.waits == [2.0, 5.0]
    shop = Shop(peer, body)
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.unreadable"):
        shop.ask("redeem")
    assert (shop.trace.failure, shop.trace.answered, shop.sent) == ("gotadi.unreadable", False, ["redeem"])


def test_an_answer_without_a_verdict_is_none(peer: Peer) -> None:
    """`{}` is no refusal either."""
    for call in ("validate", "redeem"):
        answers: list[dict[str, Any]] = [
            {},
            {"success": True},
            {"redeemValid": None, "voucherValid": None, "isSuccess": True},
        ]
        for answer in answers:
            with pytest.raises(OutcomeUnknown, match=r"gotadi\.unreadable"):
                Shop(peer, *[answer] * 3).ask(call)


def test_amounts_beyond_all_bounds_do_no_harm(peer: Peer) -> None:
    """An exponent of a thousand million must not eat the till's memory."""
    for number in (b"1e999999999", b"1e99999999999999999999999", b"-1e999999999", b"9" * 9000):
        body = wire_bytes(without(OFFER, "discountAmount"))[:-1] + b', "discountAmount": ' + number + b"}"
        try:
            assert isinstance(Shop(peer, body, body, body).ask("validate"), BookingRefused)
        except OutcomeUnknown as fault:
            assert fault.code == "gotadi.unreadable"  # noqa: PT017


# ---------------------------------------------------------------- redeem


def test_redeemed(peer: Peer) -> None:
    """§5.3: HTTP 200, success, `redeemValid`."""
    shop = Shop(peer, DONE)
    assert shop.ask("redeem") == VoucherRedeemed()
    assert (shop.trace.answered, shop.trace.failure, shop.trace.http_status) == (True, None, 200)
    assert Shop(peer, without(DONE, "bookingNumber", "voucherCode")).ask("redeem") == VoucherRedeemed()


@pytest.mark.parametrize(
    "answer",
    [
        NOT_DONE,
        DONE | {"redeemValid": False},
        NOT_DONE | {"errors": None},
        without(NOT_DONE, "redeemValid"),
        NOT_DONE | {"errors": [{"code": "8888_SOMETHING_NEW"}]},
        (400, NOT_DONE),
        (404, without(NOT_DONE, "redeemValid", "bookingNumber", "voucherCode")),
    ],
)
def test_a_clear_refusal_of_redeem_is_a_value(peer: Peer, answer: Any) -> None:
    """In 200 or 4xx; an undocumented code too (§12 no. 14, 15)."""
    shop = Shop(peer, answer)
    assert isinstance(shop.ask("redeem"), BookingRefused)
    assert shop.trace.answered


UNREADABLE: list[dict[str, Any]] = [*WRONG_TYPES, {"redeemValid": "true"}]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (DONE | {"success": False}, "gotadi.contradiction"),
        (DONE | {"errors": [{"code": "7204_VOUCHER_EXPIRED"}]}, "gotadi.contradiction"),
        ((400, DONE | {"success": False}), "gotadi.contradiction"),
        (NOT_DONE | {"errors": [{"code": "11001_UNAUTHORIZED"}]}, "gotadi.contradiction"),
        (NOT_DONE | {"errors": [{"code": "0005_SYSTEM_IS_BUSY"}]}, "gotadi.undefined"),
        (NOT_DONE | {"errors": [{"code": "7204_VOUCHER_EXPIRED"}, {"code": "72_UNKNOWN"}]}, "gotadi.undefined"),
        (DONE | {"voucherCode": "Other123"}, "gotadi.other_answer"),
        (NOT_DONE | {"bookingNumber": "ADCO0000000000009"}, "gotadi.other_answer"),
        ((201, DONE), "gotadi.caller_refused"),
        ((401, NOT_DONE), "gotadi.not_authenticated"),
        ((402, NOT_DONE), "gotadi.not_allowed"),
        ((403, NOT_DONE), "gotadi.not_allowed"),
        ((404, b"<html>"), "gotadi.caller_refused"),
        ((408, NOT_DONE), "gotadi.out_of_order"),
        ((429, NOT_DONE), "gotadi.throttled"),
        ((500, NOT_DONE), "gotadi.out_of_order"),
        ((503, DONE), "gotadi.out_of_order"),
        (OutcomeUnknown("net.closed"), "net.closed"),
        (OutcomeUnknown("http.redirect", status=302), "http.redirect"),
        *((DONE | change, "gotadi.unreadable") for change in UNREADABLE),
    ],
)
def test_everything_else_on_redeem_is_unknown_and_never_sent_again(peer: Peer, answer: Any, code: str) -> None:
    """The voucher may be used up: exactly one redeem may leave."""
    shop = Shop(peer, answer)
    with pytest.raises(OutcomeUnknown) as caught:
        shop.ask("redeem")
    assert type(caught.value) is OutcomeUnknown
    assert (caught.value.code, shop.trace.failure, shop.trace.answered) == (code, code, False)
    assert (shop.sent, shop.waits) == (["redeem"], [])


def test_a_redeem_that_could_not_be_sent_is_told_as_such(peer: Peer) -> None:
    shop = Shop(peer, NotSent("net.refused"))
    with pytest.raises(NotSent, match=r"net\.refused"):
        shop.ask("redeem")
    assert (shop.sent, shop.waits) == (["redeem"], [])


@pytest.mark.parametrize(
    "login",
    [NotSent("net.dns"), OutcomeUnknown("net.read_timeout"), (403, b""), (500, b""), (429, b""), b"<html>", {"a": 1}],
)
def test_without_a_login_no_redeem_has_left(peer: Peer, login: Any) -> None:
    """Whatever became of the login: the redeem itself was provably not sent."""
    shop = Shop(peer, *[login] * 3, logged_in=False)
    with pytest.raises(NotSent):
        shop.ask("redeem")
    assert "redeem" not in shop.http.paths


# ---------------------------------------------------------------- business codes


def codes_of_the_contract() -> dict[str, tuple[str, bool]]:
    """§7.3, written down by hand: code → (reason, passing)."""
    return {
        "7200_VOUCHER_VALIDATION_ERROR": ("voucher_not_checked", True),
        "7201_VOUCHER_REDEMPTION_ERROR": ("voucher_not_redeemed", False),
        "7202_VOUCHER_NOT_ACTIVE_YET": ("voucher_not_active", False),
        "7203_VOUCHER_NOT_FOUND": ("voucher_not_found", False),
        "7204_VOUCHER_EXPIRED": ("voucher_expired", False),
        "7205_VOUCHER_DISABLE": ("voucher_disabled", False),
        "7206_VOUCHER_GIFT_AMOUNT_EXCEEDED": ("voucher_used_up", False),
        "7207_VOUCHER_NOT_VALID": ("voucher_not_valid", False),
        "7208_VOUCHER_ONLY_ONEWAY": ("voucher_only_one_way", False),
        "7209_VOUCHER_ONLY_ROUNDTRIP": ("voucher_only_round_trip", False),
        "7210_VOUCHER_ONLY_HOTEL": ("voucher_only_hotel", False),
        "7211_VOUCHER_CAMPAIGN_NOTFOUND": ("voucher_campaign", False),
        "7212_VOUCHER_CAMPAIGN_ERROR": ("voucher_campaign", False),
        "7213_VOUCHER_QUANTITY_EXCEEDED": ("voucher_uses_exceeded", False),
        "7214_VOUCHER_NOT_ENOUGH_MIN_AMOUNT": ("voucher_below_minimum", False),
        "7215_VOUCHER_NOT_ENOUGH_MAX_AMOUNT": ("voucher_outside_maximum", False),
        "7216_VOUCHER_ONLY_COMBO": ("voucher_only_combo", False),
        "7217_VOUCHER_NOT_VALID_IGNORE_DAYS": ("voucher_not_these_days", False),
        "7218_VOUCHER_ONLY_KREDIVO": ("voucher_only_other_payment", False),
        "5_BOOKING_NOT_FOUND": ("not_found", False),
        "6103_PAYMENT_BOOKING_NOT_FOUND": ("not_found", False),
        "5_BOOKING_CANNOT_CHANGE_STATUS": ("not_payable", False),
        "6100_PAYMENT_ERROR": ("payment_fault", False),
        "6101_PAYMENT_REQ_ERROR": ("payment_fault", False),
        "6102_PAYMENT_RES_ERROR": ("payment_fault", False),
        "6104_PAYMENT_BOOKING_ALREADY_PAID": ("already_paid", False),
        "6105_PAYMENT_BOOKING_NOT_PAID": ("not_payable", False),
        "6106_PAYMENT_BOOKING_NOT_BOOKED": ("not_payable", False),
        "0001_SYSTEM_ERROR": ("busy", True),
        "0005_SYSTEM_IS_BUSY": ("busy", True),
        "0005_SYSTEM_IS_BUSY_BOOKING_PAYMENT": ("busy", True),
        "10003_BOOKING_API_UNAVAILABLE": ("busy", True),
        "10004_PRICING_API_UNAVAILABLE": ("busy", True),
        "72_UNKNOWN": ("busy", True),
        "5_UNKNOWN": ("busy", True),
    }


@pytest.mark.parametrize("code", codes_of_the_contract())
def test_each_business_code_on_validate_and_on_redeem(peer: Peer, code: str) -> None:
    """Permanent ones are refusals on both; passing ones are told so on validate and unknown on redeem."""
    reason, passing = codes_of_the_contract()[code]
    error = {"success": False, "errors": [{"code": code}]}
    verdict = Shop(peer, NO_OFFER | error).ask("validate")
    assert (verdict.reason, verdict.code, verdict.passing) == (reason, code, passing)
    shop = Shop(peer, NOT_DONE | error)
    if passing:
        with pytest.raises(OutcomeUnknown, match=r"gotadi\.undefined"):
            shop.ask("redeem")
    else:
        assert shop.ask("redeem").reason == reason


def test_the_table_has_exactly_the_codes_of_the_contract() -> None:
    """None forgotten, none invented."""
    assert set(codes._BUSINESS) == {code for code in codes_of_the_contract() if not code.endswith("_UNKNOWN")}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"code": "7204"}, "voucher_expired"),
        ({"code": 7204}, "voucher_expired"),
        ({"code": "7204_VOUCHER_EXPIRED_V2"}, "voucher_expired"),
        ({"id": "7204"}, "voucher_expired"),
        ({"id": 7204, "code": None}, "voucher_expired"),
        ({"code": "VOUCHER_GONE", "id": "7203_VOUCHER_NOT_FOUND"}, "voucher_not_found"),
        ({"code": "5"}, "refused"),
        ({"code": "5_SOMETHING"}, "refused"),
        ({"code": "72040"}, "refused"),
        ({"code": "720"}, "refused"),
        ({"code": "X7204"}, "refused"),
        ({"message": "7204"}, "refused"),
    ],
)
def test_a_code_is_matched_on_code_then_id_then_digits(peer: Peer, error: dict[str, Any], reason: str) -> None:
    """§6.2: numbers in place of strings are tolerated; nothing else is guessed."""
    assert Shop(peer, NO_OFFER | {"errors": [error]}).ask("validate").reason == reason


def test_an_unauthorised_caller_is_a_matter_of_set_up(peer: Peer) -> None:
    """11001 says nothing about the voucher."""
    for answer in (NO_OFFER | {"errors": [{"code": "11001_UNAUTHORIZED"}]}, NO_OFFER | {"errors": [{"id": 11001}]}):
        with pytest.raises(SetupFault, match=r"gotadi\.not_allowed"):
            Shop(peer, answer).ask("validate")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ERRORS = st.dictionaries(st.sampled_from(["id", "code", "message"]), SCALARS, max_size=3)
JSON = SCALARS | ERRORS | st.lists(ERRORS | SCALARS, max_size=2)
ANSWERS = st.dictionaries(st.sampled_from([*OFFER, *DONE]), JSON | st.sampled_from([NUMBER, "Tet24aBc", True, False]))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS, st.sampled_from([200, 400, 401, 404, 500]))
def test_any_answer_ends_in_the_ports_terms(peer: Peer, answer: dict[str, Any], status: int) -> None:
    """No answer makes the adapter raise anything but the families, or call a voucher used without the word."""
    login = peer.logged_in("POSDEMO", "a.b.c")
    try:
        Shop(peer, login, *[(status, answer), login] * 6, logged_in=False).ask("validate")
    except ProviderError as fault:
        assert isinstance(fault, OutcomeUnknown | SetupFault | Throttled)  # noqa: PT017
    try:
        if isinstance(Shop(peer, login, (status, answer), logged_in=False).ask("redeem"), VoucherRedeemed):
            assert (status, answer["redeemValid"]) == (200, True)
    except ProviderError as fault:
        assert isinstance(fault, OutcomeUnknown)  # noqa: PT017


def test_no_float_anywhere_near_the_money() -> None:
    """Amounts are exact from the first byte on."""
    folder = Path(wire.__file__).parent
    for path in folder.glob("*.py"):
        floats = re.findall(r"\bfloat\(", path.read_text(encoding="utf-8"))
        assert not floats or path.name == "layouts.py"  # the end of a token's life
    assert wire.read_object(b'{"a": 0.1, "b": 1}') == {"a": Decimal("0.1"), "b": Decimal(1)}
