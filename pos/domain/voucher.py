"""What an issuer says of a voucher: answers to a check, to a mark-use, to an inquiry. Refusals are values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pos.domain.bill import SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Detail:
    """Facts that make a refusal's sentence concrete. Every field may be missing; none is a secret.

    Args:
        used_at: the issuer's text for the moment of use, shop time.
        code: the issuer's own result code, for support.
        message_vi: the issuer's wording, shown only where we have none of our own.
        bill_number: our own bill on which this till has taken the voucher.
    """

    used_at: str | None = None
    store_vi: str | None = None
    store_en: str | None = None
    on_date: date | None = None
    order_value_vnd: int | None = None
    start_date: date | None = None
    excluded: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    code: str | None = None
    message_vi: str | None = None
    message_en: str | None = None
    bill_number: str | None = None


NO_DETAIL = Detail()


@dataclass(frozen=True, slots=True)
class Usable:
    """The voucher can be used on this bill.

    Args:
        worth_vnd: what it is worth on this bill (contracts/gotit.md §6.3), before the bill caps it.
        face_vnd: its face value where the issuer names one.
        skus: the goods lines that must be sent with mark-use; empty when none are needed.
        redeems: the goods it pays for, for the cashier to read.
    """

    worth_vnd: int
    face_vnd: int | None = None
    conditional: bool = False
    expires_on: date | None = None
    skus: tuple[SkuLine, ...] = ()
    redeems: tuple[SkuLine, ...] = ()
    held_for_us: bool = False


@dataclass(frozen=True, slots=True)
class NotUsable:
    """The issuer's refusal."""

    reason: Reason
    detail: Detail = NO_DETAIL


CheckAnswer = Usable | NotUsable


@dataclass(frozen=True, slots=True)
class UsedVoucher:
    """One voucher of a successful mark-use: what the issuer took, where it says so."""

    code: VoucherCode
    worth_vnd: int | None


@dataclass(frozen=True, slots=True)
class MarkedUsed:
    """The issuer marked every asked voucher used for our bill."""

    vouchers: tuple[UsedVoucher, ...]
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class CallRefused:
    """The issuer refused the whole call and did nothing that it told of.

    Args:
        culprit: the voucher it named as the first bad one, if it named one.
    """

    reason: Reason
    detail: Detail = NO_DETAIL
    culprit: VoucherCode | None = None


@dataclass(frozen=True, slots=True)
class CallDone:
    """A reserve or release took effect for every asked voucher."""


class Proof(StrEnum):
    """What an inquiry's answer proves about our own call (contracts/gotit.md §12)."""

    NOT_USED = "not_used"  # usable right now: our call has had no effect (yet)
    USED_BY_US = "used_by_us"  # used for our bill number
    USED_ELSEWHERE = "used_elsewhere"
    HELD_BY_US = "held_by_us"
    HELD_ELSEWHERE = "held_elsewhere"
    REFUSED = "refused"  # no good, and not by us
    UNDECIDABLE = "undecidable"  # used, but the issuer does not say for which bill


@dataclass(frozen=True, slots=True)
class Evidence:
    """The issuer's own record of one voucher, read as evidence."""

    proof: Proof
    worth_vnd: int | None = None
    reason: Reason | None = None
    detail: Detail = NO_DETAIL
