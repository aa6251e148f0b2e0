"""The stand-in for VinID sells giftcodes from the merchant's stock (contract §5, §7, §9, §16.2 to 16.4, 16.8, 16.9)."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.caller import Answer, Caller
from tests.sandbox.vinid_caller import GATEWAY, Merchant, cards, meta, new_id
from tests.sandbox_process import SandboxProcess

_OAEP = ("rsa_padding_mode:oaep",)


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


def _order(merchant: Merchant, order_id: str) -> dict[str, Any]:
    orders = merchant.truth["giftcode"]["orders"]
    return next(order for order in orders if order["order_id"] == order_id)


def test_the_stock_is_told_by_face_value(merchant: Merchant) -> None:
    """All, or those asked for; a value that was never bought is missing."""
    every = merchant.gift("quantity").json["data"]
    some = merchant.gift("quantity", card_type=["50", "2000", "7"]).json["data"]

    assert {line["card_type"]: line["quantity"] for line in every} == merchant.facts["stock"]
    assert some == [{"card_type": "50", "quantity": 300}, {"card_type": "2000", "quantity": 0}]


def test_a_withdrawal_lowers_the_stock_and_gives_codes_only_the_merchant_reads(merchant: Merchant) -> None:
    """Openssl decrypts exactly the codes that VinID has on record; `detail` gives them again, freshly encrypted."""
    order_id = new_id()

    taken = merchant.withdraw(order_id, "50", 4)
    again = merchant.detail(order_id)

    record = _order(merchant, order_id)
    assert (meta(taken), meta(again)) == (200, 200)
    assert taken.json["data"]["merchant_order_id"] == order_id
    for answer in (taken, again):
        assert [merchant.plain(card) for card in cards(answer)] == [code["code"] for code in record["giftcodes"]]
        assert [card["serial"] for card in cards(answer)] == [code["serial"] for code in record["giftcodes"]]
    assert all(a["code"] != b["code"] for a, b in zip(cards(taken), cards(again), strict=True))
    assert merchant.truth["giftcode"]["stock"]["50"] == 296
    assert merchant.truth["giftcode"]["withdrawals"] == 1


def test_the_same_order_id_is_200200_and_takes_nothing_again(merchant: Merchant) -> None:
    """Whatever the repeat orders."""
    order_id = new_id()
    merchant.withdraw(order_id)

    assert meta(merchant.withdraw(order_id)) == 200200
    assert meta(merchant.withdraw(order_id, "100", 5)) == 200200
    assert _order(merchant, order_id)["withdrawals"] == 1
    assert merchant.truth["giftcode"]["stock"] == {**merchant.facts["stock"], "50": 298}


@pytest.mark.parametrize(("card_type", "quantity"), [("2000", 1), ("1000", 2), ("7", 1)])
def test_a_short_stock_is_200100_all_or_nothing(card_type: str, quantity: int, merchant: Merchant) -> None:
    """The id is used up by it (hardest reading of §15.13) and `detail` does not find it."""
    order_id = new_id()

    assert meta(merchant.withdraw(order_id, card_type, quantity)) == 200100
    assert merchant.truth["giftcode"]["stock"] == merchant.facts["stock"]
    assert meta(merchant.withdraw(order_id)) == 200200
    assert meta(merchant.detail(order_id)) == 4040001


def test_several_lines_of_one_value_are_counted_together(merchant: Merchant) -> None:
    """Two lines of 1 each are not served from a stock of 1."""
    line = {"card_type": "1000", "quantity": 1}

    assert meta(merchant.gift("orders", order_id=new_id(), order_info=[line, line])) == 200100
    assert merchant.truth["giftcode"]["stock"]["1000"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"order_id": None},
        {"order_id": ""},
        {"order_id": 7},
        {"order_info": None},
        {"order_info": []},
        {"order_info": [{"card_type": 50, "quantity": 1}]},
        {"order_info": [{"card_type": "50", "quantity": "1"}]},
        {"order_info": [{"card_type": "50", "quantity": 0}]},
        {"order_info": [7]},
        {"merchant_id": None},
        {"terminal_id": ""},
    ],
)
def test_missing_and_wrong_fields_are_4000(fields: dict[str, Any], merchant: Merchant) -> None:
    """§7.2: all required, card type as text, quantity as integer."""
    right = {"order_id": new_id(), "order_info": [{"card_type": "50", "quantity": 1}]}

    assert meta(merchant.gift("orders", **{**right, **fields})) == 4000
    assert merchant.truth["giftcode"]["withdrawals"] == 0


def test_the_gateway_knows_its_four_operations_and_its_merchant(merchant: Merchant) -> None:
    """Another X-API-Code, no JSON, and another shop are refused each with its code."""
    assert meta(merchant.gift("quantity", {"X-API-Code": "mi_v1_loyalty_giftcode_cancel"})) == 4000001
    assert meta(merchant.gift("quantity", {"X-API-Code": None})) == 4000001
    assert meta(merchant.post(GATEWAY, b"[]", "mi_v1_loyalty_giftcode_quantity")) == 4000
    assert meta(merchant.gift("quantity", merchant_id="STORE02")) == 4040201


def test_the_state_of_one_code_is_told(merchant: Merchant) -> None:
    """ACTIVE until the customer loads it, then USED; 4040001 for a serial nobody took out."""
    order_id = new_id()
    serial = cards(merchant.withdraw(order_id, quantity=1))[0]["serial"]

    assert merchant.gift("status", serial=serial).json["data"] == {"status": "ACTIVE", "expire_date": "2027-12-31"}
    merchant.change(spend=serial)
    assert merchant.gift("status", serial=serial).json["data"]["status"] == "USED"
    assert meta(merchant.gift("status", serial="EXS9999999999")) == 4040001


@pytest.mark.parametrize(
    ("faults", "options"),
    [(("hex",), ()), (("oaep_sha1",), _OAEP), (("oaep_sha256", "hex"), (*_OAEP, "rsa_oaep_md:sha256"))],
)
def test_openssl_reads_each_padding_in_each_form(
    faults: tuple[str, ...], options: tuple[str, ...], merchant: Merchant
) -> None:
    """§16.4."""
    order_id = new_id()
    merchant.arm(*({"fault": fault} for fault in faults))

    answer = merchant.withdraw(order_id)

    assert [merchant.plain(card, *options) for card in cards(answer)] == [
        code["code"] for code in _order(merchant, order_id)["giftcodes"]
    ]


@pytest.mark.parametrize("fault", ["wrong_padding", "other_key"])
def test_a_code_can_be_unreadable(fault: str, merchant: Merchant) -> None:
    """The withdrawal stands all the same."""
    order_id = new_id()
    merchant.arm({"operation": "orders", "fault": fault})
    card = cards(merchant.withdraw(order_id, quantity=1))[0]
    code = _order(merchant, order_id)["giftcodes"][0]["code"]

    with contextlib.suppress(subprocess.CalledProcessError, UnicodeDecodeError):
        assert merchant.plain(card) != code
    assert merchant.plain(cards(merchant.detail(order_id))[0]) == code


def test_an_order_can_be_invisible_for_a_while(merchant: Merchant) -> None:
    """4040001 is no proof: the order turns up later."""
    order_id = new_id()
    merchant.arm({"operation": "orders", "fault": "hidden", "seconds": 100})
    merchant.withdraw(order_id)

    assert meta(merchant.detail(order_id)) == 4040001
    # Instead of waiting: the issuer's clock has gone on.
    merchant.arm({"fault": "clock_offset", "seconds": 150})
    assert len(cards(merchant.detail(order_id))) == 2


def test_answers_come_in_the_forms_that_the_pages_leave_open(merchant: Merchant) -> None:
    """§16.9: each is armed, and each shows."""
    order_id = new_id()
    merchant.withdraw(order_id)

    def detail(*faults: str) -> Answer:
        merchant.arm(*({"operation": "detail", "fault": fault} for fault in faults))
        return merchant.detail(order_id)

    assert len(cards(detail("fewer_cards"))) == 1
    assert len(cards(detail("more_cards"))) == 3
    assert len({card["serial"] for card in cards(detail("duplicate_serial"))}) == 1
    assert detail("wrong_card_type").json["data"]["order_info"][0]["card_type"] == "500"
    assert detail("other_order").json["data"]["merchant_order_id"] != order_id
    assert meta(detail("numbers_as_text")) == "200"
    created_ms = detail("milliseconds").json["data"]["created_at"]
    assert created_ms // 1000 == detail().json["data"]["created_at"]
    assert set(detail("extra_fields").json) == {"meta", "data", "trace"}
    assert detail("data_null").json["data"] is None
    assert "meta" not in detail("no_meta").json
    assert len(cards(detail())) == 2


def test_a_restart_keeps_stock_orders_and_keys(tmp_path: Path) -> None:
    """Killed right behind the answer: the order is found and its codes are read with the same key."""
    with SandboxProcess(tmp_path) as sandbox:
        order_id = new_id()
        with Caller(sandbox) as caller:
            merchant = Merchant(sandbox, caller, tmp_path)
            merchant.withdraw(order_id)
            merchant.mark_used(merchant.serial("percent 10"), new_id())
            before = merchant.truth
        sandbox.kill()
        sandbox.restart()

        with Caller(sandbox) as caller:
            merchant = Merchant(sandbox, caller, tmp_path)
            codes = [merchant.plain(card) for card in cards(merchant.detail(order_id))]
            assert json.dumps(merchant.truth) == json.dumps(before)
            assert codes == [code["code"] for code in before["giftcode"]["orders"][0]["giftcodes"]]
            assert meta(merchant.withdraw(order_id)) == 200200
