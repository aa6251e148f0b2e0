"""The stand-in for VinID verifies, uses and gives back e-vouchers; every fault can be armed (contract §8, §9, §16)."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.caller import Answer, Caller
from tests.sandbox.vinid_caller import Merchant, cards, meta, new_id
from tests.sandbox_process import SandboxProcess

_ALL_CODES = (
    *(4000, 200100, 200200, 5000, 4000001, 4040901, 4000902, 5000001, 5000101, 4010001, 4010002, 4010003, 4010004),
    *(4010005, 4010006, 4030001, 4040001, 4040201, 4000801, 4999999),
)
_LOST_ANSWERS = ("drop_after", "http_after", "html_after", "broken_json", "empty_body", "delay_after", "code_after")


def _acts(merchant: Merchant, order_id: str, serial: str) -> list[Callable[[], Answer]]:
    """Return what moves money: a withdrawal and a redemption."""
    return [partial(merchant.withdraw, order_id), partial(merchant.mark_used, serial, "REF1")]


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


def test_verify_tells_the_terms_and_changes_nothing(merchant: Merchant) -> None:
    """As often as one likes."""
    serial = merchant.serial("least order 200,000")

    answers = [merchant.verify(serial) for _ in range(2)]

    shown = answers[1].json["data"]
    assert [meta(answer) for answer in answers] == [200, 200]
    assert shown["available_from"] < time.time() < shown["available_to"]
    assert (shown["min_order_value"], shown["discount_value"], shown["discount_type"]) == (200_000, 50_000, "amount")
    assert shown["apply_in_holiday"] is True
    assert merchant.evoucher(serial)["times_used"] == 0


def test_used_then_refunded_then_usable_again(merchant: Merchant) -> None:
    """§16.5, with the counts that prove what really happened."""
    serial = merchant.serial("amount 50,000")

    assert meta(merchant.mark_used(serial, new_id())) == 200
    assert meta(merchant.verify(serial)) == 4000902
    assert meta(merchant.mark_used(serial, new_id())) == 4000902
    assert merchant.evoucher(serial)["times_used"] == 1
    assert meta(merchant.refund(serial)) == 200
    assert meta(merchant.refund(serial)) == 200
    assert meta(merchant.verify(serial)) == 200
    assert meta(merchant.mark_used(serial, new_id())) == 200
    assert (merchant.evoucher(serial)["times_used"], merchant.evoucher(serial)["times_refunded"]) == (2, 1)


@pytest.mark.parametrize("label", ["expired", "used"])
def test_unknown_expired_and_used_cannot_be_told_apart(label: str, merchant: Merchant) -> None:
    """One code for all three, on verify and on mark-used."""
    for serial in (merchant.serial(label), "EV9999999999"):
        assert meta(merchant.verify(serial)) == 4000902
        assert meta(merchant.mark_used(serial, new_id())) == 4000902


def test_a_repeat_with_the_same_reference_is_either_way(merchant: Merchant) -> None:
    """§15.20 leaves it open: 4000902, or 200 when armed; never a second redemption."""
    serial, ref_id = merchant.serial("amount 20,000"), new_id()
    merchant.mark_used(serial, ref_id)

    assert meta(merchant.mark_used(serial, ref_id)) == 4000902
    merchant.arm({"fault": "same_ref_is_ok"})
    assert meta(merchant.mark_used(serial, ref_id)) == 200
    assert meta(merchant.mark_used(serial, new_id())) == 4000902
    assert merchant.evoucher(serial)["times_used"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"merchant_staff_id": "17"}, 4000001),
        ({"redeem_ref_id": None}, 4000001),
        ({"merchant_voucher_code": "MV-OTHER"}, 4000001),
        ({"extra_data": "text"}, 4000001),
        ({"pos_code": None}, 4000001),
        ({"merchant_code": None}, 4000001),
        ({"merchant_code": "MC02"}, 4040201),
        ({"store_code": "STORE02"}, 4040201),
    ],
)
def test_a_wrong_field_of_mark_used_is_refused(fields: dict[str, Any], code: int, merchant: Merchant) -> None:
    """§8.2: nine fields, the staff number an integer here though text in verify."""
    serial = merchant.serial("amount 20,000")

    assert meta(merchant.mark_used(serial, new_id(), **fields)) == code
    assert merchant.evoucher(serial)["times_used"] == 0


def test_verify_wants_the_staff_number_as_text(merchant: Merchant) -> None:
    """§8.1; leaving order_info out is tolerated, as others do."""
    serial = merchant.serial("amount 20,000")

    assert meta(merchant.verify(serial, merchant_staff_id=17)) == 4000001
    assert meta(merchant.verify(serial, order_info=None)) == 200


def test_refund_wants_known_serials(merchant: Merchant) -> None:
    """All or nothing."""
    serial = merchant.serial("amount 20,000")
    merchant.mark_used(serial, new_id())

    assert meta(merchant.refund()) == 4000001
    assert meta(merchant.refund(serial, "EV9999999999")) == 4040001
    assert merchant.evoucher(serial)["used"]


@pytest.mark.parametrize("code", _ALL_CODES)
def test_every_code_can_be_had_for_every_call_with_any_status(code: int, merchant: Merchant) -> None:
    """Listed or not, and nothing is carried out."""
    serial = merchant.serial("amount 20,000")
    merchant.arm({"fault": "code", "code": code, "status": 418})

    answers = [
        merchant.gift("quantity"),
        merchant.withdraw(new_id()),
        merchant.detail("T01"),
        merchant.gift("status", serial="EXS1"),
        merchant.verify(serial),
        merchant.mark_used(serial, new_id()),
        merchant.refund(serial),
    ]

    assert {(meta(answer), answer.status) for answer in answers} == {(code, 418)}
    assert merchant.truth["giftcode"]["withdrawals"] == 0
    assert merchant.truth["evoucher"]["redemptions"] == 0


@pytest.mark.parametrize("fault", _LOST_ANSWERS)
def test_the_act_is_done_and_the_answer_is_lost(fault: str, merchant: Merchant) -> None:
    """§16.7, for withdrawal and redemption: `detail` and `verify` tell, and nothing is done twice."""
    serial, order_id = merchant.serial("amount 20,000"), new_id()
    merchant.caller.connection.timeout = 1.5 if fault == "delay_after" else 10.0
    more = {"delay_after": {"seconds": 5}, "code_after": {"code": 5000001}}.get(fault, {})
    merchant.arm(*({"operation": each, "fault": fault, "times": 1, **more} for each in ("orders", "mark_used")))

    for act in _acts(merchant, order_id, serial):
        try:
            assert meta(act()) != 200
        except json.JSONDecodeError:
            assert fault in ("http_after", "html_after", "broken_json", "empty_body")
        except (OSError, http.client.HTTPException):
            assert fault in ("drop_after", "delay_after")

    merchant.caller.connection.timeout = 10.0
    assert len(cards(merchant.detail(order_id))) == 2
    assert meta(merchant.withdraw(order_id)) == 200200
    assert meta(merchant.verify(serial)) == 4000902
    assert merchant.truth["giftcode"]["withdrawals"] == 1
    assert merchant.evoucher(serial)["times_used"] == 1


@pytest.mark.parametrize("fault", ["drop_before", "http_before", "html_before"])
def test_nothing_is_done_when_the_answer_comes_instead(fault: str, merchant: Merchant) -> None:
    """The till cannot tell these from the ones above; only `detail` and `verify` can."""
    serial, order_id = merchant.serial("amount 20,000"), new_id()
    merchant.arm(*({"operation": each, "fault": fault, "times": 1} for each in ("orders", "mark_used")))

    for act in _acts(merchant, order_id, serial):
        with pytest.raises((json.JSONDecodeError, OSError, http.client.HTTPException)):
            meta(act())

    assert meta(merchant.detail(order_id)) == 4040001
    assert meta(merchant.verify(serial)) == 200


def test_another_till_may_be_faster(merchant: Merchant) -> None:
    """Valid when verified, 4000902 when marked: the counter shows one redemption, and it is not ours."""
    serial = merchant.serial("amount 20,000")
    assert meta(merchant.verify(serial)) == 200
    merchant.arm({"fault": "used_elsewhere_between"})

    assert meta(merchant.mark_used(serial, "OURS")) == 4000902
    assert (merchant.evoucher(serial)["redeem_ref_id"], merchant.evoucher(serial)["times_used"]) == ("ELSEWHERE", 1)


def test_verify_answers_in_older_and_other_forms(merchant: Merchant) -> None:
    """§16.9: milliseconds, the older fields, numbers as text."""
    serial = merchant.serial("percent 12.5")

    def shown(fault: str) -> dict[str, Any]:
        merchant.arm({"operation": "verify", "fault": fault})
        data: dict[str, Any] = merchant.verify(serial).json["data"]
        return data

    assert shown("milliseconds")["available_to"] > 100_000_000_000
    assert {"purchased_at", "expired_at"} < set(shown("old_verify_fields"))
    assert "available_from" not in shown("old_verify_fields")
    assert shown("numbers_as_text")["discount_value"] == "12.5"


def test_an_evoucher_can_be_added_and_used_elsewhere_by_hand(merchant: Merchant) -> None:
    """For tests that need one of their own; what is no e-voucher is refused in words."""
    merchant.change(add={"serial": "EVMINE0001", "discount_value": 15_000.0})
    assert merchant.verify("EVMINE0001").json["data"]["discount_value"] == 15_000
    merchant.change(use="EVMINE0001")
    assert meta(merchant.verify("EVMINE0001")) == 4000902
    with pytest.raises(ValueError, match="not an e-voucher"):
        merchant.change(add={"colour": "red"})
    with pytest.raises(ValueError, match="send card_type"):
        merchant.change(use="EV9999999999")


@pytest.mark.parametrize("issuer", ["appotapay", "vinid"])
def test_the_page_shows_samples_keys_and_every_fault(issuer: str, merchant: Merchant) -> None:
    """What a person needs to set a till up by hand and to arm a fault; no private key is on it."""
    page = merchant.caller.send("GET", f"/_sandbox/{issuer}/", None, {}).body.decode()
    facts = merchant.sandbox.ready[issuer]

    samples = [each["serial"] for each in facts.get("evouchers", [])] + [p["code"] for p in facts.get("products", [])]
    assert samples
    assert all(f"<td>{sample}</td>" in page for sample in samples)
    assert facts.get("key_code", facts.get("secret_key")) in page
    for fault in ("code", "hidden", "drop_after", "clock_offset", "wrong_padding"):
        assert f'data-fault="{fault}"' in page
    assert "PRIVATE KEY" not in page
