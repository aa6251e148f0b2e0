"""What a verified e-voucher is worth on a bill, by the till's own checks. Pure.

Source: contracts/vinid.md §8.1 (local checks), §15 nos. 16, 22, 23. VinID's "200" says only: not used.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil

from pos.domain.bill import MAX_VND, Bill
from pos.domain.business_date import local_date
from pos.domain.reasons import Reason
from pos.domain.voucher import CheckAnswer, Detail, NotUsable, Usable
from pos.providers.vinid.wire import Voucher

_WHOLE_PERCENT = 100


def judge(
    voucher: Voucher, bill: Bill, now_utc: datetime, holidays: frozenset[date], percent_cap_vnd: int | None
) -> CheckAnswer:
    """Whether the voucher can be used on this bill now, and what it is worth there.

    Args:
        voucher: what verify said.
        bill: `total_vnd` is what the goods cost before any voucher; 0 while not known.
        now_utc: on VinID's clock.
        holidays: the shop's own list.
        percent_cap_vnd: the most a percent voucher takes off.
    """
    refused = _outside(voucher, now_utc, holidays) or _bill_too_small(voucher, bill)
    if refused is not None:
        return refused
    worth_vnd = _worth_vnd(voucher, bill, percent_cap_vnd)
    if isinstance(worth_vnd, NotUsable):
        return worth_vnd
    expires_on = local_date(voucher.to_utc) if voucher.to_utc else None
    return Usable(worth_vnd, conditional=voucher.min_order_vnd not in (None, 0), expires_on=expires_on)


def _outside(voucher: Voucher, now_utc: datetime, holidays: frozenset[date]) -> NotUsable | None:
    if voucher.from_utc is not None and now_utc < voucher.from_utc:
        return NotUsable(Reason.OUTSIDE_PERIOD, Detail(start_date=local_date(voucher.from_utc)))
    if voucher.to_utc is not None and now_utc > voucher.to_utc:
        return NotUsable(Reason.EXPIRED, Detail(on_date=local_date(voucher.to_utc)))
    today = local_date(now_utc)
    if not voucher.on_holidays and today in holidays:
        return NotUsable(Reason.OUTSIDE_PERIOD, Detail(excluded=(f"{today:%d/%m/%Y}",)))
    return None


def _bill_too_small(voucher: Voucher, bill: Bill) -> NotUsable | None:
    if voucher.unclear:
        return NotUsable(Reason.VALUE_UNKNOWN)  # the least order value stands there and cannot be read
    least_vnd = voucher.min_order_vnd
    if not least_vnd or bill.total_vnd >= least_vnd:
        return None
    if bill.total_vnd == 0:
        return NotUsable(Reason.TOTAL_MISSING)
    return NotUsable(Reason.TOTAL_NOT_ENOUGH, Detail(order_value_vnd=min(ceil(least_vnd), MAX_VND)))


def _worth_vnd(voucher: Voucher, bill: Bill, percent_cap_vnd: int | None) -> int | NotUsable:
    """Whole đồng, rounded down, in favour of nobody but the record: VinID settles by its own figures."""
    discount, kind = voucher.discount, voucher.kind.lower()
    if discount is None or kind not in ("amount", "percent"):
        return NotUsable(Reason.VALUE_UNKNOWN, Detail(message_vi=voucher.kind or None))
    if kind == "percent":
        if discount > _WHOLE_PERCENT:
            return NotUsable(Reason.VALUE_UNKNOWN, Detail(message_vi=f"{discount} %"))
        if bill.total_vnd == 0:
            return NotUsable(Reason.TOTAL_MISSING)
        worth_vnd = _percent_of(bill.total_vnd, discount)
        worth_vnd = worth_vnd if percent_cap_vnd is None else min(worth_vnd, percent_cap_vnd)
    else:
        worth_vnd = int(discount)
    # Marked used for nothing, a voucher would be the customer's loss.
    return worth_vnd if 0 < worth_vnd <= MAX_VND else NotUsable(Reason.VALUE_UNKNOWN)


def _percent_of(total_vnd: int, percent: Decimal) -> int:
    """Floor of the exact product: a float would now and then miss a đồng."""
    return int(total_vnd * Fraction(percent) / _WHOLE_PERCENT)
