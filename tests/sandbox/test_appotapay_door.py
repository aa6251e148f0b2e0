"""Whom the stand-in for AppotaPay lets in (contract §4, §5, §16.1); all tokens and signatures are made by openssl."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pos.sandbox.appotapay.door import Door, Keys
from tests.sandbox.appotapay_caller import Merchant, new_id
from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


def test_the_contracts_own_vectors_are_let_in() -> None:
    """The token of §4 and both signatures of §5, to the letter."""
    door = Door(Keys("EXAMPLEPARTNER", "EXAMPLEAPIKEY", "EXAMPLE-SECRET-KEY-0001"))
    token = (
        "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImN0eSI6ImFwcG90YXBheS1hcGk7dj0xIn0"
        ".eyJpc3MiOiJFWEFNUExFUEFSVE5FUiIsImp0aSI6IkVYQU1QTEVBUElLRVktMTc2MDAwMDAwMCIsImFwaV9rZXkiOiJFWEFNUExFQVBJS0VZ"
        "IiwiZXhwIjoxNzYwMDAwMzAwfQ.pfJiCqvlvI9d7BUQO8Ci1oWjY89eQSIOGRLPSOg9aYY"
    )
    purchase = {"partnerRefId": "T01A7K2M9QX40001", "productCode": "VT50", "quantity": 2}
    signature = "bcf049968983136e7afa323116715d531c8519b5ae49bc4b4dfab97daaa152f3"
    by_sms = {"partnerRefId": "T01A7K2M9QX40002", "productCode": "VT50", "quantity": 1, "type": "sms"}
    by_sms |= {"customerPhone": "0900000001"}
    sms_signature = "af8ce049ccfc34b37835ae93c79647812e1000cbbedcdb9de1617a6585bc25da"

    assert door.complaint(token, 1_760_000_000.0) is None
    assert door.signature_holds({**purchase, "signature": signature})
    assert door.signature_holds({**by_sms, "signature": sms_signature})
    assert not door.signature_holds({**purchase, "quantity": 3, "signature": signature})


def test_a_right_token_opens_with_and_without_bearer(merchant: Merchant) -> None:
    """The pages disagree on the prefix, so both forms come in – until a tester arms that one does not."""
    token = merchant.token()

    assert merchant.get("accounts/balance", f"Bearer {token}").json["errorCode"] == 0
    assert merchant.get("accounts/balance", merchant.token()).json["errorCode"] == 0
    merchant.arm({"fault": "bare_token_only"})
    assert merchant.get("accounts/balance").status == 401
    assert merchant.get("accounts/balance", merchant.token()).status == 200


@pytest.mark.parametrize(
    ("head", "secret", "claims"),
    [
        ({"alg": "none"}, None, {}),
        ({"alg": "HS512"}, None, {}),
        ({"cty": None}, None, {}),
        ({"cty": "appotapay-api;v=2"}, None, {}),
        ({"typ": None}, None, {}),
        ({}, "SANDBOX-SECRET-KEY-0002", {}),
        ({}, None, {"iss": "SOMEBODY"}),
        ({}, None, {"api_key": "ANOTHER-KEY"}),
        ({}, None, {"jti": "1760000000"}),
        ({}, None, {"jti": None}),
        ({}, None, {"exp": int(time.time()) - 1}),
        ({}, None, {"exp": None}),
        ({}, None, {"exp": "9999999999"}),
    ],
)
def test_a_wrong_token_is_401_and_buys_nothing(
    head: dict[str, Any], secret: str | None, claims: dict[str, Any], merchant: Merchant
) -> None:
    """Each part of the token counts, one at a time."""
    headers = {
        "X-APPOTAPAY-AUTH": f"Bearer {merchant.token(head, secret, **claims)}",
        "Content-Type": "application/json",
    }
    body = json.dumps(merchant.signed(new_id())).encode()

    answer = merchant.caller.send("POST", "/api/v1/service/shopcard/buy", body, headers)

    assert (answer.status, answer.body) == (401, b"")
    assert merchant.truth["purchases"] == []


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer a.b", "Bearer a.b.c.d", "Bearer ä.b.c", "Bearer a=.b=.c="])
def test_what_is_no_token_is_401(token: str, merchant: Merchant) -> None:
    """Rubbish is refused, never a server error."""
    headers = {"X-APPOTAPAY-AUTH": token.encode().decode("latin-1")}

    assert merchant.caller.send("GET", "/api/v1/service/accounts/balance", None, headers).status == 401


def test_a_token_opens_once(merchant: Merchant) -> None:
    """`jti` seen before is refused: two calls within one second need two seconds."""
    token = f"Bearer {merchant.token()}"

    assert merchant.get("accounts/balance", token).status == 200
    assert merchant.get("accounts/balance", token).status == 401


def test_the_clock_of_the_issuer_decides(merchant: Merchant) -> None:
    """An issuer ten minutes ahead finds the token expired, and its Date header tells so."""
    merchant.arm({"fault": "clock_offset", "seconds": 600})

    answer = merchant.get("accounts/balance")

    assert answer.status == 401
    ahead_s = time.mktime(time.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S %Z")) - time.mktime(
        time.gmtime()
    )
    assert 595 < ahead_s < 605


@pytest.mark.parametrize(
    "change", [{"signature": "0" * 64}, {"signature": None}, {"quantity": 3}, {"productCode": "VT100"}]
)
def test_a_wrong_signature_is_2_and_leaves_the_id_free(change: dict[str, Any], merchant: Merchant) -> None:
    """Refused at the door: nothing is debited and the same id can still buy."""
    ref_id = new_id()

    refused = merchant.post("shopcard/buy", {**merchant.signed(ref_id), **change})

    assert refused.json["errorCode"] == 2
    assert merchant.buy(ref_id).json["errorCode"] == 0


def test_upper_case_signatures_are_refused(merchant: Merchant) -> None:
    """The contract says lower-case hex."""
    body = merchant.signed(new_id())

    assert merchant.post("shopcard/buy", {**body, "signature": body["signature"].upper()}).json["errorCode"] == 2
