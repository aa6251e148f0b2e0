"""The order in which a request is refused: first the request, then code by code, then the vouchers together.

Source: contracts/gotit.md §15, which fixes the order. Each rule looks at one thing and returns a result code
of §8 or None; the tables at the end of each part *are* the order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pos.sandbox.gotit.answers import Operation
from pos.sandbox.gotit.voucher import (
    NO_CASH,
    NO_OTHER_CAMPAIGN,
    NO_SAME_CAMPAIGN,
    SKU_LINE,
    TYPE_S,
    Redemption,
    State,
    Voucher,
)

MAX_CODES: Final = 20
MIN_CODE_LENGTH: Final = 10
MAX_CODE_LENGTH: Final = 16
MAX_BILL_NUMBER_LENGTH: Final = 255
TOTAL_MUST_EXCEED_VND: Final = 1000
PIN_LENGTH: Final = 4

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose own fields passed; the vouchers were not looked at yet."""

    operation: Operation
    pin: str
    codes: list[str]
    bill_number: str
    total_bill_vnd: int | None
    skip_reserved: bool
    skus: list[SKU_LINE]
    today: date


# --- 1. the request itself -------------------------------------------------------------------------------------


def _pin(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    """202 missing; 201 looks like a PIN but no store has it; 200 anything else. The split 200/201 is ours."""
    pin = body.get("pin")
    if pin is None or pin == "":
        return "202"
    if isinstance(pin, str) and pin in pins:
        return None
    looks_right = isinstance(pin, str) and len(pin) == PIN_LENGTH and pin.isdecimal()
    return "201" if looks_right else "200"


def _codes(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    codes = body.get("codes")
    if not isinstance(codes, list) or not codes:
        return "205"
    if len(codes) > MAX_CODES:
        return "002"
    if any(not isinstance(code, str) for code in codes):
        return "203"
    return "231" if len(set(codes)) < len(codes) else None


def _bill_number(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    number = body.get("bill_number")
    if not isinstance(number, str) or not number:
        return None if operation is Operation.CHECK else "210"
    return "230" if len(number) > MAX_BILL_NUMBER_LENGTH else None


def _total_bill(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    total = body.get("total_bill")
    if total is None:
        return None
    if not isinstance(total, int) or isinstance(total, bool) or total <= TOTAL_MUST_EXCEED_VND:
        return "211"
    return None


def _skus(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    lines = body.get("skus_info")
    if lines is None:
        return None
    if not isinstance(lines, list) or not all(_is_sku_line(line) for line in lines):
        return "240"
    return "242" if len({line["sku"] for line in lines}) < len(lines) else None


def _is_sku_line(line: object) -> bool:
    """A SKU line has a name, an integer price and, if given, a quantity of at least 1 (§5.1)."""
    if not isinstance(line, dict) or not isinstance(line.get("sku"), str) or not line["sku"]:
        return False
    quantity, price = line.get("quantity", 1), line.get("price")
    integers = all(isinstance(n, int) and not isinstance(n, bool) for n in (quantity, price))
    return integers and quantity >= 1 and price is not None and price >= 0


_REQUEST_RULES: Final = (_pin, _codes, _bill_number, _total_bill, _skus)


def request_refusal(operation: Operation, body: Body, pins: Collection[str]) -> str | None:
    """Return the code that refuses the request before any voucher is looked at, or None.

    Args:
        operation: Which of the four was called.
        body: The JSON object as received.
        pins: PINs of all stores.
    """
    return next((code for rule in _REQUEST_RULES if (code := rule(operation, body, pins))), None)


def read_request(operation: Operation, body: Body, today: date) -> Request:
    """Read a body that `request_refusal` let pass.

    Args:
        operation: Which of the four was called.
        body: The JSON object as received.
        today: The date in GMT+7, by which conditions are judged.
    """
    return Request(
        operation=operation,
        pin=body["pin"],
        codes=body["codes"],
        bill_number=body.get("bill_number") or "",
        total_bill_vnd=body.get("total_bill"),
        # The schema's type is boolean: the text "true" is not a skip flag.
        skip_reserved=body.get("skip_reserved_when_mark_used") is True,
        skus=body.get("skus_info") or [],
        today=today,
    )


def code_has_wrong_length(code: str) -> bool:
    """Tell whether the code cannot be one of Got It's (§4: 10 to 16 characters)."""
    return not MIN_CODE_LENGTH <= len(code) <= MAX_CODE_LENGTH


# --- 2. code by code -------------------------------------------------------------------------------------------

_STATE_REFUSALS: Final = {
    State.INACTIVE: "100",
    State.USED: "101",
    State.EXPIRED: "102",
    State.CANCELLED: "103",
    State.SPLITTED: "104",
}


def _holds(request: Request, voucher: Voucher) -> bool:
    return voucher.pin == request.pin and voucher.bill_number == request.bill_number


def _store(request: Request, voucher: Voucher) -> str | None:
    return "206" if voucher.stores is not None and request.pin not in voucher.stores else None


def _state(request: Request, voucher: Voucher) -> str | None:
    if voucher.state in _STATE_REFUSALS:
        return _STATE_REFUSALS[State(voucher.state)]
    if voucher.state != State.RESERVED:
        return None
    if request.operation is Operation.CHECK:
        return "105"
    if request.operation is Operation.RESERVE:
        return "213"
    return None if _holds(request, voucher) else "207"


def _needs_hold(request: Request, voucher: Voucher) -> str | None:
    wants_hold = request.operation is Operation.MARK_USE and not request.skip_reserved
    return "208" if wants_hold and voucher.state != State.RESERVED else None


def _service_fee(request: Request, voucher: Voucher) -> str | None:
    return None if voucher.service_fee_accepted else "232"


def _always(request: Request, voucher: Voucher) -> str | None:
    return voucher.refusal


def _goods(request: Request, voucher: Voucher) -> str | None:
    wanted = (voucher.conditions or {}).get("redeemable_skus")
    if not wanted:
        return None
    if not request.skus:
        return "241"
    if voucher.strict_skus and any(line["sku"] not in wanted for line in request.skus):
        return "240"
    pieces = sum(line.get("quantity", 1) for line in request.skus if line["sku"] in wanted)
    if pieces == 0:
        return "245"
    return "243" if pieces < voucher.redeem_quantity else None


def _dates(request: Request, voucher: Voucher) -> str | None:
    conditions = voucher.conditions or {}
    today = request.today.isoformat()
    too_early = today < (conditions.get("start_date") or "")
    day_off = today in (conditions.get("exclude_specific_date") or ())
    weekday_off = f"{request.today:%A}" in (conditions.get("exclude_recurring_day") or ())
    return "247" if too_early or day_off or weekday_off else None


def _order_value(request: Request, voucher: Voucher) -> str | None:
    least_vnd = (voucher.conditions or {}).get("order_value")
    if least_vnd is None:
        return None
    if request.total_bill_vnd is None:
        return "251"
    return "250" if request.total_bill_vnd < least_vnd else None


_Rule = Callable[[Request, Voucher], str | None]
_VOUCHER_RULES: Final[tuple[_Rule, ...]] = (
    _store,
    _state,
    _needs_hold,
    _service_fee,
    _always,
    _goods,
    _dates,
    _order_value,
)


def _not_reserved(request: Request, voucher: Voucher) -> str | None:
    return None if voucher.state == State.RESERVED else "208"


def _not_the_holder(request: Request, voucher: Voucher) -> str | None:
    return None if _holds(request, voucher) else "212"


# Giving back looks at the hold alone: goods, dates and shops have no say in it.
_UNRESERVE_RULES: Final[tuple[_Rule, ...]] = (_not_reserved, _not_the_holder)


def voucher_refusal(request: Request, voucher: Voucher) -> str | None:
    """Return the code that refuses this voucher on its own, or None."""
    rules = _UNRESERVE_RULES if request.operation is Operation.UNRESERVE else _VOUCHER_RULES
    return next((code for rule in rules if (code := rule(request, voucher))), None)


def redemption_of(request: Request, voucher: Voucher) -> Redemption | None:
    """Work out what a voucher bound to SKUs pays for on this bill; None when it is bound to none.

    The first matching pieces in the order of the bill are taken, at most to the voucher's face value.
    """
    wanted = (voucher.conditions or {}).get("redeemable_skus")
    if not wanted:
        return None
    left, lines = voucher.redeem_quantity, []
    for line in request.skus:
        taken = min(left, line.get("quantity", 1)) if line["sku"] in wanted else 0
        if taken:
            lines.append({"sku": line["sku"], "quantity": taken, "price": line["price"]})
            left -= taken
    worth_vnd = sum(line["quantity"] * line["price"] for line in lines)
    cap_vnd = worth_vnd if voucher.value is None else min(worth_vnd, voucher.value)
    return Redemption(lines, cap_vnd)


# --- 3. the vouchers together ----------------------------------------------------------------------------------


def _type_s(voucher: Voucher, others: list[Voucher]) -> bool:
    return any(TYPE_S in other.stacking for other in others)


def _other_campaign(voucher: Voucher, others: list[Voucher]) -> bool:
    return any(other.campaign not in (None, voucher.campaign) for other in others)


def _cash(voucher: Voucher, others: list[Voucher]) -> bool:
    return any(other.campaign is None for other in others)


def _same_campaign(voucher: Voucher, others: list[Voucher]) -> bool:
    return any(other.campaign == voucher.campaign for other in others)


_STACKING_RULES: Final = (
    (TYPE_S, "244", _type_s),
    (NO_OTHER_CAMPAIGN, "253", _other_campaign),
    (NO_CASH, "254", _cash),
    (NO_SAME_CAMPAIGN, "255", _same_campaign),
)


def stacking_refusal(vouchers: list[Voucher]) -> tuple[str, Voucher] | None:
    """Return the code and the voucher that does not tolerate the others on the bill, or None."""
    for word, code, clashes in _STACKING_RULES:
        for voucher in vouchers:
            others = [other for other in vouchers if other is not voucher]
            if word in voucher.stacking and clashes(voucher, others):
                return code, voucher
    return None
