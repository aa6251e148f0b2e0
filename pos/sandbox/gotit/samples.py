"""The sample vouchers: one of every kind a till must cope with, the same ones for the same seed."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any, Final

from pos.sandbox.gotit.answers import OTHER_STORE_PIN, STORE_PIN
from pos.sandbox.gotit.voucher import NO_CASH, NO_OTHER_CAMPAIGN, NO_SAME_CAMPAIGN, TYPE_S, State, Voucher

DEFAULT_SEED: Final = 1

_PLAIN_VALUES_VND: Final = (20_000, 50_000, 100_000, 200_000, 500_000)
_USABLE: Final = (State.NEW, State.SENT, State.OPENED, State.DOWNLOADED)
_ALL_WEEK: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TEA: Final = ["TRA-DAO-L", "TRA-VAI-L"]
_BREAD: Final = ["BANH-MI-01"]
# Codes that always refuse; each sample shows one of them at the counter.
_ALWAYS_REFUSED: Final = ("204", "246", "248", "256", "257")


def sample_vouchers(seed: int = DEFAULT_SEED) -> list[Voucher]:
    """Return the sample vouchers of a seed, in the order of the page.

    Args:
        seed: Any integer; decides codes and product numbers, not kinds and values.
    """
    codes = _codes(random.Random(seed))  # noqa: S311 - sample codes, repeatable on purpose
    specs = [*_plain(), *_refused(), *_conditional(), *_stacking()]
    return [Voucher(code=next(codes), sample=True, **spec) for spec in specs]


def bulk_vouchers(count: int, value_vnd: int, taken: set[str], seed: int) -> list[Voucher]:
    """Return `count` new plain vouchers whose codes are not among `taken`, for load runs.

    Args:
        count: How many.
        value_vnd: Face value of each.
        taken: Codes that exist already.
        seed: Any integer.
    """
    draw = random.Random(f"bulk {seed} {len(taken)}")  # noqa: S311 - as above
    made: dict[str, Voucher] = {}
    while len(made) < count:
        code = "".join(draw.choices(string.digits, k=12))
        if code not in taken:
            made[code] = Voucher(code=code, value=value_vnd, label="bulk")
    return list(made.values())


def _codes(draw: random.Random) -> Iterator[str]:
    """Yield codes of 10 to 16 characters: mostly digits, every fifth with leading zeros, every seventh mixed."""
    seen: set[str] = set()
    number = 0
    while True:
        length = draw.randint(10, 16)
        if number % 7 == 6:
            code = "".join(draw.choices(string.ascii_uppercase + string.digits, k=length))
        else:
            zeros = draw.randint(1, 3) if number % 5 == 4 else 0
            first = draw.choice("123456789")
            code = "0" * zeros + first + "".join(draw.choices(string.digits, k=length - zeros - 1))
        if code not in seen:
            seen.add(code)
            number += 1
            yield code


_Spec = dict[str, Any]


def _plain() -> Iterator[_Spec]:
    for value in _PLAIN_VALUES_VND:
        for state in _USABLE:
            yield {"value": value, "state": int(state), "product_id": 90_000 + value // 10_000, "label": "plain"}
    yield {"value": 1_000_000, "state": 2, "product_id": 90_901, "label": "large"}
    yield {"value": 2_500_000, "state": 3, "product_id": 90_902, "label": "large"}


def _refused() -> Iterator[_Spec]:
    yield {"value": 100_000, "state": 0, "label": "inactive"}
    yield {
        "value": 50_000,
        "state": 4,
        "pin": OTHER_STORE_PIN,
        "bill_number": "HN01-T1-20251120-000921",
        "used_date": "2025-11-20 19:04:11",
        "transaction_id": "5120_20251120190411000921",
        "times_used": 1,
        "label": "used",
    }
    yield {"value": 200_000, "state": 8, "expiry_date": "2025-06-30", "label": "expired"}
    yield {"value": 100_000, "state": 9, "cancel_date": "2025-10-02", "label": "cancelled"}
    yield {"value": 500_000, "state": 10, "label": "splitted"}
    yield {
        "value": 100_000,
        "state": 11,
        "former_state": 3,
        "pin": OTHER_STORE_PIN,
        "bill_number": "HN01-ONLINE-20251121-000077",
        "label": "reserved elsewhere",
    }
    yield {
        "value": 100_000,
        "state": 11,
        "former_state": 2,
        "pin": STORE_PIN,
        "bill_number": "HN03-T9-20251121-000001",
        "label": "reserved by another bill",
    }
    yield {"value": 100_000, "state": 3, "stores": [OTHER_STORE_PIN], "label": "other store"}
    yield {"value": 100_000, "state": 3, "service_fee_accepted": False, "label": "service fee"}
    for code in _ALWAYS_REFUSED:
        yield {"value": 50_000, "state": 3, "refusal": code, "label": f"refused {code}"}


def _conditional() -> Iterator[_Spec]:
    def spec(label: str, value: int, conditions: dict[str, Any], **more: object) -> _Spec:
        shown = {"voucher_type": "conditional", "state": 2, "product_id": 90_455}
        return {**shown, "value": value, "conditions": conditions, "label": label, **more}

    yield spec("sku tea", 100_000, {"start_date": "2025-01-01", "redeemable_skus": _TEA})
    yield spec("sku bread, two pieces", 62_000, {"redeemable_skus": _BREAD}, redeem_quantity=2)
    yield spec("sku tea, least order 200,000", 100_000, {"order_value": 200_000, "redeemable_skus": _TEA})
    yield spec("sku tea, no other goods sent", 55_000, {"redeemable_skus": _TEA}, strict_skus=True)
    yield spec("least order 300,000", 50_000, {"order_value": 300_000})
    yield spec("least order 1,000,000", 100_000, {"order_value": 1_000_000})
    yield spec("starts 2099", 50_000, {"start_date": "2099-01-01"})
    yield spec("no weekday left", 50_000, {"exclude_recurring_day": _ALL_WEEK})


def _stacking() -> Iterator[_Spec]:
    def spec(label: str, campaign: str | None, *stacking: str) -> _Spec:
        shown = {"value": 50_000, "state": 3, "product_id": 90_777}
        return {**shown, "campaign": campaign, "stacking": list(stacking), "label": label}

    for _ in range(2):
        yield spec("type S", None, TYPE_S)
    yield spec("promo A", "A")
    yield spec("promo B, no other campaign", "B", NO_OTHER_CAMPAIGN)
    yield spec("promo C, no cash", "C", NO_CASH)
    for _ in range(2):
        yield spec("promo D, one of its campaign", "D", NO_SAME_CAMPAIGN)
