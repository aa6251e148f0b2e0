"""The issuer model against the sandbox, which another hand wrote from the same contract: the same verdicts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.caller import Caller
from tests.sandbox_process import SandboxProcess
from tests.simulation.issuer import OTHER_PIN, IssuerModel

PATHS = {"check": "checkmultiple", "reserve": "reserved", "unreserve": "unreserved", "mark_use": "usemultiple"}
TEA, BREAD = "TRA-DAO-L", "BANH-MI-01"
KINDS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"resting_state": 5}, {"state": 5}),
    ({"resting_state": 0}, {"state": 0}),
    ({"resting_state": 8}, {"state": 8}),
    ({"resting_state": 9}, {"state": 9}),
    ({"resting_state": 10}, {"state": 10}),
    ({"stores": (OTHER_PIN,)}, {"stores": [OTHER_PIN]}),
    ({"refused_code": "232"}, {"service_fee_accepted": False}),
    ({"refused_code": "256"}, {"refusal": "256"}),
    ({"skus": (TEA,)}, {"voucher_type": "conditional", "conditions": {"redeemable_skus": [TEA]}}),
    (
        {"skus": (TEA,), "quantity": 2},
        {"voucher_type": "conditional", "conditions": {"redeemable_skus": [TEA]}, "redeem_quantity": 2},
    ),
    (
        {"skus": (TEA,), "strict": True},
        {"voucher_type": "conditional", "conditions": {"redeemable_skus": [TEA]}, "strict_skus": True},
    ),
    ({"least_order_vnd": 200_000}, {"voucher_type": "conditional", "conditions": {"order_value": 200_000}}),
    ({"start_date": "2099-01-01"}, {"voucher_type": "conditional", "conditions": {"start_date": "2099-01-01"}}),
    ({"stacking": ("244",)}, {"stacking": ["type_s"]}),
    ({"stacking": ("244",)}, {"stacking": ["type_s"]}),
    ({"campaign": "A"}, {"campaign": "A"}),
    ({"campaign": "B", "stacking": ("253",)}, {"campaign": "B", "stacking": ["no_other_campaign"]}),
    ({"campaign": "C", "stacking": ("254",)}, {"campaign": "C", "stacking": ["no_cash"]}),
    ({"campaign": "D", "stacking": ("255",)}, {"campaign": "D", "stacking": ["no_same_campaign"]}),
    ({"campaign": "D", "stacking": ("255",)}, {"campaign": "D", "stacking": ["no_same_campaign"]}),
)
"""One voucher of each kind in the words of the model and of the sandbox."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


def model_of(sandbox: SandboxProcess, round_number: int) -> tuple[IssuerModel, list[str]]:
    """The same vouchers on both sides, three of each kind."""
    model = IssuerModel(lambda: 0.0, lambda: datetime.now(UTC), pin=sandbox.pin)
    records, codes = [], []
    for number, (ours, theirs) in enumerate(KINDS * 3):
        code = f"{round_number:04d}{number:08d}"
        model.add(code, 50_000 + number, **ours)
        records.append({"code": code, "value": 50_000 + number, "state": 1, **theirs})
        codes.append(code)
    sandbox.add_vouchers(records)
    return model, codes


def some_request(draw: random.Random, codes: list[str], pin: str) -> tuple[str, dict[str, Any]]:
    """Mostly what a till sends, now and then what none should."""
    operation = draw.choice(("check", "check", "reserve", "unreserve", "mark_use"))
    asked = draw.sample(codes, draw.choice((1, 1, 1, 2, 2, 3, 21)))
    body: dict[str, Any] = {
        "pin": draw.choice((pin,) * 12 + (OTHER_PIN, "1234", "", "none")),
        "codes": draw.choice((asked,) * 14 + ([], [asked[0], asked[0]], ["9999999999"])),
        "bill_number": draw.choice(("B1", "B2") * 8 + ("", "x" * 256)),
        "total_bill": draw.choice((265_000, 265_000, 150_000, 1000, None)),
    }
    if operation in ("check", "mark_use") and draw.random() < 0.6:
        body["skip_reserved_when_mark_used"] = True
    if draw.random() < 0.4:
        goods = [(TEA, draw.randint(1, 2)), (BREAD, 1), (TEA, 1)]
        body["skus_info"] = [{"sku": sku, "quantity": n, "price": 20_000} for sku, n in goods[: draw.randint(1, 3)]]
    return operation, {name: value for name, value in body.items() if value is not None}


def told(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What a till may build on."""
    vouchers = [
        (shown["code"], shown.get("value"), shown.get("state"), told_redemptions(shown.get("redemptions") or {}))
        for shown in answer["data"]
    ]
    return answer["success"], answer["return_code"], answer.get("bill_number"), "transaction_id" in answer, vouchers


def told_redemptions(shown: dict[str, Any]) -> tuple[Any, ...]:
    goods = [(line["sku"], line["quantity"]) for line in shown.get("redeem_sku_codes") or ()]
    return goods, shown.get("redemption_value") or 0, shown.get("bill_number"), "used_date" in shown


@pytest.mark.parametrize("seed", range(3))
def test_model_and_sandbox_give_the_same_verdicts(sandbox: SandboxProcess, seed: int) -> None:
    """500 random requests: the same result codes, states and records, answer by answer and in the end."""
    model, codes = model_of(sandbox, seed)
    draw = random.Random(seed)
    heard: set[str | None] = set()
    with Caller(sandbox) as caller:
        for _ in range(500):
            few = draw.sample(codes, 24)
            operation, body = some_request(draw, few, sandbox.pin)
            raw = json.dumps(body).encode()
            theirs = caller.post(operation, raw).json
            status, answer = model.handle(f"/merchant/v6.0/{PATHS[operation]}", raw)
            ours = json.loads(answer)
            assert (status, told(ours)) == (200, told(theirs)), f"{operation} {body}"
            heard.add(ours["return_code"])
    for code, truth in model.vouchers.items():
        theirs = sandbox.voucher(code)
        assert (truth.state, truth.times_used) == (theirs["state"], theirs["times_used"])
        assert (truth.used_for or truth.held_for) == theirs["bill_number"]
    assert len(heard) >= 24, sorted(map(str, heard))


def model_with(*codes: str, **more: Any) -> IssuerModel:
    model = IssuerModel(lambda: 7.0, lambda: datetime(2026, 11, 21, 5, tzinfo=UTC), pin="0730", **more)
    for code in codes:
        model.add(code)
    return model


def ask(model: IssuerModel, operation: str, *codes: str, number: str = "B1", **more: Any) -> dict[str, Any]:
    body = {"pin": "0730", "codes": list(codes), "bill_number": number, "total_bill": 265_000, **more}
    half_batch = body.pop("half_batch", False)
    _, answer = model.handle(f"/merchant/v6.0/{PATHS[operation]}", json.dumps(body).encode(), half_batch=half_batch)
    read: dict[str, Any] = json.loads(answer)
    return read


def test_every_effect_and_every_refused_try_stands_in_the_history() -> None:
    """The checker reads from it that no changing call was repeated without proof."""
    model = model_with("4471902835")
    ask(model, "reserve", "4471902835")
    ask(model, "mark_use", "4471902835", number="B2")
    ask(model, "mark_use", "4471902835")
    history = model.vouchers["4471902835"].history
    assert [(effect.operation, effect.bill_number, effect.changed) for effect in history] == [
        ("reserve", "B1", True), ("mark_use", "B2", False), ("mark_use", "B1", True),
    ]  # fmt: skip
    assert [effect.call for effect in history] == [1, 2, 3]
    assert [seen.return_code for seen in model.requests] == [None, "207", None]


def test_half_a_batch_may_take_effect() -> None:
    """All or nothing is not promised (§14 no. 2): what came before the bad voucher is used, the answer says refused."""
    model = model_with("4471902835", "880213457719", "0012345678")
    model.use_elsewhere("880213457719")
    answer = ask(
        model, "mark_use", "4471902835", "880213457719", "0012345678",
        skip_reserved_when_mark_used=True, half_batch=True,
    )  # fmt: skip
    assert (answer["return_code"], answer["data"][0]["code"]) == ("101", "880213457719")
    assert [truth.times_used for truth in model.vouchers.values()] == [1, 1, 0]
    assert model.used_for_bill("B1") == ["4471902835"]


def test_another_shop_cannot_take_what_is_held_for_a_bill() -> None:
    """§10 no. 3: reserved codes belong to their bill number; a hold that ran out does not protect any more."""
    model = model_with("4471902835", hold_lasts_s=100.0)
    ask(model, "reserve", "4471902835")
    model.use_elsewhere("4471902835")
    assert model.vouchers["4471902835"].times_used == 0
    model.expire_hold("4471902835")
    model.use_elsewhere("4471902835")
    assert [effect.operation for effect in model.vouchers["4471902835"].history] == ["reserve", "expired", "elsewhere"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"'])
def test_what_is_no_request_changes_nothing(body: bytes) -> None:
    """An unexpected error, not a verdict (§3)."""
    model = model_with("4471902835")
    status, _ = model.handle("/merchant/v6.0/usemultiple", body)
    assert status == 500
    assert model.requests[0].answered is None
    assert model.vouchers["4471902835"].history == []
