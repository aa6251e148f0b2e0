"""The shapes of Got It's answers: the envelope and the voucher object of each operation.

Source: contracts/gotit.md §5 and §6. An absent object is left out instead of sent as null (§6.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from pos.sandbox.gotit.messages import MESSAGES, OK
from pos.sandbox.gotit.voucher import Redemption, Voucher


class Operation(Enum):
    """The four operations of the Merchant API (§5)."""

    CHECK = "check"
    RESERVE = "reserve"
    UNRESERVE = "unreserve"
    MARK_USE = "mark_use"


PATH_PREFIX: Final = "/merchant/v6.0/"
PATH_NAMES: Final = {
    "checkmultiple": Operation.CHECK,
    "reserved": Operation.RESERVE,
    "unreserved": Operation.UNRESERVE,
    "usemultiple": Operation.MARK_USE,
}

Envelope = dict[str, Any]

# Store names by PIN. The first is the store of the sandbox's till; the second exists to be "another store".
STORE_PIN: Final = "0730"
OTHER_STORE_PIN: Final = "8816"
STORES: Final = {
    STORE_PIN: {"name_vi": "Cửa hàng Tràng Thi", "name_en": "Trang Thi store"},
    OTHER_STORE_PIN: {"name_vi": "Cửa hàng Lê Lợi", "name_en": "Le Loi store"},
}


def refused(code: str, data: Iterable[dict[str, Any]] = ()) -> Envelope:
    """Return the envelope of a refusal (§6.1).

    Args:
        code: Result code of §8.
        data: The first invalid voucher, or nothing.
    """
    message_vi, message_en = MESSAGES.get(code, MESSAGES["004"])
    return {
        "success": False,
        "return_code": code,
        "message_en": message_en,
        "message_vi": message_vi,
        "data": list(data),
    }


def succeeded(data: list[dict[str, Any]], **extra: Any) -> Envelope:  # noqa: ANN401 - JSON values of any kind
    """Return the envelope of a success with the operation's own fields before `data` (§5.2–§5.4)."""
    message_vi, message_en = OK
    head: Envelope = {"success": True, "return_code": None, "message_en": message_en, "message_vi": message_vi}
    return {**head, **extra, "data": data}


def voucher_object(operation: Operation, voucher: Voucher, would: Redemption | None = None) -> dict[str, Any]:
    """Return the voucher as the operation's answer shows it (§6.2, column "in").

    Args:
        operation: Decides which fields are carried.
        voucher: As it stands after the operation.
        would: What a conditional voucher would pay for, when nothing is recorded on it yet.
    """
    shown: dict[str, Any] = {"code": voucher.code, "value": voucher.value, "product_id": voucher.product_id}
    if operation is Operation.UNRESERVE:
        return {**shown, "voucher_type": voucher.voucher_type}
    shown["state"] = None if voucher.state is None else int(voucher.state)
    shown["voucher_type"] = voucher.voucher_type
    if operation is Operation.CHECK:
        shown["expiry_date"] = voucher.expiry_date
        shown["cancel_date"] = voucher.cancel_date
    if voucher.conditions is not None:
        shown["conditions"] = voucher.conditions
    redemptions = _redemptions(operation, voucher, voucher.redemption or would)
    if redemptions:
        shown["redemptions"] = redemptions
    return shown


def _redemptions(operation: Operation, voucher: Voucher, goods: Redemption | None) -> dict[str, Any]:
    """Return `redemptions` with the fields the operation carries: `used_*` in C and U, `bill_number` in C only."""
    shown: dict[str, Any] = {}
    if goods is not None:
        shown["redeem_sku_codes"] = goods.skus
        shown["redemption_value"] = goods.value_vnd
    if operation in (Operation.CHECK, Operation.MARK_USE):
        if voucher.pin in STORES:
            shown["used_store"] = STORES[voucher.pin]
        if voucher.used_date is not None:
            shown["used_date"] = voucher.used_date
    if operation is Operation.CHECK and voucher.bill_number is not None:
        shown["bill_number"] = voucher.bill_number
    return shown
