"""The signature of each request: the contract's check values to the byte, judged and re-made by openssl."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.errors import ConfigError, SetupFault
from pos.domain.sale import Order
from pos.providers.vinid import wire
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.settings import GiftcodeSettings
from pos.providers.vinid.signing import Signer, same_pair, signed_text
from pos.till.ports import Trace
from tests.providers.openssl_cli import KeyPair, run
from tests.providers.raw_server import Authority
from tests.providers.vinid_shop import (
    BILL,
    CODE,
    KEY_CODE,
    ORDER,
    PLACE,
    SERIAL,
    Sent,
    at_counter,
    dated,
    pair,
    sent,
    settings,
    told,
    voucher,
    withdrawn,
)
from tests.till.hand_clock import NOON, HandClock

NONCE = "7f0c2a1e-5b7d-4c1e-9a53-0d6f4b8e2c1"
GATEWAY_PLACE = {"merchant_code": "MC01", "merchant_id": "STORE01", "terminal_id": "POS01"}


def judged_by_openssl(key: KeyPair, text: bytes, signature: str, folder: Path) -> bool:
    """`openssl dgst -sha256 -verify` over files of its own."""
    for name, data in (("text", text), ("signature", base64.b64decode(signature))):
        (folder / name).write_bytes(data)
    public = key.private_file.with_suffix(".pub.pem")
    command = ("dgst", "-sha256", "-verify", str(public), "-signature", str(folder / "signature"), str(folder / "text"))
    return b"Verified OK" in run(*command)


def test_the_contract_s_check_values() -> None:
    """§4: both texts, to the byte, from bodies built as they are sent."""
    body = wire.withdraw_body(GATEWAY_PLACE, ORDER)
    text = signed_text("/merchant-integration/v1/gateway", NONCE + "1", "1760000000", KEY_CODE, body)
    assert len(text) == 270
    assert hashlib.sha256(text).hexdigest() == "7182ad67ea90879757b71e784cbde486da895dfa08f2f85a0582df1599b67977"


def test_the_contract_s_check_value_of_a_verify_as_it_is_sent(authority: Authority) -> None:
    """The body on the line is the contract's; with its nonce and time the text has the contract's digest."""
    with at_counter(authority, told(200, voucher())) as counter:
        counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace())
        (request,) = sent(counter.server)
    text = signed_text(request.path, NONCE + "2", "1760000001", KEY_CODE, request.body)
    assert len(text) == 263
    assert hashlib.sha256(text).hexdigest() == "f4983f13a40bd82b0cf0abc637fa706cb2ca932d4c259acfec62312bf43e0415"


def test_our_signature_is_openssl_s(tmp_path: Path) -> None:
    """The same text and key give the same base64, of one line of 344 characters."""
    text = "đường;POST;x;1;k;{}".encode()
    signature = Signer(pair("api").private_pem).sign(text)
    theirs = run("dgst", "-sha256", "-sign", str(pair("api").private_file), given=text)
    assert signature == base64.b64encode(theirs).decode()
    assert len(signature) == 344
    assert judged_by_openssl(pair("api"), text, signature, tmp_path)


def everything_sent(authority: Authority) -> list[Sent]:
    """One of each of the seven calls."""
    answers = [
        told(200, []), told(200, withdrawn()), told(200, withdrawn()), told(200, {"status": "ACTIVE"}),
        told(200, voucher()), told(200), told(200),
    ]  # fmt: skip
    with at_counter(authority, *answers) as counter:
        counter.giftcode.products(Trace())
        counter.giftcode.buy(ORDER, Trace())
        counter.giftcode.ask(ORDER, Trace())
        counter.giftcode.status("EXS0000000001", Trace())
        counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace())
        counter.evoucher.mark_used([CODE], BILL, (), reserving=False, trace=Trace())
        counter.evoucher.take_back(CODE, Trace())
        return sent(counter.server)


def test_every_call_is_signed_over_the_bytes_that_arrive(authority: Authority, tmp_path: Path) -> None:
    """What openssl verifies is made of the request as received, never of what we meant to send (§3, §4)."""
    requests = everything_sent(authority)
    prefix = "mi_v1_loyalty_giftcode_"
    wanted = [prefix + name for name in ("quantity", "orders", "detail", "status")] + [None] * 3
    assert [r.headers.get("x-api-code") for r in requests] == wanted
    vouchers = [f"/merchant-integration/v1/e-voucher/{name}" for name in ("verify", "mark-used", "refund")]
    assert [r.path for r in requests] == ["/merchant-integration/v1/gateway"] * 4 + vouchers
    for request in requests:
        head = request.headers
        parts = (request.path, "POST", head["x-nonce"], head["x-timestamp"], KEY_CODE)
        text = b";".join([*(part.encode() for part in parts), request.body])
        assert judged_by_openssl(pair("api"), text, head["x-signature"], tmp_path)
        assert head["x-key-code"] == KEY_CODE
        assert head["x-request-id"] == head["x-nonce"]
        assert (head["content-type"], head["accept"]) == ("application/json", "application/json")
        assert uuid.UUID(head["x-nonce"]).version == 4
    assert len({r.headers["x-nonce"] for r in requests}) == 7


def test_the_seven_bodies_are_the_contract_s(authority: Authority) -> None:
    """§7 and §8: sorted, compact, ASCII, every field of its type."""
    bodies = [request.body.decode() for request in everything_sent(authority)]
    place = '"merchant_code":"MC01","merchant_id":"STORE01",'
    assert bodies[:4] == [
        f'{{{place}"terminal_id":"POS01"}}',
        f'{{{place}"order_id":"T01A7K2M9QX40003","order_info":[{{"card_type":"50","quantity":2}}],'
        '"terminal_id":"POS01"}',
        f'{{{place}"order_id":"T01A7K2M9QX40003","terminal_id":"POS01"}}',
        f'{{{place}"serial":"EXS0000000001","terminal_id":"POS01"}}',
    ]
    assert bodies[4] == (
        f'{{"extra_data":{{}},"merchant_staff_id":"17","order_info":{{}},"pos_code":"POS01","serial_number":"{SERIAL}",'
        '"store_code":"STORE01"}'
    )
    assert bodies[6] == f'{{"serials":["{SERIAL}"]}}'


def test_a_body_is_ascii_whatever_stands_in_it() -> None:
    """A server that writes it anew before it checks the signature gets the same text (§4)."""
    assert wire.encode({"b": "đ", "a": 1}) == b'{"a":1,"b":"\\u0111"}'


# ---------------------------------------------------------------- keys


def test_one_pair_for_both_uses_is_refused(authority: Authority, tmp_path: Path) -> None:
    """Also when it is written in another form; two pairs are taken (§14)."""
    api = pair("api")
    old_form = run("rsa", "-in", str(api.private_file), "-traditional").decode()
    assert old_form != api.private_pem
    assert same_pair(api.private_pem, old_form)
    for pem in (api.private_pem, old_form):
        with (
            pytest.raises(ConfigError, match=r"vinid\.same_key"),
            at_counter(authority, giftcode={"private_key_pem": pem}),
        ):
            pass
    assert not same_pair(api.private_pem, pair("giftcode").private_pem)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"), "not_rsa_2048"),
        (("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "not_rsa_2048"),
        (("genpkey", "-algorithm", "RSA", "-aes-128-cbc", "-pass", "pass:x"), "locked"),
    ],
)
def test_a_key_that_vinid_would_not_take(make: tuple[str, ...], why: str) -> None:
    """Said at set-up, by kind, and nothing of the key in the error."""
    pem = run(*make).decode()
    with pytest.raises(ConfigError) as told_:
        Signer(pem)
    assert (told_.value.code, told_.value.params) == ("vinid.key", {"why": why})


def test_a_key_that_is_none_is_not_quoted() -> None:
    """The SDK prints a bad key into its error; ours does not (§14)."""
    with pytest.raises(ConfigError) as told_:
        Signer("-----BEGIN PRIVATE KEY-----\nEXAMPLESECRET\n-----END PRIVATE KEY-----")
    assert told_.value.params == {"why": "unreadable"}
    assert "EXAMPLESECRET" not in repr(told_.value)
    assert told_.value.__cause__ is None


def test_settings_never_show_a_key() -> None:
    shown = repr(settings()) + repr(GiftcodeSettings(*PLACE, private_key_pem=pair("giftcode").private_pem))
    assert "PRIVATE KEY" not in shown


def test_the_wrong_key_is_refused_by_openssl(tmp_path: Path) -> None:
    """The judge of these tests can say no."""
    signature = Signer(pair("giftcode").private_pem).sign(b"text")
    with pytest.raises(Exception, match="non-zero exit"):
        judged_by_openssl(pair("api"), b"text", signature, tmp_path)


# ---------------------------------------------------------------- clock


def stamp(request: Sent) -> int:
    return int(request.headers["x-timestamp"])


@pytest.mark.parametrize("off_s", [-500, -40, 0, 40, 500])
def test_a_timestamp_is_never_ahead_of_vinid_s_clock(authority: Authority, off_s: int) -> None:
    """The first call tells how far the till's clock is off; from then on each is 5 s behind VinID's (§3)."""
    theirs = NOON + timedelta(seconds=off_s)
    with at_counter(authority, told(200, [], **dated(theirs))) as counter:
        counter.giftcode.products(Trace())
        counter.giftcode.products(Trace())  # the brake lets one second pass
        first, second = sent(counter.server)
    assert stamp(first) == int(NOON.timestamp()) - 5
    assert stamp(second) == int(theirs.timestamp()) + 1 - 5


@pytest.mark.parametrize("code", [4010003, 4010004, 4010005, 4010006])
def test_a_reading_call_refused_for_its_time_is_sent_again_once(authority: Authority, code: int) -> None:
    """Corrected by the refusal's own `Date`, with a new nonce (§9, R)."""
    theirs = NOON - timedelta(seconds=90)
    with at_counter(authority, told(code, **dated(theirs)), told(200, {"status": "USED"})) as counter:
        assert counter.giftcode.status("EXS0000000001", Trace()).value == "used"
        first, second = sent(counter.server)
    assert stamp(second) == int(theirs.timestamp()) + 1 - 5
    assert first.headers["x-nonce"] != second.headers["x-nonce"]
    assert first.headers["x-signature"] != second.headers["x-signature"]


def test_a_clock_ten_minutes_off_stops_everything_until_it_is_set(authority: Authority) -> None:
    """Nothing leaves, so nothing can be unclear; once the clock is set, the till goes on by itself."""
    clock = HandClock()
    theirs = NOON - timedelta(seconds=601)
    with at_counter(authority, told(200, [], **dated(theirs)), told(200, withdrawn()), clock=clock) as counter:
        counter.giftcode.products(Trace())
        calls: list[Callable[[Order, Trace], object]] = [counter.giftcode.buy, counter.giftcode.ask]
        for call in calls:
            with pytest.raises(SetupFault) as fault:
                call(ORDER, Trace())
            assert (fault.value.code, fault.value.params) == ("vinid.clock_off", {"offset_s": 601.0})
        clock.pass_s(120)
        with pytest.raises(SetupFault, match=r"vinid\.clock_off"):
            counter.giftcode.buy(ORDER, Trace())
        assert len(counter.server.requests) == 1
        clock.jump_s(-601)
        counter.giftcode.buy(ORDER, Trace())
        assert len(counter.server.requests) == 2


def test_a_clock_that_was_set_little_by_little_is_noticed_by_a_reading_call(authority: Authority) -> None:
    """One question a minute goes out: its answer shows that the clock is right again."""
    clock = HandClock()
    far, near = dated(NOON - timedelta(seconds=601)), dated(NOON + timedelta(seconds=61))
    with at_counter(authority, told(200, [], **far), told(200, [], **near), told(200, withdrawn()), clock=clock) as c:
        c.giftcode.products(Trace())
        clock.pass_s(61)
        c.giftcode.products(Trace())
        c.giftcode.buy(ORDER, Trace())
        assert len(c.server.requests) == 3


def test_exactly_ten_minutes_is_still_let_through(authority: Authority) -> None:
    theirs = NOON - timedelta(seconds=600)
    with at_counter(authority, told(200, [], **dated(theirs)), told(200, withdrawn())) as counter:
        counter.giftcode.products(Trace())
        counter.giftcode.buy(Order("A1", "50", 2, 50_000), Trace())
        assert isinstance(counter.giftcode, VinIdGiftcode)
        assert len(counter.server.requests) == 2
