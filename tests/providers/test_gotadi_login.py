"""Logging in and how long it holds (contracts/gotadi.md §3)."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos.domain.booking import NoSuchBooking, VoucherOffer
from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.providers.gotadi.layouts import expires_unix_s
from pos.providers.gotadi.login import LoggedIn, TokenKeeper
from tests.providers.gotadi_shop import ACCESS, API_KEY, HandClock, Shop
from tests.providers.openssl_peer import KeyPair, Peer, sealed_text, standard64, token, url64
from tests.providers.test_gotadi_vouchers import DONE, OFFER

NONE: dict[str, Any] = {}
"""A record without `bookingInfo`: no such booking."""


def good_for(clock: HandClock, seconds: float, mark: str = "a") -> str:
    return token(clock.now_utc().timestamp() + seconds, mark)


# ---------------------------------------------------------------- the call


def test_login_comes_first_and_openssl_can_read_it(peer: Peer, tmp_path: Path) -> None:
    """§3.3: four fields, sealed and signed, with the two headers and no token."""
    shop = Shop(peer, NONE)
    assert shop.ask("detail") == NoSuchBooking()
    login, detail = shop.http.calls
    assert (login.method, login.path) == ("POST", "/api/partner/login")
    assert login.headers == (("apikey", API_KEY), ("x-ibe-req-name", ACCESS))
    assert peer.asked(shop.http.fields(0), tmp_path) == [ACCESS, "store-03", "single", "flight"]
    assert detail.headers == (*login.headers, ("Authorization", f"Bearer {token()}"))


def test_the_token_goes_with_the_calls_that_may_need_it(peer: Peer) -> None:
    """§3.2, §12 no. 3."""
    shop = Shop(peer, OFFER, DONE, NONE, OutcomeUnknown("net.closed"), OutcomeUnknown("net.closed"), polls=[NONE])
    for call in ("validate", "redeem", "detail", "place_order", "commit", "await_end"):
        try:
            shop.ask(call)
        except OutcomeUnknown:
            continue
    with_token = {call.path for call in shop.http.calls + shop.poll.calls if dict(call.headers).get("Authorization")}
    assert {path.rpartition("/")[2] for path in with_token} == {
        "validate", "redeem", "booking-detail", "place-order", "final-booking-detail",
    }  # fmt: skip
    assert "commit" in shop.http.paths


def test_the_older_layout(peer: Peer, tmp_path: Path) -> None:
    """§3.3: two fields; the signature covers our access code and the error code, not the token."""
    signature = standard64(peer.own.sign(f"{ACCESS}|00".encode()))
    answer = sealed_text(f"{token()}|00|{signature}".encode(), peer.shop)
    shop = Shop(peer, answer, NONE, logged_in=False, older_login=True)
    assert shop.ask("detail") == NoSuchBooking()
    assert peer.asked(shop.http.fields(0), tmp_path) == [ACCESS, "store-03"]
    assert shop.http.token_of() == f"Bearer {token()}"
    for signed, said in ((f"{ACCESS}|00", "10"), (f"{ACCESS}|10", "00"), ("OTHER|00", "00"), (f"{token()}|00", "00")):
        signature = standard64(peer.own.sign(signed.encode()))
        answer = sealed_text(f"{token()}|{said}|{signature}".encode(), peer.shop)
        with pytest.raises(SetupFault, match=r"booking\.signature"):
            Shop(peer, answer, logged_in=False, older_login=True).ask("detail")


REFUSALS = {
    "03": "account_refused", "04": "our_signature_refused", "05": "our_data_refused", "06": "access_code_refused",
    "07": "our_data_refused", "10": "user_unknown",
}  # fmt: skip


@pytest.mark.parametrize("error_code", REFUSALS)
def test_a_refused_login_says_why_and_is_not_repeated(peer: Peer, error_code: str) -> None:
    """§10."""
    shop = Shop(peer, peer.sealed(ACCESS, error_code, ""), logged_in=False)
    with pytest.raises(SetupFault) as caught:
        shop.ask("validate")
    assert (caught.value.code, caught.value.params) == (f"gotadi.{REFUSALS[error_code]}", {"result": error_code})
    assert (shop.http.paths, shop.trace.failure) == (["login"], caught.value.code)


@pytest.mark.parametrize("error_code", ["01", "02", "08", "09", "99", "", "0", "77"])
def test_any_other_code_is_no_login(peer: Peer, error_code: str) -> None:
    shop = Shop(peer, *[peer.logged_in(ACCESS, token(), error_code)] * 3, logged_in=False)
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.login_refused"):
        shop.ask("validate")
    assert shop.http.paths == ["login"] * 3


def test_a_login_that_is_not_the_issuers_is_none(peer: Peer, stranger: KeyPair) -> None:
    """§4.7: stop and show it; the token of a stranger is never used."""
    address = f"https://webview.example?access_token={token()}"
    bad: list[tuple[Any, str]] = [
        (peer.sealed(ACCESS, "00", address, signer=stranger), "booking.signature"),
        (peer.sealed("OTHERSHOP", "00", address), "booking.signature"),
        (Peer(peer.own, stranger).logged_in(ACCESS, token()), "booking.unreadable"),
        (peer.sealed(ACCESS), "booking.unreadable"),
        (peer.sealed(ACCESS, "00"), "booking.unreadable"),
        (peer.sealed(ACCESS, "00", ""), "booking.unreadable"),
        (peer.sealed(ACCESS, "00", "https://webview.example?token=x"), "booking.unreadable"),
        (peer.sealed(ACCESS, "00", "https://webview.example?access_token=a%0d%0ab"), "booking.unreadable"),
        ({"key": "AAAA", "data": "AAAA"}, "booking.unreadable"),
    ]
    for answer, code in bad:
        shop = Shop(peer, answer, logged_in=False)
        with pytest.raises(SetupFault) as caught:
            shop.ask("detail")
        assert (caught.value.code, shop.http.paths) == (code, ["login"])


def test_where_the_token_stands_in_the_address(peer: Peer) -> None:
    for address in (
        f"https://w.example?access_token={token()}",
        f"https://w.example/#/x?a=1&access_token={token()}&b=|",
    ):
        shop = Shop(peer, peer.sealed(ACCESS, "00", address), NONE, logged_in=False)
        shop.ask("detail")
        assert shop.http.token_of() == f"Bearer {token()}"


@pytest.mark.parametrize(
    ("answer", "family", "tries"),
    [
        (NotSent("net.refused"), NotSent, 3),
        (NotSent("net.dns"), NotSent, 3),
        (NotSent("net.tls_untrusted"), NotSent, 3),
        (NotSent("net.shut_down"), NotSent, 1),
        (NotSent("net.ca_file"), NotSent, 1),
        (OutcomeUnknown("net.read_timeout"), OutcomeUnknown, 3),
        (OutcomeUnknown("net.closed"), OutcomeUnknown, 3),
        (OutcomeUnknown("http.redirect", status=302), SetupFault, 1),
        ((500, b""), OutcomeUnknown, 3),
        ((429, b""), Throttled, 3),
        ((400, {}), SetupFault, 1),
        ((401, {}), SetupFault, 1),
        ((403, {}), SetupFault, 1),
        (b"<html>", OutcomeUnknown, 3),
        ({"success": True}, OutcomeUnknown, 3),
    ],
)
def test_a_login_without_a_usable_answer_is_tried_twice_more(
    peer: Peer, answer: Any, family: type[ProviderError], tries: int
) -> None:
    """§10: after 2 s, then 5 s; and no call multiplies these tries."""
    for call in ("validate", "detail", "place_order"):
        shop = Shop(peer, *[answer] * 9, logged_in=False)
        with pytest.raises(family) as caught:
            shop.ask(call)
        assert type(caught.value) is family
        assert (shop.http.paths, shop.waits) == (["login"] * tries, [2.0, 5.0][: tries - 1])
        assert shop.trace.failure == caught.value.code


# ---------------------------------------------------------------- how long it holds


def test_a_login_holds_until_a_minute_before_its_end(peer: Peer) -> None:
    """§3.2."""
    clock = HandClock()
    first, second = good_for(clock, 3600, "a"), good_for(clock, 7200, "b")
    shop = Shop(peer, peer.logged_in(ACCESS, first), NONE, NONE, peer.logged_in(ACCESS, second), NONE, logged_in=False)
    shop.ask("detail")
    shop.clock.pass_s(3539)
    shop.ask("detail")
    assert shop.http.token_of() == f"Bearer {first}"
    shop.clock.pass_s(1)
    shop.ask("detail")
    assert shop.http.token_of() == f"Bearer {second}"
    assert shop.http.paths == ["login", "booking-detail", "booking-detail", "login", "booking-detail"]


def test_a_wrong_clock_costs_no_login_a_call(peer: Peer) -> None:
    """The issuer's own `Date` counts: a till two hours ahead would else log in before each call."""
    shop = Shop(peer, logged_in=False)
    issuer_utc = shop.clock.now_utc() - timedelta(hours=2)
    answer = peer.logged_in(ACCESS, token(issuer_utc.timestamp() + 3600))
    shop.http.issuer_utc, shop.http.answers = issuer_utc, [answer, NONE, NONE, answer, NONE]
    shop.ask("detail")
    shop.ask("detail")
    assert shop.http.paths == ["login", "booking-detail", "booking-detail"]
    shop.clock.pass_s(3541)
    shop.ask("detail")
    assert shop.http.paths[3:] == ["login", "booking-detail"]


@pytest.mark.parametrize("which", ["mono", "utc"])
def test_either_clock_ends_it(which: str) -> None:
    """After sleep the monotonic clock may have stood still; after a correction the other may be behind."""
    clock = HandClock()
    made = [LoggedIn(good_for(clock, 600, mark), None) for mark in "ab"]
    keeper = TokenKeeper(clock, iter(made).__next__)
    assert keeper.token() == keeper.token() == made[0].token
    if which == "mono":
        clock.mono += 540
    else:
        clock.utc += timedelta(seconds=540)
    assert keeper.token() == made[1].token


def test_a_login_without_an_end_holds_until_it_is_refused(peer: Peer) -> None:
    shop = Shop(peer, NONE, NONE)
    shop.ask("detail")
    shop.clock.pass_s(1e8)
    shop.ask("detail")
    assert shop.http.paths == ["login", "booking-detail", "booking-detail"]


def test_a_login_that_is_over_at_once_serves_its_own_call(peer: Peer) -> None:
    """Less than a minute of life, or an end in the past: one login a call, never a loop."""
    past = peer.logged_in(ACCESS, token(1000.0))
    shop = Shop(peer, past, NONE, past, NONE, logged_in=False)
    shop.ask("detail")
    shop.ask("detail")
    assert shop.http.paths == ["login", "booking-detail"] * 2


@pytest.mark.parametrize("call", ["detail", "validate", "await_end"])
def test_a_refused_token_on_a_reading_call_is_renewed_once(peer: Peer, call: str) -> None:
    """§3.2: log in, ask once more, no further."""
    answer = OFFER if call == "validate" else NONE
    again = peer.logged_in(ACCESS, token(mark="b"))
    both: list[Any] = [(401, {}), answer]
    shop = Shop(peer, again, polls=both) if call == "await_end" else Shop(peer, both[0], again, both[1])
    assert isinstance(shop.ask(call), VoucherOffer | NoSuchBooking)
    line = shop.poll if call == "await_end" else shop.http
    assert line.token_of() == "Bearer " + token(mark="b")
    assert shop.http.paths.count("login") == 2
    shop = Shop(peer, again, polls=[(401, {})] * 2) if call == "await_end" else Shop(peer, both[0], again, both[0])
    with pytest.raises(SetupFault, match=r"gotadi\.not_authenticated"):
        shop.ask(call)
    assert shop.http.paths.count("login") == 2


def test_a_refused_token_on_redeem_leads_to_no_second_redeem(peer: Peer) -> None:
    """§3.2: log in, then look at the booking."""
    shop = Shop(peer, (401, {}), peer.logged_in(ACCESS, token(mark="b")), NONE)
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.not_authenticated"):
        shop.ask("redeem")
    shop.ask("detail")
    assert shop.http.paths == ["login", "redeem", "login", "booking-detail"]


def test_a_late_refusal_does_not_throw_a_newer_token_away() -> None:
    """Two calls in flight: the first has renewed what the second reports."""
    made = [LoggedIn(mark, None) for mark in "ab"]
    keeper = TokenKeeper(HandClock(), iter(made).__next__)
    keeper.drop(keeper.token())
    assert keeper.token() == "b"
    keeper.drop("a")
    assert keeper.token() == "b"


def test_a_failed_login_leaves_no_old_token() -> None:
    clock = HandClock()
    answers: list[Any] = [LoggedIn(good_for(clock, 61), None), NotSent("net.dns"), LoggedIn("c", None)]

    def log_in() -> LoggedIn:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    keeper = TokenKeeper(clock, log_in)
    keeper.token()
    clock.pass_s(2)
    with pytest.raises(NotSent):
        keeper.token()
    clock.pass_s(-2)
    assert keeper.token() == "c"


def test_callers_that_meet_share_one_login() -> None:
    """The long poll and the counter at the same time."""
    entered, go_on, logins = threading.Event(), threading.Event(), []

    def log_in() -> LoggedIn:
        logins.append(1)
        entered.set()
        assert go_on.wait(5)
        return LoggedIn("a", None)

    keeper = TokenKeeper(HandClock(), log_in)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(keeper.token())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert entered.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert (got, logins) == (["a"] * 4, [1])


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        (b'{"exp":1732766400}', 1732766400.0),
        (b'{"exp":1732766400.5}', 1732766400.5),
        (b'{"exp":"1732766400"}', 1732766400.0),
        (b"{}", None), (b'{"exp":null}', None), (b'{"exp":true}', None), (b'{"exp":-1}', None),
        (b'{"exp":1e400}', None),
        (b'{"exp":NaN}', None), (b'{"exp":{}}', None), (b'{"exp":1e11}', None), (b"[]", None), (b"\xff", None),
        (b"[" * 99999, None), (b"x", None), (b'{"exp":"soon"}', None), (b'{"exp":1' + b"0" * 400 + b"}", None),
    ],
)  # fmt: skip
def test_the_end_of_a_token_is_read_or_it_has_none(claims: bytes, wanted: float | None) -> None:
    """Trusted for timing only; nothing in it may stumble."""
    assert expires_unix_s(f"h.{url64(claims)}.s") == wanted


@pytest.mark.parametrize("made", ["", "abc", "a.b", "a.b.c.d", "a.*.c", "a.é.c"])
def test_a_token_that_is_no_jwt_has_no_end(made: str) -> None:
    assert expires_unix_s(made) is None


# ---------------------------------------------------------------- set-up


def changed(name: str, value: str) -> dict[str, Any]:
    return {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", ""), ("api_key", "a\r\nb"), ("api_key", "é"), ("api_key", " a"), ("access_code", ""),
        ("access_code", "A|B"), ("user_id", " "), ("user_id", "a|b"), ("user_id", "a\0"), ("layout", "triple"),
        ("product", "tours"), ("voucher_transport", "get-query"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_at_once(peer: Peer, name: str, value: str) -> None:
    """Before anything is sent, and without showing the value."""
    with pytest.raises(ConfigError) as caught:
        Shop(peer, **changed(name, value))
    assert (caught.value.code, caught.value.params) == ("gotadi.setting", {"name": name})


@pytest.mark.parametrize(
    ("name", "code"), [("partner_private_key", "private_key"), ("gotadi_public_key", "public_key")]
)
def test_keys_that_cannot_be_are_refused_at_once(peer: Peer, name: str, code: str) -> None:
    with pytest.raises(ConfigError, match=rf"gotadi\.{code}"):
        Shop(peer, **changed(name, "no key"))


def test_reach_and_close_go_through(peer: Peer) -> None:
    shop = Shop(peer)
    shop.issuer.reach()
    shop.issuer.close()
    assert (shop.http.reached, shop.http.closed, shop.poll.reached, shop.poll.closed) == (1, 1, 0, 1)
    assert (shop.issuer.name, shop.issuer.capabilities.label) == ("gotadi", "Gotadi")


def test_closing_ends_the_repeats(peer: Peer) -> None:
    """The program ends: no third try."""
    shop = Shop(peer, logged_in=False)
    shop.http.answers = [NotSent("net.refused")] * 3
    shop.issuer.close()
    with pytest.raises(NotSent):
        shop.ask("validate")
    assert (shop.http.paths, shop.waits) == (["login"], [])
