"""Place order, commit and query-trans through the port, on paper (contracts/gotadi.md §4.4, §4.7, §7, §8.1 to §8.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pos.domain.booking import AmountDue, BookingRefused, CommitAnswer, CommitWord
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.providers.gotadi.codes import COMMIT_WORDS
from pos.till.ports import Trace
from tests.providers.gotadi_shop import ACCESS, API_KEY, COMMON, NUMBER, TRANSACTION, Shop
from tests.providers.openssl_peer import KeyPair, Peer, from64, sealed_text, standard64, token

OTHER = "ADCO9999999999999"


def order(peer: Peer, *parts: str, **how: Any) -> dict[str, Any]:
    return COMMON | {"result": peer.order(*(parts or (ACCESS, NUMBER, "AIR", "1500000.0")), **how)}


def committed(peer: Peer, error_code: str = "00", total: str = "1500000.0", **how: Any) -> dict[str, str]:
    return peer.committed(ACCESS, NUMBER, error_code, "AIR", "", "https://result.example/x", total, **how)


# ---------------------------------------------------------------- place order


def test_the_amount_is_the_issuers_signed_word(peer: Peer) -> None:
    shop = Shop(peer, order(peer))
    assert shop.ask("place_order") == AmountDue(1_500_000)
    call = shop.http.calls[-1]
    assert (call.method, call.path, call.query, call.body) == (
        "GET", "/api/partner/place-order", (("bookingNumber", NUMBER),), None,
    )  # fmt: skip
    assert shop.trace.answered
    assert "verified: total_amount 1500000" in (shop.trace.raw or "")


@pytest.mark.parametrize(
    ("total", "vnd"),
    [("1500000", 1_500_000), ("1669900.0", 1_669_900), ("1.6699E7", 16_699_000), ("1.6699e+7", 16_699_000),
     ("1500000.", 1_500_000), ("15000000E-1", 1_500_000)],
)  # fmt: skip
def test_amounts_as_java_prints_them(peer: Peer, total: str, vnd: int) -> None:
    """§4.4: verified as they are, read exactly."""
    assert Shop(peer, order(peer, ACCESS, NUMBER, "AIR", total)).ask("place_order") == AmountDue(vnd)
    said = Shop(peer, committed(peer, total=total), logged_in=False).ask("commit")
    assert said == CommitAnswer(CommitWord.DONE, "00", vnd)


BAD_TOTALS = ["", "null", "0", "0.0", "-5", "1500000.5", "1e99", "1E-2", "NaN", "Infinity", "1,500,000", "0x10", " 1",
              "١٥", "1" * 21]  # fmt: skip


@pytest.mark.parametrize("total", BAD_TOTALS)
def test_an_amount_that_is_none_takes_no_money(peer: Peer, total: str) -> None:
    """Never rounded, never guessed; on commit, whose word counts all the same, it is left out."""
    shop = Shop(peer, order(peer, ACCESS, NUMBER, "AIR", total))
    with pytest.raises(SetupFault, match=r"booking\.unreadable"):
        shop.ask("place_order")
    assert shop.sent == ["place-order"]
    said = Shop(peer, committed(peer, total=total), logged_in=False).ask("commit")
    assert said == CommitAnswer(CommitWord.DONE, "00", 0 if total in ("0", "0.0") else None)


def test_the_address_is_read_as_printed_and_as_usual(peer: Peer) -> None:
    """§8.1: `?` or `&` between, percent signs, either alphabet."""
    made = peer.committed(ACCESS, NUMBER, "AIR", "1500000.0")
    standard = {name: standard64(from64(text)) for name, text in made.items()}
    for address in (
        peer.order(ACCESS, NUMBER, "AIR", "1500000.0", separator="&"),
        f"https://pay.example/start?shop=3&key={made['key']}&data={made['data']}#x",
        f"https://pay.example/start?key={quote(standard['key'], safe='')}?data={quote(standard['data'], safe='')}",
        f"https://pay.example/start?key={standard['key']}?data={standard['data']}",
    ):
        assert Shop(peer, COMMON | {"result": address}).ask("place_order") == AmountDue(1_500_000)


@pytest.mark.parametrize(
    "parts",
    [
        ("OTHERSHOP", NUMBER, "AIR", "1500000.0"),
        (ACCESS, OTHER, "AIR", "1500000.0"),
        (ACCESS, NUMBER, "HOTEL", "1500000.0"),
        (ACCESS, NUMBER, "", "1500000.0"),
        (ACCESS, NUMBER.lower(), "AIR", "1500000.0"),
    ],
)
def test_a_good_signature_over_another_order_counts_as_none(peer: Peer, parts: tuple[str, ...]) -> None:
    """§4.4: access code, booking and product must be ours."""
    shop = Shop(peer, order(peer, *parts))
    with pytest.raises(SetupFault, match=r"booking\.signature"):
        shop.ask("place_order")
    assert (shop.trace.failure, shop.trace.answered, shop.sent) == ("booking.signature", False, ["place-order"])


def test_an_order_that_is_not_the_issuers_takes_no_money(peer: Peer, stranger: KeyPair) -> None:
    """§4.7: stranger's signature, sealed for another, nothing sealed at all."""
    bad: list[tuple[Any, str]] = [
        (peer.order(ACCESS, NUMBER, "AIR", "1.0", signer=stranger), "booking.signature"),
        (Peer(peer.own, stranger).order(ACCESS, NUMBER, "AIR", "1.0"), "booking.unreadable"),
        (peer.order(ACCESS, NUMBER, "1.0"), "booking.unreadable"),
        (peer.order(ACCESS, NUMBER, "AIR", "x", "1.0"), "booking.unreadable"),
        ("https://pay.example/start", "booking.unreadable"),
        ("https://pay.example/start?key=AAAA?data=AAAA", "booking.unreadable"),
        ("", "booking.unreadable"),
        (None, "booking.unreadable"),
    ]
    for result, code in bad:
        shop = Shop(peer, COMMON | {"result": result})
        with pytest.raises(SetupFault) as caught:
            shop.ask("place_order")
        assert (caught.value.code, shop.sent) == (code, ["place-order"])


def test_an_order_may_be_refused(peer: Peer) -> None:
    no = COMMON | {"success": False, "isSuccess": False, "errors": [{"code": "6104_PAYMENT_BOOKING_ALREADY_PAID"}]}
    for answer in (no, (400, no), (409, no)):
        assert Shop(peer, answer).ask("place_order") == BookingRefused(
            "already_paid", "6104_PAYMENT_BOOKING_ALREADY_PAID"
        )


@pytest.mark.parametrize(
    ("answer", "family", "code"),
    [
        (OutcomeUnknown("net.read_timeout"), OutcomeUnknown, "net.read_timeout"),
        (OutcomeUnknown("http.redirect", status=302), SetupFault, "gotadi.redirected"),
        (b"<html>", OutcomeUnknown, "gotadi.unreadable"),
        ({}, OutcomeUnknown, "gotadi.unreadable"),
        ((400, b""), SetupFault, "gotadi.caller_refused"),
        ((401, {}), SetupFault, "gotadi.not_authenticated"),
        ((402, {}), SetupFault, "gotadi.not_allowed"),
        ((403, {}), SetupFault, "gotadi.not_allowed"),
        ((404, {}), SetupFault, "gotadi.caller_refused"),
        ((408, {}), OutcomeUnknown, "gotadi.out_of_order"),
        ((429, {}), Throttled, "gotadi.throttled"),
        ((500, {}), OutcomeUnknown, "gotadi.out_of_order"),
        (COMMON | {"success": False, "errors": [{"code": "11001_UNAUTHORIZED"}]}, SetupFault, "gotadi.not_allowed"),
    ],
)
def test_an_order_that_left_is_not_sent_again(peer: Peer, answer: Any, family: type[ProviderError], code: str) -> None:
    """§10: no repeat before a look at the booking."""
    shop = Shop(peer, answer)
    with pytest.raises(family) as caught:
        shop.ask("place_order")
    assert (type(caught.value), caught.value.code) == (family, code)
    assert (shop.sent, shop.waits) == (["place-order"], [])


def test_an_order_that_could_not_be_sent_is_sent_once_more(peer: Peer) -> None:
    """§10."""
    shop = Shop(peer, NotSent("net.refused"), order(peer))
    assert shop.ask("place_order") == AmountDue(1_500_000)
    assert (shop.sent, shop.waits) == (["place-order"] * 2, [2.0])
    shop = Shop(peer, NotSent("net.refused"), NotSent("net.dns"), order(peer))
    with pytest.raises(NotSent, match=r"net\.dns"):
        shop.ask("place_order")
    assert shop.sent == ["place-order"] * 2


def test_a_token_that_an_order_lost_is_not_used_again(peer: Peer) -> None:
    """The next call logs in; the order itself is not repeated by itself."""
    shop = Shop(peer, (401, {}), peer.logged_in(ACCESS, token(mark="b")), order(peer))
    with pytest.raises(SetupFault):
        shop.ask("place_order")
    assert shop.ask("place_order") == AmountDue(1_500_000)
    assert shop.http.paths == ["login", "place-order", "login", "place-order"]
    assert shop.http.token_of() == "Bearer " + token(mark="b")


# ---------------------------------------------------------------- commit and query-trans


def test_commit_says_what_it_must_and_openssl_can_read_it(peer: Peer, tmp_path: Path) -> None:
    """§4.5, §8.2: four fields, our signature, the two headers and no token (§3.2)."""
    shop = Shop(peer, committed(peer), logged_in=False)
    assert shop.ask("commit") == CommitAnswer(CommitWord.DONE, "00", 1_500_000)
    call = shop.http.calls[0]
    assert (call.method, call.path, call.query) == ("POST", "/api/partner/commit", ())
    assert peer.asked(shop.http.fields(), tmp_path) == [ACCESS, NUMBER, TRANSACTION, "AIR"]
    assert call.headers == (("apikey", API_KEY), ("x-ibe-req-name", ACCESS))
    assert call.deadline_s == 130
    assert shop.trace.raw == '{"key":"••••","data":"••••"} verified: error_code 00, total_amount 1500000'


def test_query_trans_says_what_it_must(peer: Peer, tmp_path: Path) -> None:
    shop = Shop(peer, committed(peer, "09"), logged_in=False)
    assert shop.ask("commit_result") == CommitAnswer(CommitWord.NOT_YET, "09", 1_500_000)
    assert (shop.http.calls[0].method, shop.http.calls[0].path) == ("POST", "/api/partner/query-trans")
    assert peer.asked(shop.http.fields(), tmp_path) == [ACCESS, NUMBER]
    assert shop.http.calls[0].headers == (("apikey", API_KEY), ("x-ibe-req-name", ACCESS))


WORDS = {
    "00": "done", "01": "working", "02": "failed", "03": "refused", "04": "refused", "05": "refused", "06": "refused",
    "07": "refused", "08": "already", "09": "not_yet", "99": "unclear",
}  # fmt: skip
ODD = ["", "null", "0", "10", "1", "98", "000", " 00", "٠٠", "OK"]


@pytest.mark.parametrize("call", ["commit", "commit_result"])
@pytest.mark.parametrize("error_code", [*WORDS, *ODD])
def test_each_row_of_the_table_of_codes(peer: Peer, call: str, error_code: str) -> None:
    """§7.1: two characters exactly; whatever else stands there says nothing."""
    said = Shop(peer, committed(peer, error_code), logged_in=False).ask(call)
    assert said.word == WORDS.get(error_code, "unclear")
    assert said.code == ("" if error_code == "null" else error_code.strip())
    assert set(WORDS) == set(COMMIT_WORDS)


@pytest.mark.parametrize("call", ["commit", "commit_result"])
def test_the_answer_may_stand_in_result_and_come_with_any_status(peer: Peer, call: str) -> None:
    """§8.2: the signature decides, not the envelope's envelope."""
    for answer in ({"result": committed(peer)}, {"result": committed(peer), "key": 1}, (400, committed(peer)),
                   (500, {"result": committed(peer)})):  # fmt: skip
        assert Shop(peer, answer, logged_in=False).ask(call).word is CommitWord.DONE


def test_bars_in_the_middle_do_no_harm(peer: Peer) -> None:
    """§4.4: `properties` is JSON text, `return_url` an address."""
    parts = (ACCESS, NUMBER, "01", "AIR", '{"a":"|x|","b":[1]}', "https://r.example/?q=a|b", "1.5E6")
    assert Shop(peer, peer.committed(*parts), logged_in=False).ask("commit") == CommitAnswer(
        CommitWord.WORKING, "01", 1_500_000
    )


@pytest.mark.parametrize("product", ["", "null"])
def test_commit_may_leave_the_product_out(peer: Peer, product: str) -> None:
    """§8.2: optional there."""
    answer = peer.committed(ACCESS, NUMBER, "00", product, "null", "", "1500000.0")
    assert Shop(peer, answer, logged_in=False).ask("commit").word is CommitWord.DONE


def untrusted(peer: Peer, stranger: KeyPair) -> list[tuple[Any, str]]:
    """Answers to commit that prove nothing, and why."""
    tail = ("AIR", "", "", "1500000.0")
    return [
        (committed(peer, signer=stranger), "booking.signature"),
        (peer.committed("OTHERSHOP", NUMBER, "00", *tail), "booking.signature"),
        (peer.committed(ACCESS, OTHER, "00", *tail), "booking.signature"),
        (peer.committed(ACCESS, NUMBER, "00", "HOTEL", "", "", "1500000.0"), "booking.signature"),
        (peer.committed(ACCESS, NUMBER, "00", "AIR", "1500000.0"), "booking.unreadable"),
        (sealed_text(f"{ACCESS}|{NUMBER}|00".encode(), peer.shop), "booking.unreadable"),
        (committed(Peer(peer.own, stranger)), "booking.unreadable"),
        (committed(peer) | {"key": "AAAA"}, "booking.unreadable"),
        (committed(peer) | {"data": "AAAA"}, "booking.unreadable"),
        (committed(peer) | {"data": 7}, "booking.unreadable"),
        ({"key": committed(peer)["key"]}, "booking.unreadable"),
        ({"result": {"result": committed(peer)}}, "booking.unreadable"),
        ({"error_code": "00", "success": True}, "booking.unreadable"),
        ({}, "booking.unreadable"),
        (b"<html>", "gotadi.unreadable"),
        (b"", "gotadi.unreadable"),
    ]


def test_an_untrusted_answer_to_commit_is_unknown_and_never_sent_again(peer: Peer, stranger: KeyPair) -> None:
    """§4.7: the booking may be paid."""
    for answer, code in untrusted(peer, stranger):
        shop = Shop(peer, answer, logged_in=False)
        with pytest.raises(OutcomeUnknown) as caught:
            shop.ask("commit")
        assert (type(caught.value), caught.value.code) == (OutcomeUnknown, code)
        assert (shop.trace.failure, shop.trace.answered) == (code, False)
        assert (shop.http.paths, shop.waits) == (["commit"], [])


def test_an_untrusted_second_opinion_is_none(peer: Peer, stranger: KeyPair) -> None:
    """Query-trans only reads: asked twice more, then "no answer"."""
    for answer, code in untrusted(peer, stranger):
        shop = Shop(peer, answer, answer, answer, logged_in=False)
        with pytest.raises(OutcomeUnknown) as caught:
            shop.ask("commit_result")
        assert (caught.value.code, shop.http.paths, shop.waits) == (code, ["query-trans"] * 3, [2.0, 5.0])


@pytest.mark.parametrize(
    ("status", "family", "code"),
    [
        (201, SetupFault, "gotadi.caller_refused"),
        (400, SetupFault, "gotadi.caller_refused"),
        (401, SetupFault, "gotadi.not_authenticated"),
        (402, SetupFault, "gotadi.not_allowed"),
        (403, SetupFault, "gotadi.not_allowed"),
        (404, SetupFault, "gotadi.caller_refused"),
        (408, OutcomeUnknown, "gotadi.out_of_order"),
        (429, Throttled, "gotadi.throttled"),
        (500, OutcomeUnknown, "gotadi.out_of_order"),
        (502, OutcomeUnknown, "gotadi.out_of_order"),
        (503, OutcomeUnknown, "gotadi.out_of_order"),
        (504, OutcomeUnknown, "gotadi.out_of_order"),
        (599, OutcomeUnknown, "gotadi.out_of_order"),
    ],
)
def test_a_status_without_a_sealed_word(peer: Peer, status: int, family: type[ProviderError], code: str) -> None:
    """§7.2. On commit nobody knows, whatever the status; a plain JSON error proves nothing."""
    plain = (status, {"success": False, "errors": [{"code": "6100_PAYMENT_ERROR"}]})
    shop = Shop(peer, plain, logged_in=False)
    with pytest.raises(OutcomeUnknown) as unknown:
        shop.ask("commit")
    assert type(unknown.value) is OutcomeUnknown
    assert (unknown.value.code, unknown.value.params, shop.http.paths) == (code, {"status": status}, ["commit"])
    shop = Shop(peer, plain, plain, plain, logged_in=False)
    with pytest.raises(family) as caught:
        shop.ask("commit_result")
    assert (type(caught.value), caught.value.code) == (family, code)
    assert len(shop.http.paths) == (1 if family is SetupFault else 3)


def test_commit_that_could_not_be_sent_is_told_as_such_and_not_repeated(peer: Peer) -> None:
    """The till may send it anew, with the same transaction id; not the adapter."""
    shop = Shop(peer, NotSent("net.refused"), logged_in=False)
    with pytest.raises(NotSent, match=r"net\.refused"):
        shop.ask("commit")
    assert (shop.http.paths, shop.waits) == (["commit"], [])


@pytest.mark.parametrize("transaction_id", ["", "a" * 37, "a|b", "a b", "ă", "a\n"])
def test_a_transaction_id_that_is_none_is_not_sent(peer: Peer, transaction_id: str) -> None:
    """§12 no. 24."""
    shop = Shop(peer, logged_in=False)
    with pytest.raises(RuleBroken, match=r"rule\.transaction_id"):
        shop.issuer.commit(NUMBER, "AIR", transaction_id, Trace())
    assert shop.http.calls == []


@pytest.mark.parametrize("product", ["", "TOURS", "air", "FLIGHT"])
def test_only_air_and_hotel_are_paid_here(peer: Peer, product: str) -> None:
    """§9."""
    shop = Shop(peer, logged_in=False)
    for ask in (
        lambda: shop.issuer.commit(NUMBER, product, TRANSACTION, Trace()),
        lambda: shop.issuer.place_order(NUMBER, product, Trace()),
        lambda: shop.issuer.commit_result(NUMBER, product, Trace()),
    ):
        with pytest.raises(RuleBroken, match=r"rule\.booking_product"):
            ask()
    assert shop.http.calls == []
