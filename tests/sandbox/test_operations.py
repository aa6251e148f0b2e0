"""What the four operations do and what their answers look like, field for field (§5, §6)."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.caller import BILL, Caller
from tests.sandbox_process import SandboxProcess

TRANG_THI = {"name_vi": "Cửa hàng Tràng Thi", "name_en": "Trang Thi store"}
TEA = {"sku": "TRA-DAO-L", "quantity": 2, "price": 55_000}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def test_check_of_a_plain_voucher_has_exactly_the_contracts_fields(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]

    answer = caller.call("check", [code], total_bill=265_000)

    assert answer.json == {
        "success": True,
        "return_code": None,
        "message_en": "OK",
        "message_vi": "Thành công",
        "data": [
            {
                "code": code,
                "value": 20_000,
                "product_id": 90_002,
                "state": 1,
                "voucher_type": "standard",
                "expiry_date": "2027-12-31",
                "cancel_date": "",
            }
        ],
    }
    assert "date" in answer.headers


def test_check_changes_nothing(caller: Caller, sandbox: SandboxProcess) -> None:
    before = sandbox.state()

    caller.call("check", sandbox.labelled("plain"), total_bill=265_000)

    assert sandbox.state() == before


def test_mark_use_consumes_the_voucher_once(caller: Caller, sandbox: SandboxProcess) -> None:
    """The answer carries one transaction id and no bill number on the voucher; a repeat is 101."""
    code = sandbox.labelled("plain")[0]

    first = caller.call("mark_use", [code], total_bill=265_000)
    again = caller.call("mark_use", [code], total_bill=265_000)

    assert list(first.json) == [
        "success",
        "return_code",
        "message_en",
        "message_vi",
        "transaction_id",
        "bill_number",
        "data",
    ]
    assert re.fullmatch(r"\d+_\d{20}", first.json["transaction_id"])
    assert first.json["bill_number"] == BILL
    redemptions = first.first.pop("redemptions")
    assert set(first.first) == {"code", "value", "product_id", "state", "voucher_type", "redemptions"}
    assert set(redemptions) == {"used_store", "used_date"}
    assert redemptions["used_store"] == TRANG_THI
    assert DATE_TIME.fullmatch(redemptions["used_date"])
    assert (again.code, again.first["state"]) == ("101", 4)
    assert "bill_number" not in again.first["redemptions"]
    truth = sandbox.voucher(code)
    assert (truth["state"], truth["bill_number"], truth["times_used"]) == (4, BILL, 1)
    assert truth["transaction_id"] == first.json["transaction_id"]


def test_check_of_a_used_voucher_tells_the_bill(caller: Caller, sandbox: SandboxProcess) -> None:
    """Recovery (§12) rests on this answer."""
    code = sandbox.labelled("plain")[0]
    used = caller.call("mark_use", [code])

    answer = caller.call("check", [code])

    assert (answer.code, answer.first["state"]) == ("101", 4)
    assert answer.first["redemptions"] == {**used.first["redemptions"], "bill_number": BILL}


def test_transaction_ids_never_repeat(caller: Caller, sandbox: SandboxProcess) -> None:
    ids = [caller.call("mark_use", [code]).json["transaction_id"] for code in sandbox.add_plain_vouchers(50)]

    assert len(set(ids)) == 50


@pytest.mark.parametrize("operation", ["check", "mark_use", "reserve"])
def test_goods_decide_what_a_conditional_voucher_pays(operation: str, caller: Caller, sandbox: SandboxProcess) -> None:
    """One piece of tea at 55,000 out of a face value of 100,000, as in the contract's example."""
    answer = caller.call(operation, sandbox.labelled("sku tea"), skus_info=[TEA], total_bill=265_000)

    assert answer.first["redemptions"]["redeem_sku_codes"] == [{**TEA, "quantity": 1}]
    assert answer.first["redemptions"]["redemption_value"] == 55_000
    assert answer.first["conditions"]["redeemable_skus"] == ["TRA-DAO-L", "TRA-VAI-L"]


def test_a_conditional_voucher_pays_at_most_its_face_value(caller: Caller, sandbox: SandboxProcess) -> None:
    dear = {**TEA, "price": 400_000}

    answer = caller.call("check", sandbox.labelled("sku tea"), skus_info=[dear])

    assert answer.first["redemptions"]["redemption_value"] == 100_000


def test_inquiry_tells_what_a_used_conditional_voucher_paid(caller: Caller, sandbox: SandboxProcess) -> None:
    """After a lost answer the amount must come from the check (§12, §6.3)."""
    tea = sandbox.labelled("sku tea")
    caller.call("mark_use", tea, skus_info=[TEA])

    answer = caller.call("check", tea)

    assert answer.code == "101"
    assert answer.first["redemptions"]["redemption_value"] == 55_000
    assert answer.first["redemptions"]["bill_number"] == BILL


def test_reserve_flow_to_its_end(caller: Caller, sandbox: SandboxProcess) -> None:
    """Held for one bill, refused to others, used by the holder without the skip flag."""
    code = sandbox.labelled("plain")[2]

    held = caller.call("reserve", [code], bill_created_at="2025-11-21 10:21:05")
    truth = sandbox.voucher(code)
    other = caller.call("mark_use", [code], bill_number="OTHER", skip_reserved_when_mark_used=None)
    used = caller.call("mark_use", [code], skip_reserved_when_mark_used=None)

    assert list(held.json)[4:] == ["used_store", "bill_number", "data"]
    assert (held.json["used_store"], held.json["bill_number"]) == (TRANG_THI, BILL)
    assert (held.first["state"], "redemptions" in held.first) == (11, False)
    assert (truth["state"], truth["reserved_for"]) == (11, {"pin": sandbox.pin, "bill_number": BILL})
    assert other.code == "207"
    assert (used.code, used.first["state"]) == (None, 4)
    assert sandbox.voucher(code)["reserved_for"] is None


def test_unreserve_gives_the_former_state_back(caller: Caller, sandbox: SandboxProcess) -> None:
    code = next(v["code"] for v in sandbox.vouchers if v["state"] == 5)
    caller.call("reserve", [code])

    wrong_bill = caller.call("unreserve", [code], bill_number="OTHER")
    wrong_pin = caller.call("unreserve", [code], pin="8816")
    freed = caller.call("unreserve", [code])
    again = caller.call("unreserve", [code])

    assert [a.code for a in (wrong_bill, wrong_pin, freed, again)] == ["212", "212", None, "208"]
    assert freed.first == {"code": code, "value": 20_000, "product_id": 90_002, "voucher_type": "standard"}
    assert (freed.json["used_store"], freed.json["bill_number"]) == (TRANG_THI, BILL)
    truth = sandbox.voucher(code)
    assert (truth["state"], truth["bill_number"], truth["pin"]) == (5, None, None)


def test_reserving_twice_is_refused_even_to_the_holder(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]
    caller.call("reserve", [code])

    assert caller.call("reserve", [code]).code == "213"
    assert caller.call("check", [code]).first["redemptions"]["bill_number"] == BILL


def test_a_null_face_value_and_an_undocumented_state_go_through(caller: Caller, sandbox: SandboxProcess) -> None:
    """§7: the till must trust `success`; the sandbox can show it such vouchers."""
    codes = sandbox.add_vouchers(
        [
            {"code": "7000000001", "value": None},
            {"code": "7000000002", "state": None},
            {"code": "7000000003", "state": 6},
        ]
    )

    shown = caller.call("check", codes).json["data"]

    assert [(s["value"], s["state"]) for s in shown] == [(None, 1), (100_000, None), (100_000, 6)]
