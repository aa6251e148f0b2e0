"""The stand-in for AppotaPay sells: products, purchases, the ask, the balance (contract §8, §9, §11, §16.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.appotapay_caller import Merchant, new_id
from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def merchant(sandbox: SandboxProcess, caller: Caller, tmp_path: Path) -> Merchant:
    return Merchant(sandbox, caller, tmp_path)


def test_the_product_list_has_face_values_only(merchant: Merchant) -> None:
    """As §8.1: by supplier, without errorCode, price or stock."""
    answer = merchant.get("shopcard/products").json

    viettel = next(entry for entry in answer["data"] if entry["productType"] == "VIETTEL")
    assert set(answer) == {"data"}
    assert {"name": "Viettel 50.000đ", "code": "VT50", "value": 50_000} in viettel["productCodes"]


def test_a_purchase_delivers_codes_that_only_the_merchant_reads(merchant: Merchant) -> None:
    """Openssl decrypts exactly the codes that the issuer has on record; the debit is 98 percent of the face value."""
    ref_id = new_id()

    answer = merchant.buy(ref_id, "VT50", 4).json

    record = merchant.purchase(ref_id)
    assert answer["errorCode"] == 0
    assert [merchant.plain(card) for card in answer["cards"]] == [card["code"] for card in record["cards"]]
    assert [card["serial"] for card in answer["cards"]] == [card["serial"] for card in record["cards"]]
    assert any(card["code"].startswith("00") for card in record["cards"])
    assert answer["transaction"]["amount"] == 196_000
    assert answer["account"]["balance"] == 50_000_000 - 196_000
    assert merchant.get("accounts/balance").json["account"] == answer["account"]


def test_the_ask_gives_the_same_cards_under_fresh_ciphertext(merchant: Merchant) -> None:
    """§8.3: to be compared by serial; no account is told, nothing is debited again."""
    ref_id = new_id()
    bought = merchant.buy(ref_id).json

    asked = merchant.ask(ref_id).json

    assert "account" not in asked
    assert asked["transaction"] == bought["transaction"]
    assert [c["serial"] for c in asked["cards"]] == [c["serial"] for c in bought["cards"]]
    assert [merchant.plain(c) for c in asked["cards"]] == [merchant.plain(c) for c in bought["cards"]]
    assert all(a["code"] != b["code"] for a, b in zip(asked["cards"], bought["cards"], strict=True))
    assert merchant.truth["debits"] == 1


def test_the_same_id_is_31_and_never_debits_twice(merchant: Merchant) -> None:
    """Whatever the repeat asks for."""
    ref_id = new_id()
    merchant.buy(ref_id)

    assert merchant.buy(ref_id).json["errorCode"] == 31
    assert merchant.buy(ref_id, "VT100", 5).json["errorCode"] == 31
    assert merchant.purchase(ref_id)["debits"] == 1
    assert merchant.truth["balance_vnd"] == 50_000_000 - 98_000


def test_an_unknown_id_is_36(merchant: Merchant) -> None:
    """Not found is no HTTP 404: there is a body with a code."""
    answer = merchant.ask("NEVERSEEN")

    assert (answer.status, answer.json["errorCode"]) == (200, 36)


@pytest.mark.parametrize(
    ("product", "quantity", "code"),
    [("XX1", 1, 71), ("VN50", 1, 72), ("MB500", 2, 72), ("VT50", 101, 73), ("VT50", 0, 73), ("VT100", "2", 1)],
)
def test_what_cannot_be_sold_is_refused_with_its_code(
    product: str, quantity: int | str, code: int, merchant: Merchant
) -> None:
    """And nothing is debited."""
    assert merchant.buy(new_id(), product, quantity).json["errorCode"] == code
    assert merchant.truth["debits"] == 0


def test_a_refused_purchase_uses_its_id_up(merchant: Merchant) -> None:
    """The hardest reading of §15.8: the same id is 31 afterwards, and the ask says 33."""
    ref_id = new_id()
    merchant.buy(ref_id, "VN50", 1)

    assert merchant.buy(ref_id).json["errorCode"] == 31
    assert merchant.ask(ref_id).json["errorCode"] == 33


def test_an_empty_purse_is_12(merchant: Merchant) -> None:
    """One đồng short is short."""
    merchant.change(balance_vnd=48_999)
    assert merchant.buy(new_id(), "VT50", 1).json["errorCode"] == 12

    merchant.change(balance_vnd=49_000)
    assert merchant.buy(new_id(), "VT50", 1).json["account"]["balance"] == 0


def test_nothing_can_be_sent_by_sms(merchant: Merchant) -> None:
    """§8.5: resend answers 36 for an unknown id and 1 for a purchase that was not by SMS."""
    ref_id = new_id()
    merchant.buy(ref_id)

    assert merchant.post("shopcard/resendCard/NEVERSEEN", {}).json["errorCode"] == 36
    assert merchant.post(f"shopcard/resendCard/{ref_id}", {}).json["errorCode"] == 1


def test_by_sms_nothing_is_sold_unless_this_merchant_has_it_confirmed(merchant: Merchant) -> None:
    """§8.5: off; the id is used up as with any refusal."""
    ref_id = new_id()
    assert merchant.buy_by_sms(ref_id, "0900000001").json["errorCode"] == 1
    assert (merchant.ask(ref_id).json["errorCode"], merchant.purchase(ref_id)["debits"]) == (33, 0)


def test_by_sms_one_card_is_debited_and_comes_in_no_answer(merchant: Merchant) -> None:
    """§8.2, §8.5, §13: the till sees the transaction only, in the purchase and in the ask."""
    merchant.change(sms=True)
    ref_id = new_id()
    bought, asked = merchant.buy_by_sms(ref_id, "0900000001").json, merchant.ask(ref_id).json
    for answer in (bought, asked):
        assert (answer["errorCode"], answer["cards"]) == (0, [])
        assert answer["transaction"]["appotapayTransId"] == merchant.purchase(ref_id)["trans_id"]
    kept = merchant.purchase(ref_id)
    assert (kept["debits"], kept["phone"], len(kept["cards"])) == (1, "0900000001", 1)
    assert merchant.post(f"shopcard/resendCard/{ref_id}", {}).json["errorCode"] == 0
    assert merchant.buy_by_sms(new_id(), "0900000001", quantity=2).json["errorCode"] == 73
    assert merchant.buy_by_sms(new_id(), "+84900000001").json["errorCode"] == 1


def test_other_paths_and_methods_are_404(merchant: Merchant) -> None:
    """Without a body that could be taken for a verdict."""
    assert merchant.get("shopcard/buy").status == 404
    assert merchant.post("shopcard/products", {}).status == 404
    assert merchant.get("shopcard/elsewhere").status == 404


def test_a_restart_keeps_purchases_keys_and_balance(tmp_path: Path) -> None:
    """A till finds what it bought, even after a kill right behind the answer."""
    with SandboxProcess(tmp_path) as sandbox:
        ref_id = new_id()
        with Caller(sandbox) as caller:
            merchant = Merchant(sandbox, caller, tmp_path)
            bought = merchant.buy(ref_id).json
            before = merchant.truth
        sandbox.kill()
        sandbox.restart()

        with Caller(sandbox) as caller:
            merchant = Merchant(sandbox, caller, tmp_path)
            asked = merchant.ask(ref_id).json
            assert merchant.truth == before
            assert [merchant.plain(c) for c in asked["cards"]] == [c["code"] for c in before["purchases"][0]["cards"]]
            assert asked["transaction"] == bought["transaction"]
            new = merchant.buy(new_id()).json["cards"]
            assert not {c["serial"] for c in new} & {c["serial"] for c in asked["cards"]}
