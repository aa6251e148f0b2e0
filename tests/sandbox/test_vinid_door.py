"""Whom the stand-in for VinID lets in (contract §3, §4, §9, §16.1); every signature is made by openssl."""

from __future__ import annotations

import base64
import time
import uuid
from pathlib import Path

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox.openssl import sign
from tests.sandbox.vinid_caller import GATEWAY, Merchant, meta
from tests.sandbox_process import SandboxProcess

_BODY = b'{"card_type":["50"],"merchant_code":"MC01","merchant_id":"STORE01","terminal_id":"POS01"}'
_QUANTITY = "mi_v1_loyalty_giftcode_quantity"
_WINDOW_S = 7200


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


def test_a_request_signed_over_its_raw_body_comes_in(merchant: Merchant) -> None:
    """Blanks and order are the caller's own: it is the bytes that are signed."""
    loose = _BODY.replace(b":", b" : ")

    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY)) == 200
    assert meta(merchant.post(GATEWAY, loose, _QUANTITY)) == 200
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, sent=loose)) == 4010001


def _seconds_off(offset_s: int) -> str:
    return str(int(time.time()) + offset_s)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Key-Code": "22222222-2222-4333-8444-555555555555"}, 4010001),
        ({"X-Key-Code": None}, 4010001),
        ({"X-Signature": base64.b64encode(bytes(256)).decode()}, 4010001),
        ({"X-Signature": base64.b64encode(b"\xff" * 256).decode()}, 4010001),
        ({"X-Signature": "no base64"}, 4010001),
        ({"X-Signature": None}, 4010001),
        ({"X-Timestamp": None}, 4010002),
        ({"X-Timestamp": "12.5"}, 4010002),
        ({"X-Timestamp": "yesterday"}, 4010002),
        ({"X-Timestamp": _seconds_off(86_400)}, 4010003),  # a day: counted from when this file was read
        ({"X-Timestamp": _seconds_off(-_WINDOW_S - 1)}, 4010004),
        ({"X-Nonce": None}, 4010005),
        ({"X-Nonce": "n" * 256}, 4010005),
    ],
)
def test_each_wrong_header_has_its_code(headers: dict[str, str | None], code: int, merchant: Merchant) -> None:
    """§9: from 4010001 to 4010005; the HTTP status is 401."""
    answer = merchant.post(GATEWAY, _BODY, _QUANTITY, headers)

    assert (meta(answer), answer.status) == (code, 401)


def test_a_nonce_opens_once_and_again_after_two_hours(merchant: Merchant) -> None:
    """4010006 while it is remembered, by the issuer's clock."""
    nonce: dict[str, str | None] = {"X-Nonce": str(uuid.uuid4())}
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, nonce)) == 200
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, nonce)) == 4010006

    merchant.arm({"fault": "clock_offset", "seconds": _WINDOW_S + 60})

    later = {**nonce, "X-Timestamp": _seconds_off(_WINDOW_S)}
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, later)) == 200


def test_a_refused_request_leaves_its_nonce_free(merchant: Merchant) -> None:
    """Otherwise anybody could use up a stranger's nonces."""
    nonce: dict[str, str | None] = {"X-Nonce": str(uuid.uuid4())}

    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, {**nonce, "X-Signature": "AAAA"})) == 4010001
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, nonce)) == 200


def test_a_slow_clock_of_the_issuer_is_told_by_its_date(merchant: Merchant) -> None:
    """Ten minutes behind: the till's timestamp is in the future, and correcting by `Date` comes in."""
    merchant.arm({"fault": "clock_offset", "seconds": -600})

    refused = merchant.post(GATEWAY, _BODY, _QUANTITY)
    told_s = time.mktime(time.strptime(refused.headers["date"], "%a, %d %b %Y %H:%M:%S %Z")) - time.timezone

    assert meta(refused) == 4010003
    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, {"X-Timestamp": str(int(told_s) - 5)})) == 200


@pytest.mark.parametrize("change", ["other path", "other key", "sha1", "no padding"])
def test_a_signature_over_something_else_is_4010001(change: str, merchant: Merchant) -> None:
    """The path, the merchant's own API key and SHA-256 with its full padding are what counts."""
    nonce, stamp = str(uuid.uuid4()), _seconds_off(-5)
    path = "/merchant-integration/v1/elsewhere" if change == "other path" else GATEWAY
    text = f"{path};POST;{nonce};{stamp};{merchant.facts['key_code']};".encode() + _BODY
    key_file = merchant.giftcode_key_file if change == "other key" else merchant.api_key_file
    signature = sign(key_file, text)
    if change == "sha1":
        signature = sign(key_file, text, "sha1")
    if change == "no padding":
        signature = bytes(255) + b"\x01"
    headers: dict[str, str | None] = {
        "X-Nonce": nonce,
        "X-Timestamp": stamp,
        "X-Signature": base64.b64encode(signature).decode(),
    }

    assert meta(merchant.post(GATEWAY, _BODY, _QUANTITY, headers)) == 4010001


def test_methods_and_paths_beside_the_seven_calls_are_404(merchant: Merchant) -> None:
    """Without an envelope that could be taken for a verdict."""
    assert merchant.caller.send("GET", GATEWAY, None, {}).status == 404
    assert merchant.post("/merchant-integration/v1/e-voucher/cancel", b"{}").status == 404
