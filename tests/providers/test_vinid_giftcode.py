"""Selling VinID giftcodes: stock, what makes an order whole, whose order it is, opening codes.

Source: contracts/vinid.md §7.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pos.domain.errors import ConfigError, OutcomeUnknown, RuleBroken, SetupFault
from pos.domain.sale import Bought, CodeStatus, Order, OtherOrder, Pending, PlainCode, Product, SealedCode, Unreadable
from pos.providers.sealed import Padding
from pos.providers.vinid.settings import GiftcodeSettings
from pos.till.ports import Trace
from tests.providers.raw_server import Authority
from tests.providers.vinid_shop import ORDER, PLACE, at_counter, card, pair, sent, settings, told, withdrawn


def bought(authority: Authority, data: Any) -> Any:
    with at_counter(authority, told(200, data)) as counter:
        return counter.giftcode.buy(ORDER, Trace())


def asked(authority: Authority, data: Any) -> Any:
    with at_counter(authority, told(200, data)) as counter:
        return counter.giftcode.ask(ORDER, Trace())


def line(*cards: dict[str, Any], card_type: Any = "50") -> dict[str, Any]:
    return {"card_type": card_type, "cards": list(cards)}


def test_codes_come_as_they_were_sent(authority: Authority) -> None:
    """The ciphertext is kept to the byte; serial and day for the enquiry."""
    answer = bought(authority, withdrawn())
    assert isinstance(answer, Bought)
    assert answer.complete
    assert answer.codes[0] == SealedCode("Q" * 340 + "0001", "EXS0000000001", 50_000, "2027-12-31")
    assert (len(answer.codes), answer.at) == (2, "2025-10-09T08:53:23+00:00")


@pytest.mark.parametrize("call", [bought, asked])
@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (withdrawn([card(1)]), 1),
        (withdrawn([card(1), card(2), card(3)]), 3),
        (withdrawn([card(1), card(1)]), 2),
        (withdrawn([card(1), card(2, serial="EXS0000000001")]), 2),
        (withdrawn([card(1), card(2, serial="")]), 2),
        (withdrawn([card(1), card(2, code="")]), 2),
        (withdrawn([card(1), "no card"]), 1),  # type: ignore[list-item]
        (withdrawn([card(1), card(2), "no card"]), 2),  # type: ignore[list-item]
        (withdrawn(order_info=[line(card(1), card(2), card_type=None)]), 2),
    ],
)
def test_what_is_not_as_ordered_is_kept_and_told(authority: Authority, call: Any, data: Any, kept: int) -> None:
    """Success, incomplete: all that came is stored, nothing is bought again, a person decides (§10)."""
    answer = call(authority, data)
    assert isinstance(answer, Bought)
    assert (answer.complete, len(answer.codes)) == (False, kept)


@pytest.mark.parametrize("data", [withdrawn([]), withdrawn(order_info=[]), None, [], {"merchant_order_id": ORDER.id}])
def test_success_without_any_code(authority: Authority, data: Any) -> None:
    """From a purchase: incomplete. From an ask: the order may still be in the making, so ask on (§15 no. 10)."""
    assert bought(authority, data) == Bought((), complete=False, at=bought(authority, data).at)
    assert asked(authority, data) == Pending("200", "thông báo")


def test_two_lines_of_the_ordered_value_are_as_good_as_one(authority: Authority) -> None:
    assert bought(authority, withdrawn(order_info=[line(card(1)), line(card(2), card_type=50)])).complete


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (withdrawn(merchant_order_id="T02A7K2M9QX40003"), "order_id"),
        (withdrawn(order_info=[line(card(1), card(2), card_type="100")]), "card_type"),
        (withdrawn(order_info=[line(card(1)), line(card(2), card_type="100")]), "card_type"),
    ],
)
def test_another_order_under_our_id_is_never_handed_out(authority: Authority, data: Any, why: str) -> None:
    """An id clash: those codes are somebody else's money (§12.1 step 2). Bought just now, they are ours to keep."""
    assert asked(authority, data) == OtherOrder(why)
    answer = bought(authority, data)
    assert (answer.complete, len(answer.codes)) == (False, 2)


# ---------------------------------------------------------------- stock and status


def test_the_stock_by_value_with_the_shop_s_own_list(authority: Authority) -> None:
    """A value that VinID does not name is out of stock (§7.1)."""
    data = [
        {"card_type": "100", "quantity": 0},
        {"card_type": 50, "quantity": "37"},
        {"card_type": "x", "quantity": 9},
        {"card_type": "10", "quantity": -1},
        "odd",
    ]
    with at_counter(authority, told(200, data), giftcode={"values": (500, 50)}) as counter:
        products = counter.giftcode.products(Trace())
    assert [(p.code, p.face_vnd, p.stock) for p in products] == [
        ("10", 10_000, 0), ("50", 50_000, 37), ("100", 100_000, 0), ("500", 500_000, 0),
    ]  # fmt: skip
    assert products[1] == Product("50", "VinID 50K", "VinID", 50_000, 37)


@pytest.mark.parametrize("code", [4000, 4000001, 5000, 4000777])
def test_where_the_question_for_all_is_refused_the_shop_s_list_is_asked(authority: Authority, code: int) -> None:
    """§15 no. 9."""
    second = told(200, [{"card_type": "50", "quantity": 3}])
    with at_counter(authority, told(code), second, giftcode={"values": (50, 100)}) as counter:
        products = counter.giftcode.products(Trace())
        assert [request.fields.get("card_type") for request in sent(counter.server)] == [None, ["50", "100"]]
    assert [(p.code, p.stock) for p in products] == [("50", 3), ("100", 0)]


def test_without_a_list_of_its_own_the_shop_is_told(authority: Authority) -> None:
    with at_counter(authority, told(4000)) as counter, pytest.raises(OutcomeUnknown):
        counter.giftcode.products(Trace())


def test_a_refusal_at_the_door_is_no_reason_to_ask_otherwise(authority: Authority) -> None:
    with at_counter(authority, told(4030001), giftcode={"values": (50,)}) as counter:
        with pytest.raises(SetupFault, match=r"vinid\.no_right"):
            counter.giftcode.products(Trace())
        assert len(counter.server.requests) == 1


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({"status": "ACTIVE", "expire_date": "2027-12-31"}, CodeStatus.ACTIVE),
        ({"status": "USED"}, CodeStatus.USED),
        ({"status": "BLOCKED"}, CodeStatus.OTHER),
        ({}, CodeStatus.OTHER),
        (None, CodeStatus.OTHER),
    ],
)
def test_a_code_is_active_only_where_vinid_says_so(authority: Authority, data: Any, wanted: CodeStatus) -> None:
    with at_counter(authority, told(200, data)) as counter:
        assert counter.giftcode.status("EXS0000000001", Trace()) is wanted


def test_what_the_till_may_know_beforehand(authority: Authority) -> None:
    with at_counter(authority, told(200)) as counter:
        can = counter.giftcode.capabilities
        assert (counter.giftcode.name, can.has_stock, can.has_status, can.has_balance) == ("vinid", True, True, False)
        assert (can.max_quantity, counter.giftcode.balance_vnd(Trace())) == (10, None)
        assert counter.server.requests == []


# ---------------------------------------------------------------- what is never sent


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Order("", "50", 2, 50_000), "id"),
        (Order("t01", "50", 2, 50_000), "id"),
        (Order("T" * 24, "50", 2, 50_000), "id"),
        (Order("T1", "VT50", 2, 50_000), "product"),
        (Order("T1", "050", 2, 50_000), "product"),
        (Order("T1", "0", 2, 0), "product"),
        (Order("T1", "50", 2, 500_000), "face_value"),
        (Order("T1", "50", 0, 50_000), "quantity"),
        (Order("T1", "50", 101, 50_000), "quantity"),
        (Order("T1", "50", 1, 50_000, "0900000001"), "phone"),
    ],
)
def test_an_order_that_must_never_be_sent(authority: Authority, order: Order, field: str) -> None:
    with at_counter(authority, told(200, withdrawn())) as counter:
        with pytest.raises(RuleBroken) as fault:
            counter.giftcode.buy(order, Trace())
        assert fault.value.params == {"field": field}
        assert counter.server.requests == []


def test_nothing_is_withdrawn_that_could_not_be_read(authority: Authority) -> None:
    with at_counter(authority, told(200, withdrawn()), giftcode={"private_key_pem": ""}) as counter:
        with pytest.raises(SetupFault, match=r"vinid\.no_giftcode_key"):
            counter.giftcode.buy(ORDER, Trace())
        assert counter.server.requests == []


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("store_code", {"store_code": ""}),
        ("values", {"values": (0,)}),
        ("values", {"values": (50, 50)}),
        ("max_quantity", {"max_quantity": 101}),
    ],
)
def test_settings_that_cannot_be(field: str, other: dict[str, Any]) -> None:
    places = dict(zip(("merchant_code", "store_code", "pos_code"), PLACE, strict=True))
    with pytest.raises(ConfigError) as fault:
        GiftcodeSettings(**(places | other))
    assert fault.value.params == {"field": field}


@pytest.mark.parametrize("key_code", ["", "x" * 37, "a;b", "a b", "đ"])
def test_a_key_code_that_cannot_be(key_code: str) -> None:
    """A `;` would shift the parts of the signed text."""
    with pytest.raises(ConfigError):
        settings(key_code=key_code)


# ---------------------------------------------------------------- opening


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize("as_hex", [False, True])
def test_a_code_sealed_by_openssl_is_read(authority: Authority, padding: Padding, as_hex: bool) -> None:
    """Under the padding of the settings; leading zeros count (§5)."""
    block = pair("giftcode").seal("0012EXAMPLE34", padding.value)
    text = block.hex() if as_hex else base64.b64encode(block).decode()
    data = withdrawn([card(1, code=text), card(2)])
    with at_counter(authority, told(200, data), giftcode={"padding": padding}) as counter:
        answer = counter.giftcode.buy(ORDER, Trace())
        assert isinstance(answer, Bought)
        opened = counter.giftcode.open(answer.codes[0])
        assert isinstance(opened, PlainCode)
        assert opened.reveal() == "0012EXAMPLE34"


def test_a_code_under_another_key_is_unreadable_and_never_invented(authority: Authority) -> None:
    """The API key does not open giftcodes; the sale stands (§5)."""
    text = base64.b64encode(pair("api").seal("0012EXAMPLE34")).decode()
    with at_counter(authority, told(200)) as counter:
        opened = counter.giftcode.open(SealedCode(text, "EXS0000000001", 50_000, ""))
        assert opened is Unreadable.WRONG_KEY_OR_PADDING
