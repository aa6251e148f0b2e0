"""Every refusal of the contract's §15, and the order in which they come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.caller import BILL, Caller
from tests.sandbox_process import SandboxProcess

TEA = {"sku": "TRA-DAO-L", "quantity": 1, "price": 55_000}
COFFEE = {"sku": "CA-PHE-01", "quantity": 1, "price": 29_000}
CHANGING = ("reserve", "unreserve", "mark_use")

# Requests wrong in everything, repaired one thing after the other: the codes must come in the order of §15.
REQUEST_LADDER: list[tuple[str, dict[str, Any]]] = [
    ("202", {"pin": None}),
    ("200", {"pin": "12"}),
    ("201", {"pin": "9999"}),
    ("205", {"pin": "0730"}),
    ("002", {"codes": ["1111111111"] * 21}),
    ("231", {"codes": ["1111111111", "1111111111"]}),
    ("210", {"codes": ["1"], "bill_number": ""}),
    ("230", {"bill_number": "B" * 256}),
    ("211", {"bill_number": "B" * 255, "total_bill": 1000}),
    ("242", {"total_bill": 1001, "skus_info": [TEA, TEA]}),
    ("203", {"skus_info": [TEA]}),
]


@pytest.mark.parametrize("operation", ["check", *CHANGING])
def test_request_errors_come_in_the_contracts_order(operation: str, caller: Caller) -> None:
    """What is wrong first in §15's list is named first, whatever else is wrong too."""
    fields: dict[str, Any] = {"codes": [], "bill_number": "", "total_bill": 1000, "skus_info": [TEA, TEA]}
    seen = []
    for expected, repair in REQUEST_LADDER:
        fields |= repair
        if operation == "check" and expected == "210":
            continue  # a check needs no bill number
        answer = caller.call(operation, **fields)
        seen.append((expected, answer.code, answer.json["data"]))

    assert [(e, e) for e, _, _ in seen] == [(e, code) for e, code, _ in seen]
    assert all(data == [] for expected, _, data in seen if expected != "203")


# One voucher wrong in everything, repaired one thing after the other.
VOUCHER_LADDER: list[tuple[str | None, dict[str, Any], dict[str, Any]]] = [
    ("206", {"stores": ["8816"], "state": 8, "service_fee_accepted": False, "refusal": "256"}, {}),
    ("102", {"stores": ["0730"]}, {}),
    ("208", {"state": 3}, {"skip_reserved_when_mark_used": None}),
    ("232", {}, {"skip_reserved_when_mark_used": True}),
    ("256", {"service_fee_accepted": True}, {}),
    ("241", {"refusal": None}, {}),
    ("245", {}, {"skus_info": [COFFEE]}),
    ("243", {}, {"skus_info": [TEA]}),
    ("247", {}, {"skus_info": [{**TEA, "quantity": 2}]}),
    ("251", {"conditions": {"order_value": 200_000, "redeemable_skus": ["TRA-DAO-L"]}}, {}),
    ("250", {}, {"total_bill": 199_999}),
    ("254", {}, {"total_bill": 200_000}),
    (None, {"stacking": []}, {}),
]


def test_voucher_errors_come_in_the_contracts_order(caller: Caller, sandbox: SandboxProcess) -> None:
    """The same for one voucher on a mark-use beside a cash voucher; the last repair makes it usable."""
    voucher: dict[str, Any] = {
        "code": "5000000001",
        "voucher_type": "conditional",
        "redeem_quantity": 2,
        "conditions": {"start_date": "2099-01-01", "order_value": 200_000, "redeemable_skus": ["TRA-DAO-L"]},
        "campaign": "P",
        "stacking": ["no_cash"],
    }
    cash = sandbox.labelled("large")[0]
    fields: dict[str, Any] = {}
    seen = []
    for _, repair, change in VOUCHER_LADDER:
        voucher |= repair
        fields |= change
        sandbox.add_vouchers([voucher])
        seen.append(caller.call("mark_use", ["5000000001", cash], **fields).code)

    assert seen == [expected for expected, _, _ in VOUCHER_LADDER]


@pytest.mark.parametrize("pin", [7, ["0730"], "073O", "00730", " 0730"])
def test_a_pin_that_is_no_stores_pin_is_refused(pin: object, caller: Caller, sandbox: SandboxProcess) -> None:
    """Nothing that merely resembles the PIN opens the shop."""
    answer = caller.call("mark_use", sandbox.labelled("plain")[:1], pin=pin)

    assert answer.code == "200"
    assert answer.json["success"] is False


@pytest.mark.parametrize("total", [1000, 0, -5, "265000", 265000.5, True])
def test_a_total_that_is_not_an_integer_above_1000_is_refused(
    total: object, caller: Caller, sandbox: SandboxProcess
) -> None:
    answer = caller.call("check", sandbox.labelled("plain")[:1], total_bill=total)

    assert answer.code == "211"


@pytest.mark.parametrize(
    "lines", [{"sku": "A"}, ["A"], [{"price": 1}], [{"sku": "A"}], [{"sku": "A", "price": 1, "quantity": 0}]]
)
def test_sku_lines_of_the_wrong_shape_are_refused(lines: object, caller: Caller, sandbox: SandboxProcess) -> None:
    answer = caller.call("check", sandbox.labelled("plain")[:1], skus_info=lines)

    assert answer.code == "240"


@pytest.mark.parametrize(
    ("label", "code", "state"),
    [
        ("inactive", "100", 0),
        ("used", "101", 4),
        ("expired", "102", 8),
        ("cancelled", "103", 9),
        ("splitted", "104", 10),
        ("other store", "206", 3),
        ("service fee", "232", 3),
        ("refused 204", "204", 3),
        ("refused 246", "246", 3),
        ("refused 248", "248", 3),
        ("refused 256", "256", 3),
        ("refused 257", "257", 3),
        ("starts 2099", "247", 2),
        ("no weekday left", "247", 2),
    ],
)
@pytest.mark.parametrize("operation", ["check", "mark_use", "reserve"])
def test_a_voucher_that_is_no_good_is_refused_and_named(
    operation: str, label: str, code: str, state: int, caller: Caller, sandbox: SandboxProcess
) -> None:
    """Check, reserve and mark-use agree on a bad voucher, and nothing changes."""
    bad = sandbox.labelled(label)[0]
    before = sandbox.state()

    answer = caller.call(operation, [bad], total_bill=265_000)

    assert answer.status == 200
    assert answer.json["success"] is False
    assert (answer.code, answer.first["code"], answer.first["state"]) == (code, bad, state)
    assert sandbox.state() == before


@pytest.mark.parametrize("label", ["reserved elsewhere", "reserved by another bill"])
@pytest.mark.parametrize(("operation", "code"), [("check", "105"), ("mark_use", "207"), ("reserve", "213")])
def test_a_voucher_held_by_another_bill_is_refused(
    label: str, operation: str, code: str, caller: Caller, sandbox: SandboxProcess
) -> None:
    held = sandbox.labelled(label)[0]

    answer = caller.call(operation, [held])

    assert (answer.code, answer.first["state"]) == (code, 11)


def test_a_held_voucher_tells_the_holding_bill_on_check_only(caller: Caller, sandbox: SandboxProcess) -> None:
    """§6.2: `redemptions.bill_number` is carried by check alone."""
    held = sandbox.labelled("reserved by another bill")

    assert caller.call("check", held).first["redemptions"]["bill_number"] == "HN03-T9-20251121-000001"
    assert "redemptions" not in caller.call("reserve", held).first


@pytest.mark.parametrize("code", ["123456789", "12345678901234567", "1234567890123"])
def test_a_code_of_wrong_length_or_unknown_is_refused(code: str, caller: Caller) -> None:
    answer = caller.call("check", [code])

    assert (answer.code, answer.json["data"]) == ("203", [{"code": code}])


def test_leading_zeros_are_part_of_the_code(caller: Caller, sandbox: SandboxProcess) -> None:
    """A client that turns codes into numbers meets 203."""
    code = next(v["code"] for v in sandbox.vouchers if v["code"].startswith("0") and v["state"] == 1)

    assert caller.call("check", [code]).code is None
    assert caller.call("check", [code.lstrip("0").zfill(10)]).code == "203"


def test_goods_are_judged_in_order(caller: Caller, sandbox: SandboxProcess) -> None:
    """No SKUs 241, none that match 245, too few 243, then usable."""
    bread = sandbox.labelled("sku bread, two pieces")
    one = {"sku": "BANH-MI-01", "quantity": 1, "price": 31_000}

    codes = [
        caller.call("check", bread, skus_info=lines).code
        for lines in (None, [], [COFFEE], [COFFEE, one], [COFFEE, {**one, "quantity": 2}])
    ]

    assert codes == ["241", "241", "245", "243", None]


def test_a_refusal_for_missing_skus_shows_the_wanted_ones(caller: Caller, sandbox: SandboxProcess) -> None:
    """The till learns from the 241 itself what to look for on the bill (§9 steps 3 and 5)."""
    answer = caller.call("check", sandbox.labelled("sku tea"))

    assert answer.first["conditions"]["redeemable_skus"] == ["TRA-DAO-L", "TRA-VAI-L"]
    assert "redemptions" not in answer.first


def test_a_strict_voucher_refuses_other_goods_on_the_bill(caller: Caller, sandbox: SandboxProcess) -> None:
    strict = sandbox.labelled("sku tea, no other goods sent")

    assert caller.call("check", strict, skus_info=[TEA, COFFEE]).code == "240"
    assert caller.call("check", strict, skus_info=[TEA]).code is None


def test_the_least_order_is_judged_by_the_total(caller: Caller, sandbox: SandboxProcess) -> None:
    """Goods come before the total: 241, then 251 without a total, 250 below it."""
    tea = sandbox.labelled("sku tea, least order 200,000")

    codes = [
        caller.call("check", tea, skus_info=lines, total_bill=total).code
        for lines, total in ((None, None), ([TEA], None), ([TEA], 199_999), ([TEA], 200_000))
    ]

    assert codes == ["241", "251", "250", None]


@pytest.mark.parametrize(
    ("labels", "code", "named"),
    [
        (["type S", "type S"], "244", "type S"),
        (["promo A", "promo B, no other campaign"], "253", "promo B, no other campaign"),
        (["plain", "promo C, no cash"], "254", "promo C, no cash"),
        (["promo D, one of its campaign", "promo D, one of its campaign"], "255", "promo D, one of its campaign"),
        (["promo A", "plain"], None, "promo A"),
    ],
)
def test_stacking_shows_only_together(
    labels: list[str], code: str | None, named: str, caller: Caller, sandbox: SandboxProcess
) -> None:
    """Each alone is usable; the joint check names the one that does not tolerate the others (§9 step 7)."""
    codes = [sandbox.labelled(label)[labels[:at].count(label)] for at, label in enumerate(labels)]

    assert [caller.call("check", [one]).code for one in codes] == [None] * len(codes)
    for operation in ("check", "mark_use"):
        answer = caller.call(operation, codes)
        assert answer.code == code
        assert answer.first["code"] in sandbox.labelled(named)


def test_one_bad_code_refuses_the_whole_request(caller: Caller, sandbox: SandboxProcess) -> None:
    """All or nothing: the good code beside the bad one stays unused."""
    good, bad = sandbox.labelled("plain")[0], sandbox.labelled("expired")[0]

    answer = caller.call("mark_use", [good, bad])

    assert (answer.code, answer.first["code"]) == ("102", bad)
    assert "transaction_id" not in answer.json
    assert sandbox.voucher(good)["state"] == 1


def test_twenty_codes_are_taken_at_once(caller: Caller, sandbox: SandboxProcess) -> None:
    codes = sandbox.add_plain_vouchers(20)

    answer = caller.call("mark_use", codes)

    assert [shown["code"] for shown in answer.json["data"]] == codes
    assert {sandbox.voucher(code)["bill_number"] for code in codes} == {BILL}


@pytest.mark.parametrize("flag", [None, False, "true", 1])
def test_mark_use_without_the_skip_flag_needs_a_reservation(
    flag: object, caller: Caller, sandbox: SandboxProcess
) -> None:
    """Only JSON `true` is the flag (§5.1)."""
    code = sandbox.labelled("plain")[0]

    assert caller.call("mark_use", [code], skip_reserved_when_mark_used=flag).code == "208"
    assert sandbox.voucher(code)["times_used"] == 0


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("GET", {"Content-Type": "application/json"}, None, 405),
        ("POST", {"Content-Type": "text/plain"}, b"{}", 500),
        ("POST", {}, b"{}", 500),
        ("POST", {"Content-Type": "application/json"}, b"{", 500),
        ("POST", {"Content-Type": "application/json"}, b"[]", 500),
        ("POST", {"Content-Type": "application/json"}, b'{"pin": "\xff"}', 500),
        ("POST", {"Content-Type": "application/json; charset=utf-8"}, b"{}", 200),
    ],
)
def test_what_is_no_api_request_gets_no_envelope(
    method: str, headers: dict[str, str], body: bytes | None, status: int, caller: Caller, sandbox: SandboxProcess
) -> None:
    answer = caller.send(method, "/merchant/v6.0/usemultiple", body, headers)

    assert answer.status == status
    assert [entry["answered"]["status"] for entry in sandbox.log()] == [status]


@pytest.mark.parametrize("path", ["/merchant/v6.0/checkmultiple.json", "/merchant/v6.0/", "/merchant/check"])
def test_older_paths_do_not_exist(path: str, caller: Caller) -> None:
    answer = caller.send("POST", path, b"{}", {"Content-Type": "application/json"})

    assert answer.status == 404
