"""What the issuer model knows of a voucher, and the order in which it refuses a request.

Source: contracts/gotit.md §5.4, §7, §8, §15.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Operation = Literal["check", "mark_use", "reserve", "unreserve"]
Json = dict[str, Any]


NEW, USED, RESERVED = 1, 4, 11
DEAD_STATES = {0: "100", 8: "102", 9: "103", 10: "104"}


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that was asked of a voucher, or happened to it.

    Args:
        at_s: virtual monotonic time at which the issuer did it, not at which anybody heard of it.
        operation: `expired` and `elsewhere` are nobody's request.
        changed: False: the request was refused and changed nothing.
        call: number of the request, 0 if there was none.
    """

    at_s: float
    operation: Literal["mark_use", "reserve", "release", "expired", "elsewhere"]
    bill_number: str
    code: str = field(repr=False)
    changed: bool
    call: int


@dataclass(slots=True)
class VoucherTruth:
    """One voucher as the issuer has it, and what came to pass with it.

    Args:
        refused_code: a result code that every use meets (206, 232, 246, 256 …).
        resting_state: §7, while neither used nor held.
        skus: goods of which the bill must hold `quantity` pieces; with `strict` it must not hold any other.
        stacking: result codes 244, 253, 254, 255 with which it refuses company.
        campaign: None: a cash voucher.
    """

    worth_vnd: int
    used_for: str | None = None
    held_for: str | None = None
    times_used: int = 0
    refused_code: str | None = None
    history: list[Effect] = field(default_factory=list)
    resting_state: int = NEW
    skus: tuple[str, ...] = ()
    quantity: int = 1
    strict: bool = False
    least_order_vnd: int | None = None
    start_date: str | None = None
    days_off: tuple[str, ...] = ()
    weekdays_off: tuple[str, ...] = ()
    campaign: str | None = None
    stacking: tuple[str, ...] = ()
    stores: tuple[str, ...] | None = None
    pin: str | None = None  # of whoever uses or holds it
    held_at_s: float = 0.0
    used_date: str | None = None
    redeemed: tuple[Json, ...] | None = None

    @property
    def state(self) -> int:
        """§7."""
        if self.times_used:
            return USED
        return RESERVED if self.held_for is not None else self.resting_state


class Refused(Exception):
    """The request ends here; nothing was changed.

    Args:
        culprit: the first invalid voucher; None: the request itself is at fault.
    """

    def __init__(self, return_code: str, culprit: str | None = None) -> None:
        super().__init__(return_code)
        self.return_code = return_code
        self.culprit = culprit


def hold_faults(truth: VoucherTruth, fields: Json) -> Iterator[str]:
    """§5.4: a code that is not reserved gives 208; PIN and bill number must both match, else 212."""
    if truth.state != RESERVED:
        yield "208"
    if (truth.pin, truth.held_for) != (fields["pin"], fields["bill_number"]):
        yield "212"


def sale_faults(operation: Operation, truth: VoucherTruth, fields: Json, today: datetime) -> Iterator[str]:
    """Why check, reserve or mark-use refuse this voucher, first the first in §15's order."""
    if truth.stores is not None and fields["pin"] not in truth.stores:
        yield "206"
    if truth.state == USED:
        yield "101"
    if truth.state in DEAD_STATES:
        yield DEAD_STATES[truth.state]
    if truth.state == RESERVED:
        ours = (truth.pin, truth.held_for) == (fields["pin"], fields["bill_number"])
        if operation != "mark_use" or not ours:
            yield {"check": "105", "reserve": "213", "mark_use": "207"}[operation]
    elif operation == "mark_use" and fields.get("skip_reserved_when_mark_used") is not True:
        yield "208"
    if truth.refused_code is not None:
        yield truth.refused_code
    yield from _condition_faults(truth, fields, today)


def _condition_faults(truth: VoucherTruth, fields: Json, today: datetime) -> Iterator[str]:
    """Goods, dates, total: 241, 240, 245, 243, 247, 251, 250."""
    lines = fields.get("skus_info") or []
    if truth.skus:
        pieces = sum(line.get("quantity", 1) for line in lines if line["sku"] in truth.skus)
        if not lines:
            yield "241"
        if truth.strict and any(line["sku"] not in truth.skus for line in lines):
            yield "240"
        if pieces < truth.quantity:
            yield "243" if pieces else "245"
    dated = truth.start_date or truth.days_off or truth.weekdays_off
    if dated and _outside_its_days(truth, today):
        yield "247"
    if truth.least_order_vnd is not None:
        total_vnd = fields.get("total_bill")
        if total_vnd is None:
            yield "251"
        elif total_vnd < truth.least_order_vnd:
            yield "250"


def _outside_its_days(truth: VoucherTruth, today: datetime) -> bool:
    date = f"{today:%Y-%m-%d}"
    return date < (truth.start_date or "") or date in truth.days_off or f"{today:%A}" in truth.weekdays_off


def judge_company(together: Mapping[str, VoucherTruth]) -> None:
    """§8: 244 a second one of type S, 253 another campaign, 254 cash beside it, 255 its own campaign again."""
    for refusal in ("244", "253", "254", "255"):
        for code, truth in together.items():
            if refusal in truth.stacking and any(
                _clash(refusal, truth, other) for name, other in together.items() if name != code
            ):
                raise Refused(refusal, code)


def request_fault(operation: Operation, fields: Json, pins: Mapping[str, str]) -> None:
    """Refuse a request for its own sake, before any voucher is looked at, in the order of §15."""
    pin, codes, number = fields.get("pin"), fields.get("codes"), fields.get("bill_number")
    total, lines = fields.get("total_bill"), fields.get("skus_info")
    if pin in (None, ""):
        raise Refused("202")
    if pin not in pins:
        raise Refused("201" if isinstance(pin, str) and pin.isdecimal() and len(pin) == 4 else "200")
    if not isinstance(codes, list) or not codes:
        raise Refused("205")
    if len(codes) > 20:
        raise Refused("002")
    if len(set(codes)) < len(codes):
        raise Refused("231")
    if not number and operation != "check":
        raise Refused("210")
    if number is not None and len(number) > 255:
        raise Refused("230")
    if total is not None and (type(total) is not int or total <= 1000):
        raise Refused("211")
    if lines is not None and len({line["sku"] for line in lines}) < len(lines):
        raise Refused("242")


def _clash(refusal: str, truth: VoucherTruth, other: VoucherTruth) -> bool:
    if refusal == "244":
        return "244" in other.stacking
    if refusal == "254":
        return other.campaign is None
    same = other.campaign == truth.campaign
    return same if refusal == "255" else other.campaign is not None and not same


def goods_of(truth: VoucherTruth, fields: Json) -> tuple[Json, ...]:
    """What the voucher pays for: its first matching pieces in the order of the bill."""
    left, goods = truth.quantity, []
    for line in fields.get("skus_info") or []:
        pieces = min(left, line.get("quantity", 1)) if line["sku"] in truth.skus else 0
        if pieces:
            goods.append({"sku": line["sku"], "quantity": pieces, "price": line["price"]})
            left -= pieces
    return tuple(goods)
