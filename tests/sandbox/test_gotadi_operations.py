"""Gotadi's calls as a partner meets them: login, vouchers, order, commit, and how a booking goes on."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest

from pos.sandbox.gotadi import des
from pos.sandbox.gotadi.answers import java_double
from tests.sandbox.caller import Caller
from tests.sandbox.gotadi_caller import Gotadi, openssl
from tests.sandbox_process import SandboxProcess

CODE = "Tet24aBc"


def test_triple_des_is_the_contracts_and_openssls() -> None:
    """The worked example of the contract (§4.6), and texts of every length up to three blocks by another program."""
    key = bytes.fromhex("0123456789abcdeffedcba98765432101032547698badcfe")
    text = b"POSDEMO|ADCO2401010000001|TRX-0001|AIR|c2lnbmF0dXJl"
    data = base64.urlsafe_b64encode(des.encrypt(key, text)).rstrip(b"=")

    assert data == b"lcPBgoIPYanaPtRU_Km424_jNmjkNAeZ-nNOYH7rRNx0FD9La_Zr-qAbI2oB6kH4QeHJjxL1a9c"
    for length in range(25):
        theirs = openssl("enc", "-des-ede3-ecb", "-K", key.hex(), stdin=text[:length])
        assert theirs == des.encrypt(key, text[:length])
        assert des.decrypt(key, theirs) == text[:length]


@pytest.mark.parametrize(
    ("amount", "printed"),
    [(350_000, "350000.0"), (9_999_999, "9999999.0"), (10_000_000, "1.0E7"), (16_699_000, "1.6699E7")],
)
def test_amounts_are_printed_as_java_prints_a_double(amount: int, printed: str) -> None:
    assert java_double(amount) == printed


def test_login_gives_a_token_that_ends(gotadi: Gotadi) -> None:
    code, error_code, address = gotadi.login()

    claims = gotadi.token.split(".")[1]
    expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
    assert (code, error_code) == (gotadi.code, "00")
    assert address.startswith("https://")
    assert 3500 < expires - time.time() <= 3600


def test_the_older_login_is_understood_and_an_unknown_user_is_told(gotadi: Gotadi) -> None:
    assert gotadi.sealed_call("login", gotadi.code, gotadi.facts["user_id"])[1] == "00"
    assert gotadi.sealed_call("login", gotadi.code, "nobody", "single", "flight")[1] == "10"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_voucher_is_validated_and_used_up_for_a_booking(method: str, gotadi: Gotadi) -> None:
    """Both transports: the discount is told, stands in the detail afterwards, and the amount due falls by it."""
    number = gotadi.number("flight")
    valid = gotadi.voucher("validate", method, bookingNumber=number, voucherCode=CODE).json
    before = gotadi.booking(number)["redeems_done"]

    redeemed = gotadi.redeem(number, CODE, valid["trackingCode"], method).json

    assert (valid["voucherValid"], valid["discountAmount"], valid["type"]) == (True, 50_000, "AMOUNT")
    assert (redeemed["redeemValid"], redeemed["success"], redeemed["errors"]) == (True, True, None)
    info = gotadi.info(number)
    assert (info["discountVoucherCode"], info["discountAmount"]) == (CODE, 50_000)
    assert info["discountRedeemId"]
    assert gotadi.order(number) == [gotadi.code, number, "AIR", "1500000.0"]
    assert (before, gotadi.booking(number)["redeems_done"]) == (0, 1)


@pytest.mark.parametrize(
    ("code", "label", "refusal"),
    [
        ("Old23xYz", "flight", "7204_VOUCHER_EXPIRED"),
        ("tet24abc", "flight", "7203_VOUCHER_NOT_FOUND"),
        ("Min2Tr5k", "flight", "7214_VOUCHER_NOT_ENOUGH_MIN_AMOUNT"),
        ("Hotel4uQ", "flight", "7210_VOUCHER_ONLY_HOTEL"),
        ("DaDung5T", "flight", "7213_VOUCHER_QUANTITY_EXCEEDED"),
        (CODE, "paid", "6104_PAYMENT_BOOKING_ALREADY_PAID"),
        (CODE, "deadline passed", "6106_PAYMENT_BOOKING_NOT_BOOKED"),
    ],
)
def test_a_voucher_is_refused_with_the_reason(code: str, label: str, refusal: str, gotadi: Gotadi) -> None:
    answer = gotadi.voucher("validate", bookingNumber=gotadi.number(label), voucherCode=code)

    assert answer.status == 200
    assert (answer.json["voucherValid"], answer.json["success"]) == (False, False)
    assert [error["code"] for error in answer.json["errors"]] == [refusal]


def test_percentages_are_rounded_down_and_limited(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    amounts = {
        code: gotadi.voucher("validate", bookingNumber=number, voucherCode=code).json["discountAmount"]
        for code in ("He2024xY", "He2024zW", "ToanBo99")
    }

    assert amounts == {"He2024xY": 155_000, "He2024zW": 100_000, "ToanBo99": 1_550_000}


def test_only_the_newest_tracking_code_redeems(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    old = gotadi.validate(number, CODE)
    newest = gotadi.validate(number, CODE)

    assert gotadi.redeem(number, CODE, old).json["redeemValid"] is False
    assert gotadi.redeem(number, CODE, None).json["redeemValid"] is False
    assert gotadi.booking(number)["redeems_done"] == 0
    assert gotadi.redeem(number, CODE, newest).json["redeemValid"] is True


def test_a_redeem_sent_twice_is_done_twice_and_told(gotadi: Gotadi) -> None:
    """The real issuer promises nothing here, so the stand-in takes the voucher again: a till's mistake shows."""
    number = gotadi.number("flight")
    tracking = gotadi.validate(number, CODE)

    for _ in range(2):
        gotadi.redeem(number, CODE, tracking)

    assert gotadi.booking(number)["redeems_done"] == 2
    assert gotadi.truth()["redeemed_twice"] == [number]
    assert gotadi.truth()["vouchers"][CODE]["uses"] == 2


def test_a_commit_pays_and_the_ticket_follows(gotadi: Gotadi) -> None:
    number = gotadi.number("flight, exponent price")
    gotadi.change(issue_after_s=0.3)
    assert gotadi.query(number)[2] == "09"
    ordered = gotadi.order(number)

    committed = gotadi.commit(number)
    between = gotadi.info(number)
    final = gotadi.info(number, final=True)

    assert ordered[-1] == committed[-1] == "1.6699E7"
    assert committed[:4] == [gotadi.code, number, "00", "AIR"]
    assert (between["paymentStatus"], between["issuedStatus"]) == ("SUCCEEDED", "TICKET_ON_PROCESS")
    assert (final["paymentStatus"], final["issuedStatus"]) == ("SUCCEEDED", "SUCCEEDED")
    assert (final["paymentTotalAmount"], final["paymentRefNumber"]) == (16_699_000, "TRX-0001")
    assert gotadi.query(number)[2] == "00"


def test_a_second_commit_is_told_and_not_done(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")

    codes = [gotadi.commit(number)[2] for _ in range(2)]

    booking = gotadi.booking(number)
    assert codes == ["00", "08"]
    assert (booking["commit_requests"], booking["commits_done"]) == (2, 1)
    assert gotadi.truth()["paid_twice"] == []


@pytest.mark.parametrize(
    ("label", "product", "code", "payment", "issue"),
    [
        ("payment will fail", "AIR", "02", "FAILED", "PENDING"),
        ("issue will fail", "AIR", "00", "SUCCEEDED", "FAILED"),
        ("issue will hang", "AIR", "00", "SUCCEEDED", "TICKET_ON_PROCESS"),
        ("payment will hang", "AIR", "01", "PENDING", "PENDING"),
        ("will be refunded", "HOTEL", "00", "REFUNDED", "FAILED"),
        ("payment will expire", "HOTEL", "02", "EXPIRED", "FAILED"),
    ],
)
def test_a_booking_follows_its_script(
    label: str, product: str, code: str, payment: str, issue: str, gotadi: Gotadi
) -> None:
    number = gotadi.number(label)
    gotadi.change(issue_after_s=0.1, patience_s=0.4)

    committed = gotadi.commit(number, product)
    final = gotadi.info(number, final=True)

    assert committed[2] == code
    assert (final["paymentStatus"], final["issuedStatus"]) == (payment, issue)


def test_the_long_poll_waits_out_its_patience_and_answers_at_once_when_it_is_over(gotadi: Gotadi) -> None:
    hanging, good = gotadi.number("issue will hang"), gotadi.number("flight")
    gotadi.change(issue_after_s=0.0, patience_s=1.0)
    gotadi.commit(hanging)
    gotadi.commit(good)

    began = time.monotonic()
    gotadi.info(hanging, final=True)
    waited_s = time.monotonic() - began
    gotadi.info(good, final=True)

    assert waited_s >= 1.0
    assert time.monotonic() - began - waited_s < 0.5


def test_a_script_can_be_changed_while_it_runs(gotadi: Gotadi) -> None:
    number = gotadi.number("issue will hang")
    gotadi.change(issue_after_s=0.0)
    gotadi.commit(number)

    gotadi.change(booking={"number": number, "script": "good"})

    assert gotadi.info(number)["issuedStatus"] == "SUCCEEDED"


def test_a_booking_and_a_voucher_can_be_added_and_nonsense_is_refused(gotadi: Gotadi) -> None:
    gotadi.change(
        booking={"number": "ADCO2401017777777", "product": "AIR", "total_fare_vnd": 500_000, "label": "own"},
        voucher={"code": "Own1", "label": "own", "amount_off_vnd": 1_000},
    )
    for wrong in ({"colour": "red"}, {"booking": {"number": "X", "script": "good"}}, {"patience_s": "long"}):
        with pytest.raises(ValueError, match=r"^400: .{10}"):
            gotadi.change(**wrong)

    assert gotadi.validate("ADCO2401017777777", "Own1")
    assert "X" not in gotadi.truth()["bookings"]


@pytest.mark.parametrize("final", [False, True])
def test_an_unknown_booking_is_not_found(final: bool, gotadi: Gotadi) -> None:
    assert gotadi.detail(gotadi.facts["unknown_booking"], final=final).status == 404


# --- who may come in ---


def test_calls_without_key_code_or_token_are_refused(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    path = f"/api/products/booking-detail?booking_number={number}"
    whole = gotadi.headers()
    statuses = {
        name: gotadi.send("GET", path, headers={k: v for k, v in whole.items() if k != name}).status for name in whole
    }

    assert statuses == {"apikey": 401, "x-ibe-req-name": 403, "Authorization": 401, "Content-Type": 200}
    forged = {**whole, "Authorization": whole["Authorization"][:-4] + "AAAA"}
    assert gotadi.send("GET", path, headers=forged).status == 401


def test_a_token_that_has_ended_is_refused(gotadi: Gotadi) -> None:
    gotadi.change(token_life_s=-1)
    gotadi.login()

    assert gotadi.detail(gotadi.number("flight")).status == 401


def test_a_commit_is_refused_before_anything_is_done(gotadi: Gotadi, tmp_path: Path) -> None:
    """Codes 03 to 07, each for its reason, and the booking stays unpaid."""
    number = gotadi.number("flight")
    stranger = tmp_path / "stranger.pem"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", stranger)
    good = (gotadi.code, number, "TRX-0001", "AIR")
    headers = gotadi.headers()
    sent = {
        "03": (gotadi.sealed(*good), {**headers, "apikey": "wrong"}),
        "04": (gotadi.sealed(*good, signer=stranger), headers),
        "05": ({**gotadi.sealed(*good), "key": gotadi.sealed(*good)["key"]}, headers),
        "06": (gotadi.sealed("OTHER", *good[1:]), headers),
        "07": (gotadi.sealed(*good[:3]), headers),
    }

    codes = [
        gotadi.opened(gotadi.send("POST", "/api/partner/commit", body, own).json)[2] for body, own in sent.values()
    ]

    assert codes == list(sent)
    assert gotadi.booking(number)["commits_done"] == 0


def test_the_keys_are_good_keys_and_the_same_in_both_forms(gotadi: Gotadi) -> None:
    """Judged by openssl: the XML's modulus is the PEM's."""
    modulus = openssl("rsa", "-pubin", "-in", gotadi.their_key, "-noout", "-modulus").decode().strip().partition("=")[2]
    xml = gotadi.facts["gotadi_public_key_xml"]

    written = base64.b64decode(xml.partition("<Modulus>")[2].partition("</Modulus>")[0])
    assert written.hex().upper() == modulus
    assert b"Key is valid" in openssl("pkey", "-in", gotadi.own_key, "-check", "-noout")


def test_void_is_not_offered(gotadi: Gotadi) -> None:
    assert gotadi.voucher("void", "POST", bookingNumber=gotadi.number("flight")).status == 404


# --- over a restart, and on the page ---


def test_a_restart_keeps_keys_bookings_and_tokens(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path) as sandbox:
        with Caller(sandbox) as caller:
            partner = Gotadi(sandbox, caller, tmp_path)
            partner.login()
            number = partner.number("flight")
            partner.redeem(number, CODE, partner.validate(number, CODE))
            partner.commit(number)
        before = partner.booking(number)["redeem_id"], sandbox.ready["gotadi"]["gotadi_public_key"]

        sandbox.restart()

        assert (partner.booking(number)["redeem_id"], sandbox.ready["gotadi"]["gotadi_public_key"]) == before
        assert sandbox.ready["gotadi"]["partner_private_key"] == partner.facts["partner_private_key"]
        with Caller(sandbox) as again:
            partner.caller = again
            assert partner.commit(number)[2] == "08"
            assert partner.detail(number).status == 200


def test_the_page_shows_samples_and_every_fault(caller: Caller, gotadi: Gotadi) -> None:
    text = caller.send("GET", "/_sandbox/gotadi/", None, {}).body.decode()

    assert all(booking["number"] in text for booking in gotadi.facts["bookings"])
    assert all(voucher["code"] in text for voucher in gotadi.facts["vouchers"])
    assert text.count("data-fault=") == text.count("Bật / On</button>") >= 40
    assert 'href="/_sandbox/gotadi/"' in caller.send("GET", "/", None, {}).body.decode()


def test_the_log_names_issuer_call_and_effect(gotadi: Gotadi) -> None:
    gotadi.sandbox.clear_log()
    gotadi.commit(gotadi.number("flight"))

    (entry,) = gotadi.sandbox.log()
    assert (entry["issuer"], entry["operation"], entry["effect"]) == ("gotadi", "commit", "paid")
    assert entry["answered"] == {"status": 200}
