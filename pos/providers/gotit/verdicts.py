"""What Got It's answers mean: for a check, for a changing call, as evidence. Pure rules over `wire.Envelope`.

Source: contracts/gotit.md §5.2 (when a mark-use is a success), §6.3, §7, §8, §12.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import OutcomeUnknown, SetupFault, Throttled
from pos.domain.reasons import Reason, ReasonClass
from pos.domain.voucher import (
    CallDone,
    CallRefused,
    CheckAnswer,
    Detail,
    Evidence,
    NotUsable,
    Proof,
    Usable,
    UsedVoucher,
)
from pos.providers.gotit import codes as result_codes
from pos.providers.gotit.wire import Envelope, VoucherRecord

_LOG = logging.getLogger(__name__)

ERROR_CODES = (
    "gotit.pin_wrong", "gotit.pin_unknown", "gotit.pin_missing", "gotit.ip_not_listed", "gotit.caller_refused",
    "gotit.redirected", "gotit.throttled", "gotit.undefined", "gotit.unrecognised", "gotit.request_refused",
    "gotit.success_unproven", "gotit.refusal_unproven", "gotit.no_evidence",
)  # fmt: skip
"""Stable codes of the errors raised for Got It's answers, besides those of `pos.providers.http`."""


def raise_for_caller(envelope: Envelope) -> None:
    """Raise if the answer is about the caller and not about any voucher (classes SETUP and THROTTLE).

    Raises:
        SetupFault, Throttled.
    """
    if envelope.success:
        return
    reason = result_codes.reason_of(envelope.return_code)
    kind = result_codes.class_of(envelope.return_code)
    if kind is ReasonClass.SETUP:
        raise SetupFault(f"gotit.{reason.value}", result=envelope.return_code)
    if kind is ReasonClass.THROTTLE:
        raise Throttled("gotit.throttled", result=envelope.return_code)


def detail_of(envelope: Envelope, record: VoucherRecord | None) -> Detail:
    """The facts that make a refusal's sentence concrete."""
    if record is None:
        return Detail(code=envelope.return_code, message_vi=envelope.message_vi, message_en=envelope.message_en)
    cancelled = envelope.return_code == "103" or record.state == 9
    return Detail(
        used_at=record.used_date,
        store_vi=record.store_vi,
        store_en=record.store_en,
        on_date=record.cancel_date if cancelled else record.expiry_date,
        order_value_vnd=record.order_value_vnd,
        start_date=record.start_date,
        excluded=record.excluded,
        skus=record.redeemable_skus,
        code=envelope.return_code,
        message_vi=envelope.message_vi,
        message_en=envelope.message_en,
    )


# ---------------------------------------------------------------- goods


def matching(record: VoucherRecord | None, skus: Sequence[SkuLine]) -> tuple[SkuLine, ...]:
    """The lines of the bill that the voucher can be used for."""
    return tuple(s for s in skus if record is not None and s.sku in record.redeemable_skus)


def wants_skus(envelope: Envelope, record: VoucherRecord | None, bill: Bill) -> bool:
    """Whether the answer to a check without goods says that the bill's goods are to be sent (§9 steps 3 and 5)."""
    if not bill.skus:
        return False
    if not envelope.success:
        return envelope.return_code == result_codes.NEEDS_SKUS and not _for_other_goods(record, bill)
    return record is not None and record.conditional and bool(matching(record, bill.skus))


def _for_other_goods(record: VoucherRecord | None, bill: Bill) -> bool:
    """The voucher names goods of which the bill has none."""
    return record is not None and bool(record.redeemable_skus) and not matching(record, bill.skus)


# ---------------------------------------------------------------- check


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check was about: the voucher, the bill, the goods that were sent along, the flow."""

    code: VoucherCode
    bill: Bill
    skus: tuple[SkuLine, ...]
    reserving: bool


def check_answer(envelope: Envelope, asked: Asked) -> CheckAnswer:
    """Read the answer to a check of one voucher."""
    record = envelope.voucher(asked.code)
    if asked.reserving and record is not None and _held(envelope, record) and record.bill_number == asked.bill.number:
        return _usable(envelope, record, asked, held_for_us=True)
    if not envelope.success:
        state = record.state if record is not None else None
        reason = result_codes.reason_with_state(envelope.return_code, state)
        if reason is Reason.NEEDS_SKUS and _for_other_goods(record, asked.bill):
            reason = Reason.NOT_ON_BILL
        return NotUsable(reason, detail_of(envelope, record))
    if record is None:
        return NotUsable(Reason.VALUE_UNKNOWN, detail_of(envelope, None))
    if contradicts_success(envelope, record):
        held = asked.reserving and record.state == result_codes.STATE_RESERVED
        return NotUsable(Reason.HELD_ELSEWHERE if held else Reason.CONTRADICTION, detail_of(envelope, record))
    if record.conditional and record.redeemable_skus and not asked.skus:
        return NotUsable(Reason.NOT_ON_BILL, detail_of(envelope, record))
    return _usable(envelope, record, asked, held_for_us=False)


def joint_answer(
    envelope: Envelope, codes: Sequence[VoucherCode], bill: Bill, *, reserving: bool
) -> CallDone | CallRefused:
    """Read the answer to a joint check. A hold of our own bill is no conflict where the store reserves."""
    named = [v for v in envelope.vouchers if v.code in codes]
    if not envelope.success:
        record = named[0] if named else None
        reason = result_codes.reason_with_state(envelope.return_code, record.state if record else None)
        return CallRefused(reason, detail_of(envelope, record), record.code if record else None)
    for record in named:
        ours = reserving and record.state == result_codes.STATE_RESERVED and record.bill_number == bill.number
        if contradicts_success(envelope, record) and not ours:
            return CallRefused(Reason.CONTRADICTION, detail_of(envelope, record), record.code)
    return CallDone()


def contradicts_success(envelope: Envelope, record: VoucherRecord) -> bool:
    """A "success" beside a refusing code or a state that cannot be used (§7)."""
    return record.state in result_codes.REASON_OF_STATE or envelope.return_code in result_codes.REASON_OF


def _usable(envelope: Envelope, record: VoucherRecord, asked: Asked, *, held_for_us: bool) -> CheckAnswer:
    if record.worth_vnd is None:
        return NotUsable(Reason.VALUE_UNKNOWN, detail_of(envelope, record))
    if not held_for_us and record.state not in result_codes.USABLE_STATES:
        _LOG.warning("check: success with undocumented state %s accepted", record.state)
    return Usable(
        worth_vnd=record.worth_vnd,
        face_vnd=record.value_vnd,
        conditional=record.conditional,
        expires_on=record.expiry_date,
        skus=asked.skus or (matching(record, asked.bill.skus) if held_for_us else ()),
        redeems=record.redeems,
        held_for_us=held_for_us,
    )


def _held(envelope: Envelope, record: VoucherRecord) -> bool:
    if not envelope.success and envelope.return_code in result_codes.HELD:
        return True
    return record.state == result_codes.STATE_RESERVED


# ---------------------------------------------------------------- changing calls


def refusal(envelope: Envelope, codes: Sequence[VoucherCode], bill: Bill) -> CallRefused:
    """Read a changing call's "success false" as a clear refusal.

    Raises:
        SetupFault: refused before any voucher was looked at: provably nothing was done.
        Throttled: most likely nothing was done.
        OutcomeUnknown: 004, an undocumented code, or a refusal beside a sign that our call took effect.
    """
    if envelope.vouchers and result_codes.class_of(envelope.return_code) is ReasonClass.SETUP:
        raise OutcomeUnknown("gotit.refusal_unproven", result=envelope.return_code)
    raise_for_caller(envelope)
    if result_codes.class_of(envelope.return_code) is ReasonClass.UNKNOWN:
        raise OutcomeUnknown(_unknown_code(envelope), result=envelope.return_code)
    if any(v.bill_number == bill.number for v in envelope.vouchers if v.code in codes):
        # 101 or 213 naming our own bill: something between us and the issuer sent the call twice.
        raise OutcomeUnknown("gotit.refusal_unproven", result=envelope.return_code)
    record = next((v for v in envelope.vouchers if v.code in codes), None)
    state = record.state if record is not None else None
    return CallRefused(
        result_codes.reason_with_state(envelope.return_code, state),
        detail_of(envelope, record),
        record.code if record is not None else None,
    )


def prove_success(envelope: Envelope, codes: Sequence[VoucherCode], bill: Bill, *, used: bool) -> None:
    """Make sure that a "success" of a changing call is one (§5.2).

    With `used` it was a mark-use, whose vouchers must not be in another state than used (§5.3: a reserve's state says
    nothing).

    Raises:
        OutcomeUnknown: it names other vouchers, another bill, a refusing code or another state.
    """
    named = sorted(v.code.reveal() for v in envelope.vouchers)
    bills = {envelope.bill_number, *(v.bill_number for v in envelope.vouchers)} - {None}
    states = {v.state for v in envelope.vouchers} - {None, result_codes.STATE_USED}
    doubts = (
        ("vouchers", envelope.unnamed > 0 or named != sorted(code.reveal() for code in codes)),
        ("bill_number", bool(bills - {bill.number})),
        ("return_code", envelope.return_code in result_codes.REASON_OF),
        ("state", used and bool(states)),
    )
    for what, doubtful in doubts:
        if doubtful:
            raise OutcomeUnknown("gotit.success_unproven", what=what)


def used_vouchers(envelope: Envelope, codes: Sequence[VoucherCode]) -> tuple[UsedVoucher, ...]:
    """The vouchers of a proven mark-use, in the order asked, with what the issuer took (§6.3)."""
    records = {v.code: v for v in envelope.vouchers}
    return tuple(UsedVoucher(code, records[code].worth_vnd) for code in codes)


def _unknown_code(envelope: Envelope) -> str:
    return "gotit.undefined" if envelope.return_code == result_codes.UNDEFINED else "gotit.unrecognised"


# ---------------------------------------------------------------- evidence


def evidence(envelope: Envelope, asked: Asked) -> Evidence:
    """Read the answer to an inquiry (§12). The voucher's own record counts more than code or verdict.

    Raises:
        SetupFault, Throttled: nothing was said about the voucher.
        OutcomeUnknown: an answer that proves nothing.
    """
    raise_for_caller(envelope)
    record = envelope.voucher(asked.code)
    refusing = None if envelope.success else envelope.return_code
    if refusing == result_codes.USED or (record is not None and record.state == result_codes.STATE_USED):
        return _of_used(envelope, record, asked)
    if refusing in result_codes.HELD or (record is not None and record.state == result_codes.STATE_RESERVED):
        return _of_held(envelope, record, asked)
    if not envelope.success:
        return _of_refused(envelope, record)
    if record is None:
        raise OutcomeUnknown("gotit.no_evidence")
    if contradicts_success(envelope, record):
        return Evidence(Proof.REFUSED, reason=Reason.CONTRADICTION, detail=detail_of(envelope, record))
    return Evidence(Proof.NOT_USED, detail=detail_of(envelope, record))


def _of_used(envelope: Envelope, record: VoucherRecord | None, asked: Asked) -> Evidence:
    detail = detail_of(envelope, record)
    if record is None or record.bill_number is None:
        return Evidence(Proof.UNDECIDABLE, reason=Reason.ALREADY_USED, detail=detail)
    if record.bill_number == asked.bill.number:
        return Evidence(Proof.USED_BY_US, worth_vnd=record.worth_vnd, detail=detail)
    return Evidence(Proof.USED_ELSEWHERE, reason=Reason.USED_ON_OTHER_BILL, detail=detail)


def _of_held(envelope: Envelope, record: VoucherRecord | None, asked: Asked) -> Evidence:
    """Held without a bill number may be ours only where this store reserves at all."""
    detail = detail_of(envelope, record)
    holder = record.bill_number if record is not None else None
    if holder == asked.bill.number:
        worth_vnd = record.worth_vnd if record is not None else None
        return Evidence(Proof.HELD_BY_US, worth_vnd=worth_vnd, detail=detail)
    if holder is None and asked.reserving:
        return Evidence(Proof.UNDECIDABLE, reason=Reason.HELD_ELSEWHERE, detail=detail)
    return Evidence(Proof.HELD_ELSEWHERE, reason=Reason.HELD_ELSEWHERE, detail=detail)


def _of_refused(envelope: Envelope, record: VoucherRecord | None) -> Evidence:
    state = record.state if record is not None else None
    reason = result_codes.reason_with_state(envelope.return_code, state)
    kind = result_codes.class_of(envelope.return_code)
    if kind is ReasonClass.UNKNOWN and reason in (Reason.ISSUER_ERROR, Reason.UNRECOGNISED):
        raise OutcomeUnknown(_unknown_code(envelope), result=envelope.return_code)
    if kind is ReasonClass.REQUEST or reason is Reason.NOT_HELD:
        raise OutcomeUnknown("gotit.request_refused", result=envelope.return_code)
    if reason is Reason.HOLD_MISMATCH:
        return Evidence(Proof.HELD_ELSEWHERE, reason=Reason.HELD_ELSEWHERE, detail=detail_of(envelope, record))
    return Evidence(Proof.REFUSED, reason=reason, detail=detail_of(envelope, record))
