"""A bill, its goods, and what each voucher takes off it. Money is whole đồng (int), never a float."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pos.domain.errors import ConfigError

MAX_BILL_NUMBER = 255
"""Characters; contracts/gotit.md §4 (code 230)."""
MAX_VOUCHERS = 20
"""Vouchers on one bill and codes in one call; contracts/gotit.md §11."""
MAX_SKU_LINES = 200
"""contracts/gotit.md §14 no. 38."""
MAX_VND = 10_000_000_000
"""A bill of more than ten thousand million đồng is a typing mistake."""


@dataclass(frozen=True, slots=True)
class SkuLine:
    """Goods on the bill: `price_vnd` is the unit selling price, tax included."""

    sku: str
    quantity: int
    price_vnd: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What the vouchers are presented for.

    Args:
        number: never used again by any till of the merchant, except to finish this same sale.
        total_vnd: due for the goods after the shop's own discounts, before any voucher; 0 while not known.
        skus: goods, merged by SKU (contracts/gotit.md §4, code 242).
        created_utc: aware datetime; sent as `bill_created_at` in GMT+7.
    """

    number: str
    total_vnd: int
    created_utc: datetime
    skus: tuple[SkuLine, ...] = ()

    def with_total(self, total_vnd: int) -> Bill:
        """The same bill with another total."""
        return replace(self, total_vnd=total_vnd)


def read_bill_number(text: str) -> str:
    """A bill number as typed or scanned, blanks at both ends stripped.

    Letters are composed (NFC): the same number typed on another machine looks the same and must be the same bill.

    Raises:
        ConfigError: empty, longer than 255 characters, or with characters no receipt carries.
    """
    number = unicodedata.normalize("NFC", text.strip())
    if not number:
        raise ConfigError("bill.number_missing")
    if len(number) > MAX_BILL_NUMBER:
        raise ConfigError("bill.number_too_long", length=len(number))
    if not number.isprintable():
        raise ConfigError("bill.number_unreadable")
    return number


def read_vnd(text: str) -> int:
    """An amount of đồng as people type it: `265000`, `265.000`, `265,000 đ`.

    Raises:
        ConfigError: not a whole amount between 0 and `MAX_VND`. `265.5` is refused, not rounded.
    """
    digits = text.replace("\u00a0", " ").strip().lower().removesuffix("vnd").rstrip("đ₫d ")
    groups = digits.replace(",", ".").replace(" ", ".").split(".")
    grouped = len(groups) > 1 and (len(groups[0]) not in (1, 2, 3) or any(len(g) != 3 for g in groups[1:]))
    joined = "".join(groups)
    if grouped or not (joined.isascii() and joined.isdigit()) or len(joined) > 15 or int(joined) > MAX_VND:
        raise ConfigError("amount.unreadable")
    return int(joined)


def merge_skus(lines: Iterable[SkuLine]) -> tuple[SkuLine, ...]:
    """One line a SKU, quantities added up, in the order first seen.

    Raises:
        ConfigError: a SKU with two prices, a quantity below 1, a negative price, or too many lines.
    """
    merged: dict[str, SkuLine] = {}
    for line in lines:
        if not line.sku or line.quantity < 1 or line.price_vnd < 0:
            raise ConfigError("sku.unreadable")
        known = merged.get(line.sku)
        if known is not None and known.price_vnd != line.price_vnd:
            raise ConfigError("sku.two_prices", sku=line.sku)
        quantity = line.quantity + (known.quantity if known else 0)
        merged[line.sku] = SkuLine(line.sku, quantity, line.price_vnd)
    if len(merged) > MAX_SKU_LINES:
        raise ConfigError("sku.too_many", count=len(merged))
    return tuple(merged.values())


def read_sku(text: str) -> SkuLine:
    """One `SKU:QTY:PRICE` line, as typed or scanned.

    Raises:
        ConfigError: not of that form.
    """
    parts = text.strip().rsplit(":", 2)
    # isdigit() alone also says yes to "²", which int() refuses.
    if (
        len(parts) != 3
        or not (parts[0] and parts[0].isprintable())
        or not (parts[1].isascii() and parts[1].isdigit())
        or len(parts[1]) > 9
    ):
        raise ConfigError("sku.unreadable")
    return SkuLine(parts[0], int(parts[1]), read_vnd(parts[2]))


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one voucher takes off the bill and what of its worth is lost (contracts/gotit.md §6.3 no. 4)."""

    amount_vnd: int
    lost_vnd: int


def deduct(total_vnd: int, worths_vnd: Sequence[int]) -> tuple[Deduction, ...]:
    """Take vouchers off a bill in the order they were scanned; no change is given, no balance remains."""
    left_vnd = total_vnd
    deductions = []
    for worth_vnd in worths_vnd:
        amount_vnd = min(worth_vnd, left_vnd)
        left_vnd -= amount_vnd
        deductions.append(Deduction(amount_vnd, worth_vnd - amount_vnd))
    return tuple(deductions)
